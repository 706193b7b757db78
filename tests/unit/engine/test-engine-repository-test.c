/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows-fixture.h"

#include <string.h>

typedef struct {
	GVariant *report;
	GError *error;
	gboolean done;
} Answer;

static void
on_tested(GObject *source, GAsyncResult *result, gpointer data)
{
	Answer *answer = data;

	answer->report =
	    kasper_engine_test_repository_finish(KASPER_ENGINE(source), result, &answer->error);
	answer->done = TRUE;
}

static void
await(Answer *answer)
{
	while (!answer->done)
		g_main_context_iteration(NULL, TRUE);
}

static void
ask(RowsFixture *fixture, const gchar *repository, Answer *answer)
{
	*answer = (Answer){NULL};
	kasper_engine_test_repository_async(fixture->engine, repository, NULL, on_tested, answer);
}

static void
assert_ids(GVariant *report, const gchar *name, const gchar *wanted)
{
	g_autoptr(GVariant) value = rows_value(report, name, "as");
	g_autofree const gchar **ids = g_variant_get_strv(value, NULL);
	g_autofree gchar *got = g_strjoinv(" ", (gchar **)ids);

	g_assert_cmpstr(got, ==, wanted);
}

/* the token has all keys that the store knows */
static void
fill_token(RowsFixture *fixture)
{
	for (gint64 pair = 1; pair <= 5; pair++)
		g_ptr_array_add(rows_token.ids, rows_fixture_dup_id(fixture, pair));
}

static void
test_agree(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) report = NULL;
	Answer answer;

	rows_fixture_fill(fixture);
	fill_token(fixture);
	ask(fixture, "SoftHSM", &answer);
	await(&answer);
	g_assert_no_error(answer.error);
	report = answer.report;
	g_assert_cmpstr(rows_text(report, "name"), ==, "SoftHSM");
	g_assert_cmpint(rows_number(report, "keys_in_token"), ==, 5);
	g_assert_cmpint(rows_number(report, "keys_in_store"), ==, 5);
	assert_ids(report, "missing", "");
	assert_ids(report, "unknown", "");
}

static void
test_differ(RowsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *missing = NULL;
	g_autoptr(GVariant) report = NULL;
	Answer answer;

	rows_fixture_fill(fixture);
	fill_token(fixture);
	missing = g_ptr_array_steal_index(rows_token.ids, 2);
	g_ptr_array_add(rows_token.ids, g_strdup("ff02"));
	g_ptr_array_add(rows_token.ids, g_strdup("ff01"));
	ask(fixture, "SoftHSM", &answer);
	await(&answer);
	g_assert_no_error(answer.error);
	report = answer.report;
	g_assert_cmpint(rows_number(report, "keys_in_token"), ==, 6);
	assert_ids(report, "missing", missing);
	assert_ids(report, "unknown", "ff01 ff02");
}

/* keys that are made and destroyed while the token is asked are neither missing nor unknown */
static void
test_while_working(RowsFixture *fixture, gconstpointer data)
{
	KasperStore *store = fixture->store.store;
	KasperTransaction *transaction;
	g_autoptr(GVariant) report = NULL;
	g_autofree gchar *gone = NULL;
	Answer answer;

	rows_fixture_fill(fixture);
	fill_token(fixture);
	gone = g_ptr_array_steal_index(rows_token.ids, 4);
	ask(fixture, "SoftHSM", &answer);
	/* between the question and the report, which is made in this thread */
	transaction = store_fixture_begin(&fixture->store);
	g_assert_true(kasper_store_set_pair_state(store, 5, KASPER_PAIR_DESTROYING, NULL));
	g_assert_cmpint(store_fixture_make_pair(&fixture->store), ==, 6);
	store_fixture_commit(transaction);
	await(&answer);
	g_assert_no_error(answer.error);
	report = answer.report;
	assert_ids(report, "missing", "");
	assert_ids(report, "unknown", "");
}

/* a key that was destroyed and is still there is one that somebody should look at */
static void
test_leftover(RowsFixture *fixture, gconstpointer data)
{
	KasperStore *store = fixture->store.store;
	KasperTransaction *transaction;
	g_autoptr(GVariant) report = NULL;
	Answer answer;

	rows_fixture_fill(fixture);
	fill_token(fixture);
	transaction = store_fixture_begin(&fixture->store);
	g_assert_true(kasper_store_set_pair_state(store, 5, KASPER_PAIR_DESTROYED, NULL));
	store_fixture_commit(transaction);
	ask(fixture, "SoftHSM", &answer);
	await(&answer);
	report = answer.report;
	assert_ids(report, "missing", "");
	assert_ids(report, "unknown", g_ptr_array_index(rows_token.ids, 4));
}

static void
test_fails(RowsFixture *fixture, gconstpointer data)
{
	KasperRepository *repository;
	g_autoptr(GVariant) report = NULL;
	Answer answer;

	rows_fixture_fill(fixture);
	fill_token(fixture);
	repository = kasper_engine_find_repository(fixture->engine, "SoftHSM");
	rows_token.error =
	    g_error_new_literal(KASPER_ERROR, KASPER_ERROR_TRY_AGAIN, "token is unplugged");
	ask(fixture, "SoftHSM", &answer);
	await(&answer);
	g_assert_error(answer.error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_nonnull(strstr(answer.error->message, "repository SoftHSM: "));
	g_assert_nonnull(strstr(answer.error->message, "token is unplugged"));
	g_clear_error(&answer.error);
	g_assert_nonnull(repository->error);
	/* and when it answers again, it is in use again */
	g_clear_error(&rows_token.error);
	ask(fixture, "SoftHSM", &answer);
	await(&answer);
	g_assert_no_error(answer.error);
	report = answer.report;
	g_assert_null(repository->error);
}

static void
test_refused(RowsFixture *fixture, gconstpointer data)
{
	Answer answer;

	ask(fixture, "absent", &answer);
	await(&answer);
	g_assert_error(answer.error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_clear_error(&answer.error);
	/* never opened: what it failed with, by its name */
	ask(fixture, "Spare", &answer);
	await(&answer);
	g_assert_nonnull(answer.error);
	g_assert_nonnull(strstr(answer.error->message, "repository Spare cannot be opened"));
	g_clear_error(&answer.error);
}

int
main(int argc, char **argv)
{
	rows_test_init(&argc, &argv);
	ROWS_TEST("/engine/repository-test/agree", test_agree);
	ROWS_TEST("/engine/repository-test/differ", test_differ);
	ROWS_TEST("/engine/repository-test/while-working", test_while_working);
	ROWS_TEST("/engine/repository-test/leftover", test_leftover);
	ROWS_TEST("/engine/repository-test/fails", test_fails);
	ROWS_TEST("/engine/repository-test/refused", test_refused);
	return g_test_run();
}
