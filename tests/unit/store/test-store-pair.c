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

static void
get_pair(StoreFixture *fixture, gint64 pair, KasperPairRow *row)
{
	g_autoptr(GError) error = NULL;

	kasper_store_get_pair(fixture->store, pair, row, &error);
	g_assert_no_error(error);
}

static gint64
count(StoreFixture *fixture, gboolean planned)
{
	return kasper_store_count_pool(fixture->store, fixture->repository, 13, 256, planned);
}

static gboolean
take(StoreFixture *fixture, const guint16 *taken, guint n_taken, KasperKey *key)
{
	KasperDemand demand = store_fixture_get_demand(fixture, KASPER_ROLE_KSK);
	g_autoptr(GError) error = NULL;
	gboolean done = kasper_store_take_pair(fixture->store,
					       &demand,
					       fixture->policy,
					       taken,
					       n_taken,
					       key,
					       &error);

	g_assert_no_error(error);
	return done;
}

static void
test_life(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_auto(KasperPairRow) row = {.repository = fixture->repository,
				     .algorithm = 13,
				     .bits = 256,
				     .policy = fixture->policy};
	g_auto(KasperPairRow) seen = {0};
	g_autoptr(GBytes) public_key = g_bytes_new_static("0123456789abcdef", 16);
	g_autoptr(GError) error = NULL;

	row.id = g_strdup("A0b1");
	g_assert_true(kasper_store_plan_pair(fixture->store, &row, NOW, NULL));
	g_assert_cmpint(count(fixture, TRUE), ==, 1);
	g_assert_cmpint(count(fixture, FALSE), ==, 0);
	get_pair(fixture, row.number, &seen);
	g_assert_cmpstr(seen.id, ==, "a0b1");
	g_assert_cmpint(seen.state, ==, KASPER_PAIR_PLANNED);
	g_assert_cmpint(seen.policy, ==, fixture->policy);
	g_assert_null(seen.public_key);
	kasper_pair_row_clear(&seen);
	g_assert_true(
	    kasper_store_pair_made(fixture->store, row.number, public_key, NOW + 1, NULL));
	g_assert_false(
	    kasper_store_pair_made(fixture->store, row.number, public_key, NOW + 1, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_EXISTS);
	g_clear_error(&error);
	g_assert_cmpint(count(fixture, FALSE), ==, 1);
	g_assert_false(kasper_store_drop_planned_pair(fixture->store, row.number, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_UNSAFE);
	g_assert_true(
	    kasper_store_set_pair_state(fixture->store, row.number, KASPER_PAIR_DESTROYING, NULL));
	g_assert_cmpint(count(fixture, TRUE), ==, 0);
	g_assert_true(
	    kasper_store_set_pair_state(fixture->store, row.number, KASPER_PAIR_DESTROYED, NULL));
	g_assert_false(
	    kasper_store_set_pair_state(fixture->store, row.number, KASPER_PAIR_MADE, NULL));
	store_fixture_commit(transaction);
	get_pair(fixture, row.number, &seen);
	g_assert_cmpint(seen.state, ==, KASPER_PAIR_DESTROYED);
	g_assert_true(g_bytes_equal(seen.public_key, public_key));
}

static void
test_drop(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_auto(KasperPairRow)
	    row = {.repository = fixture->repository, .algorithm = 13, .bits = 256};
	g_autoptr(GError) error = NULL;

	row.id = g_strdup("77");
	g_assert_true(kasper_store_plan_pair(fixture->store, &row, NOW, NULL));
	g_assert_true(kasper_store_drop_planned_pair(fixture->store, row.number, NULL));
	g_assert_cmpint(count(fixture, TRUE), ==, 0);
	g_assert_false(kasper_store_drop_planned_pair(fixture->store, row.number, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	store_fixture_commit(transaction);
}

static void
test_pool(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 zone = store_fixture_add_zone(fixture, "example.org");
	gint64 first = store_fixture_make_pair(fixture);
	gint64 second = store_fixture_make_pair(fixture);
	KasperKey key, other;

	store_fixture_commit(transaction);
	transaction = store_fixture_begin(fixture);
	g_assert_true(take(fixture, NULL, 0, &key));
	g_assert_cmpint(key.number, ==, first);
	g_assert_cmpint(key.flags, ==, 257);
	g_assert_cmpint(key.store, ==, fixture->repository);
	g_assert_cmpint(key.created, ==, NOW);
	g_assert_true(take(fixture, NULL, 0, &other));
	g_assert_cmpint(other.number, ==, second);
	g_assert_false(take(fixture, NULL, 0, &key));
	store_fixture_commit(transaction);
	/* nobody saved them: they are back */
	g_assert_cmpint(count(fixture, FALSE), ==, 2);
	transaction = store_fixture_begin(fixture);
	g_assert_cmpint(store_fixture_give_key(fixture, zone, KASPER_ROLE_ZSK, FALSE), ==, first);
	kasper_transaction_free(transaction);
	g_assert_cmpint(count(fixture, FALSE), ==, 2);
	transaction = store_fixture_begin(fixture);
	g_assert_cmpint(store_fixture_give_key(fixture, zone, KASPER_ROLE_ZSK, FALSE), ==, first);
	store_fixture_commit(transaction);
	g_assert_cmpint(count(fixture, FALSE), ==, 1);
	store_fixture_close(fixture);
	store_fixture_open(fixture);
	g_assert_cmpint(count(fixture, FALSE), ==, 1);
}

/* a tag that is taken, plainly or with REVOKE, keeps the pair in the pool */
static void
test_collision(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 first = store_fixture_make_pair(fixture);
	gint64 second = store_fixture_make_pair(fixture);
	guint16 taken[2];
	KasperKey key;

	g_assert_true(take(fixture, NULL, 0, &key));
	kasper_transaction_free(transaction);
	g_assert_cmpint(key.number, >, 0);
	transaction = store_fixture_begin(fixture);
	first = store_fixture_make_pair(fixture);
	second = store_fixture_make_pair(fixture);
	store_fixture_commit(transaction);

	transaction = store_fixture_begin(fixture);
	g_assert_true(take(fixture, NULL, 0, &key));
	g_assert_cmpint(key.number, ==, first);
	taken[0] = (guint16)(key.tag ^ 1);
	taken[1] = key.tag;
	kasper_transaction_free(transaction);

	transaction = store_fixture_begin(fixture);
	g_assert_true(take(fixture, taken, 2, &key));
	g_assert_cmpint(key.number, ==, second);
	kasper_transaction_free(transaction);

	/* RFC 4034, appendix B: the flags are summed up, and a carry is added */
	taken[0] = (guint16)(taken[1] + 128 + (taken[1] + 128 > 0xffff ? 1 : 0));
	transaction = store_fixture_begin(fixture);
	g_assert_true(take(fixture, taken, 1, &key));
	g_assert_cmpint(key.number, ==, second);
	kasper_transaction_free(transaction);
	g_assert_cmpint(count(fixture, FALSE), ==, 2);
}

/* a pair that was made for a policy is taken by its zones first, and by no others */
static void
test_policy_of_its_own(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	KasperDemand demand = store_fixture_get_demand(fixture, KASPER_ROLE_ZSK);
	gint64 other = kasper_store_put_policy(fixture->store, "other", NULL);
	gint64 any = store_fixture_make_pair(fixture);
	g_auto(KasperPairRow) row = {.repository = fixture->repository,
				     .algorithm = 13,
				     .bits = 256,
				     .policy = other};
	g_autoptr(GBytes) public_key = g_bytes_new_static("0123456789abcdef", 16);
	KasperKey key;

	row.id = g_strdup("77");
	g_assert_true(kasper_store_plan_pair(fixture->store, &row, NOW, NULL));
	g_assert_true(kasper_store_pair_made(fixture->store, row.number, public_key, NOW, NULL));
	store_fixture_commit(transaction);
	store_fixture_close(fixture);
	store_fixture_open(fixture);
	transaction = store_fixture_begin(fixture);
	g_assert_true(kasper_store_take_pair(fixture->store, &demand, other, NULL, 0, &key, NULL));
	g_assert_cmpint(key.number, ==, row.number);
	g_assert_cmpint(key.flags, ==, 256);
	kasper_transaction_free(transaction);
	transaction = store_fixture_begin(fixture);
	g_assert_true(take(fixture, NULL, 0, &key));
	g_assert_cmpint(key.number, ==, any);
	g_assert_false(take(fixture, NULL, 0, &key));
	kasper_transaction_free(transaction);
}

static void
test_shared(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	KasperDemand demand = store_fixture_get_demand(fixture, KASPER_ROLE_ZSK);
	gint64 a = store_fixture_add_zone(fixture, "a.example");
	gint64 b = store_fixture_add_zone(fixture, "b.example");
	gint64 first = store_fixture_make_pair(fixture);
	gint64 second = store_fixture_make_pair(fixture);
	g_auto(KasperPairRow) row = {0};
	KasperSnapshot before, after;
	KasperKey key;

	g_assert_false(
	    kasper_store_find_shared_pair(fixture->store, &demand, fixture->policy, &key, NULL));
	g_assert_cmpint(store_fixture_give_key(fixture, a, KASPER_ROLE_ZSK, TRUE), ==, first);
	g_assert_cmpint(store_fixture_give_key(fixture, b, KASPER_ROLE_ZSK, TRUE), ==, first);
	g_assert_false(
	    kasper_store_set_pair_state(fixture->store, first, KASPER_PAIR_DESTROYING, NULL));
	/* a zone of the policy rolls: the others follow to the new one */
	demand.roles = KASPER_ROLE_KSK;
	g_assert_false(
	    kasper_store_find_shared_pair(fixture->store, &demand, fixture->policy, &key, NULL));
	demand.roles = KASPER_ROLE_ZSK;
	g_assert_true(kasper_store_load_snapshot(fixture->store, a, &before, NULL, NULL));
	after = before;
	after.policy.share_keys = 1;
	g_assert_true(take(fixture, NULL, 0, &after.keys[1]));
	g_assert_cmpint(after.keys[1].number, ==, second);
	after.keys[1].roles = KASPER_ROLE_ZSK;
	after.keys[1].goal = KASPER_GOAL_IN;
	after.n_keys = 2;
	g_assert_true(kasper_store_save_snapshot(fixture->store,
						 &before,
						 &after,
						 NULL,
						 NOW,
						 NULL,
						 NULL,
						 NULL));
	g_assert_true(
	    kasper_store_find_shared_pair(fixture->store, &demand, fixture->policy, &key, NULL));
	g_assert_cmpint(key.number, ==, second);
	/* a key on its way out is given to nobody */
	before = after;
	after.keys[1].goal = KASPER_GOAL_OUT;
	g_assert_true(kasper_store_save_snapshot(fixture->store,
						 &before,
						 &after,
						 NULL,
						 NOW,
						 NULL,
						 NULL,
						 NULL));
	g_assert_false(
	    kasper_store_find_shared_pair(fixture->store, &demand, fixture->policy, &key, NULL));
	store_fixture_commit(transaction);
	get_pair(fixture, first, &row);
	g_assert_cmpint(row.zones, ==, 2);
}

static KasperBackup
get_backup(StoreFixture *fixture, gint64 pair, KasperTime *ret_done)
{
	g_auto(KasperPairRow) row = {0};

	get_pair(fixture, pair, &row);
	if (ret_done != NULL)
		*ret_done = row.backup_done;
	return row.backup;
}

static gint64
require(StoreFixture *fixture, gboolean require_backup, gboolean *changed)
{
	return kasper_store_put_repository(fixture->store,
					   "SoftHSM",
					   require_backup,
					   changed,
					   NULL);
}

static void
test_backup(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	KasperStore *store = fixture->store;
	gint64 early = store_fixture_make_pair(fixture);
	gint64 late;
	gboolean changed = FALSE;
	KasperTime done = 0;

	g_assert_cmpint(get_backup(fixture, early, NULL), ==, KASPER_BACKUP_NOT_NEEDED);
	g_assert_cmpint(require(fixture, TRUE, &changed), ==, fixture->repository);
	g_assert_true(changed);
	g_assert_cmpint(require(fixture, TRUE, &changed), ==, fixture->repository);
	g_assert_false(changed);
	g_assert_cmpint(get_backup(fixture, early, NULL), ==, KASPER_BACKUP_NEEDED);
	g_assert_cmpint(kasper_store_backup_commit(store, 0, NOW, NULL), ==, 0);
	g_assert_cmpint(kasper_store_backup_prepare(store, 0, NOW, NULL), ==, 1);
	late = store_fixture_make_pair(fixture);
	g_assert_cmpint(get_backup(fixture, late, NULL), ==, KASPER_BACKUP_NEEDED);
	g_assert_cmpint(kasper_store_count_backups(store, 0, KASPER_BACKUP_PREPARED), ==, 1);
	g_assert_cmpint(kasper_store_backup_rollback(store, fixture->repository, NULL), ==, 1);
	g_assert_cmpint(get_backup(fixture, early, NULL), ==, KASPER_BACKUP_NEEDED);
	g_assert_cmpint(kasper_store_backup_prepare(store, 99, NOW, NULL), ==, 0);
	g_assert_cmpint(kasper_store_backup_prepare(store, fixture->repository, NOW, NULL), ==, 2);
	late = store_fixture_make_pair(fixture);
	g_assert_cmpint(kasper_store_backup_commit(store, 0, NOW + 9, NULL), ==, 2);
	g_assert_cmpint(get_backup(fixture, early, &done), ==, KASPER_BACKUP_DONE);
	g_assert_cmpint(done, ==, NOW + 9);
	g_assert_cmpint(get_backup(fixture, late, &done), ==, KASPER_BACKUP_NEEDED);
	g_assert_cmpint(done, ==, KASPER_TIME_UNSET);
	g_assert_cmpint(kasper_store_count_backups(store, 0, KASPER_BACKUP_NEEDED), ==, 1);
	g_assert_cmpint(kasper_store_count_backups(store, 0, KASPER_BACKUP_DONE), ==, 2);

	/* no longer required, and required again: what is safe elsewhere stays safe */
	g_assert_cmpint(require(fixture, FALSE, &changed), ==, fixture->repository);
	g_assert_true(changed);
	g_assert_cmpint(get_backup(fixture, late, NULL), ==, KASPER_BACKUP_NOT_NEEDED);
	g_assert_cmpint(get_backup(fixture, early, &done), ==, KASPER_BACKUP_DONE);
	g_assert_cmpint(done, ==, NOW + 9);
	g_assert_cmpint(require(fixture, TRUE, NULL), ==, fixture->repository);
	g_assert_cmpint(get_backup(fixture, late, NULL), ==, KASPER_BACKUP_NEEDED);
	g_assert_cmpint(get_backup(fixture, early, NULL), ==, KASPER_BACKUP_DONE);
	g_assert_true(kasper_store_backup_confirm(store, late, NOW, NULL));
	g_assert_cmpint(get_backup(fixture, late, NULL), ==, KASPER_BACKUP_DONE);
	g_assert_false(kasper_store_backup_confirm(store, 4711, NOW, NULL));
	store_fixture_commit(transaction);
}

/* the mark is the pair's: every zone that has it sees it in its snapshot */
static void
test_backup_in_snapshot(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 zone = store_fixture_add_zone(fixture, "example.org");
	KasperSnapshot snapshot;

	require(fixture, TRUE, NULL);
	store_fixture_make_pair(fixture);
	store_fixture_give_key(fixture, zone, KASPER_ROLE_KSK, FALSE);
	g_assert_true(kasper_store_load_snapshot(fixture->store, zone, &snapshot, NULL, NULL));
	g_assert_cmpint(snapshot.keys[0].backup, ==, KASPER_BACKUP_NEEDED);
	kasper_store_backup_prepare(fixture->store, 0, NOW, NULL);
	kasper_store_backup_commit(fixture->store, 0, NOW, NULL);
	g_assert_true(kasper_store_make_due_by_repository(fixture->store,
							  fixture->repository,
							  NOW - 5,
							  NULL));
	store_fixture_commit(transaction);
	g_assert_true(kasper_store_load_snapshot(fixture->store, zone, &snapshot, NULL, NULL));
	g_assert_cmpint(snapshot.keys[0].backup, ==, KASPER_BACKUP_DONE);
	g_assert_cmpint(kasper_store_get_next_due(fixture->store, NULL), ==, NOW - 5);
}

static gboolean
collect(const KasperPairRow *row, gpointer data)
{
	GString *text = data;

	g_string_append_printf(text, "%" G_GINT64_FORMAT " ", row->number);
	return text->len < 8;
}

static void
test_each(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_autoptr(GString) text = g_string_new(NULL);
	g_auto(KasperPairRow)
	    row = {.repository = fixture->repository, .algorithm = 13, .bits = 256};

	for (guint i = 0; i < 5; i++)
		store_fixture_make_pair(fixture);
	kasper_store_set_pair_state(fixture->store, 2, KASPER_PAIR_DESTROYING, NULL);
	row.id = g_strdup("aa");
	g_assert_true(kasper_store_plan_pair(fixture->store, &row, NOW, NULL));
	g_assert_true(kasper_store_each_pair(fixture->store, 0, -1, collect, text, NULL));
	g_assert_cmpstr(text->str, ==, "1 2 3 4 ");
	g_string_truncate(text, 0);
	kasper_store_each_pair(fixture->store, 0, KASPER_PAIR_DESTROYING, collect, text, NULL);
	kasper_store_each_pair(fixture->store,
			       fixture->repository,
			       KASPER_PAIR_PLANNED,
			       collect,
			       text,
			       NULL);
	g_assert_cmpstr(text->str, ==, "2 6 ");
	kasper_store_each_pair(fixture->store, 99, -1, collect, text, NULL);
	g_assert_cmpstr(text->str, ==, "2 6 ");
	store_fixture_commit(transaction);
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	FIXTURE_TEST("/store/pair/life", test_life);
	FIXTURE_TEST("/store/pair/drop", test_drop);
	FIXTURE_TEST("/store/pair/pool", test_pool);
	FIXTURE_TEST("/store/pair/collision", test_collision);
	FIXTURE_TEST("/store/pair/policy-of-its-own", test_policy_of_its_own);
	FIXTURE_TEST("/store/pair/shared", test_shared);
	FIXTURE_TEST("/store/pair/backup", test_backup);
	FIXTURE_TEST("/store/pair/backup-in-snapshot", test_backup_in_snapshot);
	FIXTURE_TEST("/store/pair/each", test_each);
	return g_test_run();
}
