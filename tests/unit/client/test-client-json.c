/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-json.h"

#include <string.h>

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

/* --- tuples --- */

#define N_LABELS 20

static const gchar *const labels[N_LABELS] = {
    "a:", "b:", "c:", "d:", "e:", "f:", "g:", "h:", "i:", "j:",
    "k:", "l:", "m:", "n:", "o:", "p:", "q:", "r:", "s:", "t:",
};

/* one value after the other, as GVariant gives them */
static gchar *
append_slowly(GVariant *tuple, guint n_labels)
{
	GString *out = g_string_new("before ");

	for (gsize i = 0; i < MIN(n_labels, g_variant_n_children(tuple)); i++) {
		g_autoptr(GVariant) value = g_variant_get_child_value(tuple, i);

		g_string_append(out, labels[i]);
		kasper_json_append(out, value);
	}
	return g_string_free(out, FALSE);
}

static void
assert_members(GVariant *tuple, guint n_labels)
{
	g_autoptr(GString) out = g_string_new("before ");
	g_autofree gchar *wanted = append_slowly(tuple, n_labels);

	kasper_json_append_members(out, labels, n_labels, tuple);
	g_assert_cmpstr(out->str, ==, wanted);
}

static GVariant *
make_value(gchar type)
{
	static const gint64 times[] = {0, -1, G_MAXINT64, G_MININT64, 1700000000, -1234567890123};
	g_autofree gchar *fill = NULL;

	if (type == 'u')
		return g_variant_new_uint32((guint32)g_test_rand_int());
	if (type == 'x')
		return g_variant_new_int64(times[g_test_rand_int_range(0, G_N_ELEMENTS(times))]);
	if (type == 'b')
		return g_variant_new_boolean(TRUE);
	/* now and then so long that offsets need two octets, or four */
	fill = g_strnfill((gsize)g_test_rand_int_range(0, g_test_rand_bit() ? 8 : 300), 'y');
	return g_variant_new_string(fill);
}

static GVariant *
make_tuple(const gchar *types, guint n)
{
	GVariantBuilder builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_TUPLE);

	for (guint i = 0; i < n; i++)
		g_variant_builder_add_value(
		    &builder,
		    make_value(types[g_test_rand_int_range(0, (gint)strlen(types))]));
	return g_variant_ref_sink(g_variant_builder_end(&builder));
}

static void
test_members(void)
{
	for (guint i = 0; i < 3000; i++) {
		/* every tenth has something that is not read in place */
		g_autoptr(GVariant) tuple = make_tuple(i % 10 == 0 ? "suxb" : "ssux", i % N_LABELS);

		assert_members(tuple, N_LABELS);
		assert_members(tuple, N_LABELS / 2);
	}
}

static void
test_long_members(void)
{
	g_autofree gchar *text = g_strnfill(70000, 'z');
	g_autoptr(GVariant) tuple =
	    g_variant_ref_sink(g_variant_new("(susx)", text, 7u, "end", (gint64)8));

	assert_members(tuple, N_LABELS);
}

/* whatever comes over the wire: no octet beyond the end is read, and nothing is made up */
static void
test_broken_members(void)
{
	g_autoptr(GVariant) good =
	    g_variant_ref_sink(g_variant_new("(susxs)", "one", 7u, "two", (gint64)8, "three"));
	gsize size = g_variant_get_size(good);

	for (guint i = 0; i < 20000; i++) {
		gsize length = (gsize)g_test_rand_int_range(0, (gint)size + 1);
		guint8 *octets = g_malloc(length + 1);
		g_autoptr(GVariant) broken = NULL;

		memcpy(octets, g_variant_get_data(good), length);
		for (guint k = 0; length > 0 && k < i % 3; k++)
			octets[g_test_rand_int_range(0, (gint)length)] =
			    (guint8)g_test_rand_int_range(0, 256);
		broken = g_variant_ref_sink(g_variant_new_from_data(g_variant_get_type(good),
								    octets,
								    length,
								    FALSE,
								    g_free,
								    octets));
		assert_members(broken, N_LABELS);
	}
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
	g_test_add_func("/client/json/members", test_members);
	g_test_add_func("/client/json/long-members", test_long_members);
	g_test_add_func("/client/json/broken-members", test_broken_members);
	return g_test_run();
}
