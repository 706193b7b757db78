/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

#define KEYS_TYPE_MEMORY (keys_memory_get_type())
G_DECLARE_FINAL_TYPE(KeysMemory, keys_memory, KEYS, MEMORY, GObject)

G_END_DECLS
