/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#define REPOSITORY_DEADLINE ((KasperSpan)120)
#define SIGNER_DEADLINE	    ((KasperSpan)300)
#define CHANNEL_DEADLINE    ((KasperSpan)120)
#define FIRST_RETRY	    ((KasperSpan)5)
#define LONGEST_RETRY	    ((KasperSpan)300)

void
kasper_repository_free(KasperRepository *self)
{
	g_free(self->name);
	g_free(self->module);
	g_free(self->error);
	g_free(self);
}

KasperRepository *
kasper_engine_get_repository(KasperEngine *self, gint64 number)
{
	return g_hash_table_lookup(self->repositories, &number);
}

KasperRepository *
kasper_engine_find_repository(KasperEngine *self, const gchar *name)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		if (g_strcmp0(((KasperRepository *)value)->name, name) == 0)
			return value;
	}
	return NULL;
}

gboolean
kasper_engine_repository_ready(KasperRepository *self, KasperTime now)
{
	return self->store != NULL && self->retry_at <= now;
}

/* a call failed: nothing is asked of the store until the back-off is over; a wrong PIN is not
 * tried again at all before the configuration has been read anew */
void
kasper_engine_repository_failed(KasperEngine *self,
				KasperRepository *repository,
				const GError *error)
{
	KasperTime now = kasper_engine_now(self);
	g_autofree gchar *what = g_strdup_printf("repository %s", repository->name);
	gboolean first = repository->error == NULL;

	g_free(repository->error);
	repository->error = g_strdup(error->message);
	repository->error_code =
	    error->domain == KASPER_ERROR ? error->code : KASPER_ERROR_INTERNAL;
	if (first)
		repository->failing_since = now;
	repository->retry_at =
	    repository->error_code == KASPER_ERROR_AUTH
		? KASPER_TIME_NEVER
		: kasper_time_add(
		      now,
		      kasper_engine_back_off(repository->failures, FIRST_RETRY, LONGEST_RETRY));
	repository->failures++;
	kasper_engine_set_problem(self, what, error->message);
	if (first) {
		g_autofree gchar *text = g_strdup_printf("%s: %s", what, error->message);

		kasper_engine_emit_now(self, "repository-failed", KASPER_EVENT_ERROR, NULL, text);
	}
}

void
kasper_engine_repository_works(KasperEngine *self, KasperRepository *repository)
{
	g_autofree gchar *what = NULL;
	g_autofree gchar *text = NULL;

	repository->failures = 0;
	repository->retry_at = 0;
	if (repository->error == NULL)
		return;
	what = g_strdup_printf("repository %s", repository->name);
	text = g_strdup_printf("%s works again", what);
	g_clear_pointer(&repository->error, g_free);
	kasper_engine_clear_problem(self, what);
	kasper_engine_emit_now(self, "repository-works", KASPER_EVENT_NOTICE, NULL, text);
}

/* (re)opens the key store; a failure is the repository's, not the daemon's */
static void
kasper_repository_open(KasperEngine *self,
		       KasperRepository *repository,
		       const KasperRepositoryConfig *config)
{
	g_autoptr(GError) error = NULL;
	KasperPlugin *plugin = kasper_plugin_host_open(self->host,
						       config->name,
						       config->plugin,
						       KASPER_TYPE_KEY_STORE,
						       config->settings,
						       &error);

	if (plugin == NULL) {
		kasper_engine_repository_failed(self, repository, error);
		return;
	}
	repository->store = KASPER_KEY_STORE(plugin);
	repository->look_up = TRUE;
	kasper_engine_repository_works(self, repository);
}

static KasperRepository *
kasper_repository_put(KasperEngine *self, const KasperRepositoryConfig *config, GError **error)
{
	gint64 number = kasper_store_put_repository(self->store,
						    config->name,
						    config->require_backup,
						    NULL,
						    error);
	KasperRepository *repository;

	if (number <= 0)
		return NULL;
	repository = kasper_engine_get_repository(self, number);
	if (repository == NULL) {
		repository = g_new0(KasperRepository, 1);
		repository->number = number;
		repository->name = g_strdup(config->name);
		repository->chunk = KASPER_FIRST_CHUNK;
		repository->deadline = REPOSITORY_DEADLINE;
		g_hash_table_insert(self->repositories,
				    g_memdup2(&number, sizeof number),
				    repository);
	}
	g_free(repository->module);
	repository->module = g_strdup(config->plugin);
	repository->capacity = config->capacity;
	if (config->require_backup != repository->require_backup)
		repository->noted = FALSE;
	repository->require_backup = config->require_backup;
	return repository;
}

/* puts the repositories of the configuration into the store and opens those that are not open;
 * needs a transaction for the former */
gboolean
kasper_engine_open_repositories(KasperEngine *self, GError **error)
{
	GPtrArray *configs = kasper_config_get_repositories(self->config);
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < configs->len; i++) {
		if (kasper_repository_put(self, g_ptr_array_index(configs, i), error) == NULL)
			return FALSE;
	}
	if (!kasper_transaction_commit(transaction, error))
		return FALSE;
	for (guint i = 0; i < configs->len; i++) {
		const KasperRepositoryConfig *config = g_ptr_array_index(configs, i);
		KasperRepository *repository = kasper_engine_find_repository(self, config->name);

		if (repository->store == NULL)
			kasper_repository_open(self, repository, config);
	}
	return TRUE;
}

/* stores that could not be opened are tried again when their back-off is over */
void
kasper_engine_reopen_repositories(KasperEngine *self, KasperTime now)
{
	GPtrArray *configs = kasper_config_get_repositories(self->config);

	for (guint i = 0; i < configs->len; i++) {
		const KasperRepositoryConfig *config = g_ptr_array_index(configs, i);
		KasperRepository *repository = kasper_engine_find_repository(self, config->name);

		if (repository != NULL && repository->store == NULL && repository->retry_at <= now)
			kasper_repository_open(self, repository, config);
	}
}

/* when the engine has to look at a repository again by itself */
KasperTime
kasper_engine_next_repository_retry(KasperEngine *self)
{
	KasperTime next = KASPER_TIME_NEVER;
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperRepository *repository = value;

		if (repository->error != NULL)
			next = MIN(next, repository->retry_at);
	}
	return next;
}

/* --- signer, DS channel, notifiers --- */

static GType
kasper_plugins_get_kind(const gchar *kind)
{
	if (g_strcmp0(kind, "signer") == 0)
		return KASPER_TYPE_SIGNER;
	if (g_strcmp0(kind, "ds-channel") == 0)
		return KASPER_TYPE_DS_CHANNEL;
	if (g_strcmp0(kind, "notifier") == 0)
		return KASPER_TYPE_NOTIFIER;
	if (g_strcmp0(kind, "backup-guard") == 0)
		return KASPER_TYPE_BACKUP_GUARD;
	return G_TYPE_INVALID;
}

static void
kasper_plugins_use(KasperEngine *self, const KasperPluginConfig *config, KasperPlugin *plugin)
{
	if (KASPER_IS_SIGNER(plugin) && self->signer == NULL) {
		self->signer = KASPER_SIGNER(plugin);
		self->signer_deadline = config->deadline > 0 ? config->deadline : SIGNER_DEADLINE;
	} else if (KASPER_IS_DS_CHANNEL(plugin) && self->channel == NULL) {
		self->channel = KASPER_DS_CHANNEL(plugin);
		self->channel_deadline = config->deadline > 0 ? config->deadline : CHANNEL_DEADLINE;
	} else if (KASPER_IS_BACKUP_GUARD(plugin)) {
		if (self->guard == NULL &&
		    !kasper_backup_guard_is_manual(KASPER_BACKUP_GUARD(plugin)))
			self->guard = KASPER_BACKUP_GUARD(plugin);
	} else if (KASPER_IS_NOTIFIER(plugin)) {
		g_ptr_array_add(self->notifiers, g_strdup(config->name));
	}
}

/* opens what conf.xml configures; one that fails is left out, unless it is critical */
gboolean
kasper_engine_open_plugins(KasperEngine *self, GError **error)
{
	GPtrArray *configs = kasper_config_get_plugins(self->config);

	self->signer = NULL;
	self->channel = NULL;
	self->guard = NULL;
	g_ptr_array_set_size(self->notifiers, 0);
	for (guint i = 0; i < configs->len; i++) {
		const KasperPluginConfig *config = g_ptr_array_index(configs, i);
		GType kind = kasper_plugins_get_kind(config->kind);
		g_autofree gchar *what = g_strdup_printf("plugin %s", config->name);
		g_autoptr(GError) error_local = NULL;
		KasperPlugin *plugin;

		if (!config->enabled || kind == G_TYPE_INVALID)
			continue;
		plugin = kasper_plugin_host_find(self->host, config->name, kind);
		if (plugin == NULL)
			plugin = kasper_plugin_host_open(self->host,
							 config->name,
							 config->module,
							 kind,
							 config->settings,
							 &error_local);
		if (plugin != NULL) {
			kasper_engine_clear_problem(self, what);
			kasper_plugins_use(self, config, plugin);
			continue;
		}
		if (config->critical) {
			g_propagate_prefixed_error(error,
						   g_steal_pointer(&error_local),
						   "%s: ",
						   what);
			return FALSE;
		}
		kasper_engine_set_problem(self, what, error_local->message);
		g_warning("%s: %s", what, error_local->message);
	}
	return TRUE;
}
