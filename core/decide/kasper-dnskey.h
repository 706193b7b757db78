/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-algorithm.h"

G_BEGIN_DECLS

KASPER_EXPORT
guint16 kasper_dnskey_get_tag(guint flags, guint algorithm, GBytes *public_key);
/* "example.org. 3600 IN DNSKEY 257 3 13 ...", no newline */
KASPER_EXPORT
gchar *kasper_dnskey_to_text(const gchar *zone,
			     gint64 ttl,
			     guint flags,
			     guint algorithm,
			     GBytes *public_key);
/* "example.org. 3600 IN DS 12345 13 2 0123abcd...", no newline; @ttl: the parent's */
KASPER_EXPORT
gchar *kasper_dnskey_to_ds(const gchar *zone,
			   gint64 ttl,
			   guint flags,
			   guint algorithm,
			   GBytes *public_key,
			   KasperDigest digest,
			   GError **error);

G_END_DECLS
