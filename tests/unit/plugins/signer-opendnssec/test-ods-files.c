/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "ods-support.h"

static OdsFile *
put(OdsFixture *fixture, OdsFiles *files, const gchar *name, const gchar *text, GError **error)
{
	g_autofree gchar *path = ods_fixture_get_path(fixture, name);

	return ods_files_put(files, path, text, strlen(text), error);
}

/* one file in a batch of its own; gives whether it changed */
static gboolean
put_alone(OdsFixture *fixture, const gchar *name, const gchar *text)
{
	g_autoptr(OdsFiles) files = ods_files_new(ODS_KEEP_GROUP);
	g_autoptr(GError) error = NULL;
	OdsFile *file = put(fixture, files, name, text, &error);

	g_assert_no_error(error);
	ods_files_commit(files);
	g_assert_no_error(file->error);
	return file->changed;
}

static void
assert_content(OdsFixture *fixture, const gchar *name, const gchar *wanted)
{
	g_autofree gchar *text = ods_fixture_read(fixture, name);

	g_assert_cmpstr(text, ==, wanted);
}

static struct stat
get_stat(OdsFixture *fixture, const gchar *name)
{
	g_autofree gchar *path = ods_fixture_get_path(fixture, name);
	struct stat st;

	g_assert_cmpint(stat(path, &st), ==, 0);
	return st;
}

static void
test_files_batch(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsFiles) files = ods_files_new(ODS_KEEP_GROUP);
	mode_t mask = umask(0077);
	OdsFile *one = put(fixture, files, "one", "first", NULL);
	OdsFile *two = put(fixture, files, "two", "second", NULL);

	umask(mask);
	g_assert_nonnull(one);
	g_assert_nonnull(two);
	/* nobody sees half a batch */
	g_assert_false(ods_fixture_has(fixture, "one"));
	ods_files_commit(files);
	g_assert_no_error(one->error);
	g_assert_no_error(two->error);
	assert_content(fixture, "one", "first");
	assert_content(fixture, "two", "second");
	g_assert_cmpuint(ods_fixture_count(fixture, ".tmp"), ==, 0);
	/* the signer is another user, whatever our umask */
	g_assert_cmpint(get_stat(fixture, "one").st_mode & 07777, ==, 0640);
}

static void
test_files_dropped(OdsFixture *fixture, gconstpointer data)
{
	OdsFiles *files = ods_files_new(ODS_KEEP_GROUP);

	g_assert_nonnull(put(fixture, files, "one", "first", NULL));
	ods_files_free(files);
	g_assert_false(ods_fixture_has(fixture, "one"));
	g_assert_cmpuint(ods_fixture_count(fixture, ".tmp"), ==, 0);
}

/* what is the same is left alone, to the inode */
static void
test_files_unchanged(OdsFixture *fixture, gconstpointer data)
{
	struct stat before, after;

	g_assert_true(put_alone(fixture, "one", "text"));
	before = get_stat(fixture, "one");
	g_assert_false(put_alone(fixture, "one", "text"));
	after = get_stat(fixture, "one");
	g_assert_cmpuint(before.st_ino, ==, after.st_ino);
	g_assert_cmpint(before.st_mtim.tv_sec, ==, after.st_mtim.tv_sec);
	g_assert_true(put_alone(fixture, "one", "texT"));
	g_assert_true(put_alone(fixture, "one", "tex"));
	g_assert_true(put_alone(fixture, "one", ""));
	g_assert_false(put_alone(fixture, "one", ""));
	assert_content(fixture, "one", "");
}

/* the signer compares whole seconds */
static void
test_files_time_advances(OdsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *path = ods_fixture_get_path(fixture, "one");
	const struct timespec future[2] = {{4000000000, 0}, {4000000000, 500}};
	time_t last = 0;

	for (guint i = 0; i < 5; i++) {
		g_autofree gchar *text = g_strdup_printf("%u", i);

		g_assert_true(put_alone(fixture, "one", text));
		g_assert_cmpint(get_stat(fixture, "one").st_mtim.tv_sec, >, last);
		last = get_stat(fixture, "one").st_mtim.tv_sec;
	}
	/* a clock that was wrong once must not keep the signer from reading ever after */
	g_assert_cmpint(utimensat(AT_FDCWD, path, future, 0), ==, 0);
	g_assert_true(put_alone(fixture, "one", "after"));
	g_assert_cmpint(get_stat(fixture, "one").st_mtim.tv_sec, ==, 4000000001);
}

/* what a crash left, and what somebody put there */
static void
test_files_leftovers(OdsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *target = ods_fixture_get_path(fixture, "target");
	g_autofree gchar *link = ods_fixture_get_path(fixture, "link");
	g_autofree gchar *link_tmp = ods_fixture_get_path(fixture, "other.tmp");
	g_autofree gchar *fifo = ods_fixture_get_path(fixture, "fifo");

	ods_fixture_write(fixture, "one.tmp", "half a fi");
	g_assert_true(put_alone(fixture, "one", "whole"));
	assert_content(fixture, "one", "whole");
	/* neither read nor written through a link */
	ods_fixture_write(fixture, "target", "text");
	g_assert_cmpint(symlink(target, link), ==, 0);
	g_assert_true(put_alone(fixture, "link", "text"));
	g_assert_false(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
	g_assert_cmpint(symlink(target, link_tmp), ==, 0);
	g_assert_true(put_alone(fixture, "other", "new"));
	assert_content(fixture, "target", "text");
	assert_content(fixture, "other", "new");
	/* nor does anything wait for the other end of a pipe */
	g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
	g_assert_true(put_alone(fixture, "fifo", "text"));
	assert_content(fixture, "fifo", "text");
	g_assert_cmpuint(ods_fixture_count(fixture, ".tmp"), ==, 0);
}

/* one that cannot be written does not hold up the others, and its error says what to do */
static void
test_files_errors(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsFiles) files = ods_files_new(ODS_KEEP_GROUP);
	g_autofree gchar *folder = ods_fixture_get_path(fixture, "folder");
	g_autoptr(GError) error = NULL;
	OdsFile *good, *late;

	good = put(fixture, files, "good", "text", NULL);
	g_assert_null(put(fixture, files, "absent/one", "text", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, "/absent/one cannot be written"));
	g_assert_nonnull(strstr(error->message, "make it"));
	g_clear_error(&error);
	ods_fixture_write(fixture, "plain", "text");
	g_assert_null(put(fixture, files, "plain/one", "text", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, "is no folder"));
	g_clear_error(&error);
	g_assert_null(ods_files_put(files, "relative", "text", 4, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_clear_error(&error);
	g_assert_null(ods_files_put(files, "/tmp/", "text", 4, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_clear_error(&error);
	/* this one shows at the commit only */
	g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
	late = put(fixture, files, "folder", "text", NULL);
	g_assert_nonnull(late);
	ods_files_commit(files);
	g_assert_error(late->error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_no_error(good->error);
	assert_content(fixture, "good", "text");
}

/* a device without any room */
static void
test_files_no_room(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsFiles) files = ods_files_new(ODS_KEEP_GROUP);
	g_autoptr(GError) error = NULL;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	OdsFile *file;
	g_autofree gchar *path = ods_fixture_get_path(fixture, "one");
	int fd;

	g_assert_true(put_alone(fixture, "one", "before"));
	file = ods_files_begin(files, path, &fd, &error);
	g_assert_no_error(error);
	g_assert_cmpint(dup2(full, fd), ==, fd);
	close(full);
	g_assert_false(ods_write_all(fd, "after", 5));
	g_assert_cmpint(errno, ==, ENOSPC);
	ods_files_abandon(file, fd);
	ods_files_commit(files);
	assert_content(fixture, "one", "before");
	g_clear_pointer(&files, ods_files_free);
	g_assert_cmpuint(ods_fixture_count(fixture, ".tmp"), ==, 0);
}

static void
test_files_bit_by_bit(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsFiles) files = ods_files_new(getegid());
	g_autofree gchar *path = ods_fixture_get_path(fixture, "one");
	g_autoptr(GError) error = NULL;
	time_t before;
	OdsFile *file;
	int fd;

	g_assert_true(put_alone(fixture, "one", "before"));
	before = get_stat(fixture, "one").st_mtim.tv_sec;
	file = ods_files_begin(files, path, &fd, &error);
	g_assert_no_error(error);
	g_assert_true(ods_write_all(fd, "af", 2));
	g_assert_true(ods_write_all(fd, "ter", 3));
	g_assert_true(ods_files_finish(files, file, fd, &error));
	assert_content(fixture, "one", "before");
	ods_files_commit(files);
	g_assert_no_error(file->error);
	assert_content(fixture, "one", "after");
	g_assert_cmpint(get_stat(fixture, "one").st_mtim.tv_sec, >, before);
}

/* a folder for each file: descriptors are not without number */
static void
test_files_many_folders(OdsFixture *fixture, gconstpointer data)
{
	guint n = 0;

	for (guint batch = 0; batch < 3; batch++) {
		g_autoptr(OdsFiles) files = ods_files_new(ODS_KEEP_GROUP);

		while (!ods_files_are_full(files)) {
			g_autofree gchar *name = g_strdup_printf("%u", n++);
			g_autofree gchar *folder = ods_fixture_get_path(fixture, name);
			g_autofree gchar *file = g_strconcat(name, "/file", NULL);

			g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
			g_assert_nonnull(put(fixture, files, file, name, NULL));
		}
		ods_files_commit(files);
	}
	g_assert_cmpuint(n, >, 100);
	for (guint i = 0; i < n; i++) {
		g_autofree gchar *name = g_strdup_printf("%u", i);
		g_autofree gchar *file = g_strconcat(name, "/file", NULL);

		assert_content(fixture, file, name);
	}
}

static void
test_files_remove(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsFiles) files = ods_files_new(ODS_KEEP_GROUP);
	g_autofree gchar *path = ods_fixture_get_path(fixture, "one");
	g_autofree gchar *nowhere = ods_fixture_get_path(fixture, "absent/one");
	g_autoptr(GError) error = NULL;

	g_assert_true(put_alone(fixture, "one", "text"));
	g_assert_true(ods_files_remove(files, path, &error));
	g_assert_false(ods_fixture_has(fixture, "one"));
	g_assert_true(ods_files_remove(files, path, &error));
	g_assert_no_error(error);
	g_assert_true(ods_files_remove(files, nowhere, &error));
	g_assert_no_error(error);
	g_assert_false(ods_files_remove(files, "relative", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ODS_TEST_ADD("/ods-files/batch", test_files_batch);
	ODS_TEST_ADD("/ods-files/dropped", test_files_dropped);
	ODS_TEST_ADD("/ods-files/unchanged", test_files_unchanged);
	ODS_TEST_ADD("/ods-files/time-advances", test_files_time_advances);
	ODS_TEST_ADD("/ods-files/leftovers", test_files_leftovers);
	ODS_TEST_ADD("/ods-files/errors", test_files_errors);
	ODS_TEST_ADD("/ods-files/no-room", test_files_no_room);
	ODS_TEST_ADD("/ods-files/bit-by-bit", test_files_bit_by_bit);
	ODS_TEST_ADD("/ods-files/many-folders", test_files_many_folders);
	ODS_TEST_ADD("/ods-files/remove", test_files_remove);
	return g_test_run();
}
