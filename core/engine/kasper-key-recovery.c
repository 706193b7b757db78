/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/*
 * Keys whose making was planned, and of which nobody knows whether they are there: the process
 * died, or the answer was lost. Missing is not absent: the store is asked before a planned key is
 * given up, and as long as it does not answer the plan stands and no other key is made in its
 * place.
 */

/* keys that a worker looks for in one go */
#define RECOVERY_CHUNK 64
/* a key that is no good and cannot be destroyed is tried again after this */
#define UNUSABLE_RETRY ((KasperSpan)3600)

typedef struct {
	KasperEngine *engine;
	gint64 repository;
	GPtrArray *pairs; /* of KasperPlannedPair */
} KasperRecoveryJob;

static void
kasper_recovery_job_free(KasperRecoveryJob *self)
{
	g_object_unref(self->engine);
	g_ptr_array_unref(self->pairs);
	g_free(self);
}

/* --- on a worker --- */

/* a token that did not answer says nothing about the key */
static gboolean
kasper_recovery_is_open(const GError *error)
{
	return g_error_matches(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN) ||
	       g_error_matches(error, KASPER_ERROR, KASPER_ERROR_AUTH) ||
	       g_error_matches(error, KASPER_ERROR, KASPER_ERROR_BUSY) ||
	       g_error_matches(error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME);
}

/* a key that cannot be used, because its public half is not to be had or it signs wrongly, goes */
static void
kasper_recovery_adopt(KasperKeyStore *store,
		      KasperPlannedPair *pair,
		      KasperKeyInfo *found,
		      GCancellable *cancellable)
{
	const gchar *id = kasper_key_info_get_id(pair->wanted);

	if (kasper_key_info_get_public_key(found) != NULL &&
	    kasper_engine_try_canary(store, found, cancellable, &pair->error)) {
		pair->made = g_object_ref(found);
		return;
	}
	if (kasper_recovery_is_open(pair->error))
		return;
	g_clear_error(&pair->error);
	if (!kasper_key_store_destroy_key(store, id, cancellable, &pair->error)) {
		pair->unusable = TRUE;
		return;
	}
	g_set_error(&pair->error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_FOUND,
		    "key %s was not usable and has been destroyed",
		    id);
}

static gpointer
kasper_recovery_look_up(KasperPlugin *plugin,
			gpointer data,
			GCancellable *cancellable,
			GError **error)
{
	KasperKeyStore *store = KASPER_KEY_STORE(plugin);
	GPtrArray *pairs = data;

	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);
		g_autoptr(KasperKeyInfo) found =
		    kasper_key_store_look_up_key(store,
						 kasper_key_info_get_id(pair->wanted),
						 cancellable,
						 &pair->error);

		if (found != NULL)
			kasper_recovery_adopt(store, pair, found, cancellable);
	}
	return g_ptr_array_ref(pairs);
}

/* --- what came of it --- */

/* NOT_FOUND is an answer; anything else leaves the pair as it is, to be looked up again */
static const GError *
kasper_recovery_find_error(GPtrArray *pairs)
{
	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);

		if (pair->error != NULL && !pair->unusable &&
		    !g_error_matches(pair->error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
			return pair->error;
	}
	return NULL;
}

/* that is no failure of the store, which answers; a person may want to see to it */
static void
kasper_recovery_judge_unusable(KasperEngine *self, KasperRepository *repository, GPtrArray *pairs)
{
	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);
		g_autofree gchar *what =
		    g_strdup_printf("key %s", kasper_key_info_get_id(pair->wanted));
		g_autofree gchar *text = NULL;

		if (!pair->unusable) {
			kasper_engine_clear_problem(self, what);
			continue;
		}
		repository->look_up = TRUE;
		repository->look_up_at = kasper_time_add(kasper_engine_now(self), UNUSABLE_RETRY);
		text = g_strdup_printf("repository %s: it is not usable, and cannot be destroyed: "
				       "%s",
				       repository->name,
				       pair->error->message);
		kasper_engine_set_problem(self, what, text);
	}
}

static void
kasper_recovery_record(KasperEngine *self, KasperRepository *repository, GPtrArray *pairs)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, &error);

	if (transaction != NULL && kasper_engine_record_made(self, repository, pairs, &error) &&
	    kasper_engine_commit(self, transaction, &error))
		return;
	repository->look_up = TRUE;
	kasper_engine_storage_failed(self, error);
}

static void
kasper_recovery_done(GObject *source, GAsyncResult *result, gpointer data)
{
	KasperRecoveryJob *job = data;
	g_autoptr(KasperEngine) self = g_object_ref(job->engine);
	KasperRepository *repository = kasper_engine_get_repository(self, job->repository);
	g_autoptr(GPtrArray) pairs = NULL;
	g_autoptr(GError) late = NULL;
	const GError *failed;

	pairs = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &late);
	repository->looking_up = FALSE;
	if (pairs != NULL) {
		kasper_recovery_judge_unusable(self, repository, pairs);
		kasper_recovery_record(self, repository, pairs);
	}
	for (guint i = 0; i < job->pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(job->pairs, i);

		g_hash_table_remove(self->pairs_in_hand, &pair->number);
	}
	failed = pairs != NULL ? kasper_recovery_find_error(pairs) : late;
	if (failed != NULL) {
		repository->look_up = TRUE;
		kasper_engine_repository_failed(self, repository, FALSE, failed);
	} else {
		kasper_engine_repository_works(self, repository, FALSE);
	}
	kasper_recovery_job_free(job);
	kasper_engine_kick(self);
}

/* --- the call --- */

typedef struct {
	KasperEngine *engine;
	GPtrArray *pairs;
} KasperPlannedScan;

static gboolean
kasper_recovery_collect(const KasperPairRow *row, gpointer data)
{
	KasperPlannedScan *scan = data;
	KasperEngine *self = scan->engine;
	KasperPlannedPair *pair;
	gint64 number = row->number;

	if (g_hash_table_contains(self->pairs_in_hand, &number))
		return TRUE;
	pair = g_new0(KasperPlannedPair, 1);
	pair->number = number;
	pair->bucket = kasper_engine_get_bucket(self, row->repository, row->algorithm, row->bits);
	pair->wanted = kasper_key_info_new(row->id, row->algorithm, row->bits, NULL);
	g_ptr_array_add(scan->pairs, pair);
	g_hash_table_add(self->pairs_in_hand, g_memdup2(&number, sizeof number));
	return scan->pairs->len < RECOVERY_CHUNK;
}

static gboolean
kasper_recovery_start(KasperEngine *self, KasperRepository *repository)
{
	g_autoptr(GPtrArray) pairs =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_planned_pair_free);
	KasperPlannedScan scan = {self, pairs};
	KasperRecoveryJob *job;

	if (!kasper_store_each_pair(self->store,
				    repository->number,
				    KASPER_PAIR_PLANNED,
				    kasper_recovery_collect,
				    &scan,
				    NULL))
		return FALSE;
	repository->look_up = pairs->len == RECOVERY_CHUNK;
	if (pairs->len == 0)
		return FALSE;
	job = g_new0(KasperRecoveryJob, 1);
	job->engine = g_object_ref(self);
	job->repository = repository->number;
	job->pairs = g_ptr_array_ref(pairs);
	repository->looking_up = TRUE;
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(repository->store),
				      repository->deadline,
				      FALSE,
				      kasper_recovery_look_up,
				      g_ptr_array_ref(pairs),
				      (GDestroyNotify)g_ptr_array_unref,
				      (GDestroyNotify)g_ptr_array_unref,
				      kasper_recovery_done,
				      job);
	return TRUE;
}

/* gives whether there was anything to look up */
gboolean
kasper_engine_look_up_planned(KasperEngine *self, KasperTime now)
{
	GHashTableIter iter;
	gpointer value;
	gboolean any = FALSE;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperRepository *repository = value;

		if (repository->look_up && repository->look_up_at <= now &&
		    !repository->looking_up && kasper_engine_repository_ready(repository, now))
			any |= kasper_recovery_start(self, repository);
	}
	return any;
}
