/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "command-private.h"
#include "kasper-chart.h"
#include "simulate.h"

/* more than this at once is a mistake, and a column or a line each */
#define CLI_SIMULATE_COLUMNS 500

static const CliColumn cli_columns_scenes[] = {
    {"time", "Time", CLI_VALUE_TIME, 19},
    {"actor", "Who", CLI_VALUE_PLAIN, 8},
    {"text", "What"},
    {NULL},
};

static const CliColumn cli_columns_scenes_of_zones[] = {
    {"time", "Time", CLI_VALUE_TIME, 19},
    {"zone", "Zone", CLI_VALUE_PLAIN, 16},
    {"actor", "Who", CLI_VALUE_PLAIN, 8},
    {"text", "What"},
    {NULL},
};

static const gchar *const cli_scene_fields[] =
    {"time", "zone", "actor", "step", "key", "record", "from", "to", "text", NULL};

/* --- what is asked for --- */

static gboolean
cli_simulate_load(Cli *cli, const CliArgs *args, CliSimulation *self, GError **error)
{
	const gchar *kasp = cli_args_get_text(args, "kasp");
	const gchar *name = cli_args_get_text(args, "policy");

	self->config = kasp != NULL ? kasper_config_load_policies(kasp, NULL, error)
				    : kasper_config_load(cli->config, NULL, error);
	if (self->config == NULL)
		return FALSE;
	self->name = name != NULL ? name : "default";
	self->policy = cli_simulation_get_policy(self, self->name, &self->backup, error);
	return self->policy != NULL;
}

static gboolean
cli_simulate_take_times(const CliArgs *args, CliSimulation *self, GError **error)
{
	const gchar *start = cli_args_get_text(args, "start");
	const gchar *until = cli_args_get_text(args, "until");

	self->start = g_get_real_time() / G_USEC_PER_SEC;
	if (start != NULL && !kasper_time_parse(start, &self->start, error))
		return FALSE;
	return cli_simulation_parse_time(self, until != NULL ? until : "P1Y", &self->until, error);
}

static gboolean
cli_simulate_take_events(const CliArgs *args, CliSimulation *self, GError **error)
{
	const gchar *policy = cli_args_get_text(args, "policy2");
	const gchar *at = cli_args_get_text(args, "at");
	const gchar *events = cli_args_get_text(args, "event");
	const gchar *scenario = cli_args_get_text(args, "scenario");
	KasperTime time = self->start;

	if (at != NULL && !cli_simulation_parse_time(self, at, &time, error))
		return FALSE;
	if (policy != NULL && !cli_simulation_add_policy_change(self, policy, time, error))
		return FALSE;
	if (events != NULL && !cli_simulation_add_events(self, events, error))
		return FALSE;
	return scenario == NULL || cli_simulation_read_scenario(self, scenario, error);
}

static gboolean
cli_simulate_read(Cli *cli, const CliArgs *args, CliSimulation *self, GError **error)
{
	self->policies = g_ptr_array_new_with_free_func(g_free);
	self->happenings = g_array_new(FALSE, FALSE, sizeof(KasperHappening));
	kasper_world_init(&self->world);
	self->world.signer_full = cli_args_get_flag(args, "full-resign");
	self->settled = cli_args_get_flag(args, "settled");
	self->verbose = cli_args_get_flag(args, "verbose");
	self->title = cli_args_get_text(args, "event");
	self->name2 = cli_args_get_text(args, "policy2");
	self->zones = (guint)cli_args_get_number(args, "zones", 1);
	return cli_simulate_load(cli, args, self, error) &&
	       cli_simulate_take_times(args, self, error) &&
	       cli_simulate_take_events(args, self, error);
}

/* what is so from the start is so before the first decision */
static KasperSimulation *
cli_simulate_begin(const CliSimulation *self, guint zone)
{
	KasperSimulation *simulation =
	    self->settled
		? kasper_simulation_new_settled(self->policy,
						self->backup,
						&self->world,
						self->start)
		: kasper_simulation_new(self->policy, self->backup, &self->world, self->start);

	/* any numbers that differ; a zone by itself is not spread */
	if (self->zones > 1)
		kasper_simulation_set_spread(simulation,
					     (zone + 1) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));
	for (guint i = 0; i < self->happenings->len; i++)
		kasper_simulation_add_happening(
		    simulation,
		    &g_array_index(self->happenings, KasperHappening, i));
	return simulation;
}

/* --- what is shown --- */

static const gchar *
cli_simulate_get_id(const KasperSimulation *simulation, gint key)
{
	const GArray *keys = kasper_simulation_get_keys(simulation);

	return key < 0 ? "" : g_array_index(keys, KasperSimulatedKey, key).id;
}

static GVariant *
cli_simulate_make_row(const KasperSimulation *simulation,
		      const gchar *zone,
		      const KasperScene *scene)
{
	g_autofree gchar *text = kasper_simulation_dup_scene(simulation, scene);
	gboolean state = scene->kind == KASPER_SCENE_STATE;

	return g_variant_ref_sink(
	    g_variant_new("(xssssssss)",
			  scene->time,
			  zone,
			  kasper_actor_to_string(scene->actor),
			  kasper_scene_kind_to_string(scene->kind),
			  cli_simulate_get_id(simulation, scene->key),
			  state ? kasper_record_to_string(scene->record) : "",
			  state ? kasper_record_state_to_string(scene->from) : "",
			  state ? kasper_record_state_to_string(scene->to) : "",
			  text));
}

static void
cli_simulate_list(const CliSimulation *self,
		  KasperSimulation *simulation,
		  const gchar *zone,
		  CliTable *table,
		  gboolean states)
{
	while (kasper_simulation_advance(simulation, self->until)) {
		const GArray *scenes = kasper_simulation_get_scenes(simulation);

		for (guint i = 0; i < scenes->len; i++) {
			const KasperScene *scene = &g_array_index(scenes, KasperScene, i);
			g_autoptr(GVariant) row = NULL;

			if (scene->kind == KASPER_SCENE_STATE && !states)
				continue;
			row = cli_simulate_make_row(simulation, zone, scene);
			cli_table_add_tuple(table, cli_scene_fields, row);
		}
	}
}

static void
cli_simulate_print_timeline(Cli *cli,
			    const CliSimulation *self,
			    KasperSimulation *simulation,
			    const gchar *zone)
{
	g_autoptr(GString) line = g_string_new(NULL);

	/* first what is published before anything happens */
	do {
		g_string_truncate(line, 0);
		if (kasper_simulation_has_changed(simulation))
			kasper_simulation_append_timeline(simulation, zone, line);
		fputs(line->str, cli->out);
	} while (kasper_simulation_advance(simulation, self->until));
}

static CliStatus
cli_simulate_draw(Cli *cli, const CliSimulation *self, KasperSimulation *simulation)
{
	g_autoptr(KasperChart) chart = kasper_chart_new(simulation);
	g_autofree gchar *title = g_strconcat("Policy ",
					      self->name,
					      self->name2 != NULL ? ", then " : "",
					      self->name2 != NULL ? self->name2 : "",
					      self->title != NULL ? ": " : "",
					      self->title,
					      NULL);
	g_autofree gchar *svg = NULL;
	guint n = 0;

	while (kasper_simulation_advance(simulation, self->until)) {
		kasper_chart_take(chart);
		if (++n <= CLI_SIMULATE_COLUMNS)
			continue;
		cli_complain(cli,
			     "more than %d instants do not fit into a chart: say a shorter --until",
			     CLI_SIMULATE_COLUMNS);
		return CLI_FAILED;
	}
	svg = kasper_chart_to_svg(chart, title);
	fputs(svg, cli->out);
	return CLI_DONE;
}

static CliStatus
cli_simulate_show(Cli *cli, const CliSimulation *self, CliTable *table, guint zone)
{
	g_autoptr(KasperSimulation) simulation = cli_simulate_begin(self, zone);
	g_autofree gchar *name = self->zones == 1 ? g_strdup("example.org")
						  : g_strdup_printf("zone%u.example", zone + 1);

	switch (cli->format) {
	case CLI_FORMAT_TABLE:
	case CLI_FORMAT_JSON:
		cli_simulate_list(self,
				  simulation,
				  name,
				  table,
				  self->verbose || cli->format == CLI_FORMAT_JSON);
		return CLI_DONE;
	case CLI_FORMAT_TIMELINE:
		cli_simulate_print_timeline(cli, self, simulation, name);
		return CLI_DONE;
	case CLI_FORMAT_SVG:
		return cli_simulate_draw(cli, self, simulation);
	}
	g_assert_not_reached();
}

CliStatus
cli_simulate(Cli *cli, const CliArgs *args)
{
	g_auto(CliSimulation) self = {NULL};
	g_autoptr(CliTable) table = NULL;
	GError *error = NULL;
	CliStatus status = CLI_DONE;

	if (!cli_simulate_read(cli, args, &self, &error))
		return cli_fail(cli, error);
	if (cli->format == CLI_FORMAT_SVG && self.zones > 1)
		return cli_misuse(cli, "simulate: a chart is of one zone: leave out --zones");
	if (cli->format <= CLI_FORMAT_JSON)
		table = cli_table_new(cli,
				      self.zones > 1 ? cli_columns_scenes_of_zones
						     : cli_columns_scenes);
	for (guint i = 0; i < self.zones && status == CLI_DONE && !ferror(cli->out); i++)
		status = cli_simulate_show(cli, &self, table, i);
	if (table != NULL)
		cli_table_end(table);
	return status;
}
