/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The golden timelines: kasper_decide() with a signer and a parent that are simulated, row by row
 * to the second, and the verdict of the oracle about what was published. What must not be published
 * at some time the engine refuses, and the oracle catches.
 */
#include <gio/gio.h>

#include "kasper-decide-private.h"
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

/* --- what must not be --- */

/* an event of the time line as what the ledgers have: only what it changes */
static void
get_proposal(const Sim *sim,
	     const OracleEvent *before,
	     const OracleEvent *event,
	     KasperVersion contents[KASPER_N_LEDGERS],
	     KasperProspect *prospect)
{
	contents[KASPER_LEDGER_DS] = (KasperVersion){.keys = sim_get_slots(sim, event->ds)};
	contents[KASPER_LEDGER_DNSKEY] =
	    (KasperVersion){.keys = sim_get_slots(sim, event->keys),
			    .signers = sim_get_slots(sim, event->signers)};
	/* the last class is the one that was ordered */
	contents[KASPER_LEDGER_DATA] =
	    (KasperVersion){.keys = sim_get_slots(sim, event->classes[event->n_classes - 1])};
	if (event->ds != before->ds)
		prospect->proposed[KASPER_LEDGER_DS] = &contents[KASPER_LEDGER_DS];
	if (event->keys != before->keys || event->signers != before->signers)
		prospect->proposed[KASPER_LEDGER_DNSKEY] = &contents[KASPER_LEDGER_DNSKEY];
	if (event->classes[event->n_classes - 1] != before->classes[before->n_classes - 1])
		prospect->proposed[KASPER_LEDGER_DATA] = &contents[KASPER_LEDGER_DATA];
}

/* would the engine have published what the event has, at @time, with margins of 0? */
static gboolean
would_engine(const Scenario *scenario,
	     KasperTime time,
	     const OracleEvent *before,
	     const OracleEvent *event,
	     OracleLevel level)
{
	g_autoptr(Sim) sim = scenario_run_until(scenario, FALSE, time);
	g_autoptr(KasperPlan) plan = kasper_decide(&sim->snapshot, time);
	KasperVersion contents[KASPER_N_LEDGERS];
	KasperProspect prospect = {.ledgers = plan->after.ledgers};
	KasperKeyring keyring;

	kasper_keyring_init(&keyring, &plan->after);
	keyring.strict = level == ORACLE_STRICT;
	get_proposal(sim, before, event, contents, &prospect);
	return kasper_safety_is_safe(&keyring, &prospect);
}

static OracleEvent *
get_event(const Sim *sim, guint at)
{
	return &g_array_index(sim->timeline, OracleEvent, at);
}

/* the first event at @time; the length: there is none */
static guint
find_event(const Sim *sim, KasperTime time)
{
	guint at = 0;

	while (at < sim->timeline->len && get_event(sim, at)->time != time)
		at++;
	return at;
}

/* what was published at one time is thought to be published at another */
static void
move_events(const Sim *sim, KasperTime from, KasperTime to)
{
	for (guint i = 0; i < sim->timeline->len; i++) {
		OracleEvent *event = get_event(sim, i);

		if (event->time == from)
			event->time = to;
	}
}

/* with margins of 0 the steps that count are tight: a second earlier is a second too early */
static void
assert_bad(const Scenario *scenario, const ScenarioBad *bad)
{
	g_autoptr(Sim) sim = scenario_run(scenario, FALSE);
	guint at = find_event(sim, bad->from);
	guint last = at;
	const OracleEvent *before, *event;
	OracleFinding finding;

	if (at == sim->timeline->len)
		print_rows(sim);
	g_assert_cmpuint(at, <, sim->timeline->len);
	while (last + 1 < sim->timeline->len && get_event(sim, last + 1)->time == bad->from)
		last++;
	g_assert_cmpuint(at, >, 0);
	g_assert_true(sim_ask_oracle(sim, bad->level, &finding));
	before = get_event(sim, at - 1);
	event = get_event(sim, last);
	g_assert_true(would_engine(scenario, bad->from, before, event, bad->level));
	g_assert_false(would_engine(scenario, bad->to, before, event, bad->level));
	move_events(sim, bad->from, bad->to);
	g_assert_false(sim_ask_oracle(sim, bad->level, &finding));
	g_assert_false(finding.lapse);
}

static void
set_event(const Sim *sim, const ScenarioWorse *worse, OracleEvent *event)
{
	guint64 keys = 0, signers = 0;

	for (guint i = 0; worse->names[i] != NULL; i++) {
		gboolean signs = g_str_has_suffix(worse->names[i], "*");
		g_autofree gchar *name =
		    g_strndup(worse->names[i], strlen(worse->names[i]) - (signs ? 1 : 0));
		gint key = sim_find_key(sim, name);

		g_assert_cmpint(key, >=, 0);
		keys |= (guint64)1 << key;
		signers |= (guint64)(signs ? 1 : 0) << key;
	}
	event->time = worse->time;
	if (worse->kind == KASPER_LEDGER_DS) {
		event->ds = keys;
	} else if (worse->kind == KASPER_LEDGER_DNSKEY) {
		event->keys = keys;
		event->signers = signers;
	} else {
		event->n_classes = 1;
		event->classes[0] = keys;
	}
}

/* something that others have done: in the place of all that really came afterwards */
static void
assert_worse(const Scenario *scenario, const ScenarioWorse *worse)
{
	g_autoptr(Sim) sim = scenario_run_until(scenario, FALSE, worse->time);
	OracleEvent before = *get_event(sim, sim->timeline->len - 1);
	OracleEvent event = before;
	OracleFinding finding;

	g_assert_true(sim_ask_oracle(sim, worse->level, &finding));
	set_event(sim, worse, &event);
	g_assert_false(would_engine(scenario, worse->time, &before, &event, worse->level));
	g_array_append_val(sim->timeline, event);
	g_assert_false(sim_ask_oracle(sim, worse->level, &finding));
	g_assert_false(finding.lapse);
}

static void
assert_refused(const Scenario *scenario)
{
	for (guint i = 0; i < scenario->bad->len; i++)
		assert_bad(scenario, &g_array_index(scenario->bad, ScenarioBad, i));
	for (guint i = 0; i < scenario->worse->len; i++)
		assert_worse(scenario, &g_array_index(scenario->worse, ScenarioWorse, i));
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
	assert_refused(scenario);
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
