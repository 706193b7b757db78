/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-config.h"
#include "ksmutil.h"

gint
ksmutil_repository_list(Ksmutil *self)
{
	GError *error = NULL;
	g_autoptr(GVariant) rows = NULL;

	if (!ksmutil_open(self))
		return 1;
	rows = kasper_client_list_repositories(self->cli->client, NULL, &error);
	if (rows == NULL)
		return ksmutil_fail(self, error);
	ksmutil_say(self, "Repositories:");
	ksmutil_say(self, "Name:                            Capacity:    RequireBackup:");
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		g_autofree gchar *capacity = NULL;
		gboolean require_backup = FALSE;
		const gchar *name = "";
		gint64 limit = -1;

		g_variant_lookup(row, "name", "&s", &name);
		g_variant_lookup(row, "capacity", "x", &limit);
		g_variant_lookup(row, "require_backup", "b", &require_backup);
		capacity =
		    limit > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, limit) : g_strdup("unset");
		ksmutil_say(self, "%-32s %-12s %s", name, capacity, require_backup ? "Yes" : "No");
	}
	ksmutil_say(self, "%s", "");
	return 0;
}

gint
ksmutil_policy_list(Ksmutil *self)
{
	GError *error = NULL;
	g_autoptr(GVariant) rows = NULL;

	if (!ksmutil_open(self))
		return 1;
	rows = kasper_client_list_policies(self->cli->client, NULL, &error);
	if (rows == NULL)
		return ksmutil_fail(self, error);
	ksmutil_say(self, "Policies:");
	ksmutil_say(self, "Name:                            Description:");
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		const gchar *description = "";
		const gchar *name = "";

		g_variant_lookup(row, "name", "&s", &name);
		g_variant_lookup(row, "description", "&s", &description);
		ksmutil_say(self, "%-32s %s", name, description);
	}
	ksmutil_say(self, "%s", "");
	return 0;
}

gint
ksmutil_policy_export(Ksmutil *self)
{
	GError *error = NULL;
	const gchar *name = ksmutil_get(self, KSMUTIL_POLICY);
	g_autoptr(KasperConfig) config = NULL;
	g_autoptr(GPtrArray) chosen = g_ptr_array_new();
	g_autofree gchar *xml = NULL;
	KasperPolicyConfig *policy;

	if (name != NULL && ksmutil_has(self, KSMUTIL_ALL))
		return ksmutil_misuse(self, 1, "can not use --all with --policy");
	if (name == NULL && !ksmutil_has(self, KSMUTIL_ALL))
		return ksmutil_misuse(self, 1, "please specify either --policy <policy> or --all");
	config = kasper_config_load(self->cli->config, NULL, &error);
	if (config == NULL)
		return ksmutil_fail(self, error);
	if (name == NULL) {
		xml = kasper_policy_config_to_xml(kasper_config_get_policies(config));
		fputs(xml, self->cli->out);
		return 0;
	}
	policy = kasper_config_find_policy(config, name);
	if (policy == NULL) {
		ksmutil_say(self, "Error: unable to find policy %s", name);
		return 1;
	}
	g_ptr_array_add(chosen, policy);
	xml = kasper_policy_config_to_xml(chosen);
	fputs(xml, self->cli->out);
	return 0;
}

gint
ksmutil_policy_purge(Ksmutil *self)
{
	cli_complain(
	    self->cli,
	    "policy purge: policies are those of kasp.xml; take the policy out of that file, "
	    "then: ods-ksmutil update kasp");
	return 1;
}
