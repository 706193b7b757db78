/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "pair.h"

G_BEGIN_DECLS

/* makes a key pair: its public part as in a DNSKEY, its private part as keys_real_sign() wants it
 */
gboolean keys_real_make(guint algorithm,
			guint bits,
			GBytes **ret_public,
			GBytes **ret_private,
			GError **error);
/* (transfer full): as in an RRSIG */
GBytes *keys_real_sign(const KeysPair *pair, GBytes *data, GError **error);

G_END_DECLS
