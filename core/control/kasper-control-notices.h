/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The Event signal to one connection. GDBus queues without a limit what a peer does not read, so
 * that a peer that stands still would cost ever more memory: only so many signals are under way at
 * a time, the others are dropped and counted in the next that goes out.
 */
typedef struct _KasperControlNotices KasperControlNotices;

KasperControlNotices *kasper_control_notices_new(GDBusConnection *connection, guint max);
void kasper_control_notices_free(KasperControlNotices *self);
/* @event: a{sv} */
void kasper_control_notices_send(KasperControlNotices *self, GVariant *event);

G_END_DECLS
