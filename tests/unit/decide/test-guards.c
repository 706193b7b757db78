/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guards: what holds by other rules as well in all but rare states, and has to hold in those.
 */
#include "decide-fixture.h"
#include "kasper-decide-private.h"

/* a key that cannot serve any more is not what the policy wants back */
static void
test_never_back(void)
{
	for (guint slot = 0; slot < 2; slot++) {
		KasperSnapshot snapshot;
		g_autoptr(KasperPlan) plan = NULL;

		fixture_get_zone(&snapshot);
		snapshot.keys[slot].goal = KASPER_GOAL_OUT;
		if (slot == 0)
			snapshot.keys[slot].flags |= KASPER_DNSKEY_REVOKE;
		else
			snapshot.keys[slot].availability = KASPER_AVAILABILITY_LOST;
		plan = kasper_decide(&snapshot, NOW + 1);
		g_assert_nonnull(fixture_find_step(plan, KASPER_STEP_NEED_KEY));
		g_assert_cmpuint(plan->after.keys[slot].goal, ==, KASPER_GOAL_OUT);
	}
}

/* whatever it is that changes, a frozen zone gets no order */
static void
test_frozen(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) frozen = NULL;
	g_autoptr(KasperPlan) thawed = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.dnskey_ttl /= 2;
	snapshot.holds = KASPER_HOLD_MANUAL;
	frozen = kasper_decide(&snapshot, NOW + 1);
	g_assert_false(frozen->orders);
	snapshot.holds = 0;
	thawed = kasper_decide(&snapshot, NOW + 1);
	g_assert_true(thawed->orders);
}

/* the date of a death does not matter to a key that is in use */
static void
test_alive(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.purge = 0;
	snapshot.keys[0].dead = NOW - 100;
	plan = kasper_decide(&snapshot, NOW + 1);
	g_assert_null(fixture_find_step(plan, KASPER_STEP_DESTROY));
}

/* a class of signatures that nobody looks at is served until its time is over, and then no longer:
 * that is something to look at */
static void
test_class(void)
{
	const KasperTime swap = NOW + 4500;
	KasperSignerReport report = {.published_at = swap};
	const KasperVersion *old;
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) first = NULL;
	g_autoptr(KasperPlan) second = NULL;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.roll_roles = KASPER_ROLE_ZSK;
	first = fixture_decide_with_keys(&snapshot, NOW, 3);
	fixture_confirm(&snapshot, NOW);
	second = fixture_decide(&snapshot, swap);
	g_assert_true(second->orders);
	report.revision = snapshot.revision;
	kasper_snapshot_take_signer_report(&snapshot, &report);
	plan = fixture_decide(&snapshot, swap + 1);
	old = &snapshot.ledgers[KASPER_LEDGER_DATA].versions[0];
	g_assert_cmpuint(old->keys, ==, KASPER_KEY_BIT(1));
	g_assert_cmpuint(old->flags & (guint)KASPER_VERSION_CURRENT, !=, 0);
	g_assert_cmpint(plan->next_wake, ==, swap + 396000);
}

/* a version that stands for anything stays, whatever the parent shows */
static void
test_anything(void)
{
	KasperVersion anything = {.flags = (guint)KASPER_VERSION_CURRENT |
					   (guint)KASPER_VERSION_UNKNOWN |
					   (guint)KASPER_VERSION_OBSERVED,
				  .gone = KASPER_TIME_UNSET,
				  .end = KASPER_TIME_NEVER};
	KasperSnapshot snapshot;

	fixture_get_zone(&snapshot);
	kasper_ledger_insert(&snapshot.ledgers[KASPER_LEDGER_DS], &anything);
	fixture_show_ds(&snapshot, KASPER_KEY_BIT(0), NOW + 1);
	g_assert_cmpint(snapshot.ledgers[KASPER_LEDGER_DS].versions[1].end, ==, KASPER_TIME_NEVER);
}

/* the DNSKEY is everywhere, its signature is not */
static void
test_signature(void)
{
	KasperLedger *ledger;
	KasperVersion before;
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) early = NULL;
	g_autoptr(KasperPlan) late = NULL;

	fixture_get_zone(&snapshot);
	fixture_add_key(&snapshot, 3, &snapshot.policy.demands[0]);
	snapshot.keys[2].records = (guint)KASPER_RECORD_DNSKEY | (guint)KASPER_RECORD_RSK;
	ledger = &snapshot.ledgers[KASPER_LEDGER_DNSKEY];
	ledger->versions[0].keys |= KASPER_KEY_BIT(2);
	before = ledger->versions[0];
	ledger->versions[0].signers |= KASPER_KEY_BIT(2);
	before.flags = 0;
	before.gone = NOW - 10;
	before.end = NOW + 5000;
	kasper_ledger_insert(ledger, &before);
	early = kasper_decide(&snapshot, NOW + 4999);
	g_assert_cmpuint(early->after.keys[2].records & (guint)KASPER_RECORD_DS, ==, 0);
	late = kasper_decide(&snapshot, NOW + 5000);
	g_assert_cmpuint(late->after.keys[2].records & (guint)KASPER_RECORD_DS, !=, 0);
}

/* a DS of a digest type that nobody looks at by itself is a DS of its key all the same */
static void
test_digest(void)
{
	KasperProspect prospect;
	KasperKeyring ring;
	KasperSnapshot snapshot;

	fixture_get_zone(&snapshot);
	fixture_add_key(&snapshot, 3, &snapshot.policy.demands[0]);
	kasper_keyring_init(&ring, &snapshot);
	prospect = (KasperProspect){.ledgers = snapshot.ledgers};
	g_assert_true(kasper_safety_is_safe(&ring, &prospect));
	snapshot.ledgers[KASPER_LEDGER_DS].versions[0].keys = KASPER_KEY_BIT(2);
	snapshot.ledgers[KASPER_LEDGER_DS].versions[0].views[1] = 0;
	g_assert_false(kasper_safety_is_safe(&ring, &prospect));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/guards/never-back", test_never_back);
	g_test_add_func("/guards/frozen", test_frozen);
	g_test_add_func("/guards/alive", test_alive);
	g_test_add_func("/guards/class", test_class);
	g_test_add_func("/guards/anything", test_anything);
	g_test_add_func("/guards/signature", test_signature);
	g_test_add_func("/guards/digest", test_digest);
	return g_test_run();
}
