/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/random.h>
#include <unistd.h>

/* places in the header of an SQLite file, which is big-endian */
#define HEADER_LENGTH	      100
#define HEADER_USER_VERSION   60
#define HEADER_APPLICATION_ID 68

static guint32
kasper_header_get(const guint8 *header, guint place)
{
	return (guint32)header[place] << 24 | (guint32)header[place + 1] << 16 |
	       (guint32)header[place + 2] << 8 | (guint32)header[place + 3];
}

static gboolean
kasper_header_check(const gchar *path,
		    const guint8 *header,
		    gssize length,
		    gint known,
		    GError **error)
{
	guint32 version;

	if (length != HEADER_LENGTH || memcmp(header, "SQLite format 3", 16) != 0 ||
	    kasper_header_get(header, HEADER_APPLICATION_ID) != KASPER_APPLICATION_ID) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "%s is not a store of Kasper, or its header is damaged; it was left as it "
		    "is: give another path, or bring back a copy (doc/store.md, Recovery)",
		    path);
		return FALSE;
	}
	version = kasper_header_get(header, HEADER_USER_VERSION);
	if (version <= (guint32)known)
		return TRUE;
	g_set_error(
	    error,
	    KASPER_ERROR,
	    KASPER_ERROR_NOT_SUPPORTED,
	    "%s is of version %u, and this Kasper knows versions up to %d; it was left as it "
	    "is: install the newer Kasper again, or bring back the copy %s-v%d.db",
	    path,
	    version,
	    known,
	    path,
	    known);
	return FALSE;
}

/* the header is read without SQLite, which would take part in whatever it finds */
gboolean
kasper_migrate_look(const gchar *path, gint known, GError **error)
{
	guint8 header[HEADER_LENGTH];
	gint fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
	gint saved_errno = errno;
	gssize length;

	if (fd < 0 && saved_errno == ENOENT)
		return FALSE;
	if (fd >= 0) {
		length = read(fd, header, sizeof header);
		saved_errno = errno;
		close(fd);
		if (length >= 0)
			return kasper_header_check(path, header, length, known, error);
	}
	g_set_error(error,
		    KASPER_ERROR,
		    kasper_database_get_code(saved_errno),
		    "%s: it cannot be read: %s",
		    path,
		    g_strerror(saved_errno));
	return FALSE;
}

static gboolean
kasper_migrate_check_references(KasperDatabase *database, GError **error)
{
	gint64 violations = 0;

	/* answers with one row for each reference that leads nowhere: its first column is a name */
	if (!kasper_database_get_pragma(database, "foreign_key_check", &violations, error))
		return FALSE;
	if (violations == G_MININT64)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INTERNAL,
		    "%s: the migration left references that lead nowhere",
		    database->path);
	return FALSE;
}

static gboolean
kasper_migrate_step(KasperDatabase *database, const gchar *sql, gint version, GError **error)
{
	g_autofree gchar *mark = g_strdup_printf("PRAGMA user_version=%d", version);

	if (kasper_database_execute(database, "BEGIN IMMEDIATE", error)) {
		if (kasper_database_execute(database, sql, error) &&
		    kasper_migrate_check_references(database, error) &&
		    kasper_database_execute(database, mark, error) &&
		    kasper_database_execute(database, "COMMIT", error))
			return TRUE;
		sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
	}
	g_prefix_error(error, "migrate to version %d: ", version);
	return FALSE;
}

/* from @version on; a copy of each version that is left behind stays beside the file */
gboolean
kasper_migrate_run(KasperDatabase *database,
		   const gchar *const *migrations,
		   gint version,
		   GError **error)
{
	for (gint i = version; migrations[i] != NULL; i++) {
		g_autofree gchar *copy = g_strdup_printf("%s-v%d.db", database->path, i);

		if (!kasper_database_copy(database, copy, error) ||
		    !kasper_migrate_step(database, migrations[i], i + 1, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
kasper_migrate_set_secret(KasperDatabase *database, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(database, "UPDATE store SET secret = ?");
	guint8 secret[16];

	if (getrandom(secret, sizeof secret, 0) != sizeof secret) {
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_TRY_AGAIN,
				    "the system gives no random octets");
		return FALSE;
	}
	kasper_statement_bind_octets(&statement, secret, sizeof secret);
	return kasper_database_execute(database, "BEGIN IMMEDIATE", error) &&
	       kasper_statement_run(&statement, error) &&
	       kasper_database_execute(database, "COMMIT", error);
}

static gboolean
kasper_migrate_fill(const gchar *path, const gchar *const *migrations, GError **error)
{
	gint version;
	g_autoptr(KasperDatabase) database =
	    kasper_database_open(path, KASPER_DATABASE_MAKER, &version, error);
	g_autofree gchar *mark = g_strdup_printf("PRAGMA application_id=%d", KASPER_APPLICATION_ID);

	if (database == NULL || !kasper_database_execute(database, mark, error))
		return FALSE;
	for (gint i = 0; migrations[i] != NULL; i++) {
		if (!kasper_migrate_step(database, migrations[i], i + 1, error))
			return FALSE;
	}
	return kasper_migrate_set_secret(database, error);
}

/* the file gets its name when it is complete: half a store is never found */
gboolean
kasper_migrate_make(const gchar *path, const gchar *const *migrations, GError **error)
{
	g_autofree gchar *making = g_strconcat(path, ".part", NULL);
	g_autofree gchar *journal = g_strconcat(making, "-journal", NULL);

	g_unlink(making);
	g_unlink(journal);
	if (kasper_migrate_fill(making, migrations, error) &&
	    kasper_database_put(making, path, error))
		return TRUE;
	g_unlink(making);
	g_unlink(journal);
	g_prefix_error(error, "make a new store: ");
	return FALSE;
}
