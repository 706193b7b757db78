/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kasper-config-socket.h"
#include "kasper-error.h"

void
cli_clear(Cli *self)
{
	g_clear_pointer(&self->config, g_free);
	g_clear_pointer(&self->socket, g_free);
	g_clear_object(&self->client);
}

void
cli_complain(Cli *self, const gchar *format, ...)
{
	g_autofree gchar *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	/* what was printed so far comes first, also when both go to one file */
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", self->name, text);
}

CliStatus
cli_fail(Cli *self, GError *error)
{
	g_autoptr(GError) owned = error;

	cli_complain(self, "%s", owned->message);
	return CLI_FAILED;
}

CliStatus
cli_misuse(Cli *self, const gchar *format, ...)
{
	g_autofree gchar *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	cli_complain(self, "%s", text);
	return CLI_USAGE;
}

void
cli_say(Cli *self, const gchar *format, ...)
{
	va_list args;

	if (self->quiet || self->format == CLI_FORMAT_JSON)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

KasperClient *
cli_get_client(Cli *self)
{
	g_autoptr(GError) error = NULL;

	if (self->client != NULL)
		return self->client;
	if (self->socket == NULL)
		self->socket = kasper_config_read_socket(self->config, &error);
	if (self->socket == NULL) {
		cli_complain(self, "%s; or name the daemon's socket with --socket", error->message);
		return NULL;
	}
	self->client = kasper_client_new_for_socket(self->socket);
	if (!kasper_client_open(self->client, NULL, &error)) {
		cli_complain(self, "%s", error->message);
		g_clear_object(&self->client);
		return NULL;
	}
	return self->client;
}

gboolean
cli_confirm(Cli *self, const gchar *question)
{
	gchar answer[8];

	if (self->yes)
		return TRUE;
	if (!isatty(STDIN_FILENO)) {
		cli_complain(self, "%s: say --yes to do it; nobody can be asked here", question);
		return FALSE;
	}
	fprintf(stderr, "%s; are you sure? [y/N] ", question);
	if (fgets(answer, sizeof(answer), stdin) == NULL)
		return FALSE;
	if (g_ascii_tolower(answer[0]) == 'y')
		return TRUE;
	cli_complain(self, "nothing was done");
	return FALSE;
}

CliStatus
cli_finish(Cli *self, CliStatus status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	/* the reader of a pipe that has seen enough needs no message */
	if (errno != EPIPE)
		fprintf(stderr,
			"%s: cannot write to standard output: %s\n",
			self->name,
			g_strerror(errno));
	return status == CLI_DONE ? CLI_FAILED : status;
}
