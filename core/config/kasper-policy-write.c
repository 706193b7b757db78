/* SPDX-License-Identifier: BSD-2-Clause */

/* policies as kasp.xml: in OpenDNSSEC's order, every duration in seconds, every default said */

#include <string.h>

#include "kasper-policy-private.h"

typedef struct {
	GString *text;
	guint depth;
} KasperPolicyWriter;

static void G_GNUC_PRINTF(2, 3)
    kasper_write_line(KasperPolicyWriter *self, const gchar *format, ...)
{
	va_list args;
	g_autofree gchar *line = NULL;

	va_start(args, format);
	line = g_markup_vprintf_escaped(format, args);
	va_end(args);
	g_string_append_printf(self->text, "%*s%s\n", (gint)self->depth * 4, "", line);
}

static void
kasper_write_open(KasperPolicyWriter *self, const gchar *element)
{
	kasper_write_line(self, "<%s>", element);
	self->depth++;
}

static void
kasper_write_close(KasperPolicyWriter *self, const gchar *element)
{
	self->depth--;
	kasper_write_line(self, "</%s>", element);
}

static void
kasper_write_text(KasperPolicyWriter *self, const gchar *element, const gchar *text)
{
	kasper_write_line(self, "<%s>%s</%s>", element, text, element);
}

static void
kasper_write_number(KasperPolicyWriter *self, const gchar *element, guint number)
{
	kasper_write_line(self, "<%s>%u</%s>", element, number, element);
}

static void
kasper_write_flag(KasperPolicyWriter *self, const gchar *element, gboolean set)
{
	if (set)
		kasper_write_line(self, "<%s/>", element);
}

static void
kasper_write_span(KasperPolicyWriter *self, const gchar *element, KasperSpan span)
{
	g_autofree gchar *text = kasper_span_format(span);

	kasper_write_text(self, element, text);
}

static void
kasper_write_signatures(KasperPolicyWriter *self, const KasperPolicyConfig *policy)
{
	const KasperPolicy *values = &policy->values;

	kasper_write_open(self, "Signatures");
	kasper_write_span(self, "Resign", values->resign);
	kasper_write_span(self, "Refresh", values->refresh);
	kasper_write_open(self, "Validity");
	kasper_write_span(self, "Default", values->validity);
	kasper_write_span(self, "Denial", values->validity_denial);
	if (policy->has_keyset_validity)
		kasper_write_span(self, "Keyset", values->validity_keyset);
	kasper_write_close(self, "Validity");
	kasper_write_span(self, "Jitter", values->jitter);
	kasper_write_span(self, "InceptionOffset", policy->inception_offset);
	if (policy->has_max_zone_ttl)
		kasper_write_span(self, "MaxZoneTTL", values->max_zone_ttl);
	if (values->signer_delay > 0)
		kasper_write_span(self, "p:SignerDelay", values->signer_delay);
	kasper_write_close(self, "Signatures");
}

static void
kasper_write_denial(KasperPolicyWriter *self, const KasperPolicyConfig *policy)
{
	kasper_write_open(self, "Denial");
	if (policy->nsec3) {
		kasper_write_open(self, "NSEC3");
		kasper_write_span(self, "TTL", policy->nsec3_ttl);
		kasper_write_flag(self, "OptOut", policy->nsec3_opt_out);
		kasper_write_span(self, "Resalt", policy->nsec3_resalt);
		kasper_write_open(self, "Hash");
		kasper_write_number(self, "Algorithm", policy->nsec3_algorithm);
		kasper_write_number(self, "Iterations", policy->nsec3_iterations);
		kasper_write_line(self, "<Salt length=\"%u\"/>", policy->nsec3_salt_length);
		kasper_write_close(self, "Hash");
		kasper_write_close(self, "NSEC3");
	} else {
		kasper_write_flag(self, "NSEC", TRUE);
	}
	kasper_write_close(self, "Denial");
}

/* the name of the roll type that has these gates */
static const gchar *
kasper_write_get_roll_type(const KasperKeyElement *element, guint gates)
{
	for (guint i = 0; element->roll_types[i] != NULL; i++) {
		if (kasper_policy_get_roll_gates(element->roll_types[i]) == gates)
			return element->roll_types[i];
	}
	return element->roll_types[0];
}

static void
kasper_write_key(KasperPolicyWriter *self,
		 const KasperKeyElement *element,
		 const KasperDemand *demand,
		 const gchar *repository)
{
	kasper_write_open(self, element->element);
	kasper_write_line(self,
			  "<Algorithm length=\"%u\">%u</Algorithm>",
			  demand->bits,
			  demand->algorithm);
	kasper_write_span(self, "Lifetime", demand->lifetime);
	kasper_write_text(self, "Repository", repository);
	kasper_write_number(self, "Standby", demand->standby);
	if (demand->manual_switch)
		kasper_write_line(self, "<ManualRollover p:holds=\"switch\"/>");
	else
		kasper_write_flag(self, "ManualRollover", demand->manual_rollover);
	kasper_write_text(self,
			  element->roll_element,
			  kasper_write_get_roll_type(element, demand->gates));
	kasper_write_flag(self, "RFC5011", demand->rfc5011);
	kasper_write_close(self, element->element);
}

static void
kasper_write_keys(KasperPolicyWriter *self, const KasperPolicyConfig *policy)
{
	const KasperPolicy *values = &policy->values;

	kasper_write_open(self, "Keys");
	kasper_write_span(self, "TTL", values->dnskey_ttl);
	kasper_write_span(self, "RetireSafety", values->retire_safety);
	kasper_write_span(self, "PublishSafety", values->publish_safety);
	kasper_write_flag(self, "ShareKeys", values->share_keys);
	if (values->purge >= 0)
		kasper_write_span(self, "Purge", values->purge);
	for (gsize i = 0; i < G_N_ELEMENTS(kasper_key_elements); i++) {
		for (guint j = 0; j < values->n_demands; j++) {
			if (values->demands[j].roles == kasper_key_elements[i].roles)
				kasper_write_key(self,
						 &kasper_key_elements[i],
						 &values->demands[j],
						 policy->demand_repositories[j]);
		}
	}
	kasper_write_flag(self, "p:BackupHoldsDNSKEY", values->backup_holds_dnskey);
	if (values->level != KASPER_LEVEL_STRICT)
		kasper_write_text(self, "p:AlgorithmRollover", kasper_policy_levels[values->level]);
	kasper_write_close(self, "Keys");
}

static void
kasper_write_soa(KasperPolicyWriter *self, KasperSpan ttl, KasperSpan minimum, const gchar *serial)
{
	kasper_write_open(self, "SOA");
	kasper_write_span(self, "TTL", ttl);
	kasper_write_span(self, "Minimum", minimum);
	if (serial != NULL)
		kasper_write_text(self, "Serial", serial);
	kasper_write_close(self, "SOA");
}

static void
kasper_write_ds(KasperPolicyWriter *self, const KasperPolicy *values)
{
	kasper_write_open(self, "DS");
	kasper_write_span(self, "TTL", values->ds_ttl);
	for (guint i = 0; i < 8 && values->digests != 1u << KASPER_DIGEST_SHA256; i++) {
		if ((values->digests & (1u << i)) != 0)
			kasper_write_number(self, "p:Digest", i);
	}
	kasper_write_close(self, "DS");
}

static void
kasper_write_parent(KasperPolicyWriter *self, const KasperPolicyConfig *policy)
{
	const KasperPolicy *values = &policy->values;

	kasper_write_open(self, "Parent");
	kasper_write_span(self, "PropagationDelay", values->parent_propagation);
	kasper_write_ds(self, values);
	kasper_write_soa(self, policy->parent_soa_ttl, policy->parent_soa_minimum, NULL);
	kasper_write_span(self, "RegistrationDelay", values->registration_delay);
	if (values->ds_evidence != KASPER_EVIDENCE_OPERATOR)
		kasper_write_text(self,
				  "p:Evidence",
				  kasper_policy_evidence_grades[values->ds_evidence]);
	kasper_write_close(self, "Parent");
}

static void
kasper_write_policy(KasperPolicyWriter *self, const KasperPolicyConfig *policy)
{
	kasper_write_line(self, "<Policy name=\"%s\">", policy->name);
	self->depth++;
	kasper_write_flag(self, "Passthrough", policy->values.passthrough);
	kasper_write_text(self, "Description", policy->description);
	kasper_write_signatures(self, policy);
	kasper_write_denial(self, policy);
	kasper_write_keys(self, policy);
	kasper_write_open(self, "Zone");
	kasper_write_span(self, "PropagationDelay", policy->values.zone_propagation);
	kasper_write_soa(self, policy->soa_ttl, policy->soa_minimum, policy->soa_serial);
	kasper_write_close(self, "Zone");
	kasper_write_parent(self, policy);
	kasper_write_close(self, "Policy");
}

/**
 * kasper_policy_config_to_xml: (skip)
 * @policies: (element-type KasperPolicyConfig): policies
 *
 * The policies as a file that kasp.xml can be replaced with. OpenDNSSEC reads it as well, unless
 * a policy uses what only Kasper has; only then is Kasper's namespace named in it.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
gchar *
kasper_policy_config_to_xml(GPtrArray *policies)
{
	KasperPolicyWriter self = {.text = g_string_new(NULL), .depth = 1};
	gboolean own;

	for (guint i = 0; i < policies->len; i++)
		kasper_write_policy(&self, g_ptr_array_index(policies, i));
	own = strstr(self.text->str, "<p:") != NULL || strstr(self.text->str, " p:") != NULL;
	g_string_prepend(self.text,
			 own ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			       "<KASP xmlns:p=\"" KASPER_XML_NAMESPACE "\">\n"
			     : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<KASP>\n");
	g_string_append(self.text, "</KASP>\n");
	return g_string_free(self.text, FALSE);
}
