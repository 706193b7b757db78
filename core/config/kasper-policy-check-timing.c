/* SPDX-License-Identifier: BSD-2-Clause */

/* are lifetimes, margins and what is believed of the parent possible? */

#include <string.h>

#include "kasper-check-private.h"
#include "kasper-timing.h"

#define SAY(self, level, node, path, ...)                                                          \
	kasper_policy_check_say((self), KASPER_FINDING_##level, (node), (path), __VA_ARGS__)

/* what a rollover takes if there were no data in the zone: nothing of it is an assumption */
static KasperSpan
kasper_check_get_certain_bound(const KasperPolicy *values, const KasperDemand *demand)
{
	KasperPolicy without = *values;

	without.max_zone_ttl = 0;
	return kasper_timing_get_bound(&without, demand);
}

/* a key that ends before its successor can be in use makes rollovers queue up for ever */
static void
kasper_check_lifetime(const KasperPolicyCheck *self,
		      const xmlNode *node,
		      const KasperDemand *demand)
{
	const KasperPolicy *values = &self->policy->values;
	KasperSpan bound = kasper_timing_get_bound(values, demand);
	g_autofree gchar *words = kasper_span_format_words(bound);

	if (demand->lifetime <= 0 || demand->lifetime >= bound)
		return;
	if (self->policy->has_max_zone_ttl ||
	    demand->lifetime < kasper_check_get_certain_bound(values, demand))
		SAY(self,
		    ERROR,
		    node,
		    "Lifetime",
		    "a %s shall live for %" G_GINT64_FORMAT
		    " seconds, and to replace it can take %" G_GINT64_FORMAT
		    " (%s): TTLs, delays, margins and signature validity together; "
		    "make the lifetime longer, or these shorter",
		    node->name,
		    demand->lifetime,
		    bound,
		    words);
	else
		SAY(self,
		    WARNING,
		    node,
		    "Lifetime",
		    "if the zones have TTLs of up to a day, to replace a %s can take %s, which is "
		    "more "
		    "than it lives; say in <MaxZoneTTL> what the largest one is",
		    node->name,
		    words);
}

static void
kasper_check_lifetime_of_zsk(const KasperPolicyCheck *self,
			     const xmlNode *node,
			     const KasperDemand *demand)
{
	KasperSpan validity = self->policy->values.validity;

	if (demand->roles == KASPER_ROLE_ZSK && demand->lifetime > 0 && demand->lifetime < validity)
		SAY(self,
		    WARNING,
		    node,
		    "Lifetime",
		    "a ZSK lives for %" G_GINT64_FORMAT
		    " seconds, less than its signatures (%" G_GINT64_FORMAT
		    " seconds); is it meant to be that short?",
		    demand->lifetime,
		    validity);
}

/* usually it is the other way round, because a KSK is the one that is hard to replace */
static void
kasper_check_order(const KasperPolicyCheck *self, const xmlNode *node, const KasperDemand *ksk)
{
	const KasperPolicy *values = &self->policy->values;

	if (ksk->roles != KASPER_ROLE_KSK || ksk->lifetime <= 0)
		return;
	for (guint i = 0; i < values->n_demands; i++) {
		const KasperDemand *zsk = &values->demands[i];

		if (zsk->roles == KASPER_ROLE_ZSK && zsk->algorithm == ksk->algorithm &&
		    zsk->lifetime > ksk->lifetime)
			SAY(self,
			    WARNING,
			    node,
			    "Lifetime",
			    "the KSK lives for %" G_GINT64_FORMAT
			    " seconds, less than the ZSK (%" G_GINT64_FORMAT
			    " seconds); are they exchanged?",
			    ksk->lifetime,
			    zsk->lifetime);
	}
}

static void
kasper_check_each_key(const KasperPolicyCheck *self)
{
	const xmlNode *keys = kasper_xml_first(self->node, "Keys");
	guint place = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(kasper_key_elements); i++) {
		const gchar *name = kasper_key_elements[i].element;

		for (const xmlNode *n = kasper_xml_first(keys, name);
		     n != NULL && place < self->policy->values.n_demands;
		     n = kasper_xml_next(n, name), place++) {
			const KasperDemand *demand = &self->policy->values.demands[place];

			kasper_check_lifetime(self, n, demand);
			kasper_check_lifetime_of_zsk(self, n, demand);
			kasper_check_order(self, n, demand);
		}
	}
}

static void
kasper_check_margin(const KasperPolicyCheck *self, const gchar *path, KasperSpan margin)
{
	KasperSpan ttl = self->policy->values.dnskey_ttl;

	if (margin < ttl / 10)
		SAY(self,
		    WARNING,
		    self->node,
		    path,
		    "%s (%" G_GINT64_FORMAT
		    " seconds) is less than a tenth of Keys/TTL (%" G_GINT64_FORMAT
		    " seconds), a thin margin; is it meant to be that short?",
		    path,
		    margin,
		    ttl);
	else if (ttl > 0 && margin / 5 > ttl)
		SAY(self,
		    WARNING,
		    self->node,
		    path,
		    "%s (%" G_GINT64_FORMAT
		    " seconds) is more than five times Keys/TTL (%" G_GINT64_FORMAT
		    " seconds), and every rollover waits for it; is it meant to be "
		    "that long?",
		    path,
		    margin,
		    ttl);
}

static gboolean
kasper_check_has_probe(const KasperConfig *config)
{
	for (guint i = 0; i < config->plugins->len; i++) {
		const KasperPluginConfig *plugin = g_ptr_array_index(config->plugins, i);

		if (plugin->enabled && strcmp(plugin->kind, "probe") == 0)
			return TRUE;
	}
	return FALSE;
}

/* an order counts as published when it is written only because somebody said so */
static gboolean
kasper_check_believes_signer(const KasperConfig *config)
{
	for (guint i = 0; i < config->plugins->len; i++) {
		const KasperPluginConfig *plugin = g_ptr_array_index(config->plugins, i);

		if (plugin->enabled && strcmp(plugin->kind, "signer") == 0)
			return g_strcmp0(g_hash_table_lookup(plugin->settings, "evidence"),
					 "order-written") == 0;
	}
	return FALSE;
}

static void
kasper_check_signer_delay(const KasperPolicyCheck *self)
{
	const KasperPolicy *values = &self->policy->values;

	if (kasper_xml_find(self->node, "Signatures/p:SignerDelay") == NULL &&
	    values->n_demands > 0 && !values->passthrough &&
	    kasper_check_believes_signer(self->config))
		SAY(self,
		    WARNING,
		    self->node,
		    "Signatures",
		    "nobody looks whether the signer has done what it was told (its setting "
		    "evidence "
		    "is order-written); say in <p:SignerDelay> how long that takes, or let the "
		    "signed "
		    "zones be looked at (signed-file)");
}

static void
kasper_check_evidence(const KasperPolicyCheck *self)
{
	const KasperPolicy *values = &self->policy->values;

	if (values->ds_evidence == KASPER_EVIDENCE_ASSUMED && values->registration_delay == 0)
		SAY(self,
		    ERROR,
		    self->node,
		    "Parent/p:Evidence",
		    "where the parent is assumed to have published a DS after a while, it must be "
		    "said "
		    "how long that takes; add <RegistrationDelay>");
	if (values->ds_evidence == KASPER_EVIDENCE_OBSERVED && !self->config->has_no_conf &&
	    !kasper_check_has_probe(self->config))
		SAY(self,
		    ERROR,
		    self->node,
		    "Parent/p:Evidence",
		    "no plugin of kind probe looks at the parent, so zones would wait for ever; "
		    "add one "
		    "to "
		    "%s, or accept the word of an operator",
		    self->config->path);
}

void
kasper_policy_check_timing(const KasperPolicyCheck *self)
{
	kasper_check_each_key(self);
	kasper_check_margin(self, "Keys/PublishSafety", self->policy->values.publish_safety);
	kasper_check_margin(self, "Keys/RetireSafety", self->policy->values.retire_safety);
	kasper_check_evidence(self);
	kasper_check_signer_delay(self);
}
