/* SPDX-License-Identifier: BSD-2-Clause */

/* whose database is it? */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#include "kasper-config-private.h"

/* the head of a database file of SQLite (its "Database File Format", 1.3): a magic text at 0,
 * the application's number, four octets with the highest first, at 68 */
#define SQLITE_MAGIC	      "SQLite format 3"
#define SQLITE_APPLICATION_AT 68
#define SQLITE_HEAD	      72

/* whether it is a database that says of no application that it is its own, as OpenDNSSEC's do.
 * A file that is damaged or that belongs to yet another program is not told from ours here: the
 * store looks closer, and refuses it. To begin anew beside it would be to forget all keys. */
static gboolean
kasper_conf_is_foreign(const gchar *path)
{
	static const guint8 none[4] = {0};
	guint8 head[SQLITE_HEAD];
	gint fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	gssize n;

	if (fd < 0)
		return FALSE;
	n = read(fd, head, sizeof head);
	g_close(fd, NULL);
	return n == SQLITE_HEAD && memcmp(head, SQLITE_MAGIC, sizeof SQLITE_MAGIC) == 0 &&
	       memcmp(head + SQLITE_APPLICATION_AT, none, sizeof none) == 0;
}

/* an OpenDNSSEC installation names its own database, which stays as it is: it can be gone back
 * to, and imported from. Once there is one of ours beside it, that is it, whatever becomes of the
 * other. */
gchar *
kasper_conf_choose_store_file(const gchar *path)
{
	g_autofree gchar *beside = NULL;

	if (path == NULL)
		return g_strdup(KASPER_DEFAULT_DIRECTORY "/kasper.db");
	beside = g_strconcat(path, ".kasper", NULL);
	if (g_file_test(beside, G_FILE_TEST_EXISTS) || kasper_conf_is_foreign(path))
		return g_steal_pointer(&beside);
	return g_strdup(path);
}
