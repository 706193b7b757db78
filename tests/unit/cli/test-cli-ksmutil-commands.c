/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "cli-fixture.h"
#include "cli-peer.h"
#include "ksmutil.h"

#define assert_has(text, part) g_assert_nonnull(strstr(text, part))

#define OLD "87f1385b114f9f9b299e6b551d728bfb"
#define NEW "04260cd6eac67280cd2dea94c6e38cb7"

/* the tool and its peer; the clock of the peer says 2027-01-15 08:00:00 */
typedef struct {
	CliFixture fixture;
	CliPeer *peer;
	gchar *calls;
} Bench;

static void
bench_init(Bench *self)
{
	*self = (Bench){.peer = cli_peer_new()};
	cli_fixture_init(&self->fixture, "ods-ksmutil");
	self->fixture.cli.socket = g_strdup(cli_peer_get_socket(self->peer));
	cli_peer_answer(self->peer, "Status", "({'now': <int64 1800000000>},)");
}

static void
bench_clear(Bench *self)
{
	cli_fixture_clear(&self->fixture);
	cli_peer_free(self->peer);
	g_free(self->calls);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

/* runs @words; what they print and what arrives at the peer, but for the question for the time */
static void
bench_run(Bench *self, const gchar *words, gint status, const gchar *out, const gchar *calls)
{
	g_autofree gchar *seen = NULL;

	g_test_message("ods-ksmutil %s", words);
	g_assert_cmpint(cli_fixture_run(&self->fixture, words), ==, status);
	g_assert_cmpstr(self->fixture.out, ==, out);
	seen = cli_peer_take_calls(self->peer);
	if (g_str_has_suffix(seen, "Status ()\n"))
		seen[strlen(seen) - strlen("Status ()\n")] = '\0';
	g_assert_cmpstr(seen, ==, calls);
}

static void
test_backup(void)
{
	static const struct {
		const gchar *words;
		const gchar *call;
		const gchar *reply;
		const gchar *out;
	} rows[] = {
	    {"backup prepare",
	     "Backup ('prepare', '')\n",
	     "(int64 2,)",
	     "Marked all repositories as pre-backed up at 2027-01-15 08:00:00\n"},
	    {"backup prepare --repository softHSM",
	     "Backup ('prepare', 'softHSM')\n",
	     "(int64 2,)",
	     "Marked repository softHSM as pre-backed up at 2027-01-15 08:00:00\n"},
	    {"backup commit",
	     "Backup ('commit', '')\n",
	     "(int64 2,)",
	     "Marked all repositories as backed up at 2027-01-15 08:00:00\n"},
	    {"backup commit -r softHSM",
	     "Backup ('commit', 'softHSM')\n",
	     "(int64 2,)",
	     "Marked repository softHSM as backed up at 2027-01-15 08:00:00\n"},
	    {"backup commit",
	     "Backup ('commit', '')\n",
	     "(int64 0,)",
	     "There were no keys to mark\n"},
	    {"backup rollback",
	     "Backup ('rollback', '')\n",
	     "(int64 1,)",
	     "Rolled back pre-backup of all repositories\n"},
	    {"backup rollback -r softHSM",
	     "Backup ('rollback', 'softHSM')\n",
	     "(int64 1,)",
	     "Rolled back pre-backup of repository softHSM\n"},
	    {"backup rollback",
	     "Backup ('rollback', '')\n",
	     "(int64 0,)",
	     "There were no keys to rollback\n"},
	    {"backup done --force",
	     "Backup ('done', '')\n",
	     "(int64 1,)",
	     "*WARNING* One-step backups are deprecated in favour of a two-step process; see the "
	     "documentation on key management for the explanation.\n"
	     "Marked all repositories as pre-backed up at 2027-01-15 08:00:00\n"
	     "Marked all repositories as backed up at 2027-01-15 08:00:00\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(Bench) bench = {{{NULL}}};
		g_autofree gchar *seen = NULL;

		bench_init(&bench);
		cli_peer_answer(bench.peer, "Backup", rows[i].reply);
		g_assert_cmpint(cli_fixture_run(&bench.fixture, rows[i].words), ==, 0);
		g_assert_cmpstr(bench.fixture.out, ==, rows[i].out);
		seen = cli_peer_take_calls(bench.peer);
		g_assert_true(g_str_has_prefix(seen, rows[i].call));
	}
}

static void
test_backup_unknown(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_init(&bench);
	cli_peer_refuse(bench.peer, "Backup", KASPER_ERROR_NOT_FOUND, "no");
	bench_run(&bench,
		  "backup prepare -r nowhere",
		  1,
		  "Error: unable to find a repository named \"nowhere\" in database\n",
		  "Backup ('prepare', 'nowhere')\n");
}

static void
test_backup_list(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_init(&bench);
	cli_peer_answer(bench.peer,
			"ListBackups",
			"([{'repository': <'a'>, 'prepared': <int64 0>, 'done': <int64 3600>}, "
			"{'repository': <'a'>, 'prepared': <int64 0>, 'done': <int64 3600>}, "
			"{'repository': <'b'>, 'prepared': <int64 60>, 'done': <int64 "
			"-9223372036854775808>}], int64 0)");
	cli_peer_answer(
	    bench.peer,
	    "ListRepositories",
	    "([{'name': <'a'>, 'require_backup': <true>}, {'name': <'b'>, 'require_backup': "
	    "<true>}],)");
	g_assert_cmpint(cli_fixture_run(&bench.fixture, "backup list"), ==, 0);
	/* a line for each date, and what each repository still has */
	g_assert_cmpstr(bench.fixture.out,
			==,
			"Backups:\n"
			"Date:                    Repository:\n"
			"1970-01-01 01:00:00      a\n"
			"Repository b has unbacked up keys (that will not be used)\n"
			"Repository b has keys prepared for back up which have not been committed\n"
			"\n");
}

static void
test_rollover(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_init(&bench);
	cli_peer_answer(bench.peer, "ShowZone", "({'policy': <'default'>},)");
	cli_peer_answer(bench.peer, "ShowPolicy", "({'share_keys': <false>},)");
	cli_peer_answer(bench.peer, "KeyRollover", "(int64 1,)");
	bench_run(&bench,
		  "key rollover --zone a.example. --keytype KSK",
		  0,
		  "\nManual key rollover for key type ksk on zone a.example initiated\n"
		  "Notifying enforcer of new database...\n",
		  "ShowZone ('a.example',)\nShowPolicy ('default',)\n"
		  "KeyRollover ('a.example', '', 1)\n");
}

static void
test_rollover_shared(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_init(&bench);
	cli_peer_answer(bench.peer, "ShowZone", "({'policy': <'default'>},)");
	cli_peer_answer(bench.peer, "ShowPolicy", "({'share_keys': <true>},)");
	bench_run(&bench,
		  "key rollover -z a.example -t ZSK",
		  0,
		  "*WARNING* This zone shares keys with others, all instances of the active key on "
		  "this zone will be retired; are you sure? [y/N] Okay, quitting...\n",
		  "ShowZone ('a.example',)\nShowPolicy ('default',)\n");
}

static void
test_rollover_policy(void)
{
	g_auto(Bench) yes = {{{NULL}}};
	g_auto(Bench) no = {{{NULL}}};
	g_auto(Bench) none = {{{NULL}}};

	bench_init(&yes);
	cli_peer_answer(yes.peer, "KeyRollover", "(int64 3,)");
	cli_fixture_type(&yes.fixture, "y\n");
	bench_run(&yes,
		  "key rollover --policy default --keytype KSK",
		  0,
		  "*WARNING* This will roll all keys on the policy; are you sure? [y/N] "
		  "Manual key rollover for key type ksk on policy default initiated\n"
		  "Notifying enforcer of new database...\n",
		  "KeyRollover ('', 'default', 1)\n");
	bench_init(&no);
	cli_fixture_type(&no.fixture, "n\n");
	bench_run(&no,
		  "key rollover --policy default --all",
		  0,
		  "*WARNING* This will roll all keys on the policy; are you sure? [y/N] "
		  "Okay, quitting...\n",
		  "");
	bench_init(&none);
	cli_peer_answer(none.peer, "KeyRollover", "(int64 0,)");
	cli_fixture_type(&none.fixture, "Y");
	bench_run(&none,
		  "key rollover --policy empty --all",
		  0,
		  "*WARNING* This will roll all keys on the policy; are you sure? [y/N] "
		  "No zones on policy; nothing to roll\n",
		  "KeyRollover ('', 'empty', 3)\n");
}

static void
test_rollover_unknown(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_init(&bench);
	cli_peer_refuse(bench.peer, "ShowZone", KASPER_ERROR_NOT_FOUND, "no");
	cli_peer_refuse(bench.peer, "KeyRollover", KASPER_ERROR_NOT_FOUND, "no");
	bench_run(&bench,
		  "key rollover -z nowhere -t ZSK",
		  1,
		  "Error, can't find zone : nowhere\n",
		  "ShowZone ('nowhere',)\nKeyRollover ('nowhere', '', 2)\n");
}

/* old key active, new key waiting */
static void
bench_begin_rollover(Bench *self)
{
	bench_init(self);
	cli_peer_add_key(self->peer, "a.example", "KSK", "active", 1, OLD, "");
	cli_peer_add_key(self->peer, "a.example", "KSK", "ready", 2, NEW, "ds-seen");
	cli_peer_add_key(self->peer, "a.example", "ZSK", "active", 2, "00", "");
	cli_peer_answer(self->peer, "KeyDsSeen", "({'text': <'Key made active\\nand more'>},)");
	cli_peer_answer(self->peer, "KeyKskRetire", "(@a{sv} {},)");
}

#define LIST_KEYS "ListKeys ({'all': <true>, 'zone': <'a.example'>}, 0, 1000)\n"

static void
test_ds_seen(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_begin_rollover(&bench);
	bench_run(&bench,
		  "key ds-seen --zone a.example --cka_id " NEW,
		  0,
		  "Found key with CKA_ID " NEW "\nKey made active\nand more\n"
		  "Notifying enforcer of new database...\nPerformed a HUP ods-enforcerd\n",
		  LIST_KEYS "KeyDsSeen ('a.example', '" NEW "', -1, false)\n");
}

static void
test_ds_seen_by_tag(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_begin_rollover(&bench);
	/* a ZSK of that tag is not meant */
	bench_run(&bench,
		  "key ds-seen -z a.example -x 2 --no-notify",
		  0,
		  "Found key with CKA_ID " NEW "\nKey made active\nand more\n"
		  "No HUP ods-enforcerd was performed as the '--no-notify' flag was specified.\n",
		  LIST_KEYS "KeyDsSeen ('a.example', '" NEW "', -1, false)\n");
}

static void
test_ds_seen_no_retire(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_begin_rollover(&bench);
	bench_run(&bench,
		  "key ds-seen --zone a.example --cka_id " NEW " --no-retire",
		  0,
		  "Found key with CKA_ID " NEW "\nKey made active\nand more\n"
		  "Notifying enforcer of new database...\nPerformed a HUP ods-enforcerd\n",
		  LIST_KEYS "KeyDsSeen ('a.example', '" NEW "', -1, true)\n");
}

static void
test_ds_seen_refused(void)
{
	g_auto(Bench) active = {{{NULL}}};
	g_auto(Bench) unknown = {{{NULL}}};
	g_auto(Bench) several = {{{NULL}}};
	g_auto(Bench) refused = {{{NULL}}};

	bench_begin_rollover(&active);
	bench_run(&active,
		  "key ds-seen -z a.example -k " OLD,
		  255,
		  "Found key with CKA_ID " OLD "\nKey is already active\n",
		  LIST_KEYS);
	bench_begin_rollover(&unknown);
	bench_run(
	    &unknown,
	    "key ds-seen -z a.example -k 00ff",
	    255,
	    "No keys in the READY state matched your parameters, please check the parameters\n",
	    LIST_KEYS);
	bench_begin_rollover(&several);
	cli_peer_add_key(several.peer, "a.example", "KSK", "ready", 2, "77", "ds-seen");
	bench_run(&several,
		  "key ds-seen -z a.example -x 2",
		  255,
		  "Found key with CKA_ID " NEW "\nFound key with CKA_ID 77\n"
		  "More than one key matched your parameters, please include more information from "
		  "the above keys\n",
		  LIST_KEYS);
	bench_init(&refused);
	cli_peer_add_key(refused.peer, "a.example", "KSK", "ready", 2, NEW, "");
	cli_peer_refuse(refused.peer, "KeyDsSeen", KASPER_ERROR_INVALID, "it was not submitted");
	bench_run(&refused,
		  "key ds-seen -z a.example -x 2",
		  255,
		  "Found key with CKA_ID " NEW "\nError: it was not submitted\n",
		  LIST_KEYS "KeyDsSeen ('a.example', '" NEW "', -1, false)\n");
}

#define RETIRE_QUESTION "*WARNING* This will retire the currently active KSK; are you sure? [y/N] "

static void
test_ksk_retire(void)
{
	g_auto(Bench) named = {{{NULL}}};
	g_auto(Bench) oldest = {{{NULL}}};
	g_auto(Bench) last = {{{NULL}}};
	g_auto(Bench) no = {{{NULL}}};
	g_auto(Bench) not_active = {{{NULL}}};

	bench_begin_rollover(&named);
	cli_fixture_type(&named.fixture, "y\n");
	bench_run(&named,
		  "key ksk-retire --zone a.example ---cka_id " OLD,
		  0,
		  RETIRE_QUESTION "Found key with CKA_ID " OLD "\nKey " OLD " retired\n",
		  LIST_KEYS "KeyKskRetire ('a.example', '" OLD "', -1)\n");
	bench_begin_rollover(&oldest);
	cli_fixture_type(&oldest.fixture, "y\n");
	bench_run(&oldest,
		  "key ksk-retire --zone a.example",
		  0,
		  RETIRE_QUESTION "Old key retired\n",
		  LIST_KEYS "KeyKskRetire ('a.example', '', -1)\n");
	bench_init(&last);
	cli_peer_refuse(last.peer, "KeyKskRetire", KASPER_ERROR_UNSAFE, "it is the last one");
	cli_fixture_type(&last.fixture, "y\n");
	bench_run(&last,
		  "key ksk-retire --zone a.example",
		  255,
		  RETIRE_QUESTION
		  "Error: completing this action would leave no active keys on zone, "
		  "quitting...\n",
		  LIST_KEYS "KeyKskRetire ('a.example', '', -1)\n");
	bench_begin_rollover(&no);
	bench_run(&no,
		  "key ksk-retire --zone a.example",
		  0,
		  RETIRE_QUESTION "Okay, quitting...\n",
		  LIST_KEYS);
	bench_begin_rollover(&not_active);
	cli_fixture_type(&not_active.fixture, "y\n");
	bench_run(&not_active,
		  "key ksk-retire --zone a.example -k " NEW,
		  255,
		  RETIRE_QUESTION
		  "No keys in the ACTIVE state matched your parameters, please check "
		  "the parameters\n",
		  LIST_KEYS);
}

static void
test_key_list(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_begin_rollover(&bench);
	cli_peer_add_key(bench.peer, "a.example", "ZSK", "generate", 3, "33", "");
	bench_run(
	    &bench,
	    "key list --zone a.example",
	    0,
	    "Keys:\n"
	    "Zone:                           Keytype:      State:    Date of next transition:\n"
	    "a.example                       KSK           active    2027-01-15 08:00:00 \n"
	    "a.example                       KSK           ready     waiting for ds-seen \n"
	    "a.example                       ZSK           active    2027-01-15 08:00:00 \n"
	    "\n",
	    "StreamKeys ({'zone': <'a.example'>},)\n");
}

static void
test_key_list_unknown(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_init(&bench);
	cli_peer_refuse(bench.peer, "StreamKeys", KASPER_ERROR_NOT_FOUND, "no");
	g_assert_cmpint(cli_fixture_run(&bench.fixture, "key list -z nowhere"), ==, 255);
	assert_has(bench.fixture.out,
		   "Error: unable to find a zone named \"nowhere\" in database\n");
}

static void
test_rollover_list(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_begin_rollover(&bench);
	cli_peer_answer(bench.peer,
			"ShowKey",
			"({'dnskey': <'a.example.\\t60\\tIN\\tDNSKEY\\tx'>},)");
	bench_run(&bench,
		  "rollover list -v",
		  0,
		  "Rollovers:\n"
		  "Zone:                           Keytype:      Rollover expected:\n"
		  "a.example                       KSK           2027-01-15 08:00:00\n"
		  "a.example                       KSK           waiting for ds-seen\n"
		  "\n*** Found DNSKEY RECORD involved with rollover:\n"
		  "a.example. 60 IN DNSKEY x\n"
		  "\nOnce the DS record for this DNSKEY is seen in DNS you can issue the ds-seen "
		  "command for zone a.example with the cka_id " NEW "\n"
		  "a.example                       ZSK           2027-01-15 08:00:00\n"
		  "\n",
		  "StreamKeys ({},)\nShowKey ('a.example', '" NEW "')\n");
}

#define EXPORT_ROW(zone_, state_)                                                                  \
	"{'zone': <'" zone_ "'>, 'keytype': <'KSK'>, 'state': <'" state_                           \
	"'>, 'keytag': <uint32 5>, 'bits': <uint32 256>, 'dnskey': <'" zone_                       \
	".\\t60\\tIN\\tDNSKEY\\t257 3 13 AA=='>, 'ds': <['" zone_                                  \
	".\\t60\\tIN\\tDS\\t5 13 2 00']>}"

static void
test_export(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_init(&bench);
	cli_peer_answer(bench.peer,
			"ExportKeys",
			"([" EXPORT_ROW("a.example", "ready") "], int64 0)");
	g_assert_cmpint(
	    cli_fixture_run(&bench.fixture, "key export --zone a.example --keystate READY"),
	    ==,
	    0);
	g_assert_cmpstr(bench.fixture.out,
			==,
			"\n;ready KSK DNSKEY record:\n"
			"a.example.\t60\tIN\tDNSKEY\t257 3 13 AA== ;{id = 5 (ksk), size = 256b}\n");
}

/* each zone's warning stands behind its own keys */
static void
test_export_ds(void)
{
	g_auto(Bench) bench = {{{NULL}}};
	const gchar *both;
	const gchar *second;

	bench_init(&bench);
	cli_peer_answer(bench.peer,
			"ExportKeys",
			"([" EXPORT_ROW("a.example", "active") ", " EXPORT_ROW(
			    "a.example",
			    "ready") ", " EXPORT_ROW("b.example", "active") "], int64 0)");
	g_assert_cmpint(cli_fixture_run(&bench.fixture, "key export --ds"), ==, 0);
	assert_has(bench.fixture.out,
		   "\n;active KSK DS record (SHA256):\na.example.\t60\tIN\tDS\t5 13 2 00\n");
	both =
	    strstr(bench.fixture.out, "\nWARNING: BOTH ready and active keys seen for this zone.");
	second = strstr(bench.fixture.out, "b.example.");
	g_assert_true(both != NULL && second != NULL && both < second);
	g_assert_null(strstr(second, "WARNING"));
}

static void
test_export_nothing(void)
{
	g_auto(Bench) state = {{{NULL}}};
	g_auto(Bench) any = {{{NULL}}};
	g_auto(Bench) unknown = {{{NULL}}};

	bench_init(&state);
	cli_peer_answer(state.peer, "ExportKeys", "(@aa{sv} [], int64 0)");
	g_assert_cmpint(cli_fixture_run(&state.fixture, "key export -z a -e READY --ds"), ==, 0);
	g_assert_cmpstr(state.fixture.out, ==, "No keys in ready state to export.\n");
	bench_init(&any);
	cli_peer_answer(any.peer, "ExportKeys", "(@aa{sv} [], int64 0)");
	g_assert_cmpint(cli_fixture_run(&any.fixture, "key export"), ==, 0);
	g_assert_cmpstr(any.fixture.out, ==, "No keys in READY state or higher to export.\n");
	bench_init(&unknown);
	cli_peer_refuse(unknown.peer, "ExportKeys", KASPER_ERROR_NOT_FOUND, "no");
	g_assert_cmpint(cli_fixture_run(&unknown.fixture, "key export -z a"), ==, 255);
	g_assert_cmpstr(unknown.fixture.out,
			==,
			"Error: unable to find a zone named \"a\" in database\n");
}

static void
test_zone(void)
{
	g_auto(Bench) added = {{{NULL}}};
	g_auto(Bench) exists = {{{NULL}}};
	g_auto(Bench) policy = {{{NULL}}};
	g_auto(Bench) gone = {{{NULL}}};
	g_auto(Bench) all = {{{NULL}}};

	bench_init(&added);
	cli_peer_answer(added.peer, "ZoneAdd", "");
	bench_run(&added,
		  "zone add --zone a.example --policy lab --out-type DNS --output /a/b",
		  0,
		  "Imported zone: a.example\n",
		  "ZoneAdd ('a.example', 'lab', {'output': '/a/b', 'output_type': 'DNS'})\n");
	bench_init(&exists);
	cli_peer_refuse(exists.peer, "ZoneAdd", KASPER_ERROR_EXISTS, "no");
	bench_run(&exists,
		  "zone add -z a.example",
		  1,
		  "Failed to Import zone a.example; it already exists\n",
		  "ZoneAdd ('a.example', 'default', {})\n");
	bench_init(&policy);
	cli_peer_refuse(policy.peer, "ZoneAdd", KASPER_ERROR_NOT_FOUND, "no");
	bench_run(&policy,
		  "zone add -z a.example -p absent",
		  1,
		  "Error, can't find policy : absent\nFailed to update zones\n",
		  "ZoneAdd ('a.example', 'absent', {})\n");
	bench_init(&gone);
	cli_peer_refuse(gone.peer, "ZoneDelete", KASPER_ERROR_NOT_FOUND, "no");
	bench_run(&gone,
		  "zone delete -z a.example",
		  1,
		  "Couldn't find zone a.example\n",
		  "ZoneDelete ('a.example',)\n");
	bench_init(&all);
	cli_peer_answer(all.peer, "ListZones", "([{'zone': <'a'>}],)");
	cli_peer_answer(all.peer, "ListZones", "(@aa{sv} [],)");
	cli_peer_answer(all.peer, "ZoneDelete", "");
	cli_fixture_type(&all.fixture, "y");
	bench_run(&all,
		  "zone delete --all",
		  0,
		  "*WARNING* This will remove all zones from OpenDNSSEC; are you sure? [y/N] ",
		  "ListZones ('', 1000)\nListZones ('a', 1000)\nZoneDelete ('a',)\n");
}

static void
test_update(void)
{
	g_auto(Bench) conf = {{{NULL}}};
	g_auto(Bench) broken = {{{NULL}}};

	bench_init(&conf);
	cli_peer_answer(conf.peer,
			"Update",
			"({'messages': <['Repository main found', 'RequireBackup set.']>},)");
	bench_run(
	    &conf,
	    "update conf",
	    0,
	    "Repository main found\nRequireBackup set.\nNotifying enforcer of new database...\n",
	    "Update (1, false)\n");
	bench_init(&broken);
	cli_peer_refuse(broken.peer, "Update", KASPER_ERROR_INVALID, "kasp.xml:3: error: no");
	bench_run(&broken,
		  "update kasp",
		  1,
		  "Error: kasp.xml:3: error: no\nFailed to update policies\n",
		  "Update (2, false)\n");
}

static void
test_repository_list(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_init(&bench);
	cli_peer_answer(
	    bench.peer,
	    "ListRepositories",
	    "([{'name': <'SoftHSM'>, 'capacity': <int64 -1>, 'require_backup': <false>}, {'name': "
	    "<'b'>, 'capacity': <int64 12>, 'require_backup': <true>}],)");
	bench_run(&bench,
		  "repository list",
		  0,
		  "Repositories:\n"
		  "Name:                            Capacity:    RequireBackup:\n"
		  "SoftHSM                          unset        No\n"
		  "b                                12           Yes\n"
		  "\n",
		  "ListRepositories ()\n");
}

static void
test_policy_list(void)
{
	g_auto(Bench) bench = {{{NULL}}};

	bench_init(&bench);
	cli_peer_answer(bench.peer,
			"ListPolicies",
			"([{'name': <'lab'>, 'description': <'short times'>}],)");
	bench_run(&bench,
		  "policy list",
		  0,
		  "Policies:\n"
		  "Name:                            Description:\n"
		  "lab                              short times\n"
		  "\n",
		  "ListPolicies ()\n");
}

static void
test_generate(void)
{
	g_auto(Bench) bench = {{{NULL}}};
	g_auto(Bench) none = {{{NULL}}};

	bench_init(&bench);
	cli_peer_answer(
	    bench.peer,
	    "KeyGenerate",
	    "({'rows': <[{'keytype': <'KSK'>, 'count': <uint32 1>, 'bits': <uint32 2048>}, "
	    "{'keytype': <'ZSK'>, 'count': <uint32 4>, 'bits': <uint32 1024>}]>},)");
	bench_run(&bench,
		  "key generate -p lab -n P1Y --auto-accept",
		  0,
		  "1 new KSK(s) (2048 bits) need to be created for policy lab.\n"
		  "4 new ZSK(s) (1024 bits) need to be created for policy lab.\n"
		  "*WARNING* This will create 1 KSKs (2048 bits) and 4 ZSKs (1024 bits)\n"
		  "all done!\n",
		  "KeyGenerate ('lab', 31536000, true)\nKeyGenerate ('lab', 31536000, false)\n");
	bench_init(&none);
	cli_peer_answer(none.peer, "KeyGenerate", "({'rows': <@aa{sv} []>},)");
	bench_run(&none,
		  "key generate -p lab -n P1Y",
		  0,
		  "No keys need to be created, quitting...\nall done!\n",
		  "KeyGenerate ('lab', 31536000, true)\n");
}

static void
test_import(void)
{
	static const gchar words[] =
	    "key import --cka_id 00ff --repository softHSM --zone a.example --bits 2048 "
	    "--algorithm "
	    "RSASHA256 --keystate ACTIVE --keytype KSK --time 20270115080000";
	static const gchar call[] =
	    "KeyImport ('a.example', {'cka_id': <'00ff'>, 'repository': <'softHSM'>, 'algorithm': "
	    "<uint32 8>, 'bits': <uint32 2048>, 'keytype': <'KSK'>, 'keystate': <'active'>, "
	    "'time': "
	    "<int64 1800000000>})\n";
	g_auto(Bench) bench = {{{NULL}}};
	g_auto(Bench) exists = {{{NULL}}};

	bench_init(&bench);
	cli_peer_answer(bench.peer, "KeyImport", "");
	bench_run(&bench,
		  words,
		  0,
		  "Converted time is 2027-01-15 08:00:00\nKey imported into zone(s)\n",
		  call);
	bench_init(&exists);
	cli_peer_refuse(exists.peer, "KeyImport", KASPER_ERROR_EXISTS, "no");
	bench_run(&exists,
		  words,
		  1,
		  "Converted time is 2027-01-15 08:00:00\n"
		  "Error: key with CKA_ID \"00ff\" already exists in database\n",
		  call);
}

static void
test_purge(void)
{
	g_auto(Bench) bench = {{{NULL}}};
	g_auto(Bench) none = {{{NULL}}};

	bench_init(&bench);
	cli_peer_add_key(bench.peer, "a.example", "KSK", "dead", 1, OLD, "");
	cli_peer_answer(bench.peer, "KeyPurge", "(int64 1,)");
	bench_run(
	    &bench,
	    "key purge -z a.example",
	    0,
	    "Key remove successful: " OLD "\n",
	    "ListKeys ({'keystate': <'dead'>, 'all': <true>, 'zone': <'a.example'>}, 0, 1000)\n"
	    "KeyPurge ('a.example', '')\n");
	bench_init(&none);
	cli_peer_answer(none.peer, "KeyPurge", "(int64 0,)");
	bench_run(&none,
		  "key purge -p lab",
		  0,
		  "No keys to purge.\n",
		  "ListKeys ({'keystate': <'dead'>, 'all': <true>, 'policy': <'lab'>}, 0, 1000)\n"
		  "KeyPurge ('', 'lab')\n");
}

int
main(int argc, char **argv)
{
	g_setenv("TZ", "UTC", TRUE);
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/ksmutil-commands/backup", test_backup);
	g_test_add_func("/cli/ksmutil-commands/backup/unknown", test_backup_unknown);
	g_test_add_func("/cli/ksmutil-commands/backup/list", test_backup_list);
	g_test_add_func("/cli/ksmutil-commands/rollover", test_rollover);
	g_test_add_func("/cli/ksmutil-commands/rollover/shared", test_rollover_shared);
	g_test_add_func("/cli/ksmutil-commands/rollover/policy", test_rollover_policy);
	g_test_add_func("/cli/ksmutil-commands/rollover/unknown", test_rollover_unknown);
	g_test_add_func("/cli/ksmutil-commands/rollover/list", test_rollover_list);
	g_test_add_func("/cli/ksmutil-commands/ds-seen", test_ds_seen);
	g_test_add_func("/cli/ksmutil-commands/ds-seen/by-tag", test_ds_seen_by_tag);
	g_test_add_func("/cli/ksmutil-commands/ds-seen/no-retire", test_ds_seen_no_retire);
	g_test_add_func("/cli/ksmutil-commands/ds-seen/refused", test_ds_seen_refused);
	g_test_add_func("/cli/ksmutil-commands/ksk-retire", test_ksk_retire);
	g_test_add_func("/cli/ksmutil-commands/key-list", test_key_list);
	g_test_add_func("/cli/ksmutil-commands/key-list/unknown", test_key_list_unknown);
	g_test_add_func("/cli/ksmutil-commands/export", test_export);
	g_test_add_func("/cli/ksmutil-commands/export/ds", test_export_ds);
	g_test_add_func("/cli/ksmutil-commands/export/nothing", test_export_nothing);
	g_test_add_func("/cli/ksmutil-commands/zone", test_zone);
	g_test_add_func("/cli/ksmutil-commands/update", test_update);
	g_test_add_func("/cli/ksmutil-commands/repository-list", test_repository_list);
	g_test_add_func("/cli/ksmutil-commands/policy-list", test_policy_list);
	g_test_add_func("/cli/ksmutil-commands/generate", test_generate);
	g_test_add_func("/cli/ksmutil-commands/import", test_import);
	g_test_add_func("/cli/ksmutil-commands/purge", test_purge);
	return g_test_run();
}
