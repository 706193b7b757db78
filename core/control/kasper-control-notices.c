/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-notices.h"

#include "kasper-dbus-error.h"

struct _KasperControlNotices {
	grefcount refs; /* the owner's, and one while a flush is under way */
	GDBusConnection *connection;
	guint max;
	guint n_queued;	  /* since the last flush that has ended began */
	guint n_flushing; /* of these, how many the flush under way covers; 0: there is none */
	guint n_dropped;
};

KasperControlNotices *
kasper_control_notices_new(GDBusConnection *connection, guint max)
{
	KasperControlNotices *self = g_new0(KasperControlNotices, 1);

	g_ref_count_init(&self->refs);
	self->connection = g_object_ref(connection);
	self->max = max;
	return self;
}

void
kasper_control_notices_free(KasperControlNotices *self)
{
	if (!g_ref_count_dec(&self->refs))
		return;
	g_object_unref(self->connection);
	g_free(self);
}

static void kasper_control_notices_flush(KasperControlNotices *self);

static void
kasper_control_notices_on_flushed(GObject *source, GAsyncResult *result, gpointer user_data)
{
	KasperControlNotices *self = user_data;
	gboolean is_open = g_dbus_connection_flush_finish(G_DBUS_CONNECTION(source), result, NULL);

	self->n_queued -= self->n_flushing;
	self->n_flushing = 0;
	if (is_open && self->n_queued > 0)
		kasper_control_notices_flush(self);
	kasper_control_notices_free(self);
}

static void
kasper_control_notices_flush(KasperControlNotices *self)
{
	if (self->n_flushing > 0)
		return;
	self->n_flushing = self->n_queued;
	g_ref_count_inc(&self->refs);
	g_dbus_connection_flush(self->connection, NULL, kasper_control_notices_on_flushed, self);
}

void
kasper_control_notices_send(KasperControlNotices *self, GVariant *event)
{
	g_autoptr(GVariantDict) fields = NULL;

	if (self->n_queued >= self->max) {
		self->n_dropped++;
		return;
	}
	fields = g_variant_dict_new(event);
	if (self->n_dropped > 0)
		g_variant_dict_insert(fields, "dropped", "u", self->n_dropped);
	self->n_dropped = 0;
	g_dbus_connection_emit_signal(self->connection,
				      NULL,
				      KASPER_DBUS_PATH,
				      KASPER_DBUS_INTERFACE,
				      "Event",
				      g_variant_new("(@a{sv})", g_variant_dict_end(fields)),
				      NULL);
	self->n_queued++;
	kasper_control_notices_flush(self);
}
