/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What makes a prospect unsafe, and until when: the explanation for people.
 */
#include "kasper-safety.h"

/* how a version counts among those that a pair waits for: the first to go ends the wait */
static void
kasper_obstacle_consider(KasperObstacle *self,
			 const KasperProspect *prospect,
			 KasperLedgerKind kind,
			 guint at)
{
	const KasperVersion *version = kasper_prospect_get(prospect, kind, at);
	gboolean proposed = at == prospect->ledgers[kind].n_versions;
	gboolean ours = proposed || (version->flags & KASPER_VERSION_WANTED) != 0;
	KasperTime end = proposed ? KASPER_TIME_NEVER : version->end;

	if (end < self->until || (end == self->until && self->ours && !ours)) {
		self->until = end;
		self->kind = kind;
		self->ours = ours;
	}
}

/* R3 also comes to hold when no DS set is left that demands it: the last of them counts */
static void
kasper_obstacle_consider_demand(KasperObstacle *self,
				const KasperProspect *prospect,
				KasperKeySet missing)
{
	guint n_ds = kasper_prospect_count(prospect, KASPER_LEDGER_DS);
	KasperObstacle last = {.until = KASPER_TIME_UNSET};

	for (guint i = 0; i < n_ds; i++) {
		const KasperVersion *ds = kasper_prospect_get(prospect, KASPER_LEDGER_DS, i);
		KasperObstacle one = {.until = KASPER_TIME_NEVER, .ours = TRUE};

		if (!kasper_safety_is_signed(ds) ||
		    (self->rule == KASPER_RULE_DATA && !kasper_safety_is_unknown(ds) &&
		     (ds->keys & missing) == 0))
			continue;
		kasper_obstacle_consider(&one, prospect, KASPER_LEDGER_DS, i);
		one.kind = KASPER_LEDGER_DS;
		if (one.until > last.until || (one.until == last.until && last.ours && !one.ours))
			last = one;
	}
	if (last.until != KASPER_TIME_UNSET &&
	    (last.until < self->until || (last.until == self->until && self->ours && !last.ours))) {
		self->until = last.until;
		self->kind = last.kind;
		self->ours = last.ours;
	}
}

/* the failing pair that stays longest decides; of those that stay for ever, one of ours: nothing
 * else is worth waiting for before another record has moved */
static void
kasper_obstacle_merge(KasperObstacle *self, gboolean *found, const KasperObstacle *other)
{
	if (!*found || other->until > self->until ||
	    (other->until == self->until && !self->ours && other->ours))
		*self = *other;
	*found = TRUE;
}

static void
kasper_obstacle_find_chain(const KasperKeyring *keyring,
			   const KasperProspect *prospect,
			   guint at_keys,
			   KasperObstacle *obstacle,
			   gboolean *found)
{
	const KasperVersion *keys = kasper_prospect_get(prospect, KASPER_LEDGER_DNSKEY, at_keys);
	guint n_ds = kasper_prospect_count(prospect, KASPER_LEDGER_DS);

	for (guint i = 0; i < n_ds; i++) {
		const KasperVersion *ds = kasper_prospect_get(prospect, KASPER_LEDGER_DS, i);
		KasperObstacle one = {.until = KASPER_TIME_NEVER,
				      .kind = KASPER_LEDGER_DS,
				      .ours = TRUE};

		if (!kasper_safety_is_signed(ds) ||
		    kasper_safety_has_chain(keyring, ds, keys, &one.rule))
			continue;
		kasper_obstacle_consider(&one, prospect, KASPER_LEDGER_DS, i);
		kasper_obstacle_consider(&one, prospect, KASPER_LEDGER_DNSKEY, at_keys);
		kasper_obstacle_merge(obstacle, found, &one);
	}
}

static void
kasper_obstacle_find_data(const KasperKeyring *keyring,
			  const KasperProspect *prospect,
			  KasperKeySet demand,
			  guint at_keys,
			  KasperObstacle *obstacle,
			  gboolean *found)
{
	const KasperVersion *keys = kasper_prospect_get(prospect, KASPER_LEDGER_DNSKEY, at_keys);
	guint n_data = kasper_prospect_count(prospect, KASPER_LEDGER_DATA);

	for (guint i = 0; i < n_data; i++) {
		const KasperVersion *data = kasper_prospect_get(prospect, KASPER_LEDGER_DATA, i);
		KasperObstacle one = {.until = KASPER_TIME_NEVER,
				      .kind = KASPER_LEDGER_DATA,
				      .ours = TRUE};
		KasperKeySet missing =
		    kasper_safety_get_missing_data(keyring, demand, keys, data, &one.rule);

		if (missing == 0)
			continue;
		kasper_obstacle_consider(&one, prospect, KASPER_LEDGER_DNSKEY, at_keys);
		kasper_obstacle_consider(&one, prospect, KASPER_LEDGER_DATA, i);
		kasper_obstacle_consider_demand(&one, prospect, missing);
		kasper_obstacle_merge(obstacle, found, &one);
	}
}

gboolean
kasper_safety_find_obstacle(const KasperKeyring *keyring,
			    const KasperProspect *prospect,
			    KasperObstacle *ret_obstacle)
{
	guint n_keys = kasper_prospect_count(prospect, KASPER_LEDGER_DNSKEY);
	gboolean found = FALSE;
	KasperKeySet demand;

	if (!kasper_prospect_get_demand(prospect, &demand))
		return FALSE;
	for (guint i = 0; i < n_keys; i++) {
		kasper_obstacle_find_chain(keyring, prospect, i, ret_obstacle, &found);
		kasper_obstacle_find_data(keyring, prospect, demand, i, ret_obstacle, &found);
	}
	return found;
}
