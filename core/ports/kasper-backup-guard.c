/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-backup-guard.h"

#include "kasper-contract-private.h"

/**
 * KasperBackupGuard:
 *
 * Says which keys of a repository are safe elsewhere. All functions may block, and are called on
 * worker threads, one at a time.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE(KasperBackupGuard, kasper_backup_guard, KASPER_TYPE_PLUGIN)

static void
kasper_backup_guard_default_init(KasperBackupGuardInterface *iface)
{
}

/* of a key that nobody asked about nothing may be believed */
static const gchar *
kasper_backup_guard_find_fault(GListModel *safe, GListModel *waiting)
{
	g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	if (!g_type_is_a(g_list_model_get_item_type(safe), KASPER_TYPE_KEY_INFO))
		return "returned a list of something else than KasperKeyInfo";
	for (guint i = 0; i < g_list_model_get_n_items(waiting); i++) {
		g_autoptr(KasperKeyInfo) key = g_list_model_get_item(waiting, i);

		g_hash_table_add(ids, g_strdup(kasper_key_info_get_id(key)));
	}
	for (guint i = 0; i < g_list_model_get_n_items(safe); i++) {
		g_autoptr(KasperKeyInfo) key = g_list_model_get_item(safe, i);

		if (!g_hash_table_contains(ids, kasper_key_info_get_id(key)))
			return "says of a key that was not asked about that it is safe";
	}
	return NULL;
}

/**
 * kasper_backup_guard_list_safe_keys:
 * @self: a backup guard
 * @repository: the repository's name
 * @waiting: a list of #KasperKeyInfo: the keys that wait for their backup
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Which of the waiting keys are safe elsewhere?
 *
 * Returns: (transfer full): a list of #KasperKeyInfo, some of @waiting; an empty one is an honest
 *   answer
 *
 * Since: 0.1
 */
GListModel *
kasper_backup_guard_list_safe_keys(KasperBackupGuard *self,
				   const gchar *repository,
				   GListModel *waiting,
				   GCancellable *cancellable,
				   GError **error)
{
	KasperBackupGuardInterface *iface;
	g_autoptr(GListModel) safe = NULL;
	GError *cause = NULL;
	const gchar *fault;

	g_return_val_if_fail(KASPER_IS_BACKUP_GUARD(self), NULL);
	g_return_val_if_fail(repository != NULL, NULL);
	g_return_val_if_fail(G_IS_LIST_MODEL(waiting), NULL);

	iface = KASPER_BACKUP_GUARD_GET_IFACE(self);
	if (iface->list_safe_keys == NULL) {
		kasper_contract_missing(self, "list_safe_keys", error);
		return NULL;
	}
	safe = iface->list_safe_keys(self, repository, waiting, cancellable, &cause);
	if (!kasper_contract_settle(self, "list_safe_keys", safe != NULL, cause, error))
		return NULL;
	fault = kasper_backup_guard_find_fault(safe, waiting);
	if (fault != NULL) {
		kasper_contract_broken(self, "list_safe_keys", fault, error);
		return NULL;
	}
	return g_steal_pointer(&safe);
}

/**
 * kasper_backup_guard_is_manual:
 * @self: a backup guard
 *
 * Does not block.
 *
 * Returns: whether a person tells, with `backup prepare` and `backup commit`
 *
 * Since: 0.1
 */
gboolean
kasper_backup_guard_is_manual(KasperBackupGuard *self)
{
	KasperBackupGuardInterface *iface;

	g_return_val_if_fail(KASPER_IS_BACKUP_GUARD(self), FALSE);

	iface = KASPER_BACKUP_GUARD_GET_IFACE(self);
	return iface->is_manual != NULL && iface->is_manual(self);
}
