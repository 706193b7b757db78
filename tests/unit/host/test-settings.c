/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "kasper-settings.h"
#include "test-plugin.h"

static gboolean
apply(TestPlugin *plugin, const gchar *name, const gchar *text, GError **error)
{
	g_autoptr(GHashTable) settings = g_hash_table_new(g_str_hash, g_str_equal);

	g_hash_table_insert(settings, (gpointer)name, (gpointer)text);
	return kasper_settings_apply(G_OBJECT(plugin), settings, error);
}

static void
take(TestPlugin *plugin, const gchar *name, const gchar *text)
{
	g_autoptr(GError) error = NULL;
	gboolean done = apply(plugin, name, text, &error);

	g_assert_no_error(error);
	g_assert_true(done);
}

/* refused with exactly this message */
static void
refuse(const gchar *name, const gchar *text, const gchar *message)
{
	g_autoptr(TestPlugin) plugin = g_object_new(TEST_TYPE_PLUGIN, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_false(apply(plugin, name, text, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_cmpstr(error->message, ==, message);
}

static void
test_types(void)
{
	g_autoptr(TestPlugin) plugin = g_object_new(TEST_TYPE_PLUGIN, NULL);

	take(plugin, "text", "a b");
	g_assert_cmpstr(plugin->text, ==, "a b");
	take(plugin, "text", "");
	g_assert_cmpstr(plugin->text, ==, "");
	take(plugin, "secret", "canary");
	g_assert_cmpstr(plugin->secret, ==, "canary");
	take(plugin, "number", "-8");
	g_assert_cmpint(plugin->number, ==, -8);
	take(plugin, "long-number", "9223372036854775807");
	g_assert_cmpint(plugin->long_number, ==, G_MAXINT64);
	take(plugin, "count", "99");
	g_assert_cmpuint(plugin->count, ==, 99);
	take(plugin, "long-count", "18446744073709551615");
	g_assert_cmpuint(plugin->long_count, ==, G_MAXUINT64);
	take(plugin, "ratio", "0.25");
	g_assert_cmpfloat(plugin->ratio, ==, 0.25);
	take(plugin, "mode", "very-slow");
	g_assert_cmpint((gint)plugin->mode, ==, TEST_MODE_VERY_SLOW);
	take(plugin, "parts", "head, tail");
	g_assert_cmpuint(plugin->parts, ==, TEST_PARTS_HEAD | TEST_PARTS_TAIL);
	take(plugin, "parts", "");
	g_assert_cmpuint(plugin->parts, ==, 0);
}

static void
test_words(void)
{
	g_autoptr(TestPlugin) plugin = g_object_new(TEST_TYPE_PLUGIN, NULL);

	take(plugin, "words", "/bin/tell 'two words' $HOME");
	g_assert_cmpuint(g_strv_length(plugin->words), ==, 3);
	g_assert_cmpstr(plugin->words[0], ==, "/bin/tell");
	g_assert_cmpstr(plugin->words[1], ==, "two words");
	g_assert_cmpstr(plugin->words[2], ==, "$HOME");
	take(plugin, "words", "");
	g_assert_cmpuint(g_strv_length(plugin->words), ==, 0);
}

static void
test_booleans(void)
{
	static const gchar *const yes[] = {"yes", "true", "on", "1", "Yes"};
	static const gchar *const no[] = {"no", "false", "off", "0", "NO"};
	g_autoptr(TestPlugin) plugin = g_object_new(TEST_TYPE_PLUGIN, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(yes); i++) {
		take(plugin, "flag", yes[i]);
		g_assert_true(plugin->flag);
		take(plugin, "flag", no[i]);
		g_assert_false(plugin->flag);
	}
}

static void
test_underscores(void)
{
	g_autoptr(TestPlugin) plugin = g_object_new(TEST_TYPE_PLUGIN, NULL);

	take(plugin, "long_number", "12");
	g_assert_cmpint(plugin->long_number, ==, 12);
}

static void
test_wrong_values(void)
{
	refuse("number",
	       "17",
	       "setting \"number\": \"17\" is not as it must be: a whole number, -8 to 16");
	refuse("number",
	       "-9",
	       "setting \"number\": \"-9\" is not as it must be: a whole number, -8 to 16");
	refuse("number",
	       "1.5",
	       "setting \"number\": \"1.5\" is not as it must be: a whole number, -8 to 16");
	refuse("number",
	       "",
	       "setting \"number\": \"\" is not as it must be: a whole number, -8 to 16");
	refuse("long-number",
	       "9223372036854775808",
	       "setting \"long-number\": \"9223372036854775808\" is not as it must be: a whole "
	       "number, at least -1");
	refuse("count",
	       "-1",
	       "setting \"count\": \"-1\" is not as it must be: a whole number, 1 to 99");
	refuse("ratio", "2", "setting \"ratio\": \"2\" is not as it must be: a number, 0 to 1");
	refuse("ratio", "0,5", "setting \"ratio\": \"0,5\" is not as it must be: a number, 0 to 1");
	refuse("flag", "maybe", "setting \"flag\": \"maybe\" is not as it must be: yes or no");
	refuse("mode",
	       "Fast",
	       "setting \"mode\": \"Fast\" is not as it must be: one of: fast, slow, very-slow");
	refuse("parts",
	       "head, foot",
	       "setting \"parts\": \"head, foot\" is not as it must be: any of: head, tail");
	refuse("words",
	       "'open",
	       "setting \"words\": \"'open\" is not as it must be: words, quoted as for a shell");
}

static void
test_unknown(void)
{
	const gchar *all =
	    "count, flag, long-count, long-number, lost, mode, number, parts, ratio, "
	    "secret, text, words";
	g_autofree gchar *near =
	    g_strdup_printf("there is no setting \"nubmer\"; is \"number\" meant? There are: %s",
			    all);
	g_autofree gchar *far =
	    g_strdup_printf("there is no setting \"zzzzzz\"; there are: %s", all);
	g_autofree gchar *fixed =
	    g_strdup_printf("there is no setting \"state\"; there are: %s", all);

	refuse("nubmer", "1", near);
	refuse("zzzzzz", "1", far);
	/* it can be read only, and so is none */
	refuse("state", "fine", fixed);
}

static void
test_not_taken(void)
{
	g_autoptr(TestPlugin) plugin = g_object_new(TEST_TYPE_PLUGIN, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_false(apply(plugin, "lost", "3", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_assert_cmpstr(
	    error->message,
	    ==,
	    "TestPlugin did not take setting \"lost\"; report it to the plugin's authors");
}

/* what is secret is in no message */
static void
test_secrets(void)
{
	g_autoptr(TestPlugin) plugin = g_object_new(TEST_TYPE_PLUGIN, NULL);
	g_autoptr(GVariant) rows = NULL;
	g_autofree gchar *text = NULL;

	take(plugin, "secret", "canary-4711");
	take(plugin, "text", "plain");
	rows = g_variant_ref_sink(kasper_settings_describe(G_OBJECT(plugin)));
	text = g_variant_print(rows, FALSE);
	g_assert_null(strstr(text, "4711"));
	g_assert_nonnull(strstr(text, "plain"));
	g_assert_nonnull(strstr(text, "(secret)"));
}

static const gchar *
get_text(GVariant *row, const gchar *name)
{
	const gchar *text = NULL;

	g_assert_true(g_variant_lookup(row, name, "&s", &text));
	return text;
}

static void
test_describe(void)
{
	g_autoptr(TestPlugin) plugin = g_object_new(TEST_TYPE_PLUGIN, NULL);
	g_autoptr(GVariant) rows = NULL;
	GVariantIter iter;
	GVariant *row;
	guint found = 0;

	take(plugin, "number", "9");
	take(plugin, "parts", "tail");
	take(plugin, "words", "a 'b c'");
	rows = g_variant_ref_sink(kasper_settings_describe(G_OBJECT(plugin)));
	g_assert_cmpuint(g_variant_n_children(rows), ==, 12);
	g_variant_iter_init(&iter, rows);
	while (g_variant_iter_next(&iter, "@a{sv}", &row)) {
		const gchar *name = get_text(row, "name");

		if (g_str_equal(name, "number")) {
			g_assert_cmpstr(get_text(row, "value"), ==, "9");
			g_assert_cmpstr(get_text(row, "default"), ==, "7");
			g_assert_cmpstr(get_text(row, "type"), ==, "a whole number, -8 to 16");
			found++;
		} else if (g_str_equal(name, "parts")) {
			g_assert_cmpstr(get_text(row, "value"), ==, "tail");
			found++;
		} else if (g_str_equal(name, "words")) {
			g_assert_cmpstr(get_text(row, "value"), ==, "'a' 'b c'");
			g_assert_cmpstr(get_text(row, "description"), ==, "a command");
			found++;
		}
		g_variant_unref(row);
	}
	g_assert_cmpuint(found, ==, 3);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/settings/types", test_types);
	g_test_add_func("/settings/words", test_words);
	g_test_add_func("/settings/booleans", test_booleans);
	g_test_add_func("/settings/underscores", test_underscores);
	g_test_add_func("/settings/wrong-values", test_wrong_values);
	g_test_add_func("/settings/unknown", test_unknown);
	g_test_add_func("/settings/not-taken", test_not_taken);
	g_test_add_func("/settings/secrets", test_secrets);
	g_test_add_func("/settings/describe", test_describe);
	return g_test_run();
}
