/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A writer is killed with SIGKILL, anywhere. What it was told is durable must be there, and nothing
 * may be there by half (safety: F01, I-18, I-22).
 */

#include "store-fixture.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 30

static gchar *
get_name(guint i)
{
	return g_strdup_printf("z%u.example", i);
}

/* zone @i, its key, an intent and a line in the journal: all or nothing */
static void
write_one(StoreFixture *fixture, guint i)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_autofree gchar *name = get_name(i);
	gint64 zone = store_fixture_add_zone(fixture, name);
	g_auto(KasperPairRow) pair = {.repository = fixture->repository,
				      .algorithm = KASPER_ALGORITHM_ECDSAP256SHA256,
				      .bits = 256};
	g_auto(KasperIntentRow)
	    intent = {.kind = KASPER_INTENT_ORDER, .zone = zone, .created = NOW, .due = NOW};

	pair.id = g_strdup_printf("%08x", i);
	intent.id = g_strdup(name);
	if (!kasper_store_plan_pair(fixture->store, &pair, NOW, NULL) ||
	    !kasper_store_add_intent(fixture->store, &intent, NULL) ||
	    !kasper_store_add_audit(fixture->store, NOW, "test", "add", name, NULL, "", NULL))
		_exit(1);
	store_fixture_commit(transaction);
}

static void
write_until_killed(StoreFixture *fixture, guint next, gint acknowledge)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	store_fixture_open(fixture);
	for (;; next++) {
		write_one(fixture, next);
		if (write(acknowledge, &next, sizeof next) != sizeof next)
			_exit(1);
	}
}

/* spins rather than sleeps: a moment is shorter than what a sleep comes to */
static void
let_pass(gint64 microseconds)
{
	gint64 until = g_get_monotonic_time() + microseconds;

	while (g_get_monotonic_time() < until)
		;
}

/* gives how many zones were acknowledged before the kill and after */
static guint
run_and_kill(StoreFixture *fixture, guint next)
{
	gint ends[2];
	guint wanted = next + (guint)g_test_rand_int_range(1, 25);
	guint last, acknowledged = next;
	gint status;
	pid_t child;

	g_assert_cmpint(pipe(ends), ==, 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		write_until_killed(fixture, next, ends[1]);
	}
	close(ends[1]);
	while (acknowledged < wanted && read(ends[0], &last, sizeof last) == sizeof last)
		acknowledged = last + 1;
	let_pass(g_test_rand_int_range(0, 3000));
	kill(child, SIGKILL);
	while (read(ends[0], &last, sizeof last) == sizeof last)
		acknowledged = last + 1;
	close(ends[0]);
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFSIGNALED(status));
	return acknowledged;
}

/* gives how many zones there are */
static guint
check(StoreFixture *fixture, guint acknowledged)
{
	guint zones = (guint)kasper_store_count_zones(fixture->store, 0);
	gint64 rows = 0;

	g_assert_cmpuint(zones, >=, acknowledged);
	g_assert_cmpuint(zones, <=, acknowledged + 1);
	for (guint i = 0; i < zones; i++) {
		g_autofree gchar *name = get_name(i);
		g_autofree gchar *id = g_strdup_printf("%08x", i);

		g_assert_true(kasper_store_find_zone(fixture->store, name, NULL, NULL));
		g_assert_true(kasper_store_find_pair(fixture->store, id, NULL, NULL));
	}
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, zones);
	g_assert_cmpint(kasper_store_count_pool(fixture->store, fixture->repository, 13, 256, TRUE),
			==,
			zones);
	g_assert_cmpint(kasper_store_verify_audit(fixture->store, &rows, NULL), ==, -1);
	g_assert_cmpint(rows, ==, zones);
	return zones;
}

static void
test_writing(void)
{
	StoreFixture fixture = {0};
	guint zones = 0;

	store_fixture_set_up(&fixture, NULL);
	for (guint round = 0; round < ROUNDS; round++) {
		guint acknowledged;

		store_fixture_close(&fixture);
		acknowledged = run_and_kill(&fixture, zones);
		store_fixture_open(&fixture);
		zones = check(&fixture, acknowledged);
	}
	g_assert_cmpuint(zones, >=, ROUNDS);
	store_fixture_tear_down(&fixture, NULL);
}

/* a store that was never opened to its end is made anew, not found by half */
static void
test_making(void)
{
	for (guint round = 0; round < ROUNDS; round++) {
		StoreFixture fixture = {0};
		gint status;
		pid_t child;

		fixture.folder = g_dir_make_tmp("kasper-kill-XXXXXX", NULL);
		fixture.path = g_build_filename(fixture.folder, "state.db", NULL);
		child = fork();
		if (child == 0) {
			store_fixture_open(&fixture);
			for (;;)
				pause();
		}
		let_pass(g_test_rand_int_range(0, 12000));
		kill(child, SIGKILL);
		g_assert_cmpint(waitpid(child, &status, 0), ==, child);
		store_fixture_open(&fixture);
		g_assert_cmpint(kasper_store_count_zones(fixture.store, 0), ==, 0);
		store_fixture_tear_down(&fixture, NULL);
	}
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/kill/writing", test_writing);
	g_test_add_func("/store/kill/making", test_making);
	return g_test_run();
}
