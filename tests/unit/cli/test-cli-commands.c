/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli-fixture.h"
#include "cli-peer.h"

#define assert_has(text, part) g_assert_nonnull(strstr(text, part))

#define ID "04260cd6eac67280cd2dea94c6e38cb7"

/* one run of the program against a peer with one answer */
typedef struct {
	const gchar *words;
	const gchar *call;  /* what arrives at the peer */
	const gchar *reply; /* what it answers */
	const gchar *out;   /* what is printed for people */
	const gchar *json;  /* and for programs */
} Case;

static void
run_case(const Case *c, CliFormat format)
{
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) fixture = {{NULL}};
	g_autofree gchar *method = g_strndup(c->call, strcspn(c->call, " "));
	g_autofree gchar *wanted = g_strconcat(c->call, "\n", NULL);
	g_autofree gchar *calls = NULL;

	g_test_message("kasper %s", c->words);
	cli_peer_answer(peer, method, c->reply);
	cli_fixture_init(&fixture, "kasper");
	fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
	fixture.cli.format = format;
	g_assert_cmpint(cli_fixture_run(&fixture, c->words), ==, CLI_DONE);
	g_assert_cmpstr(fixture.err, ==, "");
	g_assert_cmpstr(fixture.out, ==, format == CLI_FORMAT_JSON ? c->json : c->out);
	calls = cli_peer_take_calls(peer);
	g_assert_cmpstr(calls, ==, wanted);
}

static void
run_cases(const Case *cases, guint n_cases)
{
	for (guint i = 0; i < n_cases; i++) {
		run_case(&cases[i], CLI_FORMAT_TABLE);
		run_case(&cases[i], CLI_FORMAT_JSON);
	}
}

static void
test_verbs(void)
{
	static const Case cases[] = {
	    {"key rollover --zone example.org --keytype KSK",
	     "KeyRollover ('example.org', '', 1)",
	     "(int64 1,)",
	     "Rollover (KSK) started in 1 zone\n",
	     "{\"zones\":1}\n"},
	    {"key rollover example.org -t zsk",
	     "KeyRollover ('example.org', '', 2)",
	     "(int64 1,)",
	     "Rollover (ZSK) started in 1 zone\n",
	     "{\"zones\":1}\n"},
	    {"key rollover -p default -t CSK --yes",
	     "KeyRollover ('', 'default', 3)",
	     "(int64 12,)",
	     "Rollover (CSK) started in 12 zones\n",
	     "{\"zones\":12}\n"},
	    {"key rollover -z example.org --all",
	     "KeyRollover ('example.org', '', 3)",
	     "(int64 1,)",
	     "Rollover (all) started in 1 zone\n",
	     "{\"zones\":1}\n"},
	    {"key ds-submit -z example.org -x 12345",
	     "KeyDsSubmit ('example.org', '', 12345)",
	     "({'cka_id': <'" ID "'>, 'text': <'it was handed over'>},)",
	     "it was handed over\n",
	     "{\"cka_id\":\"" ID "\",\"text\":\"it was handed over\"}\n"},
	    {"key ds-seen --zone example.org --cka_id " ID,
	     "KeyDsSeen ('example.org', '" ID "', -1, false)",
	     "({'text': <'Key made active'>},)",
	     "Key made active\n",
	     "{\"text\":\"Key made active\"}\n"},
	    {"key ds-seen --zone example.org --cka_id " ID " --no-retire",
	     "KeyDsSeen ('example.org', '" ID "', -1, true)",
	     "({'text': <'Key made active'>},)",
	     "Key made active\n",
	     "{\"text\":\"Key made active\"}\n"},
	    {"key ds-gone -z example.org -k " ID,
	     "KeyDsGone ('example.org', '" ID "', -1)",
	     "({'text': <'gone'>},)",
	     "gone\n",
	     "{\"text\":\"gone\"}\n"},
	    {"key ksk-retire -z example.org --yes",
	     "KeyKskRetire ('example.org', '', -1)",
	     "({'text': <'retired'>},)",
	     "retired\n",
	     "{\"text\":\"retired\"}\n"},
	    {"key ksk-retire --zone example.org ---cka_id " ID " --yes",
	     "KeyKskRetire ('example.org', '" ID "', -1)",
	     "({'text': <'retired'>},)",
	     "retired\n",
	     "{\"text\":\"retired\"}\n"},
	    {"key purge -z example.org -y",
	     "KeyPurge ('example.org', '')",
	     "(int64 2,)",
	     "2 keys purged\n",
	     "{\"keys\":2}\n"},
	    {"key generate -p default --interval P1D --dry-run",
	     "KeyGenerate ('default', 86400, true)",
	     "({'planned': <uint32 0>, 'rows': <@aa{sv} []>},)",
	     "0 keys would be made\n",
	     "{\"planned\":0,\"rows\":[]}\n"},
	    {"key import -z example.org -k 00ff -r main -g ECDSAP256SHA256 -t ksk -e READY -w @5",
	     "KeyImport ('example.org', {'cka_id': <'00ff'>, 'repository': <'main'>, 'algorithm': "
	     "<uint32 13>, 'bits': <uint32 256>, 'keytype': <'KSK'>, 'keystate': <'ready'>, "
	     "'time': "
	     "<int64 5>})",
	     "",
	     "Key 00ff imported into zone example.org\n",
	     "{\"zone\":\"example.org\",\"cka_id\":\"00ff\"}\n"},
	    {"backup prepare",
	     "Backup ('prepare', '')",
	     "(int64 3,)",
	     "3 keys prepared: make the backup, then commit\n",
	     "{\"keys\":3}\n"},
	    {"backup commit --repository main",
	     "Backup ('commit', 'main')",
	     "(int64 1,)",
	     "1 key of repository main marked as backed up\n",
	     "{\"keys\":1}\n"},
	    {"backup rollback",
	     "Backup ('rollback', '')",
	     "(int64 0,)",
	     "0 keys no longer prepared\n",
	     "{\"keys\":0}\n"},
	    {"zone delete example.net --yes",
	     "ZoneDelete ('example.net',)",
	     "",
	     "Zone example.net deleted\n",
	     "{\"zone\":\"example.net\"}\n"},
	    {"zone adopt example.net --unsigned --yes",
	     "ZoneAdoptUnsigned ('example.net',)",
	     "",
	     "Zone example.net counts as unsigned, and is signed with new keys\n",
	     "{\"zone\":\"example.net\"}\n"},
	    {"zone set-policy example.net -p other",
	     "ZoneSetPolicy ('example.net', 'other')",
	     "",
	     "Zone example.net is on policy other\n",
	     "{\"zone\":\"example.net\",\"policy\":\"other\"}\n"},
	    {"time leap",
	     "Leap (-9223372036854775808,)",
	     "(int64 1800000000,)",
	     "It is now 2027-01-15 08:00:00\n",
	     "{\"now\":1800000000}\n"},
	    {"time leap --to 2027-01-15T08:00:00Z",
	     "Leap (1800000000,)",
	     "(int64 1800000000,)",
	     "It is now 2027-01-15 08:00:00\n",
	     "{\"now\":1800000000}\n"},
	};

	run_cases(cases, G_N_ELEMENTS(cases));
}

static void
test_zone_add(void)
{
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) fixture = {{NULL}};
	g_autofree gchar *calls = NULL;
	g_autofree gchar *here = g_get_current_dir();
	g_autofree gchar *wanted =
	    g_strdup_printf("ZoneAdd ('a.example', 'default', {'signconf': '%s/s.xml', 'input': "
			    "'/nonexistent/a', 'input_type': 'DNS', 'output': '/a/b'})\n",
			    here);

	cli_peer_answer(peer, "ZoneAdd", "");
	cli_fixture_init(&fixture, "kasper");
	fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
	g_assert_cmpint(
	    cli_fixture_run(
		&fixture,
		"zone add a.example --signerconf s.xml -i /nonexistent/a -j dns -o /a/./b"),
	    ==,
	    CLI_DONE);
	calls = cli_peer_take_calls(peer);
	/* the daemon works in another folder */
	g_assert_cmpstr(calls, ==, wanted);
	assert_has(fixture.err, "the input file /nonexistent/a does not exist yet");
}

static void
test_lists(void)
{
	static const Case cases[] = {
	    {"policy list",
	     "ListPolicies ()",
	     "([{'name': <'default'>, 'zones': <uint32 7>, 'description': <'a policy'>}],)",
	     "Policy   Zones  Description\ndefault  7      a policy\n",
	     "[\n {\"name\":\"default\",\"zones\":7,\"description\":\"a policy\"}\n]\n"},
	    {"plugin list",
	     "ListPlugins ()",
	     "(@aa{sv} [],)",
	     "Plugin  Kind  Type  Version  State  Error\n",
	     "[]\n"},
	    {"queue --limit 5",
	     "ListQueue (5,)",
	     "([{'due': <int64 0>, 'kind': <'order'>, 'zone': <'b.example'>, 'state': <'failing'>, "
	     "'tries': <uint32 3>, 'id': <'order-1-1'>, 'error': <'no space'>}],)",
	     "Due                  Kind        Zone                  State     Tries  Id         "
	     "Error\n"
	     "1970-01-01 00:00:00  order       b.example             failing   3      order-1-1  "
	     "no "
	     "space\n",
	     "[\n "
	     "{\"due\":0,\"kind\":\"order\",\"zone\":\"b.example\",\"state\":\"failing\",\"tries\":"
	     "3,"
	     "\"id\":\"order-1-1\",\"error\":\"no space\"}\n]\n"},
	    {"explain example.org --cka_id " ID,
	     "Explain ('example.org', '" ID "')",
	     "([{'wait': <'ttl'>, 'until': <int64 5>, 'text': <'KSK 1 waits'>}],)",
	     "KSK 1 waits.\n",
	     "[\n {\"wait\":\"ttl\",\"until\":5,\"text\":\"KSK 1 waits\"}\n]\n"},
	    {"explain example.org",
	     "Explain ('example.org', '')",
	     "(@aa{sv} [],)",
	     "Zone example.org has no keys, and waits for none\n",
	     "[]\n"},
	    {"repository test main",
	     "TestRepository ('main',)",
	     "({'name': <'main'>, 'keys_in_token': <uint32 1>, 'keys_in_store': <uint32 2>, "
	     "'missing': "
	     "<['" ID "']>, 'unknown': <@as []>},)",
	     "Repository:           main\n"
	     "Keys in the token:    1\n"
	     "Keys in the database: 2\n"
	     "Not in the token:     " ID "\n"
	     "Not in the database:  -\n",
	     "{\"name\":\"main\",\"keys_in_token\":1,\"keys_in_store\":2,\"missing\":[\"" ID
	     "\"],\"unknown\":[]}\n"},
	};

	run_cases(cases, G_N_ELEMENTS(cases));
}

/* page after page, each begun behind the last zone of the one before */
static void
test_zone_list(void)
{
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) fixture = {{NULL}};
	g_autofree gchar *calls = NULL;

	cli_peer_answer(peer, "ListZones", "([{'zone': <'a.example'>}, {'zone': <'b.example'>}],)");
	cli_peer_answer(peer, "ListZones", "([{'zone': <'c.example'>}],)");
	cli_peer_answer(peer, "ListZones", "(@aa{sv} [],)");
	cli_fixture_init(&fixture, "kasper");
	fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
	g_assert_cmpint(cli_fixture_run(&fixture, "zone list --format json"), ==, CLI_DONE);
	g_assert_cmpstr(fixture.out,
			==,
			"[\n {\"zone\":\"a.example\"},\n {\"zone\":\"b.example\"},\n "
			"{\"zone\":\"c.example\"}\n]\n");
	calls = cli_peer_take_calls(peer);
	g_assert_cmpstr(
	    calls,
	    ==,
	    "ListZones ('', 1000)\nListZones ('b.example', 1000)\nListZones ('c.example', "
	    "1000)\n");
}

static void
test_key_list(void)
{
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) fixture = {{NULL}};
	g_autofree gchar *calls = NULL;

	cli_peer_add_key(peer, "example.org", "KSK", "ready", 12345, ID, "ds-seen");
	cli_fixture_init(&fixture, "kasper");
	fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
	g_assert_cmpint(cli_fixture_run(&fixture, "key list -z example.org -e READY -t ksk"),
			==,
			CLI_DONE);
	g_assert_cmpstr(
	    fixture.out,
	    ==,
	    "Zone                      Type  State     Tag    Next change          To       "
	    "Waiting for\n"
	    "example.org               KSK   ready     12345  2027-01-15 08:00:00  -        "
	    "ds-seen\n");
	g_assert_cmpint(cli_fixture_run(&fixture, "key list -e dead --format json"), ==, CLI_DONE);
	assert_has(fixture.out, "[\n {\"zone\":\"example.org\",\"keytype\":\"KSK\",");
	calls = cli_peer_take_calls(peer);
	g_assert_cmpstr(calls,
			==,
			"StreamKeys ({'zone': <'example.org'>, 'keytype': <'KSK'>, 'keystate': "
			"<'ready'>},)\n"
			"StreamKeys ({'keystate': <'dead'>, 'all': <true>},)\n");
}

static void
test_key_show(void)
{
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) fixture = {{NULL}};
	g_autofree gchar *calls = NULL;

	cli_peer_add_key(peer, "a.example", "KSK", "ready", 1, "00ff", "");
	cli_peer_add_key(peer, "a.example", "KSK", "ready", 2, ID, "");
	cli_peer_answer(
	    peer,
	    "ShowKey",
	    "({'zone': <'a.example'>, 'cka_id': <'" ID "'>, 'records': <[{'record': <'ds'>, "
	    "'state': <'hidden'>, 'since': <int64 0>}]>, 'ds': <['a.example. DS 1']>},)");
	cli_fixture_init(&fixture, "kasper");
	fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
	/* half of what names a key is enough where it names one */
	g_assert_cmpint(cli_fixture_run(&fixture, "key show -z a.example -x 2"), ==, CLI_DONE);
	assert_has(fixture.out, "\nCKA_ID:      " ID "\n");
	assert_has(fixture.out,
		   "\nRecords\nRecord  State   Since\nds      hidden  1970-01-01 00:00:00\n");
	assert_has(fixture.out, "\nDS\na.example. DS 1\n");
	g_assert_cmpint(cli_fixture_run(&fixture, "key show -z a.example -x 3"), ==, CLI_FAILED);
	g_assert_cmpint(cli_fixture_run(&fixture, "key show -k 00ff"), ==, CLI_FAILED);
	assert_has(fixture.err, "there is no key 3");
	assert_has(fixture.err, "key 00ff: there are several");
	calls = cli_peer_take_calls(peer);
	assert_has(calls, "ShowKey ('a.example', '" ID "')\n");
}

static void
test_key_export(void)
{
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) fixture = {{NULL}};
	g_auto(CliFixture) empty = {{NULL}};
	g_autofree gchar *calls = NULL;

	cli_peer_answer(peer,
			"ExportKeys",
			"([{'zone': <'a.example'>, 'keytype': <'KSK'>, 'state': <'ready'>, "
			"'keytag': <uint32 5>, "
			"'bits': <uint32 256>, 'dnskey': <'a.example.\\t60\\tIN\\tDNSKEY\\t257 3 "
			"13 AA=='>, 'ds': "
			"<['a.example.\\t60\\tIN\\tDS\\t5 13 2 00']>}], int64 0)");
	cli_peer_answer(peer, "ExportKeys", "(@aa{sv} [], int64 0)");
	cli_fixture_init(&fixture, "kasper");
	fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
	g_assert_cmpint(cli_fixture_run(&fixture, "key export a.example --ds -e READY"),
			==,
			CLI_DONE);
	g_assert_cmpstr(fixture.out,
			==,
			";ready KSK DS record (SHA256):\na.example.\t60\tIN\tDS\t5 13 2 00\n");
	cli_fixture_init(&empty, "kasper");
	empty.cli.socket = g_strdup(cli_peer_get_socket(peer));
	g_assert_cmpint(cli_fixture_run(&empty, "key export"), ==, CLI_DONE);
	g_assert_cmpstr(empty.out, ==, "");
	assert_has(empty.err, "there are no keys in ready or active state to export");
	calls = cli_peer_take_calls(peer);
	assert_has(calls, "ExportKeys ('a.example', 'ready', '', 0, ");
	assert_has(calls, "ExportKeys ('', '', '', 0, ");
}

static void
test_update(void)
{
	static const gchar reply[] =
	    "({'messages': <['RequireBackup set.']>, 'starts': <[{'zone': <'a.example'>, 'step': "
	    "<'make a key'>}]>, 'zones_added': <uint32 1>, 'zones_deleted': <uint32 0>},)";
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) fixture = {{NULL}};
	g_autofree gchar *calls = NULL;

	cli_peer_answer(peer, "Update", reply);
	cli_fixture_init(&fixture, "kasper");
	fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
	g_assert_cmpint(cli_fixture_run(&fixture, "update conf"), ==, CLI_DONE);
	assert_has(fixture.out, "RequireBackup set.\n");
	assert_has(fixture.out, "1 zones added, 0 deleted\n");
	g_assert_cmpint(cli_fixture_run(&fixture, "update kasp --dry-run"), ==, CLI_DONE);
	assert_has(fixture.out, "\nWhat it would start\n");
	assert_has(fixture.out, "a.example                 make a key\n");
	g_assert_cmpint(cli_fixture_run(&fixture, "update zonelist"), ==, CLI_DONE);
	g_assert_cmpint(cli_fixture_run(&fixture, "update all"), ==, CLI_DONE);
	g_assert_cmpint(cli_fixture_run(&fixture, "policy import -n"), ==, CLI_DONE);
	calls = cli_peer_take_calls(peer);
	g_assert_cmpstr(
	    calls,
	    ==,
	    "Update (1, false)\nUpdate (2, true)\nUpdate (4, false)\nUpdate (7, false)\n"
	    "Update (2, true)\n");
}

/* through each instant at which something is due, and no further */
static void
test_leap_until(void)
{
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) fixture = {{NULL}};
	g_autofree gchar *calls = NULL;

	cli_peer_answer(peer, "Status", "({'now': <int64 10>, 'next_due': <int64 20>},)");
	cli_peer_answer(peer, "Status", "({'now': <int64 20>, 'next_due': <int64 30>},)");
	cli_peer_answer(peer, "Status", "({'now': <int64 30>, 'next_due': <int64 60>},)");
	cli_peer_answer(peer, "Leap", "(int64 20,)");
	cli_peer_answer(peer, "Leap", "(int64 30,)");
	cli_peer_answer(peer, "Leap", "(int64 50,)");
	cli_fixture_init(&fixture, "kasper");
	fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
	g_assert_cmpint(cli_fixture_run(&fixture, "time leap --until @50 --format json"),
			==,
			CLI_DONE);
	g_assert_cmpstr(fixture.out, ==, "{\"now\":50}\n");
	calls = cli_peer_take_calls(peer);
	g_assert_cmpstr(calls,
			==,
			"Status ()\nLeap (-9223372036854775808,)\nStatus ()\n"
			"Leap (-9223372036854775808,)\nStatus ()\nLeap (50,)\n");
}

static void
test_leap_in_place(void)
{
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) fixture = {{NULL}};

	cli_peer_answer(peer, "Status", "({'now': <int64 10>, 'next_due': <int64 10>},)");
	cli_peer_answer(peer, "Leap", "(int64 10,)");
	cli_fixture_init(&fixture, "kasper");
	fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
	g_assert_cmpint(cli_fixture_run(&fixture, "time leap --until @50"), ==, CLI_FAILED);
	assert_has(fixture.err, "something is due and does not get done");
}

static void
test_leap_by(void)
{
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) fixture = {{NULL}};
	g_autofree gchar *calls = NULL;

	cli_peer_answer(peer, "Status", "({'now': <int64 10>},)");
	cli_peer_answer(peer, "Leap", "(int64 86410,)");
	cli_fixture_init(&fixture, "kasper");
	fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
	g_assert_cmpint(cli_fixture_run(&fixture, "time leap --by P1D"), ==, CLI_DONE);
	calls = cli_peer_take_calls(peer);
	g_assert_cmpstr(calls, ==, "Status ()\nLeap (86410,)\n");
}

static void
test_monitor(void)
{
	static const gchar stream[] = "{\"name\":\"ds-seen-wanted\",\"level\":\"info\",\"time\":0,"
				      "\"zone\":\"a.example\",\"text\":"
				      "\"look\"}\nsomething else\n";
	g_autoptr(CliPeer) peer = cli_peer_new();
	g_auto(CliFixture) table = {{NULL}};
	g_auto(CliFixture) json = {{NULL}};

	cli_peer_answer(peer, "Monitor", stream);
	cli_fixture_init(&table, "kasper");
	table.cli.socket = g_strdup(cli_peer_get_socket(peer));
	/* it ends by itself only if the daemon does */
	g_assert_cmpint(cli_fixture_run(&table, "monitor"), ==, CLI_NO_DAEMON);
	assert_has(
	    table.out,
	    "1970-01-01 00:00:00  info     a.example                 ds-seen-wanted    look\n");
	/* what cannot be understood is passed on */
	assert_has(table.out, "something else\n");
	assert_has(table.err, "has ended");
	cli_fixture_init(&json, "kasper");
	json.cli.socket = g_strdup(cli_peer_get_socket(peer));
	g_assert_cmpint(cli_fixture_run(&json, "monitor --format json"), ==, CLI_NO_DAEMON);
	g_assert_cmpstr(json.out, ==, stream);
}

/* what the daemon refuses is said in its words, on standard error, and nothing is printed */
static void
test_refused(void)
{
	static const struct {
		const gchar *words;
		const gchar *method;
	} rows[] = {
	    {"status", "Status"},
	    {"enforce", "Enforce"},
	    {"queue", "ListQueue"},
	    {"monitor", "Monitor"},
	    {"zone list", "ListZones"},
	    {"zone show a", "ShowZone"},
	    {"explain a", "Explain"},
	    {"zone add a", "ZoneAdd"},
	    {"zone delete a -y", "ZoneDelete"},
	    {"zone set-policy a -p b", "ZoneSetPolicy"},
	    {"zone adopt a --unsigned -y", "ZoneAdoptUnsigned"},
	    {"policy list", "ListPolicies"},
	    {"policy show a", "ShowPolicy"},
	    {"policy import", "Update"},
	    {"repository list", "ListRepositories"},
	    {"repository test a", "TestRepository"},
	    {"key list", "StreamKeys"},
	    {"key show -k 00 -z a", "ShowKey"},
	    {"key show -k 00", "ListKeys"},
	    {"key export", "ExportKeys"},
	    {"key generate -a", "KeyGenerate"},
	    {"key import -z a -k 00 -r r -g 13 -t KSK -e ready -w @1", "KeyImport"},
	    {"key rollover a", "KeyRollover"},
	    {"key ds-submit -z a -k 00", "KeyDsSubmit"},
	    {"key ds-seen -z a -k 00", "KeyDsSeen"},
	    {"key ds-gone -z a -k 00", "KeyDsGone"},
	    {"key ksk-retire -z a -y", "KeyKskRetire"},
	    {"key purge -z a -y", "KeyPurge"},
	    {"backup prepare", "Backup"},
	    {"backup list", "ListBackups"},
	    {"plugin list", "ListPlugins"},
	    {"plugin show a", "ListPlugins"},
	    {"time leap", "Leap"},
	    {"time accept", "AcceptTime"},
	    {"update all", "Update"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(CliPeer) peer = cli_peer_new();
		g_auto(CliFixture) fixture = {{NULL}};

		g_test_message("kasper %s", rows[i].words);
		cli_peer_refuse(peer, rows[i].method, KASPER_ERROR_NOT_FOUND, "a is not known");
		cli_fixture_init(&fixture, "kasper");
		fixture.cli.socket = g_strdup(cli_peer_get_socket(peer));
		g_assert_cmpint(cli_fixture_run(&fixture, rows[i].words), ==, CLI_FAILED);
		g_assert_cmpstr(fixture.out, ==, "");
		g_assert_cmpstr(fixture.err, ==, "kasper: a is not known\n");
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/commands/verbs", test_verbs);
	g_test_add_func("/cli/commands/zone-add", test_zone_add);
	g_test_add_func("/cli/commands/lists", test_lists);
	g_test_add_func("/cli/commands/zone-list", test_zone_list);
	g_test_add_func("/cli/commands/key-list", test_key_list);
	g_test_add_func("/cli/commands/key-show", test_key_show);
	g_test_add_func("/cli/commands/key-export", test_key_export);
	g_test_add_func("/cli/commands/update", test_update);
	g_test_add_func("/cli/commands/leap/until", test_leap_until);
	g_test_add_func("/cli/commands/leap/in-place", test_leap_in_place);
	g_test_add_func("/cli/commands/leap/by", test_leap_by);
	g_test_add_func("/cli/commands/monitor", test_monitor);
	g_test_add_func("/cli/commands/refused", test_refused);
	return g_test_run();
}
