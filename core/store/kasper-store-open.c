/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"
#include "kasper-store-resource.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* a file of up to this size is looked through at every start: it takes a fraction of a second */
#define SMALL_FILE ((gint64)32 * 1024 * 1024)

#define RESOURCE_FOLDER "/org/kasper/store/schema/"

/* in order of version: the first makes version 1 out of nothing */
static const gchar *const kasper_migration_files[] = {
    RESOURCE_FOLDER "0001-initial.sql",
    RESOURCE_FOLDER "0002-former-zones.sql",
};

static gchar **
kasper_store_load_migrations(void)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < G_N_ELEMENTS(kasper_migration_files); i++) {
		g_autoptr(GBytes) text =
		    g_resource_lookup_data(kasper_store_resource_get_resource(),
					   kasper_migration_files[i],
					   G_RESOURCE_LOOKUP_FLAGS_NONE,
					   NULL);

		g_assert(text != NULL);
		g_ptr_array_add(texts,
				g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text)));
	}
	g_ptr_array_add(texts, NULL);
	return (gchar **)g_ptr_array_free(g_steal_pointer(&texts), FALSE);
}

/* differs from one start of the machine to the next; "" where the system does not tell */
static gchar *
kasper_store_dup_boot(void)
{
	gchar *text = NULL;

	if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
		return g_strdup("");
	return g_strstrip(text);
}

/*
 * What a process wrote is in the hands of the kernel, so a process that was killed leaves nothing
 * half-written that the write-ahead log does not know of. A machine that went down may have: then
 * every page is looked at, which takes about a second a gigabyte. So does a small file, always.
 */
static gboolean
kasper_store_check_file(KasperStore *self, GError **error)
{
	g_autofree gchar *boot = kasper_store_dup_boot();
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT opened_in FROM store");
	const gchar *opened_in;
	gboolean went_down;
	GStatBuf status;

	if (!kasper_statement_next(&statement) && !kasper_statement_finish(&statement, error))
		return FALSE;
	opened_in = kasper_statement_get_text(&statement);
	went_down = opened_in != NULL && (boot[0] == '\0' || strcmp(opened_in, boot) != 0);
	if (!went_down && g_stat(self->path, &status) == 0 && status.st_size > SMALL_FILE)
		return TRUE;
	return kasper_database_check(self->database, "quick_check", error);
}

/* @boot: NULL: closed in order */
static gboolean
kasper_store_mark(KasperStore *self, const gchar *boot, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "UPDATE store SET opened_in = ?");

	if (!kasper_database_execute(self->database, "BEGIN IMMEDIATE", error))
		return FALSE;
	kasper_statement_bind_text(&statement, boot);
	if (kasper_statement_run(&statement, error) &&
	    kasper_database_execute(self->database, "COMMIT", error))
		return TRUE;
	sqlite3_exec(self->database->handle, "ROLLBACK", NULL, NULL, NULL);
	return FALSE;
}

/* a log that was not written back yet may hold a later version than the file's header */
static gboolean
kasper_store_open_known(KasperStore *self, gint known, gint *ret_version, GError **error)
{
	self->database =
	    kasper_database_open(self->path, KASPER_DATABASE_WRITER, ret_version, error);
	if (self->database == NULL)
		return FALSE;
	if (*ret_version <= known)
		return TRUE;
	sqlite3_db_config(self->database->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	g_set_error(
	    error,
	    KASPER_ERROR,
	    KASPER_ERROR_NOT_SUPPORTED,
	    "%s is of version %d, and this Kasper knows versions up to %d; it was left as it "
	    "is: install the newer Kasper again",
	    self->path,
	    *ret_version,
	    known);
	return FALSE;
}

static gboolean
kasper_store_find_file(KasperStore *self, const gchar *const *migrations, GError **error)
{
	gint known = (gint)g_strv_length((gchar **)migrations);
	GError *error_local = NULL;

	if (kasper_migrate_look(self->path, known, &error_local))
		return TRUE;
	if (error_local != NULL) {
		g_propagate_error(error, error_local);
		return FALSE;
	}
	return kasper_witness_allows_new(self->path, error) &&
	       kasper_migrate_make(self->path, migrations, error);
}

static gboolean
kasper_store_open_file(KasperStore *self, const gchar *const *migrations, GError **error)
{
	gint known = (gint)g_strv_length((gchar **)migrations);
	g_autofree gchar *boot = kasper_store_dup_boot();
	gint version;

	if (!kasper_store_find_file(self, migrations, error) ||
	    !kasper_store_open_known(self, known, &version, error) ||
	    !kasper_store_check_file(self, error) ||
	    !kasper_migrate_run(self->database, migrations, version, error) ||
	    !kasper_store_load_counts(self, error))
		return FALSE;
	self->witness = kasper_witness_open(self->path, self->secret, self->head.epoch, error);
	return self->witness >= 0 && kasper_store_mark(self, boot, error);
}

KasperStore *
kasper_store_open_with(const gchar *path, const gchar *const *migrations, GError **error)
{
	g_autoptr(KasperStore) self = g_object_new(KASPER_TYPE_STORE, NULL);

	self->path = g_strdup(path);
	self->lock = kasper_store_lock(path, error);
	if (self->lock < 0)
		return NULL;
	if (kasper_store_open_file(self, migrations, error))
		return g_steal_pointer(&self);
	return NULL;
}

/**
 * kasper_store_open: (skip)
 * @path: (type filename): the database
 * @error: return location for an error
 *
 * Opens the store of this installation, and makes it if there is none. It is locked until it is
 * closed or the process ends, brought to the version of this program (a copy of the older one is
 * put aside as `PATH-vN.db` first), and looked through if the machine went down while it was open,
 * or if it is small.
 *
 * What it cannot work with, it leaves as it is: a file that is no store of Kasper
 * (%KASPER_ERROR_INVALID), a damaged one or one that is older than its witness
 * (%KASPER_ERROR_INVALID), one of a newer version (%KASPER_ERROR_NOT_SUPPORTED). A file that is
 * gone but has a witness is not made anew (%KASPER_ERROR_NOT_FOUND).
 *
 * A store belongs to the thread that opened it.
 *
 * Returns: (transfer full): the store; %NULL with %KASPER_ERROR_BUSY, which names the process, if
 * another one has it
 *
 * Since: 0.1
 */
KasperStore *
kasper_store_open(const gchar *path, GError **error)
{
	g_auto(GStrv) migrations = kasper_store_load_migrations();

	return kasper_store_open_with(path, (const gchar *const *)migrations, error);
}

/**
 * kasper_store_close: (skip)
 * @self: a store
 *
 * Writes back the log, marks the file as closed in order, and lets go of the lock. An open
 * transaction is rolled back. Nothing but kasper_store_get_path() may be called after that.
 *
 * Since: 0.1
 */
void
kasper_store_close(KasperStore *self)
{
	g_autoptr(GError) error = NULL;

	if (self->database != NULL && self->witness >= 0) {
		if (sqlite3_get_autocommit(self->database->handle) == 0)
			sqlite3_exec(self->database->handle, "ROLLBACK", NULL, NULL, NULL);
		/* if that fails, the next start has a closer look, and nothing is lost */
		if (!kasper_store_mark(self, NULL, &error))
			g_debug("%s", error->message);
	}
	g_clear_pointer(&self->database, kasper_database_free);
	if (self->witness >= 0)
		close(self->witness);
	self->witness = -1;
	kasper_store_unlock(self->lock);
	self->lock = -1;
}
