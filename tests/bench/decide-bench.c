/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long one decision takes, for a zone with nothing to do and for one in a rollover.
 */
#include <stdio.h>

#include "kasper-decide.h"
#include "kasper-simulation.h"

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

/* 1000 zones with a ZSK of 90 days and a KSK of a year, for ten years */
static gdouble
measure_years(const KasperPolicy *policy, guint64 *ret_decisions)
{
	gint64 started = g_get_monotonic_time();
	KasperWorld world;

	kasper_world_init(&world);
	*ret_decisions = 0;
	for (guint64 zone = 1; zone <= 1000; zone++) {
		g_autoptr(KasperSimulation) simulation =
		    kasper_simulation_new(policy, 0, &world, NOW);

		kasper_simulation_set_spread(simulation,
					     zone * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15));
		while (kasper_simulation_advance(simulation, NOW + 3650 * KASPER_SPAN_DAY))
			continue;
		*ret_decisions += kasper_simulation_count_decisions(simulation);
	}
	return (gdouble)(g_get_monotonic_time() - started) / G_USEC_PER_SEC;
}

int
main(void)
{
	KasperSnapshot snapshot;
	gdouble settled, described, rolling, years;
	guint64 decisions;

	make_zone(&snapshot);
	settled = measure(&snapshot, FALSE);
	described = measure(&snapshot, TRUE);
	kasper_snapshot_request_rollover(&snapshot, 0);
	rolling = measure(&snapshot, TRUE);
	snapshot.policy.demands[0].standby = snapshot.policy.demands[1].standby = 0;
	years = measure_years(&snapshot.policy, &decisions);
	printf("{\"snapshot_octets\":%zu,\"settled_us\":%.3f,\"settled_with_words_us\":%.3f,"
	       "\"rollover_started_us\":%.3f,\"1000_zones_10_years_s\":%.3f,"
	       "\"decisions\":%" G_GUINT64_FORMAT "}\n",
	       sizeof snapshot,
	       settled,
	       described,
	       rolling,
	       years,
	       decisions);
	return 0;
}
