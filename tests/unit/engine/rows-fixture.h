/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-engine-rows-private.h"
#include "store-fixture.h"

/*
 * An engine that does not run: its store, configuration, policies and repositories are as the test
 * makes them, so that what it answers can be foretold.
 *
 * The configuration has the repositories "SoftHSM" (a fake that lists the keys that the test says)
 * and "Spare" (requires backups, cannot be opened), and the policies "default" and "csk".
 */
typedef struct {
	StoreFixture store; /* with zones, pairs and keys of policy "default" in "SoftHSM" */
	KasperClock *clock; /* stands at NOW */
	KasperPluginHost *host;
	KasperConfig *config;
	KasperEngine *engine;
} RowsFixture;

/* what the fake key store answers: NULL-terminated ids, or this error */
typedef struct {
	GPtrArray *ids;
	GError *error;
} RowsToken;

extern RowsToken rows_token;

void rows_fixture_set_up(RowsFixture *fixture, gconstpointer data);
void rows_fixture_tear_down(RowsFixture *fixture, gconstpointer data);
/* puts the word of a zone's key; @waiting_for may be NULL */
void rows_fixture_set_word(RowsFixture *fixture,
			   const gchar *zone,
			   guint slot,
			   const gchar *state,
			   const gchar *waiting_for);
/* zones a.example (KSK 1 active, ZSK 2 active, KSK 3 ready) and b.example (CSK 4 generate), and a
 * pair, 5, in the pool; cka_ids are those of the store */
void rows_fixture_fill(RowsFixture *fixture);
gchar *rows_fixture_dup_id(RowsFixture *fixture, gint64 pair);
/* filter of keys; in text form of GVariant; "" for none */
GVariant *rows_filter(const gchar *text);
/* a field of a row of type a{sv}; it must be there and of that type */
const gchar *rows_text(GVariant *row, const gchar *name);
gint64 rows_number(GVariant *row, const gchar *name);
GVariant *rows_value(GVariant *row, const gchar *name, const gchar *type);

#define ROWS_TEST(name, function)                                                                  \
	g_test_add(name, RowsFixture, NULL, rows_fixture_set_up, function, rows_fixture_tear_down)

/* g_test_init(), but what an operator is warned of is no failed test */
void rows_test_init(int *argc, char ***argv);
