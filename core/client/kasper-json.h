/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

#include "kasper-export.h"

G_BEGIN_DECLS

KASPER_EXPORT
void kasper_json_append_string(GString *out, const gchar *text);
/* rows and lists of them as objects and arrays; an instant that is not set or never comes: null */
KASPER_EXPORT
void kasper_json_append(GString *out, GVariant *value);

G_END_DECLS
