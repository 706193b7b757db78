/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli-fixture.h"
#include "ksmutil.h"

#define assert_has(text, part) g_assert_nonnull(strstr(text, part))

static void
test_all(void)
{
	g_autofree gchar *text = cli_help();

	for (const CliGroup *group = cli_groups; group->commands != NULL; group++) {
		for (const CliCommand *c = group->commands; c->verb != NULL; c++) {
			g_autofree gchar *name = cli_command_to_text(c);
			g_autofree gchar *line =
			    g_strdup_printf("\n  %-27s %s\n", name, c->summary);

			assert_has(text, line);
		}
	}
	assert_has(text, "--config FILE");
	assert_has(text, "Exit status: 0 done, 1 refused or failed");
}

static void
test_group(void)
{
	g_autofree gchar *text = cli_help_group(cli_find_group("backup"));

	assert_has(text, "Usage: kasper backup VERB");
	assert_has(text, "backup prepare");
	assert_has(text, "(deprecated)");
	g_assert_null(strstr(text, "zone add"));
}

static void
test_command(void)
{
	const CliGroup *key = cli_find_group("key");
	g_autofree gchar *text = cli_help_command(cli_find_command(key, "rollover"));

	assert_has(text, "Usage: kasper key rollover [OPTION…] [ZONE]\n");
	assert_has(text,
		   "  -t, --keytype TYPE          which keys; all if it is not given: KSK, ZSK, "
		   "CSK, all\n");
	assert_has(text, "  -z, --zone ZONE             of this zone\n");
	assert_has(text, "Options, for every command\n");
}

static void
test_needed(void)
{
	const CliGroup *zone = cli_find_group("zone");
	g_autofree gchar *text = cli_help_command(cli_find_command(zone, "show"));

	assert_has(text, "the zone (needed)\n");
}

/* no line is broken by a terminal of 100 columns */
static void
test_width(void)
{
	for (const CliGroup *group = cli_groups; group->commands != NULL; group++) {
		for (const CliCommand *c = group->commands; c->verb != NULL; c++) {
			g_autofree gchar *text = cli_help_command(c);
			g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

			for (guint i = 0; lines[i] != NULL; i++)
				g_assert_cmpint(g_utf8_strlen(lines[i], -1), <=, 100);
		}
	}
}

/* how to mend it is said in the failing test's message */
static void
check_page(const gchar *page, const gchar *wanted, const gchar *program)
{
	g_autofree gchar *path =
	    g_build_filename(g_getenv("KASPER_SOURCE_ROOT"), "doc", "man", page, NULL);
	g_autoptr(GError) error = NULL;
	g_autofree gchar *contents = NULL;

	g_file_get_contents(path, &contents, NULL, &error);
	g_assert_no_error(error);
	if (strstr(contents, wanted) == NULL)
		g_test_message("%s is not what %s --manual prints: put that into it",
			       path,
			       program);
	assert_has(contents, wanted);
}

static void
test_manual(void)
{
	g_autofree gchar *wanted = cli_help_manual();

	assert_has(wanted, ".B key ds\\-seen \\fR[\\fIoption\\fR...]\n");
	assert_has(wanted, ".B \\-f, \\-\\-no\\-retire\n");
	check_page("kasper.1", wanted, "kasper");
}

static void
test_manual_ksmutil(void)
{
	g_autofree gchar *wanted = ksmutil_manual();

	assert_has(wanted, ".B key ds\\-seen\n");
	assert_has(wanted, ".B \\-k, \\-\\-cka_id \\fICKA_ID\\fR\n");
	check_page("ods-ksmutil.1", wanted, "ods-ksmutil");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/help/all", test_all);
	g_test_add_func("/cli/help/group", test_group);
	g_test_add_func("/cli/help/command", test_command);
	g_test_add_func("/cli/help/needed", test_needed);
	g_test_add_func("/cli/help/width", test_width);
	g_test_add_func("/cli/help/manual/kasper", test_manual);
	g_test_add_func("/cli/help/manual/ods-ksmutil", test_manual_ksmutil);
	return g_test_run();
}
