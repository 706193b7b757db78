/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

static gint64
kasper_catalog_get_last(KasperStore *self, const gchar *sql, GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(self->database, sql);

	if (kasper_statement_next(&statement))
		return kasper_statement_get(&statement);
	return kasper_statement_finish(&statement, error) ? 0 : -1;
}

static gint64
kasper_repository_find(KasperStore *self, const gchar *name)
{
	GHashTableIter iter;
	gpointer number, value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, &number, &value)) {
		if (strcmp(((KasperRepositoryEntry *)value)->name, name) == 0)
			return *(gint64 *)number;
	}
	return 0;
}

static gint64
kasper_repository_add(KasperStore *self, const gchar *name, gboolean require_backup, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "INSERT INTO repository VALUES (?, ?, ?)");
	gint64 number = kasper_catalog_get_last(self, "SELECT max(number) FROM repository", error);
	KasperRepositoryEntry *entry;

	if (number < 0)
		return -1;
	number++;
	kasper_statement_bind(&statement, number);
	kasper_statement_bind_text(&statement, name);
	kasper_statement_bind(&statement, require_backup != FALSE);
	if (!kasper_statement_run(&statement, error))
		return -1;
	entry = g_new0(KasperRepositoryEntry, 1);
	entry->name = g_intern_string(name);
	entry->require_backup = require_backup != FALSE;
	g_hash_table_insert(self->repositories, g_memdup2(&number, sizeof number), entry);
	return number;
}

/* a key that has a copy keeps its mark; the others need one from now on */
static gboolean
kasper_repository_demand_backups(KasperStore *self, gint64 repository, GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "UPDATE pair SET backup = CASE WHEN backup_done IS NULL THEN 1 ELSE 3 END "
	    "WHERE repository = ? AND backup = 0 AND state = 1");

	kasper_statement_bind(&statement, repository);
	return kasper_statement_run(&statement, error);
}

static gboolean
kasper_repository_waive_backups(KasperStore *self, gint64 repository, GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "UPDATE pair SET backup = 0 WHERE repository = ? AND backup IN (1, 2)");

	kasper_statement_bind(&statement, repository);
	return kasper_statement_run(&statement, error);
}

static gboolean
kasper_repository_set_backup(KasperStore *self,
			     gint64 number,
			     gboolean require_backup,
			     GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE repository SET require_backup = ? WHERE number = ?");
	KasperRepositoryEntry *entry = g_hash_table_lookup(self->repositories, &number);

	kasper_statement_bind(&statement, require_backup != FALSE);
	kasper_statement_bind(&statement, number);
	if (!kasper_statement_run(&statement, error))
		return FALSE;
	entry->require_backup = require_backup != FALSE;
	return require_backup ? kasper_repository_demand_backups(self, number, error)
			      : kasper_repository_waive_backups(self, number, error);
}

/**
 * kasper_store_put_repository: (skip)
 * @self: a store with an open transaction
 * @name: the repository's name in conf.xml
 * @require_backup: whether its keys must be backed up before anybody relies on them
 * @ret_changed: (out) (optional): whether @require_backup is another one than before; a new
 *   repository did not require it before
 * @error: return location for an error
 *
 * Gives the repository its number, the same one for good. When a backup is required from now on,
 * its keys without one need it (those that had one keep their mark); when it no longer is, those
 * that wait for one do not need it any more. The times of backups that were made stay.
 *
 * Returns: its number; -1 on error
 *
 * Since: 0.1
 */
gint64
kasper_store_put_repository(KasperStore *self,
			    const gchar *name,
			    gboolean require_backup,
			    gboolean *ret_changed,
			    GError **error)
{
	gint64 number = kasper_repository_find(self, name);
	KasperRepositoryEntry *entry;
	gboolean changed;

	if (number == 0) {
		number = kasper_repository_add(self, name, require_backup, error);
		if (number > 0 && ret_changed != NULL)
			*ret_changed = require_backup != FALSE;
		return number;
	}
	entry = g_hash_table_lookup(self->repositories, &number);
	changed = entry->require_backup != (require_backup != FALSE);
	if (changed && !kasper_repository_set_backup(self, number, require_backup, error))
		return -1;
	if (ret_changed != NULL)
		*ret_changed = changed;
	return number;
}

/**
 * kasper_store_get_repository_name: (skip)
 * @self: a store
 * @repository: its number
 *
 * Returns: (transfer none) (nullable): the name, which stays where it is
 *
 * Since: 0.1
 */
const gchar *
kasper_store_get_repository_name(KasperStore *self, gint64 repository)
{
	KasperRepositoryEntry *entry = g_hash_table_lookup(self->repositories, &repository);

	return entry != NULL ? entry->name : NULL;
}

static gint64
kasper_policy_find(KasperStore *self, const gchar *name)
{
	GHashTableIter iter;
	gpointer number, value;

	g_hash_table_iter_init(&iter, self->policies);
	while (g_hash_table_iter_next(&iter, &number, &value)) {
		if (strcmp(((KasperPolicyEntry *)value)->name, name) == 0)
			return *(gint64 *)number;
	}
	return 0;
}

/**
 * kasper_store_put_policy: (skip)
 * @self: a store with an open transaction
 * @name: the policy's name in kasp.xml
 * @error: return location for an error
 *
 * Gives the policy its number, the same one for good.
 *
 * Returns: its number; -1 on error
 *
 * Since: 0.1
 */
gint64
kasper_store_put_policy(KasperStore *self, const gchar *name, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "INSERT INTO policy (number, name) VALUES (?, ?)");
	gint64 number = kasper_policy_find(self, name);
	KasperPolicyEntry *entry;

	if (number != 0)
		return number;
	number = kasper_catalog_get_last(self, "SELECT max(number) FROM policy", error);
	if (number < 0)
		return -1;
	number++;
	kasper_statement_bind(&statement, number);
	kasper_statement_bind_text(&statement, name);
	if (!kasper_statement_run(&statement, error))
		return -1;
	entry = g_new0(KasperPolicyEntry, 1);
	entry->name = g_intern_string(name);
	g_hash_table_insert(self->policies, g_memdup2(&number, sizeof number), entry);
	return number;
}

/**
 * kasper_store_get_policy_name: (skip)
 * @self: a store
 * @policy: its number
 *
 * Returns: (transfer none) (nullable): the name, which stays where it is
 *
 * Since: 0.1
 */
const gchar *
kasper_store_get_policy_name(KasperStore *self, gint64 policy)
{
	KasperPolicyEntry *entry = g_hash_table_lookup(self->policies, &policy);

	return entry != NULL ? entry->name : NULL;
}

/**
 * kasper_store_get_salt: (skip)
 * @self: a store
 * @policy: a policy's number
 * @ret_salt: (out) (transfer full) (nullable): its NSEC3 salt in hex, `-` if it is empty; %NULL if
 *   none was made yet
 * @ret_made: (out) (optional): when it was made; %KASPER_TIME_UNSET if it was not
 * @error: return location for an error
 *
 * Returns: %FALSE on error; %KASPER_ERROR_NOT_FOUND if there is no such policy
 *
 * Since: 0.1
 */
gboolean
kasper_store_get_salt(KasperStore *self,
		      gint64 policy,
		      gchar **ret_salt,
		      KasperTime *ret_made,
		      GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT salt, salt_made FROM policy WHERE number = ?");
	KasperTime made;

	kasper_statement_bind(&statement, policy);
	if (!kasper_statement_next(&statement)) {
		if (kasper_statement_finish(&statement, error))
			g_set_error(error,
				    KASPER_ERROR,
				    KASPER_ERROR_NOT_FOUND,
				    "policy number %" G_GINT64_FORMAT " is not known",
				    policy);
		return FALSE;
	}
	*ret_salt = kasper_statement_dup_text(&statement);
	made = kasper_statement_get_time(&statement);
	if (ret_made != NULL)
		*ret_made = made;
	return TRUE;
}

/**
 * kasper_store_set_salt: (skip)
 * @self: a store with an open transaction
 * @policy: a policy's number
 * @salt: hex, or `-` if it is empty
 * @made: when it was made
 * @error: return location for an error
 *
 * Returns: whether it is part of the transaction
 *
 * Since: 0.1
 */
gboolean
kasper_store_set_salt(KasperStore *self,
		      gint64 policy,
		      const gchar *salt,
		      KasperTime made,
		      GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE policy SET salt = ?, salt_made = ? WHERE number = ?");

	kasper_statement_bind_text(&statement, salt);
	kasper_statement_bind(&statement, made);
	kasper_statement_bind(&statement, policy);
	return kasper_statement_run(&statement, error);
}
