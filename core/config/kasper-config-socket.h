/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

#include "kasper-export.h"

G_BEGIN_DECLS

/* where conf.xml has no Enforcer/SocketFile; the unit file's RuntimeDirectory */
#define KASPER_CONFIG_SOCKET_DEFAULT "/run/kasper/kasper.sock"

/* only where the daemon listens; whatever else is wrong in the files is not looked at, for who has
 * broken them still wants to talk to the daemon that runs. (transfer full) */
KASPER_EXPORT
gchar *kasper_config_read_socket(const gchar *path, GError **error);
/* the same for "Common/ZoneListFile" and "Common/PolicyFile"; NULL without an error if it is not
 * there. (transfer full) */
KASPER_EXPORT
gchar *kasper_config_read_common_file(const gchar *path, const gchar *place, GError **error);

G_END_DECLS
