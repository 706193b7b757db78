/* SPDX-License-Identifier: BSD-2-Clause */

/* KSK, ZSK and CSK elements of a policy: the keys that its zones want */

#include <string.h>

#include "kasper-algorithm.h"
#include "kasper-policy-private.h"

/* OpenDNSSEC 1.4 has the size as optional, and no default that one would want today */
#define DEFAULT_RSA_BITS 2048

static const gchar *const ksk_roll_types[] = {"KskDoubleSignature",
					      "KskDoubleDS",
					      "KskDoubleRRset",
					      NULL};
static const gchar *const zsk_roll_types[] = {"ZskPrePublication",
					      "ZskDoubleSignature",
					      "ZskDoubleRRsig",
					      NULL};
static const gchar *const csk_roll_types[] = {"CskPrePublication",
					      "CskDoubleSignature",
					      "CskDoubleDS",
					      "CskSingleSignature",
					      "CskDoubleRRset",
					      NULL};

const KasperKeyElement kasper_key_elements[3] = {
    {"KSK", "KskRollType", ksk_roll_types, KASPER_ROLE_KSK},
    {"ZSK", "ZskRollType", zsk_roll_types, KASPER_ROLE_ZSK},
    {"CSK", "CskRollType", csk_roll_types, KASPER_ROLE_CSK},
};

const gchar *const kasper_policy_levels[] = {"conservative", "liberal", NULL};
const gchar *const kasper_policy_evidence_grades[] = {"operator", "observed", "assumed", NULL};

static guint16
kasper_demand_read_bits(const xmlNode *algorithm, guint number)
{
	g_autofree gchar *length = kasper_xml_dup_attribute(algorithm, "length");
	guint64 bits = length != NULL ? g_ascii_strtoull(length, NULL, 10) : DEFAULT_RSA_BITS;

	return (guint16)MIN(kasper_algorithm_get_bits(number, (guint)MIN(bits, G_MAXUINT16)),
			    G_MAXUINT16);
}

static void
kasper_demand_read(KasperDemand *self,
		   const xmlNode *node,
		   const KasperKeyElement *element,
		   KasperFindings *findings)
{
	const xmlNode *algorithm = kasper_xml_first(node, "Algorithm");
	const xmlNode *manual = kasper_xml_first(node, "ManualRollover");
	g_autofree gchar *roll_type = kasper_xml_dup_text_at(node, element->roll_element);
	g_autofree gchar *holds =
	    manual != NULL ? kasper_xml_dup_attribute(manual, "p:holds") : NULL;

	self->roles = (guint8)element->roles;
	self->algorithm = (guint8)kasper_read_number(algorithm, 0);
	self->bits = kasper_demand_read_bits(algorithm, self->algorithm);
	self->lifetime = kasper_read_span(kasper_xml_first(node, "Lifetime"), 0, findings);
	self->standby = (guint8)kasper_read_number(kasper_xml_first(node, "Standby"), 0);
	self->gates = (guint8)kasper_policy_get_roll_gates(
	    roll_type != NULL ? roll_type : element->roll_types[0]);
	self->manual_switch = g_strcmp0(holds, "switch") == 0;
	self->manual_rollover = manual != NULL;
	self->rfc5011 = kasper_xml_first(node, "RFC5011") != NULL;
}

void
kasper_policy_read_keys(KasperPolicyConfig *self, const xmlNode *node, KasperFindings *findings)
{
	const xmlNode *keys = kasper_xml_first(node, "Keys");

	for (gsize i = 0; i < G_N_ELEMENTS(kasper_key_elements); i++) {
		const KasperKeyElement *element = &kasper_key_elements[i];

		for (const xmlNode *n = kasper_xml_first(keys, element->element); n != NULL;
		     n = kasper_xml_next(n, element->element)) {
			guint place = self->values.n_demands;

			if (place == KASPER_DEMANDS_MAX) {
				kasper_findings_error(findings,
						      kasper_xml_get_line(n),
						      "policy %s wants more than %d keys for a "
						      "zone; remove some",
						      self->name,
						      KASPER_DEMANDS_MAX);
				return;
			}
			kasper_demand_read(&self->values.demands[place], n, element, findings);
			self->demand_repositories[place] = kasper_xml_dup_text_at(n, "Repository");
			self->values.n_demands++;
		}
	}
}
