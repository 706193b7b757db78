/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-error.h"
#include "kasper-zone-name.h"

static void
test_good(void)
{
	static const struct {
		const gchar *text, *name;
	} rows[] = {
	    {"example.org", "example.org"},
	    {"Example.ORG.", "example.org"},
	    {".", "."},
	    {"xn--bcher-kva.example", "xn--bcher-kva.example"},
	    {"0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"},
	    {"_dmarc.example", "_dmarc.example"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree gchar *name = kasper_zone_name_parse(rows[i].text, &error);

		g_assert_no_error(error);
		g_assert_cmpstr(name, ==, rows[i].name);
	}
}

static void
test_bad(void)
{
	g_autofree gchar *label = g_strnfill(64, 'a');
	g_autofree gchar *half = g_strnfill(63, 'a');
	g_autofree gchar *wire = g_strjoin(".", half, half, half, half, NULL);
	const gchar *rows[] = {"", "..", "a..b", ".a", "a b", "b\xc3\xbc.example", "a\n", label, wire};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree gchar *name = kasper_zone_name_parse(rows[i], &error);

		g_assert_null(name);
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	}
}

static void
test_wire(void)
{
	static const guint8 expected[] = "\7example\3org";
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) wire = kasper_zone_name_to_wire("eXample.org.", &error);
	g_autoptr(GBytes) root = kasper_zone_name_to_wire(".", &error);

	g_assert_no_error(error);
	g_assert_cmpmem(g_bytes_get_data(wire, NULL),
			g_bytes_get_size(wire),
			expected,
			sizeof expected);
	g_assert_cmpuint(g_bytes_get_size(root), ==, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/zone-name/good", test_good);
	g_test_add_func("/zone-name/bad", test_bad);
	g_test_add_func("/zone-name/wire", test_wire);
	return g_test_run();
}
