/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-ledger-private.h"

KasperVersion *
kasper_ledger_find(KasperLedger *self, guint flags)
{
	for (guint i = 0; i < self->n_versions; i++) {
		if ((self->versions[i].flags & flags) == flags)
			return &self->versions[i];
	}
	return NULL;
}

KasperVersion *
kasper_ledger_find_content(KasperLedger *self, const KasperVersion *content, KasperSpan ttl)
{
	for (guint i = 0; i < self->n_versions; i++) {
		KasperVersion *version = &self->versions[i];

		if ((version->flags & KASPER_VERSION_CURRENT) != 0 &&
		    kasper_version_is_same(version, content) && (ttl < 0 || version->ttl == ttl))
			return version;
	}
	return NULL;
}

/* With no place left nothing can be told apart any longer: the last entry stands for anything,
 * which stops all withdrawals, until a person looks into it. */
static KasperVersion *
kasper_ledger_overflow(KasperLedger *self)
{
	KasperVersion *last = &self->versions[KASPER_VERSIONS_MAX - 1];

	last->flags |= (guint)KASPER_VERSION_UNKNOWN | (guint)KASPER_VERSION_CURRENT;
	last->end = KASPER_TIME_NEVER;
	return last;
}

KasperVersion *
kasper_ledger_insert(KasperLedger *self, const KasperVersion *version)
{
	KasperVersion *place;

	if (self->n_versions == KASPER_VERSIONS_MAX)
		return kasper_ledger_overflow(self);
	place = &self->versions[self->n_versions++];
	*place = *version;
	return place;
}

KasperVersion *
kasper_ledger_publish(KasperLedger *self,
		      const KasperVersion *content,
		      KasperTime now,
		      gboolean *ret_returned)
{
	KasperVersion *before = kasper_ledger_find(self, KASPER_VERSION_WANTED);
	KasperVersion *version;
	KasperVersion fresh = *content;

	if (before != NULL)
		before->flags &= ~(guint)KASPER_VERSION_WANTED;
	version = kasper_ledger_find_content(self, content, content->ttl);
	*ret_returned = version != NULL;
	if (version != NULL) {
		/* not gone after all */
		version->flags &= ~((guint)KASPER_VERSION_ASSUMED | (guint)KASPER_VERSION_WATCHED);
		version->flags |= KASPER_VERSION_WANTED;
		version->gone = KASPER_TIME_UNSET;
		version->end = KASPER_TIME_NEVER;
		return version;
	}
	fresh.flags = (guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_WANTED;
	fresh.since = now;
	fresh.gone = KASPER_TIME_UNSET;
	fresh.end = KASPER_TIME_NEVER;
	return kasper_ledger_insert(self, &fresh);
}

/* the later of two past versions with one content and one kind of end says it all */
static gboolean
kasper_ledger_is_covered(const KasperLedger *self, guint at)
{
	const KasperVersion *version = &self->versions[at];

	if ((version->flags & KASPER_VERSION_CURRENT) != 0)
		return FALSE;
	for (guint i = 0; i < self->n_versions; i++) {
		const KasperVersion *other = &self->versions[i];

		if (i != at && other->flags == version->flags && other->ttl == version->ttl &&
		    kasper_version_is_same(other, version) && other->gone >= version->gone &&
		    (other->end > version->end || (other->end == version->end && i < at)))
			return TRUE;
	}
	return FALSE;
}

void
kasper_ledger_drop_ended(KasperLedger *self, KasperTime now)
{
	guint i = 0;

	while (i < self->n_versions) {
		if (self->versions[i].end > now && !kasper_ledger_is_covered(self, i)) {
			i++;
			continue;
		}
		self->n_versions--;
		memmove(&self->versions[i],
			&self->versions[i + 1],
			(self->n_versions - i) * sizeof(KasperVersion));
	}
}

gboolean
kasper_ledger_is_pending(const KasperLedger *self, KasperLedgerKind kind)
{
	/* what the parent does is awaited by rules and gates, not by holding back submissions */
	if (kind == KASPER_LEDGER_DS)
		return FALSE;
	for (guint i = 0; i < self->n_versions; i++) {
		guint flags = self->versions[i].flags;

		if ((flags & ((guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_WANTED |
			      (guint)KASPER_VERSION_ASSUMED | (guint)KASPER_VERSION_UNKNOWN)) ==
		    KASPER_VERSION_CURRENT)
			return TRUE;
	}
	return FALSE;
}

gboolean
kasper_ledger_is_full(const KasperLedger *self)
{
	return self->n_versions + KASPER_VERSIONS_SPARE >= KASPER_VERSIONS_MAX;
}

gboolean
kasper_ledger_has_unknown(const KasperLedger *self)
{
	for (guint i = 0; i < self->n_versions; i++) {
		if ((self->versions[i].flags & KASPER_VERSION_UNKNOWN) != 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean
kasper_version_has(const KasperVersion *self, KasperField field, KasperKeySet key)
{
	if ((self->flags & KASPER_VERSION_UNKNOWN) != 0)
		return FALSE;
	return ((field == KASPER_FIELD_SIGNERS ? self->signers : self->keys) & key) != 0;
}

KasperTime
kasper_ledger_get_omnipresent_at(const KasperLedger *self, KasperField field, KasperKeySet key)
{
	KasperTime at = KASPER_TIME_UNSET;

	for (guint i = 0; i < self->n_versions; i++) {
		if (!kasper_version_has(&self->versions[i], field, key))
			at = MAX(at, self->versions[i].end);
	}
	return at;
}

KasperTime
kasper_ledger_get_hidden_at(const KasperLedger *self, KasperField field, KasperKeySet key)
{
	KasperTime at = KASPER_TIME_UNSET;

	for (guint i = 0; i < self->n_versions; i++) {
		if (kasper_version_has(&self->versions[i], field, key))
			at = MAX(at, self->versions[i].end);
	}
	return at;
}
