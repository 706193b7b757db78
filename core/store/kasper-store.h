/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-error.h"
#include "kasper-plan.h"

G_BEGIN_DECLS

/*
 * The only record of which keys the world has seen: one SQLite file, one writer, one process.
 * Functions of KasperStore belong to the thread that opened it; KasperStoreReader is for other
 * threads. Nothing outside this folder knows SQL.
 *
 * Every function that changes something must be called between kasper_store_begin() and
 * kasper_transaction_commit(); a transaction that is dropped is rolled back.
 */
#define KASPER_TYPE_STORE (kasper_store_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperStore, kasper_store, KASPER, STORE, GObject)

/* opens or makes the file, takes the lock (a second process fails with KASPER_ERROR_BUSY and is
 * told pid and host), asserts the pragmas, migrates (a copy is put aside first), checks */
KASPER_EXPORT
KasperStore *kasper_store_open(const gchar *path, GError **error);
KASPER_EXPORT
void kasper_store_close(KasperStore *self);
KASPER_EXPORT
const gchar *kasper_store_get_path(KasperStore *self);

typedef struct _KasperTransaction KasperTransaction;
KASPER_EXPORT
KasperTransaction *kasper_store_begin(KasperStore *self, GError **error);
/* durable when it returns TRUE */
KASPER_EXPORT
gboolean kasper_transaction_commit(KasperTransaction *self, GError **error);
/* rolls back what was not committed; NULL is fine */
KASPER_EXPORT
void kasper_transaction_free(KasperTransaction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperTransaction, kasper_transaction_free)

/* the highest decision time of all zones (rollover-model 7.4); 0 in a new store */
KASPER_EXPORT
KasperTime kasper_store_get_highest_time(KasperStore *self);
KASPER_EXPORT
gboolean kasper_store_set_highest_time(KasperStore *self, KasperTime time, GError **error);
/* a secret of this store, 16 octets, made with it: keys the spread hash and operation ids */
KASPER_EXPORT
GBytes *kasper_store_get_secret(KasperStore *self);

/* --- repositories and policies: rows that give names a number for good --- */

KASPER_EXPORT
gint64 kasper_store_put_repository(KasperStore *self,
				   const gchar *name,
				   gboolean require_backup,
				   gboolean *ret_changed,
				   GError **error);
/* (nullable) owned by the store */
KASPER_EXPORT
const gchar *kasper_store_get_repository_name(KasperStore *self, gint64 repository);
KASPER_EXPORT
gint64 kasper_store_put_policy(KasperStore *self, const gchar *name, GError **error);
KASPER_EXPORT
const gchar *kasper_store_get_policy_name(KasperStore *self, gint64 policy);
/* the NSEC3 salt that zones of the policy use now: hex, "-" if empty, NULL if none was made yet */
KASPER_EXPORT
gboolean kasper_store_get_salt(KasperStore *self,
			       gint64 policy,
			       gchar **ret_salt,
			       KasperTime *ret_made,
			       GError **error);
KASPER_EXPORT
gboolean kasper_store_set_salt(KasperStore *self,
			       gint64 policy,
			       const gchar *salt,
			       KasperTime made,
			       GError **error);

/* a digest of what was last taken from a configuration file; NULL: nothing was, or nobody knows */
KASPER_EXPORT
gchar *kasper_store_dup_applied(KasperStore *self, const gchar *what);
/* @digest: NULL: nobody knows any more */
KASPER_EXPORT
gboolean
kasper_store_set_applied(KasperStore *self, const gchar *what, const gchar *digest, GError **error);

/* --- zones --- */

typedef struct {
	gint64 number;
	gint64 policy;
	gchar *name;
	gchar *signer_configuration;
	gchar *input_type;
	gchar *input;
	gchar *output_type;
	gchar *output;
	KasperTime next_due; /* KASPER_TIME_NEVER: only evidence makes it due */
	gint64 revision;
	gint64 confirmed;
	gchar *state; /* a word for listings, set with the snapshot */
	gchar *waiting_for;
	gboolean deleted; /* keys are being destroyed; not listed */
} KasperZoneRow;

KASPER_EXPORT
void kasper_zone_row_clear(KasperZoneRow *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperZoneRow, kasper_zone_row_clear)

/* @row: number and next_due are set; a new zone is due at once */
KASPER_EXPORT
gboolean
kasper_store_add_zone(KasperStore *self, KasperZoneRow *row, KasperTime now, GError **error);
/* policy and files of @row->number */
KASPER_EXPORT
gboolean kasper_store_update_zone(KasperStore *self, const KasperZoneRow *row, GError **error);
/* @destroy_at: when its keys that no other zone has are destroyed; KASPER_TIME_NEVER: not by itself
 */
KASPER_EXPORT
gboolean
kasper_store_delete_zone(KasperStore *self, gint64 zone, KasperTime destroy_at, GError **error);

/* a zone that was deleted, and whose keys are there still */
typedef struct {
	gint64 number; /* that it had */
	KasperTime deleted;
	gboolean has_ds; /* a DS of it may be at its parent */
} KasperFormerRow;

KASPER_EXPORT
gboolean kasper_store_find_former(KasperStore *self, const gchar *name, KasperFormerRow *ret_row);
KASPER_EXPORT
gboolean kasper_store_get_former(KasperStore *self, gint64 number, KasperFormerRow *ret_row);
/* before the zone is deleted: what is known of it is kept as long as its keys are */
KASPER_EXPORT
gboolean kasper_store_keep_former(KasperStore *self,
				  gint64 zone,
				  gboolean has_ds,
				  KasperTime now,
				  GError **error);
/* gives @zone what is known of @former, if its keys are there still */
KASPER_EXPORT
gboolean kasper_store_return_former(KasperStore *self,
				    gint64 former,
				    gint64 zone,
				    KasperTime now,
				    gboolean *ret_returned,
				    GError **error);
/* FALSE with KASPER_ERROR_NOT_FOUND: "zone example.org is not known: ..." */
KASPER_EXPORT
gboolean kasper_store_find_zone(KasperStore *self,
				const gchar *name,
				KasperZoneRow *ret_row,
				GError **error);
KASPER_EXPORT
gboolean
kasper_store_get_zone(KasperStore *self, gint64 zone, KasperZoneRow *ret_row, GError **error);
typedef gboolean (*KasperZoneFunc)(const KasperZoneRow *row, gpointer user_data);
/* in order of name, after @after (NULL: from the start); stops when @func returns FALSE */
KASPER_EXPORT
gboolean kasper_store_each_zone(KasperStore *self,
				gint64 policy, /* 0: all */
				const gchar *after,
				KasperZoneFunc func,
				gpointer user_data,
				GError **error);
KASPER_EXPORT
gint64 kasper_store_count_zones(KasperStore *self, gint64 policy);

/* --- the queue: an index on next_due --- */

/* (element-type gint64) numbers of zones due at @now, oldest first, at most @limit */
KASPER_EXPORT
GArray *kasper_store_list_due(KasperStore *self, KasperTime now, guint limit, GError **error);
/* the earliest next_due of all zones; KASPER_TIME_NEVER if nothing waits for time */
KASPER_EXPORT
KasperTime kasper_store_get_next_due(KasperStore *self, gint64 *ret_zone);
/* makes @zone due at @when if it is not due earlier; 0: all zones; @policy 0: any */
KASPER_EXPORT
gboolean kasper_store_make_due(KasperStore *self,
			       gint64 zone,
			       gint64 policy,
			       KasperTime when,
			       GError **error);

/* makes the zones due at @when, if they are not due earlier, that wait for @waiting_for or have one of
 * @holds (KasperHold, ored): for use at a start, since it reads the whole table */
KASPER_EXPORT
gboolean kasper_store_make_due_waiting(KasperStore *self,
				       const gchar *waiting_for,
				       guint holds,
				       KasperTime when,
				       GError **error);
/* a person asks for rollovers in all zones of @policy (KasperRole, ored): as
 * kasper_snapshot_request_rollover() does in one, and they are due at @when. Gives how many zones
 * there are; -1 on error */
KASPER_EXPORT
gint64 kasper_store_request_rollovers(KasperStore *self,
				      gint64 policy,
				      guint roles,
				      KasperTime when,
				      GError **error);

/* --- snapshots --- */

/* fills in all but policy and spread; @ret_row may be NULL */
KASPER_EXPORT
gboolean kasper_store_load_snapshot(KasperStore *self,
				    gint64 zone,
				    KasperSnapshot *ret_snapshot,
				    KasperZoneRow *ret_row,
				    GError **error);
/* stores what differs between @before (NULL: nothing is stored yet) and @after; keys that @after
 * no longer has are taken from the zone. @words: one for each slot of @after (NULL: unchanged) */
KASPER_EXPORT
gboolean kasper_store_save_snapshot(KasperStore *self,
				    const KasperSnapshot *before,
				    const KasperSnapshot *after,
				    const KasperKeyWord *words,
				    KasperTime next_due,
				    const gchar *state,
				    const gchar *waiting_for,
				    GError **error);

/* --- key pairs --- */

typedef enum {
	KASPER_PAIR_PLANNED, /* id is chosen; the store may or may not have made it */
	KASPER_PAIR_MADE,
	KASPER_PAIR_DESTROYING, /* decided; the store may or may not have done it */
	KASPER_PAIR_DESTROYED,	/* kept as a record */
} KasperPairState;

typedef struct {
	gint64 number;
	gint64 repository;
	gint64 policy; /* for which it was made; 0: any */
	gchar *id;     /* CKA_ID in hex */
	guint algorithm;
	guint bits;
	KasperPairState state;
	KasperBackup backup;
	GBytes *public_key; /* NULL while planned */
	KasperTime created;
	KasperTime backup_prepared;
	KasperTime backup_done;
	gint zones; /* how many use it */
} KasperPairRow;

KASPER_EXPORT
void kasper_pair_row_clear(KasperPairRow *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperPairRow, kasper_pair_row_clear)

/* @row: id, repository, algorithm, bits, policy; state planned; sets the number */
KASPER_EXPORT
gboolean
kasper_store_plan_pair(KasperStore *self, KasperPairRow *row, KasperTime now, GError **error);
/* backup becomes needed if the repository requires it now */
KASPER_EXPORT
gboolean kasper_store_pair_made(KasperStore *self,
				gint64 pair,
				GBytes *public_key,
				KasperTime now,
				GError **error);
/* a planned pair that will not be made is removed; a made one becomes destroying, then destroyed */
KASPER_EXPORT
gboolean
kasper_store_set_pair_state(KasperStore *self, gint64 pair, KasperPairState state, GError **error);
KASPER_EXPORT
gboolean kasper_store_drop_planned_pair(KasperStore *self, gint64 pair, GError **error);
KASPER_EXPORT
gboolean
kasper_store_get_pair(KasperStore *self, gint64 pair, KasperPairRow *ret_row, GError **error);
KASPER_EXPORT
gboolean
kasper_store_find_pair(KasperStore *self, const gchar *id, KasperPairRow *ret_row, GError **error);
typedef gboolean (*KasperPairFunc)(const KasperPairRow *row, gpointer user_data);
/* @repository 0: all; @state -1: all; in order of number */
KASPER_EXPORT
gboolean kasper_store_each_pair(KasperStore *self,
				gint64 repository,
				gint state,
				KasperPairFunc func,
				gpointer user_data,
				GError **error);
/* pairs that are there; 0: in all repositories */
KASPER_EXPORT
gint64 kasper_store_count_pairs(KasperStore *self, gint64 repository, gint64 *ret_pool);
/* pairs made (or, with @planned, on their way) that no zone has: the pool */
KASPER_EXPORT
gint64 kasper_store_count_pool(KasperStore *self,
			       gint64 repository,
			       guint algorithm,
			       guint bits,
			       gboolean planned);
/* takes the oldest pair of the pool that suits, whose tag (with @flags, and with REVOKE) is none
 * of @taken, as a key of no zone yet: fills in number, store, tag, bits, algorithm, flags,
 * backup, created. FALSE without an error: the pool is empty. A pair whose tag collides stays */
KASPER_EXPORT
gboolean kasper_store_take_pair(KasperStore *self,
				const KasperDemand *demand,
				gint64 policy,
				const guint16 *taken,
				guint n_taken,
				KasperKey *ret_key,
				GError **error);
/* ShareKeys: the pair that zones of the policy share for this role now, if there is one */
KASPER_EXPORT
gboolean kasper_store_find_shared_pair(KasperStore *self,
				       const KasperDemand *demand,
				       gint64 policy,
				       KasperKey *ret_key,
				       GError **error);

/* --- backups; @repository 0: all; each gives how many keys it marked, -1 on error --- */

KASPER_EXPORT
gint64
kasper_store_backup_prepare(KasperStore *self, gint64 repository, KasperTime now, GError **error);
KASPER_EXPORT
gint64
kasper_store_backup_commit(KasperStore *self, gint64 repository, KasperTime now, GError **error);
KASPER_EXPORT
gint64 kasper_store_backup_rollback(KasperStore *self, gint64 repository, GError **error);
/* marks single keys, as a guard confirms them */
KASPER_EXPORT
gboolean
kasper_store_backup_confirm(KasperStore *self, gint64 pair, KasperTime now, GError **error);
KASPER_EXPORT
gint64 kasper_store_count_backups(KasperStore *self, gint64 repository, KasperBackup backup);
typedef struct {
	gint64 number;
	gint64 repository;
	const gchar *id;
	const gchar *zone; /* one of those that use it; NULL: none does */
	guint roles;	   /* KasperRole, ored, in that zone; 0: none */
	guint zones;	   /* how many use it */
	KasperBackup backup;
	KasperTime prepared;
	KasperTime done;
} KasperBackupRow;

typedef gboolean (*KasperBackupFunc)(const KasperBackupRow *row, gpointer user_data);
/* those that need one, or have one; behind the number @after (0: from the start) */
KASPER_EXPORT
gboolean kasper_store_each_backup(KasperStore *self,
				  gint64 repository,
				  gint64 after,
				  KasperBackupFunc func,
				  gpointer user_data,
				  GError **error);
/* makes all zones due that have a key of @repository (0: all) */
KASPER_EXPORT
gboolean kasper_store_make_due_by_repository(KasperStore *self,
					     gint64 repository,
					     KasperTime when,
					     GError **error);

/* --- the outbox --- */

typedef enum {
	KASPER_INTENT_ORDER,   /* hand revision @sequence to the signer, then read it back */
	KASPER_INTENT_DS,      /* hand submission @sequence to the DS channel */
	KASPER_INTENT_DESTROY, /* destroy key pair @pair */
	KASPER_INTENT_EVENT,   /* deliver @payload to notifier @target */
	KASPER_INTENT_FORGET,  /* tell the signer that the zone @payload is gone */
	KASPER_N_INTENTS,
} KasperIntentKind;

typedef struct {
	gint64 number;
	KasperIntentKind kind;
	gint64 zone; /* 0: none */
	gint64 pair; /* 0: none */
	gint64
	    sequence;	/* revision or submission; destruction: policy of a zone that was deleted */
	gchar *id;	/* stable: goes with every attempt */
	gchar *target;	/* name of the plugin instance; NULL: the only one */
	gchar *payload; /* JSON or text; kind by kind */
	gchar *token;	/* DS: of a pending answer */
	gint stage;	/* 0: to be done; 1: done, to be read back or polled */
	guint tries;
	KasperTime created;
	KasperTime due;
	gchar *error; /* of the last try */
} KasperIntentRow;

KASPER_EXPORT
void kasper_intent_row_clear(KasperIntentRow *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperIntentRow, kasper_intent_row_clear)

/* a newer order or submission of the same zone replaces the older one (which is superseded) */
KASPER_EXPORT
gboolean kasper_store_add_intent(KasperStore *self, KasperIntentRow *row, GError **error);
typedef gboolean (*KasperIntentFunc)(const KasperIntentRow *row, gpointer user_data);
/* of @kind (-1: all) due at @now, in order of due then number, at most @limit */
KASPER_EXPORT
gboolean kasper_store_each_intent(KasperStore *self,
				  gint kind,
				  KasperTime now,
				  guint limit,
				  KasperIntentFunc func,
				  gpointer user_data,
				  GError **error);
/* what is to be handed to the zone's signer and to its parent */
KASPER_EXPORT
gboolean kasper_store_each_zone_intent(KasperStore *self,
				       gint64 zone,
				       KasperIntentFunc func,
				       gpointer user_data,
				       GError **error);
KASPER_EXPORT
gboolean kasper_store_finish_intent(KasperStore *self, gint64 intent, GError **error);
/* tries + 1; NULL @error_text: it went well so far (stage moves on) */
KASPER_EXPORT
gboolean kasper_store_postpone_intent(KasperStore *self,
				      gint64 intent,
				      gint stage,
				      KasperTime due,
				      const gchar *token,
				      const gchar *error_text,
				      GError **error);
/* orders that were never tried, and events, are due at @now, whatever they were put off for: for
 * use at a start */
KASPER_EXPORT
gboolean kasper_store_postpone_events(KasperStore *self,
				      const gchar *target,
				      KasperTime now,
				      KasperTime due,
				      const gchar *error_text,
				      GError **error);
KASPER_EXPORT
gboolean kasper_store_end_leases(KasperStore *self, KasperTime now, GError **error);
/* the number of the newest intent that there ever was */
KASPER_EXPORT
gint64 kasper_store_get_last_intent(KasperStore *self);
KASPER_EXPORT
KasperTime kasper_store_get_next_intent(KasperStore *self);
/* @failing: only those whose last try failed */
KASPER_EXPORT
gint64 kasper_store_count_intents(KasperStore *self, gboolean failing);

/* --- the audit journal: each row carries the SHA-256 of the one before it --- */

KASPER_EXPORT
gboolean kasper_store_add_audit(KasperStore *self,
				KasperTime time,
				const gchar *actor,
				const gchar *action,
				const gchar *zone,
				const gchar *key_id,
				const gchar *detail,
				GError **error);
/* the first row that was changed, removed or moved, or -1 if the chain holds */
KASPER_EXPORT
gint64 kasper_store_verify_audit(KasperStore *self, gint64 *ret_rows, GError **error);

/* --- reading in other threads, on a connection of their own --- */

typedef struct {
	gint64 cursor;
	const gchar *zone;
	const gchar *policy;
	const gchar *id;
	const gchar *repository;
	const gchar *state;
	const gchar *next_state;  /* "" if none */
	const gchar *waiting_for; /* "" if none */
	KasperTime next_time;
	KasperBackup backup;
	const guint8 *public_key; /* not owned */
	gsize public_key_length;
	KasperKey key;
} KasperKeyRow;

typedef struct {
	const gchar *zone;   /* NULL: any */
	const gchar *policy; /* NULL: any */
	const gchar *state;  /* NULL: any; a word, in any case */
	const gchar *id;     /* NULL: any */
	guint roles;	     /* 0: any */
	gboolean dead;	     /* dead ones, too */
	gboolean brief;	     /* for long lists: rows have no public key, and of the key only number,
			      * store, algorithm, bits, flags, tag, roles, backup, state[], active
			      * and retired; the rest is zero */
	gint64 after;	     /* cursor; 0: from the start */
} KasperKeyFilter;

typedef gboolean (*KasperKeyRowFunc)(const KasperKeyRow *row, gpointer user_data);

#define KASPER_TYPE_STORE_READER (kasper_store_reader_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperStoreReader, kasper_store_reader, KASPER, STORE_READER, GObject)
KASPER_EXPORT
KasperStoreReader *kasper_store_reader_open(const gchar *path, GError **error);
/* in order of zone name, then KSK before ZSK, then age; rows come as they are read */
KASPER_EXPORT
gboolean kasper_store_reader_each_key(KasperStoreReader *self,
				      const KasperKeyFilter *filter,
				      KasperKeyRowFunc func,
				      gpointer user_data,
				      GError **error);

G_END_DECLS
