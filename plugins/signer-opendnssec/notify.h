/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* tells the signer that there is something to read, by running its own command */
typedef struct OdsNotify OdsNotify;

/* @command: %zone stands for the zone; without it the command is run once for all. Empty: the
 * signer is not told. @all_command: for many zones at a time; NULL: the same as @command with
 * --all where %zone is. @limit: how many zones it tells one by one */
OdsNotify *ods_notify_new(const gchar *command,
			  const gchar *all_command,
			  guint limit,
			  guint deadline,
			  GError **error);
void ods_notify_free(OdsNotify *self);
/* @zones: (element-type utf8). @list_changed: some of them the signer does not know yet, or it
 * knows others that are gone. Returns: (transfer full) (nullable): zone to what went wrong */
GHashTable *ods_notify_tell(OdsNotify *self,
			    GPtrArray *zones,
			    gboolean list_changed,
			    GCancellable *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OdsNotify, ods_notify_free)

G_END_DECLS
