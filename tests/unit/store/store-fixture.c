/* SPDX-License-Identifier: BSD-2-Clause */
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

void
store_fixture_remove_folder(const gchar *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const gchar *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree gchar *path = g_build_filename(folder, name, NULL);

		g_unlink(path);
	}
	g_rmdir(folder);
}

void
store_fixture_open(StoreFixture *fixture)
{
	g_autoptr(GError) error = NULL;

	fixture->store = kasper_store_open(fixture->path, &error);
	g_assert_no_error(error);
}

void
store_fixture_close(StoreFixture *fixture)
{
	g_clear_object(&fixture->store);
}

KasperTransaction *
store_fixture_begin(StoreFixture *fixture)
{
	g_autoptr(GError) error = NULL;
	KasperTransaction *transaction = kasper_store_begin(fixture->store, &error);

	g_assert_no_error(error);
	return transaction;
}

void
store_fixture_commit(KasperTransaction *transaction)
{
	g_autoptr(GError) error = NULL;

	kasper_transaction_commit(transaction, &error);
	g_assert_no_error(error);
	kasper_transaction_free(transaction);
}

void
store_fixture_set_up(StoreFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	KasperTransaction *transaction;

	fixture->folder = g_dir_make_tmp("kasper-store-XXXXXX", &error);
	g_assert_no_error(error);
	fixture->path = g_build_filename(fixture->folder, "state.db", NULL);
	store_fixture_open(fixture);
	transaction = store_fixture_begin(fixture);
	fixture->repository =
	    kasper_store_put_repository(fixture->store, "SoftHSM", FALSE, NULL, &error);
	g_assert_no_error(error);
	fixture->policy = kasper_store_put_policy(fixture->store, "default", &error);
	g_assert_no_error(error);
	store_fixture_commit(transaction);
}

void
store_fixture_tear_down(StoreFixture *fixture, gconstpointer data)
{
	store_fixture_close(fixture);
	store_fixture_remove_folder(fixture->folder);
	g_free(fixture->folder);
	g_free(fixture->path);
}

gint64
store_fixture_add_zone(StoreFixture *fixture, const gchar *name)
{
	g_autoptr(GError) error = NULL;
	g_auto(KasperZoneRow) row = {.policy = fixture->policy};

	row.name = g_strdup(name);
	row.signer_configuration = g_strdup_printf("/signconf/%s.xml", name);
	kasper_store_add_zone(fixture->store, &row, NOW, &error);
	g_assert_no_error(error);
	g_assert_cmpint(row.number, >, 0);
	g_assert_cmpint(row.next_due, ==, NOW);
	return row.number;
}

gint64
store_fixture_make_pair(StoreFixture *fixture)
{
	static guint64 made;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) public_key = NULL;
	g_auto(KasperPairRow) row = {
	    .repository = fixture->repository,
	    .algorithm = KASPER_ALGORITHM_ECDSAP256SHA256,
	    .bits = 256,
	};
	guint8 data[64] = "a public key";

	made++;
	row.id = g_strdup_printf("%032" G_GINT64_MODIFIER "x", made * 0x9e3779b97f4a7c15u);
	data[62] = (guint8)(made >> 8);
	data[63] = (guint8)made;
	public_key = g_bytes_new(data, sizeof data);
	kasper_store_plan_pair(fixture->store, &row, NOW, &error);
	g_assert_no_error(error);
	kasper_store_pair_made(fixture->store, row.number, public_key, NOW, &error);
	g_assert_no_error(error);
	return row.number;
}

KasperDemand
store_fixture_get_demand(StoreFixture *fixture, guint roles)
{
	return (KasperDemand){
	    .store = fixture->repository,
	    .bits = 256,
	    .algorithm = KASPER_ALGORITHM_ECDSAP256SHA256,
	    .roles = (guint8)roles,
	};
}

gint64
store_fixture_give_key(StoreFixture *fixture, gint64 zone, guint roles, gboolean shares)
{
	KasperDemand demand = store_fixture_get_demand(fixture, roles);
	g_autoptr(GError) error = NULL;
	KasperSnapshot before, after;
	KasperKeyWord words[KASPER_KEYS_MAX] = {0};
	KasperKey key = {0};

	kasper_store_load_snapshot(fixture->store, zone, &before, NULL, &error);
	g_assert_no_error(error);
	if (!shares ||
	    !kasper_store_find_shared_pair(fixture->store, &demand, fixture->policy, &key, &error))
		g_assert_true(kasper_store_take_pair(fixture->store,
						     &demand,
						     fixture->policy,
						     NULL,
						     0,
						     &key,
						     &error));
	g_assert_no_error(error);
	key.roles = (guint8)roles;
	key.goal = KASPER_GOAL_IN;
	after = before;
	after.policy.share_keys = shares ? 1 : 0;
	after.keys[after.n_keys] = key;
	words[after.n_keys++] = (KasperKeyWord){.state = "generate", .next_time = NOW + 60};
	for (guint i = 0; i < before.n_keys; i++)
		words[i] = (KasperKeyWord){.state = "generate", .next_time = NOW + 60};
	kasper_store_save_snapshot(fixture->store,
				   &before,
				   &after,
				   words,
				   NOW + 60,
				   "unsigned",
				   "",
				   &error);
	g_assert_no_error(error);
	return key.number;
}

void
store_fixture_run_sql(const gchar *path, const gchar *sql)
{
	sqlite3 *database = NULL;
	gchar *text = NULL;

	g_assert_cmpint(sqlite3_open(path, &database), ==, SQLITE_OK);
	sqlite3_exec(database, sql, NULL, NULL, &text);
	g_assert_cmpstr(text, ==, NULL);
	sqlite3_close(database);
}
