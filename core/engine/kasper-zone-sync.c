/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* zones that are named one by one in messages */
#define MOST_MESSAGES 1000
/* a list that is half empty all of a sudden is a mistake more often than not, and one that is empty
 * always */
#define MANY_ZONES 10

/* --- comparing --- */

static gint
kasper_zone_sync_compare(gconstpointer a, gconstpointer b)
{
	const KasperZoneConfig *left = *(KasperZoneConfig *const *)a;
	const KasperZoneConfig *right = *(KasperZoneConfig *const *)b;

	return strcmp(left->name, right->name);
}

static GPtrArray *
kasper_zone_sync_sort(GPtrArray *zones)
{
	GPtrArray *sorted = g_ptr_array_sized_new(zones->len);

	for (guint i = 0; i < zones->len; i++)
		g_ptr_array_add(sorted, g_ptr_array_index(zones, i));
	g_ptr_array_sort(sorted, kasper_zone_sync_compare);
	return sorted;
}

static void
kasper_zone_sync_digest_text(GChecksum *checksum, const gchar *text)
{
	if (text == NULL)
		text = "";
	/* with its final zero, so that nothing can be moved from one field to the next */
	g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text) + 1);
}

/* of all zones and what is said of them, in whatever order */
gchar *
kasper_zone_sync_dup_digest(GPtrArray *zones)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GPtrArray) sorted = kasper_zone_sync_sort(zones);

	for (guint i = 0; i < sorted->len; i++) {
		const KasperZoneConfig *zone = g_ptr_array_index(sorted, i);

		kasper_zone_sync_digest_text(checksum, zone->name);
		kasper_zone_sync_digest_text(checksum, zone->policy);
		kasper_zone_sync_digest_text(checksum, zone->signer_configuration);
		kasper_zone_sync_digest_text(checksum, zone->input_type);
		kasper_zone_sync_digest_text(checksum, zone->input);
		kasper_zone_sync_digest_text(checksum, zone->output_type);
		kasper_zone_sync_digest_text(checksum, zone->output);
	}
	return g_strdup(g_checksum_get_string(checksum));
}

/* a zone as the store has it, and as the file has it */
typedef struct {
	KasperZoneRow row;		/* name NULL: the store has none */
	const KasperZoneConfig *config; /* NULL: the file has none */
} KasperZoneChange;

static void
kasper_zone_change_clear(gpointer data)
{
	kasper_zone_row_clear(&((KasperZoneChange *)data)->row);
}

typedef struct {
	KasperEngine *engine;
	GPtrArray *sorted;
	guint place;	 /* of the next one of the file */
	GArray *changes; /* of KasperZoneChange */
} KasperZoneWalk;

static void
kasper_zone_walk_add(KasperZoneWalk *walk, const KasperZoneRow *row, const KasperZoneConfig *config)
{
	KasperZoneChange change = {.config = config};

	if (row != NULL) {
		change.row.number = row->number;
		change.row.policy = row->policy;
		change.row.revision = row->revision;
		change.row.name = g_strdup(row->name);
		change.row.signer_configuration = g_strdup(row->signer_configuration);
		change.row.input_type = g_strdup(row->input_type);
		change.row.input = g_strdup(row->input);
		change.row.output_type = g_strdup(row->output_type);
		change.row.output = g_strdup(row->output);
	}
	g_array_append_val(walk->changes, change);
}

static gboolean
kasper_zone_walk_is_same(KasperZoneWalk *walk,
			 const KasperZoneRow *row,
			 const KasperZoneConfig *config)
{
	const gchar *policy = kasper_store_get_policy_name(walk->engine->store, row->policy);

	return g_strcmp0(policy, config->policy) == 0 &&
	       g_strcmp0(row->signer_configuration, config->signer_configuration) == 0 &&
	       g_strcmp0(row->input_type, config->input_type) == 0 &&
	       g_strcmp0(row->input, config->input) == 0 &&
	       g_strcmp0(row->output_type, config->output_type) == 0 &&
	       g_strcmp0(row->output, config->output) == 0;
}

/* both are in order of name */
static gboolean
kasper_zone_walk_row(const KasperZoneRow *row, gpointer data)
{
	KasperZoneWalk *walk = data;

	while (walk->place < walk->sorted->len) {
		const KasperZoneConfig *config = g_ptr_array_index(walk->sorted, walk->place);
		gint order = strcmp(config->name, row->name);

		if (order > 0)
			break;
		walk->place++;
		if (order < 0) {
			kasper_zone_walk_add(walk, NULL, config);
			continue;
		}
		if (!kasper_zone_walk_is_same(walk, row, config))
			kasper_zone_walk_add(walk, row, config);
		return TRUE;
	}
	kasper_zone_walk_add(walk, row, NULL);
	return TRUE;
}

static GArray *
kasper_zone_sync_list_changes(KasperEngine *self, GPtrArray *zones, GError **error)
{
	g_autoptr(GPtrArray) sorted = kasper_zone_sync_sort(zones);
	g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(KasperZoneChange));
	KasperZoneWalk walk = {self, sorted, 0, changes};

	g_array_set_clear_func(changes, kasper_zone_change_clear);
	if (!kasper_store_each_zone(self->store, 0, NULL, kasper_zone_walk_row, &walk, error))
		return NULL;
	while (walk.place < sorted->len)
		kasper_zone_walk_add(&walk, NULL, g_ptr_array_index(sorted, walk.place++));
	return g_steal_pointer(&changes);
}

/* --- telling --- */

static void kasper_zone_sync_tell(KasperZoneSync *sync, const gchar *format, ...)
    G_GNUC_PRINTF(2, 3);

static void
kasper_zone_sync_tell(KasperZoneSync *sync, const gchar *format, ...)
{
	guint told = sync->added + sync->deleted + sync->changed;
	va_list args;

	if (sync->messages == NULL || told > MOST_MESSAGES)
		return;
	va_start(args, format);
	g_ptr_array_add(sync->messages, g_strdup_vprintf(format, args));
	va_end(args);
	if (told == MOST_MESSAGES)
		g_ptr_array_add(sync->messages, g_strdup("... and so on"));
}

static void
kasper_zone_sync_tell_start(KasperZoneSync *sync, const gchar *zone, const gchar *step)
{
	if (sync->starts == NULL || sync->added + sync->deleted + sync->changed > MOST_MESSAGES)
		return;
	g_variant_builder_open(sync->starts, G_VARIANT_TYPE_VARDICT);
	g_variant_builder_add(sync->starts, "{sv}", "zone", g_variant_new_string(zone));
	g_variant_builder_add(sync->starts, "{sv}", "step", g_variant_new_string(step));
	g_variant_builder_close(sync->starts);
}

/* --- doing --- */

static gboolean
kasper_zone_sync_fill_row(KasperZoneRow *row,
			  const KasperZoneConfig *config,
			  GHashTable *policies,
			  GError **error)
{
	KasperEnginePolicy *policy = kasper_policies_find(policies, config->policy);

	if (policy == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "zone %s: its policy %s is not in use: if it is new in kasp.xml, run "
			    "'kasper update kasp' first, or 'kasper update all'",
			    config->name,
			    config->policy);
		return FALSE;
	}
	row->policy = policy->number;
	row->signer_configuration = config->signer_configuration;
	row->input_type = config->input_type;
	row->input = config->input;
	row->output_type = config->output_type;
	row->output = config->output;
	return TRUE;
}

static gboolean
kasper_zone_sync_add(KasperEngine *self,
		     const KasperZoneConfig *config,
		     GHashTable *policies,
		     KasperZoneSync *sync,
		     GError **error)
{
	/* its texts are those of the configuration */
	KasperZoneRow row = {.name = config->name};

	if (!kasper_zone_sync_fill_row(&row, config, policies, error) ||
	    !kasper_engine_take_in_zone(self,
					&row,
					kasper_policies_find(policies, config->policy),
					error))
		return FALSE;
	sync->added++;
	kasper_zone_sync_tell(sync,
			      "Zone %s found; policy set to %s",
			      config->name,
			      config->policy);
	kasper_zone_sync_tell(sync, "Added zone %s to database", config->name);
	kasper_zone_sync_tell_start(sync, config->name, "the zone is added");
	return TRUE;
}

/* decided upon anew, and signed with what is said of it now */
static gboolean
kasper_zone_sync_change(KasperEngine *self,
			const KasperZoneRow *before,
			const KasperZoneConfig *config,
			GHashTable *policies,
			KasperZoneSync *sync,
			GError **error)
{
	KasperTime now = kasper_engine_now(self);
	KasperZoneRow row = {.number = before->number};

	if (!kasper_zone_sync_fill_row(&row, config, policies, error) ||
	    !kasper_store_update_zone(self->store, &row, error) ||
	    !kasper_store_make_due(self->store, row.number, 0, now, error) ||
	    !kasper_engine_reorder_zone(self, row.number, before->revision, error))
		return FALSE;
	kasper_engine_forget_look(self, row.number);
	sync->changed++;
	kasper_zone_sync_tell(sync,
			      "Zone %s found; policy set to %s",
			      config->name,
			      config->policy);
	kasper_zone_sync_tell_start(sync,
				    config->name,
				    row.policy != before->policy ? "its policy changes"
								 : "its files change");
	return TRUE;
}

static gboolean
kasper_zone_sync_delete(KasperEngine *self,
			const KasperZoneRow *row,
			const gchar *actor,
			KasperZoneSync *sync,
			GError **error)
{
	if (!kasper_engine_drop_zone(self, row, actor, error))
		return FALSE;
	sync->deleted++;
	kasper_zone_sync_tell(sync, "Removing zone %s from database", row->name);
	kasper_zone_sync_tell_start(sync, row->name, "the zone is deleted");
	return TRUE;
}

/* F72: a list that was cut short must not cost every zone its keys */
static gboolean
kasper_zone_sync_is_plausible(KasperEngine *self,
			      KasperConfig *config,
			      GArray *changes,
			      GError **error)
{
	gint64 zones = kasper_store_count_zones(self->store, 0);
	guint deleted = 0;

	for (guint i = 0; i < changes->len; i++)
		deleted += g_array_index(changes, KasperZoneChange, i).config == NULL ? 1 : 0;
	if (zones <= 1 || (deleted < zones && (deleted <= MANY_ZONES || deleted <= zones / 2)))
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_UNSAFE,
		    "%s: it would drop %u of %" G_GINT64_FORMAT " zones, and their keys: if that "
		    "is meant, delete them with 'kasper zone delete', or take them out of the "
		    "file in several steps",
		    kasper_config_get_zone_list_file(config),
		    deleted,
		    zones);
	return FALSE;
}

static gboolean
kasper_zone_sync_apply(KasperEngine *self,
		       const KasperZoneChange *change,
		       GHashTable *policies,
		       const gchar *actor,
		       KasperZoneSync *sync,
		       GError **error)
{
	if (change->config == NULL)
		return kasper_zone_sync_delete(self, &change->row, actor, sync, error);
	if (change->row.name == NULL)
		return kasper_zone_sync_add(self, change->config, policies, sync, error);
	return kasper_zone_sync_change(self, &change->row, change->config, policies, sync, error);
}

static gboolean
kasper_zone_sync_enter(KasperEngine *self,
		       const gchar *actor,
		       const KasperZoneSync *sync,
		       GError **error)
{
	g_autofree gchar *detail = g_strdup_printf("%u added, %u deleted, %u changed",
						   sync->added,
						   sync->deleted,
						   sync->changed);

	return sync->added + sync->deleted + sync->changed == 0 ||
	       kasper_store_add_audit(self->store,
				      kasper_engine_now(self),
				      actor,
				      "update-zones",
				      NULL,
				      NULL,
				      detail,
				      error);
}

gboolean
kasper_engine_sync_zones(KasperEngine *self,
			 KasperConfig *config,
			 GHashTable *policies,
			 const gchar *actor,
			 KasperZoneSync *sync,
			 GError **error)
{
	GPtrArray *zones = kasper_config_get_zones(config);
	g_autofree gchar *digest = kasper_zone_sync_dup_digest(zones);
	g_autofree gchar *applied = kasper_store_dup_applied(self->store, "zones");
	g_autoptr(GArray) changes = NULL;

	if (g_strcmp0(applied, digest) == 0)
		return TRUE;
	changes = kasper_zone_sync_list_changes(self, zones, error);
	if (changes == NULL || !kasper_zone_sync_is_plausible(self, config, changes, error))
		return FALSE;
	for (guint i = 0; i < changes->len; i++) {
		if (!kasper_zone_sync_apply(self,
					    &g_array_index(changes, KasperZoneChange, i),
					    policies,
					    actor,
					    sync,
					    error))
			return FALSE;
	}
	return kasper_zone_sync_enter(self, actor, sync, error) &&
	       kasper_store_set_applied(self->store, "zones", digest, error);
}
