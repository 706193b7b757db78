/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gates (rollover-model 2.6): a roll type chooses in which order the records of a new key appear,
 * and some things have to be there before anybody relies on a key. A gate can only delay an
 * addition; whether it is safe is asked in kasper-safety.c.
 */
#include "kasper-decide-private.h"

static gboolean
kasper_gate_has(const KasperDecision *decision, guint slot, guint index)
{
	return (decision->presence.all[index] & KASPER_KEY_BIT(slot)) != 0;
}

/* Somebody may trust the algorithm: then, and only then, roll types choose an order. A DS of a new
 * algorithm cannot come before its DNSKEY and signatures are everywhere, so any DS will do. */
static gboolean
kasper_gate_is_established(const KasperDecision *decision, guint algorithm)
{
	const KasperSnapshot *snapshot = decision->snapshot;

	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		if (snapshot->keys[slot].number != 0 &&
		    snapshot->keys[slot].algorithm == algorithm &&
		    (decision->presence.any[KASPER_INDEX_DS] & KASPER_KEY_BIT(slot)) != 0)
			return TRUE;
	}
	return FALSE;
}

/* those of the demand that the key serves; a key that serves none is treated with care */
static guint
kasper_gate_get_chosen(const KasperDecision *decision, guint slot)
{
	const KasperKey *key = &decision->snapshot->keys[slot];
	gint demand = decision->demands[slot];
	guint gates = demand >= 0 ? decision->snapshot->policy.demands[demand].gates
				  : (guint)KASPER_GATE_SIG | (guint)KASPER_GATE_DS;

	/* what is held of a standby key decides what comes first */
	if (key->standby)
		return 0;
	if (!kasper_gate_is_established(decision, key->algorithm))
		gates &= KASPER_GATE_DS;
	return gates;
}

static gboolean
kasper_gate_wait(KasperReason *reason, KasperRule rule, KasperTime until)
{
	if (reason != NULL) {
		reason->rule = rule;
		reason->actor = KASPER_ACTOR_TIME;
		reason->until = until;
	}
	return FALSE;
}

static KasperTime
kasper_gate_get_time(const KasperDecision *decision, guint slot, guint index)
{
	static const KasperLedgerKind kinds[KASPER_N_RECORDS] = {KASPER_LEDGER_DS,
								 KASPER_LEDGER_DNSKEY,
								 KASPER_LEDGER_DNSKEY,
								 KASPER_LEDGER_DATA};
	const KasperLedger *ledger = &decision->snapshot->ledgers[kinds[index]];

	return kasper_ledger_get_omnipresent_at(ledger,
						index == KASPER_INDEX_RSK ? KASPER_FIELD_SIGNERS
									  : KASPER_FIELD_KEYS,
						KASPER_KEY_BIT(slot));
}

/* G-KEY: the DNSKEY comes when its signatures and its DS are everywhere */
static gboolean
kasper_gate_key(const KasperDecision *decision, guint slot, KasperReason *reason)
{
	guint records = kasper_role_get_records(decision->snapshot->keys[slot].roles);
	KasperTime until = KASPER_TIME_UNSET;

	if ((records & KASPER_RECORD_RSZ) != 0 &&
	    !kasper_gate_has(decision, slot, KASPER_INDEX_RSZ))
		until = kasper_gate_get_time(decision, slot, KASPER_INDEX_RSZ);
	if ((records & KASPER_RECORD_DS) != 0 && !kasper_gate_has(decision, slot, KASPER_INDEX_DS))
		until = MAX(until, kasper_gate_get_time(decision, slot, KASPER_INDEX_DS));
	if (until == KASPER_TIME_UNSET)
		return TRUE;
	return kasper_gate_wait(reason, KASPER_RULE_GATE_KEY, until);
}

/* G-DS: the DS comes when the DNSKEY and the signature that it makes are everywhere */
static gboolean
kasper_gate_ds(const KasperDecision *decision, guint slot, KasperReason *reason)
{
	KasperTime until = KASPER_TIME_UNSET;

	if (!kasper_gate_has(decision, slot, KASPER_INDEX_DNSKEY))
		until = kasper_gate_get_time(decision, slot, KASPER_INDEX_DNSKEY);
	if (!kasper_gate_has(decision, slot, KASPER_INDEX_RSK))
		until = MAX(until, kasper_gate_get_time(decision, slot, KASPER_INDEX_RSK));
	if (until == KASPER_TIME_UNSET)
		return TRUE;
	return kasper_gate_wait(reason, KASPER_RULE_GATE_DS, until);
}

static gboolean
kasper_gate_backup(const KasperDecision *decision, guint slot, guint record, KasperReason *reason)
{
	const KasperKey *key = &decision->snapshot->keys[slot];
	guint held = (guint)KASPER_RECORD_DS | (guint)KASPER_RECORD_RSZ;

	if (decision->snapshot->policy.backup_holds_dnskey)
		held |= KASPER_RECORD_DNSKEY;
	if ((held & record) == 0 || kasper_key_is_backed_up(key))
		return TRUE;
	if (reason != NULL) {
		reason->rule = KASPER_RULE_BACKUP;
		reason->actor = KASPER_ACTOR_BACKUP;
		reason->until = KASPER_TIME_NEVER;
	}
	return FALSE;
}

gboolean
kasper_gate_is_open(const KasperDecision *decision, guint slot, guint record, KasperReason *reason)
{
	guint gates = kasper_gate_get_chosen(decision, slot);

	if (!kasper_gate_backup(decision, slot, record, reason))
		return FALSE;
	switch ((KasperRecord)record) {
	case KASPER_RECORD_DS:
		return (gates & KASPER_GATE_DS) == 0 || kasper_gate_ds(decision, slot, reason);
	case KASPER_RECORD_DNSKEY:
	case KASPER_RECORD_RSK:
		return (gates & KASPER_GATE_KEY) == 0 || kasper_gate_key(decision, slot, reason);
	case KASPER_RECORD_RSZ:
		if ((gates & KASPER_GATE_SIG) == 0 ||
		    kasper_gate_has(decision, slot, KASPER_INDEX_DNSKEY))
			return TRUE;
		return kasper_gate_wait(reason,
					KASPER_RULE_GATE_SIG,
					kasper_gate_get_time(decision, slot, KASPER_INDEX_DNSKEY));
	}
	g_assert_not_reached();
}

/* Changed DNSKEY RRsets are signed anew by all of their signers; of the data, only signatures of
 * keys that did not sign before are made. Leaving signatures out needs nobody. */
gboolean
kasper_gate_is_signable(const KasperDecision *decision,
			const KasperProspect *prospect,
			gint *ret_slot)
{
	KasperKeySet signers = 0;

	for (guint kind = KASPER_LEDGER_DNSKEY; kind <= KASPER_LEDGER_DATA; kind++) {
		const KasperVersion *content = prospect->proposed[kind];
		const KasperVersion *before =
		    kasper_ledger_find(&decision->snapshot->ledgers[kind], KASPER_VERSION_WANTED);

		if (content == NULL || before == NULL)
			continue;
		if (kind == KASPER_LEDGER_DATA)
			signers |= content->keys & ~before->keys;
		else if (content->keys != before->keys || content->ttl != before->ttl)
			signers |= content->signers;
		else
			signers |= content->signers & ~before->signers;
	}
	for (guint slot = 0; slot < decision->snapshot->n_keys; slot++) {
		if ((signers & KASPER_KEY_BIT(slot)) != 0 &&
		    !kasper_key_can_sign(&decision->snapshot->keys[slot])) {
			*ret_slot = (gint)slot;
			return FALSE;
		}
	}
	return TRUE;
}
