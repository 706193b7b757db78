/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"

static const CliColumn cli_columns_starts[] = {
    {"zone", "Zone", CLI_VALUE_PLAIN, 24},
    {"step", "What starts"},
    {NULL},
};

static void
cli_update_print(Cli *cli, GVariant *result, gboolean dry_run)
{
	g_autofree const gchar **messages = NULL;
	guint n_added = 0;
	guint n_deleted = 0;

	g_variant_lookup(result, "messages", "^a&s", &messages);
	g_variant_lookup(result, "zones_added", "u", &n_added);
	g_variant_lookup(result, "zones_deleted", "u", &n_deleted);
	for (guint i = 0; messages != NULL && messages[i] != NULL; i++)
		cli_say(cli, "%s", messages[i]);
	cli_print_part(cli,
		       dry_run ? "What it would start" : "What it starts",
		       cli_columns_starts,
		       result,
		       "starts");
	if (dry_run)
		cli_say(cli,
			"Nothing was changed: %u zones would come, %u would go",
			n_added,
			n_deleted);
	else if (n_added + n_deleted > 0)
		cli_say(cli, "%u zones added, %u deleted", n_added, n_deleted);
}

CliStatus
cli_update(Cli *cli, KasperUpdateFlags what, gboolean dry_run)
{
	GError *error = NULL;
	g_autoptr(GVariant) result = kasper_client_update(cli->client, what, dry_run, NULL, &error);

	if (result == NULL)
		return cli_fail(cli, error);
	if (cli->format == CLI_FORMAT_JSON)
		cli_answer(cli, result, "%s", "");
	else
		cli_update_print(cli, result, dry_run);
	return CLI_DONE;
}

static CliStatus
cli_update_conf(Cli *cli, const CliArgs *args)
{
	return cli_update(cli, KASPER_UPDATE_FLAGS_CONF, cli_args_get_flag(args, "dry-run"));
}

static CliStatus
cli_update_kasp(Cli *cli, const CliArgs *args)
{
	return cli_update(cli, KASPER_UPDATE_FLAGS_KASP, cli_args_get_flag(args, "dry-run"));
}

static CliStatus
cli_update_zonelist(Cli *cli, const CliArgs *args)
{
	return cli_update(cli, KASPER_UPDATE_FLAGS_ZONELIST, cli_args_get_flag(args, "dry-run"));
}

static CliStatus
cli_update_all(Cli *cli, const CliArgs *args)
{
	return cli_update(cli, KASPER_UPDATE_FLAGS_ALL, cli_args_get_flag(args, "dry-run"));
}

static const CliOption cli_update_options[] = {
    CLI_OPTION_DRY_RUN,
    CLI_OPTION_END,
};

const CliCommand cli_commands_update[] = {
    {"update",
     "conf",
     "Read conf.xml again: repositories and plugins",
     cli_update_options,
     cli_update_conf},
    {"update", "kasp", "Read kasp.xml again: policies", cli_update_options, cli_update_kasp},
    {"update",
     "zonelist",
     "Read zonelist.xml again: zones",
     cli_update_options,
     cli_update_zonelist},
    {"update", "all", "Read all three again", cli_update_options, cli_update_all},
    {NULL, NULL},
};
