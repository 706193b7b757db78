/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

#define KEYS_ID_MAX 64 /* octets of a CKA_ID */

/* A key pair in one piece of memory. A hollow one has neither a public nor a private part: the
 * public part follows from the id, and there is no private one that would fit. */
typedef struct {
	guint16 public_length;
	guint16 private_length;
	guint16 bits;
	guint8 algorithm;
	guint8 id_length;
	guint8 octets[]; /* id, public part, private part */
} KeysPair;

KeysPair *keys_pair_new(guint algorithm,
			guint bits,
			const guint8 *id,
			gsize id_length,
			GBytes *public_key,
			GBytes *private_key);
/* wipes it */
void keys_pair_free(KeysPair *self);
/* (transfer full): the id in hex */
gchar *keys_pair_dup_id(const KeysPair *self);
const guint8 *keys_pair_get_public(const KeysPair *self);
const guint8 *keys_pair_get_private(const KeysPair *self);
/* (transfer full) */
KasperKeyInfo *keys_pair_describe(const KeysPair *self);

guint keys_pair_hash(gconstpointer pair);
gboolean keys_pair_equal(gconstpointer a, gconstpointer b);

/* @ret_octets: room for KEYS_ID_MAX; gives how many there are; 0: @hex is no id */
gsize keys_parse_hex(const gchar *hex, gsize digits, guint8 *ret_octets, gsize room);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeysPair, keys_pair_free)

G_END_DECLS
