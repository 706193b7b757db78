/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why what is not yet as it is to be is not: which rule or gate, until when, and who must act.
 */
#include "kasper-decide-private.h"

/* the zone as a whole: who owes us an answer? */
static void
kasper_reasons_give_pending(KasperDecision *self)
{
	const KasperSnapshot *after = self->snapshot;
	gboolean pending = FALSE;

	for (guint kind = KASPER_LEDGER_DNSKEY; kind <= KASPER_LEDGER_DATA; kind++)
		pending |= kasper_ledger_is_pending(&after->ledgers[kind], kind);
	if (after->holds != 0)
		kasper_plan_add_reason(self->plan, -1, 0, KASPER_RULE_HOLD, KASPER_ACTOR_OPERATOR);
	if (pending || self->blocks[KASPER_LEDGER_DNSKEY] == KASPER_BLOCK_UNKNOWN)
		kasper_plan_add_reason(self->plan, -1, 0, KASPER_RULE_SIGNER, KASPER_ACTOR_SIGNER);
	if (after->submission != 0 && after->submitted_at == KASPER_TIME_UNSET)
		kasper_plan_add_reason(self->plan,
				       -1,
				       KASPER_RECORD_DS,
				       KASPER_RULE_CHANNEL,
				       KASPER_ACTOR_CHANNEL);
}

/* a DS that is wanted and not seen, or seen and not wanted */
static void
kasper_reasons_give_parent(KasperDecision *self, guint slot)
{
	const KasperSnapshot *after = self->snapshot;
	gboolean wanted = (after->keys[slot].records & KASPER_RECORD_DS) != 0;
	gboolean shown = FALSE;
	KasperReason *reason;

	for (guint i = 0; i < after->ledgers[KASPER_LEDGER_DS].n_versions; i++) {
		const KasperVersion *version = &after->ledgers[KASPER_LEDGER_DS].versions[i];

		shown |= (version->flags & (guint)KASPER_VERSION_CURRENT) != 0 &&
			 (version->keys & KASPER_KEY_BIT(slot)) != 0;
	}
	if (wanted ? kasper_snapshot_is_ds_observed(after, slot) : !shown)
		return;
	if (after->submission != 0 && after->submitted_at == KASPER_TIME_UNSET)
		return;
	reason = kasper_plan_add_reason(self->plan,
					(gint)slot,
					KASPER_RECORD_DS,
					KASPER_RULE_PARENT,
					KASPER_ACTOR_PARENT);
	if (after->policy.ds_evidence == KASPER_EVIDENCE_ASSUMED && after->submission != 0) {
		reason->actor = KASPER_ACTOR_TIME;
		reason->until =
		    kasper_timing_get_assumed_publication(&after->policy, after->submitted_at);
	}
}

static KasperLedgerKind
kasper_reasons_get_kind(guint record)
{
	switch ((KasperRecord)record) {
	case KASPER_RECORD_DS:
		return KASPER_LEDGER_DS;
	case KASPER_RECORD_DNSKEY:
	case KASPER_RECORD_RSK:
		return KASPER_LEDGER_DNSKEY;
	case KASPER_RECORD_RSZ:
		return KASPER_LEDGER_DATA;
	}
	g_assert_not_reached();
}

/* nothing goes out to this ledger now, whatever it is */
static gboolean
kasper_reasons_find_block(const KasperDecision *self, guint record, KasperReason *reason)
{
	KasperLedgerKind kind = kasper_reasons_get_kind(record);

	switch (self->blocks[kind]) {
	case KASPER_BLOCK_NONE:
		return FALSE;
	case KASPER_BLOCK_HOLD:
		reason->rule = KASPER_RULE_HOLD;
		reason->actor = KASPER_ACTOR_OPERATOR;
		return TRUE;
	case KASPER_BLOCK_UNKNOWN:
	case KASPER_BLOCK_PENDING:
		reason->rule = kind == KASPER_LEDGER_DS ? KASPER_RULE_CHANNEL : KASPER_RULE_SIGNER;
		reason->actor =
		    kind == KASPER_LEDGER_DS ? KASPER_ACTOR_CHANNEL : KASPER_ACTOR_SIGNER;
		return TRUE;
	case KASPER_BLOCK_CAPACITY:
		reason->rule = KASPER_RULE_CAPACITY;
		reason->actor = KASPER_ACTOR_TIME;
		return TRUE;
	}
	g_assert_not_reached();
}

/* somebody has to publish or show something before the clock counts */
static void
kasper_reasons_name_actor(const KasperDecision *self, KasperLedgerKind kind, KasperReason *reason)
{
	if (reason->until != KASPER_TIME_NEVER)
		reason->actor = KASPER_ACTOR_TIME;
	else if (kind == KASPER_LEDGER_DS)
		reason->actor = self->blocks[kind] == KASPER_BLOCK_PENDING ? KASPER_ACTOR_CHANNEL
									   : KASPER_ACTOR_PARENT;
	else
		reason->actor = KASPER_ACTOR_SIGNER;
}

/* our own records stand in the way: what they wait for is what this one waits for */
static void
kasper_reasons_follow(const KasperDecision *self, KasperReason *reason)
{
	const KasperReason *first = NULL;

	for (guint i = 0; i < self->plan->reasons->len; i++) {
		const KasperReason *other = &g_array_index(self->plan->reasons, KasperReason, i);

		if (other->rule == KASPER_RULE_MANUAL)
			continue;
		if (first == NULL || other->until < first->until)
			first = other;
	}
	reason->actor = first != NULL ? first->actor : KASPER_ACTOR_OPERATOR;
	reason->until = first != NULL ? first->until : KASPER_TIME_NEVER;
}

static gboolean
kasper_reasons_find_unsafe(const KasperDecision *self, const guint8 *records, KasperReason *reason)
{
	KasperVersion contents[KASPER_N_LEDGERS];
	KasperProspect prospect;
	KasperObstacle obstacle = {.until = KASPER_TIME_NEVER};
	gint unable;

	kasper_moves_get_prospect(self, records, contents, &prospect);
	if (!kasper_gate_is_signable(self, &prospect, &unable)) {
		reason->rule = KASPER_RULE_SIGNABLE;
		reason->actor = KASPER_ACTOR_STORE;
		return TRUE;
	}
	if (!kasper_safety_find_obstacle(&self->keyring, &prospect, &obstacle))
		return FALSE;
	reason->rule = obstacle.rule;
	reason->until = obstacle.until;
	if (obstacle.until == KASPER_TIME_NEVER && obstacle.ours)
		kasper_reasons_follow(self, reason);
	else
		kasper_reasons_name_actor(self, obstacle.kind, reason);
	return TRUE;
}

static void
kasper_reasons_explain_addition(KasperDecision *self, guint slot, guint record)
{
	KasperReason reason = {.slot = (gint)slot, .record = record, .until = KASPER_TIME_NEVER};
	const KasperKey *key = &self->snapshot->keys[slot];
	guint8 records[KASPER_KEYS_MAX];

	memcpy(records, self->records, sizeof records);
	records[slot] |= (guint8)record;
	if (record == KASPER_RECORD_DNSKEY && (key->roles & KASPER_ROLE_KSK) != 0)
		records[slot] |= KASPER_RECORD_RSK;
	if (!kasper_gate_is_open(self, slot, record, &reason)) {
		if (reason.rule == KASPER_RULE_GATE_KEY &&
		    (key->records & (guint)KASPER_RECORD_DS) != 0)
			kasper_reasons_name_actor(self, KASPER_LEDGER_DS, &reason);
		else if (reason.rule != KASPER_RULE_BACKUP)
			kasper_reasons_name_actor(self, KASPER_LEDGER_DNSKEY, &reason);
	} else if (!kasper_reasons_find_block(self, record, &reason) &&
		   !kasper_reasons_find_unsafe(self, records, &reason)) {
		return;
	}
	g_array_append_val(self->plan->reasons, reason);
}

static void
kasper_reasons_explain_removal(KasperDecision *self, guint slot, guint record)
{
	KasperReason reason = {.slot = (gint)slot, .record = record, .until = KASPER_TIME_NEVER};
	const KasperVersion *wanted =
	    kasper_ledger_find(&self->snapshot->ledgers[KASPER_LEDGER_DS], KASPER_VERSION_WANTED);
	guint8 records[KASPER_KEYS_MAX];

	memcpy(records, self->records, sizeof records);
	records[slot] &= (guint8)~record;
	if (record == KASPER_RECORD_DNSKEY)
		records[slot] &= (guint8) ~(guint)KASPER_RECORD_RSK;
	if (record == KASPER_RECORD_DS && wanted != NULL && wanted->keys == KASPER_KEY_BIT(slot) &&
	    !kasper_snapshot_is_insecure(self->snapshot)) {
		reason.rule = KASPER_RULE_CONTINUITY;
		kasper_reasons_follow(self, &reason);
	} else if (!kasper_reasons_find_block(self, record, &reason) &&
		   !kasper_reasons_find_unsafe(self, records, &reason)) {
		return;
	}
	g_array_append_val(self->plan->reasons, reason);
}

/* additions first: withdrawals wait for them */
void
kasper_reasons_give(KasperDecision *self)
{
	const KasperSnapshot *after = self->snapshot;

	kasper_reasons_give_pending(self);
	for (guint adds = 2; adds-- > 0;) {
		for (guint slot = 0; slot < after->n_keys; slot++) {
			const KasperKey *key = &after->keys[slot];
			guint goal = kasper_key_get_goal_records(key);

			if (key->number == 0 || key->origin == KASPER_ORIGIN_FOREIGN)
				continue;
			if (adds != 0 && (key->roles & KASPER_ROLE_KSK) != 0)
				kasper_reasons_give_parent(self, slot);
			for (guint i = 0; i < KASPER_N_RECORDS; i++) {
				guint record = 1u << i;

				if (adds != 0 && (goal & ~(guint)key->records & record) != 0)
					kasper_reasons_explain_addition(self, slot, record);
				if (adds == 0 && (key->records & ~goal & record) != 0)
					kasper_reasons_explain_removal(self, slot, record);
			}
		}
	}
}
