/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include "kasper-error.h"

#define KASPERD_SUMMARY "Keeps the DNSSEC keys of zones and rolls them over."
#define KASPERD_EXAMPLES                                                                           \
	"Examples:\n"                                                                              \
	"  kasperd                                 in the background, with the configuration of\n" \
	"                                          the system\n"                                   \
	"  kasperd --foreground -c DIR/conf.xml    for a service manager, or to watch it\n"        \
	"  kasperd --once                          from cron: does what is due, and ends\n"        \
	"  kasperd --foreground --test-clock=2027-01-01T00:00:00 -c DIR/conf.xml\n"                \
	"                                          years in minutes: 'kasper time leap' turns "    \
	"the clock\n\n"                                                                            \
	"SIGHUP reads the configuration again ('kasper update all'), SIGTERM and SIGINT stop.\n"   \
	"Exit status: 0 stopped as told, or all done; 1 it did not start; 2 wrong usage;\n"        \
	"3 (--once) something that was due could not be done."

static gboolean
kasperd_options_take_clock(const gchar *name, const gchar *value, gpointer data, GError **error)
{
	KasperDaemonOptions *options = data;

	options->test_clock = TRUE;
	if (value == NULL || g_ascii_string_to_signed(value,
						      10,
						      0,
						      G_MAXINT32 * (gint64)100,
						      &options->test_time,
						      NULL))
		return TRUE;
	return kasper_time_parse(value, &options->test_time, error);
}

static gboolean
kasperd_options_take_verbose(const gchar *name, const gchar *value, gpointer data, GError **error)
{
	KasperDaemonOptions *options = data;

	/* the first goes beyond the 3 of most configurations */
	options->verbosity = MAX(options->verbosity, 3) + 1;
	return TRUE;
}

static gboolean
kasperd_options_fill(KasperDaemonOptions *options, gint *argc, gchar ***argv, GError **error)
{
	g_autofree gchar *config = NULL;
	gboolean version = FALSE;
	const GOptionEntry entries[] = {
	    {"config",
	     'c',
	     0,
	     G_OPTION_ARG_FILENAME,
	     &config,
	     "conf.xml, if it is another than " KASPER_CONFIG_FILE,
	     "FILE"},
	    {"foreground",
	     'd',
	     0,
	     G_OPTION_ARG_NONE,
	     &options->foreground,
	     "stay in the foreground, and log to standard error",
	     NULL},
	    {"once",
	     '1',
	     0,
	     G_OPTION_ARG_NONE,
	     &options->once,
	     "do all that is due in the foreground, and end",
	     NULL},
	    {"test-clock",
	     0,
	     G_OPTION_FLAG_OPTIONAL_ARG,
	     G_OPTION_ARG_CALLBACK,
	     kasperd_options_take_clock,
	     "a clock that stands still, at now or at TIME, until it is told to move",
	     "TIME"},
	    {"verbose",
	     'v',
	     G_OPTION_FLAG_NO_ARG,
	     G_OPTION_ARG_CALLBACK,
	     kasperd_options_take_verbose,
	     "log more than conf.xml says; twice: everything",
	     NULL},
	    {"debuggable",
	     0,
	     0,
	     G_OPTION_ARG_NONE,
	     &options->debuggable,
	     "let debuggers and core dumps see the memory, PINs included",
	     NULL},
	    {"version", 'V', 0, G_OPTION_ARG_NONE, &version, "print the version", NULL},
	    {NULL},
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	GOptionGroup *group = g_option_group_new("kasperd", "", "", options, NULL);

	g_option_group_add_entries(group, entries);
	g_option_context_set_main_group(context, group);
	g_option_context_set_summary(context, KASPERD_SUMMARY);
	g_option_context_set_description(context, KASPERD_EXAMPLES);
	if (!g_option_context_parse(context, argc, argv, error))
		return FALSE;
	if (!version)
		options->config =
		    config != NULL ? g_steal_pointer(&config) : g_strdup(KASPER_CONFIG_FILE);
	return TRUE;
}

gboolean
kasperd_options_parse(KasperDaemonOptions *ret_options, gint *argc, gchar ***argv, GError **error)
{
	if (!kasperd_options_fill(ret_options, argc, argv, error))
		return FALSE;
	if (*argc > 1) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "'%s' is too much: kasperd takes options only; commands are given to "
			    "kasper",
			    (*argv)[1]);
		return FALSE;
	}
	return TRUE;
}

void
kasperd_options_clear(KasperDaemonOptions *self)
{
	g_clear_pointer(&self->config, g_free);
}
