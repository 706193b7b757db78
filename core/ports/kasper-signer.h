/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-plugin.h"
#include "kasper-zone-order.h"

G_BEGIN_DECLS

/**
 * KasperSignerStatus:
 * @KASPER_SIGNER_PUBLISHED: the zone is served as ordered
 * @KASPER_SIGNER_PENDING: the signer has the order, and the zone is not there yet: look again
 * @KASPER_SIGNER_FAILED: the order was not taken; the text says why
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_SIGNER_PUBLISHED,
	KASPER_SIGNER_PENDING,
	KASPER_SIGNER_FAILED,
} KasperSignerStatus;

/* what became of an order */
#define KASPER_TYPE_SIGNER_ANSWER (kasper_signer_answer_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperSignerAnswer, kasper_signer_answer, KASPER, SIGNER_ANSWER, GObject)

KASPER_EXPORT
KasperSignerAnswer *
kasper_signer_answer_new(KasperSignerStatus status, gint64 revision, const gchar *text);
KASPER_EXPORT
KasperSignerStatus kasper_signer_answer_get_status(KasperSignerAnswer *self);
KASPER_EXPORT
gint64 kasper_signer_answer_get_revision(KasperSignerAnswer *self);
/* (nullable) */
KASPER_EXPORT
const gchar *kasper_signer_answer_get_text(KasperSignerAnswer *self);
/* what was really read in the zone; all zero and assumed until set */
KASPER_EXPORT
void kasper_signer_answer_set_seen(KasperSignerAnswer *self,
				   gint64 max_ttl,
				   gint64 dnskey_ttl,
				   gboolean all_replaced);
KASPER_EXPORT
gint64 kasper_signer_answer_get_max_ttl(KasperSignerAnswer *self);
KASPER_EXPORT
gint64 kasper_signer_answer_get_dnskey_ttl(KasperSignerAnswer *self);
/* no signature is left of a key that the order does not have signing */
KASPER_EXPORT
gboolean kasper_signer_answer_get_all_replaced(KasperSignerAnswer *self);
/* nobody looked: the answer rests on the order having been handed over */
KASPER_EXPORT
gboolean kasper_signer_answer_get_assumed(KasperSignerAnswer *self);

/**
 * KasperSignerTrace:
 * @KASPER_SIGNER_NOTHING: nothing says that the zone is signed
 * @KASPER_SIGNER_SIGNED: the zone is signed already, or somebody has ordered that
 * @KASPER_SIGNER_UNCLEAR: it cannot be told; the text says why
 *
 * What there is of a zone before the first order for it.
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_SIGNER_NOTHING,
	KASPER_SIGNER_SIGNED,
	KASPER_SIGNER_UNCLEAR,
} KasperSignerTrace;

/* what a signer has of a zone for which it has no order yet */
#define KASPER_TYPE_SIGNER_FINDING (kasper_signer_finding_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperSignerFinding, kasper_signer_finding, KASPER, SIGNER_FINDING, GObject)

KASPER_EXPORT
KasperSignerFinding *kasper_signer_finding_new(KasperSignerTrace trace, const gchar *text);
KASPER_EXPORT
KasperSignerTrace kasper_signer_finding_get_trace(KasperSignerFinding *self);
/* (nullable) */
KASPER_EXPORT
const gchar *kasper_signer_finding_get_text(KasperSignerFinding *self);
KASPER_EXPORT
void kasper_signer_finding_add_key(KasperSignerFinding *self, KasperOrderKey *key);
/* of KasperOrderKey, without repository or public key where the signer does not know them */
KASPER_EXPORT
GListModel *kasper_signer_finding_get_keys(KasperSignerFinding *self);

#define KASPER_TYPE_SIGNER (kasper_signer_get_type())
KASPER_EXPORT
G_DECLARE_INTERFACE(KasperSigner, kasper_signer, KASPER, SIGNER, KasperPlugin)

/**
 * KasperSignerInterface:
 * @parent_iface: the parent interface
 * @apply_orders: required; a #GListModel of #KasperZoneOrder in, one of #KasperSignerAnswer out,
 *   in the same order; an order that is applied twice has no further effect
 * @read_back: required; looks at what is published for the zone of @order
 * @forget_zone: optional; the zone is no longer ours: take the orders away
 * @find_zones: optional; a #GListModel of #KasperZoneOrder without keys in, one of
 *   #KasperSignerFinding out, in the same order: is the zone signed already? Asked before the first
 *   order for a zone; nothing is changed. Without it every new zone is taken for unsigned
 *
 * Gives a signer its orders and reads back what it did. All slots run on worker threads.
 *
 * Since: 0.1
 */
struct _KasperSignerInterface {
	GTypeInterface parent_iface;

	GListModel *(*apply_orders)(KasperSigner *self,
				    GListModel *orders,
				    GCancellable *cancellable,
				    GError **error);
	KasperSignerAnswer *(*read_back)(KasperSigner *self,
					 KasperZoneOrder *order,
					 GCancellable *cancellable,
					 GError **error);
	gboolean (*forget_zone)(KasperSigner *self,
				KasperZoneOrder *order,
				GCancellable *cancellable,
				GError **error);
	GListModel *(*find_zones)(KasperSigner *self,
				  GListModel *orders,
				  GCancellable *cancellable,
				  GError **error);
};

KASPER_EXPORT
GListModel *kasper_signer_apply_orders(KasperSigner *self,
				       GListModel *orders,
				       GCancellable *cancellable,
				       GError **error);
KASPER_EXPORT
KasperSignerAnswer *kasper_signer_read_back(KasperSigner *self,
					    KasperZoneOrder *order,
					    GCancellable *cancellable,
					    GError **error);
KASPER_EXPORT
gboolean kasper_signer_forget_zone(KasperSigner *self,
				   KasperZoneOrder *order,
				   GCancellable *cancellable,
				   GError **error);
KASPER_EXPORT
gboolean kasper_signer_can_find_zones(KasperSigner *self);
KASPER_EXPORT
GListModel *kasper_signer_find_zones(KasperSigner *self,
				     GListModel *orders,
				     GCancellable *cancellable,
				     GError **error);

G_END_DECLS
