/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* Octets that look like a public key, follow from the id, and are those of no private key that
 * anybody has. (transfer full) */
GBytes *keys_hollow_get_public(guint algorithm, guint bits, const guint8 *id, gsize id_length);

G_END_DECLS
