/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

typedef struct {
	KasperEngine *engine;
	GVariantBuilder rows;
	guint n_left;
	gint64 last;
} KasperBackupPage;

static gboolean
kasper_backup_page_add(const KasperBackupRow *row, gpointer data)
{
	KasperBackupPage *page = data;
	GVariantBuilder *rows = &page->rows;

	g_variant_builder_open(rows, G_VARIANT_TYPE_VARDICT);
	kasper_row_add_text(rows, "cka_id", row->id);
	kasper_row_add_text(rows,
			    "repository",
			    kasper_store_get_repository_name(page->engine->store, row->repository));
	kasper_row_add_text(rows, "zone", row->zone);
	kasper_row_add_count(rows, "zones", row->zones);
	kasper_row_add_text(rows,
			    "keytype",
			    row->roles != 0 ? kasper_role_to_string(row->roles) : NULL);
	kasper_row_add_text(rows, "backup", kasper_backup_to_string(row->backup));
	kasper_row_add_time(rows, "prepared", row->prepared);
	kasper_row_add_time(rows, "done", row->done);
	g_variant_builder_close(rows);
	page->last = row->number;
	return --page->n_left > 0;
}

/**
 * kasper_engine_list_backups: (skip)
 * @self: an engine
 * @repository: (nullable): a repository's name; %NULL: all
 * @after: 0 for the first page, then what @ret_next was
 * @limit: the most rows to give
 * @ret_next: (out): 0 after the last page
 * @error: return location for a #GError, or %NULL
 *
 * One page of the keys that need a backup or have one, oldest first; those in no zone yet have
 * neither zone nor type.
 *
 * Returns: (transfer floating): rows, aa{sv}; %NULL with %KASPER_ERROR_NOT_FOUND if there is no
 * such repository
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_list_backups(KasperEngine *self,
			   const gchar *repository,
			   gint64 after,
			   guint limit,
			   gint64 *ret_next,
			   GError **error)
{
	KasperBackupPage page = {.engine = self, .n_left = MAX(limit, 1)};
	KasperRepository *found = NULL;

	if (repository != NULL) {
		found = kasper_engine_look_up_repository(self, repository, error);
		if (found == NULL)
			return NULL;
	}
	g_variant_builder_init(&page.rows, G_VARIANT_TYPE("aa{sv}"));
	if (!kasper_store_each_backup(self->store,
				      found != NULL ? found->number : 0,
				      after,
				      kasper_backup_page_add,
				      &page,
				      error)) {
		g_variant_builder_clear(&page.rows);
		return NULL;
	}
	*ret_next = page.n_left == 0 ? page.last : 0;
	return g_variant_builder_end(&page.rows);
}
