/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

#include "kasper-explain.h"
#include "kasper-zone-name.h"

static void
kasper_zone_row_add_fields(KasperEngine *self, const KasperZoneRow *row, GVariantBuilder *fields)
{
	kasper_row_add_text(fields, "zone", row->name);
	kasper_row_add_text(fields,
			    "policy",
			    kasper_store_get_policy_name(self->store, row->policy));
	kasper_row_add_text(fields, "signconf", row->signer_configuration);
	kasper_row_add_text(fields, "input", row->input);
	kasper_row_add_text(fields, "input_type", row->input_type);
	kasper_row_add_text(fields, "output", row->output);
	kasper_row_add_text(fields, "output_type", row->output_type);
	kasper_row_add_time(fields, "next_due", row->next_due);
	kasper_row_add_time(fields, "revision", row->revision);
	kasper_row_add_time(fields, "confirmed", row->confirmed);
	/* a zone that was never looked at has no word yet */
	kasper_row_add_text(fields, "state", row->state != NULL ? row->state : "unsigned");
	kasper_row_add_text(fields, "waiting_for", row->waiting_for);
}

typedef struct {
	KasperEngine *engine;
	GVariantBuilder rows;
	guint n_left;
	gsize size;
} KasperZonePage;

static gboolean
kasper_zone_page_add(const KasperZoneRow *row, gpointer data)
{
	KasperZonePage *page = data;
	g_auto(GVariantBuilder) fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
	GVariant *value;

	kasper_zone_row_add_fields(page->engine, row, &fields);
	value = g_variant_builder_end(&fields);
	page->size += g_variant_get_size(value);
	g_variant_builder_add_value(&page->rows, value);
	return --page->n_left > 0 && page->size < KASPER_PAGE_BYTES;
}

/**
 * kasper_engine_list_zones: (skip)
 * @self: an engine
 * @after: (nullable): the last zone of the page before, which may have been deleted; %NULL: from
 *   the start
 * @limit: the most rows to give; fewer come if they are very long
 * @error: return location for a #GError, or %NULL
 *
 * One page of zones, in order of name.
 *
 * Returns: (transfer floating): rows, aa{sv}; none after the last page
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_list_zones(KasperEngine *self, const gchar *after, guint limit, GError **error)
{
	g_autofree gchar *name = after != NULL ? kasper_zone_name_parse(after, error) : NULL;
	KasperZonePage page = {.engine = self, .n_left = MAX(limit, 1)};

	if (after != NULL && name == NULL)
		return NULL;
	g_variant_builder_init(&page.rows, G_VARIANT_TYPE("aa{sv}"));
	if (kasper_store_each_zone(self->store, 0, name, kasper_zone_page_add, &page, error))
		return g_variant_builder_end(&page.rows);
	g_variant_builder_clear(&page.rows);
	return NULL;
}

/* --- one zone --- */

typedef struct {
	KasperEngine *engine;
	GVariantBuilder keys;
	GVariantBuilder intents;
	GHashTable *ids; /* gint64 number of a pair to its CKA_ID */
} KasperZoneDetail;

static gboolean
kasper_zone_detail_add_key(const KasperKeyRow *row, gpointer data)
{
	KasperZoneDetail *self = data;
	gint64 number = row->key.number;

	g_hash_table_insert(self->ids, g_memdup2(&number, sizeof number), g_strdup(row->id));
	g_variant_builder_open(&self->keys, G_VARIANT_TYPE_VARDICT);
	kasper_key_row_add_fields(row, "", &self->keys);
	g_variant_builder_close(&self->keys);
	return TRUE;
}

static gboolean
kasper_zone_detail_add_intent(const KasperIntentRow *row, gpointer data)
{
	KasperZoneDetail *self = data;

	g_variant_builder_add_value(&self->intents, kasper_engine_intent_to_row(self->engine, row));
	return TRUE;
}

static void
kasper_zone_detail_add_reason(KasperZoneDetail *self,
			      GVariantBuilder *rows,
			      const KasperReason *reason,
			      const KasperSnapshot *snapshot)
{
	const KasperKey *key = reason->slot >= 0 ? &snapshot->keys[reason->slot] : NULL;
	g_autofree gchar *text = kasper_reason_to_text(reason, snapshot);

	g_variant_builder_open(rows, G_VARIANT_TYPE_VARDICT);
	kasper_row_add_text(rows,
			    "cka_id",
			    key != NULL ? g_hash_table_lookup(self->ids, &key->number) : NULL);
	kasper_row_add_text(rows, "record", kasper_record_to_string(reason->record));
	kasper_row_add_text(rows, "rule", kasper_rule_to_string(reason->rule));
	kasper_row_add_text(rows, "actor", kasper_actor_to_string(reason->actor));
	kasper_row_add_time(rows, "until", reason->until);
	kasper_row_add_text(rows, "text", text);
	g_variant_builder_close(rows);
}

/* a zone that cannot be decided upon waits for a person, who is told why */
static void
kasper_zone_detail_add_obstacle(GVariantBuilder *rows, const GError *error)
{
	g_variant_builder_open(rows, G_VARIANT_TYPE_VARDICT);
	kasper_row_add_text(rows, "cka_id", NULL);
	kasper_row_add_text(rows, "record", NULL);
	kasper_row_add_text(rows,
			    "rule",
			    g_error_matches(error, KASPER_ERROR, KASPER_ERROR_UNSAFE)
				? kasper_rule_to_string(KASPER_RULE_HOLD)
				: "policy");
	kasper_row_add_text(rows, "actor", kasper_actor_to_string(KASPER_ACTOR_OPERATOR));
	kasper_row_add_time(rows, "until", KASPER_TIME_NEVER);
	kasper_row_add_text(rows, "text", error->message);
	g_variant_builder_close(rows);
}

/* asks the core what it would do now; nothing is done */
static GVariant *
kasper_zone_detail_list_reasons(KasperZoneDetail *self, gint64 zone)
{
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autofree KasperSnapshot *snapshot = g_new(KasperSnapshot, 1);
	g_auto(KasperZoneRow) row = {0};
	g_autoptr(KasperPlan) plan = NULL;
	g_autoptr(GError) error = NULL;

	if (!kasper_engine_load(self->engine, zone, snapshot, &row, &error)) {
		kasper_zone_detail_add_obstacle(&rows, error);
		return g_variant_builder_end(&rows);
	}
	plan = kasper_decide(snapshot, snapshot->now);
	for (guint i = 0; i < plan->reasons->len; i++)
		kasper_zone_detail_add_reason(self,
					      &rows,
					      &g_array_index(plan->reasons, KasperReason, i),
					      &plan->after);
	return g_variant_builder_end(&rows);
}

static GVariant *
kasper_zone_detail_end(KasperZoneDetail *self, const KasperZoneRow *row)
{
	GVariantBuilder fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

	kasper_zone_row_add_fields(self->engine, row, &fields);
	kasper_row_add_value(&fields, "keys", g_variant_builder_end(&self->keys));
	kasper_row_add_value(&fields,
			     "reasons",
			     kasper_zone_detail_list_reasons(self, row->number));
	kasper_row_add_value(&fields, "intents", g_variant_builder_end(&self->intents));
	return g_variant_builder_end(&fields);
}

/**
 * kasper_engine_show_zone: (skip)
 * @self: an engine
 * @zone: the zone's name
 * @error: return location for a #GError, or %NULL
 *
 * A zone with its keys, dead ones too, with the reasons why they wait, and with what is on its way
 * to its signer and its parent.
 *
 * Returns: (transfer floating): a{sv}; %NULL with %KASPER_ERROR_NOT_FOUND if there is no such zone
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_show_zone(KasperEngine *self, const gchar *zone, GError **error)
{
	g_autofree gchar *name = kasper_zone_name_parse(zone, error);
	g_autoptr(GHashTable) ids =
	    g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	KasperKeyFilter filter = {.zone = name, .dead = TRUE, .brief = TRUE};
	KasperZoneDetail detail = {.engine = self, .ids = ids};
	g_auto(KasperZoneRow) row = {0};

	if (name == NULL || !kasper_store_find_zone(self->store, name, &row, error))
		return NULL;
	g_variant_builder_init(&detail.keys, G_VARIANT_TYPE("aa{sv}"));
	g_variant_builder_init(&detail.intents, G_VARIANT_TYPE("aa{sv}"));
	if (kasper_engine_each_key(self, &filter, kasper_zone_detail_add_key, &detail, error) &&
	    kasper_store_each_zone_intent(self->store,
					  row.number,
					  kasper_zone_detail_add_intent,
					  &detail,
					  error))
		return kasper_zone_detail_end(&detail, &row);
	g_variant_builder_clear(&detail.keys);
	g_variant_builder_clear(&detail.intents);
	return NULL;
}
