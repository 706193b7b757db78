/* SPDX-License-Identifier: BSD-2-Clause */
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cli-fixture.h"

#define assert_has(text, part) g_assert_nonnull(strstr(text, part))

static void
test_usage(void)
{
	static const struct {
		const gchar *words;
		const gchar *says;
	} rows[] = {
	    {"", "what should be done?"},
	    {"frobnicate", "frobnicate: there is no such command"},
	    {"key", "key: what about it?"},
	    {"key frobnicate", "key frobnicate: there is no such command"},
	    {"key lits", "did you mean “key list”?"},
	    {"zoen list", "did you mean “zone”?"},
	    {"--frobnicate", "--frobnicate"},
	    {"key list --frobnicate", "“kasper key list --help” says what can be said"},
	    {"--format poem key list", "--format poem"},
	    {"key list --format poem", "--format poem"},
	    {"key export --keystate SLEEPY", "--keystate SLEEPY"},
	    {"key rollover --zone example.org --keytype XSK", "--keytype XSK"},
	    {"key ds-seen", "--zone ZONE is missing"},
	    {"backup prepare here there", "one word too many"},
	    {"help frobnicate", "frobnicate: there is no such command"},
	    {"help key lits", "did you mean “key list”?"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(CliFixture) fixture = {{NULL}};

		g_test_message("kasper %s", rows[i].words);
		cli_fixture_init(&fixture, "kasper");
		g_assert_cmpint(cli_fixture_run(&fixture, rows[i].words), ==, CLI_USAGE);
		g_assert_cmpstr(fixture.out, ==, "");
		g_assert_true(g_str_has_prefix(fixture.err, "kasper: "));
		assert_has(fixture.err, rows[i].says);
	}
}

static void
test_help(void)
{
	static const struct {
		const gchar *words;
		const gchar *says;
	} rows[] = {
	    {"--help", "GROUP VERB"},
	    {"-h", "GROUP VERB"},
	    {"key --help", "ksk-retire"},
	    {"key -h", "ksk-retire"},
	    {"key rollover --help", "--keytype TYPE"},
	    {"status --help", "Usage: kasper status"},
	    {"--version", "kasper " KASPER_VERSION},
	    {"--format json zone list -h", "--verbose"},
	    {"help", "GROUP VERB"},
	    {"help key", "ksk-retire"},
	    {"help key rollover", "--keytype TYPE"},
	    {"help status", "Usage: kasper status"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(CliFixture) fixture = {{NULL}};

		cli_fixture_init(&fixture, "kasper");
		g_assert_cmpint(cli_fixture_run(&fixture, rows[i].words), ==, CLI_DONE);
		g_assert_cmpstr(fixture.err, ==, "");
		assert_has(fixture.out, rows[i].says);
	}
}

static void
test_no_configuration(void)
{
	g_auto(CliFixture) fixture = {{NULL}};

	cli_fixture_init(&fixture, "kasper");
	g_assert_cmpint(cli_fixture_run(&fixture, "status"), ==, CLI_FAILED);
	g_assert_cmpstr(fixture.out, ==, "");
	assert_has(fixture.err, "/nonexistent/conf.xml");
}

static void
test_no_socket(void)
{
	g_auto(CliFixture) fixture = {{NULL}};

	cli_fixture_init(&fixture, "kasper");
	g_assert_cmpint(cli_fixture_run(&fixture, "--socket /nonexistent/kasper.sock status"),
			==,
			CLI_NO_DAEMON);
	g_assert_cmpstr(fixture.out, ==, "");
	assert_has(fixture.err, "/nonexistent/kasper.sock");
	assert_has(fixture.err, "systemctl start kasperd");
	assert_has(fixture.err, "kasperd --config /nonexistent/conf.xml");
}

/* a daemon that was killed leaves its socket behind */
static void
test_nobody_listens(void)
{
	g_auto(CliFixture) fixture = {{NULL}};
	g_autoptr(GError) error = NULL;
	g_autofree gchar *folder = g_dir_make_tmp("kasper-cli-XXXXXX", &error);
	g_autofree gchar *path = g_build_filename(folder, "s", NULL);
	g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
	g_autoptr(GSocket) dead = NULL;
	g_autofree gchar *words = g_strdup_printf("-s %s zone list", path);

	g_assert_no_error(error);
	dead = g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, &error);
	g_assert_no_error(error);
	g_assert_true(g_socket_bind(dead, address, FALSE, &error));
	g_assert_true(g_socket_close(dead, &error));
	cli_fixture_init(&fixture, "kasper");
	g_assert_cmpint(cli_fixture_run(&fixture, words), ==, CLI_NO_DAEMON);
	assert_has(fixture.err, path);
	g_unlink(path);
	g_rmdir(folder);
}

static void
test_version(void)
{
	g_auto(CliFixture) fixture = {{NULL}};

	cli_fixture_init(&fixture, "kasper");
	g_assert_cmpint(cli_fixture_run(&fixture, "version"), ==, CLI_DONE);
	g_assert_cmpint(cli_fixture_run(&fixture, "version --format json"), ==, CLI_DONE);
	g_assert_cmpstr(fixture.out,
			==,
			"kasper " KASPER_VERSION "\n{\"kasper\":\"" KASPER_VERSION
			"\",\"kasperd\":null}\n");
}

/* --- the files, without a daemon --- */

typedef struct {
	gchar *folder;
	CliFixture fixture;
} Files;

#define KASP(repository_)                                                                          \
	"<KASP>\n<Policy name=\"default\">\n<Description>a &lt; b</Description>\n"                 \
	"<Signatures><Resign>PT2H</Resign><Refresh>P3D</Refresh><Validity><Default>P14D</Default>" \
	"<Denial>P14D</Denial></Validity><Jitter>PT12H</Jitter><InceptionOffset>PT1H"              \
	"</InceptionOffset><MaxZoneTTL>P1D</MaxZoneTTL></Signatures>\n<Denial><NSEC/></Denial>\n"  \
	"<Keys><TTL>PT1H</TTL><RetireSafety>PT1H</RetireSafety><PublishSafety>PT1H</"              \
	"PublishSafety>\n"                                                                         \
	"<KSK><Algorithm length=\"256\">13</Algorithm><Lifetime>P1Y</Lifetime>\n"                  \
	"<Repository>" repository_ "</Repository></KSK>\n"                                         \
	"<ZSK><Algorithm length=\"256\">13</Algorithm><Lifetime>P90D</Lifetime>\n"                 \
	"<Repository>" repository_ "</Repository></ZSK></Keys>\n"                                  \
	"<Zone><PropagationDelay>PT1H</PropagationDelay><SOA><TTL>PT1H</TTL><Minimum>PT1H</"       \
	"Minimum>"                                                                                 \
	"<Serial>unixtime</Serial></SOA></Zone>\n<Parent><PropagationDelay>PT1H</"                 \
	"PropagationDelay>"                                                                        \
	"<DS><TTL>PT1H</TTL></DS><SOA><TTL>PT1H</TTL><Minimum>PT1H</Minimum></SOA></Parent>\n"     \
	"</Policy></KASP>\n"

static void
write_file(Files *self, const gchar *name, const gchar *contents)
{
	g_autofree gchar *path = g_build_filename(self->folder, name, NULL);
	g_autoptr(GError) error = NULL;

	g_file_set_contents_full(path, contents, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
	g_assert_no_error(error);
}

static void
files_init(Files *self, const gchar *kasp)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *conf = NULL;

	self->folder = g_dir_make_tmp("kasper-cli-XXXXXX", &error);
	g_assert_no_error(error);
	conf = g_strdup_printf(
	    "<Configuration><RepositoryList><Repository name=\"main\"><Module>keys-memory</Module>"
	    "<TokenLabel>memory</TokenLabel><p:Plugin xmlns:p=\"urn:kasper:plugin:1\" "
	    "module=\"keys-memory\"/></Repository></RepositoryList>\n<Common><Logging><Verbosity>3"
	    "</Verbosity></Logging><PolicyFile>%s/kasp.xml</PolicyFile>"
	    "<ZoneListFile>%s/zonelist.xml</ZoneListFile></Common>\n<Enforcer><SocketFile>%s/s"
	    "</SocketFile><WorkingDirectory>%s</WorkingDirectory><Datastore><SQLite>%s/kasper.db"
	    "</SQLite></Datastore></Enforcer></Configuration>\n",
	    self->folder,
	    self->folder,
	    self->folder,
	    self->folder,
	    self->folder);
	write_file(self, "conf.xml", conf);
	write_file(self, "kasp.xml", kasp);
	write_file(self, "zonelist.xml", "<ZoneList/>\n");
	cli_fixture_init(&self->fixture, "kasper");
	g_free(self->fixture.cli.config);
	self->fixture.cli.config = g_build_filename(self->folder, "conf.xml", NULL);
}

static void
files_clear(Files *self)
{
	static const gchar *const names[] = {"conf.xml", "kasp.xml", "zonelist.xml", "kasper.db"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree gchar *path = g_build_filename(self->folder, names[i], NULL);

		g_unlink(path);
	}
	g_assert_cmpint(g_rmdir(self->folder), ==, 0);
	g_free(self->folder);
	cli_fixture_clear(&self->fixture);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

static void
test_check_good(void)
{
	g_auto(Files) files = {NULL};

	files_init(&files, KASP("main"));
	g_assert_cmpint(cli_fixture_run(&files.fixture, "policy check"), ==, CLI_DONE);
	g_assert_cmpstr(files.fixture.err, ==, "");
	assert_has(files.fixture.out, "are in order\n");
}

static void
test_check_bad(void)
{
	g_auto(Files) files = {NULL};
	g_autofree gchar *place = NULL;

	files_init(&files, KASP("absent"));
	place = g_strdup_printf("%s/kasp.xml:8: error: ", files.folder);
	g_assert_cmpint(cli_fixture_run(&files.fixture, "policy check"), ==, CLI_FAILED);
	assert_has(files.fixture.out, place);
	assert_has(files.fixture.out, "absent");
	g_assert_true(g_str_has_prefix(files.fixture.err, "kasper: "));
}

static void
test_check_json(void)
{
	g_auto(Files) files = {NULL};

	files_init(&files, KASP("absent"));
	g_assert_cmpint(cli_fixture_run(&files.fixture, "policy check --format json"),
			==,
			CLI_FAILED);
	g_assert_true(g_str_has_prefix(files.fixture.out, "[\n {\"file\":\""));
	g_assert_true(g_str_has_suffix(files.fixture.out, "}\n]\n"));
	assert_has(files.fixture.out, "\"line\":8,\"level\":\"error\",\"text\":\"");
}

static void
test_export(void)
{
	g_auto(Files) files = {NULL};
	g_autofree gchar *again = NULL;

	files_init(&files, KASP("main"));
	g_assert_cmpint(cli_fixture_run(&files.fixture, "policy export --all"), ==, CLI_DONE);
	assert_has(files.fixture.out, "<Policy name=\"default\">");
	/* what is exported can be imported */
	again = g_strdup(files.fixture.out);
	write_file(&files, "kasp.xml", again);
	g_assert_cmpint(cli_fixture_run(&files.fixture, "policy check"), ==, CLI_DONE);
	g_assert_cmpint(cli_fixture_run(&files.fixture, "policy export default"), ==, CLI_DONE);
	g_assert_cmpint(cli_fixture_run(&files.fixture, "policy export absent"), ==, CLI_FAILED);
	assert_has(files.fixture.err, "absent");
}

static void
test_setup(void)
{
	g_auto(Files) files = {NULL};

	files_init(&files, KASP("main"));
	g_assert_cmpint(cli_fixture_run(&files.fixture, "setup"), ==, CLI_DONE);
	assert_has(files.fixture.out, "repositories 1, policies 1, zones 0");
	assert_has(files.fixture.out, "Start kasperd");
	/* whatever lies there may be the only record of keys in use */
	write_file(&files, "kasper.db", "");
	g_assert_cmpint(cli_fixture_run(&files.fixture, "setup"), ==, CLI_FAILED);
	assert_has(files.fixture.err, "kasper.db");
}

/* who has broken the policies still talks to the daemon that runs with the old ones */
static void
test_socket_of_broken_files(void)
{
	g_auto(Files) files = {NULL};
	g_autofree gchar *socket = NULL;

	files_init(&files, "<KASP><Polic");
	socket = g_build_filename(files.folder, "s", NULL);
	g_assert_cmpint(cli_fixture_run(&files.fixture, "status"), ==, CLI_NO_DAEMON);
	assert_has(files.fixture.err, socket);
}

/* with standard input not a terminal, no is the answer, and it is said how to say yes */
static void
test_confirm(void)
{
	g_auto(CliFixture) fixture = {{NULL}};

	cli_fixture_init(&fixture, "kasper");
	g_assert_false(cli_confirm(&fixture.cli, "All is lost"));
	cli_fixture_flush(&fixture);
	assert_has(fixture.err, "All is lost: say --yes to do it");
	fixture.cli.yes = TRUE;
	g_assert_true(cli_confirm(&fixture.cli, "All is lost"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/run/usage", test_usage);
	g_test_add_func("/cli/run/help", test_help);
	g_test_add_func("/cli/run/no-configuration", test_no_configuration);
	g_test_add_func("/cli/run/no-socket", test_no_socket);
	g_test_add_func("/cli/run/nobody-listens", test_nobody_listens);
	g_test_add_func("/cli/run/version", test_version);
	g_test_add_func("/cli/run/check/good", test_check_good);
	g_test_add_func("/cli/run/check/bad", test_check_bad);
	g_test_add_func("/cli/run/check/json", test_check_json);
	g_test_add_func("/cli/run/export", test_export);
	g_test_add_func("/cli/run/setup", test_setup);
	g_test_add_func("/cli/run/socket-of-broken-files", test_socket_of_broken_files);
	g_test_add_func("/cli/run/confirm", test_confirm);
	return g_test_run();
}
