/* SPDX-License-Identifier: BSD-2-Clause */

/* orders, with a signer that fails, loses answers, hangs, is late or tells what cannot be */

#include "engine-fixture.h"

#include <string.h>

#include "kasper-engine-private.h"
#include "kasper-plugin-host-private.h"

/* when a KSK is ready, reckoned from the moment at which the first order was published: what caches
 * know until then is that there is no DNSKEY, for as long as the policy's SOA says */
#define T_NEGATIVE  1800
#define READY_AFTER (T_ZONE_PROPAGATION + T_NEGATIVE + T_PUBLISH_SAFETY)

static gint64
get_confirmed(EngineFixture *fixture, const gchar *zone)
{
	g_auto(KasperZoneRow) row = {0};

	g_assert_true(kasper_store_find_zone(fixture->store, zone, &row, NULL));
	return row.confirmed;
}

static void
assert_words(EngineFixture *fixture, const gchar *zone, const gchar *wanted)
{
	g_autofree gchar *words = engine_fixture_dup_words(fixture, zone);

	g_assert_cmpstr(words, ==, wanted);
}

/* nothing counts from before the order was seen published, which is now */
static void
assert_waits_from_now(EngineFixture *fixture, const gchar *zone)
{
	KasperTime now = engine_fixture_now(fixture);

	g_assert_cmpint(get_confirmed(fixture, zone), ==, 1);
	assert_words(fixture, zone, "KSK:publish ZSK:active");
	g_assert_false(engine_fixture_has_problem(fixture, "signer", ""));
	engine_fixture_leap_through(fixture, now + READY_AFTER - 1);
	assert_words(fixture, zone, "KSK:publish ZSK:active");
	engine_fixture_leap_through(fixture, now + READY_AFTER);
	assert_words(fixture, zone, "KSK:ready ZSK:active");
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 0);
}

/* it does not take the first order for a day */
static void
assert_refuses(EngineFixture *fixture, const gchar *zone)
{
	KasperTime last = engine_fixture_now(fixture);
	guint tries = 0;

	while (engine_fixture_now(fixture) < START + 86400) {
		guint applied = fake_world_count(FAKE_APPLY);

		engine_fixture_leap(fixture);
		if (fake_world_count(FAKE_APPLY) == applied)
			continue;
		/* 5, 10, 20 ... 300, and a quarter on top at most */
		g_assert_cmpint(engine_fixture_now(fixture) - last,
				>=,
				MIN(5 << MIN(tries, 6), 300));
		g_assert_cmpint(engine_fixture_now(fixture) - last,
				<=,
				MIN(5 << MIN(tries, 6), 300) * 5 / 4 + 1);
		last = engine_fixture_now(fixture);
		tries++;
		g_assert_cmpint(get_confirmed(fixture, zone), ==, 0);
		assert_words(fixture, zone, "KSK:publish ZSK:active");
	}
	g_assert_cmpuint(tries, >, 86400 / 300 / 2);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 1);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
}

/* --- the call as a whole --- */

static void
test_fails(EngineFixture *fixture, gconstpointer data)
{
	const FakeFault *fault = data;
	g_autofree gchar *order = NULL;
	KasperTime mended;

	fake_world_set(FAKE_APPLY, *fault, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_run(fixture);
	assert_refuses(fixture, "example.org");
	g_assert_true(engine_fixture_has_problem(fixture, "signer", "as the test wants it"));
	/* one problem, and one event about the signer and one about the zone */
	g_assert_cmpuint(engine_fixture_count_events(fixture, "signer-failed"), ==, 2);
	order = fake_world_dup_order("example.org");
	g_assert_cmpint(order != NULL, ==, *fault == FAKE_LOSES);
	fake_world_set(FAKE_APPLY, FAKE_WORKS, 0);
	/* also if it is another process that goes on */
	mended = engine_fixture_now(fixture);
	engine_fixture_restart(fixture);
	while (get_confirmed(fixture, "example.org") == 0)
		engine_fixture_leap(fixture);
	g_assert_cmpint(engine_fixture_now(fixture), <=, mended + 300 * 5 / 4);
	assert_waits_from_now(fixture, "example.org");
	g_assert_cmpint(fake_world_get_revision("example.org"), ==, 1);
}

/* what it does when its time is over is no evidence: nobody has heard of it */
static void
test_hangs(EngineFixture *fixture, gconstpointer data)
{
	fake_world_set(FAKE_APPLY, FAKE_HANGS, 0);
	engine_fixture_start(fixture);
	kasper_plugin_host_set_second(fixture->host, 1);
	engine_fixture_settle(fixture);
	g_assert_true(engine_fixture_has_problem(fixture, "signer", "no answer within"));
	for (guint i = 0; i < 3; i++) {
		engine_fixture_leap(fixture);
		g_assert_cmpint(get_confirmed(fixture, "example.org"), ==, 0);
	}
	/* nothing was given to it beside that */
	g_assert_cmpuint(fake_world_count(FAKE_APPLY), ==, 1);
	kasper_plugin_host_set_second(fixture->host, 1000);
	fake_world_release();
	while (fake_world_get_revision("example.org") == 0)
		g_thread_yield();
	g_assert_cmpint(get_confirmed(fixture, "example.org"), ==, 0);
	engine_fixture_settle(fixture);
	g_assert_cmpint(get_confirmed(fixture, "example.org"), ==, 0);
	engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world_count(FAKE_APPLY), ==, 2);
	assert_waits_from_now(fixture, "example.org");
}

/* meanwhile all goes on that needs no signer */
static void
test_hangs_alone(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fixture->with_channel = TRUE;
	engine_fixture_run(fixture);
	fake_world_set(FAKE_APPLY, FAKE_HANGS, 0);
	kasper_plugin_host_set_second(fixture->host, 1);
	g_assert_true(
	    kasper_engine_zone_add(fixture->engine, "example.net", NULL, NULL, "t", &error));
	engine_fixture_leap_to(fixture, START + 86400);
	assert_words(fixture, "example.net", "KSK:publish ZSK:active");
	assert_words(fixture, "example.org", "KSK:ready ZSK:active");
	g_assert_cmpuint(fake_world_count_submissions(), ==, 1);
	g_assert_cmpuint(fake_world_count_log("Once the new DS records"), ==, 1);
	fake_world_release();
}

/* the process dies while an order is with a worker: the next one does not wait for that worker */
static void
test_killed(EngineFixture *fixture, gconstpointer data)
{
	engine_fixture_start(fixture);
	fake_world.die_after = FAKE_APPLY;
	while (!fake_world_is_stopped()) {
		g_main_context_iteration(NULL, FALSE);
		g_thread_yield();
	}
	g_assert_cmpint(get_confirmed(fixture, "example.org"), ==, 0);
	engine_fixture_crash(fixture);
	engine_fixture_settle(fixture);
	g_assert_cmpint(engine_fixture_now(fixture), ==, START);
	g_assert_cmpuint(fake_world_count_applied("example.org"), ==, 2);
	assert_waits_from_now(fixture, "example.org");
}

static void
test_closed(EngineFixture *fixture, gconstpointer data)
{
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	fake_world_set(FAKE_OPEN, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_restart(fixture);
	g_assert_true(engine_fixture_has_problem(fixture, "plugin signer", "it fails"));
	fake_world_set(FAKE_OPEN, FAKE_WORKS, 0);
	/* its key store, too */
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 3600);
	g_assert_false(engine_fixture_has_problem(fixture, "plugin signer", ""));
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	g_assert_cmpint(get_confirmed(fixture, "example.org"), ==, 2);
}

/* --- answers --- */

/* what cannot be is no evidence, and is held against nobody else */
static void
test_lies(EngineFixture *fixture, gconstpointer data)
{
	const FakeLie *lie = data;

	/* said on stderr, as a bug of the plugin */
	g_log_set_always_fatal(G_LOG_FATAL_MASK);
	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	fake_world.lying = "example.org";
	fake_world.lie = *lie;
	engine_fixture_run(fixture);
	engine_fixture_leap_to(fixture, START + 86400);
	g_assert_cmpint(get_confirmed(fixture, "example.org"), ==, 0);
	assert_words(fixture, "example.org", "KSK:publish ZSK:active");
	if (*lie == FAKE_LIE_NUMBER) {
		/* nobody knows which answer is whose */
		g_assert_cmpint(get_confirmed(fixture, "example.net"), ==, 0);
		g_assert_true(engine_fixture_has_problem(fixture, "signer", "more or fewer"));
	} else {
		g_assert_cmpint(get_confirmed(fixture, "example.net"), ==, 1);
		assert_words(fixture, "example.net", "KSK:ready ZSK:active");
		g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 1);
	}
	fake_world.lying = NULL;
	while (get_confirmed(fixture, "example.org") == 0)
		engine_fixture_leap(fixture);
	assert_waits_from_now(fixture, "example.org");
}

/* a zone that is due gets its turn first: no order is made of an old decision and a new policy */
static void
test_due_first(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperTransaction) transaction = NULL;
	g_autoptr(GError) error = NULL;
	KasperTime now;

	fake_world.stubborn = "example.org";
	engine_fixture_run(fixture);
	now = kasper_store_get_next_intent(fixture->store);
	transaction = kasper_store_begin(fixture->store, &error);
	g_assert_true(kasper_store_make_due(fixture->store, 1, 0, START, &error));
	g_assert_true(kasper_transaction_commit(transaction, &error));
	g_assert_no_error(error);
	g_assert_false(kasper_engine_retry_orders(fixture->engine, now));
	engine_fixture_settle(fixture);
	g_assert_true(kasper_engine_retry_orders(fixture->engine, now));
}

/* one that says no for a zone says nothing about the others */
static void
test_stubborn(EngineFixture *fixture, gconstpointer data)
{
	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	fake_world.stubborn = "example.org";
	engine_fixture_run(fixture);
	engine_fixture_leap_to(fixture, START + 86400);
	assert_words(fixture, "example.net", "KSK:ready ZSK:active");
	assert_words(fixture, "example.org", "KSK:publish ZSK:active");
	g_assert_cmpint(get_confirmed(fixture, "example.org"), ==, 0);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 1);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "signer-failed"), ==, 1);
	g_assert_false(engine_fixture_has_problem(fixture, "signer", ""));
	fake_world.stubborn = NULL;
	while (get_confirmed(fixture, "example.org") == 0)
		engine_fixture_leap(fixture);
	assert_waits_from_now(fixture, "example.org");
}

/* a wait lasts as long as the TTLs that are really served, and never less than was ordered */
typedef struct {
	gint64 max_ttl;
	gint64 dnskey_ttl;
	KasperSpan ready;
	KasperSpan submit;
} Served;

static void
test_served_ttl(EngineFixture *fixture, gconstpointer data)
{
	const Served *served = data;
	KasperTime submit = START + T_ZONE_PROPAGATION + served->submit + T_PUBLISH_SAFETY;

	fake_world.max_ttl = served->max_ttl;
	fake_world.dnskey_ttl = served->dnskey_ttl;
	engine_fixture_run(fixture);
	engine_fixture_leap_through(fixture, submit - 1);
	g_assert_cmpuint(fake_world_count_log("DS Record set"), ==, 0);
	engine_fixture_leap_through(fixture, submit);
	g_assert_cmpuint(fake_world_count_log("DS Record set"), ==, 1);
}

/* no zone has such a TTL: it would be waited for until the end of time */
static void
test_absurd_ttl(EngineFixture *fixture, gconstpointer data)
{
	const Served *served = data;

	g_log_set_always_fatal(G_LOG_FATAL_MASK);
	fake_world.max_ttl = served->max_ttl;
	fake_world.dnskey_ttl = served->dnskey_ttl;
	engine_fixture_run(fixture);
	assert_refuses(fixture, "example.org");
	fake_world.max_ttl = T_MAX_ZONE_TTL;
	fake_world.dnskey_ttl = T_DNSKEY_TTL;
	while (get_confirmed(fixture, "example.org") == 0)
		engine_fixture_leap(fixture);
	assert_waits_from_now(fixture, "example.org");
}

/* --- what is read back --- */

static void
test_pending(EngineFixture *fixture, gconstpointer data)
{
	const FakeFault *fault = data;

	fake_world.pending = TRUE;
	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	engine_fixture_run(fixture);
	g_assert_cmpuint(fake_world_count_applied("example.org"), ==, 1);
	fake_world_set(FAKE_READ, *fault, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_leap_to(fixture, START + 60);
	/* a signer that takes its time is asked, and not told again; in the end somebody should
	 * look
	 */
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 0);
	for (guint i = 0; i < 100; i++)
		engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world_count_applied("example.org"), ==, 1);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 2);
	g_assert_cmpint(get_confirmed(fixture, "example.org"), ==, 0);
	assert_words(fixture, "example.org", "KSK:publish ZSK:active");
	g_assert_cmpuint(fake_world_count(FAKE_READ), >=, 60);
	fake_world.pending = FALSE;
	fake_world_set(FAKE_READ, FAKE_WORKS, 0);
	while (get_confirmed(fixture, "example.org") == 0)
		engine_fixture_leap(fixture);
	assert_waits_from_now(fixture, "example.org");
}

/* that it can be looked at says nothing about whether it takes orders */
static void
test_reads_and_does_not_take(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fake_world.pending = TRUE;
	engine_fixture_run(fixture);
	fake_world_set(FAKE_APPLY, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	g_assert_true(
	    kasper_engine_zone_add(fixture->engine, "example.net", NULL, NULL, "t", &error));
	engine_fixture_settle(fixture);
	for (guint i = 0; i < 30; i++) {
		g_assert_true(engine_fixture_has_problem(fixture, "signer", "it fails"));
		engine_fixture_leap(fixture);
	}
	g_assert_cmpuint(fake_world_count(FAKE_READ), >, 0);
	/* told once */
	g_assert_cmpuint(engine_fixture_count_events(fixture, "signer-failed"), ==, 2);
	fake_world_set(FAKE_APPLY, FAKE_WORKS, 0);
	while (fake_world_get_revision("example.net") == 0)
		engine_fixture_leap(fixture);
	g_assert_false(engine_fixture_has_problem(fixture, "signer", ""));
}

/* old signatures are looked for until they are gone, less and less often, and what comes of it is
 * never taken for more than it is */
static void
test_gradual(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *old = NULL;
	guint reads;

	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	old = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
	fake_world.replaced = FALSE;
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	while (engine_fixture_count_keys(fixture, "example.org", "ZSK", "retire") == 0)
		engine_fixture_leap(fixture);
	reads = fake_world_count(FAKE_READ);
	engine_fixture_leap_through(fixture, engine_fixture_now(fixture) + 86400);
	g_assert_cmpuint(fake_world_count(FAKE_READ) - reads, >=, 86400 / (3600 * 5 / 4));
	g_assert_cmpuint(fake_world_count(FAKE_READ) - reads, <=, 86400 / 3600 + 6);
	/* whatever was reckoned: they are seen */
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 30 * 86400);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "ZSK", "retire"), ==, 1);
	/* nor is a look that fails one that sees nothing */
	fake_world.replaced = TRUE;
	fake_world_set(FAKE_READ, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 30 * 86400);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "ZSK", "retire"), ==, 1);
	fake_world_set(FAKE_READ, FAKE_WORKS, 0);
	for (guint i = 0; engine_fixture_count_keys(fixture, "example.org", "ZSK", "dead") == 0;
	     i++) {
		g_assert_cmpuint(i, <, 30);
		engine_fixture_leap(fixture);
	}
}

gint
main(gint argc, gchar **argv)
{
	static const FakeFault works = FAKE_WORKS, fails = FAKE_FAILS, loses = FAKE_LOSES;
	static const FakeLie revision = FAKE_LIE_REVISION, status = FAKE_LIE_STATUS,
			     number = FAKE_LIE_NUMBER;
	static const Served larger = {50000, 40000, 40000, 50000};
	static const Served smaller = {10, 5, T_DNSKEY_TTL, T_MAX_ZONE_TTL};
	static const Served absurd_max = {G_MAXINT64, 3600, 0, 0};
	static const Served absurd_dnskey = {7200, G_GINT64_CONSTANT(0x80000000), 0, 0};

	engine_test_init(&argc, &argv);
	ENGINE_TEST_DATA("/engine/signer/fails", &fails, test_fails);
	ENGINE_TEST_DATA("/engine/signer/loses", &loses, test_fails);
	ENGINE_TEST("/engine/signer/hangs", test_hangs);
	ENGINE_TEST("/engine/signer/hangs-alone", test_hangs_alone);
	ENGINE_TEST("/engine/signer/killed", test_killed);
	ENGINE_TEST("/engine/signer/closed", test_closed);
	ENGINE_TEST_DATA("/engine/signer/lies/revision", &revision, test_lies);
	ENGINE_TEST_DATA("/engine/signer/lies/status", &status, test_lies);
	ENGINE_TEST_DATA("/engine/signer/lies/number", &number, test_lies);
	ENGINE_TEST("/engine/signer/due-first", test_due_first);
	ENGINE_TEST("/engine/signer/stubborn", test_stubborn);
	ENGINE_TEST_DATA("/engine/signer/served-ttl/larger", &larger, test_served_ttl);
	ENGINE_TEST_DATA("/engine/signer/served-ttl/smaller", &smaller, test_served_ttl);
	ENGINE_TEST_DATA("/engine/signer/absurd-ttl/zone", &absurd_max, test_absurd_ttl);
	ENGINE_TEST_DATA("/engine/signer/absurd-ttl/dnskey", &absurd_dnskey, test_absurd_ttl);
	ENGINE_TEST_DATA("/engine/signer/pending/works", &works, test_pending);
	ENGINE_TEST_DATA("/engine/signer/pending/fails", &fails, test_pending);
	ENGINE_TEST("/engine/signer/reads-and-does-not-take", test_reads_and_does_not_take);
	ENGINE_TEST("/engine/signer/gradual", test_gradual);
	return g_test_run();
}
