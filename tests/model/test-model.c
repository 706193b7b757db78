/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model checker as a test: a few cases in the ordinary suite, all of them with `--full`.
 *
 *   test-model [--full] [--list] [CASE]     CASE: only those whose name begins with it
 */
#include "model.h"

static gboolean full = FALSE;
static guint64 all_states = 0;
static guint64 all_transitions = 0;
static guint64 all_violations = 0;

static void
test_case(gconstpointer data)
{
	const ModelCase *model_case = data;
	/* deciding twice costs time: where there are few states it is affordable */
	g_autoptr(ModelSearch) search = model_search_new(model_case, model_case->fast);
	gint64 start = g_get_monotonic_time();
	const ModelCount *count = model_search_get_count(search);

	model_start_all(model_case, search);
	g_test_message("%s: %" G_GUINT64_FORMAT " states from %" G_GUINT64_FORMAT
		       " starts, %" G_GUINT64_FORMAT " transitions, %" G_GUINT64_FORMAT
		       " violations, at rest after %u ticks at most (%u allowed), depth %u, %.1f s",
		       model_case->name,
		       count->states,
		       count->starts,
		       count->transitions,
		       count->violations,
		       count->worst,
		       count->bound,
		       count->depth,
		       (gdouble)(g_get_monotonic_time() - start) / G_USEC_PER_SEC);
	all_states += count->states;
	all_transitions += count->transitions;
	all_violations += count->violations;
	g_assert_cmpuint(count->violations, ==, 0);
	g_assert_cmpuint(count->worst, <=, count->bound);
	g_assert_cmpuint(count->states, >, 0);
}

int
main(int argc, char **argv)
{
	gint64 start = g_get_monotonic_time();
	const gchar *only = "";
	gint status;

	g_test_init(&argc, &argv, NULL);
	for (gint i = 1; i < argc; i++) {
		if (g_strcmp0(argv[i], "--full") == 0)
			full = TRUE;
		else
			only = argv[i];
	}
	for (guint i = 0; i < n_model_cases; i++) {
		g_autofree gchar *path = g_strconcat("/model/", model_cases[i].name, NULL);

		if ((full || model_cases[i].fast) && g_str_has_prefix(model_cases[i].name, only))
			g_test_add_data_func(path, &model_cases[i], test_case);
	}
	status = g_test_run();
	g_print("# all: %" G_GUINT64_FORMAT " states, %" G_GUINT64_FORMAT
		" transitions, %" G_GUINT64_FORMAT " violations, %.1f s\n",
		all_states,
		all_transitions,
		all_violations,
		(gdouble)(g_get_monotonic_time() - start) / G_USEC_PER_SEC);
	return status;
}
