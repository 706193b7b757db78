/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-plugin.h"
#include "kasper-time.h"

G_BEGIN_DECLS

/*
 * Finds, checks, loads and opens plugins; never unloads one.
 *
 * An instance has a name (that of the repository, or of the plugin element in conf.xml), a module
 * ("hsm-pkcs11") and settings as text. Several instances of a module may be open.
 */
#define KASPER_TYPE_PLUGIN_HOST (kasper_plugin_host_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperPluginHost, kasper_plugin_host, KASPER, PLUGIN_HOST, GObject)

/* @folders: where modules are looked for, first one first */
KASPER_EXPORT
KasperPluginHost *kasper_plugin_host_new(const gchar *const *folders);
/* in-process types (tests, bindings) stand beside modules under a name */
KASPER_EXPORT
void kasper_plugin_host_add_type(KasperPluginHost *self, const gchar *module, GType type);
/* loads @module, makes an instance, puts @settings (text to text; nullable) onto its properties
 * and opens it on the calling thread; the host keeps it under @name. @kind: the interface that it
 * must implement. Returns: (transfer none) */
KASPER_EXPORT
KasperPlugin *kasper_plugin_host_open(KasperPluginHost *self,
				      const gchar *name,
				      const gchar *module,
				      GType kind,
				      GHashTable *settings,
				      GError **error);
KASPER_EXPORT
KasperPlugin *kasper_plugin_host_find(KasperPluginHost *self, const gchar *name, GType kind);
/* closes one; the module stays */
KASPER_EXPORT
void kasper_plugin_host_close(KasperPluginHost *self, const gchar *name);
KASPER_EXPORT
void kasper_plugin_host_close_all(KasperPluginHost *self);
/* aa{sv}: as kasper_engine_list_plugins() has it; secret settings (G_PARAM flag
 * KASPER_PARAM_SECRET) are masked */
KASPER_EXPORT
GVariant *kasper_plugin_host_describe(KasperPluginHost *self);

/*
 * A call on a worker thread with a deadline. @work runs there, and may call slots of @plugin as
 * often as it likes; it returns what g_task_propagate_pointer() shall give, or NULL with an error.
 * When the deadline passes, @cancellable handed to @work is cancelled, the call fails with
 * KASPER_ERROR_UNKNOWN_OUTCOME, and what @work returns later is dropped (with @free_result).
 * Calls of one plugin run one at a time, in order, unless @parallel; a plugin that is late blocks
 * its own queue only. The pool has as many threads as are needed, up to 16.
 */
typedef gpointer (*KasperCallFunc)(KasperPlugin *plugin,
				   gpointer data,
				   GCancellable *cancellable,
				   GError **error);
KASPER_EXPORT
void kasper_plugin_host_call_async(KasperPluginHost *self,
				   KasperPlugin *plugin,
				   KasperSpan deadline,
				   gboolean parallel,
				   KasperCallFunc work,
				   gpointer data,
				   GDestroyNotify free_data,
				   GDestroyNotify free_result,
				   GAsyncReadyCallback callback,
				   gpointer user_data);
KASPER_EXPORT
gpointer
kasper_plugin_host_call_finish(KasperPluginHost *self, GAsyncResult *result, GError **error);
/* calls that have neither been answered nor run out of time */
KASPER_EXPORT
guint kasper_plugin_host_count_calls(KasperPluginHost *self);

G_END_DECLS
