/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include "kasper-zone-name.h"

/* --- where a zone's files are, if nobody says so --- */

static const gchar *
kasper_zone_commands_get_file(GVariant *files, const gchar *name)
{
	const gchar *text = NULL;

	if (files == NULL || !g_variant_lookup(files, name, "&s", &text) || text[0] == '\0')
		return NULL;
	return text;
}

/* the folders of OpenDNSSEC: signconf, unsigned and signed beside the one that the Enforcer works
 * in. A zone of RFC 2317 has a slash in its name, a file has not */
static gchar *
kasper_zone_commands_dup_path(KasperEngine *self,
			      const gchar *folder,
			      const gchar *zone,
			      const gchar *suffix)
{
	g_autofree gchar *state =
	    g_path_get_dirname(kasper_config_get_working_directory(self->config));
	g_autofree gchar *file = g_strconcat(zone, suffix, NULL);

	return g_build_filename(state, folder, g_strdelimit(file, "/", '_'), NULL);
}

static gchar *
kasper_zone_commands_dup_adapter(KasperEngine *self,
				 const gchar *type,
				 const gchar *folder,
				 const gchar *zone)
{
	g_autofree gchar *conf = g_path_get_dirname(self->config_path);

	if (g_strcmp0(type, "DNS") == 0)
		return g_build_filename(conf, "addns.xml", NULL);
	return kasper_zone_commands_dup_path(self, folder, zone, "");
}

static gboolean
kasper_zone_commands_check_type(const gchar *type, const gchar *what, GError **error)
{
	if (g_strcmp0(type, "File") == 0 || g_strcmp0(type, "DNS") == 0)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "Unrecognised %s %s; should be one of DNS or File",
		    what,
		    type);
	return FALSE;
}

static gboolean
kasper_zone_commands_check_path(const gchar *path, GError **error)
{
	if (g_path_is_absolute(path))
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "%s: give the whole path, from / on",
		    path);
	return FALSE;
}

static gchar *
kasper_zone_commands_dup_or(const gchar *given, gchar *otherwise)
{
	if (given == NULL)
		return otherwise;
	g_free(otherwise);
	return g_strdup(given);
}

static gboolean
kasper_zone_commands_fill_row(KasperEngine *self,
			      KasperZoneRow *row,
			      GVariant *files,
			      GError **error)
{
	const gchar *input_type = kasper_zone_commands_get_file(files, "input_type");
	const gchar *output_type = kasper_zone_commands_get_file(files, "output_type");

	row->input_type = g_strdup(input_type != NULL ? input_type : "File");
	row->output_type = g_strdup(output_type != NULL ? output_type : "File");
	row->signer_configuration = kasper_zone_commands_dup_or(
	    kasper_zone_commands_get_file(files, "signconf"),
	    kasper_zone_commands_dup_path(self, "signconf", row->name, ".xml"));
	row->input = kasper_zone_commands_dup_or(
	    kasper_zone_commands_get_file(files, "input"),
	    kasper_zone_commands_dup_adapter(self, row->input_type, "unsigned", row->name));
	row->output = kasper_zone_commands_dup_or(
	    kasper_zone_commands_get_file(files, "output"),
	    kasper_zone_commands_dup_adapter(self, row->output_type, "signed", row->name));
	return kasper_zone_commands_check_type(row->input_type, "in-type", error) &&
	       kasper_zone_commands_check_type(row->output_type, "out-type", error) &&
	       kasper_zone_commands_check_path(row->signer_configuration, error) &&
	       kasper_zone_commands_check_path(row->input, error) &&
	       kasper_zone_commands_check_path(row->output, error);
}

/* 1.4 tells, and goes on */
static gboolean
kasper_zone_commands_warn_of_input(KasperEngine *self, const KasperZoneRow *row, GError **error)
{
	g_autofree gchar *text = NULL;

	if (g_file_test(row->input, G_FILE_TEST_EXISTS))
		return TRUE;
	text = g_strdup_printf("WARNING: The input file %s for zone %s does not currently exist. "
			       "The zone will been added to the database anyway. ",
			       row->input,
			       row->name);
	return kasper_engine_emit(self,
				  "zone-input-missing",
				  KASPER_EVENT_WARNING,
				  row->name,
				  NULL,
				  text,
				  error);
}

/* --- in the list and in the store, or in neither --- */

typedef gboolean (*KasperZonePutFunc)(KasperEngine *self,
				      KasperZoneRow *row,
				      const KasperEnginePolicy *policy,
				      GError **error);

static gboolean
kasper_zone_commands_put(KasperEngine *self,
			 KasperZoneRow *row,
			 const KasperEnginePolicy *policy,
			 KasperZonePutFunc put,
			 const gchar *action,
			 const gchar *actor,
			 GError **error)
{
	g_autoptr(KasperZoneFile) file = kasper_zone_file_load(self, error);
	g_autoptr(KasperTransaction) transaction = NULL;

	if (file == NULL || !kasper_zone_file_check(file, row, error))
		return FALSE;
	kasper_zone_file_put(file, row, policy->config->name);
	transaction = kasper_engine_begin(self, error);
	return transaction != NULL && put(self, row, policy, error) &&
	       kasper_store_add_audit(self->store,
				      kasper_engine_now(self),
				      actor,
				      action,
				      row->name,
				      NULL,
				      policy->config->name,
				      error) &&
	       kasper_zone_file_commit(file, transaction, error);
}

/* --- add --- */

static gboolean
kasper_zone_commands_add(KasperEngine *self,
			 KasperZoneRow *row,
			 const KasperEnginePolicy *policy,
			 GError **error)
{
	return kasper_engine_take_in_zone(self, row, policy, error) &&
	       kasper_zone_commands_warn_of_input(self, row, error);
}

static gboolean
kasper_zone_commands_is_free(KasperEngine *self, const gchar *name, GError **error)
{
	if (!kasper_store_find_zone(self->store, name, NULL, NULL))
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_EXISTS,
		    "Failed to Import zone %s; it already exists",
		    name);
	return FALSE;
}

/**
 * kasper_engine_zone_add: (skip)
 * @self: an engine
 * @zone: the zone's name
 * @policy: (nullable): the name of its policy; %NULL: `default`
 * @files: (nullable): a{ss} of signconf, input, input_type, output, output_type
 * @actor: who asked
 * @error: return location for a #GError, or %NULL
 *
 * Takes a zone into care, and into zonelist.xml. One that was deleted, and whose keys are there
 * still, comes back with them.
 *
 * Returns: %FALSE with %KASPER_ERROR_EXISTS if it is there already
 *
 * Since: 0.1
 */
gboolean
kasper_engine_zone_add(KasperEngine *self,
		       const gchar *zone,
		       const gchar *policy,
		       GVariant *files,
		       const gchar *actor,
		       GError **error)
{
	g_auto(KasperZoneRow) row = {0};
	KasperEnginePolicy *found;

	row.name = kasper_zone_name_parse(zone, error);
	if (row.name == NULL || !kasper_zone_commands_is_free(self, row.name, error))
		return FALSE;
	found = kasper_engine_find_policy(self,
					  policy != NULL && policy[0] != '\0' ? policy : "default",
					  error);
	if (found == NULL || !kasper_zone_commands_fill_row(self, &row, files, error))
		return FALSE;
	row.policy = found->number;
	if (!kasper_zone_commands_put(self,
				      &row,
				      found,
				      kasper_zone_commands_add,
				      "zone-add",
				      actor,
				      error))
		return FALSE;
	/* one that came back has its keys */
	if (row.revision == 0)
		kasper_engine_expect_keys(self, found, KASPER_ROLE_CSK, 1);
	self->pool_dirty = TRUE;
	kasper_engine_kick(self);
	return TRUE;
}

/* --- delete --- */

/**
 * kasper_engine_zone_delete: (skip)
 * @self: an engine
 * @zone: the zone's name
 * @actor: who asked
 * @error: return location for a #GError, or %NULL
 *
 * Lets a zone go, and takes it out of zonelist.xml. Its signer is told; keys that were in use are
 * kept for a while before they are destroyed.
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if there is no such zone
 *
 * Since: 0.1
 */
gboolean
kasper_engine_zone_delete(KasperEngine *self, const gchar *zone, const gchar *actor, GError **error)
{
	g_auto(KasperZoneRow) row = {0};
	g_autoptr(KasperZoneFile) file = NULL;
	g_autoptr(KasperTransaction) transaction = NULL;

	if (!kasper_engine_find_zone(self, zone, &row, error))
		return FALSE;
	file = kasper_zone_file_load(self, error);
	if (file == NULL)
		return FALSE;
	kasper_zone_file_remove(file, row.name);
	transaction = kasper_engine_begin(self, error);
	if (transaction == NULL || !kasper_engine_drop_zone(self, &row, actor, error) ||
	    !kasper_zone_file_commit(file, transaction, error))
		return FALSE;
	kasper_engine_forget_asks(self, row.number);
	self->pool_dirty = TRUE;
	kasper_engine_kick(self);
	return TRUE;
}

/* --- another policy --- */

static gboolean
kasper_zone_commands_set_policy(KasperEngine *self,
				KasperZoneRow *row,
				const KasperEnginePolicy *policy,
				GError **error)
{
	KasperTime now = kasper_engine_now(self);

	return kasper_store_update_zone(self->store, row, error) &&
	       kasper_store_make_due(self->store, row->number, 0, now, error) &&
	       kasper_engine_reorder_zone(self, row->number, row->revision, error);
}

/**
 * kasper_engine_zone_set_policy: (skip)
 * @self: an engine
 * @zone: the zone's name
 * @policy: the name of its new policy
 * @actor: who asked
 * @error: return location for a #GError, or %NULL
 *
 * Puts a zone under another policy, in zonelist.xml, too. Keys that do not suit the new one are
 * rolled over, as safely as ever.
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if there is no such zone or policy, with
 * %KASPER_ERROR_EXISTS if it has that policy already
 *
 * Since: 0.1
 */
gboolean
kasper_engine_zone_set_policy(KasperEngine *self,
			      const gchar *zone,
			      const gchar *policy,
			      const gchar *actor,
			      GError **error)
{
	g_auto(KasperZoneRow) row = {0};
	KasperEnginePolicy *found = kasper_engine_find_policy(self, policy, error);

	if (found == NULL || !kasper_engine_find_zone(self, zone, &row, error))
		return FALSE;
	if (row.policy == found->number) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_EXISTS,
			    "zone %s: Policy same as before, not updating.",
			    row.name);
		return FALSE;
	}
	row.policy = found->number;
	if (!kasper_zone_commands_put(self,
				      &row,
				      found,
				      kasper_zone_commands_set_policy,
				      "zone-set-policy",
				      actor,
				      error))
		return FALSE;
	kasper_engine_forget_look(self, row.number);
	self->pool_dirty = TRUE;
	kasper_engine_kick(self);
	return TRUE;
}

/* --- now --- */

/* a zone whose keys were imported is held until somebody says that these are all */
static gboolean
kasper_zone_commands_release(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	if (snapshot->revision == 0 && snapshot->n_keys > 0)
		snapshot->holds &= ~(guint32)KASPER_HOLD_MANUAL;
	return TRUE;
}

static gboolean
kasper_zone_commands_enforce_one(KasperEngine *self,
				 const KasperZoneRow *row,
				 const gchar *actor,
				 GError **error)
{
	const KasperTurn turn = {
	    .zone = row->number,
	    .take = kasper_zone_commands_release,
	    .actor = actor,
	    .action = "enforce",
	};
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	return transaction != NULL && kasper_engine_turn(self, &turn, error) &&
	       kasper_engine_commit(self, transaction, error);
}

static gboolean
kasper_zone_commands_enforce_all(KasperEngine *self, const gchar *actor, GError **error)
{
	KasperTime now = kasper_engine_now(self);
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	return transaction != NULL && kasper_store_make_due(self->store, 0, 0, now, error) &&
	       kasper_store_add_audit(self->store, now, actor, "enforce", NULL, NULL, "", error) &&
	       kasper_engine_commit(self, transaction, error);
}

/**
 * kasper_engine_enforce: (skip)
 * @self: an engine
 * @zone: (nullable): the zone's name; %NULL: all
 * @actor: who asked
 * @error: return location for a #GError, or %NULL
 *
 * Decides upon zones now. That cannot shorten any wait. A zone that is held since keys were
 * imported into it is let go if it is named.
 *
 * Returns: how many zones; -1 on error
 *
 * Since: 0.1
 */
gint64
kasper_engine_enforce(KasperEngine *self, const gchar *zone, const gchar *actor, GError **error)
{
	g_auto(KasperZoneRow) row = {0};
	gint64 zones = 1;
	gboolean done;

	if (zone == NULL) {
		zones = kasper_store_count_zones(self->store, 0);
		done = kasper_zone_commands_enforce_all(self, actor, error);
	} else {
		done = kasper_engine_find_zone(self, zone, &row, error) &&
		       kasper_zone_commands_enforce_one(self, &row, actor, error);
	}
	kasper_engine_kick(self);
	return done ? zones : -1;
}
