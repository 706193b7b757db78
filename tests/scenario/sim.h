/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-decide.h"
#include "oracle.h"

G_BEGIN_DECLS

/*
 * A signer, a parent and a supply of keys round kasper_decide(), on a clock that is turned: what
 * the engine does, without the engine. Keys are known by name; their bits in masks are their
 * numbers, from 0, which are not the slots that the decision gives them.
 */

#define SIM_KEYS_MAX 60

typedef enum {
	SIM_PARENT_SWAPS,      /* serves what was submitted, some time later */
	SIM_PARENT_ADDS_FIRST, /* the union first, then what was submitted */
	SIM_PARENT_ONLY_ADDS,
	SIM_PARENT_IDLE, /* serves what a person puts there */
} SimParentModel;

typedef struct {
	gint64 time;
	gint64 revision;
	guint64 keys;
	guint64 signers;
	guint64 data;
	gint64 keys_ttl;
	gint64 data_ttl;
} SimOrder;

typedef struct {
	gint64 time;
	guint64 ds;
	gint64 accepts; /* the submission that the channel takes; 0: the parent serves @ds */
} SimParentEvent;

typedef struct {
	gint64 number; /* as the snapshot has it: 1 and up */
	gchar *name;
	guint8 algorithm;
	guint8 roles;
	KasperBackup backup;
	guint8 state[KASPER_N_RECORDS]; /* at the end of the last row */
	gboolean known;			/* the zone has it, or had it */
} SimKey;

/* what was seen to change at one time */
typedef struct {
	gint64 time;
	gchar *states;	  /* "Z1 RRSIG(zone) O->U; ..." */
	gchar *published; /* "DNSKEY {K1*, Z1}; ..." */
} SimRow;

typedef struct _Sim Sim;

struct _Sim {
	KasperSnapshot snapshot;
	KasperTime now;
	KasperTime next_wake;
	GArray *keys;	  /* of SimKey */
	GArray *spare;	  /* of guint: keys to hand out, in this order */
	gboolean starved; /* no key is made, whoever asks */

	KasperSpan signer_latency;
	gboolean gradual; /* replaces signatures one by one, and cannot tell when it is done */
	GArray *orders;	  /* of SimOrder: on their way */

	SimParentModel parent_model;
	KasperSpan parent_latency;
	KasperSpan parent_step; /* from the union to the wanted set */
	gboolean parent_seen;	/* we are told of what it serves */
	gboolean by_people;	/* by persons, DS by DS, who tell the truth */
	KasperSpan poll; /* we look so often while it is not as we want it; 0: told at once */
	KasperTime next_poll;
	KasperSpan channel_latency;
	KasperSpan zone_propagation; /* how long it really takes; negative: as the policy says */
	KasperSpan parent_propagation;
	GArray *parent_events; /* of SimParentEvent: on their way */

	OracleEvent world;
	gint64 class_ends[ORACLE_CLASSES_MAX]; /* when a class has been replaced; MAX: served on */
	GArray *timeline;		       /* of OracleEvent */
	GPtrArray *rows;		       /* of SimRow */
	OracleEvent shown;		       /* the world at the end of the last row */
	guint64 submitted;		       /* keys of the last submission */
	gboolean submits;
	KasperPlan *plan; /* the last one */
	gboolean asleep;
	gchar *problem; /* the first promise that a plan broke; NULL: none */
	gint64 applied; /* the revision that the signer serves */
	gboolean quiet; /* keeps no rows */
	gboolean punctual; /* the parent serves each set within Dreg, however many there are */
	guint repeat_every; /* so many orders and submissions come twice; 0: none does */
	guint n_sent;
	/* looks at each decision; gives what is wrong, or NULL */
	gchar *(*watch)(Sim *self,
			const KasperSnapshot *before,
			const KasperPlan *plan,
			gpointer data);
	gpointer watcher;
};

Sim *sim_new(const KasperPolicy *policy);
void sim_free(Sim *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sim, sim_free)

/* the policy of rollover-model 3.1 without keys */
void sim_get_fixed_policy(KasperPolicy *ret_policy);
void sim_add_demand(KasperPolicy *policy, guint roles, guint8 algorithm, const gchar *roll_type);

guint sim_add_key(Sim *self, const gchar *name, guint roles, guint8 algorithm);
gint sim_find_key(const Sim *self, const gchar *name);
gint sim_get_slot(const Sim *self, guint key);
/* a zone that has had these keys for long, or none yet */
void sim_settle(Sim *self, const guint8 *records);

void sim_decide(Sim *self);
void sim_show_parent(Sim *self, guint64 ds);
guint64 sim_get_mask(const Sim *self, KasperKeySet slots);
KasperKeySet sim_get_slots(const Sim *self, guint64 keys);
/* when something happens next by itself; NEVER: nothing does */
KasperTime sim_get_next(const Sim *self);
/* the clock is turned to @now; what has come due by then happens, and what follows from it */
void sim_turn(Sim *self, KasperTime now);
/* while the engine sleeps, the signer and the parent do not; it finds out when it wakes up */
void sim_sleep(Sim *self, gboolean asleep);
/* what has changed since the last row, if anything has */
void sim_end_row(Sim *self);
/* all keys are where their goals want them, and nobody remembers anything else */
gboolean sim_is_settled(const Sim *self);
gboolean sim_ask_oracle(const Sim *self, OracleLevel level, OracleFinding *ret_finding);

G_END_DECLS
