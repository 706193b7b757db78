/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* signer, DS channel, notifiers and backup guards; key stores are in kasper-repositories.c */

#define SIGNER_DEADLINE	 ((KasperSpan)300)
#define CHANNEL_DEADLINE ((KasperSpan)120)
#define FIRST_RETRY	 ((KasperSpan)5)
#define LONGEST_RETRY	 ((KasperSpan)300)

static GType
kasper_plugins_get_kind(const KasperPluginConfig *config)
{
	if (g_strcmp0(config->kind, "signer") == 0)
		return KASPER_TYPE_SIGNER;
	if (g_strcmp0(config->kind, "ds-channel") == 0)
		return KASPER_TYPE_DS_CHANNEL;
	if (g_strcmp0(config->kind, "notifier") == 0)
		return KASPER_TYPE_NOTIFIER;
	if (g_strcmp0(config->kind, "backup-guard") == 0)
		return KASPER_TYPE_BACKUP_GUARD;
	return G_TYPE_INVALID;
}

static void
kasper_plugins_use(KasperEngine *self, const KasperPluginConfig *config, KasperPlugin *plugin)
{
	KasperSpan deadline = config->deadline;

	if (KASPER_IS_SIGNER(plugin) && self->signer == NULL) {
		self->signer = KASPER_SIGNER(plugin);
		self->signer_deadline = deadline > 0 ? deadline : SIGNER_DEADLINE;
	} else if (KASPER_IS_DS_CHANNEL(plugin) && self->channel == NULL) {
		self->channel = KASPER_DS_CHANNEL(plugin);
		self->channel_deadline = deadline > 0 ? deadline : CHANNEL_DEADLINE;
	}
}

/* one that is configured and cannot be opened is not the same as one that is not there: what is
 * meant for it waits */
static void
kasper_plugins_expect(KasperEngine *self, const KasperPluginConfig *config, GType kind)
{
	if (kind == KASPER_TYPE_DS_CHANNEL)
		self->has_channel = TRUE;
	if (kind == KASPER_TYPE_NOTIFIER)
		g_ptr_array_add(self->notifiers, g_strdup(config->name));
}

static gboolean
kasper_plugins_open_one(KasperEngine *self, const KasperPluginConfig *config, GError **error)
{
	GType kind = kasper_plugins_get_kind(config);
	g_autofree gchar *what = g_strdup_printf("plugin %s", config->name);
	GError *error_local = NULL;
	KasperPlugin *plugin;

	if (!config->enabled || kind == G_TYPE_INVALID)
		return TRUE;
	kasper_plugins_expect(self, config, kind);
	plugin = kasper_plugin_host_find(self->host, config->name, kind);
	if (plugin == NULL)
		plugin = kasper_plugin_host_open(self->host,
						 config->name,
						 config->module,
						 kind,
						 config->settings,
						 &error_local);
	if (plugin == NULL) {
		if (!g_hash_table_contains(self->problems, what))
			g_warning("%s: %s", what, error_local->message);
		kasper_engine_set_problem(self, what, error_local->message);
		g_propagate_prefixed_error(error, error_local, "%s: ", what);
		return FALSE;
	}
	kasper_engine_clear_problem(self, what);
	kasper_plugins_use(self, config, plugin);
	return TRUE;
}

/* the guards that need no person, each with the repositories that name it */
static void
kasper_plugins_find_guards(KasperEngine *self)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperRepository *repository = value;
		KasperRepositoryConfig *config =
		    kasper_config_find_repository(self->config, repository->name);
		KasperPlugin *plugin = NULL;

		if (config != NULL && config->backup_guard != NULL)
			plugin = kasper_plugin_host_find(self->host,
							 config->backup_guard,
							 KASPER_TYPE_BACKUP_GUARD);
		repository->guard = NULL;
		if (plugin != NULL && !kasper_backup_guard_is_manual(KASPER_BACKUP_GUARD(plugin)))
			repository->guard = KASPER_BACKUP_GUARD(plugin);
		repository->guard_at = repository->guard != NULL ? 0 : KASPER_TIME_NEVER;
		repository->guard_tries = 0;
	}
}

/* opens what conf.xml configures and is not open; one that fails is tried again later. FALSE, with
 * an error: one of them is critical, or (all the same to a daemon that runs) was */
gboolean
kasper_engine_open_plugins(KasperEngine *self, GError **error)
{
	GPtrArray *configs = kasper_config_get_plugins(self->config);
	gboolean failing = FALSE;
	g_autoptr(GError) critical = NULL;

	self->signer = NULL;
	self->channel = NULL;
	self->has_channel = FALSE;
	g_ptr_array_set_size(self->notifiers, 0);
	for (guint i = 0; i < configs->len; i++) {
		const KasperPluginConfig *config = g_ptr_array_index(configs, i);
		g_autoptr(GError) why = NULL;

		if (kasper_plugins_open_one(self, config, &why))
			continue;
		failing = TRUE;
		if (config->critical && critical == NULL)
			critical = g_steal_pointer(&why);
	}
	kasper_plugins_find_guards(self);
	self->plugins_at = KASPER_TIME_NEVER;
	if (failing)
		self->plugins_at = kasper_engine_get_retry(self,
							   0,
							   self->plugin_failures++,
							   FIRST_RETRY,
							   LONGEST_RETRY);
	else
		self->plugin_failures = 0;
	if (critical == NULL)
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&critical));
	return FALSE;
}

void
kasper_engine_reopen_plugins(KasperEngine *self, KasperTime now)
{
	if (self->plugins_at <= now)
		kasper_engine_open_plugins(self, NULL);
}

/* --- another configuration --- */

static gboolean
kasper_plugins_are_same(GHashTable *a, GHashTable *b)
{
	GHashTableIter iter;
	gpointer name, value;

	if (a == NULL || b == NULL)
		return a == b;
	if (g_hash_table_size(a) != g_hash_table_size(b))
		return FALSE;
	g_hash_table_iter_init(&iter, a);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		if (!g_hash_table_contains(b, name) ||
		    g_strcmp0(g_hash_table_lookup(b, name), value) != 0)
			return FALSE;
	}
	return TRUE;
}

static const KasperPluginConfig *
kasper_plugins_find_config(KasperConfig *config, const gchar *name)
{
	GPtrArray *items = kasper_config_get_plugins(config);

	for (guint i = 0; i < items->len; i++) {
		const KasperPluginConfig *item = g_ptr_array_index(items, i);

		if (g_strcmp0(item->name, name) == 0)
			return item;
	}
	return NULL;
}

static void
kasper_plugins_close_changed_plugins(KasperEngine *self, KasperConfig *config)
{
	GPtrArray *items = kasper_config_get_plugins(self->config);

	for (guint i = 0; i < items->len; i++) {
		const KasperPluginConfig *old = g_ptr_array_index(items, i);
		const KasperPluginConfig *new = kasper_plugins_find_config(config, old->name);
		GType kind = kasper_plugins_get_kind(old);
		g_autofree gchar *what = NULL;

		if (new != NULL &&new->enabled && g_str_equal(old->module, new->module) &&
		    g_str_equal(old->kind, new->kind) &&
		    kasper_plugins_are_same(old->settings, new->settings))
			continue;
		what = g_strdup_printf("plugin %s", old->name);
		kasper_engine_clear_problem(self, what);
		if (old->enabled && kind != G_TYPE_INVALID)
			kasper_plugin_host_close(self->host, old->name, kind);
	}
}

static void
kasper_plugins_close_changed_repositories(KasperEngine *self, KasperConfig *config)
{
	GPtrArray *items = kasper_config_get_repositories(self->config);

	for (guint i = 0; i < items->len; i++) {
		const KasperRepositoryConfig *old = g_ptr_array_index(items, i);
		const KasperRepositoryConfig *new =
		    kasper_config_find_repository(config, old->name);
		KasperRepository *repository = kasper_engine_find_repository(self, old->name);

		if (repository == NULL || new == NULL ||
		    (g_strcmp0(old->plugin, new->plugin) == 0 &&
		     kasper_plugins_are_same(old->settings, new->settings)))
			continue;
		kasper_engine_close_repository(self, repository);
	}
}

/* what the new configuration no longer has, or has with other settings; orders that wait for a
 * worker wait in the outbox instead */
void
kasper_engine_close_changed(KasperEngine *self, KasperConfig *config)
{
	g_ptr_array_set_size(self->outgoing, 0);
	kasper_engine_drop_looks(self);
	kasper_plugins_close_changed_plugins(self, config);
	kasper_plugins_close_changed_repositories(self, config);
}
