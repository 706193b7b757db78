/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kasper-config-socket.h"
#include "kasper-error.h"
#include "kasper-json.h"

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
	fflush(self->out);
	fprintf(self->err, "%s: %s\n", self->name, text);
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
	vfprintf(self->out, format, args);
	va_end(args);
	fputc('\n', self->out);
}

void
cli_answer(Cli *self, GVariant *row, const gchar *format, ...)
{
	g_autoptr(GVariant) sunk = g_variant_ref_sink(row);
	g_autoptr(GString) json = NULL;
	va_list args;

	if (self->format == CLI_FORMAT_JSON) {
		json = g_string_new(NULL);
		kasper_json_append(json, sunk);
		fprintf(self->out, "%s\n", json->str);
		return;
	}
	if (self->quiet)
		return;
	va_start(args, format);
	vfprintf(self->out, format, args);
	va_end(args);
	fputc('\n', self->out);
}

CliStatus
cli_connect(Cli *self, GError **error)
{
	g_autoptr(GError) error_local = NULL;
	CliStatus status;

	if (self->client != NULL)
		return CLI_DONE;
	if (self->socket == NULL)
		self->socket = kasper_config_read_socket(self->config, error);
	if (self->socket == NULL)
		return CLI_FAILED;
	self->client = kasper_client_new_for_socket(self->socket);
	if (kasper_client_open(self->client, NULL, &error_local))
		return CLI_DONE;
	g_clear_object(&self->client);
	/* somebody may be there, but not for us */
	status = g_error_matches(error_local, KASPER_ERROR, KASPER_ERROR_AUTH) ? CLI_FAILED
									       : CLI_NO_DAEMON;
	g_propagate_error(error, g_steal_pointer(&error_local));
	return status;
}

CliStatus
cli_open(Cli *self)
{
	g_autoptr(GError) error = NULL;
	CliStatus status = cli_connect(self, &error);

	if (status == CLI_NO_DAEMON)
		cli_complain(self,
			     "%s (“systemctl start kasperd”, or “kasperd --config %s”)",
			     error->message,
			     self->config);
	else if (status != CLI_DONE)
		cli_complain(self, "%s", error->message);
	return status;
}

gboolean
cli_confirm(Cli *self, const gchar *question)
{
	gchar answer[8];

	if (self->yes)
		return TRUE;
	if (!isatty(fileno(self->in))) {
		cli_complain(self, "%s: say --yes to do it; nobody can be asked here", question);
		return FALSE;
	}
	fflush(self->out);
	fprintf(self->err, "%s; are you sure? [y/N] ", question);
	fflush(self->err);
	if (fgets(answer, sizeof(answer), self->in) != NULL && g_ascii_tolower(answer[0]) == 'y')
		return TRUE;
	cli_complain(self, "nothing was done");
	return FALSE;
}

gint
cli_finish(Cli *self, gint status)
{
	if (fflush(self->out) == 0 && !ferror(self->out))
		return status;
	/* the reader of a pipe that has seen enough needs no message */
	if (errno != EPIPE)
		fprintf(self->err,
			"%s: cannot write to standard output: %s\n",
			self->name,
			g_strerror(errno));
	return status == 0 ? 1 : status;
}
