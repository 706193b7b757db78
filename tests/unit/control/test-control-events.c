/* SPDX-License-Identifier: BSD-2-Clause */
#include "control-fixture.h"

#include <string.h>
#include <sys/socket.h>

#include "kasper-control-notices.h"
#include "kasper-dbus-error.h"
#include "kasper-error.h"

/* what the main thread is to emit, when the client says that it listens */
typedef struct {
	ControlFixture *fixture;
	gint listens; /* atomic */
} Show;

static void
emit(ControlFixture *fixture, const gchar *name, KasperEventLevel level)
{
	g_autoptr(KasperEvent) event =
	    kasper_event_new(name, level, NOW, "a.example", "0badc0de", "it \"happened\"");

	g_signal_emit_by_name(fixture->rows.engine, "event", event);
}

static gboolean
on_idle(gpointer data)
{
	Show *show = data;

	if (!g_atomic_int_get(&show->listens))
		return G_SOURCE_CONTINUE;
	emit(show->fixture, "routine", KASPER_EVENT_INFO);
	emit(show->fixture, "first", KASPER_EVENT_NOTICE);
	emit(show->fixture, "second", KASPER_EVENT_CRITICAL);
	return G_SOURCE_REMOVE;
}

static void
on_event(KasperClient *client, GVariant *event, gpointer data)
{
	g_ptr_array_add(data, g_variant_ref(event));
}

/* the signal has what somebody should know, and nothing else */
static void
listen_to(KasperClient *client, gpointer data)
{
	Show *show = data;
	g_autoptr(GPtrArray) events =
	    g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
	g_autoptr(GError) error = NULL;

	g_signal_connect(client, "event", G_CALLBACK(on_event), events);
	kasper_client_open(client, NULL, &error);
	g_assert_no_error(error);
	/* an answer: the daemon has the connection */
	g_variant_unref(kasper_client_status(client, NULL, &error));
	g_atomic_int_set(&show->listens, 1);
	while (events->len < 2)
		g_main_context_iteration(g_main_context_get_thread_default(), TRUE);
	g_assert_cmpstr(rows_text(g_ptr_array_index(events, 0), "name"), ==, "first");
	g_assert_cmpstr(rows_text(g_ptr_array_index(events, 0), "level"), ==, "notice");
	g_assert_cmpstr(rows_text(g_ptr_array_index(events, 1), "name"), ==, "second");
	g_assert_cmpstr(rows_text(g_ptr_array_index(events, 1), "zone"), ==, "a.example");
	g_assert_cmpstr(rows_text(g_ptr_array_index(events, 1), "cka_id"), ==, "0badc0de");
	g_assert_cmpstr(rows_text(g_ptr_array_index(events, 1), "text"), ==, "it \"happened\"");
	g_assert_cmpint(rows_number(g_ptr_array_index(events, 1), "time"), ==, NOW);
}

static void
test_signal(ControlFixture *fixture, gconstpointer data)
{
	Show show = {.fixture = fixture};

	g_idle_add(on_idle, &show);
	control_fixture_run(fixture, listen_to, &show);
}

static gchar *
read_line(GDataInputStream *lines)
{
	g_autoptr(GError) error = NULL;
	gchar *line = g_data_input_stream_read_line(lines, NULL, NULL, &error);

	g_assert_no_error(error);
	g_assert_nonnull(line);
	return line;
}

/* the stream has everything, routine too */
static void
watch(KasperClient *client, gpointer data)
{
	Show *show = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GInputStream) stream = kasper_client_monitor(client, NULL, &error);
	g_autoptr(GDataInputStream) lines = NULL;
	g_autofree gchar *routine = NULL, *first = NULL, *second = NULL;

	g_assert_no_error(error);
	lines = g_data_input_stream_new(stream);
	g_atomic_int_set(&show->listens, 1);
	routine = read_line(lines);
	first = read_line(lines);
	second = read_line(lines);
	g_assert_cmpstr(routine,
			==,
			"{\"time\":1700000000,\"level\":\"info\",\"name\":\"routine\",\"zone\":"
			"\"a.example\",\"cka_id\":\"0badc0de\",\"text\":\"it \\\"happened\\\"\"}");
	g_assert_nonnull(strstr(first, "\"name\":\"first\""));
	g_assert_nonnull(strstr(second, "\"level\":\"critical\""));
}

static void
test_monitor(ControlFixture *fixture, gconstpointer data)
{
	Show show = {.fixture = fixture};

	g_idle_add(on_idle, &show);
	control_fixture_run(fixture, watch, &show);
}

/* who has gone is not written to for ever */
static void
watch_and_go(KasperClient *client, gpointer data)
{
	for (guint i = 0; i < 100; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GInputStream) stream = kasper_client_monitor(client, NULL, &error);

		/* the daemon sees that the one before has gone, if not at once */
		if (stream == NULL) {
			g_assert_error(error, KASPER_ERROR, KASPER_ERROR_BUSY);
			i--;
		}
	}
}

static void
test_monitor_ends(ControlFixture *fixture, gconstpointer data)
{
	control_fixture_run(fixture, watch_and_go, NULL);
	emit(fixture, "alone", KASPER_EVENT_NOTICE);
}

static void
watch_too_often(KasperClient *client, gpointer data)
{
	g_autoptr(GPtrArray) streams = g_ptr_array_new_with_free_func(g_object_unref);
	g_autoptr(GError) error = NULL;

	while (error == NULL) {
		GInputStream *stream = kasper_client_monitor(client, NULL, &error);

		if (stream != NULL)
			g_ptr_array_add(streams, stream);
		g_assert_cmpuint(streams->len, <, 1000);
	}
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_BUSY);
	g_assert_cmpuint(streams->len, >=, 4);
}

static void
test_monitor_too_often(ControlFixture *fixture, gconstpointer data)
{
	control_fixture_run(fixture, watch_too_often, NULL);
}

/* --- signals to a peer that does not take them --- */

static void
on_connected(GObject *source, GAsyncResult *result, gpointer data)
{
	GDBusConnection **connection = data;
	g_autoptr(GError) error = NULL;

	*connection = g_dbus_connection_new_finish(result, &error);
	g_assert_no_error(error);
}

static GIOStream *
make_stream(gint fd)
{
	g_autoptr(GSocket) socket = g_socket_new_from_fd(fd, NULL);

	return G_IO_STREAM(g_socket_connection_factory_create_connection(socket));
}

static void
on_notice(GDBusConnection *connection,
	  const gchar *sender,
	  const gchar *path,
	  const gchar *interface,
	  const gchar *name,
	  GVariant *parameters,
	  gpointer data)
{
	g_autoptr(GVariant) event = g_variant_get_child_value(parameters, 0);

	g_assert_cmpstr(name, ==, "Event");
	g_ptr_array_add(data, g_steal_pointer(&event));
}

/* as long as this thread does nothing else, no signal counts as written */
static void
send_notices(KasperControlNotices *notices, guint n)
{
	for (guint i = 0; i < n; i++) {
		g_autoptr(GVariant) event =
		    g_variant_ref_sink(g_variant_new_parsed("@a{sv} {'number': <%u>}", i));

		kasper_control_notices_send(notices, event);
	}
}

static void
test_notices(void)
{
	g_autofree gchar *guid = g_dbus_generate_guid();
	g_autoptr(GPtrArray) got = g_ptr_array_new_with_free_func((GDestroyNotify)g_variant_unref);
	g_autoptr(GIOStream) near = NULL, far = NULL;
	g_autoptr(GDBusConnection) server = NULL;
	g_autoptr(GDBusConnection) client = NULL;
	KasperControlNotices *notices;
	guint subscription;
	gint fds[2];

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
	near = make_stream(fds[0]);
	far = make_stream(fds[1]);
	g_dbus_connection_new(near,
			      guid,
			      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER,
			      NULL,
			      NULL,
			      on_connected,
			      &server);
	g_dbus_connection_new(far,
			      NULL,
			      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
			      NULL,
			      NULL,
			      on_connected,
			      &client);
	while (server == NULL || client == NULL)
		g_main_context_iteration(NULL, TRUE);
	subscription = g_dbus_connection_signal_subscribe(client,
							  NULL,
							  KASPER_DBUS_INTERFACE,
							  "Event",
							  KASPER_DBUS_PATH,
							  NULL,
							  G_DBUS_SIGNAL_FLAGS_NONE,
							  on_notice,
							  got,
							  NULL);
	notices = kasper_control_notices_new(server, 4);
	send_notices(notices, 10);
	while (got->len < 4)
		g_main_context_iteration(NULL, TRUE);
	/* flushes that are over make room; the first that goes out again says what was left out */
	while (got->len < 5) {
		send_notices(notices, 1);
		g_main_context_iteration(NULL, FALSE);
	}
	for (guint i = 0; i < 4; i++)
		g_assert_cmpint(rows_number(g_ptr_array_index(got, i), "number"), ==, i);
	g_assert_cmpint(rows_number(g_ptr_array_index(got, 4), "number"), ==, 0);
	g_assert_cmpint(rows_number(g_ptr_array_index(got, 4), "dropped"), >=, 6);
	kasper_control_notices_free(notices);
	g_dbus_connection_signal_unsubscribe(client, subscription);
	g_dbus_connection_close_sync(client, NULL, NULL);
	while (g_main_context_iteration(NULL, FALSE))
		;
}

int
main(int argc, char **argv)
{
	rows_test_init(&argc, &argv);
	CONTROL_TEST("/control/events/signal", test_signal);
	CONTROL_TEST("/control/events/monitor", test_monitor);
	CONTROL_TEST("/control/events/monitor-ends", test_monitor_ends);
	CONTROL_TEST("/control/events/monitor-too-often", test_monitor_too_often);
	g_test_add_func("/control/events/notices", test_notices);
	return g_test_run();
}
