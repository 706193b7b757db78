/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-key.h"

G_BEGIN_DECLS

/* a ledger that is full takes no further publication until a version has ended */
#define KASPER_VERSIONS_MAX 24

/* the digest types that a DS version is looked at by (R2, digest views): SHA-1, SHA-256, SHA-384 */
#define KASPER_N_VIEWS 3

typedef enum {
	KASPER_LEDGER_DS,
	KASPER_LEDGER_DNSKEY,
	KASPER_LEDGER_DATA,
	KASPER_N_LEDGERS,
} KasperLedgerKind;

typedef enum {
	KASPER_VERSION_CURRENT = 1 << 0,  /* may be served now */
	KASPER_VERSION_WANTED = 1 << 1,   /* what we ordered or submitted last */
	KASPER_VERSION_OBSERVED = 1 << 2, /* DS: what the parent was last seen to serve */
	KASPER_VERSION_UNKNOWN = 1 << 3,  /* adopted zone: fits nothing (rollover-model 2.1) */
	KASPER_VERSION_ASSUMED = 1 << 4,  /* its end rests on the clock, not on a look at the servers */
	KASPER_VERSION_ADDED_TO = 1 << 5, /* past: what replaced it only added */
	KASPER_VERSION_CUT_DOWN = 1 << 6, /* past: what replaced it only removed */
	/* DS: may come up yet, whatever was seen: wanted again before it was gone, at @since, or only
	 * thought to be there */
	KASPER_VERSION_RETURNED = 1 << 7,
	KASPER_VERSION_WATCHED = 1 << 8,  /* data: was seen; only a look that finds none ends it */
} KasperVersionFlag;

/**
 * KasperVersion: (skip)
 *
 * One content of an RRset (or, for data, one class of signatures) that somebody may hold.
 *
 * Since: 0.1
 */
typedef struct {
	KasperKeySet keys;    /* DS: keys with a DS; DNSKEY: keys in the set; data: keys that sign */
	KasperKeySet signers; /* DNSKEY: keys that sign the set */
	KasperKeySet views[KASPER_N_VIEWS]; /* DS: keys with a DS of each digest type */
	guint32 flags;        /* KasperVersionFlag, ored */
	KasperSpan ttl;       /* as served; of the negative answer if the content is empty */
	KasperTime since;     /* may be held from here on */
	KasperTime gone;      /* counted gone from the servers from here on; KASPER_TIME_UNSET: not yet */
	KasperTime end;       /* nobody holds it from here on; KASPER_TIME_NEVER while that is open */
} KasperVersion;

/**
 * KasperLedger: (skip)
 *
 * Every version of one of the three that somebody may still hold, and until when.
 *
 * Since: 0.1
 */
typedef struct {
	guint n_versions;
	KasperVersion versions[KASPER_VERSIONS_MAX];
} KasperLedger;

G_END_DECLS
