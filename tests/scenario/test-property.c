/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random histories, the same ones each time: whatever people, signers and parents do, and whenever
 * they do it, nobody is ever told a lie, and work ends.
 *
 *   test-property                     a few, as a test
  *   test-property --from N --count M [--operations K]
 *       histories of up to 200 steps from seed N on; what fails is shrunk

 */
#include "history.h"

#define SHORT_HISTORIES 800
#define LONG_HISTORIES	20

/* 200 steps, people's among them */
#define N_STEPS 200
#define N_OPS	120

static void
tell_script(const HistoryScript *script, GString *text)
{
	g_string_append_printf(text, "seed %u, operations", script->seed);
	for (guint i = 0; i < script->n_ops; i++) {
		if (!script->ops[i].dropped)
			g_string_append_printf(text, " %u/%u", i, script->ops[i].gap);
	}
	g_string_append_c(text, '\n');
}

/* gives how many steps it has */
static guint
check(guint32 seed, guint n_ops, guint n_steps)
{
	HistoryScript script;
	g_autofree gchar *problem = NULL;
	g_autofree gchar *shrunk = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	guint n_done;

	history_script_init(&script, seed, n_ops, n_steps);
	problem = history_check(&script, &n_done);
	if (problem == NULL)
		return n_done;
	history_shrink(&script);
	shrunk = history_check(&script, &n_done);
	tell_script(&script, text);
	g_error("history of %u steps, --from %u --count 1 --operations %u: %s\nshrunk to %s%s",
		n_steps,
		seed,
		n_ops,
		problem,
		text->str,
		shrunk);
}

static void
test_short(void)
{
	for (guint32 seed = 0; seed < SHORT_HISTORIES; seed++)
		check(seed, 1 + seed % 6, N_STEPS);
}

static void
test_long(void)
{
	for (guint32 seed = 0; seed < LONG_HISTORIES; seed++)
		check(seed, N_OPS, N_STEPS);
}

static void
run_shard(guint32 from, guint32 count, guint n_ops)
{
	gint64 start = g_get_monotonic_time();
	guint64 n_steps = 0;

	for (guint32 i = 0; i < count; i++) {
		gdouble seconds;

		n_steps += check(from + i, n_ops, N_STEPS);
		seconds = (gdouble)(g_get_monotonic_time() - start) / G_USEC_PER_SEC;
		if ((i + 1) % 1000 == 0 || i + 1 == count)
			g_print("# seeds %u to %u: no failure; %u histories of %.0f steps, each "
				"played three times; %.0f a second\n",
				from,
				from + i,
				i + 1,
				(gdouble)n_steps / (i + 1),
				(i + 1) / seconds);
	}
}

int
main(int argc, char **argv)
{
	gint64 from = 0, count = 0, n_ops = N_OPS;
	g_autoptr(GError) error = NULL;
	const GOptionEntry entries[] = {
	    {"from", 0, 0, G_OPTION_ARG_INT64, &from, "the first seed", "N"},
	    {"count", 0, 0, G_OPTION_ARG_INT64, &count, "how many histories", "M"},
	    {"operations", 0, 0, G_OPTION_ARG_INT64, &n_ops, "operations in each", "K"},
	    G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);

	g_test_init(&argc, &argv, NULL);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		g_error("%s", error->message);
	if (count > 0) {
		run_shard((guint32)from, (guint32)count, (guint)CLAMP(n_ops, 1, HISTORY_OPS_MAX));
		return 0;
	}
	g_test_add_func("/property/short", test_short);
	g_test_add_func("/property/long", test_long);
	return g_test_run();
}
