/* SPDX-License-Identifier: BSD-2-Clause */
#include "contract.h"

#include <glib/gstdio.h>
#include <string.h>

static GType contract_kind;

static void
contract_remove(const gchar *path)
{
	g_autoptr(GDir) folder = NULL;
	const gchar *name;

	if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
		folder = g_dir_open(path, 0, NULL);
	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree gchar *child = g_build_filename(path, name, NULL);

		contract_remove(child);
	}
	g_assert_cmpint(g_remove(path), ==, 0);
}

/* settings of a module that is not in the tree: NAME=VALUE;NAME=VALUE */
static void
contract_read_settings(Contract *self)
{
	const gchar *text = g_getenv("CONTRACT_SETTINGS");
	g_auto(GStrv) list = g_strsplit(text != NULL ? text : "", ";", -1);

	for (guint i = 0; list[i] != NULL; i++) {
		g_auto(GStrv) pair = g_strsplit(list[i], "=", 2);
		g_autoptr(GString) value = NULL;

		if (g_strv_length(pair) < 2)
			continue;
		value = g_string_new(pair[1]);
		g_string_replace(value, "%FOLDER%", self->folder, 0);
		g_hash_table_insert(self->settings,
				    g_strdup(pair[0]),
				    g_string_free(g_steal_pointer(&value), FALSE));
	}
}

void
contract_set_up(Contract *self, gconstpointer data)
{
	self->module = g_getenv("CONTRACT_MODULE");
	if (self->module == NULL)
		g_error("set CONTRACT_MODULE to the name of the module that is to be tried");
	self->folder = g_dir_make_tmp("kasper-contract-XXXXXX", NULL);
	self->settings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	contract_read_settings(self);
	self->host = kasper_plugin_host_new(NULL);
}

void
contract_tear_down(Contract *self, gconstpointer data)
{
	g_assert_finalize_object(self->host);
	if (self->tidy_up != NULL)
		self->tidy_up(self->props);
	g_hash_table_unref(self->settings);
	contract_remove(self->folder);
	g_free(self->folder);
}

static gpointer
contract_try(Contract *self, GType kind, GHashTable *settings, GError **error)
{
	static guint number;
	g_autofree gchar *name = g_strdup_printf("subject-%u", number++);

	return kasper_plugin_host_open(self->host, name, self->module, kind, settings, error);
}

gpointer
contract_open(Contract *self, GType kind)
{
	g_autoptr(GError) error = NULL;
	gpointer plugin;

	if (self->tidy_up == NULL && !contract_prepare(self))
		return NULL;
	plugin = contract_try(self, kind, self->settings, &error);
	g_assert_no_error(error);
	return plugin;
}

gpointer
contract_open_with(Contract *self,
		   GType kind,
		   const gchar *setting,
		   const gchar *value,
		   GError **error)
{
	g_hash_table_insert(self->settings, g_strdup(setting), g_strdup(value));
	return contract_try(self, kind, self->settings, error);
}

gboolean
contract_has_setting(Contract *self, GType kind, const gchar *setting)
{
	gpointer plugin = contract_open(self, kind);

	return plugin != NULL &&
	       g_object_class_find_property(G_OBJECT_GET_CLASS(plugin), setting) != NULL;
}

gchar *
contract_get_path(Contract *self, const gchar *name)
{
	return g_build_filename(self->folder, name, NULL);
}

/* --- what all kinds have in common --- */

static void
test_kind(Contract *self, gconstpointer data)
{
	gpointer plugin = contract_open(self, contract_kind);

	if (plugin == NULL)
		return;
	g_assert_true(g_type_is_a(G_OBJECT_TYPE(plugin), contract_kind));
	g_assert_true(KASPER_IS_PLUGIN(plugin));
}

static void
test_close_twice(Contract *self, gconstpointer data)
{
	gpointer plugin = contract_open(self, contract_kind);
	g_autoptr(GError) error = NULL;

	if (plugin == NULL)
		return;
	kasper_plugin_close(plugin);
	kasper_plugin_close(plugin);
	/* and open again */
	g_assert_true(kasper_plugin_open(plugin, NULL, &error));
	g_assert_no_error(error);
}

/* a plugin that was never opened can be closed, and dropped */
static void
test_never_opened(Contract *self, gconstpointer data)
{
	gpointer plugin = contract_open(self, contract_kind);
	KasperPlugin *other;

	if (plugin == NULL)
		return;
	other = g_object_new(G_OBJECT_TYPE(plugin), NULL);
	kasper_plugin_close(other);
	g_assert_finalize_object(other);
}

/* what was set can be read, with what it is for */
static void
test_settings(Contract *self, gconstpointer data)
{
	gpointer plugin = contract_open(self, contract_kind);
	guint n = 0;
	g_autofree GParamSpec **specs = NULL;

	if (plugin == NULL)
		return;
	specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(plugin), &n);
	for (guint i = 0; i < n; i++) {
		g_auto(GValue) value = G_VALUE_INIT;

		g_assert_nonnull(g_param_spec_get_blurb(specs[i]));
		/* a secret must not be had back from a core file's table of objects either */
		if ((specs[i]->flags & KASPER_PARAM_SECRET) != 0)
			g_assert_false((specs[i]->flags & G_PARAM_READABLE) != 0);
		if ((specs[i]->flags & G_PARAM_READABLE) == 0)
			continue;
		g_value_init(&value, specs[i]->value_type);
		g_object_get_property(plugin, specs[i]->name, &value);
	}
}

static void
test_unknown_setting(Contract *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	if (contract_open(self, contract_kind) == NULL)
		return;
	g_assert_null(contract_open_with(self, contract_kind, "no-such-setting", "1", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, "no-such-setting"));
}

void
contract_add(const gchar *path, ContractTest test)
{
	g_test_add(path, Contract, NULL, contract_set_up, test, contract_tear_down);
}

gint
contract_run(GType kind)
{
	contract_kind = kind;
	contract_add("/plugin/kind", test_kind);
	contract_add("/plugin/close-twice", test_close_twice);
	contract_add("/plugin/never-opened", test_never_opened);
	contract_add("/plugin/settings", test_settings);
	contract_add("/plugin/unknown-setting", test_unknown_setting);
	return g_test_run();
}
