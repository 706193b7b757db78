/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-plugin.h"
#include "kasper-zone-order.h"

G_BEGIN_DECLS

/* what all servers that were asked agree upon; a probe that cannot say so fails instead */
#define KASPER_TYPE_PARENT_VIEW (kasper_parent_view_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperParentView, kasper_parent_view, KASPER, PARENT_VIEW, GObject)

KASPER_EXPORT
KasperParentView *kasper_parent_view_new(const gchar *const *ds, gint64 ttl, guint servers);
/* (array zero-terminated=1): DS lines; none after a proof of absence */
KASPER_EXPORT
const gchar *const *kasper_parent_view_get_ds(KasperParentView *self);
/* the largest that was seen, or that of the negative answer */
KASPER_EXPORT
gint64 kasper_parent_view_get_ttl(KasperParentView *self);
KASPER_EXPORT
guint kasper_parent_view_get_servers(KasperParentView *self);

#define KASPER_TYPE_PROBE (kasper_probe_get_type())
KASPER_EXPORT
G_DECLARE_INTERFACE(KasperProbe, kasper_probe, KASPER, PROBE, KasperPlugin)

/**
 * KasperProbeInterface:
 * @parent_iface: the parent interface
 * @look_at_parent: optional; the DS set at every server of the parent
 * @look_at_child: optional; fails unless every server of the zone serves what @order says
 *
 * Looks at what the world is served. All slots run on worker threads.
 *
 * Since: 0.1
 */
struct _KasperProbeInterface {
	GTypeInterface parent_iface;

	KasperParentView *(*look_at_parent)(KasperProbe *self,
					    const gchar *zone,
					    GCancellable *cancellable,
					    GError **error);
	gboolean (*look_at_child)(KasperProbe *self,
				  KasperZoneOrder *order,
				  GCancellable *cancellable,
				  GError **error);
};

KASPER_EXPORT
KasperParentView *kasper_probe_look_at_parent(KasperProbe *self,
					      const gchar *zone,
					      GCancellable *cancellable,
					      GError **error);
KASPER_EXPORT
gboolean kasper_probe_look_at_child(KasperProbe *self,
				    KasperZoneOrder *order,
				    GCancellable *cancellable,
				    GError **error);

G_END_DECLS
