/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"
#include "kasper-config.h"

static const CliColumn cli_columns_policies[] = {
    {"name", "Policy"},
    {"zones", "Zones"},
    {"description", "Description"},
    {NULL},
};

static const CliColumn cli_columns_policy[] = {
    {"name", "Policy"},
    {"zones", "Zones"},
    {"description", "Description"},
    {"passthrough", "Passthrough"},
    {"resign", "Resign", CLI_VALUE_SPAN},
    {"refresh", "Refresh", CLI_VALUE_SPAN},
    {"validity", "Validity", CLI_VALUE_SPAN},
    {"validity_denial", "Validity (denial)", CLI_VALUE_SPAN},
    {"validity_keyset", "Validity (keyset)", CLI_VALUE_SPAN},
    {"jitter", "Jitter", CLI_VALUE_SPAN},
    {"inception_offset", "Inception offset", CLI_VALUE_SPAN},
    {"max_zone_ttl", "Largest TTL of the zone", CLI_VALUE_SPAN},
    {"nsec3", "NSEC3"},
    {"dnskey_ttl", "TTL of DNSKEY", CLI_VALUE_SPAN},
    {"publish_safety", "Publish safety", CLI_VALUE_SPAN},
    {"retire_safety", "Retire safety", CLI_VALUE_SPAN},
    {"purge", "Purge dead keys after", CLI_VALUE_SPAN},
    {"share_keys", "Zones share keys"},
    {"backup_holds_dnskey", "No DNSKEY before backup"},
    {"zone_propagation", "Propagation", CLI_VALUE_SPAN},
    {"soa_ttl", "TTL of SOA", CLI_VALUE_SPAN},
    {"soa_minimum", "Minimum of SOA", CLI_VALUE_SPAN},
    {"soa_serial", "Serial"},
    {"ds_ttl", "Parent: TTL of DS", CLI_VALUE_SPAN},
    {"parent_propagation", "Parent: propagation", CLI_VALUE_SPAN},
    {"registration_delay", "Parent: registration", CLI_VALUE_SPAN},
    {"parent_soa_ttl", "Parent: TTL of SOA", CLI_VALUE_SPAN},
    {"parent_soa_minimum", "Parent: minimum of SOA", CLI_VALUE_SPAN},
    {"ds_evidence", "Evidence for DS"},
    {NULL},
};

static const CliColumn cli_columns_demands[] = {
    {"keytype", "Key type"},
    {"algorithm", "Algorithm", CLI_VALUE_ALGORITHM},
    {"bits", "Bits"},
    {"lifetime", "Lifetime", CLI_VALUE_LIFETIME},
    {"repository", "Repository"},
    {"manual", "Manual rollover"},
    {"standby", "Standby"},
    {NULL},
};

static const CliColumn cli_columns_findings[] = {
    {"file", "File"},
    {"line", "Line"},
    {"level", "Level"},
    {"text", "Finding"},
    {NULL},
};

static CliStatus
cli_policy_list(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	GVariant *rows;

	rows = kasper_client_list_policies(cli->client, NULL, &error);
	return cli_end_list(cli, cli_columns_policies, rows, error);
}

static CliStatus
cli_policy_show(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	g_autoptr(GVariant) row =
	    kasper_client_show_policy(cli->client, cli_args_get_text(args, "policy"), NULL, &error);

	if (row == NULL)
		return cli_fail(cli, error);
	cli_print_row(cli, cli_columns_policy, row);
	cli_print_part(cli, "Keys", cli_columns_demands, row, "keys");
	return CLI_DONE;
}

static const gchar *
cli_finding_level_to_text(KasperFindingLevel level)
{
	switch (level) {
	case KASPER_FINDING_ERROR:
		return "error";
	case KASPER_FINDING_WARNING:
		return "warning";
	case KASPER_FINDING_INFO:
		return "info";
	}
	g_assert_not_reached();
}

static void
cli_print_findings_json(Cli *cli, GPtrArray *findings)
{
	g_autoptr(CliTable) table = cli_table_new(cli, cli_columns_findings);

	for (guint i = 0; i < findings->len; i++) {
		const KasperFinding *finding = findings->pdata[i];
		g_autoptr(GVariant) row = g_variant_ref_sink(g_variant_new_parsed(
		    "{'file': <%s>, 'line': <%i>, 'level': <%s>, 'text': <%s>}",
		    finding->file,
		    finding->line,
		    cli_finding_level_to_text(finding->level),
		    finding->text));

		cli_table_add(table, row);
	}
	cli_table_end(table);
}

/* "FILE:LINE: error: TEXT", as compilers say it, so that editors find the place */
static void
cli_print_findings(Cli *cli, GPtrArray *findings)
{
	for (guint i = 0; i < findings->len; i++) {
		g_autofree gchar *text = kasper_finding_to_text(findings->pdata[i]);

		fprintf(cli->out, "%s\n", text);
	}
}

static CliStatus
cli_policy_check(Cli *cli, const CliArgs *args)
{
	g_autoptr(GPtrArray) findings =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_finding_free);
	GError *error = NULL;
	g_autoptr(KasperConfig) config = kasper_config_load(cli->config, findings, &error);

	if (cli->format == CLI_FORMAT_JSON)
		cli_print_findings_json(cli, findings);
	else
		cli_print_findings(cli, findings);
	if (config == NULL)
		return cli_fail(cli, error);
	cli_say(cli, "%s and the files that it names are in order", cli->config);
	return CLI_DONE;
}

static CliStatus
cli_policy_export(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *name = cli_args_get_text(args, "policy");
	g_autoptr(KasperConfig) config = kasper_config_load(cli->config, NULL, &error);
	g_autoptr(GPtrArray) chosen = g_ptr_array_new();
	g_autofree gchar *xml = NULL;
	KasperPolicyConfig *policy;

	if (config == NULL)
		return cli_fail(cli, error);
	if (name == NULL) {
		xml = kasper_policy_config_to_xml(kasper_config_get_policies(config));
	} else {
		policy = kasper_config_find_policy(config, name);
		if (policy == NULL) {
			cli_complain(cli,
				     "policy %s is not in %s",
				     name,
				     kasper_config_get_policy_file(config));
			return CLI_FAILED;
		}
		g_ptr_array_add(chosen, policy);
		xml = kasper_policy_config_to_xml(chosen);
	}
	if (cli->format == CLI_FORMAT_JSON)
		cli_answer(cli, g_variant_new_parsed("{'xml': <%s>}", xml), "%s", "");
	else
		fputs(xml, cli->out);
	return CLI_DONE;
}

static gboolean
cli_policy_export_check(const CliArgs *args, GError **error)
{
	if (cli_args_get_flag(args, "all") != (cli_args_get_text(args, "policy") != NULL))
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "either --policy POLICY or --all is needed");
	return FALSE;
}

static CliStatus
cli_policy_import(Cli *cli, const CliArgs *args)
{
	return cli_update(cli, KASPER_UPDATE_FLAGS_KASP, cli_args_get_flag(args, "dry-run"));
}

static const CliOption cli_policy_options[] = {
    {"policy", 'p', CLI_OPTION_TEXT, "POLICY", "the policy", NULL, TRUE},
    CLI_OPTION_END,
};

static const CliOption cli_policy_export_options[] = {
    CLI_OPTION_POLICY("this one"),
    {"all", 'a', CLI_OPTION_FLAG, NULL, "or all of them"},
    CLI_OPTION_END,
};

static const CliOption cli_policy_import_options[] = {
    CLI_OPTION_DRY_RUN,
    CLI_OPTION_END,
};

const CliCommand cli_commands_policy[] = {
    {"policy", "list", "All policies", NULL, cli_policy_list},
    {"policy",
     "show",
     "One policy, and the keys that it asks for",
     cli_policy_options,
     cli_policy_show,
     .word = "policy"},
    {"policy",
     "check",
     "Check conf.xml, kasp.xml and zonelist.xml, without a daemon",
     NULL,
     cli_policy_check,
     .offline = TRUE,
     .detail = "Says FILE:LINE: error, warning or info. Warnings do not make it fail."},
    {"policy",
     "export",
     "Print policies as kasp.xml has them, with every default spelt out",
     cli_policy_export_options,
     cli_policy_export,
     .check = cli_policy_export_check,
     .word = "policy",
     .offline = TRUE},
    {"policy",
     "import",
     "Have the daemon read kasp.xml again, as update kasp does",
     cli_policy_import_options,
     cli_policy_import},
    {NULL, NULL},
};
