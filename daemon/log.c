/* SPDX-License-Identifier: BSD-2-Clause */
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#define KASPERD_LOG_IDENT "kasperd"

typedef struct {
	gint threshold; /* the least urgent syslog priority that is written */
	gboolean syslog;
	gboolean attached; /* standard error is somebody's */
	GLogLevelFlags fatal;
} KasperdLog;

/* one a process, as standard error is; set before there are threads */
static KasperdLog kasperd_log = {.threshold = LOG_NOTICE, .attached = TRUE};

static gint
kasperd_log_get_priority(GLogLevelFlags level)
{
	if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
		return LOG_ERR;
	if (level & G_LOG_LEVEL_WARNING)
		return LOG_WARNING;
	if (level & G_LOG_LEVEL_MESSAGE)
		return LOG_NOTICE;
	return level & G_LOG_LEVEL_INFO ? LOG_INFO : LOG_DEBUG;
}

gchar *
kasperd_log_escape(const gchar *text)
{
	GString *out = g_string_new(NULL);
	g_autofree gchar *valid = g_utf8_make_valid(text, -1);

	for (const gchar *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\n')
			g_string_append(out, "\\n");
		else if (g_unichar_iscntrl(c))
			g_string_append_printf(out, "\\x%02x", c);
		else
			g_string_append_unichar(out, c);
	}
	return g_string_free(out, FALSE);
}

static void
kasperd_log_print(gint priority, const gchar *text)
{
	static const gchar *const words[] = {
	    [LOG_ERR] = "error: ",
	    [LOG_WARNING] = "warning: ",
	    [LOG_NOTICE] = "",
	    [LOG_INFO] = "info: ",
	    [LOG_DEBUG] = "debug: ",
	};
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree gchar *time = g_date_time_format(now, "%FT%TZ");

	fprintf(stderr,
		"%s " KASPERD_LOG_IDENT "[%d]: %s%s\n",
		time,
		(gint)getpid(),
		words[priority],
		text);
}

static GLogWriterOutput
kasperd_log_write(GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
	gint priority = kasperd_log_get_priority(level);
	g_autofree gchar *text = NULL;

	if (priority > kasperd_log.threshold)
		return G_LOG_WRITER_HANDLED;
	for (gsize i = 0; i < n_fields; i++) {
		if (g_str_equal(fields[i].key, "MESSAGE"))
			text = kasperd_log_escape(fields[i].value);
	}
	if (kasperd_log.syslog)
		syslog(priority, "%s", text);
	else if (!g_log_writer_is_journald(STDERR_FILENO) ||
		 g_log_writer_journald(level, fields, n_fields, NULL) != G_LOG_WRITER_HANDLED)
		kasperd_log_print(priority, text);
	/* a writer of one's own has to see to G_DEBUG=fatal-criticals itself */
	if (level & kasperd_log.fatal)
		abort();
	return G_LOG_WRITER_HANDLED;
}

void
kasperd_log_open(void)
{
	kasperd_log.fatal = g_log_set_always_fatal(G_LOG_FATAL_MASK);
	g_log_set_always_fatal(kasperd_log.fatal);
	g_log_set_writer_func(kasperd_log_write, NULL, NULL);
}

void
kasperd_log_set_verbosity(guint verbosity)
{
	kasperd_log.threshold = LOG_CRIT + (gint)CLAMP(verbosity, 1, 5);
}

gboolean
kasperd_log_to_syslog(const gchar *facility)
{
	static const struct {
		const gchar *name;
		gint value;
	} facilities[] = {
	    {"kern", LOG_KERN},
	    {"user", LOG_USER},
	    {"mail", LOG_MAIL},
	    {"daemon", LOG_DAEMON},
	    {"auth", LOG_AUTH},
	    {"syslog", LOG_SYSLOG},
	    {"lpr", LOG_LPR},
	    {"news", LOG_NEWS},
	    {"uucp", LOG_UUCP},
	    {"cron", LOG_CRON},
	    {"local0", LOG_LOCAL0},
	    {"local1", LOG_LOCAL1},
	    {"local2", LOG_LOCAL2},
	    {"local3", LOG_LOCAL3},
	    {"local4", LOG_LOCAL4},
	    {"local5", LOG_LOCAL5},
	    {"local6", LOG_LOCAL6},
	    {"local7", LOG_LOCAL7},
	};
	gint value = -1;

	for (gsize i = 0; i < G_N_ELEMENTS(facilities); i++) {
		if (g_ascii_strcasecmp(facility, facilities[i].name) == 0)
			value = facilities[i].value;
	}
	openlog(KASPERD_LOG_IDENT, LOG_PID | LOG_NDELAY, value >= 0 ? value : LOG_DAEMON);
	kasperd_log.syslog = TRUE;
	return value >= 0;
}

void
kasperd_log_detach(void)
{
	kasperd_log.attached = FALSE;
}

void
kasperd_log_failure(const gchar *text)
{
	g_autofree gchar *escaped = kasperd_log_escape(text);

	if (kasperd_log.attached)
		kasperd_log_print(LOG_ERR, escaped);
	if (kasperd_log.syslog)
		syslog(LOG_ERR, "%s", escaped);
}
