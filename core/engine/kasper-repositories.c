/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#define REPOSITORY_DEADLINE ((KasperSpan)120)

void
kasper_repository_free(KasperRepository *self)
{
	KasperPlannedPair *pair;

	while ((pair = g_queue_pop_head(&self->planned)) != NULL)
		kasper_planned_pair_free(pair);
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

KasperRepository *
kasper_engine_look_for_repository(KasperEngine *self, const gchar *name, GError **error)
{
	KasperRepository *repository = kasper_engine_find_repository(self, name);

	if (repository == NULL)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "repository %s is not known: 'kasper repository list' shows those "
			    "that are, 'kasper update conf' reads %s again",
			    name,
			    self->config_path);
	return repository;
}

/* --- what conf.xml says --- */

static KasperRepository *
kasper_repository_new(gint64 number, const gchar *name)
{
	KasperRepository *self = g_new0(KasperRepository, 1);

	self->number = number;
	self->name = g_strdup(name);
	self->chunk = KASPER_FIRST_CHUNK;
	self->deadline = REPOSITORY_DEADLINE;
	self->guard_at = KASPER_TIME_NEVER;
	g_queue_init(&self->planned);
	return self;
}

gboolean
kasper_engine_put_repositories(KasperEngine *self,
			       KasperConfig *config,
			       GPtrArray *ret_fresh,
			       GError **error)
{
	GPtrArray *configs = kasper_config_get_repositories(config);

	for (guint i = 0; i < configs->len; i++) {
		const KasperRepositoryConfig *item = g_ptr_array_index(configs, i);
		gboolean changed = FALSE;
		gint64 number = kasper_store_put_repository(self->store,
							    item->name,
							    item->require_backup,
							    &changed,
							    error);
		KasperRepository *repository;

		/* what its keys may be used for is another thing now */
		if (number <= 0 ||
		    (changed && !kasper_store_make_due_by_repository(self->store,
								     number,
								     kasper_engine_now(self),
								     error)))
			return FALSE;
		if (kasper_engine_get_repository(self, number) != NULL)
			continue;
		repository = kasper_repository_new(number, item->name);
		g_hash_table_insert(self->repositories,
				    g_memdup2(&number, sizeof number),
				    repository);
		g_ptr_array_add(ret_fresh, repository);
	}
	return TRUE;
}

void
kasper_engine_drop_repositories(KasperEngine *self, GPtrArray *fresh)
{
	for (guint i = 0; i < fresh->len; i++) {
		gint64 number = ((KasperRepository *)g_ptr_array_index(fresh, i))->number;

		g_hash_table_remove(self->repositories, &number);
	}
}

void
kasper_engine_close_repository(KasperEngine *self, KasperRepository *repository)
{
	if (repository->store != NULL)
		kasper_plugin_host_close(self->host, repository->name, KASPER_TYPE_KEY_STORE);
	repository->store = NULL;
	kasper_engine_repository_reset(self, repository);
}

static void
kasper_repository_adopt(KasperEngine *self,
			KasperRepository *repository,
			const KasperRepositoryConfig *item)
{
	g_free(repository->module);
	repository->module = g_strdup(item->plugin);
	repository->capacity = item->capacity;
	repository->configured = TRUE;
	if (item->require_backup != repository->require_backup)
		repository->noted = FALSE;
	repository->require_backup = item->require_backup;
}

/* keys of a repository that conf.xml has no more are kept in mind, but nothing can be done with it
 */
void
kasper_engine_adopt_repositories(KasperEngine *self, KasperConfig *config)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperRepository *repository = value;
		KasperRepositoryConfig *item =
		    kasper_config_find_repository(config, repository->name);

		repository->configured = item != NULL;
		if (item != NULL)
			kasper_repository_adopt(self, repository, item);
		else
			kasper_engine_close_repository(self, repository);
	}
}

/* --- opening, and opening again --- */

/* a failure is the repository's, not the daemon's */
void
kasper_engine_open_repository(KasperEngine *self,
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
		kasper_engine_repository_failed(self, repository, FALSE, error);
		return;
	}
	repository->store = KASPER_KEY_STORE(plugin);
	repository->look_up = TRUE;
	kasper_engine_repository_works(self, repository, TRUE);
}

void
kasper_engine_open_repositories(KasperEngine *self)
{
	GPtrArray *configs = kasper_config_get_repositories(self->config);

	for (guint i = 0; i < configs->len; i++) {
		const KasperRepositoryConfig *item = g_ptr_array_index(configs, i);
		KasperRepository *repository = kasper_engine_find_repository(self, item->name);

		/* it is tried at once, whatever it was put off for */
		repository->failures = 0;
		repository->retry_at = repository->make_at = 0;
		if (repository->store == NULL)
			kasper_engine_open_repository(self, repository, item);
	}
}
