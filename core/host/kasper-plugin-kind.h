/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* "key-store", as in conf.xml; NULL: @kind is none */
const gchar *kasper_plugin_kind_to_string(GType kind);
/* the kinds that @type implements, in words: "a notifier and a signer"; "no kind of plugin" */
gchar *kasper_plugin_kind_describe(GType type);

G_END_DECLS
