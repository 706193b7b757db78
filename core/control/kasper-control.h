/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-engine.h"

G_BEGIN_DECLS

/* the engine as org.kasper.Kasper1 on a UNIX socket: one method, one function, one engine call */
#define KASPER_TYPE_CONTROL (kasper_control_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperControl, kasper_control, KASPER, CONTROL, GObject)

KASPER_EXPORT
KasperControl *kasper_control_new(KasperEngine *engine, const gchar *socket_path);
/* @group: whose members may call everything, and who the socket is for; NULL: nobody beside root
 * and the daemon's own user. "kasper-admin" unless told otherwise; it need not exist */
KASPER_EXPORT
void kasper_control_set_admin_group(KasperControl *self, const gchar *group);
KASPER_EXPORT
gboolean kasper_control_start(KasperControl *self, GError **error);
KASPER_EXPORT
void kasper_control_stop(KasperControl *self);

G_END_DECLS
