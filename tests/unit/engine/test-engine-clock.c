/* SPDX-License-Identifier: BSD-2-Clause */

/* clocks that are set: no time passes by that */

#include "engine-fixture.h"

#define YEAR (365 * KASPER_SPAN_DAY)

static void
step(EngineFixture *fixture, KasperSpan by)
{
	kasper_clock_step(fixture->clock, by);
	engine_fixture_settle(fixture);
}

/* the engine's time, which may be ahead of the clock */
static KasperTime
get_now(EngineFixture *fixture)
{
	g_autoptr(GVariant) status = g_variant_take_ref(kasper_engine_status(fixture->engine));
	KasperTime now = KASPER_TIME_UNSET;

	g_assert_true(g_variant_lookup(status, "now", "x", &now));
	return now;
}

static gboolean
has_problem(EngineFixture *fixture)
{
	g_autoptr(GVariant) status = g_variant_take_ref(kasper_engine_status(fixture->engine));
	g_autofree gchar *text = g_variant_print(status, FALSE);

	return strstr(text, "system\\'s clock") != NULL || strstr(text, "system's clock") != NULL;
}

/* what is believed of a clock alone */
static void
test_clock(void)
{
	g_autoptr(KasperClock) clock = kasper_clock_new_test(START);
	g_autoptr(KasperClock) system = kasper_clock_new_system();

	kasper_clock_step(clock, 299);
	g_assert_cmpint(kasper_clock_now(clock), ==, START + 299);
	kasper_clock_step(clock, YEAR);
	g_assert_cmpint(kasper_clock_now(clock), ==, START);
	g_assert_cmpint(kasper_clock_get_jump(clock), ==, YEAR + 299);
	kasper_clock_turn_to(clock, START + 1000);
	g_assert_cmpint(kasper_clock_now(clock), ==, START + 1000);
	/* and back again */
	kasper_clock_step(clock, -YEAR - 299);
	g_assert_cmpint(kasper_clock_get_jump(clock), ==, 0);
	g_assert_cmpint(kasper_clock_now(clock), ==, START + 1000);
	/* many small steps are one large one */
	for (guint i = 0; i < 10; i++)
		kasper_clock_step(clock, 100);
	g_assert_cmpint(kasper_clock_get_jump(clock), ==, 1000);
	kasper_clock_accept(clock);
	g_assert_cmpint(kasper_clock_get_jump(clock), ==, 0);
	g_assert_cmpint(kasper_clock_now(clock), ==, START + 2000);
	/* a clock that is disciplined gains a little now and then */
	kasper_clock_turn_to(clock, START + YEAR);
	kasper_clock_step(clock, 3600);
	g_assert_cmpint(kasper_clock_get_jump(clock), ==, 0);

	g_assert_cmpint(kasper_clock_get_jump(system), ==, 0);
	g_assert_cmpint(kasper_clock_get_boot(system), >, 0);
	kasper_clock_anchor(system, kasper_clock_now(system) - 1000, kasper_clock_get_boot(system));
	g_assert_cmpint(kasper_clock_get_jump(system), >=, 999);
}

/* a year ahead, and back again: nothing has happened but a word about it */
static void
test_forward_and_back(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *before = NULL;
	g_autofree gchar *ahead = NULL;
	g_autofree gchar *after = NULL;
	KasperTime due;
	gint64 revision;

	engine_fixture_start(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	before = engine_fixture_dup_words(fixture, "example.org");
	revision = fake_world_get_revision("example.org");
	due = kasper_store_get_next_due(fixture->store, NULL);
	g_assert_cmpint(due, <, get_now(fixture) + YEAR);

	step(fixture, YEAR);
	ahead = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(ahead, ==, before);
	g_assert_cmpint(fake_world_get_revision("example.org"), ==, revision);
	g_assert_true(has_problem(fixture));
	g_assert_cmpuint(engine_fixture_count_events(fixture, "clock-suspect"), ==, 1);
	/* time goes on at its own pace */
	engine_fixture_leap_to(fixture, due);
	g_assert_cmpint(fake_world_get_revision("example.org"), >, revision);
	g_assert_cmpint(get_now(fixture), ==, due);

	step(fixture, -YEAR);
	g_assert_false(has_problem(fixture));
	after = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpint(get_now(fixture), ==, due);
	engine_fixture_leap_through(fixture, due + 30 * KASPER_SPAN_DAY);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "ZSK", "active"), ==, 1);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "clock-suspect"), ==, 1);
}

/* back: time stands still, and is not counted twice */
static void
test_back(EngineFixture *fixture, gconstpointer data)
{
	KasperTime then;

	engine_fixture_run(fixture);
	engine_fixture_leap_to(fixture, START + 100);
	then = get_now(fixture);
	step(fixture, -YEAR);
	g_assert_cmpint(get_now(fixture), ==, then);
	g_assert_true(has_problem(fixture));
	engine_fixture_restart(fixture);
	g_assert_cmpint(get_now(fixture), >=, then);
}

static void
test_accept(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	KasperTime then, now;

	engine_fixture_start(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	then = get_now(fixture);
	g_assert_cmpint(kasper_engine_accept_time(fixture->engine, "tester", &error),
			==,
			KASPER_TIME_UNSET);
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_clear_error(&error);
	step(fixture, YEAR);
	now = kasper_engine_accept_time(fixture->engine, "tester", &error);
	g_assert_no_error(error);
	g_assert_cmpint(now, ==, then + YEAR);
	engine_fixture_settle(fixture);
	g_assert_false(has_problem(fixture));
	g_assert_cmpint(get_now(fixture), ==, then + YEAR);
}

/* a step while nobody looked, on a machine that ran all the time */
static void
test_step_while_down(EngineFixture *fixture, gconstpointer data)
{
	KasperTime then;

	engine_fixture_start(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	then = get_now(fixture);
	fixture->start_step = YEAR;
	engine_fixture_restart(fixture);
	engine_fixture_settle(fixture);
	g_assert_cmpint(get_now(fixture), ==, then);
	g_assert_true(has_problem(fixture));
}

int
main(int argc, char **argv)
{
	engine_test_init(&argc, &argv);
	g_test_add_func("/engine/clock/alone", test_clock);
	ENGINE_TEST("/engine/clock/forward-and-back", test_forward_and_back);
	ENGINE_TEST("/engine/clock/back", test_back);
	ENGINE_TEST("/engine/clock/accept", test_accept);
	ENGINE_TEST("/engine/clock/step-while-down", test_step_while_down);
	return g_test_run();
}
