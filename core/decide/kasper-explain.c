/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each key waits for, out of a plan: the reason that matters most to an operator, then (in
 * kasper-explain-actor.c) the evidence that is missing, since when, and the earliest time. Words
 * are put to it in kasper-explain-text.c.
 */
#include "kasper-explain-private.h"

/* --- one key --- */

/* a person comes before a machine, and that before the clock, which needs nobody */
static guint
kasper_explain_get_urgency(const KasperReason *reason)
{
	switch (reason->actor) {
	case KASPER_ACTOR_PARENT:
	case KASPER_ACTOR_CHANNEL:
	case KASPER_ACTOR_OPERATOR:
	case KASPER_ACTOR_BACKUP:
	case KASPER_ACTOR_STORE:
		return 0;
	case KASPER_ACTOR_SIGNER:
		return 1;
	case KASPER_ACTOR_TIME:
		return 2;
	}
	g_assert_not_reached();
}

/* in which order the records of a key come, and go; its DNSKEY takes its signature along */
static guint
kasper_explain_get_rank(const KasperPlan *plan, const KasperReason *reason)
{
	static const guint8 comes[KASPER_N_RECORDS] = {3, 1, 2, 0};
	static const guint8 goes[KASPER_N_RECORDS] = {0, 2, 3, 1};
	gboolean adds =
	    reason->slot >= 0 && (plan->after.keys[reason->slot].records & reason->record) == 0;

	for (guint i = 0; i < KASPER_N_RECORDS; i++) {
		if ((reason->record & 1u << i) != 0)
			return adds ? comes[i] : goes[i];
	}
	return 0;
}

static gboolean
kasper_explain_prefers(const KasperPlan *plan, const KasperReason *a, const KasperReason *b)
{
	guint urgency = kasper_explain_get_urgency(a);
	guint other = kasper_explain_get_urgency(b);

	if (urgency != other)
		return urgency < other;
	if (a->until != b->until)
		return a->until < b->until;
	return kasper_explain_get_rank(plan, a) < kasper_explain_get_rank(plan, b);
}

/* of several, what somebody has to act upon; then what comes first */
static const KasperReason *
kasper_explain_pick(const KasperPlan *plan, gint slot)
{
	const KasperReason *picked = NULL;

	for (guint i = 0; i < plan->reasons->len; i++) {
		const KasperReason *reason = &g_array_index(plan->reasons, KasperReason, i);

		if (reason->slot == slot &&
		    (picked == NULL || kasper_explain_prefers(plan, reason, picked)))
			picked = reason;
	}
	return picked;
}

/* Behind a gate that time opens there may be a rule that takes longer: the record is looked at
 * again at the time that was found, as long as only time holds it. */
static void
kasper_explain_look_ahead(const KasperExplaining *context, KasperExplanation *self)
{
	const KasperSnapshot *after = &context->plan->after;

	while (self->actor == KASPER_ACTOR_TIME && self->until != KASPER_TIME_NEVER) {
		g_autoptr(KasperPlan) plan = kasper_decide(after, self->until);
		const KasperReason *next =
		    kasper_explain_find_reason(plan, self->slot, self->record);

		if (next == NULL || next->actor != KASPER_ACTOR_TIME ||
		    next->until <= self->until || next->until == KASPER_TIME_NEVER)
			return;
		self->rule = next->rule;
		self->until = next->until;
	}
}

static void
kasper_explain_reason(KasperExplaining *context, const KasperReason *reason)
{
	KasperExplanation self =
	    kasper_explanation_begin(reason->slot, KASPER_WAIT_NOTHING, reason->actor);

	self.has_reason = TRUE;
	self.rule = reason->rule;
	self.record = reason->record;
	self.until = reason->until;
	kasper_explain_look_ahead(context, &self);
	kasper_explain_actor(context, &self);
	g_array_append_val(context->list, self);
}

/* when a record that is as ordered is everywhere, or nowhere; UNSET: it is */
static KasperTime
kasper_explain_get_settled_at(const KasperSnapshot *after, guint slot, guint index)
{
	static const KasperLedgerKind kinds[KASPER_N_RECORDS] = {KASPER_LEDGER_DS,
								 KASPER_LEDGER_DNSKEY,
								 KASPER_LEDGER_DNSKEY,
								 KASPER_LEDGER_DATA};
	KasperField field = index == KASPER_INDEX_RSK ? KASPER_FIELD_SIGNERS : KASPER_FIELD_KEYS;
	const KasperLedger *ledger = &after->ledgers[kinds[index]];

	switch ((KasperRecordState)after->keys[slot].state[index]) {
	case KASPER_RECORD_RUMOURED:
		return kasper_ledger_get_omnipresent_at(ledger, field, KASPER_KEY_BIT(slot));
	case KASPER_RECORD_UNRETENTIVE:
		return kasper_ledger_get_hidden_at(ledger, field, KASPER_KEY_BIT(slot));
	case KASPER_RECORD_HIDDEN:
	case KASPER_RECORD_OMNIPRESENT:
	case KASPER_RECORD_NA:
		return KASPER_TIME_UNSET;
	}
	g_assert_not_reached();
}

/* nothing holds the key; what it published or withdrew takes its time */
static gboolean
kasper_explain_settling(KasperExplaining *context, guint slot)
{
	const KasperSnapshot *after = &context->plan->after;
	KasperExplanation self =
	    kasper_explanation_begin((gint)slot, KASPER_WAIT_TTL, KASPER_ACTOR_TIME);

	self.until = KASPER_TIME_UNSET;
	for (guint i = 0; i < KASPER_N_RECORDS; i++) {
		KasperTime at = kasper_explain_get_settled_at(after, slot, i);

		if (at <= self.until)
			continue;
		self.until = at;
		self.record = 1u << i;
	}
	if (self.until == KASPER_TIME_UNSET)
		return FALSE;
	if (self.until == KASPER_TIME_NEVER) {
		self.actor =
		    self.record == KASPER_RECORD_DS ? KASPER_ACTOR_PARENT : KASPER_ACTOR_SIGNER;
		self.rule =
		    self.record == KASPER_RECORD_DS ? KASPER_RULE_PARENT : KASPER_RULE_SIGNER;
		self.has_reason = TRUE;
	}
	kasper_explain_actor(context, &self);
	g_array_append_val(context->list, self);
	return TRUE;
}

static void
kasper_explain_death(KasperExplaining *context, guint slot)
{
	const KasperSnapshot *after = &context->plan->after;
	const KasperKey *key = &after->keys[slot];
	KasperExplanation self =
	    kasper_explanation_begin((gint)slot, KASPER_WAIT_NOTHING, KASPER_ACTOR_TIME);

	self.since = key->dead;
	if (after->policy.purge >= 0) {
		self.wait = KASPER_WAIT_PURGE;
		self.until = kasper_time_add(key->dead, after->policy.purge);
	}
	g_array_append_val(context->list, self);
}

/* a key in use waits for the end of its lifetime, or for nothing */
static void
kasper_explain_use(KasperExplaining *context, guint slot)
{
	const KasperSnapshot *after = &context->plan->after;
	const KasperKey *key = &after->keys[slot];
	KasperExplanation self =
	    kasper_explanation_begin((gint)slot, KASPER_WAIT_NOTHING, KASPER_ACTOR_TIME);

	self.since = key->active;
	if (key->keep) {
		self.wait = KASPER_WAIT_OPERATOR;
		self.actor = KASPER_ACTOR_OPERATOR;
	}
	for (guint i = 0; i < after->policy.n_demands && !key->keep && !key->standby; i++) {
		const KasperDemand *demand = &after->policy.demands[i];

		if (!kasper_demand_fits(demand, key))
			continue;
		self.until =
		    kasper_timing_get_rollover_start(&after->policy,
						     demand,
						     key->active,
						     after->policy.share_keys ? 0 : after->spread);
		self.demand = (gint)i;
		break;
	}
	if (self.until != KASPER_TIME_NEVER)
		self.wait = KASPER_WAIT_LIFETIME;
	g_array_append_val(context->list, self);
}

static void
kasper_explain_key(KasperExplaining *context, guint slot)
{
	const KasperReason *reason = kasper_explain_pick(context->plan, (gint)slot);

	if (context->plan->after.keys[slot].dead != KASPER_TIME_UNSET)
		kasper_explain_death(context, slot);
	else if (reason != NULL)
		kasper_explain_reason(context, reason);
	else if (!kasper_explain_settling(context, slot))
		kasper_explain_use(context, slot);
}

/* --- the zone as a whole --- */

static void
kasper_explain_missing_key(KasperExplaining *context, const KasperStep *step)
{
	KasperExplanation self = kasper_explanation_begin(-1, KASPER_WAIT_KEY, KASPER_ACTOR_STORE);
	const KasperErrands *errands = context->errands;

	self.has_reason = TRUE;
	self.rule = KASPER_RULE_KEY;
	self.demand = step->demand;
	self.standby = step->standby;
	kasper_explain_errand(&self,
			      KASPER_WAIT_KEY,
			      errands != NULL ? &errands->keys[step->demand] : NULL,
			      KASPER_TIME_UNSET);
	/* what does not work, and is not tried again, is a person's affair */
	if (errands != NULL && (errands->manual_keys ||
				(self.errand.error != NULL && self.until == KASPER_TIME_NEVER)))
		self.actor = KASPER_ACTOR_OPERATOR;
	g_array_append_val(context->list, self);
}

static gboolean
kasper_explain_has_actor(const KasperExplaining *context, KasperActor actor)
{
	for (guint i = 0; i < context->list->len; i++) {
		if (g_array_index(context->list, KasperExplanation, i).actor == actor)
			return TRUE;
	}
	return FALSE;
}

/* what no key's sentence says already */
static void
kasper_explain_zone(KasperExplaining *context)
{
	const KasperPlan *plan = context->plan;

	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);

		if (step->kind == KASPER_STEP_NEED_KEY)
			kasper_explain_missing_key(context, step);
	}
	for (guint i = 0; i < plan->reasons->len; i++) {
		const KasperReason *reason = &g_array_index(plan->reasons, KasperReason, i);

		if (reason->slot >= 0 || reason->rule == KASPER_RULE_KEY)
			continue;
		if (reason->rule == KASPER_RULE_HOLD || reason->rule == KASPER_RULE_ROOM ||
		    !kasper_explain_has_actor(context, reason->actor))
			kasper_explain_reason(context, reason);
	}
}

/**
 * kasper_plan_explain: (skip)
 * @self: a plan
 * @errands: (nullable): how those do who were asked to do something for the zone
 *
 * What each key of the zone waits for: one explanation a key, in the order of their slots; then
 * what the zone as a whole waits for. A time in it comes true if nothing else happens.
 *
 * Returns: (transfer full): an array of #KasperExplanation; their texts are those of @errands
 *
 * Since: 0.1
 */
GArray *
kasper_plan_explain(const KasperPlan *self, const KasperErrands *errands)
{
	KasperExplaining context = {
	    .plan = self,
	    .errands = errands,
	    .list = g_array_new(FALSE, FALSE, sizeof(KasperExplanation)),
	};

	for (guint slot = 0; slot < self->after.n_keys; slot++) {
		const KasperKey *key = &self->after.keys[slot];

		if (key->number != 0 && key->origin != KASPER_ORIGIN_FOREIGN)
			kasper_explain_key(&context, slot);
	}
	kasper_explain_zone(&context);
	return context.list;
}
