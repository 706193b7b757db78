/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"
#include "kasper-algorithm.h"
#include "kasper-time.h"

static const CliColumn cli_columns_generate[] = {
    {"policy", "Policy"},
    {"keytype", "Type"},
    {"repository", "Repository"},
    {"algorithm", "Algorithm", CLI_VALUE_ALGORITHM},
    {"bits", "Bits"},
    {"count", "Keys"},
    {NULL},
};

/* the number that "13" or "ECDSAP256SHA256" means; 0: none that Kasper can work with */
static guint
cli_algorithm_parse(const gchar *text)
{
	gint64 number;

	if (g_ascii_string_to_signed(text, 10, 0, 255, &number, NULL))
		return kasper_algorithm_is_known((guint)number) ? (guint)number : 0;
	return kasper_algorithm_from_string(text);
}

gboolean
cli_key_generate_check(const CliArgs *args, GError **error)
{
	const gchar *interval = cli_args_get_text(args, "interval");
	KasperSpan span;

	if (cli_args_get_flag(args, "all") == (cli_args_get_text(args, "policy") != NULL)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "either --policy POLICY or --all is needed");
		return FALSE;
	}
	return interval == NULL || kasper_span_parse(interval, &span, error);
}

CliStatus
cli_key_generate(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *interval = cli_args_get_text(args, "interval");
	gboolean dry_run = cli_args_get_flag(args, "dry-run");
	g_autoptr(GVariant) result = NULL;
	KasperSpan span = 0;
	guint n_planned = 0;

	if (interval != NULL && !kasper_span_parse(interval, &span, &error))
		return cli_fail(cli, error);
	result = kasper_client_key_generate(cli->client,
					    cli_args_get_text(args, "policy"),
					    span,
					    dry_run,
					    NULL,
					    &error);
	if (result == NULL)
		return cli_fail(cli, error);
	g_variant_lookup(result, "planned", "u", &n_planned);
	cli_answer(cli,
		   result,
		   "%u key%s %s made",
		   n_planned,
		   n_planned != 1 ? "s" : "",
		   dry_run ? "would be" : "will be");
	cli_print_part(cli, "Where", cli_columns_generate, result, "rows");
	return CLI_DONE;
}

gboolean
cli_key_import_check(const CliArgs *args, GError **error)
{
	const gchar *algorithm = cli_args_get_text(args, "algorithm");
	KasperTime time;

	if (cli_algorithm_parse(algorithm) == 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "--algorithm %s: should be a DNSSEC algorithm, such as 13 or "
			    "ECDSAP256SHA256",
			    algorithm);
		return FALSE;
	}
	return kasper_time_parse(cli_args_get_text(args, "time"), &time, error);
}

CliStatus
cli_key_import(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *zone = cli_args_get_text(args, "zone");
	const gchar *id = cli_args_get_text(args, "cka_id");
	guint algorithm = cli_algorithm_parse(cli_args_get_text(args, "algorithm"));
	guint bits = (guint)cli_args_get_number(args, "bits", 0);
	g_autoptr(GVariant) key = NULL;
	KasperTime time;

	if (!kasper_time_parse(cli_args_get_text(args, "time"), &time, &error))
		return cli_fail(cli, error);
	key = g_variant_ref_sink(g_variant_new_parsed(
	    "{'cka_id': <%s>, 'repository': <%s>, 'algorithm': <%u>, 'bits': <%u>,"
	    " 'keytype': <%s>, 'keystate': <%s>, 'time': <%x>}",
	    id,
	    cli_args_get_text(args, "repository"),
	    algorithm,
	    kasper_algorithm_get_bits(algorithm, bits),
	    cli_args_get_text(args, "keytype"),
	    cli_args_get_text(args, "keystate"),
	    time));
	if (!kasper_client_key_import(cli->client, zone, key, NULL, &error))
		return cli_fail(cli, error);
	cli_answer(cli,
		   g_variant_new_parsed("{'zone': <%s>, 'cka_id': <%s>}", zone, id),
		   "Key %s imported into zone %s",
		   id,
		   zone);
	return CLI_DONE;
}

CliStatus
cli_key_purge(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *zone = cli_args_get_text(args, "zone");
	const gchar *policy = cli_args_get_text(args, "policy");
	g_autofree gchar *question =
	    g_strdup_printf("The dead keys of %s %s are destroyed for good",
			    zone != NULL ? "zone" : "policy",
			    zone != NULL ? zone : policy);
	gint64 n_keys;

	if (!cli_confirm(cli, question))
		return CLI_FAILED;
	n_keys = kasper_client_key_purge(cli->client, zone, policy, NULL, &error);
	if (n_keys < 0)
		return cli_fail(cli, error);
	cli_answer(cli,
		   g_variant_new_parsed("{'keys': <%x>}", n_keys),
		   "%" G_GINT64_FORMAT " key%s purged",
		   n_keys,
		   n_keys != 1 ? "s" : "");
	return CLI_DONE;
}
