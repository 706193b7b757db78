/* SPDX-License-Identifier: BSD-2-Clause */
#include "store-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIXTURE_TEST(name, function)                                                               \
	g_test_add(name,                                                                           \
		   StoreFixture,                                                                   \
		   NULL,                                                                           \
		   store_fixture_set_up,                                                           \
		   function,                                                                       \
		   store_fixture_tear_down)

/* the store does not open, says why, and leaves the file as it was */
static void
assert_refused(StoreFixture *fixture, gint code, const gchar *pattern)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *before = NULL;
	g_autofree gchar *after = NULL;
	g_autoptr(KasperStore) store = NULL;
	gsize n_before = 0, n_after = 0;

	g_file_get_contents(fixture->path, &before, &n_before, NULL);
	store = kasper_store_open(fixture->path, &error);
	g_assert_null(store);
	g_assert_error(error, KASPER_ERROR, code);
	if (!g_pattern_match_simple(pattern, error->message))
		g_error("'%s' does not match '%s'", error->message, pattern);
	g_file_get_contents(fixture->path, &after, &n_after, NULL);
	g_assert_cmpmem(before, n_before, after, n_after);
}

static void
put_octets(const gchar *path, goffset place, gconstpointer octets, gsize length)
{
	gint fd = g_open(path, O_WRONLY, 0);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(pwrite(fd, octets, length, place), ==, (gssize)length);
	close(fd);
}

static void
test_again(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_autoptr(GBytes) before = kasper_store_get_secret(fixture->store);
	g_autoptr(GBytes) after = NULL;
	g_auto(KasperZoneRow) row = {0};

	store_fixture_add_zone(fixture, "example.org");
	kasper_store_set_highest_time(fixture->store, NOW, NULL);
	kasper_store_set_highest_time(fixture->store, NOW - 5, NULL);
	store_fixture_commit(transaction);
	store_fixture_close(fixture);
	store_fixture_open(fixture);
	after = kasper_store_get_secret(fixture->store);
	g_assert_true(g_bytes_equal(before, after));
	g_assert_cmpuint(g_bytes_get_size(after), ==, 16);
	g_assert_cmpint(kasper_store_get_highest_time(fixture->store), ==, NOW);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 1);
	g_assert_true(kasper_store_find_zone(fixture->store, "example.org", &row, NULL));
	g_assert_cmpstr(kasper_store_get_repository_name(fixture->store, fixture->repository),
			==,
			"SoftHSM");
	g_assert_cmpstr(kasper_store_get_policy_name(fixture->store, fixture->policy),
			==,
			"default");
	g_assert_null(kasper_store_get_policy_name(fixture->store, 99));
}

static void
test_second_process(StoreFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *wanted = g_strdup_printf("%s is in use by process %d on %s",
						   fixture->path,
						   (gint)getpid(),
						   g_get_host_name());
	gint status = 0;
	pid_t child = fork();

	if (child == 0) {
		KasperStore *store = kasper_store_open(fixture->path, &error);

		_exit(store == NULL && g_error_matches(error, KASPER_ERROR, KASPER_ERROR_BUSY) &&
			      strcmp(error->message, wanted) == 0
			  ? 0
			  : 1);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(status, ==, 0);
	/* nor does another one in the same process */
	g_assert_null(kasper_store_open(fixture->path, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_BUSY);
}

static void
test_stale_lock(StoreFixture *fixture, gconstpointer data)
{
	g_autofree gchar *lock = g_strconcat(fixture->path, ".lock", NULL);

	store_fixture_close(fixture);
	g_assert_true(g_file_set_contents(lock, "process 1 on elsewhere\n", -1, NULL));
	store_fixture_open(fixture);
}

static void
test_foreign_file(StoreFixture *fixture, gconstpointer data)
{
	store_fixture_close(fixture);
	g_unlink(fixture->path);
	store_fixture_run_sql(fixture->path, "CREATE TABLE mine (a)");
	assert_refused(fixture, KASPER_ERROR_INVALID, "*state.db is not a store of Kasper*");
	g_assert_true(g_file_set_contents(fixture->path, "A letter to my aunt.", -1, NULL));
	assert_refused(fixture, KASPER_ERROR_INVALID, "*state.db is not a store of Kasper*");
	g_assert_true(g_file_set_contents(fixture->path, "", 0, NULL));
	assert_refused(fixture, KASPER_ERROR_INVALID, "*state.db is not a store of Kasper*");
}

static void
test_newer_version(StoreFixture *fixture, gconstpointer data)
{
	store_fixture_close(fixture);
	store_fixture_run_sql(fixture->path, "PRAGMA user_version=99");
	assert_refused(fixture, KASPER_ERROR_NOT_SUPPORTED, "*is of version 99*up to 2*");
}

/* a bit flipped in the root page of each table and index is noticed before anything is done */
static void
test_damaged_file(StoreFixture *fixture, gconstpointer data)
{
	static const guint8 rubbish[] = {0xde, 0xad, 0xbe, 0xef, 0xde, 0xad, 0xbe, 0xef};
	g_autofree gchar *good = NULL;
	gsize length = 0;

	store_fixture_close(fixture);
	g_assert_true(g_file_get_contents(fixture->path, &good, &length, NULL));
	for (gsize page = 1; page < length / 4096; page++) {
		put_octets(fixture->path, (goffset)page * 4096, rubbish, sizeof rubbish);
		assert_refused(fixture, KASPER_ERROR_INVALID, "*damaged*");
		put_octets(fixture->path, (goffset)page * 4096, good + page * 4096, sizeof rubbish);
	}
	g_assert_cmpint(truncate(fixture->path, (off_t)length / 2 / 4096 * 4096), ==, 0);
	assert_refused(fixture, KASPER_ERROR_INVALID, "*damaged*");
	g_assert_true(g_file_set_contents(fixture->path, good, (gssize)length, NULL));
	store_fixture_open(fixture);
}

/* an old copy in the place of the file has lost commits, and is not worked with */
static void
test_older_than_witness(StoreFixture *fixture, gconstpointer data)
{
	g_autofree gchar *witness = g_strconcat(fixture->path, ".witness", NULL);
	g_autofree gchar *old = NULL;
	gsize length = 0;

	store_fixture_close(fixture);
	g_assert_true(g_file_get_contents(fixture->path, &old, &length, NULL));
	store_fixture_open(fixture);
	{
		KasperTransaction *transaction = store_fixture_begin(fixture);

		store_fixture_add_zone(fixture, "example.org");
		store_fixture_commit(transaction);
	}
	store_fixture_close(fixture);
	g_assert_true(g_file_set_contents(fixture->path, old, (gssize)length, NULL));
	assert_refused(fixture, KASPER_ERROR_INVALID, "*older than its witness (epoch 1 < 2)*");
	g_unlink(fixture->path);
	assert_refused(fixture, KASPER_ERROR_NOT_FOUND, "*is gone, but*witness*epoch 2*");
	/* a person says that it is meant */
	g_assert_true(g_file_set_contents(fixture->path, old, (gssize)length, NULL));
	g_unlink(witness);
	store_fixture_open(fixture);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 0);
}

static void
test_another_store(StoreFixture *fixture, gconstpointer data)
{
	StoreFixture other = {0};
	g_autofree gchar *octets = NULL;
	gsize length = 0;

	store_fixture_set_up(&other, NULL);
	store_fixture_close(&other);
	store_fixture_close(fixture);
	g_assert_true(g_file_get_contents(other.path, &octets, &length, NULL));
	g_assert_true(g_file_set_contents(fixture->path, octets, (gssize)length, NULL));
	assert_refused(fixture, KASPER_ERROR_INVALID, "*is not the store that*belongs to*");
	store_fixture_tear_down(&other, NULL);
}

static void
test_missing_folder(StoreFixture *fixture, gconstpointer data)
{
	g_autofree gchar *path = g_build_filename(fixture->folder, "none", "state.db", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(kasper_store_open(path, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, path));
}

/* in a process without the right to write; root has it always, so it becomes nobody */
static gint
open_without_rights(const gchar *path)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperStore) store = NULL;

	if (getuid() == 0 && setuid(65534) != 0)
		return 77;
	store = kasper_store_open(path, &error);
	if (store != NULL || !g_error_matches(error, KASPER_ERROR, KASPER_ERROR_AUTH))
		return 1;
	return strstr(error->message, path) != NULL ? 0 : 2;
}

static void
test_read_only_folder(StoreFixture *fixture, gconstpointer data)
{
	gint status = 0;
	pid_t child;

	store_fixture_close(fixture);
	g_assert_cmpint(g_chmod(fixture->folder, 0555), ==, 0);
	child = fork();
	if (child == 0)
		_exit(open_without_rights(fixture->path));
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_cmpint(g_chmod(fixture->folder, 0755), ==, 0);
	g_assert_cmpint(status, ==, 0);
}

/* the settings that durability stands on are in the file and in every connection */
static void
test_file_format(StoreFixture *fixture, gconstpointer data)
{
	g_autofree gchar *octets = NULL;
	gsize length = 0;

	store_fixture_close(fixture);
	g_assert_true(g_file_get_contents(fixture->path, &octets, &length, NULL));
	g_assert_cmpmem(octets + 68, 4, "Kasp", 4);
	g_assert_cmpmem(octets + 60, 4, "\0\0\0\2", 4);
	g_assert_cmpmem(octets + 18, 2, "\2\2", 2); /* WAL */
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	FIXTURE_TEST("/store/open/again", test_again);
	FIXTURE_TEST("/store/open/second-process", test_second_process);
	FIXTURE_TEST("/store/open/stale-lock", test_stale_lock);
	FIXTURE_TEST("/store/open/foreign-file", test_foreign_file);
	FIXTURE_TEST("/store/open/newer-version", test_newer_version);
	FIXTURE_TEST("/store/open/damaged-file", test_damaged_file);
	FIXTURE_TEST("/store/open/older-than-witness", test_older_than_witness);
	FIXTURE_TEST("/store/open/another-store", test_another_store);
	FIXTURE_TEST("/store/open/missing-folder", test_missing_folder);
	FIXTURE_TEST("/store/open/read-only-folder", test_read_only_folder);
	FIXTURE_TEST("/store/open/file-format", test_file_format);
	return g_test_run();
}
