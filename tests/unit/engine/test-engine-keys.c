/* SPDX-License-Identifier: BSD-2-Clause */

/* making keys: with a token that fails, loses answers, hangs, lies or is full */

#include "engine-fixture.h"

#include "kasper-engine-private.h"
#include "kasper-plugin-host-private.h"

static KasperRepository *
get_repository(EngineFixture *fixture)
{
	KasperRepository *repository = kasper_engine_find_repository(fixture->engine, "main");

	g_assert_nonnull(repository);
	return repository;
}

static void
assert_signs(EngineFixture *fixture, const gchar *zone)
{
	g_assert_cmpuint(engine_fixture_count_keys(fixture, zone, "KSK", NULL), ==, 1);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, zone, "ZSK", "active"), ==, 1);
	engine_fixture_assert_no_orphans(fixture);
}

static void
leap_until_signed(EngineFixture *fixture, const gchar *zone)
{
	for (guint i = 0; engine_fixture_count_keys(fixture, zone, NULL, NULL) < 2; i++) {
		g_assert_cmpuint(i, <, 30);
		engine_fixture_leap(fixture);
	}
	assert_signs(fixture, zone);
}

/* a token that says that it cannot now */
static void
test_fails(EngineFixture *fixture, gconstpointer data)
{
	guint made;

	fake_world_set(FAKE_MAKE, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_run(fixture);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 0);
	g_assert_nonnull(get_repository(fixture)->error);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "repository-failed"), ==, 1);
	for (guint i = 0; i < 5; i++)
		engine_fixture_leap(fixture);
	/* told once, tried less and less often */
	g_assert_cmpuint(engine_fixture_count_events(fixture, "repository-failed"), ==, 1);
	made = fake_world_count(FAKE_MAKE);
	g_assert_cmpuint(made, >, 1);
	g_assert_cmpuint(made, <, 8);
	fake_world_set(FAKE_MAKE, FAKE_WORKS, 0);
	leap_until_signed(fixture, "example.org");
	g_assert_null(get_repository(fixture)->error);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "repository-works"), ==, 1);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
}

/* it makes keys, and the answer is lost: they are found, and not made again */
static void
test_loses(EngineFixture *fixture, gconstpointer data)
{
	const KasperError *code = data;

	fake_world_set(FAKE_MAKE, FAKE_LOSES, *code);
	fake_world_set(FAKE_LOOK_UP, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_run(fixture);
	g_assert_cmpuint(fake_world_count_keys(), ==, 1);
	/* the other one is made, and none in the place of the first, however long that takes: the
	 * token does not say that it is not there */
	fake_world_set(FAKE_MAKE, FAKE_WORKS, 0);
	for (guint i = 0; i < 20; i++)
		engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 0);
	fake_world_set(FAKE_LOOK_UP, FAKE_WORKS, 0);
	leap_until_signed(fixture, "example.org");
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
}

/* a token that finds a key and does not sign with it now says nothing against the key */
static void
test_stumbles(EngineFixture *fixture, gconstpointer data)
{
	fake_world.signs = TRUE;
	fake_world_set(FAKE_MAKE, FAKE_LOSES, KASPER_ERROR_TRY_AGAIN);
	fake_world_set(FAKE_SIGN, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_run(fixture);
	for (guint i = 0; i < 5; i++)
		engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world_count(FAKE_SIGN), >, 0);
	g_assert_cmpuint(fake_world_count(FAKE_DESTROY), ==, 0);
	fake_world.signs = FALSE;
	fake_world_set(FAKE_MAKE, FAKE_WORKS, 0);
	leap_until_signed(fixture, "example.org");
	g_assert_cmpuint(fake_world_count(FAKE_DESTROY), ==, 0);
	engine_fixture_assert_no_orphans(fixture);
}

/* a wrong PIN is not tried again before somebody has looked at the configuration */
static void
test_wrong_pin(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	GVariant *result;

	fake_world_set(FAKE_OPEN, FAKE_FAILS, KASPER_ERROR_AUTH);
	g_ptr_array_set_size(fixture->zones, 0);
	g_ptr_array_add(fixture->zones, g_strdup("example.org"));
	engine_fixture_start(fixture);
	/* signer and log open later, too; the token is what counts here */
	fake_world_set(FAKE_OPEN, FAKE_FAILS, KASPER_ERROR_AUTH);
	engine_fixture_settle(fixture);
	g_assert_cmpint(get_repository(fixture)->error_code, ==, KASPER_ERROR_AUTH);
	g_assert_cmpint(get_repository(fixture)->retry_at, ==, KASPER_TIME_NEVER);
	engine_fixture_leap_to(fixture, START + 86400);
	g_assert_cmpint(get_repository(fixture)->retry_at, ==, KASPER_TIME_NEVER);
	fake_world_set(FAKE_OPEN, FAKE_WORKS, 0);
	engine_fixture_leap_to(fixture, START + 2 * 86400);
	g_assert_null(get_repository(fixture)->store);
	fixture->note = "two";
	engine_fixture_write_files(fixture);
	result = kasper_engine_update(fixture->engine, KASPER_UPDATE_CONF, FALSE, "tester", &error);
	g_assert_no_error(error);
	g_variant_unref(g_variant_ref_sink(result));
	engine_fixture_settle(fixture);
	g_assert_nonnull(get_repository(fixture)->store);
	leap_until_signed(fixture, "example.org");
}

/* one zone gets all that it needs, the other waits, and none has half */
static void
test_full(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *waiting = NULL;

	fake_world.max_keys = 2;
	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	engine_fixture_run(fixture);
	engine_fixture_leap_to(fixture, START + 86400);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL) +
			     engine_fixture_count_keys(fixture, "example.net", NULL, NULL),
			 ==,
			 2);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL) % 2, ==, 0);
	waiting = engine_fixture_dup_waiting(
	    fixture,
	    engine_fixture_count_keys(fixture, "example.org", NULL, NULL) == 0 ? "example.org"
									       : "example.net");
	g_assert_cmpstr(waiting, ==, "key");
	g_assert_cmpint(get_repository(fixture)->error_code, ==, KASPER_ERROR_NOT_SUPPORTED);
	/* it can still be asked for keys */
	g_assert_true(
	    kasper_engine_repository_ready(get_repository(fixture), engine_fixture_now(fixture)));
	fake_world.max_keys = -1;
	leap_until_signed(fixture, "example.org");
	leap_until_signed(fixture, "example.net");
}

/* a token that hangs holds up nobody else, and what it does when its time is over is found */
static void
test_hangs(EngineFixture *fixture, gconstpointer data)
{
	fake_world_set(FAKE_MAKE, FAKE_HANGS, 0);
	engine_fixture_start(fixture);
	/* a second of the host is a millisecond here */
	kasper_plugin_host_set_second(fixture->host, 1);
	engine_fixture_settle(fixture);
	g_assert_cmpuint(fake_world_count_keys(), ==, 0);
	g_assert_cmpint(get_repository(fixture)->error_code, ==, KASPER_ERROR_UNKNOWN_OUTCOME);
	for (guint i = 0; i < 5; i++)
		engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 600);
	/* nothing was made beside it */
	g_assert_cmpuint(fake_world_count(FAKE_MAKE), ==, 1);
	kasper_plugin_host_set_second(fixture->host, 1000);
	fake_world_release();
	for (guint i = 0; engine_fixture_count_keys(fixture, "example.org", NULL, NULL) < 2; i++) {
		g_assert_cmpuint(i, <, 1000);
		g_usleep(1000);
		engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 600);
	}
	assert_signs(fixture, "example.org");
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
}

/* what it signs does not verify: such a key is used for nothing, and does not stay */
static void
test_canary(EngineFixture *fixture, gconstpointer data)
{
	fake_world.signs = TRUE;
	engine_fixture_run(fixture);
	g_assert_cmpuint(fake_world_count(FAKE_SIGN), >, 0);
	g_assert_cmpuint(fake_world_count(FAKE_DESTROY), >, 0);
	for (guint i = 0; i < 5; i++)
		engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world_count_keys(), ==, 0);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 0);
	g_assert_nonnull(strstr(get_repository(fixture)->error, "test signature"));
	fake_world.signs = FALSE;
	leap_until_signed(fixture, "example.org");
}

/* a bad key that cannot be destroyed at once is not forgotten, and not used either */
static void
test_canary_stays(EngineFixture *fixture, gconstpointer data)
{
	fake_world.signs = TRUE;
	fake_world_set(FAKE_DESTROY, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_run(fixture);
	for (guint i = 0; i < 20; i++)
		engine_fixture_leap(fixture);
	/* as many as the zone wants, and no more in their place */
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	engine_fixture_assert_no_orphans(fixture);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 0);
	fake_world_set(FAKE_DESTROY, FAKE_WORKS, 0);
	for (guint i = 0; fake_world_count_keys() > 0; i++) {
		g_assert_cmpuint(i, <, 30);
		engine_fixture_leap(fixture);
	}
	engine_fixture_assert_no_orphans(fixture);
}

/* two keys of a zone that look the same in a DS are not to be told apart */
static void
test_collision(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *first = NULL;
	g_autofree gchar *second = NULL;

	fake_world.next_tag = 4711;
	engine_fixture_start(fixture);
	/* the second one has another tag with the flags of a ZSK */
	engine_fixture_settle(fixture);
	first = engine_fixture_dup_id(fixture, "example.org", "KSK", NULL);
	engine_fixture_make_secure(fixture, "example.org");
	g_assert_cmpint(kasper_engine_key_rollover(fixture->engine,
						   "example.org",
						   NULL,
						   KASPER_ROLE_KEY,
						   "tester",
						   NULL),
			==,
			1);
	/* one that collides, then others */
	while (fake_world_count_keys() < 3)
		g_main_context_iteration(NULL, TRUE);
	fake_world.next_tag = G_MAXUINT;
	engine_fixture_settle(fixture);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "KSK", NULL), ==, 2);
	second = engine_fixture_dup_id(fixture, "example.org", "KSK", "publish");
	g_assert_cmpstr(first, !=, second);
	engine_fixture_assert_no_orphans(fixture);
	/* the one that was passed over is in the pool */
	g_assert_cmpint(kasper_store_count_pool(fixture->store, 1, 13, 256, FALSE), >=, 1);
}

/* keys that somebody else has taken away are missed, and nothing is made in their place */
static void
test_lost(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *zsk = NULL;
	guint made;

	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	zsk = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
	made = fake_world_count(FAKE_MAKE);
	fake_world_lose_key(zsk);
	engine_fixture_restart(fixture);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 30 * 86400);
	g_assert_cmpuint(fake_world_count(FAKE_MAKE), ==, made);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 2);
}

/* destruction is tried until it is done; a key that is gone already is as good */
static void
test_destruction(EngineFixture *fixture, gconstpointer data)
{
	const FakeFault *fault = data;
	g_autofree gchar *old = NULL;

	fixture->purge = 0;
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	old = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
	fake_world_set(FAKE_DESTROY, *fault, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	while (fake_world_count(FAKE_DESTROY) == 0)
		engine_fixture_leap(fixture);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 1);
	g_assert_cmpint(fake_world_has_key(old), ==, *fault == FAKE_FAILS);
	fake_world_set(FAKE_DESTROY, FAKE_WORKS, 0);
	while (kasper_store_count_intents(fixture->store, FALSE) > 0)
		engine_fixture_leap(fixture);
	g_assert_false(fake_world_has_key(old));
	engine_fixture_assert_no_orphans(fixture);
}

/* nothing is made by itself; a person says when, and how many */
static void
test_manual(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) dry = NULL;
	g_autoptr(GVariant) result = NULL;
	guint planned = 0;

	fixture->manual_generation = TRUE;
	fixture->zsk_lifetime = 100 * 86400;
	engine_fixture_run(fixture);
	engine_fixture_leap_to(fixture, START + 86400);
	g_assert_cmpuint(fake_world_count(FAKE_MAKE), ==, 0);
	g_assert_true(g_hash_table_contains(fixture->engine->problems, "keys"));

	dry = g_variant_ref_sink(
	    kasper_engine_key_generate(fixture->engine, NULL, 86400 * 200, TRUE, "t", &error));
	g_assert_no_error(error);
	g_assert_true(g_variant_lookup(dry, "planned", "u", &planned));
	/* the zone waits for two, and rolls its ZSK twice */
	g_assert_cmpuint(planned, ==, 4);
	engine_fixture_settle(fixture);
	g_assert_cmpuint(fake_world_count(FAKE_MAKE), ==, 0);
	result = g_variant_ref_sink(kasper_engine_key_generate(fixture->engine,
							       "default",
							       86400 * 200,
							       FALSE,
							       "t",
							       &error));
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
	g_assert_cmpuint(fake_world_count_keys(), ==, 4);
	assert_signs(fixture, "example.org");
	g_assert_false(g_hash_table_contains(fixture->engine->problems, "keys"));
	g_assert_null(kasper_engine_key_generate(fixture->engine, "absent", 0, FALSE, "t", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
}

gint
main(gint argc, gchar **argv)
{
	static const KasperError try_again = KASPER_ERROR_TRY_AGAIN;
	static const KasperError unknown = KASPER_ERROR_UNKNOWN_OUTCOME;
	static const KasperError internal = KASPER_ERROR_INTERNAL;
	static const KasperError not_found = KASPER_ERROR_NOT_FOUND;
	static const FakeFault fails = FAKE_FAILS, loses = FAKE_LOSES;

	engine_test_init(&argc, &argv);
	ENGINE_TEST("/engine/keys/stumbles", test_stumbles);
	ENGINE_TEST("/engine/keys/fails", test_fails);
	ENGINE_TEST_DATA("/engine/keys/loses/try-again", &try_again, test_loses);
	ENGINE_TEST_DATA("/engine/keys/loses/unknown", &unknown, test_loses);
	ENGINE_TEST_DATA("/engine/keys/loses/internal", &internal, test_loses);
	ENGINE_TEST_DATA("/engine/keys/loses/not-found", &not_found, test_loses);
	ENGINE_TEST("/engine/keys/wrong-pin", test_wrong_pin);
	ENGINE_TEST("/engine/keys/full", test_full);
	ENGINE_TEST("/engine/keys/hangs", test_hangs);
	ENGINE_TEST("/engine/keys/canary", test_canary);
	ENGINE_TEST("/engine/keys/canary-stays", test_canary_stays);
	ENGINE_TEST("/engine/keys/collision", test_collision);
	ENGINE_TEST("/engine/keys/lost", test_lost);
	ENGINE_TEST_DATA("/engine/keys/destruction/fails", &fails, test_destruction);
	ENGINE_TEST_DATA("/engine/keys/destruction/loses", &loses, test_destruction);
	ENGINE_TEST("/engine/keys/manual", test_manual);
	return g_test_run();
}
