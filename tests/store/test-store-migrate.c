/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Databases of released versions (v1.db, ...) are brought to the version of today and keep all they
 * hold; a migration that fails leaves everything as it was. `test-store-migrate --make FILE` makes
 * such a database with the program as it is: once, when a version is released.
 */

#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "kasper-store-private.h"

#define FIXTURE_TEST(name, function)                                                               \
	g_test_add(name, StoreFixture, NULL, set_up, function, store_fixture_tear_down)

static gchar *source_root;

static gchar *
get_first_migration(void)
{
	g_autofree gchar *path =
	    g_build_filename(source_root, "core", "store", "schema", "0001-initial.sql", NULL);
	g_autoptr(GError) error = NULL;
	gchar *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

/* an unopened copy of v1.db */
static void
set_up(StoreFixture *fixture, gconstpointer data)
{
	g_autofree gchar *path = g_build_filename(source_root, "tests", "store", "v1.db", NULL);
	g_autofree gchar *octets = NULL;
	g_autoptr(GError) error = NULL;
	gsize length = 0;

	fixture->folder = g_dir_make_tmp("kasper-migrate-XXXXXX", &error);
	g_assert_no_error(error);
	fixture->path = g_build_filename(fixture->folder, "state.db", NULL);
	fixture->repository = fixture->policy = 1;
	g_file_get_contents(path, &octets, &length, &error);
	g_assert_no_error(error);
	g_file_set_contents(fixture->path, octets, (gssize)length, &error);
	g_assert_no_error(error);
}

static void
fill(StoreFixture *fixture)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 zone = store_fixture_add_zone(fixture, "example.org");
	g_auto(KasperIntentRow) intent = {.kind = KASPER_INTENT_ORDER,
					  .zone = zone,
					  .sequence = 3,
					  .created = NOW,
					  .due = NOW};
	KasperSnapshot before, after;

	store_fixture_add_zone(fixture, "example.net");
	for (guint i = 0; i < 3; i++)
		store_fixture_make_pair(fixture);
	store_fixture_give_key(fixture, zone, KASPER_ROLE_KSK, FALSE);
	store_fixture_give_key(fixture, zone, KASPER_ROLE_ZSK, FALSE);
	g_assert_true(kasper_store_load_snapshot(fixture->store, zone, &before, NULL, NULL));
	after = before;
	after.revision = 3;
	after.confirmed = 2;
	after.keys[0].active = NOW + 5;
	after.ledgers[KASPER_LEDGER_DNSKEY].n_versions = 2;
	for (guint i = 0; i < 2; i++)
		after.ledgers[KASPER_LEDGER_DNSKEY].versions[i] =
		    (KasperVersion){.keys = i + 1,
				    .ttl = 3600,
				    .since = NOW + i,
				    .gone = KASPER_TIME_UNSET,
				    .end = KASPER_TIME_NEVER};
	g_assert_true(kasper_store_save_snapshot(fixture->store,
						 &before,
						 &after,
						 NULL,
						 NOW + 77,
						 "signed",
						 "ds-seen",
						 NULL));
	intent.id = g_strdup("order-1-3");
	g_assert_true(kasper_store_add_intent(fixture->store, &intent, NULL));
	for (guint i = 0; i < 5; i++)
		g_assert_true(kasper_store_add_audit(fixture->store,
						     NOW + i,
						     "kasperd",
						     "order",
						     "example.org",
						     NULL,
						     "",
						     NULL));
	kasper_store_set_highest_time(fixture->store, NOW + 4, NULL);
	store_fixture_commit(transaction);
}

static void
assert_filled(StoreFixture *fixture)
{
	g_auto(KasperZoneRow) row = {0};
	KasperSnapshot snapshot;
	gint64 rows = 0, zone = 0;

	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 2);
	g_assert_true(kasper_store_load_snapshot(fixture->store, 1, &snapshot, &row, NULL));
	g_assert_cmpstr(row.name, ==, "example.org");
	g_assert_cmpstr(row.state, ==, "signed");
	g_assert_cmpstr(row.waiting_for, ==, "ds-seen");
	g_assert_cmpint(snapshot.revision, ==, 3);
	g_assert_cmpint(snapshot.confirmed, ==, 2);
	g_assert_cmpuint(snapshot.n_keys, ==, 2);
	g_assert_cmpint(snapshot.keys[0].active, ==, NOW + 5);
	g_assert_cmpint(snapshot.keys[0].flags, ==, 257);
	g_assert_cmpint(snapshot.keys[1].roles, ==, KASPER_ROLE_ZSK);
	g_assert_cmpuint(snapshot.ledgers[KASPER_LEDGER_DNSKEY].n_versions, ==, 2);
	g_assert_cmpint(snapshot.ledgers[KASPER_LEDGER_DNSKEY].versions[1].since, ==, NOW + 1);
	g_assert_cmpint(snapshot.ledgers[KASPER_LEDGER_DNSKEY].versions[1].end,
			==,
			KASPER_TIME_NEVER);
	g_assert_cmpint(kasper_store_count_pool(fixture->store, 1, 13, 256, FALSE), ==, 1);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 1);
	g_assert_cmpint(kasper_store_get_next_due(fixture->store, &zone), ==, NOW);
	g_assert_cmpint(zone, ==, 2);
	g_assert_cmpint(kasper_store_get_highest_time(fixture->store), ==, NOW + 4);
	g_assert_cmpint(kasper_store_verify_audit(fixture->store, &rows, NULL), ==, -1);
	g_assert_cmpint(rows, ==, 5);
}

static void
test_first_version(StoreFixture *fixture, gconstpointer data)
{
	store_fixture_open(fixture);
	assert_filled(fixture);
}

/* out of nothing: the first migration is one like the others */
static void
test_from_nothing(StoreFixture *fixture, gconstpointer data)
{
	g_unlink(fixture->path);
	store_fixture_open(fixture);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 0);
}

static KasperStore *
open_with(StoreFixture *fixture, const gchar *second, const gchar *third, GError **error)
{
	g_autofree gchar *first = get_first_migration();
	const gchar *migrations[] = {first, second, third, NULL};

	return kasper_store_open_with(fixture->path, migrations, error);
}

static gboolean
has_file(StoreFixture *fixture, const gchar *suffix)
{
	g_autofree gchar *path = g_strconcat(fixture->path, suffix, NULL);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* two versions on; each that is left behind stays as a copy that opens */
static void
test_onwards(StoreFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *copy = g_strconcat(fixture->path, "-v1.db", NULL);

	fixture->store = open_with(fixture,
				   "ALTER TABLE zone ADD COLUMN note TEXT",
				   "UPDATE zone SET note = 'third'",
				   &error);
	g_assert_no_error(error);
	assert_filled(fixture);
	store_fixture_close(fixture);
	g_assert_true(has_file(fixture, "-v2.db"));
	g_assert_false(has_file(fixture, "-v3.db"));
	g_assert_false(has_file(fixture, "-v1.db.part"));

	/* the older program leaves the newer file alone, and says what to do */
	g_assert_null(kasper_store_open(fixture->path, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
	g_assert_nonnull(strstr(error->message, "-v2.db"));
	g_clear_error(&error);

	/* the copy, in the place of the file */
	g_assert_cmpint(g_rename(copy, fixture->path), ==, 0);
	fixture->store = kasper_store_open(fixture->path, &error);
	if (fixture->store == NULL) {
		g_autofree gchar *witness = g_strconcat(fixture->path, ".witness", NULL);

		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
		g_unlink(witness);
		store_fixture_open(fixture);
	}
	assert_filled(fixture);
}

static void
assert_fails(StoreFixture *fixture, const gchar *second, const gchar *pattern)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(open_with(fixture, second, NULL, &error));
	g_assert_nonnull(error);
	if (!g_pattern_match_simple(pattern, error->message))
		g_error("'%s' does not match '%s'", error->message, pattern);
	fixture->store = open_with(fixture, NULL, NULL, NULL);
	assert_filled(fixture);
	store_fixture_close(fixture);
}

static void
test_failing(StoreFixture *fixture, gconstpointer data)
{
	assert_fails(fixture,
		     "DELETE FROM zone; this is no SQL",
		     "migrate to version 2: *syntax error*");
	assert_fails(fixture,
		     "PRAGMA defer_foreign_keys=ON; DELETE FROM pair WHERE number = 1",
		     "migrate to version 2: *references that lead nowhere*");
	g_assert_true(has_file(fixture, "-v1.db"));
}

/* no room for the copy: no migration */
static void
test_no_copy(StoreFixture *fixture, gconstpointer data)
{
	g_autofree gchar *copy = g_strconcat(fixture->path, "-v1.db", NULL);
	g_autofree gchar *inside = g_build_filename(copy, "inside", NULL);

	g_assert_cmpint(g_mkdir(copy, 0755), ==, 0);
	g_assert_true(g_file_set_contents(inside, "", 0, NULL));
	assert_fails(fixture, "UPDATE zone SET state = 'never'", "*make a copy: *state.db-v1.db*");
	g_unlink(inside);
	g_rmdir(copy);
}

/* the newer version is in the log only: the header of the file still tells of the older one */
static void
test_newer_in_the_log(StoreFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *wal = g_strconcat(fixture->path, "-wal", NULL);
	g_autofree gchar *kept_wal = g_strconcat(fixture->path, "-wal.kept", NULL);
	g_autofree gchar *kept = g_strconcat(fixture->path, ".kept", NULL);
	const gchar *const names[][2] = {{fixture->path, kept}, {wal, kept_wal}};

	fixture->store = open_with(fixture,
				   "UPDATE zone SET state = 'v2'",
				   "UPDATE zone SET state = 'v3'",
				   &error);
	g_assert_no_error(error);
	for (guint i = 0; i < 2; i++) {
		g_autofree gchar *octets = NULL;
		gsize length = 0;

		g_assert_true(g_file_get_contents(names[i][0], &octets, &length, NULL));
		g_assert_true(g_file_set_contents(names[i][1], octets, (gssize)length, NULL));
	}
	store_fixture_close(fixture);
	for (guint i = 0; i < 2; i++)
		g_assert_cmpint(g_rename(names[i][1], names[i][0]), ==, 0);
	g_assert_null(kasper_store_open(fixture->path, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
	g_assert_true(has_file(fixture, "-wal"));
}

static gint
make(const gchar *path)
{
	StoreFixture fixture = {0};
	g_autofree gchar *octets = NULL;
	gsize length = 0;
	gboolean done;

	store_fixture_set_up(&fixture, NULL);
	fill(&fixture);
	assert_filled(&fixture);
	store_fixture_close(&fixture);
	done = g_file_get_contents(fixture.path, &octets, &length, NULL) &&
	       g_file_set_contents(path, octets, (gssize)length, NULL);
	store_fixture_tear_down(&fixture, NULL);
	return done ? 0 : 1;
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	source_root = g_strdup(g_getenv("KASPER_SOURCE_ROOT"));
	if (argc == 3 && strcmp(argv[1], "--make") == 0)
		return make(argv[2]);
	g_assert_nonnull(source_root);
	FIXTURE_TEST("/store/migrate/first-version", test_first_version);
	FIXTURE_TEST("/store/migrate/from-nothing", test_from_nothing);
	FIXTURE_TEST("/store/migrate/onwards", test_onwards);
	FIXTURE_TEST("/store/migrate/failing", test_failing);
	FIXTURE_TEST("/store/migrate/no-copy", test_no_copy);
	FIXTURE_TEST("/store/migrate/newer-in-the-log", test_newer_in_the_log);
	return g_test_run();
}
