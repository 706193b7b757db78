/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parent is known to serve. The sets that were submitted have counted since they were
 * committed; an observation tells which sets have left the parent's servers.
 *
 * A parent that adds before it removes serves the union of two sets for a while. The ledger need
 * not hold it: a union passes the rules where both sets do, every record of it is in one of them,
 * and it leaves the servers no later than they do (see test-safety).
 */
#include "kasper-ledger-private.h"
#include "kasper-snapshot-private.h"
#include "kasper-timing.h"

/* the version that is served now; content and TTL are facts */
static KasperVersion *
kasper_parent_enter(KasperSnapshot *self, const KasperVersion *content)
{
	KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];
	KasperVersion *version = kasper_ledger_find_content(ledger, content, content->ttl);
	KasperVersion fresh = *content;

	if (version == NULL) {
		version = kasper_ledger_find_content(ledger, content, -1);
		if (version != NULL && (version->flags & KASPER_VERSION_OBSERVED) == 0) {
			/* submitted and not seen until now: the TTL was a guess */
			version->ttl = MAX(version->ttl, content->ttl);
		} else {
			fresh.flags = KASPER_VERSION_CURRENT;
			fresh.since = self->now;
			if (version != NULL) {
				guint moved =
				    (guint)KASPER_VERSION_WANTED | (guint)KASPER_VERSION_RETURNED;

				fresh.flags |= version->flags & moved;
				fresh.since = version->since;
				version->flags &= ~moved;
			}
			fresh.gone = KASPER_TIME_UNSET;
			fresh.end = KASPER_TIME_NEVER;
			version = kasper_ledger_insert(ledger, &fresh);
		}
	}
	version->flags |= KASPER_VERSION_OBSERVED;
	return version;
}

static KasperVersion
kasper_parent_get_content(const KasperSnapshot *self,
			  KasperKeySet keys,
			  const KasperKeySet *views,
			  KasperSpan ttl)
{
	KasperVersion content = {.keys = keys};

	if (views == NULL) {
		kasper_version_set_digests(&content, &self->policy);
	} else {
		for (guint i = 0; i < KASPER_N_VIEWS; i++)
			content.views[i] = views[i];
	}
	content.ttl = MAX(ttl, kasper_snapshot_get_ttl(self, KASPER_LEDGER_DS, &content));
	return content;
}

/* Is @version, which is not shown, out of the way for good? The parent takes submissions in order.
 * So what was submitted before the wanted set is, once the wanted set is shown: provided that
 * this one was submitted only once, since otherwise it may be the earlier time that we see. Then,
 * and where the wanted set is what has been shown all the time, `Dreg` tells. */
static gboolean
kasper_parent_is_drained(const KasperSnapshot *self,
			 const KasperVersion *version,
			 const KasperVersion *seen,
			 KasperTime seen_at)
{
	const KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];
	const KasperVersion *wanted = NULL;

	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & KASPER_VERSION_WANTED) != 0)
			wanted = &ledger->versions[i];
	}
	/* digest types are the parent's choice */
	if (wanted == NULL || wanted->keys != seen->keys)
		return FALSE;
	if (self->submission == 0)
		return TRUE;
	if (self->submitted_at == KASPER_TIME_UNSET)
		return FALSE;
	if ((wanted->flags & KASPER_VERSION_RETURNED) == 0 && version->since < wanted->since)
		return TRUE;
	return seen_at >= kasper_timing_get_assumed_publication(&self->policy, self->submitted_at);
}

/* @version is served no longer; a wanted set stays possible, and so does one that was submitted
 * after it had been seen and then superseded */
static void
kasper_parent_let_go(KasperSnapshot *self,
		     KasperVersion *version,
		     const KasperVersion *seen,
		     KasperTime seen_at)
{
	guint flags = version->flags;
	gboolean replaced =
	    (flags & ((guint)KASPER_VERSION_OBSERVED | (guint)KASPER_VERSION_RETURNED)) ==
	    KASPER_VERSION_OBSERVED;

	version->flags &= ~(guint)KASPER_VERSION_OBSERVED;
	if ((flags & (guint)KASPER_VERSION_CURRENT) == 0 ||
	    (flags & ((guint)KASPER_VERSION_WANTED | (guint)KASPER_VERSION_UNKNOWN)) != 0)
		return;
	if (replaced || kasper_parent_is_drained(self, version, seen, seen_at))
		kasper_version_retire(version, seen, seen_at, KASPER_LEDGER_DS, &self->policy);
}

/**
 * kasper_snapshot_take_parent_set: (skip)
 * @self: a snapshot
 * @keys: the keys with a DS
 * @views: (nullable): those with a DS of each digest type; %NULL: as the policy publishes them
 * @ttl: the TTL with which the set is served, in seconds; 0: not known
 * @seen_at: when the round of questions ended
 *
 * All of the parent's servers show this DS set. What they showed before is gone; a set that was
 * submitted and superseded is gone if the parent has settled on the last one.
 *
 * Since: 0.1
 */
void
kasper_snapshot_take_parent_set(KasperSnapshot *self,
				KasperKeySet keys,
				const KasperKeySet views[KASPER_N_VIEWS],
				KasperSpan ttl,
				KasperTime seen_at)
{
	KasperVersion content = kasper_parent_get_content(self, keys, views, ttl);
	KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];
	const KasperVersion *seen = kasper_parent_enter(self, &content);

	for (guint i = 0; i < ledger->n_versions; i++) {
		if (&ledger->versions[i] != seen)
			kasper_parent_let_go(self, &ledger->versions[i], seen, seen_at);
	}
	self->ds_seen_at = seen_at;
	kasper_snapshot_update_ds_phases(self);
}

/**
 * kasper_snapshot_take_parent_variant: (skip)
 * @self: a snapshot
 * @keys: the keys with a DS
 * @views: (nullable): those with a DS of each digest type; %NULL: as the policy publishes them
 * @ttl: the TTL with which the set is served, in seconds; 0: not known
 * @seen_at: when it was seen
 *
 * Some of the parent's servers show this DS set, others another one: all of them count.
 *
 * Since: 0.1
 */
void
kasper_snapshot_take_parent_variant(KasperSnapshot *self,
				    KasperKeySet keys,
				    const KasperKeySet views[KASPER_N_VIEWS],
				    KasperSpan ttl,
				    KasperTime seen_at)
{
	KasperVersion content = kasper_parent_get_content(self, keys, views, ttl);

	kasper_parent_enter(self, &content);
	self->ds_seen_at = seen_at;
	kasper_snapshot_update_ds_phases(self);
}

void
kasper_snapshot_assume_parent(KasperSnapshot *self, KasperTime seen_at)
{
	KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];
	const KasperVersion *wanted = kasper_ledger_find(ledger, KASPER_VERSION_WANTED);
	KasperVersion content;

	if (wanted == NULL)
		return;
	content = *wanted;
	kasper_snapshot_take_parent_set(self, content.keys, content.views, 0, seen_at);
	for (guint i = 0; i < ledger->n_versions; i++) {
		KasperVersion *version = &ledger->versions[i];

		if ((version->flags & KASPER_VERSION_CURRENT) == 0 && version->gone == seen_at)
			version->flags |= KASPER_VERSION_ASSUMED;
	}
}
