/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The decision: a total function of a snapshot and a time (rollover-model 2.7). It knows no kind
 * of rollover: goals say which keys are to be used, the loop in kasper-moves.c takes every zone
 * there, and the ledgers say how fast.
 */
#include "kasper-decide-private.h"

/* --- before: what time has done --- */

static void
kasper_decide_assume_parent(KasperSnapshot *self, KasperTime now)
{
	KasperTime at;

	if (self->policy.ds_evidence != KASPER_EVIDENCE_ASSUMED || self->submission == 0 ||
	    self->submitted_at == KASPER_TIME_UNSET || kasper_snapshot_is_parent_settled(self))
		return;
	at = kasper_timing_get_assumed_publication(&self->policy, self->submitted_at);
	if (at <= now)
		kasper_snapshot_assume_parent(self, at);
}

/* a class of signatures that is replaced one by one, and nobody looks whether that is done */
static gboolean
kasper_decide_is_ended_by_time(const KasperVersion *version)
{
	return version->gone != KASPER_TIME_UNSET &&
	       (version->flags & ((guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_WATCHED)) ==
		   KASPER_VERSION_CURRENT;
}

/* signatures that were replaced one by one are all replaced by now */
static void
kasper_decide_end_gradual(KasperSnapshot *self, KasperTime now)
{
	KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DATA];

	for (guint i = 0; i < ledger->n_versions; i++) {
		KasperVersion *version = &ledger->versions[i];

		if (kasper_decide_is_ended_by_time(version) && version->gone <= now)
			version->flags &= ~(guint)KASPER_VERSION_CURRENT;
	}
	if (self->gradual_until <= now)
		self->gradual_until = KASPER_TIME_UNSET;
}

static void
kasper_decide_pass_time(KasperSnapshot *self, KasperTime now)
{
	kasper_decide_assume_parent(self, now);
	kasper_decide_end_gradual(self, now);
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		KasperLedger *ledger = &self->ledgers[kind];

		for (guint i = 0; i < ledger->n_versions; i++)
			kasper_version_review(&ledger->versions[i], kind, &self->policy);
		kasper_ledger_drop_ended(ledger, now);
	}
}

static KasperBlock
kasper_decide_find_block(const KasperSnapshot *self, KasperLedgerKind kind)
{
	const KasperLedger *ledger = &self->ledgers[kind];

	if (ledger->n_versions == 0)
		return KASPER_BLOCK_UNKNOWN;
	if (self->holds != 0)
		return KASPER_BLOCK_HOLD;
	if (kind == KASPER_LEDGER_DS && self->submission != 0 &&
	    self->submitted_at == KASPER_TIME_UNSET)
		return KASPER_BLOCK_PENDING;
	if (kasper_ledger_is_pending(ledger, kind))
		return KASPER_BLOCK_PENDING;
	if (kasper_ledger_is_full(ledger))
		return KASPER_BLOCK_CAPACITY;
	return KASPER_BLOCK_NONE;
}

static void
kasper_decide_look(KasperDecision *self)
{
	KasperProspect prospect = {.ledgers = self->snapshot->ledgers};

	kasper_snapshot_get_presence(self->snapshot, &self->presence);
	self->safe = kasper_safety_is_safe(&self->keyring, &prospect);
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++)
		self->blocks[kind] = kasper_decide_find_block(self->snapshot, kind);
}

static void
kasper_decide_begin(KasperDecision *self, const KasperSnapshot *snapshot, KasperTime now)
{
	KasperSnapshot *after;

	self->plan = kasper_plan_new(snapshot);
	self->snapshot = after = &self->plan->after;
	self->now = MAX(now, after->highest_time);
	after->now = after->highest_time = self->now;
	self->missing_roles = 0;
	kasper_decide_pass_time(after, self->now);
	kasper_keyring_init(&self->keyring, after);
	kasper_decide_look(self);
	for (guint slot = 0; slot < KASPER_KEYS_MAX; slot++) {
		self->records[slot] = after->keys[slot].records;
		self->demands[slot] = -1;
	}
}

/* --- publications: one for each ledger and run --- */

/* a TTL may have changed and nothing else; that, too, has to be signed */
static gboolean
kasper_decide_can_publish(const KasperDecision *self,
			  KasperLedgerKind kind,
			  const KasperProspect *prospect)
{
	KasperProspect alone = {.ledgers = prospect->ledgers};
	gint unable;

	alone.proposed[kind] = prospect->proposed[kind];
	return prospect->proposed[kind] != NULL && kasper_gate_is_signable(self, &alone, &unable);
}

/* the signer has to be told once, also where it finds everything as it is to be */
static gboolean
kasper_decide_needs_first_order(const KasperDecision *self)
{
	guint published = 0;

	if (self->snapshot->revision != 0 || self->missing_roles != 0 ||
	    self->blocks[KASPER_LEDGER_DNSKEY] != KASPER_BLOCK_NONE ||
	    self->blocks[KASPER_LEDGER_DATA] != KASPER_BLOCK_NONE)
		return FALSE;
	for (guint slot = 0; slot < self->snapshot->n_keys; slot++)
		published |= self->records[slot];
	return published != 0 || self->snapshot->policy.passthrough;
}

static void
kasper_decide_order(KasperDecision *self)
{
	KasperSnapshot *after = self->snapshot;

	after->revision++;
	after->ordered_at = self->now;
	self->plan->orders = TRUE;
	kasper_plan_add_step(self->plan, KASPER_STEP_ORDER, -1);
	for (guint slot = 0; slot < after->n_keys; slot++) {
		KasperKey *key = &after->keys[slot];

		if ((key->records & KASPER_RECORD_DNSKEY) != 0 &&
		    key->published == KASPER_TIME_UNSET)
			key->published = self->now;
	}
}

static void
kasper_decide_submit(KasperDecision *self, KasperVersion *version, gboolean returned)
{
	/* the parent takes submissions in order: which of them it serves is told by when they were
	 * made, unless one set was submitted twice */
	if (returned) {
		version->flags |= KASPER_VERSION_RETURNED;
		version->since = self->now;
	}
	self->snapshot->submission++;
	self->snapshot->submitted_at = KASPER_TIME_UNSET;
	self->plan->submits = TRUE;
	kasper_plan_add_step(self->plan, KASPER_STEP_SUBMIT_DS, -1);
}

/* an order has all that the policy says: a TTL that could not be changed by itself, since nobody
 * can sign now, is served from the next order on, whatever that one is for */
static gboolean
kasper_decide_comes_along(const KasperDecision *self,
			  KasperLedgerKind kind,
			  const KasperVersion *content)
{
	const KasperVersion *wanted =
	    kasper_ledger_find(&self->snapshot->ledgers[kind], KASPER_VERSION_WANTED);

	return kind != KASPER_LEDGER_DS && wanted != NULL &&
	       kasper_version_is_same(wanted, content) && wanted->ttl != content->ttl;
}

static void
kasper_decide_publish(KasperDecision *self)
{
	KasperSnapshot *after = self->snapshot;
	gboolean orders = kasper_decide_needs_first_order(self);
	KasperVersion contents[KASPER_N_LEDGERS];
	KasperProspect prospect;
	gboolean publishes[KASPER_N_LEDGERS];

	kasper_moves_get_prospect(self, self->records, contents, &prospect);
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		publishes[kind] = kasper_decide_can_publish(self, kind, &prospect);
		if (kind != KASPER_LEDGER_DS)
			orders |= publishes[kind];
	}
	for (guint slot = 0; slot < after->n_keys; slot++)
		after->keys[slot].records = self->records[slot];
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		KasperVersion *version;
		gboolean returned;

		if (!publishes[kind] &&
		    !(orders && kasper_decide_comes_along(self, kind, &contents[kind])))
			continue;
		version = kasper_ledger_publish(&after->ledgers[kind],
						&contents[kind],
						self->now,
						&returned);
		if (kind == KASPER_LEDGER_DS)
			kasper_decide_submit(self, version, returned);
	}
	if (orders)
		kasper_decide_order(self);
}

/* --- after: what has become of each key --- */

static void
kasper_decide_derive_states(KasperDecision *self, guint slot)
{
	KasperKey *key = &self->snapshot->keys[slot];

	for (guint i = 0; i < KASPER_N_RECORDS; i++) {
		KasperRecordState state = kasper_presence_get_state(&self->presence, key, slot, i);
		KasperStep *step;

		if (key->state[i] == state)
			continue;
		step = kasper_plan_add_step(self->plan, KASPER_STEP_STATE, (gint)slot);
		step->record = 1u << i;
		step->from = key->state[i];
		step->to = state;
		key->state[i] = state;
		key->since[i] = self->now;
	}
}

static void
kasper_decide_date(KasperDecision *self, guint slot)
{
	KasperKey *key = &self->snapshot->keys[slot];
	const gchar *word = kasper_snapshot_get_word(self->snapshot, &self->presence, slot);
	gboolean dead = strcmp(word, KASPER_WORD_DEAD) == 0;

	if (key->ready == KASPER_TIME_UNSET &&
	    key->state[KASPER_INDEX_DNSKEY] == KASPER_RECORD_OMNIPRESENT)
		key->ready = self->now;
	if (key->active == KASPER_TIME_UNSET && strcmp(word, KASPER_WORD_ACTIVE) == 0) {
		key->active = self->now;
		kasper_plan_add_step(self->plan, KASPER_STEP_ACTIVE, (gint)slot);
	}
	if (key->retired == KASPER_TIME_UNSET && (dead || strcmp(word, KASPER_WORD_RETIRE) == 0))
		key->retired = self->now;
	if (key->dead == KASPER_TIME_UNSET && dead) {
		key->dead = self->now;
		kasper_plan_add_step(self->plan, KASPER_STEP_DEAD, (gint)slot);
	}
}

/* the key pair of a dead key is kept for a while, then destroyed */
static void
kasper_decide_purge(KasperDecision *self, guint slot)
{
	const KasperKey *key = &self->snapshot->keys[slot];
	KasperSpan purge = self->snapshot->policy.purge;
	KasperTime at = kasper_time_add(key->dead, purge);

	if (purge < 0 || key->dead == KASPER_TIME_UNSET || key->goal != KASPER_GOAL_OUT ||
	    key->origin == KASPER_ORIGIN_FOREIGN)
		return;
	if (at <= self->now)
		kasper_plan_add_step(self->plan, KASPER_STEP_DESTROY, (gint)slot);
	kasper_plan_wake_at(self->plan, at);
}

/* each time at which something may become possible, or will look different */
static void
kasper_decide_set_wake(KasperDecision *self)
{
	const KasperSnapshot *after = self->snapshot;

	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		const KasperLedger *ledger = &after->ledgers[kind];

		for (guint i = 0; i < ledger->n_versions; i++) {
			const KasperVersion *version = &ledger->versions[i];

			kasper_plan_wake_at(self->plan, version->end);
			if (kasper_decide_is_ended_by_time(version))
				kasper_plan_wake_at(self->plan, version->gone);
		}
	}
	if (after->policy.ds_evidence == KASPER_EVIDENCE_ASSUMED &&
	    !kasper_snapshot_is_parent_settled(after))
		kasper_plan_wake_at(
		    self->plan,
		    kasper_timing_get_assumed_publication(&after->policy, after->submitted_at));
}

/**
 * kasper_decide: (skip)
 * @snapshot: all that is known of a zone, evidence included
 * @now: the time; a time before `snapshot->highest_time` is not believed
 *
 * What is to be done for the zone now, why the rest has to wait, and until when.
 *
 * The plan's snapshot is the zone as it is once its steps are committed. Deciding again, with it
 * and at the same time, gives no further step, except for keys that are still to be made or
 * destroyed; before @next_wake it gives none at all, unless there is new evidence.
 *
 * Returns: (transfer full): the plan
 *
 * Since: 0.1
 */
KasperPlan *
kasper_decide(const KasperSnapshot *snapshot, KasperTime now)
{
	KasperDecision self;

	kasper_decide_begin(&self, snapshot, now);
	kasper_goals_update(&self);
	kasper_moves_make(&self);
	kasper_decide_publish(&self);
	kasper_decide_look(&self);
	for (guint slot = 0; slot < self.snapshot->n_keys; slot++) {
		if (self.snapshot->keys[slot].number == 0)
			continue;
		kasper_decide_derive_states(&self, slot);
		kasper_decide_date(&self, slot);
		kasper_decide_purge(&self, slot);
	}
	kasper_snapshot_update_ds_phases(self.snapshot);
	kasper_reasons_give(&self);
	kasper_decide_set_wake(&self);
	return self.plan;
}
