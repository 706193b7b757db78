/* SPDX-License-Identifier: BSD-2-Clause */
#include "store-fixture.h"

#include <string.h>

#define FIXTURE_TEST(name, function)                                                               \
	g_test_add(name,                                                                           \
		   StoreFixture,                                                                   \
		   NULL,                                                                           \
		   store_fixture_set_up,                                                           \
		   function,                                                                       \
		   store_fixture_tear_down)

/* a dropped transaction leaves nothing, not in the file and not in memory */
static void
test_roll_back(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 rows = 0;

	store_fixture_add_zone(fixture, "example.org");
	store_fixture_make_pair(fixture);
	g_assert_true(kasper_store_add_audit(fixture->store, NOW, "me", "a", "b", "c", "d", NULL));
	g_assert_cmpint(kasper_store_put_policy(fixture->store, "other", NULL), ==, 2);
	g_assert_cmpint(kasper_store_put_repository(fixture->store, "other", TRUE, NULL, NULL),
			==,
			2);
	g_assert_true(kasper_store_set_highest_time(fixture->store, NOW, NULL));
	kasper_transaction_free(transaction);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 0);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, fixture->policy), ==, 0);
	g_assert_cmpint(kasper_store_count_pool(fixture->store, fixture->repository, 13, 256, TRUE),
			==,
			0);
	g_assert_null(kasper_store_get_policy_name(fixture->store, 2));
	g_assert_null(kasper_store_get_repository_name(fixture->store, 2));
	g_assert_cmpint(kasper_store_get_highest_time(fixture->store), ==, 0);
	g_assert_cmpint(kasper_store_verify_audit(fixture->store, &rows, NULL), ==, -1);
	g_assert_cmpint(rows, ==, 0);
	g_assert_cmpint(kasper_store_get_next_due(fixture->store, NULL), ==, KASPER_TIME_NEVER);
	transaction = store_fixture_begin(fixture);
	g_assert_true(kasper_store_add_audit(fixture->store, NOW, "me", "a", NULL, NULL, "", NULL));
	store_fixture_commit(transaction);
	g_assert_cmpint(kasper_store_verify_audit(fixture->store, &rows, NULL), ==, -1);
	g_assert_cmpint(rows, ==, 1);
}

static void
test_outside(StoreFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_auto(KasperZoneRow) row = {.policy = fixture->policy};

	row.name = g_strdup("example.org");
	g_assert_false(kasper_store_add_zone(fixture->store, &row, NOW, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_false(kasper_store_set_highest_time(fixture->store, NOW, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 0);
}

static void
test_nested(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_autoptr(GError) error = NULL;

	g_assert_null(kasper_store_begin(fixture->store, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_clear_error(&error);
	g_assert_true(kasper_transaction_commit(transaction, &error));
	g_assert_false(kasper_transaction_commit(transaction, &error));
	g_assert_nonnull(error);
	kasper_transaction_free(transaction);
	transaction = store_fixture_begin(fixture);
	kasper_transaction_free(transaction);
}

/* a caller that does not look at an error commits nothing all the same */
static void
test_spoiled(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_autoptr(GError) error = NULL;
	g_auto(KasperZoneRow) row = {.policy = 4711};

	store_fixture_add_zone(fixture, "example.org");
	row.name = g_strdup("example.net");
	g_assert_false(kasper_store_add_zone(fixture->store, &row, NOW, NULL));
	g_assert_false(kasper_transaction_commit(transaction, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	kasper_transaction_free(transaction);
	g_assert_false(kasper_store_find_zone(fixture->store, "example.org", NULL, NULL));
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 0);
}

/* a snapshot that names a pair nobody knows is not saved by half */
static void
test_half_a_snapshot(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 zone = store_fixture_add_zone(fixture, "example.org");
	g_autoptr(GError) error = NULL;
	KasperSnapshot before, after;

	store_fixture_commit(transaction);
	transaction = store_fixture_begin(fixture);
	g_assert_true(kasper_store_load_snapshot(fixture->store, zone, &before, NULL, NULL));
	after = before;
	after.revision = 5;
	after.n_keys = 1;
	after.keys[0].number = 4711;
	g_assert_false(kasper_store_save_snapshot(fixture->store,
						  &before,
						  &after,
						  NULL,
						  NOW,
						  NULL,
						  NULL,
						  &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_false(kasper_transaction_commit(transaction, NULL));
	kasper_transaction_free(transaction);
	g_assert_true(kasper_store_load_snapshot(fixture->store, zone, &after, NULL, NULL));
	g_assert_cmpint(after.revision, ==, 0);
}

/* what is refused for what was handed in does not harm the rest */
static void
test_refusals_do_not_spoil(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_autoptr(GError) error = NULL;
	g_auto(KasperZoneRow) row = {.policy = fixture->policy};
	g_auto(KasperPairRow)
	    pair = {.repository = fixture->repository, .algorithm = 13, .bits = 256};

	store_fixture_add_zone(fixture, "example.org");
	row.name = g_strdup("example.org");
	g_assert_false(kasper_store_add_zone(fixture->store, &row, NOW, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_EXISTS);
	g_clear_error(&error);
	pair.id = g_strdup("00ff");
	g_assert_true(kasper_store_plan_pair(fixture->store, &pair, NOW, NULL));
	g_assert_false(kasper_store_plan_pair(fixture->store, &pair, NOW, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_EXISTS);
	g_clear_error(&error);
	g_free(pair.id);
	pair.id = g_strdup("00f");
	g_assert_false(kasper_store_plan_pair(fixture->store, &pair, NOW, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	store_fixture_commit(transaction);
	g_assert_true(kasper_store_find_zone(fixture->store, "example.org", NULL, NULL));
	g_assert_true(kasper_store_find_pair(fixture->store, "00FF", NULL, NULL));
}

/* numbers that were rolled back may come again, those that were committed may not */
static void
test_numbers(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 first = store_fixture_add_zone(fixture, "a.example");

	store_fixture_commit(transaction);
	transaction = store_fixture_begin(fixture);
	g_assert_true(kasper_store_delete_zone(fixture->store, first, NOW, NULL));
	store_fixture_commit(transaction);
	store_fixture_close(fixture);
	store_fixture_open(fixture);
	transaction = store_fixture_begin(fixture);
	g_assert_cmpint(store_fixture_add_zone(fixture, "a.example"), >, first);
	store_fixture_commit(transaction);
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	FIXTURE_TEST("/store/transaction/roll-back", test_roll_back);
	FIXTURE_TEST("/store/transaction/outside", test_outside);
	FIXTURE_TEST("/store/transaction/nested", test_nested);
	FIXTURE_TEST("/store/transaction/spoiled", test_spoiled);
	FIXTURE_TEST("/store/transaction/half-a-snapshot", test_half_a_snapshot);
	FIXTURE_TEST("/store/transaction/refusals-do-not-spoil", test_refusals_do_not_spoil);
	FIXTURE_TEST("/store/transaction/numbers", test_numbers);
	return g_test_run();
}
