/* SPDX-License-Identifier: BSD-2-Clause */
#include "backup-manual.h"

/* a person tells; whatever is waiting, the plugin never does */
static void
test_backup_manual(void)
{
	g_autoptr(KasperBackupGuard) guard = g_object_new(BACKUP_TYPE_MANUAL, NULL);
	g_autoptr(GListStore) waiting = g_list_store_new(KASPER_TYPE_KEY_INFO);
	g_autoptr(KasperKeyInfo) key = kasper_key_info_new("a1", 13, 256, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(guard), NULL, &error));
	g_assert_no_error(error);
	g_assert_true(kasper_backup_guard_is_manual(guard));
	for (guint i = 0; i < 2; i++) {
		g_autoptr(GListModel) safe =
		    kasper_backup_guard_list_safe_keys(guard,
						       "main",
						       G_LIST_MODEL(waiting),
						       NULL,
						       &error);

		g_assert_no_error(error);
		g_assert_true(g_list_model_get_item_type(safe) == KASPER_TYPE_KEY_INFO);
		g_assert_cmpuint(g_list_model_get_n_items(safe), ==, 0);
		g_list_store_append(waiting, key);
	}
	kasper_plugin_close(KASPER_PLUGIN(guard));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/backup-manual/nothing-is-safe", test_backup_manual);
	return g_test_run();
}
