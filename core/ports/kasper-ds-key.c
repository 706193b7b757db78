/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-ds-request.h"

struct _KasperDsKey {
	GObject parent_instance;

	gchar *id;
	gchar *dnskey;
	gchar **ds;
	GBytes *public_key;
	guint tag;
	guint flags;
	guint algorithm;
};

/**
 * KasperDsKey:
 *
 * A key whose DS is, or is to be, at the parent, as DNSKEY and as DS. It never changes.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperDsKey, kasper_ds_key, G_TYPE_OBJECT)

static void
kasper_ds_key_finalize(GObject *object)
{
	KasperDsKey *self = KASPER_DS_KEY(object);

	g_free(self->id);
	g_free(self->dnskey);
	g_strfreev(self->ds);
	g_clear_pointer(&self->public_key, g_bytes_unref);
	G_OBJECT_CLASS(kasper_ds_key_parent_class)->finalize(object);
}

static void
kasper_ds_key_init(KasperDsKey *self)
{
}

static void
kasper_ds_key_class_init(KasperDsKeyClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_ds_key_finalize;
}

/**
 * kasper_ds_key_new:
 * @id: the CKA_ID in lower-case hex
 * @tag: the key tag
 * @flags: the flags of its DNSKEY record
 * @algorithm: a DNSSEC algorithm number
 * @public_key: (nullable): as in a DNSKEY record
 * @dnskey: the DNSKEY record, one line without a newline and without a comment
 * @ds: (array zero-terminated=1): its DS records, one for each digest type
 *
 * Describes a key to a DS channel.
 *
 * Returns: (transfer full): a key
 *
 * Since: 0.1
 */
KasperDsKey *
kasper_ds_key_new(const gchar *id,
		  guint tag,
		  guint flags,
		  guint algorithm,
		  GBytes *public_key,
		  const gchar *dnskey,
		  const gchar *const *ds)
{
	KasperDsKey *self;

	g_return_val_if_fail(id != NULL, NULL);
	g_return_val_if_fail(dnskey != NULL, NULL);
	g_return_val_if_fail(ds != NULL, NULL);

	self = g_object_new(KASPER_TYPE_DS_KEY, NULL);
	self->id = g_strdup(id);
	self->tag = tag;
	self->flags = flags;
	self->algorithm = algorithm;
	if (public_key != NULL)
		self->public_key = g_bytes_ref(public_key);
	self->dnskey = g_strdup(dnskey);
	self->ds = g_strdupv((gchar **)ds);
	return self;
}

/**
 * kasper_ds_key_get_id:
 * @self: a key
 *
 * Returns: the CKA_ID in lower-case hex
 *
 * Since: 0.1
 */
const gchar *
kasper_ds_key_get_id(KasperDsKey *self)
{
	g_return_val_if_fail(KASPER_IS_DS_KEY(self), NULL);
	return self->id;
}

/**
 * kasper_ds_key_get_tag:
 * @self: a key
 *
 * Returns: the key tag
 *
 * Since: 0.1
 */
guint
kasper_ds_key_get_tag(KasperDsKey *self)
{
	g_return_val_if_fail(KASPER_IS_DS_KEY(self), 0);
	return self->tag;
}

/**
 * kasper_ds_key_get_flags:
 * @self: a key
 *
 * Returns: the flags of its DNSKEY record
 *
 * Since: 0.1
 */
guint
kasper_ds_key_get_flags(KasperDsKey *self)
{
	g_return_val_if_fail(KASPER_IS_DS_KEY(self), 0);
	return self->flags;
}

/**
 * kasper_ds_key_get_algorithm:
 * @self: a key
 *
 * Returns: the DNSSEC algorithm number
 *
 * Since: 0.1
 */
guint
kasper_ds_key_get_algorithm(KasperDsKey *self)
{
	g_return_val_if_fail(KASPER_IS_DS_KEY(self), 0);
	return self->algorithm;
}

/**
 * kasper_ds_key_get_public_key:
 * @self: a key
 *
 * Returns: (transfer none) (nullable): the public key as in a DNSKEY record
 *
 * Since: 0.1
 */
GBytes *
kasper_ds_key_get_public_key(KasperDsKey *self)
{
	g_return_val_if_fail(KASPER_IS_DS_KEY(self), NULL);
	return self->public_key;
}

/**
 * kasper_ds_key_get_dnskey:
 * @self: a key
 *
 * Returns: `example.org. 3600 IN DNSKEY 257 3 13 …`, one line without a newline and without a
 *   comment
 *
 * Since: 0.1
 */
const gchar *
kasper_ds_key_get_dnskey(KasperDsKey *self)
{
	g_return_val_if_fail(KASPER_IS_DS_KEY(self), NULL);
	return self->dnskey;
}

/**
 * kasper_ds_key_get_ds:
 * @self: a key
 *
 * Returns: (transfer none) (array zero-terminated=1): `example.org. 3600 IN DS …`, one for each
 *   digest type
 *
 * Since: 0.1
 */
const gchar *const *
kasper_ds_key_get_ds(KasperDsKey *self)
{
	g_return_val_if_fail(KASPER_IS_DS_KEY(self), NULL);
	return (const gchar *const *)self->ds;
}
