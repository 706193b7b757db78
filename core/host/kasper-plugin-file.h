/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): the path of @module in the first of @folders that has it; nothing is taken from
 * a place that others can write to */
gchar *kasper_plugin_file_find(const gchar *const *folders, const gchar *module, GError **error);
/* (transfer full): KASPER_PLUGIN_PATH, then @folders, as absolute paths */
gchar **kasper_plugin_file_list_folders(const gchar *const *folders);

G_END_DECLS
