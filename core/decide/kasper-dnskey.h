/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-algorithm.h"

G_BEGIN_DECLS

KASPER_EXPORT
guint16 kasper_dnskey_get_tag(guint flags, guint algorithm, GBytes *public_key);
/* "example.org.\t3600\tIN\tDNSKEY\t257 3 13 ...", no newline; @zone: without its final dot */
KASPER_EXPORT
gchar *kasper_dnskey_to_text(const gchar *zone,
			     gint64 ttl,
			     guint flags,
			     guint algorithm,
			     GBytes *public_key);
/* "example.org.\t3600\tIN\tDS\t12345 13 2 0123abcd...", no newline; @ttl: that of the parent */
KASPER_EXPORT
gchar *kasper_dnskey_to_ds(const gchar *zone,
			   gint64 ttl,
			   guint flags,
			   guint algorithm,
			   GBytes *public_key,
			   KasperDigest digest,
			   GError **error);

G_END_DECLS
