/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* keys that nobody can need any more */

/* keys that a worker destroys in one go */
#define DESTRUCTION_CHUNK 64

#define FIRST_RETRY   ((KasperSpan)60)
#define LONGEST_RETRY ((KasperSpan)86400)

/* the zone has let go of the pair; if no other has it, it is destroyed in its store */
gboolean
kasper_engine_add_destruction(KasperEngine *self,
			      gint64 zone,
			      gint64 pair,
			      KasperTime when,
			      gboolean *ret_added,
			      GError **error)
{
	g_auto(KasperPairRow) row = {0};
	g_auto(KasperIntentRow) intent = {0};

	*ret_added = FALSE;
	if (!kasper_store_get_pair(self->store, pair, &row, error))
		return FALSE;
	if (row.zones > 0 || row.state != KASPER_PAIR_MADE)
		return TRUE;
	intent.kind = KASPER_INTENT_DESTROY;
	intent.zone = zone;
	intent.pair = pair;
	intent.id = g_strdup_printf("destroy-%s", row.id);
	intent.created = kasper_engine_now(self);
	intent.due = when;
	*ret_added = TRUE;
	return kasper_store_set_pair_state(self->store, pair, KASPER_PAIR_DESTROYING, error) &&
	       kasper_store_add_intent(self->store, &intent, error);
}

/* --- on a worker --- */

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

/* --- what came of it --- */

static gboolean
kasper_destruction_record_item(KasperEngine *self,
			       const KasperDestruction *item,
			       const GError *late,
			       GError **error)
{
	const GError *failed = late != NULL ? late : item->error;

	if (failed != NULL)
		return kasper_store_postpone_intent(self->store,
						    item->intent,
						    0,
						    kasper_engine_get_retry(self,
									    item->intent,
									    item->tries,
									    FIRST_RETRY,
									    LONGEST_RETRY),
						    NULL,
						    failed->message,
						    error);
	return kasper_store_set_pair_state(self->store, item->pair, KASPER_PAIR_DESTROYED, error) &&
	       kasper_store_finish_intent(self->store, item->intent, error) &&
	       kasper_store_add_audit(self->store,
				      kasper_engine_now(self),
				      "kasperd",
				      "key-destroyed",
				      NULL,
				      item->id,
				      "",
				      error);
}

/* gives an error that the store as a whole seems to have; the first one */
static const GError *
kasper_destruction_find_error(GPtrArray *items)
{
	for (guint i = 0; i < items->len; i++) {
		const KasperDestruction *item = g_ptr_array_index(items, i);

		if (g_error_matches(item->error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN) ||
		    g_error_matches(item->error, KASPER_ERROR, KASPER_ERROR_AUTH))
			return item->error;
	}
	return NULL;
}

static void
kasper_destruction_record(KasperEngine *self, GPtrArray *items, const GError *late)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, &error);
	gboolean done = transaction != NULL;

	for (guint i = 0; done && i < items->len; i++)
		done =
		    kasper_destruction_record_item(self, g_ptr_array_index(items, i), late, &error);
	if (!done || !kasper_engine_commit(self, transaction, &error))
		kasper_engine_storage_failed(self, error);
}

typedef struct {
	KasperEngine *engine;
	gint64 repository;
	GPtrArray *items;
} KasperDestructionJob;

static void
kasper_destruction_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperDestructionJob *job = data;
	g_autoptr(KasperEngine) self = job->engine;
	KasperRepository *repository = kasper_engine_get_repository(self, job->repository);
	g_autoptr(GPtrArray) sent = job->items;
	g_autoptr(GPtrArray) items = NULL;
	g_autoptr(GError) late = NULL;
	const GError *failed;

	items = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &late);
	kasper_destruction_record(self, sent, late);
	failed = items != NULL ? kasper_destruction_find_error(items) : late;
	if (failed != NULL)
		kasper_engine_repository_failed(self, repository, FALSE, failed);
	else if (repository->error_code == KASPER_ERROR_NOT_SUPPORTED)
		repository->make_at = 0; /* it was full, and there is room now */
	for (guint i = 0; i < sent->len; i++) {
		KasperDestruction *item = g_ptr_array_index(sent, i);

		g_hash_table_remove(self->in_hand, &item->intent);
	}
	kasper_engine_kick(self);
}

/* --- what is due --- */

typedef struct {
	KasperEngine *engine;
	KasperRepository *repository; /* of all in the array */
	GPtrArray *items;	      /* of KasperDestruction */
	gboolean blocked;	      /* some cannot be tried now */
	KasperTime now;
} KasperDestructionScan;

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
	if (repository == NULL || !kasper_engine_repository_ready(repository, scan->now)) {
		scan->blocked = TRUE;
		return TRUE;
	}
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

static void
kasper_destruction_start(KasperEngine *self, KasperRepository *repository, GPtrArray *items)
{
	KasperDestructionJob *job = g_new0(KasperDestructionJob, 1);

	job->engine = g_object_ref(self);
	job->repository = repository->number;
	job->items = g_ptr_array_ref(items);
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(repository->store),
				      repository->deadline,
				      FALSE,
				      kasper_destruction_work,
				      g_ptr_array_ref(items),
				      (GDestroyNotify)g_ptr_array_unref,
				      (GDestroyNotify)g_ptr_array_unref,
				      kasper_destruction_done,
				      job);
}

/* destroys keys whose intent is due; gives whether there were any */
gboolean
kasper_engine_destroy_due(KasperEngine *self, KasperTime now)
{
	g_autoptr(GPtrArray) items =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_destruction_free);
	KasperDestructionScan scan = {self, NULL, items, FALSE, now};

	if (!kasper_store_each_intent(self->store,
				      KASPER_INTENT_DESTROY,
				      now,
				      DESTRUCTION_CHUNK,
				      kasper_destruction_collect,
				      &scan,
				      NULL))
		return FALSE;
	if (items->len > 0) {
		kasper_destruction_start(self, scan.repository, items);
		return TRUE;
	}
	return scan.blocked &&
	       kasper_engine_put_off_intents(self,
					     KASPER_INTENT_DESTROY,
					     now,
					     kasper_engine_next_repository_retry(self),
					     "its repository does not work: see 'kasper status'");
}
