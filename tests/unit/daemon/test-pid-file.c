/* SPDX-License-Identifier: BSD-2-Clause */
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kasper-error.h"
#include "pid-file.h"

typedef struct {
	gchar *folder;
	gchar *path;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
	fixture->folder = g_dir_make_tmp("kasper-XXXXXX", NULL);
	fixture->path = g_build_filename(fixture->folder, "kasperd.pid", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
	g_unlink(fixture->path);
	g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
	g_free(fixture->path);
	g_free(fixture->folder);
}

static KasperdPidFile *
lock(Fixture *fixture)
{
	g_autoptr(GError) error = NULL;
	KasperdPidFile *file = kasperd_pid_file_lock(fixture->path, getuid(), getgid(), &error);

	g_assert_no_error(error);
	g_assert_nonnull(file);
	return file;
}

static void
test_pid_file_written(Fixture *fixture, gconstpointer data)
{
	KasperdPidFile *file = lock(fixture);
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;
	g_autofree gchar *expected = g_strdup_printf("%d\n", (gint)getpid());

	g_assert_true(kasperd_pid_file_write(file, &error));
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(fixture->path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, expected);
	kasperd_pid_file_free(file);
	g_assert_false(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_pid_file_second_one(Fixture *fixture, gconstpointer data)
{
	KasperdPidFile *file = lock(fixture);
	g_autoptr(GError) error = NULL;
	g_autofree gchar *process = g_strdup_printf("process %d on", (gint)getpid());

	g_assert_true(kasperd_pid_file_write(file, NULL));
	g_assert_null(kasperd_pid_file_lock(fixture->path, getuid(), getgid(), &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_BUSY);
	g_assert_nonnull(strstr(error->message, process));
	g_assert_nonnull(strstr(error->message, fixture->path));
	g_assert_nonnull(strstr(error->message, g_get_host_name()));
	/* the refused one has not harmed the file of the first */
	g_assert_true(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
	kasperd_pid_file_free(file);
	kasperd_pid_file_free(lock(fixture));
}

/* a number that a crash left, even one of a living process, keeps nobody out */
static void
test_pid_file_stale(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *text = g_strdup_printf("%d\nmore\n", (gint)getppid());
	g_autofree gchar *now = NULL;
	KasperdPidFile *file;

	g_assert_true(g_file_set_contents(fixture->path, text, -1, NULL));
	file = lock(fixture);
	g_assert_true(kasperd_pid_file_write(file, NULL));
	g_assert_true(g_file_get_contents(fixture->path, &now, NULL, NULL));
	g_assert_cmpint(g_ascii_strtoll(now, NULL, 10), ==, getpid());
	g_assert_null(strstr(now, "more"));
	kasperd_pid_file_free(file);
}

static void
test_pid_file_link(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *target = g_build_filename(fixture->folder, "target", NULL);

	g_assert_cmpint(symlink(target, fixture->path), ==, 0);
	g_assert_null(kasperd_pid_file_lock(fixture->path, getuid(), getgid(), &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, "Enforcer/PidFile"));
	g_assert_false(g_file_test(target, G_FILE_TEST_EXISTS));
}

static void
test_pid_file_no_folder(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(
	    kasperd_pid_file_lock("/nonexistent/kasperd.pid", getuid(), getgid(), &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, "/nonexistent/kasperd.pid"));
	kasperd_pid_file_free(NULL);
}

#define ADD(name, function)                                                                        \
	g_test_add("/daemon/pid-file/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("written", test_pid_file_written);
	ADD("second-one", test_pid_file_second_one);
	ADD("stale", test_pid_file_stale);
	ADD("link", test_pid_file_link);
	ADD("no-folder", test_pid_file_no_folder);
	return g_test_run();
}
