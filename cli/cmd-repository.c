/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"

const CliColumn cli_columns_repositories[] = {
    {"name", "Repository"},
    {"state", "State"},
    {"keys", "Keys"},
    {"capacity", "Capacity", CLI_VALUE_LIMIT},
    {"pool", "Made ahead"},
    {"require_backup", "RequireBackup"},
    {"waiting_for_backup", "Not backed up"},
    {"prepared", "Prepared"},
    {"plugin", "Plugin"},
    {"error", "Error"},
    {NULL},
};

static const CliColumn cli_columns_test[] = {
    {"name", "Repository"},
    {"keys_in_token", "Keys in the token"},
    {"keys_in_store", "Keys in the database"},
    {"missing", "Not in the token"},
    {"unknown", "Not in the database"},
    {NULL},
};

static CliStatus
cli_repository_list(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	GVariant *rows;

	rows = kasper_client_list_repositories(cli->client, NULL, &error);
	return cli_end_list(cli, cli_columns_repositories, rows, error);
}

static CliStatus
cli_repository_test(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	g_autoptr(GVariant) row =
	    kasper_client_test_repository(cli->client,
					  cli_args_get_text(args, "repository"),
					  NULL,
					  &error);

	if (row == NULL)
		return cli_fail(cli, error);
	cli_print_row(cli, cli_columns_test, row);
	return CLI_DONE;
}

static const CliOption cli_repository_test_options[] = {
    {"repository", 'r', CLI_OPTION_TEXT, "REPOSITORY", "which one", NULL, TRUE},
    CLI_OPTION_END,
};

const CliCommand cli_commands_repository[] = {
    {"repository",
     "list",
     "All repositories, how they are and what they hold",
     NULL,
     cli_repository_list},
    {"repository",
     "test",
     "Ask a repository which keys it holds, and compare",
     cli_repository_test_options,
     cli_repository_test,
     .word = "repository"},
    {NULL, NULL},
};
