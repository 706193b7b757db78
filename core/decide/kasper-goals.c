/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which keys are to be used (rollover-model 2.4): one for each element of the policy; everything
 * else is to go. A rollover is nothing but a change of goals, and it may happen at any time.
 */
#include "kasper-decide-private.h"

typedef struct {
	KasperDecision *decision;
	KasperKeySet taken;		  /* keys that serve a demand */
	gint8 served[KASPER_DEMANDS_MAX]; /* the key that serves each; -1: none */
	gboolean frozen;
} KasperGoals;

static gboolean
kasper_goals_is_healthy(const KasperKey *key)
{
	return key->availability != KASPER_AVAILABILITY_LOST &&
	       key->availability != KASPER_AVAILABILITY_COMPROMISED;
}

static const KasperDemand *
kasper_goals_get_demand(const KasperGoals *self, guint demand)
{
	return &self->decision->snapshot->policy.demands[demand];
}

static void
kasper_goals_serve(KasperGoals *self, guint demand, guint slot)
{
	self->taken |= KASPER_KEY_BIT(slot);
	self->decision->demands[slot] = (gint8)demand;
}

/* is @slot the better choice for a demand? One that is not to be replaced, then the newest */
static gboolean
kasper_goals_prefers(const KasperGoals *self, const KasperDemand *demand, guint slot, guint other)
{
	const KasperKey *keys = self->decision->snapshot->keys;
	gboolean due = kasper_demand_is_due(self->decision, slot, demand);

	if (due != kasper_demand_is_due(self->decision, other, demand))
		return !due;
	if (keys[slot].keep != keys[other].keep)
		return !keys[slot].keep;
	return keys[slot].number > keys[other].number;
}

/* of keys in waiting, the one that has waited longest: it is the first to be everywhere */
static gboolean
kasper_goals_prefers_standby(const KasperGoals *self, guint slot, guint other)
{
	const KasperDecision *decision = self->decision;
	gboolean settled = kasper_demand_is_settled(decision, slot);

	if (settled != kasper_demand_is_settled(decision, other))
		return settled;
	return decision->snapshot->keys[slot].number < decision->snapshot->keys[other].number;
}

static gint
kasper_goals_pick(const KasperGoals *self, guint demand, gboolean standby)
{
	const KasperSnapshot *snapshot = self->decision->snapshot;
	const KasperDemand *wanted = kasper_goals_get_demand(self, demand);
	gint best = -1;

	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		const KasperKey *key = &snapshot->keys[slot];

		if (key->number == 0 || key->goal != KASPER_GOAL_IN ||
		    key->origin == KASPER_ORIGIN_FOREIGN || (key->standby != 0) != standby ||
		    (self->taken & KASPER_KEY_BIT(slot)) != 0 || !kasper_demand_fits(wanted, key) ||
		    (standby && !kasper_goals_is_healthy(key)))
			continue;
		if (best < 0 || (standby ? kasper_goals_prefers_standby(self, slot, (guint)best)
					 : kasper_goals_prefers(self, wanted, slot, (guint)best)))
			best = (gint)slot;
	}
	return best;
}

/* a key on its way out that the policy wants again: nothing is lost by turning round */
static gint
kasper_goals_bring_back(KasperGoals *self, guint demand)
{
	KasperSnapshot *snapshot = self->decision->snapshot;
	gint best = -1;

	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		const KasperKey *key = &snapshot->keys[slot];

		if (key->number == 0 || key->goal != KASPER_GOAL_OUT ||
		    key->dead != KASPER_TIME_UNSET || key->origin == KASPER_ORIGIN_FOREIGN ||
		    !kasper_goals_is_healthy(key) || (key->flags & KASPER_DNSKEY_REVOKE) != 0 ||
		    !kasper_demand_fits(kasper_goals_get_demand(self, demand), key))
			continue;
		if (best < 0 || key->number > snapshot->keys[best].number)
			best = (gint)slot;
	}
	if (best >= 0) {
		snapshot->keys[best].goal = KASPER_GOAL_IN;
		snapshot->keys[best].retired = KASPER_TIME_UNSET;
	}
	return best;
}

/* what was held of a standby key is held no longer */
static gint
kasper_goals_call_up(KasperGoals *self, guint demand)
{
	gint slot = kasper_goals_pick(self, demand, TRUE);

	if (slot >= 0)
		self->decision->snapshot->keys[slot].standby = FALSE;
	return slot;
}

/* is there a slot for one more key than the plan asks for already? */
static gboolean
kasper_goals_has_room(const KasperGoals *self)
{
	const KasperSnapshot *snapshot = self->decision->snapshot;
	const GArray *steps = self->decision->plan->steps;
	guint n = 0;

	for (guint slot = 0; slot < snapshot->n_keys; slot++)
		n += snapshot->keys[slot].number != 0 ? 1 : 0;
	for (guint i = 0; i < steps->len; i++)
		n += g_array_index(steps, KasperStep, i).kind == KASPER_STEP_NEED_KEY ? 1 : 0;
	return n < KASPER_KEYS_MAX;
}

/* keys that nobody can take would be made without end */
static void
kasper_goals_need_key(KasperGoals *self, guint demand, gboolean standby)
{
	KasperStep *step;

	if (!kasper_goals_has_room(self)) {
		kasper_plan_add_reason(self->decision->plan,
				       -1,
				       0,
				       KASPER_RULE_ROOM,
				       KASPER_ACTOR_OPERATOR);
		return;
	}
	step = kasper_plan_add_step(self->decision->plan, KASPER_STEP_NEED_KEY, -1);
	step->demand = (gint)demand;
	step->standby = standby;
	kasper_plan_add_reason(self->decision->plan, -1, 0, KASPER_RULE_KEY, KASPER_ACTOR_STORE);
}

/* ManualRollover: keys that the policy wants replaced by others wait for a person, too */
static gboolean
kasper_goals_is_held(KasperGoals *self, const KasperDemand *demand)
{
	const KasperSnapshot *snapshot = self->decision->snapshot;
	gint held = -1;

	if (!demand->manual_rollover && !demand->manual_switch)
		return FALSE;
	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		const KasperKey *key = &snapshot->keys[slot];

		if (key->number == 0 || key->goal != KASPER_GOAL_IN ||
		    (key->roles & demand->roles) == 0 || key->origin == KASPER_ORIGIN_FOREIGN)
			continue;
		if ((key->roll & KASPER_ROLL_ASKED) != 0 || !kasper_goals_is_healthy(key))
			return FALSE;
		held = (gint)slot;
	}
	if (held < 0)
		return FALSE;
	kasper_plan_add_reason(self->decision->plan,
			       held,
			       0,
			       KASPER_RULE_MANUAL,
			       KASPER_ACTOR_OPERATOR);
	return TRUE;
}

/* somebody for each demand */
static void
kasper_goals_assign(KasperGoals *self)
{
	const KasperPolicy *policy = &self->decision->snapshot->policy;

	for (guint i = 0; i < policy->n_demands; i++) {
		gint slot = kasper_goals_pick(self, i, FALSE);

		if (slot < 0 && !self->frozen)
			slot = kasper_goals_bring_back(self, i);
		if (slot < 0 && !self->frozen)
			slot = kasper_goals_call_up(self, i);
		self->served[i] = (gint8)slot;
		if (slot >= 0) {
			kasper_goals_serve(self, i, (guint)slot);
			continue;
		}
		self->decision->missing_roles |= policy->demands[i].roles;
		if (!self->frozen && !kasper_goals_is_held(self, &policy->demands[i]))
			kasper_goals_need_key(self, i, FALSE);
	}
}

/* successors for keys whose time has come; once there is one, the old key serves nobody */
static void
kasper_goals_replace(KasperGoals *self)
{
	const KasperPolicy *policy = &self->decision->snapshot->policy;

	for (guint i = 0; i < policy->n_demands; i++) {
		gint slot = self->served[i];
		gint successor;

		if (slot < 0)
			continue;
		if (!kasper_demand_is_due(self->decision, (guint)slot, &policy->demands[i])) {
			kasper_demand_watch(self->decision, (guint)slot, &policy->demands[i]);
			continue;
		}
		if (self->frozen)
			continue;
		successor = kasper_goals_call_up(self, i);
		if (successor < 0) {
			kasper_goals_need_key(self, i, FALSE);
			continue;
		}
		self->taken &= ~KASPER_KEY_BIT(slot);
		self->served[i] = (gint8)successor;
		kasper_goals_serve(self, i, (guint)successor);
	}
}

static void
kasper_goals_keep_standby(KasperGoals *self)
{
	const KasperPolicy *policy = &self->decision->snapshot->policy;

	for (guint i = 0; i < policy->n_demands; i++) {
		guint n = kasper_demand_count_standby(&policy->demands[i]);

		for (guint j = 0; j < n && self->served[i] >= 0; j++) {
			gint slot = kasper_goals_pick(self, i, TRUE);

			if (slot >= 0)
				kasper_goals_serve(self, i, (guint)slot);
			else if (!self->frozen)
				kasper_goals_need_key(self, i, TRUE);
		}
	}
}

static void
kasper_goals_retire(KasperDecision *decision, guint slot, gint demand)
{
	KasperKey *key = &decision->snapshot->keys[slot];

	if (demand >= 0 && !key->standby)
		kasper_plan_add_step(decision->plan, KASPER_STEP_ROLLOVER, (gint)slot)->demand =
		    demand;
	kasper_plan_add_step(decision->plan, KASPER_STEP_GOAL_OUT, (gint)slot);
	key->goal = KASPER_GOAL_OUT;
	key->standby = FALSE;
	key->keep = FALSE;
	key->roll = 0;
}

/* the first element that a key fits, or at least has a role in common with */
static gint
kasper_goals_find_demand(const KasperPolicy *policy, const KasperKey *key, gboolean *ret_fits)
{
	gint related = -1;

	*ret_fits = FALSE;
	for (guint i = 0; i < policy->n_demands; i++) {
		if (kasper_demand_fits(&policy->demands[i], key)) {
			*ret_fits = TRUE;
			return (gint)i;
		}
		if (related < 0 && (policy->demands[i].roles & key->roles) != 0)
			related = (gint)i;
	}
	return related;
}

/* keys that serve no demand are to go, but not before those are there that take their place */
static void
kasper_goals_clear(KasperGoals *self)
{
	KasperDecision *decision = self->decision;

	for (guint slot = 0; slot < decision->snapshot->n_keys; slot++) {
		const KasperKey *key = &decision->snapshot->keys[slot];
		gboolean fits;
		gint demand;

		if (key->number == 0 || key->goal != KASPER_GOAL_IN ||
		    key->origin == KASPER_ORIGIN_FOREIGN ||
		    (self->taken & KASPER_KEY_BIT(slot)) != 0)
			continue;
		demand = kasper_goals_find_demand(&decision->snapshot->policy, key, &fits);
		if (fits && key->keep && kasper_goals_is_healthy(key))
			decision->demands[slot] = (gint8)demand;
		else if (fits || (decision->missing_roles & key->roles) == 0)
			kasper_goals_retire(decision, slot, demand);
	}
}

void
kasper_goals_update(KasperDecision *decision)
{
	KasperSnapshot *snapshot = decision->snapshot;
	KasperGoals self = {.decision = decision, .frozen = snapshot->holds != 0};

	kasper_snapshot_take_orders(snapshot);
	if (kasper_snapshot_is_insecure(snapshot)) {
		for (guint slot = 0; slot < snapshot->n_keys && !self.frozen; slot++) {
			const KasperKey *key = &snapshot->keys[slot];

			if (key->number != 0 && key->goal == KASPER_GOAL_IN &&
			    key->origin != KASPER_ORIGIN_FOREIGN)
				kasper_goals_retire(decision, slot, -1);
		}
		return;
	}
	kasper_goals_assign(&self);
	kasper_goals_replace(&self);
	kasper_goals_keep_standby(&self);
	if (!self.frozen)
		kasper_goals_clear(&self);
}
