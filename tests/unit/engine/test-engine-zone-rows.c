/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows-fixture.h"

#include <string.h>

static GVariant *
list(RowsFixture *fixture, const gchar *after, guint limit)
{
	g_autoptr(GError) error = NULL;
	GVariant *rows = kasper_engine_list_zones(fixture->engine, after, limit, &error);

	g_assert_no_error(error);
	return g_variant_ref_sink(rows);
}

static GVariant *
get(GVariant *rows, gsize i)
{
	return g_variant_get_child_value(rows, i);
}

static void
test_list(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) a = NULL;
	g_autoptr(GVariant) b = NULL;

	rows_fixture_fill(fixture);
	rows = list(fixture, NULL, 100);
	g_assert_cmpuint(g_variant_n_children(rows), ==, 2);
	a = get(rows, 0);
	g_assert_cmpstr(rows_text(a, "zone"), ==, "a.example");
	g_assert_cmpstr(rows_text(a, "policy"), ==, "default");
	g_assert_cmpstr(rows_text(a, "signconf"), ==, "/signconf/a.example.xml");
	g_assert_cmpstr(rows_text(a, "input"), ==, "");
	g_assert_cmpstr(rows_text(a, "state"), ==, "signed");
	g_assert_cmpstr(rows_text(a, "waiting_for"), ==, "ds-seen");
	g_assert_cmpint(rows_number(a, "next_due"), ==, NOW + 3600);
	g_assert_cmpint(rows_number(a, "revision"), ==, 0);
	b = get(rows, 1);
	g_assert_cmpstr(rows_text(b, "state"), ==, "unsigned");
}

static void
test_pages(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) first = NULL;
	g_autoptr(GVariant) second = NULL;
	g_autoptr(GVariant) between = NULL;
	g_autoptr(GVariant) third = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GError) error = NULL;

	rows_fixture_fill(fixture);
	first = list(fixture, NULL, 1);
	g_assert_cmpuint(g_variant_n_children(first), ==, 1);
	second = list(fixture, "A.Example.", 1);
	row = get(second, 0);
	g_assert_cmpstr(rows_text(row, "zone"), ==, "b.example");
	/* a zone that is not there, or no longer, is a place in the list all the same */
	between = list(fixture, "a.zzz", 10);
	g_assert_cmpuint(g_variant_n_children(between), ==, 1);
	third = list(fixture, "b.example", 1);
	g_assert_cmpuint(g_variant_n_children(third), ==, 0);
	g_assert_null(kasper_engine_list_zones(fixture->engine, "a..b", 1, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
}

/* names are short but files may be long: a page stays within what a message can hold */
static void
test_page_size(RowsFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(&fixture->store);
	g_autofree gchar *path = g_strnfill(4000, 'p');
	g_autofree gchar *after = NULL;
	guint n_zones = 1000, n_rows = 0, n_pages = 0;
	gsize n;

	for (guint i = 0; i < n_zones; i++) {
		g_auto(KasperZoneRow) row = {.policy = fixture->store.policy};

		row.name = g_strdup_printf("z%04u.example", i);
		row.signer_configuration = g_strdup(path);
		row.input = g_strdup(path);
		row.output = g_strdup(path);
		g_assert_true(kasper_store_add_zone(fixture->store.store, &row, NOW, NULL));
	}
	store_fixture_commit(transaction);
	do {
		g_autoptr(GVariant) rows = list(fixture, after, 10000);

		n = g_variant_n_children(rows);
		n_rows += (guint)n;
		n_pages++;
		g_assert_cmpuint(g_variant_get_size(rows), <, KASPER_PAGE_BYTES + 16384);
		if (n > 0) {
			g_autoptr(GVariant) row = get(rows, n - 1);

			g_free(after);
			after = g_strdup(rows_text(row, "zone"));
		}
	} while (n > 0);
	g_assert_cmpuint(n_rows, ==, n_zones);
	g_assert_cmpuint(n_pages, >, 2);
}

static void
test_show(RowsFixture *fixture, gconstpointer data)
{
	g_auto(KasperIntentRow) intent = {.kind = KASPER_INTENT_ORDER, .zone = 1, .due = NOW};
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) keys = NULL;
	g_autoptr(GVariant) intents = NULL;
	g_autoptr(GVariant) reasons = NULL;
	g_autoptr(GVariant) first = NULL;
	g_autoptr(GError) error = NULL;
	KasperTransaction *transaction;

	rows_fixture_fill(fixture);
	rows_fixture_set_word(fixture, "a.example", 1, "dead", NULL);
	transaction = store_fixture_begin(&fixture->store);
	intent.id = g_strdup("order-1-1");
	g_assert_true(kasper_store_add_intent(fixture->store.store, &intent, NULL));
	store_fixture_commit(transaction);
	row = g_variant_ref_sink(kasper_engine_show_zone(fixture->engine, "A.example.", &error));
	g_assert_no_error(error);
	g_assert_cmpstr(rows_text(row, "zone"), ==, "a.example");
	keys = rows_value(row, "keys", "aa{sv}");
	g_assert_cmpuint(g_variant_n_children(keys), ==, 3);
	first = get(keys, 0);
	g_assert_cmpstr(rows_text(first, "keytype"), ==, "KSK");
	intents = rows_value(row, "intents", "aa{sv}");
	g_assert_cmpuint(g_variant_n_children(intents), ==, 1);
	reasons = rows_value(row, "reasons", "aa{sv}");
	for (gsize i = 0; i < g_variant_n_children(reasons); i++) {
		g_autoptr(GVariant) reason = get(reasons, i);

		g_assert_cmpstr(rows_text(reason, "text"), !=, "");
		g_assert_cmpstr(rows_text(reason, "rule"), !=, "");
		g_assert_cmpstr(rows_text(reason, "actor"), !=, "");
	}
	g_assert_null(kasper_engine_show_zone(fixture->engine, "c.example", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
}

/* a zone that nothing can be decided about is shown all the same, and says why */
static void
test_no_policy(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) reasons = NULL;
	g_autoptr(GVariant) reason = NULL;

	rows_fixture_fill(fixture);
	g_hash_table_remove(fixture->engine->policies, &fixture->store.policy);
	row = g_variant_ref_sink(kasper_engine_show_zone(fixture->engine, "a.example", NULL));
	reasons = rows_value(row, "reasons", "aa{sv}");
	g_assert_cmpuint(g_variant_n_children(reasons), ==, 1);
	reason = get(reasons, 0);
	g_assert_cmpstr(rows_text(reason, "rule"), ==, "policy");
	g_assert_cmpstr(rows_text(reason, "actor"), ==, "operator");
	g_assert_nonnull(strstr(rows_text(reason, "text"), "default"));
	g_assert_cmpint(rows_number(reason, "until"), ==, KASPER_TIME_NEVER);
}

int
main(int argc, char **argv)
{
	rows_test_init(&argc, &argv);
	ROWS_TEST("/engine/zones/list", test_list);
	ROWS_TEST("/engine/zones/pages", test_pages);
	ROWS_TEST("/engine/zones/page-size", test_page_size);
	ROWS_TEST("/engine/zones/show", test_show);
	ROWS_TEST("/engine/zones/no-policy", test_no_policy);
	return g_test_run();
}
