/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-key.h"

G_BEGIN_DECLS

/* the bit of a slot in a KasperKeySet */
#define KASPER_KEY_BIT(slot) ((KasperKeySet)1 << (slot))

/* the records that keys with these roles have: KasperRecord, ored */
guint kasper_role_get_records(guint roles);
/* the records that are to be published once the key has reached its goal */
guint kasper_key_get_goal_records(const KasperKey *self);
/* can make a signature now */
gboolean kasper_key_can_sign(const KasperKey *self);
/* may be relied upon as far as its backup goes */
gboolean kasper_key_is_backed_up(const KasperKey *self);

G_END_DECLS
