/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-decide-private.h"
#include "kasper-simulation.h"

G_BEGIN_DECLS

/* what is on its way */
typedef enum {
	KASPER_AGENDA_PUBLISH, /* the signer, the order in @publication */
	KASPER_AGENDA_REPLACE, /* the signer, the last signature of class @keys */
	KASPER_AGENDA_ACCEPT,  /* the channel, submission @number */
	KASPER_AGENDA_SERVE,   /* the parent, @keys */
	KASPER_AGENDA_SEE,     /* whoever tells what the parent serves */
	KASPER_AGENDA_MAKE,    /* the key store */
	KASPER_AGENDA_SAVE,    /* whoever backs up key @number */
	KASPER_AGENDA_HAPPEN,  /* @happening */
} KasperAgendaKind;

typedef struct {
	KasperAgendaKind kind;
	KasperTime time;
	guint64 serial; /* those of one instant come in order */
	gint64 number;
	KasperKeySet keys;
	KasperPublication publication;
	KasperHappening happening;
} KasperAgendaItem;

struct _KasperSimulation {
	KasperSnapshot snapshot;
	KasperWorld world;
	guint backup; /* bit n: keys of element n of the policy need a backup */
	KasperTime now;
	KasperTime wake;
	guint64 n_decisions;

	GArray *agenda; /* of KasperAgendaItem */
	guint64 serial;
	gboolean may_make; /* keys that are asked for are there now */

	KasperPublication publication;
	gint64 applied; /* the order that it is */
	gboolean changed;
	GArray *scenes; /* of KasperScene: of this instant */

	GArray *keys; /* of KasperSimulatedKey */
	gint64 last_number;
	guint n_made[4];  /* by roles */
	gboolean is_real; /* keys that there are have names of their own */
	KasperSpan real_ttl; /* of data that was seen to have more than the policy allows; 0 */
};

/* kasper-simulation.c */
KasperAgendaItem *
kasper_simulation_plan(KasperSimulation *self, KasperAgendaKind kind, KasperTime time);
gboolean kasper_simulation_is_planned(const KasperSimulation *self, KasperAgendaKind kind);
void kasper_simulation_unplan(KasperSimulation *self, KasperAgendaKind kind);
KasperScene *kasper_simulation_add_scene(KasperSimulation *self,
					 KasperSceneKind kind,
					 KasperActor actor,
					 gint key);
void kasper_simulation_decide(KasperSimulation *self);

/* kasper-simulation-keys.c */
gint kasper_simulation_find_key(const KasperSimulation *self, gint64 number);
gint kasper_simulation_get_key(const KasperSimulation *self, guint slot);
gint kasper_simulation_make_key(KasperSimulation *self, guint demand, gboolean standby);
/* as many of the keys that the plan asks for as can be had */
gboolean kasper_simulation_give_keys(KasperSimulation *self, const KasperPlan *plan);
void kasper_simulation_adopt_keys(KasperSimulation *self);
void kasper_simulation_settle(KasperSimulation *self);

/* kasper-simulation-world.c: what others do */
void kasper_simulation_send_order(KasperSimulation *self);
void kasper_simulation_send_submission(KasperSimulation *self);
void kasper_simulation_handle(KasperSimulation *self, const KasperAgendaItem *item);
/* what is published, and what is on its way, as the snapshot has it */
void kasper_simulation_begin(KasperSimulation *self);

/* kasper-simulation-event.c */
void kasper_simulation_happen(KasperSimulation *self, const KasperHappening *happening);

/* kasper-simulation-text.c: what has just come to pass, in words */
gchar *
kasper_simulation_dup_set(const KasperSimulation *self, KasperKeySet slots, KasperKeySet marked);
gchar *kasper_simulation_dup_published(const KasperSimulation *self, gboolean keys, gboolean data);

G_END_DECLS
