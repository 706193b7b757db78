/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* a flat JSON object, as the daemon's feed sends one a line, as a{sv}: texts become s, whole
 * numbers x, true and false b; null is left out. NULL: it is something else. (transfer full) */
GVariant *cli_json_line_parse(const gchar *line);

G_END_DECLS
