/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* keys that a worker destroys, or looks for, in one go */
#define RECOVERY_CHUNK 64

/* --- keys whose making was planned, and of which nobody knows whether they are there --- */

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
	g_clear_error(&pair->error);
	if (!kasper_key_store_destroy_key(store, id, cancellable, &pair->error))
		return;
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

/* NOT_FOUND is an answer; anything else leaves the pair as it is, to be looked up again */
static const GError *
kasper_recovery_find_error(GPtrArray *pairs)
{
	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);

		if (pair->error != NULL &&
		    !g_error_matches(pair->error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
			return pair->error;
	}
	return NULL;
}

/* pairs that were not found are dropped by kasper_engine_record_made(); those in doubt stay */
static void
kasper_recovery_keep_doubtful(GPtrArray *pairs)
{
	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);

		if (pair->error != NULL &&
		    !g_error_matches(pair->error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
			pair->error->code = KASPER_ERROR_TRY_AGAIN;
	}
}

/* zones that waited for a key when the daemon died are not on any list: all are asked again */
static gboolean
kasper_recovery_wake_zones(KasperEngine *self, GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, error);

	return transaction != NULL &&
	       kasper_store_make_due(self->store, 0, 0, kasper_engine_now(self), error) &&
	       kasper_engine_commit(self, transaction, error);
}

static void
kasper_recovery_done(GObject *source, GAsyncResult *result, gpointer data)
{
	KasperRecoveryJob *job = data;
	g_autoptr(KasperEngine) self = g_object_ref(job->engine);
	KasperRepository *repository = kasper_engine_get_repository(self, job->repository);
	g_autoptr(GPtrArray) pairs = NULL;
	g_autoptr(GError) failed = NULL;
	g_autoptr(GError) error = NULL;

	pairs = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &failed);
	self->key_jobs--;
	if (pairs != NULL) {
		const GError *first = kasper_recovery_find_error(pairs);

		if (first != NULL)
			failed = g_error_copy(first);
		kasper_recovery_keep_doubtful(pairs);
		if (!kasper_engine_record_made(self, repository, pairs, &error) ||
		    !kasper_recovery_wake_zones(self, &error))
			g_warning("found keys could not be recorded: %s", error->message);
	}
	for (guint i = 0; i < job->pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(job->pairs, i);

		g_hash_table_remove(self->pairs_in_hand, &pair->number);
	}
	if (failed != NULL) {
		repository->look_up = TRUE;
		kasper_engine_repository_failed(self, repository, failed);
	} else {
		kasper_engine_repository_works(self, repository);
	}
	kasper_recovery_job_free(job);
	kasper_engine_kick(self);
}

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
	self->key_jobs++;
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

/* missing is not absent: the store is asked before a planned key is given up or made again */
gboolean
kasper_engine_look_up_planned(KasperEngine *self, KasperTime now)
{
	GHashTableIter iter;
	gpointer value;
	gboolean any = FALSE;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperRepository *repository = value;

		if (repository->look_up && kasper_engine_repository_ready(repository, now))
			any |= kasper_recovery_start(self, repository);
	}
	return any;
}

/* --- keys that nobody can need any more --- */

typedef struct {
	gint64 intent;
	gint64 pair;
	guint tries;
	gchar *id;
	GError *error;
} KasperDestruction;

static void
kasper_destruction_free(KasperDestruction *self)
{
	g_free(self->id);
	g_clear_error(&self->error);
	g_free(self);
}

typedef struct {
	KasperEngine *engine;
	KasperRepository *repository; /* of all in the array */
	GPtrArray *items;	      /* of KasperDestruction */
	KasperTime now;
} KasperDestructionScan;

typedef struct {
	KasperEngine *engine;
	gint64 repository;
	GPtrArray *items;
} KasperDestructionJob;

static gboolean
kasper_destruction_collect(const KasperIntentRow *row, gpointer data)
{
	KasperDestructionScan *scan = data;
	KasperEngine *self = scan->engine;
	g_auto(KasperPairRow) pair = {0};
	KasperRepository *repository;
	KasperDestruction *item;
	gint64 number = row->number;

	if (g_hash_table_contains(self->in_hand, &number) ||
	    !kasper_store_get_pair(self->store, row->pair, &pair, NULL))
		return TRUE;
	repository = kasper_engine_get_repository(self, pair.repository);
	if (repository == NULL || !kasper_engine_repository_ready(repository, scan->now))
		return TRUE;
	if (scan->repository == NULL)
		scan->repository = repository;
	if (scan->repository != repository)
		return TRUE;
	item = g_new0(KasperDestruction, 1);
	item->intent = row->number;
	item->pair = row->pair;
	item->tries = row->tries;
	item->id = g_strdup(pair.id);
	g_ptr_array_add(scan->items, item);
	g_hash_table_add(self->in_hand, g_memdup2(&number, sizeof number));
	return TRUE;
}

static gpointer
kasper_destruction_work(KasperPlugin *plugin,
			gpointer data,
			GCancellable *cancellable,
			GError **error)
{
	GPtrArray *items = data;

	for (guint i = 0; i < items->len; i++) {
		KasperDestruction *item = g_ptr_array_index(items, i);

		kasper_key_store_destroy_key(KASPER_KEY_STORE(plugin),
					     item->id,
					     cancellable,
					     &item->error);
		/* a first attempt whose answer was lost has done it */
		if (g_error_matches(item->error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
			g_clear_error(&item->error);
	}
	return g_ptr_array_ref(items);
}

static gboolean
kasper_destruction_record_item(KasperEngine *self,
			       const KasperDestruction *item,
			       const GError *late,
			       GError **error)
{
	const GError *failed = late != NULL ? late : item->error;
	KasperTime now = kasper_engine_now(self);

	if (failed != NULL)
		return kasper_store_postpone_intent(
		    self->store,
		    item->intent,
		    0,
		    kasper_time_add(now, kasper_engine_back_off(item->tries, 60, 86400)),
		    NULL,
		    failed->message,
		    error);
	return kasper_store_set_pair_state(self->store, item->pair, KASPER_PAIR_DESTROYED, error) &&
	       kasper_store_finish_intent(self->store, item->intent, error) &&
	       kasper_store_add_audit(self->store,
				      now,
				      "kasperd",
				      "key-destroyed",
				      NULL,
				      item->id,
				      "",
				      error);
}

static gboolean
kasper_destruction_record(KasperEngine *self, GPtrArray *items, const GError *late, GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < items->len; i++) {
		if (!kasper_destruction_record_item(self, g_ptr_array_index(items, i), late, error))
			return FALSE;
	}
	return kasper_engine_commit(self, transaction, error);
}

static void
kasper_destruction_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperDestructionJob *job = data;
	g_autoptr(KasperEngine) self = job->engine;
	g_autoptr(GPtrArray) sent = job->items;
	g_autoptr(GPtrArray) items = NULL;
	g_autoptr(GError) late = NULL;
	g_autoptr(GError) error = NULL;

	items = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &late);
	self->key_jobs--;
	if (!kasper_destruction_record(self, sent, late, &error))
		g_warning("destroyed keys could not be recorded: %s", error->message);
	if (late != NULL)
		kasper_engine_repository_failed(self,
						kasper_engine_get_repository(self, job->repository),
						late);
	for (guint i = 0; i < sent->len; i++) {
		KasperDestruction *item = g_ptr_array_index(sent, i);

		g_hash_table_remove(self->in_hand, &item->intent);
	}
	kasper_engine_kick(self);
}

/* destroys keys whose intent is due; gives whether there were any */
gboolean
kasper_engine_destroy_due(KasperEngine *self, KasperTime now)
{
	g_autoptr(GPtrArray) items =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_destruction_free);
	KasperDestructionScan scan = {self, NULL, items, now};
	KasperDestructionJob *job;

	if (!kasper_store_each_intent(self->store,
				      KASPER_INTENT_DESTROY,
				      now,
				      RECOVERY_CHUNK,
				      kasper_destruction_collect,
				      &scan,
				      NULL) ||
	    items->len == 0)
		return FALSE;
	job = g_new0(KasperDestructionJob, 1);
	job->engine = g_object_ref(self);
	job->repository = scan.repository->number;
	job->items = g_ptr_array_ref(items);
	self->key_jobs++;
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(scan.repository->store),
				      scan.repository->deadline,
				      FALSE,
				      kasper_destruction_work,
				      g_ptr_array_ref(items),
				      (GDestroyNotify)g_ptr_array_unref,
				      (GDestroyNotify)g_ptr_array_unref,
				      kasper_destruction_done,
				      job);
	return TRUE;
}
