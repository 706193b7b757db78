/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One sentence for a person: what waits, for which rule and evidence, since when, until when at the
 * earliest, and who must act.
 */
#include "kasper-decide-private.h"
#include "kasper-explain.h"

typedef struct {
	const KasperExplanation *self;
	const KasperSnapshot *snapshot;
	const gchar *zone;
	gchar *remedy; /* NULL: none */
	GString *text;
} KasperSentence;

G_GNUC_PRINTF(2, 3)
static void
kasper_sentence_add(KasperSentence *self, const gchar *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_string_append_vprintf(self->text, format, arguments);
	va_end(arguments);
}

/* @before, the instant, @after; nothing at all if there is no such instant */
static void
kasper_sentence_add_time(KasperSentence *self,
			 const gchar *before,
			 KasperTime time,
			 const gchar *after)
{
	g_autofree gchar *text = kasper_time_format(time);

	if (time != KASPER_TIME_UNSET && time != KASPER_TIME_NEVER)
		kasper_sentence_add(self, "%s%s UTC%s", before, text, after);
}

static void
kasper_sentence_add_key(KasperSentence *self, gint slot)
{
	const KasperKey *key = &self->snapshot->keys[slot];

	kasper_sentence_add(self, "%s %u", kasper_role_to_string(key->roles), key->tag);
}

static void
kasper_sentence_add_subject(KasperSentence *self)
{
	if (self->self->slot >= 0)
		kasper_sentence_add_key(self, self->self->slot);
	else
		kasper_sentence_add(self, "zone %s", self->zone);
}

static gboolean
kasper_sentence_is_addition(const KasperSentence *self)
{
	const KasperKey *key = &self->snapshot->keys[self->self->slot];

	return (key->records & self->self->record) == 0;
}

/* " waits to sign the zone's data" */
static void
kasper_sentence_add_aim(KasperSentence *self)
{
	gboolean adds = self->self->slot >= 0 && kasper_sentence_is_addition(self);

	if (self->self->slot < 0 || self->self->record == 0) {
		kasper_sentence_add(self, " waits");
		return;
	}
	switch ((KasperRecord)self->self->record) {
	case KASPER_RECORD_DS:
		kasper_sentence_add(self,
				    " waits for its DS to be %s",
				    adds ? "submitted" : "withdrawn");
		return;
	case KASPER_RECORD_DNSKEY:
		kasper_sentence_add(self,
				    " waits for its DNSKEY to be %s",
				    adds ? "published" : "withdrawn");
		return;
	case KASPER_RECORD_RSK:
		kasper_sentence_add(self,
				    " waits to %s the DNSKEY set",
				    adds ? "sign" : "stop signing");
		return;
	case KASPER_RECORD_RSZ:
		kasper_sentence_add(self, " waits to %s the zone", adds ? "sign" : "stop signing");
		return;
	}
	g_assert_not_reached();
}

static void
kasper_sentence_add_rule(KasperSentence *self)
{
	if (self->self->has_reason)
		kasper_sentence_add(self, ": %s", kasper_rule_to_text(self->self->rule));
}

/* which danger lasts until then; gates, and who is waited for, are no danger */
static void
kasper_sentence_add_danger(KasperSentence *self)
{
	const KasperExplanation *why = self->self;

	if (why->has_reason && why->rule <= KASPER_RULE_STRICT)
		kasper_sentence_add(self, "; until then %s", kasper_rule_to_text(why->rule));
}

static void
kasper_sentence_add_remedy(KasperSentence *self, const gchar *before)
{
	if (self->remedy != NULL)
		kasper_sentence_add(self, "%s'%s'", before, self->remedy);
}

/* "; the last try failed: no space" */
static void
kasper_sentence_add_errand(KasperSentence *self, const gchar *again)
{
	const KasperErrand *errand = &self->self->errand;

	if (errand->error != NULL)
		kasper_sentence_add(self, "; the last try failed: %s", errand->error);
	kasper_sentence_add_time(self, again, errand->retry, "");
}

/* --- caches --- */

/* "a DNSKEY set without it" */
static const gchar *
kasper_sentence_get_content(const KasperSentence *self)
{
	const KasperVersion *version = &self->self->version;
	gboolean has =
	    self->self->slot >= 0 && (version->keys & KASPER_KEY_BIT(self->self->slot)) != 0;

	if ((version->flags & KASPER_VERSION_UNKNOWN) != 0)
		return "what was published before Kasper had the zone";
	switch (self->self->kind) {
	case KASPER_LEDGER_DS:
		if (version->keys == 0)
			return "the answer that there is no DS";
		return has ? "a DS set with it" : "a DS set without it";
	case KASPER_LEDGER_DNSKEY:
		if (version->keys == 0)
			return "the answer that there is no DNSKEY";
		return has ? "a DNSKEY set with it" : "a DNSKEY set without it";
	case KASPER_LEDGER_DATA:
		if (version->keys == 0)
			return "unsigned data";
		return has ? "data signed by it" : "data not signed by it";
	case KASPER_N_LEDGERS:
		break;
	}
	g_assert_not_reached();
}

/* which version may be held that long, and how that is known */
static void
kasper_sentence_add_version(KasperSentence *self)
{
	const KasperVersion *version = &self->self->version;
	KasperSpan rest = kasper_time_since(version->end, version->gone) - version->ttl;

	if (version->end == KASPER_TIME_UNSET || version->gone == KASPER_TIME_UNSET)
		return;
	kasper_sentence_add(self, ": %s ", kasper_sentence_get_content(self));
	kasper_sentence_add_time(self,
				 self->self->assumed ? "is assumed to have left the servers at "
						     : "left the servers at ",
				 version->gone,
				 "");
	kasper_sentence_add(self,
			    " and may be cached for its TTL of %" G_GINT64_FORMAT
			    " s, with %" G_GINT64_FORMAT " s for propagation and safety",
			    version->ttl,
			    rest);
}

static void
kasper_sentence_add_ttl(KasperSentence *self)
{
	const KasperExplanation *why = self->self;
	const gchar *record = kasper_record_to_text(why->record);

	if (why->has_reason) {
		kasper_sentence_add_aim(self);
		kasper_sentence_add_rule(self);
	} else if (kasper_sentence_is_addition(self)) {
		kasper_sentence_add(self, ": its %s will have left every cache", record);
	} else {
		kasper_sentence_add(self, ": its %s will be in every cache", record);
	}
	kasper_sentence_add_time(self,
				 why->has_reason ? "; not before " : " at ",
				 why->until,
				 why->assumed ? " (assumed)" : "");
	kasper_sentence_add_version(self);
	kasper_sentence_add(self, "; nobody needs to act");
}

/* --- the parent --- */

static void
kasper_sentence_add_parent(KasperSentence *self, gboolean seen)
{
	const KasperExplanation *why = self->self;

	if (why->other >= 0) {
		kasper_sentence_add(self, " waits for the DS of ");
		kasper_sentence_add_key(self, why->other);
	} else {
		kasper_sentence_add(self, " waits for its DS");
	}
	kasper_sentence_add(self,
			    seen ? " to be seen at the parent" : " to be gone from the parent");
	kasper_sentence_add_time(self,
				 seen ? ": it was handed over at "
				      : ": its withdrawal was handed over at ",
				 why->since,
				 seen ? ", and the parent was not seen with it yet"
				      : ", and the parent may still have it");
	kasper_sentence_add_danger(self);
	if (why->assumed) {
		kasper_sentence_add_time(self,
					 "; it counts as done at ",
					 why->expected,
					 " (assumed: by its policy nobody looks); nobody needs to "
					 "act");
		return;
	}
	kasper_sentence_add_time(self,
				 "; the policy reckons with it at ",
				 why->expected,
				 ", which proves nothing");
	kasper_sentence_add(self, "; the parent must act, and whoever sees that it has says");
	kasper_sentence_add_remedy(self, " ");
}

static void
kasper_sentence_add_channel(KasperSentence *self)
{
	kasper_sentence_add(self, " waits for the DS channel");
	kasper_sentence_add_time(self, ": the DS set was made at ", self->self->since, "");
	kasper_sentence_add(self, ", and the channel to the parent has not taken it");
	kasper_sentence_add_errand(self, "; it is tried again at ");
	kasper_sentence_add_remedy(self, "; the channel must act, or whoever hands it over says ");
}

/* --- keys --- */

static void
kasper_sentence_add_backup(KasperSentence *self)
{
	const KasperExplanation *why = self->self;

	kasper_sentence_add_aim(self);
	kasper_sentence_add(self, ": ");
	if (why->other >= 0)
		kasper_sentence_add_key(self, why->other);
	else
		kasper_sentence_add(self, "it");
	kasper_sentence_add_time(self, " was made at ", why->since, " and");
	kasper_sentence_add(self,
			    " has no backup, and nobody may rely on a key that exists only once");
	kasper_sentence_add_time(self, "; not before ", why->until, " even with it");
	kasper_sentence_add_remedy(self, "; whoever makes the backup must act, and says ");
}

static void
kasper_sentence_add_demand(KasperSentence *self)
{
	const KasperDemand *demand = &self->snapshot->policy.demands[self->self->demand];

	kasper_sentence_add(self,
			    "a %s%s of algorithm %u, %u bits",
			    self->self->standby ? "standby " : "",
			    kasper_role_to_string(demand->roles),
			    demand->algorithm,
			    demand->bits);
}

static void
kasper_sentence_add_missing_key(KasperSentence *self)
{
	const KasperExplanation *why = self->self;
	const gchar *name = why->errand.name != NULL ? why->errand.name : "its repository";

	kasper_sentence_add(self, " waits for ");
	kasper_sentence_add_demand(self);
	if (why->errand.error != NULL) {
		kasper_sentence_add(self, ": repository %s does not make it", name);
		kasper_sentence_add_time(self, " since ", why->errand.since, "");
		kasper_sentence_add(self, " (%s)", why->errand.error);
		kasper_sentence_add_time(self, "; it is tried again at ", why->errand.retry, "");
	} else if (why->actor == KASPER_ACTOR_OPERATOR) {
		kasper_sentence_add(self, ": keys are made on command only (ManualKeyGeneration)");
	} else {
		kasper_sentence_add(self, ": it is being made in repository %s", name);
		kasper_sentence_add_time(self, "; the zone looks again at ", why->errand.retry, "");
	}
	if (why->actor == KASPER_ACTOR_OPERATOR)
		kasper_sentence_add_remedy(self, "; an operator must act: ");
	else
		kasper_sentence_add(self, "; the key store must act");
}

static void
kasper_sentence_add_use(KasperSentence *self)
{
	const KasperExplanation *why = self->self;
	const KasperKey *key = &self->snapshot->keys[why->slot];
	const KasperDemand *demand =
	    why->demand >= 0 ? &self->snapshot->policy.demands[why->demand] : NULL;
	gboolean manual = demand != NULL && (demand->manual_rollover || demand->manual_switch);

	if (key->dead != KASPER_TIME_UNSET) {
		kasper_sentence_add_time(self, " is dead since ", key->dead, "");
		kasper_sentence_add_time(self, "; its key is destroyed at ", why->until, "");
	} else if (key->standby) {
		kasper_sentence_add(self, " is in reserve, to be called up");
	} else {
		kasper_sentence_add(self, " is in use");
		kasper_sentence_add_time(self, " since ", why->since, "");
		if (why->until == KASPER_TIME_NEVER)
			kasper_sentence_add(self, ", and rolls over on command only");
		else
			kasper_sentence_add_time(self,
						 manual ? "; its rollover can be commanded from "
							: "; its rollover starts at ",
						 why->until,
						 "");
	}
	kasper_sentence_add(self, "; nobody needs to act");
}

/* --- the others --- */

static void
kasper_sentence_add_signer(KasperSentence *self)
{
	kasper_sentence_add(self, " waits for the signer");
	kasper_sentence_add(self,
			    ": order %" G_GINT64_FORMAT " was written",
			    self->snapshot->revision);
	kasper_sentence_add_time(self, " at ", self->self->since, "");
	kasper_sentence_add(self, ", and the zone was not seen published with it yet");
	kasper_sentence_add_danger(self);
	kasper_sentence_add_errand(self, "; it is looked at again at ");
	kasper_sentence_add(self, "; the signer must act");
}

static void
kasper_sentence_add_operator(KasperSentence *self)
{
	const KasperExplanation *why = self->self;
	gboolean keep = why->slot >= 0 && self->snapshot->keys[why->slot].keep != 0;

	if (keep)
		kasper_sentence_add(self,
				    " waits for an operator: it was kept when the DS of its "
				    "successor was seen");
	else
		kasper_sentence_add_aim(self);
	kasper_sentence_add_rule(self);
	kasper_sentence_add_time(self, " (since ", why->since, ")");
	kasper_sentence_add(self, "; an operator must act");
	kasper_sentence_add_remedy(self, ": ");
}

static void
kasper_sentence_add_body(KasperSentence *self)
{
	switch (self->self->wait) {
	case KASPER_WAIT_NOTHING:
	case KASPER_WAIT_LIFETIME:
	case KASPER_WAIT_PURGE:
		kasper_sentence_add_use(self);
		return;
	case KASPER_WAIT_TTL:
		kasper_sentence_add_ttl(self);
		return;
	case KASPER_WAIT_DS_SEEN:
	case KASPER_WAIT_DS_GONE:
		kasper_sentence_add_parent(self, self->self->wait == KASPER_WAIT_DS_SEEN);
		return;
	case KASPER_WAIT_DS_SUBMIT:
		kasper_sentence_add_channel(self);
		return;
	case KASPER_WAIT_BACKUP:
		kasper_sentence_add_backup(self);
		return;
	case KASPER_WAIT_KEY:
		kasper_sentence_add_missing_key(self);
		return;
	case KASPER_WAIT_SIGNER:
		kasper_sentence_add_signer(self);
		return;
	case KASPER_WAIT_STORE:
	case KASPER_WAIT_OPERATOR:
	case KASPER_WAIT_HOLD:
		kasper_sentence_add_operator(self);
		return;
	}
	g_assert_not_reached();
}

/**
 * kasper_explanation_to_text: (skip)
 * @self: an explanation
 * @snapshot: the snapshot of its plan
 * @zone: the zone's name
 * @id: (nullable): the CKA_ID of the key that it is about: of `self->other` if there is one, else
 * of `self->slot`
 *
 * One sentence: what waits, for which rule and evidence, since when, until when at the earliest,
 * and who must act.
 *
 * Returns: (transfer full): the sentence, without a full stop
 *
 * Since: 0.1
 */
gchar *
kasper_explanation_to_text(const KasperExplanation *self,
			   const KasperSnapshot *snapshot,
			   const gchar *zone,
			   const gchar *id)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree gchar *remedy = kasper_explanation_dup_remedy(self, snapshot, zone, id);
	KasperSentence sentence = {self, snapshot, zone, remedy, text};

	kasper_sentence_add_subject(&sentence);
	kasper_sentence_add_body(&sentence);
	return g_string_free(g_steal_pointer(&text), FALSE);
}
