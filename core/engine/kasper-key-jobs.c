/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include "kasper-canary.h"

/* workers that make keys in one store that bears it */
#define MAX_KEY_JOBS 4
/* a worker gets as many keys as it is likely to make within half a second */
#define LARGEST_CHUNK KASPER_BATCH
#define GOOD_TIME     (G_USEC_PER_SEC / 2)
/* one of so many is made of keys that take a few milliseconds each */
#define QUICK_CHUNK 128

/* what a worker has; it may be late, and then nobody else touches it before it is done */
struct _KasperKeyWork {
	gint64 repository;
	GPtrArray *pairs; /* of KasperPlannedPair */
	gint done;	  /* atomic: the worker has let go of it */
};

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

static void
kasper_key_work_clear(gpointer data)
{
	KasperKeyWork *self = data;

	g_ptr_array_unref(self->pairs);
}

void
kasper_key_work_unref(KasperKeyWork *self)
{
	g_atomic_rc_box_release_full(self, kasper_key_work_clear);
}

/* the worker, or the host in its place, is through with it */
static void
kasper_key_work_let_go(gpointer data)
{
	KasperKeyWork *self = data;

	g_atomic_int_set(&self->done, TRUE);
	kasper_key_work_unref(self);
}

/* --- on a worker --- */

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

	if ((kasper_key_store_get_capabilities(store) & (guint)KASPER_KEY_STORE_SIGNS) == 0)
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

static gboolean
kasper_key_jobs_make(KasperKeyStore *store, KasperPlannedPair *pair, GCancellable *cancellable)
{
	g_autoptr(KasperKeyInfo) made =
	    kasper_key_store_make_key(store, pair->wanted, cancellable, &pair->error);

	if (made == NULL) {
		/* what was not found is not the key: only a look-up can say that there is none */
		if (g_error_matches(pair->error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
			pair->error->code = KASPER_ERROR_TRY_AGAIN;
		return FALSE;
	}
	if (kasper_engine_try_canary(store, made, cancellable, &pair->error)) {
		pair->made = g_steal_pointer(&made);
		return TRUE;
	}
	g_prefix_error(&pair->error,
		       "the test signature of the new key %s is no good: ",
		       kasper_key_info_get_id(made));
	/* should that fail, a look-up finds it later, and tries again */
	kasper_key_store_destroy_key(store, kasper_key_info_get_id(made), cancellable, NULL);
	return FALSE;
}

/* makes one key after the other; the first error ends it */
static gpointer
kasper_key_jobs_work(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	KasperKeyWork *work = data;

	for (guint i = 0; i < work->pairs->len; i++) {
		if (g_cancellable_set_error_if_cancelled(cancellable, error))
			return NULL;
		if (!kasper_key_jobs_make(KASPER_KEY_STORE(plugin),
					  g_ptr_array_index(work->pairs, i),
					  cancellable))
			break;
	}
	return g_atomic_rc_box_acquire(work);
}

/* --- what came of it --- */

/* nobody knows whether a key is there: it is looked up before anything else happens */
static void
kasper_key_jobs_doubt(KasperRepository *repository)
{
	repository->look_up = TRUE;
	repository->look_up_at = 0;
}

/* 1.x told its operators so, and they watch for it */
static gboolean
kasper_key_jobs_note_backup(KasperEngine *self, KasperRepository *repository, GError **error)
{
	g_autofree gchar *text = NULL;

	if (!repository->require_backup)
		return TRUE;
	if (repository->guard != NULL) {
		repository->guard_tries = 0;
		repository->guard_at = kasper_engine_now(self);
	}
	if (repository->noted)
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

/* what came of @pairs, in a transaction: a key that is there is recorded; one that its store surely
 * does not have is forgotten; any other error leaves it open whether it was made, and it is looked
 * up before anything else happens. Zones that waited are due */
gboolean
kasper_engine_record_made(KasperEngine *self,
			  KasperRepository *repository,
			  GPtrArray *pairs,
			  GError **error)
{
	KasperTime now = kasper_engine_now(self);
	KasperPoolBucket *last = NULL;
	guint n_made = 0;

	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);
		gboolean absent =
		    g_error_matches(pair->error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);

		if (absent && !kasper_store_drop_planned_pair(self->store, pair->number, error))
			return FALSE;
		if (pair->made == NULL)
			continue;
		n_made++;
		if (!kasper_store_pair_made(self->store,
					    pair->number,
					    kasper_key_info_get_public_key(pair->made),
					    now,
					    error))
			return FALSE;
		if (last != NULL && last != pair->bucket &&
		    !kasper_engine_wake_waiting(self, last, error))
			return FALSE;
		last = pair->bucket;
	}
	if (last != NULL && !kasper_engine_wake_waiting(self, last, error))
		return FALSE;
	return n_made == 0 || kasper_key_jobs_note_backup(self, repository, error);
}

static void
kasper_key_jobs_record(KasperEngine *self, KasperRepository *repository, GPtrArray *pairs)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, &error);

	if (transaction != NULL && kasper_engine_record_made(self, repository, pairs, &error) &&
	    kasper_engine_commit(self, transaction, &error))
		return;
	/* they are there, and a look-up will find them */
	kasper_key_jobs_doubt(repository);
	kasper_engine_storage_failed(self, error);
}

/* pairs that were not tried go back to the front of the line; gives the first error */
static const GError *
kasper_key_jobs_sort_out(KasperEngine *self, KasperRepository *repository, GPtrArray *pairs)
{
	const GError *failed = NULL;
	guint kept = 0;

	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);

		if (pair->made == NULL && pair->error == NULL)
			break;
		kept++;
		/* a key that is there already is an answer that was lost, and no failure */
		if (failed == NULL &&
		    !g_error_matches(pair->error, KASPER_ERROR, KASPER_ERROR_EXISTS))
			failed = pair->error;
		if (pair->error != NULL)
			kasper_key_jobs_doubt(repository);
		g_hash_table_remove(self->pairs_in_hand, &pair->number);
	}
	for (guint i = pairs->len; i > kept; i--)
		g_queue_push_head(&repository->planned, g_ptr_array_index(pairs, i - 1));
	for (guint i = kept; i < pairs->len; i++)
		pairs->pdata[i] = NULL;
	g_ptr_array_set_size(pairs, (gint)kept);
	return failed;
}

typedef struct {
	KasperEngine *engine;
	KasperKeyWork *work;
	gint64 started; /* monotonic microseconds */
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

static void
kasper_key_jobs_end(KasperEngine *self, KasperRepository *repository, KasperKeyJob *job)
{
	GPtrArray *pairs = job->work->pairs;
	const GError *failed;

	kasper_key_jobs_adapt(repository, pairs->len, g_get_monotonic_time() - job->started);
	failed = kasper_key_jobs_sort_out(self, repository, pairs);
	/* before anything is committed, since that sends the next worker out */
	if (failed != NULL)
		kasper_engine_repository_failed(self, repository, TRUE, failed);
	kasper_key_jobs_record(self, repository, pairs);
	if (failed == NULL)
		kasper_engine_repository_works(self, repository, TRUE);
}

static void
kasper_key_jobs_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperKeyJob *job = data;
	g_autoptr(KasperEngine) self = job->engine;
	KasperRepository *repository = kasper_engine_get_repository(self, job->work->repository);
	KasperKeyWork *answer;
	g_autoptr(GError) late = NULL;

	answer = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &late);
	repository->n_jobs--;
	if (answer != NULL) {
		kasper_key_jobs_end(self, repository, job);
		kasper_key_work_unref(answer);
		kasper_key_work_unref(job->work);
	} else {
		/* its pairs stay in hand: it may be about to make the next one */
		g_ptr_array_add(self->late, job->work);
		kasper_engine_repository_failed(self, repository, TRUE, late);
	}
	kasper_engine_start_key_jobs(self);
	kasper_engine_kick(self);
}

/* workers that were late, and have let go meanwhile: the store is asked for what they had */
void
kasper_engine_reap_late_jobs(KasperEngine *self)
{
	for (guint i = self->late->len; i > 0; i--) {
		KasperKeyWork *work = g_ptr_array_index(self->late, i - 1);

		if (!g_atomic_int_get(&work->done))
			continue;
		for (guint j = 0; j < work->pairs->len; j++) {
			KasperPlannedPair *pair = g_ptr_array_index(work->pairs, j);

			g_hash_table_remove(self->pairs_in_hand, &pair->number);
		}
		kasper_key_jobs_doubt(kasper_engine_get_repository(self, work->repository));
		g_ptr_array_remove_index_fast(self->late, i - 1);
	}
}

/* --- the call --- */

static KasperKeyWork *
kasper_key_jobs_take(KasperRepository *repository)
{
	KasperKeyWork *work = g_atomic_rc_box_new0(KasperKeyWork);

	work->repository = repository->number;
	work->pairs = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_planned_pair_free);
	while (work->pairs->len < repository->chunk && !g_queue_is_empty(&repository->planned))
		g_ptr_array_add(work->pairs, g_queue_pop_head(&repository->planned));
	return work;
}

static void
kasper_key_jobs_start(KasperEngine *self, KasperRepository *repository, gboolean parallel)
{
	KasperKeyJob *job = g_new0(KasperKeyJob, 1);

	job->engine = g_object_ref(self);
	job->work = kasper_key_jobs_take(repository);
	job->started = g_get_monotonic_time();
	repository->n_jobs++;
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(repository->store),
				      repository->deadline,
				      parallel,
				      kasper_key_jobs_work,
				      g_atomic_rc_box_acquire(job->work),
				      kasper_key_work_let_go,
				      (GDestroyNotify)kasper_key_work_unref,
				      kasper_key_jobs_done,
				      job);
}

/* keys that are made quickly are worth the wait for more of them: what a worker gives back is a
 * transaction of its own */
static gboolean
kasper_key_jobs_are_worth_one(const KasperRepository *repository)
{
	guint n = repository->planned.length;

	return n > 0 && (repository->n_jobs == 0 || repository->chunk < QUICK_CHUNK ||
			 n >= repository->chunk / 2);
}

/* gives committed plans to workers, as long as some are free */
void
kasper_engine_start_key_jobs(KasperEngine *self)
{
	KasperTime now = kasper_engine_now(self);
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (!self->closing && g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperRepository *repository = value;
		gboolean parallel = repository->store != NULL &&
				    (kasper_key_store_get_capabilities(repository->store) &
				     (guint)KASPER_KEY_STORE_PARALLEL) != 0;
		guint limit = parallel ? MAX_KEY_JOBS : 1;

		while (kasper_key_jobs_are_worth_one(repository) && repository->n_jobs < limit &&
		       kasper_engine_repository_can_make(repository, now))
			kasper_key_jobs_start(self, repository, parallel);
	}
}
