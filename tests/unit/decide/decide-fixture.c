/* SPDX-License-Identifier: BSD-2-Clause */
#include "decide-fixture.h"

void
fixture_get_policy(KasperPolicy *ret_policy)
{
	*ret_policy = (KasperPolicy){
	    .zone_propagation = 300,
	    .dnskey_ttl = 3600,
	    .dnskey_negative = 1800,
	    .max_zone_ttl = 7200,
	    .ds_ttl = 10800,
	    .ds_negative = 900,
	    .parent_propagation = 1200,
	    .registration_delay = 2400,
	    .publish_safety = 600,
	    .retire_safety = 900,
	    .validity = 604800,
	    .validity_denial = 604800,
	    .validity_keyset = 604800,
	    .refresh = 259200,
	    .resign = 7200,
	    .jitter = 43200,
	    .purge = -1,
	    .digests = 1u << KASPER_DIGEST_SHA256,
	};
}

KasperDemand *
fixture_add_demand(KasperPolicy *policy, guint roles, guint8 algorithm, const gchar *roll_type)
{
	KasperDemand *demand = &policy->demands[policy->n_demands++];

	g_assert_true(kasper_policy_is_roll_type(roll_type, roles));
	*demand = (KasperDemand){
	    .store = 1,
	    .bits = (guint16)kasper_algorithm_get_bits(algorithm, 2048),
	    .algorithm = algorithm,
	    .roles = (guint8)roles,
	    .gates = (guint8)kasper_policy_get_roll_gates(roll_type),
	};
	return demand;
}

void
fixture_get_split_policy(KasperPolicy *ret_policy)
{
	fixture_get_policy(ret_policy);
	fixture_add_demand(ret_policy, KASPER_ROLE_KSK, 13, "KskDoubleSignature");
	fixture_add_demand(ret_policy, KASPER_ROLE_ZSK, 13, "ZskPrePublication");
}

gint
fixture_add_key(KasperSnapshot *snapshot, gint64 number, const KasperDemand *demand)
{
	const KasperKey key = {
	    .number = number,
	    .store = demand->store,
	    .tag = (guint16)(1000 + number),
	    .bits = demand->bits,
	    .flags = (demand->roles & KASPER_ROLE_KSK) != 0 ? 257 : 256,
	    .algorithm = demand->algorithm,
	    .roles = demand->roles,
	    .created = snapshot->now,
	};

	return kasper_snapshot_add_key(snapshot, &key);
}

void
fixture_settle(KasperSnapshot *snapshot)
{
	kasper_snapshot_adopt_records(snapshot);
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++)
		snapshot->ledgers[kind].n_versions = 1;
	snapshot->revision = snapshot->confirmed = 1;
	snapshot->ordered_at = snapshot->now;
	kasper_plan_free(fixture_decide(snapshot, snapshot->now));
	g_assert_cmpint(snapshot->revision, ==, 1);
	g_assert_cmpint(snapshot->submission, ==, 0);
}

void
fixture_get_zone(KasperSnapshot *ret_snapshot)
{
	KasperPolicy policy;

	fixture_get_split_policy(&policy);
	kasper_snapshot_init(ret_snapshot, &policy, NOW);
	fixture_add_key(ret_snapshot, 1, &policy.demands[0]);
	fixture_add_key(ret_snapshot, 2, &policy.demands[1]);
	ret_snapshot->keys[0].records =
	    (guint)KASPER_RECORD_DS | (guint)KASPER_RECORD_DNSKEY | (guint)KASPER_RECORD_RSK;
	ret_snapshot->keys[1].records = (guint)KASPER_RECORD_DNSKEY | (guint)KASPER_RECORD_RSZ;
	fixture_settle(ret_snapshot);
}

KasperPlan *
fixture_decide(KasperSnapshot *snapshot, KasperTime now)
{
	KasperPlan *plan = kasper_decide(snapshot, now);

	*snapshot = plan->after;
	return plan;
}

KasperPlan *
fixture_decide_with_keys(KasperSnapshot *snapshot, KasperTime now, gint64 number)
{
	while (TRUE) {
		KasperPlan *plan = kasper_decide(snapshot, now);
		const KasperStep *step = fixture_find_step(plan, KASPER_STEP_NEED_KEY);
		gint slot;

		if (step == NULL) {
			*snapshot = plan->after;
			return plan;
		}
		slot = fixture_add_key(snapshot, number++, &snapshot->policy.demands[step->demand]);
		snapshot->keys[slot].standby = step->standby ? 1 : 0;
		kasper_plan_free(plan);
	}
}

KasperPlan *
fixture_go_on(KasperSnapshot *snapshot, KasperSpan after)
{
	KasperTime now = NOW + after;

	while (TRUE) {
		KasperPlan *plan = fixture_decide_with_keys(snapshot, now, 3);

		if (!plan->orders && !plan->submits)
			return plan;
		if (plan->orders)
			fixture_confirm(snapshot, now);
		if (plan->submits)
			fixture_accept(snapshot, now);
		kasper_plan_free(plan);
	}
}

void
fixture_confirm(KasperSnapshot *snapshot, KasperTime now)
{
	const KasperSignerReport report = {
	    .revision = snapshot->revision,
	    .published_at = now,
	    .all_replaced = TRUE,
	};

	snapshot->now = now;
	kasper_snapshot_take_signer_report(snapshot, &report);
}

void
fixture_accept(KasperSnapshot *snapshot, KasperTime now)
{
	snapshot->now = now;
	kasper_snapshot_take_submission(snapshot, snapshot->submission, now);
}

void
fixture_show_ds(KasperSnapshot *snapshot, KasperKeySet keys, KasperTime now)
{
	snapshot->now = now;
	kasper_snapshot_take_parent_set(snapshot, keys, NULL, 0, now);
}

guint
fixture_count_steps(const KasperPlan *plan, KasperStepKind kind)
{
	guint n = 0;

	for (guint i = 0; i < plan->steps->len; i++)
		n += g_array_index(plan->steps, KasperStep, i).kind == kind ? 1 : 0;
	return n;
}

const KasperStep *
fixture_find_step(const KasperPlan *plan, KasperStepKind kind)
{
	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);

		if (step->kind == kind)
			return step;
	}
	return NULL;
}

const KasperReason *
fixture_find_reason(const KasperPlan *plan, gint slot, guint record)
{
	for (guint i = 0; i < plan->reasons->len; i++) {
		const KasperReason *reason = &g_array_index(plan->reasons, KasperReason, i);

		if (reason->slot == slot && reason->record == record)
			return reason;
	}
	return NULL;
}
