/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-key-private.h"
#include "kasper-ledger-private.h"
#include "kasper-snapshot-private.h"
#include "kasper-timing.h"

/**
 * kasper_snapshot_init: (skip)
 * @self: memory for a snapshot
 * @policy: the zone's policy, which is copied
 * @now: the time
 *
 * Makes a snapshot of a zone without keys, about which nothing is known yet: until it is told what
 * is published, with kasper_snapshot_adopt_unsigned() or kasper_snapshot_adopt_records(), no
 * decision publishes anything.
 *
 * Since: 0.1
 */
void
kasper_snapshot_init(KasperSnapshot *self, const KasperPolicy *policy, KasperTime now)
{
	*self = (KasperSnapshot){
	    .now = now,
	    .highest_time = now,
	    .ordered_at = KASPER_TIME_UNSET,
	    .gradual_until = KASPER_TIME_UNSET,
	    .submitted_at = KASPER_TIME_UNSET,
	    .ds_seen_at = KASPER_TIME_UNSET,
	    .policy = *policy,
	};
}

KasperSpan
kasper_snapshot_get_ttl(const KasperSnapshot *self,
			KasperLedgerKind kind,
			const KasperVersion *content)
{
	const KasperPolicy *policy = &self->policy;

	switch (kind) {
	case KASPER_LEDGER_DS:
		return content->keys != 0 ? policy->ds_ttl : policy->ds_negative;
	case KASPER_LEDGER_DNSKEY:
		return content->keys != 0 ? policy->dnskey_ttl : policy->dnskey_negative;
	case KASPER_LEDGER_DATA:
		return MAX(policy->max_zone_ttl, self->served_ttl);
	case KASPER_N_LEDGERS:
		break;
	}
	g_assert_not_reached();
}

/* @content is, as far as anybody knows, all that is served */
static void
kasper_snapshot_settle(KasperSnapshot *self, KasperLedgerKind kind, KasperVersion content)
{
	KasperLedger *ledger = &self->ledgers[kind];
	KasperVersion *version;
	gboolean returned;

	ledger->n_versions = 0;
	content.ttl = kasper_snapshot_get_ttl(self, kind, &content);
	version = kasper_ledger_publish(ledger, &content, self->now, &returned);
	if (kind == KASPER_LEDGER_DS)
		version->flags |= KASPER_VERSION_OBSERVED;
}

/**
 * kasper_snapshot_adopt_unsigned: (skip)
 * @self: a snapshot
 *
 * The zone is served without signatures and has no DS, as every zone does that is signed for the
 * first time. What caches may hold of that are negative answers, for as long as their TTLs say
 * (RFC 2308): rollover-model G17.
 *
 * Since: 0.1
 */
void
kasper_snapshot_adopt_unsigned(KasperSnapshot *self)
{
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++)
		kasper_snapshot_settle(self, kind, (KasperVersion){0});
}

static KasperVersion
kasper_snapshot_get_content(const KasperSnapshot *self, KasperLedgerKind kind)
{
	KasperVersion content = {0};

	for (guint slot = 0; slot < self->n_keys; slot++) {
		guint records = self->keys[slot].number != 0 ? self->keys[slot].records : 0;
		guint wanted = kind == KASPER_LEDGER_DS	      ? KASPER_RECORD_DS
			       : kind == KASPER_LEDGER_DNSKEY ? KASPER_RECORD_DNSKEY
							      : KASPER_RECORD_RSZ;

		if ((records & wanted) != 0)
			content.keys |= KASPER_KEY_BIT(slot);
		if (kind == KASPER_LEDGER_DNSKEY && (records & KASPER_RECORD_RSK) != 0)
			content.signers |= KASPER_KEY_BIT(slot);
	}
	content.signers &= content.keys;
	if (kind == KASPER_LEDGER_DS)
		kasper_version_set_digests(&content, &self->policy);
	return content;
}

/**
 * kasper_snapshot_adopt_records: (skip)
 * @self: a snapshot whose keys have their @records set as the world shows them
 *
 * The zone is signed already, by these keys; what was published before is unknown. So besides the
 * present versions each ledger gets one that fits nothing, until everything that may have been
 * cached before now has expired. Nothing is withdrawn before that (rollover-model 2.12.19).
 *
 * Since: 0.1
 */
void
kasper_snapshot_adopt_records(KasperSnapshot *self)
{
	const KasperPolicy *policy = &self->policy;
	KasperSpan longest = MAX(policy->dnskey_ttl, MAX(policy->max_zone_ttl, self->served_ttl));

	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		KasperVersion present = kasper_snapshot_get_content(self, kind);
		KasperVersion unknown = {.since = self->now};

		kasper_snapshot_settle(self, kind, present);
		unknown.flags = KASPER_VERSION_UNKNOWN;
		unknown.ttl = kind == KASPER_LEDGER_DS ? policy->ds_ttl : longest;
		kasper_version_retire(&unknown, &present, self->now, kind, policy);
		unknown.flags = KASPER_VERSION_UNKNOWN;
		kasper_version_review(&unknown, kind, policy);
		kasper_ledger_insert(&self->ledgers[kind], &unknown);
	}
	kasper_snapshot_update_ds_phases(self);
}

/**
 * kasper_snapshot_take_absence: (skip)
 * @self: a snapshot of a zone that was deleted and is ours again
 *
 * The signer was told to forget the zone, and nobody knows how it is served: as it was ordered
 * last, or unsigned. Both count until the signer has published the next order, which is due at
 * once. What the parent serves did not change by that.
 *
 * Since: 0.1
 */
void
kasper_snapshot_take_absence(KasperSnapshot *self)
{
	if (self->revision == 0)
		return;
	for (guint kind = KASPER_LEDGER_DNSKEY; kind <= KASPER_LEDGER_DATA; kind++) {
		KasperLedger *ledger = &self->ledgers[kind];
		KasperVersion bare = {.flags = KASPER_VERSION_CURRENT,
				      .since = self->now,
				      .gone = KASPER_TIME_UNSET,
				      .end = KASPER_TIME_NEVER};

		bare.ttl = kasper_snapshot_get_ttl(self, kind, &bare);
		if (kasper_ledger_find_content(ledger, &bare, bare.ttl) == NULL)
			kasper_ledger_insert(ledger, &bare);
	}
	self->revision++;
	self->ordered_at = self->now;
}

void
kasper_snapshot_take_orders(KasperSnapshot *self)
{
	for (guint slot = 0; slot < self->n_keys && self->roll_roles != 0; slot++) {
		KasperKey *key = &self->keys[slot];

		if (key->number != 0 && key->goal == KASPER_GOAL_IN && !key->standby &&
		    (key->roles & ~(guint)self->roll_roles) == 0)
			key->roll |= KASPER_ROLL_ASKED;
	}
	self->roll_roles = 0;
}

/**
 * kasper_snapshot_add_key: (skip)
 * @self: a snapshot
 * @key: number, store, tag, bits, flags, algorithm, roles, backup, availability, origin, created
 *   and standby of the key; all else is set to what a new key has
 *
 * Gives the zone a key that is to be used from now on.
 *
 * Returns: its slot, or -1 if the zone has %KASPER_KEYS_MAX keys already
 *
 * Since: 0.1
 */
gint
kasper_snapshot_add_key(KasperSnapshot *self, const KasperKey *key)
{
	KasperKey *place;
	guint slot = 0;

	while (slot < self->n_keys && self->keys[slot].number != 0)
		slot++;
	if (slot == KASPER_KEYS_MAX)
		return -1;
	self->n_keys = MAX(self->n_keys, slot + 1);
	/* a key that comes after an order is the answer to it, and not meant by it */
	kasper_snapshot_take_orders(self);
	place = &self->keys[slot];
	*place = *key;
	place->goal = KASPER_GOAL_IN;
	place->records = 0;
	place->ds_phase = KASPER_DS_UNSUBMITTED;
	place->keep = FALSE;
	place->roll = FALSE;
	for (guint i = 0; i < KASPER_N_RECORDS; i++) {
		gboolean has = (kasper_role_get_records(key->roles) >> i & 1) != 0;

		place->state[i] = has ? KASPER_RECORD_HIDDEN : KASPER_RECORD_NA;
		place->since[i] = self->now;
	}
	place->published = KASPER_TIME_UNSET;
	place->ready = KASPER_TIME_UNSET;
	place->active = KASPER_TIME_UNSET;
	place->retired = KASPER_TIME_UNSET;
	place->dead = KASPER_TIME_UNSET;
	return (gint)slot;
}

/**
 * kasper_snapshot_find_key: (skip)
 * @self: a snapshot
 * @number: the number of a key pair in the store
 *
 * Returns: the slot of the key, or -1
 *
 * Since: 0.1
 */
gint
kasper_snapshot_find_key(const KasperSnapshot *self, gint64 number)
{
	for (guint slot = 0; number != 0 && slot < self->n_keys; slot++) {
		if (self->keys[slot].number == number)
			return (gint)slot;
	}
	return -1;
}

/**
 * kasper_snapshot_remove_key: (skip)
 * @self: a snapshot
 * @slot: the slot of a dead key
 *
 * Takes a key from the zone. A key that some version still names is left where it is: the slot
 * must not get another meaning while the ledgers use it.
 *
 * Since: 0.1
 */
void
kasper_snapshot_remove_key(KasperSnapshot *self, guint slot)
{
	KasperPresence presence;

	kasper_snapshot_get_presence(self, &presence);
	for (guint i = 0; i < KASPER_N_RECORDS; i++) {
		if ((presence.any[i] & KASPER_KEY_BIT(slot)) != 0)
			return;
	}
	self->keys[slot] = (KasperKey){0};
	while (self->n_keys > 0 && self->keys[self->n_keys - 1].number == 0)
		self->n_keys--;
}

gboolean
kasper_snapshot_is_insecure(const KasperSnapshot *self)
{
	return self->insecure || self->policy.passthrough;
}

gboolean
kasper_snapshot_is_ds_observed(const KasperSnapshot *self, guint slot)
{
	const KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];
	gboolean seen = FALSE;

	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & KASPER_VERSION_OBSERVED) == 0)
			continue;
		if ((ledger->versions[i].keys & KASPER_KEY_BIT(slot)) == 0)
			return FALSE;
		seen = TRUE;
	}
	return seen;
}

gboolean
kasper_snapshot_is_parent_settled(const KasperSnapshot *self)
{
	const KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];
	KasperKeySet wanted = 0;

	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & KASPER_VERSION_WANTED) != 0)
			wanted = ledger->versions[i].keys;
	}
	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & KASPER_VERSION_CURRENT) != 0 &&
		    ledger->versions[i].keys != wanted)
			return FALSE;
	}
	return TRUE;
}

static void
kasper_presence_add(KasperPresence *self, guint index, KasperKeySet keys, gboolean unknown)
{
	self->all[index] &= unknown ? 0 : keys;
	self->any[index] |= unknown ? 0 : keys;
}

void
kasper_snapshot_get_presence(const KasperSnapshot *self, KasperPresence *ret_presence)
{
	static const guint index_of[KASPER_N_LEDGERS] = {
	    [KASPER_LEDGER_DS] = KASPER_INDEX_DS,
	    [KASPER_LEDGER_DNSKEY] = KASPER_INDEX_DNSKEY,
	    [KASPER_LEDGER_DATA] = KASPER_INDEX_RSZ,
	};
	KasperPresence presence = {.all = {~0u, ~0u, ~0u, ~0u}};

	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		const KasperLedger *ledger = &self->ledgers[kind];

		/* nothing is known: nothing is everywhere */
		if (ledger->n_versions == 0) {
			presence.all[index_of[kind]] = 0;
			if (kind == KASPER_LEDGER_DNSKEY)
				presence.all[KASPER_INDEX_RSK] = 0;
		}
		for (guint i = 0; i < ledger->n_versions; i++) {
			const KasperVersion *version = &ledger->versions[i];
			gboolean unknown = (version->flags & KASPER_VERSION_UNKNOWN) != 0;

			kasper_presence_add(&presence, index_of[kind], version->keys, unknown);
			if (kind == KASPER_LEDGER_DNSKEY)
				kasper_presence_add(&presence,
						    KASPER_INDEX_RSK,
						    version->signers & version->keys,
						    unknown);
		}
	}
	*ret_presence = presence;
}

KasperRecordState
kasper_presence_get_state(const KasperPresence *self, const KasperKey *key, guint slot, guint index)
{
	KasperKeySet bit = KASPER_KEY_BIT(slot);

	if ((kasper_role_get_records(key->roles) >> index & 1) == 0)
		return KASPER_RECORD_NA;
	if ((self->all[index] & bit) != 0)
		return KASPER_RECORD_OMNIPRESENT;
	if ((self->any[index] & bit) == 0)
		return KASPER_RECORD_HIDDEN;
	return (key->records >> index & 1) != 0 ? KASPER_RECORD_RUMOURED
						: KASPER_RECORD_UNRETENTIVE;
}

void
kasper_snapshot_update_ds_phases(KasperSnapshot *self)
{
	KasperPresence presence;
	gboolean accepted = self->submission == 0 || self->submitted_at != KASPER_TIME_UNSET;

	kasper_snapshot_get_presence(self, &presence);
	for (guint slot = 0; slot < self->n_keys; slot++) {
		KasperKey *key = &self->keys[slot];

		if ((key->records & KASPER_RECORD_DS) != 0) {
			if (kasper_snapshot_is_ds_observed(self, slot))
				key->ds_phase = KASPER_DS_SEEN;
			else
				key->ds_phase = accepted ? KASPER_DS_SUBMITTED : KASPER_DS_SUBMIT;
		} else if ((presence.any[KASPER_INDEX_DS] & KASPER_KEY_BIT(slot)) != 0) {
			key->ds_phase = accepted ? KASPER_DS_RETRACTED : KASPER_DS_RETRACT;
		} else {
			key->ds_phase = KASPER_DS_UNSUBMITTED;
		}
	}
}
