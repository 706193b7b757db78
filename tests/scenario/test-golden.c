/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The golden timelines: kasper_decide() with a signer and a parent that are simulated, row by row
 * to the second, and the verdict of the oracle about what was published.
 */
#include <gio/gio.h>

#include "scenario.h"

static void
print_rows(const Sim *sim)
{
	for (guint i = 0; i < sim->rows->len; i++) {
		g_autofree gchar *row = scenario_dup_row(g_ptr_array_index(sim->rows, i));

		g_test_message("%s", row);
	}
}

static void
assert_rows(const Scenario *scenario, const Sim *sim)
{
	for (guint i = 0; i < MAX(scenario->rows->len, sim->rows->len); i++) {
		g_autofree gchar *row = NULL;
		const gchar *wanted = NULL;

		if (i < sim->rows->len)
			row = scenario_dup_row(g_ptr_array_index(sim->rows, i));
		if (i < scenario->rows->len)
			wanted = g_ptr_array_index(scenario->rows, i);
		if (g_strcmp0(row, wanted) != 0)
			print_rows(sim);
		g_assert_cmpstr(row, ==, wanted);
	}
}

static void
assert_verdicts(const Scenario *scenario, const Sim *sim)
{
	for (guint level = 0; level < G_N_ELEMENTS(scenario->verdicts); level++) {
		OracleFinding finding = {0};

		if (scenario->verdicts[level] == 0)
			continue;
		g_assert_cmpint(sim_ask_oracle(sim, level, &finding) ? 1 : -1,
				==,
				scenario->verdicts[level]);
	}
}

static void
assert_end(const Scenario *scenario, const Sim *sim)
{
	g_autofree gchar *text = kasper_plan_to_text(sim->plan);

	if (sim_is_settled(sim) == scenario->open)
		g_test_message("%s", text);
	g_assert_cmpint(sim_is_settled(sim), !=, scenario->open);
	if (!scenario->open)
		g_assert_cmpuint(sim->plan->reasons->len, ==, 0);
}

/* with margins of 0 the steps that count are tight: a second earlier is a second too early */
static void
assert_bad(const Scenario *scenario)
{
	g_autoptr(Sim) sim = NULL;

	if (scenario->bad->len == 0)
		return;
	sim = scenario_run(scenario, FALSE);
	for (guint i = 0; i < scenario->bad->len; i++) {
		const ScenarioBad *bad = &g_array_index(scenario->bad, ScenarioBad, i);
		OracleFinding finding;
		guint moved = 0;

		g_assert_true(sim_ask_oracle(sim, bad->level, &finding));
		for (guint j = 0; j < sim->timeline->len; j++) {
			OracleEvent *event = &g_array_index(sim->timeline, OracleEvent, j);

			if (event->time != bad->from)
				continue;
			event->time = bad->to;
			moved++;
		}
		if (moved == 0)
			print_rows(sim);
		g_assert_cmpuint(moved, >, 0);
		g_assert_false(sim_ask_oracle(sim, bad->level, &finding));
		g_assert_false(finding.lapse);
		for (guint j = 0; j < sim->timeline->len; j++) {
			OracleEvent *event = &g_array_index(sim->timeline, OracleEvent, j);

			if (event->time == bad->to)
				event->time = bad->from;
		}
	}
}

static void
test_golden(gconstpointer data)
{
	g_autoptr(Scenario) scenario = scenario_load(data);
	g_autoptr(Sim) sim = scenario_run(scenario, TRUE);

	g_assert_cmpstr(sim->problem, ==, NULL);
	assert_rows(scenario, sim);
	assert_verdicts(scenario, sim);
	assert_end(scenario, sim);
	assert_bad(scenario);
}

int
main(int argc, char **argv)
{
	const gchar *root = g_getenv("KASPER_SOURCE_ROOT");
	g_autofree gchar *folder = NULL;
	g_autoptr(GDir) dir = NULL;
	g_autoptr(GError) error = NULL;
	const gchar *name;

	g_test_init(&argc, &argv, NULL);
	folder = g_build_filename(root != NULL ? root : ".", "tests", "scenario", "golden", NULL);
	dir = g_dir_open(folder, 0, &error);
	g_assert_no_error(error);
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree gchar *path = g_strconcat("/golden/", name, NULL);

		if (g_str_has_suffix(name, ".scn"))
			g_test_add_data_func_full(path,
						  g_build_filename(folder, name, NULL),
						  test_golden,
						  g_free);
	}
	return g_test_run();
}
