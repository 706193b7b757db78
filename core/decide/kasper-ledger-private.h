/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-ledger.h"
#include "kasper-policy.h"

G_BEGIN_DECLS

/* places that our own publications leave free, for what the world shows unasked */
#define KASPER_VERSIONS_SPARE 6

gboolean kasper_version_is_same(const KasperVersion *self, const KasperVersion *other);
gboolean kasper_version_is_part(const KasperVersion *self, const KasperVersion *whole);
/* what a DS set of @keys looks like that is made with the policy's digest types */
void kasper_version_set_digests(KasperVersion *self, const KasperPolicy *policy);
/* the servers have had @successor in place of @self since @gone: from now on it has an end */
void kasper_version_retire(KasperVersion *self,
			   const KasperVersion *successor,
			   KasperTime gone,
			   KasperLedgerKind kind,
			   const KasperPolicy *policy);
/* its end, reckoned with today's policy; never earlier than it was thought before */
void kasper_version_review(KasperVersion *self, KasperLedgerKind kind, const KasperPolicy *policy);

/* the first version that has all of @flags; NULL if there is none */
KasperVersion *kasper_ledger_find(KasperLedger *self, guint flags);
/* the current version with this content, and, unless @ttl is negative, with this TTL */
KasperVersion *
kasper_ledger_find_content(KasperLedger *self, const KasperVersion *content, KasperSpan ttl);
KasperVersion *kasper_ledger_insert(KasperLedger *self, const KasperVersion *version);
/* a new version of what is published; the one before it stays until it is confirmed gone. Gives
 * it, and tells whether it is a version that was not gone yet */
KasperVersion *kasper_ledger_publish(KasperLedger *self,
				     const KasperVersion *content,
				     KasperTime now,
				     gboolean *ret_returned);
void kasper_ledger_drop_ended(KasperLedger *self, KasperTime now);
/* the servers have not confirmed the last publication yet */
gboolean kasper_ledger_is_pending(const KasperLedger *self, KasperLedgerKind kind);
gboolean kasper_ledger_is_full(const KasperLedger *self);
gboolean kasper_ledger_has_unknown(const KasperLedger *self);

/* which field of a version a record is looked up in */
typedef enum {
	KASPER_FIELD_KEYS,
	KASPER_FIELD_SIGNERS,
} KasperField;

/* when all versions will have @key if nothing else happens; NEVER: a current one lacks it */
KasperTime
kasper_ledger_get_omnipresent_at(const KasperLedger *self, KasperField field, KasperKeySet key);
/* when no version will have @key; NEVER: a current one has it; UNSET: none has it */
KasperTime
kasper_ledger_get_hidden_at(const KasperLedger *self, KasperField field, KasperKeySet key);

/* the place of a digest type among the views; -1: none that anybody looks at */
gint kasper_digest_get_view(guint digest);

G_END_DECLS
