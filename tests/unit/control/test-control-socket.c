/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-socket.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kasper-error.h"

typedef struct {
	gchar *folder;
	gchar *path;
} Fixture;

#define FIXTURE_TEST(name, function) g_test_add(name, Fixture, NULL, set_up, function, tear_down)

static void
set_up(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fixture->folder = g_dir_make_tmp("kasper-XXXXXX", &error);
	g_assert_no_error(error);
	fixture->path = g_build_filename(fixture->folder, "run", "kasper.sock", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *run = g_path_get_dirname(fixture->path);

	g_unlink(fixture->path);
	g_rmdir(run);
	g_assert_cmpint(g_rmdir(fixture->folder), ==, 0);
	g_free(fixture->folder);
	g_free(fixture->path);
}

/* @listens: somebody answers; else the socket of a daemon that is gone */
static GSocket *
make_socket(const gchar *path, gboolean listens)
{
	g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocket) socket = g_socket_new(G_SOCKET_FAMILY_UNIX,
						 G_SOCKET_TYPE_STREAM,
						 G_SOCKET_PROTOCOL_DEFAULT,
						 &error);

	g_assert_no_error(error);
	g_socket_bind(socket, address, TRUE, &error);
	g_assert_no_error(error);
	if (!listens)
		return NULL;
	g_socket_listen(socket, &error);
	g_assert_no_error(error);
	return g_steal_pointer(&socket);
}

static void
assert_prepare_fails(const gchar *path, KasperError code, const gchar *says)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(kasper_control_socket_prepare(path, &error));
	g_assert_error(error, KASPER_ERROR, (gint)code);
	g_assert_nonnull(strstr(error->message, says));
	g_assert_nonnull(strstr(error->message, path));
}

static void
prepare(Fixture *fixture)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_control_socket_prepare(fixture->path, &error));
	g_assert_no_error(error);
}

static void
test_new(Fixture *fixture, gconstpointer data)
{
	prepare(fixture);
	/* the folder was made */
	g_object_unref(make_socket(fixture->path, TRUE));
}

static void
test_stale(Fixture *fixture, gconstpointer data)
{
	prepare(fixture);
	make_socket(fixture->path, FALSE);
	g_assert_true(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
	prepare(fixture);
	g_assert_false(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_in_use(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GSocket) socket = NULL;

	prepare(fixture);
	socket = make_socket(fixture->path, TRUE);
	assert_prepare_fails(fixture->path, KASPER_ERROR_BUSY, "another daemon");
	g_assert_true(g_file_test(fixture->path, G_FILE_TEST_EXISTS));
}

/* nothing that is not ours is removed, and no link is followed */
static void
test_something_else(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *target = g_build_filename(fixture->folder, "target", NULL);

	prepare(fixture);
	g_assert_true(g_file_set_contents(fixture->path, "precious", -1, NULL));
	assert_prepare_fails(fixture->path, KASPER_ERROR_EXISTS, "no socket");
	g_assert_true(g_file_test(fixture->path, G_FILE_TEST_IS_REGULAR));
	g_unlink(fixture->path);
	make_socket(target, FALSE);
	g_assert_cmpint(symlink(target, fixture->path), ==, 0);
	assert_prepare_fails(fixture->path, KASPER_ERROR_EXISTS, "no socket");
	g_assert_true(g_file_test(target, G_FILE_TEST_EXISTS));
	g_unlink(target);
}

static void
test_long_path(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *name = g_strnfill(120, 'x');
	g_autofree gchar *path = g_build_filename(fixture->folder, name, NULL);

	assert_prepare_fails(path, KASPER_ERROR_INVALID, "too long");
	prepare(fixture);
}

static void
test_no_folder(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *path = g_build_filename(fixture->folder, "file", "kasper.sock", NULL);
	g_autofree gchar *file = g_path_get_dirname(path);

	g_assert_true(g_file_set_contents(file, "", -1, NULL));
	assert_prepare_fails(path, KASPER_ERROR_AUTH, "control socket");
	g_unlink(file);
	prepare(fixture);
}

static void
test_mode(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GSocket) socket = NULL;
	g_autoptr(GError) error = NULL;
	struct stat status;

	prepare(fixture);
	socket = make_socket(fixture->path, TRUE);
	g_assert_true(kasper_control_socket_permit(fixture->path, getegid(), &error));
	g_assert_no_error(error);
	g_assert_cmpint(lstat(fixture->path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 07777, ==, 0660);
	g_assert_cmpuint(status.st_gid, ==, getegid());
	g_unlink(fixture->path);
	g_assert_false(kasper_control_socket_permit(fixture->path, (gid_t)-1, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_AUTH);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	FIXTURE_TEST("/control/socket/new", test_new);
	FIXTURE_TEST("/control/socket/stale", test_stale);
	FIXTURE_TEST("/control/socket/in-use", test_in_use);
	FIXTURE_TEST("/control/socket/something-else", test_something_else);
	FIXTURE_TEST("/control/socket/long-path", test_long_path);
	FIXTURE_TEST("/control/socket/no-folder", test_no_folder);
	FIXTURE_TEST("/control/socket/mode", test_mode);
	return g_test_run();
}
