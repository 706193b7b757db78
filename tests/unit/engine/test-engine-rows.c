/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows-fixture.h"

#include <string.h>
#include <unistd.h>

/* the row of @rows whose field @name is @text */
static GVariant *
find(GVariant *rows, const gchar *name, const gchar *text)
{
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		if (strcmp(rows_text(row, name), text) == 0)
			return g_steal_pointer(&row);
	}
	g_error("no row has %s %s: %s", name, text, g_variant_print(rows, TRUE));
}

/* what @name is in all of @rows, in their order */
static gchar *
join(GVariant *rows, const gchar *name)
{
	GString *text = g_string_new(NULL);

	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		g_string_append_printf(text, "%s ", rows_text(row, name));
	}
	return g_string_free(text, FALSE);
}

static void
assert_joined(GVariant *rows, const gchar *name, const gchar *wanted)
{
	g_autofree gchar *got = join(rows, name);

	g_assert_cmpstr(got, ==, wanted);
}

static void
test_policies(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) keys = NULL;
	g_autoptr(GVariant) zsk = NULL;

	rows_fixture_fill(fixture);
	rows = g_variant_ref_sink(kasper_engine_list_policies(fixture->engine));
	assert_joined(rows, "name", "default csk ");
	row = find(rows, "name", "default");
	g_assert_cmpint(rows_number(row, "zones"), ==, 2);
	g_assert_cmpstr(rows_text(row, "description"), ==, "one of two");
	keys = rows_value(row, "keys", "aa{sv}");
	assert_joined(keys, "keytype", "KSK ZSK ");
	zsk = find(keys, "keytype", "ZSK");
	g_assert_cmpint(rows_number(zsk, "algorithm"), ==, 13);
	g_assert_cmpint(rows_number(zsk, "bits"), ==, 256);
	g_assert_cmpint(rows_number(zsk, "lifetime"), ==, 90 * 86400);
	g_assert_cmpstr(rows_text(zsk, "repository"), ==, "SoftHSM");
	g_assert_true(rows_number(zsk, "manual"));
	g_assert_cmpint(rows_number(zsk, "standby"), ==, 0);
}

static void
test_show_policy(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) plain = NULL;
	g_autoptr(GVariant) digests = NULL;
	g_autoptr(GError) error = NULL;

	row = g_variant_ref_sink(kasper_engine_show_policy(fixture->engine, "csk", &error));
	g_assert_no_error(error);
	g_assert_cmpint(rows_number(row, "resign"), ==, 7200);
	g_assert_cmpint(rows_number(row, "dnskey_ttl"), ==, 3600);
	g_assert_cmpint(rows_number(row, "ds_ttl"), ==, 10800);
	g_assert_cmpint(rows_number(row, "zone_propagation"), ==, 300);
	g_assert_cmpstr(rows_text(row, "soa_serial"), ==, "unixtime");
	g_assert_true(rows_number(row, "nsec3"));
	g_assert_true(rows_number(row, "nsec3_opt_out"));
	g_assert_cmpint(rows_number(row, "nsec3_salt_length"), ==, 8);
	digests = rows_value(row, "digests", "au");
	g_assert_cmpuint(g_variant_n_children(digests), ==, 1);
	plain = g_variant_ref_sink(kasper_engine_show_policy(fixture->engine, "default", &error));
	g_assert_false(rows_number(plain, "nsec3"));
	g_assert_null(kasper_engine_show_policy(fixture->engine, "absent", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
}

static void
test_repositories(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) used = NULL;
	g_autoptr(GVariant) spare = NULL;

	rows_fixture_fill(fixture);
	rows = g_variant_ref_sink(kasper_engine_list_repositories(fixture->engine));
	assert_joined(rows, "name", "SoftHSM Spare ");
	used = find(rows, "name", "SoftHSM");
	g_assert_cmpstr(rows_text(used, "plugin"), ==, "fake");
	g_assert_cmpstr(rows_text(used, "state"), ==, "ok");
	g_assert_cmpstr(rows_text(used, "error"), ==, "");
	g_assert_cmpint(rows_number(used, "keys"), ==, 5);
	g_assert_cmpint(rows_number(used, "pool"), ==, 1);
	g_assert_cmpint(rows_number(used, "capacity"), ==, -1);
	g_assert_false(rows_number(used, "require_backup"));
	spare = find(rows, "name", "Spare");
	g_assert_cmpstr(rows_text(spare, "state"), ==, "failing");
	g_assert_nonnull(strstr(rows_text(spare, "error"), "absent"));
	g_assert_cmpint(rows_number(spare, "keys"), ==, 0);
	g_assert_cmpint(rows_number(spare, "capacity"), ==, 7);
	g_assert_true(rows_number(spare, "require_backup"));
}

static void
require_backups(RowsFixture *fixture)
{
	KasperTransaction *transaction = store_fixture_begin(&fixture->store);

	kasper_store_put_repository(fixture->store.store, "SoftHSM", TRUE, NULL, NULL);
	store_fixture_commit(transaction);
}

static void
test_backups(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) all = NULL;
	g_autoptr(GVariant) first = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *id = NULL;
	gint64 next = -1;

	rows_fixture_fill(fixture);
	id = rows_fixture_dup_id(fixture, 1);
	all = g_variant_ref_sink(
	    kasper_engine_list_backups(fixture->engine, NULL, 0, 10, &next, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(g_variant_n_children(all), ==, 0);
	require_backups(fixture);
	g_variant_unref(all);
	all = g_variant_ref_sink(
	    kasper_engine_list_backups(fixture->engine, "SoftHSM", 0, 10, &next, &error));
	assert_joined(all, "zone", "a.example a.example a.example b.example  ");
	assert_joined(all, "keytype", "KSK ZSK KSK CSK  ");
	assert_joined(all, "backup", "needed needed needed needed needed ");
	g_assert_cmpint(next, ==, 0);
	row = find(all, "cka_id", id);
	g_assert_cmpstr(rows_text(row, "repository"), ==, "SoftHSM");
	g_assert_cmpint(rows_number(row, "prepared"), ==, KASPER_TIME_UNSET);
	first = g_variant_ref_sink(
	    kasper_engine_list_backups(fixture->engine, NULL, 0, 2, &next, &error));
	g_assert_cmpuint(g_variant_n_children(first), ==, 2);
	g_variant_unref(first);
	first = g_variant_ref_sink(
	    kasper_engine_list_backups(fixture->engine, NULL, next, 2, &next, &error));
	assert_joined(first, "keytype", "KSK CSK ");
	g_assert_null(kasper_engine_list_backups(fixture->engine, "absent", 0, 2, &next, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
}

static void
add_intent(RowsFixture *fixture,
	   KasperIntentKind kind,
	   gint64 zone,
	   KasperTime due,
	   const gchar *id)
{
	g_auto(KasperIntentRow) row = {.kind = kind, .zone = zone, .due = due, .created = NOW};

	row.id = g_strdup(id);
	g_assert_true(kasper_store_add_intent(fixture->store.store, &row, NULL));
}

static void
test_queue(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) few = NULL;
	g_autoptr(GVariant) failing = NULL;
	KasperTransaction *transaction;
	gint64 running = 3;

	/* a.example is due in an hour, b.example in a minute */
	rows_fixture_fill(fixture);
	transaction = store_fixture_begin(&fixture->store);
	add_intent(fixture, KASPER_INTENT_DS, 1, NOW + 10, "ds-1");
	add_intent(fixture, KASPER_INTENT_ORDER, 1, NOW + 100, "order-1");
	add_intent(fixture, KASPER_INTENT_DESTROY, 2, NOW + 7200, "destroy-1");
	kasper_store_postpone_intent(fixture->store.store, 1, 0, NOW + 20, NULL, "exit 1", NULL);
	store_fixture_commit(transaction);
	g_hash_table_add(fixture->engine->in_hand, g_memdup2(&running, sizeof running));
	rows = g_variant_ref_sink(kasper_engine_list_queue(fixture->engine, 100));
	assert_joined(rows, "kind", "ds enforce order enforce destroy-key ");
	assert_joined(rows, "zone", "a.example b.example a.example a.example b.example ");
	assert_joined(rows, "state", "failing planned planned planned running ");
	failing = find(rows, "id", "ds-1");
	g_assert_cmpint(rows_number(failing, "tries"), ==, 1);
	g_assert_cmpint(rows_number(failing, "due"), ==, NOW + 20);
	g_assert_cmpstr(rows_text(failing, "error"), ==, "exit 1");
	few = g_variant_ref_sink(kasper_engine_list_queue(fixture->engine, 2));
	assert_joined(few, "kind", "ds enforce ");
}

static void
test_status(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) status = NULL;
	g_autoptr(GVariant) problems = NULL;
	g_autoptr(GVariant) repositories = NULL;

	rows_fixture_fill(fixture);
	kasper_engine_set_problem(fixture->engine, "signer", "does not answer");
	status = g_variant_ref_sink(kasper_engine_status(fixture->engine));
	g_assert_cmpint(rows_number(status, "now"), ==, NOW);
	g_assert_true(rows_number(status, "test_clock"));
	g_assert_cmpint(rows_number(status, "zones"), ==, 2);
	g_assert_cmpint(rows_number(status, "keys"), ==, 5);
	g_assert_cmpint(rows_number(status, "pool"), ==, 1);
	g_assert_cmpint(rows_number(status, "due"), ==, 0);
	g_assert_cmpint(rows_number(status, "failing"), ==, 0);
	g_assert_cmpint(rows_number(status, "pid"), ==, getpid());
	g_assert_cmpstr(rows_text(status, "store"), ==, fixture->store.path);
	g_assert_cmpstr(rows_text(status, "config"), ==, kasper_config_get_path(fixture->config));
	g_assert_cmpstr(rows_text(status, "version"), !=, "");
	repositories = rows_value(status, "repositories", "aa{sv}");
	assert_joined(repositories, "name", "SoftHSM Spare ");
	problems = rows_value(status, "problems", "aa{sv}");
	assert_joined(problems, "what", "repository Spare signer ");
}

/* what others say may be anything, and is shown as far as it can be */
static void
test_no_utf8(RowsFixture *fixture, gconstpointer data)
{
	KasperRepository *repository = kasper_engine_find_repository(fixture->engine, "SoftHSM");
	g_autoptr(GError) error =
	    g_error_new_literal(KASPER_ERROR, KASPER_ERROR_TRY_AGAIN, "token said \xff\xfe");
	g_autoptr(GVariant) status = NULL;
	g_autoptr(GVariant) repositories = NULL;
	g_autoptr(GVariant) plugins = NULL;
	g_autoptr(GVariant) row = NULL;

	kasper_engine_repository_failed(fixture->engine, repository, FALSE, error);
	kasper_engine_set_problem(fixture->engine, "signer", "\xff");
	status = g_variant_ref_sink(kasper_engine_status(fixture->engine));
	repositories = rows_value(status, "repositories", "aa{sv}");
	row = find(repositories, "name", "SoftHSM");
	g_assert_cmpstr(rows_text(row, "error"), ==, "token said \xef\xbf\xbd\xef\xbf\xbd");
	plugins = g_variant_ref_sink(kasper_engine_list_plugins(fixture->engine));
	g_assert_cmpuint(g_variant_n_children(plugins), >, 0);
}

/* a zone is named only if it is what time is waited for */
static void
test_status_next(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) before = NULL;
	g_autoptr(GVariant) after = NULL;
	KasperTransaction *transaction;

	rows_fixture_fill(fixture);
	/* a repository that is tried again is not what this is about */
	kasper_engine_find_repository(fixture->engine, "Spare")->retry_at = KASPER_TIME_NEVER;
	before = g_variant_ref_sink(kasper_engine_status(fixture->engine));
	g_assert_cmpint(rows_number(before, "next_due"), ==, NOW + 60);
	g_assert_cmpstr(rows_text(before, "next_zone"), ==, "b.example");
	transaction = store_fixture_begin(&fixture->store);
	add_intent(fixture, KASPER_INTENT_DESTROY, 0, NOW + 1, "destroy-1");
	kasper_store_make_due(fixture->store.store, 1, 0, NOW + 30, NULL);
	store_fixture_commit(transaction);
	after = g_variant_ref_sink(kasper_engine_status(fixture->engine));
	g_assert_cmpint(rows_number(after, "next_due"), ==, NOW + 1);
	g_assert_cmpstr(rows_text(after, "next_zone"), ==, "");
	kasper_clock_turn_to(fixture->clock, NOW + 30);
	g_variant_unref(after);
	after = g_variant_ref_sink(kasper_engine_status(fixture->engine));
	g_assert_cmpint(rows_number(after, "due"), ==, 1);
}

static void
test_plugins(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) rows = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GError) error = NULL;
	KasperRepository *repository;

	rows = g_variant_ref_sink(kasper_engine_list_plugins(fixture->engine));
	row = find(rows, "name", "SoftHSM");
	g_assert_cmpstr(rows_text(row, "kind"), ==, "key-store");
	g_assert_cmpstr(rows_text(row, "type"), ==, "fake");
	g_assert_cmpstr(rows_text(row, "state"), ==, "ok");
	/* the host knows whether it opened, the engine how its calls went */
	repository = kasper_engine_find_repository(fixture->engine, "SoftHSM");
	error = g_error_new_literal(KASPER_ERROR, KASPER_ERROR_TRY_AGAIN, "the token is gone");
	kasper_engine_repository_failed(fixture->engine, repository, FALSE, error);
	g_variant_unref(rows);
	g_variant_unref(row);
	rows = g_variant_ref_sink(kasper_engine_list_plugins(fixture->engine));
	row = find(rows, "name", "SoftHSM");
	g_assert_cmpstr(rows_text(row, "state"), ==, "failing");
	g_assert_cmpstr(rows_text(row, "error"), ==, "the token is gone");
}

int
main(int argc, char **argv)
{
	rows_test_init(&argc, &argv);
	ROWS_TEST("/engine/rows/policies", test_policies);
	ROWS_TEST("/engine/rows/show-policy", test_show_policy);
	ROWS_TEST("/engine/rows/repositories", test_repositories);
	ROWS_TEST("/engine/rows/backups", test_backups);
	ROWS_TEST("/engine/rows/queue", test_queue);
	ROWS_TEST("/engine/rows/status", test_status);
	ROWS_TEST("/engine/rows/no-utf8", test_no_utf8);
	ROWS_TEST("/engine/rows/status-next", test_status_next);
	ROWS_TEST("/engine/rows/plugins", test_plugins);
	return g_test_run();
}
