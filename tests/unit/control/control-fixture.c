/* SPDX-License-Identifier: BSD-2-Clause */
#include "control-fixture.h"

void
control_fixture_set_up(ControlFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	rows_fixture_set_up(&fixture->rows, data);
	fixture->socket = g_build_filename(fixture->rows.store.folder, "kasper.sock", NULL);
	fixture->control = kasper_control_new(fixture->rows.engine, fixture->socket);
	kasper_control_start(fixture->control, &error);
	g_assert_no_error(error);
}

void
control_fixture_tear_down(ControlFixture *fixture, gconstpointer data)
{
	kasper_control_stop(fixture->control);
	g_assert_false(g_file_test(fixture->socket, G_FILE_TEST_EXISTS));
	/* what was put off for connections that are closed now */
	while (g_main_context_iteration(NULL, FALSE))
		;
	g_assert_finalize_object(fixture->control);
	g_free(fixture->socket);
	rows_fixture_tear_down(&fixture->rows, data);
}

typedef struct {
	const gchar *socket;
	ControlClientFunc func;
	gpointer data;
	gint is_done; /* atomic */
} ControlRun;

static gpointer
control_run_thread(gpointer data)
{
	ControlRun *run = data;
	g_autoptr(GMainContext) context = g_main_context_new();
	KasperClient *client;

	/* signals of this client are this thread's */
	g_main_context_push_thread_default(context);
	client = kasper_client_new_for_socket(run->socket);
	run->func(client, run->data);
	kasper_client_close(client);
	g_object_unref(client);
	/* what GDBus put off until now */
	while (g_main_context_iteration(context, FALSE))
		;
	g_main_context_pop_thread_default(context);
	g_atomic_int_set(&run->is_done, 1);
	g_main_context_wakeup(NULL);
	return NULL;
}

void
control_run(const gchar *socket, ControlClientFunc func, gpointer data)
{
	ControlRun run = {.socket = socket, .func = func, .data = data};
	GThread *thread = g_thread_new("client", control_run_thread, &run);

	while (!g_atomic_int_get(&run.is_done))
		g_main_context_iteration(NULL, TRUE);
	g_thread_join(thread);
}

void
control_fixture_run(ControlFixture *fixture, ControlClientFunc func, gpointer data)
{
	control_run(fixture->socket, func, data);
}
