/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"

static const CliColumn cli_columns_explanations[] = {
    {"text", "What waits, and why"},
    {NULL},
};

/* a sentence a key: no table would hold it */
static void
cli_explain_print(Cli *cli, GVariant *rows)
{
	gsize n_rows = g_variant_n_children(rows);

	for (gsize i = 0; i < n_rows; i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		g_autoptr(GVariant) value = g_variant_lookup_value(row, "text", NULL);
		g_autofree gchar *text = cli_value_to_text(value, CLI_VALUE_PLAIN);

		fprintf(cli->out, "%s.\n", text);
	}
}

CliStatus
cli_explain(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *zone = cli_args_get_text(args, "zone");
	g_autoptr(GVariant) rows = kasper_client_explain(cli->client,
							 zone,
							 cli_args_get_text(args, "cka_id"),
							 NULL,
							 &error);

	if (rows == NULL)
		return cli_fail(cli, error);
	if (cli->format == CLI_FORMAT_JSON)
		cli_print_rows(cli, cli_columns_explanations, rows);
	else
		cli_explain_print(cli, rows);
	if (g_variant_n_children(rows) == 0)
		cli_say(cli, "Zone %s has no keys, and waits for none", zone);
	return CLI_DONE;
}
