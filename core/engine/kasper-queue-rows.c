/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

/* what is planned: a zone's next decision, or an effect that has been decided upon */
typedef struct {
	KasperTime due;
	GVariant *row;
} KasperQueueItem;

static void
kasper_queue_item_clear(gpointer data)
{
	KasperQueueItem *self = data;

	g_variant_unref(self->row);
}

static gint
kasper_queue_item_compare(gconstpointer a, gconstpointer b)
{
	const KasperQueueItem *left = a;
	const KasperQueueItem *right = b;

	return (left->due > right->due) - (left->due < right->due);
}

static GVariant *
kasper_queue_make_row(const gchar *kind,
		      const gchar *zone,
		      const gchar *id,
		      KasperTime due,
		      guint tries,
		      const gchar *state,
		      const gchar *error)
{
	GVariantBuilder fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

	kasper_row_add_text(&fields, "kind", kind);
	kasper_row_add_text(&fields, "zone", zone);
	kasper_row_add_text(&fields, "id", id);
	kasper_row_add_time(&fields, "due", due);
	kasper_row_add_count(&fields, "tries", tries);
	kasper_row_add_text(&fields, "state", state);
	kasper_row_add_text(&fields, "error", error);
	return g_variant_builder_end(&fields);
}

static const gchar *
kasper_queue_get_kind(KasperIntentKind kind)
{
	switch (kind) {
	case KASPER_INTENT_ORDER:
		return "order";
	case KASPER_INTENT_DS:
		return "ds";
	case KASPER_INTENT_DESTROY:
		return "destroy-key";
	case KASPER_INTENT_EVENT:
		return "event";
	case KASPER_INTENT_FORGET:
		return "forget-zone";
	case KASPER_N_INTENTS:
		break;
	}
	g_assert_not_reached();
}

static const gchar *
kasper_queue_get_state(KasperEngine *self, const KasperIntentRow *intent)
{
	gint64 number = intent->number;

	if (g_hash_table_contains(self->in_hand, &number))
		return "running";
	if (intent->error != NULL)
		return "failing";
	return intent->stage > 0 ? "pending" : "planned";
}

/* the zone may be gone: what is left to be done then has it, if at all, in its id */
static gchar *
kasper_queue_dup_zone(KasperEngine *self, gint64 zone)
{
	g_auto(KasperZoneRow) row = {0};

	if (zone == 0 || !kasper_store_get_zone(self->store, zone, &row, NULL))
		return NULL;
	return g_steal_pointer(&row.name);
}

GVariant *
kasper_engine_intent_to_row(KasperEngine *self, const KasperIntentRow *intent)
{
	g_autofree gchar *zone = kasper_queue_dup_zone(self, intent->zone);

	return kasper_queue_make_row(kasper_queue_get_kind(intent->kind),
				     zone,
				     intent->id,
				     intent->due,
				     intent->tries,
				     kasper_queue_get_state(self, intent),
				     intent->error);
}

typedef struct {
	KasperEngine *engine;
	GArray *items; /* of KasperQueueItem */
} KasperQueue;

static gboolean
kasper_queue_add_intent(const KasperIntentRow *intent, gpointer data)
{
	KasperQueue *queue = data;
	KasperQueueItem item = {
	    .due = intent->due,
	    .row = g_variant_ref_sink(kasper_engine_intent_to_row(queue->engine, intent)),
	};

	g_array_append_val(queue->items, item);
	return TRUE;
}

static void
kasper_queue_add_zones(KasperQueue *queue, guint limit)
{
	KasperEngine *self = queue->engine;
	KasperTime now = kasper_engine_now(self);
	/* who waits for evidence only is not in a queue */
	g_autoptr(GArray) zones =
	    kasper_store_list_due(self->store, KASPER_TIME_NEVER - 1, limit, NULL);

	for (guint i = 0; zones != NULL && i < zones->len; i++) {
		g_auto(KasperZoneRow) row = {0};
		KasperQueueItem item;

		if (!kasper_store_get_zone(self->store,
					   g_array_index(zones, gint64, i),
					   &row,
					   NULL))
			continue;
		item.due = row.next_due;
		item.row = g_variant_ref_sink(
		    kasper_queue_make_row("enforce",
					  row.name,
					  NULL,
					  row.next_due,
					  0,
					  row.next_due <= now ? "due" : "planned",
					  NULL));
		g_array_append_val(queue->items, item);
	}
}

/**
 * kasper_engine_list_queue: (skip)
 * @self: an engine
 * @limit: the most rows to give
 *
 * What is planned and what is being tried: decisions about zones, and effects that were decided
 * upon, the earliest first.
 *
 * Returns: (transfer floating): rows, aa{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_list_queue(KasperEngine *self, guint limit)
{
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(KasperQueueItem));
	KasperQueue queue = {self, items};

	g_array_set_clear_func(items, kasper_queue_item_clear);
	kasper_queue_add_zones(&queue, limit);
	/* by kind, since the store has them in order of time kind by kind */
	for (gint kind = 0; kind < KASPER_N_INTENTS; kind++)
		kasper_store_each_intent(self->store,
					 kind,
					 KASPER_TIME_NEVER,
					 limit,
					 kasper_queue_add_intent,
					 &queue,
					 NULL);
	g_array_sort(items, kasper_queue_item_compare);
	for (guint i = 0; i < MIN(items->len, limit); i++)
		g_variant_builder_add_value(&rows, g_array_index(items, KasperQueueItem, i).row);
	return g_variant_builder_end(&rows);
}
