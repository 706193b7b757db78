/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-key.h"

G_BEGIN_DECLS

#define KASPER_DEMANDS_MAX 8

/* rollover-model 2.6: the three gates that a roll type chooses */
typedef enum {
	KASPER_GATE_SIG = 1 << 0, /* RRSIG(zone) only when DNSKEY is omnipresent */
	KASPER_GATE_KEY = 1 << 1, /* DNSKEY only when RRSIG(zone) and DS are omnipresent */
	KASPER_GATE_DS = 1 << 2,  /* DS only when DNSKEY and its signature are omnipresent */
} KasperGate;

typedef enum {
	KASPER_LEVEL_STRICT, /* conservative algorithm rollover; the default */
	KASPER_LEVEL_DS,     /* liberal */
} KasperLevel;

typedef enum {
	KASPER_PARENT_ADD_FIRST, /* old, old and new, new; the default */
	KASPER_PARENT_ATOMIC,    /* old, new */
} KasperParentModel;

/* the weakest grade of evidence about the parent that the policy accepts */
typedef enum {
	KASPER_EVIDENCE_OPERATOR, /* a person's word, or better; the default */
	KASPER_EVIDENCE_OBSERVED, /* the parent's servers only */
	KASPER_EVIDENCE_ASSUMED,  /* submission + RegistrationDelay, because the policy says so */
} KasperEvidenceGrade;

/**
 * KasperDemand: (skip)
 *
 * One KSK, ZSK or CSK element of a policy: a key that every zone of the policy wants.
 *
 * Since: 0.1
 */
typedef struct {
	gint64 store;        /* number of the repository */
	KasperSpan lifetime; /* 0: never rolls by itself */
	guint16 bits;        /* as kasper_algorithm_get_bits() gives it */
	guint8 algorithm;
	guint8 roles;   /* KasperRole, ored */
	guint8 gates;   /* KasperGate, ored */
	guint8 standby; /* how many standby keys */
	guint8 manual_rollover; /* boolean: rollovers start on command only */
	guint8 manual_switch;   /* boolean: ManualRollover="switch" */
	guint8 rfc5011;         /* boolean */
} KasperDemand;

/**
 * KasperPolicy: (skip)
 *
 * What a decision needs of a policy: scalars only, copied by assignment. Spans are seconds.
 * The letters are those of doc/timing.md (rollover-model 1.1).
 *
 * Since: 0.1
 */
typedef struct {
	KasperSpan zone_propagation;   /* a: Zone/PropagationDelay */
	KasperSpan dnskey_ttl;         /* K: Keys/TTL */
	KasperSpan dnskey_negative;    /* N: min(Zone/SOA/TTL, Zone/SOA/Minimum) */
	KasperSpan max_zone_ttl;       /* S: Signatures/MaxZoneTTL */
	KasperSpan ds_ttl;             /* D: Parent/DS/TTL */
	KasperSpan ds_negative;        /* Nd: min(Parent/SOA/TTL, Parent/SOA/Minimum) */
	KasperSpan parent_propagation; /* P: Parent/PropagationDelay */
	KasperSpan registration_delay; /* Dreg: Parent/RegistrationDelay */
	KasperSpan publish_safety;     /* Sp */
	KasperSpan retire_safety;      /* Sr */
	KasperSpan validity;           /* V: Signatures/Validity/Default */
	KasperSpan validity_denial;    /* Vden */
	KasperSpan validity_keyset;    /* Vkey */
	KasperSpan refresh;            /* Ref */
	KasperSpan resign;             /* Res */
	KasperSpan jitter;             /* J */
	KasperSpan signer_delay;       /* L, if the signer cannot report */
	KasperSpan purge;              /* Keys/Purge; negative: never */
	KasperSpan rollover_notification; /* Enforcer/RolloverNotification; 0: off */
	guint8 level;                  /* KasperLevel */
	guint8 parent_model;           /* KasperParentModel */
	guint8 ds_evidence;            /* KasperEvidenceGrade */
	guint8 digests;                /* bit n set: a DS of digest type n is published */
	guint8 share_keys;             /* boolean */
	guint8 backup_holds_dnskey;    /* boolean: RequireBackup holds the DNSKEY, too */
	guint8 passthrough;            /* boolean: the zone is copied unsigned, no keys */
	guint8 n_demands;
	KasperDemand demands[KASPER_DEMANDS_MAX];
} KasperPolicy;

KASPER_EXPORT
guint kasper_policy_get_roll_gates(const gchar *roll_type);
KASPER_EXPORT
gboolean kasper_policy_is_roll_type(const gchar *roll_type, guint roles);

G_END_DECLS
