/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows-fixture.h"

#include <string.h>

/* "zone/type/state ..." of one page; @ret_next may be NULL: there must be no other page */
static gchar *
list(RowsFixture *fixture, const gchar *filter, gint64 after, guint limit, gint64 *ret_next)
{
	g_autoptr(GVariant) given = rows_filter(filter);
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GError) error = NULL;
	GString *text = g_string_new(NULL);
	gint64 next = -1;

	rows = kasper_engine_list_keys(fixture->engine, given, after, limit, &next, &error);
	g_assert_no_error(error);
	g_variant_ref_sink(rows);
	g_assert_true(g_variant_is_of_type(rows, G_VARIANT_TYPE("a" KASPER_KEY_ROW_TYPE)));
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		const gchar *zone, *keytype, *state;

		g_variant_get_child(row, 0, "&s", &zone);
		g_variant_get_child(row, 1, "&s", &keytype);
		g_variant_get_child(row, 2, "&s", &state);
		g_string_append_printf(text, "%s/%s/%s ", zone, keytype, state);
	}
	if (ret_next == NULL)
		g_assert_cmpint(next, ==, 0);
	else
		*ret_next = next;
	return g_string_free(text, FALSE);
}

static void
assert_list(RowsFixture *fixture, const gchar *filter, const gchar *wanted)
{
	g_autofree gchar *got = list(fixture, filter, 0, 100, NULL);

	g_assert_cmpstr(got, ==, wanted);
}

static void
test_filters(RowsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL, *by_id = NULL;

	rows_fixture_fill(fixture);
	id = rows_fixture_dup_id(fixture, 3);
	assert_list(fixture,
		    "",
		    "a.example/KSK/active a.example/KSK/ready a.example/ZSK/active "
		    "b.example/CSK/generate ");
	assert_list(fixture, "'zone': <'B.Example.'>", "b.example/CSK/generate ");
	assert_list(fixture, "'keytype': <'zsk'>", "a.example/ZSK/active ");
	assert_list(fixture, "'keystate': <'READY'>", "a.example/KSK/ready ");
	assert_list(fixture, "'policy': <'csk'>", "");
	assert_list(fixture,
		    "'policy': <'default'>, 'keytype': <'CSK'>",
		    "b.example/CSK/generate ");
	by_id = g_strdup_printf("'cka_id': <'%s'>", id);
	assert_list(fixture, by_id, "a.example/KSK/ready ");
	/* what is not given is as good as nothing */
	assert_list(fixture, "'zone': <''>, 'keystate': <'dead'>", "");
	rows_fixture_set_word(fixture, "a.example", 1, "dead", NULL);
	assert_list(fixture, "'zone': <'a.example'>", "a.example/KSK/active a.example/KSK/active ");
	assert_list(fixture,
		    "'zone': <'a.example'>, 'all': <true>",
		    "a.example/KSK/active a.example/KSK/active a.example/ZSK/dead ");
	assert_list(fixture, "'keystate': <'dead'>", "a.example/ZSK/dead ");
}

static void
assert_refused(RowsFixture *fixture, const gchar *filter, KasperError code, const gchar *says)
{
	g_autoptr(GVariant) given = rows_filter(filter);
	g_autoptr(GError) error = NULL;
	gint64 next = 0;

	g_assert_null(kasper_engine_list_keys(fixture->engine, given, 0, 10, &next, &error));
	g_assert_error(error, KASPER_ERROR, (gint)code);
	g_assert_nonnull(strstr(error->message, says));
}

/* an answer to another question than the one that was asked would be worse than none */
static void
test_refused(RowsFixture *fixture, gconstpointer data)
{
	rows_fixture_fill(fixture);
	assert_refused(fixture, "'zone': <'c.example'>", KASPER_ERROR_NOT_FOUND, "c.example");
	assert_refused(fixture, "'zone': <'a..b'>", KASPER_ERROR_INVALID, "a..b");
	assert_refused(fixture, "'zone': <7>", KASPER_ERROR_INVALID, "zone is of type i");
	assert_refused(fixture, "'policy': <'absent'>", KASPER_ERROR_NOT_FOUND, "absent");
	assert_refused(fixture,
		       "'keystate': <'sleepy'>",
		       KASPER_ERROR_INVALID,
		       "generate, publish");
	assert_refused(fixture, "'keytype': <'XSK'>", KASPER_ERROR_INVALID, "XSK");
	assert_refused(fixture, "'cka_id': <'xyz'>", KASPER_ERROR_INVALID, "xyz");
	assert_refused(fixture, "'all': <'yes'>", KASPER_ERROR_INVALID, "all is of type s");
	assert_refused(fixture, "'colour': <'red'>", KASPER_ERROR_INVALID, "colour");
	/* twice in a dictionary that D-Bus lets pass */
	assert_refused(fixture,
		       "'zone': <'a.example'>, 'zone': <'c.example'>",
		       KASPER_ERROR_NOT_FOUND,
		       "c.example");
}

static void
test_pages(RowsFixture *fixture, gconstpointer data)
{
	rows_fixture_fill(fixture);
	for (guint limit = 1; limit < 6; limit++) {
		g_autoptr(GString) all = g_string_new(NULL);
		gint64 next = 0;
		guint n_pages = 0;

		do {
			g_autofree gchar *page = list(fixture, "", next, limit, &next);

			g_string_append(all, page);
			n_pages++;
		} while (next != 0);
		g_assert_cmpstr(all->str,
				==,
				"a.example/KSK/active a.example/KSK/ready a.example/ZSK/active "
				"b.example/CSK/generate ");
		g_assert_cmpuint(n_pages, ==, 4 / limit + 1);
	}
}

static void
test_page_of_deleted_zone(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) filter = rows_filter("");
	g_auto(KasperZoneRow) row = {0};
	g_autoptr(GError) error = NULL;
	KasperTransaction *transaction;
	g_autofree gchar *first = NULL;
	gint64 next = 0;

	rows_fixture_fill(fixture);
	first = list(fixture, "", 0, 1, &next);
	g_assert_true(kasper_store_find_zone(fixture->store.store, "a.example", &row, NULL));
	transaction = store_fixture_begin(&fixture->store);
	g_assert_true(kasper_store_delete_zone(fixture->store.store, row.number, NOW, NULL));
	store_fixture_commit(transaction);
	g_assert_null(kasper_engine_list_keys(fixture->engine, filter, next, 10, &next, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
}

static GVariant *
show(RowsFixture *fixture, const gchar *zone, gint64 pair)
{
	g_autofree gchar *id = rows_fixture_dup_id(fixture, pair);
	g_autoptr(GError) error = NULL;
	GVariant *row = kasper_engine_show_key(fixture->engine, zone, id, &error);

	g_assert_no_error(error);
	return g_variant_ref_sink(row);
}

static void
test_show(RowsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL, *wanted = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) ds = NULL;
	g_autoptr(GVariant) records = NULL;
	g_autofree const gchar **lines = NULL;

	rows_fixture_fill(fixture);
	id = rows_fixture_dup_id(fixture, 3);
	row = show(fixture, "A.example", 3);
	g_assert_cmpstr(rows_text(row, "zone"), ==, "a.example");
	g_assert_cmpstr(rows_text(row, "cka_id"), ==, id);
	g_assert_cmpstr(rows_text(row, "state"), ==, "ready");
	g_assert_cmpstr(rows_text(row, "next_state"), ==, "retire");
	g_assert_cmpstr(rows_text(row, "waiting_for"), ==, "ds-seen");
	g_assert_cmpint(rows_number(row, "next_transition"), ==, NOW + 3600);
	g_assert_cmpint(rows_number(row, "flags"), ==, 257);
	g_assert_cmpint(rows_number(row, "bits"), ==, 256);
	g_assert_cmpint(rows_number(row, "created"), ==, NOW);
	g_assert_cmpint(rows_number(row, "dead"), ==, 0);
	wanted =
	    g_strdup_printf("a.example. 3600 IN DNSKEY 257 3 13 %s", rows_text(row, "public_key"));
	g_assert_cmpstr(rows_text(row, "dnskey"), ==, wanted);
	ds = rows_value(row, "ds", "as");
	lines = g_variant_get_strv(ds, NULL);
	g_assert_cmpuint(g_strv_length((gchar **)lines), >=, 1);
	g_free(wanted);
	wanted =
	    g_strdup_printf("a.example. 10800 IN DS %u 13 2 ", (guint)rows_number(row, "keytag"));
	g_assert_true(g_str_has_prefix(lines[0], wanted));
	records = rows_value(row, "records", "aa{sv}");
	g_assert_cmpuint(g_variant_n_children(records), ==, KASPER_N_RECORDS);
}

/* a ZSK has nothing to do at the parent */
static void
test_show_zsk(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) ds = NULL;

	rows_fixture_fill(fixture);
	row = show(fixture, "a.example", 2);
	g_assert_cmpstr(rows_text(row, "keytype"), ==, "ZSK");
	g_assert_true(g_str_has_prefix(rows_text(row, "dnskey"), "a.example. 3600 IN DNSKEY 256 "));
	ds = rows_value(row, "ds", "as");
	g_assert_cmpuint(g_variant_n_children(ds), ==, 0);
}

static void
test_show_unknown(RowsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *of_b = NULL;
	g_autoptr(GError) error = NULL;

	rows_fixture_fill(fixture);
	of_b = rows_fixture_dup_id(fixture, 4);
	g_assert_null(kasper_engine_show_key(fixture->engine, "c.example", of_b, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_null(kasper_engine_show_key(fixture->engine, "a.example", of_b, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, of_b));
	g_clear_error(&error);
	g_assert_null(kasper_engine_show_key(fixture->engine, "a.example", "00ff00ff", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_null(kasper_engine_show_key(fixture->engine, "a.example", "zz", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
}

int
main(int argc, char **argv)
{
	rows_test_init(&argc, &argv);
	ROWS_TEST("/engine/keys/filters", test_filters);
	ROWS_TEST("/engine/keys/refused", test_refused);
	ROWS_TEST("/engine/keys/pages", test_pages);
	ROWS_TEST("/engine/keys/page-of-deleted-zone", test_page_of_deleted_zone);
	ROWS_TEST("/engine/keys/show", test_show);
	ROWS_TEST("/engine/keys/show-zsk", test_show_zsk);
	ROWS_TEST("/engine/keys/show-unknown", test_show_unknown);
	return g_test_run();
}
