/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"

CliStatus
cli_key_rollover(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *zone = cli_args_get_text(args, "zone");
	const gchar *policy = cli_args_get_text(args, "policy");
	const gchar *keytype = cli_args_get_text(args, "keytype");
	g_autofree gchar *question = NULL;
	gint64 n_zones;

	if (keytype == NULL || cli_args_get_flag(args, "all"))
		keytype = "all";
	question = g_strdup_printf("Keys (%s) of all zones on policy %s are rolled",
				   keytype,
				   policy != NULL ? policy : "");
	if (policy != NULL && !cli_confirm(cli, question))
		return CLI_FAILED;
	n_zones = kasper_client_key_rollover(cli->client, zone, policy, keytype, NULL, &error);
	if (n_zones < 0)
		return cli_fail(cli, error);
	cli_answer(cli,
		   g_variant_new_parsed("{'zones': <%x>}", n_zones),
		   "Rollover (%s) started in %" G_GINT64_FORMAT " zone%s",
		   keytype,
		   n_zones,
		   n_zones != 1 ? "s" : "");
	return CLI_DONE;
}

/* what came of a word about a key's DS; takes both */
static CliStatus
cli_key_end(Cli *cli, GVariant *result, GError *error)
{
	g_autoptr(GVariant) owned = result;
	const gchar *text = "";

	if (owned == NULL)
		return cli_fail(cli, error);
	g_variant_lookup(owned, "text", "&s", &text);
	cli_answer(cli, owned, "%s", text);
	return CLI_DONE;
}

typedef GVariant *(*CliKeyVerb)(KasperClient *client,
				const gchar *zone,
				const gchar *id,
				gint tag,
				GCancellable *cancellable,
				GError **error);

static CliStatus
cli_key_tell(Cli *cli, const CliArgs *args, CliKeyVerb verb)
{
	GError *error = NULL;
	GVariant *result = verb(cli->client,
				cli_args_get_text(args, "zone"),
				cli_args_get_text(args, "cka_id"),
				(gint)cli_args_get_number(args, "keytag", -1),
				NULL,
				&error);

	return cli_key_end(cli, result, error);
}

CliStatus
cli_key_ds_submit(Cli *cli, const CliArgs *args)
{
	return cli_key_tell(cli, args, kasper_client_key_ds_submit);
}

CliStatus
cli_key_ds_gone(Cli *cli, const CliArgs *args)
{
	return cli_key_tell(cli, args, kasper_client_key_ds_gone);
}

CliStatus
cli_key_ds_seen(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	GVariant *result;
	gint tag = (gint)cli_args_get_number(args, "keytag", -1);

	result = kasper_client_key_ds_seen(cli->client,
					   cli_args_get_text(args, "zone"),
					   cli_args_get_text(args, "cka_id"),
					   tag,
					   cli_args_get_flag(args, "no-retire"),
					   NULL,
					   &error);
	return cli_key_end(cli, result, error);
}

CliStatus
cli_key_ksk_retire(Cli *cli, const CliArgs *args)
{
	const gchar *zone = cli_args_get_text(args, "zone");
	const gchar *id = cli_args_get_text(args, "cka_id");
	const gchar *tag = cli_args_get_text(args, "keytag");
	g_autofree gchar *question = NULL;

	if (id != NULL || tag != NULL)
		question =
		    g_strdup_printf("KSK %s of zone %s is retired", id != NULL ? id : tag, zone);
	else
		question = g_strdup_printf("The oldest active KSK of zone %s is retired", zone);
	if (!cli_confirm(cli, question))
		return CLI_FAILED;
	return cli_key_tell(cli, args, kasper_client_key_ksk_retire);
}
