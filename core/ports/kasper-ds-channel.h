/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-ds-request.h"
#include "kasper-plugin.h"

G_BEGIN_DECLS

#define KASPER_TYPE_DS_CHANNEL (kasper_ds_channel_get_type())
KASPER_EXPORT
G_DECLARE_INTERFACE(KasperDsChannel, kasper_ds_channel, KASPER, DS_CHANNEL, KasperPlugin)

/**
 * KasperDsChannelInterface:
 * @parent_iface: the parent interface
 * @check_channel: optional; are settings, credentials and the peer as they should be? Changes
 * nothing
 * @read_stored: optional; which set has the counterparty stored?
 * @submit_set: required; brings it to the wanted set; must tolerate the same operation twice
 * @poll_token: optional; continues a pending submission
 * @cancel_token: optional
 * @get_capabilities: optional; reserved flags, 0 for now
 *
 * Asks the parent to publish or withdraw DS records. A channel has no clock and no retry of its
 * own; its answer says what became of the one attempt. All slots run on worker threads. An error
 * means that nothing was tried; what the counterparty says is an answer.
 *
 * Since: 0.1
 */
struct _KasperDsChannelInterface {
	GTypeInterface parent_iface;

	gboolean (*check_channel)(KasperDsChannel *self, GCancellable *cancellable, GError **error);
	KasperDsAnswer *(*read_stored)(KasperDsChannel *self,
				       KasperDsRequest *request,
				       GCancellable *cancellable,
				       GError **error);
	KasperDsAnswer *(*submit_set)(KasperDsChannel *self,
				      KasperDsRequest *request,
				      GCancellable *cancellable,
				      GError **error);
	KasperDsAnswer *(*poll_token)(KasperDsChannel *self,
				      KasperDsRequest *request,
				      GCancellable *cancellable,
				      GError **error);
	gboolean (*cancel_token)(KasperDsChannel *self,
				 KasperDsRequest *request,
				 GCancellable *cancellable,
				 GError **error);
	guint (*get_capabilities)(KasperDsChannel *self);
};

KASPER_EXPORT
gboolean
kasper_ds_channel_check_channel(KasperDsChannel *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
KasperDsAnswer *kasper_ds_channel_read_stored(KasperDsChannel *self,
					      KasperDsRequest *request,
					      GCancellable *cancellable,
					      GError **error);
KASPER_EXPORT
KasperDsAnswer *kasper_ds_channel_submit_set(KasperDsChannel *self,
					     KasperDsRequest *request,
					     GCancellable *cancellable,
					     GError **error);
KASPER_EXPORT
KasperDsAnswer *kasper_ds_channel_poll_token(KasperDsChannel *self,
					     KasperDsRequest *request,
					     GCancellable *cancellable,
					     GError **error);
KASPER_EXPORT
gboolean kasper_ds_channel_cancel_token(KasperDsChannel *self,
					KasperDsRequest *request,
					GCancellable *cancellable,
					GError **error);
KASPER_EXPORT
guint kasper_ds_channel_get_capabilities(KasperDsChannel *self);

G_END_DECLS
