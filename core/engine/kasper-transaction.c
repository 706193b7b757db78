/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/*
 * Intent before effect. What a transaction puts on its way (orders, keys to be made, events) is
 * laid aside until it is committed, and is forgotten with a transaction that is not.
 */

/* what an earlier transaction left behind was never committed */
void
kasper_engine_forget_fresh(KasperEngine *self)
{
	g_ptr_array_set_size(self->fresh_orders, 0);
	g_ptr_array_set_size(self->fresh_pairs, 0);
	g_ptr_array_set_size(self->fresh_events, 0);
	g_ptr_array_set_size(self->fresh_looks, 0);
}

/* in place of kasper_store_begin(), everywhere */
KasperTransaction *
kasper_engine_begin(KasperEngine *self, GError **error)
{
	KasperTransaction *transaction;
	GError *error_local = NULL;

	kasper_engine_forget_fresh(self);
	transaction = kasper_store_begin(self->store, &error_local);
	if (transaction != NULL)
		return transaction;
	kasper_engine_storage_failed(self, error_local);
	g_propagate_error(error, error_local);
	return NULL;
}

static void
kasper_engine_queue_pairs(KasperEngine *self)
{
	g_autoptr(GPtrArray) pairs = g_steal_pointer(&self->fresh_pairs);

	self->fresh_pairs =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_planned_pair_free);
	for (guint i = 0; i < pairs->len; i++) {
		KasperPlannedPair *pair = g_ptr_array_index(pairs, i);
		KasperRepository *repository =
		    kasper_engine_get_repository(self, pair->bucket->repository);

		g_hash_table_add(self->pairs_in_hand,
				 g_memdup2(&pair->number, sizeof pair->number));
		g_queue_push_tail(&repository->planned, pair);
	}
	/* they have moved */
	g_ptr_array_set_free_func(pairs, NULL);
}

/* an order that nobody can take now stays in the outbox, where a later pass finds it */
static void
kasper_engine_queue_orders(KasperEngine *self)
{
	if (self->signer == NULL || self->closing)
		g_ptr_array_set_size(self->fresh_orders, 0);
	else
		g_ptr_array_extend_and_steal(self->outgoing, g_steal_pointer(&self->fresh_orders));
	if (self->fresh_orders == NULL)
		self->fresh_orders =
		    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_outgoing_order_free);
}

gboolean
kasper_engine_commit(KasperEngine *self, KasperTransaction *transaction, GError **error)
{
	KasperTime now = kasper_engine_now(self);
	g_autoptr(GPtrArray) events = NULL;
	GError *error_local = NULL;

	if ((now > kasper_store_get_highest_time(self->store) &&
	     (!kasper_store_set_highest_time(self->store, now, &error_local) ||
	      !kasper_engine_keep_time(self, now, &error_local))) ||
	    !kasper_transaction_commit(transaction, &error_local)) {
		kasper_engine_storage_failed(self, error_local);
		g_propagate_error(error, error_local);
		return FALSE;
	}
	kasper_engine_storage_works(self);
	kasper_engine_queue_orders(self);
	kasper_engine_queue_pairs(self);
	kasper_engine_queue_looks(self);
	events = g_steal_pointer(&self->fresh_events);
	self->fresh_events = g_ptr_array_new_with_free_func(g_object_unref);
	kasper_engine_send_orders(self);
	kasper_engine_start_key_jobs(self);
	kasper_engine_publish_events(self, events);
	return TRUE;
}

/* --- many at once --- */

/* items from @from on, up to *ret_to, which becomes the first one that could not be recorded */
static gboolean
kasper_engine_record_range(KasperEngine *self,
			   GPtrArray *items,
			   guint from,
			   guint *ret_to,
			   const KasperRecorder *recorder,
			   GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = from; i < *ret_to; i++) {
		if (!recorder->record(self, g_ptr_array_index(items, i), recorder->data, error)) {
			*ret_to = i;
			return FALSE;
		}
	}
	if (recorder->end != NULL && !recorder->end(self, recorder->data, error))
		return FALSE;
	return kasper_engine_commit(self, transaction, error);
}

/* whether the store failed or the thing itself, this tells: it writes, too */
static gboolean
kasper_engine_record_failure(KasperEngine *self,
			     gpointer item,
			     const GError *why,
			     const KasperRecorder *recorder,
			     GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	return transaction != NULL && recorder->give_up(self, item, why, recorder->data, error) &&
	       kasper_engine_commit(self, transaction, error);
}

static gboolean
kasper_engine_record_or_fail(KasperEngine *self,
			     GPtrArray *items,
			     const KasperRecorder *recorder,
			     GError **error)
{
	guint from = 0;

	do {
		guint failed = items->len;
		guint to;
		g_autoptr(GError) why = NULL;

		if (kasper_engine_record_range(self, items, from, &failed, recorder, &why))
			return TRUE;
		if (failed == items->len) {
			g_propagate_error(error, g_steal_pointer(&why));
			return FALSE;
		}
		/* those in front of it went down with it */
		to = failed;
		if (to > from &&
		    !kasper_engine_record_range(self, items, from, &to, recorder, error))
			return FALSE;
		if (!kasper_engine_record_failure(self,
						  g_ptr_array_index(items, failed),
						  why,
						  recorder,
						  error))
			return FALSE;
		from = failed + 1;
	} while (from < items->len);
	return TRUE;
}

gboolean
kasper_engine_record_each(KasperEngine *self,
			  GPtrArray *items,
			  const KasperRecorder *recorder,
			  GError **error)
{
	GError *error_local = NULL;

	if (kasper_engine_record_or_fail(self, items, recorder, &error_local))
		return TRUE;
	kasper_engine_storage_failed(self, error_local);
	g_propagate_error(error, error_local);
	return FALSE;
}

/* --- what cannot be tried now --- */

/* should the thing that is waited for have no time of its own */
#define LONGEST_WAIT ((KasperSpan)3600)

typedef struct {
	KasperEngine *engine;
	GArray *intents; /* of KasperIntentRow: number and stage */
	GPtrArray *tokens;
} KasperBlocked;

static gboolean
kasper_engine_collect_blocked(const KasperIntentRow *row, gpointer data)
{
	KasperBlocked *blocked = data;
	KasperIntentRow copy = {.number = row->number, .stage = row->stage};

	if (g_hash_table_contains(blocked->engine->in_hand, &copy.number))
		return TRUE;
	g_array_append_val(blocked->intents, copy);
	g_ptr_array_add(blocked->tokens, g_strdup(row->token));
	return TRUE;
}

static gboolean
kasper_engine_postpone_blocked(KasperEngine *self,
			       const KasperBlocked *blocked,
			       KasperTime until,
			       const gchar *why,
			       GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < blocked->intents->len; i++) {
		const KasperIntentRow *row = &g_array_index(blocked->intents, KasperIntentRow, i);

		if (!kasper_store_postpone_intent(self->store,
						  row->number,
						  row->stage,
						  until,
						  g_ptr_array_index(blocked->tokens, i),
						  why,
						  error))
			return FALSE;
	}
	return kasper_engine_commit(self, transaction, error);
}

gboolean
kasper_engine_put_off_intents(KasperEngine *self,
			      KasperIntentKind kind,
			      KasperTime now,
			      KasperTime until,
			      const gchar *why)
{
	g_autoptr(GArray) intents = g_array_new(FALSE, FALSE, sizeof(KasperIntentRow));
	g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func(g_free);
	KasperBlocked blocked = {self, intents, tokens};
	g_autoptr(GError) error = NULL;

	if (!kasper_store_each_intent(self->store,
				      (gint)kind,
				      now,
				      KASPER_BATCH,
				      kasper_engine_collect_blocked,
				      &blocked,
				      &error)) {
		kasper_engine_storage_failed(self, error);
		return FALSE;
	}
	if (intents->len == 0)
		return FALSE;
	if (until <= now || until == KASPER_TIME_NEVER)
		until = kasper_time_add(now, LONGEST_WAIT);
	if (kasper_engine_postpone_blocked(self, &blocked, until, why, &error))
		return TRUE;
	kasper_engine_storage_failed(self, error);
	return FALSE;
}
