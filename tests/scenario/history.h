/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "sim.h"

G_BEGIN_DECLS

/* more operations than this no history has */
#define HISTORY_OPS_MAX 128

/* one thing that somebody does: it can be left out without changing what the others are */
typedef struct {
	guint gap; /* since the one before, in thousandths of the time that a rollover takes */
	guint32 seed;
	gboolean dropped;
} HistoryOp;

typedef struct {
	guint32 seed; /* of policy, signer and parent */
	guint n_ops;
	guint n_steps; /* it becomes calm when so many things have happened */
	HistoryOp ops[HISTORY_OPS_MAX];
} HistoryScript;

/* how the same script is played */
typedef enum {
	HISTORY_LAZY,	 /* decides when it has to */
	HISTORY_EAGER,	 /* and in between */
	HISTORY_CRASHES, /* loses its memory of what it has sent and heard, and does it again */
} HistoryMode;

typedef struct {
	gchar *problem; /* NULL: there is none */
	gchar *story;
	GArray *timeline; /* of OracleEvent */
	OracleEvent end;
	guint n_steps;
	KasperTime rest; /* from when it became calm */
} HistoryOutcome;

void history_script_init(HistoryScript *self, guint32 seed, guint n_ops, guint n_steps);
HistoryOutcome *history_play(const HistoryScript *script, HistoryMode mode);
void history_outcome_free(HistoryOutcome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HistoryOutcome, history_outcome_free)

/* what has to hold of the script, however it is played; NULL: it does, or what does not */
gchar *history_check(const HistoryScript *script, guint *ret_steps);
/* leaves out and shortens what is not needed for @script to fail */
void history_shrink(HistoryScript *script);

/* watch.c: what has to hold of each single decision; NULL: it does */
gchar *
watch_decision(const Sim *sim, const KasperSnapshot *before, const KasperPlan *plan, guint32 luck);

G_END_DECLS
