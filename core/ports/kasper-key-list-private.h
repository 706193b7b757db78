/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-zone-order.h"

G_BEGIN_DECLS

/* the keys of one order: a GListStore has a tree for what is two or three keys here */
#define KASPER_TYPE_KEY_LIST (kasper_key_list_get_type())
G_DECLARE_FINAL_TYPE(KasperKeyList, kasper_key_list, KASPER, KEY_LIST, GObject)

KasperKeyList *kasper_key_list_new(void);
void kasper_key_list_append(KasperKeyList *self, KasperOrderKey *key);

G_END_DECLS
