/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-algorithm.h"
#include "kasper-record-state.h"
#include "kasper-time.h"

G_BEGIN_DECLS

/* a zone has at most so many keys at a time, dead ones that were not purged included */
#define KASPER_KEYS_MAX 32

/**
 * KasperKeySet:
 *
 * Keys of one zone, as bits: bit n stands for the key in slot n of the snapshot.
 *
 * Since: 0.1
 */
typedef guint32 KasperKeySet;

/* DNSKEY flags (RFC 4034, section 2.1.1; RFC 5011) */
#define KASPER_DNSKEY_ZONE   0x0100
#define KASPER_DNSKEY_REVOKE 0x0080
#define KASPER_DNSKEY_SEP    0x0001

/**
 * KasperRole:
 * @KASPER_ROLE_KEY: has a DS and signs the DNSKEY RRset
 * @KASPER_ROLE_ZONE: signs the zone's data
 *
 * What a key is for; a CSK has both.
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_ROLE_KEY = 1 << 0,
	KASPER_ROLE_ZONE = 1 << 1,
} KasperRole;

#define KASPER_ROLE_KSK ((guint)KASPER_ROLE_KEY)
#define KASPER_ROLE_ZSK ((guint)KASPER_ROLE_ZONE)
#define KASPER_ROLE_CSK ((guint)KASPER_ROLE_KEY | (guint)KASPER_ROLE_ZONE)

/**
 * KasperGoal:
 * @KASPER_GOAL_OUT: to be withdrawn, record by record
 * @KASPER_GOAL_IN: to be used
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_GOAL_OUT,
	KASPER_GOAL_IN,
} KasperGoal;

typedef enum {
	KASPER_AVAILABILITY_OK,
	KASPER_AVAILABILITY_UNAVAILABLE, /* its store does not answer: never changes a goal */
	KASPER_AVAILABILITY_LOST,        /* declared by a person */
	KASPER_AVAILABILITY_COMPROMISED, /* declared by a person */
} KasperAvailability;

typedef enum {
	KASPER_BACKUP_NOT_NEEDED,
	KASPER_BACKUP_NEEDED,
	KASPER_BACKUP_PREPARED,
	KASPER_BACKUP_DONE,
} KasperBackup;

typedef enum {
	KASPER_ORIGIN_MADE,
	KASPER_ORIGIN_IMPORTED,
	KASPER_ORIGIN_FOREIGN,
} KasperOrigin;

/* how far the word about a key's DS has got; a view for people and for the 2.1 words, too */
typedef enum {
	KASPER_DS_UNSUBMITTED,
	KASPER_DS_SUBMIT,    /* to be submitted: intent is recorded */
	KASPER_DS_SUBMITTED, /* the channel took it; not seen */
	KASPER_DS_SEEN,
	KASPER_DS_RETRACT,   /* to be withdrawn: intent is recorded */
	KASPER_DS_RETRACTED, /* the channel took it; still seen or unknown */
} KasperDsPhase;

/* what is known of the rollover that replaces a key and has not started yet */
typedef enum {
	KASPER_ROLL_ASKED = 1 << 0,     /* a person asked for a successor, which is not there yet */
	KASPER_ROLL_ANNOUNCED = 1 << 1, /* people were told when it will start */
} KasperRoll;

/**
 * KasperKey: (skip)
 *
 * A key of a zone as a value. It owns nothing and is copied by assignment. Its place in the
 * snapshot's array is its slot, for as long as the zone has it.
 *
 * Since: 0.1
 */
typedef struct {
	gint64 number;    /* of the key pair in the store; ascending in order of creation; 0: free slot */
	gint64 store;     /* number of the repository */
	guint16 tag;      /* RFC 4034, appendix B, with flags as they are */
	guint16 bits;     /* size */
	guint16 flags;    /* of the DNSKEY */
	guint8 algorithm;
	guint8 roles;     /* KasperRole, ored */
	guint8 records;   /* KasperRecord, ored: desired bits, "in what we publish or want published" */
	guint8 goal;      /* KasperGoal */
	guint8 availability; /* KasperAvailability */
	guint8 backup;    /* KasperBackup */
	guint8 origin;    /* KasperOrigin */
	guint8 ds_phase;  /* KasperDsPhase */
	guint8 standby;   /* boolean: IN key with held bits (2.12.12) */
	guint8 keep;      /* boolean: ds-seen --no-retire keeps the old KSK IN until ksk-retire */
	guint8 roll;      /* KasperRoll, ored */
	guint8 state[KASPER_N_RECORDS];     /* KasperRecordState, derived, stored for display */
	KasperTime since[KASPER_N_RECORDS]; /* when the derived state last changed */
	KasperTime created;
	KasperTime published; /* first DNSKEY in a committed order */
	KasperTime ready;     /* DNSKEY became omnipresent */
	KasperTime active;    /* first reliance: the lifetime counts from here */
	KasperTime retired;   /* goal became OUT and took effect */
	KasperTime dead;      /* all records hidden, goal OUT */
} KasperKey;

KASPER_EXPORT
const gchar *kasper_role_to_string(guint roles);
KASPER_EXPORT
guint kasper_role_from_string(const gchar *text);
KASPER_EXPORT
const gchar *kasper_backup_to_string(KasperBackup backup);

G_END_DECLS
