/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-notices.h"
#include "kasper-control-private.h"
#include "kasper-dbus-error.h"
#include "kasper-dbus-generated.h"
#include "kasper-error.h"

/* clients that are served at a time */
#define KASPER_CONTROL_CLIENTS_MAX 64
/* bytes of a call: the longest that makes sense is an import of a key, well under a kilobyte */
#define KASPER_CONTROL_CALL_MAX (1024 * 1024)
/* signals that are under way to one client */
#define KASPER_CONTROL_NOTICES_MAX 64

struct _KasperControlClient {
	KasperControl *control;
	GDBusConnection *connection;
	KasperControlPeer *peer;
	KasperControlNotices *notices;
	guint registration;
	gboolean is_served;
};

void
kasper_control_client_free(KasperControlClient *self)
{
	if (self->is_served)
		self->control->n_served--;
	g_signal_handlers_disconnect_by_data(self->connection, self);
	g_dbus_connection_unregister_object(self->connection, self->registration);
	g_dbus_connection_close(self->connection, NULL, NULL, NULL);
	kasper_control_notices_free(self->notices);
	kasper_control_peer_unref(self->peer);
	g_object_unref(self->connection);
	g_free(self);
}

/* a client is served from its first call on, if there is room by then */
static gboolean
kasper_control_admit(KasperControlClient *self, const KasperControlMethod *method, GError **error)
{
	KasperControl *control = self->control;

	if (!self->is_served && control->n_served >= KASPER_CONTROL_CLIENTS_MAX) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_BUSY,
			    "%u clients are served already; wait for one of them to end",
			    control->n_served);
		return FALSE;
	}
	if (!self->is_served)
		control->n_served++;
	self->is_served = TRUE;
	if (method->role <= self->peer->role)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_AUTH,
		    "%s may look but not change anything (%s); run as root or as a member of the "
		    "group %s",
		    self->peer->actor,
		    method->name,
		    control->admin_group != NULL ? control->admin_group : "of administrators");
	return FALSE;
}

static void
kasper_control_on_call(GDBusConnection *connection,
		       const gchar *sender,
		       const gchar *path,
		       const gchar *interface,
		       const gchar *name,
		       GVariant *parameters,
		       GDBusMethodInvocation *invocation,
		       gpointer user_data)
{
	KasperControlClient *client = user_data;
	const KasperControlMethod *method = g_hash_table_lookup(client->control->methods, name);
	GError *error = NULL;
	KasperControlCall call = {
	    .engine = client->control->engine,
	    .peer = client->peer,
	    .invocation = invocation,
	    .parameters = parameters,
	    .control = client->control,
	};

	/* GDBus refuses what is not in the interface, and init saw that each method is here */
	g_assert(method != NULL);
	if (kasper_control_admit(client, method, &error))
		method->func(&call);
	else
		g_dbus_method_invocation_take_error(invocation, error);
}

static const GDBusInterfaceVTable kasper_control_vtable = {
    .method_call = kasper_control_on_call,
};

static void
kasper_control_on_closed(GDBusConnection *connection,
			 gboolean remote_vanished,
			 GError *error,
			 gpointer user_data)
{
	KasperControlClient *client = user_data;

	g_ptr_array_remove_fast(client->control->clients, client);
}

/* runs in GDBus's own thread, before a call is seen by anybody */
static GDBusMessage *
kasper_control_filter(GDBusConnection *connection,
		      GDBusMessage *message,
		      gboolean incoming,
		      gpointer user_data)
{
	g_autoptr(GDBusMessage) reply = NULL;
	GVariant *body = g_dbus_message_get_body(message);

	if (!incoming || body == NULL || g_variant_get_size(body) <= KASPER_CONTROL_CALL_MAX)
		return message;
	if (g_dbus_message_get_message_type(message) == G_DBUS_MESSAGE_TYPE_METHOD_CALL) {
		reply = g_dbus_message_new_method_error(message,
							"org.kasper.Error.Invalid",
							"the call is larger than %d bytes",
							KASPER_CONTROL_CALL_MAX);
		g_dbus_connection_send_message(connection,
					       reply,
					       G_DBUS_SEND_MESSAGE_FLAGS_NONE,
					       NULL,
					       NULL);
	}
	g_object_unref(message);
	return NULL;
}

KasperControlClient *
kasper_control_client_new(KasperControl *control,
			  GDBusConnection *connection,
			  KasperControlPeer *peer)
{
	KasperControlClient *self = g_new0(KasperControlClient, 1);

	self->control = control;
	self->connection = g_object_ref(connection);
	self->peer = peer;
	self->notices = kasper_control_notices_new(connection, KASPER_CONTROL_NOTICES_MAX);
	self->registration = g_dbus_connection_register_object(connection,
							       KASPER_DBUS_PATH,
							       kasper_dbus_control_interface_info(),
							       &kasper_control_vtable,
							       self,
							       NULL,
							       NULL);
	g_dbus_connection_add_filter(connection, kasper_control_filter, NULL, NULL);
	g_signal_connect(connection, "closed", G_CALLBACK(kasper_control_on_closed), self);
	return self;
}

void
kasper_control_client_notify(KasperControlClient *self, GVariant *event)
{
	kasper_control_notices_send(self->notices, event);
}
