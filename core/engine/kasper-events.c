/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include <string.h>

#define EVENT_BATCH    256
#define EVENT_DEADLINE ((KasperSpan)30)

/* an event as the outbox keeps it: name, level, time, zone, key, text; one a line, text last */
static gchar *
kasper_event_to_payload(KasperEvent *event)
{
	const gchar *zone = kasper_event_get_zone(event);
	const gchar *key_id = kasper_event_get_key_id(event);

	return g_strdup_printf("%s\n%d\n%" G_GINT64_FORMAT "\n%s\n%s\n%s",
			       kasper_event_get_name(event),
			       (gint)kasper_event_get_level(event),
			       kasper_event_get_time(event),
			       zone != NULL ? zone : "",
			       key_id != NULL ? key_id : "",
			       kasper_event_get_text(event));
}

static KasperEvent *
kasper_event_from_payload(const gchar *payload, const gchar *id)
{
	g_auto(GStrv) lines = g_strsplit(payload, "\n", 6);
	KasperEvent *event;

	if (g_strv_length(lines) != 6)
		return NULL;
	event = kasper_event_new(lines[0],
				 (KasperEventLevel)g_ascii_strtoll(lines[1], NULL, 10),
				 g_ascii_strtoll(lines[2], NULL, 10),
				 lines[3][0] != '\0' ? lines[3] : NULL,
				 lines[4][0] != '\0' ? lines[4] : NULL,
				 lines[5]);
	kasper_event_set_id(event, id);
	return event;
}

static gboolean
kasper_events_add_intent(KasperEngine *self,
			 KasperEvent *event,
			 const gchar *target,
			 GError **error)
{
	g_auto(KasperIntentRow) intent = {0};

	intent.kind = KASPER_INTENT_EVENT;
	intent.id = g_strdup(kasper_event_get_id(event));
	intent.target = g_strdup(target);
	intent.payload = kasper_event_to_payload(event);
	intent.created = intent.due = kasper_event_get_time(event);
	return kasper_store_add_intent(self->store, &intent, error);
}

/* puts an event into the outbox of the open transaction, once for each notifier */
gboolean
kasper_engine_emit(KasperEngine *self,
		   const gchar *name,
		   KasperEventLevel level,
		   const gchar *zone,
		   const gchar *key_id,
		   const gchar *text,
		   GError **error)
{
	g_autoptr(KasperEvent) event =
	    kasper_event_new(name, level, kasper_engine_now(self), zone, key_id, text);
	g_autofree gchar *id = g_uuid_string_random();

	kasper_event_set_id(event, id);
	for (guint i = 0; i < self->notifiers->len; i++) {
		if (!kasper_events_add_intent(self,
					      event,
					      g_ptr_array_index(self->notifiers, i),
					      error))
			return FALSE;
	}
	g_ptr_array_add(self->fresh_events, g_steal_pointer(&event));
	return TRUE;
}

/* an event outside of any transaction */
void
kasper_engine_emit_now(KasperEngine *self,
		       const gchar *name,
		       KasperEventLevel level,
		       const gchar *zone,
		       const gchar *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, &error);

	if (transaction == NULL ||
	    !kasper_engine_emit(self, name, level, zone, NULL, text, &error) ||
	    !kasper_engine_commit(self, transaction, &error))
		g_warning("%s: %s (the event could not be kept: %s)", name, text, error->message);
}

static GLogLevelFlags
kasper_events_get_log_level(KasperEventLevel level)
{
	switch (level) {
	case KASPER_EVENT_DEBUG:
		return G_LOG_LEVEL_DEBUG;
	case KASPER_EVENT_INFO:
		return G_LOG_LEVEL_INFO;
	case KASPER_EVENT_NOTICE:
		return G_LOG_LEVEL_MESSAGE;
	case KASPER_EVENT_WARNING:
	case KASPER_EVENT_ERROR:
	case KASPER_EVENT_CRITICAL:
		/* a zone in danger is not a broken promise of the program */
		return G_LOG_LEVEL_WARNING;
	}
	g_assert_not_reached();
}

static void
kasper_events_log(KasperEvent *event)
{
	g_auto(GStrv) lines = g_strsplit(kasper_event_get_text(event), "\n", -1);
	const gchar *zone = kasper_event_get_zone(event);
	const gchar *key_id = kasper_event_get_key_id(event);

	for (guint i = 0; lines[i] != NULL; i++)
		g_log_structured(G_LOG_DOMAIN,
				 kasper_events_get_log_level(kasper_event_get_level(event)),
				 "KASPER_EVENT",
				 kasper_event_get_name(event),
				 "KASPER_ZONE",
				 zone != NULL ? zone : "",
				 "KASPER_KEY",
				 key_id != NULL ? key_id : "",
				 "MESSAGE",
				 "%s",
				 lines[i]);
}

/* tells those who listen in this process; the transaction has been committed */
void
kasper_engine_publish_events(KasperEngine *self)
{
	g_autoptr(GPtrArray) events = g_steal_pointer(&self->fresh_events);

	self->fresh_events = g_ptr_array_new_with_free_func(g_object_unref);
	for (guint i = 0; i < events->len; i++) {
		KasperEvent *event = g_ptr_array_index(events, i);

		kasper_events_log(event);
		g_signal_emit_by_name(self, "event", event);
	}
}

/* --- delivery --- */

typedef struct {
	gint64 intent;
	guint tries;
	KasperEvent *event;
	GError *error; /* of the attempt; NULL: delivered */
} KasperDelivery;

static void
kasper_delivery_free(KasperDelivery *self)
{
	g_clear_object(&self->event);
	g_clear_error(&self->error);
	g_free(self);
}

typedef struct {
	KasperEngine *engine;
	GPtrArray *deliveries; /* of KasperDelivery */
	const gchar *target;   /* of those in the array; interned */
} KasperDeliveryBatch;

static gboolean
kasper_events_collect(const KasperIntentRow *row, gpointer data)
{
	KasperDeliveryBatch *batch = data;
	KasperEngine *self = batch->engine;
	KasperDelivery *delivery;
	gint64 number = row->number;

	if (g_hash_table_contains(self->in_hand, &number))
		return TRUE;
	if (batch->target == NULL)
		batch->target = g_intern_string(row->target);
	if (g_strcmp0(batch->target, row->target) != 0)
		return TRUE;
	delivery = g_new0(KasperDelivery, 1);
	delivery->intent = row->number;
	delivery->tries = row->tries;
	delivery->event = kasper_event_from_payload(row->payload, row->id);
	g_ptr_array_add(batch->deliveries, delivery);
	return TRUE;
}

static gpointer
kasper_events_work(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	GPtrArray *deliveries = data;

	for (guint i = 0; i < deliveries->len; i++) {
		KasperDelivery *delivery = g_ptr_array_index(deliveries, i);

		if (delivery->event != NULL)
			kasper_notifier_deliver(KASPER_NOTIFIER(plugin),
						delivery->event,
						cancellable,
						&delivery->error);
	}
	return g_ptr_array_ref(deliveries);
}

/* @batch_error: of the whole batch, whose deliveries belong to a worker that is late; NULL: none */
static gboolean
kasper_events_record(KasperEngine *self,
		     GPtrArray *deliveries,
		     const GError *batch_error,
		     GError **error)
{
	KasperTime now = kasper_engine_now(self);
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < deliveries->len; i++) {
		KasperDelivery *delivery = g_ptr_array_index(deliveries, i);
		KasperSpan wait = kasper_engine_back_off(delivery->tries, 10, 3600);
		const GError *failed = batch_error != NULL ? batch_error : delivery->error;

		if (failed == NULL
			? !kasper_store_finish_intent(self->store, delivery->intent, error)
			: !kasper_store_postpone_intent(self->store,
							delivery->intent,
							0,
							kasper_time_add(now, wait),
							NULL,
							failed->message,
							error))
			return FALSE;
	}
	return kasper_engine_commit(self, transaction, error);
}

typedef struct {
	KasperEngine *engine;
	GPtrArray *deliveries;
} KasperDeliveryJob;

static void
kasper_events_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperDeliveryJob *job = data;
	g_autoptr(KasperEngine) self = job->engine;
	g_autoptr(GPtrArray) sent = job->deliveries;
	g_autoptr(GPtrArray) done = NULL;
	g_autoptr(GError) late = NULL;
	g_autoptr(GError) error = NULL;

	done = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &late);
	self->event_jobs--;
	if (late != NULL)
		g_warning("events could not be delivered: %s", late->message);
	if (!kasper_events_record(self, sent, late, &error))
		g_warning("deliveries could not be recorded: %s", error->message);
	for (guint i = 0; i < sent->len; i++) {
		KasperDelivery *delivery = g_ptr_array_index(sent, i);

		g_hash_table_remove(self->in_hand, &delivery->intent);
	}
	kasper_engine_kick(self);
}

static void
kasper_events_start(KasperEngine *self, KasperPlugin *plugin, GPtrArray *deliveries)
{
	KasperDeliveryJob *job = g_new0(KasperDeliveryJob, 1);

	for (guint i = 0; i < deliveries->len; i++) {
		KasperDelivery *delivery = g_ptr_array_index(deliveries, i);

		g_hash_table_add(self->in_hand, g_memdup2(&delivery->intent, sizeof(gint64)));
	}
	job->engine = g_object_ref(self);
	job->deliveries = g_ptr_array_ref(deliveries);
	self->event_jobs++;
	kasper_plugin_host_call_async(self->host,
				      plugin,
				      EVENT_DEADLINE,
				      FALSE,
				      kasper_events_work,
				      g_ptr_array_ref(deliveries),
				      (GDestroyNotify)g_ptr_array_unref,
				      (GDestroyNotify)g_ptr_array_unref,
				      kasper_events_done,
				      job);
}

/* events for a notifier that conf.xml no longer has are of no use to anybody */
static void
kasper_events_drop(KasperEngine *self, GPtrArray *deliveries)
{
	g_autoptr(GError) error = NULL;

	if (!kasper_events_record(self, deliveries, NULL, &error))
		g_warning("events could not be dropped: %s", error->message);
}

/* hands due events to their notifier, a batch at a time; gives whether there were any */
gboolean
kasper_engine_deliver_due(KasperEngine *self, KasperTime now)
{
	g_autoptr(GPtrArray) deliveries =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_delivery_free);
	KasperDeliveryBatch batch = {self, deliveries, NULL};
	KasperPlugin *plugin;

	if (self->event_jobs > 0)
		return FALSE;
	if (!kasper_store_each_intent(self->store,
				      KASPER_INTENT_EVENT,
				      now,
				      EVENT_BATCH,
				      kasper_events_collect,
				      &batch,
				      NULL) ||
	    deliveries->len == 0)
		return FALSE;
	plugin = kasper_plugin_host_find(self->host, batch.target, KASPER_TYPE_NOTIFIER);
	if (plugin == NULL)
		kasper_events_drop(self, deliveries);
	else
		kasper_events_start(self, plugin, deliveries);
	return TRUE;
}
