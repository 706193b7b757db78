/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-key-import-private.h"

/*
 * A key that lies in a repository already. As `generate` it goes into the pool of the zone's
 * policy, and is taken when one is wanted. In any other state the world shows it: then it can only
 * be taken over together with the zone, before our first order. The zone is held until a person has
 * imported all of its keys, and says so with `kasper enforce --zone`.
 */

#define IMPORT_DEADLINE ((KasperSpan)60)

/* --- on a worker --- */

static gpointer
kasper_import_look_up(KasperPlugin *plugin,
		      gpointer data,
		      GCancellable *cancellable,
		      GError **error)
{
	g_autoptr(KasperKeyInfo) found =
	    kasper_key_store_look_up_key(KASPER_KEY_STORE(plugin), data, cancellable, error);

	if (found == NULL)
		return NULL;
	if (kasper_key_info_get_public_key(found) == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "the public half of key %s cannot be read",
			    (const gchar *)data);
		return NULL;
	}
	if (!kasper_engine_try_canary(KASPER_KEY_STORE(plugin), found, cancellable, error)) {
		g_prefix_error(error, "the test signature of key %s is no good: ", (gchar *)data);
		return NULL;
	}
	return g_steal_pointer(&found);
}

/* --- taking it in --- */

static gboolean
kasper_import_add_pair(KasperEngine *engine, KasperImport *self, KasperTime now, GError **error)
{
	g_auto(KasperPairRow) row = {0};

	row.id = g_strdup(self->id);
	row.repository = self->repository->number;
	row.policy = self->policy;
	row.algorithm = self->algorithm;
	row.bits = self->bits;
	if (!kasper_store_plan_pair(engine->store, &row, now, error) ||
	    !kasper_store_pair_made(engine->store, row.number, self->public_key, now, error))
		return FALSE;
	self->pair = row.number;
	self->backup =
	    self->repository->require_backup ? KASPER_BACKUP_NEEDED : KASPER_BACKUP_NOT_NEEDED;
	return TRUE;
}

static gboolean
kasper_import_add_to_zone(KasperEngine *engine, KasperImport *self, GError **error)
{
	const KasperTurn turn = {
	    .zone = self->zone,
	    .take = kasper_import_take,
	    .data = self,
	    .actor = self->actor,
	    .action = "key-import",
	    .key_id = self->id,
	};
	g_autofree gchar *text =
	    g_strdup_printf("zone %s is held until all of its keys are imported: then let it go "
			    "with 'kasper enforce --zone %s'",
			    self->zone_name,
			    self->zone_name);

	return kasper_engine_turn(engine, &turn, error) && kasper_engine_emit(engine,
									      "zone-held",
									      KASPER_EVENT_NOTICE,
									      self->zone_name,
									      self->id,
									      text,
									      error);
}

static gboolean
kasper_import_add_to_pool(KasperEngine *engine, KasperImport *self, KasperTime now, GError **error)
{
	KasperPoolBucket *bucket =
	    kasper_engine_get_bucket(engine, self->repository->number, self->algorithm, self->bits);

	return kasper_engine_wake_waiting(engine, bucket, error) &&
	       kasper_store_add_audit(engine->store,
				      now,
				      self->actor,
				      "key-import",
				      self->zone_name,
				      self->id,
				      "generate",
				      error);
}

static gboolean
kasper_import_record(KasperEngine *engine, KasperImport *self, GError **error)
{
	KasperTime now = kasper_engine_now(engine);
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(engine, error);
	gboolean done;

	if (transaction == NULL || !kasper_import_add_pair(engine, self, now, error))
		return FALSE;
	done = self->state == KASPER_IMPORT_GENERATE
		   ? kasper_import_add_to_pool(engine, self, now, error)
		   : kasper_import_add_to_zone(engine, self, error);
	return done && kasper_engine_commit(engine, transaction, error);
}

static void
kasper_import_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GTask) task = data;
	KasperEngine *engine = g_task_get_source_object(task);
	KasperImport *self = g_task_get_task_data(task);
	g_autoptr(KasperKeyInfo) found = NULL;
	GError *error = NULL;

	found = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &error);
	if (found == NULL) {
		g_prefix_error(&error, "repository %s: ", self->repository->name);
		g_task_return_error(task, error);
		return;
	}
	self->public_key = g_bytes_ref(kasper_key_info_get_public_key(found));
	/* the zone may have gone on in the meantime */
	if (!kasper_import_check_found(self, found, &error) ||
	    !kasper_import_check_id(engine, self, &error) ||
	    !kasper_import_check_zone(engine, self, self->zone_name, &error) ||
	    !kasper_import_record(engine, self, &error)) {
		g_task_return_error(task, error);
		return;
	}
	kasper_engine_kick(engine);
	g_task_return_boolean(task, TRUE);
}

/**
 * kasper_engine_key_import_async: (skip)
 * @self: an engine
 * @zone: a zone's name
 * @key: a{sv} of cka_id s, repository s, algorithm u, bits u, keytype s, keystate s, time x
 * @actor: who asked
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Takes a key that lies in a repository into a zone.
 *
 * Since: 0.1
 */
void
kasper_engine_key_import_async(KasperEngine *self,
			       const gchar *zone,
			       GVariant *key,
			       const gchar *actor,
			       GAsyncReadyCallback callback,
			       gpointer user_data)
{
	g_autoptr(GTask) task = g_task_new(self, NULL, callback, user_data);
	GError *error = NULL;
	KasperImport *import = kasper_import_parse(self, key, &error);

	if (import != NULL)
		g_task_set_task_data(task, import, (GDestroyNotify)kasper_import_free);
	if (import == NULL || !kasper_import_check_zone(self, import, zone, &error) ||
	    !kasper_import_check_id(self, import, &error) ||
	    !kasper_import_check_store(self, import, &error)) {
		g_task_return_error(task, error);
		return;
	}
	import->actor = g_strdup(actor);
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(import->repository->store),
				      IMPORT_DEADLINE,
				      FALSE,
				      kasper_import_look_up,
				      g_strdup(import->id),
				      g_free,
				      g_object_unref,
				      kasper_import_done,
				      g_steal_pointer(&task));
}

/**
 * kasper_engine_key_import_finish: (skip)
 * @self: an engine
 * @result: what the callback was given
 * @error: return location for a #GError, or %NULL
 *
 * Returns: whether the zone has the key; %FALSE with %KASPER_ERROR_NOT_FOUND if zone, repository or
 * key are not there, %KASPER_ERROR_EXISTS if the key is known, %KASPER_ERROR_UNSAFE if the zone is
 * signed by our order already
 *
 * Since: 0.1
 */
gboolean
kasper_engine_key_import_finish(KasperEngine *self, GAsyncResult *result, GError **error)
{
	g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
	return g_task_propagate_boolean(G_TASK(result), error);
}
