/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "notify.h"
#include "zone-list.h"

G_BEGIN_DECLS

/* orders on their way to the signer: written, listed, told */
typedef struct {
	gid_t group;
	OdsNotify *notify;
	OdsZoneList *list; /* NULL: somebody else keeps it */
	/* zones that are to be listed with the next lot, and of which the signer is told then */
	GHashTable *deferred;
	gchar *deferred_failure; /* what went wrong when their lot was due; NULL: it is not yet */
} OdsDesk;

OdsDesk *ods_desk_new(const gchar *zones_file, gid_t group, OdsNotify *notify);
void ods_desk_free(OdsDesk *self);

/* what became of an order; neither: it is with the signer */
typedef struct {
	gchar *failure;
	gboolean deferred;
} OdsOutcome;

/* hands a batch over. Returns: (transfer full) (element-type OdsOutcome): one for each order;
 * NULL: none was tried */
GArray *
ods_desk_apply(OdsDesk *self, GListModel *orders, GCancellable *cancellable, GError **error);
/* a zone of which the signer was not told yet: does so, with all others. FALSE: the order has to
 * be handed over anew */
gboolean
ods_desk_settle(OdsDesk *self, const gchar *zone, GCancellable *cancellable, GError **error);
gboolean
ods_desk_forget(OdsDesk *self, KasperZoneOrder *order, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OdsDesk, ods_desk_free)

G_END_DECLS
