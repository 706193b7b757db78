/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-snapshot.h"

G_BEGIN_DECLS

/* the TTL that a version with this content has by the policy, or by the signer's report */
KasperSpan kasper_snapshot_get_ttl(const KasperSnapshot *self,
				   KasperLedgerKind kind,
				   const KasperVersion *content);
/* orders for roles become orders for the keys that there are */
void kasper_snapshot_take_orders(KasperSnapshot *self);
/* the goal is to be unsigned, one way or the other */
gboolean kasper_snapshot_is_insecure(const KasperSnapshot *self);
/* what the parent was last seen with is what we want, as far as keys go */
gboolean kasper_snapshot_is_parent_settled(const KasperSnapshot *self);
/* the DS of the key is at the parent: every server was last seen with it */
gboolean kasper_snapshot_is_ds_observed(const KasperSnapshot *self, guint slot);
void kasper_snapshot_update_ds_phases(KasperSnapshot *self);
/* the set that was submitted last counts as seen, as the policy says: by the clock alone */
void kasper_snapshot_assume_parent(KasperSnapshot *self, KasperTime seen_at);

/* for each record, the keys that are in all and in any of the versions that somebody may hold */
typedef struct {
	KasperKeySet all[KASPER_N_RECORDS];
	KasperKeySet any[KASPER_N_RECORDS];
} KasperPresence;

void kasper_snapshot_get_presence(const KasperSnapshot *self, KasperPresence *ret_presence);
KasperRecordState
kasper_presence_get_state(const KasperPresence *self, const KasperKey *key, guint slot, guint index);

/* the key's word of the 1.x tools without dates; see kasper_plan_describe_key() */
const gchar *kasper_snapshot_get_word(const KasperSnapshot *self,
				      const KasperPresence *presence,
				      guint slot);

#define KASPER_WORD_GENERATE   "generate"
#define KASPER_WORD_PUBLISH    "publish"
#define KASPER_WORD_READY      "ready"
#define KASPER_WORD_ACTIVE     "active"
#define KASPER_WORD_RETIRE     "retire"
#define KASPER_WORD_DEAD       "dead"
#define KASPER_WORD_DSSUB      "dssub"
#define KASPER_WORD_DSPUBLISH  "dspublish"
#define KASPER_WORD_DSREADY    "dsready"
#define KASPER_WORD_KEYPUBLISH "keypublish"
#define KASPER_WORD_REVOKE     "revoke"

G_END_DECLS
