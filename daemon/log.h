/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

/*
 * Where lines of the log go: standard error in the foreground (the journal, with its fields, if
 * that is what standard error is), syslog in the background. One line a message, whatever is in it.
 */

/* @verbosity as in conf.xml: 1 errors, 2 warnings, 3 what happens, 4 more of it, 5 all */
void kasperd_log_open(void);
void kasperd_log_set_verbosity(guint verbosity);
/* FALSE if there is no such facility; standard error goes on to get what failed, until
 * kasperd_log_detach() */
gboolean kasperd_log_to_syslog(const gchar *facility);
void kasperd_log_detach(void);
/* why the daemon does not start, whatever the verbosity is */
void kasperd_log_failure(const gchar *text);
/* (transfer full): @text with what a terminal or a parser of logs might obey made visible */
gchar *kasperd_log_escape(const gchar *text);
