/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* events out of the outbox to the notifiers, each in order, and none waiting for another */

/* events that a notifier is given in one go: few at first, and as many as it takes quickly */
#define FIRST_CHUNK   64u
#define LARGEST_CHUNK KASPER_BATCH
#define GOOD_TIME     (2 * G_USEC_PER_SEC)
/* so many due events are looked at to find some for each notifier that is free */
#define DELIVERY_SCAN	  (4 * KASPER_BATCH)
#define DELIVERY_DEADLINE ((KasperSpan)30)
#define FIRST_RETRY	  ((KasperSpan)10)
#define LONGEST_RETRY	  ((KasperSpan)600)
/* a notifier that is away for so long is told of what somebody has to do, and of no more */
#define OLD_NEWS ((KasperSpan)7 * KASPER_SPAN_DAY)

typedef struct {
	gint64 intent;
	guint tries;
	KasperEvent *event; /* NULL: nobody can read it */
	GError *error;	    /* of the attempt; NULL: delivered */
} KasperDelivery;

static void
kasper_delivery_free(KasperDelivery *self)
{
	g_clear_object(&self->event);
	g_clear_error(&self->error);
	g_free(self);
}

/* --- on a worker --- */

static gpointer
kasper_delivery_work(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	GPtrArray *deliveries = data;
	gboolean failed = FALSE;

	for (guint i = 0; i < deliveries->len; i++) {
		KasperDelivery *delivery = g_ptr_array_index(deliveries, i);

		if (delivery->event == NULL)
			continue;
		/* in order: what comes behind one that failed comes later, too */
		if (failed || g_cancellable_is_cancelled(cancellable))
			g_set_error_literal(&delivery->error,
					    KASPER_ERROR,
					    KASPER_ERROR_TRY_AGAIN,
					    "an earlier event could not be delivered");
		else
			kasper_notifier_deliver(KASPER_NOTIFIER(plugin),
						delivery->event,
						cancellable,
						&delivery->error);
		failed = delivery->error != NULL;
	}
	return g_ptr_array_ref(deliveries);
}

/* --- what came of it --- */

static gboolean
kasper_delivery_is_old_news(KasperEngine *self, const KasperDelivery *delivery)
{
	return delivery->event != NULL &&
	       kasper_event_get_level(delivery->event) < KASPER_EVENT_NOTICE &&
	       kasper_time_since(kasper_engine_now(self), kasper_event_get_time(delivery->event)) >
		   OLD_NEWS;
}

static const GError *
kasper_delivery_find_error(GPtrArray *deliveries)
{
	for (guint i = 0; i < deliveries->len; i++) {
		const KasperDelivery *delivery = g_ptr_array_index(deliveries, i);

		if (delivery->error != NULL)
			return delivery->error;
	}
	return NULL;
}

/* what was taken is done; all else that is due for this notifier waits together, or its order would
 * be lost */
static gboolean
kasper_delivery_record_all(KasperEngine *self,
			   const gchar *target,
			   GPtrArray *deliveries,
			   const GError *late,
			   KasperTime retry,
			   GError **error)
{
	const GError *failed = late != NULL ? late : kasper_delivery_find_error(deliveries);

	for (guint i = 0; i < deliveries->len; i++) {
		const KasperDelivery *delivery = g_ptr_array_index(deliveries, i);

		if ((late != NULL || delivery->error != NULL) &&
		    !kasper_delivery_is_old_news(self, delivery))
			continue;
		if (!kasper_store_finish_intent(self->store, delivery->intent, error))
			return FALSE;
	}
	return failed == NULL || kasper_store_postpone_events(self->store,
							      target,
							      kasper_engine_now(self),
							      retry,
							      failed->message,
							      error);
}

/* events that come meanwhile do not overtake those that wait */
static void
kasper_delivery_set_retry(KasperEngine *self, const gchar *target, KasperTime retry)
{
	g_hash_table_insert(self->event_retries, (gpointer)target, g_memdup2(&retry, sizeof retry));
}

KasperTime
kasper_engine_get_event_time(KasperEngine *self, const gchar *target)
{
	const KasperTime *retry = g_hash_table_lookup(self->event_retries, target);
	KasperTime now = kasper_engine_now(self);

	return retry != NULL ? MAX(now, *retry) : now;
}

/* @late: of the whole batch, whose deliveries still belong to a worker; NULL: none */
static void
kasper_delivery_record(KasperEngine *self,
		       const gchar *target,
		       GPtrArray *deliveries,
		       const GError *late)
{
	const KasperDelivery *first = g_ptr_array_index(deliveries, 0);
	KasperTime retry =
	    kasper_engine_get_retry(self, first->intent, first->tries, FIRST_RETRY, LONGEST_RETRY);
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, &error);

	if (transaction == NULL ||
	    !kasper_delivery_record_all(self, target, deliveries, late, retry, &error) ||
	    !kasper_engine_commit(self, transaction, &error)) {
		kasper_engine_storage_failed(self, error);
		return;
	}
	if (late != NULL || kasper_delivery_find_error(deliveries) != NULL)
		kasper_delivery_set_retry(self, target, retry);
	else
		g_hash_table_remove(self->event_retries, target);
}

/* no event about it: it would be one more that cannot be delivered */
static void
kasper_delivery_judge(KasperEngine *self, const gchar *target, const GError *failed)
{
	g_autofree gchar *what = g_strdup_printf("plugin %s", target);

	if (failed == NULL) {
		kasper_engine_clear_problem(self, what);
		return;
	}
	if (!g_hash_table_contains(self->problems, what))
		g_warning("%s: events wait to be delivered: %s", what, failed->message);
	kasper_engine_set_problem(self, what, failed->message);
}

static guint
kasper_delivery_get_chunk(KasperEngine *self, const gchar *target)
{
	guint chunk = GPOINTER_TO_UINT(g_hash_table_lookup(self->event_chunks, target));

	return chunk != 0 ? chunk : FIRST_CHUNK;
}

static void
kasper_delivery_adapt(KasperEngine *self, const gchar *target, guint n, gint64 took)
{
	guint chunk = kasper_delivery_get_chunk(self, target);

	if (took > GOOD_TIME)
		chunk = MAX(chunk / 2, 1);
	else if (n >= chunk && took < GOOD_TIME / 4)
		chunk = MIN(chunk * 4, LARGEST_CHUNK);
	g_hash_table_insert(self->event_chunks, (gpointer)target, GUINT_TO_POINTER(chunk));
}

typedef struct {
	KasperEngine *engine;
	const gchar *target; /* interned */
	GPtrArray *deliveries;
	gint64 started; /* monotonic microseconds */
} KasperDeliveryJob;

static void
kasper_delivery_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperDeliveryJob *job = data;
	g_autoptr(KasperEngine) self = job->engine;
	g_autoptr(GPtrArray) sent = job->deliveries;
	g_autoptr(GPtrArray) done = NULL;
	g_autoptr(GError) late = NULL;

	done = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &late);
	g_hash_table_remove(self->busy_notifiers, job->target);
	kasper_delivery_adapt(self, job->target, sent->len, g_get_monotonic_time() - job->started);
	kasper_delivery_record(self, job->target, sent, late);
	kasper_delivery_judge(self,
			      job->target,
			      late != NULL ? late : kasper_delivery_find_error(sent));
	for (guint i = 0; i < sent->len; i++) {
		KasperDelivery *delivery = g_ptr_array_index(sent, i);

		g_hash_table_remove(self->in_hand, &delivery->intent);
	}
	kasper_engine_kick(self);
}

/* --- what is due --- */

typedef struct {
	KasperEngine *engine;
	GHashTable *batches; /* interned target to GPtrArray of KasperDelivery */
	guint wanted;	     /* notifiers that are free, and have not got all that they take */
} KasperDeliveryScan;

static gboolean
kasper_delivery_collect(const KasperIntentRow *row, gpointer data)
{
	KasperDeliveryScan *scan = data;
	const gchar *target = g_intern_string(row->target != NULL ? row->target : "");
	GPtrArray *deliveries = g_hash_table_lookup(scan->batches, target);
	KasperDelivery *delivery;

	if (g_hash_table_contains(scan->engine->busy_notifiers, target))
		return TRUE;
	if (deliveries == NULL) {
		deliveries = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_delivery_free);
		g_hash_table_insert(scan->batches, (gpointer)target, deliveries);
	}
	if (deliveries->len >= kasper_delivery_get_chunk(scan->engine, target))
		return TRUE;
	delivery = g_new0(KasperDelivery, 1);
	delivery->intent = row->number;
	delivery->tries = row->tries;
	delivery->event = kasper_event_from_payload(row->payload, row->id);
	g_ptr_array_add(deliveries, delivery);
	if (deliveries->len == kasper_delivery_get_chunk(scan->engine, target))
		scan->wanted -= MIN(scan->wanted, 1);
	return scan->wanted > 0;
}

static void
kasper_delivery_start(KasperEngine *self,
		      const gchar *target,
		      KasperPlugin *plugin,
		      GPtrArray *deliveries)
{
	KasperDeliveryJob *job = g_new0(KasperDeliveryJob, 1);

	for (guint i = 0; i < deliveries->len; i++) {
		KasperDelivery *delivery = g_ptr_array_index(deliveries, i);

		g_hash_table_add(self->in_hand, g_memdup2(&delivery->intent, sizeof(gint64)));
	}
	job->engine = g_object_ref(self);
	job->target = target;
	job->deliveries = g_ptr_array_ref(deliveries);
	job->started = g_get_monotonic_time();
	g_hash_table_add(self->busy_notifiers, (gpointer)target);
	kasper_plugin_host_call_async(self->host,
				      plugin,
				      DELIVERY_DEADLINE,
				      FALSE,
				      kasper_delivery_work,
				      g_ptr_array_ref(deliveries),
				      (GDestroyNotify)g_ptr_array_unref,
				      (GDestroyNotify)g_ptr_array_unref,
				      kasper_delivery_done,
				      job);
}

/* a notifier that cannot be opened is waited for; events for one that conf.xml no longer has are of
 * no use to anybody */
static void
kasper_delivery_handle(KasperEngine *self, const gchar *target, GPtrArray *deliveries)
{
	KasperPlugin *plugin = kasper_plugin_host_find(self->host, target, KASPER_TYPE_NOTIFIER);
	g_autoptr(GError) away = NULL;

	if (plugin != NULL) {
		kasper_delivery_start(self, target, plugin, deliveries);
		return;
	}
	if (g_ptr_array_find_with_equal_func(self->notifiers, target, g_str_equal, NULL))
		away = g_error_new_literal(KASPER_ERROR,
					   KASPER_ERROR_TRY_AGAIN,
					   "the notifier is not open: see 'kasper status'");
	kasper_delivery_record(self, target, deliveries, away);
}

/* hands due events to their notifiers; gives whether there were any */
gboolean
kasper_engine_deliver_due(KasperEngine *self, KasperTime now)
{
	g_autoptr(GHashTable) batches =
	    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	guint busy = g_hash_table_size(self->busy_notifiers);
	KasperDeliveryScan scan = {self, batches, 1};
	GHashTableIter iter;
	gpointer target, deliveries;

	if (self->notifiers->len > 0 && busy >= self->notifiers->len)
		return FALSE;
	if (self->notifiers->len > busy)
		scan.wanted = self->notifiers->len - busy;
	if (!kasper_store_each_intent(self->store,
				      KASPER_INTENT_EVENT,
				      now,
				      DELIVERY_SCAN,
				      kasper_delivery_collect,
				      &scan,
				      NULL))
		return FALSE;
	g_hash_table_iter_init(&iter, batches);
	while (g_hash_table_iter_next(&iter, &target, &deliveries))
		kasper_delivery_handle(self, target, deliveries);
	return g_hash_table_size(batches) > 0;
}
