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

typedef struct {
	GString *text;
	gint64 cursor;
	guint limit;
	guint rows;
} Listing;

static gboolean
collect(const KasperKeyRow *row, gpointer data)
{
	Listing *listing = data;

	g_string_append_printf(listing->text,
			       "%s/%s/%" G_GINT64_FORMAT " ",
			       row->zone,
			       kasper_role_to_string(row->key.roles),
			       row->key.number);
	g_assert_cmpuint(row->public_key_length, ==, 64);
	g_assert_cmpuint(strlen(row->id), ==, 32);
	g_assert_cmpstr(row->repository, ==, "SoftHSM");
	listing->cursor = row->cursor;
	return ++listing->rows != listing->limit;
}

static void
assert_list(StoreFixture *fixture, const KasperKeyFilter *filter, const gchar *wanted)
{
	g_autoptr(KasperStoreReader) reader = kasper_store_reader_open(fixture->path, NULL);
	g_autoptr(GError) error = NULL;
	Listing listing = {.text = g_string_new(NULL)};

	g_assert_nonnull(reader);
	kasper_store_reader_each_key(reader, filter, collect, &listing, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(listing.text->str, ==, wanted);
	g_string_free(listing.text, TRUE);
}

/* b.example: KSK 1, ZSK 2; a.example: ZSK 3, KSK 4, CSK 5 */
static void
fill(StoreFixture *fixture)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	gint64 b = store_fixture_add_zone(fixture, "b.example");
	gint64 a = store_fixture_add_zone(fixture, "a.example");

	for (guint i = 0; i < 5; i++)
		store_fixture_make_pair(fixture);
	store_fixture_give_key(fixture, b, KASPER_ROLE_KSK, FALSE);
	store_fixture_give_key(fixture, b, KASPER_ROLE_ZSK, FALSE);
	store_fixture_give_key(fixture, a, KASPER_ROLE_ZSK, FALSE);
	store_fixture_give_key(fixture, a, KASPER_ROLE_KSK, FALSE);
	store_fixture_give_key(fixture, a, KASPER_ROLE_CSK, FALSE);
	store_fixture_commit(transaction);
}

static void
test_order(StoreFixture *fixture, gconstpointer data)
{
	const KasperKeyFilter all = {0};

	fill(fixture);
	assert_list(fixture,
		    &all,
		    "a.example/KSK/4 a.example/CSK/5 a.example/ZSK/3 "
		    "b.example/KSK/1 b.example/ZSK/2 ");
}

static void
set_word(StoreFixture *fixture, const gchar *zone, guint slot, const gchar *word)
{
	KasperTransaction *transaction = store_fixture_begin(fixture);
	KasperKeyWord words[KASPER_KEYS_MAX] = {0};
	g_auto(KasperZoneRow) row = {0};
	KasperSnapshot snapshot;

	g_assert_true(kasper_store_find_zone(fixture->store, zone, &row, NULL));
	g_assert_true(
	    kasper_store_load_snapshot(fixture->store, row.number, &snapshot, NULL, NULL));
	for (guint i = 0; i < snapshot.n_keys; i++)
		words[i].state = i == slot ? word : "ready";
	g_assert_true(kasper_store_save_snapshot(fixture->store,
						 &snapshot,
						 &snapshot,
						 words,
						 NOW,
						 NULL,
						 NULL,
						 NULL));
	store_fixture_commit(transaction);
}

static void
test_filters(StoreFixture *fixture, gconstpointer data)
{
	g_auto(KasperPairRow) pair = {0};
	KasperKeyFilter filter = {.zone = "b.example"};

	fill(fixture);
	assert_list(fixture, &filter, "b.example/KSK/1 b.example/ZSK/2 ");
	filter.roles = KASPER_ROLE_ZSK;
	assert_list(fixture, &filter, "b.example/ZSK/2 ");
	filter = (KasperKeyFilter){.roles = KASPER_ROLE_CSK};
	assert_list(fixture, &filter, "a.example/CSK/5 ");
	filter = (KasperKeyFilter){.zone = "none.example"};
	assert_list(fixture, &filter, "");
	filter = (KasperKeyFilter){.policy = "default", .zone = "b.example"};
	assert_list(fixture, &filter, "b.example/KSK/1 b.example/ZSK/2 ");
	filter.policy = "other";
	assert_list(fixture, &filter, "");
	g_assert_true(kasper_store_get_pair(fixture->store, 3, &pair, NULL));
	filter = (KasperKeyFilter){.id = pair.id};
	assert_list(fixture, &filter, "a.example/ZSK/3 ");
	filter.zone = "b.example";
	assert_list(fixture, &filter, "");
	set_word(fixture, "b.example", 1, "dead");
	filter = (KasperKeyFilter){.zone = "b.example"};
	assert_list(fixture, &filter, "b.example/KSK/1 ");
	filter.dead = TRUE;
	assert_list(fixture, &filter, "b.example/KSK/1 b.example/ZSK/2 ");
	filter = (KasperKeyFilter){.state = "DEAD"};
	assert_list(fixture, &filter, "b.example/ZSK/2 ");
	filter.state = "Generate";
	assert_list(fixture, &filter, "a.example/KSK/4 a.example/CSK/5 a.example/ZSK/3 ");
}

static gboolean
copy_key(const KasperKeyRow *row, gpointer data)
{
	g_array_append_val(data, row->key);
	g_assert_cmpstr(row->repository, ==, "SoftHSM");
	g_assert_cmpstr(row->policy, ==, "default");
	g_assert_cmpstr(row->state, ==, "generate");
	return TRUE;
}

/* a brief row has less, and nothing else */
static void
test_brief(StoreFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperStoreReader) reader = NULL;
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(KasperKey));
	g_autoptr(GArray) brief = g_array_new(FALSE, FALSE, sizeof(KasperKey));
	KasperKeyFilter filter = {0};

	fill(fixture);
	reader = kasper_store_reader_open(fixture->path, NULL);
	g_assert_true(kasper_store_reader_each_key(reader, &filter, copy_key, all, NULL));
	filter.brief = TRUE;
	g_assert_true(kasper_store_reader_each_key(reader, &filter, copy_key, brief, NULL));
	g_assert_cmpuint(all->len, ==, 5);
	g_assert_cmpuint(brief->len, ==, 5);
	for (guint i = 0; i < brief->len; i++) {
		const KasperKey *key = &g_array_index(all, KasperKey, i);
		KasperKey wanted = {
		    .number = key->number,
		    .store = key->store,
		    .tag = key->tag,
		    .bits = key->bits,
		    .flags = key->flags,
		    .algorithm = key->algorithm,
		    .roles = key->roles,
		    .backup = key->backup,
		    .active = key->active,
		    .retired = key->retired,
		};

		memcpy(wanted.state, key->state, sizeof wanted.state);
		g_assert_cmpmem(&wanted,
				sizeof wanted,
				&g_array_index(brief, KasperKey, i),
				sizeof wanted);
		g_assert_cmpint(wanted.store, ==, fixture->repository);
	}
}

/* a listing that is left off anywhere goes on with the next row */
static void
test_cursor(StoreFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperStoreReader) reader = NULL;
	g_autoptr(GError) error = NULL;
	KasperKeyFilter filter = {0};
	g_auto(KasperZoneRow) row = {0};

	fill(fixture);
	reader = kasper_store_reader_open(fixture->path, NULL);
	for (guint step = 1; step < 6; step++) {
		Listing listing = {.text = g_string_new(NULL), .limit = step};

		filter.after = 0;
		do {
			listing.rows = 0;
			filter.after = listing.cursor;
			g_assert_true(
			    kasper_store_reader_each_key(reader, &filter, collect, &listing, NULL));
		} while (listing.rows == step);
		g_assert_cmpstr(listing.text->str,
				==,
				"a.example/KSK/4 a.example/CSK/5 a.example/ZSK/3 "
				"b.example/KSK/1 b.example/ZSK/2 ");
		g_string_free(listing.text, TRUE);
	}
	g_assert_true(kasper_store_find_zone(fixture->store, "b.example", &row, NULL));
	{
		KasperTransaction *transaction = store_fixture_begin(fixture);
		Listing listing = {.text = NULL};

		g_assert_true(kasper_store_delete_zone(fixture->store, row.number, NOW, NULL));
		store_fixture_commit(transaction);
		filter.after = row.number * 32;
		g_assert_false(
		    kasper_store_reader_each_key(reader, &filter, collect, &listing, &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	}
}

typedef struct {
	const gchar *path;
	gint stop; /* atomic */
	guint passes;
} Watcher;

static gboolean
count_pairs(const KasperKeyRow *row, gpointer data)
{
	guint *n = data;

	(*n)++;
	return TRUE;
}

/* every zone gets its two keys in one transaction: an odd number was never true */
static gpointer
watch(gpointer data)
{
	Watcher *watcher = data;
	g_autoptr(KasperStoreReader) reader = kasper_store_reader_open(watcher->path, NULL);
	const KasperKeyFilter all = {0};
	gboolean last = FALSE;

	g_assert_nonnull(reader);
	while (!last) {
		g_autoptr(GError) error = NULL;
		guint n = 0;

		last = g_atomic_int_get(&watcher->stop) != 0;
		kasper_store_reader_each_key(reader, &all, count_pairs, &n, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(n % 2, ==, 0);
		watcher->passes++;
		if (last)
			g_assert_cmpuint(n, ==, 400);
	}
	return NULL;
}

static void
test_while_writing(StoreFixture *fixture, gconstpointer data)
{
	Watcher watcher = {.path = fixture->path};
	GThread *thread = g_thread_new("watch", watch, &watcher);

	for (guint i = 0; i < 200; i++) {
		KasperTransaction *transaction = store_fixture_begin(fixture);
		g_autofree gchar *name = g_strdup_printf("z%u.example", (i * 37) % 200);
		gint64 zone = store_fixture_add_zone(fixture, name);

		store_fixture_make_pair(fixture);
		store_fixture_make_pair(fixture);
		store_fixture_give_key(fixture, zone, KASPER_ROLE_KSK, FALSE);
		store_fixture_give_key(fixture, zone, KASPER_ROLE_ZSK, FALSE);
		store_fixture_commit(transaction);
	}
	g_atomic_int_set(&watcher.stop, 1);
	g_thread_join(thread);
	g_assert_cmpuint(watcher.passes, >, 0);
}

static void
test_no_store(StoreFixture *fixture, gconstpointer data)
{
	g_autofree gchar *path = g_build_filename(fixture->folder, "none.db", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(kasper_store_reader_open(path, &error));
	g_assert_nonnull(error);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	FIXTURE_TEST("/store/reader/order", test_order);
	FIXTURE_TEST("/store/reader/filters", test_filters);
	FIXTURE_TEST("/store/reader/brief", test_brief);
	FIXTURE_TEST("/store/reader/cursor", test_cursor);
	FIXTURE_TEST("/store/reader/while-writing", test_while_writing);
	FIXTURE_TEST("/store/reader/no-store", test_no_store);
	return g_test_run();
}
