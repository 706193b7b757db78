/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-notifier.h"

#include "kasper-contract-private.h"

/**
 * KasperNotifier:
 *
 * Tells somebody that something happened, or that something is theirs to do. May block, and is
 * called on worker threads, one event at a time.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE(KasperNotifier, kasper_notifier, KASPER_TYPE_PLUGIN)

static void
kasper_notifier_default_init(KasperNotifierInterface *iface)
{
}

/**
 * kasper_notifier_deliver:
 * @self: a notifier
 * @event: what happened
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Delivers one event. One that failed is delivered again, under the same id.
 *
 * Returns: %TRUE if it was delivered
 *
 * Since: 0.1
 */
gboolean
kasper_notifier_deliver(KasperNotifier *self,
			KasperEvent *event,
			GCancellable *cancellable,
			GError **error)
{
	KasperNotifierInterface *iface;
	GError *cause = NULL;
	gboolean done;

	g_return_val_if_fail(KASPER_IS_NOTIFIER(self), FALSE);
	g_return_val_if_fail(KASPER_IS_EVENT(event), FALSE);

	iface = KASPER_NOTIFIER_GET_IFACE(self);
	if (iface->deliver == NULL)
		return kasper_contract_missing(self, "deliver", error);
	done = iface->deliver(self, event, cancellable, &cause);
	return kasper_contract_settle(self, "deliver", done, cause, error);
}
