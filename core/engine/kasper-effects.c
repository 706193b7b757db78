/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* what another policy would start in its zones: the same decisions, of which nothing is recorded */

/* each costs two decisions */
#define MOST_ZONES 1000

typedef struct {
	KasperEngine *engine;
	const KasperEnginePolicy *before;
	const KasperEnginePolicy *after;
	GVariantBuilder *starts;
	guint n_zones;
} KasperEffects;

static gchar *
kasper_effects_dup_key(KasperEngine *self, const KasperSnapshot *snapshot, const KasperStep *step)
{
	const KasperDemand *demand = &snapshot->policy.demands[step->demand];
	const gchar *repository = kasper_store_get_repository_name(self->store, demand->store);

	return g_strdup_printf("a new %s%s (%s, %u bits, repository %s)",
			       step->standby ? "standby " : "",
			       kasper_role_to_string(demand->roles),
			       kasper_algorithm_to_string(demand->algorithm),
			       demand->bits,
			       repository != NULL ? repository : "?");
}

/* NULL: a step that people need not be told of */
static gchar *
kasper_effects_dup_text(KasperEngine *self, const KasperSnapshot *snapshot, const KasperStep *step)
{
	const KasperKey *key = step->slot >= 0 ? &snapshot->keys[step->slot] : NULL;

	if (step->kind == KASPER_STEP_NEED_KEY)
		return kasper_effects_dup_key(self, snapshot, step);
	if (key == NULL)
		return NULL;
	if (step->kind == KASPER_STEP_ROLLOVER)
		return g_strdup_printf("%s %u is rolled over",
				       kasper_role_to_string(key->roles),
				       key->tag);
	if (step->kind == KASPER_STEP_GOAL_OUT)
		return g_strdup_printf("%s %u is retired",
				       kasper_role_to_string(key->roles),
				       key->tag);
	return NULL;
}

static GHashTable *
kasper_effects_list(KasperEngine *self, KasperSnapshot *snapshot, const KasperEnginePolicy *policy)
{
	GHashTable *texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(KasperPlan) plan = NULL;

	snapshot->policy = policy->values;
	plan = kasper_decide(snapshot, snapshot->now);
	for (guint i = 0; i < plan->steps->len; i++) {
		gchar *text = kasper_effects_dup_text(self,
						      snapshot,
						      &g_array_index(plan->steps, KasperStep, i));

		if (text != NULL)
			g_hash_table_add(texts, text);
	}
	return texts;
}

static gboolean
kasper_effects_look_at(const KasperZoneRow *row, gpointer data)
{
	KasperEffects *effects = data;
	KasperEngine *self = effects->engine;
	g_autoptr(GHashTable) before = NULL;
	g_autoptr(GHashTable) after = NULL;
	g_auto(KasperZoneRow) loaded = {0};
	KasperSnapshot snapshot;
	GHashTableIter iter;
	gpointer text;

	if (!kasper_engine_load(self, row->number, &snapshot, &loaded, NULL))
		return TRUE;
	before = kasper_effects_list(self, &snapshot, effects->before);
	after = kasper_effects_list(self, &snapshot, effects->after);
	g_hash_table_iter_init(&iter, after);
	while (g_hash_table_iter_next(&iter, &text, NULL)) {
		if (g_hash_table_contains(before, text))
			continue;
		g_variant_builder_open(effects->starts, G_VARIANT_TYPE_VARDICT);
		g_variant_builder_add(effects->starts,
				      "{sv}",
				      "zone",
				      g_variant_new_string(row->name));
		g_variant_builder_add(effects->starts, "{sv}", "step", g_variant_new_string(text));
		g_variant_builder_close(effects->starts);
	}
	return ++effects->n_zones < MOST_ZONES;
}

void
kasper_engine_list_effects(KasperEngine *self,
			   const KasperEnginePolicy *before,
			   const KasperEnginePolicy *after,
			   GVariantBuilder *starts,
			   GPtrArray *messages)
{
	KasperEffects effects = {self, before, after, starts, 0};
	gint64 zones = kasper_store_count_zones(self->store, after->number);
	g_autoptr(GError) error = NULL;

	if (!kasper_store_each_zone(self->store,
				    after->number,
				    NULL,
				    kasper_effects_look_at,
				    &effects,
				    &error))
		g_ptr_array_add(messages, g_strdup(error->message));
	if (zones > effects.n_zones)
		g_ptr_array_add(messages,
				g_strdup_printf("Policy %s: what starts was worked out for %u of "
						"%" G_GINT64_FORMAT " zones",
						after->config->name,
						effects.n_zones,
						zones));
}
