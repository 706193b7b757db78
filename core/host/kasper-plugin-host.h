/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-plugin.h"
#include "kasper-time.h"

G_BEGIN_DECLS

/*
 * Finds, checks, loads and opens plugins; never unloads one.
 *
 * An instance has a kind (the interface that it is used by), a name (that of the repository, or of
 * the plugin element in conf.xml), a module ("hsm-pkcs11") and settings as text. Names are those of
 * a kind: repository "main" and signer "main" may both be. Several instances of a module may be
 * open. All functions are to be called in the thread that made the host; answers arrive there.
 */
#define KASPER_TYPE_PLUGIN_HOST (kasper_plugin_host_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperPluginHost, kasper_plugin_host, KASPER, PLUGIN_HOST, GObject)

/* @folders: where modules are looked for, first one first, as FOLDER/MODULE.so and as
 * FOLDER/MODULE/MODULE.so; those that KASPER_PLUGIN_PATH names (colons between them) come before */
KASPER_EXPORT
KasperPluginHost *kasper_plugin_host_new(const gchar *const *folders);
/* in-process types (tests, bindings) stand beside modules under a name */
KASPER_EXPORT
void kasper_plugin_host_add_type(KasperPluginHost *self, const gchar *module, GType type);
/* loads @module, makes an instance, puts @settings (text to text; nullable) onto its properties
 * and opens it on the calling thread; the host keeps it under @name. @kind: the interface that it
 * must implement. A @name that is open already is KASPER_ERROR_EXISTS; one that failed is
 * remembered, for describe(), until it opens or is closed. Returns: (transfer none) */
KASPER_EXPORT
KasperPlugin *kasper_plugin_host_open(KasperPluginHost *self,
				      const gchar *name,
				      const gchar *module,
				      GType kind,
				      GHashTable *settings,
				      GError **error);
/* (transfer none): NULL if there is none, or it could not be opened */
KASPER_EXPORT
KasperPlugin *kasper_plugin_host_find(KasperPluginHost *self, const gchar *name, GType kind);
/* closes one, as soon as no call is inside it; calls that have not begun fail with
 * KASPER_ERROR_TRY_AGAIN; the module stays */
KASPER_EXPORT
void kasper_plugin_host_close(KasperPluginHost *self, const gchar *name, GType kind);
KASPER_EXPORT
void kasper_plugin_host_close_all(KasperPluginHost *self);
/* (transfer floating): aa{sv}: as kasper_engine_list_plugins() has it; secret settings (G_PARAM
 * flag KASPER_PARAM_SECRET) are masked. The type is the module's name, the state "ok", "failing" or
 * "late" */
KASPER_EXPORT
GVariant *kasper_plugin_host_describe(KasperPluginHost *self);

/*
 * A call on a worker thread with a deadline, in seconds of real time. @work runs there, and may
 * call slots of @plugin as often as it likes; it returns what kasper_plugin_host_call_finish()
 * shall give, or NULL with an error. @free_data is called there, too, when @work has returned.
 *
 * The time of a call begins when @work does. When it is over, the @cancellable handed to @work is
 * cancelled, the call fails with KASPER_ERROR_UNKNOWN_OUTCOME, and what @work returns later is
 * dropped (with @free_result). Calls of one plugin run one at a time, in order, unless @parallel; a
 * plugin that is late blocks its own queue only. A call that had to wait behind a late one for as
 * long as its own deadline fails with KASPER_ERROR_TRY_AGAIN: it was not tried. There are as many
 * threads as are needed, up to 16, of which one plugin gets 8; those that late calls hold do not
 * count.
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
