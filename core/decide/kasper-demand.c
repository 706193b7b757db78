/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one element of the policy wants: does a key serve it, and until when?
 */
#include "kasper-decide-private.h"

gboolean
kasper_demand_fits(const KasperDemand *self, const KasperKey *key)
{
	return self->roles == key->roles && self->algorithm == key->algorithm &&
	       self->bits == key->bits && self->store == key->store;
}

guint
kasper_demand_count_standby(const KasperDemand *self)
{
	/* ManualRollover="switch": the successor is there, a person lets it sign */
	if (self->manual_rollover && self->manual_switch && self->roles == KASPER_ROLE_ZSK)
		return MAX(self->standby, 1);
	return self->standby;
}

static gboolean
kasper_demand_is_manual(const KasperDemand *self)
{
	return self->manual_rollover || self->manual_switch;
}

/* zones that share keys roll them together */
static KasperTime
kasper_demand_get_start(const KasperDecision *decision, guint slot, const KasperDemand *demand)
{
	const KasperSnapshot *snapshot = decision->snapshot;

	return kasper_timing_get_rollover_start(&snapshot->policy,
						demand,
						snapshot->keys[slot].active,
						snapshot->policy.share_keys ? 0 : snapshot->spread);
}

gboolean
kasper_demand_is_settled(const KasperDecision *decision, guint slot)
{
	guint records = kasper_key_get_goal_records(&decision->snapshot->keys[slot]);

	for (guint i = 0; i < KASPER_N_RECORDS; i++) {
		if ((records >> i & 1) != 0 &&
		    (decision->presence.all[i] & KASPER_KEY_BIT(slot)) == 0)
			return FALSE;
	}
	return TRUE;
}

gboolean
kasper_demand_is_due(KasperDecision *decision, guint slot, const KasperDemand *demand)
{
	const KasperKey *key = &decision->snapshot->keys[slot];

	if (key->availability == KASPER_AVAILABILITY_LOST ||
	    key->availability == KASPER_AVAILABILITY_COMPROMISED ||
	    (key->roll & KASPER_ROLL_ASKED) != 0)
		return TRUE;
	/* a scheduled rollover does not overtake the one that brought this key in */
	return !kasper_demand_is_manual(demand) &&
	       kasper_demand_get_start(decision, slot, demand) <= decision->now &&
	       kasper_demand_is_settled(decision, slot);
}

static void
kasper_demand_announce(KasperDecision *decision, guint slot, KasperTime start)
{
	KasperKey *key = &decision->snapshot->keys[slot];
	KasperSpan ahead = decision->snapshot->policy.rollover_notification;
	KasperTime at = kasper_time_add(start, -ahead);

	if (ahead <= 0 || start == KASPER_TIME_NEVER)
		return;
	if (at > decision->now) {
		/* the policy may have put it off again */
		key->roll &= (guint8) ~(guint)KASPER_ROLL_ANNOUNCED;
		kasper_plan_wake_at(decision->plan, at);
	} else if ((key->roll & KASPER_ROLL_ANNOUNCED) == 0 && start > decision->now) {
		key->roll |= KASPER_ROLL_ANNOUNCED;
		kasper_plan_add_step(decision->plan, KASPER_STEP_NOTICE, (gint)slot)->time = start;
	}
}

void
kasper_demand_watch(KasperDecision *decision, guint slot, const KasperDemand *demand)
{
	KasperTime start = kasper_demand_get_start(decision, slot, demand);

	kasper_plan_wake_at(decision->plan, start);
	if (!kasper_demand_is_manual(demand))
		kasper_demand_announce(decision, slot, start);
	else if (start <= decision->now)
		kasper_plan_add_reason(decision->plan,
				       (gint)slot,
				       0,
				       KASPER_RULE_MANUAL,
				       KASPER_ACTOR_OPERATOR);
}
