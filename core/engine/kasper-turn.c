/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* a zone that waits for a key is woken when there is one; should that be lost, it looks again */
#define KEY_RETRY ((KasperSpan)3600)
/* no turn needs more keys than a policy has demands, each with its standby keys */
#define MAX_DECISIONS 64

/* spreads scheduled starts over zones (rollover-model 7.2): the same at each start of the daemon,
 * and not to be guessed from outside */
static guint64
kasper_engine_spread(KasperEngine *self, gint64 zone, gint64 policy)
{
	guint64 x = (guint64)zone * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) ^ self->secret[0];

	x ^= (guint64)policy * G_GUINT64_CONSTANT(0xd6e8feb86659fd93);
	for (guint i = 0; i < 3; i++) {
		x ^= x >> 32;
		x *= G_GUINT64_CONSTANT(0xd6e8feb86659fd93);
		x ^= self->secret[1];
	}
	return x ^ (x >> 32);
}

/* one zone out of the store as it is there, with its policy */
static gboolean
kasper_turn_load(KasperEngine *self,
		 gint64 zone,
		 KasperSnapshot *ret_snapshot,
		 KasperZoneRow *ret_row,
		 GError **error)
{
	KasperEnginePolicy *policy;

	if (!kasper_store_load_snapshot(self->store, zone, ret_snapshot, ret_row, error))
		return FALSE;
	policy = kasper_engine_get_policy(self, ret_row->policy);
	if (policy == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "zone %s: its policy %s is not in kasp.xml any more: put it back, or "
			    "give the zone another one with 'kasper zone set-policy'",
			    ret_row->name,
			    kasper_store_get_policy_name(self->store, ret_row->policy));
		return FALSE;
	}
	ret_snapshot->policy = policy->values;
	ret_snapshot->spread = kasper_engine_spread(self, zone, ret_row->policy);
	ret_snapshot->now = kasper_engine_now(self);
	return TRUE;
}

gboolean
kasper_turn_is_new(const KasperSnapshot *snapshot)
{
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		if (snapshot->ledgers[kind].n_versions > 0)
			return FALSE;
	}
	return snapshot->n_keys == 0 && snapshot->revision == 0;
}

gboolean
kasper_engine_load(KasperEngine *self,
		   gint64 zone,
		   KasperSnapshot *ret_snapshot,
		   KasperZoneRow *ret_row,
		   GError **error)
{
	if (!kasper_turn_load(self, zone, ret_snapshot, ret_row, error))
		return FALSE;
	if (!kasper_turn_is_new(ret_snapshot))
		return TRUE;
	if ((ret_snapshot->holds & (guint32)KASPER_HOLD_SIGNED) != 0)
		return kasper_engine_refuse_held(self, ret_row, error);
	kasper_snapshot_adopt_unsigned(ret_snapshot);
	return TRUE;
}

/* decides until the plan asks for no key that can be had */
static KasperPlan *
kasper_turn_decide(KasperEngine *self,
		   const KasperZoneRow *row,
		   KasperSnapshot *work,
		   gboolean *ret_missing,
		   GError **error)
{
	for (guint i = 0; i < MAX_DECISIONS; i++) {
		g_autoptr(KasperPlan) plan = kasper_decide(work, work->now);
		gboolean added = FALSE;

		kasper_engine_forget_asks(self, row->number);
		if (!kasper_engine_give_keys(self, row, work, plan, ret_missing, &added, error))
			return NULL;
		if (!added)
			return g_steal_pointer(&plan);
	}
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INTERNAL,
		    "zone %s: the plan asks for keys without end",
		    row->name);
	return NULL;
}

/* lets go of the keys that the plan destroys */
static void
kasper_turn_drop_destroyed(KasperPlan *plan)
{
	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);

		if (step->kind == KASPER_STEP_DESTROY && plan->after.keys[step->slot].number != 0)
			kasper_snapshot_remove_key(&plan->after, (guint)step->slot);
	}
}

static const gchar *
kasper_turn_describe_keys(const KasperPlan *plan, gboolean missing, KasperKeyWord *words)
{
	const gchar *waiting_for = missing ? "key" : plan->after.holds != 0 ? "operator" : "";

	for (guint i = 0; i < plan->after.n_keys; i++) {
		if (plan->after.keys[i].number == 0)
			continue;
		kasper_plan_describe_key(plan, i, &words[i]);
		if (waiting_for[0] == '\0' && words[i].waiting_for != NULL)
			waiting_for = words[i].waiting_for;
	}
	return waiting_for;
}

/* a new zone that got no key in this turn has nothing to record but that it waits: what it was
 * taken for, it is taken for again when there is one */
static gboolean
kasper_turn_only_waits(const KasperTurn *turn, const KasperSnapshot *before, const KasperPlan *plan)
{
	KasperSnapshot after;

	if (turn->take != NULL || turn->action != NULL || !kasper_turn_is_new(before) ||
	    plan->after.n_keys > 0)
		return FALSE;
	after = plan->after;
	memcpy(after.ledgers, before->ledgers, sizeof after.ledgers);
	return memcmp(&after, before, sizeof after) == 0;
}

static gboolean
kasper_turn_save(KasperEngine *self,
		 const KasperTurn *turn,
		 const KasperSnapshot *before,
		 const KasperPlan *plan,
		 gboolean missing,
		 GError **error)
{
	gboolean waits = missing && kasper_turn_only_waits(turn, before, plan);
	KasperKeyWord words[KASPER_KEYS_MAX] = {0};
	const gchar *waiting_for = kasper_turn_describe_keys(plan, missing, words);
	KasperTime due = plan->next_wake;

	if (missing)
		due = MIN(due, kasper_time_add(plan->after.now, KEY_RETRY));
	return kasper_store_save_snapshot(self->store,
					  before,
					  waits ? before : &plan->after,
					  words,
					  due,
					  kasper_turn_get_zone_state(&plan->after),
					  waiting_for,
					  error);
}

/* a new zone is served without signatures, if somebody knows that */
static void
kasper_turn_adopt(KasperEngine *self, const KasperTurn *turn, KasperSnapshot *work)
{
	if (!kasper_turn_is_new(work) || !kasper_engine_is_unsigned(self, turn, work))
		return;
	work->holds &= ~(guint32)KASPER_HOLD_SIGNED;
	kasper_snapshot_adopt_unsigned(work);
}

/* one zone, one turn, within the open transaction: load, take evidence, decide, record */
gboolean
kasper_engine_turn(KasperEngine *self, const KasperTurn *turn, GError **error)
{
	KasperSnapshot before, work;
	g_auto(KasperZoneRow) row = {0};
	g_autoptr(KasperPlan) plan = NULL;
	gboolean missing = FALSE;

	if (!kasper_turn_load(self, turn->zone, &before, &row, error))
		return FALSE;
	work = before;
	kasper_turn_adopt(self, turn, &work);
	if (turn->take != NULL && !turn->take(&work, turn->data, error)) {
		g_prefix_error(error, "zone %s: ", row.name);
		return FALSE;
	}
	if (kasper_turn_is_new(&work))
		return kasper_engine_ask_first(self, turn, &row, &before, &work, error);
	plan = kasper_turn_decide(self, &row, &work, &missing, error);
	if (plan == NULL)
		return FALSE;
	kasper_turn_drop_destroyed(plan);
	if (!kasper_turn_save(self, turn, &before, plan, missing, error) ||
	    !kasper_engine_record_plan(self, turn, &row, &work, plan, error))
		return FALSE;
	kasper_engine_clear_zone_problem(self, row.name);
	kasper_engine_forget_held(self, row.number);
	if (!missing)
		kasper_engine_forget_unsigned(self, row.number);
	return TRUE;
}
