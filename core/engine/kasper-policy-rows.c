/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

static GVariant *
kasper_policy_list_keys(const KasperPolicyConfig *config)
{
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

	for (guint i = 0; i < config->values.n_demands; i++) {
		const KasperDemand *demand = &config->values.demands[i];

		g_variant_builder_open(&rows, G_VARIANT_TYPE_VARDICT);
		kasper_row_add_text(&rows, "keytype", kasper_role_to_string(demand->roles));
		kasper_row_add_count(&rows, "algorithm", demand->algorithm);
		kasper_row_add_text(&rows,
				    "algorithm_name",
				    kasper_algorithm_to_string(demand->algorithm));
		kasper_row_add_count(&rows, "bits", demand->bits);
		kasper_row_add_time(&rows, "lifetime", demand->lifetime);
		kasper_row_add_text(&rows, "repository", config->demand_repositories[i]);
		kasper_row_add_flag(&rows, "manual", demand->manual_rollover);
		kasper_row_add_count(&rows, "standby", demand->standby);
		kasper_row_add_flag(&rows, "rfc5011", demand->rfc5011);
		g_variant_builder_close(&rows);
	}
	return g_variant_builder_end(&rows);
}

static void
kasper_policy_add_fields(KasperEngine *self,
			 const KasperPolicyConfig *config,
			 GVariantBuilder *fields)
{
	KasperEnginePolicy *policy = kasper_engine_find_policy(self, config->name, NULL);

	kasper_row_add_text(fields, "name", config->name);
	kasper_row_add_count(fields,
			     "zones",
			     policy != NULL ? kasper_store_count_zones(self->store, policy->number)
					    : 0);
	kasper_row_add_text(fields, "description", config->description);
	kasper_row_add_value(fields, "keys", kasper_policy_list_keys(config));
}

/* what kasp.xml said when it was taken into use, which may be after conf.xml was */
static KasperConfig *
kasper_policy_get_config(KasperEngine *self)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->policies);
	if (g_hash_table_iter_next(&iter, NULL, &value))
		return ((KasperEnginePolicy *)value)->owner;
	return self->config;
}

/**
 * kasper_engine_list_policies: (skip)
 * @self: an engine
 *
 * The policies, in the order of kasp.xml.
 *
 * Returns: (transfer floating): rows, aa{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_list_policies(KasperEngine *self)
{
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	GPtrArray *policies = kasper_config_get_policies(kasper_policy_get_config(self));

	for (guint i = 0; i < policies->len; i++) {
		g_variant_builder_open(&rows, G_VARIANT_TYPE_VARDICT);
		kasper_policy_add_fields(self, g_ptr_array_index(policies, i), &rows);
		g_variant_builder_close(&rows);
	}
	return g_variant_builder_end(&rows);
}

static void
kasper_policy_add_signing(const KasperPolicyConfig *config, GVariantBuilder *fields)
{
	const KasperPolicy *values = &config->values;

	kasper_row_add_time(fields, "resign", values->resign);
	kasper_row_add_time(fields, "refresh", values->refresh);
	kasper_row_add_time(fields, "validity", values->validity);
	kasper_row_add_time(fields, "validity_denial", values->validity_denial);
	kasper_row_add_time(fields, "validity_keyset", values->validity_keyset);
	kasper_row_add_time(fields, "jitter", values->jitter);
	kasper_row_add_time(fields, "inception_offset", config->inception_offset);
	kasper_row_add_time(fields, "max_zone_ttl", values->max_zone_ttl);
	kasper_row_add_flag(fields, "passthrough", values->passthrough);
	kasper_row_add_flag(fields, "nsec3", config->nsec3);
	if (!config->nsec3)
		return;
	kasper_row_add_flag(fields, "nsec3_opt_out", config->nsec3_opt_out);
	kasper_row_add_time(fields, "nsec3_ttl", config->nsec3_ttl);
	kasper_row_add_time(fields, "nsec3_resalt", config->nsec3_resalt);
	kasper_row_add_count(fields, "nsec3_algorithm", config->nsec3_algorithm);
	kasper_row_add_count(fields, "nsec3_iterations", config->nsec3_iterations);
	kasper_row_add_count(fields, "nsec3_salt_length", config->nsec3_salt_length);
}

static void
kasper_policy_add_keys(const KasperPolicyConfig *config, GVariantBuilder *fields)
{
	const KasperPolicy *values = &config->values;

	kasper_row_add_time(fields, "dnskey_ttl", values->dnskey_ttl);
	kasper_row_add_time(fields, "publish_safety", values->publish_safety);
	kasper_row_add_time(fields, "retire_safety", values->retire_safety);
	kasper_row_add_time(fields, "purge", MAX(values->purge, -1));
	kasper_row_add_flag(fields, "share_keys", values->share_keys);
	kasper_row_add_flag(fields, "backup_holds_dnskey", values->backup_holds_dnskey);
}

static GVariant *
kasper_policy_list_digests(const KasperPolicy *values)
{
	GVariantBuilder digests = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("au"));

	for (guint digest = 1; digest < 8; digest++) {
		if (values->digests & (1u << digest))
			g_variant_builder_add(&digests, "u", digest);
	}
	return g_variant_builder_end(&digests);
}

static const gchar *
kasper_policy_get_evidence(KasperEvidenceGrade grade)
{
	switch (grade) {
	case KASPER_EVIDENCE_OPERATOR:
		return "operator";
	case KASPER_EVIDENCE_OBSERVED:
		return "observed";
	case KASPER_EVIDENCE_ASSUMED:
		return "assumed";
	}
	g_assert_not_reached();
}

static void
kasper_policy_add_places(const KasperPolicyConfig *config, GVariantBuilder *fields)
{
	const KasperPolicy *values = &config->values;

	kasper_row_add_time(fields, "zone_propagation", values->zone_propagation);
	kasper_row_add_time(fields, "soa_ttl", config->soa_ttl);
	kasper_row_add_time(fields, "soa_minimum", config->soa_minimum);
	kasper_row_add_text(fields, "soa_serial", config->soa_serial);
	kasper_row_add_time(fields, "parent_propagation", values->parent_propagation);
	kasper_row_add_time(fields, "registration_delay", values->registration_delay);
	kasper_row_add_time(fields, "ds_ttl", values->ds_ttl);
	kasper_row_add_time(fields, "parent_soa_ttl", config->parent_soa_ttl);
	kasper_row_add_time(fields, "parent_soa_minimum", config->parent_soa_minimum);
	kasper_row_add_value(fields, "digests", kasper_policy_list_digests(values));
	kasper_row_add_text(fields,
			    "ds_evidence",
			    kasper_policy_get_evidence((KasperEvidenceGrade)values->ds_evidence));
	kasper_row_add_text(fields,
			    "level",
			    values->level == KASPER_LEVEL_STRICT ? "strict" : "ds");
	kasper_row_add_text(fields,
			    "parent_model",
			    values->parent_model == KASPER_PARENT_ATOMIC ? "atomic" : "add-first");
}

/**
 * kasper_engine_show_policy: (skip)
 * @self: an engine
 * @policy: the policy's name
 * @error: return location for a #GError, or %NULL
 *
 * A policy as it is in use, with all its values; spans in seconds.
 *
 * Returns: (transfer floating): a{sv}; %NULL with %KASPER_ERROR_NOT_FOUND if there is no such
 * policy
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_show_policy(KasperEngine *self, const gchar *policy, GError **error)
{
	GVariantBuilder fields;
	KasperEnginePolicy *found = kasper_engine_find_policy(self, policy, error);

	if (found == NULL)
		return NULL;
	g_variant_builder_init(&fields, G_VARIANT_TYPE_VARDICT);
	kasper_policy_add_fields(self, found->config, &fields);
	kasper_policy_add_signing(found->config, &fields);
	kasper_policy_add_keys(found->config, &fields);
	kasper_policy_add_places(found->config, &fields);
	return g_variant_builder_end(&fields);
}
