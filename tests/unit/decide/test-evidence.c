/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the signer reports, and what it ends.
 */
#include "decide-fixture.h"
#include "kasper-ledger-private.h"
#include "kasper-snapshot-private.h"

static const KasperVersion *
get(const KasperSnapshot *snapshot, KasperLedgerKind kind, guint at)
{
	g_assert_cmpuint(at, <, snapshot->ledgers[kind].n_versions);
	return &snapshot->ledgers[kind].versions[at];
}

/* an order is on its way that takes ZSK number 3 in, in the place of number 2, which is to sign no
 * longer but stays in the DNSKEY set */
static void
get_swapping_zone(KasperSnapshot *snapshot)
{
	const KasperVersion keys = {.keys = 7, .signers = 1, .ttl = 3600};
	const KasperVersion data = {.keys = 4, .ttl = 7200};
	gboolean returned;

	fixture_get_zone(snapshot);
	g_assert_cmpint(fixture_add_key(snapshot, 3, &snapshot->policy.demands[1]), ==, 2);
	kasper_ledger_publish(&snapshot->ledgers[KASPER_LEDGER_DNSKEY], &keys, NOW, &returned);
	kasper_ledger_publish(&snapshot->ledgers[KASPER_LEDGER_DATA], &data, NOW, &returned);
	snapshot->revision = 2;
	snapshot->ordered_at = NOW;
	snapshot->now = NOW + 10;
}

static void
take(KasperSnapshot *snapshot, KasperSignerReport report)
{
	if (report.revision == 0)
		report.revision = snapshot->revision;
	if (report.published_at == 0)
		report.published_at = NOW + 5;
	kasper_snapshot_take_signer_report(snapshot, &report);
}

static void
test_confirmed(void)
{
	KasperSnapshot snapshot;

	get_swapping_zone(&snapshot);
	take(&snapshot, (KasperSignerReport){.all_replaced = TRUE});
	g_assert_cmpint(snapshot.confirmed, ==, 2);
	/* only added to: Sp; replaced: Sx */
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 0)->end, ==, NOW + 5 + 4500);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 0)->end, ==, NOW + 5 + 8400);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 1)->end, ==, KASPER_TIME_NEVER);
	g_assert_cmpint(snapshot.gradual_until, ==, KASPER_TIME_UNSET);
}

static void
test_other_revision(void)
{
	KasperSnapshot snapshot, before;

	get_swapping_zone(&snapshot);
	before = snapshot;
	take(&snapshot, (KasperSignerReport){.revision = 1, .all_replaced = TRUE});
	g_assert_cmpmem(&snapshot, sizeof snapshot, &before, sizeof before);
	take(&snapshot, (KasperSignerReport){.revision = 3, .all_replaced = TRUE});
	g_assert_cmpmem(&snapshot, sizeof snapshot, &before, sizeof before);
}

/* a signer whose clock is slow has not published before it was told to */
static void
test_too_early(void)
{
	KasperSnapshot snapshot;

	get_swapping_zone(&snapshot);
	take(&snapshot, (KasperSignerReport){.published_at = NOW - 1000, .all_replaced = TRUE});
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 0)->gone, ==, NOW);
}

/* G seconds for signatures that are replaced as they age; a report beats the estimate */
static void
test_gradual(void)
{
	KasperSnapshot snapshot;

	get_swapping_zone(&snapshot);
	take(&snapshot, (KasperSignerReport){.all_replaced = FALSE});
	g_assert_cmpint(snapshot.gradual_until, ==, NOW + 5 + 396000);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 0)->end, ==, NOW + 5 + 396000 + 8400);
	g_assert_false(
	    kasper_ledger_is_pending(&snapshot.ledgers[KASPER_LEDGER_DATA], KASPER_LEDGER_DATA));
	/* still some, long before the end of the estimate: it stands */
	snapshot.now = NOW + 1000;
	take(&snapshot, (KasperSignerReport){.published_at = NOW + 1000});
	g_assert_cmpint(snapshot.gradual_until, ==, NOW + 5 + 396000);
	/* still some after it: then it was too short */
	snapshot.now = NOW + 400000;
	take(&snapshot, (KasperSignerReport){.published_at = NOW + 400000});
	g_assert_cmpint(snapshot.gradual_until, ==, NOW + 400000);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 0)->end, ==, NOW + 400000 + 8400);
	take(&snapshot, (KasperSignerReport){.published_at = NOW + 390000, .all_replaced = TRUE});
	g_assert_cmpint(snapshot.gradual_until, ==, KASPER_TIME_UNSET);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 0)->end, ==, NOW + 390000 + 8400);
}

/* where somebody looks, no clock ends what was seen: however long it takes, there is another look
 */
static void
test_watched(void)
{
	KasperSnapshot snapshot;
	KasperTime later = NOW + 30 * KASPER_SPAN_DAY;
	g_autoptr(KasperPlan) plan = NULL;

	get_swapping_zone(&snapshot);
	take(&snapshot, (KasperSignerReport){.watched = TRUE});
	g_assert_cmpint(snapshot.gradual_until, ==, NOW + 5 + 396000);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 0)->end, ==, KASPER_TIME_NEVER);
	/* nobody came by for a month: the old signatures may be served to this day */
	plan = kasper_decide(&snapshot, later);
	g_assert_cmpuint(plan->after.ledgers[KASPER_LEDGER_DATA].n_versions, ==, 2);
	g_assert_cmpuint(get(&plan->after, KASPER_LEDGER_DATA, 0)->flags &
			     (guint)KASPER_VERSION_CURRENT,
			 !=,
			 0);
	/* the look that finds none counts from then on, not from the estimate */
	snapshot.now = later;
	take(&snapshot,
	     (KasperSignerReport){.published_at = later, .watched = TRUE, .all_replaced = TRUE});
	g_assert_cmpint(snapshot.gradual_until, ==, KASPER_TIME_UNSET);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 0)->end, ==, later + 8400);
}

/* nobody looks any longer: the clock is all that there is, as if nobody ever had */
static void
test_unwatched(void)
{
	KasperSnapshot snapshot;

	get_swapping_zone(&snapshot);
	take(&snapshot, (KasperSignerReport){.watched = TRUE});
	take(&snapshot, (KasperSignerReport){.assumed = TRUE});
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 0)->end, ==, NOW + 5 + 396000 + 8400);
}

/* signatures that are left out are left out in one pass, unless a look shows some */
static void
test_dropped(void)
{
	KasperSnapshot snapshot;

	get_swapping_zone(&snapshot);
	snapshot.ledgers[KASPER_LEDGER_DATA].versions[0].keys = 6;
	take(&snapshot, (KasperSignerReport){.assumed = TRUE});
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 0)->end, ==, NOW + 5 + 8400);
	g_assert_cmpuint(get(&snapshot, KASPER_LEDGER_DATA, 0)->flags &
			     (guint)KASPER_VERSION_ASSUMED,
			 !=,
			 0);
	get_swapping_zone(&snapshot);
	snapshot.ledgers[KASPER_LEDGER_DATA].versions[0].keys = 6;
	take(&snapshot, (KasperSignerReport){.assumed = FALSE});
	g_assert_cmpint(snapshot.gradual_until, ==, NOW + 5 + 396000);
}

/* a signer that was told, and not looked at, has published when its time is over, not at once */
static void
test_signer_delay(void)
{
	KasperSnapshot snapshot;

	get_swapping_zone(&snapshot);
	snapshot.policy.signer_delay = 77;
	take(&snapshot, (KasperSignerReport){.assumed = TRUE, .all_replaced = TRUE});
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 0)->end, ==, NOW + 5 + 77 + 4500);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 0)->end, ==, NOW + 5 + 77 + 8400);
	/* what was seen needs no estimate */
	get_swapping_zone(&snapshot);
	snapshot.policy.signer_delay = 77;
	take(&snapshot, (KasperSignerReport){.all_replaced = TRUE});
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 0)->end, ==, NOW + 5 + 4500);
}

/* a larger TTL than the policy's is a fact; so is a smaller one, for what is served from now on */
static void
test_served_ttl(void)
{
	KasperSnapshot snapshot;

	get_swapping_zone(&snapshot);
	take(&snapshot, (KasperSignerReport){.all_replaced = TRUE, .max_ttl = 20000});
	g_assert_cmpint(snapshot.served_ttl, ==, 20000);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 0)->end, ==, NOW + 5 + 20000 + 1200);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 1)->ttl, ==, 20000);
	snapshot.now = NOW + 100;
	take(&snapshot,
	     (KasperSignerReport){.published_at = NOW + 100, .all_replaced = TRUE, .max_ttl = 60});
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 1)->end, ==, NOW + 100 + 21200);
	/* the policy's is the least that is reckoned with */
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 2)->ttl, ==, 7200);
	g_assert_cmpuint(get(&snapshot, KASPER_LEDGER_DATA, 2)->flags &
			     (guint)KASPER_VERSION_WANTED,
			 !=,
			 0);
}

/* a signer that serves larger TTLs than it was told gets no new order for that */
static void
test_served_ttl_stays(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) first = NULL;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	first = fixture_decide(&snapshot, NOW);
	take(&snapshot, (KasperSignerReport){.all_replaced = TRUE, .max_ttl = 20000});
	plan = fixture_decide(&snapshot, NOW + 10);
	g_assert_false(plan->orders);
	g_assert_cmpint(plan->next_wake, ==, KASPER_TIME_NEVER);
}

static void
test_served_dnskey_ttl(void)
{
	KasperSnapshot snapshot;

	get_swapping_zone(&snapshot);
	take(&snapshot, (KasperSignerReport){.all_replaced = TRUE, .dnskey_ttl = 50000});
	g_assert_cmpuint(snapshot.ledgers[KASPER_LEDGER_DNSKEY].n_versions, ==, 3);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 2)->ttl, ==, 50000);
	g_assert_cmpuint(get(&snapshot, KASPER_LEDGER_DNSKEY, 2)->keys, ==, 7);
	/* nobody waits for a signer that goes on like that, and nothing grows */
	g_assert_false(kasper_ledger_is_pending(&snapshot.ledgers[KASPER_LEDGER_DNSKEY],
						KASPER_LEDGER_DNSKEY));
	take(&snapshot, (KasperSignerReport){.all_replaced = TRUE, .dnskey_ttl = 50000});
	g_assert_cmpuint(snapshot.ledgers[KASPER_LEDGER_DNSKEY].n_versions, ==, 3);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 2)->end, ==, KASPER_TIME_NEVER);
	/* it comes to its senses: what it served is remembered */
	take(&snapshot, (KasperSignerReport){.all_replaced = TRUE, .dnskey_ttl = 3600});
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 2)->end, ==, NOW + 5 + 50000 + 1200);
}

/* the policy lowers the TTL and the signer goes on with the one that it was told before */
static void
test_lowered_dnskey_ttl(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) lowered = NULL;
	g_autoptr(KasperPlan) rolled = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.dnskey_ttl = 1800;
	lowered = fixture_decide(&snapshot, NOW);
	g_assert_true(lowered->orders);
	take(&snapshot, (KasperSignerReport){.all_replaced = TRUE, .dnskey_ttl = 3600});
	g_assert_false(kasper_ledger_is_pending(&snapshot.ledgers[KASPER_LEDGER_DNSKEY],
						KASPER_LEDGER_DNSKEY));
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 0)->end, ==, KASPER_TIME_NEVER);
	/* it has to reckon with the larger one, and that is all */
	snapshot.roll_roles = KASPER_ROLE_ZSK;
	rolled = fixture_decide_with_keys(&snapshot, NOW + 10, 3);
	g_assert_true(rolled->orders);
	take(&snapshot,
	     (KasperSignerReport){.published_at = NOW + 20,
				  .all_replaced = TRUE,
				  .dnskey_ttl = 1800});
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 0)->ttl, ==, 3600);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 0)->end, ==, NOW + 20 + 4500);
}

static void
test_submission(void)
{
	KasperSnapshot snapshot;

	fixture_get_zone(&snapshot);
	kasper_snapshot_take_submission(&snapshot, 0, NOW);
	g_assert_cmpint(snapshot.submitted_at, ==, KASPER_TIME_UNSET);
	snapshot.submission = 4;
	kasper_snapshot_take_submission(&snapshot, 3, NOW);
	g_assert_cmpint(snapshot.submitted_at, ==, KASPER_TIME_UNSET);
	kasper_snapshot_take_submission(&snapshot, 4, NOW + 7);
	kasper_snapshot_take_submission(&snapshot, 4, NOW + 9);
	g_assert_cmpint(snapshot.submitted_at, ==, NOW + 7);
}

/* what was published before we came fits nothing, until all of it has expired */
static void
test_adopted(void)
{
	KasperPolicy policy;
	KasperSnapshot snapshot;

	fixture_get_split_policy(&policy);
	kasper_snapshot_init(&snapshot, &policy, NOW);
	fixture_add_key(&snapshot, 1, &policy.demands[0]);
	fixture_add_key(&snapshot, 2, &policy.demands[1]);
	snapshot.keys[0].records = 7;
	snapshot.keys[1].records = 10;
	kasper_snapshot_adopt_records(&snapshot);
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		g_assert_cmpuint(snapshot.ledgers[kind].n_versions, ==, 2);
		g_assert_cmpuint(get(&snapshot, kind, 1)->flags, ==, KASPER_VERSION_UNKNOWN);
	}
	/* a + max(K,S) + Sx, and P + D + Sx */
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DNSKEY, 1)->end, ==, NOW + 8400);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DATA, 1)->end, ==, NOW + 8400);
	g_assert_cmpint(get(&snapshot, KASPER_LEDGER_DS, 1)->end, ==, NOW + 12900);
	g_assert_cmpuint(get(&snapshot, KASPER_LEDGER_DNSKEY, 0)->signers, ==, 1);
	g_assert_cmpint(snapshot.keys[0].ds_phase, ==, KASPER_DS_SEEN);
	kasper_plan_free(fixture_decide(&snapshot, NOW));
	g_assert_cmpint(snapshot.keys[0].state[KASPER_INDEX_DS], ==, KASPER_RECORD_RUMOURED);
	kasper_plan_free(fixture_decide(&snapshot, NOW + 12900));
	g_assert_cmpint(snapshot.keys[0].state[KASPER_INDEX_DS], ==, KASPER_RECORD_OMNIPRESENT);
}

/* a slot is a name that the ledgers use: it must not get another meaning */
static void
test_slots(void)
{
	KasperSnapshot snapshot;

	fixture_get_zone(&snapshot);
	g_assert_cmpint(kasper_snapshot_find_key(&snapshot, 2), ==, 1);
	g_assert_cmpint(kasper_snapshot_find_key(&snapshot, 9), ==, -1);
	g_assert_cmpint(kasper_snapshot_find_key(&snapshot, 0), ==, -1);
	kasper_snapshot_remove_key(&snapshot, 1);
	g_assert_cmpint(snapshot.keys[1].number, ==, 2);
	for (gint i = 2; i < KASPER_KEYS_MAX; i++)
		g_assert_cmpint(fixture_add_key(&snapshot, 10 + i, &snapshot.policy.demands[1]),
				==,
				i);
	g_assert_cmpint(fixture_add_key(&snapshot, 99, &snapshot.policy.demands[1]), ==, -1);
	kasper_snapshot_remove_key(&snapshot, 5);
	g_assert_cmpint(snapshot.keys[5].number, ==, 0);
	g_assert_cmpint(fixture_add_key(&snapshot, 99, &snapshot.policy.demands[1]), ==, 5);
	kasper_snapshot_remove_key(&snapshot, KASPER_KEYS_MAX - 1);
	g_assert_cmpuint(snapshot.n_keys, ==, KASPER_KEYS_MAX - 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/evidence/confirmed", test_confirmed);
	g_test_add_func("/evidence/other-revision", test_other_revision);
	g_test_add_func("/evidence/too-early", test_too_early);
	g_test_add_func("/evidence/gradual", test_gradual);
	g_test_add_func("/evidence/watched", test_watched);
	g_test_add_func("/evidence/unwatched", test_unwatched);
	g_test_add_func("/evidence/dropped", test_dropped);
	g_test_add_func("/evidence/signer-delay", test_signer_delay);
	g_test_add_func("/evidence/served-ttl", test_served_ttl);
	g_test_add_func("/evidence/served-ttl-stays", test_served_ttl_stays);
	g_test_add_func("/evidence/served-dnskey-ttl", test_served_dnskey_ttl);
	g_test_add_func("/evidence/lowered-dnskey-ttl", test_lowered_dnskey_ttl);
	g_test_add_func("/evidence/submission", test_submission);
	g_test_add_func("/evidence/adopted", test_adopted);
	g_test_add_func("/evidence/slots", test_slots);
	return g_test_run();
}
