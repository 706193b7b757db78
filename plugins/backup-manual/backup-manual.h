/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

#define BACKUP_TYPE_MANUAL (backup_manual_get_type())
G_DECLARE_FINAL_TYPE(BackupManual, backup_manual, BACKUP, MANUAL, GObject)

G_END_DECLS
