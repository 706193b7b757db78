/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

void
kasper_engine_policy_free(KasperEnginePolicy *self)
{
	g_clear_object(&self->signing);
	g_clear_object(&self->owner);
	g_free(self->digest);
	g_free(self);
}

KasperEnginePolicy *
kasper_engine_get_policy(KasperEngine *self, gint64 number)
{
	return g_hash_table_lookup(self->policies, &number);
}

KasperEnginePolicy *
kasper_policies_find(GHashTable *policies, const gchar *name)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, policies);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperEnginePolicy *policy = value;

		if (g_strcmp0(policy->config->name, name) == 0)
			return policy;
	}
	return NULL;
}

KasperEnginePolicy *
kasper_engine_find_policy(KasperEngine *self, const gchar *name, GError **error)
{
	KasperEnginePolicy *policy = kasper_policies_find(self->policies, name);

	if (policy == NULL)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "policy %s is not known: 'kasper policy list' shows those that are, "
			    "'kasper update kasp' reads %s again",
			    name,
			    kasper_config_get_policy_file(self->config));
	return policy;
}

/* policies name repositories; decisions and the store number them */
static gboolean
kasper_policies_resolve(KasperEngine *self, KasperEnginePolicy *policy, GError **error)
{
	for (guint i = 0; i < policy->values.n_demands; i++) {
		const gchar *name = policy->config->demand_repositories[i];
		KasperRepository *repository = kasper_engine_find_repository(self, name);

		if (repository == NULL) {
			g_set_error(error,
				    KASPER_ERROR,
				    KASPER_ERROR_INVALID,
				    "policy %s: its repository %s is not in use: if it is new in "
				    "%s, run 'kasper update conf' first, or 'kasper update all'",
				    policy->config->name,
				    name,
				    self->config_path);
			return FALSE;
		}
		policy->values.demands[i].store = repository->number;
	}
	return TRUE;
}

static gchar *
kasper_policies_dup_digest(KasperPolicyConfig *config)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	g_autofree gchar *xml = NULL;

	g_ptr_array_add(one, config);
	xml = kasper_policy_config_to_xml(one);
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, xml, -1);
}

static KasperEnginePolicy *
kasper_policies_adopt(KasperEngine *self,
		      KasperConfig *config,
		      KasperPolicyConfig *item,
		      GError **error)
{
	KasperEnginePolicy *policy = g_new0(KasperEnginePolicy, 1);

	policy->config = item;
	policy->owner = g_object_ref(config);
	policy->values = item->values;
	policy->values.rollover_notification = kasper_config_get_rollover_notification(config);
	policy->digest = kasper_policies_dup_digest(item);
	policy->resalt_at = KASPER_TIME_NEVER;
	policy->number = kasper_store_put_policy(self->store, item->name, error);
	if (policy->number > 0 && kasper_policies_resolve(self, policy, error) &&
	    kasper_engine_make_signing_policy(self, policy, error))
		return policy;
	kasper_engine_policy_free(policy);
	return NULL;
}

/* the policies of @config as the engine uses them, with a number each; in a transaction */
gboolean
kasper_engine_adopt_policies(KasperEngine *self,
			     KasperConfig *config,
			     GHashTable **ret_policies,
			     GError **error)
{
	g_autoptr(GHashTable) policies =
	    g_hash_table_new_full(g_int64_hash,
				  g_int64_equal,
				  NULL,
				  (GDestroyNotify)kasper_engine_policy_free);
	GPtrArray *configs = kasper_config_get_policies(config);

	for (guint i = 0; i < configs->len; i++) {
		KasperEnginePolicy *policy =
		    kasper_policies_adopt(self, config, g_ptr_array_index(configs, i), error);

		if (policy == NULL)
			return FALSE;
		g_hash_table_insert(policies, &policy->number, policy);
	}
	*ret_policies = g_steal_pointer(&policies);
	return TRUE;
}

/* a policy that is used, and is another one than when its zones were last decided upon: they are
 * decided upon again, and signed as it says now. A policy that is seen for the first time has no
 * zones; in a transaction */
gboolean
kasper_engine_start_policy(KasperEngine *self, KasperEnginePolicy *policy, GError **error)
{
	g_autofree gchar *what = g_strdup_printf("policy %" G_GINT64_FORMAT, policy->number);
	g_autofree gchar *before = kasper_store_dup_applied(self->store, what);

	if (g_strcmp0(before, policy->digest) == 0)
		return TRUE;
	if (before != NULL && (!kasper_store_make_due(self->store,
						      0,
						      policy->number,
						      kasper_engine_now(self),
						      error) ||
			       !kasper_engine_reorder_zones(self, policy->number, error)))
		return FALSE;
	return kasper_store_set_applied(self->store, what, policy->digest, error);
}
