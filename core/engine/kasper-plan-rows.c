/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a zone will do: a simulation that begins with what the store has. It may take a while, so it
 * runs in a thread of its own, on a copy, and the engine goes on.
 */
#include "kasper-engine-rows-private.h"

#include "kasper-simulation.h"
#include "kasper-zone-name.h"

/* a policy may want more than anybody reads */
#define MAX_ROWS 10000

typedef struct {
	KasperSnapshot snapshot;
	KasperTime until;
	guint backup;	     /* bit n: keys of element n of the policy need a backup */
	KasperTime makes_at; /* keys can be made from then on */
	gchar *zone;
	GArray *numbers; /* of gint64: pairs */
	GPtrArray *ids;	 /* of gchar: their CKA_IDs */
} KasperPlanWork;

static void
kasper_plan_work_free(gpointer data)
{
	KasperPlanWork *self = data;

	g_free(self->zone);
	g_array_unref(self->numbers);
	g_ptr_array_unref(self->ids);
	g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperPlanWork, kasper_plan_work_free)

/* --- in the engine's thread --- */

static gboolean
kasper_plan_work_take_key(const KasperKeyRow *row, gpointer data)
{
	KasperPlanWork *self = data;
	gint64 number = row->key.number;

	g_array_append_val(self->numbers, number);
	g_ptr_array_add(self->ids, g_strdup(row->id));
	return TRUE;
}

/* a repository that fails makes its keys when it is tried again, at the earliest */
static void
kasper_plan_work_ask_repositories(KasperPlanWork *self, KasperEngine *engine)
{
	const KasperPolicy *policy = &self->snapshot.policy;

	self->makes_at = self->snapshot.now;
	for (guint i = 0; i < policy->n_demands; i++) {
		const KasperRepository *repository =
		    kasper_engine_get_repository(engine, policy->demands[i].store);

		if (repository == NULL)
			continue;
		self->backup |= repository->require_backup ? 1u << i : 0;
		if (repository->error != NULL)
			self->makes_at =
			    MAX(self->makes_at, MAX(repository->retry_at, repository->make_at));
	}
}

static KasperPlanWork *
kasper_plan_work_new(KasperEngine *engine, const gchar *zone, KasperTime until, GError **error)
{
	g_autoptr(KasperPlanWork) self = g_new0(KasperPlanWork, 1);
	KasperKeyFilter filter = {.dead = TRUE, .brief = TRUE};
	g_auto(KasperZoneRow) found = {0};
	g_auto(KasperZoneRow) row = {0};

	self->until = until;
	self->numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
	self->ids = g_ptr_array_new_with_free_func(g_free);
	self->zone = kasper_zone_name_parse(zone, error);
	filter.zone = self->zone;
	if (self->zone == NULL ||
	    !kasper_store_find_zone(engine->store, self->zone, &found, error) ||
	    !kasper_engine_load(engine, found.number, &self->snapshot, &row, error) ||
	    !kasper_engine_each_key(engine, &filter, kasper_plan_work_take_key, self, error))
		return NULL;
	kasper_plan_work_ask_repositories(self, engine);
	return g_steal_pointer(&self);
}

/* --- in a thread of its own --- */

static KasperSimulation *
kasper_plan_work_begin(const KasperPlanWork *self)
{
	KasperHappening back = {.time = self->makes_at, .kind = KASPER_HAPPENING_STORE_BACK};
	KasperSimulation *simulation;
	KasperWorld world;

	kasper_world_init(&world);
	world.store_away = self->makes_at > self->snapshot.now;
	simulation = kasper_simulation_new_for_snapshot(&self->snapshot, self->backup, &world);
	for (guint i = 0; i < self->numbers->len; i++)
		kasper_simulation_name_key(simulation,
					   g_array_index(self->numbers, gint64, i),
					   g_ptr_array_index(self->ids, i));
	if (world.store_away && self->makes_at != KASPER_TIME_NEVER)
		kasper_simulation_add_happening(simulation, &back);
	return simulation;
}

static void
kasper_plan_work_add_row(const KasperPlanWork *self,
			 const KasperSimulation *simulation,
			 const KasperScene *scene,
			 GVariantBuilder *rows)
{
	const GArray *keys = kasper_simulation_get_keys(simulation);
	const KasperSimulatedKey *key =
	    scene->key >= 0 ? &g_array_index(keys, KasperSimulatedKey, scene->key) : NULL;
	g_autofree gchar *text = kasper_simulation_dup_scene(simulation, scene);

	g_variant_builder_open(rows, G_VARIANT_TYPE_VARDICT);
	kasper_row_add_time(rows, "time", scene->time);
	kasper_row_add_text(rows, "zone", self->zone);
	kasper_row_add_text(rows, "actor", kasper_actor_to_string(scene->actor));
	kasper_row_add_text(rows, "step", kasper_scene_kind_to_string(scene->kind));
	kasper_row_add_text(rows, "keytype", key != NULL ? kasper_role_to_string(key->roles) : "");
	kasper_row_add_text(rows, "cka_id", key != NULL ? key->id : "");
	kasper_row_add_text(rows, "text", text);
	g_variant_builder_close(rows);
}

/* how many rows came of the simulation's present instant */
static guint
kasper_plan_work_add_rows(const KasperPlanWork *self,
			  const KasperSimulation *simulation,
			  GVariantBuilder *rows)
{
	const GArray *scenes = kasper_simulation_get_scenes(simulation);
	guint n = 0;

	for (guint i = 0; i < scenes->len; i++) {
		const KasperScene *scene = &g_array_index(scenes, KasperScene, i);

		if (scene->kind == KASPER_SCENE_STATE)
			continue;
		kasper_plan_work_add_row(self, simulation, scene, rows);
		n++;
	}
	return n;
}

static void
kasper_plan_work_run(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
	KasperPlanWork *self = data;
	g_autoptr(KasperSimulation) simulation = kasper_plan_work_begin(self);
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	GVariantBuilder result = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
	KasperTime reached = self->until;
	guint n = 0;

	while (kasper_simulation_advance(simulation, self->until)) {
		n += kasper_plan_work_add_rows(self, simulation, &rows);
		if (n < MAX_ROWS)
			continue;
		reached = kasper_simulation_get_now(simulation);
		break;
	}
	kasper_row_add_value(&result, "rows", g_variant_builder_end(&rows));
	kasper_row_add_time(&result, "until", reached);
	g_task_return_pointer(task,
			      g_variant_ref_sink(g_variant_builder_end(&result)),
			      (GDestroyNotify)g_variant_unref);
}

/**
 * kasper_engine_plan_async: (skip)
 * @self: an engine
 * @zone: the zone's name
 * @until: an instant
 * @callback: called when the plan is there
 * @user_data: for @callback
 *
 * What will come to pass in the zone, at the earliest, up to @until: if everybody who is asked for
 * something does it at once, and the parent takes the policy's RegistrationDelay.
 *
 * Since: 0.1
 */
void
kasper_engine_plan_async(KasperEngine *self,
			 const gchar *zone,
			 KasperTime until,
			 GAsyncReadyCallback callback,
			 gpointer user_data)
{
	g_autoptr(GTask) task = g_task_new(self, NULL, callback, user_data);
	GError *error = NULL;
	KasperPlanWork *work = kasper_plan_work_new(self, zone, until, &error);

	if (work == NULL) {
		g_task_return_error(task, error);
		return;
	}
	g_task_set_task_data(task, work, kasper_plan_work_free);
	g_task_run_in_thread(task, kasper_plan_work_run);
}

/**
 * kasper_engine_plan_finish: (skip)
 * @self: an engine
 * @result: what the callback was given
 * @error: return location for a #GError, or %NULL
 *
 * Returns: (transfer full): a{sv}: "rows", and "until", the time up to which they are complete;
 * %NULL with %KASPER_ERROR_NOT_FOUND if there is no such zone
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_plan_finish(KasperEngine *self, GAsyncResult *result, GError **error)
{
	g_return_val_if_fail(g_task_is_valid(result, self), NULL);
	return g_task_propagate_pointer(G_TASK(result), error);
}
