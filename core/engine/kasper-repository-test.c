/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

/* ids of each kind that are listed: the answer has to fit into a message */
#define MOST_IDS 100000

/*
 * Does a token hold the keys that we know of, and no others? Keys are made and destroyed while it
 * is asked: what counts as missing was there before, is there after, and was not listed.
 */

typedef struct {
	gint64 repository;
	GHashTable *known;  /* text, CKA_ID: of keys that were there when the token was asked */
	GHashTable *listed; /* text, CKA_ID: what the token has */
} KasperRepositoryTest;

static void
kasper_repository_test_free(KasperRepositoryTest *self)
{
	g_hash_table_unref(self->known);
	g_clear_pointer(&self->listed, g_hash_table_unref);
	g_free(self);
}

static gboolean
kasper_repository_test_note(const KasperPairRow *row, gpointer data)
{
	g_hash_table_add(data, g_strdup(row->id));
	return TRUE;
}

static gpointer
kasper_repository_test_work(KasperPlugin *plugin,
			    gpointer data,
			    GCancellable *cancellable,
			    GError **error)
{
	g_autoptr(GListModel) keys =
	    kasper_key_store_list_keys(KASPER_KEY_STORE(plugin), cancellable, error);
	GHashTable *listed;
	guint n_keys;

	if (keys == NULL)
		return NULL;
	listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	n_keys = g_list_model_get_n_items(keys);
	for (guint i = 0; i < n_keys; i++) {
		g_autoptr(KasperKeyInfo) key = g_list_model_get_item(keys, i);

		g_hash_table_add(listed, g_strdup(kasper_key_info_get_id(key)));
	}
	return listed;
}

static gint
kasper_repository_test_compare(gconstpointer a, gconstpointer b)
{
	return g_strcmp0(*(const gchar *const *)a, *(const gchar *const *)b);
}

/* ids of @all that are not in @some and pass @func; sorted */
static GVariant *
kasper_repository_test_subtract(KasperEngine *self,
				GHashTable *all,
				GHashTable *some,
				gboolean (*func)(KasperEngine *self, const gchar *id))
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new();
	GHashTableIter iter;
	gpointer id;

	g_hash_table_iter_init(&iter, all);
	while (g_hash_table_iter_next(&iter, &id, NULL)) {
		if (!g_hash_table_contains(some, id) && func(self, id))
			g_ptr_array_add(ids, id);
	}
	g_ptr_array_sort(ids, kasper_repository_test_compare);
	return g_variant_new_strv((const gchar *const *)ids->pdata, MIN(ids->len, MOST_IDS));
}

static gboolean
kasper_repository_test_is_missing(KasperEngine *self, const gchar *id)
{
	g_auto(KasperPairRow) row = {0};

	return kasper_store_find_pair(self->store, id, &row, NULL) && row.state == KASPER_PAIR_MADE;
}

/* a key that is being made, or destroyed, may be there or not; one that was destroyed may not */
static gboolean
kasper_repository_test_is_unknown(KasperEngine *self, const gchar *id)
{
	g_auto(KasperPairRow) row = {0};

	return !kasper_store_find_pair(self->store, id, &row, NULL) ||
	       row.state == KASPER_PAIR_DESTROYED;
}

static GVariant *
kasper_repository_test_report(KasperEngine *self,
			      KasperRepositoryTest *test,
			      const KasperRepository *repository)
{
	GVariantBuilder fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

	kasper_row_add_text(&fields, "name", repository->name);
	kasper_row_add_count(&fields, "keys_in_token", g_hash_table_size(test->listed));
	kasper_row_add_count(&fields, "keys_in_store", g_hash_table_size(test->known));
	kasper_row_add_value(&fields,
			     "missing",
			     kasper_repository_test_subtract(self,
							     test->known,
							     test->listed,
							     kasper_repository_test_is_missing));
	kasper_row_add_value(&fields,
			     "unknown",
			     kasper_repository_test_subtract(self,
							     test->listed,
							     test->known,
							     kasper_repository_test_is_unknown));
	return g_variant_ref_sink(g_variant_builder_end(&fields));
}

static void
kasper_repository_test_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GTask) task = data;
	KasperEngine *self = g_task_get_source_object(task);
	KasperRepositoryTest *test = g_task_get_task_data(task);
	KasperRepository *repository = kasper_engine_get_repository(self, test->repository);
	GError *error = NULL;

	test->listed = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &error);
	if (test->listed == NULL) {
		kasper_engine_repository_failed(self, repository, FALSE, error);
		g_prefix_error(&error, "repository %s: ", repository->name);
		g_task_return_error(task, error);
		return;
	}
	kasper_engine_repository_works(self, repository, FALSE);
	kasper_engine_kick(self);
	g_task_return_pointer(task,
			      kasper_repository_test_report(self, test, repository),
			      (GDestroyNotify)g_variant_unref);
}

/* the repository by that name, if it can be asked */
static KasperRepository *
kasper_repository_test_find(KasperEngine *self, const gchar *name, GError **error)
{
	KasperRepository *repository = kasper_engine_look_up_repository(self, name, error);

	if (repository != NULL && repository->store == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    repository->error != NULL ? repository->error_code
						      : KASPER_ERROR_TRY_AGAIN,
			    "repository %s cannot be opened: %s",
			    name,
			    repository->error != NULL ? repository->error : "it is not open yet");
		return NULL;
	}
	return repository;
}

/**
 * kasper_engine_test_repository_async: (skip)
 * @self: an engine
 * @repository: a repository's name
 * @cancellable: (nullable): ends the waiting, not the call
 * @callback: (scope async): is called when the token has answered
 * @user_data: for @callback
 *
 * Has the token list its keys, on a worker thread, and compares them with those that the store
 * knows. A token that answers takes a repository that was failing back into use.
 *
 * Since: 0.1
 */
void
kasper_engine_test_repository_async(KasperEngine *self,
				    const gchar *repository,
				    GCancellable *cancellable,
				    GAsyncReadyCallback callback,
				    gpointer user_data)
{
	g_autoptr(GTask) task = g_task_new(self, cancellable, callback, user_data);
	KasperRepositoryTest *test;
	KasperRepository *found;
	GError *error = NULL;

	found = kasper_repository_test_find(self, repository, &error);
	if (found == NULL) {
		g_task_return_error(task, error);
		return;
	}
	test = g_new0(KasperRepositoryTest, 1);
	test->repository = found->number;
	test->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_task_set_task_data(task, test, (GDestroyNotify)kasper_repository_test_free);
	if (!kasper_store_each_pair(self->store,
				    found->number,
				    KASPER_PAIR_MADE,
				    kasper_repository_test_note,
				    test->known,
				    &error)) {
		g_task_return_error(task, error);
		return;
	}
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(found->store),
				      found->deadline,
				      FALSE,
				      kasper_repository_test_work,
				      NULL,
				      NULL,
				      (GDestroyNotify)g_hash_table_unref,
				      kasper_repository_test_done,
				      g_steal_pointer(&task));
}

/**
 * kasper_engine_test_repository_finish: (skip)
 * @self: an engine
 * @result: what the callback was given
 * @error: return location for a #GError, or %NULL
 *
 * Returns: (transfer full): a{sv}: `name` s, `keys_in_token` u, `keys_in_store` u, `missing` as,
 * `unknown` as; %NULL with %KASPER_ERROR_NOT_FOUND if there is no such repository, or with what
 * the token failed with
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_test_repository_finish(KasperEngine *self, GAsyncResult *result, GError **error)
{
	g_return_val_if_fail(g_task_is_valid(result, self), NULL);
	return g_task_propagate_pointer(G_TASK(result), error);
}
