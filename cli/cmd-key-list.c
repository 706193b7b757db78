/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"

const CliColumn cli_columns_keys[] = {
    {"zone", "Zone", CLI_VALUE_PLAIN, 24},
    {"keytype", "Type"},
    {"state", "State", CLI_VALUE_PLAIN, 8},
    {"keytag", "Tag", CLI_VALUE_PLAIN, 5},
    {"next_transition", "Next change", CLI_VALUE_TIME, 19},
    {"next_state", "To", CLI_VALUE_PLAIN, 7},
    {"waiting_for", "Waiting for"},
    {NULL},
};

static const CliColumn cli_columns_keys_verbose[] = {
    {"zone", "Zone", CLI_VALUE_PLAIN, 24},
    {"keytype", "Type"},
    {"state", "State", CLI_VALUE_PLAIN, 8},
    {"keytag", "Tag", CLI_VALUE_PLAIN, 5},
    {"next_transition", "Next change", CLI_VALUE_TIME, 19},
    {"next_state", "To", CLI_VALUE_PLAIN, 7},
    {"algorithm", "Algorithm", CLI_VALUE_ALGORITHM, 20},
    {"bits", "Bits"},
    {"cka_id", "CKA_ID", CLI_VALUE_PLAIN, 32},
    {"repository", "Repository"},
    {"backup", "Backup", CLI_VALUE_PLAIN, 8},
    {"waiting_for", "Waiting for"},
    {NULL},
};

static const CliColumn cli_columns_key[] = {
    {"zone", "Zone"},
    {"policy", "Policy"},
    {"keytype", "Type"},
    {"state", "State"},
    {"next_transition", "Next change", CLI_VALUE_TIME},
    {"next_state", "To"},
    {"waiting_for", "Waiting for"},
    {"keytag", "Tag"},
    {"cka_id", "CKA_ID"},
    {"algorithm", "Algorithm", CLI_VALUE_ALGORITHM},
    {"bits", "Bits"},
    {"flags", "Flags"},
    {"repository", "Repository"},
    {"backup", "Backup"},
    {"created", "Created", CLI_VALUE_TIME},
    {"published", "Published", CLI_VALUE_TIME},
    {"ready", "Ready", CLI_VALUE_TIME},
    {"active", "Active", CLI_VALUE_TIME},
    {"retired", "Retired", CLI_VALUE_TIME},
    {"dead", "Dead", CLI_VALUE_TIME},
    {"dnskey", "DNSKEY"},
    {NULL},
};

static const CliColumn cli_columns_records[] = {
    {"record", "Record"},
    {"state", "State"},
    {"since", "Since", CLI_VALUE_TIME},
    {NULL},
};

typedef struct {
	Cli *cli;
	CliTable *table;
} CliKeyListing;

static gboolean
cli_key_list_on_row(const gchar *const *fields, GVariant *row, gpointer user_data)
{
	CliKeyListing *listing = user_data;

	cli_table_add_tuple(listing->table, fields, row);
	/* who reads a pipe and has seen enough */
	return !ferror(listing->cli->out);
}

static GVariant *
cli_key_list_get_filter(const CliArgs *args)
{
	static const gchar *const names[] = {"zone", "policy", "keytype", "keystate"};
	g_auto(GVariantBuilder) filter = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		const gchar *text = cli_args_get_text(args, names[i]);

		if (text != NULL)
			g_variant_builder_add(&filter,
					      "{sv}",
					      names[i],
					      g_variant_new_string(text));
	}
	/* who asks for dead ones wants to see them */
	if (cli_args_get_flag(args, "all") ||
	    g_strcmp0(cli_args_get_text(args, "keystate"), "dead") == 0)
		g_variant_builder_add(&filter, "{sv}", "all", g_variant_new_boolean(TRUE));
	return g_variant_builder_end(&filter);
}

CliStatus
cli_key_list(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	g_autoptr(CliTable) table = cli_table_new(
	    cli,
	    cli_args_get_flag(args, "verbose") ? cli_columns_keys_verbose : cli_columns_keys);
	CliKeyListing listing = {cli, table};

	if (!kasper_client_foreach_key(cli->client,
				       cli_key_list_get_filter(args),
				       cli_key_list_on_row,
				       &listing,
				       NULL,
				       &error))
		return cli_fail(cli, error);
	cli_table_end(table);
	return CLI_DONE;
}

gboolean
cli_key_show_check(const CliArgs *args, GError **error)
{
	if (cli_args_get_text(args, "cka_id") != NULL)
		return TRUE;
	if (cli_args_get_text(args, "keytag") != NULL && cli_args_get_text(args, "zone") != NULL)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "which key? --cka_id CKA_ID is needed, or --zone ZONE and --keytag TAG");
	return FALSE;
}

/* the one key of @rows with the tag that was asked for, if any was; FALSE: none, or several */
static gboolean
cli_key_pick(const CliArgs *args, GVariant *rows, gchar **ret_zone, gchar **ret_id, GError **error)
{
	gint64 wanted = cli_args_get_number(args, "keytag", -1);
	g_autoptr(GVariant) found = NULL;
	guint n_found = 0;

	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		guint tag = 0;

		g_variant_lookup(row, "keytag", "u", &tag);
		if (wanted >= 0 && tag != wanted)
			continue;
		n_found++;
		g_clear_pointer(&found, g_variant_unref);
		found = g_steal_pointer(&row);
	}
	if (n_found == 1)
		return g_variant_lookup(found, "zone", "s", ret_zone) &&
		       g_variant_lookup(found, "cka_id", "s", ret_id);
	g_set_error(error,
		    KASPER_ERROR,
		    n_found == 0 ? KASPER_ERROR_NOT_FOUND : KASPER_ERROR_INVALID,
		    n_found == 0 ? "there is no key %s; “kasper key list --all --verbose” shows all"
				 : "key %s: there are several; say which with --zone and --cka_id",
		    wanted >= 0 ? cli_args_get_text(args, "keytag")
				: cli_args_get_text(args, "cka_id"));
	return FALSE;
}

/* zone and CKA_ID of the key that was asked for by half of it */
static gboolean
cli_key_find(Cli *cli, const CliArgs *args, gchar **ret_zone, gchar **ret_id, GError **error)
{
	const gchar *zone = cli_args_get_text(args, "zone");
	const gchar *id = cli_args_get_text(args, "cka_id");
	g_auto(GVariantBuilder) filter = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
	g_autoptr(GVariant) rows = NULL;

	if (zone != NULL && id != NULL) {
		*ret_zone = g_strdup(zone);
		*ret_id = g_strdup(id);
		return TRUE;
	}
	g_variant_builder_add(&filter, "{sv}", "all", g_variant_new_boolean(TRUE));
	if (zone != NULL)
		g_variant_builder_add(&filter, "{sv}", "zone", g_variant_new_string(zone));
	if (id != NULL)
		g_variant_builder_add(&filter, "{sv}", "cka_id", g_variant_new_string(id));
	rows = kasper_client_list_keys(cli->client, g_variant_builder_end(&filter), NULL, error);
	return rows != NULL && cli_key_pick(args, rows, ret_zone, ret_id, error);
}

CliStatus
cli_key_show(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	g_autofree gchar *zone = NULL;
	g_autofree gchar *id = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autofree const gchar **ds = NULL;

	if (!cli_key_find(cli, args, &zone, &id, &error))
		return cli_fail(cli, error);
	row = kasper_client_show_key(cli->client, zone, id, NULL, &error);
	if (row == NULL)
		return cli_fail(cli, error);
	cli_print_row(cli, cli_columns_key, row);
	cli_print_part(cli, "Records", cli_columns_records, row, "records");
	if (cli->format == CLI_FORMAT_TABLE && g_variant_lookup(row, "ds", "^a&s", &ds) &&
	    ds[0] != NULL) {
		fputs("\nDS\n", cli->out);
		for (guint i = 0; ds[i] != NULL; i++)
			fprintf(cli->out, "%s\n", ds[i]);
	}
	return CLI_DONE;
}
