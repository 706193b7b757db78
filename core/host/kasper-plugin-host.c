/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-plugin-host.h"

#include "kasper-caller.h"
#include "kasper-plugin-file.h"
#include "kasper-plugin-host-private.h"
#include "kasper-plugin-kind.h"
#include "kasper-plugin-module.h"
#include "kasper-settings.h"

/* a plugin element or a repository of conf.xml */
typedef struct {
	gchar *name;
	gchar *module;
	GType kind;
	KasperPlugin *plugin; /* NULL: it could not be opened */
	gchar *error;	      /* why */
} KasperInstance;

struct _KasperPluginHost {
	GObject parent_instance;

	gchar **folders;
	GHashTable *modules;  /* text to KasperPluginModule */
	GPtrArray *instances; /* of KasperInstance */
	KasperCaller *caller;
	guint calls; /* that have not been answered */
};

G_DEFINE_FINAL_TYPE(KasperPluginHost, kasper_plugin_host, G_TYPE_OBJECT)

static void
kasper_instance_free(KasperInstance *self)
{
	g_free(self->name);
	g_free(self->module);
	g_free(self->error);
	g_clear_object(&self->plugin);
	g_free(self);
}

static void
kasper_plugin_host_finalize(GObject *object)
{
	KasperPluginHost *self = KASPER_PLUGIN_HOST(object);

	kasper_plugin_host_close_all(self);
	g_strfreev(self->folders);
	g_hash_table_unref(self->modules);
	g_ptr_array_unref(self->instances);
	kasper_caller_unref(self->caller);
	G_OBJECT_CLASS(kasper_plugin_host_parent_class)->finalize(object);
}

static void
kasper_plugin_host_init(KasperPluginHost *self)
{
	self->modules = g_hash_table_new_full(g_str_hash,
					      g_str_equal,
					      NULL,
					      (GDestroyNotify)kasper_plugin_module_free);
	self->instances = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_instance_free);
	self->caller = kasper_caller_new();
}

static void
kasper_plugin_host_class_init(KasperPluginHostClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_plugin_host_finalize;
}

KasperPluginHost *
kasper_plugin_host_new(const gchar *const *folders)
{
	KasperPluginHost *self = g_object_new(KASPER_TYPE_PLUGIN_HOST, NULL);

	self->folders = kasper_plugin_file_list_folders(folders);
	return self;
}

/* --- modules --- */

void
kasper_plugin_host_add_type(KasperPluginHost *self, const gchar *module, GType type)
{
	KasperPluginModule *added;

	g_return_if_fail(KASPER_IS_PLUGIN_HOST(self));
	g_return_if_fail(g_type_is_a(type, KASPER_TYPE_PLUGIN));

	added = kasper_plugin_module_new(module, type);
	g_hash_table_replace(self->modules, added->name, added);
}

/* two modules that have one type would share its objects and its fate */
static gboolean
kasper_plugin_host_check_alone(KasperPluginHost *self,
			       const KasperPluginModule *module,
			       GError **error)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->modules);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const KasperPluginModule *other = value;

		if (other->type != module->type)
			continue;
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_EXISTS,
		    "%s: its type %s is that of module %s, which is loaded; only one of the "
		    "two can be used",
		    module->path,
		    g_type_name(module->type),
		    other->name);
		return FALSE;
	}
	return TRUE;
}

static KasperPluginModule *
kasper_plugin_host_load(KasperPluginHost *self, const gchar *name, GError **error)
{
	KasperPluginModule *found = g_hash_table_lookup(self->modules, name);
	g_autoptr(KasperPluginModule) module = NULL;

	if (found == NULL) {
		module =
		    kasper_plugin_module_load((const gchar *const *)self->folders, name, error);
		if (module == NULL || (module->refusal == NULL &&
				       !kasper_plugin_host_check_alone(self, module, error)))
			return NULL;
		found = g_steal_pointer(&module);
		g_hash_table_insert(self->modules, found->name, found);
	}
	if (found->refusal == NULL)
		return found;
	g_propagate_error(error, g_error_copy(found->refusal));
	return NULL;
}

/* --- instances --- */

static KasperInstance *
kasper_plugin_host_get_instance(KasperPluginHost *self, const gchar *name, GType kind)
{
	for (guint i = 0; i < self->instances->len; i++) {
		KasperInstance *instance = g_ptr_array_index(self->instances, i);

		if (instance->kind == kind && g_strcmp0(instance->name, name) == 0)
			return instance;
	}
	return NULL;
}

/* (transfer full): made, set and open; nothing is left of one that fails */
static KasperPlugin *
kasper_plugin_host_make(KasperPluginHost *self,
			const gchar *module_name,
			GType kind,
			GHashTable *settings,
			GError **error)
{
	KasperPluginModule *module = kasper_plugin_host_load(self, module_name, error);
	g_autoptr(KasperPlugin) plugin = NULL;

	if (module == NULL || !kasper_plugin_module_check_kind(module, kind, error))
		return NULL;
	plugin = g_object_new(module->type, NULL);
	/* of a language whose new objects float */
	if (g_object_is_floating(plugin))
		g_object_ref_sink(plugin);
	if (!kasper_settings_apply(G_OBJECT(plugin), settings, error)) {
		g_prefix_error(error, "module %s: ", module_name);
		return NULL;
	}
	if (!kasper_plugin_open(plugin, NULL, error)) {
		kasper_plugin_close(plugin);
		return NULL;
	}
	return g_steal_pointer(&plugin);
}

KasperPlugin *
kasper_plugin_host_open(KasperPluginHost *self,
			const gchar *name,
			const gchar *module,
			GType kind,
			GHashTable *settings,
			GError **error)
{
	KasperInstance *instance;
	g_autoptr(GError) error_local = NULL;

	g_return_val_if_fail(KASPER_IS_PLUGIN_HOST(self), NULL);
	g_return_val_if_fail(name != NULL && module != NULL, NULL);
	g_return_val_if_fail(kasper_plugin_kind_to_string(kind) != NULL, NULL);

	instance = kasper_plugin_host_get_instance(self, name, kind);
	if (instance != NULL && instance->plugin != NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_EXISTS,
			    "%s %s is open already, as module %s",
			    kasper_plugin_kind_to_string(kind),
			    name,
			    instance->module);
		return NULL;
	}
	if (instance == NULL) {
		instance = g_new0(KasperInstance, 1);
		instance->name = g_strdup(name);
		instance->kind = kind;
		g_ptr_array_add(self->instances, instance);
	}
	g_free(instance->module);
	instance->module = g_strdup(module);
	g_clear_pointer(&instance->error, g_free);
	instance->plugin = kasper_plugin_host_make(self, module, kind, settings, &error_local);
	if (instance->plugin == NULL) {
		instance->error = g_strdup(error_local->message);
		g_propagate_error(error, g_steal_pointer(&error_local));
	}
	return instance->plugin;
}

KasperPlugin *
kasper_plugin_host_find(KasperPluginHost *self, const gchar *name, GType kind)
{
	KasperInstance *instance;

	g_return_val_if_fail(KASPER_IS_PLUGIN_HOST(self), NULL);

	instance = kasper_plugin_host_get_instance(self, name, kind);
	return instance != NULL ? instance->plugin : NULL;
}

static void
kasper_plugin_host_close_instance(KasperPluginHost *self, KasperInstance *instance)
{
	g_autoptr(KasperPlugin) plugin = g_steal_pointer(&instance->plugin);

	g_ptr_array_remove(self->instances, instance);
	if (plugin != NULL)
		kasper_caller_close(self->caller, plugin);
}

void
kasper_plugin_host_close(KasperPluginHost *self, const gchar *name, GType kind)
{
	KasperInstance *instance;

	g_return_if_fail(KASPER_IS_PLUGIN_HOST(self));

	instance = kasper_plugin_host_get_instance(self, name, kind);
	if (instance != NULL)
		kasper_plugin_host_close_instance(self, instance);
}

void
kasper_plugin_host_close_all(KasperPluginHost *self)
{
	g_return_if_fail(KASPER_IS_PLUGIN_HOST(self));

	/* the last one first */
	while (self->instances->len > 0)
		kasper_plugin_host_close_instance(
		    self,
		    g_ptr_array_index(self->instances, self->instances->len - 1));
}

/* --- what there is --- */

static void
kasper_plugin_host_describe_state(KasperPluginHost *self,
				  const KasperInstance *instance,
				  GVariantBuilder *row)
{
	KasperSpan late = instance->plugin != NULL
			      ? kasper_caller_get_lateness(self->caller, instance->plugin)
			      : -1;
	const gchar *state = instance->plugin == NULL ? "failing" : late >= 0 ? "late" : "ok";
	g_autofree gchar *text = NULL;

	if (late >= 0)
		text = g_strdup_printf(
		    "a call has not come back, whose time was over %" G_GINT64_FORMAT " s ago",
		    late);
	else
		text = g_strdup(instance->error != NULL ? instance->error : "");
	g_variant_builder_add(row, "{sv}", "state", g_variant_new_string(state));
	g_variant_builder_add(row, "{sv}", "error", g_variant_new_string(text));
}

static void
kasper_plugin_host_describe_one(KasperPluginHost *self,
				const KasperInstance *instance,
				GVariantBuilder *row)
{
	const KasperPluginModule *module = g_hash_table_lookup(self->modules, instance->module);
	GVariant *settings = instance->plugin != NULL
				 ? kasper_settings_describe(G_OBJECT(instance->plugin))
				 : g_variant_new("aa{sv}", NULL);

	g_variant_builder_add(row, "{sv}", "name", g_variant_new_string(instance->name));
	g_variant_builder_add(row,
			      "{sv}",
			      "kind",
			      g_variant_new_string(kasper_plugin_kind_to_string(instance->kind)));
	g_variant_builder_add(row, "{sv}", "type", g_variant_new_string(instance->module));
	g_variant_builder_add(row,
			      "{sv}",
			      "version",
			      g_variant_new_string(module != NULL ? module->version : ""));
	kasper_plugin_host_describe_state(self, instance, row);
	g_variant_builder_add(row, "{sv}", "settings", settings);
}

GVariant *
kasper_plugin_host_describe(KasperPluginHost *self)
{
	GVariantBuilder rows;

	g_return_val_if_fail(KASPER_IS_PLUGIN_HOST(self), NULL);

	g_variant_builder_init(&rows, G_VARIANT_TYPE("aa{sv}"));
	for (guint i = 0; i < self->instances->len; i++) {
		g_variant_builder_open(&rows, G_VARIANT_TYPE_VARDICT);
		kasper_plugin_host_describe_one(self, g_ptr_array_index(self->instances, i), &rows);
		g_variant_builder_close(&rows);
	}
	return g_variant_builder_end(&rows);
}

/* --- calls --- */

typedef struct {
	GAsyncReadyCallback callback;
	gpointer user_data;
} KasperAnswer;

/* the last moment at which the call is still counted: who looks sees either it, or what its
 * callback did */
static void
kasper_plugin_host_answer(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperAnswer *answer = data;

	KASPER_PLUGIN_HOST(source)->calls--;
	if (answer->callback != NULL)
		answer->callback(source, result, answer->user_data);
}

void
kasper_plugin_host_call_async(KasperPluginHost *self,
			      KasperPlugin *plugin,
			      KasperSpan deadline,
			      gboolean parallel,
			      KasperCallFunc work,
			      gpointer data,
			      GDestroyNotify free_data,
			      GDestroyNotify free_result,
			      GAsyncReadyCallback callback,
			      gpointer user_data)
{
	const KasperCallOrder order =
	    {plugin, deadline, parallel, work, data, free_data, free_result};
	KasperAnswer *answer;
	GTask *task;

	g_return_if_fail(KASPER_IS_PLUGIN_HOST(self));
	g_return_if_fail(KASPER_IS_PLUGIN(plugin));
	g_return_if_fail(deadline > 0);

	answer = g_new0(KasperAnswer, 1);
	answer->callback = callback;
	answer->user_data = user_data;
	task = g_task_new(self, NULL, kasper_plugin_host_answer, answer);
	g_task_set_source_tag(task, kasper_plugin_host_call_async);
	self->calls++;
	kasper_caller_call(self->caller, &order, task);
}

gpointer
kasper_plugin_host_call_finish(KasperPluginHost *self, GAsyncResult *result, GError **error)
{
	g_return_val_if_fail(g_task_is_valid(result, self), NULL);

	return g_task_propagate_pointer(G_TASK(result), error);
}

guint
kasper_plugin_host_count_calls(KasperPluginHost *self)
{
	g_return_val_if_fail(KASPER_IS_PLUGIN_HOST(self), 0);

	return self->calls;
}

void
kasper_plugin_host_set_second(KasperPluginHost *self, guint milliseconds)
{
	kasper_caller_set_second(self->caller, milliseconds);
}
