/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-backup-guard.h"
#include "kasper-engine-config-private.h"
#include "kasper-key-store.h"

G_BEGIN_DECLS

/* keys and where they lie: repositories, the pool, what is made and what is destroyed */

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

/* kasper-backup.c */
gboolean kasper_engine_ask_guards(KasperEngine *self, KasperTime now);
KasperTime kasper_engine_next_guard(KasperEngine *self);

G_END_DECLS
