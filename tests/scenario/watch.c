/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What has to hold of each decision, whatever came before: the properties P4, P13, P14, P18 and P20
 * of rollover-model 6.1. Some of them are looked at now and then only, by @luck.
 */
#include "history.h"
#include "kasper-decide-private.h"

#define HELD_MAX 64

/* --- P13: what the states say is true of what anybody may really hold --- */

typedef struct {
	OracleHeld held[HELD_MAX];
	guint n;
} Truth;

static void
get_truth(const Sim *sim, OracleTrack track, Truth *truth)
{
	truth->n = oracle_list_held((const OracleEvent *)(gconstpointer)sim->timeline->data,
				    sim->timeline->len,
				    track,
				    sim->now,
				    truth->held,
				    HELD_MAX);
}

static gchar *
check_state(const Truth *truth, guint64 key, gboolean signers, KasperRecordState state)
{
	for (guint i = 0; i < truth->n; i++) {
		guint64 keys = truth->held[i].keys;
		gboolean has = ((signers ? keys & truth->held[i].signers : keys) & key) != 0;

		if (has && state == KASPER_RECORD_HIDDEN)
			return g_strdup("a record is hidden that somebody may hold");
		if (!has && state == KASPER_RECORD_OMNIPRESENT)
			return g_strdup("a record is omnipresent that somebody may lack");
	}
	return NULL;
}

static gchar *
check_states(const Sim *sim, const KasperPlan *plan)
{
	static const OracleTrack tracks[KASPER_N_RECORDS] = {ORACLE_DS_SETS,
							     ORACLE_KEY_SETS,
							     ORACLE_KEY_SETS,
							     ORACLE_DATA_CLASSES};
	Truth truths[3];
	gchar *problem = NULL;

	for (guint i = 0; i < 3; i++)
		get_truth(sim, (OracleTrack)i, &truths[i]);
	for (guint slot = 0; slot < plan->after.n_keys; slot++) {
		const KasperKey *key = &plan->after.keys[slot];

		for (guint i = 0; key->number != 0 && problem == NULL && i < KASPER_N_RECORDS; i++)
			problem = check_state(&truths[tracks[i]],
					      (guint64)1 << (key->number - 1),
					      i == KASPER_INDEX_RSK,
					      key->state[i]);
	}
	return problem;
}

/* --- P14: pairs say what the product of all versions says --- */

static gboolean
is_product_safe(const KasperSnapshot *snapshot)
{
	OracleLevel level =
	    snapshot->policy.level == KASPER_LEVEL_STRICT ? ORACLE_STRICT : ORACLE_DS;
	const KasperLedger *ds = &snapshot->ledgers[KASPER_LEDGER_DS];
	const KasperLedger *keys = &snapshot->ledgers[KASPER_LEDGER_DNSKEY];
	const KasperLedger *data = &snapshot->ledgers[KASPER_LEDGER_DATA];
	guint8 algorithms[KASPER_KEYS_MAX];

	for (guint slot = 0; slot < snapshot->n_keys; slot++)
		algorithms[slot] = snapshot->keys[slot].algorithm;
	for (guint i = 0; i < ds->n_versions; i++) {
		for (guint j = 0; j < keys->n_versions; j++) {
			for (guint k = 0; k < data->n_versions; k++) {
				if (!oracle_accepts(ds->versions[i].keys,
						    keys->versions[j].keys,
						    keys->versions[j].signers,
						    data->versions[k].keys,
						    algorithms,
						    snapshot->n_keys,
						    level))
					return FALSE;
			}
		}
	}
	return TRUE;
}

static gchar *
check_product(const KasperPlan *plan)
{
	KasperProspect prospect = {.ledgers = plan->after.ledgers};
	KasperKeyring keyring;

	kasper_keyring_init(&keyring, &plan->after);
	if (kasper_safety_is_safe(&keyring, &prospect) == is_product_safe(&plan->after))
		return NULL;
	return g_strdup("pairs of versions say something else than all three together");
}

/* --- P4: the places of the keys do not matter --- */

static KasperKeySet
move_keys(KasperKeySet keys, const guint *places)
{
	KasperKeySet moved = 0;

	for (guint slot = 0; slot < KASPER_KEYS_MAX; slot++) {
		if ((keys & KASPER_KEY_BIT(slot)) != 0)
			moved |= KASPER_KEY_BIT(places[slot]);
	}
	return moved;
}

/* @places: where each slot goes */
static void
move_snapshot(const KasperSnapshot *snapshot, const guint *places, KasperSnapshot *ret_moved)
{
	*ret_moved = *snapshot;
	for (guint slot = 0; slot < snapshot->n_keys; slot++)
		ret_moved->keys[places[slot]] = snapshot->keys[slot];
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		KasperLedger *ledger = &ret_moved->ledgers[kind];

		for (guint i = 0; i < ledger->n_versions; i++) {
			KasperVersion *version = &ledger->versions[i];

			version->keys = move_keys(version->keys, places);
			version->signers = move_keys(version->signers, places);
			for (guint j = 0; j < KASPER_N_VIEWS; j++)
				version->views[j] = move_keys(version->views[j], places);
		}
	}
}

static gboolean
is_same_zone(const KasperSnapshot *a, const KasperSnapshot *b, const guint *places)
{
	KasperSnapshot moved;

	move_snapshot(a, places, &moved);
	for (guint slot = 0; slot < a->n_keys; slot++) {
		if (moved.keys[slot].number != b->keys[slot].number ||
		    moved.keys[slot].records != b->keys[slot].records ||
		    moved.keys[slot].goal != b->keys[slot].goal ||
		    moved.keys[slot].standby != b->keys[slot].standby)
			return FALSE;
	}
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		if (moved.ledgers[kind].n_versions != b->ledgers[kind].n_versions)
			return FALSE;
		for (guint i = 0; i < b->ledgers[kind].n_versions; i++) {
			const KasperVersion *one = &moved.ledgers[kind].versions[i];
			const KasperVersion *two = &b->ledgers[kind].versions[i];

			if (one->keys != two->keys || one->signers != two->signers ||
			    one->end != two->end || one->flags != two->flags)
				return FALSE;
		}
	}
	return TRUE;
}

static gchar *
check_places(const Sim *sim, const KasperSnapshot *before, const KasperPlan *plan, guint32 luck)
{
	guint places[KASPER_KEYS_MAX] = {0};
	KasperSnapshot moved;
	g_autoptr(KasperPlan) other = NULL;

	/* turned round, or mirrored */
	for (guint slot = 0; slot < before->n_keys; slot++)
		places[slot] = (luck & 0x100) != 0
				   ? before->n_keys - 1 - slot
				   : (slot + (luck >> 9) % before->n_keys) % before->n_keys;
	move_snapshot(before, places, &moved);
	other = kasper_decide(&moved, sim->now);
	if (other->next_wake == plan->next_wake && other->orders == plan->orders &&
	    other->submits == plan->submits && other->steps->len == plan->steps->len &&
	    is_same_zone(&plan->after, &other->after, places))
		return NULL;
	return g_strdup("the order of the keys matters");
}

/* --- P18: a gate delays, and never enables --- */

static guint
count_added(const KasperSnapshot *before, const KasperSnapshot *after, guint slot)
{
	return after->keys[slot].records & ~(guint)before->keys[slot].records;
}

static gchar *
check_gates(const Sim *sim, const KasperSnapshot *before, const KasperPlan *plan)
{
	KasperSnapshot open = *before;
	g_autoptr(KasperPlan) other = NULL;

	for (guint i = 0; i < open.policy.n_demands; i++)
		open.policy.demands[i].gates = 0;
	other = kasper_decide(&open, sim->now);
	for (guint slot = 0; slot < before->n_keys; slot++) {
		guint more = count_added(before, &other->after, slot);

		if ((count_added(before, &plan->after, slot) & ~more) != 0)
			return g_strdup("a gate enables what is not done without it");
	}
	return NULL;
}

/* --- P20: a key is destroyed when nobody can hold it --- */

static gboolean
is_on_its_way(const Sim *sim, guint64 key)
{
	for (guint i = 0; i < sim->orders->len; i++) {
		const SimOrder *order = &g_array_index(sim->orders, SimOrder, i);

		if (order->revision >= sim->applied && ((order->keys | order->data) & key) != 0)
			return TRUE;
	}
	for (guint i = 0; i < sim->parent_events->len; i++) {
		const SimParentEvent *event = &g_array_index(sim->parent_events, SimParentEvent, i);

		if (event->accepts == 0 && (event->ds & key) != 0)
			return TRUE;
	}
	return FALSE;
}

static gchar *
check_destroyed(const Sim *sim, const KasperPlan *plan)
{
	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);
		guint64 key;

		if (step->kind != KASPER_STEP_DESTROY)
			continue;
		key = (guint64)1 << (plan->after.keys[step->slot].number - 1);
		for (guint track = 0; track < 3; track++) {
			Truth truth;

			get_truth(sim, (OracleTrack)track, &truth);
			for (guint j = 0; j < truth.n; j++) {
				if (((truth.held[j].keys | truth.held[j].signers) & key) != 0)
					return g_strdup(
					    "a key is destroyed that somebody may hold");
			}
		}
		if (is_on_its_way(sim, key))
			return g_strdup("a key is destroyed that will be published");
	}
	return NULL;
}

gchar *
watch_decision(const Sim *sim, const KasperSnapshot *before, const KasperPlan *plan, guint32 luck)
{
	gchar *problem = check_destroyed(sim, plan);

	if (problem == NULL)
		problem = check_product(plan);
	if (problem == NULL && luck % 8 == 0)
		problem = check_states(sim, plan);
	if (problem == NULL && luck % 8 == 1 && before->n_keys > 1)
		problem = check_places(sim, before, plan, luck);
	if (problem == NULL && luck % 8 == 2)
		problem = check_gates(sim, before, plan);
	return problem;
}
