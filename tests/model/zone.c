/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The zone and its engine: decisions are taken and carried out, and promises about them checked.
 */
#include "kasper-key-private.h"
#include "model.h"

static const gchar *const default_types[] = {"KskDoubleSignature",
					     "ZskPrePublication",
					     "CskPrePublication"};

static void
model_zone_add_demand(KasperPolicy *policy, guint roles, guint8 algorithm, const gchar *type)
{
	KasperDemand *demand = &policy->demands[policy->n_demands++];

	g_assert_true(kasper_policy_is_roll_type(type, roles));
	*demand = (KasperDemand){
	    .store = 1,
	    .bits = (guint16)kasper_algorithm_get_bits(algorithm, 2048),
	    .algorithm = algorithm,
	    .roles = (guint8)roles,
	    .gates = (guint8)kasper_policy_get_roll_gates(type),
	};
}

void
model_zone_set_demands(const ModelCase *self,
		       KasperPolicy *policy,
		       gboolean csk,
		       guint8 algorithm,
		       guint8 standby)
{
	static const guint roles[] = {KASPER_ROLE_KSK, KASPER_ROLE_ZSK, KASPER_ROLE_CSK};

	policy->n_demands = 0;
	for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
		const gchar *type = self->types[i] != NULL ? self->types[i] : default_types[i];

		if (csk == (roles[i] == KASPER_ROLE_CSK))
			model_zone_add_demand(policy, roles[i], algorithm, type);
	}
	policy->demands[0].standby = standby;
}

/* the same keys, brought in in another order */
void
model_zone_swap_gates(const ModelCase *self, KasperPolicy *policy)
{
	for (guint i = 0; i < policy->n_demands; i++) {
		KasperDemand *demand = &policy->demands[i];
		guint at = demand->roles == KASPER_ROLE_KSK   ? 0
			   : demand->roles == KASPER_ROLE_ZSK ? 1
							      : 2;
		const gchar *type = self->types[at] != NULL ? self->types[at] : default_types[at];

		if (demand->gates == kasper_policy_get_roll_gates(type))
			type = self->other_types[at];
		demand->gates = (guint8)kasper_policy_get_roll_gates(type);
	}
}

void
model_zone_init(const ModelCase *self, ModelState *state)
{
	const ModelTimes *times = &self->times;
	KasperPolicy policy = {
	    .zone_propagation = times->a,
	    .dnskey_ttl = times->K,
	    .dnskey_negative = times->N,
	    .max_zone_ttl = times->S,
	    .ds_ttl = times->D,
	    .ds_negative = times->Nd,
	    .parent_propagation = times->P,
	    .registration_delay = times->Dreg,
	    .publish_safety = times->Sp,
	    .retire_safety = times->Sr,
	    .validity = times->G,
	    .signer_delay = self->blind ? self->limits.publish : 0,
	    .ds_evidence = self->assumed ? KASPER_EVIDENCE_ASSUMED : KASPER_EVIDENCE_OPERATOR,

	    .level = (guint8)self->level,
	    .parent_model = self->parent == MODEL_PARENT_ATOMIC ? KASPER_PARENT_ATOMIC
								: KASPER_PARENT_ADD_FIRST,
	    .digests = 1u << KASPER_DIGEST_SHA256,
	};

	memset(state, 0, sizeof *state);
	model_zone_set_demands(self, &policy, self->csk, 13, self->standby);
	kasper_snapshot_init(&state->snapshot, &policy, 0);
	state->snapshot.zone = 1;
	state->next_wake = KASPER_TIME_NEVER;
	state->n_ops = (guint8)self->n_ops;
}

gint
model_zone_add_key(const ModelCase *self, ModelState *state, const KasperDemand *demand)
{
	const KasperKey key = {
	    .number = ++state->n_made,
	    .store = 1,
	    .tag = (guint16)state->n_made,
	    .bits = demand->bits,
	    .flags = (demand->roles & KASPER_ROLE_KEY) != 0 ? 257 : 256,
	    .algorithm = demand->algorithm,
	    .roles = demand->roles,
	    .backup = self->backup ? KASPER_BACKUP_NEEDED : KASPER_BACKUP_NOT_NEEDED,
	    .created = state->now,
	};

	return kasper_snapshot_add_key(&state->snapshot, &key);
}

/* --- a decision is carried out --- */

static guint
model_zone_count_keys(const KasperSnapshot *snapshot)
{
	guint n = 0;

	for (guint slot = 0; slot < snapshot->n_keys; slot++)
		n += snapshot->keys[slot].number != 0 ? 1 : 0;
	return n;
}

static gboolean
model_zone_give_key(const ModelCase *self, ModelState *state, const KasperStep *step)
{
	gint slot;

	if (model_zone_count_keys(&state->snapshot) >= self->n_keys) {
		state->starved = TRUE;
		return FALSE;
	}
	slot = model_zone_add_key(self, state, &state->snapshot.policy.demands[step->demand]);
	state->snapshot.keys[slot].standby = step->standby ? 1 : 0;
	return TRUE;
}

/* decides until no key that is asked for can be had, as the engine does */
static KasperPlan *
model_zone_make_plan(const ModelCase *self, ModelState *state)
{
	while (TRUE) {
		KasperPlan *plan = kasper_decide(&state->snapshot, state->now);
		gboolean given = FALSE;

		state->starved = FALSE;
		for (guint i = 0; i < plan->steps->len; i++) {
			const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);

			if (step->kind == KASPER_STEP_NEED_KEY)
				given |= model_zone_give_key(self, state, step);
		}
		if (!given)
			return plan;
		kasper_plan_free(plan);
	}
}

static const gchar *
model_zone_order(ModelState *state)
{
	const KasperSnapshot *snapshot = &state->snapshot;
	ModelOrder order = {
	    .revision = snapshot->revision,
	    .data_ttl = (guint8)snapshot->policy.max_zone_ttl,
	};

	if (state->n_orders == MODEL_ORDERS_MAX)
		return "the signer gets more orders than it can take";
	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		guint records = snapshot->keys[slot].records;

		order.keys |= (records & KASPER_RECORD_DNSKEY) != 0 ? KASPER_KEY_BIT(slot) : 0;
		order.signers |= (records & KASPER_RECORD_RSK) != 0 ? KASPER_KEY_BIT(slot) : 0;
		order.data |= (records & KASPER_RECORD_RSZ) != 0 ? KASPER_KEY_BIT(slot) : 0;
	}
	order.keys_ttl = (guint8)(order.keys != 0 ? snapshot->policy.dnskey_ttl
						  : snapshot->policy.dnskey_negative);
	state->orders[state->n_orders++] = order;
	return NULL;
}

static const gchar *
model_zone_submit(ModelState *state)
{
	KasperKeySet set = 0;

	for (guint slot = 0; slot < state->snapshot.n_keys; slot++) {
		if ((state->snapshot.keys[slot].records & KASPER_RECORD_DS) != 0)
			set |= KASPER_KEY_BIT(slot);
	}
	if (state->n_sets == MODEL_SETS_MAX)
		return "the parent gets more sets than it can take";
	if (set == 0 && !state->snapshot.insecure)
		return "the last DS is withdrawn, and nobody wants the zone to be insecure";
	state->sets[state->n_sets++] = set;
	state->ages[MODEL_AGE_ACCEPT] = state->ages[MODEL_AGE_PARENT] = 0;
	return NULL;
}

/* P20 */
static const gchar *
model_zone_destroy(ModelState *state, guint slot)
{
	KasperKeySet bit = KASPER_KEY_BIT(slot);

	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		if (model_track_holds(&state->tracks[kind], bit))
			return "a key is destroyed that somebody may hold";
	}
	for (guint i = 0; i < state->n_orders; i++) {
		if ((state->orders[i].keys & bit) != 0)
			return "a key is destroyed that will be published";
	}
	for (guint i = 0; i < state->n_sets; i++) {
		if ((state->sets[i] & bit) != 0)
			return "a key is destroyed whose DS will be published";
	}
	kasper_snapshot_remove_key(&state->snapshot, slot);
	return slot < state->snapshot.n_keys && state->snapshot.keys[slot].number != 0
		   ? "a dead key is not let go"
		   : NULL;
}

static const gchar *
model_zone_carry_out(ModelState *state, const KasperPlan *plan)
{
	const gchar *problem = NULL;

	for (guint i = 0; i < plan->steps->len && problem == NULL; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);

		if (step->kind == KASPER_STEP_STATE &&
		    !kasper_record_state_can_move(step->from, step->to))
			return "a record changes its state in a way that there is not";
		if (step->kind == KASPER_STEP_DESTROY)
			problem = model_zone_destroy(state, (guint)step->slot);
		if (step->kind == KASPER_STEP_ORDER)
			problem = model_zone_order(state);
		if (step->kind == KASPER_STEP_SUBMIT_DS)
			problem = model_zone_submit(state);
	}
	return problem;
}

static gboolean
model_zone_has_steps(const KasperPlan *plan)
{
	for (guint i = 0; i < plan->steps->len; i++) {
		if (g_array_index(plan->steps, KasperStep, i).kind != KASPER_STEP_NEED_KEY)
			return TRUE;
	}
	return FALSE;
}

/* @evidence: something is new beside the time */
const gchar *
model_zone_decide(const ModelCase *self, ModelState *state, gboolean evidence)
{
	gboolean early = !evidence && state->now < state->next_wake;
	g_autoptr(KasperPlan) plan = model_zone_make_plan(self, state);
	const gchar *problem;
	guint n_keys;

	/* P6 */
	if (early && model_zone_has_steps(plan))
		return "there was something to do before the time that was given for it";
	if (plan->next_wake <= state->now)
		return "the next time is not in the future";
	state->snapshot = plan->after;
	state->next_wake = plan->next_wake;
	n_keys = model_zone_count_keys(&state->snapshot);
	problem = model_zone_carry_out(state, plan);
	if (problem != NULL)
		return problem;
	/* there is room in the store again */
	if (state->starved && model_zone_count_keys(&state->snapshot) < n_keys)
		return model_zone_decide(self, state, TRUE);
	return model_world_compare(self, state);
}

/* P5 and P4: the same again gives the same, and nothing more */
const gchar *
model_zone_check_calm(const ModelCase *self, const ModelState *state)
{
	g_autoptr(KasperPlan) plan = kasper_decide(&state->snapshot, state->now);
	ModelState after = *state;

	if (model_zone_has_steps(plan))
		return "deciding twice does more than deciding once";
	after.snapshot = plan->after;
	if (model_state_hash(self, &after) != model_state_hash(self, state))
		return "a decision without steps changes something";
	return NULL;
}

/* --- the end --- */

/* there is one content and nothing else, whatever its TTL */
static gboolean
model_zone_is_alone(const KasperLedger *ledger, const ModelTrack *track)
{
	for (guint i = 0; i < ledger->n_versions; i++) {
		const KasperVersion *version = &ledger->versions[i];

		if ((version->flags & KASPER_VERSION_UNKNOWN) != 0 ||
		    version->keys != ledger->versions[0].keys ||
		    version->signers != ledger->versions[0].signers)
			return FALSE;
	}
	for (guint i = 0; i < track->n_held; i++) {
		if (track->held[i].keys != ledger->versions[0].keys ||
		    track->held[i].signers != ledger->versions[0].signers)
			return FALSE;
	}
	return TRUE;
}

/* all keys are where their goals want them, and nobody remembers anything else */
gboolean
model_zone_is_settled(const ModelState *state)
{
	const KasperSnapshot *snapshot = &state->snapshot;

	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		const KasperKey *key = &snapshot->keys[slot];

		if (key->number != 0 && (key->goal != KASPER_GOAL_IN ||
					 key->records != kasper_key_get_goal_records(key)))
			return FALSE;
	}
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		if (!model_zone_is_alone(&snapshot->ledgers[kind], &state->tracks[kind]))
			return FALSE;
	}
	return state->n_orders == 0 && state->n_sets == 0 && !state->starved &&
	       state->reported == state->applied;
}

gboolean
model_zone_is_excused(const ModelState *state)
{
	const KasperSnapshot *snapshot = &state->snapshot;
	gboolean excused = snapshot->holds != 0 || state->starved;

	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		const KasperKey *key = &snapshot->keys[slot];

		excused |= key->number != 0 && (key->availability != KASPER_AVAILABILITY_OK ||
						!kasper_key_is_backed_up(key));
	}
	return excused;
}
