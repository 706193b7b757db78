/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* worker jobs at a time: one writes while the next is being decided */
#define MAX_ORDER_JOBS 2
/* test clock: so often a signer is looked at again before the engine says that it waits for time */
#define MAX_POLLS 20
/* an order that cannot be made, or that nobody can be given, is looked at again after this */
#define ORDER_RETRY ((KasperSpan)300)

typedef struct {
	KasperEngine *engine;
	GPtrArray *orders; /* of KasperOutgoingOrder */
	gboolean applies;  /* ... or reads back */
} KasperOrderJob;

static void
kasper_order_job_free(KasperOrderJob *self)
{
	g_object_unref(self->engine);
	g_ptr_array_unref(self->orders);
	g_free(self);
}

/* --- on a worker --- */

static gpointer
kasper_orders_apply(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	g_autoptr(GListModel) orders = kasper_outgoing_orders_to_model(data);

	return kasper_signer_apply_orders(KASPER_SIGNER(plugin), orders, cancellable, error);
}

/* a zone that cannot be read is an answer about that zone, not about the others */
static gpointer
kasper_orders_read(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	g_autoptr(GListStore) answers = g_list_store_new(KASPER_TYPE_SIGNER_ANSWER);
	GPtrArray *orders = data;

	for (guint i = 0; i < orders->len; i++) {
		KasperOutgoingOrder *outgoing = g_ptr_array_index(orders, i);
		g_autoptr(GError) error_local = NULL;
		g_autoptr(KasperSignerAnswer) answer =
		    kasper_signer_read_back(KASPER_SIGNER(plugin),
					    outgoing->order,
					    cancellable,
					    &error_local);

		if (answer == NULL)
			answer = kasper_signer_answer_new(KASPER_SIGNER_PENDING,
							  0,
							  error_local->message);
		g_list_store_append(answers, answer);
	}
	return g_steal_pointer(&answers);
}

/* --- what came of it: a second transaction --- */

typedef struct {
	GListModel *answers; /* in the order of the orders; NULL: the call itself failed */
	const GError *failed;
	gboolean pending;
} KasperOrderAnswers;

static KasperSignerAnswer *
kasper_orders_get_answer(const KasperOrderAnswers *self, gpointer item)
{
	const KasperOutgoingOrder *outgoing = item;

	if (self->answers == NULL)
		return kasper_signer_answer_new(KASPER_SIGNER_FAILED, 0, self->failed->message);
	return g_list_model_get_item(self->answers, outgoing->place);
}

static gboolean
kasper_orders_record_one(KasperEngine *self, gpointer item, gpointer data, GError **error)
{
	KasperOrderAnswers *answers = data;
	g_autoptr(KasperSignerAnswer) answer = kasper_orders_get_answer(answers, item);

	return kasper_engine_record_answer(self, item, answer, &answers->pending, error);
}

/* a zone that is gone in the meantime, or cannot be decided upon, must not hold up the others */
static gboolean
kasper_orders_give_up(KasperEngine *self,
		      gpointer item,
		      const GError *why,
		      gpointer data,
		      GError **error)
{
	KasperOutgoingOrder *outgoing = item;

	if (g_error_matches(why, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
		return kasper_store_finish_intent(self->store, outgoing->intent, error);
	return kasper_store_postpone_intent(self->store,
					    outgoing->intent,
					    outgoing->stage,
					    kasper_time_add(kasper_engine_now(self), ORDER_RETRY),
					    NULL,
					    why->message,
					    error);
}

/* one problem, however many orders the signer failed with; that it can be looked at does not say
 * that it takes any */
static void
kasper_orders_judge_signer(KasperEngine *self, gboolean applies, const GError *failed)
{
	gboolean known = g_hash_table_contains(self->problems, "signer");
	g_autofree gchar *text = NULL;

	if (!applies && self->orders_failing)
		return;
	self->orders_failing = applies && failed != NULL;
	if (failed == NULL) {
		kasper_engine_clear_problem(self, "signer");
		return;
	}
	kasper_engine_set_problem(self, "signer", failed->message);
	if (known)
		return;
	text = g_strdup_printf("the signer does not take orders: %s", failed->message);
	kasper_engine_emit_now(self, "signer-failed", KASPER_EVENT_ERROR, NULL, text);
}

/* --- test clock: the signer works in real time, also where our clock is turned by hand --- */

static gboolean
kasper_orders_poll_again(gpointer data)
{
	KasperEngine *self = data;

	g_clear_pointer(&self->poll, g_source_unref);
	self->polls++;
	self->poll_now = TRUE;
	kasper_engine_kick(self);
	return G_SOURCE_REMOVE;
}

static void
kasper_orders_poll_soon(KasperEngine *self)
{
	if (!kasper_clock_is_test(self->clock) || self->poll_interval == 0 || self->poll != NULL ||
	    self->polls >= MAX_POLLS || self->closing)
		return;
	self->poll = g_timeout_source_new(self->poll_interval);
	g_source_set_callback(self->poll, kasper_orders_poll_again, self, NULL);
	g_source_attach(self->poll, self->context);
}

/* --- the call --- */

static void
kasper_orders_done(GObject *source, GAsyncResult *result, gpointer data)
{
	static const KasperRecorder recorder = {
	    .record = kasper_orders_record_one,
	    .give_up = kasper_orders_give_up,
	};
	KasperOrderJob *job = data;
	g_autoptr(KasperEngine) self = g_object_ref(job->engine);
	g_autoptr(GListModel) models = NULL;
	g_autoptr(GError) failed = NULL;
	g_autoptr(GError) error = NULL;
	KasperOrderAnswers answers = {0};
	KasperRecorder filled = recorder;

	models = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &failed);
	self->order_jobs--;
	answers.answers = models;
	answers.failed = failed;
	filled.data = &answers;
	kasper_orders_judge_signer(self, job->applies, failed);
	if (!kasper_engine_record_each(self, job->orders, &filled, &error))
		g_warning("the signer's answers could not be recorded: %s", error->message);
	for (guint i = 0; i < job->orders->len; i++) {
		KasperOutgoingOrder *outgoing = g_ptr_array_index(job->orders, i);

		g_hash_table_remove(self->in_hand, &outgoing->intent);
	}
	if (answers.pending)
		kasper_orders_poll_soon(self);
	kasper_order_job_free(job);
	kasper_engine_send_orders(self);
	kasper_engine_kick(self);
}

static void
kasper_orders_start(KasperEngine *self, GPtrArray *orders, KasperCallFunc work)
{
	KasperOrderJob *job = g_new0(KasperOrderJob, 1);

	for (guint i = 0; i < orders->len; i++) {
		KasperOutgoingOrder *outgoing = g_ptr_array_index(orders, i);

		outgoing->place = i;
		g_hash_table_add(self->in_hand, g_memdup2(&outgoing->intent, sizeof(gint64)));
	}
	job->engine = g_object_ref(self);
	job->orders = g_ptr_array_ref(orders);
	job->applies = work == kasper_orders_apply;
	self->order_jobs++;
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(self->signer),
				      self->signer_deadline,
				      FALSE,
				      work,
				      g_ptr_array_ref(orders),
				      (GDestroyNotify)g_ptr_array_unref,
				      g_object_unref,
				      kasper_orders_done,
				      job);
}

static GPtrArray *
kasper_orders_new_batch(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)kasper_outgoing_order_free);
}

/* hands committed orders to the signer, in batches, as long as a worker is free */
void
kasper_engine_send_orders(KasperEngine *self)
{
	while (self->signer != NULL && !self->closing && self->outgoing->len > 0 &&
	       self->order_jobs < MAX_ORDER_JOBS) {
		g_autoptr(GPtrArray) batch = kasper_orders_new_batch();
		guint n = MIN(self->outgoing->len, KASPER_BATCH);

		for (guint i = 0; i < n; i++) {
			g_ptr_array_add(batch, g_ptr_array_index(self->outgoing, i));
			self->outgoing->pdata[i] = NULL;
		}
		g_ptr_array_remove_range(self->outgoing, 0, n);
		kasper_orders_start(self, batch, kasper_orders_apply);
	}
}

/* --- orders of an earlier run, tries that failed, and read-backs --- */

typedef struct {
	KasperEngine *engine;
	GPtrArray *apply;   /* of KasperOutgoingOrder */
	GPtrArray *read;    /* of KasperOutgoingOrder */
	GPtrArray *refused; /* of KasperOutgoingOrder without an order: it cannot be made */
	GPtrArray *reasons; /* of GError, one each */
	KasperTime now;
} KasperOrderScan;

/* an order is made of what was decided under today's policy, and of nothing older: a zone that is
 * due gets its turn first */
static gboolean
kasper_orders_load(KasperOrderScan *scan, KasperOutgoingOrder *outgoing, GError **error)
{
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) row = {0};

	if (!kasper_engine_load(scan->engine, outgoing->zone, &snapshot, &row, error))
		return FALSE;
	if (row.next_due <= scan->now)
		return TRUE;
	outgoing->order = kasper_engine_make_order(scan->engine, &row, &snapshot, error);
	return outgoing->order != NULL;
}

static gboolean
kasper_orders_collect(const KasperIntentRow *row, gpointer data)
{
	KasperOrderScan *scan = data;
	g_autoptr(KasperOutgoingOrder) outgoing = NULL;
	GError *error = NULL;
	gint64 number = row->number;

	if (g_hash_table_contains(scan->engine->in_hand, &number) ||
	    (row->due > scan->now && row->stage != KASPER_STAGE_READ))
		return TRUE;
	outgoing = g_new0(KasperOutgoingOrder, 1);
	outgoing->intent = row->number;
	outgoing->zone = row->zone;
	outgoing->stage = row->stage;
	outgoing->tries = row->tries;
	if (!kasper_orders_load(scan, outgoing, &error)) {
		g_ptr_array_add(scan->refused, g_steal_pointer(&outgoing));
		g_ptr_array_add(scan->reasons, error);
	} else if (outgoing->order != NULL) {
		g_ptr_array_add(row->stage == KASPER_STAGE_APPLY ? scan->apply : scan->read,
				g_steal_pointer(&outgoing));
	}
	return TRUE;
}

static void
kasper_orders_record_refused(KasperEngine *self, const KasperOrderScan *scan)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = NULL;
	gboolean done;

	if (scan->refused->len == 0)
		return;
	transaction = kasper_engine_begin(self, &error);
	done = transaction != NULL;
	for (guint i = 0; done && i < scan->refused->len; i++)
		done = kasper_orders_give_up(self,
					     g_ptr_array_index(scan->refused, i),
					     g_ptr_array_index(scan->reasons, i),
					     NULL,
					     &error);
	if (!done || !kasper_engine_commit(self, transaction, &error))
		kasper_engine_storage_failed(self, error);
}

/* takes up orders whose time has come; gives whether there were any. While a test clock stands
 * still, read-backs are made ahead of their time: the signer's is real */
gboolean
kasper_engine_retry_orders(KasperEngine *self, KasperTime now)
{
	g_autoptr(GPtrArray) apply = kasper_orders_new_batch();
	g_autoptr(GPtrArray) read = kasper_orders_new_batch();
	g_autoptr(GPtrArray) refused = kasper_orders_new_batch();
	g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free);
	KasperOrderScan scan = {self, apply, read, refused, reasons, now};
	KasperTime until = self->poll_now ? KASPER_TIME_NEVER : now;

	if (self->signer == NULL)
		return kasper_engine_put_off_intents(self,
						     KASPER_INTENT_ORDER,
						     now,
						     self->plugins_at,
						     "no signer is open: see 'kasper status'");
	if (self->order_jobs > 0 || self->outgoing->len > 0)
		return FALSE;
	self->poll_now = FALSE;
	if (!kasper_store_each_intent(self->store,
				      KASPER_INTENT_ORDER,
				      until,
				      KASPER_BATCH,
				      kasper_orders_collect,
				      &scan,
				      NULL))
		return FALSE;
	kasper_orders_record_refused(self, &scan);
	if (apply->len > 0)
		kasper_orders_start(self, apply, kasper_orders_apply);
	if (read->len > 0)
		kasper_orders_start(self, read, kasper_orders_read);
	return apply->len > 0 || read->len > 0;
}
