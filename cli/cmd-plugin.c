/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"

static const CliColumn cli_columns_plugins[] = {
    {"name", "Plugin"},
    {"kind", "Kind"},
    {"type", "Type"},
    {"version", "Version"},
    {"state", "State"},
    {"error", "Error"},
    {NULL},
};

static const CliColumn cli_columns_settings[] = {
    {"name", "Setting"},
    {"type", "Type"},
    {"value", "Value"},
    {"default", "Default"},
    {"description", "Description"},
    {NULL},
};

static CliStatus
cli_plugin_list(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	GVariant *rows;

	rows = kasper_client_list_plugins(cli->client, NULL, &error);
	return cli_end_list(cli, cli_columns_plugins, rows, error);
}

static GVariant *
cli_find_plugin(GVariant *rows, const gchar *name)
{
	gsize n_rows = g_variant_n_children(rows);

	for (gsize i = 0; i < n_rows; i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		const gchar *found;

		if (g_variant_lookup(row, "name", "&s", &found) && g_strcmp0(found, name) == 0)
			return g_steal_pointer(&row);
	}
	return NULL;
}

static CliStatus
cli_plugin_show(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *name = cli_args_get_text(args, "plugin");
	g_autoptr(GVariant) rows = kasper_client_list_plugins(cli->client, NULL, &error);
	g_autoptr(GVariant) row = NULL;

	if (rows == NULL)
		return cli_fail(cli, error);
	row = cli_find_plugin(rows, name);
	if (row == NULL) {
		cli_complain(cli,
			     "plugin %s is not known; “kasper plugin list” shows those that are",
			     name);
		return CLI_FAILED;
	}
	cli_print_row(cli, cli_columns_plugins, row);
	cli_print_part(cli, "Settings", cli_columns_settings, row, "settings");
	return CLI_DONE;
}

static const CliOption cli_plugin_show_options[] = {
    {"plugin", '\0', CLI_OPTION_TEXT, "PLUGIN", "which one", NULL, TRUE},
    CLI_OPTION_END,
};

const CliCommand cli_commands_plugin[] = {
    {"plugin", "list", "All plugins, and how they are", NULL, cli_plugin_list},
    {"plugin",
     "show",
     "One plugin and its settings; secrets are masked",
     cli_plugin_show_options,
     cli_plugin_show,
     .word = "plugin"},
    {NULL, NULL},
};
