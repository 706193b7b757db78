/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people order, and what goes wrong: each counts as one operation of a history.
 */
#include "model.h"

static gint
model_state_find_newest(const ModelState *state, KasperGoal goal, gint64 below, gint like)
{
	const KasperKey *keys = state->snapshot.keys;
	gint newest = -1;

	for (guint slot = 0; slot < state->snapshot.n_keys; slot++) {
		if (keys[slot].number == 0 || keys[slot].goal != goal ||
		    keys[slot].number >= below || keys[slot].standby ||
		    (like >= 0 && (keys[slot].roles != keys[like].roles ||
				   keys[slot].algorithm != keys[like].algorithm)))
			continue;
		if (newest < 0 || keys[slot].number > keys[newest].number)
			newest = (gint)slot;
	}
	return newest;
}

static gboolean
model_state_take_back(ModelState *state)
{
	gint newest = model_state_find_newest(state, KASPER_GOAL_IN, G_MAXINT64, -1);
	gint before;

	if (newest < 0)
		return FALSE;
	before = model_state_find_newest(state,
					 KASPER_GOAL_OUT,
					 state->snapshot.keys[newest].number,
					 newest);
	if (before < 0)
		return FALSE;
	state->snapshot.keys[newest].goal = KASPER_GOAL_OUT;
	state->snapshot.keys[before].goal = KASPER_GOAL_IN;
	state->snapshot.keys[before].retired = KASPER_TIME_UNSET;
	return TRUE;
}

static gboolean
model_state_change_key(ModelState *state, guint op, guint slot)
{
	KasperKey *key = &state->snapshot.keys[slot];
	guint retired;

	if (slot >= state->snapshot.n_keys || key->number == 0 ||
	    key->availability == KASPER_AVAILABILITY_LOST)
		return FALSE;
	if (op == MODEL_OP_RETIRE)
		return kasper_snapshot_take_ksk_retire(&state->snapshot, (gint)slot, &retired) ==
		       KASPER_REFUSAL_NONE;
	if (op == MODEL_OP_LOSE)
		key->availability = KASPER_AVAILABILITY_LOST;
	else
		key->availability = key->availability == KASPER_AVAILABILITY_OK
					? KASPER_AVAILABILITY_UNAVAILABLE
					: KASPER_AVAILABILITY_OK;
	return TRUE;
}

static void
model_policy_swap_margins(const ModelCase *self, KasperPolicy *policy)
{
	guint8 more = policy->zone_propagation == self->times.a ? 1 : 0;

	policy->zone_propagation = self->times.a + more;
	policy->parent_propagation = self->times.P + more;
	policy->publish_safety = self->times.Sp + more;
	policy->retire_safety = self->times.Sr + more;
}

static void
model_policy_change(const ModelCase *self, KasperPolicy *policy, guint op)
{
	const ModelTimes *times = &self->times;
	gboolean csk = policy->demands[0].roles == KASPER_ROLE_CSK;
	guint8 algorithm = policy->demands[0].algorithm;
	guint8 standby = policy->demands[0].standby;

	if (op == MODEL_OP_ALGORITHM)
		model_zone_set_demands(self, policy, csk, algorithm == 13 ? 8 : 13, standby);
	else if (op == MODEL_OP_ROLES)
		model_zone_set_demands(self, policy, !csk, algorithm, standby);
	else if (op == MODEL_OP_STANDBY)
		policy->demands[0].standby = standby == 0 ? 1 : 0;
	else if (op == MODEL_OP_GATES)
		model_zone_swap_gates(self, policy);
	else if (op == MODEL_OP_KEY_TTL)
		policy->dnskey_ttl = policy->dnskey_ttl == times->K ? times->other_K : times->K;
	else if (op == MODEL_OP_DATA_TTL)
		policy->max_zone_ttl = policy->max_zone_ttl == times->S ? times->other_S : times->S;
	else
		model_policy_swap_margins(self, policy);
}

static gboolean
model_state_roll(ModelState *state, guint op)
{
	guint roles = op == MODEL_OP_ROLL_ALL	? 0
		      : op == MODEL_OP_ROLL_ZSK ? KASPER_ROLE_ZSK
						: KASPER_ROLE_KSK;

	if (op == MODEL_OP_ROLL_KSK && state->snapshot.policy.demands[0].roles == KASPER_ROLE_CSK)
		roles = KASPER_ROLE_CSK;
	return kasper_snapshot_request_rollover(&state->snapshot, roles) > 0;
}

/* FALSE: there is nothing to do for it */
gboolean
model_operate(const ModelCase *self, ModelState *state, guint op, guint slot)
{
	KasperSnapshot *snapshot = &state->snapshot;

	switch ((ModelOp)op) {
	case MODEL_OP_ROLL_KSK:
	case MODEL_OP_ROLL_ZSK:
	case MODEL_OP_ROLL_ALL:
		return model_state_roll(state, op);
	case MODEL_OP_TAKE_BACK:
		return model_state_take_back(state);
	case MODEL_OP_STORE:
	case MODEL_OP_LOSE:
	case MODEL_OP_RETIRE:
		return model_state_change_key(state, op, slot);
	case MODEL_OP_INSECURE:
		snapshot->insecure = !snapshot->insecure;
		return TRUE;
	case MODEL_OP_HOLD:
		snapshot->holds ^= KASPER_HOLD_MANUAL;
		return TRUE;
	case MODEL_OP_AGAIN:
		if (state->applied == 0 || state->applied != state->reported)
			return FALSE;
		model_state_report(self, state);
		model_state_look(self, state);
		return TRUE;
	case MODEL_OP_ALGORITHM:
	case MODEL_OP_ROLES:
	case MODEL_OP_KEY_TTL:
	case MODEL_OP_DATA_TTL:
	case MODEL_OP_GATES:
	case MODEL_OP_STANDBY:
	case MODEL_OP_MARGIN:
		model_policy_change(self, &snapshot->policy, op);
		return TRUE;
	case MODEL_OP_SLEEP:
	case MODEL_OP_STILL:
		break;
	}
	g_assert_not_reached();
}
