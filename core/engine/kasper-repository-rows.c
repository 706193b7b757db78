/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

KasperRepository *
kasper_engine_look_up_repository(KasperEngine *self, const gchar *name, GError **error)
{
	KasperRepository *repository = kasper_engine_find_repository(self, name);

	if (repository == NULL)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "repository %s is not known: `kasper repository list` shows those "
			    "that are, `kasper update conf` reads %s again",
			    name,
			    self->config_path);
	return repository;
}

static void
kasper_repository_add_fields(KasperEngine *self,
			     const KasperRepository *repository,
			     GVariantBuilder *fields)
{
	gint64 prepared =
	    kasper_store_count_backups(self->store, repository->number, KASPER_BACKUP_PREPARED);
	gint64 needed =
	    kasper_store_count_backups(self->store, repository->number, KASPER_BACKUP_NEEDED);
	gint64 pool = 0;
	gint64 keys = kasper_store_count_pairs(self->store, repository->number, &pool);

	kasper_row_add_text(fields, "name", repository->name);
	kasper_row_add_text(fields, "plugin", repository->module);
	kasper_row_add_text(fields, "state", repository->error == NULL ? "ok" : "failing");
	kasper_row_add_text(fields, "error", repository->error);
	kasper_row_add_count(fields, "keys", keys);
	kasper_row_add_time(fields, "capacity", repository->capacity);
	kasper_row_add_flag(fields, "require_backup", repository->require_backup);
	/* a prepared key still waits: the backup that was announced has not been confirmed */
	kasper_row_add_count(fields, "waiting_for_backup", needed + prepared);
	kasper_row_add_count(fields, "prepared", prepared);
	kasper_row_add_count(fields, "pool", pool);
}

static gint
kasper_repository_compare(gconstpointer a, gconstpointer b)
{
	const KasperRepository *left = a;
	const KasperRepository *right = b;

	return g_strcmp0(left->name, right->name);
}

/**
 * kasper_engine_list_repositories: (skip)
 * @self: an engine
 *
 * The repositories, in order of name, and how they do.
 *
 * Returns: (transfer floating): rows, aa{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_list_repositories(KasperEngine *self)
{
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GList) repositories = g_hash_table_get_values(self->repositories);

	repositories = g_list_sort(repositories, kasper_repository_compare);
	for (GList *item = repositories; item != NULL; item = item->next) {
		g_variant_builder_open(&rows, G_VARIANT_TYPE_VARDICT);
		kasper_repository_add_fields(self, item->data, &rows);
		g_variant_builder_close(&rows);
	}
	return g_variant_builder_end(&rows);
}
