/* SPDX-License-Identifier: BSD-2-Clause */

/* a store that nobody can write: what cannot be recorded is not done, what was done and could not
 * be recorded is not done again blindly, and it goes on when there is room (safety: F05) */

#include "engine-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "kasper-engine-private.h"
#include "kasper-store-private.h"

/* --- the disk --- */

/* the kernel refuses to let any file of this process grow: root's, too */
static void
set_limit(rlim_t limit)
{
	struct rlimit now;

	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &now), ==, 0);
	now.rlim_cur = limit == RLIM_INFINITY ? now.rlim_max : limit;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &now), ==, 0);
}

static void
fill_disk(void)
{
	set_limit(0);
}

static void
make_room(void)
{
	set_limit(RLIM_INFINITY);
}

static void
tear_down(EngineFixture *fixture, gconstpointer data)
{
	make_room();
	engine_fixture_tear_down(fixture, data);
}

/* --- the engine, which tries again after some real seconds --- */

typedef struct {
	gboolean done;
	GError *error;
} Wait;

static void
on_settled(GObject *source, GAsyncResult *result, gpointer data)
{
	Wait *wait = data;

	kasper_engine_settle_finish(KASPER_ENGINE(source), result, &wait->error);
	wait->done = TRUE;
}

static void
on_leapt(GObject *source, GAsyncResult *result, gpointer data)
{
	Wait *wait = data;

	kasper_engine_leap_finish(KASPER_ENGINE(source), result, &wait->error);
	wait->done = TRUE;
}

static gboolean
is_done(gpointer data)
{
	return ((Wait *)data)->done;
}

static void
assert_stopped(EngineFixture *fixture)
{
	Wait wait = {0};

	kasper_engine_settle_async(fixture->engine, NULL, on_settled, &wait);
	engine_fixture_wait_for(is_done, &wait);
	engine_fixture_assert_refused(&wait.error,
				      KASPER_ERROR_TRY_AGAIN,
				      "nothing can be recorded, so nothing is done");
	g_assert_true(engine_fixture_has_problem(fixture, "store", "/state.db: "));
}

/* the real seconds are over */
static void
try_again(EngineFixture *fixture)
{
	g_assert_cmpint(fixture->engine->storage_retry, !=, 0);
	fixture->engine->storage_retry = 1;
	kasper_engine_kick(fixture->engine);
}

/* to the next instant, at which something is to be recorded, and cannot be */
static void
leap_in_vain(EngineFixture *fixture)
{
	Wait wait = {0};

	kasper_engine_leap_async(fixture->engine, KASPER_TIME_UNSET, NULL, on_leapt, &wait);
	engine_fixture_wait_for(is_done, &wait);
	if (wait.error != NULL)
		engine_fixture_assert_refused(&wait.error,
					      KASPER_ERROR_TRY_AGAIN,
					      "nothing can be recorded");
}

static void
recover(EngineFixture *fixture)
{
	make_room();
	try_again(fixture);
	engine_fixture_settle(fixture);
	g_assert_false(engine_fixture_has_problem(fixture, "store", ""));
}

/* --- nothing is done that is not recorded --- */

typedef struct {
	guint calls[FAKE_N_CALLS];
	guint n_events;
	gint64 revision;
	gint64 rows;
	gchar *words;
} Picture;

static void
look(EngineFixture *fixture, Picture *picture)
{
	for (guint i = 0; i < FAKE_N_CALLS; i++)
		picture->calls[i] = fake_world_count((FakeCall)i);
	picture->n_events = fixture->events->len;
	picture->revision = fake_world_get_revision("example.org");
	picture->words = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpint(kasper_store_verify_audit(fixture->store, &picture->rows, NULL), ==, -1);
}

static void
assert_same(EngineFixture *fixture, Picture *before)
{
	Picture now = {0};

	look(fixture, &now);
	for (guint i = 0; i < FAKE_N_CALLS; i++) {
		if (now.calls[i] != before->calls[i])
			g_error("call %u was made %u times more",
				i,
				now.calls[i] - before->calls[i]);
	}
	g_assert_cmpuint(now.n_events, ==, before->n_events);
	g_assert_cmpint(now.revision, ==, before->revision);
	g_assert_cmpint(now.rows, ==, before->rows);
	g_assert_cmpstr(now.words, ==, before->words);
	g_free(now.words);
}

/* one instant of a zone's life, with a disk that is full when it comes */
static void
leap_on_full_disk(EngineFixture *fixture)
{
	Picture before = {0};

	engine_fixture_settle(fixture);
	look(fixture, &before);
	fill_disk();
	leap_in_vain(fixture);
	if (fixture->engine->storage_retry == 0) {
		/* nothing was to be recorded */
		make_room();
		g_free(before.words);
		return;
	}
	for (guint i = 0; i < 3; i++) {
		assert_stopped(fixture);
		assert_same(fixture, &before);
		try_again(fixture);
	}
	g_free(before.words);
	recover(fixture);
}

static void
test_life(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *state = NULL;
	g_autofree gchar *words = NULL;
	guint i;

	fixture->with_channel = TRUE;
	fixture->purge = 1000;
	engine_fixture_run(fixture);
	for (i = 0; engine_fixture_count_keys(fixture, "example.org", "KSK", "ready") == 0; i++)
		leap_on_full_disk(fixture);
	while (fake_world_count_submissions() == 0)
		leap_on_full_disk(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	for (i = 0; i < 12 && kasper_engine_get_next_due(fixture->engine) != KASPER_TIME_NEVER; i++)
		leap_on_full_disk(fixture);
	g_assert_cmpuint(i, >, 3);
	state = engine_fixture_dup_state(fixture, "example.org");
	words = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(state, ==, "secure");
	g_assert_cmpstr(words, ==, "KSK:active ZSK:active");
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	g_assert_cmpuint(fake_world_count_submissions(), ==, 1);
	engine_fixture_assert_no_orphans(fixture);
}

/* the first thing that a daemon does */
static void
test_first_signing(EngineFixture *fixture, gconstpointer data)
{
	engine_fixture_start(fixture);
	fill_disk();
	for (guint i = 0; i < 3; i++) {
		assert_stopped(fixture);
		g_assert_cmpuint(fake_world_count(FAKE_MAKE), ==, 0);
		g_assert_cmpuint(fake_world_count(FAKE_APPLY), ==, 0);
		try_again(fixture);
	}
	recover(fixture);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	engine_fixture_make_secure(fixture, "example.org");
}

/* commands are refused, and leave no trace */
static void
test_commands(EngineFixture *fixture, gconstpointer data)
{
	Picture before = {0}, now = {0};
	g_autofree gchar *list = NULL;
	g_autofree gchar *after = NULL;
	g_autofree gchar *id = NULL;
	g_autoptr(GError) error = NULL;
	KasperEngine *engine;

	engine_fixture_run(fixture);
	engine = fixture->engine;
	id = engine_fixture_wait_for_ds(fixture, "example.org");
	list = engine_fixture_dup_file(fixture, "zonelist.xml");
	look(fixture, &before);
	fill_disk();
	g_assert_false(kasper_engine_zone_add(engine, "example.net", NULL, NULL, "t", &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	g_assert_false(kasper_engine_zone_delete(engine, "example.org", "t", &error));
	g_assert_nonnull(error);
	g_clear_error(&error);
	g_assert_null(kasper_engine_update(engine, (guint)KASPER_UPDATE_CONF, FALSE, "t", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_TRY_AGAIN, "state.db");
	g_assert_null(kasper_engine_key_ds_seen(engine, "example.org", id, -1, FALSE, "t", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_TRY_AGAIN, "state.db");
	g_assert_cmpint(
	    kasper_engine_key_rollover(engine, "example.org", NULL, KASPER_ROLE_ZONE, "t", &error),
	    ==,
	    -1);
	engine_fixture_assert_refused(&error, KASPER_ERROR_TRY_AGAIN, "state.db");
	g_assert_cmpint(kasper_engine_enforce(engine, NULL, "t", &error), ==, -1);
	engine_fixture_assert_refused(&error, KASPER_ERROR_TRY_AGAIN, "state.db");
	g_assert_cmpint(kasper_engine_backup(engine, KASPER_BACKUP_VERB_PREPARE, NULL, "t", &error),
			==,
			-1);
	engine_fixture_assert_refused(&error, KASPER_ERROR_TRY_AGAIN, "state.db");
	assert_same(fixture, &before);
	make_room();
	after = engine_fixture_dup_file(fixture, "zonelist.xml");
	g_assert_cmpstr(after, ==, list);
	recover(fixture);
	/* the journal says why, and no more */
	look(fixture, &now);
	g_assert_cmpint(now.rows, ==, before.rows + 1);
	g_assert_cmpint(now.revision, ==, before.revision);
	g_assert_cmpstr(now.words, ==, before.words);
	g_free(before.words);
	g_free(now.words);
	engine_fixture_make_secure(fixture, "example.org");
}

/* a list of zones that was written goes back when the zone could not be recorded */
static void
test_list_goes_back(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *list = NULL;
	g_autofree gchar *after = NULL;
	g_autoptr(GError) error = NULL;
	rlim_t room;

	engine_fixture_run(fixture);
	list = engine_fixture_dup_file(fixture, "zonelist.xml");
	/* enough for the list, and not for the store */
	room = 4096;
	g_assert_cmpuint(strlen(list), <, room / 2);
	set_limit(room);
	g_assert_false(
	    kasper_engine_zone_add(fixture->engine, "example.net", NULL, NULL, "t", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_TRY_AGAIN, "state.db");
	after = engine_fixture_dup_file(fixture, "zonelist.xml");
	g_assert_cmpstr(after, ==, list);
	recover(fixture);
	g_assert_false(kasper_store_find_zone(fixture->store, "example.net", NULL, NULL));
	g_assert_true(
	    kasper_engine_zone_add(fixture->engine, "example.net", NULL, NULL, "t", &error));
	g_assert_no_error(error);
}

/* --- what was under way --- */

/* while a plugin works the disk gets full: the world has what the store cannot be told */
static void
fill_disk_meanwhile(EngineFixture *fixture, FakeCall call)
{
	guint calls = fake_world_count(call);

	while (fake_world_count(call) == calls) {
		g_main_context_iteration(NULL, FALSE);
		g_thread_yield();
	}
	fill_disk();
	fake_world_release();
	for (guint i = 0; i < 5; i++) {
		assert_stopped(fixture);
		/* not as often as the disk is tried */
		g_assert_cmpuint(fake_world_count(call), <=, calls + 2);
		try_again(fixture);
	}
	recover(fixture);
}

static void
test_key_made(EngineFixture *fixture, gconstpointer data)
{
	fake_world_set(FAKE_MAKE, FAKE_HANGS, 0);
	engine_fixture_start(fixture);
	fill_disk_meanwhile(fixture, FAKE_MAKE);
	engine_fixture_leap_to(fixture, START + 3600);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 2);
	engine_fixture_assert_no_orphans(fixture);
}

static void
test_order_applied(EngineFixture *fixture, gconstpointer data)
{
	fake_world_set(FAKE_APPLY, FAKE_HANGS, 0);
	engine_fixture_start(fixture);
	fill_disk_meanwhile(fixture, FAKE_APPLY);
	engine_fixture_make_secure(fixture, "example.org");
	g_assert_cmpint(fake_world_get_revision("example.org"), ==, 1);
}

/* the registrar has it: it is asked before it is told again */
static void
test_ds_submitted(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *waiting = NULL;

	fixture->with_channel = TRUE;
	engine_fixture_run(fixture);
	fake_world_set(FAKE_SUBMIT, FAKE_HANGS, 0);
	kasper_clock_turn_to(fixture->clock, START + 86400);
	fill_disk_meanwhile(fixture, FAKE_SUBMIT);
	waiting = engine_fixture_dup_waiting(fixture, "example.org");
	g_assert_cmpstr(waiting, ==, "ds-seen");
	g_assert_cmpuint(fake_world_count_submissions(), ==, 1);
	g_assert_cmpuint(fake_world_count_log("Once the new DS records"), ==, 1);
}

static void
test_key_destroyed(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *old = NULL;

	fixture->purge = 0;
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	old = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	while (engine_fixture_count_keys(fixture, "example.org", "ZSK", NULL) == 2 &&
	       kasper_engine_get_next_due(fixture->engine) != KASPER_TIME_NEVER) {
		g_autofree gchar *words = engine_fixture_dup_words(fixture, "example.org");

		if (g_str_equal(words, "KSK:active ZSK:retire ZSK:active"))
			fake_world_set(FAKE_DESTROY, FAKE_HANGS, 0);
		if (kasper_engine_get_next_due(fixture->engine) <=
		    engine_fixture_now(fixture) + T_ZONE_PROPAGATION + T_DNSKEY_TTL +
			T_RETIRE_SAFETY)
			break;
		engine_fixture_leap(fixture);
	}
	kasper_clock_turn_to(fixture->clock, engine_fixture_now(fixture) + 30 * 86400);
	while (fake_world_count(FAKE_DESTROY) == 0) {
		g_main_context_iteration(NULL, FALSE);
		g_thread_yield();
		if (fixture->engine->pass == NULL && fake_world_count(FAKE_DESTROY) == 0)
			kasper_clock_turn_to(fixture->clock, engine_fixture_now(fixture) + 86400);
	}
	fill_disk();
	fake_world_release();
	for (guint i = 0; i < 5; i++) {
		assert_stopped(fixture);
		try_again(fixture);
	}
	g_assert_cmpuint(fake_world_count(FAKE_DESTROY), <=, 2);
	recover(fixture);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 86400);
	g_assert_false(fake_world_has_key(old));
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 0);
	engine_fixture_assert_no_orphans(fixture);
}

/* people are not told the same thing every few seconds */
static void
test_event_delivered(EngineFixture *fixture, gconstpointer data)
{
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	fake_world_set(FAKE_DELIVER, FAKE_HANGS, 0);
	g_assert_cmpint(kasper_engine_key_rollover(fixture->engine,
						   "example.org",
						   NULL,
						   KASPER_ROLE_ZONE,
						   "t",
						   NULL),
			==,
			1);
	fill_disk_meanwhile(fixture, FAKE_DELIVER);
	g_assert_cmpuint(fake_world_count_log("Manual key rollover"), >=, 1);
	g_assert_cmpuint(fake_world_count_log("Manual key rollover"), <=, 2);
}

static void
test_zone_forgotten(EngineFixture *fixture, gconstpointer data)
{
	engine_fixture_run(fixture);
	fake_world_set(FAKE_APPLY, FAKE_HANGS, 0);
	g_assert_true(kasper_engine_zone_delete(fixture->engine, "example.org", "t", NULL));
	fill_disk_meanwhile(fixture, FAKE_APPLY);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 3600);
	g_assert_null(fake_world_dup_order("example.org"));
}

/* --- a store that somebody else holds --- */

static void
test_locked(EngineFixture *fixture, gconstpointer data)
{
	Picture before = {0};
	sqlite3 *other = NULL;
	g_autofree gchar *path = g_build_filename(fixture->folder, "state.db", NULL);

	engine_fixture_run(fixture);
	look(fixture, &before);
	sqlite3_busy_timeout(fixture->store->database->handle, 1);
	g_assert_cmpint(sqlite3_open(path, &other), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
	leap_in_vain(fixture);
	for (guint i = 0; i < 3; i++) {
		assert_stopped(fixture);
		assert_same(fixture, &before);
		try_again(fixture);
	}
	g_free(before.words);
	g_assert_true(engine_fixture_has_problem(fixture, "store", "locked"));
	g_assert_cmpint(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), ==, SQLITE_OK);
	sqlite3_close(other);
	recover(fixture);
	engine_fixture_make_secure(fixture, "example.org");
}

#define STORAGE_TEST(name, function)                                                               \
	g_test_add("/engine/storage/" name,                                                        \
		   EngineFixture,                                                                  \
		   NULL,                                                                           \
		   engine_fixture_set_up,                                                          \
		   function,                                                                       \
		   tear_down)

gint
main(gint argc, gchar **argv)
{
	engine_test_init(&argc, &argv);
	signal(SIGXFSZ, SIG_IGN);
	STORAGE_TEST("life", test_life);
	STORAGE_TEST("first-signing", test_first_signing);
	STORAGE_TEST("commands", test_commands);
	STORAGE_TEST("list-goes-back", test_list_goes_back);
	STORAGE_TEST("key-made", test_key_made);
	STORAGE_TEST("order-applied", test_order_applied);
	STORAGE_TEST("ds-submitted", test_ds_submitted);
	STORAGE_TEST("key-destroyed", test_key_destroyed);
	STORAGE_TEST("event-delivered", test_event_delivered);
	STORAGE_TEST("zone-forgotten", test_zone_forgotten);
	STORAGE_TEST("locked", test_locked);
	return g_test_run();
}
