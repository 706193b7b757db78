/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-decide-private.h"

/**
 * kasper_rule_to_string:
 * @rule: a rule or gate
 *
 * Returns: a short name, for machines
 *
 * Since: 0.1
 */
const gchar *
kasper_rule_to_string(KasperRule rule)
{
	switch (rule) {
	case KASPER_RULE_CONTINUITY:
		return "continuity";
	case KASPER_RULE_TRUST:
		return "trust";
	case KASPER_RULE_DATA:
		return "data";
	case KASPER_RULE_STRICT:
		return "strict";
	case KASPER_RULE_GATE_SIG:
		return "gate-sig";
	case KASPER_RULE_GATE_KEY:
		return "gate-key";
	case KASPER_RULE_GATE_DS:
		return "gate-ds";
	case KASPER_RULE_BACKUP:
		return "backup";
	case KASPER_RULE_MANUAL:
		return "manual";
	case KASPER_RULE_STANDBY:
		return "standby";
	case KASPER_RULE_SIGNABLE:
		return "signable";
	case KASPER_RULE_HOLD:
		return "hold";
	case KASPER_RULE_SIGNER:
		return "signer";
	case KASPER_RULE_CHANNEL:
		return "channel";
	case KASPER_RULE_PARENT:
		return "parent";
	case KASPER_RULE_CAPACITY:
		return "capacity";
	case KASPER_RULE_KEY:
		return "key";
	case KASPER_RULE_ROOM:
		return "room";
	}
	g_assert_not_reached();
}

/**
 * kasper_actor_to_string:
 * @actor: who is waited for
 *
 * Returns: a short name, for machines
 *
 * Since: 0.1
 */
const gchar *
kasper_actor_to_string(KasperActor actor)
{
	switch (actor) {
	case KASPER_ACTOR_TIME:
		return "time";
	case KASPER_ACTOR_SIGNER:
		return "signer";
	case KASPER_ACTOR_PARENT:
		return "parent";
	case KASPER_ACTOR_CHANNEL:
		return "channel";
	case KASPER_ACTOR_OPERATOR:
		return "operator";
	case KASPER_ACTOR_BACKUP:
		return "backup";
	case KASPER_ACTOR_STORE:
		return "store";
	}
	g_assert_not_reached();
}

/* what the rule says, and which evidence is missing */
const gchar *
kasper_rule_to_text(KasperRule rule)
{
	switch (rule) {
	case KASPER_RULE_CONTINUITY:
		return "it is the last DS of the zone, and another one has to come first (R1)";
	case KASPER_RULE_TRUST:
		return "somebody may hold a DS set and a DNSKEY set that would not fit together "
		       "(R2)";
	case KASPER_RULE_DATA:
		return "somebody may hold a DNSKEY set and signatures that would not fit together "
		       "(R3)";
	case KASPER_RULE_STRICT:
		return "somebody may hold a DNSKEY set that names an algorithm without signatures "
		       "of it (R2 and R3, strict)";
	case KASPER_RULE_GATE_SIG:
		return "by its roll type the key signs when everybody can have its DNSKEY";
	case KASPER_RULE_GATE_KEY:
		return "by its roll type the DNSKEY comes when everybody can have the DS and the "
		       "signatures";
	case KASPER_RULE_GATE_DS:
		return "the DS comes when everybody can have the DNSKEY and the signature that it "
		       "makes";
	case KASPER_RULE_BACKUP:
		return "nobody may rely on the key before it has been backed up";
	case KASPER_RULE_MANUAL:
		return "its time has come, and rollovers of it start on command only";
	case KASPER_RULE_STANDBY:
		return "it is a standby key, to be called up";
	case KASPER_RULE_SIGNABLE:
		return "a key that would have to sign cannot";
	case KASPER_RULE_HOLD:
		return "the zone is frozen";
	case KASPER_RULE_SIGNER:
		return "the signer has not published the last order";
	case KASPER_RULE_CHANNEL:
		return "the last DS set has not been taken by the channel to the parent";
	case KASPER_RULE_PARENT:
		return "the parent was not seen with the wanted DS set";
	case KASPER_RULE_CAPACITY:
		return "too many versions are still in caches";
	case KASPER_RULE_KEY:
		return "a key has to be made";
	case KASPER_RULE_ROOM:
		return "it needs a new key and has as many as a zone can have, dead ones "
		       "included (Keys/Purge says when those are destroyed)";
	}
	g_assert_not_reached();
}

static const gchar *
kasper_reason_get_actor_text(KasperActor actor)
{
	switch (actor) {
	case KASPER_ACTOR_TIME:
		return "nobody needs to act";
	case KASPER_ACTOR_SIGNER:
		return "waiting for the signer";
	case KASPER_ACTOR_PARENT:
		return "waiting for the parent, or for the word of a person (ds-seen, ds-gone)";
	case KASPER_ACTOR_CHANNEL:
		return "waiting for the DS channel";
	case KASPER_ACTOR_OPERATOR:
		return "waiting for an operator";
	case KASPER_ACTOR_BACKUP:
		return "waiting for a backup (backup prepare, backup commit)";
	case KASPER_ACTOR_STORE:
		return "waiting for the key store";
	}
	g_assert_not_reached();
}

const gchar *
kasper_record_to_text(guint record)
{
	switch ((KasperRecord)record) {
	case KASPER_RECORD_DS:
		return "DS";
	case KASPER_RECORD_DNSKEY:
		return "DNSKEY";
	case KASPER_RECORD_RSK:
		return "signature of the keys";
	case KASPER_RECORD_RSZ:
		return "signatures of the data";
	}
	return "records";
}

static void
kasper_reason_append_subject(const KasperReason *self,
			     const KasperSnapshot *snapshot,
			     GString *text)
{
	const KasperKey *key;
	const gchar *record = kasper_record_to_text(self->record);

	if (self->slot < 0) {
		g_string_append(text, "the zone");
		return;
	}
	key = &snapshot->keys[self->slot];
	g_string_append_printf(text, "%s %u", kasper_role_to_string(key->roles), key->tag);
	if (self->record == 0 || self->rule == KASPER_RULE_PARENT)
		return;
	if ((key->records & self->record) == 0)
		g_string_append_printf(text, ": its %s cannot be added yet", record);
	else
		g_string_append_printf(text, ": its %s cannot be withdrawn yet", record);
}

/**
 * kasper_reason_to_text: (skip)
 * @self: a reason
 * @snapshot: the snapshot of its plan
 *
 * One sentence: what waits, the rule with the evidence that is missing, the earliest time, and who
 * must act.
 *
 * Returns: (transfer full): the sentence, without a full stop
 *
 * Since: 0.1
 */
gchar *
kasper_reason_to_text(const KasperReason *self, const KasperSnapshot *snapshot)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree gchar *until = NULL;

	kasper_reason_append_subject(self, snapshot, text);
	g_string_append_printf(text, ": %s; ", kasper_rule_to_text(self->rule));
	if (self->until != KASPER_TIME_NEVER) {
		until = kasper_time_format(self->until);
		g_string_append_printf(text, "not before %s UTC; ", until);
	}
	g_string_append(text, kasper_reason_get_actor_text(self->actor));
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
kasper_step_append_key(const KasperSnapshot *snapshot, gint slot, GString *text)
{
	const KasperKey *key = &snapshot->keys[slot];

	g_string_append_printf(text, "%s %u: ", kasper_role_to_string(key->roles), key->tag);
}

static void
kasper_step_append_demand(const KasperSnapshot *snapshot, const KasperStep *step, GString *text)
{
	const KasperDemand *demand = &snapshot->policy.demands[step->demand];

	g_string_append_printf(text,
			       "%s%s of algorithm %u, %u bits",
			       step->standby ? "standby " : "",
			       kasper_role_to_string(demand->roles),
			       demand->algorithm,
			       demand->bits);
}

static void
kasper_step_append(const KasperStep *self, const KasperSnapshot *snapshot, GString *text)
{
	g_autofree gchar *time = NULL;

	if (self->slot >= 0)
		kasper_step_append_key(snapshot, self->slot, text);
	switch (self->kind) {
	case KASPER_STEP_NEED_KEY:
		g_string_append(text, "a new key is needed: ");
		kasper_step_append_demand(snapshot, self, text);
		break;
	case KASPER_STEP_ORDER:
		g_string_append_printf(text,
				       "order %" G_GINT64_FORMAT " goes to the signer",
				       snapshot->revision);
		break;
	case KASPER_STEP_SUBMIT_DS:
		g_string_append_printf(text,
				       "DS set %" G_GINT64_FORMAT " goes to the parent",
				       snapshot->submission);
		break;
	case KASPER_STEP_GOAL_OUT:
		g_string_append(text, "is to be withdrawn");
		break;
	case KASPER_STEP_STATE:
		g_string_append_printf(text,
				       "%s %s -> %s",
				       kasper_record_to_text(self->record),
				       kasper_record_state_to_string(self->from),
				       kasper_record_state_to_string(self->to));
		break;
	case KASPER_STEP_ACTIVE:
		g_string_append(text, "is active");
		break;
	case KASPER_STEP_DEAD:
		g_string_append(text, "is dead");
		break;
	case KASPER_STEP_DESTROY:
		g_string_append(text, "can be destroyed");
		break;
	case KASPER_STEP_ROLLOVER:
		g_string_append(text, "is rolled over");
		break;
	case KASPER_STEP_NOTICE:
		time = kasper_time_format(self->time);
		g_string_append_printf(text, "its rollover will start at %s UTC", time);
		break;
	}
	g_string_append_c(text, '\n');
}

/**
 * kasper_plan_to_text: (skip)
 * @self: a plan
 *
 * The plan for people: a line for each step, a line for each reason to wait, and when the zone is
 * looked at next.
 *
 * Returns: (transfer full): lines, each with its newline
 *
 * Since: 0.1
 */
gchar *
kasper_plan_to_text(const KasperPlan *self)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree gchar *wake = kasper_time_format(self->next_wake);

	for (guint i = 0; i < self->steps->len; i++)
		kasper_step_append(&g_array_index(self->steps, KasperStep, i), &self->after, text);
	for (guint i = 0; i < self->reasons->len; i++) {
		g_autofree gchar *reason =
		    kasper_reason_to_text(&g_array_index(self->reasons, KasperReason, i),
					  &self->after);

		g_string_append_printf(text, "waits: %s\n", reason);
	}
	if (self->next_wake == KASPER_TIME_NEVER)
		g_string_append(text, "next look: when something is reported\n");
	else
		g_string_append_printf(text, "next look: %s UTC\n", wake);
	return g_string_free(g_steal_pointer(&text), FALSE);
}
