/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"

static const CliColumn cli_columns_status[] = {
    {"version", "Version"},
    {"now", "Time", CLI_VALUE_TIME},
    {"test_clock", "Test clock"},
    {"pid", "Process"},
    {"config", "Configuration"},
    {"store", "Database"},
    {"zones", "Zones"},
    {"keys", "Keys"},
    {"pool", "Keys made ahead"},
    {"due", "Zones due now"},
    {"next_due", "Next due", CLI_VALUE_TIME},
    {"next_zone", "Next zone"},
    {"intents", "Calls planned"},
    {"failing", "Calls failing"},
    {NULL},
};

static const CliColumn cli_columns_problems[] = {
    {"since", "Since", CLI_VALUE_TIME, 19},
    {"what", "What"},
    {"text", "Problem"},
    {NULL},
};

const CliColumn cli_columns_queue[] = {
    {"due", "Due", CLI_VALUE_TIME, 19},
    {"kind", "Kind", CLI_VALUE_PLAIN, 10},
    {"zone", "Zone", CLI_VALUE_PLAIN, 20},
    {"state", "State", CLI_VALUE_PLAIN, 8},
    {"tries", "Tries"},
    {"id", "Id"},
    {"error", "Error"},
    {NULL},
};

CliStatus
cli_end_list(Cli *cli, const CliColumn *columns, GVariant *rows, GError *error)
{
	g_autoptr(GVariant) owned = rows;

	if (owned == NULL)
		return cli_fail(cli, error);
	cli_print_rows(cli, columns, owned);
	return CLI_DONE;
}

static CliStatus
cli_status(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	g_autoptr(GVariant) row = kasper_client_status(cli->client, NULL, &error);

	if (row == NULL)
		return cli_fail(cli, error);
	cli_print_row(cli, cli_columns_status, row);
	cli_print_part(cli, "Repositories", cli_columns_repositories, row, "repositories");
	cli_print_part(cli, "Problems", cli_columns_problems, row, "problems");
	return CLI_DONE;
}

static CliStatus
cli_enforce(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	const gchar *zone = cli_args_get_text(args, "zone");
	gint64 n_zones = kasper_client_enforce(cli->client, zone, NULL, &error);

	/* what was to be done is done when this returns, or planned for a time to come */
	if (n_zones < 0 || !kasper_client_settle(cli->client, NULL, &error))
		return cli_fail(cli, error);
	cli_answer(cli,
		   g_variant_new_parsed("{'zones': <%x>}", n_zones),
		   "Looked at %" G_GINT64_FORMAT " zone%s",
		   n_zones,
		   n_zones != 1 ? "s" : "");
	return CLI_DONE;
}

static CliStatus
cli_queue(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	GVariant *rows;
	gint64 limit = cli_args_get_number(args, "limit", 0);

	rows = kasper_client_list_queue(cli->client, (guint)limit, NULL, &error);
	return cli_end_list(cli, cli_columns_queue, rows, error);
}

/* the daemon's, if there is one: that it is not there is no error here */
static gchar *
cli_version_of_daemon(Cli *cli)
{
	g_autofree gchar *version = NULL;
	g_autoptr(GVariant) status = NULL;

	if (cli_connect(cli, NULL) == CLI_DONE)
		status = kasper_client_status(cli->client, NULL, NULL);
	if (status != NULL)
		g_variant_lookup(status, "version", "s", &version);
	return g_steal_pointer(&version);
}

static CliStatus
cli_version(Cli *cli, const CliArgs *args)
{
	g_autofree gchar *daemon = cli_version_of_daemon(cli);

	cli_answer(
	    cli,
	    g_variant_new_parsed("{'kasper': <%s>, 'kasperd': <%ms>}", KASPER_VERSION, daemon),
	    "kasper %s%s%s",
	    KASPER_VERSION,
	    daemon != NULL ? "\nkasperd " : "",
	    daemon != NULL ? daemon : "");
	return CLI_DONE;
}

static const CliOption cli_enforce_options[] = {
    CLI_OPTION_ZONE("this one only"),
    CLI_OPTION_END,
};

static const CliOption cli_explain_options[] = {
    CLI_OPTION_ZONE_NEEDED("the zone"),
    CLI_OPTION_CKA_ID("this key only, a dead one, too"),
    CLI_OPTION_END,
};

static const CliOption cli_plan_options[] = {
    CLI_OPTION_ZONE("the zone; without it: all of them"),
    {"until", '\0', CLI_OPTION_TEXT, "TIME", "up to then; without it: P1Y"},
    CLI_OPTION_END,
};

static const CliOption cli_simulate_options[] = {
    CLI_OPTION_POLICY("the policy; without it: default"),
    {"kasp", '\0', CLI_OPTION_PATH, "FILE", "a kasp.xml alone, without a conf.xml"},
    {"policy2", '\0', CLI_OPTION_TEXT, "POLICY", "the policy that the zone gets later"},
    {"at", '\0', CLI_OPTION_TEXT, "TIME", "when it gets that one; without it: at once"},
    {"start", '\0', CLI_OPTION_TEXT, "TIME", "when it begins; without it: now"},
    {"until", '\0', CLI_OPTION_TEXT, "TIME", "when it ends; without it: after P1Y"},
    {"event", 'e', CLI_OPTION_TEXT, "EVENT[,EVENT...]", "what happens, as said above"},
    {"scenario", '\0', CLI_OPTION_PATH, "FILE", "what happens, from a file"},
    {"settled", '\0', CLI_OPTION_FLAG, NULL, "the zone has had its keys for long"},
    {"full-resign", '\0', CLI_OPTION_FLAG, NULL, "the signer replaces all signatures at once"},
    {"zones",
     '\0',
     CLI_OPTION_NUMBER,
     "NUMBER",
     "so many zones, spread over time",
     NULL,
     FALSE,
     1000000},
    {"verbose", 'v', CLI_OPTION_FLAG, NULL, "each change of a record, too"},
    CLI_OPTION_END,
};

static const CliOption cli_queue_options[] = {
    {"limit", 'n', CLI_OPTION_NUMBER, "NUMBER", "at most so many rows"},
    CLI_OPTION_END,
};

const CliCommand cli_commands_alone[] = {
    {NULL,
     "setup",
     "Begin: check the files, and have the daemon take them",
     NULL,
     cli_setup,
     .offline = TRUE,
     .detail = "Nothing is ever wiped: where zones are managed already, it refuses."},
    {NULL, "status", "How the daemon is: what is due, what fails, what waits", NULL, cli_status},
    {NULL,
     "enforce",
     "Look at zones now, and do what is due",
     cli_enforce_options,
     cli_enforce,
     .word = "zone"},
    {NULL,
     "explain",
     "What a zone's keys wait for, until when, and who must act",
     cli_explain_options,
     cli_explain,
     .word = "zone",
     .detail = "One sentence a key. The time in it is the earliest; it comes true if nothing else\n"
	       "happens. What rests on the clock alone is called assumed."},
    {NULL,
     "plan",
     "What will be done for zones, by whom, and when at the earliest",
     cli_plan_options,
     cli_plan,
     .word = "zone",
     .detail =
	 "From what the daemon has now: as if everybody who is asked for something did it at\n"
	 "once, and the parent took its RegistrationDelay. TIME is an instant, or a span from\n"
	 "now on (P2Y)."},
    {NULL,
     "simulate",
     "What a policy does with a zone over the years",
     cli_simulate_options,
     cli_simulate,
     .word = "policy",
     .offline = TRUE,
     .draws = TRUE,
     .detail =
	 "Needs neither daemon nor HSM; the policy is that of the files. A TIME is an instant, or "
	 "a\n"
	 "span from the start on (P30D). An EVENT is KIND[=VALUE][@TIME]; without a time it is so\n"
	 "from the start. KIND=VALUE: roll=KSK|ZSK|CSK|all, lose=KSK|ZSK|CSK, policy=NAME, "
	 "unsign,\n"
	 "sign, signer-dead, signer-back, hsm-away, hsm-back; and how long things take:\n"
	 "signer-delay=SPAN (SignerDelay), parent-delay=SPAN (RegistrationDelay),\n"
	 "ds-seen-delay=SPAN|never, backup-delay=SPAN|never, key-delay=SPAN (these: at once).\n"
	 "A scenario file has a line TIME KIND [VALUE] for each, and comments after #.\n"
	 "Besides table and json there are the formats timeline (JSON Lines: all that is\n"
	 "published, each time that something of it changes) and svg (a chart of the keys'\n"
	 "records over time)."},
    {NULL,
     "monitor",
     "Print what happens, as it happens",
     NULL,
     cli_monitor,
     .detail = "Until it is interrupted. With --format json: an object a line."},
    {NULL, "queue", "What is planned, and what is being tried", cli_queue_options, cli_queue},
    {NULL,
     "version",
     "The versions of this program and of the daemon",
     NULL,
     cli_version,
     .offline = TRUE},
    {NULL, NULL},
};
