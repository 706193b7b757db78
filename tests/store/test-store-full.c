/* SPDX-License-Identifier: BSD-2-Clause */

/* a disk that is full: an error, nothing by half, and on it goes when there is room (safety: F05)
 */

#include "store-fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kasper-store-private.h"

#define MANY 3000

/* gives %FALSE as soon as something is refused, as a caller does */
static gboolean
write_many(StoreFixture *fixture, guint from, GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(fixture->store, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = from; i < from + MANY; i++) {
		g_auto(KasperZoneRow) row = {.policy = fixture->policy};

		row.name = g_strdup_printf("zone-number-%u.example", i);
		row.input = g_strnfill(300, 'x');
		if (!kasper_store_add_zone(fixture->store, &row, NOW, error) ||
		    !kasper_store_add_audit(fixture->store,
					    NOW,
					    "test",
					    "add",
					    row.name,
					    NULL,
					    "",
					    error))
			return FALSE;
	}
	return kasper_transaction_commit(transaction, error);
}

static void
assert_whole(StoreFixture *fixture, gint64 zones)
{
	gint64 rows = 0;

	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, zones);
	g_assert_cmpint(kasper_store_verify_audit(fixture->store, &rows, NULL), ==, -1);
	g_assert_cmpint(rows, ==, zones);
}

static void
test_no_room(void)
{
	StoreFixture fixture = {0};
	g_autoptr(GError) error = NULL;

	store_fixture_set_up(&fixture, NULL);
	g_assert_true(write_many(&fixture, 0, &error));
	g_assert_true(
	    kasper_database_execute(fixture.store->database, "PRAGMA max_page_count=600", &error));
	g_assert_false(write_many(&fixture, MANY, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_nonnull(strstr(error->message, "make room"));
	g_clear_error(&error);
	assert_whole(&fixture, MANY);
	g_assert_true(kasper_database_execute(fixture.store->database,
					      "PRAGMA max_page_count=1000000",
					      &error));
	g_assert_true(write_many(&fixture, MANY, &error));
	g_assert_no_error(error);
	assert_whole(&fixture, 2 * MANY);
	store_fixture_close(&fixture);
	store_fixture_open(&fixture);
	assert_whole(&fixture, 2 * MANY);
	store_fixture_tear_down(&fixture, NULL);
}

/* the kernel refuses to let any file of this process grow */
static void
set_limit(rlim_t limit)
{
	struct rlimit now;

	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &now), ==, 0);
	now.rlim_cur = limit;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &now), ==, 0);
}

/* ... and to open another one */
static void
set_files(rlim_t limit)
{
	struct rlimit now;

	g_assert_cmpint(getrlimit(RLIMIT_NOFILE, &now), ==, 0);
	now.rlim_cur = limit;
	g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &now), ==, 0);
}

static void
run_with_limit(const gchar *path)
{
	StoreFixture fixture = {.path = (gchar *)path, .policy = 1, .repository = 1};
	g_autoptr(GError) error = NULL;

	KasperDatabase *connection;

	signal(SIGXFSZ, SIG_IGN);
	store_fixture_open(&fixture);
	g_assert_true(write_many(&fixture, 0, &error));
	connection = fixture.store->database;
	set_limit(400 * 1024);
	for (guint i = 0; i < 3; i++) {
		g_assert_false(write_many(&fixture, MANY, &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
		g_clear_error(&error);
		assert_whole(&fixture, MANY);
	}
	/* what the disk holds another connection has to read */
	g_assert_true(fixture.store->database != connection);
	/* not even that can be opened: there are answers all the same, and no half ones */
	set_limit(0);
	set_files(0);
	for (guint i = 0; i < 3; i++) {
		g_assert_false(write_many(&fixture, MANY, &error));
		g_assert_nonnull(error);
		g_clear_error(&error);
		assert_whole(&fixture, MANY);
		g_assert_cmpint(kasper_store_count_intents(fixture.store, FALSE), ==, 0);
		g_assert_true(
		    kasper_store_find_zone(fixture.store, "zone-number-0.example", NULL, NULL));
	}
	set_limit(RLIM_INFINITY);
	set_files(256);
	g_assert_true(write_many(&fixture, MANY, &error));
	g_assert_no_error(error);
	assert_whole(&fixture, 2 * MANY);
	store_fixture_close(&fixture);
}

static void
test_write_fails(void)
{
	StoreFixture fixture = {0};
	gint status = 0;
	pid_t child;

	store_fixture_set_up(&fixture, NULL);
	store_fixture_close(&fixture);
	child = fork();
	if (child == 0) {
		run_with_limit(fixture.path);
		_exit(0);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
	store_fixture_open(&fixture);
	assert_whole(&fixture, 2 * MANY);
	store_fixture_tear_down(&fixture, NULL);
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/full/no-room", test_no_room);
	g_test_add_func("/store/full/write-fails", test_write_fails);
	return g_test_run();
}
