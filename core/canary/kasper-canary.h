/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-algorithm.h"

G_BEGIN_DECLS

/* verifies in software what a key store signed (libcrypto, and nothing of the store's own) */
KASPER_EXPORT
gboolean kasper_canary_verify(guint algorithm,
			      GBytes *public_key,
			      GBytes *data,
			      GBytes *signature,
			      GError **error);
/* a fixed block, and never a zone's data, so that a canary signature is worth nothing elsewhere */
KASPER_EXPORT
GBytes *kasper_canary_get_block(const gchar *key_id);

G_END_DECLS
