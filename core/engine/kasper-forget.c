/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* telling the signer that a zone is no longer ours: the zone's row is gone by then, so the intent
 * carries all that the signer needs */
#define PAYLOAD_TYPE "(ssssss)"

#define FIRST_RETRY   ((KasperSpan)60)
#define LONGEST_RETRY ((KasperSpan)3600)

static const gchar *
kasper_forget_get_text(const gchar *text)
{
	return text != NULL ? text : "";
}

/* puts it into the outbox of the open transaction */
gboolean
kasper_engine_add_forget(KasperEngine *self,
			 const KasperZoneRow *row,
			 KasperTime now,
			 GError **error)
{
	g_autoptr(GVariant) payload = NULL;
	g_auto(KasperIntentRow) intent = {0};

	payload =
	    g_variant_ref_sink(g_variant_new(PAYLOAD_TYPE,
					     row->name,
					     kasper_forget_get_text(row->signer_configuration),
					     kasper_forget_get_text(row->input_type),
					     kasper_forget_get_text(row->input),
					     kasper_forget_get_text(row->output_type),
					     kasper_forget_get_text(row->output)));
	intent.kind = KASPER_INTENT_FORGET;
	intent.id = g_strdup_printf("forget-%" G_GINT64_FORMAT, row->number);
	intent.payload = g_variant_print(payload, FALSE);
	intent.created = intent.due = now;
	return kasper_store_add_intent(self->store, &intent, error);
}

static const gchar *
kasper_forget_get_path(const gchar *text)
{
	return text[0] != '\0' ? text : NULL;
}

static KasperZoneOrder *
kasper_forget_make_order(const gchar *payload, GError **error)
{
	g_autoptr(GVariant) fields =
	    g_variant_parse(G_VARIANT_TYPE(PAYLOAD_TYPE), payload, NULL, NULL, error);
	g_autoptr(KasperSigningPolicy) policy = kasper_signing_policy_new();
	const gchar *zone, *signer_configuration, *input_type, *input, *output_type, *output;
	KasperZoneOrder *order;

	if (fields == NULL)
		return NULL;
	g_variant_get(fields,
		      "(&s&s&s&s&s&s)",
		      &zone,
		      &signer_configuration,
		      &input_type,
		      &input,
		      &output_type,
		      &output);
	order = kasper_zone_order_new(zone, 0, policy);
	kasper_zone_order_set_files(
	    order,
	    kasper_forget_get_path(signer_configuration),
	    kasper_forget_get_path(input),
	    strcmp(output_type, "File") == 0 ? kasper_forget_get_path(output) : NULL);
	kasper_zone_order_set_adapters(order,
				       input_type[0] != '\0' ? input_type : "File",
				       output_type[0] != '\0' ? output_type : "File",
				       kasper_forget_get_path(output));
	return order;
}

/* --- the call --- */

typedef struct {
	gint64 intent;
	guint tries;
	KasperZoneOrder *order; /* NULL: the intent makes no sense */
	gboolean taken;		/* since then a zone of this name is ours again: leave it alone */
	GError *error;
} KasperForgetting;

static void
kasper_forgetting_free(KasperForgetting *self)
{
	g_clear_object(&self->order);
	g_clear_error(&self->error);
	g_free(self);
}

typedef struct {
	KasperEngine *engine;
	GPtrArray *items; /* of KasperForgetting */
} KasperForgetJob;

static gboolean
kasper_forget_collect(const KasperIntentRow *row, gpointer data)
{
	KasperForgetJob *job = data;
	KasperForgetting *item;
	g_auto(KasperZoneRow) zone = {0};
	gint64 number = row->number;

	if (g_hash_table_contains(job->engine->in_hand, &number))
		return TRUE;
	item = g_new0(KasperForgetting, 1);
	item->intent = number;
	item->tries = row->tries;
	item->order = kasper_forget_make_order(row->payload, NULL);
	item->taken =
	    item->order != NULL && kasper_store_find_zone(job->engine->store,
							  kasper_zone_order_get_zone(item->order),
							  &zone,
							  NULL);
	g_ptr_array_add(job->items, item);
	return TRUE;
}

static gpointer
kasper_forget_work(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	GPtrArray *items = data;

	for (guint i = 0; i < items->len; i++) {
		KasperForgetting *item = g_ptr_array_index(items, i);

		if (item->order != NULL && !item->taken)
			kasper_signer_forget_zone(KASPER_SIGNER(plugin),
						  item->order,
						  cancellable,
						  &item->error);
	}
	return g_ptr_array_ref(items);
}

/* a signer that has no such slot has nothing to forget */
static gboolean
kasper_forget_record_item(KasperEngine *self,
			  const KasperForgetting *item,
			  const GError *late,
			  GError **error)
{
	const GError *failed = late != NULL ? late : item->error;

	if (failed == NULL || g_error_matches(failed, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED))
		return kasper_store_finish_intent(self->store, item->intent, error);
	return kasper_store_postpone_intent(
	    self->store,
	    item->intent,
	    0,
	    kasper_engine_get_retry(self, item->intent, item->tries, FIRST_RETRY, LONGEST_RETRY),
	    NULL,
	    failed->message,
	    error);
}

static gboolean
kasper_forget_record(KasperEngine *self, GPtrArray *items, const GError *late, GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < items->len; i++) {
		if (!kasper_forget_record_item(self, g_ptr_array_index(items, i), late, error))
			return FALSE;
	}
	return kasper_engine_commit(self, transaction, error);
}

static void
kasper_forget_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperForgetJob *job = data;
	g_autoptr(KasperEngine) self = job->engine;
	g_autoptr(GPtrArray) sent = job->items;
	g_autoptr(GPtrArray) done = NULL;
	g_autoptr(GError) late = NULL;
	g_autoptr(GError) error = NULL;

	done = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &late);
	if (!kasper_forget_record(self, sent, late, &error))
		kasper_engine_storage_failed(self, error);
	for (guint i = 0; i < sent->len; i++) {
		KasperForgetting *item = g_ptr_array_index(sent, i);

		g_hash_table_remove(self->in_hand, &item->intent);
	}
	kasper_engine_kick(self);
}

/* tells the signer of zones that were deleted; gives whether there were any */
gboolean
kasper_engine_forget_due(KasperEngine *self, KasperTime now)
{
	g_autoptr(GPtrArray) items =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_forgetting_free);
	KasperForgetJob scan = {self, items};
	KasperForgetJob *job;

	if (self->signer == NULL)
		return kasper_engine_put_off_intents(self,
						     KASPER_INTENT_FORGET,
						     now,
						     self->plugins_at,
						     "no signer is open: see 'kasper status'");
	/* an order of the zone may be on its way to the signer: it must not come behind this */
	if (self->outgoing->len > 0 || self->order_jobs > 0)
		return FALSE;
	if (!kasper_store_each_intent(self->store,
				      KASPER_INTENT_FORGET,
				      now,
				      KASPER_BATCH,
				      kasper_forget_collect,
				      &scan,
				      NULL) ||
	    items->len == 0)
		return FALSE;
	for (guint i = 0; i < items->len; i++) {
		KasperForgetting *item = g_ptr_array_index(items, i);

		g_hash_table_add(self->in_hand, g_memdup2(&item->intent, sizeof(gint64)));
	}
	job = g_new0(KasperForgetJob, 1);
	job->engine = g_object_ref(self);
	job->items = g_ptr_array_ref(items);
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(self->signer),
				      self->signer_deadline,
				      FALSE,
				      kasper_forget_work,
				      g_ptr_array_ref(items),
				      (GDestroyNotify)g_ptr_array_unref,
				      (GDestroyNotify)g_ptr_array_unref,
				      kasper_forget_done,
				      job);
	return TRUE;
}
