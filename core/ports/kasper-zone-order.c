/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-zone-order.h"

#include "kasper-key-list-private.h"

/* what zonelist.xml calls an adapter that is a file */
#define FILE_ADAPTER "File"

struct _KasperZoneOrder {
	GObject parent_instance;

	gchar *zone;
	gint64 revision;
	KasperSigningPolicy *policy;
	KasperKeyList *keys;
	gchar *signer_configuration;
	gchar *input;
	gchar *output;
	const gchar *input_type;  /* interned */
	const gchar *output_type; /* interned */
	gchar *output_adapter;
};

/**
 * KasperZoneOrder:
 *
 * What a signer is to publish for a zone, all of it, each time. Once it has been handed over it is
 * not changed any more.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperZoneOrder, kasper_zone_order, G_TYPE_OBJECT)

static void
kasper_zone_order_finalize(GObject *object)
{
	KasperZoneOrder *self = KASPER_ZONE_ORDER(object);

	g_free(self->zone);
	g_clear_object(&self->policy);
	g_clear_object(&self->keys);
	g_free(self->signer_configuration);
	g_free(self->input);
	g_free(self->output);
	g_free(self->output_adapter);
	G_OBJECT_CLASS(kasper_zone_order_parent_class)->finalize(object);
}

static void
kasper_zone_order_init(KasperZoneOrder *self)
{
	self->keys = kasper_key_list_new();
	self->input_type = self->output_type = FILE_ADAPTER;
}

static void
kasper_zone_order_class_init(KasperZoneOrderClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_zone_order_finalize;
}

/**
 * kasper_zone_order_new:
 * @zone: the zone's name
 * @revision: ascends from order to order of the zone
 * @policy: how the zone is to be signed
 *
 * An order without any keys yet.
 *
 * Returns: (transfer full): an order
 *
 * Since: 0.1
 */
KasperZoneOrder *
kasper_zone_order_new(const gchar *zone, gint64 revision, KasperSigningPolicy *policy)
{
	KasperZoneOrder *self;

	g_return_val_if_fail(zone != NULL, NULL);
	g_return_val_if_fail(KASPER_IS_SIGNING_POLICY(policy), NULL);

	self = g_object_new(KASPER_TYPE_ZONE_ORDER, NULL);
	self->zone = g_strdup(zone);
	self->revision = revision;
	self->policy = g_object_ref(policy);
	return self;
}

/**
 * kasper_zone_order_get_zone:
 * @self: an order
 *
 * Returns: the zone's name
 *
 * Since: 0.1
 */
const gchar *
kasper_zone_order_get_zone(KasperZoneOrder *self)
{
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(self), NULL);
	return self->zone;
}

/**
 * kasper_zone_order_get_revision:
 * @self: an order
 *
 * Returns: the number of the order, which ascends per zone; an answer names the one that is
 *   published
 *
 * Since: 0.1
 */
gint64
kasper_zone_order_get_revision(KasperZoneOrder *self)
{
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(self), 0);
	return self->revision;
}

/**
 * kasper_zone_order_get_policy:
 * @self: an order
 *
 * Returns: (transfer none): how the zone is to be signed; zones of one policy share the object
 *
 * Since: 0.1
 */
KasperSigningPolicy *
kasper_zone_order_get_policy(KasperZoneOrder *self)
{
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(self), NULL);
	return self->policy;
}

/**
 * kasper_zone_order_add_key:
 * @self: an order
 * @key: a key
 *
 * Appends a key. The order of keys is fixed: KSKs and CSKs first, then by creation.
 *
 * Since: 0.1
 */
void
kasper_zone_order_add_key(KasperZoneOrder *self, KasperOrderKey *key)
{
	g_return_if_fail(KASPER_IS_ZONE_ORDER(self));
	g_return_if_fail(KASPER_IS_ORDER_KEY(key));
	kasper_key_list_append(self->keys, key);
}

/**
 * kasper_zone_order_get_keys:
 * @self: an order
 *
 * Returns: (transfer none): a list of #KasperOrderKey: KSKs and CSKs first, then by creation
 *
 * Since: 0.1
 */
GListModel *
kasper_zone_order_get_keys(KasperZoneOrder *self)
{
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(self), NULL);
	return G_LIST_MODEL(self->keys);
}

/**
 * kasper_zone_order_set_files:
 * @self: an order
 * @signer_configuration: (type filename) (nullable): where the orders go
 * @input: (type filename) (nullable): where the signer reads the zone
 * @output: (type filename) (nullable): where it writes it; %NULL where the zone leaves by zone
 *   transfer only
 *
 * The files of zonelist.xml.
 *
 * Since: 0.1
 */
void
kasper_zone_order_set_files(KasperZoneOrder *self,
			    const gchar *signer_configuration,
			    const gchar *input,
			    const gchar *output)
{
	g_return_if_fail(KASPER_IS_ZONE_ORDER(self));
	g_free(self->signer_configuration);
	g_free(self->input);
	g_free(self->output);
	self->signer_configuration = g_strdup(signer_configuration);
	self->input = g_strdup(input);
	self->output = g_strdup(output);
}

/**
 * kasper_zone_order_set_adapters:
 * @self: an order
 * @input_type: how the zone reaches the signer: "File" or "DNS"
 * @output_type: how it leaves it: "File" or "DNS"
 * @output_adapter: (type filename) (nullable): the signed zone, or the file that zone transfers
 *   are configured with
 *
 * The adapters of zonelist.xml, for a signer that has to be told of them. Without this call both
 * are files: those of kasper_zone_order_set_files().
 *
 * Since: 0.1
 */
void
kasper_zone_order_set_adapters(KasperZoneOrder *self,
			       const gchar *input_type,
			       const gchar *output_type,
			       const gchar *output_adapter)
{
	g_return_if_fail(KASPER_IS_ZONE_ORDER(self));
	g_return_if_fail(input_type != NULL && output_type != NULL);

	g_free(self->output_adapter);
	self->input_type = g_intern_string(input_type);
	self->output_type = g_intern_string(output_type);
	self->output_adapter = g_strdup(output_adapter);
}

/**
 * kasper_zone_order_get_signer_configuration:
 * @self: an order
 *
 * Returns: (type filename) (nullable): where the orders go
 *
 * Since: 0.1
 */
const gchar *
kasper_zone_order_get_signer_configuration(KasperZoneOrder *self)
{
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(self), NULL);
	return self->signer_configuration;
}

/**
 * kasper_zone_order_get_input:
 * @self: an order
 *
 * Returns: (type filename) (nullable): where the signer reads the zone
 *
 * Since: 0.1
 */
const gchar *
kasper_zone_order_get_input(KasperZoneOrder *self)
{
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(self), NULL);
	return self->input;
}

/**
 * kasper_zone_order_get_output:
 * @self: an order
 *
 * Returns: (type filename) (nullable): where the signer writes the signed zone; %NULL where it
 *   leaves by zone transfer only
 *
 * Since: 0.1
 */
const gchar *
kasper_zone_order_get_output(KasperZoneOrder *self)
{
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(self), NULL);
	return self->output;
}

/**
 * kasper_zone_order_get_input_type:
 * @self: an order
 *
 * Returns: how the zone reaches the signer, in zonelist.xml's words: "File" or "DNS"
 *
 * Since: 0.1
 */
const gchar *
kasper_zone_order_get_input_type(KasperZoneOrder *self)
{
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(self), NULL);
	return self->input_type;
}

/**
 * kasper_zone_order_get_output_type:
 * @self: an order
 *
 * Returns: how the zone leaves the signer, in zonelist.xml's words: "File" or "DNS"
 *
 * Since: 0.1
 */
const gchar *
kasper_zone_order_get_output_type(KasperZoneOrder *self)
{
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(self), NULL);
	return self->output_type;
}

/**
 * kasper_zone_order_get_output_adapter:
 * @self: an order
 *
 * Returns: (type filename) (nullable): the signed zone, or the file that zone transfers are
 *   configured with
 *
 * Since: 0.1
 */
const gchar *
kasper_zone_order_get_output_adapter(KasperZoneOrder *self)
{
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(self), NULL);
	return self->output_adapter != NULL ? self->output_adapter : self->output;
}
