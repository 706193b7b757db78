/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * States are the same if nothing that comes can tell them apart: keys are renamed in the order in
 * which they were made, times are relative to now, and what only people look at is left out.
 */
#include "kasper-key-private.h"
#include "model.h"

typedef struct {
	guint8 bytes[MODEL_BYTES_MAX];
	guint n;
	guint8 place[KASPER_KEYS_MAX]; /* of each slot among the keys, oldest first */
	guint n_places;
	KasperTime now;
} ModelCanon;

/* what happened longer ago than any wait is long ago */
#define MODEL_LONG_AGO 30

static void
model_canon_add(ModelCanon *self, guint value)
{
	self->bytes[self->n++] = (guint8)value;
}

static void
model_canon_add_time(ModelCanon *self, KasperTime time)
{
	if (time == KASPER_TIME_NEVER)
		model_canon_add(self, 255);
	else if (time == KASPER_TIME_UNSET)
		model_canon_add(self, 254);
	else
		model_canon_add(
		    self,
		    (guint)(CLAMP(time - self->now, -MODEL_LONG_AGO, 200) + MODEL_LONG_AGO));
}

/* what is asked is only whether so many ticks have passed since then */
static void
model_canon_add_past(ModelCanon *self, KasperTime time, KasperSpan enough)
{
	if (time != KASPER_TIME_UNSET && time < self->now - enough)
		time = self->now - enough;
	model_canon_add_time(self, time);
}

static void
model_canon_name_keys(ModelCanon *self, const KasperSnapshot *snapshot)
{
	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		self->place[slot] = 0;
		if (snapshot->keys[slot].number == 0)
			continue;
		self->n_places++;
		for (guint other = 0; other < snapshot->n_keys; other++) {
			if (snapshot->keys[other].number != 0 &&
			    snapshot->keys[other].number < snapshot->keys[slot].number)
				self->place[slot]++;
		}
	}
}

static void
model_canon_add_keys(ModelCanon *self, KasperKeySet keys)
{
	guint named = 0;

	for (guint slot = 0; keys != 0; slot++, keys >>= 1) {
		if ((keys & 1) != 0)
			named |= 1u << self->place[slot];
	}
	model_canon_add(self, named);
}

/* the order in a list says nothing */
static void
model_canon_sort(ModelCanon *self, guint from, guint size)
{
	guint8 one[32];

	for (guint i = from + size; i < self->n; i += size) {
		guint at = i;

		memcpy(one, &self->bytes[i], size);
		while (at > from && memcmp(&self->bytes[at - size], one, size) > 0) {
			memcpy(&self->bytes[at], &self->bytes[at - size], size);
			at -= size;
		}
		memcpy(&self->bytes[at], one, size);
	}
}

static void
model_canon_add_zone_key(ModelCanon *self, const KasperKey *key)
{
	model_canon_add(self, key->algorithm);
	model_canon_add(self, (guint)key->roles | (guint)key->records << 4);
	model_canon_add(self,
			(guint)key->goal | (guint)key->availability << 1 | (guint)key->backup << 3 |
			    (guint)key->standby << 5 | (guint)key->keep << 6);
	model_canon_add(self,
			(guint)key->roll | (key->active != KASPER_TIME_UNSET ? 4u : 0u) |
			    (key->dead != KASPER_TIME_UNSET ? 8u : 0u));
}

/* how many sets were submitted before this one: no more than that is asked of `since` */
static guint
model_canon_get_rank(const KasperLedger *ledger, guint at)
{
	guint rank = 0;

	for (guint i = 0; i < ledger->n_versions; i++)
		rank += ledger->versions[i].since < ledger->versions[at].since ? 1 : 0;
	return rank;
}

static void
model_canon_add_ledger(ModelCanon *self, const KasperLedger *ledger, KasperLedgerKind kind)
{
	guint from;

	model_canon_add(self, ledger->n_versions);
	from = self->n;
	for (guint i = 0; i < ledger->n_versions; i++) {
		const KasperVersion *version = &ledger->versions[i];

		model_canon_add_keys(self, version->keys);
		model_canon_add_keys(self, version->signers);
		model_canon_add(self, version->flags & 0xff);
		model_canon_add(self, version->flags >> 8);
		model_canon_add(self, (guint)version->ttl);
		model_canon_add_time(self, version->gone);
		model_canon_add_time(self, version->end);
		model_canon_add(self,
				kind == KASPER_LEDGER_DS ? model_canon_get_rank(ledger, i) : 0);
	}
	model_canon_sort(self, from, 8);
}

static void
model_canon_add_track(ModelCanon *self, const ModelTrack *track)
{
	guint from;

	model_canon_add(self, track->n_held);
	from = self->n;
	for (guint i = 0; i < track->n_held; i++) {
		const ModelHeld *held = &track->held[i];

		model_canon_add_keys(self, held->keys);
		model_canon_add_keys(self, held->signers);
		/* once it is not served its TTL has done its work */
		model_canon_add(self, held->left == MODEL_SERVED ? held->ttl : 0);
		model_canon_add(self, held->left);
		model_canon_add(self, held->left == MODEL_SERVED ? held->served : 0);
	}
	model_canon_sort(self, from, 5);
}

static void
model_canon_add_policy(ModelCanon *self, const KasperPolicy *policy)
{
	for (guint i = 0; i < policy->n_demands; i++) {
		model_canon_add(self, policy->demands[i].algorithm);
		model_canon_add(self,
				(guint)policy->demands[i].roles |
				    (guint)policy->demands[i].gates << 2 |
				    (guint)policy->demands[i].standby << 5);
	}
	model_canon_add(self, (guint)policy->dnskey_ttl);
	model_canon_add(self, (guint)policy->max_zone_ttl);
	model_canon_add(self, (guint)policy->zone_propagation);
}

static void
model_canon_add_orders(ModelCanon *canon, const ModelCase *self, const ModelState *state)
{
	model_canon_add(canon, state->n_orders);
	for (guint i = 0; i < state->n_orders; i++) {
		const ModelOrder *order = &state->orders[i];

		model_canon_add(canon, (guint)(state->snapshot.revision - order->revision));
		model_canon_add_keys(canon, order->keys);
		model_canon_add_keys(canon, order->signers);
		model_canon_add_keys(canon, order->data);
		model_canon_add(canon, order->keys_ttl);
		model_canon_add(canon, order->data_ttl);
		model_canon_add(canon, order->age);
	}
	/* of the signer's last report, and of one that is to come */
	model_canon_add(canon, state->applied == state->snapshot.revision ? 1 : 0);
	model_canon_add(canon, state->reported < state->applied ? 1 : 0);
	/* a report has a date, and may be made twice */
	if (state->reported < state->applied || (self->ops & MODEL_OP_AGAIN) != 0)
		model_canon_add_time(canon, state->changed_at);
	model_canon_add(canon, (guint)state->served_ttls[0]);
	model_canon_add(canon, (guint)state->served_ttls[1]);
}

static void
model_canon_add_parent(ModelCanon *self, const ModelState *state)
{
	model_canon_add(self, state->n_sets);
	for (guint i = 0; i < state->n_sets; i++)
		model_canon_add_keys(self, state->sets[i]);
	model_canon_add_keys(self, state->parent[0]);
	model_canon_add_keys(self, state->parent[1]);
	model_canon_add(self, state->between);
	for (guint i = 0; i < G_N_ELEMENTS(state->ages); i++)
		model_canon_add(self, state->ages[i]);
}

static void
model_canon_add_snapshot(ModelCanon *self, const KasperSnapshot *snapshot)
{
	model_canon_add(self, self->n_places);
	for (guint place = 0; place < self->n_places; place++) {
		for (guint slot = 0; slot < snapshot->n_keys; slot++) {
			if (snapshot->keys[slot].number != 0 && self->place[slot] == place)
				model_canon_add_zone_key(self, &snapshot->keys[slot]);
		}
	}
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++)
		model_canon_add_ledger(self, &snapshot->ledgers[kind], kind);
	model_canon_add(self, snapshot->revision == 0 ? 1 : 0);
	model_canon_add(self, snapshot->submission == 0 ? 1 : 0);
	model_canon_add_past(self, snapshot->submitted_at, snapshot->policy.registration_delay);
	model_canon_add(self, snapshot->holds);
	model_canon_add(self, snapshot->insecure);
	model_canon_add(self, (guint)snapshot->served_ttl);
	model_canon_add_policy(self, &snapshot->policy);
}

/* the finisher of Steele, Lea and Flood: Fast splittable pseudorandom number generators (2014) */
static guint64
model_mix(guint64 x)
{
	x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* never 0 */
guint64
model_state_hash(const ModelCase *self, const ModelState *state)
{
	ModelCanon canon;
	guint64 hash = G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

	canon.n = canon.n_places = 0;
	canon.now = state->now;
	model_canon_name_keys(&canon, &state->snapshot);
	model_canon_add_snapshot(&canon, &state->snapshot);
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++)
		model_canon_add_track(&canon, &state->tracks[kind]);
	model_canon_add_orders(&canon, self, state);
	model_canon_add_parent(&canon, state);
	model_canon_add(&canon, state->n_ops);
	model_canon_add(&canon, (guint)state->starved | (guint)state->broken << 1);
	g_assert_cmpuint(canon.n + sizeof(guint64), <=, sizeof canon.bytes);
	memset(&canon.bytes[canon.n], 0, sizeof(guint64));
	for (guint i = 0; i < canon.n; i += sizeof(guint64)) {
		guint64 word;

		memcpy(&word, &canon.bytes[i], sizeof word);
		hash = model_mix(hash ^ word) + canon.n;
	}
	return hash != 0 ? hash : 1;
}

/* --- for people --- */

static void
model_text_add_set(GString *text, const ModelState *state, KasperKeySet keys, KasperKeySet signers)
{
	g_string_append_c(text, '{');
	for (guint slot = 0; slot < state->snapshot.n_keys; slot++) {
		const KasperKey *key = &state->snapshot.keys[slot];

		if (((keys | signers) & KASPER_KEY_BIT(slot)) != 0)
			g_string_append_printf(text,
					       " %c%" G_GINT64_FORMAT "%s",
					       kasper_role_to_string(key->roles)[0],
					       key->number,
					       (signers & KASPER_KEY_BIT(slot)) != 0 ? "*" : "");
	}
	g_string_append(text, " }");
}

static void
model_text_add_ledger(GString *text, const ModelState *state, KasperLedgerKind kind)
{
	const KasperLedger *ledger = &state->snapshot.ledgers[kind];
	const ModelTrack *track = &state->tracks[kind];

	for (guint i = 0; i < ledger->n_versions; i++) {
		const KasperVersion *version = &ledger->versions[i];

		model_text_add_set(text, state, version->keys, version->signers);
		g_string_append_printf(text, " ttl %d", (gint)version->ttl);
		if (version->end != KASPER_TIME_NEVER)
			g_string_append_printf(text, " to %" G_GINT64_FORMAT, version->end);
		g_string_append_printf(text, " (%x); ", version->flags);
	}
	g_string_append(text, "really:");
	for (guint i = 0; i < track->n_held; i++) {
		g_string_append_c(text, ' ');
		model_text_add_set(text, state, track->held[i].keys, track->held[i].signers);
		if (track->held[i].left != MODEL_SERVED)
			g_string_append_printf(text, " for %u", track->held[i].left);
	}
	g_string_append_c(text, '\n');
}

gchar *
model_state_to_text(const ModelState *state)
{
	static const gchar *const names[KASPER_N_LEDGERS] = {"DS", "DNSKEY", "data"};
	GString *text = g_string_new("#   keys:");

	for (guint slot = 0; slot < state->snapshot.n_keys; slot++) {
		const KasperKey *key = &state->snapshot.keys[slot];

		if (key->number != 0)
			g_string_append_printf(text,
					       " %c%" G_GINT64_FORMAT "/%u %s%s",
					       kasper_role_to_string(key->roles)[0],
					       key->number,
					       key->algorithm,
					       key->goal == KASPER_GOAL_IN ? "in" : "out",
					       key->availability != 0 ? " (unable)" : "");
	}
	g_string_append_printf(text,
			       "; %u orders, %u sets on their way, %u operations left\n",
			       state->n_orders,
			       state->n_sets,
			       state->n_ops);
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		g_string_append_printf(text, "#   %s: ", names[kind]);
		model_text_add_ledger(text, state, kind);
	}
	return g_string_free(text, FALSE);
}
