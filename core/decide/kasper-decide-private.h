/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-decide.h"
#include "kasper-key-private.h"
#include "kasper-ledger-private.h"
#include "kasper-safety.h"
#include "kasper-snapshot-private.h"
#include "kasper-timing.h"

G_BEGIN_DECLS

/* why a ledger takes no publication now */
typedef enum {
	KASPER_BLOCK_NONE,
	KASPER_BLOCK_HOLD,     /* a person or the engine froze the zone */
	KASPER_BLOCK_UNKNOWN,  /* nobody has said what is published */
	KASPER_BLOCK_PENDING,  /* the last publication is not confirmed, or not accepted */
	KASPER_BLOCK_CAPACITY, /* the ledger is full */
} KasperBlock;

/* one run of the decision: it works on the plan's own copy of the snapshot */
typedef struct {
	KasperPlan *plan;
	KasperSnapshot *snapshot; /* &plan->after */
	KasperTime now;
	KasperPresence presence; /* as it is before anything is published */
	KasperKeyring keyring;
	gboolean safe; /* what may be held now fits */
	KasperBlock blocks[KASPER_N_LEDGERS];
	guint8 records[KASPER_KEYS_MAX]; /* the desired bits, as they are to be */
	gint8 demands[KASPER_KEYS_MAX];	 /* the demand that a key serves; -1: none */
	guint missing_roles; /* roles for which the policy wants a key that is not there */
} KasperDecision;

/* kasper-plan.c */
KasperPlan *kasper_plan_new(const KasperSnapshot *snapshot);
KasperStep *kasper_plan_add_step(KasperPlan *self, KasperStepKind kind, gint slot);
KasperReason *kasper_plan_add_reason(KasperPlan *self,
				     gint slot,
				     guint record,
				     KasperRule rule,
				     KasperActor actor);
void kasper_plan_wake_at(KasperPlan *self, KasperTime time);

/* kasper-goals.c */
void kasper_goals_update(KasperDecision *self);
/* kasper-demand.c */
gboolean kasper_demand_fits(const KasperDemand *self, const KasperKey *key);
guint kasper_demand_count_standby(const KasperDemand *self);
/* all records of the key that are to be published are everywhere */
gboolean kasper_demand_is_settled(const KasperDecision *decision, guint slot);
/* the key is to have a successor now */
gboolean kasper_demand_is_due(KasperDecision *decision, guint slot, const KasperDemand *demand);
/* when a person or the clock may start the next rollover: alarms, reasons, notices */
void kasper_demand_watch(KasperDecision *decision, guint slot, const KasperDemand *demand);

/* kasper-gates.c */
/* may @record of the key be added, as far as gates go? @ret_reason: (nullable): why not */
gboolean kasper_gate_is_open(const KasperDecision *decision,
			     guint slot,
			     guint record,
			     KasperReason *ret_reason);
/* can the keys that would have to sign do so? */
gboolean kasper_gate_is_signable(const KasperDecision *decision,
				 const KasperProspect *prospect,
				 gint *ret_slot);

/* kasper-moves.c */
void kasper_moves_make(KasperDecision *self);
/* what @records publish in ledger @kind */
void kasper_moves_get_content(const KasperDecision *self,
			      KasperLedgerKind kind,
			      const guint8 *records,
			      KasperVersion *ret_content);
/* the ledgers with what @records publish, in as far as that is new */
void kasper_moves_get_prospect(const KasperDecision *self,
			       const guint8 *records,
			       KasperVersion contents[KASPER_N_LEDGERS],
			       KasperProspect *ret_prospect);

/* kasper-reasons.c */
void kasper_reasons_give(KasperDecision *self);

/* kasper-plan-text.c */
const gchar *kasper_rule_to_text(KasperRule rule);
const gchar *kasper_record_to_text(guint record);

G_END_DECLS
