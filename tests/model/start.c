/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where histories begin: with an unsigned zone, with one that has been signed for long, or with
 * whatever somebody else may have left behind.
 */
#include "kasper-key-private.h"
#include "kasper-ledger-private.h"
#include "kasper-snapshot-private.h"
#include "model.h"

/* goes on without operations, everybody as quick as he can, until nothing happens any more */
static void
model_start_rest(const ModelCase *self, ModelState *state)
{
	guint moves[MODEL_N_MOVES];
	guint n = model_move_list(self, moves);
	gboolean moved = TRUE;

	while (moved) {
		guint64 before = model_state_hash(self, state);

		moved = FALSE;
		for (guint i = 0; i < n && moves[i] < MODEL_N_FREE_MOVES && !moved; i++) {
			const gchar *problem;

			if (!model_move_is_possible(self, state, moves[i]))
				continue;
			problem = model_move_make(self, state, moves[i]);
			if (problem != NULL)
				g_error("%s: before it begins: %s", self->name, problem);
			moved = model_state_hash(self, state) != before;
		}
	}
	g_assert_true(model_zone_is_settled(state));
}

static void
model_start_unsigned(const ModelCase *self, ModelSearch *search)
{
	ModelState state;
	const gchar *problem;

	model_zone_init(self, &state);
	kasper_snapshot_adopt_unsigned(&state.snapshot);
	model_world_init(self, &state);
	problem = model_zone_decide(self, &state, TRUE);
	g_assert_cmpstr(problem, ==, NULL);
	if (self->start == MODEL_START_SIGNED)
		model_start_rest(self, &state);
	model_search_from(search, &state);
}

/* --- adopted --- */

static void
model_start_adopted(const ModelCase *self, ModelSearch *search)
{
	ModelState state;
	const gchar *problem;

	model_zone_init(self, &state);
	for (guint i = 0; i < state.snapshot.policy.n_demands; i++) {
		const KasperDemand *demand = &state.snapshot.policy.demands[i];
		gint slot = model_zone_add_key(self, &state, demand);
		KasperKey *key = &state.snapshot.keys[slot];

		key->backup = KASPER_BACKUP_DONE;
		key->records = (guint8)kasper_key_get_goal_records(key);
	}
	kasper_snapshot_adopt_records(&state.snapshot);
	model_world_init(self, &state);
	problem = model_zone_decide(self, &state, TRUE);
	g_assert_cmpstr(problem, ==, NULL);
	model_search_from(search, &state);
}

/* --- every two versions of each ledger --- */

typedef struct {
	KasperKeySet keys;
	KasperKeySet signers;
} ModelContent;

#define MODEL_CONTENTS_MAX 64

typedef struct {
	const ModelCase *model_case;
	ModelSearch *search;
	ModelState blank; /* with its keys, and nothing published */
	ModelContent contents[KASPER_N_LEDGERS][MODEL_CONTENTS_MAX];
	guint n_contents[KASPER_N_LEDGERS];
	guint at[KASPER_N_LEDGERS][2]; /* now, and before: the same for "nothing before" */
} ModelPairs;

static KasperKeySet
model_pairs_get_keys(const ModelPairs *self, guint record)
{
	const KasperSnapshot *snapshot = &self->blank.snapshot;
	KasperKeySet keys = 0;

	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		if ((kasper_role_get_records(snapshot->keys[slot].roles) & record) != 0)
			keys |= KASPER_KEY_BIT(slot);
	}
	return keys;
}

/* all sets of keys, and for the DNSKEY RRset all of its signers */
static void
model_pairs_list(ModelPairs *self)
{
	static const guint records[KASPER_N_LEDGERS] = {KASPER_RECORD_DS,
							KASPER_RECORD_DNSKEY,
							KASPER_RECORD_RSZ};
	KasperKeySet can_sign = model_pairs_get_keys(self, KASPER_RECORD_RSK);

	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		KasperKeySet all = model_pairs_get_keys(self, records[kind]);

		self->n_contents[kind] = 0;
		for (KasperKeySet keys = 0; keys <= all; keys++) {
			KasperKeySet signers = kind == KASPER_LEDGER_DNSKEY ? keys & can_sign : 0;

			if ((keys & ~all) != 0)
				continue;
			for (KasperKeySet some = 0; some <= signers; some++) {
				if ((some & ~signers) != 0)
					continue;
				g_assert_cmpuint(self->n_contents[kind], <, MODEL_CONTENTS_MAX);
				self->contents[kind][self->n_contents[kind]++] =
				    (ModelContent){keys, some};
			}
		}
	}
}

/* The oracle says whether the first @n of these combinations fit, before the trouble of making a
 * zone of them. The first one is what is served now */
static gboolean
model_pairs_fit(const ModelPairs *self, guint n)
{
	OracleLevel level =
	    self->model_case->level == KASPER_LEVEL_STRICT ? ORACLE_STRICT : ORACLE_DS;
	guint8 algorithms[KASPER_KEYS_MAX];

	for (guint slot = 0; slot < self->blank.snapshot.n_keys; slot++)
		algorithms[slot] = self->blank.snapshot.keys[slot].algorithm;
	for (guint i = 0; i < n; i++) {
		const ModelContent *ds = &self->contents[0][self->at[0][i & 1]];
		const ModelContent *keys = &self->contents[1][self->at[1][i >> 1 & 1]];
		const ModelContent *data = &self->contents[2][self->at[2][i >> 2 & 1]];

		if (!oracle_accepts(ds->keys,
				    keys->keys,
				    keys->signers,
				    data->keys,
				    algorithms,
				    self->blank.snapshot.n_keys,
				    level))
			return FALSE;
	}
	return TRUE;
}

static void
model_pairs_publish(const ModelPairs *self, ModelState *state, KasperLedgerKind kind)
{
	KasperSnapshot *snapshot = &state->snapshot;
	KasperLedger *ledger = &snapshot->ledgers[kind];
	KasperVersion versions[2] = {{0}, {0}};
	KasperVersion *place;
	gboolean returned;

	for (guint i = 0; i < 2; i++) {
		const ModelContent *content = &self->contents[kind][self->at[kind][i]];

		versions[i].keys = content->keys;
		versions[i].signers = content->signers;
		if (kind == KASPER_LEDGER_DS)
			kasper_version_set_digests(&versions[i], &snapshot->policy);
		versions[i].ttl = kasper_snapshot_get_ttl(snapshot, kind, &versions[i]);
	}
	place = kasper_ledger_publish(ledger, &versions[0], state->now, &returned);
	if (kind == KASPER_LEDGER_DS)
		place->flags |= KASPER_VERSION_OBSERVED;
	if (self->at[kind][0] == self->at[kind][1])
		return;
	kasper_version_retire(&versions[1], &versions[0], state->now, kind, &snapshot->policy);
	if (versions[1].end > state->now)
		kasper_ledger_insert(ledger, &versions[1]);
}

static void
model_pairs_set_records(const ModelPairs *self, ModelState *state)
{
	const ModelContent *ds = &self->contents[0][self->at[0][0]];
	const ModelContent *keys = &self->contents[1][self->at[1][0]];
	const ModelContent *data = &self->contents[2][self->at[2][0]];

	for (guint slot = 0; slot < state->snapshot.n_keys; slot++) {
		KasperKeySet bit = KASPER_KEY_BIT(slot);
		guint records = 0;

		records |= (ds->keys & bit) != 0 ? KASPER_RECORD_DS : 0u;
		records |= (keys->keys & bit) != 0 ? KASPER_RECORD_DNSKEY : 0u;
		records |= (keys->signers & bit) != 0 ? KASPER_RECORD_RSK : 0u;
		records |= (data->keys & bit) != 0 ? KASPER_RECORD_RSZ : 0u;
		state->snapshot.keys[slot].records = (guint8)records;
	}
}

/* states are derived; what they were before is not known, and no step tells of it */
static void
model_pairs_set_states(ModelState *state)
{
	KasperPresence presence;

	kasper_snapshot_get_presence(&state->snapshot, &presence);
	for (guint slot = 0; slot < state->snapshot.n_keys; slot++) {
		KasperKey *key = &state->snapshot.keys[slot];

		for (guint i = 0; i < KASPER_N_RECORDS; i++)
			key->state[i] = (guint8)kasper_presence_get_state(&presence, key, slot, i);
	}
	kasper_snapshot_update_ds_phases(&state->snapshot);
}

/* each way to distribute the goals */
static void
model_pairs_start(const ModelPairs *self)
{
	guint n_keys = self->blank.snapshot.n_keys;

	for (guint goals = 0; goals < 1u << n_keys; goals++) {
		ModelState state = self->blank;
		const gchar *problem;

		for (guint slot = 0; slot < n_keys; slot++)
			state.snapshot.keys[slot].goal =
			    (goals >> slot & 1) != 0 ? KASPER_GOAL_IN : KASPER_GOAL_OUT;
		for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++)
			model_pairs_publish(self, &state, kind);
		model_pairs_set_records(self, &state);
		model_pairs_set_states(&state);
		state.snapshot.revision = state.snapshot.confirmed = 1;
		state.applied = state.reported = 1;

		model_world_init(self->model_case, &state);
		state.broken = self->model_case->start == MODEL_START_BROKEN;
		problem = model_zone_decide(self->model_case, &state, TRUE);
		if (problem != NULL)
			g_error("%s: to begin with: %s", self->model_case->name, problem);
		model_search_from(self->search, &state);
	}
}

static void
model_pairs_choose(ModelPairs *self, guint kind)
{
	if (kind == KASPER_N_LEDGERS) {
		gboolean broken = self->model_case->start == MODEL_START_BROKEN;

		if (model_pairs_fit(self, 8) ? !broken : broken && model_pairs_fit(self, 1))
			model_pairs_start(self);
		return;
	}
	for (guint now = 0; now < self->n_contents[kind]; now++) {
		for (guint before = 0; before < self->n_contents[kind]; before++) {
			self->at[kind][0] = now;
			self->at[kind][1] = before;
			model_pairs_choose(self, kind + 1);
		}
	}
}

/* the zone has @n_keys keys already, the first ones perhaps of another algorithm */
static void
model_start_pairs(const ModelCase *self, ModelSearch *search, guint n_others)
{
	g_autofree ModelPairs *pairs = g_new0(ModelPairs, 1);
	KasperPolicy *policy = &pairs->blank.snapshot.policy;

	pairs->model_case = self;
	pairs->search = search;
	model_zone_init(self, &pairs->blank);
	for (guint i = 0; i < self->n_keys; i++) {
		KasperDemand demand = policy->demands[i % policy->n_demands];

		if (i < n_others)
			demand.algorithm = 8;
		model_zone_add_key(self, &pairs->blank, &demand);
		pairs->blank.snapshot.keys[i].backup = KASPER_BACKUP_DONE;
	}
	model_pairs_list(pairs);
	model_pairs_choose(pairs, 0);
}

void
model_start_all(const ModelCase *self, ModelSearch *search)
{
	switch (self->start) {
	case MODEL_START_UNSIGNED:
	case MODEL_START_SIGNED:
		model_start_unsigned(self, search);
		return;
	case MODEL_START_ADOPTED:
		model_start_adopted(self, search);
		return;
	case MODEL_START_PAIRS:
	case MODEL_START_BROKEN:

		for (guint n_others = 0; n_others < self->n_keys; n_others++)
			model_start_pairs(self, search, n_others);
		return;
	}
	g_assert_not_reached();
}
