/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which keys are to be used: first keys, lifetimes, orders, changed policies, standby keys.
 */
#include "decide-fixture.h"
#include "kasper-timing.h"

#define MONTH ((KasperSpan)30 * KASPER_SPAN_DAY)

static void
assert_key_wanted(const KasperPlan *plan, gint demand, gboolean standby)
{
	const KasperStep *step = fixture_find_step(plan, KASPER_STEP_NEED_KEY);

	g_assert_nonnull(step);
	g_assert_cmpint(step->demand, ==, demand);
	g_assert_cmpint(step->standby, ==, standby);
	g_assert_cmpint(step->slot, ==, -1);
}

static void
test_first_keys(void)
{
	KasperPolicy policy;
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_split_policy(&policy);
	kasper_snapshot_init(&snapshot, &policy, NOW);
	kasper_snapshot_adopt_unsigned(&snapshot);
	plan = kasper_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 2);
	assert_key_wanted(plan, 0, FALSE);
	g_assert_false(plan->orders);
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW, 1);
	g_assert_true(plan->orders);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_ROLLOVER), ==, 0);
	g_assert_cmpint(snapshot.keys[1].active, ==, NOW);
}

/* the first key of a role is not a rollover, whatever is said of those */
static void
test_first_keys_manual(void)
{
	KasperPolicy policy;
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_split_policy(&policy);
	policy.demands[0].manual_rollover = policy.demands[1].manual_rollover = TRUE;
	kasper_snapshot_init(&snapshot, &policy, NOW);
	kasper_snapshot_adopt_unsigned(&snapshot);
	plan = kasper_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 2);
}

/* the successor appears a lead before the end, and the old key goes when it is there */
static void
test_lifetime(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;
	KasperTime start = NOW + MONTH - 4500;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[1].lifetime = MONTH;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpint(plan->next_wake, ==, start);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, start - 1);
	g_assert_cmpuint(plan->steps->len, ==, 0);
	kasper_plan_free(plan);
	plan = kasper_decide(&snapshot, start);
	assert_key_wanted(plan, 1, FALSE);
	/* not before somebody can take its place */
	g_assert_cmpint(plan->after.keys[1].goal, ==, KASPER_GOAL_IN);
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, start, 3);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 0);
	g_assert_cmpint(fixture_find_step(plan, KASPER_STEP_ROLLOVER)->slot, ==, 1);
	g_assert_cmpint(fixture_find_step(plan, KASPER_STEP_ROLLOVER)->demand, ==, 1);
	g_assert_cmpint(fixture_find_step(plan, KASPER_STEP_GOAL_OUT)->slot, ==, 1);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_OUT);
	g_assert_cmpint(snapshot.keys[2].goal, ==, KASPER_GOAL_IN);
}

/* nothing is gained by overtaking: a scheduled rollover waits until its key is where it is to be */
static void
test_lifetime_queues(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.keys[1].active = NOW - 5000;
	snapshot.policy.demands[1].lifetime = 3600;
	snapshot.ledgers[KASPER_LEDGER_DATA].versions[1] =
	    (KasperVersion){.keys = 0, .end = NOW + 50};
	snapshot.ledgers[KASPER_LEDGER_DATA].n_versions = 2;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_null(fixture_find_step(plan, KASPER_STEP_NEED_KEY));
	g_assert_cmpint(plan->next_wake, ==, NOW + 50);
	kasper_plan_free(plan);
	plan = kasper_decide(&snapshot, NOW + 50);
	assert_key_wanted(plan, 1, FALSE);
}

static void
test_shared_keys_roll_together(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.spread = G_GUINT64_CONSTANT(0xfedcba9876543210);
	snapshot.policy.demands[1].lifetime = MONTH;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpint(plan->next_wake, <, NOW + MONTH - 4500);
	snapshot.policy.share_keys = TRUE;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpint(plan->next_wake, ==, NOW + MONTH - 4500);
}

static void
test_manual(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[0].lifetime = MONTH;
	snapshot.policy.demands[0].manual_rollover = TRUE;
	plan = fixture_decide(&snapshot, NOW + MONTH);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 0);
	g_assert_cmpuint(plan->reasons->len, ==, 1);
	g_assert_cmpint(fixture_find_reason(plan, 0, 0)->rule, ==, KASPER_RULE_MANUAL);
	g_assert_cmpint(fixture_find_reason(plan, 0, 0)->actor, ==, KASPER_ACTOR_OPERATOR);
	g_assert_cmpint(plan->next_wake, ==, KASPER_TIME_NEVER);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_KSK);
	kasper_plan_free(plan);
	plan = kasper_decide(&snapshot, NOW + MONTH);
	assert_key_wanted(plan, 0, FALSE);
}

/* a policy that wants other keys starts rollovers, which wait for a person as well */
static void
test_manual_policy_change(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[1].manual_rollover = TRUE;
	snapshot.policy.demands[1].store = 7;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 0);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_IN);
	g_assert_cmpint(fixture_find_reason(plan, 1, 0)->rule, ==, KASPER_RULE_MANUAL);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_OUT);
	g_assert_cmpint(snapshot.keys[2].store, ==, 7);
}

/* an order for roles, as the store keeps it */
static void
test_roll_roles(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.roll_roles = KASPER_ROLE_ZSK;
	plan = kasper_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 1);
	assert_key_wanted(plan, 1, FALSE);
	g_assert_cmpuint(plan->after.roll_roles, ==, 0);
	g_assert_cmpuint(plan->after.keys[1].roll, ==, KASPER_ROLL_ASKED);
	g_assert_cmpuint(plan->after.keys[0].roll, ==, 0);
}

/* the successor is added to the snapshot that still has the order, and answers it: it is not itself
 * to be replaced */
static void
test_roll_roles_answered(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) asked = NULL;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.roll_roles = KASPER_ROLE_ZSK;
	asked = kasper_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(asked, KASPER_STEP_NEED_KEY), ==, 1);
	fixture_add_key(&snapshot, 3, &snapshot.policy.demands[1]);
	plan = kasper_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 0);
	g_assert_cmpint(plan->after.keys[1].goal, ==, KASPER_GOAL_OUT);
	g_assert_cmpint(plan->after.keys[2].goal, ==, KASPER_GOAL_IN);
	g_assert_cmpuint(plan->after.keys[2].roll, ==, 0);
}

/* a successor whose number is lower, since its backup took longer, is a successor all the same */
static void
test_older_successor(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.keys[1].number = 50;
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = fixture_decide_with_keys(&snapshot, NOW, 20);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_OUT);
	g_assert_cmpint(snapshot.keys[2].goal, ==, KASPER_GOAL_IN);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 0);
}

static void
test_notice(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;
	KasperTime start = NOW + MONTH - 4500;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[1].lifetime = MONTH;
	snapshot.policy.rollover_notification = KASPER_SPAN_DAY;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpint(plan->next_wake, ==, start - KASPER_SPAN_DAY);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, start - KASPER_SPAN_DAY + 7);
	g_assert_cmpint(fixture_find_step(plan, KASPER_STEP_NOTICE)->slot, ==, 1);
	g_assert_cmpint(fixture_find_step(plan, KASPER_STEP_NOTICE)->time, ==, start);
	g_assert_cmpint(plan->next_wake, ==, start);
	/* once */
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, start - KASPER_SPAN_DAY + 8);
	g_assert_cmpuint(plan->steps->len, ==, 0);
	/* put off, and announced again */
	snapshot.policy.demands[1].lifetime = 2 * MONTH;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, start);
	g_assert_cmpuint(snapshot.keys[1].roll, ==, 0);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, start + MONTH - 10);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NOTICE), ==, 1);
}

/* a store that does not answer leads to no new key and to no change of mind */
static void
test_unavailable(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.keys[0].availability = snapshot.keys[1].availability =
	    KASPER_AVAILABILITY_UNAVAILABLE;
	plan = fixture_decide(&snapshot, NOW + 1000000);
	g_assert_cmpuint(plan->steps->len, ==, 0);
	g_assert_cmpint(snapshot.keys[0].goal, ==, KASPER_GOAL_IN);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_IN);
}

static void
test_lost(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[1].manual_rollover = TRUE;
	snapshot.keys[1].availability = KASPER_AVAILABILITY_LOST;
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_OUT);
	g_assert_cmpint(snapshot.keys[2].goal, ==, KASPER_GOAL_IN);
	/* it does not come back */
	snapshot.keys[2].availability = KASPER_AVAILABILITY_COMPROMISED;
	kasper_plan_free(plan);
	plan = kasper_decide(&snapshot, NOW);
	g_assert_cmpint(plan->after.keys[1].goal, ==, KASPER_GOAL_OUT);
	assert_key_wanted(plan, 1, FALSE);
}

static void
test_standby(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[1].standby = 1;
	plan = kasper_decide(&snapshot, NOW);
	assert_key_wanted(plan, 1, TRUE);
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_cmpuint(snapshot.keys[2].records, ==, KASPER_RECORD_DNSKEY);
	/* called up, and replaced by another one in waiting */
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	kasper_plan_free(plan);
	plan = kasper_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 1);
	assert_key_wanted(plan, 1, TRUE);
	g_assert_false(plan->after.keys[2].standby);
	g_assert_cmpint(plan->after.keys[1].goal, ==, KASPER_GOAL_OUT);
	g_assert_cmpint(fixture_find_step(plan, KASPER_STEP_ROLLOVER)->slot, ==, 1);
	/* fewer are wanted */
	kasper_plan_free(plan);
	snapshot.keys[1].roll = 0;
	snapshot.policy.demands[1].standby = 0;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpint(snapshot.keys[2].goal, ==, KASPER_GOAL_OUT);
	g_assert_null(fixture_find_step(plan, KASPER_STEP_ROLLOVER));
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_IN);
}

/* a standby KSK waits with its DS at the parent, whatever the roll type says of that */
static void
test_standby_ksk(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[0].standby = 1;
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_cmpuint(snapshot.keys[2].records, ==, KASPER_RECORD_DS);
	g_assert_true(plan->submits);
	g_assert_false(plan->orders);
	/* one that was lost is replaced */
	snapshot.keys[2].availability = KASPER_AVAILABILITY_LOST;
	kasper_plan_free(plan);
	plan = kasper_decide(&snapshot, NOW);
	assert_key_wanted(plan, 0, TRUE);
}

/* ManualRollover="switch": the successor waits in the zone, a person lets it sign */
static void
test_manual_switch(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[1].manual_rollover = snapshot.policy.demands[1].manual_switch = 1;
	snapshot.policy.demands[1].lifetime = MONTH;
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_true(snapshot.keys[2].standby);
	fixture_confirm(&snapshot, NOW);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 2 * MONTH);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_IN);
	g_assert_true(snapshot.keys[2].standby);
	g_assert_cmpint(fixture_find_reason(plan, 1, 0)->rule, ==, KASPER_RULE_MANUAL);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW + 2 * MONTH, 4);
	g_assert_cmpuint(snapshot.keys[2].records & (guint)KASPER_RECORD_RSZ, !=, 0);
	g_assert_cmpuint(snapshot.keys[1].records & (guint)KASPER_RECORD_RSZ, ==, 0);
}

/* keys that the policy does not know any longer stay until others can take their place */
static void
test_policy_change(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.n_demands = 0;
	fixture_add_demand(&snapshot.policy, KASPER_ROLE_CSK, 15, "CskPrePublication");
	plan = fixture_decide(&snapshot, NOW);
	assert_key_wanted(plan, 0, FALSE);
	g_assert_cmpint(snapshot.keys[0].goal, ==, KASPER_GOAL_IN);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_IN);
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_cmpint(snapshot.keys[0].goal, ==, KASPER_GOAL_OUT);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_OUT);
	/* and back: nothing is lost, no third key is made */
	snapshot.policy.n_demands = 0;
	fixture_add_demand(&snapshot.policy, KASPER_ROLE_KSK, 13, "KskDoubleSignature");
	fixture_add_demand(&snapshot.policy, KASPER_ROLE_ZSK, 13, "ZskPrePublication");
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 0);
	g_assert_cmpint(snapshot.keys[0].goal, ==, KASPER_GOAL_IN);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_IN);
	g_assert_cmpint(snapshot.keys[2].goal, ==, KASPER_GOAL_OUT);
}

static void
test_insecure(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.insecure = TRUE;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_GOAL_OUT), ==, 2);
	g_assert_true(plan->submits);
	g_assert_false(plan->orders);
	fixture_accept(&snapshot, NOW);
	snapshot.insecure = FALSE;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 10);
	g_assert_cmpint(snapshot.keys[0].goal, ==, KASPER_GOAL_IN);
	g_assert_true(plan->submits);
	g_assert_cmpuint(snapshot.keys[0].records & (guint)KASPER_RECORD_DS, !=, 0);
}

static void
test_frozen(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.holds = KASPER_HOLD_MANUAL;
	kasper_snapshot_request_rollover(&snapshot, 0);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpuint(plan->steps->len, ==, 0);
	g_assert_cmpint(fixture_find_reason(plan, -1, 0)->rule, ==, KASPER_RULE_HOLD);
	/* the order is not forgotten */
	snapshot.holds = 0;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 2);
}

/* two elements with the same attributes are two */
static void
test_twins(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	fixture_add_demand(&snapshot.policy, KASPER_ROLE_ZSK, 13, "ZskPrePublication");
	plan = fixture_decide_with_keys(&snapshot, NOW, 3);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_IN);
	g_assert_cmpint(snapshot.keys[2].goal, ==, KASPER_GOAL_IN);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	g_assert_null(fixture_find_step(plan, KASPER_STEP_NEED_KEY));
}

/* keys of other signers are none of ours */
static void
test_foreign(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	fixture_add_key(&snapshot, 3, &snapshot.policy.demands[1]);
	snapshot.keys[2].origin = KASPER_ORIGIN_FOREIGN;
	snapshot.keys[2].records = 0;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpint(snapshot.keys[1].goal, ==, KASPER_GOAL_IN);
	g_assert_cmpint(snapshot.keys[2].goal, ==, KASPER_GOAL_IN);
	g_assert_false(plan->orders);
}

static void
test_purge(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	fixture_add_key(&snapshot, 3, &snapshot.policy.demands[1]);
	snapshot.keys[2].goal = KASPER_GOAL_OUT;
	snapshot.policy.purge = 1000;
	plan = fixture_decide(&snapshot, NOW);
	g_assert_cmpint(fixture_find_step(plan, KASPER_STEP_DEAD)->slot, ==, 2);
	g_assert_null(fixture_find_step(plan, KASPER_STEP_DESTROY));
	g_assert_cmpint(plan->next_wake, ==, NOW + 1000);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 1000);
	g_assert_cmpint(fixture_find_step(plan, KASPER_STEP_DESTROY)->slot, ==, 2);
	/* the plan's snapshot still has it */
	g_assert_cmpint(snapshot.keys[2].number, ==, 3);
	snapshot.policy.purge = -1;
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 2000);
	g_assert_null(fixture_find_step(plan, KASPER_STEP_DESTROY));
}

/* no key is asked for that the zone could not take: it would be made, and again, without end */
static void
test_no_room(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;
	const KasperReason *reason;

	fixture_get_zone(&snapshot);
	while (snapshot.n_keys < KASPER_KEYS_MAX) {
		gint slot = fixture_add_key(&snapshot,
					    snapshot.n_keys + 1,
					    &snapshot.policy.demands[1]);

		snapshot.keys[slot].goal = KASPER_GOAL_OUT;
		snapshot.keys[slot].dead = NOW;
	}
	kasper_snapshot_request_rollover(&snapshot, 0);
	plan = kasper_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 0);
	reason = fixture_find_reason(plan, -1, 0);
	g_assert_nonnull(reason);
	g_assert_cmpstr(kasper_rule_to_string(reason->rule), ==, "room");
	g_assert_cmpstr(kasper_actor_to_string(reason->actor), ==, "operator");
	/* as many as there is room for */
	kasper_snapshot_remove_key(&snapshot, 10);
	kasper_plan_free(plan);
	plan = kasper_decide(&snapshot, NOW);
	g_assert_cmpuint(fixture_count_steps(plan, KASPER_STEP_NEED_KEY), ==, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/goals/first-keys", test_first_keys);
	g_test_add_func("/goals/first-keys-manual", test_first_keys_manual);
	g_test_add_func("/goals/lifetime", test_lifetime);
	g_test_add_func("/goals/lifetime-queues", test_lifetime_queues);
	g_test_add_func("/goals/shared-keys-roll-together", test_shared_keys_roll_together);
	g_test_add_func("/goals/manual", test_manual);
	g_test_add_func("/goals/manual-policy-change", test_manual_policy_change);
	g_test_add_func("/goals/roll-roles", test_roll_roles);
	g_test_add_func("/goals/roll-roles-answered", test_roll_roles_answered);
	g_test_add_func("/goals/older-successor", test_older_successor);
	g_test_add_func("/goals/notice", test_notice);
	g_test_add_func("/goals/unavailable", test_unavailable);
	g_test_add_func("/goals/lost", test_lost);
	g_test_add_func("/goals/standby", test_standby);
	g_test_add_func("/goals/standby-ksk", test_standby_ksk);
	g_test_add_func("/goals/manual-switch", test_manual_switch);
	g_test_add_func("/goals/policy-change", test_policy_change);
	g_test_add_func("/goals/insecure", test_insecure);
	g_test_add_func("/goals/frozen", test_frozen);
	g_test_add_func("/goals/twins", test_twins);
	g_test_add_func("/goals/foreign", test_foreign);
	g_test_add_func("/goals/purge", test_purge);
	g_test_add_func("/goals/no-room", test_no_room);
	return g_test_run();
}
