/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-ledger.h"
#include "kasper-policy.h"

G_BEGIN_DECLS

typedef enum {
	KASPER_HOLD_MANUAL =
	    1 << 0, /* a person froze the zone: no publication, time goes on counting */
	KASPER_HOLD_SAFE = 1 << 1, /* the engine did, after a failed self-check */
	KASPER_HOLD_SIGNED = 1 << 2, /* it is new, and signed already, by nobody knows which keys */
} KasperHold;

/**
 * KasperSnapshot: (skip)
 *
 * All that a decision may look at. The caller loads it, hands it evidence, asks for a plan, and
 * stores what the plan made of it. It owns nothing and is copied by assignment.
 *
 * Since: 0.1
 */
typedef struct {
	gint64 zone;	/* the store's number of the zone */
	guint64 spread; /* keyed hash of zone and policy: spreads scheduled starts */
	KasperTime now; /* set by the caller before evidence is taken; at least highest_time */
	KasperTime highest_time;  /* of all decisions so far */
	gint64 revision;	  /* of the last order to the signer; 0: none yet */
	gint64 confirmed;	  /* the last revision that was seen published */
	KasperTime ordered_at;	  /* when that order was committed */
	KasperTime gradual_until; /* RRSIGs of an old class are counted on until then; UNSET: no */
	gint64 submission;	  /* number of the last DS submission; 0: none yet */
	KasperTime submitted_at;  /* when the channel took it; UNSET: not yet */
	KasperTime ds_seen_at;	  /* last word about the parent's DS set */
	guint32 holds;		  /* KasperHold, ored */
	guint8 insecure;	  /* boolean: the goal is to be unsigned */
	guint8 roll_roles;	  /* KasperRole, ored: a person asked for a rollover of these */
	KasperSpan served_ttl;	  /* largest TTL in the zone that the signer reported; 0: none */
	guint n_keys;		  /* slots in use are below this; number 0 marks a free one */
	KasperKey keys[KASPER_KEYS_MAX];
	KasperLedger ledgers[KASPER_N_LEDGERS];
	KasperPolicy policy;
} KasperSnapshot;

/**
 * KasperSignerReport: (skip)
 *
 * What was read back from the signer.
 *
 * Since: 0.1
 */
typedef struct {
	gint64 revision;	 /* that is published */
	KasperTime published_at; /* no server of the signer served an older one from here on */
	KasperSpan max_ttl;	 /* largest TTL in the zone; 0: not known */
	KasperSpan dnskey_ttl;	 /* TTL of the DNSKEY RRset; 0: not known */
	gboolean all_replaced;	 /* no signature of a key that is not ordered to sign is left */
	gboolean assumed;	 /* it rests on the clock, not on a look at the zone */
	gboolean watched;	 /* there will be another look until all are replaced */
} KasperSignerReport;

/* evidence and commands; each is a pure function of the snapshot, to be followed by a decision */

KASPER_EXPORT
void kasper_snapshot_init(KasperSnapshot *self, const KasperPolicy *policy, KasperTime now);
KASPER_EXPORT
void kasper_snapshot_adopt_unsigned(KasperSnapshot *self);
KASPER_EXPORT
void kasper_snapshot_adopt_records(KasperSnapshot *self);
KASPER_EXPORT
void kasper_snapshot_take_absence(KasperSnapshot *self);
/* a key pair of the store; the caller sets roles (from the demand) and standby (from the step) as
 * well. It begins as a key with goal IN and no record; -1: the zone has too many keys */
KASPER_EXPORT
gint kasper_snapshot_add_key(KasperSnapshot *self, const KasperKey *key);
KASPER_EXPORT
gint kasper_snapshot_find_key(const KasperSnapshot *self, gint64 number);
KASPER_EXPORT
void kasper_snapshot_remove_key(KasperSnapshot *self, guint slot);
KASPER_EXPORT
void kasper_snapshot_take_signer_report(KasperSnapshot *self, const KasperSignerReport *report);
KASPER_EXPORT
void
kasper_snapshot_take_submission(KasperSnapshot *self, gint64 submission, KasperTime accepted_at);
KASPER_EXPORT
void kasper_snapshot_take_parent_set(KasperSnapshot *self,
				     KasperKeySet keys,
				     const KasperKeySet views[KASPER_N_VIEWS],
				     KasperSpan ttl,
				     KasperTime seen_at);
/* some, not all, of the parent's servers show this set */
KASPER_EXPORT
void kasper_snapshot_take_parent_variant(KasperSnapshot *self,
					 KasperKeySet keys,
					 const KasperKeySet views[KASPER_N_VIEWS],
					 KasperSpan ttl,
					 KasperTime seen_at);

/* why a person's command cannot be carried out */
typedef enum {
	KASPER_REFUSAL_NONE,
	KASPER_REFUSAL_NOT_A_KSK,
	KASPER_REFUSAL_NOT_SUBMITTED, /* ds-seen: its DS was never due at the parent */
	KASPER_REFUSAL_ALREADY_SEEN,
	KASPER_REFUSAL_NOT_WITHDRAWN, /* ds-gone: its DS is still wanted */
	KASPER_REFUSAL_NOT_ACTIVE,    /* ksk-retire */
	KASPER_REFUSAL_LAST_ACTIVE,   /* ksk-retire would leave no active KSK */
	KASPER_REFUSAL_BACKUP,	      /* a key that is not backed up must not be relied upon */
} KasperRefusal;

KASPER_EXPORT
KasperRefusal kasper_snapshot_take_ds_seen(KasperSnapshot *self, guint slot, gboolean no_retire);
KASPER_EXPORT
KasperRefusal kasper_snapshot_take_ds_gone(KasperSnapshot *self, guint slot);
KASPER_EXPORT
KasperRefusal kasper_snapshot_take_ksk_retire(KasperSnapshot *self, gint slot, guint *ret_slot);
KASPER_EXPORT
guint kasper_snapshot_request_rollover(KasperSnapshot *self, guint roles);

G_END_DECLS
