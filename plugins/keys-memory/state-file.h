/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pair.h"

G_BEGIN_DECLS

/* A text file to which each change appends a line. It survives the end of the process, however that
 * comes, and is not made to survive that of the machine. */
typedef struct KeysStateFile KeysStateFile;

/* opens or creates it, and puts what it has into @pairs, a set of KeysPair; a line that a process
 * did not get to end is cut off */
KeysStateFile *keys_state_file_open(const gchar *path, GHashTable *pairs, GError **error);
void keys_state_file_close(KeysStateFile *self);
gboolean keys_state_file_add(KeysStateFile *self, const KeysPair *pair, GError **error);
gboolean keys_state_file_remove(KeysStateFile *self, const KeysPair *pair, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeysStateFile, keys_state_file_close)

G_END_DECLS
