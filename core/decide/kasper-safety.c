/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one question that decides each step (rollover-model 2.5): does every DS version that
 * somebody may hold fit every DNSKEY version, and every DNSKEY version every version of the data?
 * Pairs say it all: what a DS set demands of a DNSKEY set and what it demands of the data are
 * separate, so no triple is ever formed.
 */
#include "kasper-safety.h"

#include "kasper-key-private.h"

void
kasper_keyring_init(KasperKeyring *self, const KasperSnapshot *snapshot)
{
	self->strict = snapshot->policy.level == KASPER_LEVEL_STRICT;
	self->usable = 0;
	self->n_algorithms = 0;
	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		const KasperKey *key = &snapshot->keys[slot];
		guint at = 0;

		if (key->number == 0)
			continue;
		if ((key->flags & KASPER_DNSKEY_REVOKE) == 0)
			self->usable |= KASPER_KEY_BIT(slot);
		while (at < self->n_algorithms && self->algorithms[at] < key->algorithm)
			at++;
		if (at == self->n_algorithms || self->algorithms[at] != key->algorithm) {
			for (guint i = self->n_algorithms; i > at; i--) {
				self->algorithms[i] = self->algorithms[i - 1];
				self->of_algorithm[i] = self->of_algorithm[i - 1];
			}
			self->algorithms[at] = key->algorithm;
			self->of_algorithm[at] = 0;
			self->n_algorithms++;
		}
		self->of_algorithm[at] |= KASPER_KEY_BIT(slot);
	}
}

/* --- what is looked at: the versions of a ledger, and a proposed one behind them --- */

guint
kasper_prospect_count(const KasperProspect *self, KasperLedgerKind kind)
{
	return self->ledgers[kind].n_versions + (self->proposed[kind] != NULL ? 1 : 0);
}

const KasperVersion *
kasper_prospect_get(const KasperProspect *self, KasperLedgerKind kind, guint at)
{
	const KasperLedger *ledger = &self->ledgers[kind];

	return at < ledger->n_versions ? &ledger->versions[at] : self->proposed[kind];
}

gboolean
kasper_safety_is_unknown(const KasperVersion *version)
{
	return (version->flags & KASPER_VERSION_UNKNOWN) != 0;
}

/* an empty DS set fits everything: the zone is insecure to who holds it, never bogus */
gboolean
kasper_safety_is_signed(const KasperVersion *ds)
{
	return ds->keys != 0 || kasper_safety_is_unknown(ds);
}

/* the keys of all DS versions; gives whether one of them is not empty */
gboolean
kasper_prospect_get_demand(const KasperProspect *self, KasperKeySet *ret_demand)
{
	guint n = kasper_prospect_count(self, KASPER_LEDGER_DS);
	gboolean signed_somewhere = FALSE;

	*ret_demand = 0;
	for (guint i = 0; i < n; i++) {
		const KasperVersion *ds = kasper_prospect_get(self, KASPER_LEDGER_DS, i);

		*ret_demand |= ds->keys;
		signed_somewhere |= kasper_safety_is_signed(ds);
	}
	return signed_somewhere;
}

/* --- pairs --- */

/* R2, and R2s: of each algorithm that the DS set names, in full and by digest type, a key with a DS
 * is in the DNSKEY set and signs it */
gboolean
kasper_safety_has_chain(const KasperKeyring *self,
			const KasperVersion *ds,
			const KasperVersion *keys,
			KasperRule *ret_rule)
{
	KasperKeySet signing = keys->keys & keys->signers & self->usable;

	*ret_rule = KASPER_RULE_TRUST;
	if (kasper_safety_is_unknown(ds) || kasper_safety_is_unknown(keys))
		return FALSE;
	for (guint i = 0; i < self->n_algorithms; i++) {
		KasperKeySet algorithm = self->of_algorithm[i];

		if ((ds->keys & algorithm) != 0 && (ds->keys & signing & algorithm) == 0)
			return FALSE;
		for (guint view = 0; view < KASPER_N_VIEWS; view++) {
			if ((ds->views[view] & algorithm) != 0 &&
			    (ds->views[view] & signing & algorithm) == 0)
				return FALSE;
		}
		if (self->strict && (keys->keys & self->usable & algorithm) != 0 &&
		    (signing & algorithm) == 0) {
			*ret_rule = KASPER_RULE_STRICT;
			return FALSE;
		}
	}
	return TRUE;
}

/* R3, and R3s: a key of each algorithm that any DS set names (strict: or this DNSKEY set) is in the
 * DNSKEY set and has signed the data. Gives the keys of the algorithms that fail */
KasperKeySet
kasper_safety_get_missing_data(const KasperKeyring *self,
			       KasperKeySet demand,
			       const KasperVersion *keys,
			       const KasperVersion *data,
			       KasperRule *ret_rule)
{
	KasperKeySet usable = keys->keys & self->usable;
	KasperKeySet missing = 0;

	*ret_rule = KASPER_RULE_DATA;
	if (kasper_safety_is_unknown(keys) || kasper_safety_is_unknown(data))
		return ~(KasperKeySet)0;
	for (guint i = 0; i < self->n_algorithms; i++) {
		KasperKeySet algorithm = self->of_algorithm[i];

		if ((usable & data->keys & algorithm) != 0)
			continue;
		if ((demand & algorithm) != 0) {
			missing |= algorithm;
		} else if (self->strict && (usable & algorithm) != 0) {
			missing |= algorithm;
			*ret_rule = KASPER_RULE_STRICT;
		}
	}
	return missing;
}

static gboolean
kasper_safety_is_pair_safe(const KasperKeyring *self,
			   const KasperVersion *ds,
			   const KasperVersion *keys)
{
	KasperRule rule;

	return !kasper_safety_is_signed(ds) || kasper_safety_has_chain(self, ds, keys, &rule);
}

gboolean
kasper_safety_is_safe(const KasperKeyring *keyring, const KasperProspect *prospect)
{
	guint n_ds = kasper_prospect_count(prospect, KASPER_LEDGER_DS);
	guint n_keys = kasper_prospect_count(prospect, KASPER_LEDGER_DNSKEY);
	guint n_data = kasper_prospect_count(prospect, KASPER_LEDGER_DATA);
	KasperKeySet demand;
	KasperRule rule;

	if (!kasper_prospect_get_demand(prospect, &demand))
		return TRUE;
	for (guint i = 0; i < n_keys; i++) {
		const KasperVersion *keys = kasper_prospect_get(prospect, KASPER_LEDGER_DNSKEY, i);

		for (guint j = 0; j < n_ds; j++) {
			if (!kasper_safety_is_pair_safe(
				keyring,
				kasper_prospect_get(prospect, KASPER_LEDGER_DS, j),
				keys))
				return FALSE;
		}
		for (guint j = 0; j < n_data; j++) {
			if (kasper_safety_get_missing_data(
				keyring,
				demand,
				keys,
				kasper_prospect_get(prospect, KASPER_LEDGER_DATA, j),
				&rule) != 0)
				return FALSE;
		}
	}
	return TRUE;
}

/* --- out of an invalid situation (rollover-model 2.7) --- */

/* what the version @at was before the proposal: itself, or what we wanted until now */
static const KasperVersion *
kasper_prospect_get_before(const KasperProspect *self, KasperLedgerKind kind, guint at)
{
	const KasperLedger *ledger = &self->ledgers[kind];

	if (at < ledger->n_versions)
		return &ledger->versions[at];
	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & KASPER_VERSION_WANTED) != 0)
			return &ledger->versions[i];
	}
	return NULL;
}

static gboolean
kasper_safety_is_chain_worse(const KasperKeyring *keyring,
			     const KasperProspect *prospect,
			     guint at_ds,
			     guint at_keys)
{
	const KasperVersion *ds = kasper_prospect_get_before(prospect, KASPER_LEDGER_DS, at_ds);
	const KasperVersion *keys =
	    kasper_prospect_get_before(prospect, KASPER_LEDGER_DNSKEY, at_keys);

	if (kasper_safety_is_pair_safe(
		keyring,
		kasper_prospect_get(prospect, KASPER_LEDGER_DS, at_ds),
		kasper_prospect_get(prospect, KASPER_LEDGER_DNSKEY, at_keys)))
		return FALSE;
	return ds == NULL || keys == NULL || kasper_safety_is_pair_safe(keyring, ds, keys);
}

/* the keys of DS sets whose demands have no end */
static KasperKeySet
kasper_prospect_get_lasting_demand(const KasperProspect *self)
{
	const KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];
	KasperKeySet demand = 0;

	for (guint i = 0; i < ledger->n_versions; i++) {
		if (ledger->versions[i].end == KASPER_TIME_NEVER)
			demand |= ledger->versions[i].keys;
	}
	return demand;
}

/* @before: the keys that DS sets named before the proposal; @demand: with it */
static gboolean
kasper_safety_is_data_worse(const KasperKeyring *keyring,
			    const KasperProspect *prospect,
			    KasperKeySet before,
			    KasperKeySet demand,
			    guint at_keys,
			    guint at_data)
{
	const KasperVersion *keys =
	    kasper_prospect_get_before(prospect, KASPER_LEDGER_DNSKEY, at_keys);
	const KasperVersion *data =
	    kasper_prospect_get_before(prospect, KASPER_LEDGER_DATA, at_data);
	KasperRule rule;
	KasperKeySet missing = kasper_safety_get_missing_data(
	    keyring,
	    demand,
	    kasper_prospect_get(prospect, KASPER_LEDGER_DNSKEY, at_keys),
	    kasper_prospect_get(prospect, KASPER_LEDGER_DATA, at_data),
	    &rule);

	if (missing == 0)
		return FALSE;
	return keys == NULL || data == NULL ||
	       (missing & ~kasper_safety_get_missing_data(keyring, before, keys, data, &rule)) != 0;
}

/* What fails because of an old DS heals when that has expired: no excuse for a new one. To who holds
 * no DS nothing fails at all */
static gboolean
kasper_safety_is_demand_worse(const KasperKeyring *keyring,
			      const KasperProspect *prospect,
			      guint at_keys,
			      guint at_data)
{
	const KasperVersion *ds = prospect->proposed[KASPER_LEDGER_DS];
	KasperKeySet lasting = kasper_prospect_get_lasting_demand(prospect);
	KasperRule rule;

	if (ds == NULL || ds->keys == 0)
		return FALSE;
	if (lasting == 0)
		return kasper_safety_get_missing_data(
			   keyring,
			   ds->keys,
			   kasper_prospect_get(prospect, KASPER_LEDGER_DNSKEY, at_keys),
			   kasper_prospect_get(prospect, KASPER_LEDGER_DATA, at_data),
			   &rule) != 0;
	return kasper_safety_is_data_worse(
	    keyring, prospect, lasting, ds->keys, at_keys, at_data);
}

/* Whether nothing fails with the proposal that does not fail without it, nor for longer. Good enough
 * for adding something to a zone that is invalid already, never for taking something away. */
gboolean
kasper_safety_is_no_worse(const KasperKeyring *keyring, const KasperProspect *prospect)
{
	guint n_ds = kasper_prospect_count(prospect, KASPER_LEDGER_DS);
	guint n_keys = kasper_prospect_count(prospect, KASPER_LEDGER_DNSKEY);
	guint n_data = kasper_prospect_count(prospect, KASPER_LEDGER_DATA);
	KasperProspect without = {.ledgers = prospect->ledgers};
	KasperKeySet before, demand;
	gboolean was_signed = kasper_prospect_get_demand(&without, &before);

	if (!kasper_prospect_get_demand(prospect, &demand))
		return TRUE;
	if (!was_signed)
		return kasper_safety_is_safe(keyring, prospect);
	for (guint i = 0; i < n_keys; i++) {
		for (guint j = 0; j < n_ds; j++) {
			if (kasper_safety_is_chain_worse(keyring, prospect, j, i))
				return FALSE;
		}
		for (guint j = 0; j < n_data; j++) {
			if (kasper_safety_is_data_worse(
				keyring, prospect, before, demand, i, j) ||
			    kasper_safety_is_demand_worse(keyring, prospect, i, j))
				return FALSE;
		}
	}
	return TRUE;
}
