/* SPDX-License-Identifier: BSD-2-Clause */
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "notify.h"

static GSocket *
bind_socket(const gchar *name, GUnixSocketAddressType type)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GSocketAddress) address =
	    g_unix_socket_address_new_with_type(name, (gint)strlen(name), type);
	g_autoptr(GSocket) socket =
	    g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, 0, &error);

	g_assert_no_error(error);
	g_socket_bind(socket, address, FALSE, &error);
	g_assert_no_error(error);
	g_socket_set_blocking(socket, FALSE);
	return g_steal_pointer(&socket);
}

/* (nullable): a datagram is there at once, or was never sent */
static gchar *
take_datagram(GSocket *socket)
{
	gchar text[256];
	gssize length = g_socket_receive(socket, text, sizeof text, NULL, NULL);

	return length < 0 ? NULL : g_strndup(text, (gsize)length);
}

static void
open_with(const gchar *address)
{
	g_setenv("NOTIFY_SOCKET", address, TRUE);
	kasperd_notify_open();
}

static void
check_says(GSocket *socket)
{
	g_autofree gchar *ready = NULL;
	g_autofree gchar *reloading = NULL;

	kasperd_notify("READY=1\nSTATUS=3 zones");
	ready = take_datagram(socket);
	g_assert_cmpstr(ready, ==, "READY=1\nSTATUS=3 zones");
	kasperd_notify_reloading();
	reloading = take_datagram(socket);
	g_assert_nonnull(reloading);
	g_assert_true(
	    g_regex_match_simple("^RELOADING=1\nMONOTONIC_USEC=[0-9]+$", reloading, 0, 0));
}

static void
test_notify_path(void)
{
	g_autofree gchar *folder = g_dir_make_tmp("kasper-XXXXXX", NULL);
	g_autofree gchar *path = g_build_filename(folder, "notify", NULL);
	g_autoptr(GSocket) socket = bind_socket(path, G_UNIX_SOCKET_ADDRESS_PATH);

	open_with(path);
	check_says(socket);
	g_unlink(path);
	/* nobody listens: not our problem */
	kasperd_notify("STOPPING=1");
	g_rmdir(folder);
}

static void
test_notify_abstract(void)
{
	g_autofree gchar *uuid = g_uuid_string_random();
	g_autofree gchar *name = g_strconcat("kasper-", uuid, NULL);
	g_autofree gchar *address = g_strconcat("@", name, NULL);
	g_autoptr(GSocket) socket = bind_socket(name, G_UNIX_SOCKET_ADDRESS_ABSTRACT);

	open_with(address);
	check_says(socket);
}

/* what the daemon starts must not speak in its name */
static void
test_notify_not_inherited(void)
{
	open_with("/nonexistent");
	g_assert_null(g_getenv("NOTIFY_SOCKET"));
	kasperd_notify("READY=1");
}

static void
test_notify_nowhere(void)
{
	g_autofree gchar *long_path = g_strnfill(200, '/');

	kasperd_notify_open();
	kasperd_notify("READY=1");
	open_with(long_path);
	kasperd_notify("READY=1");
	open_with("vsock:2:1234");
	kasperd_notify("READY=1");
	open_with("");
	kasperd_notify("READY=1");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/daemon/notify/path", test_notify_path);
	g_test_add_func("/daemon/notify/abstract", test_notify_abstract);
	g_test_add_func("/daemon/notify/not-inherited", test_notify_not_inherited);
	g_test_add_func("/daemon/notify/nowhere", test_notify_nowhere);
	return g_test_run();
}
