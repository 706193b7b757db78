/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-zone-order.h"

/* hundreds of thousands are made in a mass rollover: no properties, and the repository's name,
 * which all of them share, only once */
struct _KasperOrderKey {
	GObject parent_instance;

	gchar *id;
	const gchar *repository; /* interned */
	GBytes *public_key;
	guint16 flags;
	guint8 algorithm;
	guint8 use;
};

/**
 * KasperOrderKey:
 *
 * A key of a #KasperZoneOrder. It never changes and may be used by several threads.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperOrderKey, kasper_order_key, G_TYPE_OBJECT)

static void
kasper_order_key_finalize(GObject *object)
{
	KasperOrderKey *self = KASPER_ORDER_KEY(object);

	g_free(self->id);
	g_clear_pointer(&self->public_key, g_bytes_unref);
	G_OBJECT_CLASS(kasper_order_key_parent_class)->finalize(object);
}

static void
kasper_order_key_init(KasperOrderKey *self)
{
}

static void
kasper_order_key_class_init(KasperOrderKeyClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_order_key_finalize;
}

/**
 * kasper_order_key_new:
 * @id: the CKA_ID in lower-case hex
 * @repository: (nullable): the repository that keeps the private key
 * @flags: the flags of its DNSKEY record
 * @algorithm: a DNSSEC algorithm number
 * @use: #KasperKeyUse, ored
 * @public_key: (nullable): as in a DNSKEY record
 *
 * Says what a signer is to do with a key.
 *
 * Returns: (transfer full): a key of an order
 *
 * Since: 0.1
 */
KasperOrderKey *
kasper_order_key_new(const gchar *id,
		     const gchar *repository,
		     guint flags,
		     guint algorithm,
		     guint use,
		     GBytes *public_key)
{
	KasperOrderKey *self;

	g_return_val_if_fail(id != NULL, NULL);

	self = g_object_new(KASPER_TYPE_ORDER_KEY, NULL);
	self->id = g_strdup(id);
	self->repository = g_intern_string(repository);
	self->flags = (guint16)flags;
	self->algorithm = (guint8)algorithm;
	self->use = (guint8)use;
	if (public_key != NULL)
		self->public_key = g_bytes_ref(public_key);
	return self;
}

/**
 * kasper_order_key_get_id:
 * @self: a key of an order
 *
 * Returns: the CKA_ID in lower-case hex
 *
 * Since: 0.1
 */
const gchar *
kasper_order_key_get_id(KasperOrderKey *self)
{
	g_return_val_if_fail(KASPER_IS_ORDER_KEY(self), NULL);
	return self->id;
}

/**
 * kasper_order_key_get_repository:
 * @self: a key of an order
 *
 * Returns: (nullable): the name of the repository that keeps the private key
 *
 * Since: 0.1
 */
const gchar *
kasper_order_key_get_repository(KasperOrderKey *self)
{
	g_return_val_if_fail(KASPER_IS_ORDER_KEY(self), NULL);
	return self->repository;
}

/**
 * kasper_order_key_get_flags:
 * @self: a key of an order
 *
 * Returns: the flags of its DNSKEY record: 256 or 257, more with the REVOKE bit
 *
 * Since: 0.1
 */
guint
kasper_order_key_get_flags(KasperOrderKey *self)
{
	g_return_val_if_fail(KASPER_IS_ORDER_KEY(self), 0);
	return self->flags;
}

/**
 * kasper_order_key_get_algorithm:
 * @self: a key of an order
 *
 * Returns: the DNSSEC algorithm number
 *
 * Since: 0.1
 */
guint
kasper_order_key_get_algorithm(KasperOrderKey *self)
{
	g_return_val_if_fail(KASPER_IS_ORDER_KEY(self), 0);
	return self->algorithm;
}

/**
 * kasper_order_key_get_use:
 * @self: a key of an order
 *
 * Returns: #KasperKeyUse, ored
 *
 * Since: 0.1
 */
guint
kasper_order_key_get_use(KasperOrderKey *self)
{
	g_return_val_if_fail(KASPER_IS_ORDER_KEY(self), 0);
	return self->use;
}

/**
 * kasper_order_key_get_public_key:
 * @self: a key of an order
 *
 * Returns: (transfer none) (nullable): the public key as in a DNSKEY record
 *
 * Since: 0.1
 */
GBytes *
kasper_order_key_get_public_key(KasperOrderKey *self)
{
	g_return_val_if_fail(KASPER_IS_ORDER_KEY(self), NULL);
	return self->public_key;
}
