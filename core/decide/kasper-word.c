/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words of OpenDNSSEC 1.x for a key: a view of its four records (rollover-model 4).
 */
#include "kasper-key-private.h"
#include "kasper-snapshot-private.h"

/* a key that is to be used is on its way in, even where a record of it is still on its way out */
static KasperRecordState
kasper_word_get_state(const KasperPresence *presence, const KasperKey *key, guint slot, guint index)
{
	KasperRecordState state = kasper_presence_get_state(presence, key, slot, index);

	return state == KASPER_RECORD_UNRETENTIVE ? KASPER_RECORD_RUMOURED : state;
}

/* KSK and CSK: DNSKEY and DS decide */
static const gchar *
kasper_word_of_ksk(const KasperSnapshot *self, const KasperPresence *presence, guint slot)
{
	const KasperKey *key = &self->keys[slot];
	KasperRecordState ds = kasper_word_get_state(presence, key, slot, KASPER_INDEX_DS);
	KasperRecordState dnskey = kasper_word_get_state(presence, key, slot, KASPER_INDEX_DNSKEY);
	gboolean seen = ds != KASPER_RECORD_HIDDEN && kasper_snapshot_is_ds_observed(self, slot);

	if (dnskey == KASPER_RECORD_HIDDEN) {
		if (ds == KASPER_RECORD_HIDDEN)
			return KASPER_WORD_GENERATE;
		if (ds == KASPER_RECORD_OMNIPRESENT)
			return KASPER_WORD_DSREADY;
		return seen ? KASPER_WORD_DSPUBLISH : KASPER_WORD_DSSUB;
	}
	seen = seen || ds == KASPER_RECORD_OMNIPRESENT;
	/* what was in use before it was adopted or brought back is in use */
	if (seen && (dnskey == KASPER_RECORD_OMNIPRESENT || key->active != KASPER_TIME_UNSET))
		return KASPER_WORD_ACTIVE;
	if (dnskey == KASPER_RECORD_OMNIPRESENT)
		return KASPER_WORD_READY;
	return ds == KASPER_RECORD_OMNIPRESENT ? KASPER_WORD_KEYPUBLISH : KASPER_WORD_PUBLISH;
}

/* ZSK: DNSKEY and signatures decide */
static const gchar *
kasper_word_of_zsk(const KasperSnapshot *self, const KasperPresence *presence, guint slot)
{
	const KasperKey *key = &self->keys[slot];
	gboolean published =
	    kasper_word_get_state(presence, key, slot, KASPER_INDEX_DNSKEY) != KASPER_RECORD_HIDDEN;
	gboolean signs =
	    kasper_word_get_state(presence, key, slot, KASPER_INDEX_RSZ) != KASPER_RECORD_HIDDEN;

	if (published && signs)
		return KASPER_WORD_ACTIVE;
	if (!published && !signs)
		return KASPER_WORD_GENERATE;
	if (kasper_presence_get_state(presence, key, slot, KASPER_INDEX_DNSKEY) ==
	    KASPER_RECORD_OMNIPRESENT)
		return KASPER_WORD_READY;
	return KASPER_WORD_PUBLISH;
}

static gboolean
kasper_word_is_dead(const KasperPresence *presence, guint slot)
{
	for (guint i = 0; i < KASPER_N_RECORDS; i++) {
		if ((presence->any[i] & KASPER_KEY_BIT(slot)) != 0)
			return FALSE;
	}
	return TRUE;
}

static gboolean
kasper_word_has_seen_successor(const KasperSnapshot *self, guint slot)
{
	for (guint i = 0; i < self->n_keys; i++) {
		const KasperKey *key = &self->keys[i];

		if (i != slot && key->number != 0 && key->goal == KASPER_GOAL_IN && !key->standby &&
		    (key->roles & KASPER_ROLE_KSK) != 0 && kasper_snapshot_is_ds_observed(self, i))
			return TRUE;
	}
	return FALSE;
}

/* A key that is to go is what it was until it is replaced: a ZSK until others sign, a KSK until
 * the DS of another is seen. People are frightened by an earlier "retire". */
static gboolean
kasper_word_is_still_used(const KasperSnapshot *self, guint slot)
{
	const KasperKey *key = &self->keys[slot];
	guint whole = (guint)KASPER_RECORD_DNSKEY |
		      ((key->roles & KASPER_ROLE_KSK) != 0 ? (guint)KASPER_RECORD_RSK
							   : (guint)KASPER_RECORD_RSZ);

	if ((key->records & whole) != whole)
		return FALSE;
	if ((key->roles & KASPER_ROLE_KSK) == 0)
		return TRUE;
	if (kasper_snapshot_is_ds_observed(self, slot))
		return !kasper_word_has_seen_successor(self, slot);
	return (key->records & KASPER_RECORD_DS) != 0;
}

const gchar *
kasper_snapshot_get_word(const KasperSnapshot *self, const KasperPresence *presence, guint slot)
{
	const KasperKey *key = &self->keys[slot];

	if (key->goal == KASPER_GOAL_OUT) {
		if (kasper_word_is_dead(presence, slot))
			return KASPER_WORD_DEAD;
		if ((key->flags & KASPER_DNSKEY_REVOKE) != 0)
			return KASPER_WORD_REVOKE;
		if (!kasper_word_is_still_used(self, slot))
			return KASPER_WORD_RETIRE;
	}
	if ((key->roles & KASPER_ROLE_KSK) != 0)
		return kasper_word_of_ksk(self, presence, slot);
	return kasper_word_of_zsk(self, presence, slot);
}
