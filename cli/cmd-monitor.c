/* SPDX-License-Identifier: BSD-2-Clause */
#include <glib-unix.h>
#include <signal.h>

#include "command-private.h"
#include "json-line.h"

static const CliColumn cli_columns_events[] = {
    {"time", "Time", CLI_VALUE_TIME, 19},
    {"level", "Level", CLI_VALUE_PLAIN, 7},
    {"zone", "Zone", CLI_VALUE_PLAIN, 24},
    {"name", "Event", CLI_VALUE_PLAIN, 16},
    {"text", "What happened"},
    {NULL},
};

typedef struct {
	Cli *cli;
	CliTable *table; /* NULL: lines are passed on as they are */
	GDataInputStream *stream;
	GMainLoop *loop;
	CliStatus status;
} CliMonitor;

static gboolean
cli_monitor_on_signal(gpointer user_data)
{
	CliMonitor *self = user_data;

	g_main_loop_quit(self->loop);
	return G_SOURCE_CONTINUE;
}

static void
cli_monitor_print(CliMonitor *self, const gchar *line)
{
	g_autoptr(GVariant) row = self->table != NULL ? cli_json_line_parse(line) : NULL;

	if (row != NULL)
		cli_table_add(self->table, row);
	else
		fprintf(self->cli->out, "%s\n", line);
	fflush(self->cli->out);
}

static void cli_monitor_next(CliMonitor *self);

static void
cli_monitor_on_line(GObject *source, GAsyncResult *result, gpointer user_data)
{
	CliMonitor *self = user_data;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *line =
	    g_data_input_stream_read_line_finish(self->stream, result, NULL, &error);

	if (line != NULL)
		cli_monitor_print(self, line);
	if (line != NULL && !ferror(self->cli->out)) {
		cli_monitor_next(self);
		return;
	}
	if (line == NULL) {
		cli_complain(self->cli,
			     "the daemon at %s has ended%s%s",
			     self->cli->socket,
			     error != NULL ? ": " : "",
			     error != NULL ? error->message : "");
		self->status = CLI_NO_DAEMON;
	}
	g_main_loop_quit(self->loop);
}

static void
cli_monitor_next(CliMonitor *self)
{
	g_data_input_stream_read_line_async(self->stream,
					    G_PRIORITY_DEFAULT,
					    NULL,
					    cli_monitor_on_line,
					    self);
}

CliStatus
cli_monitor(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	g_autoptr(GInputStream) stream = kasper_client_monitor(cli->client, NULL, &error);
	g_autoptr(GDataInputStream) lines = NULL;
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autoptr(CliTable) table = NULL;
	CliMonitor monitor = {.cli = cli, .loop = loop, .status = CLI_DONE};

	if (stream == NULL)
		return cli_fail(cli, error);
	lines = g_data_input_stream_new(stream);
	if (cli->format == CLI_FORMAT_TABLE)
		table = cli_table_new(cli, cli_columns_events);
	monitor.stream = lines;
	monitor.table = table;
	g_unix_signal_add(SIGINT, cli_monitor_on_signal, &monitor);
	g_unix_signal_add(SIGTERM, cli_monitor_on_signal, &monitor);
	cli_monitor_next(&monitor);
	g_main_loop_run(loop);
	return monitor.status;
}
