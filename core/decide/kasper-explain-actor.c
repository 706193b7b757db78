/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has to act, upon what, since when, and when at the earliest it goes on.
 */
#include "kasper-explain-private.h"

static const KasperErrand no_errand = {.since = KASPER_TIME_UNSET, .retry = KASPER_TIME_NEVER};

KasperExplanation
kasper_explanation_begin(gint slot, KasperWait wait, KasperActor actor)
{
	return (KasperExplanation){
	    .slot = slot,
	    .other = -1,
	    .demand = -1,
	    .wait = wait,
	    .actor = actor,
	    .since = KASPER_TIME_UNSET,
	    .until = KASPER_TIME_NEVER,
	    .expected = KASPER_TIME_NEVER,
	    .errand = no_errand,
	    .version = {.end = KASPER_TIME_UNSET},
	};
}

/* --- what may be held that long --- */

static gboolean
kasper_explain_take_version(KasperExplanation *self, const KasperLedger *ledgers, guint kind)
{
	const KasperLedger *ledger = &ledgers[kind];

	for (guint i = 0; i < ledger->n_versions; i++) {
		const KasperVersion *version = &ledger->versions[i];

		if (version->end != self->until)
			continue;
		self->kind = kind;
		self->version = *version;
		self->since = version->gone;
		self->assumed = (version->flags & KASPER_VERSION_ASSUMED) != 0;
		return TRUE;
	}
	return FALSE;
}

/* the version whose end is waited for, in the record's own ledger if there are several */
static void
kasper_explain_find_version(KasperExplanation *self, const KasperSnapshot *after)
{
	static const KasperLedgerKind kinds[KASPER_N_RECORDS] = {KASPER_LEDGER_DS,
								 KASPER_LEDGER_DNSKEY,
								 KASPER_LEDGER_DNSKEY,
								 KASPER_LEDGER_DATA};

	for (guint i = 0; i < KASPER_N_RECORDS; i++) {
		if ((self->record & 1u << i) != 0 &&
		    kasper_explain_take_version(self, after->ledgers, kinds[i]))
			return;
	}
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		if (kasper_explain_take_version(self, after->ledgers, kind))
			return;
	}
}

/* --- keys that somebody else has to act upon --- */

/* a key whose DS is wanted and not seen; rather @slot itself than another one */
static gint
kasper_explain_find_unseen(const KasperSnapshot *after, gint slot)
{
	gint found = -1;

	for (guint i = 0; i < after->n_keys; i++) {
		const KasperKey *key = &after->keys[i];

		if (key->number == 0 || (key->records & KASPER_RECORD_DS) == 0 ||
		    kasper_snapshot_is_ds_observed(after, i))
			continue;
		if (found < 0 || (gint)i == slot)
			found = (gint)i;
	}
	return found;
}

/* a key whose DS is to go and may still be served; rather @slot itself than another one */
static gint
kasper_explain_find_lingering(const KasperSnapshot *after, gint slot)
{
	const KasperLedger *ledger = &after->ledgers[KASPER_LEDGER_DS];
	KasperKeySet served = 0;
	gint found = -1;

	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & KASPER_VERSION_CURRENT) != 0)
			served |= ledger->versions[i].keys;
	}
	for (guint i = 0; i < after->n_keys; i++) {
		if (after->keys[i].number == 0 ||
		    (after->keys[i].records & (guint)KASPER_RECORD_DS) != 0 ||
		    (served & KASPER_KEY_BIT(i)) == 0)
			continue;
		if (found < 0 || (gint)i == slot)
			found = (gint)i;
	}
	return found;
}

static gint
kasper_explain_find_unsaved(const KasperSnapshot *after, gint slot)
{
	gint found = -1;

	for (guint i = 0; i < after->n_keys; i++) {
		const KasperKey *key = &after->keys[i];

		if (key->number == 0 || key->goal != KASPER_GOAL_IN || kasper_key_is_backed_up(key))
			continue;
		if (found < 0 || (gint)i == slot)
			found = (gint)i;
	}
	return found;
}

static void
kasper_explain_name_other(KasperExplanation *self, gint other)
{
	if (other >= 0 && other != self->slot)
		self->other = other;
}

/* --- one actor each --- */

const KasperReason *
kasper_explain_find_reason(const KasperPlan *plan, gint slot, guint record)
{
	for (guint i = 0; i < plan->reasons->len; i++) {
		const KasperReason *reason = &g_array_index(plan->reasons, KasperReason, i);

		if (reason->slot == slot && reason->record == record)
			return reason;
	}
	return NULL;
}

static void
kasper_explain_parent(const KasperExplaining *context, KasperExplanation *self)
{
	const KasperSnapshot *after = &context->plan->after;
	gint unseen = kasper_explain_find_unseen(after, self->slot);

	self->wait = unseen >= 0 ? KASPER_WAIT_DS_SEEN : KASPER_WAIT_DS_GONE;
	kasper_explain_name_other(self,
				  unseen >= 0 ? unseen
					      : kasper_explain_find_lingering(after, self->slot));
	self->since = after->submitted_at;
	if (after->submission == 0)
		return;
	self->expected = kasper_timing_get_assumed_publication(&after->policy, after->submitted_at);
	self->assumed = after->policy.ds_evidence == KASPER_EVIDENCE_ASSUMED;
}

/* when it could go on if the backup were there now */
static void
kasper_explain_backup(const KasperExplaining *context, KasperExplanation *self)
{
	const KasperSnapshot *after = &context->plan->after;
	gint unsaved = kasper_explain_find_unsaved(after, self->slot);
	g_autofree KasperSnapshot *saved = g_memdup2(after, sizeof *after);
	g_autoptr(KasperPlan) plan = NULL;
	const KasperReason *reason;

	self->wait = KASPER_WAIT_BACKUP;
	self->until = after->now;
	if (unsaved < 0)
		return;
	kasper_explain_name_other(self, unsaved);
	self->since = after->keys[unsaved].created;
	saved->keys[unsaved].backup = KASPER_BACKUP_DONE;
	plan = kasper_decide(saved, after->now);
	reason = kasper_explain_find_reason(plan, self->slot, self->record);
	if (reason != NULL)
		self->until = reason->until;
}

static void
kasper_explain_operator(const KasperExplaining *context, KasperExplanation *self)
{
	const KasperSnapshot *after = &context->plan->after;
	gint demand = -1;

	if (self->rule == KASPER_RULE_HOLD) {
		self->wait = KASPER_WAIT_HOLD;
		return;
	}
	self->wait = KASPER_WAIT_OPERATOR;
	for (guint i = 0; i < after->policy.n_demands && self->slot >= 0; i++) {
		if (kasper_demand_fits(&after->policy.demands[i], &after->keys[self->slot]))
			demand = (gint)i;
	}
	/* a key that the policy wants no longer was due when the policy said so: nobody wrote down
	 * when */
	if (self->rule == KASPER_RULE_MANUAL && demand >= 0)
		self->since =
		    kasper_timing_get_rollover_start(&after->policy,
						     &after->policy.demands[demand],
						     after->keys[self->slot].active,
						     after->policy.share_keys ? 0 : after->spread);
}

void
kasper_explain_errand(KasperExplanation *self,
		      KasperWait wait,
		      const KasperErrand *errand,
		      KasperTime since)
{
	self->wait = wait;
	if (errand != NULL)
		self->errand = *errand;
	if (self->errand.since == KASPER_TIME_UNSET)
		self->errand.since = since;
	self->since = self->errand.since;
	self->until = self->errand.retry;
}

void
kasper_explain_actor(const KasperExplaining *context, KasperExplanation *self)
{
	const KasperSnapshot *after = &context->plan->after;
	const KasperErrands *errands = context->errands;

	/* nobody can see at the parent what it was not told yet */
	if (self->actor == KASPER_ACTOR_PARENT && after->submission != 0 &&
	    after->submitted_at == KASPER_TIME_UNSET)
		self->actor = KASPER_ACTOR_CHANNEL;
	switch (self->actor) {
	case KASPER_ACTOR_TIME:
		if (self->rule == KASPER_RULE_PARENT) {
			kasper_explain_parent(context, self);
			return;
		}
		self->wait = KASPER_WAIT_TTL;
		kasper_explain_find_version(self, after);
		return;
	case KASPER_ACTOR_SIGNER:
		kasper_explain_errand(self,
				      KASPER_WAIT_SIGNER,
				      errands != NULL ? &errands->order : NULL,
				      after->ordered_at);
		return;
	case KASPER_ACTOR_CHANNEL:
		kasper_explain_errand(self,
				      KASPER_WAIT_DS_SUBMIT,
				      errands != NULL ? &errands->submission : NULL,
				      KASPER_TIME_UNSET);
		kasper_explain_name_other(self, kasper_explain_find_unseen(after, self->slot));
		return;
	case KASPER_ACTOR_PARENT:
		kasper_explain_parent(context, self);
		return;
	case KASPER_ACTOR_BACKUP:
		kasper_explain_backup(context, self);
		return;
	case KASPER_ACTOR_OPERATOR:
		kasper_explain_operator(context, self);
		return;
	case KASPER_ACTOR_STORE:
		self->wait = self->rule == KASPER_RULE_KEY ? KASPER_WAIT_KEY : KASPER_WAIT_STORE;
		return;
	}
	g_assert_not_reached();
}
