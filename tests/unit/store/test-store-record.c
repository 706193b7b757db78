/* SPDX-License-Identifier: BSD-2-Clause */

/* zones and their queue, the outbox, and the journal */

#include "store-fixture.h"

#include <string.h>

#define FIXTURE_TEST(name, function)                                                               \
	g_test_add(name,                                                                           \
		   StoreFixture,                                                                   \
		   NULL,                                                                           \
		   store_fixture_set_up,                                                           \
		   function,                                                                       \
		   store_fixture_tear_down)

static gboolean
collect_zone(const KasperZoneRow *row, gpointer data)
{
	g_string_append_printf(data, "%s ", row->name);
	return strcmp(row->name, "c.example") != 0;
}

static void
test_zones(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 other = kasper_store_put_policy(fixture->store, "other", NULL);
	gint64 b = store_fixture_add_zone(fixture, "b.example");
	g_autoptr(GString) names = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_auto(KasperZoneRow) row = {0};

	store_fixture_add_zone(fixture, "d.example");
	store_fixture_add_zone(fixture, "a.example");
	store_fixture_add_zone(fixture, "c.example");
	kasper_store_each_zone(fixture->store, 0, NULL, collect_zone, names, NULL);
	g_assert_cmpstr(names->str, ==, "a.example b.example c.example ");
	g_string_truncate(names, 0);
	kasper_store_each_zone(fixture->store, 0, "c.example", collect_zone, names, NULL);
	g_assert_cmpstr(names->str, ==, "d.example ");

	g_assert_true(kasper_store_get_zone(fixture->store, b, &row, NULL));
	g_assert_cmpstr(row.signer_configuration, ==, "/signconf/b.example.xml");
	g_assert_null(row.input);
	row.policy = other;
	row.input = g_strdup("/unsigned/b");
	g_assert_true(kasper_store_update_zone(fixture->store, &row, NULL));
	kasper_zone_row_clear(&row);
	store_fixture_commit(transaction);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 4);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, other), ==, 1);
	store_fixture_close(fixture);
	store_fixture_open(fixture);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, fixture->policy), ==, 3);
	g_assert_true(kasper_store_find_zone(fixture->store, "b.example", &row, NULL));
	g_assert_cmpstr(row.input, ==, "/unsigned/b");
	g_assert_cmpint(row.policy, ==, other);
	g_assert_false(kasper_store_find_zone(fixture->store, "e.example", NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_string_truncate(names, 0);
	kasper_store_each_zone(fixture->store, other, NULL, collect_zone, names, NULL);
	g_assert_cmpstr(names->str, ==, "b.example ");
}

static void
test_queue(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 a = store_fixture_add_zone(fixture, "a.example");
	gint64 b = store_fixture_add_zone(fixture, "b.example");
	g_autoptr(GArray) due = NULL;
	KasperSnapshot snapshot;
	gint64 zone = 0;

	g_assert_true(kasper_store_make_due(fixture->store, b, 0, NOW - 10, NULL));
	g_assert_true(kasper_store_make_due(fixture->store, a, 0, NOW + 10, NULL));
	due = kasper_store_list_due(fixture->store, NOW, 10, NULL);
	g_assert_cmpuint(due->len, ==, 2);
	g_assert_cmpint(g_array_index(due, gint64, 0), ==, b);
	g_assert_cmpint(g_array_index(due, gint64, 1), ==, a);
	g_clear_pointer(&due, g_array_unref);
	due = kasper_store_list_due(fixture->store, NOW, 1, NULL);
	g_assert_cmpuint(due->len, ==, 1);
	g_assert_true(kasper_store_load_snapshot(fixture->store, a, &snapshot, NULL, NULL));
	for (guint i = 0; i < 2; i++) {
		snapshot.zone = i == 0 ? a : b;
		g_assert_true(kasper_store_save_snapshot(fixture->store,
							 &snapshot,
							 &snapshot,
							 NULL,
							 i == 0 ? KASPER_TIME_NEVER : NOW + 99,
							 NULL,
							 NULL,
							 NULL));
	}
	g_assert_cmpint(kasper_store_get_next_due(fixture->store, &zone), ==, NOW + 99);
	g_assert_cmpint(zone, ==, b);
	g_assert_true(kasper_store_make_due(fixture->store, 0, 99, NOW, NULL));
	g_assert_cmpint(kasper_store_get_next_due(fixture->store, &zone), ==, NOW + 99);
	g_assert_true(kasper_store_make_due(fixture->store, 0, fixture->policy, NOW + 50, NULL));
	g_assert_cmpint(kasper_store_get_next_due(fixture->store, &zone), ==, NOW + 50);
	g_assert_cmpint(zone, ==, a);
	g_assert_true(kasper_store_make_due(fixture->store, 0, 0, NOW + 40, NULL));
	g_assert_true(kasper_store_make_due(fixture->store, 4711, 0, NOW, NULL));
	store_fixture_commit(transaction);
	g_clear_pointer(&due, g_array_unref);
	due = kasper_store_list_due(fixture->store, NOW + 40, 10, NULL);
	g_assert_cmpuint(due->len, ==, 2);
}

static KasperIntentRow
make_intent(KasperIntentKind kind, gint64 zone, gint64 sequence, KasperTime due)
{
	KasperIntentRow row = {.kind = kind,
			       .zone = zone,
			       .sequence = sequence,
			       .created = NOW,
			       .due = due};

	row.id = g_strdup_printf("%d-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
				 (gint)kind,
				 zone,
				 sequence);
	return row;
}

static gint64
add_intent(StoreFixture *fixture,
	   KasperIntentKind kind,
	   gint64 zone,
	   gint64 sequence,
	   KasperTime due)
{
	g_auto(KasperIntentRow) row = make_intent(kind, zone, sequence, due);
	g_autoptr(GError) error = NULL;

	row.payload = g_strdup("{}");
	row.target = kind == KASPER_INTENT_EVENT ? g_strdup("syslog") : NULL;
	kasper_store_add_intent(fixture->store, &row, &error);
	g_assert_no_error(error);
	return row.number;
}

static gboolean
collect_intent(const KasperIntentRow *row, gpointer data)
{
	g_string_append_printf(data,
			       "%s:%d:%u:%s:%s ",
			       row->id,
			       row->stage,
			       row->tries,
			       row->token != NULL ? row->token : "-",
			       row->error != NULL ? row->error : "-");
	return TRUE;
}

static void
assert_intents(StoreFixture *fixture, gint kind, KasperTime now, guint limit, const gchar *wanted)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert_true(
	    kasper_store_each_intent(fixture->store, kind, now, limit, collect_intent, text, NULL));
	g_assert_cmpstr(text->str, ==, wanted);
}

static void
test_intents(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 order, event;

	g_assert_cmpint(kasper_store_get_next_intent(fixture->store), ==, KASPER_TIME_NEVER);
	order = add_intent(fixture, KASPER_INTENT_ORDER, 1, 1, NOW);
	add_intent(fixture, KASPER_INTENT_DS, 1, 1, NOW - 5);
	add_intent(fixture, KASPER_INTENT_ORDER, 2, 1, NOW - 1);
	event = add_intent(fixture, KASPER_INTENT_EVENT, 1, 0, NOW - 9);
	add_intent(fixture, KASPER_INTENT_EVENT, 1, 0, NOW);
	assert_intents(fixture, KASPER_INTENT_ORDER, NOW, 9, "0-2-1:0:0:-:- 0-1-1:0:0:-:- ");
	assert_intents(fixture, KASPER_INTENT_ORDER, NOW, 1, "0-2-1:0:0:-:- ");
	assert_intents(fixture, -1, NOW - 5, 9, "3-1-0:0:0:-:- 1-1-1:0:0:-:- ");
	g_assert_cmpint(kasper_store_get_next_intent(fixture->store), ==, NOW - 9);
	/* the next order of the zone takes the place of the last; events do not */
	g_assert_cmpint(add_intent(fixture, KASPER_INTENT_ORDER, 1, 2, NOW), >, order);
	g_assert_true(kasper_store_finish_intent(fixture->store, order, NULL));
	g_assert_true(
	    kasper_store_postpone_intent(fixture->store, order, 1, NOW, NULL, NULL, NULL));
	assert_intents(fixture, KASPER_INTENT_ORDER, NOW, 9, "0-2-1:0:0:-:- 0-1-2:0:0:-:- ");
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 5);
	g_assert_true(kasper_store_postpone_intent(fixture->store,
						   event,
						   0,
						   NOW + 60,
						   NULL,
						   "no route",
						   NULL));
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 1);
	g_assert_true(kasper_store_postpone_intent(fixture->store,
						   event,
						   1,
						   NOW + 60,
						   "ticket 5",
						   NULL,
						   NULL));
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 0);
	store_fixture_commit(transaction);
	assert_intents(fixture,
		       KASPER_INTENT_EVENT,
		       KASPER_TIME_NEVER,
		       9,
		       "3-1-0:0:0:-:- 3-1-0:1:2:ticket 5:- ");
	transaction = store_fixture_begin(fixture);
	g_assert_true(kasper_store_finish_intent(fixture->store, event, NULL));
	store_fixture_commit(transaction);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 4);
}

static void
test_delete_zone(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 a = store_fixture_add_zone(fixture, "a.example");
	gint64 b = store_fixture_add_zone(fixture, "b.example");
	gint64 shared = store_fixture_make_pair(fixture);
	gint64 own = store_fixture_make_pair(fixture);
	g_auto(KasperPairRow) row = {0};
	g_autofree gchar *wanted = NULL;
	g_autoptr(GError) error = NULL;

	store_fixture_give_key(fixture, a, KASPER_ROLE_KSK, TRUE);
	store_fixture_give_key(fixture, b, KASPER_ROLE_KSK, TRUE);
	store_fixture_give_key(fixture, a, KASPER_ROLE_ZSK, FALSE);
	add_intent(fixture, KASPER_INTENT_ORDER, a, 1, NOW);
	add_intent(fixture, KASPER_INTENT_DS, a, 1, NOW);
	add_intent(fixture, KASPER_INTENT_EVENT, a, 1, NOW);
	kasper_store_set_highest_time(fixture->store, NOW, NULL);
	store_fixture_commit(transaction);

	transaction = store_fixture_begin(fixture);
	g_assert_true(kasper_store_delete_zone(fixture->store, a, NOW + 99, NULL));
	g_assert_false(kasper_store_delete_zone(fixture->store, a, NOW + 99, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	store_fixture_commit(transaction);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 1);
	g_assert_true(kasper_store_get_pair(fixture->store, shared, &row, NULL));
	g_assert_cmpint(row.state, ==, KASPER_PAIR_MADE);
	g_assert_cmpint(row.zones, ==, 1);
	kasper_pair_row_clear(&row);
	g_assert_true(kasper_store_get_pair(fixture->store, own, &row, NULL));
	g_assert_cmpint(row.state, ==, KASPER_PAIR_DESTROYING);
	wanted = g_strdup_printf("destroy-%s:0:0:-:- ", row.id);
	assert_intents(fixture, KASPER_INTENT_DESTROY, NOW + 98, 9, "");
	assert_intents(fixture, KASPER_INTENT_DESTROY, NOW + 99, 9, wanted);
	assert_intents(fixture, KASPER_INTENT_ORDER, KASPER_TIME_NEVER, 9, "");
	assert_intents(fixture, KASPER_INTENT_DS, KASPER_TIME_NEVER, 9, "");
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 2);
	/* the name can come back, as another zone */
	transaction = store_fixture_begin(fixture);
	g_assert_cmpint(store_fixture_add_zone(fixture, "a.example"), >, b);
	store_fixture_commit(transaction);
}

static void
test_salt(StoreFixture *fixture, gconstpointer data)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	g_autofree gchar *salt = NULL;
	g_autoptr(GError) error = NULL;
	KasperTime made = 0;

	g_assert_true(kasper_store_get_salt(fixture->store, fixture->policy, &salt, &made, NULL));
	g_assert_null(salt);
	g_assert_cmpint(made, ==, KASPER_TIME_UNSET);
	g_assert_true(kasper_store_set_salt(fixture->store, fixture->policy, "-", NOW, NULL));
	g_assert_true(kasper_store_get_salt(fixture->store, fixture->policy, &salt, &made, NULL));
	g_assert_cmpstr(salt, ==, "-");
	g_assert_cmpint(made, ==, NOW);
	g_clear_pointer(&salt, g_free);
	g_assert_false(kasper_store_get_salt(fixture->store, 99, &salt, &made, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	store_fixture_commit(transaction);
}

static void
fill_journal(StoreFixture *fixture)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);

	for (guint i = 0; i < 20; i++) {
		g_autofree gchar *detail = g_strdup_printf("detail %u", i);

		g_assert_true(kasper_store_add_audit(fixture->store,
						     NOW + i,
						     i % 2 == 0 ? "kasperd" : "alice",
						     "key-active",
						     i % 3 == 0 ? NULL : "example.org",
						     NULL,
						     detail,
						     NULL));
	}
	store_fixture_commit(transaction);
}

/* every way of lying is found, and where */
static void
test_tampering(StoreFixture *fixture, gconstpointer data)
{
	static const struct {
		const gchar *sql;
		gint64 wanted;
	} cases[] = {
	    {"SELECT 1", -1},
	    {"UPDATE audit SET actor = 'bob' WHERE number = 7", 7},
	    {"UPDATE audit SET time = time + 1 WHERE number = 1", 1},
	    {"UPDATE audit SET zone = '' WHERE number = 4", 4},
	    {"UPDATE audit SET action = 'key-activ', zone = 'eexample.org' WHERE number = 6", 6},
	    {"DELETE FROM audit WHERE number = 12", 12},
	    {"DELETE FROM audit WHERE number = 1", 1},
	    {"DELETE FROM audit WHERE number > 18", 19},
	    {"DELETE FROM audit WHERE number = 9; UPDATE audit SET number = number - 1 WHERE "
	     "number > 9",
	     9},
	    {"UPDATE audit SET number = 100 WHERE number = 3; UPDATE audit SET number = 3 WHERE "
	     "number = 4; UPDATE audit SET number = 4 WHERE number = 100",
	     3},
	    {"INSERT INTO audit SELECT 21, time, actor, action, zone, key_id, detail, hash FROM "
	     "audit "
	     "WHERE number = 20",
	     21},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree gchar *sql = g_strconcat("DROP TRIGGER audit_is_not_edited; "
						    "DROP TRIGGER audit_is_not_cut; ",
						    cases[i].sql,
						    NULL);
		StoreFixture own = {0};
		gint64 rows = 0;

		store_fixture_set_up(&own, NULL);
		fill_journal(&own);
		store_fixture_close(&own);
		store_fixture_run_sql(own.path, sql);
		store_fixture_open(&own);
		g_assert_cmpint(kasper_store_verify_audit(own.store, &rows, NULL),
				==,
				cases[i].wanted);
		if (cases[i].wanted < 0)
			g_assert_cmpint(rows, ==, 20);
		store_fixture_tear_down(&own, NULL);
	}
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	FIXTURE_TEST("/store/record/zones", test_zones);
	FIXTURE_TEST("/store/record/queue", test_queue);
	FIXTURE_TEST("/store/record/intents", test_intents);
	FIXTURE_TEST("/store/record/delete-zone", test_delete_zone);
	FIXTURE_TEST("/store/record/salt", test_salt);
	FIXTURE_TEST("/store/record/tampering", test_tampering);
	return g_test_run();
}
