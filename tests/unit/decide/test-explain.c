/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each key waits for, in one sentence, along the golden timelines: the class of the wait, who
 * must act, and a time that comes true.
 */
#include <string.h>

#include "decide-fixture.h"
#include "kasper-explain.h"

/* the one of @slot; -1: the first about the zone as a whole */
static const KasperExplanation *
find(GArray *list, gint slot)
{
	for (guint i = 0; i < list->len; i++) {
		const KasperExplanation *one = &g_array_index(list, KasperExplanation, i);

		if (one->slot == slot)
			return one;
	}
	return NULL;
}

typedef struct {
	gint slot;
	KasperWait wait;
	KasperActor actor;
	KasperTime until;
	const gchar *text;
	const gchar *remedy;
} Expected;

static void
assert_explained(const KasperPlan *plan, const KasperErrands *errands, const Expected *expected)
{
	g_autoptr(GArray) list = kasper_plan_explain(plan, errands);
	const KasperExplanation *one = find(list, expected->slot);
	g_autofree gchar *text = NULL;
	g_autofree gchar *remedy = NULL;

	g_assert_nonnull(one);
	text = kasper_explanation_to_text(one, &plan->after, "example.org", "ID");
	remedy = kasper_explanation_dup_remedy(one, &plan->after, "example.org", "ID");
	g_test_message("%s", text);
	if (g_getenv("SHOW"))
		return;
	g_assert_cmpstr(kasper_wait_to_string(one->wait),
			==,
			kasper_wait_to_string(expected->wait));
	g_assert_cmpstr(kasper_actor_to_string(one->actor),
			==,
			kasper_actor_to_string(expected->actor));
	g_assert_cmpint(one->until, ==, expected->until);
	g_assert_cmpstr(text, ==, expected->text);
	g_assert_cmpstr(remedy, ==, expected->remedy);
}

#define NEVER KASPER_TIME_NEVER

/* G01: a TTL, both ways, and a key in use */
static void
test_ttl(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = fixture_go_on(&snapshot, 0);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){
		2,
		KASPER_WAIT_TTL,
		KASPER_ACTOR_TIME,
		NOW + 4500,
		"ZSK 1003 waits to sign the zone: by its roll type the key signs when everybody "
		"can have its DNSKEY; not before 1970-01-12 15:01:40 UTC: a DNSKEY set without it "
		"left the servers at 1970-01-12 13:46:40 UTC and may be cached for its TTL of 3600 "
		"s, with 900 s for propagation and safety; nobody needs to act"});
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){1,
			KASPER_WAIT_TTL,
			KASPER_ACTOR_TIME,
			NOW + 4500,
			"ZSK 1002 waits to stop signing the zone: somebody may hold a DNSKEY set "
			"and signatures that would not fit together (R3); not before 1970-01-12 "
			"15:01:40 UTC: a DNSKEY set with it left the servers at 1970-01-12 "
			"13:46:40 UTC and may be cached for its TTL of 3600 s, with 900 s for "
			"propagation and safety; nobody needs to act"});
	assert_explained(plan,
			 NULL,
			 &(Expected){0,
				     KASPER_WAIT_NOTHING,
				     KASPER_ACTOR_TIME,
				     NEVER,
				     "KSK 1001 is in use since 1970-01-12 13:46:40 UTC, and rolls "
				     "over on command only; nobody needs to act"});
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 4500);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){1,
			KASPER_WAIT_TTL,
			KASPER_ACTOR_TIME,
			NOW + 12900,
			"ZSK 1002 waits for its DNSKEY to be withdrawn: somebody may hold a DNSKEY "
			"set and signatures that would not fit together (R3); not before "
			"1970-01-12 17:21:40 UTC: data signed by it left the servers at 1970-01-12 "
			"15:01:40 UTC and may be cached for its TTL of 7200 s, with 1200 s for "
			"propagation and safety; nobody needs to act"});
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){2,
			KASPER_WAIT_TTL,
			KASPER_ACTOR_TIME,
			NOW + 12900,
			"ZSK 1003: its signatures of the data will be in every cache at 1970-01-12 "
			"17:21:40 UTC: data not signed by it left the servers at 1970-01-12 "
			"15:01:40 UTC and may be cached for its TTL of 7200 s, with 1200 s for "
			"propagation and safety; nobody needs to act"});
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 12900);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){1,
			KASPER_WAIT_TTL,
			KASPER_ACTOR_TIME,
			NOW + 17700,
			"ZSK 1002: its DNSKEY will have left every cache at 1970-01-12 18:41:40 "
			"UTC: a DNSKEY set with it left the servers at 1970-01-12 17:21:40 UTC and "
			"may be cached for its TTL of 3600 s, with 1200 s for propagation and "
			"safety; nobody needs to act"});
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 17700);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){1,
			KASPER_WAIT_NOTHING,
			KASPER_ACTOR_TIME,
			NEVER,
			"ZSK 1002 is dead since 1970-01-12 18:41:40 UTC; nobody needs to act"});
}

/* G05: ds-seen, for the new key and for the old one; then the parent's TTL */
static void
test_parent(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_KSK);
	kasper_plan_free(fixture_go_on(&snapshot, 0));
	plan = fixture_go_on(&snapshot, 4500);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){2,
			KASPER_WAIT_DS_SEEN,
			KASPER_ACTOR_PARENT,
			NEVER,
			"KSK 1003 waits for its DS to be seen at the parent: it was handed over at "
			"1970-01-12 15:01:40 UTC, and the parent was not seen with it yet; the "
			"policy reckons with it at 1970-01-12 15:41:40 UTC, which proves nothing; "
			"the parent must act, and whoever sees that it has says 'kasper key "
			"ds-seen --zone example.org --cka_id ID'",
			"kasper key ds-seen --zone example.org --cka_id ID"});
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){0,
			KASPER_WAIT_DS_SEEN,
			KASPER_ACTOR_PARENT,
			NEVER,
			"KSK 1001 waits for the DS of KSK 1003 to be seen at the parent: it was "
			"handed over at 1970-01-12 15:01:40 UTC, and the parent was not seen with "
			"it yet; until then somebody may hold a DS set and a DNSKEY set that would "
			"not fit together (R2); the policy reckons with it at 1970-01-12 15:41:40 "
			"UTC, which proves nothing; the parent must act, and whoever sees that it "
			"has says 'kasper key ds-seen --zone example.org --cka_id ID'",
			"kasper key ds-seen --zone example.org --cka_id ID"});
	fixture_show_ds(&snapshot, 0x4, NOW + 9500);
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 9500);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){
		2,
		KASPER_WAIT_TTL,
		KASPER_ACTOR_TIME,
		NOW + 22400,
		"KSK 1003: its DS will be in every cache at 1970-01-12 20:00:00 UTC: a DS set "
		"without it left the servers at 1970-01-12 16:25:00 UTC and may be cached for its "
		"TTL of 10800 s, with 2100 s for propagation and safety; nobody needs to act"});
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){0,
			KASPER_WAIT_TTL,
			KASPER_ACTOR_TIME,
			NOW + 22400,
			"KSK 1001 waits for its DNSKEY to be withdrawn: somebody may hold a DS set and a DNSKEY set that would not fit together (R2); not before 1970-01-12 20:00:00 UTC: a DS set with it left the servers at 1970-01-12 16:25:00 UTC and may be cached for its TTL of 10800 s, with 2100 s for propagation and safety; nobody needs to act"});
}

/* G06: a DS that is to go */
static void
test_ds_gone(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[0].gates = KASPER_GATE_KEY;
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_KSK);
	kasper_plan_free(fixture_go_on(&snapshot, 0));
	fixture_show_ds(&snapshot, 0x5, NOW + 5000);
	plan = fixture_go_on(&snapshot, 5000);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){2,
			KASPER_WAIT_TTL,
			KASPER_ACTOR_TIME,
			NOW + 17600,
			"KSK 1003 waits for its DNSKEY to be published: by its roll type the "
			"DNSKEY comes when everybody can have the DS and the signatures; not "
			"before 1970-01-12 18:40:00 UTC: a DS set without it left the servers at "
			"1970-01-12 15:10:00 UTC and may be cached for its TTL of 10800 s, with "
			"1800 s for propagation and safety; nobody needs to act"});
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 17600);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){0,
			KASPER_WAIT_TTL,
			KASPER_ACTOR_TIME,
			NOW + 22400,
			"KSK 1001 waits for its DS to be withdrawn: somebody may hold a DS set and "
			"a DNSKEY set that would not fit together (R2); not before 1970-01-12 "
			"20:00:00 UTC: a DNSKEY set with it left the servers at 1970-01-12 "
			"18:40:00 UTC and may be cached for its TTL of 3600 s, with 1200 s for "
			"propagation and safety; nobody needs to act"});
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 22400);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){0,
			KASPER_WAIT_DS_GONE,
			KASPER_ACTOR_PARENT,
			NEVER,
			"KSK 1001 waits for its DS to be gone from the parent: its withdrawal was "
			"handed over at 1970-01-12 20:00:00 UTC, and the parent may still have it; "
			"the policy reckons with it at 1970-01-12 20:40:00 UTC, which proves "
			"nothing; the parent must act, and whoever sees that it has says 'kasper "
			"key ds-gone --zone example.org --cka_id ID'",
			"kasper key ds-gone --zone example.org --cka_id ID"});
}

/* by its policy the zone does without anybody who looks */
static void
test_assumed(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.ds_evidence = KASPER_EVIDENCE_ASSUMED;
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_KSK);
	kasper_plan_free(fixture_go_on(&snapshot, 0));
	plan = fixture_go_on(&snapshot, 4500);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){2,
			KASPER_WAIT_DS_SEEN,
			KASPER_ACTOR_TIME,
			NOW + 6900,
			"KSK 1003 waits for its DS to be seen at the parent: it was handed over at "
			"1970-01-12 15:01:40 UTC, and the parent was not seen with it yet; it "
			"counts as done at 1970-01-12 15:41:40 UTC (assumed: by its policy nobody "
			"looks); nobody needs to act",
			"kasper key ds-seen --zone example.org --cka_id ID"});
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 6900);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){0,
			KASPER_WAIT_TTL,
			KASPER_ACTOR_TIME,
			NOW + 19800,
			"KSK 1001 waits for its DNSKEY to be withdrawn: somebody may hold a DS set and a DNSKEY set that would not fit together (R2); not before 1970-01-12 19:16:40 UTC (assumed): a DS set with it is assumed to have left the servers at 1970-01-12 15:41:40 UTC and may be cached for its TTL of 10800 s, with 2100 s for propagation and safety; nobody needs to act"});
}

/* a backup that is made now does not help before the DNSKEY is everywhere */
static void
test_backup(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, KASPER_ROLE_ZSK);
	plan = kasper_decide(&snapshot, NOW);
	fixture_add_key(&snapshot, 3, &snapshot.policy.demands[1]);
	snapshot.keys[2].backup = KASPER_BACKUP_NEEDED;
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 0);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){2,
			KASPER_WAIT_BACKUP,
			KASPER_ACTOR_BACKUP,
			NOW + 4500,
			"ZSK 1003 waits to sign the zone: it was made at 1970-01-12 13:46:40 UTC "
			"and has no backup, and nobody may rely on a key that exists only once; "
			"not before 1970-01-12 15:01:40 UTC even with it; whoever makes the backup "
			"must act, and says 'kasper backup prepare; kasper backup commit'",
			"kasper backup prepare; kasper backup commit"});
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){
		1,
		KASPER_WAIT_BACKUP,
		KASPER_ACTOR_BACKUP,
		NOW + 4500,
		"ZSK 1002 waits to stop signing the zone: ZSK 1003 was made at 1970-01-12 13:46:40 "
		"UTC and has no backup, and nobody may rely on a key that exists only once; not "
		"before 1970-01-12 15:01:40 UTC even with it; whoever makes the backup must act, "
		"and says 'kasper backup prepare; kasper backup commit'",
		"kasper backup prepare; kasper backup commit"});
	kasper_plan_free(plan);
	snapshot.keys[2].backup = KASPER_BACKUP_PREPARED;
	plan = fixture_go_on(&snapshot, 5000);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){2,
			KASPER_WAIT_BACKUP,
			KASPER_ACTOR_BACKUP,
			NOW + 5000,
			"ZSK 1003 waits to sign the zone: it was made at 1970-01-12 13:46:40 UTC "
			"and has no backup, and nobody may rely on a key that exists only once; "
			"not before 1970-01-12 15:10:00 UTC even with it; whoever makes the backup "
			"must act, and says 'kasper backup commit'",
			"kasper backup commit"});
}

/* G17: keys that are not there yet, the signer, the channel */
static void
test_errands(void)
{
	KasperErrands errands = {
	    .order = {"signer", "no space", NOW, NOW + 60},
	    .submission = {"ds", "not now", NOW + 100, NOW + 160},
	    .keys = {{"main", "CKR_DEVICE_REMOVED", NOW - 10, NOW + 300},
		     {"main", NULL, KASPER_TIME_UNSET, NOW + 3600}},
	};
	KasperPolicy policy;
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_split_policy(&policy);
	kasper_snapshot_init(&snapshot, &policy, NOW);
	kasper_snapshot_adopt_unsigned(&snapshot);
	plan = kasper_decide(&snapshot, NOW);
	assert_explained(
	    plan,
	    &errands,
	    &(Expected){-1,
			KASPER_WAIT_KEY,
			KASPER_ACTOR_STORE,
			NOW + 300,
			"zone example.org waits for a KSK of algorithm 13, 256 bits: repository "
			"main does not make it since 1970-01-12 13:46:30 UTC (CKR_DEVICE_REMOVED); "
			"it is tried again at 1970-01-12 13:51:40 UTC; the key store must act"});
	errands.keys[0].retry = NEVER;
	assert_explained(
	    plan,
	    &errands,
	    &(Expected){-1,
			KASPER_WAIT_KEY,
			KASPER_ACTOR_OPERATOR,
			NEVER,
			"zone example.org waits for a KSK of algorithm 13, 256 bits: repository "
			"main does not make it since 1970-01-12 13:46:30 UTC (CKR_DEVICE_REMOVED); "
			"an operator must act: 'kasper update conf'",
			"kasper update conf"});
	errands.keys[0] = errands.keys[1];
	assert_explained(plan,
			 &errands,
			 &(Expected){-1,
				     KASPER_WAIT_KEY,
				     KASPER_ACTOR_STORE,
				     NOW + 3600,
				     "zone example.org waits for a KSK of algorithm 13, 256 bits: "
				     "it is being made in repository main; the zone looks again at "
				     "1970-01-12 14:46:40 UTC; the key store must act"});
	errands.manual_keys = TRUE;
	assert_explained(
	    plan,
	    &errands,
	    &(Expected){
		-1,
		KASPER_WAIT_KEY,
		KASPER_ACTOR_OPERATOR,
		NOW + 3600,
		"zone example.org waits for a KSK of algorithm 13, 256 bits: keys are made on "
		"command only (ManualKeyGeneration); an operator must act: 'kasper key generate'",
		"kasper key generate"});
	kasper_plan_free(plan);
	plan = fixture_decide_with_keys(&snapshot, NOW, 1);
	assert_explained(
	    plan,
	    &errands,
	    &(Expected){
		0,
		KASPER_WAIT_SIGNER,
		KASPER_ACTOR_SIGNER,
		NOW + 60,
		"KSK 1001 waits for the signer: order 1 was written at 1970-01-12 13:46:40 UTC, "
		"and the zone was not seen published with it yet; the last try failed: no space; "
		"it is looked at again at 1970-01-12 13:47:40 UTC; the signer must act"});
	assert_explained(
	    plan,
	    &errands,
	    &(Expected){
		1,
		KASPER_WAIT_SIGNER,
		KASPER_ACTOR_SIGNER,
		NOW + 60,
		"ZSK 1002 waits for the signer: order 1 was written at 1970-01-12 13:46:40 UTC, "
		"and the zone was not seen published with it yet; the last try failed: no space; "
		"it is looked at again at 1970-01-12 13:47:40 UTC; the signer must act"});
	fixture_confirm(&snapshot, NOW);
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW);
	assert_explained(
	    plan,
	    &errands,
	    &(Expected){
		0,
		KASPER_WAIT_TTL,
		KASPER_ACTOR_TIME,
		NOW + 8100,
		"KSK 1001 waits for its DS to be submitted: somebody may hold a DNSKEY set and "
		"signatures that would not fit together (R3); not before 1970-01-12 16:01:40 UTC: "
		"unsigned data left the servers at 1970-01-12 13:46:40 UTC and may be cached for "
		"its TTL of 7200 s, with 900 s for propagation and safety; nobody needs to act"});
	kasper_plan_free(plan);
	plan = fixture_decide(&snapshot, NOW + 8100);
	assert_explained(
	    plan,
	    &errands,
	    &(Expected){
		0,
		KASPER_WAIT_DS_SUBMIT,
		KASPER_ACTOR_CHANNEL,
		NOW + 160,
		"KSK 1001 waits for the DS channel: the DS set was made at 1970-01-12 13:48:20 "
		"UTC, and the channel to the parent has not taken it; the last try failed: not "
		"now; it is tried again at 1970-01-12 13:49:20 UTC; the channel must act, or "
		"whoever hands it over says 'kasper key ds-submit --zone example.org --cka_id ID'",
		"kasper key ds-submit --zone example.org --cka_id ID"});
}

/* rollovers on command only; a zone that is frozen */
static void
test_operator(void)
{
	KasperSnapshot snapshot;
	g_autoptr(KasperPlan) plan = NULL;

	fixture_get_zone(&snapshot);
	snapshot.policy.demands[1].manual_rollover = TRUE;
	snapshot.policy.demands[1].lifetime = 100000;
	snapshot.policy.demands[0].lifetime = 200000;
	snapshot.keys[0].active = snapshot.keys[1].active = NOW;
	plan = fixture_go_on(&snapshot, 0);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){0,
			KASPER_WAIT_LIFETIME,
			KASPER_ACTOR_TIME,
			NOW + 180200,
			"KSK 1001 is in use since 1970-01-12 13:46:40 UTC; its rollover starts at "
			"1970-01-14 15:50:00 UTC; nobody needs to act"});
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){1,
			KASPER_WAIT_LIFETIME,
			KASPER_ACTOR_TIME,
			NOW + 95500,
			"ZSK 1002 is in use since 1970-01-12 13:46:40 UTC; its rollover can be "
			"commanded from 1970-01-13 16:18:20 UTC; nobody needs to act"});
	kasper_plan_free(plan);
	plan = fixture_go_on(&snapshot, 100000);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){1,
			KASPER_WAIT_OPERATOR,
			KASPER_ACTOR_OPERATOR,
			NEVER,
			"ZSK 1002 waits: its time has come, and rollovers of it start on command "
			"only (since 1970-01-13 16:18:20 UTC); an operator must act: 'kasper key "
			"rollover --zone example.org --keytype ZSK'",
			"kasper key rollover --zone example.org --keytype ZSK"});
	kasper_plan_free(plan);
	snapshot.holds = KASPER_HOLD_MANUAL;
	plan = fixture_go_on(&snapshot, 100000);
	assert_explained(
	    plan,
	    NULL,
	    &(Expected){-1,
			KASPER_WAIT_HOLD,
			KASPER_ACTOR_OPERATOR,
			NEVER,
			"zone example.org waits: the zone is frozen; an operator must act"});
}

/* along a whole rollover: where only time is waited for, the record moves at that time, and not a
 * second before */
static void
test_comes_true(gconstpointer data)
{
	KasperSnapshot snapshot;
	KasperTime now = NOW;
	guint n = 0;

	fixture_get_zone(&snapshot);
	kasper_snapshot_request_rollover(&snapshot, GPOINTER_TO_UINT(data));
	while (n < 100) {
		g_autoptr(KasperPlan) plan = fixture_go_on(&snapshot, now - NOW);
		g_autoptr(GArray) list = kasper_plan_explain(plan, NULL);
		KasperTime next = NEVER;

		for (guint i = 0; i < list->len; i++) {
			const KasperExplanation *one = &g_array_index(list, KasperExplanation, i);
			KasperSnapshot early = snapshot, late = snapshot;

			if (one->wait == KASPER_WAIT_DS_SEEN)
				next = MIN(next, now + 5000);
			if (one->wait != KASPER_WAIT_TTL)
				continue;
			n++;
			next = MIN(next, one->until);
			kasper_plan_free(fixture_go_on(&early, one->until - 1 - NOW));
			kasper_plan_free(fixture_go_on(&late, one->until - NOW));
			g_assert_cmpint(early.keys[one->slot].records & one->record,
					==,
					snapshot.keys[one->slot].records & one->record);
			if (one->has_reason)
				g_assert_cmpint(late.keys[one->slot].records & one->record,
						!=,
						early.keys[one->slot].records & one->record);
			else
				g_assert_cmpint(memcmp(late.keys[one->slot].state,
						       early.keys[one->slot].state,
						       sizeof late.keys[0].state),
						!=,
						0);
		}
		if (next == NEVER)
			break;
		now = next;
		if (snapshot.submission != 0)
			fixture_show_ds(&snapshot, 0x4, now);
	}
	g_assert_cmpuint(n, >, 4);
	g_assert_cmpuint(n, <, 100);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/explain/ttl", test_ttl);
	g_test_add_func("/explain/parent", test_parent);
	g_test_add_func("/explain/ds-gone", test_ds_gone);
	g_test_add_func("/explain/assumed", test_assumed);
	g_test_add_func("/explain/backup", test_backup);
	g_test_add_func("/explain/errands", test_errands);
	g_test_add_func("/explain/operator", test_operator);
	g_test_add_data_func("/explain/comes-true/zsk",
			     GUINT_TO_POINTER(KASPER_ROLE_ZSK),
			     test_comes_true);
	g_test_add_data_func("/explain/comes-true/ksk",
			     GUINT_TO_POINTER(KASPER_ROLE_KSK),
			     test_comes_true);
	return g_test_run();
}
