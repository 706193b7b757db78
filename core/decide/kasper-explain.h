/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-plan.h"

G_BEGIN_DECLS

/* what a key, or the zone, waits for */
typedef enum {
	KASPER_WAIT_NOTHING,   /* it is as it is to be, for good */
	KASPER_WAIT_LIFETIME,  /* it is in use until its rollover starts */
	KASPER_WAIT_TTL,       /* until something has left every cache */
	KASPER_WAIT_DS_SEEN,   /* the parent, or whoever can tell */
	KASPER_WAIT_DS_GONE,   /* the same, for a DS that is to go */
	KASPER_WAIT_DS_SUBMIT, /* the channel to the parent */
	KASPER_WAIT_BACKUP,
	KASPER_WAIT_KEY,   /* a key has to be made */
	KASPER_WAIT_STORE, /* a key that would have to sign cannot */
	KASPER_WAIT_SIGNER,
	KASPER_WAIT_OPERATOR, /* a rollover that starts, or a key that goes, on command only */
	KASPER_WAIT_HOLD,     /* the zone is frozen */
	KASPER_WAIT_PURGE,    /* a dead key is kept for a while */
} KasperWait;

/**
 * KasperErrand: (skip)
 *
 * What somebody else was asked to do, and how that goes: it is not in a snapshot.
 *
 * Since: 0.1
 */
typedef struct {
	const gchar *name;  /* (nullable): who was asked */
	const gchar *error; /* (nullable): of the last try */
	KasperTime since;   /* when it was asked, or has failed since; UNSET: not known */
	KasperTime retry;   /* when it is tried, or looked at, again; NEVER: not by itself */
} KasperErrand;

/**
 * KasperErrands: (skip)
 *
 * All errands of a zone.
 *
 * Since: 0.1
 */
typedef struct {
	KasperErrand order;		       /* the last order to the signer */
	KasperErrand submission;	       /* the last DS set for the parent */
	KasperErrand keys[KASPER_DEMANDS_MAX]; /* a key for each element of the policy */
	gboolean manual_keys;		       /* keys are made on command only */
} KasperErrands;

/**
 * KasperExplanation: (skip)
 *
 * Why one key, or the zone as a whole, is not yet where it is to be.
 *
 * Since: 0.1
 */
typedef struct {
	gint slot;	  /* -1: the zone as a whole */
	gint other;	  /* the key that it is about if that is another one; -1: none */
	gint demand;	  /* WAIT_KEY: the element of the policy; -1 */
	gboolean standby; /* WAIT_KEY: a standby key */
	KasperWait wait;
	gboolean has_reason; /* a rule or gate holds it; else it only takes its time */
	KasperRule rule;
	guint record; /* KasperRecord; 0: all */
	KasperActor actor;
	gboolean assumed; /* nobody looks: the clock is the only evidence there is */
	KasperTime since; /* UNSET: not known */
	KasperTime
	    until; /* the earliest time at which it can go on; NEVER: only the actor can tell */
	KasperTime expected; /* when the parent is reckoned to be done; NEVER: not reckoned with */
	KasperErrand errand; /* of the actor; all 0: none */
	KasperLedgerKind kind; /* of @version */
	KasperVersion version; /* what may be held until @until; flags 0 and end 0: none */
} KasperExplanation;

KASPER_EXPORT
GArray *kasper_plan_explain(const KasperPlan *self, const KasperErrands *errands);
KASPER_EXPORT
gchar *kasper_explanation_to_text(const KasperExplanation *self,
				  const KasperSnapshot *snapshot,
				  const gchar *zone,
				  const gchar *id);
KASPER_EXPORT
gchar *kasper_explanation_dup_remedy(const KasperExplanation *self,
				     const KasperSnapshot *snapshot,
				     const gchar *zone,
				     const gchar *id);
KASPER_EXPORT
const gchar *kasper_wait_to_string(KasperWait wait);
KASPER_EXPORT
const gchar *kasper_record_to_string(guint record);

G_END_DECLS
