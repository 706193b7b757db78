/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-zone-order.h"

struct _KasperSigningPolicy {
	GObject parent_instance;

	gint64 resign;
	gint64 refresh;
	gint64 validity;
	gint64 validity_denial;
	gint64 validity_keyset;
	gint64 jitter;
	gint64 inception_offset;
	gint64 max_zone_ttl;
	gboolean nsec3;
	gboolean nsec3_opt_out;
	gint64 nsec3_ttl;
	guint nsec3_algorithm;
	guint nsec3_iterations;
	gchar *nsec3_salt;
	gint64 dnskey_ttl;
	gint64 soa_ttl;
	gint64 soa_minimum;
	gchar *soa_serial;
	gboolean passthrough;
};

/**
 * KasperSigningPolicy:
 *
 * How the zones of a policy are to be signed. One object serves the orders of all zones of the
 * policy: once it is in use it is not changed any more, and may be read by several threads. Spans
 * are in seconds.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperSigningPolicy, kasper_signing_policy, G_TYPE_OBJECT)

/* one row a property; its number is its place in the table, from 1 */
typedef struct {
	const gchar *name;
	GType type; /* of the value, and of the field */
	glong field;
	const gchar *blurb;
} KasperSigningProperty;

#define FIELD(name) G_STRUCT_OFFSET(KasperSigningPolicy, name)

static const KasperSigningProperty properties[] = {
    {"resign", G_TYPE_INT64, FIELD(resign), "how often the signer looks for signatures to renew"},
    {"refresh", G_TYPE_INT64, FIELD(refresh), "how long before its end a signature is renewed"},
    {"validity", G_TYPE_INT64, FIELD(validity), "how long signatures are valid"},
    {"validity-denial",
     G_TYPE_INT64,
     FIELD(validity_denial),
     "... those of NSEC and NSEC3 records"},
    {"validity-keyset",
     G_TYPE_INT64,
     FIELD(validity_keyset),
     "... those of the DNSKEY set; 0: as validity"},
    {"jitter", G_TYPE_INT64, FIELD(jitter), "by how much the end of a signature is spread"},
    {"inception-offset",
     G_TYPE_INT64,
     FIELD(inception_offset),
     "how far the start of a signature lies in the past"},
    {"max-zone-ttl", G_TYPE_INT64, FIELD(max_zone_ttl), "TTLs are cut to this; 0: unset"},
    {"nsec3", G_TYPE_BOOLEAN, FIELD(nsec3), "NSEC3 instead of NSEC"},
    {"nsec3-opt-out", G_TYPE_BOOLEAN, FIELD(nsec3_opt_out), "with opt-out"},
    {"nsec3-ttl", G_TYPE_INT64, FIELD(nsec3_ttl), "the TTL of the NSEC3PARAM record"},
    {"nsec3-algorithm", G_TYPE_UINT, FIELD(nsec3_algorithm), "the NSEC3 hash algorithm"},
    {"nsec3-iterations", G_TYPE_UINT, FIELD(nsec3_iterations), "additional NSEC3 iterations"},
    {"nsec3-salt", G_TYPE_STRING, FIELD(nsec3_salt), "the NSEC3 salt in hex; \"-\": empty"},
    {"dnskey-ttl", G_TYPE_INT64, FIELD(dnskey_ttl), "the TTL of the DNSKEY set"},
    {"soa-ttl", G_TYPE_INT64, FIELD(soa_ttl), "the TTL of the SOA record"},
    {"soa-minimum", G_TYPE_INT64, FIELD(soa_minimum), "the last field of the SOA record"},
    {"soa-serial",
     G_TYPE_STRING,
     FIELD(soa_serial),
     "how serial numbers are made: counter, datecounter, unixtime or keep"},
    {"passthrough", G_TYPE_BOOLEAN, FIELD(passthrough), "the zone is not signed at all"},
};

static void
kasper_signing_policy_set_property(GObject *object,
				   guint id,
				   const GValue *value,
				   GParamSpec *pspec)
{
	gpointer field = G_STRUCT_MEMBER_P(object, properties[id - 1].field);
	gchar **text;

	switch (properties[id - 1].type) {
	case G_TYPE_INT64:
		*(gint64 *)field = g_value_get_int64(value);
		return;
	case G_TYPE_UINT:
		*(guint *)field = g_value_get_uint(value);
		return;
	case G_TYPE_BOOLEAN:
		*(gboolean *)field = g_value_get_boolean(value);
		return;
	case G_TYPE_STRING:
		text = field;
		g_free(*text);
		*text = g_value_dup_string(value);
		return;
	default:
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
	}
}

static void
kasper_signing_policy_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
	gconstpointer field = G_STRUCT_MEMBER_P(object, properties[id - 1].field);

	switch (properties[id - 1].type) {
	case G_TYPE_INT64:
		g_value_set_int64(value, *(const gint64 *)field);
		return;
	case G_TYPE_UINT:
		g_value_set_uint(value, *(const guint *)field);
		return;
	case G_TYPE_BOOLEAN:
		g_value_set_boolean(value, *(const gboolean *)field);
		return;
	case G_TYPE_STRING:
		g_value_set_string(value, *(const gchar *const *)field);
		return;
	default:
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
	}
}

static void
kasper_signing_policy_finalize(GObject *object)
{
	KasperSigningPolicy *self = KASPER_SIGNING_POLICY(object);

	g_free(self->nsec3_salt);
	g_free(self->soa_serial);
	G_OBJECT_CLASS(kasper_signing_policy_parent_class)->finalize(object);
}

static void
kasper_signing_policy_init(KasperSigningPolicy *self)
{
}

static GParamSpec *
kasper_signing_policy_new_param(const KasperSigningProperty *property)
{
	GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

	switch (property->type) {
	case G_TYPE_INT64:
		return g_param_spec_int64(property->name,
					  NULL,
					  property->blurb,
					  0,
					  G_MAXINT64,
					  0,
					  flags);
	case G_TYPE_UINT:
		return g_param_spec_uint(property->name,
					 NULL,
					 property->blurb,
					 0,
					 G_MAXUINT16,
					 0,
					 flags);
	case G_TYPE_BOOLEAN:
		return g_param_spec_boolean(property->name, NULL, property->blurb, FALSE, flags);
	default:
		return g_param_spec_string(property->name, NULL, property->blurb, NULL, flags);
	}
}

static void
kasper_signing_policy_class_init(KasperSigningPolicyClass *klass)
{
	GObjectClass *object_class = G_OBJECT_CLASS(klass);

	object_class->set_property = kasper_signing_policy_set_property;
	object_class->get_property = kasper_signing_policy_get_property;
	object_class->finalize = kasper_signing_policy_finalize;
	for (guint i = 0; i < G_N_ELEMENTS(properties); i++)
		g_object_class_install_property(object_class,
						i + 1,
						kasper_signing_policy_new_param(&properties[i]));
}

/**
 * kasper_signing_policy_new:
 *
 * A policy in which everything is 0, %FALSE and %NULL; its properties are set by name.
 *
 * Returns: (transfer full): a signing policy
 *
 * Since: 0.1
 */
KasperSigningPolicy *
kasper_signing_policy_new(void)
{
	return g_object_new(KASPER_TYPE_SIGNING_POLICY, NULL);
}
