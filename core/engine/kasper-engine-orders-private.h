/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-decide.h"
#include "kasper-ds-channel.h"
#include "kasper-engine.h"
#include "kasper-signer.h"

G_BEGIN_DECLS

/* what goes out: orders for the signer, DS sets for the parent */

/* an order on its way out */
typedef struct {
	gint64 intent;
	gint64 zone;
	gint stage;
	guint tries;
	guint place; /* in its batch */
	KasperZoneOrder *order;
} KasperOutgoingOrder;

/* kasper-order.c: what a signer is told, and what it tells */
KasperZoneOrder *kasper_engine_make_order(KasperEngine *self,
					  const KasperZoneRow *row,
					  const KasperSnapshot *snapshot,
					  GError **error);
/* what a signer is called with: the orders of a batch, in its order */
GListModel *kasper_outgoing_orders_to_model(GPtrArray *orders);
void kasper_outgoing_order_free(KasperOutgoingOrder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperOutgoingOrder, kasper_outgoing_order_free)
/* an order's answer, within the open transaction */
gboolean kasper_engine_record_answer(KasperEngine *self,
				     const KasperOutgoingOrder *outgoing,
				     KasperSignerAnswer *answer,
				     gboolean *ret_pending,
				     GError **error);

/* stages of an order's intent */
#define KASPER_STAGE_APPLY   0 /* to be handed to the signer */
#define KASPER_STAGE_READ    1 /* handed over: is it published? */
#define KASPER_STAGE_REPLACE 2 /* published: are the old signatures gone? */

/* kasper-orders.c: handing them over, again if need be */
void kasper_engine_send_orders(KasperEngine *self);
gboolean kasper_engine_retry_orders(KasperEngine *self, KasperTime now);

/* kasper-ds-set.c: the set that the parent is to have, for channels and for people */
KasperDsRequest *kasper_engine_make_ds_request(KasperEngine *self,
					       const KasperZoneRow *row,
					       const KasperSnapshot *snapshot,
					       const KasperIntentRow *intent,
					       GError **error);
gboolean kasper_engine_announce_ds(KasperEngine *self,
				   const KasperZoneRow *row,
				   const KasperSnapshot *snapshot,
				   GError **error);
gboolean kasper_engine_announce_ds_wait(KasperEngine *self,
					const KasperZoneRow *row,
					const KasperSnapshot *snapshot,
					GError **error);
/* the channel, or a person, has the set; which is not publication */
gboolean kasper_engine_accept_submission(KasperEngine *self,
					 const KasperIntentRow *intent,
					 const gchar *actor,
					 GError **error);

/* kasper-submissions.c: handing it over */
gboolean kasper_engine_submit_due(KasperEngine *self, KasperTime now);

/* kasper-forget.c: zones that are no longer ours */
gboolean kasper_engine_add_forget(KasperEngine *self,
				  const KasperZoneRow *row,
				  KasperTime now,
				  GError **error);
gboolean kasper_engine_forget_due(KasperEngine *self, KasperTime now);

/* kasper-plugins.c: signer, DS channel, notifiers, backup guards */
gboolean kasper_engine_open_plugins(KasperEngine *self, GError **error);
void kasper_engine_reopen_plugins(KasperEngine *self, KasperTime now);
/* closes what @config no longer has, or has with other settings */
void kasper_engine_close_changed(KasperEngine *self, KasperConfig *config);

G_END_DECLS
