/* SPDX-License-Identifier: BSD-2-Clause */
#include "backup-manual.h"

struct _BackupManual {
	GObject parent_instance;
};

/* nothing is safe because this plugin says so: a person tells the engine */
static GListModel *
backup_manual_list_safe_keys(KasperBackupGuard *guard,
			     const gchar *repository,
			     GListModel *waiting,
			     GCancellable *cancellable,
			     GError **error)
{
	return G_LIST_MODEL(g_list_store_new(KASPER_TYPE_KEY_INFO));
}

static gboolean
backup_manual_is_manual(KasperBackupGuard *guard)
{
	return TRUE;
}

static void
backup_manual_backup_guard_init(KasperBackupGuardInterface *iface)
{
	iface->list_safe_keys = backup_manual_list_safe_keys;
	iface->is_manual = backup_manual_is_manual;
}

/* clang-format off */
G_DEFINE_FINAL_TYPE_WITH_CODE(BackupManual, backup_manual, G_TYPE_OBJECT,
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_PLUGIN, NULL)
	G_IMPLEMENT_INTERFACE(KASPER_TYPE_BACKUP_GUARD, backup_manual_backup_guard_init))
/* clang-format on */

static void
backup_manual_init(BackupManual *self)
{
}

static void
backup_manual_class_init(BackupManualClass *klass)
{
}

KASPER_PLUGIN_DEFINE("backup-manual", "0.1", backup_manual_get_type)
