/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-reload-private.h"

/* a configuration is taken into use as a whole or not at all: what it changes in the store is one
 * transaction, and the engine follows when that is committed */

static void
kasper_reload_clear(KasperReload *self)
{
	g_clear_object(&self->config);
	g_clear_pointer(&self->policies, g_hash_table_unref);
	g_clear_pointer(&self->zones_before, g_hash_table_unref);
	g_clear_pointer(&self->fresh, g_ptr_array_unref);
	g_clear_pointer(&self->messages, g_ptr_array_unref);
	g_variant_builder_clear(&self->starts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperReload, kasper_reload_clear)

static void
kasper_reload_init(KasperReload *self,
		   KasperEngine *engine,
		   KasperConfig *config,
		   guint what,
		   const gchar *actor)
{
	self->engine = engine;
	self->config = g_object_ref(config);
	self->what = what;
	self->actor = actor;
	self->fresh = g_ptr_array_new();
	self->messages = g_ptr_array_new_with_free_func(g_free);
	self->zones_before = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	g_variant_builder_init(&self->starts, G_VARIANT_TYPE("aa{sv}"));
}

/* --- policies --- */

static gboolean
kasper_reload_start_policies(KasperReload *self, GError **error)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->policies);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperEnginePolicy *policy = value;
		KasperEnginePolicy *before = kasper_engine_get_policy(self->engine, policy->number);
		gint64 zones = kasper_store_count_zones(self->engine->store, policy->number);

		g_hash_table_insert(self->zones_before,
				    g_memdup2(&policy->number, sizeof policy->number),
				    g_memdup2(&zones, sizeof zones));
		if (before != NULL && before != policy &&
		    g_strcmp0(before->digest, policy->digest) != 0)
			kasper_engine_list_effects(self->engine,
						   before,
						   policy,
						   &self->starts,
						   self->messages);
		if (!kasper_engine_start_policy(self->engine, policy, error))
			return FALSE;
	}
	return TRUE;
}

/* a policy that has zones does not vanish */
static gboolean
kasper_reload_check_orphans(KasperReload *self, GError **error)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->engine->policies);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const KasperEnginePolicy *old = value;
		gint64 zones = kasper_store_count_zones(self->engine->store, old->number);

		if (zones == 0 || g_hash_table_contains(self->policies, &old->number))
			continue;
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%s has no policy %s any more, and %" G_GINT64_FORMAT
			    " zones have it: give them another one first",
			    kasper_config_get_policy_file(self->config),
			    old->config->name,
			    zones);
		return FALSE;
	}
	return TRUE;
}

static gboolean
kasper_reload_adopt_policies(KasperReload *self, GError **error)
{
	if ((self->what & (guint)KASPER_UPDATE_KASP) == 0) {
		self->policies = g_hash_table_ref(self->engine->policies);
		return TRUE;
	}
	kasper_reload_tell_policies(self);
	return kasper_engine_adopt_policies(self->engine, self->config, &self->policies, error);
}

/* --- the transaction --- */

static gboolean
kasper_reload_sync_zones(KasperReload *self, GError **error)
{
	if ((self->what & (guint)KASPER_UPDATE_ZONELIST) == 0)
		return TRUE;
	self->zones.messages = self->messages;
	self->zones.starts = &self->starts;
	return kasper_engine_sync_zones(self->engine,
					self->config,
					self->policies,
					self->actor,
					&self->zones,
					error);
}

static gboolean
kasper_reload_put_repositories(KasperReload *self, GError **error)
{
	if ((self->what & (guint)KASPER_UPDATE_CONF) == 0)
		return TRUE;
	kasper_reload_tell_repositories(self);
	return kasper_engine_put_repositories(self->engine, self->config, self->fresh, error);
}

static gboolean
kasper_reload_enter(KasperReload *self, GError **error)
{
	g_autoptr(GString) detail = g_string_new(NULL);

	if (self->what & (guint)KASPER_UPDATE_CONF)
		g_string_append(detail, "conf ");
	if (self->what & (guint)KASPER_UPDATE_KASP)
		g_string_append(detail, "kasp ");
	if (self->what & (guint)KASPER_UPDATE_ZONELIST)
		g_string_append(detail, "zonelist ");
	return kasper_store_add_audit(self->engine->store,
				      kasper_engine_now(self->engine),
				      self->actor,
				      "update",
				      NULL,
				      NULL,
				      g_strchomp(detail->str),
				      error);
}

static gboolean
kasper_reload_record(KasperReload *self, GError **error)
{
	kasper_reload_tell_files(self);
	return kasper_reload_put_repositories(self, error) &&
	       kasper_reload_adopt_policies(self, error) &&
	       kasper_reload_start_policies(self, error) && kasper_reload_sync_zones(self, error) &&
	       kasper_reload_check_orphans(self, error);
}

/* --- the engine follows --- */

/* keys that new zones will ask for are made while their turn has not come yet */
static void
kasper_reload_expect_keys(KasperReload *self)
{
	GHashTableIter iter;
	gpointer number, before;

	g_hash_table_iter_init(&iter, self->zones_before);
	while (g_hash_table_iter_next(&iter, &number, &before)) {
		const KasperEnginePolicy *policy = g_hash_table_lookup(self->policies, number);
		gint64 more = kasper_store_count_zones(self->engine->store, policy->number) -
			      *(gint64 *)before;

		if (more > 0)
			kasper_engine_expect_keys(self->engine, policy, KASPER_ROLE_CSK, more);
	}
}

static void
kasper_reload_take_policies(KasperReload *self)
{
	g_hash_table_unref(self->engine->policies);
	self->engine->policies = g_hash_table_ref(self->policies);
	kasper_reload_expect_keys(self);
	self->engine->pool_dirty = TRUE;
}

static void
kasper_reload_take(KasperReload *self)
{
	KasperEngine *engine = self->engine;

	kasper_reload_take_policies(self);
	kasper_config_drop_zones(self->config);
	if (self->what & (guint)KASPER_UPDATE_ZONELIST)
		kasper_engine_clear_problem(engine, "zonelist");
	if (self->what & (guint)KASPER_UPDATE_CONF) {
		g_autoptr(GError) error = NULL;

		kasper_engine_close_changed(engine, self->config);
		g_set_object(&engine->config, self->config);
		kasper_engine_adopt_repositories(engine, self->config);
		if (!kasper_engine_open_plugins(engine, &error))
			g_ptr_array_add(self->messages, g_strdup(error->message));
		kasper_engine_open_repositories(engine);
	}
	kasper_engine_kick(engine);
}

/* --- the public face: update --- */

static GVariant *
kasper_reload_make_result(KasperReload *self)
{
	GVariantDict dict;

	g_variant_dict_init(&dict, NULL);
	g_ptr_array_add(self->messages, NULL);
	g_variant_dict_insert_value(
	    &dict,
	    "messages",
	    g_variant_new_strv((const gchar *const *)self->messages->pdata, -1));
	g_variant_dict_insert_value(&dict, "starts", g_variant_builder_end(&self->starts));
	g_variant_dict_insert(&dict, "zones_added", "u", self->zones.added);
	g_variant_dict_insert(&dict, "zones_deleted", "u", self->zones.deleted);
	return g_variant_dict_end(&dict);
}

static gboolean
kasper_reload_run(KasperReload *self, gboolean dry_run, GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self->engine, error);
	gboolean done = transaction != NULL && kasper_reload_record(self, error);

	if (done && !dry_run)
		done = kasper_reload_enter(self, error) &&
		       kasper_engine_commit(self->engine, transaction, error);
	if (done && !dry_run)
		kasper_reload_take(self);
	else
		kasper_engine_drop_repositories(self->engine, self->fresh);
	return done;
}

/* the error names the first finding; people want to know whether it is the only one */
static void
kasper_reload_count_errors(GPtrArray *findings, GError **error)
{
	GError *first = *error;
	guint n_errors = 0;

	for (guint i = 0; i < findings->len; i++) {
		const KasperFinding *finding = g_ptr_array_index(findings, i);

		n_errors += finding->level == KASPER_FINDING_ERROR ? 1 : 0;
	}
	if (n_errors < 2)
		return;
	*error = g_error_new(first->domain,
			     first->code,
			     "%s (and %u more: 'kasper policy check' lists them)",
			     first->message,
			     n_errors - 1);
	g_error_free(first);
}

/**
 * kasper_engine_update: (skip)
 * @self: an engine that was opened
 * @what: #KasperUpdate, ored
 * @dry_run: only tell what would happen
 * @actor: who asked
 * @error: return location for a #GError, or %NULL
 *
 * Reads the files of the configuration again, checks all of them, and takes those of @what into
 * use, as a whole or not at all.
 *
 * Returns: (transfer floating): a{sv} of messages (as), starts (aa{sv} of zone, step),
 * zones_added, zones_deleted; %NULL on error: then everything is as it was
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_update(KasperEngine *self,
		     guint what,
		     gboolean dry_run,
		     const gchar *actor,
		     GError **error)
{
	g_autoptr(GPtrArray) findings =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_finding_free);
	GError *error_local = NULL;
	g_autoptr(KasperConfig) config =
	    kasper_config_load(self->config_path, findings, &error_local);
	g_auto(KasperReload) reload = {0};

	if (config == NULL) {
		kasper_reload_count_errors(findings, &error_local);
		g_propagate_error(error, error_local);
		return NULL;
	}
	kasper_reload_init(&reload, self, config, what, actor);
	kasper_reload_tell_findings(&reload, findings);
	if (!kasper_reload_run(&reload, dry_run, error))
		return NULL;
	return kasper_reload_make_result(&reload);
}

/* --- the public face: open --- */

/* a list of zones that would cost most of them is not applied; the daemon runs with the old one */
static gboolean
kasper_reload_open_zones(KasperReload *self, GError **error)
{
	GError *error_local = NULL;

	if (kasper_reload_sync_zones(self, &error_local))
		return TRUE;
	if (!g_error_matches(error_local, KASPER_ERROR, KASPER_ERROR_UNSAFE)) {
		g_propagate_error(error, error_local);
		return FALSE;
	}
	kasper_engine_set_problem(self->engine, "zonelist", error_local->message);
	g_warning("%s", error_local->message);
	g_error_free(error_local);
	return TRUE;
}

/* what the run before left in hand, when it ended however it ended */
static gboolean
kasper_reload_take_over(KasperEngine *engine, GError **error)
{
	KasperTime now = kasper_engine_now(engine);

	engine->doubtful = kasper_store_get_last_intent(engine->store);
	return kasper_store_end_leases(engine->store, now, error) &&
	       kasper_store_make_due_waiting(engine->store, "key", KASPER_HOLD_SIGNED, now, error);
}

static gboolean
kasper_reload_open(KasperReload *self, GError **error)
{
	KasperEngine *engine = self->engine;
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(engine, error);

	if (transaction == NULL || !kasper_reload_put_repositories(self, error) ||
	    !kasper_reload_adopt_policies(self, error) ||
	    !kasper_reload_start_policies(self, error) || !kasper_reload_open_zones(self, error) ||
	    !kasper_reload_take_over(engine, error) ||
	    !kasper_engine_commit(engine, transaction, error)) {
		kasper_engine_drop_repositories(engine, self->fresh);
		return FALSE;
	}
	kasper_reload_take_policies(self);
	kasper_config_drop_zones(self->config);
	return TRUE;
}

/**
 * kasper_engine_open: (skip)
 * @self: an engine
 * @config: a checked configuration
 * @host: where plugins are found
 * @error: return location for a #GError, or %NULL
 *
 * Takes the configuration into use: repositories, policies, zones, plugins; the zones are in the
 * store from then on, and no longer in @config. A key store or plugin
 * that cannot be opened is a problem that `status` shows, and is tried again, unless it is
 * critical. What an earlier run had begun is taken up again when the engine is started, and the
 * world is asked before anything is repeated.
 *
 * Returns: whether the engine can work
 *
 * Since: 0.1
 */
gboolean
kasper_engine_open(KasperEngine *self, KasperConfig *config, KasperPluginHost *host, GError **error)
{
	g_auto(KasperReload) reload = {0};

	g_set_object(&self->config, config);
	g_set_object(&self->host, host);
	kasper_engine_take_up_time(self);
	kasper_reload_init(&reload,
			   self,
			   config,
			   (guint)KASPER_UPDATE_CONF | (guint)KASPER_UPDATE_KASP |
			       (guint)KASPER_UPDATE_ZONELIST,
			   "kasperd");
	if (!kasper_reload_open(&reload, error))
		return FALSE;
	kasper_engine_adopt_repositories(self, config);
	/* notifiers first: they are told if a repository cannot be opened */
	if (!kasper_engine_open_plugins(self, error))
		return FALSE;
	kasper_engine_open_repositories(self);
	return TRUE;
}
