/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-client.h"

#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>

#include "kasper-client-private.h"
#include "kasper-dbus-error.h"
#include "kasper-dbus-generated.h"
#include "kasper-error.h"

/**
 * KasperClient:
 *
 * The daemon from outside: what the command line does, for programs. It speaks D-Bus with kasperd
 * over its UNIX socket; no bus is needed. Rows come as #GVariant of type `a{sv}`, lists of them as
 * `aa{sv}`, whose names are those of the command line's JSON.
 *
 * A client belongs to the thread that made it; each call blocks until the daemon has answered. An
 * error says by its code, of domain %KASPER_ERROR, what the caller can do about it.
 *
 * Since: 0.1
 */
struct _KasperClient {
	GObject parent_instance;

	gchar *socket;
	KasperDBusControl *proxy; /* NULL: not open */
};

G_DEFINE_FINAL_TYPE(KasperClient, kasper_client, G_TYPE_OBJECT)

enum {
	PROP_SOCKET = 1,
};

static guint kasper_client_signal_event;

static void
kasper_client_set_property(GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
	KasperClient *self = KASPER_CLIENT(object);

	if (id != PROP_SOCKET) {
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
		return;
	}
	self->socket = g_value_dup_string(value);
}

static void
kasper_client_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	KasperClient *self = KASPER_CLIENT(object);

	if (id != PROP_SOCKET) {
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
		return;
	}
	g_value_set_string(value, self->socket);
}

static void
kasper_client_finalize(GObject *object)
{
	KasperClient *self = KASPER_CLIENT(object);

	kasper_client_close(self);
	g_free(self->socket);
	G_OBJECT_CLASS(kasper_client_parent_class)->finalize(object);
}

static void
kasper_client_class_init(KasperClientClass *klass)
{
	GObjectClass *object_class = G_OBJECT_CLASS(klass);

	object_class->set_property = kasper_client_set_property;
	object_class->get_property = kasper_client_get_property;
	object_class->finalize = kasper_client_finalize;

	/**
	 * KasperClient:socket:
	 *
	 * The path of the daemon's UNIX socket.
	 *
	 * Since: 0.1
	 */
	g_object_class_install_property(object_class,
					PROP_SOCKET,
					g_param_spec_string("socket",
							    NULL,
							    NULL,
							    NULL,
							    G_PARAM_READWRITE |
								G_PARAM_CONSTRUCT_ONLY |
								G_PARAM_STATIC_STRINGS));

	/**
	 * KasperClient::event:
	 * @self: the client
	 * @event: (type GVariant): `name` s, `level` s, `time` x, `text` s, and where there is
	 *   one `zone` s, `cka_id` s, `id` s; `dropped` u, if events before it were left out
	 *
	 * Something that somebody should know. Comes while the main context is iterated that was
	 * the thread's default when the client was opened. Whoever needs every event, routine ones
	 * too, reads kasper_client_monitor().
	 *
	 * Since: 0.1
	 */
	kasper_client_signal_event = g_signal_new("event",
						  G_TYPE_FROM_CLASS(klass),
						  G_SIGNAL_RUN_LAST,
						  0,
						  NULL,
						  NULL,
						  NULL,
						  G_TYPE_NONE,
						  1,
						  G_TYPE_VARIANT);
}

static void
kasper_client_init(KasperClient *self)
{
	kasper_dbus_error_register();
}

/**
 * kasper_client_new_for_socket:
 * @path: (type filename): the daemon's UNIX socket
 *
 * Makes a client. Nothing is connected yet: see kasper_client_open().
 *
 * Returns: (transfer full): a client
 *
 * Since: 0.1
 */
KasperClient *
kasper_client_new_for_socket(const gchar *path)
{
	g_return_val_if_fail(path != NULL, NULL);

	return g_object_new(KASPER_TYPE_CLIENT, "socket", path, NULL);
}

/**
 * kasper_client_get_socket:
 * @self: a client
 *
 * Returns: (type filename): the path of the socket
 *
 * Since: 0.1
 */
const gchar *
kasper_client_get_socket(KasperClient *self)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return self->socket;
}

static void
kasper_client_on_event(KasperClient *self, GVariant *event)
{
	g_signal_emit(self, kasper_client_signal_event, 0, event);
}

static gboolean
kasper_client_refuse(KasperClient *self, const GError *why, GError **error)
{
	if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
		g_propagate_error(error, g_error_copy(why));
		return FALSE;
	}
	if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_AUTH,
			    "%s: this user may not talk to the daemon; run as root or as a member "
			    "of the group kasper-admin",
			    self->socket);
	else if (g_error_matches(why, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "%s: there is no such socket, so no daemon runs there; start kasperd, "
			    "or name the socket of the one that runs",
			    self->socket);
	else
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "%s: no daemon answers: %s; start kasperd, or name the socket of the "
			    "one that runs",
			    self->socket,
			    why->message);
	return FALSE;
}

/**
 * kasper_client_open:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Connects to the daemon, unless that is done already. Every call does so by itself; this is for
 * programs that want to tell "no daemon" from what a call may fail with.
 *
 * Errors: %KASPER_ERROR_TRY_AGAIN if no daemon answers, %KASPER_ERROR_AUTH if the socket may not
 * be opened.
 *
 * Returns: whether there is a connection
 *
 * Since: 0.1
 */
gboolean
kasper_client_open(KasperClient *self, GCancellable *cancellable, GError **error)
{
	g_autoptr(GDBusConnection) connection = NULL;
	g_autoptr(GError) error_local = NULL;
	g_autofree gchar *escaped = NULL;
	g_autofree gchar *address = NULL;

	g_return_val_if_fail(KASPER_IS_CLIENT(self), FALSE);

	if (self->proxy != NULL &&
	    !g_dbus_connection_is_closed(g_dbus_proxy_get_connection(G_DBUS_PROXY(self->proxy))))
		return TRUE;
	kasper_client_close(self);
	escaped = g_dbus_address_escape_value(self->socket);
	address = g_strconcat("unix:path=", escaped, NULL);
	connection =
	    g_dbus_connection_new_for_address_sync(address,
						   G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
						   NULL,
						   cancellable,
						   &error_local);
	if (connection == NULL)
		return kasper_client_refuse(self, error_local, error);
	self->proxy = kasper_dbus_control_proxy_new_sync(connection,
							 G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES,
							 NULL,
							 KASPER_DBUS_PATH,
							 cancellable,
							 &error_local);
	if (self->proxy == NULL)
		return kasper_client_refuse(self, error_local, error);
	g_signal_connect_object(self->proxy,
				"event",
				G_CALLBACK(kasper_client_on_event),
				self,
				G_CONNECT_SWAPPED);
	return TRUE;
}

/**
 * kasper_client_close:
 * @self: a client
 *
 * Ends the connection, if there is one. The next call makes a new one.
 *
 * Since: 0.1
 */
void
kasper_client_close(KasperClient *self)
{
	g_return_if_fail(KASPER_IS_CLIENT(self));

	if (self->proxy == NULL)
		return;
	g_dbus_connection_close_sync(g_dbus_proxy_get_connection(G_DBUS_PROXY(self->proxy)),
				     NULL,
				     NULL);
	g_clear_object(&self->proxy);
}

GVariant *
kasper_client_call(KasperClient *self,
		   const gchar *method,
		   GVariant *parameters,
		   gint timeout,
		   GUnixFDList **ret_fds,
		   GCancellable *cancellable,
		   GError **error)
{
	g_autoptr(GVariant) sunk = parameters != NULL ? g_variant_ref_sink(parameters) : NULL;
	g_autoptr(GError) error_local = NULL;
	GVariant *reply;

	if (!kasper_client_open(self, cancellable, error))
		return NULL;
	reply = g_dbus_proxy_call_with_unix_fd_list_sync(G_DBUS_PROXY(self->proxy),
							 method,
							 sunk,
							 G_DBUS_CALL_FLAGS_NONE,
							 timeout,
							 NULL,
							 ret_fds,
							 cancellable,
							 &error_local);
	if (reply == NULL)
		g_propagate_error(error, kasper_dbus_error_localize(g_steal_pointer(&error_local)));
	return reply;
}

GVariant *
kasper_client_ask(KasperClient *self,
		  const gchar *method,
		  GVariant *parameters,
		  GCancellable *cancellable,
		  GError **error)
{
	g_autoptr(GVariant) reply = kasper_client_call(self,
						       method,
						       parameters,
						       KASPER_CLIENT_TIMEOUT,
						       NULL,
						       cancellable,
						       error);

	return reply != NULL ? g_variant_get_child_value(reply, 0) : NULL;
}

gint64
kasper_client_count(KasperClient *self,
		    const gchar *method,
		    GVariant *parameters,
		    GCancellable *cancellable,
		    GError **error)
{
	g_autoptr(GVariant) value = kasper_client_ask(self, method, parameters, cancellable, error);

	return value != NULL ? g_variant_get_int64(value) : -1;
}

gboolean
kasper_client_tell(KasperClient *self,
		   const gchar *method,
		   GVariant *parameters,
		   GCancellable *cancellable,
		   GError **error)
{
	g_autoptr(GVariant) reply = kasper_client_call(self,
						       method,
						       parameters,
						       KASPER_CLIENT_TIMEOUT,
						       NULL,
						       cancellable,
						       error);

	return reply != NULL;
}

GInputStream *
kasper_client_call_stream(KasperClient *self,
			  const gchar *method,
			  GVariant *parameters,
			  GVariant **ret_reply,
			  GCancellable *cancellable,
			  GError **error)
{
	g_autoptr(GUnixFDList) fds = NULL;
	g_autoptr(GVariant) reply = NULL;
	g_autoptr(GVariant) handle = NULL;
	gint fd;

	reply = kasper_client_call(self,
				   method,
				   parameters,
				   KASPER_CLIENT_TIMEOUT,
				   &fds,
				   cancellable,
				   error);
	if (reply == NULL)
		return NULL;
	handle = g_variant_get_child_value(reply, g_variant_n_children(reply) - 1);
	if (fds == NULL || g_variant_get_handle(handle) >= g_unix_fd_list_get_length(fds)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INTERNAL,
			    "%s: the daemon's answer holds no stream",
			    method);
		return NULL;
	}
	fd = g_unix_fd_list_get(fds, g_variant_get_handle(handle), error);
	if (fd < 0)
		return NULL;
	if (ret_reply != NULL)
		*ret_reply = g_steal_pointer(&reply);
	return g_unix_input_stream_new(fd, TRUE);
}
