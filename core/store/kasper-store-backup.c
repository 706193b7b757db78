/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

/*
 * needed -> prepared -> done. Only what was prepared is committed: a key that is made while the
 * operator copies the token is not in the copy, and stays needed. There is one mark a pair,
 * whatever the number of zones that have it.
 */

/* @sql: with the repository as ?1 and the time as ?2 */
static gint64
kasper_backup_mark(KasperStore *self,
		   const gchar *sql,
		   gint64 repository,
		   KasperTime now,
		   GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(self->database, sql);

	kasper_statement_bind(&statement, repository);
	kasper_statement_bind(&statement, now);
	if (!kasper_statement_run(&statement, error))
		return -1;
	return sqlite3_changes(self->database->handle);
}

/**
 * kasper_store_backup_prepare: (skip)
 * @self: a store with an open transaction
 * @repository: a repository's number; 0: all
 * @now: the time
 * @error: return location for an error
 *
 * Marks the keys that are there now and need a backup: the copy that is made next has them.
 *
 * Returns: how many it marked; -1 on error
 *
 * Since: 0.1
 */
gint64
kasper_store_backup_prepare(KasperStore *self, gint64 repository, KasperTime now, GError **error)
{
	return kasper_backup_mark(
	    self,
	    "UPDATE pair SET backup = 2, backup_prepared = ?2 WHERE backup = 1 "
	    "AND state = 1 AND (?1 = 0 OR repository = ?1)",
	    repository,
	    now,
	    error);
}

/**
 * kasper_store_backup_commit: (skip)
 * @self: a store with an open transaction
 * @repository: a repository's number; 0: all
 * @now: the time
 * @error: return location for an error
 *
 * The copy was made: what was prepared is backed up. Keys that were made since then still need it.
 *
 * Returns: how many it marked; -1 on error
 *
 * Since: 0.1
 */
gint64
kasper_store_backup_commit(KasperStore *self, gint64 repository, KasperTime now, GError **error)
{
	return kasper_backup_mark(self,
				  "UPDATE pair SET backup = 3, backup_done = ?2 WHERE backup = 2 "
				  "AND state = 1 AND (?1 = 0 OR repository = ?1)",
				  repository,
				  now,
				  error);
}

/**
 * kasper_store_backup_rollback: (skip)
 * @self: a store with an open transaction
 * @repository: a repository's number; 0: all
 * @error: return location for an error
 *
 * The copy was not made: what was prepared needs a backup as before.
 *
 * Returns: how many it marked; -1 on error
 *
 * Since: 0.1
 */
gint64
kasper_store_backup_rollback(KasperStore *self, gint64 repository, GError **error)
{
	return kasper_backup_mark(
	    self,
	    "UPDATE pair SET backup = 1, backup_prepared = NULL WHERE backup = 2 "
	    "AND state = 1 AND (?1 = 0 OR repository = ?1) AND ?2 = 0",
	    repository,
	    0,
	    error);
}

/**
 * kasper_store_backup_confirm: (skip)
 * @self: a store with an open transaction
 * @pair: a pair's number
 * @now: the time
 * @error: return location for an error
 *
 * A guard has seen this key in a safe place.
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if there is no such key
 *
 * Since: 0.1
 */
gboolean
kasper_store_backup_confirm(KasperStore *self, gint64 pair, KasperTime now, GError **error)
{
	gint64 n = kasper_backup_mark(self,
				      "UPDATE pair SET backup = 3, backup_done = ?2 "
				      "WHERE number = ?1 AND state = 1",
				      pair,
				      now,
				      error);

	if (n == 0)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "key pair number %" G_GINT64_FORMAT " is not there",
			    pair);
	return n > 0;
}

/**
 * kasper_store_count_backups: (skip)
 * @self: a store
 * @repository: a repository's number; 0: all
 * @backup: a mark
 *
 * Counts keys that are there (made, not destroyed). Those that wait for a backup are in an index;
 * for the others all keys are read.
 *
 * Returns: how many have this mark
 *
 * Since: 0.1
 */
gint64
kasper_store_count_backups(KasperStore *self, gint64 repository, KasperBackup backup)
{
	gboolean waits = backup == KASPER_BACKUP_NEEDED || backup == KASPER_BACKUP_PREPARED;
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    waits ? "SELECT count(*) FROM pair INDEXED BY pair_backup WHERE backup IN (1, 2) "
		    "AND backup = ?1 AND state = 1 AND (?2 = 0 OR repository = ?2)"
		  : "SELECT count(*) FROM pair WHERE backup = ?1 AND state = 1 "
		    "AND (?2 = 0 OR repository = ?2)");

	kasper_statement_bind(&statement, backup);
	kasper_statement_bind(&statement, repository);
	return kasper_statement_next(&statement) ? kasper_statement_get(&statement) : 0;
}
