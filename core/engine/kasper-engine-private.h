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
/* an intent in hand is looked at again after this time, should its answer be lost */
#define KASPER_LEASE ((KasperSpan)900)
/* a worker is given so many keys at first */
#define KASPER_FIRST_CHUNK 8

/* a repository of conf.xml, and how its key store is doing */
typedef struct {
	gint64 number;
	gchar *name;
	gchar *module;
	KasperKeyStore *store; /* NULL while it cannot be opened */
	gint64 capacity;       /* -1: unlimited */
	gboolean require_backup;
	KasperSpan deadline;
	gchar *error;          /* of the last call; NULL: it works */
	gint error_code;       /* KasperError */
	KasperTime failing_since;
	guint failures;        /* in a row: the back-off */
	KasperTime retry_at;   /* not before */
	gboolean noted;        /* the NOTE on keys without a backup went out */
	guint chunk;           /* keys that a worker is given at a time: as many as it makes quickly */
	gboolean look_up;      /* planned pairs whose outcome is not known are to be looked up */
} KasperRepository;

/* a policy as the engine uses it */
typedef struct {
	gint64 number;
	KasperConfig *owner;        /* of config */
	KasperPolicyConfig *config;
	KasperPolicy values;
	KasperSigningPolicy *signing; /* made when first needed; renewed with the salt */
	KasperTime resalt_at;
} KasperEnginePolicy;

/* keys of one kind: made ahead, on their way, and asked for */
typedef struct {
	gint64 repository;
	guint algorithm;
	guint bits;
	guint asked;         /* sum of what waiting zones want */
	guint in_flight;     /* planned, and a worker is at it or soon will be */
	guint ahead;         /* how many the generation period wants in the pool */
	GHashTable *waiting; /* gint64 zone to KasperPoolWait */
	GQueue order;        /* of gint64: the same zones, first come first served */
} KasperPoolBucket;

/* a pair that is planned in the store, on its way to a worker */
typedef struct {
	gint64 number;
	KasperPoolBucket *bucket;
	KasperKeyInfo *wanted;
	KasperKeyInfo *made;
	GError *error;
} KasperPlannedPair;

/* an order on its way out */
typedef struct {
	gint64 intent;
	gint64 zone;
	gint stage;
	guint tries;
	KasperZoneOrder *order;
} KasperOutgoingOrder;

void kasper_outgoing_order_free(KasperOutgoingOrder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperOutgoingOrder, kasper_outgoing_order_free)

struct _KasperEngine {
	GObject parent_instance;

	KasperClock *clock;
	KasperStore *store;
	KasperConfig *config;
	KasperPluginHost *host;
	gchar *config_path;
	GMainContext *context;
	guint64 secret[2];

	GHashTable *repositories; /* gint64 to KasperRepository */
	GHashTable *policies;     /* gint64 to KasperEnginePolicy */
	GHashTable *buckets;      /* text to KasperPoolBucket */
	KasperSigner *signer;     /* NULL: none is open */
	KasperDsChannel *channel; /* NULL: a person does it */
	GPtrArray *notifiers;     /* of gchar: instance names */
	KasperBackupGuard *guard; /* NULL, or one that a person need not help */
	KasperTime guard_at;      /* when it is asked next */
	GHashTable *problems;     /* text (what) to KasperProblem */

	GPtrArray *outgoing;      /* of KasperOutgoingOrder: committed, to be handed over */
	GPtrArray *fresh_events;  /* of KasperEvent: committed with the open transaction */
	GPtrArray *planned;       /* of KasperPlannedPair: committed, to be made */
	GHashTable *pairs_in_hand; /* gint64 pairs that a worker has, or soon will have */
	KasperSpan signer_deadline;
	KasperSpan channel_deadline;
	guint64 decision;         /* counts decisions: a zone's demand for keys is that of its last one */
	GHashTable *in_hand;      /* gint64 intents that a worker has */
	guint order_jobs;
	guint key_jobs;
	guint event_jobs;
	guint polls;              /* test clock: read-backs since it was turned */
	gboolean poll_pending;    /* test clock: the next one waits for real time */
	gboolean poll_now;        /* test clock: ... and is to be made in the next pass */

	gboolean running;
	gboolean closing;
	gboolean pool_dirty;      /* the pool is to be looked at */
	GSource *pass;            /* an idle pass is queued */
	GSource *timer;           /* the next wake-up */
	GList *settlers;          /* of GTask */
	KasperTime storage_retry; /* real time, seconds; 0: storage works */
};

typedef struct {
	gchar *text;
	KasperTime since;
} KasperProblem;

/* kasper-engine.c */
KasperTime kasper_engine_now(KasperEngine *self);
void kasper_engine_kick(KasperEngine *self);
void kasper_engine_check_settled(KasperEngine *self);
void kasper_engine_set_problem(KasperEngine *self, const gchar *what, const gchar *text);
void kasper_engine_clear_problem(KasperEngine *self, const gchar *what);
void kasper_engine_storage_failed(KasperEngine *self, const GError *error);

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
} KasperTurn;
gboolean kasper_engine_turn(KasperEngine *self, const KasperTurn *turn, GError **error);
gboolean kasper_engine_load(KasperEngine *self,
			    gint64 zone,
			    KasperSnapshot *ret_snapshot,
			    KasperZoneRow *ret_row,
			    GError **error);
gchar *kasper_engine_dup_dnskey(KasperEngine *self,
				const KasperZoneRow *row,
				const KasperSnapshot *snapshot,
				guint slot,
				gchar **ret_id);
/* commits, and hands out what the transaction put on its way */
gboolean
kasper_engine_commit(KasperEngine *self, KasperTransaction *transaction, GError **error);

/* kasper-scheduler.c */
void kasper_engine_pass(KasperEngine *self);
KasperTime kasper_engine_get_next_due(KasperEngine *self);

/* kasper-orders.c */
KasperZoneOrder *kasper_engine_make_order(KasperEngine *self,
					  const KasperZoneRow *row,
					  const KasperSnapshot *snapshot,
					  GError **error);
void kasper_engine_send_orders(KasperEngine *self);
gboolean kasper_engine_retry_orders(KasperEngine *self, KasperTime now);

/* kasper-submissions.c */
gboolean kasper_engine_submit_due(KasperEngine *self, KasperTime now);
gboolean kasper_engine_announce_ds(KasperEngine *self,
				   const KasperZoneRow *row,
				   const KasperSnapshot *snapshot,
				   GError **error);

/* kasper-key-pool.c: which keys are wanted */
gboolean kasper_engine_find_key(KasperEngine *self,
				const KasperSnapshot *snapshot,
				const KasperDemand *demand,
				gint64 policy,
				KasperKey *ret_key,
				GError **error);
void kasper_engine_ask_for_key(KasperEngine *self, const KasperDemand *demand, gint64 zone);
gboolean kasper_engine_plan_pairs(KasperEngine *self, KasperTime now, GError **error);
gboolean
kasper_engine_wake_waiting(KasperEngine *self, KasperPoolBucket *bucket, guint n, GError **error);
KasperPoolBucket *kasper_engine_get_bucket(KasperEngine *self,
					   gint64 repository,
					   guint algorithm,
					   guint bits);
void kasper_pool_bucket_free(KasperPoolBucket *self);
void kasper_engine_forget_planned(KasperEngine *self);
gboolean kasper_engine_plan_pair(KasperEngine *self,
				 KasperPoolBucket *bucket,
				 KasperTime now,
				 GError **error);

/* does anything in the pool want doing, in a repository that can do it? */
gboolean kasper_engine_wants_keys(KasperEngine *self, KasperTime now);

/* kasper-key-jobs.c: making keys on worker threads */
void kasper_engine_start_key_jobs(KasperEngine *self);
gboolean kasper_engine_record_made(KasperEngine *self,
				   KasperRepository *repository,
				   GPtrArray *pairs,
				   GError **error);
void kasper_planned_pair_free(KasperPlannedPair *self);
gboolean kasper_engine_try_canary(KasperKeyStore *store,
				  KasperKeyInfo *key,
				  GCancellable *cancellable,
				  GError **error);

/* kasper-key-recovery.c: destroying keys, and asking the world after a crash */
gboolean kasper_engine_destroy_due(KasperEngine *self, KasperTime now);
gboolean kasper_engine_look_up_planned(KasperEngine *self, KasperTime now);

/* kasper-forget.c: zones that are no longer ours */
gboolean kasper_engine_add_forget(KasperEngine *self,
				  const KasperZoneRow *row,
				  KasperTime now,
				  GError **error);
gboolean kasper_engine_forget_due(KasperEngine *self, KasperTime now);

/* kasper-repositories.c */
KasperRepository *kasper_engine_find_repository(KasperEngine *self, const gchar *name);
KasperRepository *kasper_engine_get_repository(KasperEngine *self, gint64 number);
gboolean kasper_engine_repository_ready(KasperRepository *self, KasperTime now);
void
kasper_engine_repository_failed(KasperEngine *self, KasperRepository *repository, const GError *error);
void kasper_engine_repository_works(KasperEngine *self, KasperRepository *repository);
gboolean kasper_engine_open_repositories(KasperEngine *self, GError **error);
void kasper_engine_reopen_repositories(KasperEngine *self, KasperTime now);
gboolean kasper_engine_open_plugins(KasperEngine *self, GError **error);
KasperTime kasper_engine_next_repository_retry(KasperEngine *self);
void kasper_repository_free(KasperRepository *self);

/* kasper-policies.c */
gboolean kasper_engine_adopt_policies(KasperEngine *self,
				      KasperConfig *config,
				      GHashTable **ret_policies,
				      GError **error);
KasperEnginePolicy *kasper_engine_get_policy(KasperEngine *self, gint64 number);
KasperEnginePolicy *kasper_engine_find_policy(KasperEngine *self, const gchar *name, GError **error);
KasperSigningPolicy *
kasper_engine_get_signing_policy(KasperEngine *self, KasperEnginePolicy *policy, GError **error);
void kasper_engine_policy_free(KasperEnginePolicy *self);
gboolean kasper_engine_reorder_zones(KasperEngine *self, KasperEnginePolicy *policy, GError **error);
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
gboolean kasper_engine_deliver_due(KasperEngine *self, KasperTime now);
void kasper_engine_publish_events(KasperEngine *self);

/* kasper-reload.c */
gboolean kasper_engine_sync_zones(KasperEngine *self,
				  KasperConfig *config,
				  const gchar *actor,
				  guint *ret_added,
				  guint *ret_deleted,
				  GError **error);

/* kasper-backup.c */
gboolean kasper_engine_ask_guards(KasperEngine *self, KasperTime now);
KasperTime kasper_engine_next_guard(KasperEngine *self);

/* a back-off that doubles: @first, up to @longest seconds */
KasperSpan kasper_engine_back_off(guint tries, KasperSpan first, KasperSpan longest);

G_END_DECLS
