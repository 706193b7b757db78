/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include <sys/random.h>

/* RFC 5155, section 3.1.4: one octet of length */
#define MAX_SALT 255

void
kasper_engine_policy_free(KasperEnginePolicy *self)
{
	g_clear_object(&self->signing);
	g_clear_object(&self->owner);
	g_free(self);
}

KasperEnginePolicy *
kasper_engine_get_policy(KasperEngine *self, gint64 number)
{
	return g_hash_table_lookup(self->policies, &number);
}

KasperEnginePolicy *
kasper_engine_find_policy(KasperEngine *self, const gchar *name, GError **error)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->policies);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperEnginePolicy *policy = value;

		if (g_strcmp0(policy->config->name, name) == 0)
			return policy;
	}
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_FOUND,
		    "policy %s is not known: 'kasper policy list' shows those that are, "
		    "'kasper update kasp' reads %s again",
		    name,
		    kasper_config_get_policy_file(self->config));
	return NULL;
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
				    "policy %s: its repository %s is not in conf.xml",
				    policy->config->name,
				    name);
			return FALSE;
		}
		policy->values.demands[i].store = repository->number;
	}
	return TRUE;
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
		KasperEnginePolicy *policy = g_new0(KasperEnginePolicy, 1);

		policy->config = g_ptr_array_index(configs, i);
		policy->owner = g_object_ref(config);
		policy->values = policy->config->values;
		policy->values.rollover_notification =
		    kasper_config_get_rollover_notification(config);
		policy->resalt_at = KASPER_TIME_NEVER;
		policy->number = kasper_store_put_policy(self->store, policy->config->name, error);
		if (policy->number <= 0 || !kasper_policies_resolve(self, policy, error)) {
			kasper_engine_policy_free(policy);
			return FALSE;
		}
		g_hash_table_insert(policies, &policy->number, policy);
	}
	*ret_policies = g_steal_pointer(&policies);
	return TRUE;
}

static gchar *
kasper_policies_dup_new_salt(guint length)
{
	guint8 octets[MAX_SALT];
	GString *salt = g_string_new(NULL);

	if (length == 0)
		return g_string_free(g_string_append_c(salt, '-'), FALSE);
	if (getrandom(octets, length, 0) != (gssize)length)
		g_error("getrandom() gives no random octets");
	for (guint i = 0; i < length; i++)
		g_string_append_printf(salt, "%02x", octets[i]);
	return g_string_free(salt, FALSE);
}

/* the NSEC3 salt of the policy's zones: kept as long as Resalt says; in a transaction */
static gchar *
kasper_policies_dup_salt(KasperEngine *self, KasperEnginePolicy *policy, GError **error)
{
	const KasperPolicyConfig *config = policy->config;
	KasperTime now = kasper_engine_now(self);
	KasperTime made = KASPER_TIME_UNSET;
	g_autofree gchar *salt = NULL;
	gboolean fits;

	if (!kasper_store_get_salt(self->store, policy->number, &salt, &made, error))
		return NULL;
	fits = salt != NULL && (config->nsec3_salt_length == 0
				    ? g_str_equal(salt, "-")
				    : strlen(salt) == (gsize)2 * config->nsec3_salt_length);
	if (!fits || (config->nsec3_resalt > 0 && config->nsec3_salt_length > 0 &&
		      kasper_time_add(made, config->nsec3_resalt) <= now)) {
		g_free(salt);
		salt = kasper_policies_dup_new_salt(MIN(config->nsec3_salt_length, MAX_SALT));
		made = now;
		if (!kasper_store_set_salt(self->store, policy->number, salt, made, error))
			return NULL;
	}
	policy->resalt_at = config->nsec3_resalt > 0 && config->nsec3_salt_length > 0
				? kasper_time_add(made, config->nsec3_resalt)
				: KASPER_TIME_NEVER;
	return g_steal_pointer(&salt);
}

/* how the policy's zones are to be signed; made once, and again when the salt is renewed */
KasperSigningPolicy *
kasper_engine_get_signing_policy(KasperEngine *self, KasperEnginePolicy *policy, GError **error)
{
	const KasperPolicyConfig *config = policy->config;
	const KasperPolicy *values = &policy->values;
	g_autofree gchar *salt = NULL;

	if (policy->signing != NULL)
		return policy->signing;
	salt = config->nsec3 ? kasper_policies_dup_salt(self, policy, error) : g_strdup("-");
	if (salt == NULL)
		return NULL;
	policy->signing = g_object_new(KASPER_TYPE_SIGNING_POLICY,
				       "resign",
				       values->resign,
				       "refresh",
				       values->refresh,
				       "validity",
				       values->validity,
				       "validity-denial",
				       values->validity_denial,
				       "validity-keyset",
				       config->has_keyset_validity ? values->validity_keyset : 0,
				       "jitter",
				       values->jitter,
				       "inception-offset",
				       config->inception_offset,
				       "max-zone-ttl",
				       config->has_max_zone_ttl ? values->max_zone_ttl : 0,
				       "nsec3",
				       config->nsec3,
				       "nsec3-opt-out",
				       config->nsec3_opt_out,
				       "nsec3-ttl",
				       config->nsec3_ttl,
				       "nsec3-algorithm",
				       config->nsec3_algorithm,
				       "nsec3-iterations",
				       config->nsec3_iterations,
				       "nsec3-salt",
				       salt,
				       "dnskey-ttl",
				       values->dnskey_ttl,
				       "soa-ttl",
				       config->soa_ttl,
				       "soa-minimum",
				       config->soa_minimum,
				       "soa-serial",
				       config->soa_serial,
				       "passthrough",
				       (gboolean)values->passthrough,
				       NULL);
	return policy->signing;
}

typedef struct {
	KasperEngine *engine;
	KasperTime now;
	guint n;
	GError **error;
} KasperReorder;

static gboolean
kasper_policies_reorder_zone(const KasperZoneRow *row, gpointer data)
{
	KasperReorder *reorder = data;
	g_auto(KasperIntentRow) intent = {0};

	if (row->revision == 0)
		return TRUE;
	intent.kind = KASPER_INTENT_ORDER;
	intent.zone = row->number;
	intent.sequence = row->revision;
	intent.id = g_strdup_printf("order-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
				    row->number,
				    row->revision);
	intent.created = intent.due = reorder->now;
	reorder->n++;
	return kasper_store_add_intent(reorder->engine->store, &intent, reorder->error);
}

/* the same keys, signed in another way: every zone of the policy gets its order once more */
gboolean
kasper_engine_reorder_zones(KasperEngine *self, KasperEnginePolicy *policy, GError **error)
{
	GError *error_local = NULL;
	KasperReorder reorder = {self, kasper_engine_now(self), 0, &error_local};

	g_clear_object(&policy->signing);
	if (!kasper_store_each_zone(self->store,
				    policy->number,
				    NULL,
				    kasper_policies_reorder_zone,
				    &reorder,
				    error))
		return FALSE;
	if (error_local != NULL) {
		g_propagate_error(error, error_local);
		return FALSE;
	}
	return TRUE;
}

/* renews salts whose time has come; gives whether there were any */
gboolean
kasper_engine_resalt_due(KasperEngine *self, KasperTime now)
{
	GHashTableIter iter;
	gpointer value;
	gboolean any = FALSE;

	g_hash_table_iter_init(&iter, self->policies);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperEnginePolicy *policy = value;
		g_autoptr(KasperTransaction) transaction = NULL;
		g_autoptr(GError) error = NULL;

		if (policy->resalt_at > now)
			continue;
		policy->resalt_at = KASPER_TIME_NEVER;
		transaction = kasper_store_begin(self->store, &error);
		if (transaction == NULL || !kasper_engine_reorder_zones(self, policy, &error) ||
		    kasper_engine_get_signing_policy(self, policy, &error) == NULL ||
		    !kasper_engine_commit(self, transaction, &error))
			g_warning("policy %s: the salt could not be renewed: %s",
				  policy->config->name,
				  error->message);
		any = TRUE;
	}
	return any;
}

KasperTime
kasper_engine_next_resalt(KasperEngine *self)
{
	KasperTime next = KASPER_TIME_NEVER;
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->policies);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		next = MIN(next, ((KasperEnginePolicy *)value)->resalt_at);
	return next;
}
