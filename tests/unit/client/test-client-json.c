/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-json.h"
#include "kasper-time.h"

static void
assert_json(GVariant *value, const gchar *wanted)
{
	g_autoptr(GVariant) sunk = g_variant_ref_sink(value);
	g_autoptr(GString) out = g_string_new(NULL);

	kasper_json_append(out, sunk);
	g_assert_cmpstr(out->str, ==, wanted);
}

static void
test_numbers(void)
{
	assert_json(g_variant_new_byte(255), "255");
	assert_json(g_variant_new_int16(-32768), "-32768");
	assert_json(g_variant_new_uint32(G_MAXUINT32), "4294967295");
	assert_json(g_variant_new_int64(-1), "-1");
	assert_json(g_variant_new_uint64(G_MAXUINT64), "18446744073709551615");
	assert_json(g_variant_new_handle(3), "3");
	assert_json(g_variant_new_double(0.5), "0.5");
	assert_json(g_variant_new_double(-G_MAXDOUBLE * 10), "null");
	assert_json(g_variant_new_boolean(TRUE), "true");
	assert_json(g_variant_new_boolean(FALSE), "false");
}

/* an instant that has not come is no number that a program could reckon with */
static void
test_times(void)
{
	assert_json(g_variant_new_int64(KASPER_TIME_UNSET), "null");
	assert_json(g_variant_new_int64(KASPER_TIME_NEVER), "null");
	assert_json(g_variant_new_int64(1700000000), "1700000000");
}

static void
test_text(void)
{
	assert_json(g_variant_new_string("plain"), "\"plain\"");
	assert_json(g_variant_new_string(""), "\"\"");
	assert_json(g_variant_new_string("a \"b\" \\ / c"), "\"a \\\"b\\\" \\\\ / c\"");
	assert_json(g_variant_new_string("1\n2\t3\r4\x01\x7f"), "\"1\\n2\\t3\\r4\\u0001\\u007f\"");
	assert_json(g_variant_new_string("Zürich \xf0\x9f\x94\x91"), "\"Zürich \xf0\x9f\x94\x91\"");
	assert_json(g_variant_new_string("\xe2\x80\xa8"), "\"\\u2028\"");
}

/* the text of an error may hold what a program printed */
static void
test_no_utf8(void)
{
	g_autoptr(GString) out = g_string_new(NULL);

	kasper_json_append_string(out, "a\xff\"b");
	g_assert_cmpstr(out->str, ==, "\"a\xef\xbf\xbd\\\"b\"");
}

static void
test_containers(void)
{
	assert_json(g_variant_new_parsed("[{'zone': <'a'>, 'keys': <[1, 2]>}, {}]"),
		    "[{\"zone\":\"a\",\"keys\":[1,2]},{}]");
	assert_json(g_variant_new_parsed("@as []"), "[]");
	assert_json(g_variant_new_parsed("@a{sv} {}"), "{}");
	assert_json(g_variant_new_parsed("('a', true, <<'b'>>)"), "[\"a\",true,\"b\"]");
	assert_json(g_variant_new_parsed("@ms nothing"), "null");
	assert_json(g_variant_new_parsed("@ms 'a'"), "\"a\"");
	assert_json(g_variant_new_parsed("{1: 'a'}"), "{\"1\":\"a\"}");
}

/* what a peer sends must not overrun the stack */
static void
test_depth(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GVariant) value = g_variant_ref_sink(g_variant_new_string("deep"));

	for (guint i = 0; i < 100; i++) {
		GVariant *outer = g_variant_ref_sink(g_variant_new_variant(value));

		g_variant_unref(value);
		value = outer;
	}
	kasper_json_append(out, value);
	g_assert_cmpstr(out->str, ==, "null");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/client/json/numbers", test_numbers);
	g_test_add_func("/client/json/times", test_times);
	g_test_add_func("/client/json/text", test_text);
	g_test_add_func("/client/json/no-utf8", test_no_utf8);
	g_test_add_func("/client/json/containers", test_containers);
	g_test_add_func("/client/json/depth", test_depth);
	return g_test_run();
}
