/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>
#include <gmodule.h>

#include "kasper-error.h"

G_BEGIN_DECLS

#define KASPER_PLUGIN_ABI_MAJOR 0 /* +1: a slot that exists has changed */
#define KASPER_PLUGIN_ABI_MINOR 2 /* +1: a slot or a kind was appended */

/**
 * KasperPluginDescriptor: (skip)
 * @abi_major: the ABI that the plugin was built for
 * @abi_minor: the ABI that the plugin was built for
 * @name: also the folder's name
 * @version: the plugin's own
 * @get_type: gives the type that implements #KasperPlugin and a kind
 *
 * The one symbol that a plugin exports; the host reads it before it calls anything in the plugin.
 *
 * Since: 0.1
 */
typedef struct {
	guint16 abi_major;
	guint16 abi_minor;
	const gchar *name;
	const gchar *version;
	GType (*get_type)(void);
} KasperPluginDescriptor;

#define KASPER_PLUGIN_SYMBOL "kasper_plugin_descriptor"

#define KASPER_PLUGIN_DEFINE(name_, version_, get_type_)                                           \
	G_MODULE_EXPORT extern const KasperPluginDescriptor kasper_plugin_descriptor;              \
	const KasperPluginDescriptor kasper_plugin_descriptor = {                                  \
	    .abi_major = KASPER_PLUGIN_ABI_MAJOR,                                                  \
	    .abi_minor = KASPER_PLUGIN_ABI_MINOR,                                                  \
	    .name = name_,                                                                         \
	    .version = version_,                                                                   \
	    .get_type = get_type_,                                                                 \
	};

/**
 * KASPER_PARAM_SECRET: (skip)
 *
 * A flag of a property that holds a password or the like: its value is never shown. Let it be
 * writable only.
 *
 * Since: 0.1
 */
#define KASPER_PARAM_SECRET ((GParamFlags)(1 << G_PARAM_USER_SHIFT))

#define KASPER_TYPE_PLUGIN (kasper_plugin_get_type())
KASPER_EXPORT
G_DECLARE_INTERFACE(KasperPlugin, kasper_plugin, KASPER, PLUGIN, GObject)

/**
 * KasperPluginInterface:
 * @parent_iface: the parent interface
 * @open: optional; the settings, which are properties, are final from here on
 * @close: optional; never fails, and may come without an open()
 *
 * What every kind of plugin requires.
 *
 * Since: 0.1
 */
struct _KasperPluginInterface {
	GTypeInterface parent_iface;

	gboolean (*open)(KasperPlugin *self, GCancellable *cancellable, GError **error);
	void (*close)(KasperPlugin *self);
};

KASPER_EXPORT
gboolean kasper_plugin_open(KasperPlugin *self, GCancellable *cancellable, GError **error);
KASPER_EXPORT
void kasper_plugin_close(KasperPlugin *self);

G_END_DECLS
