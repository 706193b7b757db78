/* SPDX-License-Identifier: BSD-2-Clause */

/* events, with notifiers that fail, lose answers, hang, or are away: all else goes on, and each
 * event comes in the end, in its place */

#include "engine-fixture.h"

#include <string.h>

#include "kasper-engine-private.h"
#include "kasper-plugin-host-private.h"

#define SECOND                                                                                     \
	"<p:Plugin name='second' module='fake-log' kind='notifier'>"                               \
	"<p:Setting name='note'>second</p:Setting></p:Plugin>\n"
#define FIRST ""

/* more than a notifier is given in one go */
#define MANY 300

/* names of the events that a notifier was told, those told twice once, from @from on */
static GPtrArray *
list_told(const gchar *note, guint from)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	g_mutex_lock(&fake_world.lock);
	for (guint i = 0; i < fake_world.delivered->len; i++) {
		g_auto(GStrv) words =
		    g_strsplit(g_ptr_array_index(fake_world.delivered, i), " ", 3);

		if (g_str_equal(words[0], note) && g_hash_table_add(ids, g_strdup(words[2])))
			g_ptr_array_add(names, g_strdup(words[1]));
	}
	g_mutex_unlock(&fake_world.lock);
	if (from > 0)
		g_ptr_array_remove_range(names, 0, MIN(from, names->len));
	return names;
}

/* all that the engine has emitted, and nothing else, in that order */
static void
assert_told_all(EngineFixture *fixture, const gchar *note)
{
	g_autoptr(GPtrArray) names = list_told(note, 0);

	for (guint i = 0; i < MIN(names->len, fixture->events->len); i++)
		g_assert_cmpstr(g_ptr_array_index(names, i),
				==,
				g_ptr_array_index(fixture->events, i));
	g_assert_cmpuint(names->len, ==, fixture->events->len);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 0);
}

static void
assert_told_nothing_new(const gchar *note, guint n)
{
	g_autoptr(GPtrArray) names = list_told(note, 0);

	g_assert_cmpuint(names->len, ==, n);
}

static guint
count_told(const gchar *note)
{
	g_autoptr(GPtrArray) names = list_told(note, 0);

	return names->len;
}

static void
emit_many(EngineFixture *fixture, guint n)
{
	static guint serial;

	for (guint i = 0; i < n; i++) {
		g_autofree gchar *name = g_strdup_printf("test-%u", serial++);

		kasper_engine_emit_now(fixture->engine, name, KASPER_EVENT_INFO, NULL, name);
	}
	kasper_engine_kick(fixture->engine);
}

/* a rollover from its start to its end does not wait for anybody who listens */
static void
roll_meanwhile(EngineFixture *fixture)
{
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	for (guint i = 0; engine_fixture_count_keys(fixture, "example.org", "ZSK", "dead") == 0;
	     i++) {
		g_assert_cmpuint(i, <, 1000);
		engine_fixture_leap(fixture);
	}
}

static void
leap_until_quiet(EngineFixture *fixture)
{
	for (guint i = 0; kasper_store_count_intents(fixture->store, FALSE) > 0; i++) {
		g_assert_cmpuint(i, <, 100);
		engine_fixture_leap(fixture);
	}
}

static void
test_fails(EngineFixture *fixture, gconstpointer data)
{
	const FakeFault *fault = data;
	guint told, tried;

	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	assert_told_all(fixture, FIRST);
	told = fixture->events->len;
	tried = fake_world_count(FAKE_DELIVER);
	fake_world_set(FAKE_DELIVER, *fault, KASPER_ERROR_TRY_AGAIN);
	roll_meanwhile(fixture);
	g_assert_cmpuint(fixture->events->len, >, told + 3);
	g_assert_true(engine_fixture_has_problem(fixture, "plugin log", "as the test wants it"));
	/* less and less often: hours have gone by */
	g_assert_cmpuint(fake_world_count(FAKE_DELIVER), <, tried + 200);
	if (*fault == FAKE_FAILS)
		assert_told_nothing_new(FIRST, told);
	/* of that no event is made */
	g_assert_cmpuint(engine_fixture_count_events(fixture, "plugin-failed"), ==, 0);
	fake_world_set(FAKE_DELIVER, FAKE_WORKS, 0);
	/* a start tries at once */
	engine_fixture_restart(fixture);
	assert_told_all(fixture, FIRST);
	g_assert_false(engine_fixture_has_problem(fixture, "plugin log", ""));
}

/* however many there are, and whenever they came */
static void
test_order(EngineFixture *fixture, gconstpointer data)
{
	const FakeFault *fault = data;
	KasperTime end;

	engine_fixture_run(fixture);
	fake_world_set(FAKE_DELIVER, *fault, KASPER_ERROR_TRY_AGAIN);
	emit_many(fixture, MANY);
	engine_fixture_settle(fixture);
	for (guint i = 0; i < 8; i++) {
		engine_fixture_leap(fixture);
		emit_many(fixture, 10);
		engine_fixture_settle(fixture);
	}
	fake_world_set(FAKE_DELIVER, FAKE_WORKS, 0);
	emit_many(fixture, 10);
	/* those that come now do not overtake the others, and nobody waits for long */
	end = engine_fixture_now(fixture) + 15 * 60;
	engine_fixture_leap_through(fixture, end);
	assert_told_all(fixture, FIRST);
}

/* one of them works through a batch, and then it fails */
static void
test_half(EngineFixture *fixture, gconstpointer data)
{
	guint told;

	engine_fixture_run(fixture);
	told = count_told(FIRST);
	fake_world_set(FAKE_DELIVER, FAKE_HANGS, 0);
	emit_many(fixture, MANY);
	while (fake_world_count(FAKE_DELIVER) == told) {
		g_main_context_iteration(NULL, FALSE);
		g_thread_yield();
	}
	/* the sixth one fails; what comes behind it is not even tried */
	g_mutex_lock(&fake_world.lock);
	fake_world.faults[FAKE_DELIVER] = FAKE_WORKS;
	fake_world.deliveries_left = 5;
	g_cond_broadcast(&fake_world.changed);
	g_mutex_unlock(&fake_world.lock);
	engine_fixture_settle(fixture);
	assert_told_nothing_new(FIRST, told + 5);
	leap_until_quiet(fixture);
	assert_told_all(fixture, FIRST);
	/* those that were told are not told again */
	g_assert_cmpuint(fake_world.delivered->len, ==, fixture->events->len);
}

/* the other one hears everything at once */
static void
test_other(EngineFixture *fixture, gconstpointer data)
{
	const FakeFault *fault = data;
	guint told;

	fixture->plugin_xml = SECOND;
	engine_fixture_run(fixture);
	assert_told_all(fixture, "second");
	told = count_told(FIRST);
	g_assert_cmpuint(told, ==, count_told("second"));
	fake_world.deaf = "second";
	fake_world_set(FAKE_DELIVER, *fault, KASPER_ERROR_TRY_AGAIN);
	kasper_plugin_host_set_second(fixture->host, 10);
	emit_many(fixture, MANY);
	engine_fixture_settle(fixture);
	g_assert_cmpuint(count_told(FIRST), ==, told + MANY);
	assert_told_nothing_new("second", told);
	g_assert_true(engine_fixture_has_problem(fixture, "plugin second", ""));
	g_assert_false(engine_fixture_has_problem(fixture, "plugin log", ""));
	fake_world_set(FAKE_DELIVER, FAKE_WORKS, 0);
	leap_until_quiet(fixture);
	assert_told_all(fixture, "second");
	assert_told_all(fixture, FIRST);
}

static void
test_hangs(EngineFixture *fixture, gconstpointer data)
{
	guint told;

	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	told = count_told(FIRST);
	fake_world_set(FAKE_DELIVER, FAKE_HANGS, 0);
	kasper_plugin_host_set_second(fixture->host, 1);
	roll_meanwhile(fixture);
	assert_told_nothing_new(FIRST, told);
	g_assert_true(engine_fixture_has_problem(fixture, "plugin log", ""));
	/* nothing was given to it beside the first */
	g_assert_cmpuint(fake_world_count(FAKE_DELIVER), ==, told + 1);
	kasper_plugin_host_set_second(fixture->host, 1000);
	fake_world_release();
	leap_until_quiet(fixture);
	assert_told_all(fixture, FIRST);
}

/* it takes its time: nothing is handed over twice, however often somebody looks */
static void
test_slow(EngineFixture *fixture, gconstpointer data)
{
	guint told;

	engine_fixture_run(fixture);
	told = fake_world_count(FAKE_DELIVER);
	fake_world_set(FAKE_DELIVER, FAKE_HANGS, 0);
	emit_many(fixture, 10);
	while (fake_world_count(FAKE_DELIVER) == told) {
		g_main_context_iteration(NULL, FALSE);
		g_thread_yield();
	}
	for (guint i = 0; i < 20; i++) {
		emit_many(fixture, 1);
		while (fixture->engine->pass != NULL)
			g_main_context_iteration(NULL, FALSE);
	}
	fake_world_release();
	engine_fixture_settle(fixture);
	assert_told_all(fixture, FIRST);
	g_assert_cmpuint(fake_world.delivered->len, ==, fixture->events->len);
}

static void
test_closed(EngineFixture *fixture, gconstpointer data)
{
	guint told;

	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	told = count_told(FIRST);
	fake_world_set(FAKE_OPEN, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_restart(fixture);
	emit_many(fixture, MANY);
	engine_fixture_settle(fixture);
	assert_told_nothing_new(FIRST, told);
	fake_world_set(FAKE_OPEN, FAKE_WORKS, 0);
	leap_until_quiet(fixture);
	assert_told_all(fixture, FIRST);
}

/* a notifier that is away for a week is told what somebody has to do, and no more */
static void
test_old_news(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GPtrArray) names = NULL;
	guint told;

	engine_fixture_run(fixture);
	told = count_told(FIRST);
	fake_world_set(FAKE_DELIVER, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	kasper_engine_emit_now(fixture->engine, "gossip", KASPER_EVENT_INFO, NULL, "a");
	kasper_engine_emit_now(fixture->engine, "duty", KASPER_EVENT_NOTICE, NULL, "b");
	engine_fixture_settle(fixture);
	engine_fixture_leap_through(fixture, engine_fixture_now(fixture) + 86400);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), >=, 2);
	engine_fixture_leap_through(fixture, engine_fixture_now(fixture) + 8 * 86400);
	fake_world_set(FAKE_DELIVER, FAKE_WORKS, 0);
	leap_until_quiet(fixture);
	names = list_told(FIRST, told);
	g_assert_true(g_ptr_array_find_with_equal_func(names, "duty", g_str_equal, NULL));
	g_assert_false(g_ptr_array_find_with_equal_func(names, "gossip", g_str_equal, NULL));
}

gint
main(gint argc, gchar **argv)
{
	static const FakeFault fails = FAKE_FAILS, loses = FAKE_LOSES, hangs = FAKE_HANGS;

	engine_test_init(&argc, &argv);
	ENGINE_TEST_DATA("/engine/notifier/fails", &fails, test_fails);
	ENGINE_TEST_DATA("/engine/notifier/loses", &loses, test_fails);
	ENGINE_TEST_DATA("/engine/notifier/order/fails", &fails, test_order);
	ENGINE_TEST_DATA("/engine/notifier/order/loses", &loses, test_order);
	ENGINE_TEST("/engine/notifier/half", test_half);
	ENGINE_TEST_DATA("/engine/notifier/other/fails", &fails, test_other);
	ENGINE_TEST_DATA("/engine/notifier/other/hangs", &hangs, test_other);
	ENGINE_TEST("/engine/notifier/hangs", test_hangs);
	ENGINE_TEST("/engine/notifier/slow", test_slow);
	ENGINE_TEST("/engine/notifier/closed", test_closed);
	ENGINE_TEST("/engine/notifier/old-news", test_old_news);
	return g_test_run();
}
