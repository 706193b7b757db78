/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys of a simulation: those that the zone has, and those that are made as it goes on.
 */
#include "kasper-simulation-private.h"

static KasperSimulatedKey *
kasper_simulation_at(const KasperSimulation *self, guint key)
{
	return &g_array_index(self->keys, KasperSimulatedKey, key);
}

/* numbers ascend, and what is asked for is mostly young */
gint
kasper_simulation_find_key(const KasperSimulation *self, gint64 number)
{
	for (guint i = self->keys->len; i-- > 0;) {
		if (kasper_simulation_at(self, i)->number == number)
			return (gint)i;
	}
	return -1;
}

gint
kasper_simulation_get_key(const KasperSimulation *self, guint slot)
{
	return kasper_simulation_find_key(self, self->snapshot.keys[slot].number);
}

/**
 * kasper_simulation_name_key: (skip)
 * @self: a simulation of a zone that there is
 * @number: the number of one of its keys
 * @id: its CKA_ID
 *
 * Since: 0.1
 */
void
kasper_simulation_name_key(KasperSimulation *self, gint64 number, const gchar *id)
{
	gint found = kasper_simulation_find_key(self, number);
	KasperSimulatedKey *key;

	if (found < 0)
		return;
	key = kasper_simulation_at(self, (guint)found);
	g_free(key->id);
	key->id = g_strdup(id);
}

/* "KSK1", "ZSK1"; in a zone that there is "new ZSK 1", which has no id yet */
static gint
kasper_simulation_list_key(KasperSimulation *self, const KasperKey *key, gboolean is_new)
{
	const gchar *role = kasper_role_to_string(key->roles);
	KasperSimulatedKey listed = {
	    .number = key->number,
	    .flags = key->flags,
	    .algorithm = key->algorithm,
	    .roles = key->roles,
	};

	if (!is_new) {
		listed.label = g_strdup_printf("%s %u", role, key->tag);
		listed.id = g_strdup("");
	} else if (self->is_real) {
		listed.label = g_strdup_printf("new %s %u", role, ++self->n_made[key->roles & 3]);
		listed.id = g_strdup("");
	} else {
		listed.label = g_strdup_printf("%s%u", role, ++self->n_made[key->roles & 3]);
		listed.id = g_strdup(listed.label);
	}
	g_array_append_val(self->keys, listed);
	self->last_number = MAX(self->last_number, key->number);
	return (gint)self->keys->len - 1;
}

static KasperTime
kasper_simulation_get_backup_time(const KasperSimulation *self)
{
	if (self->world.backup_delay == KASPER_SPAN_UNSET)
		return KASPER_TIME_NEVER;
	return kasper_time_add(self->now, self->world.backup_delay);
}

gint
kasper_simulation_make_key(KasperSimulation *self, guint demand, gboolean standby)
{
	const KasperDemand *wanted = &self->snapshot.policy.demands[demand];
	gboolean backup = (self->backup >> demand & 1) != 0;
	const KasperKey key = {
	    .number = self->last_number + 1,
	    .store = wanted->store,
	    .tag = (guint16)(self->last_number + 1),
	    .bits = wanted->bits,
	    .flags = (wanted->roles & KASPER_ROLE_KSK) != 0 ? KASPER_DNSKEY_ZONE | KASPER_DNSKEY_SEP
							    : KASPER_DNSKEY_ZONE,
	    .algorithm = wanted->algorithm,
	    .roles = wanted->roles,
	    .backup = backup ? KASPER_BACKUP_NEEDED : KASPER_BACKUP_NOT_NEEDED,
	    .standby = standby ? 1 : 0,
	    .created = self->now,
	};
	KasperTime saved = kasper_simulation_get_backup_time(self);
	gint slot = kasper_snapshot_add_key(&self->snapshot, &key);

	if (slot < 0)
		return -1;
	kasper_simulation_list_key(self, &key, TRUE);
	if (backup && saved != KASPER_TIME_NEVER)
		kasper_simulation_plan(self, KASPER_AGENDA_SAVE, saved)->number = key.number;
	return slot;
}

/* may keys be made now? If they take their time, that begins to run */
static gboolean
kasper_simulation_may_make(KasperSimulation *self)
{
	if (self->world.store_away)
		return FALSE;
	if (self->world.key_delay <= 0 || self->may_make)
		return TRUE;
	if (!kasper_simulation_is_planned(self, KASPER_AGENDA_MAKE))
		kasper_simulation_plan(self,
				       KASPER_AGENDA_MAKE,
				       kasper_time_add(self->now, self->world.key_delay));
	return FALSE;
}

gboolean
kasper_simulation_give_keys(KasperSimulation *self, const KasperPlan *plan)
{
	gboolean given = FALSE;

	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);
		gint slot;

		if (step->kind != KASPER_STEP_NEED_KEY)
			continue;
		if (!kasper_simulation_may_make(self))
			return FALSE;
		slot = kasper_simulation_make_key(self, (guint)step->demand, step->standby);
		if (slot < 0)
			continue;
		given = TRUE;
		kasper_simulation_add_scene(self,
					    KASPER_SCENE_MADE,
					    KASPER_ACTOR_STORE,
					    kasper_simulation_get_key(self, (guint)slot));
	}
	return given;
}

/* the keys of a zone that there is */
void
kasper_simulation_adopt_keys(KasperSimulation *self)
{
	KasperTime saved = kasper_simulation_get_backup_time(self);

	for (guint slot = 0; slot < self->snapshot.n_keys; slot++) {
		const KasperKey *key = &self->snapshot.keys[slot];

		if (key->number == 0)
			continue;
		kasper_simulation_list_key(self, key, FALSE);
		if (!kasper_key_is_backed_up(key) && saved != KASPER_TIME_NEVER)
			kasper_simulation_plan(self, KASPER_AGENDA_SAVE, saved)->number =
			    key->number;
	}
}

/* --- a zone that has had its keys for long --- */

static void
kasper_simulation_bring_in_all(KasperSimulation *self)
{
	const KasperPolicy *policy = &self->snapshot.policy;

	for (guint i = 0; i < policy->n_demands; i++) {
		guint n_standby = kasper_demand_count_standby(&policy->demands[i]);

		for (guint j = 0; j <= n_standby; j++) {
			gint slot = kasper_simulation_make_key(self, i, j > 0);
			KasperKey *key = &self->snapshot.keys[MAX(slot, 0)];

			if (slot < 0)
				return;
			key->records = (guint8)kasper_key_get_goal_records(key);
			key->backup = KASPER_BACKUP_NOT_NEEDED;
		}
	}
}

static KasperTime
kasper_simulation_get_last_end(const KasperSnapshot *snapshot)
{
	KasperTime last = snapshot->now;

	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		const KasperLedger *ledger = &snapshot->ledgers[kind];

		for (guint i = 0; i < ledger->n_versions; i++) {
			if (ledger->versions[i].end != KASPER_TIME_NEVER)
				last = MAX(last, ledger->versions[i].end);
		}
	}
	return last;
}

/* adopted so long ago that what was there before is forgotten now, and ordered once */
void
kasper_simulation_settle(KasperSimulation *self)
{
	KasperSnapshot *snapshot = &self->snapshot;
	KasperTime now = self->now;
	KasperSnapshot before;
	g_autoptr(KasperPlan) plan = NULL;

	kasper_simulation_bring_in_all(self);
	before = *snapshot;
	kasper_snapshot_adopt_records(snapshot);
	now = kasper_time_since(now,
				kasper_time_since(kasper_simulation_get_last_end(snapshot), now));
	*snapshot = before;
	snapshot->now = snapshot->highest_time = now;
	kasper_snapshot_adopt_records(snapshot);
	plan = kasper_decide(snapshot, self->now);
	*snapshot = plan->after;
	kasper_snapshot_take_signer_report(snapshot,
					   &(KasperSignerReport){.revision = snapshot->revision,
								 .published_at = self->now,
								 .all_replaced = TRUE});
	kasper_simulation_unplan(self, KASPER_AGENDA_SAVE);
	kasper_simulation_begin(self);
}
