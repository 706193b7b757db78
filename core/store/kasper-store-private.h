/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-statement-private.h"
#include "kasper-store.h"

G_BEGIN_DECLS

#define KASPER_HASH_LENGTH 32

/* the row of table store, but for the secret: written once a commit */
typedef struct {
	gint64 epoch;
	KasperTime highest_time;
	gint64 last_zone;
	gint64 last_pair;
	gint64 last_intent;
	gint64 audit_rows;
	guint8 audit_hash[KASPER_HASH_LENGTH];
} KasperStoreHead;

typedef struct {
	const gchar *name; /* interned: callers may keep it */
	gboolean require_backup;
} KasperRepositoryEntry;

typedef struct {
	const gchar *name; /* interned */
	gint64 zones;
	gboolean changed;
} KasperPolicyEntry;

/* pairs of one kind that no zone has ever had */
typedef struct {
	gint64 repository;
	guint algorithm;
	guint bits;
	gint64 planned;
	gint64 made;
} KasperPool;

/* a pair that was taken out of a pool and is in no zone yet */
typedef struct {
	gint64 number;
	gint64 repository;
	guint algorithm;
	guint bits;
} KasperReserved;

struct _KasperStore {
	GObject parent_instance;

	gchar *path;
	KasperDatabase *database;
	gint lock;    /* descriptor that holds the lock; -1: none */
	gint witness; /* descriptor of the witness; -1: none */
	GBytes *secret;
	GChecksum *checksum; /* for the audit journal */
	KasperTransaction *transaction;
	gboolean
	    doubtful; /* a commit failed on the disk: what the file holds has to be read again */
	gint changes; /* SQLite's count when the transaction began */
	KasperStoreHead before; /* what @head was then */

	/* what is counted, so that nothing has to be counted on the way; read again after a
	 * rollback */
	KasperStoreHead head;
	GHashTable *repositories; /* number to KasperRepositoryEntry */
	GHashTable *policies;	  /* number to KasperPolicyEntry */
	GArray *pools;		  /* of KasperPool */
	GHashTable *pairs;	  /* repository to gint64, pairs that are there; NULL: not asked */
	GHashTable *reserved;	  /* pairs taken, in this transaction: number to KasperReserved */
	gboolean bound;		  /* a pair of some pool was made for a policy of its own */
};

/* --- opening: kasper-store-open.c, -lock.c, -witness.c, -migrate.c --- */

/* @migrations: SQL, one text a version, NULL-terminated */
KasperStore *
kasper_store_open_with(const gchar *path, const gchar *const *migrations, GError **error);
gint kasper_store_lock(const gchar *path, GError **error);
void kasper_store_unlock(gint lock);
/* opens the witness; refuses if it knows of a later state than @epoch of the store with @secret */
gint kasper_witness_open(const gchar *path, GBytes *secret, gint64 epoch, GError **error);
/* there is none yet: a store that is gone is not made anew */
gboolean kasper_witness_allows_new(const gchar *path, GError **error);
void kasper_witness_write(gint witness, GBytes *secret, gint64 epoch);

/* what the file's header says; FALSE without an error: there is no file */
gboolean kasper_migrate_look(const gchar *path, gint known, GError **error);
gboolean kasper_migrate_make(const gchar *path, const gchar *const *migrations, GError **error);
gboolean kasper_migrate_run(KasperDatabase *database,
			    const gchar *const *migrations,
			    gint version,
			    GError **error);

/* --- what is counted: kasper-store-counts.c --- */

gboolean kasper_store_load_counts(KasperStore *self, GError **error);
gboolean kasper_store_write_counts(KasperStore *self, GError **error);
KasperPool *
kasper_store_get_pool(KasperStore *self, gint64 repository, guint algorithm, guint bits);
void kasper_store_count_zone(KasperStore *self, gint64 policy, gint64 change);
/* a pair of @repository was made (1) or is being destroyed (-1) */
void kasper_store_note_pair(KasperStore *self, gint64 repository, gint64 change);

/* --- between the files --- */

/* the pair is one zone's more, or one's less */
gboolean kasper_store_use_pair(KasperStore *self, gint64 pair, GError **error);
gboolean kasper_store_reclaim_pair(KasperStore *self, gint64 pair, GError **error);
gboolean kasper_store_release_pair(KasperStore *self, gint64 pair, GError **error);
/* @data: of a pair's id; (transfer full) hex */
gchar *kasper_pair_id_to_text(const guint8 *data, gsize length);
/* (transfer full) NULL with KASPER_ERROR_INVALID if @id is no hex */
GBytes *kasper_pair_id_from_text(const gchar *id, GError **error);
void kasper_zone_row_read(KasperZoneRow *row, KasperStatement *statement);

/* the columns that kasper_zone_row_read() reads, in its order */
#define KASPER_ZONE_COLUMNS                                                                        \
	"z.number, z.policy, z.next_due, z.revision, z.confirmed, z.state, z.waiting_for, "        \
	"z.name, "                                                                                 \
	"z.signer_configuration, z.input_type, z.input, z.output_type, z.output"

/* a key of a zone (k) and its pair (p) */
void kasper_key_read(KasperKey *key, KasperStatement *statement);

/* the columns that kasper_key_read() reads, in its order */
#define KASPER_KEY_COLUMNS                                                                         \
	"p.number, p.repository, p.algorithm, p.bits, p.backup, k.tag, k.flags, k.roles, "         \
	"k.records, k.goal, k.availability, k.origin, k.ds_phase, k.standby, k.keep, k.roll, "     \
	"k.ds_state, k.dnskey_state, k.rsk_state, k.rsz_state, k.ds_since, k.dnskey_since, "       \
	"k.rsk_since, k.rsz_since, k.created, k.published, k.ready, k.active, k.retired, k.dead"

/* kasper-store-former.c: a deleted zone cannot come back without the pair */
gboolean kasper_store_forget_former_of(KasperStore *self, gint64 pair, GError **error);

G_END_DECLS
