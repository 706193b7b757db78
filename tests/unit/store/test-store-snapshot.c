/* SPDX-License-Identifier: BSD-2-Clause */
#include "store-fixture.h"

#include <sqlite3.h>
#include <string.h>

#define FIXTURE_TEST(name, function)                                                               \
	g_test_add(name,                                                                           \
		   StoreFixture,                                                                   \
		   NULL,                                                                           \
		   store_fixture_set_up,                                                           \
		   function,                                                                       \
		   store_fixture_tear_down)

static KasperTime
random_time(void)
{
	switch (g_test_rand_int_range(0, 5)) {
	case 0:
		return KASPER_TIME_UNSET;
	case 1:
		return KASPER_TIME_NEVER;
	case 2:
		return 0;
	default:
		return NOW + g_test_rand_int_range(-100000, 100000);
	}
}

static guint8
random_below(gint limit)
{
	return (guint8)g_test_rand_int_range(0, limit);
}

static void
fill_key(KasperKey *key)
{
	key->tag = (guint16)g_test_rand_int_range(0, 65536);
	key->flags = (guint16)g_test_rand_int_range(0, 65536);
	key->roles = random_below(4);
	key->records = random_below(16);
	key->goal = random_below(2);
	key->availability = random_below(4);
	key->origin = random_below(3);
	key->ds_phase = random_below(6);
	key->standby = random_below(2);
	key->keep = random_below(2);
	key->roll = random_below(2);
	for (guint i = 0; i < KASPER_N_RECORDS; i++) {
		key->state[i] = random_below(5);
		key->since[i] = random_time();
	}
	key->created = random_time();
	key->published = random_time();
	key->ready = random_time();
	key->active = random_time();
	key->retired = random_time();
	key->dead = random_time();
}

static void
fill_version(KasperVersion *version)
{
	memset(version, 0, sizeof *version);
	version->keys = (KasperKeySet)g_test_rand_int();
	version->signers = (KasperKeySet)g_test_rand_int();
	for (guint i = 0; i < KASPER_N_VIEWS; i++)
		version->views[i] = (KasperKeySet)g_test_rand_int();
	version->flags = random_below(127);
	version->ttl = g_test_rand_int_range(0, 1000000);
	version->since = random_time();
	version->gone = random_time();
	version->end = random_time();
}

/* what the pair says of a key, and not the zone */
static void
fill_pair(StoreFixture *fixture, KasperKey *key)
{
	memset(key, 0, sizeof *key);
	key->number = store_fixture_make_pair(fixture);
	key->store = fixture->repository;
	key->algorithm = KASPER_ALGORITHM_ECDSAP256SHA256;
	key->bits = 256;
	fill_key(key);
}

static void
fill_zone(KasperSnapshot *snapshot)
{
	snapshot->revision = g_test_rand_int_range(0, 1000);
	snapshot->confirmed = g_test_rand_int_range(0, 1000);
	snapshot->ordered_at = random_time();
	snapshot->gradual_until = random_time();
	snapshot->submission = g_test_rand_int_range(0, 1000);
	snapshot->submitted_at = random_time();
	snapshot->ds_seen_at = random_time();
	snapshot->holds = random_below(4);
	snapshot->insecure = random_below(2);
	snapshot->roll_roles = random_below(4);
	snapshot->served_ttl = g_test_rand_int_range(0, 100000);
}

/* every slot stays, changes, goes, comes or is replaced */
static void
change_keys(StoreFixture *fixture, KasperSnapshot *snapshot)
{
	snapshot->n_keys =
	    MAX(snapshot->n_keys, (guint)g_test_rand_int_range(0, KASPER_KEYS_MAX + 1));
	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		KasperKey *key = &snapshot->keys[slot];

		switch (g_test_rand_int_range(0, 6)) {
		case 0:
			memset(key, 0, sizeof *key);
			break;
		case 1:
			fill_pair(fixture, key);
			break;
		case 2:
			if (key->number != 0)
				fill_key(key);
			break;
		case 3:
			if (key->number != 0)
				key->dead = random_time();
			break;
		default:
			break;
		}
	}
}

static void
change_ledgers(KasperSnapshot *snapshot)
{
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		KasperLedger *ledger = &snapshot->ledgers[kind];
		guint n = (guint)g_test_rand_int_range(0, KASPER_VERSIONS_MAX + 1);

		for (guint i = 0; i < n; i++) {
			if (i >= ledger->n_versions || g_test_rand_int_range(0, 4) == 0)
				fill_version(&ledger->versions[i]);
			else if (g_test_rand_int_range(0, 3) == 0)
				ledger->versions[i].end = random_time();
		}
		ledger->n_versions = n;
	}
}

static void
assert_same(const KasperSnapshot *seen, const KasperSnapshot *wanted)
{
	g_assert_cmpint(seen->zone, ==, wanted->zone);
	g_assert_cmpint(seen->revision, ==, wanted->revision);
	g_assert_cmpint(seen->confirmed, ==, wanted->confirmed);
	g_assert_cmpint(seen->ordered_at, ==, wanted->ordered_at);
	g_assert_cmpint(seen->gradual_until, ==, wanted->gradual_until);
	g_assert_cmpint(seen->submission, ==, wanted->submission);
	g_assert_cmpint(seen->submitted_at, ==, wanted->submitted_at);
	g_assert_cmpint(seen->ds_seen_at, ==, wanted->ds_seen_at);
	g_assert_cmpuint(seen->holds, ==, wanted->holds);
	g_assert_cmpuint(seen->insecure, ==, wanted->insecure);
	g_assert_cmpuint(seen->roll_roles, ==, wanted->roll_roles);
	g_assert_cmpint(seen->served_ttl, ==, wanted->served_ttl);
	g_assert_cmpuint(seen->n_keys, ==, wanted->n_keys);
	for (guint slot = 0; slot < wanted->n_keys; slot++)
		g_assert_cmpmem(&seen->keys[slot],
				sizeof seen->keys[slot],
				&wanted->keys[slot],
				sizeof wanted->keys[slot]);
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		const KasperLedger *ledger = &wanted->ledgers[kind];

		g_assert_cmpuint(seen->ledgers[kind].n_versions, ==, ledger->n_versions);
		g_assert_cmpmem(seen->ledgers[kind].versions,
				ledger->n_versions * sizeof ledger->versions[0],
				ledger->versions,
				ledger->n_versions * sizeof ledger->versions[0]);
	}
}

static void
load(StoreFixture *fixture, gint64 zone, KasperSnapshot *snapshot)
{
	g_autoptr(GError) error = NULL;

	kasper_store_load_snapshot(fixture->store, zone, snapshot, NULL, &error);
	g_assert_no_error(error);
}

static void
save(StoreFixture *fixture, const KasperSnapshot *before, const KasperSnapshot *after)
{
	g_autoptr(GError) error = NULL;

	kasper_store_save_snapshot(fixture->store,
				   before,
				   after,
				   NULL,
				   KASPER_TIME_NEVER,
				   NULL,
				   NULL,
				   &error);
	g_assert_no_error(error);
}

/* whatever a snapshot is changed to comes back, also after the store was closed */
static void
test_round_trip(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 zone = store_fixture_add_zone(fixture, "example.org");
	KasperSnapshot before, after, seen;

	load(fixture, zone, &before);
	for (guint round = 0; round < 60; round++) {
		after = before;
		fill_zone(&after);
		change_keys(fixture, &after);
		change_ledgers(&after);
		save(fixture, round == 0 ? NULL : &before, &after);
		load(fixture, zone, &seen);
		assert_same(&seen, &after);
		before = seen;
		if (round % 20 != 19)
			continue;
		store_fixture_commit(transaction);
		store_fixture_close(fixture);
		store_fixture_open(fixture);
		load(fixture, zone, &seen);
		assert_same(&seen, &after);
		transaction = store_fixture_begin(fixture);
	}
	store_fixture_commit(transaction);
}

/* each pair knows how many zones have it */
static void
test_pairs_are_counted(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 first = store_fixture_add_zone(fixture, "a.example");
	gint64 second = store_fixture_add_zone(fixture, "b.example");
	g_auto(KasperPairRow) row = {0};
	KasperSnapshot before, after;
	KasperKey key;

	fill_pair(fixture, &key);
	load(fixture, first, &before);
	after = before;
	after.n_keys = 3;
	after.keys[2] = key;
	save(fixture, &before, &after);
	load(fixture, second, &before);
	before.n_keys = after.n_keys = 1;
	after = before;
	after.keys[0] = key;
	save(fixture, &before, &after);
	g_assert_true(kasper_store_get_pair(fixture->store, key.number, &row, NULL));
	g_assert_cmpint(row.zones, ==, 2);
	kasper_pair_row_clear(&row);
	before = after;
	memset(&after.keys[0], 0, sizeof after.keys[0]);
	save(fixture, &before, &after);
	g_assert_true(kasper_store_get_pair(fixture->store, key.number, &row, NULL));
	g_assert_cmpint(row.zones, ==, 1);
	g_assert_cmpint(row.state, ==, KASPER_PAIR_MADE);
	store_fixture_commit(transaction);
}

/* what did not change is not written: SQLite counts the rows */
static void
test_only_differences(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 zone = store_fixture_add_zone(fixture, "example.org");
	g_autoptr(GError) error = NULL;
	KasperSnapshot before, after;
	sqlite3 *database = NULL;
	sqlite3_stmt *statement = NULL;

	load(fixture, zone, &before);
	after = before;
	change_keys(fixture, &after);
	change_ledgers(&after);
	save(fixture, &before, &after);
	store_fixture_commit(transaction);

	/* rows of this table may not be touched any more */
	store_fixture_close(fixture);
	store_fixture_run_sql(fixture->path,
			      "CREATE TRIGGER guard_key BEFORE UPDATE ON zone_key "
			      "BEGIN SELECT RAISE(ABORT, 'key'); END;"
			      "CREATE TRIGGER guard_version BEFORE INSERT ON version "
			      "BEGIN SELECT RAISE(ABORT, 'version'); END");
	store_fixture_open(fixture);
	transaction = store_fixture_begin(fixture);
	load(fixture, zone, &before);
	after = before;
	after.revision = 77;
	save(fixture, &before, &after);
	store_fixture_commit(transaction);

	/* and the guard does guard */
	transaction = store_fixture_begin(fixture);
	after.ledgers[KASPER_LEDGER_DS].n_versions = 1;
	fill_version(&after.ledgers[KASPER_LEDGER_DS].versions[0]);
	g_assert_false(kasper_store_save_snapshot(fixture->store,
						  &before,
						  &after,
						  NULL,
						  NOW,
						  NULL,
						  NULL,
						  &error));
	g_assert_nonnull(error);
	kasper_transaction_free(transaction);
	g_assert_cmpint(sqlite3_open(fixture->path, &database), ==, SQLITE_OK);
	g_assert_cmpint(
	    sqlite3_prepare_v2(database, "SELECT revision FROM zone", -1, &statement, NULL),
	    ==,
	    SQLITE_OK);
	g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
	g_assert_cmpint(sqlite3_column_int(statement, 0), ==, 77);
	sqlite3_finalize(statement);
	sqlite3_close(database);
}

static void
test_words(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 zone = store_fixture_add_zone(fixture, "example.org");
	g_auto(KasperZoneRow) row = {0};
	KasperSnapshot snapshot;

	store_fixture_make_pair(fixture);
	store_fixture_give_key(fixture, zone, KASPER_ROLE_KSK, FALSE);
	store_fixture_commit(transaction);
	g_assert_true(kasper_store_load_snapshot(fixture->store, zone, &snapshot, &row, NULL));
	g_assert_cmpstr(row.state, ==, "unsigned");
	g_assert_cmpstr(row.waiting_for, ==, "");
	g_assert_cmpint(row.next_due, ==, NOW + 60);
	g_assert_cmpint(snapshot.keys[0].flags, ==, 257);
}

static void
test_unknown_zone(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_autoptr(GError) error = NULL;
	KasperSnapshot snapshot = {.zone = 4711};

	g_assert_false(kasper_store_load_snapshot(fixture->store, 4711, &snapshot, NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_clear_error(&error);
	snapshot.zone = 4711;
	g_assert_false(kasper_store_save_snapshot(fixture->store,
						  NULL,
						  &snapshot,
						  NULL,
						  NOW,
						  NULL,
						  NULL,
						  &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	store_fixture_commit(transaction);
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	FIXTURE_TEST("/store/snapshot/round-trip", test_round_trip);
	FIXTURE_TEST("/store/snapshot/pairs-are-counted", test_pairs_are_counted);
	FIXTURE_TEST("/store/snapshot/only-differences", test_only_differences);
	FIXTURE_TEST("/store/snapshot/words", test_words);
	FIXTURE_TEST("/store/snapshot/unknown-zone", test_unknown_zone);
	return g_test_run();
}
