/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parent shows, what people say of it, and what that ends. Slot 0 is the old KSK, slot 2
 * the new one.
 */
#include "decide-fixture.h"
#include "kasper-ledger-private.h"

#define OLD 0x1u
#define NEW 0x4u

static const KasperVersion *
find(const KasperSnapshot *snapshot, KasperKeySet keys)
{
	const KasperLedger *ledger = &snapshot->ledgers[KASPER_LEDGER_DS];

	for (guint i = 0; i < ledger->n_versions; i++) {
		if (ledger->versions[i].keys == keys)
			return &ledger->versions[i];
	}
	g_error("there is no DS version %x", keys);
}

/* a set goes to the parent, as the decision would do it */
static void
submit(KasperSnapshot *snapshot, KasperKeySet keys, KasperTime now)
{
	KasperVersion content = {.keys = keys, .ttl = 10800};
	KasperVersion *version;
	gboolean returned;

	kasper_version_set_digests(&content, &snapshot->policy);
	version =
	    kasper_ledger_publish(&snapshot->ledgers[KASPER_LEDGER_DS], &content, now, &returned);
	if (returned) {
		version->flags |= KASPER_VERSION_RETURNED;
		version->since = now;
	}
	snapshot->submission++;
	snapshot->submitted_at = KASPER_TIME_UNSET;
	fixture_accept(snapshot, now);
	for (guint slot = 0; slot < 3; slot++) {
		snapshot->keys[slot].records &= (guint8) ~(guint)KASPER_RECORD_DS;
		if ((keys >> slot & 1) != 0)
			snapshot->keys[slot].records |= KASPER_RECORD_DS;
	}
}

static void
get_zone(KasperSnapshot *snapshot)
{
	fixture_get_zone(snapshot);
	fixture_add_key(snapshot, 3, &snapshot->policy.demands[0]);
	snapshot->keys[2].records = (guint)KASPER_RECORD_DNSKEY | (guint)KASPER_RECORD_RSK;
	snapshot->ledgers[KASPER_LEDGER_DNSKEY].versions[0].keys |= NEW;
	snapshot->ledgers[KASPER_LEDGER_DNSKEY].versions[0].signers |= NEW;
}

static void
test_swapped(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	submit(&snapshot, NEW, NOW);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, KASPER_TIME_NEVER);
	fixture_show_ds(&snapshot, OLD, NOW + 100);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, KASPER_TIME_NEVER);
	fixture_show_ds(&snapshot, NEW, NOW + 5000);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, NOW + 5000 + 12900);
	g_assert_cmpint(find(&snapshot, NEW)->end, ==, KASPER_TIME_NEVER);
	g_assert_cmpint(snapshot.ds_seen_at, ==, NOW + 5000);
	g_assert_cmpint(snapshot.keys[2].ds_phase, ==, KASPER_DS_SEEN);
	g_assert_cmpint(snapshot.keys[0].ds_phase, ==, KASPER_DS_RETRACTED);
}

/* what was added to is gone at once, although the parent has not settled (G22) */
static void
test_added(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	submit(&snapshot, NEW, NOW);
	fixture_show_ds(&snapshot, OLD | NEW, NOW + 5000);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, NOW + 5000 + 12600);
	g_assert_cmpint(find(&snapshot, OLD | NEW)->end, ==, KASPER_TIME_NEVER);
	g_assert_cmpint(find(&snapshot, NEW)->end, ==, KASPER_TIME_NEVER);
}

/* different sets at different servers are all served */
static void
test_variants(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	submit(&snapshot, NEW, NOW);
	snapshot.now = NOW + 5000;
	kasper_snapshot_take_parent_variant(&snapshot, NEW, NULL, 0, NOW + 5000);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, KASPER_TIME_NEVER);
	g_assert_cmpint(snapshot.keys[2].ds_phase, ==, KASPER_DS_SUBMITTED);
	fixture_show_ds(&snapshot, NEW, NOW + 6000);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, NOW + 6000 + 12900);
}

/* a set that was superseded before it was seen may turn up, until a younger one is shown */
static void
test_superseded(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	submit(&snapshot, OLD | NEW, NOW);
	submit(&snapshot, NEW, NOW + 10);
	fixture_show_ds(&snapshot, OLD, NOW + 4000);
	g_assert_cmpint(find(&snapshot, OLD | NEW)->end, ==, KASPER_TIME_NEVER);
	fixture_show_ds(&snapshot, NEW, NOW + 5000);
	g_assert_cmpint(find(&snapshot, OLD | NEW)->end, ==, NOW + 5000 + 12900);
}

/* we turned back: the parent shows what we want, and may not have come to what we wanted between */
static void
test_taken_back(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	submit(&snapshot, NEW, NOW);
	submit(&snapshot, OLD, NOW + 10);
	fixture_show_ds(&snapshot, OLD, NOW + 2409);
	g_assert_cmpint(find(&snapshot, NEW)->end, ==, KASPER_TIME_NEVER);
	/* Dreg after the last submission */
	fixture_show_ds(&snapshot, OLD, NOW + 2410);
	g_assert_cmpint(find(&snapshot, NEW)->end, ==, NOW + 2410 + 12900);
	/* the channel has to have taken it */
	get_zone(&snapshot);
	submit(&snapshot, NEW, NOW);
	submit(&snapshot, OLD, NOW + 10);
	snapshot.submitted_at = KASPER_TIME_UNSET;
	fixture_show_ds(&snapshot, OLD, NOW + 9999);
	g_assert_cmpint(find(&snapshot, NEW)->end, ==, KASPER_TIME_NEVER);
}

/* there and back and there again: seeing it may be the first time, so what came between is not
 * past; and what was shown all the time may be shown again */
static void
test_there_and_back(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	submit(&snapshot, OLD | NEW, NOW);
	submit(&snapshot, OLD, NOW + 10);
	submit(&snapshot, OLD | NEW, NOW + 20);
	fixture_show_ds(&snapshot, OLD | NEW, NOW + 100);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, KASPER_TIME_NEVER);
	fixture_show_ds(&snapshot, OLD, NOW + 110);
	fixture_show_ds(&snapshot, OLD | NEW, NOW + 2420);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, NOW + 2420 + 12600);
	/* a younger set settles it at once */
	get_zone(&snapshot);
	submit(&snapshot, OLD | NEW, NOW);
	submit(&snapshot, OLD, NOW + 10);
	submit(&snapshot, NEW, NOW + 20);
	fixture_show_ds(&snapshot, NEW, NOW + 100);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, NOW + 100 + 12900);
	g_assert_cmpint(find(&snapshot, OLD | NEW)->end, ==, NOW + 100 + 12900);
}

/* D is the larger of policy and observation, and both count when it changes */
static void
test_ttl(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	kasper_snapshot_take_parent_set(&snapshot, OLD, NULL, 86400, NOW);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, NOW + 12900);
	g_assert_cmpuint(snapshot.ledgers[KASPER_LEDGER_DS].n_versions, ==, 2);
	submit(&snapshot, NEW, NOW);
	kasper_snapshot_take_parent_set(&snapshot, NEW, NULL, 60, NOW + 5000);
	g_assert_cmpint(snapshot.ledgers[KASPER_LEDGER_DS].versions[1].ttl, ==, 86400);
	g_assert_cmpint(snapshot.ledgers[KASPER_LEDGER_DS].versions[1].end,
			==,
			NOW + 5000 + 1200 + 86400 + 900);
	g_assert_cmpint(find(&snapshot, NEW)->ttl, ==, 10800);
	/* a TTL that was only guessed is corrected */
	submit(&snapshot, OLD | NEW, NOW + 6000);
	kasper_snapshot_take_parent_set(&snapshot, OLD | NEW, NULL, 99999, NOW + 7000);
	g_assert_cmpint(find(&snapshot, OLD | NEW)->ttl, ==, 99999);
}

/* which digests there are is the parent's choice, and the rules are told */
static void
test_digests(void)
{
	static const KasperKeySet views[KASPER_N_VIEWS] = {0, NEW, NEW};
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	submit(&snapshot, NEW, NOW);
	kasper_snapshot_take_parent_set(&snapshot, NEW, views, 0, NOW + 5000);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, NOW + 5000 + 12900);
	g_assert_cmpuint(snapshot.ledgers[KASPER_LEDGER_DS].n_versions, ==, 3);
	g_assert_cmpuint(snapshot.ledgers[KASPER_LEDGER_DS].versions[2].views[2], ==, NEW);
	/* what was asked for is what we want, and that is settled */
	g_assert_cmpuint(snapshot.ledgers[KASPER_LEDGER_DS].versions[1].flags &
			     (guint)KASPER_VERSION_WANTED,
			 !=,
			 0);
}

/* --- people --- */

static void
test_ds_seen(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	g_assert_cmpint(kasper_snapshot_take_ds_seen(&snapshot, 1, FALSE),
			==,
			KASPER_REFUSAL_NOT_A_KSK);
	g_assert_cmpint(kasper_snapshot_take_ds_seen(&snapshot, 17, FALSE),
			==,
			KASPER_REFUSAL_NOT_A_KSK);
	g_assert_cmpint(kasper_snapshot_take_ds_seen(&snapshot, 0, FALSE),
			==,
			KASPER_REFUSAL_ALREADY_SEEN);
	g_assert_cmpint(kasper_snapshot_take_ds_seen(&snapshot, 2, FALSE),
			==,
			KASPER_REFUSAL_NOT_SUBMITTED);
	submit(&snapshot, NEW, NOW);
	snapshot.keys[2].backup = KASPER_BACKUP_PREPARED;
	g_assert_cmpint(kasper_snapshot_take_ds_seen(&snapshot, 2, FALSE),
			==,
			KASPER_REFUSAL_BACKUP);
	snapshot.keys[2].backup = KASPER_BACKUP_DONE;
	snapshot.now = NOW + 5000;
	g_assert_cmpint(kasper_snapshot_take_ds_seen(&snapshot, 2, FALSE), ==, KASPER_REFUSAL_NONE);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, NOW + 5000 + 12900);
	g_assert_cmpint(kasper_snapshot_take_ds_seen(&snapshot, 2, FALSE),
			==,
			KASPER_REFUSAL_ALREADY_SEEN);
}

/* it was added: the old key stays, marked, until somebody retires it */
static void
test_no_retire(void)
{
	KasperSnapshot snapshot;
	guint retired = 99;

	get_zone(&snapshot);
	snapshot.keys[0].goal = KASPER_GOAL_OUT;
	submit(&snapshot, NEW, NOW);
	g_assert_cmpint(kasper_snapshot_take_ds_seen(&snapshot, 2, TRUE), ==, KASPER_REFUSAL_NONE);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, NOW + 12600);
	g_assert_cmpuint(find(&snapshot, OLD | NEW)->flags & (guint)KASPER_VERSION_OBSERVED, !=, 0);
	g_assert_cmpint(snapshot.keys[0].goal, ==, KASPER_GOAL_IN);
	g_assert_true(snapshot.keys[0].keep);
	g_assert_false(snapshot.keys[2].keep);
	/* without an id, the one that has been active for longer; it is not so sure of the DNSKEY
	 */
	snapshot.keys[0].active = NOW - 100;
	snapshot.keys[2].active = NOW - 50;
	g_assert_cmpint(kasper_snapshot_take_ksk_retire(&snapshot, -1, &retired),
			==,
			KASPER_REFUSAL_NONE);
	g_assert_cmpuint(retired, ==, 0);
	g_assert_cmpint(snapshot.keys[0].goal, ==, KASPER_GOAL_OUT);
	g_assert_false(snapshot.keys[0].keep);
}

static void
test_ksk_retire(void)
{
	KasperSnapshot snapshot;
	guint retired = 99;

	get_zone(&snapshot);
	g_assert_cmpint(kasper_snapshot_take_ksk_retire(&snapshot, 1, &retired),
			==,
			KASPER_REFUSAL_NOT_A_KSK);
	g_assert_cmpint(kasper_snapshot_take_ksk_retire(&snapshot, 2, &retired),
			==,
			KASPER_REFUSAL_NOT_ACTIVE);
	/* a zone is never left without an active key */
	g_assert_cmpint(kasper_snapshot_take_ksk_retire(&snapshot, 0, &retired),
			==,
			KASPER_REFUSAL_LAST_ACTIVE);
	g_assert_cmpint(kasper_snapshot_take_ksk_retire(&snapshot, -1, &retired),
			==,
			KASPER_REFUSAL_LAST_ACTIVE);
	g_assert_cmpuint(retired, ==, 99);
	g_assert_cmpint(snapshot.keys[0].goal, ==, KASPER_GOAL_IN);
}

static void
test_ds_gone(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	g_assert_cmpint(kasper_snapshot_take_ds_gone(&snapshot, 1), ==, KASPER_REFUSAL_NOT_A_KSK);
	g_assert_cmpint(kasper_snapshot_take_ds_gone(&snapshot, 0),
			==,
			KASPER_REFUSAL_NOT_WITHDRAWN);
	submit(&snapshot, NEW, NOW);
	fixture_show_ds(&snapshot, OLD | NEW, NOW + 100);
	snapshot.now = NOW + 200;
	g_assert_cmpint(kasper_snapshot_take_ds_gone(&snapshot, 0), ==, KASPER_REFUSAL_NONE);
	g_assert_cmpint(find(&snapshot, OLD | NEW)->end, ==, NOW + 200 + 12900);
	g_assert_cmpuint(find(&snapshot, NEW)->flags & (guint)KASPER_VERSION_OBSERVED, !=, 0);
	/* once more is no news */
	snapshot.now = NOW + 300;
	g_assert_cmpint(kasper_snapshot_take_ds_gone(&snapshot, 0), ==, KASPER_REFUSAL_NONE);
	g_assert_cmpint(find(&snapshot, OLD | NEW)->end, ==, NOW + 200 + 12900);
	/* that the old one is gone does not say that the new one is there */
	get_zone(&snapshot);
	submit(&snapshot, NEW, NOW);
	g_assert_cmpint(kasper_snapshot_take_ds_gone(&snapshot, 0), ==, KASPER_REFUSAL_NONE);
	g_assert_cmpint(find(&snapshot, OLD)->end, ==, NOW + 12900);
	g_assert_cmpint(snapshot.keys[2].ds_phase, ==, KASPER_DS_SUBMITTED);
	/* unless nothing is to be there */
	get_zone(&snapshot);
	submit(&snapshot, 0, NOW);
	g_assert_cmpint(kasper_snapshot_take_ds_gone(&snapshot, 0), ==, KASPER_REFUSAL_NONE);
	g_assert_cmpuint(find(&snapshot, 0)->flags & (guint)KASPER_VERSION_OBSERVED, !=, 0);
}

/* what is left by the word of a person is no sign that a superseded set has come up and gone */
static void
test_ds_gone_one_by_one(void)
{
	const KasperKeySet left = OLD | 0x10;
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	g_assert_cmpint(fixture_add_key(&snapshot, 4, &snapshot.policy.demands[0]), ==, 3);
	g_assert_cmpint(fixture_add_key(&snapshot, 5, &snapshot.policy.demands[0]), ==, 4);
	fixture_show_ds(&snapshot, left | 0x8, NOW);
	submit(&snapshot, left, NOW + 1);
	submit(&snapshot, OLD | NEW, NOW + 2);
	snapshot.now = NOW + 100;
	g_assert_cmpint(kasper_snapshot_take_ds_gone(&snapshot, 3), ==, KASPER_REFUSAL_NONE);
	g_assert_cmpint(kasper_snapshot_take_ds_gone(&snapshot, 4), ==, KASPER_REFUSAL_NONE);
	g_assert_cmpint(find(&snapshot, left | 0x8)->end, ==, NOW + 100 + 12900);
	g_assert_cmpint(find(&snapshot, left)->end, ==, KASPER_TIME_NEVER);
	/* the set that was submitted after it tells */
	fixture_show_ds(&snapshot, OLD | NEW, NOW + 5000);
	g_assert_cmpint(find(&snapshot, left)->end, ==, NOW + 5000 + 12900);
}

/* nor is it one where the set is the wanted one, for as long as that may be */
static void
test_ds_gone_leaves_wanted(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	submit(&snapshot, NEW, NOW);
	submit(&snapshot, 0, NOW + 10);
	snapshot.now = NOW + 100;
	g_assert_cmpint(kasper_snapshot_take_ds_gone(&snapshot, 0), ==, KASPER_REFUSAL_NONE);
	/* it was the first submission that took the old DS away, and the second is on its way */
	submit(&snapshot, NEW, NOW + 200);
	fixture_show_ds(&snapshot, NEW, NOW + 300);
	g_assert_cmpint(find(&snapshot, 0)->end, ==, KASPER_TIME_NEVER);
	fixture_show_ds(&snapshot, NEW, NOW + 200 + 2400);
	g_assert_cmpint(find(&snapshot, 0)->end, ==, NOW + 2600 + 12600);
}

static void
test_request_rollover(void)
{
	KasperSnapshot snapshot;

	get_zone(&snapshot);
	g_assert_cmpuint(kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_CSK), ==, 0);
	g_assert_cmpuint(kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK), ==, 1);
	g_assert_cmpuint(snapshot.keys[1].roll, ==, KASPER_ROLL_ASKED);
	g_assert_cmpuint(snapshot.keys[0].roll, ==, 0);
	snapshot.keys[2].standby = TRUE;
	g_assert_cmpuint(kasper_snapshot_request_rollover(&snapshot, 0), ==, 2);
	snapshot.insecure = TRUE;
	g_assert_cmpuint(kasper_snapshot_request_rollover(&snapshot, 0), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/parent/swapped", test_swapped);
	g_test_add_func("/parent/added", test_added);
	g_test_add_func("/parent/variants", test_variants);
	g_test_add_func("/parent/superseded", test_superseded);
	g_test_add_func("/parent/taken-back", test_taken_back);
	g_test_add_func("/parent/there-and-back", test_there_and_back);
	g_test_add_func("/parent/ttl", test_ttl);
	g_test_add_func("/parent/digests", test_digests);
	g_test_add_func("/parent/ds-seen", test_ds_seen);
	g_test_add_func("/parent/no-retire", test_no_retire);
	g_test_add_func("/parent/ksk-retire", test_ksk_retire);
	g_test_add_func("/parent/ds-gone", test_ds_gone);
	g_test_add_func("/parent/ds-gone-one-by-one", test_ds_gone_one_by_one);
	g_test_add_func("/parent/ds-gone-leaves-wanted", test_ds_gone_leaves_wanted);
	g_test_add_func("/parent/request-rollover", test_request_rollover);
	return g_test_run();
}
