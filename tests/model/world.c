/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is really served, and what anybody may hold of it: the truth, which the engine is never
 * told in full.
 */
#include "model.h"

static gboolean
model_held_is_same(const ModelHeld *self, const ModelHeld *other)
{
	return self->keys == other->keys && self->signers == other->signers;
}

/* from now on it is in caches only; two copies of one content are one */
static void
model_track_replace(ModelTrack *self, guint at, guint delay)
{
	ModelHeld *held = &self->held[at];
	guint left = delay + held->ttl;

	for (guint i = 0; i < self->n_held; i++) {
		ModelHeld *other = &self->held[i];

		if (i == at || other->left == MODEL_SERVED || !model_held_is_same(other, held))
			continue;
		other->left = (guint8)MAX(other->left, left);
		left = 0;
	}
	if (left == 0)
		*held = self->held[--self->n_held];
	else
		held->left = (guint8)left;
}

static const ModelHeld *
model_held_find(const ModelHeld *list, guint n, const ModelHeld *wanted)
{
	for (guint i = 0; i < n; i++) {
		if (model_held_is_same(&list[i], wanted) && list[i].ttl == wanted->ttl)
			return &list[i];
	}
	return NULL;
}

/* from now on exactly @served is served; @delay until the last server has heard of it */
void
model_track_serve(ModelTrack *self, const ModelHeld *served, guint n_served, guint delay)
{
	for (guint i = self->n_held; i-- > 0;) {
		ModelHeld *held = &self->held[i];
		const ModelHeld *again = model_held_find(served, n_served, held);

		if (held->left != MODEL_SERVED)
			continue;
		if (again != NULL)
			held->served = again->served;
		else
			model_track_replace(self, i, delay);
	}
	for (guint i = 0; i < n_served; i++) {
		gboolean there = FALSE;

		for (guint j = 0; j < self->n_held; j++)
			there |= self->held[j].left == MODEL_SERVED &&
				 self->held[j].ttl == served[i].ttl &&
				 model_held_is_same(&self->held[j], &served[i]);
		if (there)
			continue;
		g_assert_cmpuint(self->n_held, <, MODEL_HELD_MAX);
		self->held[self->n_held] = served[i];
		self->held[self->n_held++].left = MODEL_SERVED;
	}
}

void
model_track_tick(ModelTrack *self)
{
	for (guint i = self->n_held; i-- > 0;) {
		ModelHeld *held = &self->held[i];

		if (held->left == MODEL_SERVED) {
			if (held->served != MODEL_SERVED)
				held->served--;
		} else if (--held->left == 0) {
			*held = self->held[--self->n_held];
		}
	}
}

gboolean
model_track_holds(const ModelTrack *self, KasperKeySet key)
{
	for (guint i = 0; i < self->n_held; i++) {
		if (((self->held[i].keys | self->held[i].signers) & key) != 0)
			return TRUE;
	}
	return FALSE;
}

/* --- is it well? --- */

/* the oracle's word about all that anybody may hold together */
static gboolean
model_world_is_valid(const ModelCase *self, const ModelState *state)
{
	OracleLevel level = self->level == KASPER_LEVEL_STRICT ? ORACLE_STRICT : ORACLE_DS;
	const ModelTrack *ds = &state->tracks[KASPER_LEDGER_DS];
	const ModelTrack *keys = &state->tracks[KASPER_LEDGER_DNSKEY];
	const ModelTrack *data = &state->tracks[KASPER_LEDGER_DATA];
	guint8 algorithms[KASPER_KEYS_MAX];

	for (guint slot = 0; slot < state->snapshot.n_keys; slot++)
		algorithms[slot] = state->snapshot.keys[slot].algorithm;
	for (guint i = 0; i < ds->n_held; i++) {
		for (guint j = 0; ds->held[i].keys != 0 && j < keys->n_held; j++) {
			for (guint k = 0; k < data->n_held; k++) {
				if (!oracle_accepts(ds->held[i].keys,
						    keys->held[j].keys,
						    keys->held[j].signers,
						    data->held[k].keys,
						    algorithms,
						    state->snapshot.n_keys,
						    level))
					return FALSE;
			}
		}
	}
	return TRUE;
}

/* what is broken may take its time to heal, and stays whole from then on */
const gchar *
model_world_check(const ModelCase *self, ModelState *state)
{
	gboolean valid = model_world_is_valid(self, state);

	if (valid)
		state->broken = FALSE;
	return valid || state->broken ? NULL : "somebody may hold what does not validate";
}

/* ticks until the signer, which is only said to need so long, serves it no longer */
static guint
model_world_get_served(const ModelCase *self,
		       const ModelState *state,
		       guint kind,
		       const ModelHeld *held)
{
	for (guint i = 0; i < state->n_orders; i++) {
		const ModelOrder *order = &state->orders[i];
		gboolean data = kind == KASPER_LEDGER_DATA;
		KasperKeySet keys = data ? order->data : order->keys;
		guint ttl = data ? order->data_ttl : order->keys_ttl;
		gboolean replaced = (held->keys & ~keys) != 0 && (keys & ~held->keys) != 0;

		if (keys != held->keys || ttl != held->ttl ||
		    (!data && order->signers != held->signers))
			return (guint)self->limits.publish - order->age +
			       (data && replaced ? (guint)self->times.G : 0u);
	}
	return MODEL_SERVED;
}

/* ticks until nobody holds it, in the worst case; NEVER: that is open */
static KasperSpan
model_world_get_left(const ModelCase *self,
		     const ModelState *state,
		     guint kind,
		     const ModelHeld *held)
{
	guint served = held->served;

	if (held->left != MODEL_SERVED)
		return held->left;
	if (self->blind && kind != KASPER_LEDGER_DS)
		served = MIN(served, model_world_get_served(self, state, kind, held));
	return served == MODEL_SERVED ? KASPER_TIME_NEVER
				      : (KasperSpan)served + self->times.a + held->ttl;
}

static gboolean
model_version_covers(const KasperVersion *version,
		     const ModelHeld *held,
		     KasperTime now,
		     KasperSpan left)
{
	if ((version->flags & KASPER_VERSION_UNKNOWN) == 0 &&
	    (version->keys != held->keys || version->signers != held->signers))
		return FALSE;
	return version->end == KASPER_TIME_NEVER || version->end - now >= left;
}

static gboolean
model_ledger_covers(const KasperLedger *ledger,
		    const ModelHeld *held,
		    KasperTime now,
		    KasperSpan left)
{
	for (guint i = 0; i < ledger->n_versions; i++) {
		if (model_version_covers(&ledger->versions[i], held, now, left))
			return TRUE;
	}
	return FALSE;
}

/* the union of two sets that are in the ledger need not be (see kasper-parent.c) */
static gboolean
model_ledger_covers_union(const KasperLedger *ledger,
			  const ModelHeld *held,
			  KasperTime now,
			  KasperSpan left)
{
	KasperKeySet keys = 0;

	for (guint i = 0; i < ledger->n_versions; i++) {
		ModelHeld part = *held;

		part.keys = ledger->versions[i].keys;
		if ((part.keys & ~held->keys) == 0 &&
		    model_version_covers(&ledger->versions[i], &part, now, left))
			keys |= part.keys;
	}
	return keys == held->keys;
}

/* whatever anybody may hold the engine has to reckon with, and for as long */
const gchar *
model_world_compare(const ModelCase *self, const ModelState *state)
{
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		const KasperLedger *ledger = &state->snapshot.ledgers[kind];

		for (guint i = 0; i < state->tracks[kind].n_held; i++) {
			const ModelHeld *held = &state->tracks[kind].held[i];
			KasperSpan left = model_world_get_left(self, state, kind, held);

			if (model_ledger_covers(ledger, held, state->now, left) ||
			    (kind == KASPER_LEDGER_DS &&
			     model_ledger_covers_union(ledger, held, state->now, left)))
				continue;
			return "somebody may hold what the engine has forgotten";
		}
	}
	return NULL;
}

/* --- the signer --- */

static guint
model_world_collect_classes(const ModelTrack *track, ModelHeld *ret_classes)
{
	guint n = 0;

	for (guint i = 0; i < track->n_held; i++) {
		if (track->held[i].left == MODEL_SERVED)
			ret_classes[n++] = track->held[i];
	}
	return n;
}

/* signatures that are replaced, and not only left out, may take their time */
static void
model_world_resign(const ModelCase *self, ModelState *state, const ModelOrder *order, guint8 ttl)
{
	ModelTrack *track = &state->tracks[KASPER_LEDGER_DATA];
	ModelHeld classes[MODEL_HELD_MAX];
	ModelHeld served[MODEL_HELD_MAX];
	guint n_classes = model_world_collect_classes(track, classes);
	guint n = 0;

	for (guint i = 0; i < n_classes && self->times.G > 0; i++) {
		KasperKeySet old = classes[i].keys;

		if ((old & ~order->data) == 0 || (order->data & ~old) == 0)
			continue;
		served[n] = classes[i];
		served[n].served = MIN(classes[i].served, self->times.G);
		n++;
	}
	served[n++] = (ModelHeld){.keys = order->data, .ttl = ttl, .served = MODEL_SERVED};
	model_track_serve(track, served, n, self->times.a);
}

void
model_world_apply_order(const ModelCase *self, ModelState *state)
{
	const ModelOrder order = state->orders[0];
	guint8 more = self->large_ttl ? 1 : 0;
	const ModelHeld keys = {.keys = order.keys,
				.signers = order.signers,
				.ttl = (guint8)(order.keys_ttl + (order.keys != 0 ? more : 0)),
				.served = MODEL_SERVED};

	state->n_orders--;
	for (guint i = 0; i < state->n_orders; i++)
		state->orders[i] = state->orders[i + 1];
	model_track_serve(&state->tracks[KASPER_LEDGER_DNSKEY], &keys, 1, self->times.a);
	model_world_resign(self, state, &order, (guint8)(order.data_ttl + more));
	state->served_ttls[0] = order.keys != 0 ? keys.ttl : 0;
	state->served_ttls[1] = order.data_ttl + more;
	state->applied = order.revision;
	state->changed_at = state->now;
}

static gint
model_world_find_class(const ModelState *state)
{
	const ModelTrack *track = &state->tracks[KASPER_LEDGER_DATA];
	gint first = -1;

	for (guint i = 0; i < track->n_held; i++) {
		if (track->held[i].left == MODEL_SERVED && track->held[i].served != MODEL_SERVED &&
		    (first < 0 || track->held[i].served < track->held[first].served))
			first = (gint)i;
	}
	return first;
}

gboolean
model_world_has_class(const ModelState *state)
{
	return model_world_find_class(state) >= 0;
}

/* the last of some old signatures is replaced */
gboolean
model_world_end_class(const ModelCase *self, ModelState *state)
{
	ModelTrack *track = &state->tracks[KASPER_LEDGER_DATA];
	gint at = model_world_find_class(state);

	if (at < 0)
		return FALSE;
	track->held[at].served = MODEL_SERVED;
	model_track_replace(track, (guint)at, self->times.a);
	state->changed_at = state->now;
	return TRUE;
}

/* --- the parent --- */

static void
model_world_show_parent(const ModelCase *self, ModelState *state)
{
	ModelHeld served[2];
	guint n = self->parent == MODEL_PARENT_TWO && state->parent[0] != state->parent[1] ? 2 : 1;

	for (guint i = 0; i < 2; i++)
		served[i] =
		    (ModelHeld){.keys = state->parent[i],
				.ttl = state->parent[i] != 0 ? self->times.D : self->times.Nd,
				.served = MODEL_SERVED};
	if (state->between && self->parent == MODEL_PARENT_ADDS_FIRST) {
		served[0].keys |= state->parent[1];
		served[0].ttl = self->times.D;
	}
	model_track_serve(&state->tracks[KASPER_LEDGER_DS], served, n, self->times.P);
}

/* the next thing that it does; submissions are taken in order */
void
model_world_step_parent(const ModelCase *self, ModelState *state)
{
	KasperKeySet next = state->sets[0];

	if (self->parent == MODEL_PARENT_ATOMIC || state->between) {
		state->parent[0] = state->parent[1] = next;
		state->between = FALSE;
		state->n_sets--;
		for (guint i = 0; i < state->n_sets; i++)
			state->sets[i] = state->sets[i + 1];
		state->sets[state->n_sets] = 0;
	} else {
		state->parent[1] = next;
		state->between = TRUE;
	}
	model_world_show_parent(self, state);
}

/* what the engine believes to be served is what is */
void
model_world_init(const ModelCase *self, ModelState *state)
{
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		const KasperLedger *ledger = &state->snapshot.ledgers[kind];

		state->tracks[kind].n_held = 0;
		for (guint i = 0; i < ledger->n_versions; i++) {
			const KasperVersion *version = &ledger->versions[i];
			ModelHeld held = {.keys = version->keys,
					  .signers = version->signers,
					  .ttl = (guint8)version->ttl,
					  .left = MODEL_SERVED,
					  .served = MODEL_SERVED};

			if ((version->flags & KASPER_VERSION_UNKNOWN) != 0)
				continue;
			if (version->end != KASPER_TIME_NEVER)
				held.left = (guint8)(version->end - state->now);
			state->tracks[kind].held[state->tracks[kind].n_held++] = held;
			if (kind == KASPER_LEDGER_DS && held.left == MODEL_SERVED)
				state->parent[0] = state->parent[1] = held.keys;
		}
	}
	state->served_ttls[1] = self->times.S;
	state->changed_at = state->now;
}
