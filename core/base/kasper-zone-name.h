/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-export.h"

G_BEGIN_DECLS

KASPER_EXPORT
gchar *kasper_zone_name_parse(const gchar *text, GError **error);
KASPER_EXPORT
GBytes *kasper_zone_name_to_wire(const gchar *name, GError **error);

G_END_DECLS
