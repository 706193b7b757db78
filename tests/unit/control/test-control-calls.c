/* SPDX-License-Identifier: BSD-2-Clause */
#include "control-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kasper-control-private.h"
#include "kasper-dbus-error.h"
#include "kasper-error.h"

/* --- who may call what --- */

/* what a viewer may call; everything else changes something, or keeps a token busy */
static const gchar *const views[] = {"Status",
				     "Monitor",
				     "ListQueue",
				     "ListPlugins",
				     "ListZones",
				     "ShowZone",
				     "Explain",
				     "Plan",
				     "ListPolicies",
				     "ShowPolicy",
				     "ListRepositories",
				     "ListKeys",
				     "StreamKeys",
				     "ShowKey",
				     "ExportKeys",
				     "ListBackups",
				     NULL};

static const KasperControlMethod *
find_method(const KasperControlMethod *methods, const gchar *name)
{
	for (; methods->name != NULL; methods++) {
		if (strcmp(methods->name, name) == 0)
			return methods;
	}
	return NULL;
}

static void
test_roles(ControlFixture *fixture, gconstpointer data)
{
	const KasperControlMethod *const tables[] = {kasper_control_daemon_methods,
						     kasper_control_zone_methods,
						     kasper_control_key_methods,
						     kasper_control_list_methods};
	guint n_methods = 0;

	for (guint i = 0; i < G_N_ELEMENTS(tables); i++) {
		for (const KasperControlMethod *m = tables[i]; m->name != NULL; m++, n_methods++)
			g_assert_cmpint(m->role,
					==,
					g_strv_contains(views, m->name)
					    ? KASPER_CONTROL_ROLE_VIEWER
					    : KASPER_CONTROL_ROLE_ADMIN);
	}
	for (guint i = 0; views[i] != NULL; i++) {
		gboolean found = FALSE;

		for (guint k = 0; k < G_N_ELEMENTS(tables); k++)
			found = found || find_method(tables[k], views[i]) != NULL;
		g_assert_true(found);
	}
	g_assert_cmpuint(n_methods, >, g_strv_length((gchar **)views));
}

static void
test_socket(ControlFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperControl) second = NULL;
	g_autoptr(GError) error = NULL;
	struct stat status;

	g_assert_cmpint(g_lstat(fixture->socket, &status), ==, 0);
	g_assert_true(S_ISSOCK(status.st_mode));
	g_assert_cmpuint(status.st_mode & 07777, ==, 0660);
	second = kasper_control_new(fixture->rows.engine, fixture->socket);
	g_assert_false(kasper_control_start(second, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_BUSY);
	/* the first one goes on */
	g_assert_true(g_file_test(fixture->socket, G_FILE_TEST_EXISTS));
}

/* --- calls that no client of ours makes --- */

static GDBusConnection *
connect_raw(KasperClient *client)
{
	g_autofree gchar *address =
	    g_strconcat("unix:path=", kasper_client_get_socket(client), NULL);
	g_autoptr(GError) error = NULL;
	GDBusConnection *connection =
	    g_dbus_connection_new_for_address_sync(address,
						   G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
						   NULL,
						   NULL,
						   &error);

	g_assert_no_error(error);
	return connection;
}

static GVariant *
call_raw(GDBusConnection *connection, const gchar *method, GVariant *parameters, GError **error)
{
	g_autoptr(GError) error_local = NULL;
	GVariant *reply = g_dbus_connection_call_sync(connection,
						      NULL,
						      KASPER_DBUS_PATH,
						      KASPER_DBUS_INTERFACE,
						      method,
						      parameters,
						      NULL,
						      G_DBUS_CALL_FLAGS_NONE,
						      -1,
						      NULL,
						      &error_local);

	if (reply == NULL)
		g_propagate_error(error, kasper_dbus_error_localize(g_steal_pointer(&error_local)));
	return reply;
}

static void
assert_raw(GDBusConnection *connection, const gchar *method, GVariant *parameters, KasperError code)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(call_raw(connection, method, parameters, &error));
	g_assert_error(error, KASPER_ERROR, (gint)code);
}

static void
call_wrongly(KasperClient *client, gpointer data)
{
	g_autoptr(GDBusConnection) connection = connect_raw(client);
	g_autofree gchar *large = g_strnfill(2 * 1024 * 1024, 'x');
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) reply = NULL;

	assert_raw(connection, "Frobnicate", NULL, KASPER_ERROR_NOT_SUPPORTED);
	assert_raw(connection, "ShowZone", g_variant_new("(u)", 7), KASPER_ERROR_INVALID);
	assert_raw(connection, "ShowZone", NULL, KASPER_ERROR_INVALID);
	assert_raw(connection, "ShowZone", g_variant_new("(ss)", "a", "b"), KASPER_ERROR_INVALID);
	assert_raw(connection, "ShowZone", g_variant_new("(s)", ""), KASPER_ERROR_INVALID);
	assert_raw(connection, "ShowZone", g_variant_new("(s)", large), KASPER_ERROR_INVALID);
	assert_raw(connection, "ShowKey", g_variant_new("(ss)", "", ""), KASPER_ERROR_INVALID);
	assert_raw(connection, "ShowPolicy", g_variant_new("(s)", ""), KASPER_ERROR_NOT_FOUND);
	assert_raw(connection, "TestRepository", g_variant_new("(s)", ""), KASPER_ERROR_NOT_FOUND);
	assert_raw(connection, "Backup", g_variant_new("(ss)", "burn", ""), KASPER_ERROR_INVALID);
	assert_raw(connection,
		   "ListKeys",
		   g_variant_new("(@a{sv}xu)", g_variant_new("a{sv}", NULL), (gint64)999999, 10),
		   KASPER_ERROR_TRY_AGAIN);
	/* after all that it is as good as new */
	reply = call_raw(connection,
			 "ListKeys",
			 g_variant_new("(@a{sv}xu)", g_variant_new("a{sv}", NULL), (gint64)0, 10),
			 &error);
	g_assert_no_error(error);
	g_assert_cmpstr(g_variant_get_type_string(reply), ==, "(asa" KASPER_KEY_ROW_TYPE "x)");
	g_dbus_connection_close_sync(connection, NULL, NULL);
}

static void
test_wrong_calls(ControlFixture *fixture, gconstpointer data)
{
	rows_fixture_fill(&fixture->rows);
	control_fixture_run(fixture, call_wrongly, NULL);
}

/* --- limits --- */

/* one client more than are served is told so, and served as soon as there is room */
static void
connect_many(KasperClient *client, gpointer data)
{
	g_autoptr(GPtrArray) clients = g_ptr_array_new_with_free_func(g_object_unref);
	g_autoptr(GVariant) status = NULL;
	g_autoptr(GError) error = NULL;
	KasperClient *last = NULL;

	while (error == NULL) {
		g_clear_pointer(&status, g_variant_unref);
		last = kasper_client_new_for_socket(kasper_client_get_socket(client));
		g_ptr_array_add(clients, last);
		status = kasper_client_status(last, NULL, &error);
		g_assert_cmpuint(clients->len, <, 1000);
	}
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_BUSY);
	g_assert_cmpuint(clients->len, >, 32);
	kasper_client_close(g_ptr_array_index(clients, 0));
	while (status == NULL) {
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_BUSY);
		g_clear_error(&error);
		status = kasper_client_status(last, NULL, &error);
	}
	/* and there is an end to it */
	while (error == NULL && clients->len < 1000) {
		last = kasper_client_new_for_socket(kasper_client_get_socket(client));
		g_ptr_array_add(clients, last);
		g_clear_pointer(&status, g_variant_unref);
		status = kasper_client_status(last, NULL, &error);
		if (g_error_matches(error, KASPER_ERROR, KASPER_ERROR_BUSY))
			g_clear_error(&error);
	}
	g_assert_cmpuint(clients->len, <, 200);
}

static void
test_many_clients(ControlFixture *fixture, gconstpointer data)
{
	control_fixture_run(fixture, connect_many, NULL);
}

typedef struct {
	guint n_busy;
	guint n_other;
	GMainLoop *loop;
} Answers;

static void
on_answer(GObject *source, GAsyncResult *result, gpointer data)
{
	Answers *answers = data;
	g_autoptr(GError) error = NULL;
	G_GNUC_UNUSED g_autoptr(GVariant) reply =
	    g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

	if (g_error_matches(error, KASPER_ERROR, KASPER_ERROR_BUSY))
		answers->n_busy++;
	else
		answers->n_other++;
	if (answers->n_busy > 0)
		g_main_loop_quit(answers->loop);
}

/* the engine of this test never settles: it has a pass to make, and is not let make it */
static void
wait_too_often(KasperClient *client, gpointer data)
{
	g_autoptr(GDBusConnection) connection = connect_raw(client);
	g_autoptr(GMainLoop) loop = g_main_loop_new(g_main_context_get_thread_default(), FALSE);
	g_autoptr(GVariant) status = NULL;
	g_autoptr(GError) error = NULL;
	Answers answers = {.loop = loop};

	for (guint i = 0; i < 17; i++)
		g_dbus_connection_call(connection,
				       NULL,
				       KASPER_DBUS_PATH,
				       KASPER_DBUS_INTERFACE,
				       "Settle",
				       NULL,
				       NULL,
				       G_DBUS_CALL_FLAGS_NONE,
				       G_MAXINT,
				       NULL,
				       on_answer,
				       &answers);
	g_main_loop_run(loop);
	g_assert_cmpuint(answers.n_busy, ==, 1);
	g_assert_cmpuint(answers.n_other, ==, 0);
	/* others are served, and the client goes away with its calls unanswered */
	status = kasper_client_status(client, NULL, &error);
	g_assert_no_error(error);
	g_dbus_connection_close_sync(connection, NULL, NULL);
	/* every call is answered on this side, whenever the thread behind it gets to it */
	while (answers.n_other < 16)
		g_main_context_iteration(g_main_context_get_thread_default(), TRUE);
	g_assert_cmpuint(answers.n_busy, ==, 1);
}

static void
test_pending(ControlFixture *fixture, gconstpointer data)
{
	KasperEngine *engine = fixture->rows.engine;

	engine->running = TRUE;
	engine->pass = g_idle_source_new();
	control_fixture_run(fixture, wait_too_often, NULL);
	/* answers to nobody do no harm */
	g_clear_pointer(&engine->pass, g_source_unref);
	kasper_engine_check_settled(engine);
	g_assert_null(engine->settlers);
	engine->running = FALSE;
}

/* --- a daemon that ends --- */

typedef struct {
	ControlFixture *fixture;
	gint step; /* atomic */
} Ending;

static void
outlive_daemon(KasperClient *client, gpointer data)
{
	Ending *ending = data;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) status = kasper_client_status(client, NULL, &error);

	g_assert_no_error(error);
	g_atomic_int_set(&ending->step, 1);
	g_main_context_wakeup(NULL);
	while (g_atomic_int_get(&ending->step) == 1)
		g_thread_yield();
	while (error == NULL) {
		g_clear_pointer(&status, g_variant_unref);
		status = kasper_client_status(client, NULL, &error);
	}
	/* before it knows: the call may have been carried out; after that: nobody is there */
	if (g_error_matches(error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME)) {
		g_clear_error(&error);
		g_assert_null(kasper_client_status(client, NULL, &error));
	}
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_nonnull(strstr(error->message, kasper_client_get_socket(client)));
	g_atomic_int_set(&ending->step, 3);
	g_main_context_wakeup(NULL);
	while (g_atomic_int_get(&ending->step) == 3)
		g_thread_yield();
	/* a new one is found by the next call */
	g_clear_error(&error);
	g_clear_pointer(&status, g_variant_unref);
	status = kasper_client_status(client, NULL, &error);
	g_assert_no_error(error);
}

static gboolean
on_step(gpointer data)
{
	Ending *ending = data;

	if (g_atomic_int_get(&ending->step) == 1) {
		kasper_control_stop(ending->fixture->control);
		g_atomic_int_set(&ending->step, 2);
	} else if (g_atomic_int_get(&ending->step) == 3) {
		g_assert_true(kasper_control_start(ending->fixture->control, NULL));
		g_atomic_int_set(&ending->step, 4);
		return G_SOURCE_REMOVE;
	}
	return G_SOURCE_CONTINUE;
}

static void
test_daemon_ends(ControlFixture *fixture, gconstpointer data)
{
	Ending ending = {.fixture = fixture};

	g_idle_add(on_step, &ending);
	control_fixture_run(fixture, outlive_daemon, &ending);
}

int
main(int argc, char **argv)
{
	rows_test_init(&argc, &argv);
	CONTROL_TEST("/control/calls/roles", test_roles);
	CONTROL_TEST("/control/calls/socket", test_socket);
	CONTROL_TEST("/control/calls/wrong", test_wrong_calls);
	CONTROL_TEST("/control/calls/many-clients", test_many_clients);
	CONTROL_TEST("/control/calls/pending", test_pending);
	CONTROL_TEST("/control/calls/daemon-ends", test_daemon_ends);
	return g_test_run();
}
