/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli-fixture.h"
#include "ksmutil.h"

typedef gchar *(*Complete)(const gchar *const *words);

/* whether @word is a line of what can follow @line */
static gboolean
offers(Complete complete, const gchar *line, const gchar *word)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	g_autofree gchar *text =
	    complete(*line != '\0' ? (const gchar *const *)words : (const gchar *const[]){NULL});
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	return g_strv_contains((const gchar *const *)lines, word);
}

static void
check(Complete complete, const gchar *line, const gchar *yes, const gchar *no)
{
	g_test_message("%s: %s, not %s", line, yes, no);
	g_assert_true(yes == NULL || offers(complete, line, yes));
	g_assert_false(no != NULL && offers(complete, line, no));
}

static void
test_words(void)
{
	check(cli_complete, "", "zone", "list");
	check(cli_complete, "", "status", "--zone");
	check(cli_complete, "", "--config", NULL);
	check(cli_complete, "key", "ds-seen", "--zone");
	check(cli_complete, "key list", "--keystate", "ds-seen");
	check(cli_complete, "key list", "--format", NULL);
	check(cli_complete, "key list --all", "--verbose", NULL);
	check(cli_complete, "frobnicate", NULL, "--config");
	check(cli_complete, "key frobnicate", NULL, "--config");
}

static void
test_values(void)
{
	check(cli_complete, "--format", "json", "zone");
	check(cli_complete, "--config", "<file>", "zone");
	check(cli_complete, "zone add -i", "<file>", "--input");
	check(cli_complete, "key list --keystate", "ready", "--zone");
	check(cli_complete, "key rollover -t", "CSK", "--zone");
	/* a name that only the daemon knows */
	check(cli_complete, "key list --zone", NULL, "--zone");
}

/* a value is no command, whatever it looks like */
static void
test_values_passed(void)
{
	check(cli_complete, "--config zone", "key", "list");
	check(cli_complete, "-c x key", "list", "key");
	check(cli_complete, "key list --zone policy", "--keystate", "export");
	check(cli_complete, "--config=x key", "list", NULL);
}

static void
test_ksmutil(void)
{
	check(ksmutil_complete, "", "key", "list");
	check(ksmutil_complete, "", "setup", "prepare");
	check(ksmutil_complete, "backup", "prepare", "ds-seen");
	check(ksmutil_complete, "key", "ksk-retire", "prepare");
	check(ksmutil_complete, "key list", "--zone", "export");
	check(ksmutil_complete, "--config", "<file>", "key");
	check(ksmutil_complete, "-c x key", "list", "key");
	check(ksmutil_complete, "key list --zone", NULL, "--all");
}

/* the shell asks the program itself, and gets no error for half a line */
static void
test_run(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_auto(CliFixture) ksmutil = {{NULL}};

	cli_fixture_init(&fixture, "kasper");
	g_assert_cmpint(cli_fixture_run(&fixture, "--complete zone"), ==, 0);
	g_assert_nonnull(strstr(fixture.out, "set-policy\n"));
	g_assert_cmpstr(fixture.err, ==, "");
	cli_fixture_init(&ksmutil, "ods-ksmutil");
	g_assert_cmpint(cli_fixture_run(&ksmutil, "--complete backup"), ==, 0);
	g_assert_nonnull(strstr(ksmutil.out, "rollback\n"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/complete/words", test_words);
	g_test_add_func("/cli/complete/values", test_values);
	g_test_add_func("/cli/complete/values/passed", test_values_passed);
	g_test_add_func("/cli/complete/ksmutil", test_ksmutil);
	g_test_add_func("/cli/complete/run", test_run);
	return g_test_run();
}
