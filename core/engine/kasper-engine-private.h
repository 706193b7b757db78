/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-backup-guard.h"
#include "kasper-decide.h"
#include "kasper-ds-channel.h"
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
/* a worker is given so many keys at first */
#define KASPER_FIRST_CHUNK 8

/* a repository of conf.xml, and how its key store is doing */
typedef struct {
	gint64 number;
	gchar *name;
	gchar *module;
	KasperKeyStore *store;	  /* NULL while it cannot be opened */
	KasperBackupGuard *guard; /* NULL: a person says which keys are backed up */
	gint64 capacity;	  /* -1: unlimited */
	gboolean configured;	  /* conf.xml has it */
	gboolean require_backup;
	KasperSpan deadline;
	gchar *error;	       /* of the last call; NULL: it works */
	gint error_code;       /* KasperError */
	gboolean error_making; /* it came of making a key */
	KasperTime failing_since;
	guint failures;	     /* in a row: the back-off */
	KasperTime retry_at; /* nothing is asked of it before */
	KasperTime make_at;  /* no key is made before */
	gboolean noted;	     /* the NOTE on keys without a backup went out */
	guint chunk;	  /* keys that a worker is given at a time: as many as it makes quickly */
	GQueue planned;	  /* of KasperPlannedPair: committed, for the next free worker */
	guint n_jobs;	  /* workers that make keys */
	gboolean look_up; /* there may be planned pairs whose outcome is not known */
	KasperTime look_up_at; /* ... but they are not looked up before */
	gboolean looking_up;
	gboolean testing;    /* it failed, and a worker looks whether it works again */
	KasperTime guard_at; /* when its guard is asked next */
	guint guard_tries;
	gboolean guard_busy;
} KasperRepository;

/* a policy as the engine uses it */
typedef struct {
	gint64 number;
	KasperConfig *owner; /* of config */
	KasperPolicyConfig *config;
	KasperPolicy values;
	gchar *digest; /* of all that kasp.xml says of it */
	KasperSigningPolicy
	    *signing; /* how its zones are to be signed; another one for each salt */
	KasperTime resalt_at;
} KasperEnginePolicy;

/* keys of one kind: made ahead, and asked for */
typedef struct {
	gint64 repository;
	guint algorithm;
	guint bits;
	guint asked;	     /* sum of what waiting zones want */
	guint n_colliding;   /* zones among them for which what is in the pool will not do */
	guint expected;	     /* how many will probably be asked for soon */
	guint ahead;	     /* how many the generation period wants in the pool */
	guint wanted;	     /* how many a person wants in the pool */
	GHashTable *waiting; /* gint64 zone to KasperPoolWait */
	GQueue order;	     /* of KasperPoolWait: first come, first served */
	GHashTable *shared;  /* gint64 policy and roles to guint: zones that wait for one key */
} KasperPoolBucket;

/* a pair that is planned in the store, on its way to a worker */
typedef struct {
	gint64 number;
	KasperPoolBucket *bucket;
	KasperKeyInfo *wanted;
	KasperKeyInfo *made;
	gboolean unusable; /* it is there, is no good, and cannot be destroyed */
	GError *error;
} KasperPlannedPair;

/* an order on its way out */
typedef struct {
	gint64 intent;
	gint64 zone;
	gint stage;
	guint tries;
	guint place; /* in its batch */
	KasperZoneOrder *order;
} KasperOutgoingOrder;

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
	GPtrArray *fresh_looks;  /* of KasperOutgoingOrder: new zones that the signer is asked after */

	GPtrArray *outgoing;	   /* of KasperOutgoingOrder: committed, for the next free worker */
	GHashTable *in_hand;	   /* gint64 intents that a worker has */
	GHashTable *pairs_in_hand; /* gint64 pairs that a worker has, or soon will have */
	GPtrArray *late;	   /* of KasperKeyWork: workers that are late still have pairs */
	GHashTable *busy_notifiers; /* instance names, interned */
	GHashTable *event_chunks;   /* ... to guint: how many events one is given in one go */
	GHashTable *event_retries; /* interned instance name to KasperTime: not tried before */
	GPtrArray *looks;        /* of KasperOutgoingOrder: committed, for the next free worker */
	GHashTable *looking;     /* gint64 zone to KasperOutgoingOrder: those, and what a worker has */
	GHashTable *unsigned_at; /* gint64 zones without keys to when they were seen to be unsigned */
	GHashTable *held;        /* gint64 zones that are signed already, as far as this run knows */
	guint look_jobs;
	guint look_failures;     /* in a row: the back-off */
	KasperTime looks_at;     /* nothing is asked before */
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
	guint *ret_destroyed; /* (nullable): keys that are to be destroyed are added to it */
} KasperTurn;
gboolean kasper_engine_turn(KasperEngine *self, const KasperTurn *turn, GError **error);
/* nothing is known of it yet, and nothing was ordered */
gboolean kasper_turn_is_new(const KasperSnapshot *snapshot);
/* what a decision looks at now; KASPER_ERROR_UNSAFE: the zone is held, since it is signed already */
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
gboolean kasper_engine_put_off_zone(KasperEngine *self,
				    gint64 zone,
				    const GError *why,
				    GError **error);
KasperTime kasper_engine_get_next_due(KasperEngine *self);

/* kasper-order.c: what a signer is told, and what it tells */
KasperZoneOrder *kasper_engine_make_order(KasperEngine *self,
					  const KasperZoneRow *row,
					  const KasperSnapshot *snapshot,
					  GError **error);
void kasper_outgoing_order_free(KasperOutgoingOrder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperOutgoingOrder, kasper_outgoing_order_free)
/* an order's answer, within the open transaction */
gboolean kasper_engine_record_answer(KasperEngine *self,
				     const KasperOutgoingOrder *outgoing,
				     KasperSignerAnswer *answer,
				     gboolean *ret_pending,
				     GError **error);

/* stages of an order's intent */
#define KASPER_STAGE_APPLY   0 /* to be handed to the signer */
#define KASPER_STAGE_READ    1 /* handed over: is it published? */
#define KASPER_STAGE_REPLACE 2 /* published: are the old signatures gone? */

/* kasper-orders.c: handing them over, again if need be */
void kasper_engine_send_orders(KasperEngine *self);
gboolean kasper_engine_retry_orders(KasperEngine *self, KasperTime now);

/* kasper-ds-set.c: the set that the parent is to have, for channels and for people */
KasperDsRequest *kasper_engine_make_ds_request(KasperEngine *self,
					       const KasperZoneRow *row,
					       const KasperSnapshot *snapshot,
					       const KasperIntentRow *intent,
					       GError **error);
gboolean kasper_engine_announce_ds(KasperEngine *self,
				   const KasperZoneRow *row,
				   const KasperSnapshot *snapshot,
				   GError **error);
gboolean kasper_engine_announce_ds_wait(KasperEngine *self,
					const KasperZoneRow *row,
					const KasperSnapshot *snapshot,
					GError **error);
/* the channel, or a person, has the set; which is not publication */
gboolean kasper_engine_accept_submission(KasperEngine *self,
					 const KasperIntentRow *intent,
					 const gchar *actor,
					 GError **error);

/* kasper-submissions.c: handing it over */
gboolean kasper_engine_submit_due(KasperEngine *self, KasperTime now);

/* kasper-key-pool.c: which keys are wanted */
KasperPoolBucket *
kasper_engine_get_bucket(KasperEngine *self, gint64 repository, guint algorithm, guint bits);
void kasper_pool_bucket_free(KasperPoolBucket *self);
/* hands the plan the keys that it asks for, as far as they can be had; the rest is asked for */
gboolean kasper_engine_give_keys(KasperEngine *self,
				 const KasperZoneRow *row,
				 KasperSnapshot *work,
				 const KasperPlan *plan,
				 gboolean *ret_missing,
				 gboolean *ret_added,
				 GError **error);
/* what the zone asked for before, it has, or asks for again */
void kasper_engine_forget_asks(KasperEngine *self, gint64 zone);
/* there are more keys in the pool: the zones that waited longest are due now */
gboolean kasper_engine_wake_waiting(KasperEngine *self, KasperPoolBucket *bucket, GError **error);

/* kasper-key-plan.c: how many are to be made */
gboolean kasper_engine_plan_pairs(KasperEngine *self, KasperTime now, GError **error);
gboolean kasper_engine_wants_keys(KasperEngine *self, KasperTime now);
/* @zones zones of @policy will ask for their keys that have no other roles than @roles */
void kasper_engine_expect_keys(KasperEngine *self,
			       const KasperEnginePolicy *policy,
			       guint roles,
			       gint64 zones);
/* a zone that was expected to ask for its first keys does not */
void kasper_engine_expect_fewer(KasperEngine *self, gint64 policy);
void kasper_engine_expect_nothing(KasperEngine *self);
/* keys of @demand that @zones zones use up in @span */
guint kasper_pool_count_ahead(const KasperPolicy *policy,
			      const KasperDemand *demand,
			      gint64 zones,
			      KasperSpan span);

/* kasper-key-jobs.c: making keys on worker threads */
void kasper_engine_start_key_jobs(KasperEngine *self);
void kasper_engine_reap_late_jobs(KasperEngine *self);
gboolean kasper_engine_record_made(KasperEngine *self,
				   KasperRepository *repository,
				   GPtrArray *pairs,
				   GError **error);
void kasper_planned_pair_free(KasperPlannedPair *self);
gboolean kasper_engine_try_canary(KasperKeyStore *store,
				  KasperKeyInfo *key,
				  GCancellable *cancellable,
				  GError **error);
typedef struct _KasperKeyWork KasperKeyWork;
void kasper_key_work_unref(KasperKeyWork *self);

/* kasper-key-recovery.c: keys of which nobody knows whether they were made */
gboolean kasper_engine_look_up_planned(KasperEngine *self, KasperTime now);

/* kasper-key-destruction.c */
gboolean kasper_engine_destroy_due(KasperEngine *self, KasperTime now);
/* a pair that no zone has any more is destroyed in its store; in a transaction */
gboolean kasper_engine_add_destruction(KasperEngine *self,
				       gint64 zone,
				       gint64 pair,
				       KasperTime when,
				       gboolean *ret_added,
				       GError **error);

/* kasper-forget.c: zones that are no longer ours */
gboolean kasper_engine_add_forget(KasperEngine *self,
				  const KasperZoneRow *row,
				  KasperTime now,
				  GError **error);
gboolean kasper_engine_forget_due(KasperEngine *self, KasperTime now);

/* kasper-repositories.c */
KasperRepository *kasper_engine_find_repository(KasperEngine *self, const gchar *name);
KasperRepository *kasper_engine_get_repository(KasperEngine *self, gint64 number);
/* NULL with KASPER_ERROR_NOT_FOUND */
KasperRepository *
kasper_engine_look_for_repository(KasperEngine *self, const gchar *name, GError **error);
void kasper_repository_free(KasperRepository *self);
/* numbers the repositories of @config; in a transaction. @ret_fresh: those that are new in memory,
 * to be taken out again should the transaction fail */
gboolean kasper_engine_put_repositories(KasperEngine *self,
					KasperConfig *config,
					GPtrArray *ret_fresh,
					GError **error);
void kasper_engine_drop_repositories(KasperEngine *self, GPtrArray *fresh);
/* takes what conf.xml says of them into use */
void kasper_engine_adopt_repositories(KasperEngine *self, KasperConfig *config);
void kasper_engine_close_repository(KasperEngine *self, KasperRepository *repository);
void kasper_engine_open_repositories(KasperEngine *self);
void kasper_engine_open_repository(KasperEngine *self,
				   KasperRepository *repository,
				   const KasperRepositoryConfig *config);

/* kasper-repository-health.c */
gboolean kasper_engine_repository_ready(const KasperRepository *self, KasperTime now);
gboolean kasper_engine_repository_can_make(const KasperRepository *self, KasperTime now);
/* @making: it was about making keys; what else a store does goes on when that fails */
void kasper_engine_repository_failed(KasperEngine *self,
				     KasperRepository *repository,
				     gboolean making,
				     const GError *error);
void
kasper_engine_repository_works(KasperEngine *self, KasperRepository *repository, gboolean making);
void kasper_engine_repository_reset(KasperEngine *self, KasperRepository *repository);
void kasper_engine_reopen_repositories(KasperEngine *self, KasperTime now);
KasperTime kasper_engine_next_repository_retry(KasperEngine *self);

/* kasper-plugins.c: signer, DS channel, notifiers, backup guards */
gboolean kasper_engine_open_plugins(KasperEngine *self, GError **error);
void kasper_engine_reopen_plugins(KasperEngine *self, KasperTime now);
/* closes what @config no longer has, or has with other settings */
void kasper_engine_close_changed(KasperEngine *self, KasperConfig *config);

/* kasper-policies.c */
gboolean kasper_engine_adopt_policies(KasperEngine *self,
				      KasperConfig *config,
				      GHashTable **ret_policies,
				      GError **error);
KasperEnginePolicy *kasper_engine_get_policy(KasperEngine *self, gint64 number);
KasperEnginePolicy *
kasper_engine_find_policy(KasperEngine *self, const gchar *name, GError **error);
KasperEnginePolicy *kasper_policies_find(GHashTable *policies, const gchar *name);
void kasper_engine_policy_free(KasperEnginePolicy *self);
/* the policy is another one than before: its zones are looked at, and signed, anew */
gboolean kasper_engine_start_policy(KasperEngine *self, KasperEnginePolicy *policy, GError **error);

/* kasper-salts.c */
gboolean
kasper_engine_make_signing_policy(KasperEngine *self, KasperEnginePolicy *policy, GError **error);
/* the zone's order of @revision (0: there is none yet) once more; in a transaction */
gboolean
kasper_engine_reorder_zone(KasperEngine *self, gint64 zone, gint64 revision, GError **error);
gboolean kasper_engine_reorder_zones(KasperEngine *self, gint64 policy, GError **error);
gboolean kasper_engine_resalt_due(KasperEngine *self, KasperTime now);
KasperTime kasper_engine_next_resalt(KasperEngine *self);

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

/* kasper-zone-sync.c */
typedef struct {
	guint added;
	guint deleted;
	guint changed;
	GPtrArray *messages;	 /* (nullable): of gchar, in the words of OpenDNSSEC 1.4 */
	GVariantBuilder *starts; /* (nullable): aa{sv} of zone, step */
} KasperZoneSync;
/* brings the store's zones to what @config says; in a transaction. KASPER_ERROR_UNSAFE, before
 * anything is changed: it would delete most of them */
gboolean kasper_engine_sync_zones(KasperEngine *self,
				  KasperConfig *config,
				  GHashTable *policies,
				  const gchar *actor,
				  KasperZoneSync *sync,
				  GError **error);
gchar *kasper_zone_sync_dup_digest(GPtrArray *zones);

/* kasper-zone-drop.c */
/* the zone leaves the store; in a transaction */
gboolean kasper_engine_drop_zone(KasperEngine *self,
				 const KasperZoneRow *row,
				 const gchar *actor,
				 GError **error);

/* kasper-zone-return.c */
/* takes a zone into the store; one that was deleted comes back with the keys that it had */
gboolean kasper_engine_take_in_zone(KasperEngine *self,
				    KasperZoneRow *row,
				    const KasperEnginePolicy *policy,
				    GError **error);
/* keys of zones that were deleted are kept for so long: it may have been a mistake, and signatures
 * that they made are still in use */
#define KASPER_GRACE ((KasperSpan)30 * KASPER_SPAN_DAY)

/* kasper-effects.c */
void kasper_engine_list_effects(KasperEngine *self,
				const KasperEnginePolicy *before,
				const KasperEnginePolicy *after,
				GVariantBuilder *starts,
				GPtrArray *messages);

/* kasper-zone-file.c: zonelist.xml, rewritten */
typedef struct _KasperZoneFile KasperZoneFile;
KasperZoneFile *kasper_zone_file_load(KasperEngine *self, GError **error);
void kasper_zone_file_free(KasperZoneFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperZoneFile, kasper_zone_file_free)
/* do its files belong to another zone? */
gboolean
kasper_zone_file_check(const KasperZoneFile *self, const KasperZoneRow *row, GError **error);
/* puts the zone in, in the place of one of the same name; @row's policy goes by @policy */
void kasper_zone_file_put(KasperZoneFile *self, const KasperZoneRow *row, const gchar *policy);
void kasper_zone_file_remove(KasperZoneFile *self, const gchar *zone);
/* writes the file, commits, and puts the old file back should that fail */
gboolean
kasper_zone_file_commit(KasperZoneFile *self, KasperTransaction *transaction, GError **error);

/* kasper-backup.c */
gboolean kasper_engine_ask_guards(KasperEngine *self, KasperTime now);
KasperTime kasper_engine_next_guard(KasperEngine *self);

/* kasper-named-key.c */
/* the zone of that name; FALSE with KASPER_ERROR_NOT_FOUND */
gboolean kasper_engine_find_zone(KasperEngine *self,
				 const gchar *zone,
				 KasperZoneRow *ret_row,
				 GError **error);

G_END_DECLS
