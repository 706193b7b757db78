/* SPDX-License-Identifier: BSD-2-Clause */
#include "apply.h"

#include "files.h"
#include "signconf.h"

static void
ods_outcome_clear(gpointer data)
{
	g_clear_pointer(&((OdsOutcome *)data)->failure, g_free);
}

OdsDesk *
ods_desk_new(const gchar *zones_file, gid_t group, OdsNotify *notify)
{
	OdsDesk *self = g_new0(OdsDesk, 1);

	self->group = group;
	self->notify = notify;
	if (zones_file != NULL && *zones_file != '\0')
		self->list = ods_zone_list_new(zones_file, group);
	self->deferred = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return self;
}

void
ods_desk_free(OdsDesk *self)
{
	if (self == NULL)
		return;
	ods_notify_free(self->notify);
	ods_zone_list_free(self->list);
	g_hash_table_unref(self->deferred);
	g_free(self->deferred_failure);
	g_free(self);
}

/* --- a batch --- */

typedef struct {
	OdsDesk *desk;
	GListModel *orders;
	GArray *outcomes; /* of OdsOutcome */
	GPtrArray *files; /* of OdsFile: those that are not committed yet; NULL: failed */
	guint first;	  /* the order to which the first of them belongs */
} OdsBatch;

static void
ods_batch_fail(OdsBatch *self, guint i, GError *error)
{
	OdsOutcome *outcome = &g_array_index(self->outcomes, OdsOutcome, i);

	g_free(outcome->failure);
	outcome->failure = g_strdup(error->message);
	g_error_free(error);
}

static OdsFile *
ods_batch_put(OdsBatch *self, OdsFiles *files, OdsSignconf *signconf, guint i)
{
	g_autoptr(KasperZoneOrder) order = g_list_model_get_item(self->orders, i);
	const gchar *path = kasper_zone_order_get_signer_configuration(order);
	GError *error = NULL;
	OdsFile *file = NULL;
	const gchar *text;
	gsize length;

	if (path == NULL) {
		g_set_error(&error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "zone %s has no SignerConfiguration in zonelist.xml",
			    kasper_zone_order_get_zone(order));
	} else {
		text = ods_signconf_make(signconf, order, &length);
		file = ods_files_put(files, path, text, length, &error);
	}
	if (file == NULL)
		ods_batch_fail(self, i, error);
	else if (self->desk->list != NULL)
		g_array_index(self->outcomes, OdsOutcome, i).deferred =
		    ods_zone_list_put(self->desk->list, order);
	return file;
}

static void
ods_batch_commit(OdsBatch *self, OdsFiles *files)
{
	ods_files_commit(files);
	for (guint i = 0; i < self->files->len; i++) {
		OdsFile *file = g_ptr_array_index(self->files, i);

		if (file != NULL && file->error != NULL)
			ods_batch_fail(self, self->first + i, g_error_copy(file->error));
	}
	self->first += self->files->len;
	g_ptr_array_set_size(self->files, 0);
}

/* the list of zones, too, if it has to change, is a file of the batch */
static void
ods_batch_commit_last(OdsBatch *self, OdsFiles *files)
{
	OdsZoneList *list = self->desk->list;
	gboolean due = list != NULL && ods_zone_list_is_due(list);
	GError *error = NULL;
	OdsFile *file = due ? ods_zone_list_write(list, files, &error) : NULL;

	ods_batch_commit(self, files);
	if (file != NULL && file->error == NULL) {
		ods_zone_list_settle(list);
		return;
	}
	if (file != NULL)
		error = g_error_copy(file->error);
	/* whoever is not in the list as the signer has it is not with the signer */
	for (guint i = 0; error != NULL && i < self->outcomes->len; i++) {
		OdsOutcome *outcome = &g_array_index(self->outcomes, OdsOutcome, i);

		if (outcome->deferred && outcome->failure == NULL)
			outcome->failure = g_strdup(error->message);
	}
	g_clear_error(&error);
}

static void
ods_batch_write(OdsBatch *self)
{
	g_autoptr(OdsSignconf) signconf = ods_signconf_new();
	g_autoptr(OdsFiles) files = ods_files_new(self->desk->group);

	for (guint i = 0; i < self->outcomes->len; i++) {
		OdsFile *file = ods_batch_put(self, files, signconf, i);

		g_ptr_array_add(self->files, file);
		if (!ods_files_are_full(files))
			continue;
		ods_batch_commit(self, files);
		ods_files_free(files);
		files = ods_files_new(self->desk->group);
	}
	ods_batch_commit_last(self, files);
}

static void
ods_desk_defer(OdsDesk *self, const gchar *zone)
{
	g_clear_pointer(&self->deferred_failure, g_free);
	g_hash_table_add(self->deferred, g_strdup(zone));
}

/* An unchanged order is told of, too: nobody knows whether it was, the last time. */
static void
ods_batch_tell(OdsBatch *self, GCancellable *cancellable)
{
	OdsZoneList *list = self->desk->list;
	gboolean wait = list != NULL && ods_zone_list_has_changes(list);
	g_autoptr(GPtrArray) zones = g_ptr_array_new();
	g_autoptr(GHashTable) failures = NULL;
	gboolean list_changed = FALSE;

	for (guint i = 0; i < self->outcomes->len; i++) {
		OdsOutcome *outcome = &g_array_index(self->outcomes, OdsOutcome, i);
		g_autoptr(KasperZoneOrder) order = g_list_model_get_item(self->orders, i);
		const gchar *zone = kasper_zone_order_get_zone(order);

		if (outcome->failure == NULL && outcome->deferred && wait) {
			ods_desk_defer(self->desk, zone);
			continue;
		}
		list_changed |= outcome->deferred && outcome->failure == NULL;
		outcome->deferred = FALSE;
		if (outcome->failure == NULL)
			g_ptr_array_add(zones, (gpointer)zone);
	}
	failures = ods_notify_tell(self->desk->notify, zones, list_changed, cancellable);
	for (guint i = 0; failures != NULL && i < self->outcomes->len; i++) {
		OdsOutcome *outcome = &g_array_index(self->outcomes, OdsOutcome, i);
		g_autoptr(KasperZoneOrder) order = g_list_model_get_item(self->orders, i);

		if (outcome->failure == NULL && !outcome->deferred)
			outcome->failure = g_strdup(
			    g_hash_table_lookup(failures, kasper_zone_order_get_zone(order)));
	}
}

GArray *
ods_desk_apply(OdsDesk *self, GListModel *orders, GCancellable *cancellable, GError **error)
{
	guint n = g_list_model_get_n_items(orders);
	g_autoptr(GArray) outcomes = g_array_new(FALSE, TRUE, sizeof(OdsOutcome));
	g_autoptr(GPtrArray) files = g_ptr_array_new();
	OdsBatch batch = {.desk = self, .orders = orders, .outcomes = outcomes, .files = files};

	g_array_set_clear_func(outcomes, ods_outcome_clear);
	g_array_set_size(outcomes, n);
	if (self->list != NULL && !ods_zone_list_load(self->list, error))
		return NULL;
	ods_batch_write(&batch);
	ods_batch_tell(&batch, cancellable);
	return g_steal_pointer(&outcomes);
}

/* --- afterwards --- */

static gboolean
ods_desk_write_list(OdsDesk *self, GError **error)
{
	g_autoptr(OdsFiles) files = ods_files_new(self->group);
	OdsFile *file;

	if (!ods_zone_list_load(self->list, error))
		return FALSE;
	if (!ods_zone_list_has_changes(self->list))
		return TRUE;
	file = ods_zone_list_write(self->list, files, error);
	if (file == NULL)
		return FALSE;
	ods_files_commit(files);
	if (file->error != NULL) {
		g_propagate_error(error, g_error_copy(file->error));
		return FALSE;
	}
	ods_zone_list_settle(self->list);
	return TRUE;
}

static gchar *
ods_desk_flush(OdsDesk *self, GCancellable *cancellable)
{
	g_autoptr(GPtrArray) zones = g_ptr_array_new();
	g_autoptr(GHashTable) failures = NULL;
	g_autoptr(GError) error = NULL;
	GHashTableIter iter;
	gpointer zone, text;

	if (!ods_desk_write_list(self, &error))
		return g_strdup(error->message);
	g_hash_table_iter_init(&iter, self->deferred);
	while (g_hash_table_iter_next(&iter, &zone, NULL))
		g_ptr_array_add(zones, zone);
	failures = ods_notify_tell(self->notify, zones, TRUE, cancellable);
	if (failures == NULL)
		return NULL;
	g_hash_table_iter_init(&iter, failures);
	g_hash_table_iter_next(&iter, NULL, &text);
	return g_strdup(text);
}

gboolean
ods_desk_settle(OdsDesk *self, const gchar *zone, GCancellable *cancellable, GError **error)
{
	if (!g_hash_table_contains(self->deferred, zone))
		return TRUE;
	if (self->deferred_failure == NULL) {
		self->deferred_failure = ods_desk_flush(self, cancellable);
		if (self->deferred_failure == NULL) {
			g_hash_table_remove_all(self->deferred);
			return TRUE;
		}
	}
	/* one attempt for all of them; then each is handed over again, one after the other */
	g_set_error_literal(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN, self->deferred_failure);
	g_hash_table_remove(self->deferred, zone);
	if (g_hash_table_size(self->deferred) == 0)
		g_clear_pointer(&self->deferred_failure, g_free);
	return FALSE;
}

/* the file goes last: a signer that still has the zone would complain that it is not there */
gboolean
ods_desk_forget(OdsDesk *self, KasperZoneOrder *order, GCancellable *cancellable, GError **error)
{
	const gchar *zone = kasper_zone_order_get_zone(order);
	const gchar *path = kasper_zone_order_get_signer_configuration(order);
	g_autoptr(OdsFiles) files = ods_files_new(self->group);
	g_autoptr(GPtrArray) zones = g_ptr_array_new();
	g_autoptr(GHashTable) failures = NULL;

	g_hash_table_remove(self->deferred, zone);
	if (self->list != NULL) {
		if (!ods_zone_list_load(self->list, error))
			return FALSE;
		if (ods_zone_list_remove(self->list, zone) && !ods_desk_write_list(self, error))
			return FALSE;
	}
	g_ptr_array_add(zones, (gpointer)zone);
	failures = ods_notify_tell(self->notify, zones, TRUE, cancellable);
	if (failures != NULL) {
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_TRY_AGAIN,
				    g_hash_table_lookup(failures, zone));
		return FALSE;
	}
	return path == NULL || ods_files_remove(files, path, error);
}
