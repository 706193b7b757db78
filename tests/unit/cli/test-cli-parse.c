/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli-fixture.h"
#include "kasper-error.h"

static const CliCommand *
find(const gchar *group, const gchar *verb)
{
	const CliCommand *command = cli_find_command(cli_find_group(group), verb);

	g_assert_nonnull(command);
	return command;
}

static gboolean
parse(CliFixture *fixture,
      const CliCommand *command,
      const gchar *line,
      CliArgs *args,
      gboolean *ret_help,
      GError **error)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);

	return cli_args_parse(args,
			      &fixture->cli,
			      command,
			      *line != '\0' ? (const gchar *const *)words
					    : (const gchar *const[]){NULL},
			      ret_help,
			      error);
}

static void
test_good(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_auto(CliArgs) args = {NULL};
	g_autoptr(GError) error = NULL;
	gboolean help = TRUE;

	cli_fixture_init(&fixture, "kasper");
	g_assert_true(parse(&fixture,
			    find("key", "list"),
			    "-z example.org --keystate READY --keytype ksk --all",
			    &args,
			    &help,
			    &error));
	g_assert_no_error(error);
	g_assert_false(help);
	g_assert_cmpstr(cli_args_get_text(&args, "zone"), ==, "example.org");
	/* as the table spells them */
	g_assert_cmpstr(cli_args_get_text(&args, "keystate"), ==, "ready");
	g_assert_cmpstr(cli_args_get_text(&args, "keytype"), ==, "KSK");
	g_assert_null(cli_args_get_text(&args, "policy"));
	g_assert_true(cli_args_get_flag(&args, "all"));
	g_assert_false(cli_args_get_flag(&args, "verbose"));
}

static void
test_numbers(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_auto(CliArgs) args = {NULL};
	g_autoptr(GError) error = NULL;
	gboolean help;

	cli_fixture_init(&fixture, "kasper");
	g_assert_true(
	    parse(&fixture, find("key", "ds-seen"), "-z a.example -x 65535", &args, &help, &error));
	g_assert_no_error(error);
	g_assert_cmpint(cli_args_get_number(&args, "keytag", -1), ==, 65535);
	cli_args_clear(&args);
	memset(&args, 0, sizeof(args));
	g_assert_true(
	    parse(&fixture, find("key", "ds-seen"), "-z a.example -k 00ff", &args, &help, &error));
	g_assert_cmpint(cli_args_get_number(&args, "keytag", -1), ==, -1);
}

static void
test_words(void)
{
	static const struct {
		const gchar *group;
		const gchar *verb;
		const gchar *line;
		const gchar *option;
	} rows[] = {
	    {"zone", "show", "example.org", "zone"},
	    {"zone", "show", "-- example.org", "zone"},
	    {NULL, "enforce", "example.org", "zone"},
	    {"policy", "export", "example.org", "policy"},
	    {"repository", "test", "example.org", "repository"},
	    {"plugin", "show", "example.org", "plugin"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(CliFixture) fixture = {{NULL}};
		g_auto(CliArgs) args = {NULL};
		g_autoptr(GError) error = NULL;
		gboolean help;

		cli_fixture_init(&fixture, "kasper");
		g_assert_true(parse(&fixture,
				    find(rows[i].group, rows[i].verb),
				    rows[i].line,
				    &args,
				    &help,
				    &error));
		g_assert_no_error(error);
		g_assert_cmpstr(cli_args_get_text(&args, rows[i].option), ==, "example.org");
	}
}

static void
test_bad(void)
{
	static const struct {
		const gchar *group;
		const gchar *verb;
		const gchar *line;
		const gchar *says;
	} rows[] = {
	    {"zone", "show", "", "--zone ZONE is missing"},
	    {"zone", "show", "a b", "“b” is one word too many"},
	    {"zone", "show", "--zone a b", "“b” is one word too many"},
	    {"zone", "list", "a", "“a” is one word too many"},
	    {"zone", "show", "--zone", "zone"},
	    {"zone", "show", "--frobnicate", "--frobnicate"},
	    {"zone", "add", "a --in-type Pigeon", "--in-type Pigeon: should be one of File, DNS"},
	    {"key", "export", "--keystate SLEEPY", "--keystate SLEEPY: should be one of generate"},
	    {"key",
	     "rollover",
	     "-z a -t XSK",
	     "--keytype XSK: should be one of KSK, ZSK, CSK, all"},
	    {"key", "rollover", "-t ZSK", "either --zone or --policy"},
	    {"key", "rollover", "-z a -p b", "either --zone or --policy"},
	    {"key", "ds-seen", "-z a", "--cka_id CKA_ID or --keytag TAG"},
	    {"key",
	     "ds-seen",
	     "-z a -x 65536",
	     "--keytag 65536: should be a number from 0 to 65535"},
	    {"key", "ds-seen", "-z a -x -1", "--keytag -1"},
	    {"key", "ds-seen", "-z a -x 12x", "--keytag 12x"},
	    {"key", "show", "-x 12", "--cka_id CKA_ID is needed"},
	    {"key", "generate", "", "either --policy POLICY or --all"},
	    {"key", "generate", "-a -i tomorrow", "tomorrow"},
	    {"key", "import", "-z a", "--cka_id CKA_ID is missing"},
	    {"key",
	     "import",
	     "-z a -k 00 -r r -g ROT13 -t KSK -e ready -w 2026-11-24",
	     "--algorithm ROT13"},
	    {"key", "import", "-z a -k 00 -r r -g 13 -t KSK -e ready -w soon", "soon"},
	    {"key", "import", "-z a -k 00 -r r -g 13 -t KSK -e dead -w @1", "--keystate dead"},
	    {"policy", "export", "", "either --policy POLICY or --all"},
	    {"policy", "export", "-a -p x", "either --policy POLICY or --all"},
	    {"time", "leap", "--by P1D --to @5", "only one of"},
	    {"time", "leap", "--until soon", "soon"},
	    {"time", "leap", "--by 1.5", "1.5"},
	    {"key", "list", "--format poem", "--format poem: should be table or json"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(CliFixture) fixture = {{NULL}};
		g_auto(CliArgs) args = {NULL};
		g_autoptr(GError) error = NULL;
		gboolean help;

		g_test_message("%s %s %s", rows[i].group, rows[i].verb, rows[i].line);
		cli_fixture_init(&fixture, "kasper");
		g_assert_false(parse(&fixture,
				     find(rows[i].group, rows[i].verb),
				     rows[i].line,
				     &args,
				     &help,
				     &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
		g_assert_nonnull(strstr(error->message, rows[i].says));
	}
}

static void
test_globals_before(void)
{
	static const gchar *const argv[] =
	    {"kasper", "--format", "json", "-y", "--config=/a/conf.xml", "key", "--help", NULL};
	g_auto(CliFixture) fixture = {{NULL}};
	g_autoptr(GError) error = NULL;
	gboolean version = TRUE;
	gboolean help = TRUE;

	cli_fixture_init(&fixture, "kasper");
	g_assert_cmpint(cli_parse_globals(&fixture.cli, argv, &help, &version, &error), ==, 5);
	g_assert_no_error(error);
	/* what stands behind the group is the group's */
	g_assert_false(help);
	g_assert_false(version);
	g_assert_true(fixture.cli.yes);
	g_assert_cmpint(fixture.cli.format, ==, CLI_FORMAT_JSON);
	g_assert_cmpstr(fixture.cli.config, ==, "/a/conf.xml");
}

static void
test_globals_behind(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_auto(CliArgs) args = {NULL};
	g_autoptr(GError) error = NULL;
	gboolean help = FALSE;

	cli_fixture_init(&fixture, "kasper");
	g_assert_true(parse(&fixture,
			    find("zone", "list"),
			    "-s /run/s -q --format=json --yes",
			    &args,
			    &help,
			    &error));
	g_assert_no_error(error);
	g_assert_cmpstr(fixture.cli.socket, ==, "/run/s");
	g_assert_true(fixture.cli.quiet && fixture.cli.yes);
	g_assert_cmpint(fixture.cli.format, ==, CLI_FORMAT_JSON);
	/* whoever asks for help need not know what is needed */
	g_assert_true(parse(&fixture, find("zone", "add"), "--help", &args, &help, &error));
	g_assert_true(help);
}

static void
test_nearest(void)
{
	static const gchar *const names[] = {"list", "show", "export", "rollover", "ds-seen", NULL};
	static const struct {
		const gchar *word;
		const gchar *nearest;
	} rows[] = {
	    {"lits", "list"},
	    {"lst", "list"},
	    {"shwo", "show"},
	    {"exprot", "export"},
	    {"roll", "rollover"},
	    {"dsseen", "ds-seen"},
	    {"ds_seen", "ds-seen"},
	    {"frobnicate", NULL},
	    {"x", NULL},
	    {"", NULL},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpstr(cli_find_nearest(rows[i].word, names), ==, rows[i].nearest);
}

/* nothing in the tables contradicts itself or the options of every command */
static void
test_tables(void)
{
	for (const CliGroup *group = cli_groups; group->commands != NULL; group++) {
		for (const CliCommand *c = group->commands; c->verb != NULL; c++) {
			g_autoptr(GHashTable) letters = g_hash_table_new(NULL, NULL);
			g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
			gboolean has_word = c->word == NULL;
			guint n_options = 0;

			g_assert_cmpstr(c->group, ==, group->name);
			g_assert_nonnull(c->summary);
			g_assert_nonnull(c->run);
			for (const CliOption *o = cli_global_options; o->name != NULL; o++) {
				g_hash_table_add(names, (gpointer)o->name);
				if (o->letter != '\0')
					g_hash_table_add(letters, GINT_TO_POINTER(o->letter));
			}
			for (const CliOption *o = c->options; o != NULL && o->name != NULL; o++) {
				g_test_message("%s --%s", c->verb, o->name);
				g_assert_true(g_hash_table_add(names, (gpointer)o->name));
				g_assert_true(
				    o->letter == '\0' ||
				    g_hash_table_add(letters, GINT_TO_POINTER(o->letter)));
				g_assert_true((o->kind == CLI_OPTION_FLAG) == (o->value == NULL));
				g_assert_nonnull(o->help);
				has_word = has_word || strcmp(c->word, o->name) == 0;
				n_options++;
			}
			g_assert_true(has_word);
			g_assert_cmpuint(n_options, <=, CLI_OPTIONS_MAX);
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/parse/good", test_good);
	g_test_add_func("/cli/parse/numbers", test_numbers);
	g_test_add_func("/cli/parse/words", test_words);
	g_test_add_func("/cli/parse/bad", test_bad);
	g_test_add_func("/cli/parse/globals/before", test_globals_before);
	g_test_add_func("/cli/parse/globals/behind", test_globals_behind);
	g_test_add_func("/cli/parse/nearest", test_nearest);
	g_test_add_func("/cli/parse/tables", test_tables);
	return g_test_run();
}
