/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"
#include "kasper-time.h"

/* so often can a test clock stand still although something is due: then it is not done */
#define CLI_LEAPS_IN_PLACE 100

static gboolean
cli_time_check(const CliArgs *args, GError **error)
{
	const gchar *to = cli_args_get_text(args, "to");
	const gchar *until = cli_args_get_text(args, "until");
	const gchar *by = cli_args_get_text(args, "by");
	KasperSpan span;
	KasperTime time;

	if ((to != NULL) + (until != NULL) + (by != NULL) > 1) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "only one of --to, --until and --by can be given");
		return FALSE;
	}
	if (by != NULL)
		return kasper_span_parse(by, &span, error);
	if (to == NULL)
		to = until;
	return to == NULL || kasper_time_parse(to, &time, error);
}

static gboolean
cli_time_get_status(Cli *cli, KasperTime *ret_now, KasperTime *ret_next_due, GError **error)
{
	g_autoptr(GVariant) status = kasper_client_status(cli->client, NULL, error);

	*ret_now = KASPER_TIME_UNSET;
	*ret_next_due = KASPER_TIME_NEVER;
	if (status == NULL)
		return FALSE;
	g_variant_lookup(status, "now", "x", ret_now);
	g_variant_lookup(status, "next_due", "x", ret_next_due);
	return TRUE;
}

/* from one instant at which something is due to the next, then to @until itself */
static KasperTime
cli_time_walk(Cli *cli, KasperTime until, GError **error)
{
	KasperTime next_due;
	KasperTime before;
	KasperTime now;
	guint n_in_place = 0;

	if (!cli_time_get_status(cli, &now, &next_due, error))
		return KASPER_TIME_UNSET;
	while (next_due != KASPER_TIME_UNSET && next_due <= until) {
		before = now;
		if (kasper_client_leap(cli->client, KASPER_TIME_UNSET, NULL, error) ==
			KASPER_TIME_UNSET ||
		    !cli_time_get_status(cli, &now, &next_due, error))
			return KASPER_TIME_UNSET;
		n_in_place = now == before ? n_in_place + 1 : 0;
		if (n_in_place < CLI_LEAPS_IN_PLACE)
			continue;
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "something is due and does not get done; “kasper queue” shows what");
		return KASPER_TIME_UNSET;
	}
	return kasper_client_leap(cli->client, until, NULL, error);
}

static KasperTime
cli_time_go(Cli *cli, const CliArgs *args, GError **error)
{
	const gchar *to = cli_args_get_text(args, "to");
	const gchar *until = cli_args_get_text(args, "until");
	const gchar *by = cli_args_get_text(args, "by");
	KasperTime time = KASPER_TIME_UNSET;
	KasperTime next_due;
	KasperSpan span;

	if (until != NULL)
		return kasper_time_parse(until, &time, error) ? cli_time_walk(cli, time, error)
							      : KASPER_TIME_UNSET;
	if (to != NULL && !kasper_time_parse(to, &time, error))
		return KASPER_TIME_UNSET;
	if (by != NULL) {
		if (!kasper_span_parse(by, &span, error) ||
		    !cli_time_get_status(cli, &time, &next_due, error))
			return KASPER_TIME_UNSET;
		time = kasper_time_add(time, span);
	}
	return kasper_client_leap(cli->client, time, NULL, error);
}

static CliStatus
cli_time_leap(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	KasperTime now = cli_time_go(cli, args, &error);
	g_autofree gchar *text = NULL;

	if (now == KASPER_TIME_UNSET)
		return cli_fail(cli, error);
	text = kasper_time_format(now);
	cli_answer(cli, g_variant_new_parsed("{'now': <%x>}", now), "It is now %s", text);
	return CLI_DONE;
}

static CliStatus
cli_time_accept(Cli *cli, const CliArgs *args)
{
	GError *error = NULL;
	KasperTime now = kasper_client_accept_time(cli->client, NULL, &error);
	g_autofree gchar *text = NULL;

	if (now == KASPER_TIME_UNSET)
		return cli_fail(cli, error);
	text = kasper_time_format(now);
	cli_answer(cli,
		   g_variant_new_parsed("{'now': <%x>}", now),
		   "It is %s, and waits go by that from now on",
		   text);
	return CLI_DONE;
}

static const CliOption cli_time_options[] = {
    {"to", '\0', CLI_OPTION_TEXT, "TIME", "straight to this instant"},
    {"until", 'u', CLI_OPTION_TEXT, "TIME", "to this instant, stopping wherever something is due"},
    {"by", 'b', CLI_OPTION_TEXT, "DURATION", "straight ahead for so long, P1D"},
    CLI_OPTION_END,
};

const CliCommand cli_commands_time[] = {
    {"time",
     "leap",
     "Turn the clock to the next instant at which something is due",
     cli_time_options,
     cli_time_leap,
     .check = cli_time_check,
     .detail =
	 "Only where kasperd was started with --test-clock. It does the work of that instant, and\n"
	 "the command ends when that is done."},
    {"time",
     "accept",
     "Say that the clock, which has jumped, is right",
     NULL,
     cli_time_accept,
     .detail = "A clock that was set satisfies no wait: kasperd goes by the time that has passed,\n"
	       "and 'kasper status' says so, until somebody has looked at the clock."},
    {NULL, NULL},
};
