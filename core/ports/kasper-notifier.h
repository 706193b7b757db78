/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-event.h"
#include "kasper-plugin.h"

G_BEGIN_DECLS

#define KASPER_TYPE_NOTIFIER (kasper_notifier_get_type())
KASPER_EXPORT
G_DECLARE_INTERFACE(KasperNotifier, kasper_notifier, KASPER, NOTIFIER, KasperPlugin)

/**
 * KasperNotifierInterface:
 * @parent_iface: the parent interface
 * @deliver: required; may block, for it runs on a worker thread
 *
 * Tells somebody that something happened, or that something is theirs to do.
 *
 * Since: 0.1
 */
struct _KasperNotifierInterface {
	GTypeInterface parent_iface;

	gboolean (*deliver)(KasperNotifier *self,
			    KasperEvent *event,
			    GCancellable *cancellable,
			    GError **error);
};

KASPER_EXPORT
gboolean kasper_notifier_deliver(KasperNotifier *self,
				 KasperEvent *event,
				 GCancellable *cancellable,
				 GError **error);

G_END_DECLS
