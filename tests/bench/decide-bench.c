/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long one decision takes, for a zone with nothing to do and for one in a rollover.
 */
#include <stdio.h>

#include "kasper-decide.h"

#define ROUNDS 300000
#define NOW    ((KasperTime)1000000)

static gint
add_key(KasperSnapshot *snapshot, guint demand, guint records)
{
	const KasperDemand *wanted = &snapshot->policy.demands[demand];
	const KasperKey key = {
	    .number = snapshot->n_keys + 1,
	    .store = wanted->store,
	    .bits = wanted->bits,
	    .flags = demand == 0 ? 257 : 256,
	    .algorithm = wanted->algorithm,
	    .roles = wanted->roles,
	};
	gint slot = kasper_snapshot_add_key(snapshot, &key);

	snapshot->keys[slot].records = (guint8)records;
	return slot;
}

/* a KSK, a ZSK and two keys in waiting, all of them settled */
static void
make_zone(KasperSnapshot *snapshot)
{
	KasperPolicy policy = {
	    .zone_propagation = 300,
	    .dnskey_ttl = 3600,
	    .max_zone_ttl = 7200,
	    .ds_ttl = 10800,
	    .validity = 604800,
	    .refresh = 259200,
	    .purge = -1,
	    .n_demands = 2,
	    .demands =
		{
		    {.store = 1,
		     .bits = 256,
		     .algorithm = 13,
		     .roles = KASPER_ROLE_KSK,
		     .gates = KASPER_GATE_DS,
		     .standby = 1,
		     .lifetime = 365 * KASPER_SPAN_DAY},
		    {.store = 1,
		     .bits = 256,
		     .algorithm = 13,
		     .roles = KASPER_ROLE_ZSK,
		     .gates = KASPER_GATE_SIG,
		     .standby = 1,
		     .lifetime = 90 * KASPER_SPAN_DAY},
		},
	};
	g_autoptr(KasperPlan) plan = NULL;

	kasper_snapshot_init(snapshot, &policy, NOW);
	add_key(snapshot, 0, 7);
	add_key(snapshot, 1, 10);
	snapshot->keys[add_key(snapshot, 0, KASPER_RECORD_DS)].standby = TRUE;
	snapshot->keys[add_key(snapshot, 1, KASPER_RECORD_DNSKEY)].standby = TRUE;
	kasper_snapshot_adopt_records(snapshot);
	snapshot->revision = snapshot->confirmed = 1;
	plan = kasper_decide(snapshot, NOW + 1000000);
	*snapshot = plan->after;
}

static gdouble
measure(const KasperSnapshot *snapshot, gboolean words)
{
	gint64 started = g_get_monotonic_time();

	for (guint i = 0; i < ROUNDS; i++) {
		g_autoptr(KasperPlan) plan = kasper_decide(snapshot, snapshot->now);

		for (guint slot = 0; words && slot < plan->after.n_keys; slot++) {
			KasperKeyWord word;

			kasper_plan_describe_key(plan, slot, &word);
		}
	}
	return (gdouble)(g_get_monotonic_time() - started) / ROUNDS;
}

int
main(void)
{
	KasperSnapshot snapshot;
	gdouble settled, described, rolling;

	make_zone(&snapshot);
	settled = measure(&snapshot, FALSE);
	described = measure(&snapshot, TRUE);
	kasper_snapshot_request_rollover(&snapshot, 0);
	rolling = measure(&snapshot, TRUE);
	printf("{\"snapshot_octets\":%zu,\"settled_us\":%.3f,\"settled_with_words_us\":%.3f,"
	       "\"rollover_started_us\":%.3f}\n",
	       sizeof snapshot,
	       settled,
	       described,
	       rolling);
	return 0;
}
