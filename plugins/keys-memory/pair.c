/* SPDX-License-Identifier: BSD-2-Clause */
#include "pair.h"

#include <string.h>

#include "hollow.h"

static void
keys_pair_copy(guint8 *where, GBytes *octets)
{
	gsize length = 0;
	gconstpointer data = g_bytes_get_data(octets, &length);

	if (length > 0)
		memcpy(where, data, length);
}

KeysPair *
keys_pair_new(guint algorithm,
	      guint bits,
	      const guint8 *id,
	      gsize id_length,
	      GBytes *public_key,
	      GBytes *private_key)
{
	gsize public_length = public_key != NULL ? g_bytes_get_size(public_key) : 0;
	gsize private_length = private_key != NULL ? g_bytes_get_size(private_key) : 0;
	KeysPair *self = g_malloc(sizeof *self + id_length + public_length + private_length);

	self->algorithm = (guint8)algorithm;
	self->bits = (guint16)bits;
	self->id_length = (guint8)id_length;
	self->public_length = (guint16)public_length;
	self->private_length = (guint16)private_length;
	memcpy(self->octets, id, id_length);
	if (public_length > 0)
		keys_pair_copy(self->octets + id_length, public_key);
	if (private_length > 0)
		keys_pair_copy(self->octets + id_length + public_length, private_key);
	return self;
}

void
keys_pair_free(KeysPair *self)
{
	if (self->private_length > 0)
		explicit_bzero((gpointer)keys_pair_get_private(self), self->private_length);
	g_free(self);
}

gchar *
keys_pair_dup_id(const KeysPair *self)
{
	static const gchar digits[] = "0123456789abcdef";
	gchar *hex = g_malloc(2 * (gsize)self->id_length + 1);

	for (guint i = 0; i < self->id_length; i++) {
		hex[2 * i] = digits[self->octets[i] >> 4];
		hex[2 * i + 1] = digits[self->octets[i] & 15];
	}
	hex[2 * self->id_length] = '\0';
	return hex;
}

const guint8 *
keys_pair_get_public(const KeysPair *self)
{
	return self->octets + self->id_length;
}

const guint8 *
keys_pair_get_private(const KeysPair *self)
{
	return self->octets + self->id_length + self->public_length;
}

KasperKeyInfo *
keys_pair_describe(const KeysPair *self)
{
	g_autofree gchar *id = keys_pair_dup_id(self);
	g_autoptr(GBytes) public_key =
	    self->public_length > 0 ? g_bytes_new(keys_pair_get_public(self), self->public_length)
				    : keys_hollow_get_public(self->algorithm,
							     self->bits,
							     self->octets,
							     self->id_length);

	return kasper_key_info_new(id, self->algorithm, self->bits, public_key);
}

guint
keys_pair_hash(gconstpointer pair)
{
	const KeysPair *self = pair;
	guint32 hash = 2166136261u; /* FNV-1a */

	for (guint i = 0; i < self->id_length; i++)
		hash = (hash ^ self->octets[i]) * 16777619u;
	return hash;
}

gboolean
keys_pair_equal(gconstpointer a, gconstpointer b)
{
	const KeysPair *one = a, *other = b;

	return one->id_length == other->id_length &&
	       memcmp(one->octets, other->octets, one->id_length) == 0;
}

gsize
keys_parse_hex(const gchar *hex, gsize digits, guint8 *ret_octets, gsize room)
{
	if (digits == 0 || digits % 2 != 0 || digits / 2 > room)
		return 0;
	for (gsize i = 0; i < digits / 2; i++) {
		gint high = g_ascii_xdigit_value(hex[2 * i]);
		gint low = g_ascii_xdigit_value(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		ret_octets[i] = (guint8)(high << 4 | low);
	}
	return digits / 2;
}
