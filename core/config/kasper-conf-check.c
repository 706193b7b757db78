/* SPDX-License-Identifier: BSD-2-Clause */

/* what is wrong or unwise in conf.xml although it is well-formed */

#include "kasper-config-private.h"

static void
kasper_conf_check_names(const KasperConfig *self, KasperFindings *findings)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < self->repositories->len; i++) {
		const KasperRepositoryConfig *repository = g_ptr_array_index(self->repositories, i);

		if (!g_hash_table_add(names, repository->name))
			kasper_findings_error(findings,
					      repository->line,
					      "repository %s is there twice; rename or remove one",
					      repository->name);
	}
}

void
kasper_conf_check(const KasperConfig *self, const xmlNode *root, KasperFindings *findings)
{
	kasper_conf_check_names(self, findings);
}
