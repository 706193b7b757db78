/* SPDX-License-Identifier: BSD-2-Clause */
#include "control-fixture.h"

#include <string.h>

#include "kasper-error.h"

/* --- what is asked comes back as the engine gave it --- */

static void
ask_everything(KasperClient *client, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) status = kasper_client_status(client, NULL, &error);
	g_autoptr(GVariant) policies = kasper_client_list_policies(client, NULL, &error);
	g_autoptr(GVariant) policy = kasper_client_show_policy(client, "csk", NULL, &error);
	g_autoptr(GVariant) repositories = kasper_client_list_repositories(client, NULL, &error);
	g_autoptr(GVariant) zones = kasper_client_list_zones(client, NULL, &error);
	g_autoptr(GVariant) zone = kasper_client_show_zone(client, "a.example", NULL, &error);
	g_autoptr(GVariant) queue = kasper_client_list_queue(client, 0, NULL, &error);
	g_autoptr(GVariant) plugins = kasper_client_list_plugins(client, NULL, &error);
	g_autoptr(GVariant) backups = kasper_client_list_backups(client, NULL, NULL, &error);

	g_assert_no_error(error);
	g_assert_cmpint(rows_number(status, "now"), ==, NOW);
	g_assert_cmpint(rows_number(status, "keys"), ==, 5);
	g_assert_cmpuint(g_variant_n_children(policies), ==, 2);
	g_assert_cmpstr(rows_text(policy, "name"), ==, "csk");
	g_assert_cmpuint(g_variant_n_children(repositories), ==, 2);
	g_assert_cmpuint(g_variant_n_children(zones), ==, 2);
	g_assert_cmpstr(rows_text(zone, "waiting_for"), ==, "ds-seen");
	g_assert_cmpuint(g_variant_n_children(queue), ==, 2);
	g_assert_cmpuint(g_variant_n_children(plugins), >=, 1);
	g_assert_cmpuint(g_variant_n_children(backups), ==, 0);
}

static void
test_everything(ControlFixture *fixture, gconstpointer data)
{
	rows_fixture_fill(&fixture->rows);
	control_fixture_run(fixture, ask_everything, NULL);
}

static void
ask_for_keys(KasperClient *client, gpointer data)
{
	const gchar *id = data;
	g_autoptr(GVariant) filter = rows_filter("'keystate': <'ready'>");
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) keys = kasper_client_list_keys(client, NULL, NULL, &error);
	g_autoptr(GVariant) ready = kasper_client_list_keys(client, filter, NULL, &error);
	g_autoptr(GVariant) key = kasper_client_show_key(client, "a.example", id, NULL, &error);
	g_autoptr(GVariant) anchors =
	    kasper_client_export_keys(client, NULL, NULL, NULL, NULL, &error);
	g_autoptr(GVariant) of_zone =
	    kasper_client_export_keys(client, "a.example", "ready", "KSK", NULL, &error);
	g_autoptr(GVariant) row = NULL;

	g_assert_no_error(error);
	g_assert_cmpuint(g_variant_n_children(keys), ==, 4);
	g_assert_cmpuint(g_variant_n_children(ready), ==, 1);
	row = g_variant_get_child_value(ready, 0);
	g_assert_cmpstr(rows_text(row, "cka_id"), ==, id);
	g_assert_cmpstr(rows_text(row, "waiting_for"), ==, "ds-seen");
	g_assert_cmpint(rows_number(row, "bits"), ==, 256);
	g_assert_cmpstr(rows_text(key, "state"), ==, "ready");
	g_assert_cmpuint(g_variant_n_children(anchors), ==, 2);
	g_assert_cmpuint(g_variant_n_children(of_zone), ==, 1);
}

static void
test_keys(ControlFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL;

	rows_fixture_fill(&fixture->rows);
	id = rows_fixture_dup_id(&fixture->rows, 3);
	control_fixture_run(fixture, ask_for_keys, id);
}

static void
test_repository_in_thread(KasperClient *client, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) report = kasper_client_test_repository(client, "SoftHSM", NULL, &error);
	g_autoptr(GVariant) missing = NULL;

	g_assert_no_error(error);
	missing = rows_value(report, "missing", "as");
	g_assert_cmpuint(g_variant_n_children(missing), ==, 5);
	g_assert_null(kasper_client_test_repository(client, "absent", NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
}

static void
test_repository(ControlFixture *fixture, gconstpointer data)
{
	rows_fixture_fill(&fixture->rows);
	control_fixture_run(fixture, test_repository_in_thread, NULL);
}

/* --- lists of more than one page --- */

#define MANY 2500

static void
fill_many(ControlFixture *fixture)
{
	StoreFixture *store = &fixture->rows.store;
	KasperTransaction *transaction = store_fixture_begin(store);

	for (guint i = 0; i < MANY; i++) {
		g_autofree gchar *name = g_strdup_printf("zone-%05u.example", i);
		gint64 zone = store_fixture_add_zone(store, name);

		store_fixture_make_pair(store);
		store_fixture_give_key(store, zone, KASPER_ROLE_CSK, FALSE);
	}
	store_fixture_commit(transaction);
}

static void
assert_all(GVariant *rows)
{
	g_assert_cmpuint(g_variant_n_children(rows), ==, MANY);
	for (guint i = 0; i < MANY; i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		g_autofree gchar *name = g_strdup_printf("zone-%05u.example", i);

		g_assert_cmpstr(rows_text(row, "zone"), ==, name);
	}
}

static void
ask_for_many(KasperClient *client, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) zones = kasper_client_list_zones(client, NULL, &error);
	g_autoptr(GVariant) keys = kasper_client_list_keys(client, NULL, NULL, &error);
	g_autoptr(GVariant) exported =
	    kasper_client_export_keys(client, NULL, "generate", NULL, NULL, &error);
	g_autoptr(GVariant) none =
	    kasper_client_export_keys(client, NULL, "ready", NULL, NULL, &error);
	g_autoptr(GVariant) backups = kasper_client_list_backups(client, "SoftHSM", NULL, &error);
	g_autoptr(GVariant) page =
	    kasper_client_list_zones_page(client, "zone-00009.example", 3, NULL, &error);
	g_autoptr(GVariant) queue = kasper_client_list_queue(client, 10, NULL, &error);

	g_assert_no_error(error);
	assert_all(zones);
	assert_all(keys);
	assert_all(exported);
	assert_all(backups);
	g_assert_cmpuint(g_variant_n_children(none), ==, 0);
	g_assert_cmpuint(g_variant_n_children(page), ==, 3);
	g_assert_cmpuint(g_variant_n_children(queue), ==, 10);
}

static void
test_pages(ControlFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction;

	fill_many(fixture);
	transaction = store_fixture_begin(&fixture->rows.store);
	kasper_store_put_repository(fixture->rows.store.store, "SoftHSM", TRUE, NULL, NULL);
	store_fixture_commit(transaction);
	control_fixture_run(fixture, ask_for_many, NULL);
}

typedef struct {
	guint n;
	guint enough;
} Counting;

static gboolean
count(const gchar *const *fields, GVariant *row, gpointer data)
{
	Counting *counting = data;

	g_assert_cmpstr(fields[0], ==, "zone");
	g_assert_cmpuint(g_strv_length((gchar **)fields), ==, g_variant_n_children(row));
	return ++counting->n != counting->enough;
}

/* a reader that has seen enough leaves the daemon as it was */
static void
stream(KasperClient *client, gpointer data)
{
	Counting all = {0}, few = {.enough = 3}, csk = {0};
	g_autoptr(GVariant) ksk = rows_filter("'keytype': <'KSK'>");
	g_autoptr(GVariant) absent = rows_filter("'zone': <'absent.example'>");
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_client_foreach_key(client, NULL, count, &all, NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(all.n, ==, MANY);
	g_assert_true(kasper_client_foreach_key(client, NULL, count, &few, NULL, &error));
	g_assert_cmpuint(few.n, ==, 3);
	g_assert_true(kasper_client_foreach_key(client, ksk, count, &csk, NULL, &error));
	g_assert_cmpuint(csk.n, ==, 0);
	g_assert_false(kasper_client_foreach_key(client, absent, count, &csk, NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
}

static void
test_stream(ControlFixture *fixture, gconstpointer data)
{
	fill_many(fixture);
	control_fixture_run(fixture, stream, NULL);
	while (kasper_key_stream_count() > 0)
		g_thread_yield();
}

/* --- errors keep code and text --- */

static void
assert_refused(GVariant *answer, GError **error, KasperError code, const gchar *says)
{
	g_assert_null(answer);
	g_assert_error(*error, KASPER_ERROR, (gint)code);
	g_assert_nonnull(strstr((*error)->message, says));
	/* the text is the engine's, without what D-Bus puts around it */
	g_assert_null(strstr((*error)->message, "GDBus"));
	g_clear_error(error);
}

static void
ask_for_nothing(KasperClient *client, gpointer data)
{
	g_autoptr(GVariant) unknown = rows_filter("'x': <1>");
	GError *error = NULL;

	assert_refused(kasper_client_show_zone(client, "c.example", NULL, &error),
		       &error,
		       KASPER_ERROR_NOT_FOUND,
		       "zone c.example is not known");
	assert_refused(kasper_client_show_zone(client, "a..b", NULL, &error),
		       &error,
		       KASPER_ERROR_INVALID,
		       "a..b");
	assert_refused(kasper_client_show_policy(client, "absent", NULL, &error),
		       &error,
		       KASPER_ERROR_NOT_FOUND,
		       "absent");
	assert_refused(kasper_client_show_key(client, "a.example", "00ff", NULL, &error),
		       &error,
		       KASPER_ERROR_NOT_FOUND,
		       "00ff");
	assert_refused(kasper_client_list_backups(client, "absent", NULL, &error),
		       &error,
		       KASPER_ERROR_NOT_FOUND,
		       "absent");
	assert_refused(kasper_client_list_keys(client, unknown, NULL, &error),
		       &error,
		       KASPER_ERROR_INVALID,
		       "x is not known");
	assert_refused(kasper_client_export_keys(client, NULL, "sleepy", NULL, NULL, &error),
		       &error,
		       KASPER_ERROR_INVALID,
		       "sleepy");
	assert_refused(kasper_client_list_zones_page(client, "a..b", 1, NULL, &error),
		       &error,
		       KASPER_ERROR_INVALID,
		       "a..b");
}

static void
test_refused(ControlFixture *fixture, gconstpointer data)
{
	rows_fixture_fill(&fixture->rows);
	control_fixture_run(fixture, ask_for_nothing, NULL);
}

/* --- what others say --- */

static void
ask_strange_token(KasperClient *client, gpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) status = NULL;

	g_assert_null(kasper_client_test_repository(client, "SoftHSM", NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_nonnull(strstr(error->message, "token said \xef\xbf\xbd"));
	g_clear_error(&error);
	status = kasper_client_status(client, NULL, &error);
	g_assert_no_error(error);
}

static void
test_no_utf8(ControlFixture *fixture, gconstpointer data)
{
	rows_token.error =
	    g_error_new_literal(KASPER_ERROR, KASPER_ERROR_TRY_AGAIN, "token said \xff");
	control_fixture_run(fixture, ask_strange_token, NULL);
}

int
main(int argc, char **argv)
{
	rows_test_init(&argc, &argv);
	CONTROL_TEST("/control/queries/everything", test_everything);
	CONTROL_TEST("/control/queries/keys", test_keys);
	CONTROL_TEST("/control/queries/repository", test_repository);
	CONTROL_TEST("/control/queries/pages", test_pages);
	CONTROL_TEST("/control/queries/stream", test_stream);
	CONTROL_TEST("/control/queries/refused", test_refused);
	CONTROL_TEST("/control/queries/no-utf8", test_no_utf8);
	return g_test_run();
}
