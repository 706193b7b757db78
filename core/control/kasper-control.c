/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <sys/stat.h>

#include "kasper-control-feed.h"
#include "kasper-control-private.h"
#include "kasper-control-socket.h"
#include "kasper-dbus-error.h"
#include "kasper-dbus-generated.h"
#include "kasper-error.h"
#include "kasper-json.h"

/* connections; of these fewer are served, so that who is one too many can be told */
#define KASPER_CONTROL_CONNECTIONS_MAX 128
#define KASPER_CONTROL_FEEDS_MAX       16
/* bytes that wait for a slow reader of events, and seconds that it may take nothing */
#define KASPER_CONTROL_FEED_LIMIT    (256 * 1024)
#define KASPER_CONTROL_FEED_PATIENCE 30

G_DEFINE_FINAL_TYPE(KasperControl, kasper_control, G_TYPE_OBJECT)

static void
kasper_control_add_methods(KasperControl *self, const KasperControlMethod *methods)
{
	for (; methods->name != NULL; methods++)
		g_hash_table_insert(self->methods, (gpointer)methods->name, (gpointer)methods);
}

static void
kasper_control_init(KasperControl *self)
{
	GDBusInterfaceInfo *info = kasper_dbus_control_interface_info();

	kasper_dbus_error_register();
	self->admin_group = g_strdup("kasper-admin");
	self->clients = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_control_client_free);
	self->feeds = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_control_feed_free);
	self->methods = g_hash_table_new(g_str_hash, g_str_equal);
	kasper_control_add_methods(self, kasper_control_daemon_methods);
	kasper_control_add_methods(self, kasper_control_zone_methods);
	kasper_control_add_methods(self, kasper_control_key_methods);
	kasper_control_add_methods(self, kasper_control_list_methods);
	for (guint i = 0; info->methods[i] != NULL; i++)
		g_assert(g_hash_table_contains(self->methods, info->methods[i]->name));
}

static void
kasper_control_finalize(GObject *object)
{
	KasperControl *self = KASPER_CONTROL(object);

	kasper_control_stop(self);
	g_ptr_array_unref(self->clients);
	g_ptr_array_unref(self->feeds);
	g_hash_table_unref(self->methods);
	g_object_unref(self->engine);
	g_free(self->path);
	g_free(self->admin_group);
	G_OBJECT_CLASS(kasper_control_parent_class)->finalize(object);
}

static void
kasper_control_class_init(KasperControlClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_control_finalize;
}

/**
 * kasper_control_new: (skip)
 * @engine: the engine that is served
 * @socket_path: where to listen
 *
 * Returns: (transfer full): a control, which does not listen yet
 *
 * Since: 0.1
 */
KasperControl *
kasper_control_new(KasperEngine *engine, const gchar *socket_path)
{
	KasperControl *self = g_object_new(KASPER_TYPE_CONTROL, NULL);

	self->engine = g_object_ref(engine);
	self->path = g_strdup(socket_path);
	return self;
}

/**
 * kasper_control_set_admin_group: (skip)
 * @self: a control that was not started
 * @group: (nullable): the name of a group, which need not exist
 *
 * Members of @group may call everything, and the socket is theirs. `kasper-admin` unless told
 * otherwise.
 *
 * Since: 0.1
 */
void
kasper_control_set_admin_group(KasperControl *self, const gchar *group)
{
	g_return_if_fail(self->server == NULL);

	g_free(self->admin_group);
	self->admin_group = g_strdup(group);
}

static KasperControlPeer *
kasper_control_identify(KasperControl *self, GDBusConnection *connection, GError **error)
{
	GSocketConnection *stream = G_SOCKET_CONNECTION(g_dbus_connection_get_stream(connection));

	return kasper_control_peer_new(g_dbus_connection_get_peer_credentials(connection),
				       g_socket_connection_get_socket(stream),
				       self->admin_gid,
				       error);
}

static gboolean
kasper_control_on_connection(GDBusServer *server, GDBusConnection *connection, gpointer user_data)
{
	KasperControl *self = user_data;
	g_autoptr(KasperControlPeer) peer = NULL;
	g_autoptr(GError) error = NULL;
	KasperControlClient *client;

	if (self->clients->len >= KASPER_CONTROL_CONNECTIONS_MAX) {
		g_warning("control: %u clients are connected; one more was cut off",
			  self->clients->len);
		return FALSE;
	}
	peer = kasper_control_identify(self, connection, &error);
	if (peer == NULL) {
		g_warning("control: a client was refused: %s", error->message);
		return FALSE;
	}
	client = kasper_control_client_new(self, connection, g_steal_pointer(&peer));
	g_ptr_array_add(self->clients, client);
	return TRUE;
}

static gboolean
kasper_control_on_mechanism(GDBusAuthObserver *observer, const gchar *mechanism, gpointer user_data)
{
	return g_strcmp0(mechanism, "EXTERNAL") == 0;
}

static gboolean
kasper_control_on_authorize(GDBusAuthObserver *observer,
			    GIOStream *stream,
			    GCredentials *credentials,
			    gpointer user_data)
{
	return credentials != NULL;
}

static void
kasper_control_on_feed_done(gpointer data, gpointer user_data)
{
	KasperControl *self = user_data;

	g_ptr_array_remove_fast(self->feeds, data);
}

gint
kasper_control_add_feed(KasperControl *self, GError **error)
{
	KasperControlFeed *feed;
	gint fd = -1;

	if (self->feeds->len >= KASPER_CONTROL_FEEDS_MAX) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_BUSY,
			    "%u clients monitor already; end one of them",
			    self->feeds->len);
		return -1;
	}
	feed = kasper_control_feed_new(&fd,
				       KASPER_CONTROL_FEED_LIMIT,
				       KASPER_CONTROL_FEED_PATIENCE,
				       kasper_control_on_feed_done,
				       self,
				       error);
	if (feed != NULL)
		g_ptr_array_add(self->feeds, feed);
	return fd;
}

static void
kasper_control_on_event(KasperEngine *engine, KasperEvent *event, gpointer user_data)
{
	KasperControl *self = user_data;
	gboolean signals =
	    self->clients->len > 0 && kasper_event_get_level(event) >= KASPER_EVENT_NOTICE;
	g_autoptr(GVariant) row = NULL;

	if (!signals && self->feeds->len == 0)
		return;
	row = g_variant_ref_sink(kasper_control_event_to_row(event));
	if (self->feeds->len > 0) {
		g_autoptr(GString) line = g_string_new(NULL);

		kasper_json_append(line, row);
		g_string_append_c(line, '\n');
		for (guint i = 0; i < self->feeds->len; i++)
			kasper_control_feed_add(g_ptr_array_index(self->feeds, i),
						line->str,
						line->len);
	}
	for (guint i = 0; signals && i < self->clients->len; i++)
		kasper_control_client_notify(g_ptr_array_index(self->clients, i), row);
}

static gid_t
kasper_control_find_group(const gchar *name)
{
	gchar buffer[16384];
	struct group *found = NULL;
	struct group entry;

	if (name == NULL)
		return (gid_t)-1;
	if (getgrnam_r(name, &entry, buffer, sizeof(buffer), &found) != 0 || found == NULL)
		return (gid_t)-1;
	return found->gr_gid;
}

/* nobody but us may open the socket before it has its mode */
static GDBusServer *
kasper_control_listen(const gchar *path, GError **error)
{
	g_autoptr(GDBusAuthObserver) observer = g_dbus_auth_observer_new();
	g_autofree gchar *escaped = g_dbus_address_escape_value(path);
	g_autofree gchar *address = g_strconcat("unix:path=", escaped, NULL);
	g_autofree gchar *guid = g_dbus_generate_guid();
	g_autoptr(GError) error_local = NULL;
	GDBusServer *server;
	mode_t mask;

	g_signal_connect(observer,
			 "allow-mechanism",
			 G_CALLBACK(kasper_control_on_mechanism),
			 NULL);
	g_signal_connect(observer,
			 "authorize-authenticated-peer",
			 G_CALLBACK(kasper_control_on_authorize),
			 NULL);
	mask = umask(0177);
	server = g_dbus_server_new_sync(address,
					G_DBUS_SERVER_FLAGS_NONE,
					guid,
					observer,
					NULL,
					&error_local);
	umask(mask);
	if (server == NULL)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_AUTH,
			    "control socket %s: %s",
			    path,
			    error_local->message);
	return server;
}

/**
 * kasper_control_start: (skip)
 * @self: a control
 * @error: return location for an error
 *
 * Listens. A socket that nobody listens on any more is removed first.
 *
 * Errors: %KASPER_ERROR_BUSY if another daemon listens there, %KASPER_ERROR_EXISTS if something
 * else lies there, %KASPER_ERROR_AUTH or %KASPER_ERROR_INVALID if there can be no socket there.
 *
 * Returns: whether clients can connect
 *
 * Since: 0.1
 */
gboolean
kasper_control_start(KasperControl *self, GError **error)
{
	g_return_val_if_fail(KASPER_IS_CONTROL(self), FALSE);
	g_return_val_if_fail(self->server == NULL, FALSE);

	if (!kasper_control_socket_prepare(self->path, error))
		return FALSE;
	self->admin_gid = kasper_control_find_group(self->admin_group);
	self->server = kasper_control_listen(self->path, error);
	if (self->server == NULL)
		return FALSE;
	if (!kasper_control_socket_permit(self->path, self->admin_gid, error)) {
		kasper_control_stop(self);
		return FALSE;
	}
	g_signal_connect(self->server,
			 "new-connection",
			 G_CALLBACK(kasper_control_on_connection),
			 self);
	self->event_handler =
	    g_signal_connect(self->engine, "event", G_CALLBACK(kasper_control_on_event), self);
	g_dbus_server_start(self->server);
	return TRUE;
}

/**
 * kasper_control_stop: (skip)
 * @self: a control
 *
 * Closes every connection and takes the socket away. Calls under way get no answer.
 *
 * Since: 0.1
 */
void
kasper_control_stop(KasperControl *self)
{
	g_return_if_fail(KASPER_IS_CONTROL(self));

	if (self->server == NULL)
		return;
	g_clear_signal_handler(&self->event_handler, self->engine);
	g_signal_handlers_disconnect_by_data(self->server, self);
	g_dbus_server_stop(self->server);
	g_clear_object(&self->server);
	g_ptr_array_set_size(self->clients, 0);
	g_ptr_array_set_size(self->feeds, 0);
	g_unlink(self->path);
}
