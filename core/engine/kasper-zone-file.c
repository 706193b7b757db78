/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include <errno.h>

/*
 * zonelist.xml, rewritten when a command adds or deletes a zone, as OpenDNSSEC does it: the old one
 * is kept beside it as .backup. What is in the file is kept, also what was edited there and has not
 * been taken over yet.
 *
 * The file is written before the transaction is committed. A crash in between leaves a zone in the
 * file that the next start takes over; the other way round it would be deleted again.
 */

struct _KasperZoneFile {
	KasperEngine *engine;
	KasperConfig *disk;
	gchar *path;
	GPtrArray *zones; /* of KasperZoneConfig, of @disk or of @own */
	GPtrArray *own;	  /* of KasperZoneConfig */
	gboolean applied; /* the store has what the file has */
};

static void
kasper_zone_file_free_own(gpointer data)
{
	KasperZoneConfig *zone = data;

	g_free(zone->name);
	g_free(zone->policy);
	g_free(zone->signer_configuration);
	g_free(zone->input_type);
	g_free(zone->input);
	g_free(zone->output_type);
	g_free(zone->output);
	g_free(zone);
}

void
kasper_zone_file_free(KasperZoneFile *self)
{
	if (self == NULL)
		return;
	g_clear_object(&self->disk);
	g_clear_object(&self->engine);
	g_ptr_array_unref(self->zones);
	g_ptr_array_unref(self->own);
	g_free(self->path);
	g_free(self);
}

/* a conf.xml that was edited, and names another list, is not in use yet */
static gboolean
kasper_zone_file_check_path(KasperZoneFile *self, GError **error)
{
	const gchar *path = kasper_config_get_zone_list_file(self->disk);

	if (g_strcmp0(path, self->path) == 0)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "%s names %s as its list of zones, and %s is in use: run 'kasper update all' "
		    "first",
		    self->engine->config_path,
		    path,
		    self->path);
	return FALSE;
}

KasperZoneFile *
kasper_zone_file_load(KasperEngine *engine, GError **error)
{
	g_autoptr(KasperZoneFile) self = g_new0(KasperZoneFile, 1);
	g_autofree gchar *digest = NULL;
	g_autofree gchar *applied = NULL;
	GPtrArray *zones;

	self->engine = g_object_ref(engine);
	self->path = g_strdup(kasper_config_get_zone_list_file(engine->config));
	self->zones = g_ptr_array_new();
	self->own = g_ptr_array_new_with_free_func(kasper_zone_file_free_own);
	self->disk = kasper_config_load(engine->config_path, NULL, error);
	if (self->disk == NULL) {
		g_prefix_error(error, "the list of zones cannot be rewritten as it is: ");
		return NULL;
	}
	if (!kasper_zone_file_check_path(self, error))
		return NULL;
	zones = kasper_config_get_zones(self->disk);
	for (guint i = 0; i < zones->len; i++)
		g_ptr_array_add(self->zones, g_ptr_array_index(zones, i));
	digest = kasper_zone_sync_dup_digest(self->zones);
	applied = kasper_store_dup_applied(engine->store, "zones");
	self->applied = g_strcmp0(digest, applied) == 0;
	return g_steal_pointer(&self);
}

void
kasper_zone_file_remove(KasperZoneFile *self, const gchar *zone)
{
	for (guint i = 0; i < self->zones->len; i++) {
		const KasperZoneConfig *item = g_ptr_array_index(self->zones, i);

		if (strcmp(item->name, zone) != 0)
			continue;
		g_ptr_array_remove_index(self->zones, i);
		return;
	}
}

static gboolean
kasper_zone_file_is_taken(const gchar *what,
			  const gchar *path,
			  const KasperZoneConfig *other,
			  GError **error)
{
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_EXISTS,
		    "%s is the %s of zone %s already: two zones that share it would take each "
		    "other's keys; give another one",
		    path,
		    what,
		    other->name);
	return FALSE;
}

/* the next start would refuse such a list, and a signer would not even notice */
gboolean
kasper_zone_file_check(const KasperZoneFile *self, const KasperZoneRow *row, GError **error)
{
	gboolean writes = g_strcmp0(row->output_type, "File") == 0;

	for (guint i = 0; i < self->zones->len; i++) {
		const KasperZoneConfig *other = g_ptr_array_index(self->zones, i);

		if (strcmp(other->name, row->name) == 0)
			continue;
		if (g_strcmp0(other->signer_configuration, row->signer_configuration) == 0)
			return kasper_zone_file_is_taken("signer configuration",
							 row->signer_configuration,
							 other,
							 error);
		if (writes && g_strcmp0(other->output_type, "File") == 0 &&
		    g_strcmp0(other->output, row->output) == 0)
			return kasper_zone_file_is_taken("output", row->output, other, error);
	}
	return TRUE;
}

void
kasper_zone_file_put(KasperZoneFile *self, const KasperZoneRow *row, const gchar *policy)
{
	KasperZoneConfig *zone = g_new0(KasperZoneConfig, 1);

	zone->name = g_strdup(row->name);
	zone->policy = g_strdup(policy);
	zone->signer_configuration = g_strdup(row->signer_configuration);
	zone->input_type = g_strdup(row->input_type);
	zone->input = g_strdup(row->input);
	zone->output_type = g_strdup(row->output_type);
	zone->output = g_strdup(row->output);
	kasper_zone_file_remove(self, row->name);
	g_ptr_array_add(self->own, zone);
	g_ptr_array_add(self->zones, zone);
}

static gboolean
kasper_zone_file_keep_old(KasperZoneFile *self, GBytes **ret_old, GError **error)
{
	g_autofree gchar *backup = g_strconcat(self->path, ".backup", NULL);
	g_autoptr(GError) error_local = NULL;
	gchar *text = NULL;
	gsize length = 0;

	if (g_file_get_contents(self->path, &text, &length, &error_local)) {
		*ret_old = g_bytes_new_take(text, length);
		if (g_file_set_contents(backup, text, (gssize)length, &error_local))
			return TRUE;
	}
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_AUTH,
		    "The backup file %s can not be written: %s; nothing was changed",
		    backup,
		    error_local->message);
	return FALSE;
}

static void
kasper_zone_file_put_back(KasperZoneFile *self, GBytes *old)
{
	g_autoptr(GError) error = NULL;

	if (!g_file_set_contents(self->path,
				 g_bytes_get_data(old, NULL),
				 (gssize)g_bytes_get_size(old),
				 &error))
		g_warning("%s: what was not done could not be taken back: %s; the old list is in "
			  "%s.backup",
			  self->path,
			  error->message,
			  self->path);
}

/* what the store has after that is what the file has, unless it had something else before */
static gboolean
kasper_zone_file_set_applied(KasperZoneFile *self, GError **error)
{
	g_autofree gchar *digest = self->applied ? kasper_zone_sync_dup_digest(self->zones) : NULL;

	return kasper_store_set_applied(self->engine->store, "zones", digest, error);
}

gboolean
kasper_zone_file_commit(KasperZoneFile *self, KasperTransaction *transaction, GError **error)
{
	g_autoptr(GBytes) old = NULL;

	if (!kasper_zone_file_set_applied(self, error) ||
	    !kasper_zone_file_keep_old(self, &old, error) ||
	    !kasper_zone_list_write(self->path, self->zones, error))
		return FALSE;
	if (kasper_engine_commit(self->engine, transaction, error))
		return TRUE;
	kasper_zone_file_put_back(self, old);
	return FALSE;
}
