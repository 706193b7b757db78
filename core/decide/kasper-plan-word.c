/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A key as operators see it: its word, the next one, and when or through whom that comes.
 */
#include "kasper-decide-private.h"

#define WAITS_DS_SUBMIT "ds-submit"
#define WAITS_DS_SEEN	"ds-seen"
#define WAITS_DS_GONE	"ds-gone"
#define WAITS_BACKUP	"backup"
#define WAITS_OPERATOR	"operator"
#define WAITS_STORE	"store"
#define WAITS_SIGNER	"signer"

static gboolean
kasper_word_is(const gchar *word, const gchar *other)
{
	return strcmp(word, other) == 0;
}

static const gchar *
kasper_word_of_actor(KasperActor actor, gboolean goes)
{
	switch (actor) {
	case KASPER_ACTOR_TIME:
		return NULL;
	case KASPER_ACTOR_SIGNER:
		return WAITS_SIGNER;
	case KASPER_ACTOR_PARENT:
		return goes ? WAITS_DS_GONE : WAITS_DS_SEEN;
	case KASPER_ACTOR_CHANNEL:
		return WAITS_DS_SUBMIT;
	case KASPER_ACTOR_OPERATOR:
		return WAITS_OPERATOR;
	case KASPER_ACTOR_BACKUP:
		return WAITS_BACKUP;
	case KASPER_ACTOR_STORE:
		return WAITS_STORE;
	}
	g_assert_not_reached();
}

/* the reason of the key that holds longest; @records: those that count; a person's before time */
static const KasperReason *
kasper_word_find_reason(const KasperPlan *plan, guint slot, guint records)
{
	const KasperReason *found = NULL;

	for (guint i = 0; i < plan->reasons->len; i++) {
		const KasperReason *reason = &g_array_index(plan->reasons, KasperReason, i);

		if (reason->slot != (gint)slot || (reason->record & records) == 0)
			continue;
		if (found == NULL || reason->until > found->until)
			found = reason;
	}
	return found;
}

static void
kasper_word_wait(KasperKeyWord *word, const KasperReason *reason, gboolean goes)
{
	word->next_time = reason->until;
	if (reason->until == KASPER_TIME_NEVER)
		word->waiting_for = kasper_word_of_actor(reason->actor, goes);
}

/* when the key is in all sets of a ledger; NEVER: a set without it is not confirmed gone */
static void
kasper_word_wait_everywhere(const KasperPlan *plan,
			    guint slot,
			    KasperLedgerKind kind,
			    KasperKeyWord *word)
{
	word->next_time = kasper_ledger_get_omnipresent_at(&plan->after.ledgers[kind],
							   KASPER_FIELD_KEYS,
							   KASPER_KEY_BIT(slot));
	if (word->next_time == KASPER_TIME_NEVER)
		word->waiting_for = kind == KASPER_LEDGER_DS ? WAITS_DS_SEEN : WAITS_SIGNER;
}

static const KasperDemand *
kasper_word_find_demand(const KasperSnapshot *snapshot, const KasperKey *key)
{
	for (guint i = 0; i < snapshot->policy.n_demands; i++) {
		if (kasper_demand_fits(&snapshot->policy.demands[i], key))
			return &snapshot->policy.demands[i];
	}
	return NULL;
}

/* a key in use is used until the end of its lifetime */
static void
kasper_word_describe_use(const KasperPlan *plan, guint slot, KasperKeyWord *word)
{
	const KasperKey *key = &plan->after.keys[slot];
	const KasperDemand *demand = kasper_word_find_demand(&plan->after, key);
	const KasperPolicy *policy = &plan->after.policy;

	if (key->keep) {
		word->next_state = KASPER_WORD_RETIRE;
		word->waiting_for = WAITS_OPERATOR;
		return;
	}
	if (demand == NULL || demand->lifetime <= 0 || key->active == KASPER_TIME_UNSET)
		return;
	word->next_state = KASPER_WORD_RETIRE;
	word->next_time = kasper_time_add(
	    kasper_timing_get_rollover_start(policy,
					     demand,
					     key->active,
					     policy->share_keys ? 0 : plan->after.spread),
	    kasper_timing_get_lead(policy, key->roles));
	for (guint i = 0; i < plan->reasons->len; i++) {
		const KasperReason *reason = &g_array_index(plan->reasons, KasperReason, i);

		if (reason->slot == (gint)slot && reason->rule == KASPER_RULE_MANUAL)
			word->waiting_for = WAITS_OPERATOR;
	}
}

/* it is to go, and still used until its successor is */
static void
kasper_word_describe_last_use(const KasperPlan *plan, guint slot, KasperKeyWord *word)
{
	gboolean ksk = (plan->after.keys[slot].roles & KASPER_ROLE_KSK) != 0;
	const KasperReason *reason = kasper_word_find_reason(
	    plan,
	    slot,
	    ksk ? (guint)KASPER_RECORD_DS | (guint)KASPER_RECORD_DNSKEY : KASPER_RECORD_RSZ);

	word->next_state = KASPER_WORD_RETIRE;
	if (reason != NULL)
		kasper_word_wait(word, reason, FALSE);
}

/* the last of its records: what was withdrawn is forgotten at the end of a version, what was not
 * goes through all of that yet */
static void
kasper_word_describe_retirement(const KasperPlan *plan, guint slot, KasperKeyWord *word)
{
	const KasperSnapshot *after = &plan->after;
	const KasperPolicy *policy = &after->policy;
	KasperSpan longest = MAX(policy->dnskey_ttl, MAX(policy->max_zone_ttl, after->served_ttl));
	const KasperReason *reason = kasper_word_find_reason(plan, slot, 15);
	KasperTime at = KASPER_TIME_UNSET;

	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++)
		at = MAX(at,
			 kasper_ledger_get_hidden_at(&after->ledgers[kind],
						     KASPER_FIELD_KEYS,
						     KASPER_KEY_BIT(slot)));
	word->next_state = KASPER_WORD_DEAD;
	if (reason == NULL) {
		word->next_time = at;
		word->waiting_for = at == KASPER_TIME_NEVER ? WAITS_SIGNER : NULL;
		return;
	}
	kasper_word_wait(word, reason, TRUE);
	if (reason->record == KASPER_RECORD_DS) {
		/* it is still to be submitted; the parent takes its time */
		at = kasper_time_add(reason->until, policy->registration_delay);
		word->next_time =
		    kasper_timing_get_parent_end(policy, at, policy->ds_ttl, policy->retire_safety);
		return;
	}
	if (reason->record != KASPER_RECORD_RSZ)
		longest = policy->dnskey_ttl;
	word->next_time =
	    kasper_timing_get_zone_end(policy, reason->until, longest, policy->retire_safety);
}

static void
kasper_word_describe_ksk(const KasperPlan *plan, guint slot, KasperKeyWord *word)
{
	const KasperKey *key = &plan->after.keys[slot];
	const KasperReason *reason = kasper_word_find_reason(plan, slot, 15);

	if (kasper_word_is(word->state, KASPER_WORD_PUBLISH)) {
		word->next_state = KASPER_WORD_READY;
		kasper_word_wait_everywhere(plan, slot, KASPER_LEDGER_DNSKEY, word);
		return;
	}
	if (kasper_word_is(word->state, KASPER_WORD_KEYPUBLISH)) {
		word->next_state = KASPER_WORD_ACTIVE;
		kasper_word_wait_everywhere(plan, slot, KASPER_LEDGER_DNSKEY, word);
		return;
	}
	if (kasper_word_is(word->state, KASPER_WORD_DSPUBLISH)) {
		word->next_state = key->standby ? KASPER_WORD_DSREADY : KASPER_WORD_KEYPUBLISH;
		kasper_word_wait_everywhere(plan, slot, KASPER_LEDGER_DS, word);
		return;
	}
	if (kasper_word_is(word->state, KASPER_WORD_DSSUB))
		word->next_state = KASPER_WORD_DSPUBLISH;
	else if (kasper_word_is(word->state, KASPER_WORD_READY))
		word->next_state = KASPER_WORD_ACTIVE;
	else if (!key->standby)
		word->next_state = kasper_word_is(word->state, KASPER_WORD_DSREADY)
				       ? KASPER_WORD_KEYPUBLISH
				       : KASPER_WORD_PUBLISH;
	else if (kasper_word_is(word->state, KASPER_WORD_GENERATE))
		word->next_state = KASPER_WORD_DSSUB;
	if (reason != NULL)
		kasper_word_wait(word, reason, FALSE);
}

static void
kasper_word_describe_zsk(const KasperPlan *plan, guint slot, KasperKeyWord *word)
{
	gboolean standby = plan->after.keys[slot].standby != 0;
	const KasperReason *reason = kasper_word_find_reason(plan, slot, 15);

	if (kasper_word_is(word->state, KASPER_WORD_GENERATE))
		word->next_state = KASPER_WORD_PUBLISH;
	else if (!standby)
		word->next_state = KASPER_WORD_ACTIVE;
	else if (kasper_word_is(word->state, KASPER_WORD_PUBLISH))
		word->next_state = KASPER_WORD_READY;
	if (reason != NULL)
		kasper_word_wait(word, reason, FALSE);
	else if (kasper_word_is(word->state, KASPER_WORD_PUBLISH))
		kasper_word_wait_everywhere(plan, slot, KASPER_LEDGER_DNSKEY, word);
}

/**
 * kasper_plan_describe_key: (skip)
 * @self: a plan
 * @slot: the slot of a key of `self->after`
 * @ret_word: (out): what is shown of it
 *
 * The key in the words of OpenDNSSEC 1.x. The time is the earliest one; it comes true if nothing
 * else happens. Where only somebody's word or answer can tell, it is %KASPER_TIME_NEVER.
 *
 * Since: 0.1
 */
void
kasper_plan_describe_key(const KasperPlan *self, guint slot, KasperKeyWord *ret_word)
{
	const KasperKey *key = &self->after.keys[slot];
	KasperPresence presence;

	kasper_snapshot_get_presence(&self->after, &presence);
	*ret_word = (KasperKeyWord){
	    .state = kasper_snapshot_get_word(&self->after, &presence, slot),
	    .next_time = KASPER_TIME_NEVER,
	};
	if (kasper_word_is(ret_word->state, KASPER_WORD_DEAD))
		return;
	if (kasper_word_is(ret_word->state, KASPER_WORD_RETIRE) ||
	    kasper_word_is(ret_word->state, KASPER_WORD_REVOKE))
		kasper_word_describe_retirement(self, slot, ret_word);
	else if (key->goal == KASPER_GOAL_OUT)
		kasper_word_describe_last_use(self, slot, ret_word);
	else if (kasper_word_is(ret_word->state, KASPER_WORD_ACTIVE))
		kasper_word_describe_use(self, slot, ret_word);
	else if ((key->roles & KASPER_ROLE_KSK) != 0)
		kasper_word_describe_ksk(self, slot, ret_word);
	else
		kasper_word_describe_zsk(self, slot, ret_word);
}
