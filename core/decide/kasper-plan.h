/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-snapshot.h"

G_BEGIN_DECLS

typedef enum {
	KASPER_STEP_NEED_KEY,   /* allocate a key for demand @demand (standby: @standby), then decide again */
	KASPER_STEP_ORDER,      /* a new revision for the signer */
	KASPER_STEP_SUBMIT_DS,  /* a new desired set for the parent */
	KASPER_STEP_GOAL_OUT,   /* key @slot is to be withdrawn from now on */
	KASPER_STEP_STATE,      /* record @record of key @slot went from @from to @to */
	KASPER_STEP_ACTIVE,     /* key @slot is relied upon for the first time */
	KASPER_STEP_DEAD,       /* key @slot: nobody can hold anything that names it */
	KASPER_STEP_DESTROY,    /* key @slot: purge time has passed; @after still has it: the caller records
	                         * the destruction and calls kasper_snapshot_remove_key() on @after */
	KASPER_STEP_ROLLOVER,   /* a rollover of demand @demand starts; @slot is replaced */
	KASPER_STEP_NOTICE,     /* a rollover of key @slot will start at @time */
} KasperStepKind;

typedef struct {
	KasperStepKind kind;
	gint slot;        /* -1: none */
	gint demand;      /* -1: none */
	gboolean standby;
	guint record;     /* KasperRecord */
	KasperRecordState from;
	KasperRecordState to;
	KasperTime time;
} KasperStep;

/* the rule or gate that makes a record wait (rollover-model 2.5, 2.6) */
typedef enum {
	KASPER_RULE_CONTINUITY, /* R1 */
	KASPER_RULE_TRUST,      /* R2 */
	KASPER_RULE_DATA,       /* R3 */
	KASPER_RULE_STRICT,     /* R2s, R3s */
	KASPER_RULE_GATE_SIG,
	KASPER_RULE_GATE_KEY,
	KASPER_RULE_GATE_DS,
	KASPER_RULE_BACKUP,
	KASPER_RULE_MANUAL,
	KASPER_RULE_STANDBY,
	KASPER_RULE_SIGNABLE,
	KASPER_RULE_HOLD,
	KASPER_RULE_SIGNER,   /* an order is not confirmed yet */
	KASPER_RULE_CHANNEL,  /* a submission is not accepted yet */
	KASPER_RULE_PARENT,   /* the parent was not seen with the wanted set yet */
	KASPER_RULE_CAPACITY, /* the ledger is full */
	KASPER_RULE_KEY,      /* a key has to be made first */
	KASPER_RULE_ROOM,     /* the zone has KASPER_KEYS_MAX keys */
} KasperRule;

typedef enum {
	KASPER_ACTOR_TIME,
	KASPER_ACTOR_SIGNER,
	KASPER_ACTOR_PARENT,   /* or the person who can tell: ds-seen */
	KASPER_ACTOR_CHANNEL,
	KASPER_ACTOR_OPERATOR,
	KASPER_ACTOR_BACKUP,
	KASPER_ACTOR_STORE,
} KasperActor;

/* why a record is not yet where its key's goal wants it */
typedef struct {
	gint slot;          /* -1: the zone as a whole */
	guint record;       /* KasperRecord; 0: all */
	KasperRule rule;
	KasperActor actor;
	KasperTime until;   /* earliest; KASPER_TIME_NEVER: only the actor can tell */
} KasperReason;

/**
 * KasperPlan: (skip)
 *
 * What a decision came to. @after is the snapshot as it is once the steps are committed: bits,
 * goals, ledgers, derived states, times; the caller stores it together with the intents.
 *
 * Since: 0.1
 */
typedef struct {
	gboolean orders;       /* a KASPER_STEP_ORDER is among the steps */
	gboolean submits;      /* a KASPER_STEP_SUBMIT_DS is among the steps */
	KasperTime next_wake;  /* strictly later than now; KASPER_TIME_NEVER: only evidence */
	GArray *steps;         /* of KasperStep, in order */
	GArray *reasons;       /* of KasperReason */
	KasperSnapshot after;
} KasperPlan;

KASPER_EXPORT
void kasper_plan_free(KasperPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperPlan, kasper_plan_free)

/**
 * KasperKeyWord: (skip)
 *
 * A key in the words of OpenDNSSEC 1.x (rollover-model 4): a view of its records.
 */
typedef struct {
	const gchar *state;       /* generate, publish, ready, active, retire, dead, dssub, ... */
	const gchar *next_state;  /* NULL: none */
	const gchar *waiting_for; /* ds-seen, ds-gone, backup, operator, store, signer; NULL: time */
	KasperTime next_time;     /* earliest time of the next word; NEVER: see waiting_for */
} KasperKeyWord;

KASPER_EXPORT
void kasper_plan_describe_key(const KasperPlan *self, guint slot, KasperKeyWord *ret_word);
KASPER_EXPORT
gchar *kasper_plan_to_text(const KasperPlan *self);
KASPER_EXPORT
gchar *kasper_reason_to_text(const KasperReason *self, const KasperSnapshot *snapshot);
KASPER_EXPORT
const gchar *kasper_rule_to_string(KasperRule rule);
KASPER_EXPORT
const gchar *kasper_actor_to_string(KasperActor actor);

G_END_DECLS
