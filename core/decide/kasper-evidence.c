/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the signer is known to have published: old versions of the DNSKEY RRset and of the
 * signatures get an end. The new ones have counted since their order was committed.
 */
#include "kasper-ledger-private.h"
#include "kasper-snapshot-private.h"
#include "kasper-timing.h"

/* does the signer replace the signatures of @old one by one, so that some are still served? */
static gboolean
kasper_evidence_is_gradual(const KasperVersion *old,
			   const KasperVersion *wanted,
			   const KasperSignerReport *report)
{
	gboolean drops = (old->keys & ~wanted->keys) != 0;
	gboolean adds = (wanted->keys & ~old->keys) != 0;

	if (report->all_replaced || !drops)
		return FALSE;
	/* signatures that are only left out leave in one pass, unless a look shows otherwise */
	return adds || !report->assumed;
}

static void
kasper_evidence_retire(KasperVersion *version,
		       const KasperVersion *wanted,
		       KasperTime gone,
		       KasperLedgerKind kind,
		       gboolean assumed,
		       const KasperPolicy *policy)
{
	kasper_version_retire(version, wanted, gone, kind, policy);
	version->flags &= ~(guint)KASPER_VERSION_ASSUMED;
	if (assumed)
		version->flags |= KASPER_VERSION_ASSUMED;
}

/* a TTL that nobody ordered is served all the same, beside the one that was ordered */
static void
kasper_evidence_add_served_ttl(KasperSnapshot *self, KasperSpan ttl)
{
	KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DNSKEY];
	const KasperVersion *wanted = kasper_ledger_find(ledger, KASPER_VERSION_WANTED);
	KasperVersion served = *wanted;

	if (ttl <= wanted->ttl || kasper_ledger_find_content(ledger, wanted, ttl) != NULL)
		return;
	served.flags = (guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_ASSUMED;
	served.ttl = ttl;
	served.since = self->now;
	kasper_ledger_insert(ledger, &served);
}

static void
kasper_evidence_confirm_keys(KasperSnapshot *self,
			     const KasperSignerReport *report,
			     KasperTime gone)
{
	KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DNSKEY];
	const KasperVersion *wanted = kasper_ledger_find(ledger, KASPER_VERSION_WANTED);

	for (guint i = 0; i < ledger->n_versions; i++) {
		KasperVersion *version = &ledger->versions[i];

		if ((version->flags & (guint)KASPER_VERSION_CURRENT) == 0 || version == wanted ||
		    (version->flags & (guint)KASPER_VERSION_UNKNOWN) != 0)
			continue;
		/* served with another TTL than the one that was ordered: with one that was ordered
		 * before, perhaps. Nobody waits for the signer to change its mind */
		if (report->dnskey_ttl > wanted->ttl && version->ttl == report->dnskey_ttl &&
		    kasper_version_is_same(version, wanted)) {
			version->flags |= KASPER_VERSION_ASSUMED;
			continue;
		}
		kasper_evidence_retire(version,
				       wanted,
				       gone,
				       KASPER_LEDGER_DNSKEY,
				       report->assumed,
				       &self->policy);
	}
	kasper_evidence_add_served_ttl(self, report->dnskey_ttl);
}

/* a class of signatures that is still served in part. Where somebody looks, only a look that finds
 * none of them ends it; else the time does in which the signer replaces all */
static void
kasper_evidence_keep_class(KasperVersion *version,
			   const KasperVersion *wanted,
			   const KasperSignerReport *report,
			   KasperTime now,
			   KasperTime published,
			   const KasperPolicy *policy)
{
	gboolean counted = version->gone != KASPER_TIME_UNSET;
	KasperTime gone = version->gone;

	if (counted && report->assumed && (version->flags & (guint)KASPER_VERSION_WATCHED) == 0)
		return;
	if (!counted)
		gone = kasper_time_add(published, kasper_timing_get_replacement(policy));
	else if (!report->assumed)
		gone = MAX(gone, now); /* it was seen, whatever was reckoned */
	kasper_evidence_retire(version, wanted, gone, KASPER_LEDGER_DATA, TRUE, policy);
	version->flags |= KASPER_VERSION_CURRENT;
	if (report->watched) {
		version->flags |= KASPER_VERSION_WATCHED;
		version->end = KASPER_TIME_NEVER;
	}
}

/* a class of signatures that the last order replaces */
static void
kasper_evidence_confirm_class(KasperSnapshot *self,
			      KasperVersion *version,
			      const KasperVersion *wanted,
			      const KasperSignerReport *report,
			      KasperTime gone)
{
	gboolean watched = (version->flags & KASPER_VERSION_WATCHED) != 0;

	if (kasper_evidence_is_gradual(version, wanted, report)) {
		kasper_evidence_keep_class(version, wanted, report, self->now, gone, &self->policy);
		return;
	}
	if ((version->flags & KASPER_VERSION_CURRENT) == 0)
		return;
	if (version->gone != KASPER_TIME_UNSET && !watched)
		gone = MIN(version->gone, gone);
	kasper_evidence_retire(version,
			       wanted,
			       gone,
			       KASPER_LEDGER_DATA,
			       report->assumed,
			       &self->policy);
}

static void
kasper_evidence_update_gradual(KasperSnapshot *self)
{
	const KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DATA];

	self->gradual_until = KASPER_TIME_UNSET;
	for (guint i = 0; i < ledger->n_versions; i++) {
		const KasperVersion *version = &ledger->versions[i];

		if ((version->flags & KASPER_VERSION_CURRENT) != 0 &&
		    version->gone != KASPER_TIME_UNSET)
			self->gradual_until = MAX(self->gradual_until, version->gone);
	}
}

static void
kasper_evidence_confirm_data(KasperSnapshot *self,
			     const KasperSignerReport *report,
			     KasperTime gone)
{
	KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DATA];
	const KasperVersion *wanted = kasper_ledger_find(ledger, KASPER_VERSION_WANTED);
	guint counts = (guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_ASSUMED;

	for (guint i = 0; i < ledger->n_versions; i++) {
		KasperVersion *version = &ledger->versions[i];

		if (version != wanted && (version->flags & counts) != 0 &&
		    (version->flags & (guint)KASPER_VERSION_UNKNOWN) == 0)
			kasper_evidence_confirm_class(self, version, wanted, report, gone);
	}
	kasper_evidence_update_gradual(self);
}

/* the largest TTL in the zone was read: what is served now may be held that long */
static void
kasper_evidence_take_served_ttl(KasperSnapshot *self, KasperSpan max_ttl, KasperTime gone)
{
	KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DATA];
	KasperVersion *wanted = kasper_ledger_find(ledger, KASPER_VERSION_WANTED);
	KasperVersion lower = *wanted;

	if (max_ttl <= 0)
		return;
	self->served_ttl = max_ttl;
	lower.ttl = MAX(self->policy.max_zone_ttl, max_ttl);
	for (guint i = 0; i < ledger->n_versions; i++) {
		KasperVersion *version = &ledger->versions[i];

		if ((version->flags & KASPER_VERSION_CURRENT) != 0)
			version->ttl = MAX(version->ttl, lower.ttl);
	}
	if (lower.ttl >= wanted->ttl)
		return;
	/* a cap took effect: caches have the same signatures with the larger TTL */
	lower.since = self->now;
	kasper_version_retire(wanted, &lower, gone, KASPER_LEDGER_DATA, &self->policy);
	kasper_ledger_insert(ledger, &lower);
}

/**
 * kasper_snapshot_take_signer_report: (skip)
 * @self: a snapshot
 * @report: what was read back from the signer
 *
 * A revision is published: what it replaced is counted gone from the servers, and leaves the
 * ledgers when nobody can hold it any longer (rollover-model 2.2). A report about another revision
 * than the last one that was ordered changes nothing: the wait goes on.
 *
 * Since: 0.1
 */
void
kasper_snapshot_take_signer_report(KasperSnapshot *self, const KasperSignerReport *report)
{
	KasperTime gone = report->published_at;

	if (report->revision <= 0 || report->revision > self->revision)
		return;
	self->confirmed = MAX(self->confirmed, report->revision);
	if (report->revision != self->revision)
		return;
	for (guint kind = KASPER_LEDGER_DNSKEY; kind <= KASPER_LEDGER_DATA; kind++) {
		if (kasper_ledger_find(&self->ledgers[kind], KASPER_VERSION_WANTED) == NULL)
			return;
	}
	/* nothing can be published before it was ordered, whatever the signer's clock says */
	if (self->ordered_at != KASPER_TIME_UNSET)
		gone = MAX(gone, self->ordered_at);
	/* where nobody has looked, the signer has the time that it is said to need: L */
	if (report->assumed)
		gone = kasper_time_add(gone, self->policy.signer_delay);
	kasper_evidence_confirm_keys(self, report, gone);
	kasper_evidence_take_served_ttl(self, report->max_ttl, gone);
	kasper_evidence_confirm_data(self, report, gone);
}

/**
 * kasper_snapshot_take_submission: (skip)
 * @self: a snapshot
 * @submission: the number of a submission
 * @accepted_at: when the channel took it
 *
 * The counterparty has the DS set, which is not publication. An answer to an earlier submission
 * than the last changes nothing.
 *
 * Since: 0.1
 */
void
kasper_snapshot_take_submission(KasperSnapshot *self, gint64 submission, KasperTime accepted_at)
{
	if (submission != self->submission || submission == 0 ||
	    self->submitted_at != KASPER_TIME_UNSET)
		return;
	self->submitted_at = accepted_at;
	kasper_snapshot_update_ds_phases(self);
}
