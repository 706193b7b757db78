/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-plugin.h"

G_BEGIN_DECLS

/* a module that has been loaded and checked; it stays in memory for good */
typedef struct {
	gchar *name;
	gchar *path;	      /* NULL: a type of this process */
	const gchar *version; /* the module's own */
	GType type;
	GError *refusal; /* what is wrong with the type, which is not asked for twice; or NULL */
} KasperPluginModule;

/* Checks, in this order: the file, the symbol, the ABI, the name, the type. Nothing of the plugin
 * is called before all that its descriptor says is right. One whose type is wrong is in memory for
 * good, too, and comes back with a refusal. */
KasperPluginModule *
kasper_plugin_module_load(const gchar *const *folders, const gchar *name, GError **error);
KasperPluginModule *kasper_plugin_module_new(const gchar *name, GType type);
void kasper_plugin_module_free(KasperPluginModule *self);
gboolean kasper_plugin_module_check_kind(KasperPluginModule *self, GType kind, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperPluginModule, kasper_plugin_module_free)

G_END_DECLS
