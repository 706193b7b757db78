/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-statement-private.h"

static sqlite3_stmt *
kasper_statement_prepare(KasperDatabase *database, const gchar *sql, guint flags, gint *ret_rc)
{
	sqlite3_stmt *handle = NULL;

	*ret_rc = sqlite3_prepare_v3(database->handle, sql, -1, flags, &handle, NULL);
	return handle;
}

KasperStatement
kasper_statement(KasperDatabase *database, const gchar *sql)
{
	KasperStatement self = {.database = database, .rc = SQLITE_OK};

	self.handle = g_hash_table_lookup(database->statements, sql);
	if (self.handle != NULL && sqlite3_stmt_busy(self.handle) == 0)
		return self;
	if (self.handle != NULL) {
		self.spare = TRUE;
		self.handle = kasper_statement_prepare(database, sql, 0, &self.rc);
		return self;
	}
	self.handle = kasper_statement_prepare(database, sql, SQLITE_PREPARE_PERSISTENT, &self.rc);
	if (self.handle != NULL)
		g_hash_table_insert(database->statements, (gpointer)sql, self.handle);
	return self;
}

void
kasper_statement_clear(KasperStatement *self)
{
	if (self->spare)
		sqlite3_finalize(self->handle);
	else
		sqlite3_reset(self->handle);
	self->handle = NULL;
}

/* a failed bind is a bug in the SQL or an allocation that failed: the statement is not run */
static void
kasper_statement_note(KasperStatement *self, gint rc)
{
	if (self->rc == SQLITE_OK && rc != SQLITE_OK)
		self->rc = rc;
}

void
kasper_statement_bind(KasperStatement *self, gint64 value)
{
	kasper_statement_note(self, sqlite3_bind_int64(self->handle, ++self->place, value));
}

void
kasper_statement_bind_time(KasperStatement *self, KasperTime value)
{
	self->place++;
	kasper_statement_note(self,
			      value == KASPER_TIME_UNSET
				  ? sqlite3_bind_null(self->handle, self->place)
				  : sqlite3_bind_int64(self->handle, self->place, value));
}

void
kasper_statement_bind_number(KasperStatement *self, gint64 value)
{
	kasper_statement_bind_time(self, value == 0 ? KASPER_TIME_UNSET : value);
}

void
kasper_statement_bind_text(KasperStatement *self, const gchar *value)
{
	kasper_statement_note(
	    self,
	    sqlite3_bind_text(self->handle, ++self->place, value, -1, SQLITE_STATIC));
}

void
kasper_statement_bind_octets(KasperStatement *self, gconstpointer data, gsize length)
{
	kasper_statement_note(
	    self,
	    sqlite3_bind_blob64(self->handle, ++self->place, data, length, SQLITE_STATIC));
}

gboolean
kasper_statement_next(KasperStatement *self)
{
	if (self->rc != SQLITE_OK && self->rc != SQLITE_ROW)
		return FALSE;
	self->rc = sqlite3_step(self->handle);
	self->place = -1;
	return self->rc == SQLITE_ROW;
}

gboolean
kasper_statement_finish(KasperStatement *self, GError **error)
{
	if (self->rc == SQLITE_OK || self->rc == SQLITE_ROW || self->rc == SQLITE_DONE)
		return TRUE;
	kasper_database_set_error(self->database, self->rc, error);
	return FALSE;
}

gboolean
kasper_statement_run(KasperStatement *self, GError **error)
{
	/* SQLite rolls back by itself when the disk is full: what follows must not stand alone */
	if (sqlite3_get_autocommit(self->database->handle) != 0) {
		self->database->spoiled = TRUE;
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INTERNAL,
			    "%s: a change outside of a transaction was refused",
			    self->database->path);
		return FALSE;
	}
	while (kasper_statement_next(self))
		;
	if (!kasper_statement_finish(self, error)) {
		self->database->spoiled = TRUE;
		return FALSE;
	}
	sqlite3_reset(self->handle);
	self->rc = SQLITE_OK;
	self->place = 0;
	return TRUE;
}

gint64
kasper_statement_get(KasperStatement *self)
{
	return sqlite3_column_int64(self->handle, ++self->place);
}

KasperTime
kasper_statement_get_time(KasperStatement *self)
{
	KasperTime value = sqlite3_column_int64(self->handle, ++self->place);

	if (value == 0 && sqlite3_column_type(self->handle, self->place) == SQLITE_NULL)
		return KASPER_TIME_UNSET;
	return value;
}

const gchar *
kasper_statement_get_text(KasperStatement *self)
{
	return (const gchar *)sqlite3_column_text(self->handle, ++self->place);
}

gchar *
kasper_statement_dup_text(KasperStatement *self)
{
	return g_strdup(kasper_statement_get_text(self));
}

gconstpointer
kasper_statement_get_octets(KasperStatement *self, gsize *ret_length)
{
	gconstpointer data = sqlite3_column_blob(self->handle, ++self->place);

	*ret_length = (gsize)sqlite3_column_bytes(self->handle, self->place);
	return data;
}
