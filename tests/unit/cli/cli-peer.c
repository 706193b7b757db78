/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli-peer.h"

#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "kasper-dbus-error.h"
#include "kasper-dbus-generated.h"

#define KEY_TYPE "(sssuuussxssssssssuxx)"
#define KEY_FIELDS                                                                                 \
	"['zone', 'keytype', 'state', 'keytag', 'algorithm', 'bits', 'cka_id', 'repository', "     \
	"'next_transition', 'next_state', 'waiting_for', 'backup', 'policy', 'ds', 'dnskey', "     \
	"'rrsigdnskey', 'rrsig', 'flags', 'active', 'retired']"

typedef struct {
	gchar *zone;
	gchar *keytype;
	gchar *state;
	guint tag;
	gchar *id;
	gchar *waiting_for;
} CliPeerKey;

typedef struct {
	gchar *reply; /* NULL: an error */
	KasperError code;
	gchar *message;
} CliPeerAnswer;

struct _CliPeer {
	gchar *folder;
	gchar *socket;
	GThread *thread;
	GMainContext *context;
	GMainLoop *loop;
	GDBusServer *server;
	GMutex lock; /* for all below */
	GCond begun;
	GHashTable *answers; /* method to GQueue of CliPeerAnswer */
	GPtrArray *keys;     /* of CliPeerKey */
	GPtrArray *connections;
	GString *calls;
};

static void
cli_peer_key_free(CliPeerKey *key)
{
	g_free(key->zone);
	g_free(key->keytype);
	g_free(key->state);
	g_free(key->id);
	g_free(key->waiting_for);
	g_free(key);
}

static void
cli_peer_answer_free(CliPeerAnswer *answer)
{
	g_free(answer->reply);
	g_free(answer->message);
	g_free(answer);
}

static void
cli_peer_queue_free(GQueue *queue)
{
	g_queue_free_full(queue, (GDestroyNotify)cli_peer_answer_free);
}

static GVariant *
cli_peer_key_to_tuple(const CliPeerKey *key)
{
	return g_variant_new(KEY_TYPE,
			     key->zone,
			     key->keytype,
			     key->state,
			     key->tag,
			     13,
			     256,
			     key->id,
			     "main",
			     (gint64)1800000000,
			     "",
			     key->waiting_for,
			     "done",
			     "default",
			     "hidden",
			     "omnipresent",
			     "omnipresent",
			     "hidden",
			     257,
			     (gint64)0,
			     (gint64)0);
}

static GVariant *
cli_peer_list_keys(CliPeer *self)
{
	g_autoptr(GVariant) fields = g_variant_ref_sink(g_variant_new_parsed(KEY_FIELDS));
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a" KEY_TYPE));

	for (guint i = 0; i < self->keys->len; i++)
		g_variant_builder_add_value(&rows, cli_peer_key_to_tuple(self->keys->pdata[i]));
	return g_variant_new("(@as@*x)", fields, g_variant_builder_end(&rows), (gint64)0);
}

/* the list fits into the pipe, so nobody has to wait for a reader */
static void
cli_peer_write_keys(CliPeer *self, gint fd)
{
	guint32 end = 0;

	for (guint i = 0; i < self->keys->len; i++) {
		g_autoptr(GVariant) row =
		    g_variant_ref_sink(cli_peer_key_to_tuple(self->keys->pdata[i]));
		g_autoptr(GVariant) little =
		    G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap(row) : g_variant_ref(row);
		guint32 length = GUINT32_TO_LE((guint32)g_variant_get_size(little));

		g_assert_cmpint(write(fd, &length, sizeof(length)), ==, sizeof(length));
		g_assert_cmpint(write(fd, g_variant_get_data(little), g_variant_get_size(little)),
				==,
				(gssize)g_variant_get_size(little));
	}
	g_assert_cmpint(write(fd, &end, sizeof(end)), ==, sizeof(end));
	close(fd);
}

static void
cli_peer_return_pipe(GDBusMethodInvocation *invocation, gint fd, const gchar *reply)
{
	g_autoptr(GUnixFDList) fds = g_unix_fd_list_new_from_array(&fd, 1);

	g_dbus_method_invocation_return_value_with_unix_fd_list(invocation,
								g_variant_new_parsed(reply),
								fds);
}

static void
cli_peer_stream_keys(CliPeer *self, GDBusMethodInvocation *invocation)
{
	gint fds[2];

	g_assert_true(g_unix_open_pipe(fds, FD_CLOEXEC, NULL));
	cli_peer_write_keys(self, fds[1]);
	cli_peer_return_pipe(invocation, fds[0], "(" KEY_FIELDS ", '" KEY_TYPE "', handle 0)");
}

/* what was set as the reply of Monitor is its text; then the daemon ends */
static void
cli_peer_monitor(GDBusMethodInvocation *invocation, const CliPeerAnswer *answer)
{
	gsize length = strlen(answer->reply);
	gint fds[2];

	g_assert_true(g_unix_open_pipe(fds, FD_CLOEXEC, NULL));
	g_assert_cmpint(write(fds[1], answer->reply, length), ==, (gssize)length);
	close(fds[1]);
	cli_peer_return_pipe(invocation, fds[0], "(handle 0,)");
}

/* the last answer stays */
static void
cli_peer_spend(GQueue *answers)
{
	if (answers != NULL && g_queue_get_length(answers) > 1)
		cli_peer_answer_free(g_queue_pop_head(answers));
}

static void
cli_peer_return_answer(GDBusMethodInvocation *invocation,
		       const gchar *method,
		       const CliPeerAnswer *answer)
{
	if (answer == NULL)
		g_dbus_method_invocation_return_error(invocation,
						      KASPER_ERROR,
						      KASPER_ERROR_INTERNAL,
						      "%s was not expected",
						      method);
	else if (answer->reply == NULL)
		g_dbus_method_invocation_return_error_literal(invocation,
							      KASPER_ERROR,
							      (gint)answer->code,
							      answer->message);
	else if (strcmp(method, "Monitor") == 0)
		cli_peer_monitor(invocation, answer);
	else
		g_dbus_method_invocation_return_value(
		    invocation,
		    *answer->reply != '\0' ? g_variant_new_parsed(answer->reply) : NULL);
}

static void
cli_peer_on_call(GDBusConnection *connection,
		 const gchar *sender,
		 const gchar *path,
		 const gchar *interface,
		 const gchar *method,
		 GVariant *parameters,
		 GDBusMethodInvocation *invocation,
		 gpointer user_data)
{
	CliPeer *self = user_data;
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	g_autofree gchar *printed = g_variant_print(parameters, FALSE);
	GQueue *answers = g_hash_table_lookup(self->answers, method);
	const CliPeerAnswer *answer = answers != NULL ? g_queue_peek_head(answers) : NULL;

	g_string_append_printf(self->calls, "%s %s\n", method, printed);
	if (answer == NULL && strcmp(method, "ListKeys") == 0)
		g_dbus_method_invocation_return_value(invocation, cli_peer_list_keys(self));
	else if (answer == NULL && strcmp(method, "StreamKeys") == 0)
		cli_peer_stream_keys(self, invocation);
	else
		cli_peer_return_answer(invocation, method, answer);
	cli_peer_spend(answers);
}

static gboolean
cli_peer_on_connection(CliPeer *self, GDBusConnection *connection)
{
	static const GDBusInterfaceVTable vtable = {cli_peer_on_call, NULL, NULL, {NULL}};
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	g_assert_cmpuint(g_dbus_connection_register_object(connection,
							   KASPER_DBUS_PATH,
							   kasper_dbus_control_interface_info(),
							   &vtable,
							   self,
							   NULL,
							   NULL),
			 >,
			 0);
	g_ptr_array_add(self->connections, g_object_ref(connection));
	return TRUE;
}

static gpointer
cli_peer_run(gpointer user_data)
{
	CliPeer *self = user_data;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *guid = g_dbus_generate_guid();
	g_autofree gchar *escaped = g_dbus_address_escape_value(self->socket);
	g_autofree gchar *address = g_strconcat("unix:path=", escaped, NULL);

	g_main_context_push_thread_default(self->context);
	g_mutex_lock(&self->lock);
	self->server =
	    g_dbus_server_new_sync(address, G_DBUS_SERVER_FLAGS_NONE, guid, NULL, NULL, &error);
	g_assert_no_error(error);
	g_signal_connect_swapped(self->server,
				 "new-connection",
				 G_CALLBACK(cli_peer_on_connection),
				 self);
	g_dbus_server_start(self->server);
	g_cond_signal(&self->begun);
	g_mutex_unlock(&self->lock);
	g_main_loop_run(self->loop);
	g_dbus_server_stop(self->server);
	g_clear_object(&self->server);
	for (guint i = 0; i < self->connections->len; i++)
		g_dbus_connection_close_sync(self->connections->pdata[i], NULL, NULL);
	g_ptr_array_set_size(self->connections, 0);
	g_main_context_pop_thread_default(self->context);
	return NULL;
}

CliPeer *
cli_peer_new(void)
{
	CliPeer *self = g_new0(CliPeer, 1);
	g_autoptr(GError) error = NULL;

	kasper_dbus_error_register();
	self->folder = g_dir_make_tmp("kasper-cli-XXXXXX", &error);
	g_assert_no_error(error);
	self->socket = g_build_filename(self->folder, "s", NULL);
	self->context = g_main_context_new();
	self->loop = g_main_loop_new(self->context, FALSE);
	self->answers = g_hash_table_new_full(g_str_hash,
					      g_str_equal,
					      g_free,
					      (GDestroyNotify)cli_peer_queue_free);
	self->keys = g_ptr_array_new_with_free_func((GDestroyNotify)cli_peer_key_free);
	self->connections = g_ptr_array_new_with_free_func(g_object_unref);
	self->calls = g_string_new(NULL);
	g_mutex_init(&self->lock);
	g_cond_init(&self->begun);
	g_mutex_lock(&self->lock);
	self->thread = g_thread_new("peer", cli_peer_run, self);
	while (self->server == NULL)
		g_cond_wait(&self->begun, &self->lock);
	g_mutex_unlock(&self->lock);
	return self;
}

void
cli_peer_free(CliPeer *self)
{
	g_main_loop_quit(self->loop);
	g_thread_join(self->thread);
	g_unlink(self->socket);
	g_assert_cmpint(g_rmdir(self->folder), ==, 0);
	g_main_loop_unref(self->loop);
	g_main_context_unref(self->context);
	g_hash_table_unref(self->answers);
	g_ptr_array_unref(self->keys);
	g_ptr_array_unref(self->connections);
	g_string_free(self->calls, TRUE);
	g_mutex_clear(&self->lock);
	g_cond_clear(&self->begun);
	g_free(self->folder);
	g_free(self->socket);
	g_free(self);
}

const gchar *
cli_peer_get_socket(CliPeer *self)
{
	return self->socket;
}

static void
cli_peer_add_answer(CliPeer *self, const gchar *method, CliPeerAnswer *answer)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	GQueue *queue = g_hash_table_lookup(self->answers, method);

	if (queue == NULL) {
		queue = g_queue_new();
		g_hash_table_insert(self->answers, g_strdup(method), queue);
	}
	g_queue_push_tail(queue, answer);
}

void
cli_peer_answer(CliPeer *self, const gchar *method, const gchar *reply)
{
	CliPeerAnswer *answer = g_new0(CliPeerAnswer, 1);

	answer->reply = g_strdup(reply);
	cli_peer_add_answer(self, method, answer);
}

void
cli_peer_refuse(CliPeer *self, const gchar *method, KasperError code, const gchar *message)
{
	CliPeerAnswer *answer = g_new0(CliPeerAnswer, 1);

	answer->code = code;
	answer->message = g_strdup(message);
	cli_peer_add_answer(self, method, answer);
}

void
cli_peer_add_key(CliPeer *self,
		 const gchar *zone,
		 const gchar *keytype,
		 const gchar *state,
		 guint tag,
		 const gchar *id,
		 const gchar *waiting_for)
{
	CliPeerKey *key = g_new0(CliPeerKey, 1);
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	key->zone = g_strdup(zone);
	key->keytype = g_strdup(keytype);
	key->state = g_strdup(state);
	key->tag = tag;
	key->id = g_strdup(id);
	key->waiting_for = g_strdup(waiting_for);
	g_ptr_array_add(self->keys, key);
}

gchar *
cli_peer_take_calls(CliPeer *self)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	gchar *calls = g_strdup(self->calls->str);

	g_string_truncate(self->calls, 0);
	return calls;
}
