/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-backup-guard.h"
#include "kasper-decide.h"
#include "kasper-ds-channel.h"
#include "kasper-engine-config-private.h"
#include "kasper-engine-keys-private.h"
#include "kasper-engine-orders-private.h"
#include "kasper-engine.h"
#include "kasper-event.h"
#include "kasper-key-store.h"
#include "kasper-notifier.h"
#include "kasper-signer.h"

G_BEGIN_DECLS

/* zones, orders and keys are worked on in batches of this many, a transaction each */
#define KASPER_BATCH 1000
/* an order in hand is looked at again after this time, should its answer be lost */
#define KASPER_LEASE ((KasperSpan)900)

typedef struct {
	gchar *text;
	KasperTime since;
} KasperProblem;

struct _KasperEngine {
	GObject parent_instance;

	KasperClock *clock;
	KasperStore *store;
	KasperConfig *config; /* of conf.xml; policies hold that of kasp.xml */
	KasperPluginHost *host;
	gchar *config_path;
	GMainContext *context;
	guint64 secret[2];

	GHashTable *repositories; /* gint64 to KasperRepository */
	GHashTable *policies;	  /* gint64 to KasperEnginePolicy */
	GHashTable *buckets;	  /* text to KasperPoolBucket */
	GHashTable *problems;	  /* text (what) to KasperProblem */

	KasperSigner *signer; /* NULL: none is open */
	KasperSpan signer_deadline;
	KasperDsChannel *channel; /* NULL: a person does it, or (has_channel) it cannot be opened */
	gboolean has_channel;
	KasperSpan channel_deadline;
	GPtrArray *notifiers;  /* of gchar: instance names, also of those that cannot be opened */
	guint plugin_failures; /* in a row */
	KasperTime plugins_at; /* when those that could not be opened are tried again */

	/* what the open transaction puts on its way: handed out when it is committed */
	GPtrArray *fresh_orders; /* of KasperOutgoingOrder */
	GPtrArray *fresh_pairs;	 /* of KasperPlannedPair */
	GPtrArray *fresh_events; /* of KasperEvent */
	GPtrArray
	    *fresh_looks; /* of KasperOutgoingOrder: new zones that the signer is asked after */

	GPtrArray *outgoing;	   /* of KasperOutgoingOrder: committed, for the next free worker */
	GHashTable *in_hand;	   /* gint64 intents that a worker has */
	GHashTable *pairs_in_hand; /* gint64 pairs that a worker has, or soon will have */
	GPtrArray *late;	   /* of KasperKeyWork: workers that are late still have pairs */
	GHashTable *busy_notifiers; /* instance names, interned */
	GHashTable *event_chunks;   /* ... to guint: how many events one is given in one go */
	GHashTable *event_retries;  /* interned instance name to KasperTime: not tried before */
	GPtrArray *looks;    /* of KasperOutgoingOrder: committed, for the next free worker */
	GHashTable *looking; /* gint64 zone to KasperOutgoingOrder: those, and what a worker has */
	GHashTable
	    *unsigned_at; /* gint64 zones without keys to when they were seen to be unsigned */
	GHashTable *held; /* gint64 zones that are signed already, as far as this run knows */
	guint look_jobs;
	guint look_failures; /* in a row: the back-off */
	KasperTime looks_at; /* nothing is asked before */
	guint order_jobs;
	gboolean orders_failing; /* the signer did not take the last ones */
	guint ds_jobs;
	gint64 doubtful; /* what became of submissions up to this intent, only the parent knows */

	guint poll_interval; /* test clock: real milliseconds between read-backs; 0: none */
	guint polls;	     /* ... so many since it was turned */
	GSource *poll;	     /* ... the next one */
	gboolean poll_now;   /* ... is to be made in the next pass */

	gboolean running;
	gboolean closing;
	gboolean pool_dirty;  /* the demand for keys ahead of need is to be counted anew */
	GSource *pass;	      /* an idle pass is queued */
	GSource *timer;	      /* the next wake-up */
	GList *settlers;      /* of GTask */
	gint64 storage_retry; /* monotonic microseconds; 0: storage works */
	KasperTime latest;    /* time that anybody was told: it does not go back behind it */
	gint64 time_kept;     /* when what time it is was recorded, by kasper_clock_get_boot() */
};

/* kasper-engine.c */
KasperTime kasper_engine_now(KasperEngine *self);
void kasper_engine_kick(KasperEngine *self);
/* after so many real milliseconds, whatever the engine's clock says */
void kasper_engine_kick_in(KasperEngine *self, guint milliseconds);
void kasper_engine_set_problem(KasperEngine *self, const gchar *what, const gchar *text);
void kasper_engine_clear_problem(KasperEngine *self, const gchar *what);
/* when to try again: a back-off that doubles from @first up to @longest, and up to a quarter of it
 * on top, that differs from one @seed to the next */
KasperTime kasper_engine_get_retry(KasperEngine *self,
				   gint64 seed,
				   guint tries,
				   KasperSpan first,
				   KasperSpan longest);

/* kasper-time-guard.c: clocks that are set */
void kasper_engine_take_up_time(KasperEngine *self);
gboolean kasper_engine_keep_time(KasperEngine *self, KasperTime now, GError **error);
void kasper_engine_watch_time(KasperEngine *self);

/* kasper-settle.c */
void kasper_engine_check_settled(KasperEngine *self);
void kasper_engine_fail_settlers(KasperEngine *self, const GError *error);

/* kasper-transaction.c */
KasperTransaction *kasper_engine_begin(KasperEngine *self, GError **error);
/* commits, and hands out what the transaction put on its way */
gboolean kasper_engine_commit(KasperEngine *self, KasperTransaction *transaction, GError **error);
/* what the open transaction put on its way is forgotten with it */
void kasper_engine_forget_fresh(KasperEngine *self);

/* kasper-storage.c: a store that cannot be written */
void kasper_engine_storage_failed(KasperEngine *self, const GError *error);
void kasper_engine_storage_works(KasperEngine *self);
gboolean kasper_engine_can_record(KasperEngine *self);
void kasper_engine_wait_for_storage(KasperEngine *self);

/* kasper-transaction.c: many at once */

/* records many things in one transaction; should one of them fail, it is left out, given up in a
 * transaction of its own, and the others are recorded all the same */
typedef struct {
	gboolean (*record)(KasperEngine *self, gpointer item, gpointer data, GError **error);
	gboolean (*give_up)(KasperEngine *self,
			    gpointer item,
			    const GError *why,
			    gpointer data,
			    GError **error);
	gboolean (*end)(KasperEngine *self, gpointer data, GError **error); /* (nullable) */
	gpointer data;
} KasperRecorder;
/* FALSE: the store does not work */
gboolean kasper_engine_record_each(KasperEngine *self,
				   GPtrArray *items,
				   const KasperRecorder *recorder,
				   GError **error);

/* what cannot be tried now, for want of a plugin, waits for @until; gives whether there was any */
gboolean kasper_engine_put_off_intents(KasperEngine *self,
				       KasperIntentKind kind,
				       KasperTime now,
				       KasperTime until,
				       const gchar *why);

/* kasper-turn.c: one zone, one turn, within the open transaction */
typedef gboolean (*KasperTurnFunc)(KasperSnapshot *snapshot, gpointer data, GError **error);
typedef struct {
	gint64 zone;
	KasperTurnFunc take; /* evidence or a command; NULL: only time has passed */
	gpointer data;
	const gchar *actor;  /* NULL: kasperd */
	const gchar *action; /* for the journal; NULL: only what the plan does is entered */
	const gchar *key_id;
	const gchar *detail;
	gboolean known_unsigned; /* should the zone be new: somebody knows that it is not signed */
	guint *ret_destroyed;	 /* (nullable): keys that are to be destroyed are added to it */
} KasperTurn;
gboolean kasper_engine_turn(KasperEngine *self, const KasperTurn *turn, GError **error);
/* nothing is known of it yet, and nothing was ordered */
gboolean kasper_turn_is_new(const KasperSnapshot *snapshot);
/* what a decision looks at now; KASPER_ERROR_UNSAFE: the zone is held, since it is signed already
 */
gboolean kasper_engine_load(KasperEngine *self,
			    gint64 zone,
			    KasperSnapshot *ret_snapshot,
			    KasperZoneRow *ret_row,
			    GError **error);

/* kasper-turn-record.c: what a plan wants done */
gboolean kasper_engine_record_plan(KasperEngine *self,
				   const KasperTurn *turn,
				   const KasperZoneRow *row,
				   const KasperSnapshot *work,
				   const KasperPlan *plan,
				   GError **error);
gboolean kasper_engine_add_order(KasperEngine *self,
				 const KasperZoneRow *row,
				 const KasperSnapshot *snapshot,
				 GError **error);
gboolean kasper_engine_add_submission(KasperEngine *self,
				      const KasperZoneRow *row,
				      const KasperSnapshot *snapshot,
				      GError **error);

/* kasper-turn-text.c: steps and zones in words */
const gchar *kasper_turn_get_event(KasperStepKind kind, KasperEventLevel *ret_level);
gchar *
kasper_turn_dup_event_text(const KasperZoneRow *row, const KasperKey *key, const KasperStep *step);
gchar *kasper_turn_dup_journal_text(const gchar *detail,
				    const KasperSnapshot *work,
				    const KasperPlan *plan);
const gchar *kasper_turn_get_zone_state(const KasperSnapshot *after);

/* kasper-looks.c: which new zones are signed already? */
/* in place of the turn of a new zone of which that is not known, in its transaction */
gboolean kasper_engine_ask_first(KasperEngine *self,
				 const KasperTurn *turn,
				 const KasperZoneRow *row,
				 const KasperSnapshot *before,
				 const KasperSnapshot *work,
				 GError **error);
KasperTime kasper_engine_get_look_retry(KasperEngine *self, KasperTime now);
gboolean kasper_engine_is_looking(KasperEngine *self);
void kasper_engine_queue_looks(KasperEngine *self);
void kasper_engine_send_looks(KasperEngine *self);
void kasper_engine_drop_looks(KasperEngine *self);
void kasper_engine_forget_look(KasperEngine *self, gint64 zone);

/* kasper-adoption.c: what becomes of a zone that is */
gboolean kasper_engine_is_unsigned(KasperEngine *self,
				   const KasperTurn *turn,
				   const KasperSnapshot *snapshot);
gboolean kasper_engine_save_new(KasperEngine *self,
				const KasperSnapshot *before,
				const KasperSnapshot *after,
				KasperTime due,
				GError **error);
/* @finding: (nullable): what the signer says; in a transaction */
gboolean kasper_engine_record_finding(KasperEngine *self,
				      gint64 zone,
				      KasperSignerFinding *finding,
				      GError **error);
/* FALSE, with KASPER_ERROR_UNSAFE: why it is held, and what can be done */
gboolean kasper_engine_refuse_held(KasperEngine *self, const KasperZoneRow *row, GError **error);
void kasper_engine_forget_held(KasperEngine *self, gint64 zone);
/* it has its keys now, or has other files: what was seen of it counts no more */
void kasper_engine_forget_unsigned(KasperEngine *self, gint64 zone);
void kasper_engine_count_held(KasperEngine *self);

/* kasper-scheduler.c */
void kasper_engine_pass(KasperEngine *self);
/* problems of single zones that `status` names */
#define KASPER_ZONE_PROBLEMS 100
void kasper_engine_set_zone_problem(KasperEngine *self, const gchar *zone, const gchar *text);
void kasper_engine_clear_zone_problem(KasperEngine *self, const gchar *zone);
/* a zone that cannot be decided upon waits for a person, and the others go on; in a transaction */
gboolean
kasper_engine_put_off_zone(KasperEngine *self, gint64 zone, const GError *why, GError **error);
KasperTime kasper_engine_get_next_due(KasperEngine *self);

/* kasper-events.c */
gboolean kasper_engine_emit(KasperEngine *self,
			    const gchar *name,
			    KasperEventLevel level,
			    const gchar *zone,
			    const gchar *key_id,
			    const gchar *text,
			    GError **error);
void kasper_engine_emit_now(KasperEngine *self,
			    const gchar *name,
			    KasperEventLevel level,
			    const gchar *zone,
			    const gchar *text);
void kasper_engine_publish_events(KasperEngine *self, GPtrArray *events);
KasperEvent *kasper_event_from_payload(const gchar *payload, const gchar *id);

/* kasper-delivery.c */
/* when an event for that notifier is to be delivered, which behind older ones is not now */
KasperTime kasper_engine_get_event_time(KasperEngine *self, const gchar *target);
gboolean kasper_engine_deliver_due(KasperEngine *self, KasperTime now);

/* kasper-named-key.c */
/* the zone of that name; FALSE with KASPER_ERROR_NOT_FOUND */
gboolean kasper_engine_find_zone(KasperEngine *self,
				 const gchar *zone,
				 KasperZoneRow *ret_row,
				 GError **error);

G_END_DECLS
