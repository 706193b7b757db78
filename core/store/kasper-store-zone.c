/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

/**
 * kasper_zone_row_clear: (skip)
 * @self: a row
 *
 * Frees what the row owns, and sets it to nothing.
 *
 * Since: 0.1
 */
void
kasper_zone_row_clear(KasperZoneRow *self)
{
	g_free(self->name);
	g_free(self->signer_configuration);
	g_free(self->input_type);
	g_free(self->input);
	g_free(self->output_type);
	g_free(self->output);
	g_free(self->state);
	g_free(self->waiting_for);
	*self = (KasperZoneRow){0};
}

/* NULL in next_due: not by itself; so the index on it holds only what time makes due */
void
kasper_zone_row_read(KasperZoneRow *row, KasperStatement *statement)
{
	row->number = kasper_statement_get(statement);
	row->policy = kasper_statement_get(statement);
	row->next_due = kasper_statement_get_time(statement);
	if (row->next_due == KASPER_TIME_UNSET)
		row->next_due = KASPER_TIME_NEVER;
	row->revision = kasper_statement_get(statement);
	row->confirmed = kasper_statement_get(statement);
	row->state = kasper_statement_dup_text(statement);
	row->waiting_for = kasper_statement_dup_text(statement);
	row->name = kasper_statement_dup_text(statement);
	row->signer_configuration = kasper_statement_dup_text(statement);
	row->input_type = kasper_statement_dup_text(statement);
	row->input = kasper_statement_dup_text(statement);
	row->output_type = kasper_statement_dup_text(statement);
	row->output = kasper_statement_dup_text(statement);
}

static gboolean
kasper_zone_is_known(KasperStore *self, const gchar *name)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT number FROM zone WHERE name = ?");

	kasper_statement_bind_text(&statement, name);
	return kasper_statement_next(&statement);
}

/**
 * kasper_store_add_zone: (skip)
 * @self: a store with an open transaction
 * @row: name, policy and files; its @number and @next_due are set
 * @now: the time
 * @error: return location for an error
 *
 * Adds a zone without keys, due at once. Its number is never given to another zone.
 *
 * Returns: %FALSE with %KASPER_ERROR_EXISTS if there is a zone of that name
 *
 * Since: 0.1
 */
gboolean
kasper_store_add_zone(KasperStore *self, KasperZoneRow *row, KasperTime now, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "INSERT INTO zone (number, policy, next_due, name, "
			     "signer_configuration, input_type, input, output_type, output) "
			     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");

	if (kasper_zone_is_known(self, row->name)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_EXISTS,
			    "zone %s is there already",
			    row->name);
		return FALSE;
	}
	kasper_statement_bind(&statement, self->head.last_zone + 1);
	kasper_statement_bind(&statement, row->policy);
	kasper_statement_bind(&statement, now);
	kasper_statement_bind_text(&statement, row->name);
	kasper_statement_bind_text(&statement, row->signer_configuration);
	kasper_statement_bind_text(&statement, row->input_type);
	kasper_statement_bind_text(&statement, row->input);
	kasper_statement_bind_text(&statement, row->output_type);
	kasper_statement_bind_text(&statement, row->output);
	if (!kasper_statement_run(&statement, error)) {
		g_prefix_error(error, "add zone %s: ", row->name);
		return FALSE;
	}
	row->number = ++self->head.last_zone;
	row->next_due = now;
	kasper_store_count_zone(self, row->policy, 1);
	return TRUE;
}

static void
kasper_zone_set_unknown(gint64 zone, GError **error)
{
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_FOUND,
		    "zone number %" G_GINT64_FORMAT " is not known: it was deleted",
		    zone);
}

/* 0 without an error: there is no such zone */
static gint64
kasper_zone_get_policy(KasperStore *self, gint64 zone, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT policy FROM zone WHERE number = ?");

	kasper_statement_bind(&statement, zone);
	if (kasper_statement_next(&statement))
		return kasper_statement_get(&statement);
	if (kasper_statement_finish(&statement, error))
		kasper_zone_set_unknown(zone, error);
	return 0;
}

/**
 * kasper_store_update_zone: (skip)
 * @self: a store with an open transaction
 * @row: a zone's number, its policy and files
 * @error: return location for an error
 *
 * Gives the zone another policy, or other files; its name stays.
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if it was deleted
 *
 * Since: 0.1
 */
gboolean
kasper_store_update_zone(KasperStore *self, const KasperZoneRow *row, GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "UPDATE zone SET policy = ?, signer_configuration = ?, input_type = ?, "
	    "input = ?, output_type = ?, output = ? WHERE number = ?");
	gint64 policy = kasper_zone_get_policy(self, row->number, error);

	if (policy == 0)
		return FALSE;
	kasper_statement_bind(&statement, row->policy);
	kasper_statement_bind_text(&statement, row->signer_configuration);
	kasper_statement_bind_text(&statement, row->input_type);
	kasper_statement_bind_text(&statement, row->input);
	kasper_statement_bind_text(&statement, row->output_type);
	kasper_statement_bind_text(&statement, row->output);
	kasper_statement_bind(&statement, row->number);
	if (!kasper_statement_run(&statement, error))
		return FALSE;
	kasper_store_count_zone(self, policy, -1);
	kasper_store_count_zone(self, row->policy, 1);
	return TRUE;
}

/* a pair that no zone has any more is destroyed in its repository */
static gboolean
kasper_zone_let_go(KasperStore *self,
		   const KasperZoneRow *zone,
		   gint64 pair,
		   KasperTime destroy_at,
		   GError **error)
{
	g_auto(KasperPairRow) row = {0};
	g_auto(KasperIntentRow) intent = {0};

	if (!kasper_store_release_pair(self, pair, error) ||
	    !kasper_store_get_pair(self, pair, &row, error))
		return FALSE;
	if (row.zones > 0)
		return TRUE;
	intent.kind = KASPER_INTENT_DESTROY;
	intent.zone = zone->number;
	intent.pair = pair;
	intent.sequence = zone->policy;
	intent.id = g_strdup_printf("destroy-%s", row.id);
	intent.created = self->head.highest_time;
	intent.due = destroy_at;
	return kasper_store_set_pair_state(self, pair, KASPER_PAIR_DESTROYING, error) &&
	       kasper_store_add_intent(self, &intent, error);
}

static gboolean
kasper_zone_drop_keys(KasperStore *self,
		      const KasperZoneRow *zone,
		      KasperTime destroy_at,
		      GError **error)
{
	g_auto(KasperStatement) keys =
	    kasper_statement(self->database, "SELECT pair FROM zone_key WHERE zone = ?");
	g_auto(KasperStatement) removal =
	    kasper_statement(self->database, "DELETE FROM zone_key WHERE zone = ?");
	KasperFormerRow former;
	gint64 pairs[KASPER_KEYS_MAX];
	guint n_pairs = 0;

	kasper_statement_bind(&keys, zone->number);
	while (n_pairs < KASPER_KEYS_MAX && kasper_statement_next(&keys))
		pairs[n_pairs++] = kasper_statement_get(&keys);
	if (!kasper_statement_finish(&keys, error))
		return FALSE;
	kasper_statement_bind(&removal, zone->number);
	if (!kasper_store_get_former(self, zone->number, &former) &&
	    !kasper_statement_run(&removal, error))
		return FALSE;
	for (guint i = 0; i < n_pairs; i++) {
		if (!kasper_zone_let_go(self, zone, pairs[i], destroy_at, error))
			return FALSE;
	}
	return TRUE;
}

/**
 * kasper_store_delete_zone: (skip)
 * @self: a store with an open transaction
 * @zone: a zone's number
 * @destroy_at: when keys are destroyed; %KASPER_TIME_NEVER: not by itself
 * @error: return location for an error
 *
 * Forgets the zone: its row, its ledgers (unless they are kept, see kasper_store_keep_former()),
 * and what was to be handed to its signer and to its parent. Its keys are released, and each that
 * no other zone has is to be destroyed: it gets a %KASPER_INTENT_DESTROY that is due at
 * @destroy_at, with the policy as its @sequence. Signer and notifiers are told by the caller's own
 * intents.
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if it was deleted already
 *
 * Since: 0.1
 */
gboolean
kasper_store_delete_zone(KasperStore *self, gint64 zone, KasperTime destroy_at, GError **error)
{
	g_auto(KasperStatement) intents =
	    kasper_statement(self->database,
			     "DELETE FROM intent WHERE zone = ? AND kind IN (0, 1)");
	g_auto(KasperStatement) versions =
	    kasper_statement(self->database,
			     "DELETE FROM version WHERE zone = ?1 AND NOT EXISTS "
			     "(SELECT 1 FROM former WHERE number = ?1)");
	g_auto(KasperStatement) removal =
	    kasper_statement(self->database, "DELETE FROM zone WHERE number = ?");
	const KasperZoneRow row = {
	    .number = zone,
	    .policy = kasper_zone_get_policy(self, zone, error),
	};

	if (row.policy == 0)
		return FALSE;
	kasper_statement_bind(&intents, zone);
	kasper_statement_bind(&versions, zone);
	kasper_statement_bind(&removal, zone);
	if (!kasper_zone_drop_keys(self, &row, destroy_at, error) ||
	    !kasper_statement_run(&intents, error) || !kasper_statement_run(&versions, error) ||
	    !kasper_statement_run(&removal, error)) {
		self->database->spoiled = TRUE;
		return FALSE;
	}
	kasper_store_count_zone(self, row.policy, -1);
	return TRUE;
}

/**
 * kasper_store_find_zone: (skip)
 * @self: a store
 * @name: a zone's name, as kasper_zone_name_parse() gives it
 * @ret_row: (out) (optional): its row, to be cleared
 * @error: return location for an error
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if there is none of that name
 *
 * Since: 0.1
 */
gboolean
kasper_store_find_zone(KasperStore *self, const gchar *name, KasperZoneRow *ret_row, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT " KASPER_ZONE_COLUMNS " FROM zone z WHERE z.name = ?");

	kasper_statement_bind_text(&statement, name);
	if (kasper_statement_next(&statement)) {
		if (ret_row != NULL)
			kasper_zone_row_read(ret_row, &statement);
		return TRUE;
	}
	if (kasper_statement_finish(&statement, error))
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "zone %s is not known: `kasper zone list` shows those that are",
			    name);
	return FALSE;
}

/**
 * kasper_store_get_zone: (skip)
 * @self: a store
 * @zone: a zone's number
 * @ret_row: (out): its row, to be cleared
 * @error: return location for an error
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if it was deleted
 *
 * Since: 0.1
 */
gboolean
kasper_store_get_zone(KasperStore *self, gint64 zone, KasperZoneRow *ret_row, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT " KASPER_ZONE_COLUMNS " FROM zone z WHERE z.number = ?");

	kasper_statement_bind(&statement, zone);
	if (kasper_statement_next(&statement)) {
		kasper_zone_row_read(ret_row, &statement);
		return TRUE;
	}
	if (kasper_statement_finish(&statement, error))
		kasper_zone_set_unknown(zone, error);
	return FALSE;
}

/**
 * kasper_store_each_zone: (skip)
 * @self: a store
 * @policy: a policy's number; 0: zones of any
 * @after: (nullable): the name to begin behind; %NULL: from the start
 * @func: (scope call): is given each row; gives %FALSE to stop
 * @user_data: for @func
 * @error: return location for an error
 *
 * Hands out zones in order of name, as they are read. @func may change other tables, but must not
 * add or delete zones.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_each_zone(KasperStore *self,
		       gint64 policy,
		       const gchar *after,
		       KasperZoneFunc func,
		       gpointer user_data,
		       GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT " KASPER_ZONE_COLUMNS " FROM zone z "
			     "WHERE z.name > ? AND (?2 = 0 OR z.policy = ?2) ORDER BY z.name");
	gboolean go_on = TRUE;

	kasper_statement_bind_text(&statement, after != NULL ? after : "");
	kasper_statement_bind(&statement, policy);
	while (go_on && kasper_statement_next(&statement)) {
		g_auto(KasperZoneRow) row = {0};

		kasper_zone_row_read(&row, &statement);
		go_on = func(&row, user_data);
	}
	return kasper_statement_finish(&statement, error);
}

/**
 * kasper_store_count_zones: (skip)
 * @self: a store
 * @policy: a policy's number; 0: zones of any
 *
 * Returns: how many there are; costs nothing
 *
 * Since: 0.1
 */
gint64
kasper_store_count_zones(KasperStore *self, gint64 policy)
{
	GHashTableIter iter;
	gpointer number, value;
	gint64 sum = 0;

	g_hash_table_iter_init(&iter, self->policies);
	while (g_hash_table_iter_next(&iter, &number, &value)) {
		if (policy == 0 || *(gint64 *)number == policy)
			sum += ((KasperPolicyEntry *)value)->zones;
	}
	return sum;
}
