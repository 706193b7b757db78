/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-plugin-module.h"

#include "kasper-plugin-file.h"
#include "kasper-plugin-kind.h"

typedef GModule KasperOpenModule;
static void
kasper_open_module_close(KasperOpenModule *module)
{
	g_module_close(module);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperOpenModule, kasper_open_module_close)

void
kasper_plugin_module_free(KasperPluginModule *self)
{
	g_free(self->name);
	g_free(self->path);
	g_clear_error(&self->refusal);
	g_free(self);
}

KasperPluginModule *
kasper_plugin_module_new(const gchar *name, GType type)
{
	KasperPluginModule *self = g_new0(KasperPluginModule, 1);

	self->name = g_strdup(name);
	self->version = "";
	self->type = type;
	return self;
}

static gboolean
kasper_plugin_module_check_descriptor(const KasperPluginDescriptor *descriptor,
				      const gchar *name,
				      GError **error)
{
	if (descriptor->abi_major != KASPER_PLUGIN_ABI_MAJOR ||
	    descriptor->abi_minor > KASPER_PLUGIN_ABI_MINOR) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_SUPPORTED,
		    "it was built for plugin ABI %u.%u, and this is %d.%d; install the plugin "
		    "that belongs to this version",
		    descriptor->abi_major,
		    descriptor->abi_minor,
		    KASPER_PLUGIN_ABI_MAJOR,
		    KASPER_PLUGIN_ABI_MINOR);
		return FALSE;
	}
	if (g_strcmp0(descriptor->name, name) != 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "it calls itself \"%s\"; a module's file has the module's name",
			    descriptor->name != NULL ? descriptor->name : "");
		return FALSE;
	}
	if (descriptor->get_type != NULL)
		return TRUE;
	g_set_error_literal(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "its descriptor has no get_type; report it to the plugin's authors");
	return FALSE;
}

/* types have names of their own, which are global to the process */
static gboolean
kasper_plugin_module_check_type(GType type, GError **error)
{
	if (type == G_TYPE_INVALID) {
		g_set_error_literal(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_EXISTS,
		    "its type could not be registered; another plugin that is loaded has a "
		    "type of the same name, and only one of the two can be used");
		return FALSE;
	}
	if (g_type_is_a(type, G_TYPE_OBJECT) && !G_TYPE_IS_ABSTRACT(type) &&
	    g_type_is_a(type, KASPER_TYPE_PLUGIN))
		return TRUE;
	g_set_error(
	    error,
	    KASPER_ERROR,
	    KASPER_ERROR_INVALID,
	    "%s does not implement KasperPlugin, or no object of it can be made; report it to "
	    "the plugin's authors",
	    g_type_name(type));
	return FALSE;
}

static KasperPluginModule *
kasper_plugin_module_open(const gchar *path, const gchar *name, GError **error)
{
	/* all of its symbols at once, and not for others to see */
	g_autoptr(KasperOpenModule) module = g_module_open(path, G_MODULE_BIND_LOCAL);
	KasperPluginModule *self;
	gpointer symbol = NULL;
	const KasperPluginDescriptor *descriptor;

	if (module == NULL) {
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_NOT_SUPPORTED,
				    g_module_error());
		return NULL;
	}
	if (!g_module_symbol(module, KASPER_PLUGIN_SYMBOL, &symbol) || symbol == NULL) {
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_INVALID,
				    "it has no symbol " KASPER_PLUGIN_SYMBOL
				    "; it is no plugin of Kasper");
		return NULL;
	}
	descriptor = symbol;
	if (!kasper_plugin_module_check_descriptor(descriptor, name, error))
		return NULL;
	/* from here on it is used: its types, threads and timers would outlive it. It is asked once
	 * only: where a type could not be registered, GLib would wait for it for ever the next time
	 */
	g_module_make_resident(module);
	self = kasper_plugin_module_new(name, descriptor->get_type());
	self->path = g_strdup(path);
	self->version = descriptor->version != NULL ? descriptor->version : "";
	if (!kasper_plugin_module_check_type(self->type, &self->refusal))
		g_prefix_error(&self->refusal, "%s: ", path);
	return self;
}

KasperPluginModule *
kasper_plugin_module_load(const gchar *const *folders, const gchar *name, GError **error)
{
	g_autofree gchar *path = kasper_plugin_file_find(folders, name, error);
	KasperPluginModule *self;

	if (path == NULL)
		return NULL;
	self = kasper_plugin_module_open(path, name, error);
	if (self == NULL)
		g_prefix_error(error, "%s: ", path);
	return self;
}

gboolean
kasper_plugin_module_check_kind(KasperPluginModule *self, GType kind, GError **error)
{
	g_autofree gchar *wanted = kasper_plugin_kind_describe(kind);
	g_autofree gchar *is = NULL;

	if (g_type_is_a(self->type, kind))
		return TRUE;
	is = kasper_plugin_kind_describe(self->type);
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "module %s is %s, and not %s",
		    self->name,
		    is,
		    wanted);
	return FALSE;
}
