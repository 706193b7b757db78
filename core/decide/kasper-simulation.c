/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A zone's years: whoever was asked to do something does it some time later, kasper_decide() is
 * asked after each thing that happens, as the engine does, and the clock jumps from one to the
 * next.
 */
#include "kasper-simulation-private.h"

/* no plan needs more keys than a policy has demands, each with its standby keys */
#define MAX_DECISIONS 64
/* so much in one instant is a promise that was broken, here or in the decision */
#define MAX_TURNS 10000

static void
kasper_scene_clear(gpointer data)
{
	g_free(((KasperScene *)data)->text);
}

static void
kasper_simulated_key_clear(gpointer data)
{
	KasperSimulatedKey *self = data;

	g_free(self->id);
	g_free(self->label);
}

/**
 * kasper_world_init: (skip)
 * @self: a world
 *
 * Everybody does at once what is asked of him, but for the parent, which takes the policy's
 * RegistrationDelay, and the signer, which takes its SignerDelay and replaces signatures as they
 * age.
 *
 * Since: 0.1
 */
void
kasper_world_init(KasperWorld *self)
{
	*self = (KasperWorld){
	    .signer_delay = KASPER_SPAN_UNSET,
	    .parent_delay = KASPER_SPAN_UNSET,
	};
}

static KasperSimulation *
kasper_simulation_alloc(guint backup, const KasperWorld *world, KasperTime now)
{
	KasperSimulation *self = g_new0(KasperSimulation, 1);

	self->world = *world;
	self->backup = backup;
	self->now = now;
	self->wake = now;
	self->agenda = g_array_new(FALSE, FALSE, sizeof(KasperAgendaItem));
	self->scenes = g_array_new(FALSE, FALSE, sizeof(KasperScene));
	g_array_set_clear_func(self->scenes, kasper_scene_clear);
	self->keys = g_array_new(FALSE, FALSE, sizeof(KasperSimulatedKey));
	g_array_set_clear_func(self->keys, kasper_simulated_key_clear);
	return self;
}

/**
 * kasper_simulation_new: (skip)
 * @policy: the policy of the zone
 * @backup: bit n: keys of element n of @policy need a backup
 * @world: how long everybody else takes
 * @now: when it begins
 *
 * A zone that is unsigned as yet.
 *
 * Returns: (transfer full): the simulation
 *
 * Since: 0.1
 */
KasperSimulation *
kasper_simulation_new(const KasperPolicy *policy,
		      guint backup,
		      const KasperWorld *world,
		      KasperTime now)
{
	KasperSimulation *self = kasper_simulation_alloc(backup, world, now);

	kasper_snapshot_init(&self->snapshot, policy, now);
	kasper_snapshot_adopt_unsigned(&self->snapshot);
	kasper_simulation_begin(self);
	return self;
}

/**
 * kasper_simulation_new_settled: (skip)
 * @policy: the policy of the zone
 * @backup: bit n: keys of element n of @policy need a backup
 * @world: how long everybody else takes
 * @now: when it begins
 *
 * A zone that has had its keys for so long that nobody remembers anything else; their lifetimes
 * begin now.
 *
 * Returns: (transfer full): the simulation
 *
 * Since: 0.1
 */
KasperSimulation *
kasper_simulation_new_settled(const KasperPolicy *policy,
			      guint backup,
			      const KasperWorld *world,
			      KasperTime now)
{
	KasperSimulation *self = kasper_simulation_alloc(backup, world, now);

	kasper_snapshot_init(&self->snapshot, policy, now);
	kasper_simulation_settle(self);
	return self;
}

/**
 * kasper_simulation_new_for_snapshot: (skip)
 * @snapshot: a zone as it is
 * @backup: bit n: keys of element n of its policy need a backup
 * @world: how long everybody else takes
 *
 * A zone that there is. What is on its way to its signer and its parent arrives as @world has it,
 * from `snapshot->now` on. What the servers show counts as published.
 *
 * Returns: (transfer full): the simulation
 *
 * Since: 0.1
 */
KasperSimulation *
kasper_simulation_new_for_snapshot(const KasperSnapshot *snapshot,
				   guint backup,
				   const KasperWorld *world)
{
	KasperSimulation *self =
	    kasper_simulation_alloc(backup, world, MAX(snapshot->now, snapshot->highest_time));

	self->snapshot = *snapshot;
	self->is_real = TRUE;
	self->real_ttl = snapshot->served_ttl;
	kasper_simulation_adopt_keys(self);
	kasper_simulation_begin(self);
	return self;
}

/**
 * kasper_simulation_free: (skip)
 * @self: (nullable) (transfer full): a simulation
 *
 * Since: 0.1
 */
void
kasper_simulation_free(KasperSimulation *self)
{
	if (self == NULL)
		return;
	g_array_unref(self->agenda);
	g_array_unref(self->scenes);
	g_array_unref(self->keys);
	g_free(self);
}

/**
 * kasper_simulation_set_spread: (skip)
 * @self: a simulation that has not begun
 * @spread: a keyed hash of zone and policy; 0: scheduled rollovers are not spread
 *
 * Since: 0.1
 */
void
kasper_simulation_set_spread(KasperSimulation *self, guint64 spread)
{
	self->snapshot.spread = spread;
}

/* --- what is on its way --- */

KasperAgendaItem *
kasper_simulation_plan(KasperSimulation *self, KasperAgendaKind kind, KasperTime time)
{
	KasperAgendaItem item = {
	    .kind = kind,
	    .time = MAX(time, self->now),
	    .serial = ++self->serial,
	};

	g_array_append_val(self->agenda, item);
	return &g_array_index(self->agenda, KasperAgendaItem, self->agenda->len - 1);
}

gboolean
kasper_simulation_is_planned(const KasperSimulation *self, KasperAgendaKind kind)
{
	for (guint i = 0; i < self->agenda->len; i++) {
		if (g_array_index(self->agenda, KasperAgendaItem, i).kind == kind)
			return TRUE;
	}
	return FALSE;
}

void
kasper_simulation_unplan(KasperSimulation *self, KasperAgendaKind kind)
{
	for (guint i = self->agenda->len; i-- > 0;) {
		if (g_array_index(self->agenda, KasperAgendaItem, i).kind == kind)
			g_array_remove_index_fast(self->agenda, i);
	}
}

/**
 * kasper_simulation_add_happening: (skip)
 * @self: a simulation
 * @happening: something that happens from outside; what should have happened already does now
 *
 * Since: 0.1
 */
void
kasper_simulation_add_happening(KasperSimulation *self, const KasperHappening *happening)
{
	kasper_simulation_plan(self, KASPER_AGENDA_HAPPEN, happening->time)->happening = *happening;
}

static gint
kasper_simulation_find_next(const KasperSimulation *self)
{
	gint next = -1;

	for (guint i = 0; i < self->agenda->len; i++) {
		const KasperAgendaItem *item = &g_array_index(self->agenda, KasperAgendaItem, i);
		const KasperAgendaItem *other =
		    next < 0 ? NULL : &g_array_index(self->agenda, KasperAgendaItem, next);

		if (other == NULL || item->time < other->time ||
		    (item->time == other->time && item->serial < other->serial))
			next = (gint)i;
	}
	return next;
}

static KasperTime
kasper_simulation_get_next(const KasperSimulation *self)
{
	gint next = kasper_simulation_find_next(self);

	return next < 0 ? self->wake
			: MIN(self->wake, g_array_index(self->agenda, KasperAgendaItem, next).time);
}

/* --- what is decided --- */

KasperScene *
kasper_simulation_add_scene(KasperSimulation *self,
			    KasperSceneKind kind,
			    KasperActor actor,
			    gint key)
{
	KasperScene scene = {.kind = kind, .time = self->now, .actor = actor, .key = key};

	g_array_append_val(self->scenes, scene);
	return &g_array_index(self->scenes, KasperScene, self->scenes->len - 1);
}

static void
kasper_simulation_take_step(KasperSimulation *self, const KasperStep *step)
{
	gint key = step->slot >= 0 ? kasper_simulation_get_key(self, (guint)step->slot) : -1;
	KasperScene *scene;

	switch (step->kind) {
	case KASPER_STEP_ROLLOVER:
		kasper_simulation_add_scene(self, KASPER_SCENE_ROLLOVER, KASPER_ACTOR_TIME, key);
		return;
	case KASPER_STEP_ACTIVE:
		kasper_simulation_add_scene(self, KASPER_SCENE_ACTIVE, KASPER_ACTOR_TIME, key);
		return;
	case KASPER_STEP_DEAD:
		kasper_simulation_add_scene(self, KASPER_SCENE_DEAD, KASPER_ACTOR_TIME, key);
		return;
	case KASPER_STEP_STATE:
		scene =
		    kasper_simulation_add_scene(self, KASPER_SCENE_STATE, KASPER_ACTOR_TIME, key);
		scene->record = step->record;
		scene->from = step->from;
		scene->to = step->to;
		return;
	case KASPER_STEP_DESTROY:
		kasper_simulation_add_scene(self, KASPER_SCENE_DESTROYED, KASPER_ACTOR_STORE, key);
		kasper_snapshot_remove_key(&self->snapshot, (guint)step->slot);
		return;
	case KASPER_STEP_NEED_KEY:
	case KASPER_STEP_ORDER:
	case KASPER_STEP_SUBMIT_DS:
	case KASPER_STEP_GOAL_OUT:
	case KASPER_STEP_NOTICE:
		return;
	}
	g_assert_not_reached();
}

/* decides until no key that is asked for can be had, as the engine does */
static KasperPlan *
kasper_simulation_make_plan(KasperSimulation *self)
{
	KasperPlan *plan = NULL;

	for (guint i = 0; i < MAX_DECISIONS; i++) {
		kasper_plan_free(plan);
		plan = kasper_decide(&self->snapshot, self->now);
		self->n_decisions++;
		if (!kasper_simulation_give_keys(self, plan))
			break;
	}
	return plan;
}

void
kasper_simulation_decide(KasperSimulation *self)
{
	g_autoptr(KasperPlan) plan = kasper_simulation_make_plan(self);

	self->snapshot = plan->after;
	self->wake = plan->next_wake;
	for (guint i = 0; i < plan->steps->len; i++)
		kasper_simulation_take_step(self, &g_array_index(plan->steps, KasperStep, i));
	if (plan->orders)
		kasper_simulation_send_order(self);
	if (plan->submits)
		kasper_simulation_send_submission(self);
}

/* --- time --- */

/**
 * kasper_simulation_advance: (skip)
 * @self: a simulation
 * @until: an instant
 *
 * Goes to the next instant at which anything happens, and lets all of it happen: afterwards scenes
 * and publication are those of that instant.
 *
 * Returns: whether there was one, up to @until
 *
 * Since: 0.1
 */
gboolean
kasper_simulation_advance(KasperSimulation *self, KasperTime until)
{
	KasperTime next = kasper_simulation_get_next(self);

	g_array_set_size(self->scenes, 0);
	self->changed = FALSE;
	if (next > until || next == KASPER_TIME_NEVER)
		return FALSE;
	self->now = MAX(self->now, next);
	for (guint i = 0; i < MAX_TURNS && kasper_simulation_get_next(self) <= self->now; i++) {
		gint index = kasper_simulation_find_next(self);
		KasperAgendaItem item;

		if (index < 0 ||
		    g_array_index(self->agenda, KasperAgendaItem, index).time > self->now) {
			kasper_simulation_decide(self);
			continue;
		}
		item = g_array_index(self->agenda, KasperAgendaItem, index);
		g_array_remove_index_fast(self->agenda, (guint)index);
		kasper_simulation_handle(self, &item);
	}
	return TRUE;
}

/* --- questions --- */

/**
 * kasper_simulation_get_now: (skip)
 * @self: a simulation
 *
 * Returns: the instant that it has come to
 *
 * Since: 0.1
 */
KasperTime
kasper_simulation_get_now(const KasperSimulation *self)
{
	return self->now;
}

/**
 * kasper_simulation_get_scenes: (skip)
 * @self: a simulation
 *
 * Returns: (transfer none): #KasperScene, what came to pass at this instant, in order
 *
 * Since: 0.1
 */
const GArray *
kasper_simulation_get_scenes(const KasperSimulation *self)
{
	return self->scenes;
}

/**
 * kasper_simulation_get_keys: (skip)
 * @self: a simulation
 *
 * Returns: (transfer none): #KasperSimulatedKey, all that there have been
 *
 * Since: 0.1
 */
const GArray *
kasper_simulation_get_keys(const KasperSimulation *self)
{
	return self->keys;
}

/**
 * kasper_simulation_get_publication: (skip)
 * @self: a simulation
 *
 * Returns: (transfer none): all that is published from this instant on
 *
 * Since: 0.1
 */
const KasperPublication *
kasper_simulation_get_publication(const KasperSimulation *self)
{
	return &self->publication;
}

/**
 * kasper_simulation_has_changed: (skip)
 * @self: a simulation
 *
 * Returns: whether something published changed at this instant
 *
 * Since: 0.1
 */
gboolean
kasper_simulation_has_changed(const KasperSimulation *self)
{
	return self->changed;
}

/**
 * kasper_simulation_get_snapshot: (skip)
 * @self: a simulation
 *
 * Returns: (transfer none): the zone as the engine would have it in its store now
 *
 * Since: 0.1
 */
const KasperSnapshot *
kasper_simulation_get_snapshot(const KasperSimulation *self)
{
	return &self->snapshot;
}

/**
 * kasper_simulation_count_decisions: (skip)
 * @self: a simulation
 *
 * Returns: how often something was decided
 *
 * Since: 0.1
 */
guint64
kasper_simulation_count_decisions(const KasperSimulation *self)
{
	return self->n_decisions;
}
