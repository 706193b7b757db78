/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* makes room for a socket at @path: removes one that nobody listens on, refuses everything else */
gboolean kasper_control_socket_prepare(const gchar *path, GError **error);
/* gives the new socket its mode, 0660, and if it may its group; (gid_t)-1: leaves that */
gboolean kasper_control_socket_permit(const gchar *path, gid_t group, GError **error);

G_END_DECLS
