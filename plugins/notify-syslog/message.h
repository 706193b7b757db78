/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* who speaks */
typedef struct {
	gchar *ident;
	guint facility;
} SyslogSender;

/* "local0" and so on, as conf.xml has them; FALSE: there is no such facility */
gboolean syslog_facility_parse(const gchar *text, guint *ret_facility);

/* the event's text a line, lines of more than SYSLOG_LINE_MAX octets in several; nothing in them
 * but what can be printed */
#define SYSLOG_LINE_MAX 7000
GPtrArray *syslog_event_to_lines(KasperEvent *event);
/* a line as RFC 3164 has it on a local socket: "<PRIORITY>DATE IDENT[PID]: LINE" */
gchar *syslog_make_message(const SyslogSender *sender, KasperEvent *event, const gchar *line);
/* a line in journald's own protocol, with the event's fields beside it */
gchar *syslog_make_record(const SyslogSender *sender, KasperEvent *event, const gchar *line);

G_END_DECLS
