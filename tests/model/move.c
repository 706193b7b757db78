/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can happen next: time passes, somebody does what he owes, a person does something.
 */
#include "model.h"

enum {
	MODEL_MOVE_TICK,
	MODEL_MOVE_PUBLISH,
	MODEL_MOVE_END_CLASS,
	MODEL_MOVE_REPORT,
	MODEL_MOVE_ACCEPT,
	MODEL_MOVE_PARENT,
	MODEL_MOVE_LOOK,
	MODEL_MOVE_BACKUP,
};

static const gchar *const free_names[MODEL_N_FREE_MOVES] = {
    "a tick",
    "the signer publishes",
    "the last old signature is replaced",
    "the signer reports",
    "the channel takes the submission",
    "the parent acts",
    "somebody looks at the parent",
    "keys are backed up",
};

static const gchar *const op_names[MODEL_N_OPS] = {
    "KSK rollover is ordered",
    "ZSK rollover is ordered",
    "rollover of all keys is ordered",
    "policy: another algorithm",
    "policy: other roles",
    "policy: insecure, or signed again",
    "policy: another Keys/TTL",
    "policy: another MaxZoneTTL",
    "policy: other roll types",
    "a rollover is taken back",
    "store is away, or back",
    "a key is lost",
    "freeze, or thaw",
    "policy: standby keys",
    "ksk-retire",
    "a tick while the engine sleeps",
    "a tick while the clock stands still",
    "the last reports come once more",
    "policy: other delays and margins",
};

static const guint ops_with_slot =
    (guint)MODEL_OP_STORE | (guint)MODEL_OP_LOSE | (guint)MODEL_OP_RETIRE;

static guint
model_move_get_op(guint move)
{
	return 1u << (move - MODEL_N_FREE_MOVES) / MODEL_N_SLOTS;
}

static guint
model_move_get_slot(guint move)
{
	return (move - MODEL_N_FREE_MOVES) % MODEL_N_SLOTS;
}

const gchar *
model_move_get_name(guint move)
{
	if (move < MODEL_N_FREE_MOVES)
		return free_names[move];
	return op_names[(move - MODEL_N_FREE_MOVES) / MODEL_N_SLOTS];
}

gboolean
model_move_is_tick(guint move)
{
	return move == MODEL_MOVE_TICK;
}

guint
model_move_list(const ModelCase *self, guint moves[MODEL_N_MOVES])
{
	guint n = 0;

	/* what is owed first: histories end sooner, and the search is less deep */
	for (guint move = 1; move < MODEL_N_FREE_MOVES; move++)
		moves[n++] = move;
	moves[n++] = MODEL_MOVE_TICK;
	for (guint move = MODEL_N_FREE_MOVES; move < MODEL_N_MOVES; move++) {
		guint op = model_move_get_op(move);
		guint n_slots = (op & ops_with_slot) != 0 ? MODEL_N_SLOTS : 1;

		if ((self->ops & op) != 0 && model_move_get_slot(move) < n_slots)
			moves[n++] = move;
	}
	return n;
}

/* --- what is owed --- */

static gboolean
model_state_is_accepted(const ModelState *state)
{
	return state->snapshot.submission == 0 || state->snapshot.submitted_at != KASPER_TIME_UNSET;
}

static gboolean
model_state_has_version(const ModelState *state, KasperLedgerKind kind, guint with, guint without)
{
	const KasperLedger *ledger = &state->snapshot.ledgers[kind];

	for (guint i = 0; i < ledger->n_versions; i++) {
		guint flags = ledger->versions[i].flags;

		if ((flags & with) == with && (flags & without) != without)
			return TRUE;
	}
	return FALSE;
}

/* as long as some set that is not wanted may be served, somebody looks */
static gboolean
model_state_needs_look(const ModelCase *self, const ModelState *state)
{
	return !self->assumed && model_state_has_version(state,
							 KASPER_LEDGER_DS,
							 KASPER_VERSION_CURRENT,
							 (guint)KASPER_VERSION_WANTED |
							     (guint)KASPER_VERSION_OBSERVED);
}

/* who cannot tell when he is done says that he has heard */
static gint64
model_state_get_reportable(const ModelCase *self, const ModelState *state)
{
	return self->blind ? state->snapshot.revision : state->applied;
}

static gboolean
model_state_needs_report(const ModelCase *self, const ModelState *state)
{
	return state->reported < model_state_get_reportable(self, state) ||
	       model_state_has_version(state,
				       KASPER_LEDGER_DATA,
				       (guint)KASPER_VERSION_CURRENT |
					   (guint)KASPER_VERSION_WATCHED,
				       ~0u);
}

static gboolean
model_state_has_unsaved_key(const ModelState *state)
{
	for (guint slot = 0; slot < state->snapshot.n_keys; slot++) {
		if (state->snapshot.keys[slot].number != 0 &&
		    state->snapshot.keys[slot].backup == KASPER_BACKUP_NEEDED)
			return TRUE;
	}
	return FALSE;
}

/* nobody's time is up; who looks has to look again after each tick, so his age is one more */
static gboolean
model_state_can_wait(const ModelCase *self, const ModelState *state)
{
	const ModelLimits *limits = &self->limits;
	const ModelTrack *data = &state->tracks[KASPER_LEDGER_DATA];

	for (guint i = 0; i < data->n_held; i++) {
		if (data->held[i].left == MODEL_SERVED && data->held[i].served == 0)
			return FALSE;
	}

	for (guint i = 0; i < state->n_orders; i++) {
		if (state->orders[i].age >= limits->publish)
			return FALSE;
	}
	if (!model_state_is_accepted(state)) {
		if (state->ages[MODEL_AGE_ACCEPT] >= limits->accept)
			return FALSE;
	} else if (state->n_sets > 0 && state->ages[MODEL_AGE_PARENT] >= limits->parent) {
		return FALSE;
	}
	return (!model_state_needs_report(self, state) ||
		state->ages[MODEL_AGE_REPORT] <= limits->report) &&
	       (!model_state_needs_look(self, state) ||
		state->ages[MODEL_AGE_LOOK] <= limits->look);
}

static void
model_state_grow_older(const ModelCase *self, ModelState *state)
{
	for (guint i = 0; i < state->n_orders; i++)
		state->orders[i].age++;

	state->ages[MODEL_AGE_REPORT] += model_state_needs_report(self, state) ? 1 : 0;
	state->ages[MODEL_AGE_LOOK] += model_state_needs_look(self, state) ? 1 : 0;
	if (!model_state_is_accepted(state))
		state->ages[MODEL_AGE_ACCEPT]++;
	else if (state->n_sets > 0)
		state->ages[MODEL_AGE_PARENT]++;
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++)
		model_track_tick(&state->tracks[kind]);
}

/* --- evidence --- */

void
model_state_report(const ModelCase *self, ModelState *state)
{
	const KasperSignerReport report = {
	    .revision = model_state_get_reportable(self, state),
	    .published_at = self->blind ? state->now : state->changed_at,
	    .max_ttl = self->blind ? 0 : state->served_ttls[1],
	    .dnskey_ttl = self->blind ? 0 : state->served_ttls[0],
	    .all_replaced = !self->blind && !model_world_has_class(state),
	    .assumed = self->blind,
	    .watched = self->watched,

	};

	state->ages[MODEL_AGE_REPORT] = 0;
	state->reported = report.revision;
	state->snapshot.now = state->now;
	kasper_snapshot_take_signer_report(&state->snapshot, &report);
}

static KasperKeySet
model_state_get_shown(const ModelCase *self, const ModelState *state)
{
	if (state->between && self->parent == MODEL_PARENT_ADDS_FIRST)
		return state->parent[0] | state->parent[1];
	return state->parent[0];
}

static KasperKeySet
model_state_get_ds(const ModelState *state, guint flag)
{
	const KasperLedger *ledger = &state->snapshot.ledgers[KASPER_LEDGER_DS];
	KasperKeySet keys = 0;

	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & flag) != 0)
			keys |= ledger->versions[i].keys;
	}
	return keys;
}

/* ds-seen where the parent has what it is to have, or what it had and one more; ds-gone for what is
 * not there */
static void
model_state_tell(ModelState *state, KasperKeySet shown)
{
	for (guint slot = 0; slot < state->snapshot.n_keys; slot++) {
		KasperKeySet bit = (KasperKeySet)1 << slot;
		KasperKeySet seen = model_state_get_ds(state, KASPER_VERSION_OBSERVED);

		if (state->snapshot.keys[slot].number == 0)
			continue;
		if ((shown & bit) == 0)
			kasper_snapshot_take_ds_gone(&state->snapshot, slot);
		else if (shown == model_state_get_ds(state, KASPER_VERSION_WANTED))
			kasper_snapshot_take_ds_seen(&state->snapshot, slot, FALSE);
		else if (shown == (seen | bit))
			kasper_snapshot_take_ds_seen(&state->snapshot, slot, TRUE);
	}
}

void
model_state_look(const ModelCase *self, ModelState *state)
{
	KasperKeySet shown = model_state_get_shown(self, state);

	state->ages[MODEL_AGE_LOOK] = 0;
	state->snapshot.now = state->now;
	if (self->by_people) {
		model_state_tell(state, shown);
	} else if (self->parent == MODEL_PARENT_TWO && state->between) {
		for (guint i = 0; i < 2; i++)
			kasper_snapshot_take_parent_variant(&state->snapshot,
							    state->parent[i],
							    NULL,
							    0,
							    state->now);
	} else {
		kasper_snapshot_take_parent_set(&state->snapshot, shown, NULL, 0, state->now);
	}
}

static void
model_state_back_up(ModelState *state)
{
	for (guint slot = 0; slot < state->snapshot.n_keys; slot++) {
		if (state->snapshot.keys[slot].backup == KASPER_BACKUP_NEEDED)
			state->snapshot.keys[slot].backup = KASPER_BACKUP_DONE;
	}
}

static const gchar *
model_move_make_free(const ModelCase *self, ModelState *state, guint move)
{
	const gchar *problem = NULL;
	gboolean evidence = FALSE;

	switch (move) {
	case MODEL_MOVE_TICK:
		model_state_grow_older(self, state);
		state->now++;
		if (state->broken)
			model_world_check(self, state);
		return model_zone_decide(self, state, FALSE);
	case MODEL_MOVE_PUBLISH:
		model_world_apply_order(self, state);

		state->ages[MODEL_AGE_REPORT] = 1;
		break;
	case MODEL_MOVE_END_CLASS:
		model_world_end_class(self, state);
		break;
	case MODEL_MOVE_PARENT:
		model_world_step_parent(self, state);
		state->ages[MODEL_AGE_LOOK] = MAX(state->ages[MODEL_AGE_LOOK], 1);
		break;
	case MODEL_MOVE_REPORT:
		model_state_report(self, state);
		evidence = TRUE;
		break;
	case MODEL_MOVE_ACCEPT:
		state->snapshot.now = state->now;
		kasper_snapshot_take_submission(&state->snapshot,
						state->snapshot.submission,
						state->now);
		state->ages[MODEL_AGE_ACCEPT] = state->ages[MODEL_AGE_PARENT] = 0;
		evidence = TRUE;
		break;
	case MODEL_MOVE_LOOK:
		model_state_look(self, state);
		evidence = TRUE;
		break;
	case MODEL_MOVE_BACKUP:
		model_state_back_up(state);
		evidence = TRUE;
		break;
	default:
		g_assert_not_reached();
	}
	problem = evidence ? model_zone_decide(self, state, TRUE) : model_world_check(self, state);
	return problem != NULL || evidence ? problem : model_world_compare(self, state);
}

gboolean
model_move_is_possible(const ModelCase *self, const ModelState *state, guint move)
{
	switch (move) {
	case MODEL_MOVE_TICK:
		return model_state_can_wait(self, state);
	case MODEL_MOVE_PUBLISH:
		return state->n_orders > 0;
	case MODEL_MOVE_END_CLASS:
		return model_world_has_class(state);
	case MODEL_MOVE_REPORT:
		return model_state_needs_report(self, state);
	case MODEL_MOVE_ACCEPT:
		return !model_state_is_accepted(state);
	case MODEL_MOVE_PARENT:
		return state->n_sets > 0;
	case MODEL_MOVE_LOOK:
		return model_state_needs_look(self, state);
	case MODEL_MOVE_BACKUP:
		return model_state_has_unsaved_key(state);
	default:
		break;
	}
	if (state->n_ops == 0)
		return FALSE;
	if (model_move_get_op(move) == MODEL_OP_SLEEP || model_move_get_op(move) == MODEL_OP_STILL)
		return model_state_can_wait(self, state);
	return TRUE;
}

const gchar *
model_move_make(const ModelCase *self, ModelState *state, guint move)
{
	guint op;

	if (move < MODEL_N_FREE_MOVES)
		return model_move_make_free(self, state, move);
	op = model_move_get_op(move);
	state->snapshot.now = state->now;
	if (op == MODEL_OP_SLEEP || op == MODEL_OP_STILL) {
		model_state_grow_older(self, state);
		state->now += op == MODEL_OP_SLEEP ? 1 : 0;
	} else if (!model_operate(self, state, op, model_move_get_slot(move))) {
		return NULL;
	}
	state->n_ops--;
	state->n_done++;
	return op == MODEL_OP_SLEEP || op == MODEL_OP_STILL ? model_world_compare(self, state)
							    : model_zone_decide(self, state, TRUE);
}
