/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-export.h"

G_BEGIN_DECLS

/**
 * KasperKeyUse:
 * @KASPER_KEY_USE_PUBLISH: its DNSKEY is in the key set
 * @KASPER_KEY_USE_SIGN_KEYS: it signs the DNSKEY RRset
 * @KASPER_KEY_USE_SIGN_DATA: it signs the zone's data
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_KEY_USE_PUBLISH = 1 << 0,
	KASPER_KEY_USE_SIGN_KEYS = 1 << 1,
	KASPER_KEY_USE_SIGN_DATA = 1 << 2,
} KasperKeyUse;

/* a key of an order */
#define KASPER_TYPE_ORDER_KEY (kasper_order_key_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperOrderKey, kasper_order_key, KASPER, ORDER_KEY, GObject)

KASPER_EXPORT
KasperOrderKey *kasper_order_key_new(const gchar *id,
				     const gchar *repository,
				     guint flags,
				     guint algorithm,
				     guint use,
				     GBytes *public_key);
KASPER_EXPORT
const gchar *kasper_order_key_get_id(KasperOrderKey *self);
KASPER_EXPORT
const gchar *kasper_order_key_get_repository(KasperOrderKey *self);
KASPER_EXPORT
guint kasper_order_key_get_flags(KasperOrderKey *self);
KASPER_EXPORT
guint kasper_order_key_get_algorithm(KasperOrderKey *self);
/* KasperKeyUse, ored */
KASPER_EXPORT
guint kasper_order_key_get_use(KasperOrderKey *self);
KASPER_EXPORT
GBytes *kasper_order_key_get_public_key(KasperOrderKey *self);

/* how zones of a policy are to be signed; one object serves all orders of a policy. Spans are in
 * seconds. Filled in by name, with g_object_new(): properties resign, refresh, validity,
 * validity-denial, validity-keyset (0: as validity), jitter, inception-offset, max-zone-ttl
 * (0: unset), nsec3 (boolean), nsec3-opt-out (boolean), nsec3-ttl, nsec3-algorithm,
 * nsec3-iterations, nsec3-salt (hex; "-": empty), dnskey-ttl, soa-ttl, soa-minimum,
 * soa-serial (text), passthrough (boolean). */
#define KASPER_TYPE_SIGNING_POLICY (kasper_signing_policy_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperSigningPolicy, kasper_signing_policy, KASPER, SIGNING_POLICY, GObject)

KASPER_EXPORT
KasperSigningPolicy *kasper_signing_policy_new(void);

/* what a signer is to publish for a zone, all of it, each time */
#define KASPER_TYPE_ZONE_ORDER (kasper_zone_order_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperZoneOrder, kasper_zone_order, KASPER, ZONE_ORDER, GObject)

KASPER_EXPORT
KasperZoneOrder *
kasper_zone_order_new(const gchar *zone, gint64 revision, KasperSigningPolicy *policy);
KASPER_EXPORT
const gchar *kasper_zone_order_get_zone(KasperZoneOrder *self);
/* ascending per zone; the answer names the one that is published */
KASPER_EXPORT
gint64 kasper_zone_order_get_revision(KasperZoneOrder *self);
KASPER_EXPORT
KasperSigningPolicy *kasper_zone_order_get_policy(KasperZoneOrder *self);
KASPER_EXPORT
void kasper_zone_order_add_key(KasperZoneOrder *self, KasperOrderKey *key);
/* of KasperOrderKey, in a fixed order: KSKs and CSKs first, then by creation */
KASPER_EXPORT
GListModel *kasper_zone_order_get_keys(KasperZoneOrder *self);
/* from zonelist.xml: where the orders go, and where the signer reads and writes the zone */
KASPER_EXPORT
void kasper_zone_order_set_files(KasperZoneOrder *self,
				 const gchar *signer_configuration,
				 const gchar *input,
				 const gchar *output);
/* ... and where a zone comes in or leaves by zone transfer */
KASPER_EXPORT
void kasper_zone_order_set_adapters(KasperZoneOrder *self,
				    const gchar *input_type,
				    const gchar *output_type,
				    const gchar *output_adapter);
/* (type filename) (nullable) */
KASPER_EXPORT
const gchar *kasper_zone_order_get_signer_configuration(KasperZoneOrder *self);
KASPER_EXPORT
const gchar *kasper_zone_order_get_input(KasperZoneOrder *self);
/* the signed zone; NULL where it leaves by zone transfer only */
KASPER_EXPORT
const gchar *kasper_zone_order_get_output(KasperZoneOrder *self);
/* "File" or "DNS" */
KASPER_EXPORT
const gchar *kasper_zone_order_get_input_type(KasperZoneOrder *self);
KASPER_EXPORT
const gchar *kasper_zone_order_get_output_type(KasperZoneOrder *self);
/* (type filename) (nullable): the signed zone, or what zone transfers are configured with */
KASPER_EXPORT
const gchar *kasper_zone_order_get_output_adapter(KasperZoneOrder *self);

G_END_DECLS
