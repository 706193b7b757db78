/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include <sys/random.h>

/* how zones of a policy are to be signed, of which the NSEC3 salt changes by itself */

/* RFC 5155, section 3.1.4: one octet of length */
#define MAX_SALT 255
/* a salt that could not be renewed is tried again after this */
#define SALT_RETRY ((KasperSpan)3600)

static gchar *
kasper_salts_dup_new(guint length)
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

static gboolean
kasper_salts_is_renewed(const KasperPolicyConfig *config)
{
	return config->nsec3_resalt > 0 && config->nsec3_salt_length > 0;
}

/* the salt of the policy's zones: kept as long as Resalt says; in a transaction */
static gchar *
kasper_salts_dup(KasperEngine *self, KasperEnginePolicy *policy, GError **error)
{
	const KasperPolicyConfig *config = policy->config;
	guint length = MIN(config->nsec3_salt_length, MAX_SALT);
	KasperTime now = kasper_engine_now(self);
	KasperTime made = KASPER_TIME_UNSET;
	g_autofree gchar *salt = NULL;
	gboolean fits;

	if (!kasper_store_get_salt(self->store, policy->number, &salt, &made, error))
		return NULL;
	fits = salt != NULL &&
	       (length == 0 ? g_str_equal(salt, "-") : strlen(salt) == (gsize)2 * length);
	if (!fits || (kasper_salts_is_renewed(config) &&
		      kasper_time_add(made, config->nsec3_resalt) <= now)) {
		g_free(salt);
		salt = kasper_salts_dup_new(length);
		made = now;
		if (!kasper_store_set_salt(self->store, policy->number, salt, made, error))
			return NULL;
	}
	policy->resalt_at = kasper_salts_is_renewed(config)
				? kasper_time_add(made, config->nsec3_resalt)
				: KASPER_TIME_NEVER;
	return g_steal_pointer(&salt);
}

/* makes policy->signing, with a salt that is not too old; in a transaction */
gboolean
kasper_engine_make_signing_policy(KasperEngine *self, KasperEnginePolicy *policy, GError **error)
{
	const KasperPolicyConfig *config = policy->config;
	const KasperPolicy *values = &policy->values;
	g_autofree gchar *salt =
	    config->nsec3 ? kasper_salts_dup(self, policy, error) : g_strdup("-");

	if (salt == NULL)
		return FALSE;
	g_clear_object(&policy->signing);
	/* clang-format off */
	policy->signing = g_object_new(KASPER_TYPE_SIGNING_POLICY,
	    "resign", values->resign,
	    "refresh", values->refresh,
	    "validity", values->validity,
	    "validity-denial", values->validity_denial,
	    "validity-keyset", config->has_keyset_validity ? values->validity_keyset : 0,
	    "jitter", values->jitter,
	    "inception-offset", config->inception_offset,
	    "max-zone-ttl", config->has_max_zone_ttl ? values->max_zone_ttl : 0,
	    "nsec3", config->nsec3,
	    "nsec3-opt-out", config->nsec3_opt_out,
	    "nsec3-ttl", config->nsec3_ttl,
	    "nsec3-algorithm", config->nsec3_algorithm,
	    "nsec3-iterations", config->nsec3_iterations,
	    "nsec3-salt", salt,
	    "dnskey-ttl", values->dnskey_ttl,
	    "soa-ttl", config->soa_ttl,
	    "soa-minimum", config->soa_minimum,
	    "soa-serial", config->soa_serial,
	    "passthrough", (gboolean)values->passthrough,
	    NULL);
	/* clang-format on */
	return TRUE;
}

/* --- the same keys, signed in another way --- */

gboolean
kasper_engine_reorder_zone(KasperEngine *self, gint64 zone, gint64 revision, GError **error)
{
	g_auto(KasperIntentRow) intent = {0};

	if (revision == 0)
		return TRUE;
	intent.kind = KASPER_INTENT_ORDER;
	intent.zone = zone;
	intent.sequence = revision;
	intent.id = g_strdup_printf("order-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, zone, revision);
	intent.created = intent.due = kasper_engine_now(self);
	return kasper_store_add_intent(self->store, &intent, error);
}

typedef struct {
	KasperEngine *engine;
	GError **error;
	gboolean failed;
} KasperReorder;

static gboolean
kasper_salts_reorder_zone(const KasperZoneRow *row, gpointer data)
{
	KasperReorder *reorder = data;

	reorder->failed = !kasper_engine_reorder_zone(reorder->engine,
						      row->number,
						      row->revision,
						      reorder->error);
	return !reorder->failed;
}

/* every zone of the policy gets its order once more; in a transaction */
gboolean
kasper_engine_reorder_zones(KasperEngine *self, gint64 policy, GError **error)
{
	KasperReorder reorder = {self, error, FALSE};

	return kasper_store_each_zone(self->store,
				      policy,
				      NULL,
				      kasper_salts_reorder_zone,
				      &reorder,
				      error) &&
	       !reorder.failed;
}

static gboolean
kasper_salts_renew(KasperEngine *self, KasperEnginePolicy *policy, GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	return transaction != NULL && kasper_engine_make_signing_policy(self, policy, error) &&
	       kasper_engine_reorder_zones(self, policy->number, error) &&
	       kasper_store_add_audit(self->store,
				      kasper_engine_now(self),
				      "kasperd",
				      "resalt",
				      NULL,
				      NULL,
				      policy->config->name,
				      error) &&
	       kasper_engine_commit(self, transaction, error);
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
		g_autoptr(KasperSigningPolicy) before = NULL;
		g_autoptr(GError) error = NULL;

		if (policy->resalt_at > now)
			continue;
		any = TRUE;
		before = g_object_ref(policy->signing);
		if (kasper_salts_renew(self, policy, &error))
			continue;
		/* what was not recorded is not used */
		g_set_object(&policy->signing, before);
		policy->resalt_at = kasper_time_add(now, SALT_RETRY);
		g_warning("policy %s: the salt could not be renewed: %s",
			  policy->config->name,
			  error->message);
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
