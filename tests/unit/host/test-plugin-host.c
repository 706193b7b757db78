/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "kasper-plugin-host.h"
#include "kasper-signer.h"
#include "test-plugin.h"

static KasperPluginHost *
make_host(void)
{
	KasperPluginHost *host = kasper_plugin_host_new(NULL);

	kasper_plugin_host_add_type(host, "test", TEST_TYPE_PLUGIN);
	return host;
}

static KasperPlugin *
open_plugin(KasperPluginHost *host, const gchar *name, const gchar *text, GError **error)
{
	g_autoptr(GHashTable) settings = g_hash_table_new(g_str_hash, g_str_equal);

	if (text != NULL)
		g_hash_table_insert(settings, (gpointer) "text", (gpointer)text);
	return kasper_plugin_host_open(host, name, "test", KASPER_TYPE_NOTIFIER, settings, error);
}

static void
test_open(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;
	KasperPlugin *plugin = open_plugin(host, "one", "first", &error);
	KasperPlugin *other;

	g_assert_no_error(error);
	g_assert_cmpstr(TEST_PLUGIN(plugin)->text, ==, "first");
	g_assert_cmpuint(TEST_PLUGIN(plugin)->opened, ==, 1);
	other = open_plugin(host, "two", "second", &error);
	g_assert_no_error(error);
	g_assert_true(other != plugin);
	g_assert_true(kasper_plugin_host_find(host, "one", KASPER_TYPE_NOTIFIER) == plugin);
	g_assert_true(kasper_plugin_host_find(host, "two", KASPER_TYPE_NOTIFIER) == other);
	g_assert_null(kasper_plugin_host_find(host, "three", KASPER_TYPE_NOTIFIER));
	/* names are those of a kind */
	g_assert_null(kasper_plugin_host_find(host, "one", KASPER_TYPE_SIGNER));
}

static void
test_exists(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;
	KasperPlugin *plugin = open_plugin(host, "one", NULL, NULL);

	g_assert_null(open_plugin(host, "one", NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_EXISTS);
	g_assert_cmpstr(error->message, ==, "notifier one is open already, as module test");
	g_assert_true(kasper_plugin_host_find(host, "one", KASPER_TYPE_NOTIFIER) == plugin);
}

static void
test_close(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(TestPlugin) one = g_object_ref(TEST_PLUGIN(open_plugin(host, "one", NULL, NULL)));
	g_autoptr(TestPlugin) two = g_object_ref(TEST_PLUGIN(open_plugin(host, "two", NULL, NULL)));

	kasper_plugin_host_close(host, "one", KASPER_TYPE_SIGNER);
	g_assert_cmpuint(one->closed, ==, 0);
	kasper_plugin_host_close(host, "one", KASPER_TYPE_NOTIFIER);
	g_assert_cmpuint(one->closed, ==, 1);
	g_assert_null(kasper_plugin_host_find(host, "one", KASPER_TYPE_NOTIFIER));
	g_assert_nonnull(open_plugin(host, "one", NULL, NULL));
	kasper_plugin_host_close_all(host);
	g_assert_cmpuint(one->closed, ==, 1);
	g_assert_cmpuint(two->closed, ==, 1);
	g_assert_null(kasper_plugin_host_find(host, "two", KASPER_TYPE_NOTIFIER));
}

static void
test_dropped(void)
{
	KasperPluginHost *host = make_host();
	TestPlugin *plugin = g_object_ref(TEST_PLUGIN(open_plugin(host, "one", NULL, NULL)));

	g_assert_finalize_object(host);
	g_assert_cmpuint(plugin->closed, ==, 1);
	g_assert_finalize_object(plugin);
}

static const gchar *
get_text(GVariant *row, const gchar *name)
{
	const gchar *text = NULL;

	g_assert_true(g_variant_lookup(row, name, "&s", &text));
	return text;
}

static void
test_failing(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) row = NULL;

	g_assert_null(open_plugin(host, "one", "refuse", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_AUTH);
	g_assert_cmpstr(error->message, ==, "TestPlugin: the password is wrong");
	g_assert_null(kasper_plugin_host_find(host, "one", KASPER_TYPE_NOTIFIER));
	rows = g_variant_ref_sink(kasper_plugin_host_describe(host));
	g_assert_cmpuint(g_variant_n_children(rows), ==, 1);
	row = g_variant_get_child_value(rows, 0);
	g_assert_cmpstr(get_text(row, "state"), ==, "failing");
	g_assert_cmpstr(get_text(row, "error"), ==, "TestPlugin: the password is wrong");
	/* the cause is gone, and it goes on */
	g_assert_nonnull(open_plugin(host, "one", "accept", NULL));
}

static void
test_describe(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) settings = NULL;

	open_plugin(host, "one", NULL, NULL);
	rows = g_variant_ref_sink(kasper_plugin_host_describe(host));
	g_assert_cmpstr(g_variant_get_type_string(rows), ==, "aa{sv}");
	g_assert_cmpuint(g_variant_n_children(rows), ==, 1);
	row = g_variant_get_child_value(rows, 0);
	g_assert_cmpstr(get_text(row, "name"), ==, "one");
	g_assert_cmpstr(get_text(row, "kind"), ==, "notifier");
	g_assert_cmpstr(get_text(row, "type"), ==, "test");
	g_assert_cmpstr(get_text(row, "version"), ==, "");
	g_assert_cmpstr(get_text(row, "state"), ==, "ok");
	g_assert_cmpstr(get_text(row, "error"), ==, "");
	settings = g_variant_lookup_value(row, "settings", G_VARIANT_TYPE("aa{sv}"));
	g_assert_cmpuint(g_variant_n_children(settings), ==, 12);
}

static void
test_wrong_kind(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GError) error = NULL;

	g_assert_null(
	    kasper_plugin_host_open(host, "one", "test", KASPER_TYPE_SIGNER, NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_cmpstr(error->message, ==, "module test is a notifier, and not a signer");
}

static void
test_wrong_setting(void)
{
	g_autoptr(KasperPluginHost) host = make_host();
	g_autoptr(GHashTable) settings = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GError) error = NULL;

	g_hash_table_insert(settings, (gpointer) "number", (gpointer) "many");
	g_assert_null(
	    kasper_plugin_host_open(host, "one", "test", KASPER_TYPE_NOTIFIER, settings, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_cmpstr(error->message,
			==,
			"module test: setting \"number\": \"many\" is not as it must be: a whole "
			"number, -8 to 16");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plugin-host/open", test_open);
	g_test_add_func("/plugin-host/exists", test_exists);
	g_test_add_func("/plugin-host/close", test_close);
	g_test_add_func("/plugin-host/dropped", test_dropped);
	g_test_add_func("/plugin-host/failing", test_failing);
	g_test_add_func("/plugin-host/describe", test_describe);
	g_test_add_func("/plugin-host/wrong-kind", test_wrong_kind);
	g_test_add_func("/plugin-host/wrong-setting", test_wrong_setting);
	return g_test_run();
}
