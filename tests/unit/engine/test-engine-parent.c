/* SPDX-License-Identifier: BSD-2-Clause */

/* DS sets on their way to the parent, and what people say of them */

#include "engine-fixture.h"

#include <string.h>

#include "kasper-engine-private.h"
#include "kasper-plugin-host-private.h"

/* the first submission is due, and made */
static gchar *
start(EngineFixture *fixture)
{
	fixture->with_channel = TRUE;
	engine_fixture_run(fixture);
	for (guint i = 0; fake_world_count(FAKE_SUBMIT) == 0; i++) {
		g_assert_cmpuint(i, <, 20);
		engine_fixture_leap(fixture);
	}
	return engine_fixture_dup_id(fixture, "example.org", "KSK", NULL);
}

static gboolean
is_waiting(EngineFixture *fixture)
{
	g_autofree gchar *waiting = engine_fixture_dup_waiting(fixture, "example.org");

	return g_strcmp0(waiting, "ds-seen") == 0;
}

static void
assert_submission(guint i, const gchar *format, const gchar *id)
{
	g_auto(GStrv) parts = g_strsplit(format, "%s", 2);
	g_autofree gchar *wanted = parts[1] != NULL
				       ? g_strdup_printf("%s%.4s%s", parts[0], id, parts[1])
				       : g_strdup(format);
	g_autofree gchar *submission = fake_world_dup_submission(i);

	g_assert_cmpstr(submission, ==, wanted);
}

static void
test_works(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = start(fixture);
	g_autofree gchar *new = NULL;

	g_assert_true(is_waiting(fixture));
	assert_submission(0, "submit example.org 0 %s attempt 1", id);
	g_assert_cmpuint(fake_world_count_log("Once the new DS records"), ==, 1);
	engine_fixture_ds_seen(fixture, "example.org", id);
	/* the set that is wanted, not the difference */
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_KEY);
	new = engine_fixture_wait_for_ds(fixture, "example.org");
	assert_submission(1, "submit example.org 2 %s attempt 1", new);
	g_assert_cmpuint(fake_world_count_submissions(), ==, 2);
}

/* what was not taken does not count as submitted, and is tried again, with the same content */
static void
test_retried(EngineFixture *fixture, gconstpointer data)
{
	const KasperDsStatus *status = data;
	g_autofree gchar *id = NULL;
	KasperTime first;

	fake_world.ds_status = *status;
	id = start(fixture);
	first = engine_fixture_now(fixture);
	g_assert_false(is_waiting(fixture));
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 1);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "ds-submit-failed"), ==, 1);
	g_assert_cmpuint(fake_world_count_log("Once the new DS records"), ==, 0);
	while (fake_world_count(FAKE_SUBMIT) < 4)
		engine_fixture_leap(fixture);
	g_assert_cmpint(engine_fixture_now(fixture), >=, first + 60 + 120 + 240);
	g_assert_false(is_waiting(fixture));
	fake_world.ds_status = KASPER_DS_STATUS_DONE;
	while (!is_waiting(fixture))
		engine_fixture_leap(fixture);
	assert_submission(0, "submit example.org 0 %s attempt 1", id);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 0);
}

/* a call that fails altogether */
static void
test_broken(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL;

	fake_world_set(FAKE_SUBMIT, FAKE_FAILS, KASPER_ERROR_NOT_FOUND);
	id = start(fixture);
	g_assert_false(is_waiting(fixture));
	for (guint i = 0; i < 3; i++)
		engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world_count_submissions(), ==, 0);
	fake_world_set(FAKE_SUBMIT, FAKE_WORKS, 0);
	while (!is_waiting(fixture))
		engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world_count_submissions(), ==, 1);
}

/* it was taken, and the answer was lost: the registrar is asked, and nothing is sent again */
static void
test_lost_answer(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL;

	fake_world_set(FAKE_SUBMIT, FAKE_LOSES, KASPER_ERROR_UNKNOWN_OUTCOME);
	id = start(fixture);
	g_assert_false(is_waiting(fixture));
	fake_world_set(FAKE_SUBMIT, FAKE_WORKS, 0);
	while (!is_waiting(fixture))
		engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world_count_submissions(), ==, 1);
}

/* a registrar that takes its time is asked, with its token, and not told again */
static void
test_pending(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL;

	fake_world.ds_status = KASPER_DS_STATUS_PENDING;
	fake_world.ds_token = "ticket";
	id = start(fixture);
	g_assert_false(is_waiting(fixture));
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 0);
	engine_fixture_leap(fixture);
	assert_submission(1, "poll example.org ticket", id);
	/* a poll that fails is no reason to begin anew */
	fake_world.ds_status = KASPER_DS_STATUS_RETRY;
	engine_fixture_restart(fixture);
	while (fake_world_count_submissions() < 4)
		engine_fixture_leap(fixture);
	assert_submission(3, "poll example.org ticket", id);
	fake_world.ds_status = KASPER_DS_STATUS_DONE;
	while (!is_waiting(fixture))
		engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world_count_log("Once the new DS records"), ==, 1);
}

/* a channel that hangs holds up its own queue only */
static void
test_hangs(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *words = NULL;

	fixture->with_channel = TRUE;
	engine_fixture_start(fixture);
	kasper_plugin_host_set_second(fixture->host, 1);
	engine_fixture_settle(fixture);
	fake_world_set(FAKE_SUBMIT, FAKE_HANGS, 0);
	engine_fixture_leap_to(fixture, START + 86400);
	g_assert_false(is_waiting(fixture));
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	words = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(words, ==, "KSK:ready ZSK:active ZSK:publish");
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 1);
}

/* one that cannot be opened is not one that is not there: nobody is told to look for a DS */
static void
test_closed(EngineFixture *fixture, gconstpointer data)
{
	fixture->with_channel = TRUE;
	engine_fixture_run(fixture);
	fake_world_set(FAKE_OPEN, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_restart(fixture);
	engine_fixture_leap_to(fixture, START + 86400);
	g_assert_false(is_waiting(fixture));
	g_assert_true(g_hash_table_contains(fixture->engine->problems, "plugin ds"));
	g_assert_cmpuint(fake_world_count_log("Once the new DS records"), ==, 0);
	fake_world_set(FAKE_OPEN, FAKE_WORKS, 0);
	while (!is_waiting(fixture))
		engine_fixture_leap(fixture);
	g_assert_false(g_hash_table_contains(fixture->engine->problems, "plugin ds"));
	g_assert_cmpuint(fake_world_count_submissions(), ==, 1);
}

/* --- what people say --- */

static void
assert_refused(GVariant *result, GError **error, KasperError code, const gchar *text)
{
	g_assert_null(result);
	g_assert_error(*error, KASPER_ERROR, (gint)code);
	if (strstr((*error)->message, text) == NULL ||
	    strstr((*error)->message, "example.org") == NULL)
		g_error("'%s' or the zone is not in '%s'", text, (*error)->message);
	g_clear_error(error);
}

static void
assert_told(GVariant *result, GError *error, const gchar *format, const gchar *id)
{
	g_autoptr(GVariant) owned = NULL;
	g_auto(GStrv) parts = g_strsplit(format, "%s", 2);
	g_autofree gchar *wanted = g_strdup_printf("%s%s%s", parts[0], id, parts[1]);
	const gchar *text = NULL, *told_id = NULL;

	g_assert_no_error(error);
	owned = g_variant_ref_sink(result);
	g_assert_true(g_variant_lookup(owned, "text", "&s", &text));
	g_assert_true(g_variant_lookup(owned, "cka_id", "&s", &told_id));
	g_assert_cmpstr(text, ==, wanted);
	g_assert_cmpstr(told_id, ==, id);
}

static void
test_refusals(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *ksk = NULL;
	g_autofree gchar *zsk = NULL;
	g_autoptr(GError) error = NULL;
	KasperEngine *engine;

	engine_fixture_run(fixture);
	engine = fixture->engine;
	ksk = engine_fixture_dup_id(fixture, "example.org", "KSK", NULL);
	zsk = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
#define SEEN(id, tag) kasper_engine_key_ds_seen(engine, "example.org", id, tag, FALSE, "t", &error)
#define GONE(id)      kasper_engine_key_ds_gone(engine, "example.org", id, -1, "t", &error)
#define RETIRE(id)    kasper_engine_key_ksk_retire(engine, "example.org", id, -1, "t", &error)
#define SUBMIT(id)    kasper_engine_key_ds_submit(engine, "example.org", id, -1, "t", &error)
	assert_refused(SEEN(ksk, -1), &error, KASPER_ERROR_UNSAFE, "not due at the parent");
	assert_refused(SEEN(zsk, -1), &error, KASPER_ERROR_INVALID, "no KSK");
	assert_refused(SUBMIT(ksk), &error, KASPER_ERROR_UNSAFE, "not due at the parent");
	assert_refused(RETIRE(NULL), &error, KASPER_ERROR_INVALID, "No keys in the ACTIVE state");
	g_assert_null(kasper_engine_key_ds_seen(engine, "nowhere", ksk, -1, FALSE, "t", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_null(SEEN(NULL, -1));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_clear_error(&error);
	g_assert_null(SEEN("00ff", -1));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_clear_error(&error);

	engine_fixture_make_secure(fixture, "example.org");
	assert_refused(SEEN(ksk, -1), &error, KASPER_ERROR_EXISTS, "already active");
	assert_refused(SUBMIT(ksk), &error, KASPER_ERROR_EXISTS, "handed over");
	assert_refused(GONE(ksk), &error, KASPER_ERROR_UNSAFE, "wanted at the parent");
	assert_refused(RETIRE(ksk),
		       &error,
		       KASPER_ERROR_UNSAFE,
		       "would leave no active keys on zone");
	assert_refused(RETIRE(NULL),
		       &error,
		       KASPER_ERROR_UNSAFE,
		       "would leave no active keys on zone");
	assert_refused(RETIRE(zsk), &error, KASPER_ERROR_INVALID, "no KSK");
	/* nothing of all that has done anything */
	engine_fixture_settle(fixture);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, "active"), ==, 2);
}

/* the old DS stays where it is, and with it the old key, until somebody retires it */
static void
test_no_retire(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *old = NULL;
	g_autofree gchar *new = NULL;
	g_autofree gchar *both = NULL;
	g_autofree gchar *after = NULL;
	g_autofree gchar *waiting = NULL;
	g_autoptr(GError) error = NULL;
	KasperEngine *engine;

	engine_fixture_run(fixture);
	engine = fixture->engine;
	engine_fixture_make_secure(fixture, "example.org");
	old = engine_fixture_dup_id(fixture, "example.org", "KSK", NULL);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_KEY);
	new = engine_fixture_wait_for_ds(fixture, "example.org");
	assert_told(kasper_engine_key_ds_seen(engine, "example.org", new, -1, TRUE, "t", &error),
		    error,
		    "Key %s made active\nOld key NOT retired",
		    new);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 30 * 86400);
	both = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(both, ==, "KSK:active KSK:active ZSK:active");
	/* without an id: the oldest */
	assert_told(kasper_engine_key_ksk_retire(engine, "example.org", NULL, -1, "t", &error),
		    error,
		    "Key %s retired",
		    old);
	after = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(after, ==, "KSK:retire KSK:active ZSK:active");
	/* its DS is there still, until somebody says otherwise */
	engine_fixture_settle(fixture);
	waiting = engine_fixture_dup_waiting(fixture, "example.org");
	g_assert_cmpstr(waiting, ==, "ds-gone");
	assert_told(kasper_engine_key_ds_gone(engine, "example.org", old, -1, "t", &error),
		    error,
		    "Key %s: its DS is gone from the parent",
		    old);
	while (engine_fixture_count_keys(fixture, "example.org", "KSK", "dead") == 0)
		engine_fixture_leap(fixture);
}

static void
test_by_tag(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *new = NULL;
	g_auto(KasperPairRow) pair = {0};
	g_auto(KasperZoneRow) row = {0};
	g_autoptr(GError) error = NULL;
	KasperSnapshot snapshot;
	gint slot;

	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_KEY);
	new = engine_fixture_wait_for_ds(fixture, "example.org");
	g_assert_true(kasper_store_find_pair(fixture->store, new, &pair, NULL));
	g_assert_true(kasper_engine_load(fixture->engine, 1, &snapshot, &row, NULL));
	slot = kasper_snapshot_find_key(&snapshot, pair.number);
	assert_told(kasper_engine_key_ds_seen(fixture->engine,
					      "Example.ORG.",
					      NULL,
					      snapshot.keys[slot].tag,
					      FALSE,
					      "t",
					      &error),
		    error,
		    "Key %s made active\nOld key retired",
		    new);
	g_assert_null(kasper_engine_key_ds_seen(fixture->engine,
						"example.org",
						NULL,
						snapshot.keys[slot].tag + 1,
						FALSE,
						"t",
						&error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
}

/* a person does what the channel cannot */
static void
test_submit_by_hand(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL;
	g_autoptr(GError) error = NULL;

	fake_world.ds_status = KASPER_DS_STATUS_REJECTED;
	id = start(fixture);
	g_assert_false(is_waiting(fixture));
	assert_told(
	    kasper_engine_key_ds_submit(fixture->engine, "example.org", id, -1, "t", &error),
	    error,
	    "Key %s: its DS was handed to the parent",
	    id);
	engine_fixture_settle(fixture);
	g_assert_true(is_waiting(fixture));
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 0);
	g_assert_cmpuint(fake_world_count_log("Once the new DS records"), ==, 1);
}

gint
main(gint argc, gchar **argv)
{
	static const KasperDsStatus retry = KASPER_DS_STATUS_RETRY;

	engine_test_init(&argc, &argv);
	ENGINE_TEST("/engine/parent/works", test_works);
	ENGINE_TEST_DATA("/engine/parent/retried", &retry, test_retried);
	ENGINE_TEST("/engine/parent/broken", test_broken);
	ENGINE_TEST("/engine/parent/lost-answer", test_lost_answer);
	ENGINE_TEST("/engine/parent/pending", test_pending);
	ENGINE_TEST("/engine/parent/hangs", test_hangs);
	ENGINE_TEST("/engine/parent/closed", test_closed);
	ENGINE_TEST("/engine/parent/refusals", test_refusals);
	ENGINE_TEST("/engine/parent/no-retire", test_no_retire);
	ENGINE_TEST("/engine/parent/by-tag", test_by_tag);
	ENGINE_TEST("/engine/parent/submit-by-hand", test_submit_by_hand);
	return g_test_run();
}
