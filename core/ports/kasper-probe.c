/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-probe.h"

#include "kasper-contract-private.h"

struct _KasperParentView {
	GObject parent_instance;

	gchar **ds;
	gint64 ttl;
	guint servers;
};

/**
 * KasperParentView:
 *
 * The DS set of a zone at the parent, as all servers that were asked agree upon. It never changes.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperParentView, kasper_parent_view, G_TYPE_OBJECT)

static void
kasper_parent_view_finalize(GObject *object)
{
	KasperParentView *self = KASPER_PARENT_VIEW(object);

	g_strfreev(self->ds);
	G_OBJECT_CLASS(kasper_parent_view_parent_class)->finalize(object);
}

static void
kasper_parent_view_init(KasperParentView *self)
{
}

static void
kasper_parent_view_class_init(KasperParentViewClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_parent_view_finalize;
}

/**
 * kasper_parent_view_new:
 * @ds: (array zero-terminated=1): DS records; none after a proof of absence
 * @ttl: the largest TTL that was seen, or that of the negative answer, in seconds
 * @servers: how many servers were asked
 *
 * What a probe saw.
 *
 * Returns: (transfer full): a view
 *
 * Since: 0.1
 */
KasperParentView *
kasper_parent_view_new(const gchar *const *ds, gint64 ttl, guint servers)
{
	KasperParentView *self;

	g_return_val_if_fail(ds != NULL, NULL);
	g_return_val_if_fail(ttl >= 0, NULL);

	self = g_object_new(KASPER_TYPE_PARENT_VIEW, NULL);
	self->ds = g_strdupv((gchar **)ds);
	self->ttl = ttl;
	self->servers = servers;
	return self;
}

/**
 * kasper_parent_view_get_ds:
 * @self: a view
 *
 * Returns: (transfer none) (array zero-terminated=1): DS records; none after a proof of absence
 *
 * Since: 0.1
 */
const gchar *const *
kasper_parent_view_get_ds(KasperParentView *self)
{
	g_return_val_if_fail(KASPER_IS_PARENT_VIEW(self), NULL);
	return (const gchar *const *)self->ds;
}

/**
 * kasper_parent_view_get_ttl:
 * @self: a view
 *
 * Returns: the largest TTL that was seen, or that of the negative answer, in seconds
 *
 * Since: 0.1
 */
gint64
kasper_parent_view_get_ttl(KasperParentView *self)
{
	g_return_val_if_fail(KASPER_IS_PARENT_VIEW(self), 0);
	return self->ttl;
}

/**
 * kasper_parent_view_get_servers:
 * @self: a view
 *
 * Returns: how many servers were asked
 *
 * Since: 0.1
 */
guint
kasper_parent_view_get_servers(KasperParentView *self)
{
	g_return_val_if_fail(KASPER_IS_PARENT_VIEW(self), 0);
	return self->servers;
}

/**
 * KasperProbe:
 *
 * Looks at what the world is served. All functions may block, and are called on worker threads, one
 * at a time.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE(KasperProbe, kasper_probe, KASPER_TYPE_PLUGIN)

static void
kasper_probe_default_init(KasperProbeInterface *iface)
{
}

/**
 * kasper_probe_look_at_parent:
 * @self: a probe
 * @zone: a zone's name
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Looks at the DS set at every server of the parent.
 *
 * Errors: %KASPER_ERROR_TRY_AGAIN where they do not agree, or do not all answer.
 *
 * Returns: (transfer full): what all of them serve
 *
 * Since: 0.1
 */
KasperParentView *
kasper_probe_look_at_parent(KasperProbe *self,
			    const gchar *zone,
			    GCancellable *cancellable,
			    GError **error)
{
	KasperProbeInterface *iface;
	g_autoptr(KasperParentView) view = NULL;
	GError *cause = NULL;

	g_return_val_if_fail(KASPER_IS_PROBE(self), NULL);
	g_return_val_if_fail(zone != NULL, NULL);

	iface = KASPER_PROBE_GET_IFACE(self);
	if (iface->look_at_parent == NULL) {
		kasper_contract_missing(self, "look_at_parent", error);
		return NULL;
	}
	view = iface->look_at_parent(self, zone, cancellable, &cause);
	if (!kasper_contract_settle(self, "look_at_parent", view != NULL, cause, error))
		return NULL;
	/* an absence that no server proved is no absence */
	if (view->servers == 0) {
		kasper_contract_broken(self, "look_at_parent", "asked no server", error);
		return NULL;
	}
	return g_steal_pointer(&view);
}

/**
 * kasper_probe_look_at_child:
 * @self: a probe
 * @order: what is to be served
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Looks whether every server of the zone serves what @order says.
 *
 * Errors: %KASPER_ERROR_TRY_AGAIN where one does not, or does not answer.
 *
 * Returns: %TRUE if all of them do
 *
 * Since: 0.1
 */
gboolean
kasper_probe_look_at_child(KasperProbe *self,
			   KasperZoneOrder *order,
			   GCancellable *cancellable,
			   GError **error)
{
	KasperProbeInterface *iface;
	GError *cause = NULL;
	gboolean done;

	g_return_val_if_fail(KASPER_IS_PROBE(self), FALSE);
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(order), FALSE);

	iface = KASPER_PROBE_GET_IFACE(self);
	if (iface->look_at_child == NULL)
		return kasper_contract_missing(self, "look_at_child", error);
	done = iface->look_at_child(self, order, cancellable, &cause);
	return kasper_contract_settle(self, "look_at_child", done, cause, error);
}
