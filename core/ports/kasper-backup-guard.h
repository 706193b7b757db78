/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-key-info.h"
#include "kasper-plugin.h"

G_BEGIN_DECLS

#define KASPER_TYPE_BACKUP_GUARD (kasper_backup_guard_get_type())
KASPER_EXPORT
G_DECLARE_INTERFACE(KasperBackupGuard, kasper_backup_guard, KASPER, BACKUP_GUARD, KasperPlugin)

/**
 * KasperBackupGuardInterface:
 * @parent_iface: the parent interface
 * @list_safe_keys: required; of @waiting, a #GListModel of #KasperKeyInfo, those that are safe
 *   elsewhere; an empty list is an honest answer
 * @is_manual: optional; a person tells, with `backup prepare` and `backup commit`
 *
 * Says which keys of a repository are backed up. All slots run on worker threads.
 *
 * Since: 0.1
 */
struct _KasperBackupGuardInterface {
	GTypeInterface parent_iface;

	GListModel *(*list_safe_keys)(KasperBackupGuard *self,
				      const gchar *repository,
				      GListModel *waiting,
				      GCancellable *cancellable,
				      GError **error);
	gboolean (*is_manual)(KasperBackupGuard *self);
};

KASPER_EXPORT
GListModel *kasper_backup_guard_list_safe_keys(KasperBackupGuard *self,
					       const gchar *repository,
					       GListModel *waiting,
					       GCancellable *cancellable,
					       GError **error);
KASPER_EXPORT
gboolean kasper_backup_guard_is_manual(KasperBackupGuard *self);

G_END_DECLS
