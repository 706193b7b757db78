/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-plan.h"
#include "kasper-snapshot.h"

G_BEGIN_DECLS

/* what of the keys matters to the rules: sets of them, by algorithm */
typedef struct {
	gboolean strict;     /* R2s and R3s hold as well */
	KasperKeySet usable; /* not revoked */
	guint n_algorithms;
	guint8 algorithms[KASPER_KEYS_MAX];	    /* ascending */
	KasperKeySet of_algorithm[KASPER_KEYS_MAX]; /* the keys of each */
} KasperKeyring;

/* the versions that somebody may hold, and what is proposed beside them */
typedef struct {
	const KasperLedger *ledgers;			 /* %KASPER_N_LEDGERS of them */
	const KasperVersion *proposed[KASPER_N_LEDGERS]; /* NULL: nothing new */
} KasperProspect;

/* what stands in the way of a prospect */
typedef struct {
	KasperRule rule;
	KasperTime until;      /* when it will have gone by itself; NEVER: not by itself */
	KasperLedgerKind kind; /* of the version whose end is awaited */
	gboolean ours;	       /* we want that version: another record has to come first */
} KasperObstacle;

void kasper_keyring_init(KasperKeyring *self, const KasperSnapshot *snapshot);
gboolean kasper_safety_is_safe(const KasperKeyring *keyring, const KasperProspect *prospect);
gboolean kasper_safety_is_no_worse(const KasperKeyring *keyring, const KasperProspect *prospect);

/* pairs and their parts; see kasper-safety.c */
guint kasper_prospect_count(const KasperProspect *self, KasperLedgerKind kind);
const KasperVersion *
kasper_prospect_get(const KasperProspect *self, KasperLedgerKind kind, guint at);
gboolean kasper_prospect_get_demand(const KasperProspect *self, KasperKeySet *ret_demand);
gboolean kasper_safety_is_unknown(const KasperVersion *version);
gboolean kasper_safety_is_signed(const KasperVersion *ds);
gboolean kasper_safety_has_chain(const KasperKeyring *self,
				 const KasperVersion *ds,
				 const KasperVersion *keys,
				 KasperRule *ret_rule);
KasperKeySet kasper_safety_get_missing_data(const KasperKeyring *self,
					    KasperKeySet demand,
					    const KasperVersion *keys,
					    const KasperVersion *data,
					    KasperRule *ret_rule);

/* the pair that fails for the longest time; FALSE: none fails */
gboolean kasper_safety_find_obstacle(const KasperKeyring *keyring,
				     const KasperProspect *prospect,
				     KasperObstacle *ret_obstacle);

G_END_DECLS
