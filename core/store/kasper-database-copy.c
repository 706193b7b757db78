/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-database-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static gboolean
kasper_database_sync(const gchar *path, gint flags, GError **error)
{
	gint fd = g_open(path, O_RDONLY | O_CLOEXEC | flags, 0);
	gint saved_errno = errno;

	if (fd >= 0 && fsync(fd) == 0) {
		close(fd);
		return TRUE;
	}
	if (fd >= 0) {
		saved_errno = errno;
		close(fd);
	}
	g_set_error(error,
		    KASPER_ERROR,
		    kasper_database_get_code(saved_errno),
		    "%s: it cannot be made durable: %s",
		    path,
		    g_strerror(saved_errno));
	return FALSE;
}

/* the folder of @path: a name in it is durable after that */
static gboolean
kasper_database_sync_folder(const gchar *path, GError **error)
{
	g_autofree gchar *folder = g_path_get_dirname(path);

	return kasper_database_sync(folder, O_DIRECTORY, error);
}

static gboolean
kasper_database_fill(KasperDatabase *self, KasperDatabase *target, GError **error)
{
	sqlite3_backup *backup = sqlite3_backup_init(target->handle, "main", self->handle, "main");
	gint rc;

	if (backup == NULL) {
		kasper_database_set_error(target, sqlite3_extended_errcode(target->handle), error);
		return FALSE;
	}
	do
		rc = sqlite3_backup_step(backup, 4096);
	while (rc == SQLITE_OK);
	sqlite3_backup_finish(backup);
	if (rc == SQLITE_DONE)
		return TRUE;
	kasper_database_set_error(target, rc, error);
	return FALSE;
}

/* a copy is a file of its own: in WAL mode it would need a second one */
static gboolean
kasper_database_write_copy(KasperDatabase *self, const gchar *path, GError **error)
{
	gint version;
	g_autoptr(KasperDatabase) target =
	    kasper_database_open(path, KASPER_DATABASE_MAKER, &version, error);

	return target != NULL && kasper_database_fill(self, target, error) &&
	       kasper_database_execute(target, "PRAGMA journal_mode=DELETE", error) &&
	       kasper_database_check(target, "integrity_check", error);
}

gboolean
kasper_database_put(const gchar *from, const gchar *to, GError **error)
{
	if (!kasper_database_sync(from, 0, error))
		return FALSE;
	if (g_rename(from, to) != 0) {
		gint saved_errno = errno;

		g_set_error(error,
			    KASPER_ERROR,
			    kasper_database_get_code(saved_errno),
			    "%s: the file cannot be given its name: %s",
			    to,
			    g_strerror(saved_errno));
		return FALSE;
	}
	return kasper_database_sync_folder(to, error);
}

gboolean
kasper_database_copy(KasperDatabase *self, const gchar *path, GError **error)
{
	g_autofree gchar *making = g_strconcat(path, ".part", NULL);

	g_unlink(making);
	if (kasper_database_write_copy(self, making, error) &&
	    kasper_database_put(making, path, error))
		return TRUE;
	g_unlink(making);
	g_prefix_error(error, "make a copy: ");
	return FALSE;
}
