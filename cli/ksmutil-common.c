/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "kasper-config-socket.h"
#include "kasper-error.h"
#include "kasper-time.h"
#include "ksmutil.h"

const gchar *
ksmutil_get(const Ksmutil *self, KsmutilOptionId id)
{
	return self->values[id];
}

gboolean
ksmutil_has(const Ksmutil *self, KsmutilOptionId id)
{
	return self->values[id] != NULL;
}

void
ksmutil_say(Ksmutil *self, const gchar *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(self->cli->out, format, args);
	va_end(args);
	fputc('\n', self->cli->out);
}

gint
ksmutil_misuse(Ksmutil *self, gint status, const gchar *format, ...)
{
	g_autofree gchar *command = g_ascii_strup(self->command, -1);
	va_list args;

	va_start(args, format);
	vfprintf(self->cli->out, format, args);
	va_end(args);
	fputc('\n', self->cli->out);
	fflush(self->cli->out);
	ksmutil_print_usage(self->cli->err, command);
	return status;
}

gboolean
ksmutil_open(Ksmutil *self)
{
	return cli_open(self->cli) == CLI_DONE;
}

gint
ksmutil_fail(Ksmutil *self, GError *error)
{
	g_autoptr(GError) owned = error;

	ksmutil_say(self, "Error: %s", owned->message);
	return 1;
}

gboolean
ksmutil_ask(Ksmutil *self, const gchar *question)
{
	gint answer;

	fputs(question, self->cli->out);
	fflush(self->cli->out);
	answer = fgetc(self->cli->in);
	if (answer == 'y' || answer == 'Y')
		return TRUE;
	ksmutil_say(self, "Okay, quitting...");
	return FALSE;
}

gchar *
ksmutil_time_to_text(gint64 time)
{
	g_autoptr(GDateTime) date = NULL;

	if (time != KASPER_TIME_UNSET && time != KASPER_TIME_NEVER)
		date = g_date_time_new_from_unix_local(time);
	return date != NULL ? g_date_time_format(date, "%Y-%m-%d %H:%M:%S")
			    : g_strdup("(not scheduled)");
}

gchar *
ksmutil_now(Ksmutil *self)
{
	g_autoptr(GVariant) status = kasper_client_status(self->cli->client, NULL, NULL);
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;

	if (status != NULL)
		g_variant_lookup(status, "now", "x", &now);
	return ksmutil_time_to_text(now);
}

void
ksmutil_print_file(Ksmutil *self, const gchar *place, const gchar *word)
{
	g_autofree gchar *path = kasper_config_read_common_file(self->cli->config, place, NULL);

	if (path != NULL)
		ksmutil_say(self, "%s filename set to %s.", word, path);
}

void
ksmutil_print_notified(Ksmutil *self)
{
	ksmutil_say(self, "Notifying enforcer of new database...");
}

const gchar *
ksmutil_parse_keystate(const gchar *text)
{
	/* in the order of 1.4's numbers, from 1 on; it takes "active" for "ACTIVELY", too */
	static const gchar *const states[] = {"generate",
					      "publish",
					      "ready",
					      "active",
					      "retire",
					      "dead",
					      "dssub",
					      "dspublish",
					      "dsready",
					      "keypublish"};
	gint64 number;

	if (g_ascii_string_to_signed(text, 10, 1, G_N_ELEMENTS(states), &number, NULL))
		return states[number - 1];
	for (guint i = 0; i < G_N_ELEMENTS(states); i++)
		if (g_ascii_strncasecmp(text, states[i], strlen(states[i])) == 0)
			return states[i];
	return NULL;
}

const gchar *
ksmutil_parse_keytype(const gchar *text)
{
	if (g_ascii_strncasecmp(text, "KSK", 3) == 0 || strcmp(text, "257") == 0)
		return "KSK";
	if (g_ascii_strncasecmp(text, "ZSK", 3) == 0 || strcmp(text, "256") == 0)
		return "ZSK";
	return NULL;
}

gint
ksmutil_refuse_keystate(Ksmutil *self)
{
	ksmutil_say(self,
		    "Error: Unrecognised state %s; should be one of GENERATE, PUBLISH, READY, "
		    "ACTIVE, RETIRE, DEAD, DSSUB, DSPUBLISH, DSREADY or KEYPUBLISH",
		    ksmutil_get(self, KSMUTIL_KEYSTATE));
	return KSMUTIL_MISUSE;
}

gint
ksmutil_refuse_keytype(Ksmutil *self)
{
	ksmutil_say(self,
		    "Error: Unrecognised keytype %s; should be one of KSK or ZSK",
		    ksmutil_get(self, KSMUTIL_KEYTYPE));
	return KSMUTIL_MISUSE;
}
