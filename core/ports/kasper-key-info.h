/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-export.h"

G_BEGIN_DECLS

#define KASPER_TYPE_KEY_INFO (kasper_key_info_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperKeyInfo, kasper_key_info, KASPER, KEY_INFO, GObject)

KASPER_EXPORT
KasperKeyInfo *
kasper_key_info_new(const gchar *id, guint algorithm, guint bits, GBytes *public_key);
/* the CKA_ID in lower-case hex, always an even number of digits */
KASPER_EXPORT
const gchar *kasper_key_info_get_id(KasperKeyInfo *self);
KASPER_EXPORT
guint kasper_key_info_get_algorithm(KasperKeyInfo *self);
KASPER_EXPORT
guint kasper_key_info_get_bits(KasperKeyInfo *self);
/* as in a DNSKEY record (RFC 3110, 6605, 8080); NULL in a request and where a store hides it */
KASPER_EXPORT
GBytes *kasper_key_info_get_public_key(KasperKeyInfo *self);

G_END_DECLS
