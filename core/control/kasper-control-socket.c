/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-socket.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "kasper-error.h"

static gboolean
kasper_control_fail(GError **error, KasperError code, const gchar *path, const gchar *text)
{
	g_set_error(error, KASPER_ERROR, code, "control socket %s: %s", path, text);
	return FALSE;
}

static gboolean
kasper_control_somebody_listens(const gchar *path)
{
	g_autoptr(GSocketClient) client = g_socket_client_new();
	g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
	g_autoptr(GSocketConnection) connection = NULL;
	g_autoptr(GError) error = NULL;

	g_socket_client_set_enable_proxy(client, FALSE);
	connection = g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, &error);
	/* only a plain refusal is proof that the socket is dead */
	return connection != NULL ||
	       !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

gboolean
kasper_control_socket_prepare(const gchar *path, GError **error)
{
	g_autofree gchar *folder = g_path_get_dirname(path);
	struct stat status;

	if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return kasper_control_fail(error,
					   KASPER_ERROR_INVALID,
					   path,
					   "the path is too long for a UNIX socket (107 bytes); "
					   "name a shorter one in conf.xml");
	if (g_mkdir_with_parents(folder, 0755) < 0)
		return kasper_control_fail(error, KASPER_ERROR_AUTH, path, g_strerror(errno));
	if (lstat(path, &status) < 0) {
		if (errno == ENOENT)
			return TRUE;
		return kasper_control_fail(error, KASPER_ERROR_AUTH, path, g_strerror(errno));
	}
	if (!S_ISSOCK(status.st_mode))
		return kasper_control_fail(error,
					   KASPER_ERROR_EXISTS,
					   path,
					   "something that is no socket lies there; move it away");
	if (kasper_control_somebody_listens(path))
		return kasper_control_fail(error,
					   KASPER_ERROR_BUSY,
					   path,
					   "another daemon listens there; stop it first");
	if (g_unlink(path) < 0 && errno != ENOENT)
		return kasper_control_fail(error, KASPER_ERROR_AUTH, path, g_strerror(errno));
	return TRUE;
}

gboolean
kasper_control_socket_permit(const gchar *path, gid_t group, GError **error)
{
	/* who may not give it away keeps it: root and the daemon's user can still connect */
	if (group != (gid_t)-1 && lchown(path, (uid_t)-1, group) < 0)
		g_debug("%s: cannot be given to group %u: %s",
			path,
			(guint)group,
			g_strerror(errno));
	if (g_chmod(path, 0660) < 0)
		return kasper_control_fail(error, KASPER_ERROR_AUTH, path, g_strerror(errno));
	return TRUE;
}
