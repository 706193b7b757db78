/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-error.h"
#include "options.h"

/* (nullable): the error's text */
static gchar *
parse(const gchar *line, KasperDaemonOptions *ret_options)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *command = g_strconcat("kasperd ", line, NULL);
	g_auto(GStrv) words = g_strsplit(command, " ", -1);
	/* the parser moves words about; the array itself stays ours */
	g_autofree gchar **argv = g_memdup2(words, sizeof(gchar *) * (g_strv_length(words) + 1));
	gint argc = (gint)g_strv_length(words);

	kasperd_options_clear(ret_options);
	*ret_options = (KasperDaemonOptions){.test_time = KASPER_TIME_UNSET};
	if (kasperd_options_parse(ret_options, &argc, &argv, &error))
		return NULL;
	return g_strdup(error->message);
}

static void
test_options_good(void)
{
	g_auto(KasperDaemonOptions) options = {0};

	g_assert_null(
	    parse("--config /tmp/conf.xml --foreground --test-clock=1800000000", &options));
	g_assert_cmpstr(options.config, ==, "/tmp/conf.xml");
	g_assert_true(options.foreground);
	g_assert_false(options.once);
	g_assert_true(options.test_clock);
	g_assert_cmpint(options.test_time, ==, 1800000000);
	g_assert_null(parse("-c /x -d -1 --test-clock", &options));
	g_assert_cmpstr(options.config, ==, "/x");
	g_assert_true(options.foreground);
	g_assert_true(options.once);
	g_assert_true(options.test_clock);
	g_assert_cmpint(options.test_time, ==, KASPER_TIME_UNSET);
	g_assert_null(parse("--test-clock=2027-01-15T08:00:00 -v", &options));
	g_assert_cmpint(options.test_time, ==, 1800000000);
	g_assert_cmpuint(options.verbosity, ==, 4);
	g_assert_null(parse("-v -v", &options));
	g_assert_cmpuint(options.verbosity, ==, 5);
	g_assert_false(options.test_clock);
	g_assert_true(g_path_is_absolute(options.config));
	g_assert_true(g_str_has_suffix(options.config, "/conf.xml"));
	g_assert_null(parse("--version", &options));
	g_assert_null(options.config);
}

static void
test_options_wrong(void)
{
	static const struct {
		const gchar *line;
		const gchar *text;
	} rows[] = {
	    {"start", "'start' is too much"},
	    {"--conf x", "--conf"},
	    {"--config", "--config"},
	    {"--test-clock=tomorrow", "'tomorrow' is not a time"},
	    {"--test-clock=", "is not a time"},
	    {"--test-clock=99999999999999999999", "is not a time"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(KasperDaemonOptions) options = {0};
		g_autofree gchar *text = parse(rows[i].line, &options);

		if (text == NULL || strstr(text, rows[i].text) == NULL)
			g_error("%s: %s", rows[i].line, text != NULL ? text : "accepted");
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/daemon/options/good", test_options_good);
	g_test_add_func("/daemon/options/wrong", test_options_wrong);
	return g_test_run();
}
