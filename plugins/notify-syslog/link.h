/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* a connection to whoever keeps the log; made when it is needed, and again when it broke */
typedef struct SyslogLink SyslogLink;

SyslogLink *syslog_link_new(const gchar *path);
void syslog_link_free(SyslogLink *self);
/* waits, if nobody takes it, a few seconds. FALSE: it was not taken */
gboolean
syslog_link_send(SyslogLink *self, const gchar *text, GCancellable *cancellable, GError **error);

G_END_DECLS
