/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>
#include <sys/types.h>

/*
 * The pid file is locked as long as the daemon runs, so that a number that is left over from a
 * crash keeps nobody from starting. It is opened before root's rights are given up and written
 * when the daemon works.
 */
typedef struct _KasperdPidFile KasperdPidFile;

/* KASPER_ERROR_BUSY, with pid and host, if another process has it; the file becomes @owner's */
KasperdPidFile *kasperd_pid_file_lock(const gchar *path, uid_t owner, gid_t group, GError **error);
gboolean kasperd_pid_file_write(KasperdPidFile *self, GError **error);
/* removes it, or empties it where the folder belongs to root; NULL is fine */
void kasperd_pid_file_free(KasperdPidFile *self);
