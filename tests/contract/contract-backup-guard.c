/* SPDX-License-Identifier: BSD-2-Clause */
#include "contract.h"

static KasperBackupGuard *
open_guard(Contract *self)
{
	return contract_open(self, KASPER_TYPE_BACKUP_GUARD);
}

/* which of @n keys are safe; the public function sees to it that they are some of those */
static guint
count_safe(KasperBackupGuard *guard, const gchar *repository, guint n)
{
	g_autoptr(GListStore) waiting = g_list_store_new(KASPER_TYPE_KEY_INFO);
	g_autoptr(GListModel) safe = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < n; i++) {
		g_autofree gchar *id = g_strdup_printf("%032x", i);
		g_autoptr(GBytes) octets = g_bytes_new_take(g_malloc0(64), 64);
		g_autoptr(KasperKeyInfo) key = kasper_key_info_new(id, 13, 256, octets);

		g_list_store_append(waiting, key);
	}
	safe = kasper_backup_guard_list_safe_keys(guard,
						  repository,
						  G_LIST_MODEL(waiting),
						  NULL,
						  &error);
	g_assert_no_error(error);
	return g_list_model_get_n_items(safe);
}

static void
test_none(Contract *self, gconstpointer data)
{
	KasperBackupGuard *guard = open_guard(self);

	if (guard != NULL)
		g_assert_cmpuint(count_safe(guard, "main", 0), ==, 0);
}

/* keys that exist nowhere are safe nowhere */
static void
test_unknown_keys(Contract *self, gconstpointer data)
{
	KasperBackupGuard *guard = open_guard(self);

	if (guard == NULL)
		return;
	g_assert_cmpuint(count_safe(guard, "main", 1), ==, 0);
	g_assert_cmpuint(count_safe(guard, "main", 1000), ==, 0);
}

static void
test_unknown_repository(Contract *self, gconstpointer data)
{
	KasperBackupGuard *guard = open_guard(self);

	if (guard != NULL)
		g_assert_cmpuint(count_safe(guard, "no such repository", 3), ==, 0);
}

static void
test_is_manual(Contract *self, gconstpointer data)
{
	KasperBackupGuard *guard = open_guard(self);
	gboolean manual;

	if (guard == NULL)
		return;
	manual = kasper_backup_guard_is_manual(guard);
	count_safe(guard, "main", 3);
	g_assert_cmpint(kasper_backup_guard_is_manual(guard), ==, manual);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	contract_add("/backup-guard/none", test_none);
	contract_add("/backup-guard/unknown-keys", test_unknown_keys);
	contract_add("/backup-guard/unknown-repository", test_unknown_repository);
	contract_add("/backup-guard/is-manual", test_is_manual);
	return contract_run(KASPER_TYPE_BACKUP_GUARD);
}
