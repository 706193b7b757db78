/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-database-private.h"
#include "kasper-time.h"

G_BEGIN_DECLS

/*
 * A prepared statement that is put back when its scope ends. Parameters are bound and columns are
 * read in their order, so that no number has to be kept in step with the SQL:
 *
 *	g_auto(KasperStatement) statement = kasper_statement(database, "SELECT ... WHERE zone = ?");
 *
 *	kasper_statement_bind(&statement, zone);
 *	while (kasper_statement_next(&statement))
 *		... kasper_statement_get(&statement) ...
 *	return kasper_statement_finish(&statement, error);
 *
 * A statement that fails, fails for good: what is called on it after that does nothing, and
 * kasper_statement_finish() tells. Texts that are bound must live as long as the statement.
 */
typedef struct {
	KasperDatabase *database;
	sqlite3_stmt *handle;
	gint rc;
	gint place;	/* of the last parameter or column */
	gboolean spare; /* the prepared one is in use further up; this is another */
} KasperStatement;

/* @sql: a literal; its address is what it is found by */
KasperStatement kasper_statement(KasperDatabase *database, const gchar *sql);
void kasper_statement_clear(KasperStatement *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperStatement, kasper_statement_clear)

void kasper_statement_bind(KasperStatement *self, gint64 value);
/* KASPER_TIME_UNSET is NULL */
void kasper_statement_bind_time(KasperStatement *self, KasperTime value);
/* 0 is NULL */
void kasper_statement_bind_number(KasperStatement *self, gint64 value);
void kasper_statement_bind_text(KasperStatement *self, const gchar *value);
void kasper_statement_bind_octets(KasperStatement *self, gconstpointer data, gsize length);

/* TRUE: there is a row; FALSE: the end, or a failure */
gboolean kasper_statement_next(KasperStatement *self);
gboolean kasper_statement_finish(KasperStatement *self, GError **error);
/* a statement that changes something, within a transaction only; ready for the next bind */
gboolean kasper_statement_run(KasperStatement *self, GError **error);

gint64 kasper_statement_get(KasperStatement *self);
KasperTime kasper_statement_get_time(KasperStatement *self);
const gchar *kasper_statement_get_text(KasperStatement *self);
gchar *kasper_statement_dup_text(KasperStatement *self);
gconstpointer kasper_statement_get_octets(KasperStatement *self, gsize *ret_length);

G_END_DECLS
