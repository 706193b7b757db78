/* SPDX-License-Identifier: BSD-2-Clause */
#include "command-private.h"
#include "kasper-time.h"

/* so many zones are listed at once */
#define CLI_PLAN_PAGE 1000

static const CliColumn cli_columns_plan[] = {
    {"time", "Not before", CLI_VALUE_TIME, 19},
    {"zone", "Zone", CLI_VALUE_PLAIN, 20},
    {"actor", "Who", CLI_VALUE_PLAIN, 8},
    {"text", "What"},
    {NULL},
};

/* a span counts from the daemon's now on, which may be turned */
static gboolean
cli_plan_get_until(Cli *cli, const CliArgs *args, KasperTime *ret_until, GError **error)
{
	const gchar *text = cli_args_get_text(args, "until");
	g_autoptr(GVariant) status = NULL;
	KasperTime now = 0;
	KasperSpan span;

	if (text != NULL && text[0] != 'P')
		return kasper_time_parse(text, ret_until, error);
	if (!kasper_span_parse(text != NULL ? text : "P1Y", &span, error))
		return FALSE;
	status = kasper_client_status(cli->client, NULL, error);
	if (status == NULL)
		return FALSE;
	g_variant_lookup(status, "now", "x", &now);
	*ret_until = kasper_time_add(now, span);
	return TRUE;
}

static gboolean
cli_plan_show(Cli *cli, const gchar *zone, KasperTime until, CliTable *table, GError **error)
{
	g_autoptr(GVariant) plan = kasper_client_plan(cli->client, zone, until, NULL, error);
	g_autoptr(GVariant) rows = NULL;
	KasperTime reached = until;

	if (plan == NULL)
		return FALSE;
	rows = g_variant_lookup_value(plan, "rows", G_VARIANT_TYPE("aa{sv}"));
	if (rows != NULL)
		cli_table_add_all(table, rows);
	g_variant_lookup(plan, "until", "x", &reached);
	if (reached < until) {
		g_autofree gchar *end = kasper_time_format(reached);

		cli_complain(cli,
			     "warning: zone %s has more to do than can be shown; this is all up to "
			     "%s",
			     zone,
			     end);
	}
	return TRUE;
}

static gboolean
cli_plan_show_page(Cli *cli, GVariant *page, KasperTime until, CliTable *table, GError **error)
{
	gsize n_rows = g_variant_n_children(page);

	for (gsize i = 0; i < n_rows && !ferror(cli->out); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(page, i);
		const gchar *zone;

		if (g_variant_lookup(row, "zone", "&s", &zone) &&
		    !cli_plan_show(cli, zone, until, table, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
cli_plan_show_all(Cli *cli, KasperTime until, CliTable *table, GError **error)
{
	g_autofree gchar *after = NULL;

	do {
		g_autoptr(GVariant) last = NULL;
		g_autoptr(GVariant) page =
		    kasper_client_list_zones_page(cli->client, after, CLI_PLAN_PAGE, NULL, error);
		gsize n_rows = page != NULL ? g_variant_n_children(page) : 0;

		if (page == NULL || !cli_plan_show_page(cli, page, until, table, error))
			return FALSE;
		g_clear_pointer(&after, g_free);
		if (n_rows > 0)
			last = g_variant_get_child_value(page, n_rows - 1);
		if (last != NULL)
			g_variant_lookup(last, "zone", "s", &after);
	} while (after != NULL && !ferror(cli->out));
	return TRUE;
}

CliStatus
cli_plan(Cli *cli, const CliArgs *args)
{
	const gchar *zone = cli_args_get_text(args, "zone");
	g_autoptr(CliTable) table = NULL;
	GError *error = NULL;
	KasperTime until;

	if (!cli_plan_get_until(cli, args, &until, &error))
		return cli_fail(cli, error);
	table = cli_table_new(cli, cli_columns_plan);
	if (zone != NULL ? !cli_plan_show(cli, zone, until, table, &error)
			 : !cli_plan_show_all(cli, until, table, &error))
		return cli_fail(cli, error);
	cli_table_end(table);
	return CLI_DONE;
}
