/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-ds-channel.h"

#include "kasper-contract-private.h"

/**
 * KasperDsChannel:
 *
 * Asks the parent to publish or withdraw DS records. All functions may block, and are called on
 * worker threads, one at a time. An error means that nothing was tried; what the counterparty says
 * is an answer.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE(KasperDsChannel, kasper_ds_channel, KASPER_TYPE_PLUGIN)

typedef KasperDsAnswer *(*KasperDsSlot)(KasperDsChannel *self,
					KasperDsRequest *request,
					GCancellable *cancellable,
					GError **error);

static void
kasper_ds_channel_default_init(KasperDsChannelInterface *iface)
{
}

/* what is wrong with an answer; NULL: nothing */
static const gchar *
kasper_ds_channel_find_fault(KasperDsChannel *self, KasperDsAnswer *answer)
{
	switch (kasper_ds_answer_get_status(answer)) {
	case KASPER_DS_STATUS_PENDING:
		/* otherwise nobody could ever learn what became of it */
		if (kasper_ds_answer_get_token(answer) == NULL)
			return "returned a pending answer without a token";
		if (KASPER_DS_CHANNEL_GET_IFACE(self)->poll_token == NULL)
			return "returned a pending answer, and has no poll_token()";
		return NULL;
	case KASPER_DS_STATUS_DONE:
	case KASPER_DS_STATUS_RETRY:
	case KASPER_DS_STATUS_REJECTED:
	case KASPER_DS_STATUS_AUTH:
	case KASPER_DS_STATUS_NEEDS_OPERATOR:
	case KASPER_DS_STATUS_UNSUPPORTED:
	case KASPER_DS_STATUS_UNKNOWN:
		return NULL;
	}
	return "returned an answer with a status that does not exist";
}

static KasperDsAnswer *
kasper_ds_channel_ask(KasperDsChannel *self,
		      const gchar *name,
		      KasperDsSlot slot,
		      KasperDsRequest *request,
		      GCancellable *cancellable,
		      GError **error)
{
	g_autoptr(KasperDsAnswer) answer = NULL;
	GError *cause = NULL;
	const gchar *fault;

	if (slot == NULL) {
		kasper_contract_missing(self, name, error);
		return NULL;
	}
	answer = slot(self, request, cancellable, &cause);
	if (!kasper_contract_settle(self, name, answer != NULL, cause, error))
		return NULL;
	fault = kasper_ds_channel_find_fault(self, answer);
	if (fault != NULL) {
		kasper_contract_broken(self, name, fault, error);
		return NULL;
	}
	return g_steal_pointer(&answer);
}

/**
 * kasper_ds_channel_check_channel:
 * @self: a DS channel
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Looks whether settings, credentials and the peer are as they should be, and changes nothing. A
 * channel without a check of its own passes.
 *
 * Returns: %TRUE if nothing is wrong
 *
 * Since: 0.1
 */
gboolean
kasper_ds_channel_check_channel(KasperDsChannel *self, GCancellable *cancellable, GError **error)
{
	KasperDsChannelInterface *iface;
	GError *cause = NULL;
	gboolean done;

	g_return_val_if_fail(KASPER_IS_DS_CHANNEL(self), FALSE);

	iface = KASPER_DS_CHANNEL_GET_IFACE(self);
	if (iface->check_channel == NULL)
		return TRUE;
	done = iface->check_channel(self, cancellable, &cause);
	return kasper_contract_settle(self, "check_channel", done, cause, error);
}

/**
 * kasper_ds_channel_read_stored:
 * @self: a DS channel
 * @request: which zone is meant, and what is wanted of it
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Which set has the counterparty stored? That is not yet publication.
 *
 * Errors: %KASPER_ERROR_NOT_SUPPORTED if the channel cannot tell.
 *
 * Returns: (transfer full): the answer, with the stored set
 *
 * Since: 0.1
 */
KasperDsAnswer *
kasper_ds_channel_read_stored(KasperDsChannel *self,
			      KasperDsRequest *request,
			      GCancellable *cancellable,
			      GError **error)
{
	g_return_val_if_fail(KASPER_IS_DS_CHANNEL(self), NULL);
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(request), NULL);

	return kasper_ds_channel_ask(self,
				     "read_stored",
				     KASPER_DS_CHANNEL_GET_IFACE(self)->read_stored,
				     request,
				     cancellable,
				     error);
}

/**
 * kasper_ds_channel_submit_set:
 * @self: a DS channel
 * @request: what the parent is to publish
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Asks the counterparty to bring the parent to the wanted set. Tolerates the same operation twice.
 *
 * Returns: (transfer full): what became of the one attempt
 *
 * Since: 0.1
 */
KasperDsAnswer *
kasper_ds_channel_submit_set(KasperDsChannel *self,
			     KasperDsRequest *request,
			     GCancellable *cancellable,
			     GError **error)
{
	g_return_val_if_fail(KASPER_IS_DS_CHANNEL(self), NULL);
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(request), NULL);

	return kasper_ds_channel_ask(self,
				     "submit_set",
				     KASPER_DS_CHANNEL_GET_IFACE(self)->submit_set,
				     request,
				     cancellable,
				     error);
}

/**
 * kasper_ds_channel_poll_token:
 * @self: a DS channel
 * @request: the operation, with the token that the channel gave
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Continues a pending submission.
 *
 * Returns: (transfer full): what became of it by now
 *
 * Since: 0.1
 */
KasperDsAnswer *
kasper_ds_channel_poll_token(KasperDsChannel *self,
			     KasperDsRequest *request,
			     GCancellable *cancellable,
			     GError **error)
{
	g_return_val_if_fail(KASPER_IS_DS_CHANNEL(self), NULL);
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(request), NULL);

	return kasper_ds_channel_ask(self,
				     "poll_token",
				     KASPER_DS_CHANNEL_GET_IFACE(self)->poll_token,
				     request,
				     cancellable,
				     error);
}

/**
 * kasper_ds_channel_cancel_token:
 * @self: a DS channel
 * @request: the operation, with the token that the channel gave
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Takes a pending submission back.
 *
 * Errors: %KASPER_ERROR_NOT_SUPPORTED if that cannot be done.
 *
 * Returns: %TRUE if it will not be carried out
 *
 * Since: 0.1
 */
gboolean
kasper_ds_channel_cancel_token(KasperDsChannel *self,
			       KasperDsRequest *request,
			       GCancellable *cancellable,
			       GError **error)
{
	KasperDsChannelInterface *iface;
	GError *cause = NULL;
	gboolean done;

	g_return_val_if_fail(KASPER_IS_DS_CHANNEL(self), FALSE);
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(request), FALSE);

	iface = KASPER_DS_CHANNEL_GET_IFACE(self);
	if (iface->cancel_token == NULL)
		return kasper_contract_missing(self, "cancel_token", error);
	done = iface->cancel_token(self, request, cancellable, &cause);
	return kasper_contract_settle(self, "cancel_token", done, cause, error);
}

/**
 * kasper_ds_channel_get_capabilities:
 * @self: a DS channel
 *
 * Reserved for later.
 *
 * Returns: 0 for now
 *
 * Since: 0.1
 */
guint
kasper_ds_channel_get_capabilities(KasperDsChannel *self)
{
	KasperDsChannelInterface *iface;

	g_return_val_if_fail(KASPER_IS_DS_CHANNEL(self), 0);

	iface = KASPER_DS_CHANNEL_GET_IFACE(self);
	return iface->get_capabilities != NULL ? iface->get_capabilities(self) : 0;
}
