/* SPDX-License-Identifier: BSD-2-Clause */

/* what a start asks of the store: what was applied before, and what was left in hand */

#include "store-fixture.h"

#define FIXTURE_TEST(name, function)                                                               \
	g_test_add(name,                                                                           \
		   StoreFixture,                                                                   \
		   NULL,                                                                           \
		   store_fixture_set_up,                                                           \
		   function,                                                                       \
		   store_fixture_tear_down)

static void
assert_applied(StoreFixture *fixture, const gchar *what, const gchar *wanted)
{
	g_autofree gchar *digest = kasper_store_dup_applied(fixture->store, what);

	g_assert_cmpstr(digest, ==, wanted);
}

static void
test_applied(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);

	assert_applied(fixture, "zones", NULL);
	g_assert_true(kasper_store_set_applied(fixture->store, "zones", "one", NULL));
	g_assert_true(kasper_store_set_applied(fixture->store, "policy 1", "two", NULL));
	g_assert_true(kasper_store_set_applied(fixture->store, "zones", "three", NULL));
	store_fixture_commit(transaction);
	transaction = store_fixture_begin(fixture);
	g_assert_true(kasper_store_set_applied(fixture->store, "zones", NULL, NULL));
	assert_applied(fixture, "zones", NULL);
	kasper_transaction_free(transaction);
	store_fixture_close(fixture);
	store_fixture_open(fixture);
	assert_applied(fixture, "zones", "three");
	assert_applied(fixture, "policy 1", "two");
	transaction = store_fixture_begin(fixture);
	g_assert_true(kasper_store_set_applied(fixture->store, "zones", NULL, NULL));
	store_fixture_commit(transaction);
	assert_applied(fixture, "zones", NULL);
}

static gint64
add_intent(StoreFixture *fixture, KasperIntentKind kind, gint64 zone, gint stage, KasperTime due)
{
	g_auto(KasperIntentRow)
	    row = {.kind = kind, .zone = zone, .stage = stage, .created = NOW, .due = due};

	row.id = g_strdup_printf("intent-%u-%" G_GINT64_FORMAT, kind, zone);
	g_assert_true(kasper_store_add_intent(fixture->store, &row, NULL));
	return row.number;
}

static gboolean
collect(const KasperIntentRow *row, gpointer data)
{
	g_string_append_printf(data, "%" G_GINT64_FORMAT " ", row->zone);
	return TRUE;
}

/* what was put off because it failed, or is to be looked at later, keeps its time */
static void
test_leases(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_autoptr(GString) due = g_string_new(NULL);
	gint64 last;

	g_assert_cmpint(kasper_store_get_last_intent(fixture->store), ==, 0);
	add_intent(fixture, KASPER_INTENT_ORDER, 1, 0, NOW + 900);
	last = add_intent(fixture, KASPER_INTENT_ORDER, 2, 0, NOW);
	g_assert_true(
	    kasper_store_postpone_intent(fixture->store, last, 0, NOW + 60, NULL, "why", NULL));
	add_intent(fixture, KASPER_INTENT_ORDER, 3, 1, NOW + 900);
	add_intent(fixture, KASPER_INTENT_DS, 4, 0, NOW + 900);
	last = add_intent(fixture, KASPER_INTENT_ORDER, 5, 0, NOW - 7);
	g_assert_true(kasper_store_end_leases(fixture->store, NOW, NULL));
	store_fixture_commit(transaction);
	g_assert_true(kasper_store_each_intent(fixture->store, -1, NOW, 9, collect, due, NULL));
	g_assert_cmpstr(due->str, ==, "5 1 ");
	store_fixture_close(fixture);
	store_fixture_open(fixture);
	g_assert_cmpint(kasper_store_get_last_intent(fixture->store), ==, last);
}

static void
save(StoreFixture *fixture, gint64 zone, KasperTime due, const gchar *waiting_for, guint roll)
{
	KasperSnapshot before, after;

	g_assert_true(kasper_store_load_snapshot(fixture->store, zone, &before, NULL, NULL));
	after = before;
	after.roll_roles = (guint8)roll;
	g_assert_true(kasper_store_save_snapshot(fixture->store,
						 &before,
						 &after,
						 NULL,
						 due,
						 "signed",
						 waiting_for,
						 NULL));
}

static void
hold(StoreFixture *fixture, gint64 zone, guint holds)
{
	KasperSnapshot before, after;

	g_assert_true(kasper_store_load_snapshot(fixture->store, zone, &before, NULL, NULL));
	after = before;
	after.holds = holds;
	g_assert_true(kasper_store_save_snapshot(fixture->store,
						 &before,
						 &after,
						 NULL,
						 NOW + 3600,
						 "held",
						 "operator",
						 NULL));
}

static void
assert_zone(StoreFixture *fixture, gint64 zone, KasperTime due, guint roll)
{
	g_auto(KasperZoneRow) row = {0};
	KasperSnapshot snapshot;

	g_assert_true(kasper_store_load_snapshot(fixture->store, zone, &snapshot, &row, NULL));
	g_assert_cmpint(row.next_due, ==, due);
	g_assert_cmpuint(snapshot.roll_roles, ==, roll);
}

static void
test_waiting(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 a = store_fixture_add_zone(fixture, "a.example");
	gint64 b = store_fixture_add_zone(fixture, "b.example");
	gint64 c = store_fixture_add_zone(fixture, "c.example");
	gint64 d = store_fixture_add_zone(fixture, "d.example");
	gint64 e = store_fixture_add_zone(fixture, "e.example");

	save(fixture, a, NOW + 3600, "key", 0);
	save(fixture, b, NOW + 3600, "signer", 0);
	save(fixture, c, KASPER_TIME_NEVER, "key", 0);
	hold(fixture, d, KASPER_HOLD_SIGNED);
	hold(fixture, e, KASPER_HOLD_MANUAL);
	g_assert_true(
	    kasper_store_make_due_waiting(fixture->store, "key", KASPER_HOLD_SIGNED, NOW, NULL));
	store_fixture_commit(transaction);
	assert_zone(fixture, a, NOW, 0);
	assert_zone(fixture, b, NOW + 3600, 0);
	assert_zone(fixture, c, NOW, 0);
	assert_zone(fixture, d, NOW, 0);
	assert_zone(fixture, e, NOW + 3600, 0);
}

static void
test_rollovers(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 a = store_fixture_add_zone(fixture, "a.example");
	gint64 b = store_fixture_add_zone(fixture, "b.example");
	gint64 c = store_fixture_add_zone(fixture, "c.example");

	save(fixture, a, NOW - 5, "", 0);
	save(fixture, b, KASPER_TIME_NEVER, "", KASPER_ROLE_KEY);
	save(fixture, c, NOW + 9, "", 0);
	g_assert_cmpint(kasper_store_request_rollovers(fixture->store,
						       fixture->policy,
						       KASPER_ROLE_ZONE,
						       NOW,
						       NULL),
			==,
			3);
	g_assert_cmpint(
	    kasper_store_request_rollovers(fixture->store, 99, KASPER_ROLE_KEY, NOW, NULL),
	    ==,
	    0);
	store_fixture_commit(transaction);
	assert_zone(fixture, a, NOW - 5, KASPER_ROLE_ZSK);
	assert_zone(fixture, b, NOW, KASPER_ROLE_CSK);
	assert_zone(fixture, c, NOW, KASPER_ROLE_ZSK);
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	FIXTURE_TEST("/store/start/applied", test_applied);
	FIXTURE_TEST("/store/start/leases", test_leases);
	FIXTURE_TEST("/store/start/waiting", test_waiting);
	FIXTURE_TEST("/store/start/rollovers", test_rollovers);
	return g_test_run();
}
