/* SPDX-License-Identifier: BSD-2-Clause */
#include "store-fixture.h"

#define FIXTURE_TEST(name, function)                                                               \
	g_test_add(name,                                                                           \
		   StoreFixture,                                                                   \
		   NULL,                                                                           \
		   store_fixture_set_up,                                                           \
		   function,                                                                       \
		   store_fixture_tear_down)

static void
assert_counts(StoreFixture *fixture, gint64 repository, gint64 wanted, gint64 wanted_pool)
{
	gint64 pool = -1;

	g_assert_cmpint(kasper_store_count_pairs(fixture->store, repository, &pool), ==, wanted);
	g_assert_cmpint(pool, ==, wanted_pool);
}

/* numbers that are kept in memory agree with what another process would count */
static void
test_counts(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 first = store_fixture_make_pair(fixture);
	gint64 second;

	assert_counts(fixture, 0, 1, 1);
	second = store_fixture_make_pair(fixture);
	assert_counts(fixture, fixture->repository, 2, 2);
	assert_counts(fixture, fixture->repository + 1, 0, 0);
	store_fixture_give_key(fixture,
			       store_fixture_add_zone(fixture, "a.example"),
			       KASPER_ROLE_KSK,
			       FALSE);
	assert_counts(fixture, 0, 2, 1);
	store_fixture_commit(transaction);
	transaction = store_fixture_begin(fixture);
	g_assert_true(
	    kasper_store_set_pair_state(fixture->store, second, KASPER_PAIR_DESTROYING, NULL));
	assert_counts(fixture, 0, 1, 0);
	g_assert_true(
	    kasper_store_set_pair_state(fixture->store, second, KASPER_PAIR_DESTROYED, NULL));
	assert_counts(fixture, 0, 1, 0);
	/* what is rolled back did not happen */
	kasper_transaction_free(transaction);
	assert_counts(fixture, 0, 2, 1);
	g_assert_cmpint(first, <, second);
	store_fixture_close(fixture);
	store_fixture_open(fixture);
	assert_counts(fixture, 0, 2, 1);
}

typedef struct {
	GString *text;
	guint limit;
} Listing;

static gboolean
collect(const KasperBackupRow *row, gpointer data)
{
	Listing *listing = data;

	g_string_append_printf(listing->text,
			       "%" G_GINT64_FORMAT "/%s/%s/%u/%s ",
			       row->number,
			       row->zone != NULL ? row->zone : "-",
			       kasper_role_to_string(row->roles),
			       row->zones,
			       kasper_backup_to_string(row->backup));
	g_assert_cmpuint(strlen(row->id), ==, 32);
	return --listing->limit > 0;
}

static void
assert_backups(StoreFixture *fixture,
	       gint64 repository,
	       gint64 after,
	       guint limit,
	       const gchar *wanted)
{
	g_autoptr(GError) error = NULL;
	Listing listing = {.text = g_string_new(NULL), .limit = limit};

	kasper_store_each_backup(fixture->store, repository, after, collect, &listing, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(listing.text->str, ==, wanted);
	g_string_free(listing.text, TRUE);
}

static void
test_backups(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 a = store_fixture_add_zone(fixture, "a.example");
	gint64 b = store_fixture_add_zone(fixture, "b.example");

	for (guint i = 0; i < 3; i++)
		store_fixture_make_pair(fixture);
	store_fixture_give_key(fixture, a, KASPER_ROLE_KSK, TRUE);
	store_fixture_give_key(fixture, b, KASPER_ROLE_KSK, TRUE);
	store_fixture_give_key(fixture, a, KASPER_ROLE_ZSK, FALSE);
	assert_backups(fixture, 0, 0, 10, "");
	kasper_store_put_repository(fixture->store, "SoftHSM", TRUE, NULL, NULL);
	kasper_store_backup_prepare(fixture->store, 0, NOW, NULL);
	store_fixture_make_pair(fixture);
	store_fixture_commit(transaction);
	assert_backups(fixture,
		       fixture->repository,
		       0,
		       10,
		       "1/a.example/KSK/2/prepared 2/a.example/ZSK/1/prepared "
		       "3/-/none/0/prepared 4/-/none/0/needed ");
	assert_backups(fixture, 0, 2, 1, "3/-/none/0/prepared ");
	assert_backups(fixture, fixture->repository + 1, 0, 10, "");
}

static gboolean
collect_intent(const KasperIntentRow *row, gpointer data)
{
	g_string_append_printf(data, "%s ", row->id);
	return TRUE;
}

static void
add_intent(StoreFixture *fixture, KasperIntentKind kind, gint64 zone, const gchar *id)
{
	g_auto(KasperIntentRow) row = {.kind = kind, .zone = zone, .created = NOW, .due = NOW};

	row.id = g_strdup(id);
	g_assert_true(kasper_store_add_intent(fixture->store, &row, NULL));
}

static void
test_zone_intents(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	gint64 a = store_fixture_add_zone(fixture, "a.example");
	gint64 b = store_fixture_add_zone(fixture, "b.example");

	add_intent(fixture, KASPER_INTENT_DS, a, "ds-a");
	add_intent(fixture, KASPER_INTENT_ORDER, a, "order-a-1");
	add_intent(fixture, KASPER_INTENT_ORDER, a, "order-a-2");
	add_intent(fixture, KASPER_INTENT_ORDER, b, "order-b");
	add_intent(fixture, KASPER_INTENT_DESTROY, a, "destroy");
	store_fixture_commit(transaction);
	kasper_store_each_zone_intent(fixture->store, a, collect_intent, text, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(text->str, ==, "order-a-2 ds-a ");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	FIXTURE_TEST("/store/listing/counts", test_counts);
	FIXTURE_TEST("/store/listing/backups", test_backups);
	FIXTURE_TEST("/store/listing/zone-intents", test_zone_intents);
	return g_test_run();
}
