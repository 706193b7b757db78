/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* keys that a person wants made ahead: what zones wait for, and what rollovers of a span need */

typedef struct {
	KasperEngine *engine;
	KasperSpan span;
	GVariantBuilder rows;
	GHashTable *missing; /* KasperPoolBucket to guint: how many are to be made */
	GHashTable
	    *stock; /* KasperPoolBucket to gint64: what is there or on its way, not yet reckoned */
	guint planned;
} KasperGeneration;

static gint64
kasper_generate_take_stock(KasperGeneration *self, const KasperPoolBucket *bucket, gint64 wanted)
{
	gint64 *left = g_hash_table_lookup(self->stock, bucket);
	gint64 used;

	if (left == NULL) {
		left = g_new(gint64, 1);
		*left = kasper_store_count_pool(self->engine->store,
						bucket->repository,
						bucket->algorithm,
						bucket->bits,
						TRUE) +
			bucket->wanted;
		/* otherwise they come by themselves */
		if (kasper_config_get_manual_generation(self->engine->config))
			*left -= bucket->asked;
		g_hash_table_insert(self->stock, (gpointer)bucket, left);
	}
	used = MIN(*left, wanted);
	*left -= used;
	return wanted - used;
}

static void
kasper_generate_add_row(KasperGeneration *self,
			const KasperEnginePolicy *policy,
			const KasperDemand *demand,
			guint count)
{
	const gchar *repository =
	    kasper_store_get_repository_name(self->engine->store, demand->store);

	g_variant_builder_open(&self->rows, G_VARIANT_TYPE_VARDICT);
	g_variant_builder_add(&self->rows,
			      "{sv}",
			      "policy",
			      g_variant_new_string(policy->config->name));
	g_variant_builder_add(&self->rows,
			      "{sv}",
			      "keytype",
			      g_variant_new_string(kasper_role_to_string(demand->roles)));
	g_variant_builder_add(&self->rows,
			      "{sv}",
			      "repository",
			      g_variant_new_string(repository != NULL ? repository : ""));
	g_variant_builder_add(&self->rows,
			      "{sv}",
			      "algorithm",
			      g_variant_new_uint32(demand->algorithm));
	g_variant_builder_add(&self->rows, "{sv}", "bits", g_variant_new_uint32(demand->bits));
	g_variant_builder_add(&self->rows, "{sv}", "count", g_variant_new_uint32(count));
	g_variant_builder_close(&self->rows);
}

static void
kasper_generate_for_policy(KasperGeneration *self, const KasperEnginePolicy *policy)
{
	gint64 zones = kasper_store_count_zones(self->engine->store, policy->number);

	for (guint i = 0; i < policy->values.n_demands; i++) {
		const KasperDemand *demand = &policy->values.demands[i];
		KasperPoolBucket *bucket = kasper_engine_get_bucket(self->engine,
								    demand->store,
								    demand->algorithm,
								    demand->bits);
		gint64 count = kasper_pool_count_ahead(&policy->values, demand, zones, self->span);
		guint before = GPOINTER_TO_UINT(g_hash_table_lookup(self->missing, bucket));

		/* those that zones wait for are reckoned once, with the first policy that has them
		 */
		count = kasper_generate_take_stock(self, bucket, count);
		if (count <= 0)
			continue;
		kasper_generate_add_row(self, policy, demand, (guint)count);
		g_hash_table_insert(self->missing, bucket, GUINT_TO_POINTER(before + (guint)count));
		self->planned += (guint)count;
	}
}

static void
kasper_generate_for_all(KasperGeneration *self)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->engine->policies);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		kasper_generate_for_policy(self, value);
}

static gboolean
kasper_generate_start(KasperGeneration *self, const gchar *actor, GError **error)
{
	KasperEngine *engine = self->engine;
	g_autofree gchar *detail = g_strdup_printf("%u keys", self->planned);
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(engine, error);
	GHashTableIter iter;
	gpointer bucket, count;

	if (transaction == NULL ||
	    !kasper_store_add_audit(engine->store,
				    kasper_engine_now(engine),
				    actor,
				    "key-generate",
				    NULL,
				    NULL,
				    detail,
				    error) ||
	    !kasper_engine_commit(engine, transaction, error))
		return FALSE;
	g_hash_table_iter_init(&iter, self->missing);
	while (g_hash_table_iter_next(&iter, &bucket, &count))
		((KasperPoolBucket *)bucket)->wanted += GPOINTER_TO_UINT(count);
	kasper_engine_kick(engine);
	return TRUE;
}

/**
 * kasper_engine_key_generate: (skip)
 * @self: an engine
 * @policy: (nullable): the name of a policy; %NULL: all
 * @span: for how many seconds; 0: AutomaticKeyGenerationPeriod
 * @dry_run: only tell how many
 * @actor: who asked
 * @error: return location for a #GError, or %NULL
 *
 * Has keys made for the zones that wait for one and for the rollovers of the time to come, less
 * what is in the pool. With ManualKeyGeneration this is the only way that keys are made.
 *
 * Returns: (transfer floating): a{sv} of planned (u), rows (aa{sv} of policy, keytype, repository,
 * algorithm, bits, count); %NULL on error
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_key_generate(KasperEngine *self,
			   const gchar *policy,
			   KasperSpan span,
			   gboolean dry_run,
			   const gchar *actor,
			   GError **error)
{
	g_autoptr(GHashTable) missing = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) stock = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	KasperGeneration generation = {.engine = self, .missing = missing, .stock = stock};
	KasperEnginePolicy *found = NULL;
	GVariantDict dict;

	if (policy != NULL) {
		found = kasper_engine_find_policy(self, policy, error);
		if (found == NULL)
			return NULL;
	}
	generation.span = span > 0 ? span : kasper_config_get_generation_period(self->config);
	g_variant_builder_init(&generation.rows, G_VARIANT_TYPE("aa{sv}"));
	if (found != NULL)
		kasper_generate_for_policy(&generation, found);
	else
		kasper_generate_for_all(&generation);
	if (!dry_run && generation.planned > 0 &&
	    !kasper_generate_start(&generation, actor, error)) {
		g_variant_builder_clear(&generation.rows);
		return NULL;
	}
	g_variant_dict_init(&dict, NULL);
	g_variant_dict_insert(&dict, "planned", "u", generation.planned);
	g_variant_dict_insert_value(&dict, "rows", g_variant_builder_end(&generation.rows));
	return g_variant_dict_end(&dict);
}
