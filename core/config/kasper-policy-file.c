/* SPDX-License-Identifier: BSD-2-Clause */

/* kasp.xml: the policies */

#include <string.h>

#include "kasper-config-private.h"
#include "kasper-policy-private.h"

/* OpenDNSSEC 2.1, where Signatures/MaxZoneTTL is not said */
#define DEFAULT_MAX_ZONE_TTL KASPER_SPAN_DAY

#define SPAN(path_, field_)                                                                        \
	{                                                                                          \
		path_, offsetof(KasperPolicyConfig, field_)                                        \
	}

/* element, and where it goes; kasper-policy-write.c writes them back */
const KasperPolicySpan kasper_policy_spans[] = {
    SPAN("Signatures/Resign", values.resign),
    SPAN("Signatures/Refresh", values.refresh),
    SPAN("Signatures/Validity/Default", values.validity),
    SPAN("Signatures/Validity/Denial", values.validity_denial),
    SPAN("Signatures/Validity/Keyset", values.validity_keyset),
    SPAN("Signatures/Jitter", values.jitter),
    SPAN("Signatures/InceptionOffset", inception_offset),
    SPAN("Signatures/MaxZoneTTL", values.max_zone_ttl),
    SPAN("Signatures/p:SignerDelay", values.signer_delay),
    SPAN("Denial/NSEC3/TTL", nsec3_ttl),
    SPAN("Denial/NSEC3/Resalt", nsec3_resalt),
    SPAN("Keys/TTL", values.dnskey_ttl),
    SPAN("Keys/RetireSafety", values.retire_safety),
    SPAN("Keys/PublishSafety", values.publish_safety),
    SPAN("Keys/Purge", values.purge),
    SPAN("Zone/PropagationDelay", values.zone_propagation),
    SPAN("Zone/SOA/TTL", soa_ttl),
    SPAN("Zone/SOA/Minimum", soa_minimum),
    SPAN("Parent/PropagationDelay", values.parent_propagation),
    SPAN("Parent/DS/TTL", values.ds_ttl),
    SPAN("Parent/SOA/TTL", parent_soa_ttl),
    SPAN("Parent/SOA/Minimum", parent_soa_minimum),
    SPAN("Parent/RegistrationDelay", values.registration_delay),
};

const gsize kasper_policy_n_spans = G_N_ELEMENTS(kasper_policy_spans);

void
kasper_policy_config_free(KasperPolicyConfig *self)
{
	if (self == NULL)
		return;
	g_free(self->name);
	g_free(self->description);
	for (gsize i = 0; i < G_N_ELEMENTS(self->demand_repositories); i++)
		g_free(self->demand_repositories[i]);
	g_free(self->soa_serial);
	g_free(self);
}

static void
kasper_policy_read_spans(KasperPolicyConfig *self, const xmlNode *node, KasperFindings *findings)
{
	for (gsize i = 0; i < kasper_policy_n_spans; i++) {
		KasperSpan *field = G_STRUCT_MEMBER_P(self, kasper_policy_spans[i].offset);

		*field = kasper_read_span(kasper_xml_find(node, kasper_policy_spans[i].path),
					  *field,
					  findings);
	}
}

static void
kasper_policy_read_denial(KasperPolicyConfig *self, const xmlNode *node)
{
	const xmlNode *nsec3 = kasper_xml_find(node, "Denial/NSEC3");
	const xmlNode *salt = kasper_xml_find(nsec3, "Hash/Salt");
	g_autofree gchar *length = salt != NULL ? kasper_xml_dup_attribute(salt, "length") : NULL;

	self->nsec3 = nsec3 != NULL;
	self->nsec3_opt_out = kasper_xml_first(nsec3, "OptOut") != NULL;
	self->nsec3_algorithm = kasper_read_number(kasper_xml_find(nsec3, "Hash/Algorithm"), 0);
	self->nsec3_iterations = kasper_read_number(kasper_xml_find(nsec3, "Hash/Iterations"), 0);
	self->nsec3_salt_length = length != NULL ? (guint)g_ascii_strtoull(length, NULL, 10) : 0;
}

static void
kasper_policy_read_digests(KasperPolicyConfig *self, const xmlNode *node)
{
	const xmlNode *ds = kasper_xml_find(node, "Parent/DS");

	for (const xmlNode *n = kasper_xml_first(ds, "p:Digest"); n != NULL;
	     n = kasper_xml_next(n, "p:Digest"))
		self->values.digests |= (guint8)(1u << kasper_read_number(n, 0));
	if (self->values.digests == 0)
		self->values.digests = 1u << KASPER_DIGEST_SHA256;
}

/* the place of the element's text in a list of words; 0 if the element is not there */
static guint8
kasper_policy_read_word(const xmlNode *node, const gchar *path, const gchar *const *words)
{
	g_autofree gchar *text = kasper_xml_dup_text_at(node, path);

	for (guint8 i = 0; text != NULL && words[i] != NULL; i++) {
		if (strcmp(words[i], text) == 0)
			return i;
	}
	return 0;
}

static void
kasper_policy_read_own(KasperPolicyConfig *self, const xmlNode *node)
{
	self->values.level =
	    kasper_policy_read_word(node, "Keys/p:AlgorithmRollover", kasper_policy_levels);
	self->values.ds_evidence =
	    kasper_policy_read_word(node, "Parent/p:Evidence", kasper_policy_evidence_grades);
	self->values.backup_holds_dnskey =
	    kasper_xml_find(node, "Keys/p:BackupHoldsDNSKEY") != NULL;
}

void
kasper_policy_read(KasperPolicyConfig *self, const xmlNode *node, KasperFindings *findings)
{
	self->line = kasper_xml_get_line(node);
	self->name = kasper_xml_dup_attribute(node, "name");
	self->description = kasper_xml_dup_text_at(node, "Description");
	self->soa_serial = kasper_xml_dup_text_at(node, "Zone/SOA/Serial");
	self->values.max_zone_ttl = DEFAULT_MAX_ZONE_TTL;
	self->values.purge = -1;
	kasper_policy_read_spans(self, node, findings);
	self->has_max_zone_ttl = kasper_xml_find(node, "Signatures/MaxZoneTTL") != NULL;
	self->has_keyset_validity = kasper_xml_find(node, "Signatures/Validity/Keyset") != NULL;
	if (!self->has_keyset_validity)
		self->values.validity_keyset = self->values.validity;
	/* RFC 2308, section 5: what a negative answer is kept for */
	self->values.dnskey_negative = MIN(self->soa_ttl, self->soa_minimum);
	self->values.ds_negative = MIN(self->parent_soa_ttl, self->parent_soa_minimum);
	self->values.share_keys = kasper_xml_find(node, "Keys/ShareKeys") != NULL;
	self->values.passthrough = kasper_xml_first(node, "Passthrough") != NULL;
	kasper_policy_read_denial(self, node);
	kasper_policy_read_digests(self, node);
	kasper_policy_read_own(self, node);
	kasper_policy_read_keys(self, node, findings);
}

static void
kasper_policy_file_add(KasperConfig *self, const xmlNode *node, KasperFindings *findings)
{
	KasperPolicyConfig *policy = g_new0(KasperPolicyConfig, 1);
	const KasperPolicyConfig *other;

	kasper_policy_read(policy, node, findings);
	g_ptr_array_add(self->policies, policy);
	other = kasper_config_find_policy(self, policy->name);
	if (other == NULL)
		g_hash_table_insert(self->policy_names, policy->name, policy);
	else
		kasper_findings_error(
		    findings,
		    policy->line,
		    "policy %s is there twice, first in line %d; rename or remove "
		    "one",
		    policy->name,
		    other->line);
	kasper_policy_check(self, policy, node, findings);
}

void
kasper_policy_file_read(KasperConfig *self, KasperFindings *findings)
{
	xmlDoc *doc = kasper_xml_load(self->policy_file, "kasp.rng", findings);
	const xmlNode *root;

	if (doc == NULL)
		return;
	self->knows_policies = TRUE;
	root = xmlDocGetRootElement(doc);
	for (const xmlNode *node = kasper_xml_first(root, "Policy"); node != NULL;
	     node = kasper_xml_next(node, "Policy"))
		kasper_policy_file_add(self, node, findings);
	kasper_xml_free(doc);
}
