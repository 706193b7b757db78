/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-key-info.h"

struct _KasperKeyInfo {
	GObject parent_instance;

	gchar *id;
	GBytes *public_key;
	guint algorithm;
	guint bits;
};

/**
 * KasperKeyInfo:
 *
 * A key pair as a key store sees it. It never changes and may be used by several threads.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperKeyInfo, kasper_key_info, G_TYPE_OBJECT)

static void
kasper_key_info_finalize(GObject *object)
{
	KasperKeyInfo *self = KASPER_KEY_INFO(object);

	g_free(self->id);
	g_clear_pointer(&self->public_key, g_bytes_unref);
	G_OBJECT_CLASS(kasper_key_info_parent_class)->finalize(object);
}

static void
kasper_key_info_init(KasperKeyInfo *self)
{
}

static void
kasper_key_info_class_init(KasperKeyInfoClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_key_info_finalize;
}

/**
 * kasper_key_info_new:
 * @id: the CKA_ID in lower-case hex, an even number of digits
 * @algorithm: a DNSSEC algorithm number
 * @bits: the size of the key
 * @public_key: (nullable): as in a DNSKEY record (RFC 3110, 6605, 8080); %NULL in a request and
 *   where the store hides it
 *
 * Describes a key pair, or one that is to be made.
 *
 * Returns: (transfer full): a description
 *
 * Since: 0.1
 */
KasperKeyInfo *
kasper_key_info_new(const gchar *id, guint algorithm, guint bits, GBytes *public_key)
{
	KasperKeyInfo *self;

	g_return_val_if_fail(id != NULL, NULL);

	self = g_object_new(KASPER_TYPE_KEY_INFO, NULL);
	self->id = g_strdup(id);
	self->algorithm = algorithm;
	self->bits = bits;
	if (public_key != NULL)
		self->public_key = g_bytes_ref(public_key);
	return self;
}

/**
 * kasper_key_info_get_id:
 * @self: a key
 *
 * Returns: the CKA_ID in lower-case hex
 *
 * Since: 0.1
 */
const gchar *
kasper_key_info_get_id(KasperKeyInfo *self)
{
	g_return_val_if_fail(KASPER_IS_KEY_INFO(self), NULL);
	return self->id;
}

/**
 * kasper_key_info_get_algorithm:
 * @self: a key
 *
 * Returns: the DNSSEC algorithm number
 *
 * Since: 0.1
 */
guint
kasper_key_info_get_algorithm(KasperKeyInfo *self)
{
	g_return_val_if_fail(KASPER_IS_KEY_INFO(self), 0);
	return self->algorithm;
}

/**
 * kasper_key_info_get_bits:
 * @self: a key
 *
 * Returns: the size of the key
 *
 * Since: 0.1
 */
guint
kasper_key_info_get_bits(KasperKeyInfo *self)
{
	g_return_val_if_fail(KASPER_IS_KEY_INFO(self), 0);
	return self->bits;
}

/**
 * kasper_key_info_get_public_key:
 * @self: a key
 *
 * Returns: (transfer none) (nullable): the public key as in a DNSKEY record; %NULL in a request and
 *   where a store hides it
 *
 * Since: 0.1
 */
GBytes *
kasper_key_info_get_public_key(KasperKeyInfo *self)
{
	g_return_val_if_fail(KASPER_IS_KEY_INFO(self), NULL);
	return self->public_key;
}
