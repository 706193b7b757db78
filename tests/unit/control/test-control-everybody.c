/* SPDX-License-Identifier: BSD-2-Clause */
#include "control-fixture.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kasper-dbus-error.h"
#include "kasper-dbus-generated.h"
#include "kasper-error.h"

/*
 * Every method of the interface, called with arguments that say nothing: by an administrator, for
 * whom each must have an answer, and by somebody who may only look.
 */

/* what everybody may call; the others change something, or keep a token busy */
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

/* empty texts, zeros, no entries */
static GVariant *
make_nothing(const GDBusMethodInfo *method)
{
	g_autoptr(GString) type = g_string_new("(");

	for (guint i = 0; method->in_args != NULL && method->in_args[i] != NULL; i++)
		g_string_append(type, method->in_args[i]->signature);
	g_string_append_c(type, ')');
	return g_variant_new_from_data(G_VARIANT_TYPE(type->str), NULL, 0, FALSE, NULL, NULL);
}

static GDBusConnection *
connect_to(const gchar *path, GError **error)
{
	g_autofree gchar *address = g_strconcat("unix:path=", path, NULL);

	return g_dbus_connection_new_for_address_sync(address,
						      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
						      NULL,
						      NULL,
						      error);
}

/* calls all methods but @but; @report has a line "METHOD CODE" for each, -1 where there was no
 * error */
static void
call_everything(GDBusConnection *connection, const gchar *but, GString *report)
{
	GDBusInterfaceInfo *info = kasper_dbus_control_interface_info();

	for (guint i = 0; info->methods[i] != NULL; i++) {
		const GDBusMethodInfo *method = info->methods[i];
		g_autoptr(GVariant) reply = NULL;
		g_autoptr(GError) error = NULL;

		if (strstr(but, method->name) != NULL)
			continue;
		reply = g_dbus_connection_call_sync(connection,
						    NULL,
						    KASPER_DBUS_PATH,
						    KASPER_DBUS_INTERFACE,
						    method->name,
						    make_nothing(method),
						    NULL,
						    G_DBUS_CALL_FLAGS_NONE,
						    -1,
						    NULL,
						    &error);
		if (error != NULL)
			error = kasper_dbus_error_localize(error);
		g_string_append_printf(report,
				       "%s %d\n",
				       method->name,
				       error == NULL ? -1 : error->code);
	}
}

/* --- an administrator --- */

static void
administrate(KasperClient *client, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GDBusConnection) connection = NULL;

	connection = connect_to(kasper_client_get_socket(client), &error);
	g_assert_no_error(error);
	/* these two wait for an engine that runs */
	call_everything(connection, "Settle Leap", data);
	g_dbus_connection_close_sync(connection, NULL, NULL);
}

static void
test_administrator(ControlFixture *fixture, gconstpointer data)
{
	g_autoptr(GString) report = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	rows_fixture_fill(&fixture->rows);
	control_fixture_run(fixture, administrate, report);
	lines = g_strsplit(report->str, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), >, 25);
	for (guint i = 0; lines[i + 1] != NULL; i++) {
		gint code = atoi(strchr(lines[i], ' ') + 1);

		/* none is a bug, a lost answer, or a matter of rights */
		g_assert_cmpint(code, !=, KASPER_ERROR_INTERNAL);
		g_assert_cmpint(code, !=, KASPER_ERROR_UNKNOWN_OUTCOME);
		g_assert_cmpint(code, !=, KASPER_ERROR_AUTH);
	}
}

/* --- somebody who may look --- */

static gint helper_in = -1;
static gint helper_out = -1;
static pid_t helper;

static void
write_all(gint fd, const gchar *text)
{
	gsize done = 0, length = strlen(text);

	while (done < length) {
		gssize n = write(fd, text + done, length - done);

		if (n <= 0)
			_exit(1);
		done += (gsize)n;
	}
}

/* up to the end of the file; (transfer full) */
static gchar *
read_all(gint fd)
{
	GString *text = g_string_new(NULL);
	gchar buffer[4096];
	gssize n;

	while ((n = read(fd, buffer, sizeof buffer)) > 0)
		g_string_append_len(text, buffer, n);
	return g_string_free(text, FALSE);
}

/* another user; waits for the path of a socket, and tells what came of calling everything there */
static void
help(gint in, gint out)
{
	g_autofree gchar *path = NULL;
	g_autoptr(GString) report = g_string_new(NULL);
	g_autoptr(GDBusConnection) connection = NULL;
	g_autoptr(GError) error = NULL;

	if (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0)
		_exit(1);
	path = read_all(in);
	if (*path == '\0')
		_exit(0);
	kasper_dbus_error_register();
	connection = connect_to(path, &error);
	if (connection != NULL)
		call_everything(connection, "", report);
	else
		g_string_append_printf(report, "connect: %s\n", error->message);
	write_all(out, report->str);
	_exit(0);
}

/* before there are threads */
static void
start_helper(void)
{
	gint in[2], out[2];

	if (geteuid() != 0)
		return;
	g_assert_cmpint(pipe(in), ==, 0);
	g_assert_cmpint(pipe(out), ==, 0);
	helper = fork();
	g_assert_cmpint(helper, >=, 0);
	if (helper == 0) {
		close(in[1]);
		close(out[0]);
		help(in[0], out[1]);
	}
	close(in[0]);
	close(out[1]);
	helper_in = in[1];
	helper_out = out[0];
}

static void
stop_helper(void)
{
	gint status = 0;

	if (helper_in < 0)
		return;
	close(helper_in);
	close(helper_out);
	g_assert_cmpint(waitpid(helper, &status, 0), ==, helper);
	g_assert_cmpint(status, ==, 0);
}

typedef struct {
	gchar *report;
	gint is_done; /* atomic */
} Listening;

static gpointer
listen_to_helper(gpointer data)
{
	Listening *listening = data;

	listening->report = read_all(helper_out);
	g_atomic_int_set(&listening->is_done, 1);
	g_main_context_wakeup(NULL);
	return NULL;
}

static void
test_viewer(ControlFixture *fixture, gconstpointer data)
{
	Listening listening = {NULL};
	g_auto(GStrv) lines = NULL;
	GThread *thread;
	gint64 intents;

	if (helper_in < 0) {
		g_test_skip("it takes root to be somebody else");
		return;
	}
	rows_fixture_fill(&fixture->rows);
	intents = kasper_store_count_intents(fixture->rows.store.store, FALSE);
	g_chmod(fixture->rows.store.folder, 0711);
	g_chmod(fixture->socket, 0666);
	write_all(helper_in, fixture->socket);
	close(helper_in);
	helper_in = dup(helper_out);
	thread = g_thread_new("listen", listen_to_helper, &listening);
	while (!g_atomic_int_get(&listening.is_done))
		g_main_context_iteration(NULL, TRUE);
	g_thread_join(thread);
	lines = g_strsplit(listening.report, "\n", -1);
	g_free(listening.report);
	g_assert_cmpuint(g_strv_length(lines), >, 25);
	for (guint i = 0; lines[i + 1] != NULL; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], " ", 2);

		if (g_strv_contains(views, words[0]))
			g_assert_cmpint(atoi(words[1]), !=, KASPER_ERROR_AUTH);
		else
			g_assert_cmpint(atoi(words[1]), ==, KASPER_ERROR_AUTH);
	}
	g_assert_cmpint(kasper_store_count_intents(fixture->rows.store.store, FALSE), ==, intents);
}

int
main(int argc, char **argv)
{
	gint result;

	start_helper();
	rows_test_init(&argc, &argv);
	CONTROL_TEST("/control/everybody/administrator", test_administrator);
	CONTROL_TEST("/control/everybody/viewer", test_viewer);
	result = g_test_run();
	stop_helper();
	return result;
}
