/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What operators see: words, dates and sentences, along the golden timelines G01, G05, G06 and G17.
 */
#include "decide-fixture.h"
#include "kasper-ledger-private.h"

static void
assert_word(const KasperPlan *plan,
	    guint slot,
	    const gchar *state,
	    const gchar *next_state,
	    KasperTime next_time,
	    const gchar *waiting_for)
{
	KasperKeyWord word;

	kasper_plan_describe_key(plan, slot, &word);
	g_assert_cmpstr(word.state, ==, state);
	g_assert_cmpstr(word.next_state, ==, next_state);
	g_assert_cmpint(word.next_time, ==, next_time);
	g_assert_cmpstr(word.waiting_for, ==, waiting_for);
}

/* G01, with a signer that replaces everything at once */
static void
test_zsk(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = fixture_go_on(&snapshot, 0);
	assert_word(plan, 1, "active", "retire", NOW + 4500, NULL);
	assert_word(plan, 2, "publish", "active", NOW + 4500, NULL);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 4500);
	g_assert_cmpint(snapshot.keys[2].active, ==, NOW + 4500);
	g_assert_cmpint(snapshot.keys[1].retired, ==, NOW + 4500);
	/* the DNSKEY leaves at 12900 and is forgotten at 17700 */
	assert_word(plan, 1, "retire", "dead", NOW + 17700, NULL);
	assert_word(plan, 2, "active", NULL, KASPER_TIME_NEVER, NULL);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 12900);
	assert_word(plan, 1, "retire", "dead", NOW + 17700, NULL);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 17700);
	assert_word(plan, 1, "dead", NULL, KASPER_TIME_NEVER, NULL);
	g_assert_cmpint(snapshot.keys[1].dead, ==, NOW + 17700);
}

/* G05: "active" until ds-seen, although it is to go */
static void
test_ksk(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_KSK);
	plan = fixture_go_on(&snapshot, 0);
	assert_word(plan, 0, "active", "retire", NOW + 4500, NULL);
	assert_word(plan, 2, "publish", "ready", NOW + 4500, NULL);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 4500);
	assert_word(plan, 0, "active", "retire", KASPER_TIME_NEVER, "ds-seen");
	assert_word(plan, 2, "ready", "active", KASPER_TIME_NEVER, "ds-seen");
	g_assert_cmpint(snapshot.keys[2].ready, ==, NOW + 4500);
	fixture_show_ds(&snapshot, 0x4, NOW + 9500);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 9500);
	assert_word(plan, 0, "retire", "dead", NOW + 27200, NULL);
	assert_word(plan, 2, "active", NULL, KASPER_TIME_NEVER, NULL);
	g_assert_cmpint(snapshot.keys[2].active, ==, NOW + 9500);
	g_assert_cmpint(snapshot.keys[0].retired, ==, NOW + 9500);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 22400);
	assert_word(plan, 0, "retire", "dead", NOW + 27200, NULL);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 27200);
	assert_word(plan, 0, "dead", NULL, KASPER_TIME_NEVER, NULL);
}

/* G06 */
static void
test_double_ds(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[0].gates = KASPER_GATE_KEY;
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_KSK);
	plan = fixture_go_on(&snapshot, 0);
	assert_word(plan, 2, "dssub", "dspublish", KASPER_TIME_NEVER, "ds-seen");
	fixture_show_ds(&snapshot, 0x5, NOW + 5000);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 5000);
	assert_word(plan, 2, "dspublish", "keypublish", NOW + 17600, NULL);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 17600);
	/* if the parent takes Dreg for the withdrawal that can be submitted at 22400 */
	assert_word(plan, 0, "retire", "dead", NOW + 37700, NULL);
	assert_word(plan, 2, "keypublish", "active", NOW + 22400, NULL);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 22400);
	assert_word(plan, 0, "retire", "dead", KASPER_TIME_NEVER, "ds-gone");
	assert_word(plan, 2, "active", NULL, KASPER_TIME_NEVER, NULL);
	fixture_show_ds(&snapshot, 0x4, NOW + 27400);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 27400);
	assert_word(plan, 0, "retire", "dead", NOW + 40300, NULL);
}

/* G17 */
static void
test_first_signing(void)
{
	KasperPolicy policy;
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_split_policy(&policy);
	kasper_snapshot_init(&snapshot, &policy, NOW);
	kasper_snapshot_adopt_unsigned(&snapshot);
	fixture_add_key(&snapshot, 1, &policy.demands[0]);
	fixture_add_key(&snapshot, 2, &policy.demands[1]);
	snapshot.keys[0].backup = KASPER_BACKUP_NEEDED;
	plan = kasper_decide(&snapshot, NOW);
	assert_word(plan, 0, "publish", "ready", KASPER_TIME_NEVER, "signer");
	assert_word(plan, 1, "active", NULL, KASPER_TIME_NEVER, NULL);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 0);
	assert_word(plan, 0, "publish", "ready", NOW + 2700, NULL);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 8100);
	assert_word(plan, 0, "ready", "active", KASPER_TIME_NEVER, "backup");
	snapshot.keys[0].backup = KASPER_BACKUP_DONE;
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 8100);
	assert_word(plan, 0, "ready", "active", KASPER_TIME_NEVER, "ds-seen");
}

static void
test_in_use(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[0].lifetime = 1000000;
	snapshot.policy.demands[1].lifetime = 500000;
	plan = fixture_decide(&snapshot, NOW);
	assert_word(plan, 0, "active", "retire", NOW + 1000000, NULL);
	assert_word(plan, 1, "active", "retire", NOW + 500000, NULL);
	snapshot.policy.demands[0].manual_rollover = TRUE;
	snapshot.keys[1].keep = TRUE;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 990000);
	assert_word(plan, 0, "active", "retire", NOW + 1000000, "operator");
	assert_word(plan, 1, "active", "retire", KASPER_TIME_NEVER, "operator");
}

static void
test_standby(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[0].standby = snapshot.policy.demands[1].standby = 1;
	plan = fixture_go_on(&snapshot, 0);
	assert_word(plan, 2, "dssub", "dspublish", KASPER_TIME_NEVER, "ds-seen");
	assert_word(plan, 3, "publish", "ready", NOW + 4500, NULL);
	fixture_show_ds(&snapshot, 0x5, NOW + 5000);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 5000);
	assert_word(plan, 2, "dspublish", "dsready", NOW + 17600, NULL);
	/* what waits to be called up waits for nobody */
	assert_word(plan, 3, "ready", NULL, KASPER_TIME_NEVER, NULL);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 17600);
	assert_word(plan, 2, "dsready", NULL, KASPER_TIME_NEVER, NULL);
	g_assert_cmpuint(plan->reasons->len, ==, 0);
}

static void
assert_reason(const KasperPlan *plan, gint slot, guint record, const gchar *text)
{
	const KasperReason *reason = fixture_find_reason(plan, slot, record);
	g_autofree gchar *sentence = NULL;

	g_assert_nonnull(reason);
	sentence = kasper_reason_to_text(reason, &plan->after);
	g_assert_cmpstr(sentence, ==, text);
}

static void
test_reasons(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, 0);
	plan = fixture_go_on(&snapshot, 0);
	assert_reason(plan,
		      2,
		      KASPER_RECORD_DS,
		      "KSK 1003: its DS cannot be added yet: the DS comes when everybody can have "
		      "the DNSKEY and the signature that it makes; not before 1970-01-12 15:01:40 "
		      "UTC; nobody needs to act");
	assert_reason(
	    plan,
	    1,
	    KASPER_RECORD_RSZ,
	    "ZSK 1002: its signatures of the data cannot be withdrawn yet: somebody may "
	    "hold a DNSKEY set and signatures that would not fit together (R3); not before "
	    "1970-01-12 15:01:40 UTC; nobody needs to act");
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 4500);
	assert_reason(plan,
		      2,
		      KASPER_RECORD_DS,
		      "KSK 1003: the parent was not seen with the wanted DS set; waiting for the "
		      "parent, or for the word of a person (ds-seen, ds-gone)");
	assert_reason(
	    plan,
	    0,
	    KASPER_RECORD_DNSKEY,
	    "KSK 1001: its DNSKEY cannot be withdrawn yet: somebody may hold a DS set and "
	    "a DNSKEY set that would not fit together (R2); waiting for the parent, or for "
	    "the word of a person (ds-seen, ds-gone)");
	snapshot.holds = KASPER_HOLD_MANUAL;
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 4500);
	assert_reason(plan, -1, 0, "the zone: the zone is frozen; waiting for an operator");
}

static void
test_text(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;
	g_autofree gchar *text = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = kasper_decide(&snapshot, NOW);
	text = kasper_plan_to_text(plan);
	g_assert_cmpstr(text,
			==,
			"a new key is needed: ZSK of algorithm 13, 256 bits\n"
			"waits: the zone: a key has to be made; waiting for the key store\n"
			"next look: when something is reported\n");
	g_free(text);
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	text = kasper_plan_to_text(plan);
	g_assert_true(g_str_has_prefix(text,
				       "ZSK 1002: is rolled over\n"
				       "ZSK 1002: is to be withdrawn\n"
				       "order 2 goes to the signer\n"
				       "ZSK 1003: DNSKEY hidden -> rumoured\n"
				       "waits: the zone: the signer has not published the last "
				       "order; waiting for the signer\n"));
	fixture_confirm(&snapshot, NOW);
	g_free(text);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	text = kasper_plan_to_text(plan);
	g_assert_true(g_str_has_suffix(text, "next look: 1970-01-12 15:01:40 UTC\n"));
}

/* for machines: each has a name of its own */
static void
test_names(void)
{
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint rule = 0; rule <= KASPER_RULE_KEY; rule++)
		g_assert_true(
		    g_hash_table_add(names, (gpointer)kasper_rule_to_string((KasperRule)rule)));
	g_hash_table_remove_all(names);
	for (guint actor = 0; actor <= KASPER_ACTOR_STORE; actor++)
		g_assert_true(
		    g_hash_table_add(names, (gpointer)kasper_actor_to_string((KasperActor)actor)));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/plan/zsk", test_zsk);
	g_test_add_func("/plan/ksk", test_ksk);
	g_test_add_func("/plan/double-ds", test_double_ds);
	g_test_add_func("/plan/first-signing", test_first_signing);
	g_test_add_func("/plan/in-use", test_in_use);
	g_test_add_func("/plan/standby", test_standby);
	g_test_add_func("/plan/reasons", test_reasons);
	g_test_add_func("/plan/text", test_text);
	g_test_add_func("/plan/names", test_names);
	return g_test_run();
}
