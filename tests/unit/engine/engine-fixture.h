/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "fake-world.h"
#include "kasper-engine.h"

G_BEGIN_DECLS

/* an instant that is not special in any way */
#define START ((KasperTime)1800000000)

/* the policy of doc/timing.md: every interval is a different number of seconds */
#define T_RESIGN	     7200
#define T_REFRESH	     259200
#define T_VALIDITY	     604800
#define T_JITTER	     43200
#define T_MAX_ZONE_TTL	     7200
#define T_DNSKEY_TTL	     3600
#define T_RETIRE_SAFETY	     900
#define T_PUBLISH_SAFETY     600
#define T_ZONE_PROPAGATION   300
#define T_DS_TTL	     10800
#define T_PARENT_PROPAGATION 1200
#define T_DS_NEGATIVE	     900

/* an engine on a test clock, with a store and configuration files in a folder of its own, among
 * fake plugins. Set the texts before engine_fixture_start(), or write them again later */
typedef struct {
	gchar *folder;
	gchar *conf_path;
	KasperTime start;
	KasperSpan start_step; /* by which the clock was set meanwhile */
	gboolean require_backup;
	gboolean with_channel;
	gboolean with_guard;
	gboolean blind_signer; /* it cannot tell which zones are signed already */
	gboolean manual_generation;
	gboolean share_keys;
	gboolean nsec3;
	guint zsk_lifetime; /* seconds; 0: for ever */
	guint ksk_lifetime;
	guint dnskey_ttl;
	gint64 purge;		     /* seconds; negative: never */
	const gchar *note;	     /* a setting of the key store */
	const gchar *repository_xml; /* one more repository */
	const gchar *plugin_xml;     /* one more plugin */
	const gchar *policy_xml;     /* one more policy */
	GPtrArray *zones;	     /* of gchar: "NAME" or "NAME POLICY" */

	KasperClock *clock;
	KasperStore *store;
	KasperConfig *config;
	KasperPluginHost *host;
	KasperEngine *engine;
	GPtrArray *events; /* of gchar: names of those that the engine emitted */
} EngineFixture;

void engine_fixture_set_up(EngineFixture *fixture, gconstpointer data);
void engine_fixture_tear_down(EngineFixture *fixture, gconstpointer data);
void engine_fixture_write_files(EngineFixture *fixture);
/* a file in its folder, as it is wanted and as it is */
void engine_fixture_write(EngineFixture *fixture, const gchar *name, const gchar *text);
gchar *engine_fixture_dup_file(EngineFixture *fixture, const gchar *name);
/* puts @to in the place of all that is @from in one of the files, which has it */
void
engine_fixture_edit(EngineFixture *fixture, const gchar *name, const gchar *from, const gchar *to);
/* writes the files, opens everything, and starts */
void engine_fixture_start(EngineFixture *fixture);
/* ... and waits until nothing is to be done now */
void engine_fixture_run(EngineFixture *fixture);
void engine_fixture_settle(EngineFixture *fixture);
/* ends it in order, and begins again where the clock stands */
void engine_fixture_restart(EngineFixture *fixture);
/* ends it in order, and begins again without the database */
void engine_fixture_lose_store(EngineFixture *fixture);
/* as if the process were killed now: what is on the disk is all that is left, and what its workers
 * had begun they do not finish */
void engine_fixture_crash(EngineFixture *fixture);
/* to the next instant at which something is due */
KasperTime engine_fixture_leap(EngineFixture *fixture);
void engine_fixture_leap_to(EngineFixture *fixture, KasperTime to);
/* from instant to instant, up to and including @to */
void engine_fixture_leap_through(EngineFixture *fixture, KasperTime to);
KasperTime engine_fixture_now(EngineFixture *fixture);
/* runs the main loop until @done(@data); fails after a while */
void engine_fixture_wait_for(gboolean (*done)(gpointer data), gpointer data);

/* "KSK:active ZSK:publish" in order of age, of keys that are not dead; free it */
gchar *engine_fixture_dup_words(EngineFixture *fixture, const gchar *zone);
/* the CKA_ID of the only key of that type in that state (NULL: any); fails otherwise */
gchar *engine_fixture_dup_id(EngineFixture *fixture,
			     const gchar *zone,
			     const gchar *keytype,
			     const gchar *state);
guint engine_fixture_count_keys(EngineFixture *fixture,
				const gchar *zone,
				const gchar *keytype,
				const gchar *state);
/* what `zone show` says */
gchar *engine_fixture_dup_state(EngineFixture *fixture, const gchar *zone);
gchar *engine_fixture_dup_waiting(EngineFixture *fixture, const gchar *zone);
/* from nothing to a DS that is in every cache */
void engine_fixture_make_secure(EngineFixture *fixture, const gchar *zone);
/* until a KSK waits for ds-seen; gives its CKA_ID */
gchar *engine_fixture_wait_for_ds(EngineFixture *fixture, const gchar *zone);
void engine_fixture_ds_seen(EngineFixture *fixture, const gchar *zone, const gchar *id);
void engine_fixture_roll(EngineFixture *fixture, const gchar *zone, guint roles);
/* `update`, which must succeed; gives its result, to be freed */
GVariant *engine_fixture_update(EngineFixture *fixture, guint what, gboolean dry_run);
/* whether `status` has a problem of that name with @text in it */
gboolean engine_fixture_has_problem(EngineFixture *fixture, const gchar *what, const gchar *text);
/* a refusal with that code, whose text has @text in it; clears it */
void engine_fixture_assert_refused(GError **error, KasperError code, const gchar *text);
/* every key of the token has a row, and the other way round */
void engine_fixture_assert_no_orphans(EngineFixture *fixture);
guint engine_fixture_count_events(EngineFixture *fixture, const gchar *name);

/* warnings, which these tests provoke, are not shown; criticals end the test */
void engine_test_init(int *argc, char ***argv);
#define ENGINE_TEST_DATA(name, data, function)                                                     \
	g_test_add(name,                                                                           \
		   EngineFixture,                                                                  \
		   data,                                                                           \
		   engine_fixture_set_up,                                                          \
		   function,                                                                       \
		   engine_fixture_tear_down)
#define ENGINE_TEST(name, function) ENGINE_TEST_DATA(name, NULL, function)

G_END_DECLS
