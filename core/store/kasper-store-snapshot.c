/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

static gboolean
kasper_snapshot_read_zone(KasperStore *self,
			  gint64 zone,
			  KasperSnapshot *snapshot,
			  KasperZoneRow *ret_row,
			  GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT z.revision, z.confirmed, z.ordered_at, z.gradual_until, "
			     "z.submission, z.submitted_at, z.ds_seen_at, z.holds, z.insecure, "
			     "z.roll_roles, z.served_ttl, z.slots, " KASPER_ZONE_COLUMNS
			     " FROM zone z WHERE z.number = ?");

	kasper_statement_bind(&statement, zone);
	if (!kasper_statement_next(&statement)) {
		if (kasper_statement_finish(&statement, error))
			g_set_error(error,
				    KASPER_ERROR,
				    KASPER_ERROR_NOT_FOUND,
				    "zone number %" G_GINT64_FORMAT " is not known: it was deleted",
				    zone);
		return FALSE;
	}
	snapshot->zone = zone;
	snapshot->revision = kasper_statement_get(&statement);
	snapshot->confirmed = kasper_statement_get(&statement);
	snapshot->ordered_at = kasper_statement_get_time(&statement);
	snapshot->gradual_until = kasper_statement_get_time(&statement);
	snapshot->submission = kasper_statement_get(&statement);
	snapshot->submitted_at = kasper_statement_get_time(&statement);
	snapshot->ds_seen_at = kasper_statement_get_time(&statement);
	snapshot->holds = (guint32)kasper_statement_get(&statement);
	snapshot->insecure = (guint8)kasper_statement_get(&statement);
	snapshot->roll_roles = (guint8)kasper_statement_get(&statement);
	snapshot->served_ttl = kasper_statement_get(&statement);
	snapshot->n_keys = (guint)kasper_statement_get(&statement);
	snapshot->n_keys = MIN(snapshot->n_keys, KASPER_KEYS_MAX);
	if (ret_row != NULL)
		kasper_zone_row_read(ret_row, &statement);
	return TRUE;
}

void
kasper_key_read(KasperKey *key, KasperStatement *statement)
{
	key->number = kasper_statement_get(statement);
	key->store = kasper_statement_get(statement);
	key->algorithm = (guint8)kasper_statement_get(statement);
	key->bits = (guint16)kasper_statement_get(statement);
	key->backup = (guint8)kasper_statement_get(statement);
	key->tag = (guint16)kasper_statement_get(statement);
	key->flags = (guint16)kasper_statement_get(statement);
	key->roles = (guint8)kasper_statement_get(statement);
	key->records = (guint8)kasper_statement_get(statement);
	key->goal = (guint8)kasper_statement_get(statement);
	key->availability = (guint8)kasper_statement_get(statement);
	key->origin = (guint8)kasper_statement_get(statement);
	key->ds_phase = (guint8)kasper_statement_get(statement);
	key->standby = (guint8)kasper_statement_get(statement);
	key->keep = (guint8)kasper_statement_get(statement);
	key->roll = (guint8)kasper_statement_get(statement);
	for (guint i = 0; i < KASPER_N_RECORDS; i++)
		key->state[i] = (guint8)kasper_statement_get(statement);
	for (guint i = 0; i < KASPER_N_RECORDS; i++)
		key->since[i] = kasper_statement_get_time(statement);
	key->created = kasper_statement_get_time(statement);
	key->published = kasper_statement_get_time(statement);
	key->ready = kasper_statement_get_time(statement);
	key->active = kasper_statement_get_time(statement);
	key->retired = kasper_statement_get_time(statement);
	key->dead = kasper_statement_get_time(statement);
}

static gboolean
kasper_snapshot_read_keys(KasperStore *self, KasperSnapshot *snapshot, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT k.slot, " KASPER_KEY_COLUMNS
			     " FROM zone_key k CROSS JOIN pair p ON p.number = k.pair "
			     "WHERE k.zone = ?");

	kasper_statement_bind(&statement, snapshot->zone);
	while (kasper_statement_next(&statement)) {
		gint64 slot = kasper_statement_get(&statement);

		if (slot >= 0 && slot < (gint64)snapshot->n_keys)
			kasper_key_read(&snapshot->keys[slot], &statement);
	}
	return kasper_statement_finish(&statement, error);
}

static gboolean
kasper_snapshot_read_versions(KasperStore *self, KasperSnapshot *snapshot, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT ledger, keys, signers, view_sha1, view_sha256, view_sha384, "
			     "flags, ttl, since, gone, ends FROM version WHERE zone = ? "
			     "ORDER BY ledger, ordinal");

	kasper_statement_bind(&statement, snapshot->zone);
	while (kasper_statement_next(&statement)) {
		KasperLedger *ledger =
		    &snapshot->ledgers[kasper_statement_get(&statement) % KASPER_N_LEDGERS];
		KasperVersion *version;

		if (ledger->n_versions >= KASPER_VERSIONS_MAX)
			continue;
		version = &ledger->versions[ledger->n_versions++];
		version->keys = (KasperKeySet)kasper_statement_get(&statement);
		version->signers = (KasperKeySet)kasper_statement_get(&statement);
		for (guint i = 0; i < KASPER_N_VIEWS; i++)
			version->views[i] = (KasperKeySet)kasper_statement_get(&statement);
		version->flags = (guint32)kasper_statement_get(&statement);
		version->ttl = kasper_statement_get(&statement);
		version->since = kasper_statement_get_time(&statement);
		version->gone = kasper_statement_get_time(&statement);
		version->end = kasper_statement_get_time(&statement);
	}
	return kasper_statement_finish(&statement, error);
}

/**
 * kasper_store_load_snapshot: (skip)
 * @self: a store
 * @zone: a zone's number
 * @ret_snapshot: (out): what is known of the zone; its @policy, @spread and @now are zero and
 *   the caller's to set
 * @ret_row: (out) (optional): the zone's row, to be cleared
 * @error: return location for an error
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if it was deleted
 *
 * Since: 0.1
 */
gboolean
kasper_store_load_snapshot(KasperStore *self,
			   gint64 zone,
			   KasperSnapshot *ret_snapshot,
			   KasperZoneRow *ret_row,
			   GError **error)
{
	g_auto(KasperZoneRow) row = {0};

	memset(ret_snapshot, 0, sizeof *ret_snapshot);
	ret_snapshot->highest_time = self->head.highest_time;
	if (!kasper_snapshot_read_zone(self,
				       zone,
				       ret_snapshot,
				       ret_row != NULL ? &row : NULL,
				       error) ||
	    !kasper_snapshot_read_keys(self, ret_snapshot, error) ||
	    !kasper_snapshot_read_versions(self, ret_snapshot, error))
		return FALSE;
	if (ret_row != NULL) {
		*ret_row = row;
		row = (KasperZoneRow){0};
	}
	return TRUE;
}
