/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

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

KasperEvent *
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
	intent.created = kasper_event_get_time(event);
	intent.due = kasper_engine_get_event_time(self, target);
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
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, &error);

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
kasper_engine_publish_events(KasperEngine *self, GPtrArray *events)
{
	for (guint i = 0; i < events->len; i++) {
		KasperEvent *event = g_ptr_array_index(events, i);

		kasper_events_log(event);
		g_signal_emit_by_name(self, "event", event);
	}
}
