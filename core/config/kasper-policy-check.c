/* SPDX-License-Identifier: BSD-2-Clause */

/* what is wrong or unwise in a policy although it is well-formed */

#include "kasper-policy-private.h"

static void
kasper_policy_check_repositories(KasperConfig *config,
				 const KasperPolicyConfig *self,
				 const xmlNode *node,
				 KasperFindings *findings)
{
	const xmlNode *keys = kasper_xml_first(node, "Keys");

	for (const xmlNode *n = kasper_xml_first(keys, NULL); n != NULL;
	     n = kasper_xml_next(n, NULL)) {
		g_autofree gchar *name = kasper_xml_dup_text_at(n, "Repository");

		if (name != NULL && kasper_config_find_repository(config, name) == NULL)
			kasper_findings_error(findings,
					      kasper_xml_find_line(n, "Repository"),
					      "policy %s: repository %s is not in %s; correct the "
					      "name, or add the repository there",
					      self->name,
					      name,
					      config->path);
	}
}

void
kasper_policy_check(KasperConfig *config,
		    const KasperPolicyConfig *self,
		    const xmlNode *node,
		    KasperFindings *findings)
{
	kasper_policy_check_repositories(config, self, node, findings);
}
