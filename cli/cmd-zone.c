/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"

/* so many at once */
#define CLI_ZONES_PAGE 1000

static const CliColumn cli_columns_zones[] = {
    {"zone", "Zone", CLI_VALUE_PLAIN, 24},
    {"policy", "Policy", CLI_VALUE_PLAIN, 10},
    {"state", "State", CLI_VALUE_PLAIN, 8},
    {"next_due", "Next due", CLI_VALUE_TIME, 19},
    {"waiting_for", "Waiting for"},
    {NULL},
};

static const CliColumn cli_columns_zones_verbose[] = {
    {"zone", "Zone", CLI_VALUE_PLAIN, 24},
    {"policy", "Policy", CLI_VALUE_PLAIN, 10},
    {"state", "State", CLI_VALUE_PLAIN, 8},
    {"next_due", "Next due", CLI_VALUE_TIME, 19},
    {"revision", "Order"},
    {"confirmed", "Confirmed"},
    {"signconf", "Signer configuration"},
    {"input", "Input"},
    {"output", "Output"},
    {"waiting_for", "Waiting for"},
    {NULL},
};

static const CliColumn cli_columns_zone[] = {
    {"zone", "Zone"},
    {"policy", "Policy"},
    {"state", "State"},
    {"next_due", "Next due", CLI_VALUE_TIME},
    {"waiting_for", "Waiting for"},
    {"revision", "Order"},
    {"confirmed", "Confirmed order"},
    {"signconf", "Signer configuration"},
    {"input", "Input"},
    {"output", "Output"},
    {NULL},
};

static const CliColumn cli_columns_reasons[] = {
    {"cka_id", "CKA_ID", CLI_VALUE_PLAIN, 32},
    {"record", "Record"},
    {"until", "Until", CLI_VALUE_TIME},
    {"actor", "Who"},
    {"rule", "Rule"},
    {"text", "Why"},
    {NULL},
};

gchar *
cli_args_dup_path(const CliArgs *args, const gchar *name)
{
	const gchar *path = cli_args_get_text(args, name);

	return path != NULL ? g_canonicalize_filename(path, NULL) : NULL;
}

static CliStatus
cli_zone_list(Cli *cli, const CliArgs *args)
{
	gboolean verbose = cli_args_get_flag(args, "verbose");
	g_autoptr(CliTable) table =
	    cli_table_new(cli, verbose ? cli_columns_zones_verbose : cli_columns_zones);
	g_autofree gchar *after = NULL;
	GError *error = NULL;
	gsize n_rows;

	do {
		g_autoptr(GVariant) last = NULL;
		g_autoptr(GVariant) rows =
		    kasper_client_list_zones_page(cli->client, after, CLI_ZONES_PAGE, NULL, &error);

		if (rows == NULL)
			return cli_fail(cli, error);
		cli_table_add_all(table, rows);
		n_rows = g_variant_n_children(rows);
		g_clear_pointer(&after, g_free);
		if (n_rows > 0)
			last = g_variant_get_child_value(rows, n_rows - 1);
		if (last != NULL)
			g_variant_lookup(last, "zone", "s", &after);
	} while (after != NULL && !ferror(cli->out));
	cli_table_end(table);
	return CLI_DONE;
}

static CliStatus
cli_zone_show(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	g_autoptr(GVariant) row =
	    kasper_client_show_zone(cli->client, cli_args_get_text(args, "zone"), NULL, &error);

	if (row == NULL)
		return cli_fail(cli, error);
	cli_print_row(cli, cli_columns_zone, row);
	cli_print_part(cli, "Keys", cli_columns_keys, row, "keys");
	cli_print_part(cli, "What waits, and why", cli_columns_reasons, row, "reasons");
	cli_print_part(cli, "Planned", cli_columns_queue, row, "intents");
	return CLI_DONE;
}

/* what the daemon is to know of the zone's files; what is not given gets its default there */
static GVariant *
cli_zone_get_files(const CliArgs *args)
{
	static const struct {
		const gchar *option;
		const gchar *field;
		gboolean is_path;
	} files[] = {
	    {"signerconf", "signconf", TRUE},
	    {"input", "input", TRUE},
	    {"in-type", "input_type", FALSE},
	    {"output", "output", TRUE},
	    {"out-type", "output_type", FALSE},
	};
	g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{ss}"));

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree gchar *text = files[i].is_path
					     ? cli_args_dup_path(args, files[i].option)
					     : g_strdup(cli_args_get_text(args, files[i].option));

		if (text != NULL)
			g_variant_builder_add(&builder, "{ss}", files[i].field, text);
	}
	return g_variant_builder_end(&builder);
}

static CliStatus
cli_zone_add(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *zone = cli_args_get_text(args, "zone");
	const gchar *policy = cli_args_get_text(args, "policy");
	g_autofree gchar *input = cli_args_dup_path(args, "input");

	if (policy == NULL)
		policy = "default";
	if (!kasper_client_zone_add(cli->client,
				    zone,
				    policy,
				    cli_zone_get_files(args),
				    NULL,
				    &error))
		return cli_fail(cli, error);
	if (input != NULL && !g_file_test(input, G_FILE_TEST_EXISTS))
		cli_complain(cli, "warning: the input file %s does not exist yet", input);
	cli_answer(cli,
		   g_variant_new_parsed("{'zone': <%s>, 'policy': <%s>}", zone, policy),
		   "Zone %s added on policy %s",
		   zone,
		   policy);
	return CLI_DONE;
}

static CliStatus
cli_zone_delete(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *zone = cli_args_get_text(args, "zone");
	g_autofree gchar *question =
	    g_strdup_printf("Zone %s and its keys leave Kasper's care", zone);

	if (!cli_confirm(cli, question))
		return CLI_FAILED;
	if (!kasper_client_zone_delete(cli->client, zone, NULL, &error))
		return cli_fail(cli, error);
	cli_answer(cli, g_variant_new_parsed("{'zone': <%s>}", zone), "Zone %s deleted", zone);
	return CLI_DONE;
}

static CliStatus
cli_zone_set_policy(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *zone = cli_args_get_text(args, "zone");
	const gchar *policy = cli_args_get_text(args, "policy");

	if (!kasper_client_zone_set_policy(cli->client, zone, policy, NULL, &error))
		return cli_fail(cli, error);
	cli_answer(cli,
		   g_variant_new_parsed("{'zone': <%s>, 'policy': <%s>}", zone, policy),
		   "Zone %s is on policy %s",
		   zone,
		   policy);
	return CLI_DONE;
}

static CliStatus
cli_zone_adopt(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *zone = cli_args_get_text(args, "zone");
	g_autofree gchar *question =
	    g_strdup_printf("Zone %s is signed anew, with new keys. If its parent has a DS of it, "
			    "it cannot be resolved any more",
			    zone);

	if (!cli_args_get_flag(args, "unsigned"))
		return cli_misuse(cli,
				  "say --unsigned if nobody relies on the signatures of zone %s; "
				  "else import its keys, with 'kasper key import'",
				  zone);
	if (!cli_confirm(cli, question))
		return CLI_FAILED;
	if (!kasper_client_zone_adopt_unsigned(cli->client, zone, NULL, &error))
		return cli_fail(cli, error);
	cli_answer(cli,
		   g_variant_new_parsed("{'zone': <%s>}", zone),
		   "Zone %s counts as unsigned, and is signed with new keys",
		   zone);
	return CLI_DONE;
}

static const CliOption cli_zone_add_options[] = {
    CLI_OPTION_ZONE_NEEDED("the zone"),
    CLI_OPTION_POLICY("its policy; without it: default"),
    {"signerconf", '\0', CLI_OPTION_PATH, "FILE", "where its orders to the signer go"},
    {"input", 'i', CLI_OPTION_PATH, "FILE", "where the unsigned zone comes from"},
    {"in-type", 'j', CLI_OPTION_TEXT, "TYPE", "what kind of input that is", "File|DNS"},
    {"output", 'o', CLI_OPTION_PATH, "FILE", "where the signed zone goes"},
    {"out-type", '\0', CLI_OPTION_TEXT, "TYPE", "what kind of output that is", "File|DNS"},
    CLI_OPTION_END,
};

static const CliOption cli_zone_list_options[] = {
    {"verbose", 'v', CLI_OPTION_FLAG, NULL, "orders and files, too"},
    CLI_OPTION_END,
};

static const CliOption cli_zone_options[] = {
    CLI_OPTION_ZONE_NEEDED("the zone"),
    CLI_OPTION_END,
};

static const CliOption cli_zone_adopt_options[] = {
    CLI_OPTION_ZONE_NEEDED("the zone"),
    {"unsigned", '\0', CLI_OPTION_FLAG, NULL, "nobody relies on the signatures it has"},
    CLI_OPTION_END,
};

static const CliOption cli_zone_set_policy_options[] = {
    CLI_OPTION_ZONE_NEEDED("the zone"),
    {"policy", 'p', CLI_OPTION_TEXT, "POLICY", "its new policy", NULL, TRUE},
    CLI_OPTION_END,
};

const CliCommand cli_commands_zone[] = {
    {"zone",
     "add",
     "Take a zone into care",
     cli_zone_add_options,
     cli_zone_add,
     .word = "zone",
     .detail = "It is written to zonelist.xml, too. What is not said about its files is as\n"
	       "OpenDNSSEC has it."},
    {"zone",
     "adopt",
     "Sign a new zone that somebody has signed already",
     cli_zone_adopt_options,
     cli_zone_adopt,
     .word = "zone",
     .detail = "A new zone that is signed already is held: with other keys than the DS at its\n"
	       "parent names it could not be resolved any more. 'kasper key import' takes its\n"
	       "keys over. With --unsigned it gets new ones, and all signatures by the old ones\n"
	       "are replaced: right only if the parent has no DS of it, and has had none for as\n"
	       "long as a DS may be kept in caches."},
    {"zone",
     "delete",
     "Let go of a zone and its keys",
     cli_zone_options,
     cli_zone_delete,
     .word = "zone",
     .detail = "A zone whose DS is still at the parent must be served signed until that DS has\n"
	       "left every cache. Keys that were published are kept for 30 days at least: a\n"
	       "zone that is added again within that time comes back with them."},
    {"zone", "list", "All zones", cli_zone_list_options, cli_zone_list},
    {"zone",
     "show",
     "One zone: its keys, and what it waits for",
     cli_zone_options,
     cli_zone_show,
     .word = "zone"},
    {"zone",
     "set-policy",
     "Put a zone under another policy",
     cli_zone_set_policy_options,
     cli_zone_set_policy,
     .word = "zone"},
    {NULL, NULL},
};
