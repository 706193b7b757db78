/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows-fixture.h"

#include <string.h>

/* "zone/type/state ..." of all pages of @limit rows */
static gchar *export(RowsFixture *fixture,
		     const gchar *zone,
		     const gchar *keystate,
		     const gchar *keytype,
		     guint limit,
		     GVariant **ret_first)
{
	GString *text = g_string_new(NULL);
	gint64 next = 0;

	do {
		g_autoptr(GVariant) rows = NULL;
		g_autoptr(GError) error = NULL;

		rows = kasper_engine_export_keys(fixture->engine,
						 zone,
						 keystate,
						 keytype,
						 next,
						 limit,
						 &next,
						 &error);
		g_assert_no_error(error);
		g_variant_ref_sink(rows);
		for (gsize i = 0; i < g_variant_n_children(rows); i++) {
			g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

			g_string_append_printf(text,
					       "%s/%s/%s ",
					       rows_text(row, "zone"),
					       rows_text(row, "keytype"),
					       rows_text(row, "state"));
			if (ret_first != NULL && *ret_first == NULL)
				*ret_first = g_variant_ref(row);
		}
	} while (next != 0);
	return g_string_free(text, FALSE);
}

static void
assert_export(RowsFixture *fixture,
	      const gchar *zone,
	      const gchar *keystate,
	      const gchar *keytype,
	      const gchar *wanted)
{
	for (guint limit = 1; limit < 4; limit++) {
		g_autofree gchar *got = export(fixture, zone, keystate, keytype, limit, NULL);

		g_assert_cmpstr(got, ==, wanted);
	}
}

static void
test_anchors(RowsFixture *fixture, gconstpointer data)
{
	rows_fixture_fill(fixture);
	/* b's key is in no state that anybody should trust */
	assert_export(fixture, NULL, NULL, NULL, "a.example/KSK/active a.example/KSK/ready ");
	rows_fixture_set_word(fixture, "b.example", 0, "dspublish", NULL);
	assert_export(fixture,
		      NULL,
		      NULL,
		      NULL,
		      "a.example/KSK/active a.example/KSK/ready b.example/CSK/dspublish ");
	rows_fixture_set_word(fixture, "b.example", 0, "retire", NULL);
	assert_export(fixture, "b.example", NULL, NULL, "");
}

static void
test_selection(RowsFixture *fixture, gconstpointer data)
{
	rows_fixture_fill(fixture);
	assert_export(fixture, "a.example", "READY", NULL, "a.example/KSK/ready ");
	assert_export(fixture, "a.example", "active", "ZSK", "a.example/ZSK/active ");
	assert_export(fixture, "a.example", NULL, "zsk", "a.example/ZSK/active ");
	/* a CSK is what its zone has for a KSK */
	assert_export(fixture, NULL, "generate", "KSK", "b.example/CSK/generate ");
	assert_export(fixture, NULL, "generate", "CSK", "b.example/CSK/generate ");
	assert_export(fixture, NULL, "active", "CSK", "");
	assert_export(fixture, NULL, "dead", NULL, "");
}

static void
test_row(RowsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL, *text = NULL, *wanted = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) ds = NULL;
	g_autofree const gchar **lines = NULL;

	rows_fixture_fill(fixture);
	id = rows_fixture_dup_id(fixture, 3);
	text = export(fixture, "a.example", "ready", NULL, 10, &row);
	g_assert_cmpstr(rows_text(row, "cka_id"), ==, id);
	g_assert_cmpint(rows_number(row, "bits"), ==, 256);
	g_assert_cmpint(rows_number(row, "algorithm"), ==, 13);
	g_assert_true(
	    g_str_has_prefix(rows_text(row, "dnskey"), "a.example. 3600 IN DNSKEY 257 3 13 "));
	g_assert_null(strchr(rows_text(row, "dnskey"), ';'));
	ds = rows_value(row, "ds", "as");
	lines = g_variant_get_strv(ds, NULL);
	wanted =
	    g_strdup_printf("a.example. 10800 IN DS %u 13 2 ", (guint)rows_number(row, "keytag"));
	g_assert_cmpuint(g_strv_length((gchar **)lines), ==, 1);
	g_assert_true(g_str_has_prefix(lines[0], wanted));
}

static void
assert_refused(RowsFixture *fixture,
	       const gchar *zone,
	       const gchar *keystate,
	       const gchar *keytype,
	       KasperError code)
{
	g_autoptr(GError) error = NULL;
	gint64 next = 0;

	g_assert_null(kasper_engine_export_keys(fixture->engine,
						zone,
						keystate,
						keytype,
						0,
						10,
						&next,
						&error));
	g_assert_error(error, KASPER_ERROR, (gint)code);
}

static void
test_refused(RowsFixture *fixture, gconstpointer data)
{
	rows_fixture_fill(fixture);
	assert_refused(fixture, "c.example", NULL, NULL, KASPER_ERROR_NOT_FOUND);
	assert_refused(fixture, "..", NULL, NULL, KASPER_ERROR_INVALID);
	assert_refused(fixture, NULL, "sleepy", NULL, KASPER_ERROR_INVALID);
	assert_refused(fixture, NULL, NULL, "XSK", KASPER_ERROR_INVALID);
}

/* a policy that is gone says nothing of TTLs, and an invented one would end up at a parent */
static void
test_no_policy(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	gint64 next = 0;

	rows_fixture_fill(fixture);
	g_hash_table_remove(fixture->engine->policies, &fixture->store.policy);
	g_assert_null(kasper_engine_export_keys(fixture->engine,
						"a.example",
						NULL,
						NULL,
						0,
						10,
						&next,
						&error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, "zone a.example: policy default"));
}

int
main(int argc, char **argv)
{
	rows_test_init(&argc, &argv);
	ROWS_TEST("/engine/export/anchors", test_anchors);
	ROWS_TEST("/engine/export/selection", test_selection);
	ROWS_TEST("/engine/export/row", test_row);
	ROWS_TEST("/engine/export/refused", test_refused);
	ROWS_TEST("/engine/export/no-policy", test_no_policy);
	return g_test_run();
}
