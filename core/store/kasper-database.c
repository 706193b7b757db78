/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-database-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* how long another connection may hold a lock before a call gives up, in milliseconds */
#define PATIENCE 5000

typedef struct {
	const gchar *name;
	const gchar *set;
	gint64 wanted;
} KasperPragma;

/* set and read back: a pragma that SQLite does not know or cannot follow is passed over in silence
 */
static const KasperPragma kasper_pragmas[] = {
    {"foreign_keys", "PRAGMA foreign_keys=ON", 1},
    {"trusted_schema", "PRAGMA trusted_schema=OFF", 0},
    {"cell_size_check", "PRAGMA cell_size_check=ON", 1},
    {"synchronous", "PRAGMA synchronous=FULL", 2},
    {"temp_store", "PRAGMA temp_store=MEMORY", 2},
};

/* what is written in place is put there 16 MiB of log at a time; a reader that held the log open
 * leaves no more than 64 MiB of it behind */
static const KasperPragma kasper_writer_pragmas[] = {
    {"wal_autocheckpoint", "PRAGMA wal_autocheckpoint=4096", 4096},
    {"journal_size_limit", "PRAGMA journal_size_limit=67108864", 67108864},
    {"cache_size", "PRAGMA cache_size=-" G_STRINGIFY(KASPER_WRITER_CACHE), -KASPER_WRITER_CACHE},
};

static const KasperPragma kasper_reader_pragmas[] = {
    {"query_only", "PRAGMA query_only=ON", 1},
    {"cache_size", "PRAGMA cache_size=-" G_STRINGIFY(KASPER_READER_CACHE), -KASPER_READER_CACHE},
};

static KasperError
kasper_database_convert(gint rc)
{
	if (rc == SQLITE_CONSTRAINT_UNIQUE)
		return KASPER_ERROR_EXISTS;
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return KASPER_ERROR_BUSY;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_NOMEM:
	case SQLITE_INTERRUPT:
	case SQLITE_PROTOCOL:
		return KASPER_ERROR_TRY_AGAIN;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return KASPER_ERROR_INVALID;
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return KASPER_ERROR_AUTH;
	default:
		return KASPER_ERROR_INTERNAL;
	}
}

static const gchar *
kasper_database_get_remedy(gint rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ": another program has the database open and locked; close it";
	case SQLITE_FULL:
		return ": make room on its file system";
	case SQLITE_IOERR:
		return ": look at the disk and its file system";
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ": the file is damaged; nothing was changed; bring back a copy "
		       "(doc/store.md, Recovery)";
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return ": give kasperd the right to write the file and its folder";
	default:
		return "";
	}
}

void
kasper_database_set_error(KasperDatabase *self, gint rc, GError **error)
{
	gint saved_errno = sqlite3_system_errno(self->handle);
	const gchar *text = sqlite3_errmsg(self->handle);

	if ((sqlite3_extended_errcode(self->handle) & 0xff) != (rc & 0xff))
		text = sqlite3_errstr(rc);
	if ((rc & 0xff) != SQLITE_IOERR && (rc & 0xff) != SQLITE_FULL)
		saved_errno = 0;
	g_set_error(error,
		    KASPER_ERROR,
		    kasper_database_convert(rc),
		    "%s: %s (SQLite %d)%s%s%s",
		    self->path,
		    text,
		    rc,
		    saved_errno != 0 ? ": " : "",
		    saved_errno != 0 ? g_strerror(saved_errno) : "",
		    kasper_database_get_remedy(rc));
}

KasperError
kasper_database_get_code(gint saved_errno)
{
	switch (saved_errno) {
	case EACCES:
	case EPERM:
		return KASPER_ERROR_AUTH;
	case ENOENT:
	case ENOTDIR:
		return KASPER_ERROR_NOT_FOUND;
	case EISDIR:
	case ELOOP:
	case ENAMETOOLONG:
		return KASPER_ERROR_INVALID;
	default:
		return KASPER_ERROR_TRY_AGAIN;
	}
}

gboolean
kasper_database_execute(KasperDatabase *self, const gchar *sql, GError **error)
{
	gint rc = sqlite3_exec(self->handle, sql, NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		return TRUE;
	self->spoiled = TRUE;
	kasper_database_set_error(self, rc, error);
	return FALSE;
}

static gint
kasper_database_keep_number(gpointer data, gint n_columns, gchar **values, gchar **names)
{
	gint64 *number = data;

	if (n_columns > 0 && values[0] != NULL)
		*number = g_ascii_strtoll(values[0], NULL, 10);
	return 0;
}

gboolean
kasper_database_get_pragma(KasperDatabase *self, const gchar *pragma, gint64 *ret, GError **error)
{
	g_autofree gchar *sql = g_strconcat("PRAGMA ", pragma, NULL);
	gint64 number = G_MININT64;
	gint rc = sqlite3_exec(self->handle, sql, kasper_database_keep_number, &number, NULL);

	if (rc != SQLITE_OK) {
		kasper_database_set_error(self, rc, error);
		return FALSE;
	}
	*ret = number;
	return TRUE;
}

static gboolean
kasper_database_set_pragmas(KasperDatabase *self,
			    const KasperPragma *pragmas,
			    guint n_pragmas,
			    GError **error)
{
	for (guint i = 0; i < n_pragmas; i++) {
		gint64 value;

		if (!kasper_database_execute(self, pragmas[i].set, error) ||
		    !kasper_database_get_pragma(self, pragmas[i].name, &value, error))
			return FALSE;
		if (value == pragmas[i].wanted)
			continue;
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "%s: this SQLite library (%s) does not do %s: it must not be used",
			    self->path,
			    sqlite3_libversion(),
			    pragmas[i].set);
		return FALSE;
	}
	return TRUE;
}

static gint
kasper_database_keep_text(gpointer data, gint n_columns, gchar **values, gchar **names)
{
	gchar **text = data;

	if (n_columns > 0 && values[0] != NULL && *text == NULL)
		*text = g_strdup(values[0]);
	return 0;
}

static gboolean
kasper_database_set_journal(KasperDatabase *self, KasperDatabaseKind kind, GError **error)
{
	const gchar *wanted = kind == KASPER_DATABASE_MAKER ? "delete" : "wal";
	g_autofree gchar *mode = NULL;
	gint rc = sqlite3_exec(self->handle,
			       kind == KASPER_DATABASE_MAKER	? "PRAGMA journal_mode=DELETE"
			       : kind == KASPER_DATABASE_READER ? "PRAGMA journal_mode"
								: "PRAGMA journal_mode=WAL",
			       kasper_database_keep_text,
			       &mode,
			       NULL);

	if (rc != SQLITE_OK) {
		kasper_database_set_error(self, rc, error);
		return FALSE;
	}
	if (g_strcmp0(mode, wanted) == 0)
		return TRUE;
	g_set_error(
	    error,
	    KASPER_ERROR,
	    KASPER_ERROR_NOT_SUPPORTED,
	    "%s: its file system cannot do what SQLite's write-ahead log needs (journal mode "
	    "is %s): put the file on a local disk",
	    self->path,
	    mode != NULL ? mode : "unknown");
	return FALSE;
}

static gboolean
kasper_database_configure(KasperDatabase *self,
			  KasperDatabaseKind kind,
			  gint *ret_version,
			  GError **error)
{
	gboolean reads = kind == KASPER_DATABASE_READER;
	gint64 version;

	sqlite3_extended_result_codes(self->handle, 1);
	sqlite3_busy_timeout(self->handle, PATIENCE);
	sqlite3_db_config(self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	if (!kasper_database_get_pragma(self, "user_version", &version, error) ||
	    !kasper_database_set_pragmas(self,
					 kasper_pragmas,
					 G_N_ELEMENTS(kasper_pragmas),
					 error) ||
	    !kasper_database_set_journal(self, kind, error))
		return FALSE;
	*ret_version = (gint)version;
	return kasper_database_set_pragmas(self,
					   reads ? kasper_reader_pragmas : kasper_writer_pragmas,
					   reads ? G_N_ELEMENTS(kasper_reader_pragmas)
						 : G_N_ELEMENTS(kasper_writer_pragmas),
					   error);
}

KasperDatabase *
kasper_database_open(const gchar *path, KasperDatabaseKind kind, gint *ret_version, GError **error)
{
	g_autoptr(KasperDatabase) self = g_new0(KasperDatabase, 1);
	gint flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE;
	gint rc;

	self->path = g_strdup(path);
	self->statements = g_hash_table_new_full(NULL,
						 NULL,
						 NULL,
						 (GDestroyNotify)(void (*)(void))sqlite3_finalize);
	if (kind == KASPER_DATABASE_MAKER)
		flags |= SQLITE_OPEN_CREATE;
	rc = sqlite3_open_v2(path, &self->handle, flags, NULL);
	if (rc != SQLITE_OK) {
		kasper_database_set_error(self, rc, error);
		return NULL;
	}
	if (!kasper_database_configure(self, kind, ret_version, error))
		return NULL;
	return g_steal_pointer(&self);
}

void
kasper_database_free(KasperDatabase *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->statements);
	sqlite3_close_v2(self->handle);
	g_free(self->path);
	g_free(self);
}

gboolean
kasper_database_check(KasperDatabase *self, const gchar *pragma, GError **error)
{
	g_autofree gchar *sql = g_strdup_printf("PRAGMA %s(1)", pragma);
	g_autofree gchar *finding = NULL;
	gint rc = sqlite3_exec(self->handle, sql, kasper_database_keep_text, &finding, NULL);

	if (rc != SQLITE_OK) {
		kasper_database_set_error(self, rc, error);
		return FALSE;
	}
	if (g_strcmp0(finding, "ok") == 0)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "%s: the file is damaged: %s; nothing was changed; bring back a copy "
		    "(doc/store.md, Recovery)",
		    self->path,
		    finding != NULL ? finding : "no answer");
	return FALSE;
}
