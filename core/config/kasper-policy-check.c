/* SPDX-License-Identifier: BSD-2-Clause */

/* what is wrong or unwise in a policy although it is well-formed; every duration is looked at
 * here, what they mean together in the files beside this one */

#include <string.h>

#include "kasper-check-private.h"

/* RFC 2181, section 8: a TTL has 31 bits; signature times are compared in 32 (RFC 4034, 3.1.5) */
#define MAX_31_BITS ((KasperSpan)G_MAXINT32)

void
kasper_policy_check_say(const KasperPolicyCheck *self,
			KasperFindingLevel level,
			const xmlNode *node,
			const gchar *path,
			const gchar *format,
			...)
{
	g_autofree gchar *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	kasper_findings_add(self->findings,
			    level,
			    kasper_xml_find_line(node, path),
			    "policy %s: %s",
			    self->policy->name,
			    text);
}

void
kasper_check_calendar(const xmlNode *node, KasperFindings *findings)
{
	g_autofree gchar *text = node != NULL ? kasper_xml_dup_text(node) : NULL;
	gsize date = text != NULL ? strcspn(text, "T") : 0;
	gboolean years = text != NULL && memchr(text, 'Y', date) != NULL;
	gboolean months = text != NULL && memchr(text, 'M', date) != NULL;

	if (!years && !months)
		return;
	kasper_findings_warning(findings,
				kasper_xml_get_line(node),
				"<%s> is %s, and a %s; write it in days to be clear",
				node->name,
				text,
				!months	 ? "year counts 365 days"
				: !years ? "month counts 31 days"
					 : "year counts 365 days, a month 31");
}

static void
kasper_policy_check_calendar(const KasperPolicyCheck *self)
{
	const xmlNode *keys = kasper_xml_first(self->node, "Keys");

	for (gsize i = 0; i < kasper_policy_n_spans; i++)
		kasper_check_calendar(kasper_xml_find(self->node, kasper_policy_spans[i].path),
				      self->findings);
	for (const xmlNode *key = kasper_xml_first(keys, NULL); key != NULL;
	     key = kasper_xml_next(key, NULL))
		kasper_check_calendar(kasper_xml_first(key, "Lifetime"), self->findings);
}

/* what goes into records must fit there */
static void
kasper_policy_check_sizes(const KasperPolicyCheck *self)
{
	for (gsize i = 0; i < kasper_policy_n_spans; i++) {
		const gchar *path = kasper_policy_spans[i].path;
		const KasperSpan *span =
		    G_STRUCT_MEMBER_P(self->policy, kasper_policy_spans[i].offset);
		gboolean validity = g_str_has_prefix(path, "Signatures/Validity/");

		if (*span <= MAX_31_BITS)
			continue;
		if (validity || g_str_has_suffix(path, "TTL") || g_str_has_suffix(path, "Minimum"))
			kasper_policy_check_say(
			    self,
			    KASPER_FINDING_ERROR,
			    self->node,
			    path,
			    "%s is more than %d seconds, for which a record has "
			    "no room; make it shorter",
			    path,
			    G_MAXINT32);
	}
}

void
kasper_policy_check(KasperConfig *config,
		    const KasperPolicyConfig *policy,
		    const xmlNode *node,
		    KasperFindings *findings)
{
	KasperPolicyCheck self = {config, policy, node, findings};

	kasper_policy_check_calendar(&self);
	kasper_policy_check_sizes(&self);
	kasper_policy_check_signatures(&self);
	kasper_policy_check_denial(&self);
	kasper_policy_check_keys(&self);
	kasper_policy_check_timing(&self);
}
