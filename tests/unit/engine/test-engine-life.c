/* SPDX-License-Identifier: BSD-2-Clause */

/* a zone from nothing through its rollovers */

#include "engine-fixture.h"

static void
assert_words(EngineFixture *fixture, const gchar *zone, const gchar *wanted)
{
	g_autofree gchar *words = engine_fixture_dup_words(fixture, zone);

	g_assert_cmpstr(words, ==, wanted);
}

static void
assert_order(const gchar *zone, const gchar *format, const gchar *first, const gchar *second)
{
	g_autofree gchar *order = fake_world_dup_order(zone);
	g_auto(GStrv) parts = g_strsplit(format, "%s", 3);
	g_autofree gchar *wanted =
	    g_strdup_printf("%s%.4s%s%.4s%s", parts[0], first, parts[1], second, parts[2]);

	g_assert_cmpstr(order, ==, wanted);
}

/* G17: what is due when, to the second */
static void
test_first_signing(EngineFixture *fixture, gconstpointer data)
{
	KasperTime submit = START + T_ZONE_PROPAGATION + T_MAX_ZONE_TTL + T_PUBLISH_SAFETY;
	KasperTime seen = submit + 5000;
	KasperTime secure = seen + T_PARENT_PROPAGATION + T_DS_NEGATIVE + T_PUBLISH_SAFETY;
	g_autofree gchar *ksk = NULL;
	g_autofree gchar *zsk = NULL;
	g_autofree gchar *before = NULL;
	g_autofree gchar *after = NULL;

	engine_fixture_run(fixture);
	assert_words(fixture, "example.org", "KSK:publish ZSK:active");
	ksk = engine_fixture_dup_id(fixture, "example.org", "KSK", NULL);
	zsk = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
	assert_order("example.org", "%s:257pk %s:256pz", ksk, zsk);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);

	/* its DNSKEY is everywhere by now, and signed data is not */
	engine_fixture_leap_through(fixture, submit - 1);
	assert_words(fixture, "example.org", "KSK:ready ZSK:active");
	g_assert_cmpuint(fake_world_count_log("DS Record set"), ==, 0);
	engine_fixture_leap_through(fixture, submit);
	assert_words(fixture, "example.org", "KSK:ready ZSK:active");
	g_assert_cmpuint(fake_world_count_log("DS Record set"), ==, 1);

	engine_fixture_leap_through(fixture, seen);
	engine_fixture_ds_seen(fixture, "example.org", ksk);
	assert_words(fixture, "example.org", "KSK:active ZSK:active");
	engine_fixture_leap_through(fixture, secure - 1);
	before = engine_fixture_dup_state(fixture, "example.org");
	g_assert_cmpstr(before, ==, "signed");
	engine_fixture_leap_through(fixture, secure);
	after = engine_fixture_dup_state(fixture, "example.org");
	g_assert_cmpstr(after, ==, "secure");
	/* nothing is left to be done */
	g_assert_cmpint(kasper_store_get_next_due(fixture->store, NULL), ==, KASPER_TIME_NEVER);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 0);
	g_assert_cmpuint(fake_world_count_applied("example.org"), ==, 1);
}

/* the lines of OpenDNSSEC 1.x, word by word, one behind the other */
static void
test_log_lines(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL;
	g_autofree gchar *log = NULL;
	g_autofree gchar *pattern = NULL;

	engine_fixture_run(fixture);
	id = engine_fixture_wait_for_ds(fixture, "example.org");
	log = fake_world_dup_log();
	pattern = g_strdup_printf(
	    "DS Record set has changed, the current set looks like:\n"
	    "example\\.org\\. 3600 IN DNSKEY 257 3 13 \\S+ ;\\{id = \\d+ \\(ksk\\), size = "
	    "256b\\}\n"
	    "Once the new DS records are seen in DNS please issue the ds-seen command for zone "
	    "example\\.org with the following cka_ids, %s\n",
	    id);
	if (!g_regex_match_simple(pattern, log, 0, 0))
		g_error("%s does not match\n%s", pattern, log);
	engine_fixture_ds_seen(fixture, "example.org", id);
	g_free(pattern);
	pattern = g_strdup_printf("Key %s made active", id);
	g_assert_cmpuint(fake_world_count_log(pattern), ==, 1);
}

/* G01, with a signer that shows when all old signatures are gone */
static void
test_zsk_rollover(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *old = NULL;
	g_autofree gchar *new = NULL;
	KasperTime start, swap, gone;

	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	old = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
	start = engine_fixture_now(fixture);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	assert_words(fixture, "example.org", "KSK:active ZSK:active ZSK:publish");
	new = engine_fixture_dup_id(fixture, "example.org", "ZSK", "publish");

	swap = start + T_ZONE_PROPAGATION + T_DNSKEY_TTL + T_PUBLISH_SAFETY;
	engine_fixture_leap_through(fixture, swap - 1);
	assert_words(fixture, "example.org", "KSK:active ZSK:active ZSK:publish");
	engine_fixture_leap_through(fixture, swap);
	assert_words(fixture, "example.org", "KSK:active ZSK:retire ZSK:active");

	gone = swap + T_ZONE_PROPAGATION + T_MAX_ZONE_TTL + T_RETIRE_SAFETY;
	engine_fixture_leap_through(fixture, gone - 1);
	assert_words(fixture, "example.org", "KSK:active ZSK:retire ZSK:active");
	engine_fixture_leap_through(fixture, gone);
	engine_fixture_leap_through(fixture,
				    gone + T_ZONE_PROPAGATION + T_DNSKEY_TTL + T_RETIRE_SAFETY - 1);
	assert_words(fixture, "example.org", "KSK:active ZSK:retire ZSK:active");
	engine_fixture_leap_through(fixture,
				    gone + T_ZONE_PROPAGATION + T_DNSKEY_TTL + T_RETIRE_SAFETY);
	assert_words(fixture, "example.org", "KSK:active ZSK:active");
	g_assert_true(fake_world_has_key(old));
	engine_fixture_assert_no_orphans(fixture);
}

/* G05 */
static void
test_ksk_rollover(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *new = NULL;
	KasperTime submit, seen, dead;

	fixture->with_channel = TRUE;
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	submit = engine_fixture_now(fixture) + T_ZONE_PROPAGATION + T_DNSKEY_TTL + T_PUBLISH_SAFETY;
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_KEY);
	assert_words(fixture, "example.org", "KSK:active KSK:publish ZSK:active");
	new = engine_fixture_wait_for_ds(fixture, "example.org");
	g_assert_cmpint(engine_fixture_now(fixture), ==, submit);
	assert_words(fixture, "example.org", "KSK:active KSK:ready ZSK:active");

	seen = submit + 5000;
	engine_fixture_leap_through(fixture, seen);
	engine_fixture_ds_seen(fixture, "example.org", new);
	assert_words(fixture, "example.org", "KSK:retire KSK:active ZSK:active");
	dead = seen + T_PARENT_PROPAGATION + T_DS_TTL + T_RETIRE_SAFETY + T_ZONE_PROPAGATION +
	       T_DNSKEY_TTL + T_RETIRE_SAFETY;
	engine_fixture_leap_through(fixture, dead - 1);
	assert_words(fixture, "example.org", "KSK:retire KSK:active ZSK:active");
	engine_fixture_leap_through(fixture, dead);
	assert_words(fixture, "example.org", "KSK:active ZSK:active");
	g_assert_cmpuint(fake_world_count_submissions(), ==, 2);
}

/* keys are made ahead of need, and rolled by themselves */
static void
test_lifetime(EngineFixture *fixture, gconstpointer data)
{
	guint made;

	fixture->zsk_lifetime = 100 * 86400;
	engine_fixture_run(fixture);
	/* two in use, and three rollovers in a year */
	g_assert_cmpuint(fake_world_count_keys(), ==, 5);
	engine_fixture_make_secure(fixture, "example.org");
	made = fake_world_count(FAKE_MAKE);
	for (guint i = 0; engine_fixture_count_keys(fixture, "example.org", "ZSK", NULL) < 2; i++) {
		g_assert_cmpuint(i, <, 20);
		engine_fixture_leap(fixture);
	}
	g_assert_cmpint(engine_fixture_now(fixture), <, START + 100 * 86400);
	/* the one that was taken is replaced */
	g_assert_cmpuint(fake_world_count(FAKE_MAKE), ==, made + 1);
	engine_fixture_assert_no_orphans(fixture);
}

static void
test_shared_keys(EngineFixture *fixture, gconstpointer data)
{
	fixture->share_keys = TRUE;
	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	g_ptr_array_add(fixture->zones, g_strdup("example.com"));
	engine_fixture_run(fixture);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	for (guint i = 0; i < fixture->zones->len; i++)
		assert_words(fixture,
			     g_ptr_array_index(fixture->zones, i),
			     "KSK:publish ZSK:active");
	/* rolled in one is rolled in all */
	engine_fixture_roll(fixture, "example.net", KASPER_ROLE_ZONE);
	for (guint i = 0; i < 20; i++)
		engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 3600);
	g_assert_cmpuint(fake_world_count_keys(), ==, 3);
	for (guint i = 0; i < fixture->zones->len; i++)
		g_assert_cmpuint(engine_fixture_count_keys(fixture,
							   g_ptr_array_index(fixture->zones, i),
							   "ZSK",
							   NULL),
				 ==,
				 2);
}

static void
test_purge(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *old = NULL;

	fixture->purge = 86400;
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	old = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	while (engine_fixture_count_keys(fixture, "example.org", "ZSK", "dead") == 0)
		engine_fixture_leap(fixture);
	g_assert_true(fake_world_has_key(old));
	engine_fixture_leap_through(fixture, engine_fixture_now(fixture) + 86400);
	g_assert_false(fake_world_has_key(old));
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "ZSK", NULL), ==, 1);
	engine_fixture_assert_no_orphans(fixture);
}

/* a salt is kept for as long as Resalt says, also over a restart, and signed with everywhere */
static void
test_resalt(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *first = NULL;
	const FakeOrder *order;

	fixture->nsec3 = TRUE;
	engine_fixture_run(fixture);
	order = g_hash_table_lookup(fake_world.orders, "example.org");
	g_assert_cmpuint(strlen(order->salt), ==, 16);
	first = g_strdup(order->salt);
	engine_fixture_make_secure(fixture, "example.org");
	engine_fixture_restart(fixture);
	engine_fixture_leap_to(fixture, START + 100 * 86400 - 1);
	order = g_hash_table_lookup(fake_world.orders, "example.org");
	g_assert_cmpstr(order->salt, ==, first);
	engine_fixture_leap_to(fixture, START + 100 * 86400);
	order = g_hash_table_lookup(fake_world.orders, "example.org");
	g_assert_cmpstr(order->salt, !=, first);
	g_assert_cmpint(order->revision, ==, 1);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 0);
}

/* a clock that is set back does not bring back what is over (rollover-model 7.4) */
static void
test_clock_runs_back(EngineFixture *fixture, gconstpointer data)
{
	engine_fixture_run(fixture);
	engine_fixture_leap_to(fixture, START + 86400);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	/* nor does the next process */
	g_assert_cmpint(kasper_store_get_highest_time(fixture->store), ==, START + 86400);
	kasper_clock_turn_to(fixture->clock, START + 10);
	g_assert_cmpint(engine_fixture_now(fixture), ==, START + 86400);
	engine_fixture_settle(fixture);
	assert_words(fixture, "example.org", "KSK:ready ZSK:active ZSK:publish");
}

/* what was refused did not happen: nobody is told of it later */
static void
test_refused_is_not_told(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fake_world.max_keys = 0;
	engine_fixture_run(fixture);
	g_assert_cmpint(kasper_engine_key_rollover(fixture->engine,
						   "example.org",
						   NULL,
						   KASPER_ROLE_ZONE,
						   "tester",
						   &error),
			==,
			-1);
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "could be rolled over");
	fake_world.max_keys = -1;
	engine_fixture_make_secure(fixture, "example.org");
	g_assert_cmpuint(engine_fixture_count_events(fixture, "rollover-requested"), ==, 0);
	g_assert_cmpuint(fake_world_count_log("Manual key rollover"), ==, 0);
}

gint
main(gint argc, gchar **argv)
{
	engine_test_init(&argc, &argv);
	ENGINE_TEST("/engine/life/first-signing", test_first_signing);
	ENGINE_TEST("/engine/life/log-lines", test_log_lines);
	ENGINE_TEST("/engine/life/zsk-rollover", test_zsk_rollover);
	ENGINE_TEST("/engine/life/ksk-rollover", test_ksk_rollover);
	ENGINE_TEST("/engine/life/lifetime", test_lifetime);
	ENGINE_TEST("/engine/life/shared-keys", test_shared_keys);
	ENGINE_TEST("/engine/life/purge", test_purge);
	ENGINE_TEST("/engine/life/resalt", test_resalt);
	ENGINE_TEST("/engine/life/clock-runs-back", test_clock_runs_back);
	ENGINE_TEST("/engine/life/refused-is-not-told", test_refused_is_not_told);
	return g_test_run();
}
