/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include "kasper-canary.h"

#define MAX_KEY_JOBS 4
/* a worker gets as many keys as it is likely to make within half a second */
#define LARGEST_CHUNK KASPER_BATCH
#define GOOD_TIME     (G_USEC_PER_SEC / 2)

void
kasper_planned_pair_free(KasperPlannedPair *self)
{
	if (self == NULL)
		return;
	g_clear_object(&self->wanted);
	g_clear_object(&self->made);
	g_clear_error(&self->error);
	g_free(self);
}

/* a key is used only if what it signs can be verified, in software, with the public key that the
 * world is going to see */
gboolean
kasper_engine_try_canary(KasperKeyStore *store,
			 KasperKeyInfo *key,
			 GCancellable *cancellable,
			 GError **error)
{
	g_autoptr(GBytes) block = NULL;
	g_autoptr(GBytes) signature = NULL;

	if ((kasper_key_store_get_capabilities(store) & KASPER_KEY_STORE_SIGNS) == 0)
		return TRUE;
	block = kasper_canary_get_block(kasper_key_info_get_id(key));
	signature = kasper_key_store_sign_data(store, key, block, cancellable, error);
	if (signature == NULL)
		return FALSE;
	return kasper_canary_verify(kasper_key_info_get_algorithm(key),
				    kasper_key_info_get_public_key(key),
				    block,
				    signature,
				    error);
}

/* on a worker: makes one key after the other; the first error ends it */
static gpointer
kasper_key_jobs_work(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	KasperKeyStore *store = KASPER_KEY_STORE(plugin);
	GPtrArray *pairs = data;

	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);
		g_autoptr(KasperKeyInfo) made =
		    kasper_key_store_make_key(store, pair->wanted, cancellable, &pair->error);

		if (made == NULL)
			break;
		if (!kasper_engine_try_canary(store, made, cancellable, &pair->error)) {
			g_prefix_error(&pair->error,
				       "the test signature of the new key %s is no good: ",
				       kasper_key_info_get_id(made));
			kasper_key_store_destroy_key(store,
						     kasper_key_info_get_id(made),
						     cancellable,
						     NULL);
			break;
		}
		pair->made = g_steal_pointer(&made);
	}
	return g_ptr_array_ref(pairs);
}

/* 1.x told its operators so, and they watch for it */
static gboolean
kasper_key_jobs_note_backup(KasperEngine *self, KasperRepository *repository, GError **error)
{
	g_autofree gchar *text = NULL;

	if (!repository->require_backup || repository->noted)
		return TRUE;
	repository->noted = TRUE;
	text = g_strdup_printf("NOTE: keys generated in repository %s will not become active until "
			       "they have been backed up",
			       repository->name);
	return kasper_engine_emit(self,
				  "backup-needed",
				  KASPER_EVENT_NOTICE,
				  NULL,
				  NULL,
				  text,
				  error);
}

/* does anybody know whether the key is there? Not of a plugin that broke its word (INTERNAL): it
 * may have made one and given another */
static gboolean
kasper_key_jobs_is_in_doubt(const GError *error)
{
	return g_error_matches(error, KASPER_ERROR, KASPER_ERROR_INTERNAL) ||
	       g_error_matches(error, KASPER_ERROR, KASPER_ERROR_EXISTS) ||
	       g_error_matches(error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME) ||
	       g_error_matches(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
}

static gboolean
kasper_key_jobs_record_pair(KasperEngine *self,
			    KasperRepository *repository,
			    KasperPlannedPair *pair,
			    GError **error)
{
	if (pair->made != NULL)
		return kasper_store_pair_made(self->store,
					      pair->number,
					      kasper_key_info_get_public_key(pair->made),
					      kasper_engine_now(self),
					      error);
	if (pair->error != NULL && kasper_key_jobs_is_in_doubt(pair->error)) {
		repository->look_up = TRUE;
		return TRUE;
	}
	return kasper_store_drop_planned_pair(self->store, pair->number, error);
}

/* what came of @pairs, within a transaction of its own; zones that waited are due */
gboolean
kasper_engine_record_made(KasperEngine *self,
			  KasperRepository *repository,
			  GPtrArray *pairs,
			  GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, error);
	guint n_made = 0;

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);

		if (!kasper_key_jobs_record_pair(self, repository, pair, error))
			return FALSE;
		if (pair->made == NULL)
			continue;
		n_made++;
		if (!kasper_engine_wake_waiting(self, pair->bucket, 1, error))
			return FALSE;
	}
	if (n_made > 0 && !kasper_key_jobs_note_backup(self, repository, error))
		return FALSE;
	return kasper_engine_commit(self, transaction, error);
}

typedef struct {
	KasperEngine *engine;
	gint64 repository;
	GPtrArray *pairs; /* of KasperPlannedPair */
	gint64 started;	  /* monotonic microseconds */
} KasperKeyJob;

static void
kasper_key_jobs_adapt(KasperRepository *repository, guint n, gint64 took)
{
	if (n < repository->chunk)
		return;
	if (took < GOOD_TIME / 4)
		repository->chunk = MIN(repository->chunk * 4, LARGEST_CHUNK);
	else if (took > GOOD_TIME)
		repository->chunk = MAX(repository->chunk / 2, 1);
}

static const GError *
kasper_key_jobs_find_error(GPtrArray *pairs)
{
	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);

		if (pair->error != NULL)
			return pair->error;
	}
	return NULL;
}

/* a worker that is late still has the pairs: copies stand in for them, with the outcome unknown */
static GPtrArray *
kasper_key_jobs_copy_late(GPtrArray *pairs, const GError *late)
{
	GPtrArray *copies =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_planned_pair_free);

	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);
		KasperPlannedPair *copy = g_new0(KasperPlannedPair, 1);

		copy->number = pair->number;
		copy->bucket = pair->bucket;
		copy->wanted = g_object_ref(pair->wanted);
		copy->error =
		    g_error_new_literal(KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME, late->message);
		g_ptr_array_add(copies, copy);
	}
	return copies;
}

static void
kasper_key_jobs_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperKeyJob *job = data;
	g_autoptr(KasperEngine) self = job->engine;
	g_autoptr(GPtrArray) sent = job->pairs;
	g_autoptr(GPtrArray) pairs = NULL;
	g_autoptr(GError) late = NULL;
	g_autoptr(GError) error = NULL;
	KasperRepository *repository = kasper_engine_get_repository(self, job->repository);
	const GError *failed;

	pairs = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &late);
	if (pairs == NULL)
		pairs = kasper_key_jobs_copy_late(sent, late);
	self->key_jobs--;
	kasper_key_jobs_adapt(repository, pairs->len, g_get_monotonic_time() - job->started);
	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);

		pair->bucket->in_flight--;
		g_hash_table_remove(self->pairs_in_hand, &pair->number);
	}
	if (!kasper_engine_record_made(self, repository, pairs, &error))
		g_warning("new keys could not be recorded: %s", error->message);
	failed = kasper_key_jobs_find_error(pairs);
	if (failed != NULL)
		kasper_engine_repository_failed(self, repository, failed);
	else
		kasper_engine_repository_works(self, repository);
	kasper_engine_start_key_jobs(self);
	kasper_engine_kick(self);
}

static void
kasper_key_jobs_start(KasperEngine *self, KasperRepository *repository, GPtrArray *pairs)
{
	KasperKeyJob *job = g_new0(KasperKeyJob, 1);
	guint capabilities = kasper_key_store_get_capabilities(repository->store);

	job->engine = g_object_ref(self);
	job->repository = repository->number;
	job->pairs = g_ptr_array_ref(pairs);
	job->started = g_get_monotonic_time();
	self->key_jobs++;
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(repository->store),
				      repository->deadline,
				      (capabilities & KASPER_KEY_STORE_PARALLEL) != 0,
				      kasper_key_jobs_work,
				      g_ptr_array_ref(pairs),
				      (GDestroyNotify)g_ptr_array_unref,
				      (GDestroyNotify)g_ptr_array_unref,
				      kasper_key_jobs_done,
				      job);
}

/* takes planned pairs of the repository of the first one off the list */
static GPtrArray *
kasper_key_jobs_take(KasperEngine *self, KasperRepository **ret_repository)
{
	GPtrArray *pairs = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_planned_pair_free);
	KasperPlannedPair *first = g_ptr_array_index(self->planned, 0);
	KasperRepository *repository =
	    kasper_engine_get_repository(self, first->bucket->repository);
	guint limit = repository->chunk;
	guint kept = 0;

	for (guint i = 0; i < self->planned->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(self->planned, i);

		if (pairs->len < limit && pair->bucket->repository == repository->number)
			g_ptr_array_add(pairs, pair);
		else
			self->planned->pdata[kept++] = pair;
	}
	/* the rest of the array has moved down; what is left behind is not to be freed */
	for (guint i = kept; i < self->planned->len; i++)
		self->planned->pdata[i] = NULL;
	g_ptr_array_set_size(self->planned, (gint)kept);
	*ret_repository = repository;
	return pairs;
}

/* gives committed plans to workers, as long as some are free */
void
kasper_engine_start_key_jobs(KasperEngine *self)
{
	while (self->planned->len > 0 && self->key_jobs < MAX_KEY_JOBS) {
		KasperRepository *repository = NULL;
		g_autoptr(GPtrArray) pairs = kasper_key_jobs_take(self, &repository);

		kasper_key_jobs_start(self, repository, pairs);
	}
}
