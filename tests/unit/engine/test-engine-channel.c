/* SPDX-License-Identifier: BSD-2-Clause */

/* a way to the parent that fails, hangs, or does not say what it did: what nobody has said was
 * taken does not count as submitted, and before it is handed over again the registrar is asked */

#include "engine-fixture.h"

#include <string.h>

#include "kasper-engine-private.h"
#include "kasper-plugin-host-private.h"

static gboolean
is_submitted(EngineFixture *fixture, const gchar *zone)
{
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) row = {0};
	g_auto(KasperZoneRow) loaded = {0};

	g_assert_true(kasper_store_find_zone(fixture->store, zone, &row, NULL));
	g_assert_true(kasper_engine_load(fixture->engine, row.number, &snapshot, &loaded, NULL));
	return snapshot.submitted_at != KASPER_TIME_UNSET;
}

static void
assert_not_submitted(EngineFixture *fixture, const gchar *zone)
{
	g_autofree gchar *waiting = engine_fixture_dup_waiting(fixture, zone);

	g_assert_false(is_submitted(fixture, zone));
	g_assert_cmpstr(waiting, !=, "ds-seen");
	g_assert_cmpuint(fake_world_count_log("Once the new DS records"), ==, 0);
}

static void
leap_until_submitted(EngineFixture *fixture, const gchar *zone)
{
	for (guint i = 0; !is_submitted(fixture, zone); i++) {
		g_assert_cmpuint(i, <, 200);
		engine_fixture_leap(fixture);
	}
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 0);
}

/* until the first submission is about to be made */
static void
start(EngineFixture *fixture)
{
	fixture->with_channel = TRUE;
	engine_fixture_run(fixture);
	while (engine_fixture_count_keys(fixture, "example.org", "KSK", "ready") == 0)
		engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world_count(FAKE_SUBMIT), ==, 0);
}

static void
leap_until_called(EngineFixture *fixture, guint n)
{
	for (guint i = 0; fake_world_count(FAKE_SUBMIT) < n; i++) {
		g_assert_cmpuint(i, <, 200);
		engine_fixture_leap(fixture);
	}
}

/* the same set under the same name, whichever attempt it is: a registrar can tell */
static void
assert_one_operation(guint n)
{
	g_assert_cmpuint(fake_world.operations->len, ==, n);
	for (guint i = 1; i < n; i++)
		g_assert_cmpstr(g_ptr_array_index(fake_world.operations, i),
				==,
				g_ptr_array_index(fake_world.operations, 0));
}

/* --- it says that it has not done it --- */

static void
test_fails(EngineFixture *fixture, gconstpointer data)
{
	const KasperError *code = data;
	KasperTime first, last;

	start(fixture);
	fake_world_set(FAKE_SUBMIT, FAKE_FAILS, *code);
	leap_until_called(fixture, 1);
	first = last = engine_fixture_now(fixture);
	for (guint n = 2; n < 12; n++) {
		assert_not_submitted(fixture, "example.org");
		g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 1);
		leap_until_called(fixture, n);
		/* 60, 120, 240 ... 3600 */
		g_assert_cmpint(engine_fixture_now(fixture) - last, >=, MIN(60 << (n - 2), 3600));
		last = engine_fixture_now(fixture);
	}
	g_assert_cmpint(last - first, >, 4 * 3600);
	g_assert_cmpuint(fake_world_count_submissions(), ==, 0);
	/* told once; `queue` shows it for as long as it lasts */
	g_assert_cmpuint(engine_fixture_count_events(fixture, "ds-submit-failed"), ==, 1);
	fake_world_set(FAKE_SUBMIT, FAKE_WORKS, 0);
	leap_until_submitted(fixture, "example.org");
	assert_one_operation(1);
	g_assert_cmpuint(fake_world_count_log("Once the new DS records"), ==, 1);
}

/* a person has to look, and is told each time */
static void
test_rejected(EngineFixture *fixture, gconstpointer data)
{
	const KasperDsStatus *status = data;
	KasperTime first;

	start(fixture);
	fake_world.ds_status = *status;
	leap_until_called(fixture, 1);
	first = engine_fixture_now(fixture);
	leap_until_called(fixture, 4);
	g_assert_cmpint(engine_fixture_now(fixture), >=, first + 3 * 3600);
	assert_not_submitted(fixture, "example.org");
	g_assert_cmpuint(engine_fixture_count_events(fixture, "ds-submit-failed"), ==, 4);
	fake_world.ds_status = KASPER_DS_STATUS_DONE;
	leap_until_submitted(fixture, "example.org");
	assert_one_operation(5);
}

/* a ticket that came to nothing is of no use: the set is handed over anew, and gets another one */
static void
test_rejected_later(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *poll = NULL;
	g_autofree gchar *again = NULL;

	start(fixture);
	fake_world.ds_status = KASPER_DS_STATUS_PENDING;
	fake_world.ds_token = "ticket";
	leap_until_called(fixture, 2);
	fake_world.ds_status = KASPER_DS_STATUS_REJECTED;
	leap_until_called(fixture, 3);
	assert_not_submitted(fixture, "example.org");
	poll = fake_world_dup_submission(2);
	g_assert_cmpstr(poll, ==, "poll example.org ticket");
	fake_world.ds_status = KASPER_DS_STATUS_DONE;
	leap_until_submitted(fixture, "example.org");
	again = fake_world_dup_submission(3);
	g_assert_true(g_str_has_prefix(again, "submit example.org "));
}

/* --- nobody knows --- */

/* it has done it: that is found, and it is not done again */
static void
test_lost(EngineFixture *fixture, gconstpointer data)
{
	const KasperError *code = data;

	start(fixture);
	fake_world_set(FAKE_SUBMIT, FAKE_LOSES, *code);
	leap_until_called(fixture, 1);
	assert_not_submitted(fixture, "example.org");
	fake_world_set(FAKE_SUBMIT, FAKE_WORKS, 0);
	leap_until_submitted(fixture, "example.org");
	assert_one_operation(1);
}

/* it says so itself, and has not done it */
static void
test_unknown(EngineFixture *fixture, gconstpointer data)
{
	start(fixture);
	fake_world.ds_status = KASPER_DS_STATUS_UNKNOWN;
	leap_until_called(fixture, 3);
	assert_not_submitted(fixture, "example.org");
	g_assert_cmpuint(fake_world_count(FAKE_LOOK_UP), >=, 2);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "ds-submit-failed"), ==, 1);
	fake_world.ds_status = KASPER_DS_STATUS_DONE;
	leap_until_submitted(fixture, "example.org");
	assert_one_operation(4);
}

/* what the registrar has is not what is wanted, or it cannot say: it is handed over again */
static void
test_asked_in_vain(EngineFixture *fixture, gconstpointer data)
{
	const gchar *stored = data;

	start(fixture);
	fake_world_set(FAKE_SUBMIT, FAKE_LOSES, KASPER_ERROR_UNKNOWN_OUTCOME);
	leap_until_called(fixture, 1);
	fake_world_set(FAKE_SUBMIT, FAKE_WORKS, 0);
	if (stored == NULL) {
		fake_world_set(FAKE_LOOK_UP, FAKE_FAILS, KASPER_ERROR_NOT_SUPPORTED);
	} else {
		g_auto(GStrv) more = g_new0(gchar *, 3);

		/* another DS beside ours, or in its place */
		more[0] = g_strdup(stored);
		more[1] = stored[0] == '1' ? g_strdup(fake_world.stored[0]) : NULL;
		g_strfreev(fake_world.stored);
		fake_world.stored = g_strdupv(more);
	}
	leap_until_submitted(fixture, "example.org");
	assert_one_operation(2);
}

/* what it does when its time is over is not heard, and is found when it is asked */
static void
test_hangs(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *words = NULL;

	start(fixture);
	kasper_plugin_host_set_second(fixture->host, 1);
	fake_world_set(FAKE_SUBMIT, FAKE_HANGS, 0);
	leap_until_called(fixture, 1);
	for (guint i = 0; i < 3; i++) {
		engine_fixture_leap(fixture);
		assert_not_submitted(fixture, "example.org");
	}
	/* nothing was given to it beside that, and the zone goes on with what needs no parent */
	g_assert_cmpuint(fake_world_count(FAKE_SUBMIT), ==, 1);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	words = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(words, ==, "KSK:ready ZSK:active ZSK:publish");
	kasper_plugin_host_set_second(fixture->host, 1000);
	fake_world_release();
	while (fake_world_count_submissions() == 0)
		g_thread_yield();
	engine_fixture_settle(fixture);
	assert_not_submitted(fixture, "example.org");
	while (!is_submitted(fixture, "example.org"))
		engine_fixture_leap(fixture);
	assert_one_operation(1);
}

/* the process dies when the registrar has the set, and before it has heard so */
static void
test_killed(EngineFixture *fixture, gconstpointer data)
{
	start(fixture);
	fake_world.die_after = FAKE_SUBMIT;
	kasper_clock_turn_to(fixture->clock, engine_fixture_now(fixture) + 86400);
	while (!fake_world_is_stopped()) {
		g_main_context_iteration(NULL, FALSE);
		g_thread_yield();
	}
	g_assert_cmpuint(fake_world_count_submissions(), ==, 1);
	engine_fixture_crash(fixture);
	engine_fixture_settle(fixture);
	leap_until_submitted(fixture, "example.org");
	assert_one_operation(1);
	g_assert_cmpuint(fake_world_count(FAKE_LOOK_UP), >, 0);
}

/* --- others --- */

/* one zone that is refused does not hold up the next one */
static void
test_alone(EngineFixture *fixture, gconstpointer data)
{
	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	start(fixture);
	fake_world.refused = "example.net";
	leap_until_called(fixture, 2);
	g_assert_true(is_submitted(fixture, "example.org"));
	g_assert_false(is_submitted(fixture, "example.net"));
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 86400);
	g_assert_false(is_submitted(fixture, "example.net"));
	g_assert_cmpuint(fake_world_count_submissions(), ==, 1);
	fake_world.refused = NULL;
	leap_until_submitted(fixture, "example.net");
	g_assert_cmpuint(fake_world_count_submissions(), ==, 2);
}

/* a set that was superseded while nobody knew what became of it: the new one goes out */
static void
test_superseded(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *first = NULL;
	g_autofree gchar *second = NULL;

	start(fixture);
	leap_until_submitted(fixture, "example.org");
	first = engine_fixture_dup_id(fixture, "example.org", "KSK", NULL);
	engine_fixture_make_secure(fixture, "example.org");
	fake_world_set(FAKE_SUBMIT, FAKE_LOSES, KASPER_ERROR_UNKNOWN_OUTCOME);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_KEY);
	leap_until_called(fixture, 2);
	g_assert_false(is_submitted(fixture, "example.org"));
	fake_world_set(FAKE_SUBMIT, FAKE_WORKS, 0);
	leap_until_submitted(fixture, "example.org");
	second = engine_fixture_wait_for_ds(fixture, "example.org");
	g_assert_cmpstr(second, !=, first);
	/* another set is another operation */
	g_assert_cmpuint(fake_world.operations->len, ==, 2);
	g_assert_cmpstr(g_ptr_array_index(fake_world.operations, 0),
			!=,
			g_ptr_array_index(fake_world.operations, 1));
}

gint
main(gint argc, gchar **argv)
{
	static const KasperError codes[] = {
	    KASPER_ERROR_TRY_AGAIN,
	    KASPER_ERROR_NOT_FOUND,
	    KASPER_ERROR_AUTH,
	    KASPER_ERROR_INTERNAL,
	    KASPER_ERROR_UNKNOWN_OUTCOME,
	};
	static const KasperDsStatus rejected = KASPER_DS_STATUS_REJECTED,
				    auth = KASPER_DS_STATUS_AUTH,
				    unsupported = KASPER_DS_STATUS_UNSUPPORTED;

	engine_test_init(&argc, &argv);
	for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
		g_autofree gchar *fails =
		    g_strdup_printf("/engine/channel/fails/%d", (gint)codes[i]);
		g_autofree gchar *lost = g_strdup_printf("/engine/channel/lost/%d", (gint)codes[i]);

		ENGINE_TEST_DATA(fails, &codes[i], test_fails);
		ENGINE_TEST_DATA(lost, &codes[i], test_lost);
	}
	ENGINE_TEST_DATA("/engine/channel/rejected/content", &rejected, test_rejected);
	ENGINE_TEST_DATA("/engine/channel/rejected/auth", &auth, test_rejected);
	ENGINE_TEST_DATA("/engine/channel/rejected/unsupported", &unsupported, test_rejected);
	ENGINE_TEST("/engine/channel/rejected/later", test_rejected_later);
	ENGINE_TEST("/engine/channel/unknown", test_unknown);
	ENGINE_TEST_DATA("/engine/channel/asked-in-vain/cannot-say", NULL, test_asked_in_vain);
	ENGINE_TEST_DATA("/engine/channel/asked-in-vain/more", "1 13 2 00ff", test_asked_in_vain);
	ENGINE_TEST_DATA("/engine/channel/asked-in-vain/other", "2 13 2 00ff", test_asked_in_vain);
	ENGINE_TEST("/engine/channel/hangs", test_hangs);
	ENGINE_TEST("/engine/channel/killed", test_killed);
	ENGINE_TEST("/engine/channel/alone", test_alone);
	ENGINE_TEST("/engine/channel/superseded", test_superseded);
	return g_test_run();
}
