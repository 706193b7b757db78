/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "contract.h"
#include "kasper-canary.h"

#define N_THREADS    4
#define N_PER_THREAD 6

static KasperKeyStore *
open_store(Contract *self)
{
	return contract_open(self, KASPER_TYPE_KEY_STORE);
}

static gboolean
signs(KasperKeyStore *store)
{
	return (kasper_key_store_get_capabilities(store) & KASPER_KEY_STORE_SIGNS) != 0;
}

static gchar *
make_id(void)
{
	return g_strdup_printf("%08x%08x%08x%08x",
			       g_random_int(),
			       g_random_int(),
			       g_random_int(),
			       g_random_int());
}

static KasperKeyInfo *
try_make(KasperKeyStore *store, const gchar *id, guint algorithm, GError **error)
{
	g_autoptr(KasperKeyInfo) wanted =
	    kasper_key_info_new(id, algorithm, kasper_algorithm_get_bits(algorithm, 2048), NULL);

	return kasper_key_store_make_key(store, wanted, NULL, error);
}

static KasperKeyInfo *
must_make(KasperKeyStore *store)
{
	g_autofree gchar *id = make_id();
	g_autoptr(GError) error = NULL;
	KasperKeyInfo *made = try_make(store, id, KASPER_ALGORITHM_ECDSAP256SHA256, &error);

	g_assert_no_error(error);
	return made;
}

static GHashTable *
list_ids(KasperKeyStore *store)
{
	GHashTable *ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GListModel) keys = kasper_key_store_list_keys(store, NULL, &error);

	g_assert_no_error(error);
	for (guint i = 0; i < g_list_model_get_n_items(keys); i++) {
		g_autoptr(KasperKeyInfo) key = g_list_model_get_item(keys, i);

		/* each key once */
		g_assert_true(g_hash_table_add(ids, g_strdup(kasper_key_info_get_id(key))));
	}
	return ids;
}

static void
assert_count(KasperKeyStore *store, guint n)
{
	g_autoptr(GHashTable) ids = list_ids(store);

	g_assert_cmpuint(g_hash_table_size(ids), ==, n);
}

/* the store has @made, and says the same of it as when it was made */
static void
assert_there(KasperKeyStore *store, KasperKeyInfo *made)
{
	const gchar *id = kasper_key_info_get_id(made);
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperKeyInfo) found = kasper_key_store_look_up_key(store, id, NULL, &error);
	g_autoptr(GHashTable) ids = list_ids(store);

	g_assert_no_error(error);
	g_assert_cmpstr(kasper_key_info_get_id(found), ==, id);
	g_assert_cmpuint(kasper_key_info_get_bits(found), ==, kasper_key_info_get_bits(made));
	/* it may hide it, but not give another */
	if (kasper_key_info_get_public_key(found) != NULL)
		g_assert_true(g_bytes_equal(kasper_key_info_get_public_key(found),
					    kasper_key_info_get_public_key(made)));
	g_assert_true(g_hash_table_contains(ids, id));
}

static void
assert_gone(KasperKeyStore *store, const gchar *id)
{
	g_autoptr(GError) found = NULL;
	g_autoptr(GError) destroyed = NULL;
	g_autoptr(GHashTable) ids = list_ids(store);

	g_assert_null(kasper_key_store_look_up_key(store, id, NULL, &found));
	g_assert_error(found, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_false(kasper_key_store_destroy_key(store, id, NULL, &destroyed));
	g_assert_error(destroyed, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_false(g_hash_table_contains(ids, id));
}

/* with the private half that belongs to the public half */
static void
assert_signs(KasperKeyStore *store, KasperKeyInfo *key, gsize length)
{
	g_autoptr(GBytes) data = g_bytes_new_take(g_malloc0(length), length);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) signature = NULL;

	if (!signs(store))
		return;
	signature = kasper_key_store_sign_data(store, key, data, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(kasper_canary_verify(kasper_key_info_get_algorithm(key),
					   kasper_key_info_get_public_key(key),
					   data,
					   signature,
					   &error));
	g_assert_no_error(error);
}

/* --- each algorithm --- */

/* made, found, used and destroyed; or refused, and then nothing is left of it */
static void
test_algorithms(Contract *self, gconstpointer data)
{
	static const guint algorithms[] = {5, 7, 8, 10, 13, 14, 15, 16};
	KasperKeyStore *store = open_store(self);
	guint made_any = 0;

	for (guint i = 0; store != NULL && i < G_N_ELEMENTS(algorithms); i++) {
		g_autofree gchar *id = make_id();
		g_autoptr(GError) error = NULL;
		g_autoptr(KasperKeyInfo) made = try_make(store, id, algorithms[i], &error);

		if (made == NULL) {
			g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
			assert_gone(store, id);
			continue;
		}
		made_any++;
		assert_there(store, made);
		assert_signs(store, made, 1);
		assert_signs(store, made, 70000);
		g_assert_true(kasper_key_store_destroy_key(store, id, NULL, &error));
		g_assert_no_error(error);
		assert_gone(store, id);
	}
	g_assert_true(store == NULL || made_any > 0);
}

static void
test_unknown_algorithm(Contract *self, gconstpointer data)
{
	static const guint algorithms[] = {0, 1, 3, 6, 12, 17, 252, 300};
	KasperKeyStore *store = open_store(self);
	g_autofree gchar *id = make_id();

	for (guint i = 0; store != NULL && i < G_N_ELEMENTS(algorithms); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(try_make(store, id, algorithms[i], &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
		assert_gone(store, id);
	}
}

static void
test_wrong_size(Contract *self, gconstpointer data)
{
	static const guint sizes[] = {0, 1, 512, 16384};
	KasperKeyStore *store = open_store(self);
	g_autofree gchar *id = make_id();

	for (guint i = 0; store != NULL && i < G_N_ELEMENTS(sizes); i++) {
		g_autoptr(KasperKeyInfo) wanted = kasper_key_info_new(id, 8, sizes[i], NULL);
		g_autoptr(GError) error = NULL;

		g_assert_null(kasper_key_store_make_key(store, wanted, NULL, &error));
		g_assert_true(g_error_matches(error, KASPER_ERROR, KASPER_ERROR_INVALID) ||
			      g_error_matches(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED));
		assert_gone(store, id);
	}
}

/* --- ids --- */

static void
test_ids(Contract *self, gconstpointer data)
{
	static const gchar *const ids[] = {"00",
					   "ff",
					   "0000",
					   "00ff00",
					   "0123456789abcdef0123456789abcdef",
					   "0123456789abcdef0123456789abcdef01234567"};
	KasperKeyStore *store = open_store(self);

	if (store == NULL)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(KasperKeyInfo) made = try_make(store, ids[i], 13, &error);

		g_assert_no_error(error);
		assert_there(store, made);
	}
	assert_count(store, G_N_ELEMENTS(ids));
	for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_assert_true(kasper_key_store_destroy_key(store, ids[i], NULL, NULL));
		assert_count(store, G_N_ELEMENTS(ids) - i - 1);
	}
}

static void
test_bad_ids(Contract *self, gconstpointer data)
{
	static const gchar *const ids[] = {"", "0", "xy", "00 ", "0x00"};
	KasperKeyStore *store = open_store(self);

	for (guint i = 0; store != NULL && i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(GError) made = NULL;
		g_autoptr(GError) found = NULL;

		g_assert_null(try_make(store, ids[i], 13, &made));
		g_assert_error(made, KASPER_ERROR, KASPER_ERROR_INVALID);
		/* which is not the same as that there is none */
		g_assert_null(kasper_key_store_look_up_key(store, ids[i], NULL, &found));
		g_assert_error(found, KASPER_ERROR, KASPER_ERROR_INVALID);
	}
	if (store != NULL)
		assert_count(store, 0);
}

/* an id is taken once; who comes second gets nothing, and harms nothing */
static void
test_exists(Contract *self, gconstpointer data)
{
	KasperKeyStore *store = open_store(self);
	g_autoptr(KasperKeyInfo) made = NULL;

	if (store == NULL)
		return;
	made = must_make(store);
	for (guint i = 0; i < 2; i++) {
		g_autoptr(GError) error = NULL;
		guint algorithm = i == 0 ? 13 : 8;

		g_assert_null(try_make(store, kasper_key_info_get_id(made), algorithm, &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_EXISTS);
	}
	assert_there(store, made);
	assert_signs(store, made, 100);
	assert_count(store, 1);
	/* when it is gone, the id is free */
	g_assert_true(
	    kasper_key_store_destroy_key(store, kasper_key_info_get_id(made), NULL, NULL));
	{
		g_autoptr(GError) error = NULL;
		g_autoptr(KasperKeyInfo) again =
		    try_make(store, kasper_key_info_get_id(made), 13, &error);

		g_assert_no_error(error);
		g_assert_false(g_bytes_equal(kasper_key_info_get_public_key(made),
					     kasper_key_info_get_public_key(again)) &&
			       signs(store));
		assert_there(store, again);
	}
}

static void
test_not_found(Contract *self, gconstpointer data)
{
	KasperKeyStore *store = open_store(self);
	g_autofree gchar *id = make_id();
	g_autoptr(KasperKeyInfo) key = kasper_key_info_new(id, 13, 256, NULL);
	g_autoptr(GBytes) octets = g_bytes_new_static("x", 1);
	g_autoptr(KasperKeyInfo) other = NULL;
	g_autoptr(GError) error = NULL;

	if (store == NULL)
		return;
	assert_gone(store, id);
	other = must_make(store);
	assert_gone(store, id);
	g_assert_null(kasper_key_store_sign_data(store, key, octets, NULL, &error));
	g_assert_true(
	    g_error_matches(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND) ||
	    (!signs(store) && g_error_matches(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED)));
}

/* --- many --- */

static void
test_many(Contract *self, gconstpointer data)
{
	KasperKeyStore *store = open_store(self);
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_object_unref);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_bytes_hash, g_bytes_equal);

	if (store == NULL)
		return;
	for (guint i = 0; i < 40; i++) {
		KasperKeyInfo *made = must_make(store);

		g_ptr_array_add(keys, made);
		/* no two of them are one */
		g_assert_true(g_hash_table_add(seen, kasper_key_info_get_public_key(made)));
	}
	assert_count(store, 40);
	for (guint i = 0; i < 40; i += 2)
		g_assert_true(kasper_key_store_destroy_key(store,
							   kasper_key_info_get_id(keys->pdata[i]),
							   NULL,
							   NULL));
	assert_count(store, 20);
	for (guint i = 1; i < 40; i += 2) {
		assert_there(store, keys->pdata[i]);
		assert_signs(store, keys->pdata[i], 10);
	}
}

typedef struct {
	KasperKeyStore *store;
	GPtrArray *keys;
	GError *error;
} Worker;

static gpointer
work(gpointer data)
{
	Worker *worker = data;

	for (guint i = 0; i < N_PER_THREAD && worker->error == NULL; i++) {
		g_autofree gchar *id = make_id();
		KasperKeyInfo *made = try_make(worker->store, id, 13, &worker->error);

		if (made == NULL)
			break;
		g_ptr_array_add(worker->keys, made);
		assert_signs(worker->store, made, 10);
		/* each one destroys its first, while the others make theirs */
		if (i == N_PER_THREAD / 2)
			kasper_key_store_destroy_key(worker->store,
						     kasper_key_info_get_id(worker->keys->pdata[0]),
						     NULL,
						     &worker->error);
	}
	return NULL;
}

static void
test_parallel(Contract *self, gconstpointer data)
{
	KasperKeyStore *store = open_store(self);
	GThread *threads[N_THREADS];
	Worker workers[N_THREADS];

	if (store == NULL)
		return;
	if ((kasper_key_store_get_capabilities(store) & KASPER_KEY_STORE_PARALLEL) == 0) {
		g_test_skip("it takes one call at a time");
		return;
	}
	for (guint i = 0; i < N_THREADS; i++) {
		workers[i] = (Worker){store, g_ptr_array_new_with_free_func(g_object_unref), NULL};
		threads[i] = g_thread_new("worker", work, &workers[i]);
	}
	for (guint i = 0; i < N_THREADS; i++)
		g_thread_join(threads[i]);
	assert_count(store, N_THREADS * (N_PER_THREAD - 1));
	for (guint i = 0; i < N_THREADS; i++) {
		g_assert_no_error(workers[i].error);
		assert_gone(store, kasper_key_info_get_id(workers[i].keys->pdata[0]));
		for (guint j = 1; j < N_PER_THREAD; j++)
			assert_there(store, workers[i].keys->pdata[j]);
		g_ptr_array_unref(workers[i].keys);
	}
}

typedef struct {
	KasperKeyStore *store;
	const gchar *id;
	KasperKeyInfo *made;
	GError *error;
} Racer;

static gpointer
race(gpointer data)
{
	Racer *racer = data;

	racer->made = try_make(racer->store, racer->id, 13, &racer->error);
	return NULL;
}

/* two want the same id: one gets it */
static void
test_race(Contract *self, gconstpointer data)
{
	KasperKeyStore *store = open_store(self);
	g_autofree gchar *id = make_id();
	GThread *threads[N_THREADS];
	Racer racers[N_THREADS];
	guint winners = 0;

	if (store == NULL)
		return;
	if ((kasper_key_store_get_capabilities(store) & KASPER_KEY_STORE_PARALLEL) == 0) {
		g_test_skip("it takes one call at a time");
		return;
	}
	for (guint i = 0; i < N_THREADS; i++) {
		racers[i] = (Racer){store, id, NULL, NULL};
		threads[i] = g_thread_new("racer", race, &racers[i]);
	}
	for (guint i = 0; i < N_THREADS; i++) {
		g_thread_join(threads[i]);
		if (racers[i].made == NULL) {
			g_assert_error(racers[i].error, KASPER_ERROR, KASPER_ERROR_EXISTS);
			g_error_free(racers[i].error);
			continue;
		}
		winners++;
		assert_there(store, racers[i].made);
		g_object_unref(racers[i].made);
	}
	g_assert_cmpuint(winners, ==, 1);
	assert_count(store, 1);
}

/* --- open and closed --- */

/* a store that cannot be asked has not said that there is no key */
static void
test_closed(Contract *self, gconstpointer data)
{
	KasperKeyStore *store = open_store(self);
	g_autoptr(KasperKeyInfo) made = NULL;
	g_autofree gchar *id = make_id();
	GError *errors[4] = {NULL};

	if (store == NULL)
		return;
	made = must_make(store);
	kasper_plugin_close(KASPER_PLUGIN(store));
	g_assert_null(kasper_key_store_look_up_key(store, id, NULL, &errors[0]));
	g_assert_false(kasper_key_store_destroy_key(store, id, NULL, &errors[1]));
	g_assert_null(kasper_key_store_list_keys(store, NULL, &errors[2]));
	g_assert_null(try_make(store, id, 13, &errors[3]));
	for (guint i = 0; i < G_N_ELEMENTS(errors); i++) {
		g_assert_error(errors[i], KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
		g_error_free(errors[i]);
	}
}

static void
test_opened_again(Contract *self, gconstpointer data)
{
	KasperKeyStore *store = open_store(self);
	KasperKeyStore *other;
	g_autoptr(KasperKeyInfo) made = NULL;
	g_autoptr(GError) error = NULL;

	if (store == NULL)
		return;
	if (!self->persistent) {
		g_test_skip("its keys live as long as it does");
		return;
	}
	made = must_make(store);
	kasper_plugin_close(KASPER_PLUGIN(store));
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(store), NULL, &error));
	g_assert_no_error(error);
	assert_there(store, made);
	kasper_plugin_close(KASPER_PLUGIN(store));
	other = open_store(self);
	assert_there(other, made);
	assert_signs(other, made, 10);
	g_assert_true(
	    kasper_key_store_destroy_key(other, kasper_key_info_get_id(made), NULL, &error));
	kasper_plugin_close(KASPER_PLUGIN(other));
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(store), NULL, &error));
	assert_gone(store, kasper_key_info_get_id(made));
}

static void
test_cancelled(Contract *self, gconstpointer data)
{
	KasperKeyStore *store = open_store(self);
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autofree gchar *id = make_id();
	g_autoptr(KasperKeyInfo) wanted = kasper_key_info_new(id, 13, 256, NULL);
	g_autoptr(KasperKeyInfo) made = NULL;
	g_autoptr(GError) error = NULL;

	if (store == NULL)
		return;
	g_cancellable_cancel(cancellable);
	made = kasper_key_store_make_key(store, wanted, cancellable, &error);
	/* done or not done, but not half */
	if (made != NULL)
		assert_there(store, made);
	else if (!g_error_matches(error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME))
		assert_gone(store, id);
}

/* --- the rest --- */

static void
test_self_test(Contract *self, gconstpointer data)
{
	KasperKeyStore *store = open_store(self);
	g_autoptr(KasperKeyInfo) made = NULL;
	g_autoptr(GError) error = NULL;

	if (store == NULL)
		return;
	made = must_make(store);
	g_assert_true(kasper_key_store_self_test(store, NULL, &error));
	g_assert_no_error(error);
	assert_count(store, 1);
	assert_there(store, made);
}

static void
test_capacity(Contract *self, gconstpointer data)
{
	KasperKeyStore *store;
	g_autoptr(KasperKeyInfo) first = NULL;
	g_autoptr(KasperKeyInfo) second = NULL;
	g_autofree gchar *id = make_id();
	g_autoptr(GError) error = NULL;

	if (!contract_has_setting(self, KASPER_TYPE_KEY_STORE, "capacity")) {
		g_test_skip("it has no setting \"capacity\"");
		return;
	}
	store = contract_open_with(self, KASPER_TYPE_KEY_STORE, "capacity", "2", &error);
	g_assert_no_error(error);
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &error), ==, 2);
	first = must_make(store);
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &error), ==, 1);
	second = must_make(store);
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &error), ==, 0);
	g_assert_no_error(error);
	g_assert_null(try_make(store, id, 13, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
	g_clear_error(&error);
	assert_count(store, 2);
	g_assert_true(
	    kasper_key_store_destroy_key(store, kasper_key_info_get_id(first), NULL, &error));
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &error), ==, 1);
	g_object_unref(must_make(store));
}

static void
test_free_room(Contract *self, gconstpointer data)
{
	KasperKeyStore *store = open_store(self);
	g_autoptr(GError) error = NULL;

	if (store == NULL)
		return;
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &error), >=, -1);
	g_assert_no_error(error);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	contract_add("/key-store/algorithms", test_algorithms);
	contract_add("/key-store/unknown-algorithm", test_unknown_algorithm);
	contract_add("/key-store/wrong-size", test_wrong_size);
	contract_add("/key-store/ids", test_ids);
	contract_add("/key-store/bad-ids", test_bad_ids);
	contract_add("/key-store/exists", test_exists);
	contract_add("/key-store/not-found", test_not_found);
	contract_add("/key-store/many", test_many);
	contract_add("/key-store/parallel", test_parallel);
	contract_add("/key-store/race", test_race);
	contract_add("/key-store/closed", test_closed);
	contract_add("/key-store/opened-again", test_opened_again);
	contract_add("/key-store/cancelled", test_cancelled);
	contract_add("/key-store/self-test", test_self_test);
	contract_add("/key-store/capacity", test_capacity);
	contract_add("/key-store/free-room", test_free_room);
	return contract_run(KASPER_TYPE_KEY_STORE);
}
