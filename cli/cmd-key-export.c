/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"
#include "export.h"

static const CliColumn cli_columns_export[] = {
    {"zone", "Zone"},
    {NULL},
};

CliStatus
cli_key_export(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	g_autoptr(GVariant) rows = kasper_client_export_keys(cli->client,
							     cli_args_get_text(args, "zone"),
							     cli_args_get_text(args, "keystate"),
							     cli_args_get_text(args, "keytype"),
							     NULL,
							     &error);
	gsize n_rows;

	if (rows == NULL)
		return cli_fail(cli, error);
	if (cli->format == CLI_FORMAT_JSON) {
		cli_print_rows(cli, cli_columns_export, rows);
		return CLI_DONE;
	}
	n_rows = g_variant_n_children(rows);
	for (gsize i = 0; i < n_rows; i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		cli_export_print(cli->out, row, cli_args_get_flag(args, "ds"), "");
	}
	/* an empty answer may be right, but whoever pastes it should know */
	if (n_rows == 0 && !cli->quiet)
		cli_complain(cli,
			     "there are no keys in %s state to export",
			     cli_args_get_text(args, "keystate") != NULL
				 ? cli_args_get_text(args, "keystate")
				 : "ready or active");
	return CLI_DONE;
}
