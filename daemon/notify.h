/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

/*
 * Tells who started the daemon how it is doing, as sd_notify(3) describes: one datagram to the
 * socket that NOTIFY_SOCKET names. Without one, nothing is said.
 */

/* takes NOTIFY_SOCKET out of the environment: programs that plugins start have no say in it */
void kasperd_notify_open(void);
/* "READY=1\nSTATUS=..."; lost silently if nobody listens */
void kasperd_notify(const gchar *state);
void kasperd_notify_reloading(void);
