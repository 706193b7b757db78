/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

#include "kasper-export.h"

G_BEGIN_DECLS

/* decimal */
void kasper_json_append_integer(GString *out, gint64 number);
KASPER_EXPORT
void kasper_json_append_string(GString *out, const gchar *text);
/* rows and lists of them as objects and arrays; an instant that is not set or never comes: null */
KASPER_EXPORT
void kasper_json_append(GString *out, GVariant *value);

/* the same for the values of a tuple, each behind its label, as it is: {"zone": */
KASPER_EXPORT
void kasper_json_append_members(GString *out,
				const gchar *const *labels,
				guint n_labels,
				GVariant *tuple);

G_END_DECLS
