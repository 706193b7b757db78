/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The loop of every rollover (rollover-model 2.7): records are added and withdrawn, in a fixed
 * order, as long as gates and safety let them. Swaps come out of it: what is added and what is
 * withdrawn in one run becomes one publication.
 */
#include "kasper-decide-private.h"

#define DS     ((guint)KASPER_RECORD_DS)
#define DNSKEY ((guint)KASPER_RECORD_DNSKEY)
#define RSK    ((guint)KASPER_RECORD_RSK)
#define RSZ    ((guint)KASPER_RECORD_RSZ)

typedef struct {
	gboolean adds;
	guint record;	   /* a key without it (with it) is looked at */
	guint records;	   /* what is added to (taken from) it */
	guint needs;	   /* records that it must have */
	gboolean together; /* not one by one */
	gboolean leaving;  /* only where no key of the algorithm is to be used */
} KasperMove;

/* additions bottom up, withdrawals top down */
static const KasperMove moves[] = {
    {.adds = TRUE, .record = RSZ, .records = RSZ},
    {.adds = TRUE, .record = DNSKEY, .records = DNSKEY | RSK},
    {.adds = TRUE, .record = RSK, .records = RSK, .needs = DNSKEY},
    {.adds = TRUE, .record = DS, .records = DS, .together = TRUE},
    {.record = DS, .records = DS},
    {.record = RSZ, .records = RSZ},
    {.record = RSK, .records = RSK},
    {.record = DNSKEY, .records = DNSKEY | RSK},
    {.record = DNSKEY | RSZ, .records = DNSKEY | RSK | RSZ, .together = TRUE, .leaving = TRUE},
};

void
kasper_moves_get_content(const KasperDecision *self,
			 KasperLedgerKind kind,
			 const guint8 *records,
			 KasperVersion *ret_content)
{
	static const guint looked_at[KASPER_N_LEDGERS] = {
	    [KASPER_LEDGER_DS] = DS,
	    [KASPER_LEDGER_DNSKEY] = DNSKEY,
	    [KASPER_LEDGER_DATA] = RSZ,
	};
	KasperVersion content = {.flags = KASPER_VERSION_CURRENT};

	for (guint slot = 0; slot < self->snapshot->n_keys; slot++) {
		if ((records[slot] & looked_at[kind]) == 0)
			continue;
		content.keys |= KASPER_KEY_BIT(slot);
		if (kind == KASPER_LEDGER_DNSKEY && (records[slot] & RSK) != 0)
			content.signers |= KASPER_KEY_BIT(slot);
	}
	if (kind == KASPER_LEDGER_DS)
		kasper_version_set_digests(&content, &self->snapshot->policy);
	content.ttl = kasper_snapshot_get_ttl(self->snapshot, kind, &content);
	*ret_content = content;
}

static const KasperVersion *
kasper_moves_get_wanted(const KasperDecision *self, KasperLedgerKind kind)
{
	return kasper_ledger_find(&self->snapshot->ledgers[kind], KASPER_VERSION_WANTED);
}

/* the TTL of a DS is the parent's affair */
static gboolean
kasper_moves_is_new(const KasperDecision *self, KasperLedgerKind kind, const KasperVersion *content)
{
	const KasperVersion *wanted = kasper_moves_get_wanted(self, kind);

	return wanted == NULL || !kasper_version_is_same(wanted, content) ||
	       (kind != KASPER_LEDGER_DS && wanted->ttl != content->ttl);
}

/* a new TTL of the DNSKEY set, and nothing else, has to be signed, too: while that cannot be, it
 * waits, and nothing waits for it */
static gboolean
kasper_moves_can_wait(const KasperDecision *self,
		      KasperLedgerKind kind,
		      const KasperVersion *content)
{
	const KasperVersion *wanted = kasper_moves_get_wanted(self, kind);
	KasperProspect alone = {0};
	gint unable;

	alone.proposed[kind] = content;
	return wanted != NULL && kasper_version_is_same(wanted, content) &&
	       !kasper_gate_is_signable(self, &alone, &unable);
}

void
kasper_moves_get_prospect(const KasperDecision *self,
			  const guint8 *records,
			  KasperVersion contents[KASPER_N_LEDGERS],
			  KasperProspect *ret_prospect)
{
	ret_prospect->ledgers = self->snapshot->ledgers;
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		kasper_moves_get_content(self, kind, records, &contents[kind]);
		ret_prospect->proposed[kind] =
		    self->blocks[kind] == KASPER_BLOCK_NONE &&
			    kasper_moves_is_new(self, kind, &contents[kind]) &&
			    !kasper_moves_can_wait(self, kind, &contents[kind])
			? &contents[kind]
			: NULL;
	}
}

/* does it need a publication where none can be made now? */
static gboolean
kasper_moves_is_blocked(const KasperDecision *self, const KasperVersion *contents)
{
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		const KasperVersion *wanted = kasper_moves_get_wanted(self, kind);

		if (self->blocks[kind] != KASPER_BLOCK_NONE &&
		    (wanted == NULL || wanted->keys != contents[kind].keys ||
		     wanted->signers != contents[kind].signers))
			return TRUE;
	}
	return FALSE;
}

/* R1: a zone does not lose its last DS unless it is to be insecure */
static gboolean
kasper_moves_is_continuous(const KasperDecision *self, const KasperVersion *contents)
{
	const KasperVersion *wanted = kasper_moves_get_wanted(self, KASPER_LEDGER_DS);

	return contents[KASPER_LEDGER_DS].keys != 0 || wanted == NULL || wanted->keys == 0 ||
	       kasper_snapshot_is_insecure(self->snapshot);
}

/* @move: NULL: whatever it is, it is not an addition alone */
static gboolean
kasper_moves_is_safe(const KasperDecision *self,
		     const KasperMove *move,
		     const KasperVersion *contents,
		     const KasperProspect *prospect)
{
	if (kasper_safety_is_safe(&self->keyring, prospect))
		return TRUE;
	if (self->safe || move == NULL)
		return FALSE;
	/* it is unsafe already: adding must not make it worse, and an empty DS set fits everything
	 */
	if (move->adds)
		return kasper_safety_is_no_worse(&self->keyring, prospect);
	return move->records == DS && contents[KASPER_LEDGER_DS].keys == 0 &&
	       kasper_snapshot_is_insecure(self->snapshot);
}

static gboolean
kasper_moves_accept(KasperDecision *self, const KasperMove *move, const guint8 *records)
{
	KasperVersion contents[KASPER_N_LEDGERS];
	KasperProspect prospect;
	gint unable;

	kasper_moves_get_prospect(self, records, contents, &prospect);
	if (kasper_moves_is_blocked(self, contents) ||
	    !kasper_moves_is_continuous(self, contents) ||
	    !kasper_gate_is_signable(self, &prospect, &unable) ||
	    !kasper_moves_is_safe(self, move, contents, &prospect))
		return FALSE;
	memcpy(self->records, records, sizeof self->records);
	return TRUE;
}

/* keys that are to go and cannot sign what comes without them: out they go with the same order */
static gboolean
kasper_moves_drop_unable(const KasperDecision *self, guint8 *records)
{
	gboolean dropped = FALSE;

	for (guint slot = 0; slot < self->snapshot->n_keys; slot++) {
		const KasperKey *key = &self->snapshot->keys[slot];

		if (key->number == 0 || key->goal == KASPER_GOAL_IN || kasper_key_can_sign(key) ||
		    (records[slot] & RSK) == 0)
			continue;
		records[slot] &= (guint8) ~(DNSKEY | RSK);
		dropped = TRUE;
	}
	return dropped;
}

static gboolean
kasper_moves_try(KasperDecision *self, const KasperMove *move, KasperKeySet slots)
{
	guint8 records[KASPER_KEYS_MAX];

	memcpy(records, self->records, sizeof records);
	for (guint slot = 0; slot < self->snapshot->n_keys; slot++) {
		guint goal = kasper_key_get_goal_records(&self->snapshot->keys[slot]);

		if ((slots & KASPER_KEY_BIT(slot)) == 0)
			continue;
		if (move->adds)
			records[slot] |= (guint8)(move->records & goal);
		else
			records[slot] &= (guint8) ~(move->records & ~goal);
	}
	if (kasper_moves_accept(self, move, records))
		return TRUE;
	return move->record == DNSKEY && kasper_moves_drop_unable(self, records) &&
	       kasper_moves_accept(self, NULL, records);
}

static gboolean
kasper_moves_concerns(const KasperDecision *self, const KasperMove *move, guint slot)
{
	const KasperKey *key = &self->snapshot->keys[slot];
	guint goal = kasper_key_get_goal_records(key);
	guint records = self->records[slot];

	if (key->number == 0 || key->origin == KASPER_ORIGIN_FOREIGN)
		return FALSE;
	if (!move->adds)
		return (records & move->record & ~goal) != 0;
	return (goal & move->record & ~records) != 0 && (records & move->needs) == move->needs &&
	       kasper_gate_is_open(self, slot, move->record, NULL);
}

/* the keys of an algorithm that a move concerns; none if it concerns only leaving algorithms */
static KasperKeySet
kasper_moves_get_keys(const KasperDecision *self, const KasperMove *move, KasperKeySet algorithm)
{
	KasperKeySet keys = 0;

	for (guint slot = 0; slot < self->snapshot->n_keys; slot++) {
		if ((algorithm & KASPER_KEY_BIT(slot)) == 0)
			continue;
		if (move->leaving && self->snapshot->keys[slot].goal == KASPER_GOAL_IN)
			return 0;
		if (kasper_moves_concerns(self, move, slot))
			keys |= KASPER_KEY_BIT(slot);
	}
	return keys;
}

/* keys in order of creation: plans have to be the same wherever a key happens to have its slot */
static gint
kasper_moves_find_oldest(const KasperDecision *self, KasperKeySet keys)
{
	gint oldest = -1;

	for (guint slot = 0; slot < self->snapshot->n_keys; slot++) {
		if ((keys & KASPER_KEY_BIT(slot)) != 0 &&
		    (oldest < 0 ||
		     self->snapshot->keys[slot].number < self->snapshot->keys[oldest].number))
			oldest = (gint)slot;
	}
	return oldest;
}

static gboolean
kasper_moves_make_one(KasperDecision *self, const KasperMove *move, KasperKeySet algorithm)
{
	KasperKeySet keys = kasper_moves_get_keys(self, move, algorithm);
	gboolean moved = FALSE;

	if (keys == 0)
		return FALSE;
	if (kasper_moves_try(self, move, keys))
		return TRUE;
	if (move->together || (keys & (keys - 1)) == 0)
		return FALSE;
	while (keys != 0) {
		guint slot = (guint)kasper_moves_find_oldest(self, keys);

		keys &= ~KASPER_KEY_BIT(slot);
		moved |= kasper_moves_try(self, move, KASPER_KEY_BIT(slot));
	}
	return moved;
}

/* every bit goes one way, to its key's goal, so this ends */
void
kasper_moves_make(KasperDecision *self)
{
	gboolean moved = TRUE;

	while (moved) {
		moved = FALSE;
		for (guint i = 0; i < self->keyring.n_algorithms; i++) {
			for (gsize j = 0; j < G_N_ELEMENTS(moves); j++)
				moved |= kasper_moves_make_one(self,
							       &moves[j],
							       self->keyring.of_algorithm[i]);
		}
	}
}
