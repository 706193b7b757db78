/* SPDX-License-Identifier: BSD-2-Clause */
#include "json-line.h"
#include "kasper-json.h"

static void
test_good(void)
{
	static const struct {
		const gchar *line;
		const gchar *row; /* as GVariant prints it */
	} rows[] = {
	    {"{}", "@a{sv} {}"},
	    {" { } \r", "@a{sv} {}"},
	    {"{\"a\":\"b\"}", "{'a': <'b'>}"},
	    {"{\"a\" : -12 }", "{'a': <int64 -12>}"},
	    {"{\"a\":null}", "@a{sv} {}"},
	    {"{\"a\":true}", "{'a': <true>}"},
	    {"{\"a\":false}", "{'a': <false>}"},
	    {"{\"a\":\"\\\"\\\\\\/\\n\\t\\u00e9\\ud800x\"}", "{'a': <'\"\\\\/\\n\\té\uFFFDx'>}"},
	    {"{\"a\":\"{\\\"b\\\":1}\"}", "{'a': <'{\"b\":1}'>}"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GVariant) row = cli_json_line_parse(rows[i].line);
		g_autofree gchar *text = NULL;

		g_test_message("%s", rows[i].line);
		g_assert_nonnull(row);
		text = g_variant_print(row, TRUE);
		g_assert_cmpstr(text, ==, rows[i].row);
	}
}

static void
test_bad(void)
{
	static const gchar *const lines[] = {
	    "",
	    "{",
	    "}",
	    "[]",
	    "null",
	    "{\"a\"}",
	    "{\"a\":}",
	    "{\"a\":1,}",
	    "{a:1}",
	    "{\"a\":1} x",
	    "{\"a\":1.5}",
	    "{\"a\":1e3}",
	    "{\"a\":99999999999999999999}",
	    "{\"a\":--1}",
	    "{\"a\":[1]}",
	    "{\"a\":{}}",
	    "{\"a\":\"b}",
	    "{\"a\":\"\\x\"}",
	    "{\"a\":\"\\u12\"}",
	    "{\"a\":\"\\",
	    "{\"a\":\"\xff\"}",
	    "{\"a\":tru}",
	};

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		/* not all of them can be printed */
		g_test_message("line %u", i);
		g_assert_null(cli_json_line_parse(lines[i]));
	}
}

/* whatever the daemon's writer makes of a row is read as that row */
static void
test_round_trip(void)
{
	g_autoptr(GVariant) row = g_variant_ref_sink(g_variant_new_parsed(
	    "{'name': <'ds-set-changed'>, 'time': <int64 1800000000>,"
	    " 'text': <'a\\n\"b\"\\\\ \\u2028 é \\u001b[31m'>, 'seen': <true>}"));
	g_autoptr(GString) line = g_string_new(NULL);
	g_autoptr(GVariant) again = NULL;

	kasper_json_append(line, row);
	again = cli_json_line_parse(line->str);
	g_assert_nonnull(again);
	for (gsize i = 0; i < g_variant_n_children(row); i++) {
		g_autoptr(GVariant) entry = g_variant_get_child_value(row, i);
		g_autoptr(GVariant) boxed = g_variant_get_child_value(entry, 1);
		g_autoptr(GVariant) wanted = g_variant_get_variant(boxed);
		g_autoptr(GVariant) value = NULL;
		const gchar *name;

		g_variant_get_child(entry, 0, "&s", &name);
		value = g_variant_lookup_value(again, name, NULL);
		g_assert_nonnull(value);
		g_assert_true(g_variant_equal(value, wanted));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/json-line/good", test_good);
	g_test_add_func("/cli/json-line/bad", test_bad);
	g_test_add_func("/cli/json-line/round-trip", test_round_trip);
	return g_test_run();
}
