/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One decision at a time: what is published, what is held back, and what is said of that.
 */
#include "decide-fixture.h"
#include "kasper-ledger-private.h"

#define OLD 0x1u
#define NEW 0x4u

static KasperRule
get_rule(const KasperPlan *plan, gint slot, guint record)
{
	const KasperReason *reason = fixture_find_reason(plan, slot, record);

	if (reason == NULL) {
		g_autofree gchar *text = kasper_plan_to_text(plan);

		g_error("slot %d, record %u does not wait:\n%s", slot, record, text);
	}
	return reason->rule;
}

/* a plan that has nothing to do says so, and nothing else */
static void
test_settled(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	plan = kasper_decide(&snapshot, NOW + 1);
	g_assert_cmpuint(plan->steps->len, ==, 0);
	g_assert_cmpuint(plan->reasons->len, ==, 0);
	g_assert_cmpint(plan->next_wake, ==, KASPER_TIME_NEVER);
	g_assert_false(plan->orders);
	g_assert_false(plan->submits);
}

/* the same inputs, the same plan; the snapshot is only looked at */
static void
test_pure(void)
{
	KasperSnapshot snapshot, before;
	g_autoptr(KasperPlan) one = NULL;
	g_autoptr(KasperPlan) two = NULL;
	g_autofree gchar *first = NULL, *second = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, 0);
	before = snapshot;
	one = kasper_decide(&snapshot, NOW);
	two = kasper_decide(&snapshot, NOW);
	g_assert_cmpmem(&snapshot, sizeof snapshot, &before, sizeof before);
	g_assert_cmpmem(&one->after, sizeof one->after, &two->after, sizeof two->after);
	first = kasper_plan_to_text(one);
	second = kasper_plan_to_text(two);
	g_assert_cmpstr(first, ==, second);
}

/* time does not run backwards: what has ended stays ended, and nothing ends early */
static void
test_clock(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	plan = fixture_decide(&snapshot, NOW + 100);
	g_assert_cmpint(snapshot.highest_time, ==, NOW + 100);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW - 100000);
	g_assert_cmpint(snapshot.highest_time, ==, NOW + 100);
	g_assert_cmpint(snapshot.now, ==, NOW + 100);
}

/* nothing is published about a zone of which nobody knows what is published */
static void
test_nothing_known(void)
{
	KasperPolicy policy;
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_split_policy(&policy);
	kasper_snapshot_init(&snapshot, &policy, NOW);
	plan = fixture_decide_with_keys(&snapshot, NOW, 1);
	g_assert_false(plan->orders);
	g_assert_false(plan->submits);
	g_assert_cmpint(get_rule(plan, -1, 0), ==, KASPER_RULE_SIGNER);
}

/* one order at a time: the next change of a ledger waits for the signer */
static void
test_one_order_at_a_time(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_cmpint(snapshot.revision, ==, 2);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_KSK);
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW + 10, 4);
	g_assert_false(plan->orders);
	g_assert_cmpint(get_rule(plan, 3, KASPER_RECORD_DNSKEY), ==, KASPER_RULE_SIGNER);
	g_assert_cmpint(fixture_find_reason(plan, 3, KASPER_RECORD_DNSKEY)->actor,
			==,
			KASPER_ACTOR_SIGNER);
	fixture_confirm(&snapshot, NOW + 20);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 20);
	g_assert_true(plan->orders);
	g_assert_cmpuint(snapshot.keys[3].records, ==, 6);
}

/* and one submission: the next waits for the channel, not for the parent */
static void
test_one_submission_at_a_time(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[0].standby = 1;
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_cmpint(snapshot.submission, ==, 1);
	snapshot.policy.demands[0].standby = 2;
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW, 4);
	g_assert_false(plan->submits);
	g_assert_cmpint(get_rule(plan, 3, KASPER_RECORD_DS), ==, KASPER_RULE_CHANNEL);
	fixture_accept(&snapshot, NOW + 5);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 5);
	g_assert_true(plan->submits);
	g_assert_cmpint(snapshot.submission, ==, 2);
	fixture_accept(&snapshot, NOW + 5);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 5);
	g_assert_cmpint(get_rule(plan, 3, KASPER_RECORD_DS), ==, KASPER_RULE_PARENT);
}

/* a change of mind, and another: the parent may show what was wanted in between after what is
 * wanted now, which it was told of before as well */
static void
test_changes_of_mind(void)
{
	KasperSnapshot snapshot;
	const KasperLedger *ledger = &snapshot.ledgers[KASPER_LEDGER_DS];

	fixture_get_zone(&snapshot);
	for (guint i = 0; i < 3; i++) {
		g_autoptr(KasperPlan) plan = NULL;

		snapshot.insecure = !snapshot.insecure;
		plan = fixture_decide(&snapshot, NOW + i);
		g_assert_true(plan->submits);
		fixture_accept(&snapshot, NOW + i);
	}
	fixture_show_ds(&snapshot, 0, NOW + 100);
	g_assert_cmpuint(ledger->n_versions, ==, 2);
	g_assert_cmpuint(ledger->versions[0].keys, ==, OLD);
	g_assert_cmpint(ledger->versions[0].end, ==, KASPER_TIME_NEVER);
	fixture_show_ds(&snapshot, 0, NOW + 2 + 2400);
	g_assert_cmpint(ledger->versions[0].end, ==, NOW + 2 + 2400 + 12900);
}

static void
test_full_ledger(void)
{
	KasperSnapshot snapshot;
	KasperLedger *ledger = &snapshot.ledgers[KASPER_LEDGER_DNSKEY];
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	while (!kasper_ledger_is_full(ledger)) {
		KasperVersion past = ledger->versions[0];

		past.flags = 0;
		past.ttl = 5000 + ledger->n_versions;
		past.gone = NOW;
		past.end = NOW + 1000 + ledger->n_versions;
		kasper_ledger_insert(ledger, &past);
	}
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_false(plan->orders);
	g_assert_cmpint(get_rule(plan, 2, KASPER_RECORD_DNSKEY), ==, KASPER_RULE_CAPACITY);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 1000000);
	g_assert_true(plan->orders);
}

/* a zone that is signed already: the signer is told once, and nothing is withdrawn for a while */
static void
test_adopted(void)
{
	KasperPolicy policy;
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_split_policy(&policy);
	policy.demands[1].gates = 0;
	kasper_snapshot_init(&snapshot, &policy, NOW);
	fixture_add_key(&snapshot, 1, &policy.demands[0]);
	fixture_add_key(&snapshot, 2, &policy.demands[1]);
	snapshot.keys[0].records = 7;
	snapshot.keys[1].records = 10;
	kasper_snapshot_adopt_records(&snapshot);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_true(plan->orders);
	g_assert_false(plan->submits);
	g_assert_cmpint(snapshot.revision, ==, 1);
	fixture_confirm(&snapshot, NOW);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	/* additions only */
	g_assert_true(plan->orders);
	g_assert_cmpuint(snapshot.keys[2].records, ==, 10);
	fixture_confirm(&snapshot, NOW);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 8399);
	g_assert_cmpuint(snapshot.keys[1].records, ==, 10);
	g_assert_cmpint(fixture_find_reason(plan, 1, KASPER_RECORD_RSZ)->until, ==, NOW + 12900);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 12900);
	g_assert_cmpuint(snapshot.keys[1].records, ==, 0);
}

/* somebody put a DS at the parent that fits nothing: nothing leaves, and the old key less than ever
 */
static void
test_invalid(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	fixture_confirm(&snapshot, NOW);
	/* of the ZSK, say */
	fixture_show_ds(&snapshot, OLD | 0x2u, NOW);
	fixture_show_ds(&snapshot, 0x2u, NOW + 1);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 4500);
	/* the swap of signatures is half an addition */
	g_assert_cmpuint(snapshot.keys[2].records & (guint)KASPER_RECORD_RSZ, !=, 0);
	g_assert_cmpuint(snapshot.keys[1].records & (guint)KASPER_RECORD_RSZ, !=, 0);
	fixture_confirm(&snapshot, NOW + 4500);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 4500);
	g_assert_cmpuint(plan->steps->len, ==, 0);
	g_assert_cmpint(get_rule(plan, 1, KASPER_RECORD_RSZ), ==, KASPER_RULE_TRUST);
	/* going insecure is a way out */
	snapshot.insecure = TRUE;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 4500);
	g_assert_true(plan->submits);
	g_assert_false(plan->orders);
	g_assert_cmpuint(snapshot.keys[0].records & (guint)KASPER_RECORD_DS, ==, 0);
}

/* R1 has the last word on the last DS */
static void
test_last_ds(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_KSK);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	fixture_confirm(&snapshot, NOW);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 10);
	g_assert_cmpint(get_rule(plan, 0, KASPER_RECORD_DS), ==, KASPER_RULE_CONTINUITY);
	/* it waits for what the new one waits for */
	g_assert_cmpint(get_rule(plan, 2, KASPER_RECORD_DS), ==, KASPER_RULE_GATE_DS);
	g_assert_cmpint(fixture_find_reason(plan, 2, KASPER_RECORD_DS)->until, ==, NOW + 4500);
	g_assert_cmpint(fixture_find_reason(plan, 0, KASPER_RECORD_DS)->until, ==, NOW + 4500);
	g_assert_cmpint(plan->next_wake, ==, NOW + 4500);
}

static void
test_gates_of_zsk(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	fixture_confirm(&snapshot, NOW);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpint(get_rule(plan, 2, KASPER_RECORD_RSZ), ==, KASPER_RULE_GATE_SIG);
	g_assert_cmpint(fixture_find_reason(plan, 2, KASPER_RECORD_RSZ)->until, ==, NOW + 4500);
	fixture_get_zone(&snapshot);
	snapshot.policy.demands[1].gates = KASPER_GATE_KEY;
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_cmpuint(snapshot.keys[2].records, ==, KASPER_RECORD_RSZ);
	g_assert_cmpint(get_rule(plan, 2, KASPER_RECORD_DNSKEY), ==, KASPER_RULE_GATE_KEY);
}

/* nobody may rely on a key that exists once; what nobody relies on may be published */
static void
test_backup(void)
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
	snapshot.keys[1].backup = KASPER_BACKUP_PREPARED;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpuint(snapshot.keys[0].records, ==, 6);
	g_assert_cmpuint(snapshot.keys[1].records, ==, KASPER_RECORD_DNSKEY);
	g_assert_cmpint(get_rule(plan, 1, KASPER_RECORD_RSZ), ==, KASPER_RULE_BACKUP);
	g_assert_cmpint(fixture_find_reason(plan, 1, KASPER_RECORD_RSZ)->actor,
			==,
			KASPER_ACTOR_BACKUP);
	fixture_confirm(&snapshot, NOW);
	snapshot.keys[1].backup = KASPER_BACKUP_DONE;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 10);
	g_assert_cmpuint(snapshot.keys[1].records, ==, 10);
	fixture_confirm(&snapshot, NOW + 10);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 100000);
	g_assert_false(plan->submits);
	g_assert_cmpint(get_rule(plan, 0, KASPER_RECORD_DS), ==, KASPER_RULE_BACKUP);
	snapshot.keys[0].backup = KASPER_BACKUP_DONE;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 100000);
	g_assert_true(plan->submits);
}

static void
test_backup_holds_dnskey(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.backup_holds_dnskey = TRUE;
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_KSK);
	fixture_add_key(&snapshot, 3, &snapshot.policy.demands[0]);
	snapshot.keys[2].backup = KASPER_BACKUP_NEEDED;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_false(plan->orders);
	g_assert_cmpint(get_rule(plan, 2, KASPER_RECORD_DNSKEY), ==, KASPER_RULE_BACKUP);
}

/* a changed DNSKEY set is signed by all of its signers: while one is away, it does not change */
static void
test_signable(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.keys[0].availability = KASPER_AVAILABILITY_UNAVAILABLE;
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_false(plan->orders);
	g_assert_cmpint(get_rule(plan, 2, KASPER_RECORD_DNSKEY), ==, KASPER_RULE_SIGNABLE);
	g_assert_cmpint(fixture_find_reason(plan, 2, KASPER_RECORD_DNSKEY)->actor,
			==,
			KASPER_ACTOR_STORE);
	/* nor does its TTL */
	snapshot.policy.dnskey_ttl = 60;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_false(plan->orders);
	snapshot.keys[0].availability = KASPER_AVAILABILITY_OK;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_true(plan->orders);
	g_assert_cmpint(
	    kasper_ledger_find(&snapshot.ledgers[KASPER_LEDGER_DNSKEY], KASPER_VERSION_WANTED)->ttl,
	    ==,
	    60);
}

/* signatures that exist are left alone: a key that is away does not stop the data */
static void
test_unavailable_data(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	fixture_confirm(&snapshot, NOW);
	snapshot.keys[1].availability = KASPER_AVAILABILITY_UNAVAILABLE;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 4500);
	g_assert_true(plan->orders);
	g_assert_cmpuint(snapshot.keys[2].records, ==, 10);
	g_assert_cmpuint(snapshot.keys[1].records, ==, KASPER_RECORD_DNSKEY);
}

static void
test_ttl_only(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.dnskey_ttl = 86400;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_true(plan->orders);
	g_assert_cmpuint(snapshot.ledgers[KASPER_LEDGER_DNSKEY].n_versions, ==, 2);
	g_assert_cmpuint(snapshot.ledgers[KASPER_LEDGER_DATA].n_versions, ==, 1);
	fixture_confirm(&snapshot, NOW);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_false(plan->orders);
	snapshot.policy.max_zone_ttl = 60;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_true(plan->orders);
	g_assert_cmpuint(snapshot.ledgers[KASPER_LEDGER_DATA].n_versions, ==, 2);
	/* what the parent does with the TTL of its DS is its affair */
	fixture_confirm(&snapshot, NOW);
	snapshot.policy.ds_ttl = 60;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_false(plan->submits);
	/* which digests are published is ours */
	snapshot.policy.digests |= 1u << KASPER_DIGEST_SHA384;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_true(plan->submits);
}

/* an order has all TTLs of the policy: one that waited for the key to sign it is served from the
 * next order on, although that one is about something else */
static void
test_ttl_comes_along(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;
	KasperLedger *ledger = &snapshot.ledgers[KASPER_LEDGER_DNSKEY];

	fixture_get_zone(&snapshot);
	snapshot.keys[0].availability = KASPER_AVAILABILITY_UNAVAILABLE;
	snapshot.policy.dnskey_ttl = 86400;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_false(plan->orders);
	g_assert_cmpuint(ledger->n_versions, ==, 1);
	snapshot.policy.max_zone_ttl = 60;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_true(plan->orders);
	g_assert_cmpuint(ledger->n_versions, ==, 2);
	g_assert_cmpint(kasper_ledger_find(ledger, KASPER_VERSION_WANTED)->ttl, ==, 86400);
}

/* a delay that is raised under way counts at once */
static void
test_raised_delay(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	fixture_confirm(&snapshot, NOW);
	snapshot.policy.zone_propagation = 1300;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 10);
	g_assert_cmpint(plan->next_wake, ==, NOW + 5500);
	/* and lowered again: too late */
	snapshot.policy.zone_propagation = 0;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 4500);
	g_assert_false(plan->orders);
	g_assert_cmpint(plan->next_wake, ==, NOW + 5500);
}

/* where nobody can look, and the policy says so, the clock is believed */
static void
test_assumed_parent(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;
	const KasperVersion *old;

	fixture_get_zone(&snapshot);
	snapshot.policy.ds_evidence = KASPER_EVIDENCE_ASSUMED;
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_KSK);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	fixture_confirm(&snapshot, NOW);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 4500);
	g_assert_true(plan->submits);
	fixture_accept(&snapshot, NOW + 4600);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 4600);
	g_assert_cmpint(plan->next_wake, <=, NOW + 7000);
	g_assert_cmpint(fixture_find_reason(plan, 2, KASPER_RECORD_DS)->until, ==, NOW + 7000);
	kasper_plan_free(plan);
	/* late is late; what is assumed is the time that was to be */
	plan = fixture_decide(&snapshot, NOW + 8000);
	old = &snapshot.ledgers[KASPER_LEDGER_DS].versions[0];
	g_assert_cmpuint(old->keys, ==, OLD);
	g_assert_cmpint(old->end, ==, NOW + 7000 + 12900);
	g_assert_cmpuint(old->flags & (guint)KASPER_VERSION_ASSUMED, !=, 0);
	/* nobody else does so */
	snapshot.policy.ds_evidence = KASPER_EVIDENCE_OPERATOR;
}

static void
test_passthrough(void)
{
	KasperPolicy policy;
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_policy(&policy);
	policy.passthrough = TRUE;
	kasper_snapshot_init(&snapshot, &policy, NOW);
	kasper_snapshot_adopt_unsigned(&snapshot);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpuint(plan->steps->len, ==, 1);
	g_assert_true(plan->orders);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpuint(plan->steps->len, ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/decide/settled", test_settled);
	g_test_add_func("/decide/pure", test_pure);
	g_test_add_func("/decide/clock", test_clock);
	g_test_add_func("/decide/nothing-known", test_nothing_known);
	g_test_add_func("/decide/one-order-at-a-time", test_one_order_at_a_time);
	g_test_add_func("/decide/one-submission-at-a-time", test_one_submission_at_a_time);
	g_test_add_func("/decide/changes-of-mind", test_changes_of_mind);
	g_test_add_func("/decide/full-ledger", test_full_ledger);
	g_test_add_func("/decide/adopted", test_adopted);
	g_test_add_func("/decide/invalid", test_invalid);
	g_test_add_func("/decide/last-ds", test_last_ds);
	g_test_add_func("/decide/gates-of-zsk", test_gates_of_zsk);
	g_test_add_func("/decide/backup", test_backup);
	g_test_add_func("/decide/backup-holds-dnskey", test_backup_holds_dnskey);
	g_test_add_func("/decide/signable", test_signable);
	g_test_add_func("/decide/unavailable-data", test_unavailable_data);
	g_test_add_func("/decide/ttl-only", test_ttl_only);
	g_test_add_func("/decide/ttl-comes-along", test_ttl_comes_along);
	g_test_add_func("/decide/raised-delay", test_raised_delay);
	g_test_add_func("/decide/assumed-parent", test_assumed_parent);
	g_test_add_func("/decide/passthrough", test_passthrough);
	return g_test_run();
}
