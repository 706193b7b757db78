/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli-fixture.h"
#include "ksmutil.h"

#define assert_has(text, part) g_assert_nonnull(strstr(text, part))

static gboolean
parse(CliFixture *fixture, Ksmutil *ksmutil, const gchar *line)
{
	g_autofree gchar *whole = g_strconcat("ods-ksmutil ", line, NULL);
	g_auto(GStrv) words = g_strsplit(whole, " ", -1);

	ksmutil->cli = &fixture->cli;
	return ksmutil_parse(ksmutil, (const gchar *const *)words);
}

/* each line of the page on key management, with something for each <placeholder> */
static void
test_page(void)
{
	static const struct {
		const gchar *line;
		const gchar *command;
		const gchar *verb;
		KsmutilOptionId option;
		const gchar *value; /* NULL: it is not given */
	} rows[] = {
	    {"backup prepare", "backup", "prepare", KSMUTIL_REPOSITORY, NULL},
	    {"backup prepare --repository softHSM",
	     "backup",
	     "prepare",
	     KSMUTIL_REPOSITORY,
	     "softHSM"},
	    {"backup commit --repository softHSM",
	     "backup",
	     "commit",
	     KSMUTIL_REPOSITORY,
	     "softHSM"},
	    {"backup done", "backup", "done", KSMUTIL_FORCE, NULL},
	    {"update conf", "update", "conf", KSMUTIL_ALL, NULL},
	    {"key export --zone a.example --keystate READY",
	     "key",
	     "export",
	     KSMUTIL_KEYSTATE,
	     "READY"},
	    {"key export --zone a.example --ds --keystate READY", "key", "export", KSMUTIL_DS, ""},
	    {"key rollover --zone a.example --keytype KSK",
	     "key",
	     "rollover",
	     KSMUTIL_KEYTYPE,
	     "KSK"},
	    {"key rollover --policy default --keytype KSK",
	     "key",
	     "rollover",
	     KSMUTIL_POLICY,
	     "default"},
	    {"key ds-seen --zone a.example --cka_id 04260cd6",
	     "key",
	     "ds-seen",
	     KSMUTIL_CKA_ID,
	     "04260cd6"},
	    {"key ds-seen --zone a.example --cka_id 04260cd6 --no-retire",
	     "key",
	     "ds-seen",
	     KSMUTIL_NO_RETIRE,
	     ""},
	    /* three dashes, as the page has it */
	    {"key ksk-retire --zone a.example ---cka_id 87f1385b",
	     "key",
	     "ksk-retire",
	     KSMUTIL_CKA_ID,
	     "87f1385b"},
	    {"key ksk-retire --zone a.example", "key", "ksk-retire", KSMUTIL_ZONE, "a.example"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(CliFixture) fixture = {{NULL}};
		g_auto(Ksmutil) ksmutil = {NULL};

		g_test_message("%s", rows[i].line);
		cli_fixture_init(&fixture, "ods-ksmutil");
		g_assert_true(parse(&fixture, &ksmutil, rows[i].line));
		g_assert_cmpstr(ksmutil.command, ==, rows[i].command);
		g_assert_cmpstr(ksmutil.verb, ==, rows[i].verb);
		g_assert_cmpstr(ksmutil_get(&ksmutil, rows[i].option), ==, rows[i].value);
	}
}

/* options before, between and behind the words, long, short and run together */
static void
test_options(void)
{
	static const gchar *const lines[] = {
	    "-c /a/conf.xml -z a.example. -v key list",
	    "key -z a.example --config /a/conf.xml list -v",
	    "key list --zone=a.example. --verbose --config=/a/conf.xml extra words",
	    "key list -va -za.example -c/a/conf.xml",
	};

	for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_auto(CliFixture) fixture = {{NULL}};
		g_auto(Ksmutil) ksmutil = {NULL};

		cli_fixture_init(&fixture, "ods-ksmutil");
		g_assert_true(parse(&fixture, &ksmutil, lines[i]));
		g_assert_cmpstr(ksmutil.command, ==, "key");
		g_assert_cmpstr(ksmutil.verb, ==, "list");
		/* one dot at the end is no part of the name */
		g_assert_cmpstr(ksmutil_get(&ksmutil, KSMUTIL_ZONE), ==, "a.example");
		g_assert_cmpstr(ksmutil_get(&ksmutil, KSMUTIL_CONFIG), ==, "/a/conf.xml");
		g_assert_true(ksmutil_has(&ksmutil, KSMUTIL_VERBOSE));
	}
}

/* every letter and name that 1.4 knows, as its documentation lists them */
static void
test_letters(void)
{
	static const gchar *letters = "aAb:Cc:de:fFg:hi:j:k:lmMn:o:p:q:r:s:t:vVw:x:y:Y:z:Z:5";
	const gchar *at = letters;

	for (guint i = 0; i < KSMUTIL_N_OPTIONS; i++) {
		g_assert_cmpint(ksmutil_options[i].letter, ==, *at);
		at++;
		g_assert_cmpint(ksmutil_options[i].value != NULL, ==, *at == ':');
		if (*at == ':')
			at++;
	}
	g_assert_cmpint(*at, ==, '\0');
}

/* what is missing or wrong is said before anybody looks for a daemon */
static void
test_misuse(void)
{
	static const struct {
		const gchar *words;
		gint status;
		const gchar *out; /* as 1.4 says it, on standard output */
	} rows[] = {
	    {"frob", 255, "Unknown command: frob\n"},
	    {"help", 255, "Unknown command: help\n"},
	    {"key frob", 255, "Unknown command: key FROB\n"},
	    {"li", 255, "Unknown command: li\n"},
	    {"update frob", 0, "Unrecognised command update frob. Please specify one of:\n"},
	    {"zone add", 1, "Please specify a zone with the --zone option\n"},
	    {"zone add -z a -j Pigeon",
	     1,
	     "Error: Unrecognised in-type Pigeon; should be one of DNS or File\n"},
	    {"zone delete", 1, "please specify either --zone <zone> or --all\n"},
	    {"zone delete -a -z a", 1, "can not use --all with --zone\n"},
	    {"policy export", 1, "please specify either --policy <policy> or --all\n"},
	    {"key list -a -e READY",
	     255,
	     "Error: --keystate and --all option cannot be given together\nError: failed to list "
	     "keys\n"},
	    {"key list -e SLEEPY",
	     255,
	     "Error: Unrecognised state SLEEPY; should be one of GENERATE, PUBLISH, READY, ACTIVE, "
	     "RETIRE, DEAD, DSSUB, DSPUBLISH, DSREADY or KEYPUBLISH\n"},
	    {"key list -t XSK",
	     255,
	     "Error: Unrecognised keytype XSK; should be one of KSK or ZSK\n"},
	    {"key rollover -z a",
	     255,
	     "Please specify either a keytype, KSK or ZSK, with the --keytype <type> option or use "
	     "the "
	     "--all option\n"},
	    {"key rollover -t KSK", 255, "Please provide either a zone OR a policy to rollover\n"},
	    {"key rollover -t KSK -z a -p b",
	     255,
	     "Please provide either a zone OR a policy to rollover\n"},
	    {"key ds-seen -z a",
	     255,
	     "Please provide a keytag or a CKA_ID for the key (CKA_ID will be used if both are "
	     "provided\n"},
	    {"key ds-seen -k 00", 255, "Please specify a zone using the --zone flag\n"},
	    {"key ds-seen -z a -x twelve", 1, "Error: keytag \"twelve\"; should be numeric only\n"},
	    {"key ksk-retire", 255, "Please provide a zone or details of the key to roll\n"},
	    {"key purge", 255, "Please provide either a zone OR a policy to key purge\n"},
	    {"key delete", 255, "Please provide a CKA_ID for the key to delete\n"},
	    {"key generate", 1, "Please provide a policy name with the --policy option\n"},
	    {"key generate -p a", 1, "Please provide an interval with the --interval option\n"},
	    {"key import", 1, "Error: please specify a CKA_ID with the --cka_id <CKA_ID>\n"},
	    {"key import -k 0 -r r -z a -b 1 -g ROT13 -e READY -t KSK -w 20261124",
	     1,
	     "Error: Key algorithm ROT13 not supported; try one of RSASHA256 or ECDSAP256SHA256\n"},
	    {"key import -k 0 -r r -z a -b x -g 8 -e READY -t KSK -w 20261124",
	     1,
	     "Error: Bits \"x\"; should be numeric only\n"},
	    {"key import -k 0 -r r -z a -b 1 -g 8 -e DEAD -t KSK -w 20261124",
	     1,
	     "Error: Unrecognised state DEAD; should be one of GENERATE, PUBLISH, READY, ACTIVE or "
	     "RETIRE\n"},
	    {"key import -k 0 -r r -z a -b 1 -g 8 -e READY -t KSK -w soon",
	     1,
	     "Error: unable to convert \"soon\" into a date\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(CliFixture) fixture = {{NULL}};

		g_test_message("%s", rows[i].words);
		cli_fixture_init(&fixture, "ods-ksmutil");
		g_assert_cmpint(cli_fixture_run(&fixture, rows[i].words), ==, rows[i].status);
		g_assert_cmpstr(fixture.out, ==, rows[i].out);
	}
}

static void
test_usage(void)
{
	g_auto(CliFixture) none = {{NULL}};
	g_auto(CliFixture) help = {{NULL}};
	g_auto(CliFixture) version = {{NULL}};
	g_auto(CliFixture) group = {{NULL}};

	cli_fixture_init(&none, "ods-ksmutil");
	g_assert_cmpint(cli_fixture_run(&none, ""), ==, 1);
	g_assert_cmpstr(none.out, ==, "");
	assert_has(none.err, "  key ds-seen --zone <zone>");
	cli_fixture_init(&help, "ods-ksmutil");
	g_assert_cmpint(cli_fixture_run(&help, "-h"), ==, 0);
	assert_has(help.err, "key states: GENERATE|PUBLISH|READY|ACTIVE|RETIRE|DEAD\n");
	cli_fixture_init(&version, "ods-ksmutil");
	g_assert_cmpint(cli_fixture_run(&version, "--version"), ==, 0);
	g_assert_true(g_str_has_prefix(version.out, "opendnssec version "));
	/* of the command that was meant only */
	cli_fixture_init(&group, "ods-ksmutil");
	g_assert_cmpint(cli_fixture_run(&group, "BACKUPS frob"), ==, 255);
	assert_has(group.err, "backup prepare");
	g_assert_null(strstr(group.err, "zone add"));
}

/* a keyword may go on, in any case, but nothing may be missing of it */
static void
test_keywords(void)
{
	static const struct {
		const gchar *words;
		gboolean known;
	} rows[] = {
	    {"KEYS LISTING", TRUE},
	    {"key lis", FALSE},
	    {"ke list", FALSE},
	    {"backups list", TRUE},
	    {"zonelist export", TRUE},
	    {"zones list", FALSE},
	    {"ZONE LIST", TRUE},
	    {"update conf.xml", TRUE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(CliFixture) fixture = {{NULL}};
		gint status;

		g_test_message("%s", rows[i].words);
		cli_fixture_init(&fixture, "ods-ksmutil");
		status = cli_fixture_run(&fixture, rows[i].words);
		/* known ones come as far as the configuration that is not there */
		g_assert_cmpint(status, ==, rows[i].known ? 1 : 255);
		g_assert_true((strstr(fixture.out, "Unknown command") == NULL) == rows[i].known);
	}
}

static void
test_no_daemon(void)
{
	g_auto(CliFixture) fixture = {{NULL}};

	cli_fixture_init(&fixture, "ods-ksmutil");
	fixture.cli.socket = g_strdup("/nonexistent/kasper.sock");
	g_assert_cmpint(cli_fixture_run(&fixture, "key list"), ==, 1);
	g_assert_cmpstr(fixture.out, ==, "");
	g_assert_true(g_str_has_prefix(fixture.err, "ods-ksmutil: "));
	assert_has(fixture.err, "/nonexistent/kasper.sock");
}

/* the end of the input is a no, and a no is no failure */
static void
test_question(void)
{
	g_auto(CliFixture) fixture = {{NULL}};

	cli_fixture_init(&fixture, "ods-ksmutil");
	g_assert_cmpint(cli_fixture_run(&fixture, "backup done"), ==, 0);
	g_assert_cmpstr(
	    fixture.out,
	    ==,
	    "*WARNING* One-step backups are deprecated in favour of a two-step process; "
	    "see the documentation on key management for the explanation.\n"
	    "Do you wish to continue? [y/N] Okay, quitting...\n");
}

static void
test_times(void)
{
	static const struct {
		const gchar *text;
		gint64 time; /* -1: it is none */
	} rows[] = {
	    {"20261124", 1795478400},
	    {"2026112408", 1795507200},
	    {"202611240830", 1795509000},
	    {"20261124083015", 1795509015},
	    {"2026-11-24", 1795478400},
	    {"2026-11-24 08:30", 1795509000},
	    {"2026-11-24:08:30:15", 1795509015},
	    {"24-11-2026:08", 1795507200},
	    {"24-Nov-2026 08:30", 1795509000},
	    {"2026-NOV-24", 1795478400},
	    {"1-1-2026", 1767225600},
	    {"", -1},
	    {"2026", -1},
	    {"202611241", -1},
	    {"20261324", -1},
	    {"20261131", -1},
	    {"2026-11", -1},
	    {"2026-11-24-05", -1},
	    {"24-Foo-2026", -1},
	    {"2026-11-24 08:30:15:00", -1},
	    {"2026-11-24 25:00", -1},
	    {"2026-11-24 8:60", -1},
	    {"tomorrow", -1},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 time = -1;

		g_test_message("%s", rows[i].text);
		g_assert_cmpint(ksmutil_time_parse(rows[i].text, &time), ==, rows[i].time >= 0);
		g_assert_cmpint(time, ==, rows[i].time);
	}
}

static void
test_states(void)
{
	g_assert_cmpstr(ksmutil_parse_keystate("READY"), ==, "ready");
	g_assert_cmpstr(ksmutil_parse_keystate("ReadyToGo"), ==, "ready");
	g_assert_cmpstr(ksmutil_parse_keystate("3"), ==, "ready");
	g_assert_cmpstr(ksmutil_parse_keystate("10"), ==, "keypublish");
	g_assert_null(ksmutil_parse_keystate("rea"));
	g_assert_null(ksmutil_parse_keystate("0"));
	g_assert_null(ksmutil_parse_keystate("11"));
	g_assert_cmpstr(ksmutil_parse_keytype("ksk"), ==, "KSK");
	g_assert_cmpstr(ksmutil_parse_keytype("256"), ==, "ZSK");
	g_assert_null(ksmutil_parse_keytype("CSK"));
}

int
main(int argc, char **argv)
{
	/* 1.4's times are local ones */
	g_setenv("TZ", "UTC", TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/ksmutil/page", test_page);
	g_test_add_func("/cli/ksmutil/options", test_options);
	g_test_add_func("/cli/ksmutil/letters", test_letters);
	g_test_add_func("/cli/ksmutil/misuse", test_misuse);
	g_test_add_func("/cli/ksmutil/usage", test_usage);
	g_test_add_func("/cli/ksmutil/keywords", test_keywords);
	g_test_add_func("/cli/ksmutil/no-daemon", test_no_daemon);
	g_test_add_func("/cli/ksmutil/question", test_question);
	g_test_add_func("/cli/ksmutil/times", test_times);
	g_test_add_func("/cli/ksmutil/states", test_states);
	return g_test_run();
}
