/* SPDX-License-Identifier: BSD-2-Clause */
#include "message.h"

#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static const struct {
	const gchar *name;
	guint code;
} facilities[] = {
    {"kern", LOG_KERN},	    {"user", LOG_USER},		{"mail", LOG_MAIL},
    {"daemon", LOG_DAEMON}, {"auth", LOG_AUTH},		{"syslog", LOG_SYSLOG},
    {"lpr", LOG_LPR},	    {"news", LOG_NEWS},		{"uucp", LOG_UUCP},
    {"cron", LOG_CRON},	    {"authpriv", LOG_AUTHPRIV}, {"ftp", LOG_FTP},
    {"local0", LOG_LOCAL0}, {"local1", LOG_LOCAL1},	{"local2", LOG_LOCAL2},
    {"local3", LOG_LOCAL3}, {"local4", LOG_LOCAL4},	{"local5", LOG_LOCAL5},
    {"local6", LOG_LOCAL6}, {"local7", LOG_LOCAL7},
};

gboolean
syslog_facility_parse(const gchar *text, guint *ret_facility)
{
	for (guint i = 0; text != NULL && i < G_N_ELEMENTS(facilities); i++) {
		if (g_ascii_strcasecmp(text, facilities[i].name) != 0)
			continue;
		*ret_facility = facilities[i].code;
		return TRUE;
	}
	return FALSE;
}

static guint
syslog_event_get_severity(KasperEvent *event)
{
	switch (kasper_event_get_level(event)) {
	case KASPER_EVENT_DEBUG:
		return LOG_DEBUG;
	case KASPER_EVENT_INFO:
		return LOG_INFO;
	case KASPER_EVENT_NOTICE:
		return LOG_NOTICE;
	case KASPER_EVENT_WARNING:
		return LOG_WARNING;
	case KASPER_EVENT_ERROR:
		return LOG_ERR;
	case KASPER_EVENT_CRITICAL:
		return LOG_CRIT;
	}
	g_assert_not_reached();
}

/* a log is read on terminals, and a line in it must not look like two */
static void
syslog_append_clean(GString *line, const gchar *text)
{
	g_autofree gchar *valid = g_utf8_make_valid(text, -1);

	for (const gchar *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isprint(c))
			g_string_append_unichar(line, c);
		else if (c == '\t')
			g_string_append_c(line, ' ');
		else
			g_string_append_printf(line, "\\x%02x", c);
	}
}

GPtrArray *
syslog_event_to_lines(KasperEvent *event)
{
	g_auto(GStrv) lines = g_strsplit(kasper_event_get_text(event), "\n", -1);
	GPtrArray *pieces = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_autoptr(GString) line = g_string_new(NULL);
		const gchar *rest;

		syslog_append_clean(line, lines[i]);
		for (rest = line->str; strlen(rest) > SYSLOG_LINE_MAX;) {
			const gchar *end = g_utf8_find_prev_char(rest, rest + SYSLOG_LINE_MAX + 1);

			g_ptr_array_add(pieces, g_strndup(rest, (gsize)(end - rest)));
			rest = end;
		}
		if (*rest != '\0')
			g_ptr_array_add(pieces, g_strdup(rest));
	}
	return pieces;
}

/* when it happened, which may be a while ago if the log was away; months as in every locale */
static gchar *
syslog_event_dup_date(KasperEvent *event)
{
	static const gchar months[][4] =
	    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t seconds = (time_t)kasper_event_get_time(event);
	struct tm date = {0};

	localtime_r(&seconds, &date);
	return g_strdup_printf("%s %2d %02d:%02d:%02d",
			       months[CLAMP(date.tm_mon, 0, 11)],
			       date.tm_mday,
			       date.tm_hour,
			       date.tm_min,
			       date.tm_sec);
}

gchar *
syslog_make_message(const SyslogSender *sender, KasperEvent *event, const gchar *line)
{
	g_autofree gchar *date = syslog_event_dup_date(event);

	return g_strdup_printf("<%u>%s %s[%d]: %s",
			       sender->facility | syslog_event_get_severity(event),
			       date,
			       sender->ident,
			       getpid(),
			       line);
}

static void
syslog_append_field(GString *record, const gchar *name, const gchar *value)
{
	if (value == NULL)
		return;
	g_string_append_printf(record, "%s=", name);
	syslog_append_clean(record, value);
	g_string_append_c(record, '\n');
}

gchar *
syslog_make_record(const SyslogSender *sender, KasperEvent *event, const gchar *line)
{
	GString *record = g_string_new(NULL);

	g_string_append_printf(record,
			       "PRIORITY=%u\nSYSLOG_FACILITY=%u\nSYSLOG_PID=%d\n",
			       syslog_event_get_severity(event),
			       (guint)LOG_FAC(sender->facility),
			       getpid());
	syslog_append_field(record, "SYSLOG_IDENTIFIER", sender->ident);
	syslog_append_field(record, "MESSAGE", line);
	syslog_append_field(record, "KASPER_EVENT", kasper_event_get_name(event));
	syslog_append_field(record, "KASPER_EVENT_ID", kasper_event_get_id(event));
	syslog_append_field(record, "KASPER_ZONE", kasper_event_get_zone(event));
	syslog_append_field(record, "KASPER_KEY", kasper_event_get_key_id(event));
	return g_string_free(record, FALSE);
}
