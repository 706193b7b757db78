/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Explanations for machines, and what a person can do about them.
 */
#include "kasper-decide-private.h"
#include "kasper-explain.h"

/**
 * kasper_wait_to_string: (skip)
 * @wait: what is waited for
 *
 * Returns: a short name, for machines
 *
 * Since: 0.1
 */
const gchar *
kasper_wait_to_string(KasperWait wait)
{
	switch (wait) {
	case KASPER_WAIT_NOTHING:
		return "nothing";
	case KASPER_WAIT_LIFETIME:
		return "lifetime";
	case KASPER_WAIT_TTL:
		return "ttl";
	case KASPER_WAIT_DS_SEEN:
		return "ds-seen";
	case KASPER_WAIT_DS_GONE:
		return "ds-gone";
	case KASPER_WAIT_DS_SUBMIT:
		return "ds-submit";
	case KASPER_WAIT_BACKUP:
		return "backup";
	case KASPER_WAIT_KEY:
		return "key";
	case KASPER_WAIT_STORE:
		return "store";
	case KASPER_WAIT_SIGNER:
		return "signer";
	case KASPER_WAIT_OPERATOR:
		return "operator";
	case KASPER_WAIT_HOLD:
		return "hold";
	case KASPER_WAIT_PURGE:
		return "purge";
	}
	g_assert_not_reached();
}

/**
 * kasper_record_to_string: (skip)
 * @record: a #KasperRecord; 0: all of them
 *
 * Returns: `ds`, `dnskey`, `rrsigdnskey`, `rrsig`; the empty string for all
 *
 * Since: 0.1
 */
const gchar *
kasper_record_to_string(guint record)
{
	switch ((KasperRecord)record) {
	case KASPER_RECORD_DS:
		return "ds";
	case KASPER_RECORD_DNSKEY:
		return "dnskey";
	case KASPER_RECORD_RSK:
		return "rrsigdnskey";
	case KASPER_RECORD_RSZ:
		return "rrsig";
	}
	return "";
}

static gchar *
kasper_explanation_dup_command(const gchar *command, const gchar *zone, const gchar *id)
{
	return g_strdup_printf("kasper key %s --zone %s --cka_id %s", command, zone, id);
}

static gchar *
kasper_explanation_dup_backup(const KasperExplanation *self, const KasperSnapshot *snapshot)
{
	gint slot = self->other >= 0 ? self->other : self->slot;
	gboolean prepared = slot >= 0 && snapshot->keys[slot].backup == KASPER_BACKUP_PREPARED;

	return g_strdup(prepared ? "kasper backup commit"
				 : "kasper backup prepare; kasper backup commit");
}

static gchar *
kasper_explanation_dup_operator(const KasperExplanation *self,
				const KasperSnapshot *snapshot,
				const gchar *zone,
				const gchar *id)
{
	if (self->rule == KASPER_RULE_ROOM)
		return g_strdup_printf("kasper key purge --zone %s", zone);
	if (self->slot < 0)
		return NULL;
	if (snapshot->keys[self->slot].keep)
		return kasper_explanation_dup_command("ksk-retire", zone, id);
	if (self->rule != KASPER_RULE_MANUAL)
		return NULL;
	return g_strdup_printf("kasper key rollover --zone %s --keytype %s",
			       zone,
			       kasper_role_to_string(snapshot->keys[self->slot].roles));
}

/**
 * kasper_explanation_dup_remedy: (skip)
 * @self: an explanation
 * @snapshot: the snapshot of its plan
 * @zone: the zone's name
 * @id: the CKA_ID of the key that it is about: of `self->other` if there is one, else of
 *   `self->slot`
 *
 * What a person can say to end the wait, once what it says is true.
 *
 * Returns: (transfer full) (nullable): commands; %NULL: there is nothing to be said
 *
 * Since: 0.1
 */
gchar *
kasper_explanation_dup_remedy(const KasperExplanation *self,
			      const KasperSnapshot *snapshot,
			      const gchar *zone,
			      const gchar *id)
{
	switch (self->wait) {
	case KASPER_WAIT_DS_SEEN:
		return kasper_explanation_dup_command("ds-seen", zone, id);
	case KASPER_WAIT_DS_GONE:
		return kasper_explanation_dup_command("ds-gone", zone, id);
	case KASPER_WAIT_DS_SUBMIT:
		return kasper_explanation_dup_command("ds-submit", zone, id);
	case KASPER_WAIT_BACKUP:
		return kasper_explanation_dup_backup(self, snapshot);
	case KASPER_WAIT_OPERATOR:
		return kasper_explanation_dup_operator(self, snapshot, zone, id);
	case KASPER_WAIT_KEY:
		if (self->actor != KASPER_ACTOR_OPERATOR)
			return NULL;
		return g_strdup(self->errand.error != NULL ? "kasper update conf"
							   : "kasper key generate");
	case KASPER_WAIT_NOTHING:
	case KASPER_WAIT_LIFETIME:
	case KASPER_WAIT_TTL:
	case KASPER_WAIT_STORE:
	case KASPER_WAIT_SIGNER:
	case KASPER_WAIT_HOLD:
	case KASPER_WAIT_PURGE:
		return NULL;
	}
	g_assert_not_reached();
}
