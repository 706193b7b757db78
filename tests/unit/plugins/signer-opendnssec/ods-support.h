/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* a folder of its own for each test */
typedef struct {
	gchar *folder;
} OdsFixture;

void ods_fixture_set_up(OdsFixture *self, gconstpointer data);
void ods_fixture_tear_down(OdsFixture *self, gconstpointer data);
#define ODS_TEST_ADD(path, function)                                                               \
	g_test_add(path, OdsFixture, NULL, ods_fixture_set_up, function, ods_fixture_tear_down)

gchar *ods_fixture_get_path(OdsFixture *self, const gchar *name);
/* an executable one */
void ods_fixture_write(OdsFixture *self, const gchar *name, const gchar *text);
/* NULL: it is not there */
gchar *ods_fixture_read(OdsFixture *self, const gchar *name);
gboolean ods_fixture_has(OdsFixture *self, const gchar *name);
/* files in the fixture's folder */
guint ods_fixture_count(OdsFixture *self, const gchar *suffix);

/* a policy in which every span is another */
KasperSigningPolicy *ods_test_new_policy(void);
/* a key whose public key is @name a few times over; use of KasperKeyUse */
KasperOrderKey *ods_test_new_key(gchar name, guint flags, guint algorithm, guint use);
/* an order whose files are in the fixture's folder: ZONE.xml, ZONE.in and ZONE.out */
KasperZoneOrder *ods_test_new_order(OdsFixture *self, const gchar *zone, gint64 revision);
/* any of P: published, K: signs keys, Z: signs data */
void ods_test_add_key(KasperZoneOrder *order,
		      gchar name,
		      guint flags,
		      guint algorithm,
		      const gchar *use);

G_END_DECLS
