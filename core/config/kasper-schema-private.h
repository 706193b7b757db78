/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): the text of a schema that is built into the library, such as "conf.rng" */
GBytes *kasper_schema_get(const gchar *schema);

G_END_DECLS
