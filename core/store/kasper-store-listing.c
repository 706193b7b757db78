/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

/*
 * What only people ask for, in lists.
 */

/* the first question reads the whole table; from then on the numbers follow every change */
static gboolean
kasper_listing_load_pairs(KasperStore *self)
{
	g_autoptr(GHashTable) pairs =
	    g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT repository, count(*) FROM pair WHERE state = 1 "
			     "GROUP BY repository");

	while (kasper_statement_next(&statement)) {
		gint64 repository = kasper_statement_get(&statement);
		gint64 n = kasper_statement_get(&statement);

		g_hash_table_insert(pairs,
				    g_memdup2(&repository, sizeof repository),
				    g_memdup2(&n, sizeof n));
	}
	if (!kasper_statement_finish(&statement, NULL))
		return FALSE;
	self->pairs = g_steal_pointer(&pairs);
	return TRUE;
}

void
kasper_store_note_pair(KasperStore *self, gint64 repository, gint64 change)
{
	gint64 *n;

	if (self->pairs == NULL)
		return;
	n = g_hash_table_lookup(self->pairs, &repository);
	if (n == NULL) {
		n = g_new0(gint64, 1);
		g_hash_table_insert(self->pairs, g_memdup2(&repository, sizeof repository), n);
	}
	*n += change;
}

/**
 * kasper_store_count_pairs: (skip)
 * @self: a store
 * @repository: a repository's number; 0: all
 * @ret_pool: (out) (optional): how many of them no zone has ever had
 *
 * Returns: how many key pairs there are that were made and not destroyed; the first question after
 * the store was opened takes a look at each of them, later ones cost nothing
 *
 * Since: 0.1
 */
gint64
kasper_store_count_pairs(KasperStore *self, gint64 repository, gint64 *ret_pool)
{
	GHashTableIter iter;
	gpointer number, value;
	gint64 sum = 0;
	gint64 pool = 0;

	for (guint i = 0; i < self->pools->len; i++) {
		const KasperPool *kind = &g_array_index(self->pools, KasperPool, i);

		if (repository == 0 || kind->repository == repository)
			pool += kind->made;
	}
	if (ret_pool != NULL)
		*ret_pool = pool;
	if (self->pairs == NULL && !kasper_listing_load_pairs(self))
		return 0;
	g_hash_table_iter_init(&iter, self->pairs);
	while (g_hash_table_iter_next(&iter, &number, &value)) {
		if (repository == 0 || *(gint64 *)number == repository)
			sum += *(gint64 *)value;
	}
	return sum;
}

static void
kasper_listing_read_backup(KasperStatement *statement, KasperBackupRow *row, gchar **ret_id)
{
	gconstpointer id;
	gsize length;

	row->number = kasper_statement_get(statement);
	row->repository = kasper_statement_get(statement);
	row->backup = (KasperBackup)kasper_statement_get(statement);
	row->prepared = kasper_statement_get_time(statement);
	row->done = kasper_statement_get_time(statement);
	row->zones = (guint)kasper_statement_get(statement);
	id = kasper_statement_get_octets(statement, &length);
	row->id = *ret_id = kasper_pair_id_to_text(id, length);
	row->zone = kasper_statement_get_text(statement);
	row->roles = (guint)kasper_statement_get(statement);
}

/**
 * kasper_store_each_backup: (skip)
 * @self: a store
 * @repository: a repository's number; 0: all
 * @after: the number of the pair to begin behind; 0: from the start
 * @func: (scope call): is given each row, which is gone when it returns; gives %FALSE to stop
 * @user_data: for @func
 * @error: return location for an error
 *
 * Hands out the pairs that need a backup or have one, in order of number. A pair that several
 * zones share comes once, with the name of one of them.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_each_backup(KasperStore *self,
			 gint64 repository,
			 gint64 after,
			 KasperBackupFunc func,
			 gpointer user_data,
			 GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "SELECT p.number, p.repository, p.backup, p.backup_prepared, p.backup_done, p.zones, "
	    "p.id, z.name, (SELECT roles FROM zone_key k WHERE k.pair = p.number LIMIT 1) "
	    "FROM pair p LEFT JOIN zone z ON z.number = "
	    "(SELECT k.zone FROM zone_key k JOIN zone y ON y.number = k.zone "
	    "WHERE k.pair = p.number LIMIT 1) "
	    "WHERE p.number > ?1 AND (?2 = 0 OR p.repository = ?2) AND p.backup <> 0 "
	    "AND p.state = 1 ORDER BY p.number");
	gboolean go_on = TRUE;

	kasper_statement_bind(&statement, after);
	kasper_statement_bind(&statement, repository);
	while (go_on && kasper_statement_next(&statement)) {
		g_autofree gchar *id = NULL;
		KasperBackupRow row = {0};

		kasper_listing_read_backup(&statement, &row, &id);
		go_on = func(&row, user_data);
	}
	return kasper_statement_finish(&statement, error);
}
