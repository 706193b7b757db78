/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-event.h"

G_BEGIN_DECLS

/* a{sv} of an event, floating */
GVariant *kasper_control_event_to_row(KasperEvent *event);

/*
 * A stream of events to one reader: JSON objects, one a line. Never blocks. What a slow reader
 * does not take is kept up to a limit, then dropped and counted; the count is told as soon as there
 * is room again. A reader that takes nothing for long is cut off.
 */
typedef struct _KasperControlFeed KasperControlFeed;

/* @done is called once, from the main context, when the reader has gone or was cut off */
KasperControlFeed *kasper_control_feed_new(gint *ret_fd,
					   gsize limit,
					   guint patience, /* seconds */
					   GFunc done,
					   gpointer user_data,
					   GError **error);
void kasper_control_feed_free(KasperControlFeed *self);
void kasper_control_feed_add(KasperControlFeed *self, const gchar *line, gsize length);

G_END_DECLS
