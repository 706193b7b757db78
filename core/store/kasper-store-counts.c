/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

/*
 * Numbers that are asked for in every pass: how many zones a policy has, how many pairs wait in a
 * pool, which number comes next. They are kept in memory, follow every change, are written with
 * the commit, and are read again when a transaction is rolled back.
 */

static gboolean
kasper_counts_load_head(KasperStore *self, GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "SELECT secret, epoch, highest_time, last_zone, last_pair, last_intent, "
	    "audit_rows, audit_hash FROM store");
	gconstpointer data;
	gsize length;

	if (!kasper_statement_next(&statement)) {
		if (kasper_statement_finish(&statement, error))
			g_set_error(
			    error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%s: the file is damaged: table store is empty; bring back a copy "
			    "(doc/store.md, Recovery)",
			    self->path);
		return FALSE;
	}
	data = kasper_statement_get_octets(&statement, &length);
	g_clear_pointer(&self->secret, g_bytes_unref);
	self->secret = g_bytes_new(data, length);
	self->head.epoch = kasper_statement_get(&statement);
	self->head.highest_time = kasper_statement_get(&statement);
	self->head.last_zone = kasper_statement_get(&statement);
	self->head.last_pair = kasper_statement_get(&statement);
	self->head.last_intent = kasper_statement_get(&statement);
	self->head.audit_rows = kasper_statement_get(&statement);
	data = kasper_statement_get_octets(&statement, &length);
	memcpy(self->head.audit_hash, data, MIN(length, KASPER_HASH_LENGTH));
	return TRUE;
}

static gboolean
kasper_counts_load_repositories(KasperStore *self, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT number, name, require_backup FROM repository");

	g_hash_table_remove_all(self->repositories);
	while (kasper_statement_next(&statement)) {
		KasperRepositoryEntry *entry = g_new0(KasperRepositoryEntry, 1);
		gint64 number = kasper_statement_get(&statement);

		entry->name = g_intern_string(kasper_statement_get_text(&statement));
		entry->require_backup = kasper_statement_get(&statement) != 0;
		g_hash_table_insert(self->repositories, g_memdup2(&number, sizeof number), entry);
	}
	return kasper_statement_finish(&statement, error);
}

static gboolean
kasper_counts_load_policies(KasperStore *self, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT number, name, zones FROM policy");

	g_hash_table_remove_all(self->policies);
	while (kasper_statement_next(&statement)) {
		KasperPolicyEntry *entry = g_new0(KasperPolicyEntry, 1);
		gint64 number = kasper_statement_get(&statement);

		entry->name = g_intern_string(kasper_statement_get_text(&statement));
		entry->zones = kasper_statement_get(&statement);
		g_hash_table_insert(self->policies, g_memdup2(&number, sizeof number), entry);
	}
	return kasper_statement_finish(&statement, error);
}

/* what is in the pools, and not more, is in these two indexes */
static gboolean
kasper_counts_load_pools(KasperStore *self, GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "SELECT repository, algorithm, bits, 0, count(*), max(policy) FROM pair "
	    "INDEXED BY pair_planned WHERE state = 0 GROUP BY 1, 2, 3 "
	    "UNION ALL "
	    "SELECT repository, algorithm, bits, 1, count(*), max(policy) FROM pair "
	    "INDEXED BY pair_pool WHERE state = 1 AND pooled = 1 GROUP BY 1, 2, 3");

	g_array_set_size(self->pools, 0);
	self->bound = FALSE;
	while (kasper_statement_next(&statement)) {
		gint64 repository = kasper_statement_get(&statement);
		guint algorithm = (guint)kasper_statement_get(&statement);
		guint bits = (guint)kasper_statement_get(&statement);
		KasperPool *pool = kasper_store_get_pool(self, repository, algorithm, bits);

		if (kasper_statement_get(&statement) == 0)
			pool->planned = kasper_statement_get(&statement);
		else
			pool->made = kasper_statement_get(&statement);
		if (kasper_statement_get(&statement) != 0)
			self->bound = TRUE;
	}
	return kasper_statement_finish(&statement, error);
}

gboolean
kasper_store_load_counts(KasperStore *self, GError **error)
{
	g_hash_table_remove_all(self->reserved);
	g_clear_pointer(&self->pairs, g_hash_table_unref);
	return kasper_counts_load_head(self, error) &&
	       kasper_counts_load_repositories(self, error) &&
	       kasper_counts_load_policies(self, error) && kasper_counts_load_pools(self, error);
}

/* there are few kinds of keys, so they are searched one by one */
KasperPool *
kasper_store_get_pool(KasperStore *self, gint64 repository, guint algorithm, guint bits)
{
	KasperPool fresh = {.repository = repository, .algorithm = algorithm, .bits = bits};

	for (guint i = 0; i < self->pools->len; i++) {
		KasperPool *pool = &g_array_index(self->pools, KasperPool, i);

		if (pool->repository == repository && pool->algorithm == algorithm &&
		    pool->bits == bits)
			return pool;
	}
	g_array_append_val(self->pools, fresh);
	return &g_array_index(self->pools, KasperPool, self->pools->len - 1);
}

void
kasper_store_count_zone(KasperStore *self, gint64 policy, gint64 change)
{
	KasperPolicyEntry *entry = g_hash_table_lookup(self->policies, &policy);

	if (entry == NULL)
		return;
	entry->zones += change;
	entry->changed = TRUE;
}

static gboolean
kasper_counts_write_policies(KasperStore *self, GError **error)
{
	GHashTableIter iter;
	gpointer number, value;

	g_hash_table_iter_init(&iter, self->policies);
	while (g_hash_table_iter_next(&iter, &number, &value)) {
		g_auto(KasperStatement) statement =
		    kasper_statement(self->database,
				     "UPDATE policy SET zones = ? WHERE number = ?");
		KasperPolicyEntry *entry = value;

		if (!entry->changed)
			continue;
		kasper_statement_bind(&statement, entry->zones);
		kasper_statement_bind(&statement, *(gint64 *)number);
		if (!kasper_statement_run(&statement, error))
			return FALSE;
		entry->changed = FALSE;
	}
	return TRUE;
}

gboolean
kasper_store_write_counts(KasperStore *self, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE store SET epoch = ?, highest_time = ?, last_zone = ?, "
			     "last_pair = ?, last_intent = ?, audit_rows = ?, audit_hash = ?");

	self->head.epoch++;
	kasper_statement_bind(&statement, self->head.epoch);
	kasper_statement_bind(&statement, self->head.highest_time);
	kasper_statement_bind(&statement, self->head.last_zone);
	kasper_statement_bind(&statement, self->head.last_pair);
	kasper_statement_bind(&statement, self->head.last_intent);
	kasper_statement_bind(&statement, self->head.audit_rows);
	kasper_statement_bind_octets(&statement, self->head.audit_hash, KASPER_HASH_LENGTH);
	return kasper_counts_write_policies(self, error) && kasper_statement_run(&statement, error);
}
