/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* puts @settings (text to text; nullable) onto the properties of @object. Names may have
 * underscores for hyphens. The first that is wrong is the error */
gboolean kasper_settings_apply(GObject *object, GHashTable *settings, GError **error);
/* (transfer floating): aa{sv} of name, type, value, default, description; all text */
GVariant *kasper_settings_describe(GObject *object);

G_END_DECLS
