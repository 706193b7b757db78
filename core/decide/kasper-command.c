/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a person says or asks for: a word about the parent is an observation, a rollover is a
 * change of goals. The decision that follows does the rest.
 */
#include "kasper-key-private.h"
#include "kasper-ledger-private.h"
#include "kasper-snapshot-private.h"
#include "kasper-timing.h"

static const KasperKey *
kasper_command_get_ksk(const KasperSnapshot *self, guint slot)
{
	const KasperKey *key = &self->keys[MIN(slot, KASPER_KEYS_MAX - 1)];

	if (slot >= self->n_keys || key->number == 0 || (key->roles & KASPER_ROLE_KSK) == 0)
		return NULL;
	return key;
}

/* what the servers show, all variants together */
static KasperVersion
kasper_command_get_seen(const KasperSnapshot *self)
{
	const KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];
	KasperVersion seen = {0};

	for (guint i = 0; i < ledger->n_versions; i++) {
		const KasperVersion *version = &ledger->versions[i];

		if ((version->flags & KASPER_VERSION_OBSERVED) == 0)
			continue;
		seen.keys |= version->keys;
		for (guint view = 0; view < KASPER_N_VIEWS; view++)
			seen.views[view] |= version->views[view];
	}
	return seen;
}

/* sets that were submitted and superseded, and may turn up yet */
static gboolean
kasper_command_has_leftovers(const KasperSnapshot *self)
{
	const KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];

	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags &
		     ((guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_WANTED |
		      (guint)KASPER_VERSION_OBSERVED)) == KASPER_VERSION_CURRENT)
			return TRUE;
	}
	return FALSE;
}

/* the set that was submitted last is what the parent has */
static void
kasper_command_see_wanted(KasperSnapshot *self)
{
	const KasperVersion *wanted =
	    kasper_ledger_find(&self->ledgers[KASPER_LEDGER_DS], KASPER_VERSION_WANTED);
	KasperVersion content;

	if (wanted == NULL)
		return;
	content = *wanted;
	kasper_snapshot_take_parent_set(self, content.keys, content.views, 0, self->now);
}

/* keys on their way out that are still complete stay, with their DS, until somebody retires them */
static void
kasper_command_keep(KasperSnapshot *self, KasperKeySet seen)
{
	guint whole = (guint)KASPER_RECORD_DNSKEY | (guint)KASPER_RECORD_RSK;

	for (guint slot = 0; slot < self->n_keys; slot++) {
		KasperKey *key = &self->keys[slot];

		if ((seen & KASPER_KEY_BIT(slot)) == 0 || key->goal != KASPER_GOAL_OUT ||
		    (key->records & whole) != whole ||
		    key->availability == KASPER_AVAILABILITY_LOST ||
		    key->availability == KASPER_AVAILABILITY_COMPROMISED)
			continue;
		key->goal = KASPER_GOAL_IN;
		key->keep = TRUE;
		key->roll = 0;
		key->retired = KASPER_TIME_UNSET;
	}
}

/* it was added, the rest stayed */
static void
kasper_command_see_added(KasperSnapshot *self, guint slot)
{
	KasperVersion seen = kasper_command_get_seen(self);
	KasperVersion added = {.keys = KASPER_KEY_BIT(slot)};
	KasperKeySet before = seen.keys;

	kasper_version_set_digests(&added, &self->policy);
	seen.keys |= added.keys;
	for (guint view = 0; view < KASPER_N_VIEWS; view++)
		seen.views[view] |= added.views[view];
	kasper_snapshot_take_parent_set(self, seen.keys, seen.views, 0, self->now);
	kasper_command_keep(self, before);
}

/**
 * kasper_snapshot_take_ds_seen: (skip)
 * @self: a snapshot
 * @slot: the slot of a key
 * @no_retire: whether the DS of the old key stays, and the old key with it
 *
 * A person has seen the DS of a key at the parent. Without @no_retire the parent has the set that
 * was submitted; with it, the DS was added to what was there (rollover-model 2.12.20).
 *
 * Returns: why the word is not taken, or %KASPER_REFUSAL_NONE
 *
 * Since: 0.1
 */
KasperRefusal
kasper_snapshot_take_ds_seen(KasperSnapshot *self, guint slot, gboolean no_retire)
{
	const KasperKey *key = kasper_command_get_ksk(self, slot);

	if (key == NULL)
		return KASPER_REFUSAL_NOT_A_KSK;
	if (!kasper_key_is_backed_up(key))
		return KASPER_REFUSAL_BACKUP;
	if ((key->records & KASPER_RECORD_DS) == 0)
		return KASPER_REFUSAL_NOT_SUBMITTED;
	if (kasper_snapshot_is_ds_observed(self, slot)) {
		if (no_retire || !kasper_command_has_leftovers(self))
			return KASPER_REFUSAL_ALREADY_SEEN;
		kasper_command_see_wanted(self);
		return kasper_command_has_leftovers(self) ? KASPER_REFUSAL_ALREADY_SEEN
							  : KASPER_REFUSAL_NONE;
	}
	if (no_retire)
		kasper_command_see_added(self, slot);
	else
		kasper_command_see_wanted(self);
	return KASPER_REFUSAL_NONE;
}

static gboolean
kasper_command_may_be_served(const KasperVersion *version, guint slot)
{
	return (version->flags & (guint)KASPER_VERSION_CURRENT) != 0 &&
	       (version->flags & (guint)KASPER_VERSION_UNKNOWN) == 0 &&
	       (version->keys & KASPER_KEY_BIT(slot)) != 0;
}

/* Nobody serves a set with @slot any longer. One that was submitted and not seen since may not have
 * come up yet; by `Dreg` after the last submission it would have. */
static void
kasper_command_retire_sets(KasperSnapshot *self, guint slot, const KasperVersion *remaining)
{
	KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];
	gboolean drained =
	    self->submission == 0 ||
	    (self->submitted_at != KASPER_TIME_UNSET &&
	     self->now >= kasper_timing_get_assumed_publication(&self->policy, self->submitted_at));

	for (guint i = 0; i < ledger->n_versions; i++) {
		KasperVersion *version = &ledger->versions[i];
		guint seen = version->flags &
			     ((guint)KASPER_VERSION_OBSERVED | (guint)KASPER_VERSION_RETURNED);

		if (!kasper_command_may_be_served(version, slot))
			continue;
		if (drained || seen == KASPER_VERSION_OBSERVED)
			kasper_version_retire(version,
					      remaining,
					      self->now,
					      KASPER_LEDGER_DS,
					      &self->policy);
		else
			version->flags &= ~(guint)KASPER_VERSION_OBSERVED;
	}
}

/* What is left when one DS is gone is thought, not seen. Where it is a set that was submitted and
 * has not been seen, that one may come up yet, whatever is said or wanted next */
static void
kasper_command_think_left(KasperSnapshot *self, const KasperVersion *left)
{
	KasperVersion *same =
	    kasper_ledger_find_content(&self->ledgers[KASPER_LEDGER_DS], left, -1);

	if (same != NULL && (same->flags & KASPER_VERSION_OBSERVED) == 0)
		same->flags |= KASPER_VERSION_RETURNED;
	kasper_snapshot_take_parent_variant(self, left->keys, left->views, 0, self->now);
}

/* what is there in the place of a DS that is gone, as far as that can be told */
static void
kasper_command_see_gone(KasperSnapshot *self, guint slot, const KasperVersion *wanted)
{
	KasperVersion seen = kasper_command_get_seen(self);

	seen.keys &= ~KASPER_KEY_BIT(slot);
	for (guint view = 0; view < KASPER_N_VIEWS; view++)
		seen.views[view] &= ~KASPER_KEY_BIT(slot);
	/* the word is about one DS: sets without it may be served as before */
	if (seen.keys != 0 || wanted->keys == 0)
		kasper_command_think_left(self, &seen);
	else
		seen = *wanted;
	kasper_command_retire_sets(self, slot, &seen);
	self->ds_seen_at = self->now;
	kasper_snapshot_update_ds_phases(self);
}

/**
 * kasper_snapshot_take_ds_gone: (skip)
 * @self: a snapshot
 * @slot: the slot of a key
 *
 * A person has seen that the DS of a key is not at the parent any longer.
 *
 * Returns: why the word is not taken, or %KASPER_REFUSAL_NONE
 *
 * Since: 0.1
 */
KasperRefusal
kasper_snapshot_take_ds_gone(KasperSnapshot *self, guint slot)
{
	const KasperKey *key = kasper_command_get_ksk(self, slot);
	KasperLedger *ledger = &self->ledgers[KASPER_LEDGER_DS];
	const KasperVersion *wanted = kasper_ledger_find(ledger, KASPER_VERSION_WANTED);

	if (key == NULL)
		return KASPER_REFUSAL_NOT_A_KSK;
	if ((key->records & KASPER_RECORD_DS) != 0 || wanted == NULL ||
	    (wanted->keys & KASPER_KEY_BIT(slot)) != 0)
		return KASPER_REFUSAL_NOT_WITHDRAWN;
	for (guint i = 0; i < ledger->n_versions; i++) {
		if (kasper_command_may_be_served(&ledger->versions[i], slot)) {
			kasper_command_see_gone(self, slot, wanted);
			break;
		}
	}
	return KASPER_REFUSAL_NONE;
}

static KasperKeySet
kasper_command_get_active(const KasperSnapshot *self)
{
	KasperPresence presence;
	KasperKeySet active = 0;

	kasper_snapshot_get_presence(self, &presence);
	for (guint slot = 0; slot < self->n_keys; slot++) {
		if (kasper_command_get_ksk(self, slot) != NULL &&
		    strcmp(kasper_snapshot_get_word(self, &presence, slot), KASPER_WORD_ACTIVE) ==
			0)
			active |= KASPER_KEY_BIT(slot);
	}
	return active;
}

static gint
kasper_command_find_oldest(const KasperSnapshot *self, KasperKeySet keys)
{
	gint oldest = -1;

	for (guint slot = 0; slot < self->n_keys; slot++) {
		const KasperKey *key = &self->keys[slot];
		const KasperKey *other = oldest < 0 ? NULL : &self->keys[oldest];

		if ((keys & KASPER_KEY_BIT(slot)) != 0 &&
		    (other == NULL || key->active < other->active ||
		     (key->active == other->active && key->number < other->number)))
			oldest = (gint)slot;
	}
	return oldest;
}

/**
 * kasper_snapshot_take_ksk_retire: (skip)
 * @self: a snapshot
 * @slot: the slot of a key; -1: the one that has been active for the longest time
 * @ret_slot: (out): the slot of the key that is retired
 *
 * A person retires an active KSK or CSK, as after `ds-seen --no-retire`.
 *
 * Returns: why that is not done, or %KASPER_REFUSAL_NONE
 *
 * Since: 0.1
 */
KasperRefusal
kasper_snapshot_take_ksk_retire(KasperSnapshot *self, gint slot, guint *ret_slot)
{
	KasperKeySet active = kasper_command_get_active(self);
	gboolean other = FALSE;

	if (slot >= 0 && kasper_command_get_ksk(self, (guint)slot) == NULL)
		return KASPER_REFUSAL_NOT_A_KSK;
	if (slot < 0)
		slot = kasper_command_find_oldest(self, active);
	if (slot < 0 || (active & KASPER_KEY_BIT(slot)) == 0)
		return KASPER_REFUSAL_NOT_ACTIVE;
	for (guint i = 0; i < self->n_keys; i++) {
		if ((gint)i != slot && (active & KASPER_KEY_BIT(i)) != 0 &&
		    self->keys[i].goal == KASPER_GOAL_IN)
			other = TRUE;
	}
	if (!other)
		return KASPER_REFUSAL_LAST_ACTIVE;
	self->keys[slot].keep = FALSE;
	self->keys[slot].goal = KASPER_GOAL_OUT;
	*ret_slot = (guint)slot;
	return KASPER_REFUSAL_NONE;
}

/**
 * kasper_snapshot_request_rollover: (skip)
 * @self: a snapshot
 * @roles: #KasperRole, ored: keys with exactly these; 0: all keys
 *
 * A person asks for a rollover now, whatever lifetimes say.
 *
 * Returns: how many keys get a successor; 0: the zone has no such key in use
 *
 * Since: 0.1
 */
guint
kasper_snapshot_request_rollover(KasperSnapshot *self, guint roles)
{
	guint n = 0;

	for (guint slot = 0; slot < self->n_keys && !kasper_snapshot_is_insecure(self); slot++) {
		KasperKey *key = &self->keys[slot];

		if (key->number == 0 || key->goal != KASPER_GOAL_IN || key->standby || key->keep ||
		    key->origin == KASPER_ORIGIN_FOREIGN || (roles != 0 && key->roles != roles))
			continue;
		key->roll |= KASPER_ROLL_ASKED;
		n++;
	}
	return n;
}
