/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

/*
 * Zones that were deleted. The world does not forget a zone with its row: a DS of it may be at its
 * parent, and its keys in caches. So what is known of them is kept as long as its keys are, for the
 * case that the zone comes back.
 */

/* of a zone, and of a former one */
#define STATE_COLUMNS                                                                              \
	"revision, confirmed, ordered_at, gradual_until, submission, submitted_at, ds_seen_at, "   \
	"holds, insecure, roll_roles, served_ttl, slots"

/* runs a statement that takes one or two numbers */
static gboolean
kasper_former_run(KasperStore *self, const gchar *sql, gint64 first, gint64 second, GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(self->database, sql);

	kasper_statement_bind(&statement, first);
	if (second != 0)
		kasper_statement_bind(&statement, second);
	return kasper_statement_run(&statement, error);
}

/* no zone has this number, and none will */
static gboolean
kasper_former_drop(KasperStore *self, gint64 former, GError **error)
{
	return kasper_former_run(self, "DELETE FROM zone_key WHERE zone = ?", former, 0, error) &&
	       kasper_former_run(self, "DELETE FROM version WHERE zone = ?", former, 0, error) &&
	       kasper_former_run(self, "DELETE FROM former WHERE number = ?", former, 0, error);
}

static gboolean
kasper_former_read(KasperStatement *statement, KasperFormerRow *ret_row)
{
	if (!kasper_statement_next(statement))
		return FALSE;
	ret_row->number = kasper_statement_get(statement);
	ret_row->deleted = kasper_statement_get_time(statement);
	ret_row->has_ds = kasper_statement_get(statement) != 0;
	return TRUE;
}

/**
 * kasper_store_find_former: (skip)
 * @self: a store
 * @name: a zone's name, as kasper_zone_name_parse() gives it
 * @ret_row: (out): what is known of it
 *
 * Returns: whether there was a zone of that name, which was deleted and has its keys still
 *
 * Since: 0.1
 */
gboolean
kasper_store_find_former(KasperStore *self, const gchar *name, KasperFormerRow *ret_row)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT number, deleted, has_ds FROM former WHERE name = ?");

	kasper_statement_bind_text(&statement, name);
	return kasper_former_read(&statement, ret_row);
}

/**
 * kasper_store_get_former: (skip)
 * @self: a store
 * @number: the number that a zone had
 * @ret_row: (out): what is known of it
 *
 * Returns: whether that zone was deleted and has its keys still
 *
 * Since: 0.1
 */
gboolean
kasper_store_get_former(KasperStore *self, gint64 number, KasperFormerRow *ret_row)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT number, deleted, has_ds FROM former WHERE number = ?");

	kasper_statement_bind(&statement, number);
	return kasper_former_read(&statement, ret_row);
}

/**
 * kasper_store_keep_former: (skip)
 * @self: a store with an open transaction
 * @zone: number of a zone that is about to be deleted
 * @has_ds: a DS of it may be at its parent
 * @now: the time
 * @error: return location for an error
 *
 * Has kasper_store_delete_zone() leave behind what is known of the zone's keys. What was kept of an
 * earlier zone of the name is forgotten.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_keep_former(KasperStore *self,
			 gint64 zone,
			 gboolean has_ds,
			 KasperTime now,
			 GError **error)
{
	g_auto(KasperStatement) earlier = kasper_statement(
	    self->database,
	    "SELECT f.number FROM former f JOIN zone z ON z.name = f.name WHERE z.number = ?");
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "INSERT INTO former (name, number, deleted, has_ds, " STATE_COLUMNS
	    ") SELECT name, number, ?2, ?3, " STATE_COLUMNS " FROM zone WHERE number = ?1");
	gint64 former = 0;

	kasper_statement_bind(&earlier, zone);
	if (kasper_statement_next(&earlier))
		former = kasper_statement_get(&earlier);
	if (!kasper_statement_finish(&earlier, error) ||
	    (former != 0 && !kasper_former_drop(self, former, error)))
		return FALSE;
	kasper_statement_bind(&statement, zone);
	kasper_statement_bind(&statement, now);
	kasper_statement_bind(&statement, has_ds ? 1 : 0);
	return kasper_statement_run(&statement, error);
}

/* a key that is destroyed, or about to be, does not come back, and nothing can come back without
 * it */
static gboolean
kasper_former_is_whole(KasperStore *self, gint64 former, KasperTime now)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "SELECT count(*) FROM zone_key k JOIN pair p ON p.number = k.pair "
	    "LEFT JOIN intent i INDEXED BY intent_pair ON i.pair = p.number AND i.kind = 2 "
	    "WHERE k.zone = ?1 AND (p.state NOT IN (1, 2) OR i.tries > 0 OR i.due <= ?2)");

	kasper_statement_bind(&statement, former);
	kasper_statement_bind(&statement, now);
	return kasper_statement_next(&statement) && kasper_statement_get(&statement) == 0;
}

static gboolean
kasper_former_take_keys(KasperStore *self, gint64 former, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT pair FROM zone_key WHERE zone = ?");
	gint64 pairs[KASPER_KEYS_MAX];
	guint n_pairs = 0;

	kasper_statement_bind(&statement, former);
	while (n_pairs < KASPER_KEYS_MAX && kasper_statement_next(&statement))
		pairs[n_pairs++] = kasper_statement_get(&statement);
	if (!kasper_statement_finish(&statement, error))
		return FALSE;
	for (guint i = 0; i < n_pairs; i++) {
		if (!kasper_store_reclaim_pair(self, pairs[i], error) ||
		    !kasper_former_run(self,
				       "DELETE FROM intent WHERE pair = ? AND kind = 2",
				       pairs[i],
				       0,
				       error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
kasper_former_move(KasperStore *self, gint64 former, gint64 zone, GError **error)
{
	static const gchar *const moves[] = {
	    "UPDATE zone SET (" STATE_COLUMNS ") = (SELECT " STATE_COLUMNS
	    " FROM former WHERE number = ?1) WHERE number = ?2",
	    "UPDATE zone_key SET zone = ?2 WHERE zone = ?1",
	    "UPDATE version SET zone = ?2 WHERE zone = ?1",
	};

	for (guint i = 0; i < G_N_ELEMENTS(moves); i++) {
		if (!kasper_former_run(self, moves[i], former, zone, error))
			return FALSE;
	}
	return TRUE;
}

/**
 * kasper_store_return_former: (skip)
 * @self: a store with an open transaction
 * @former: the number that the zone had
 * @zone: the number of the zone that was added under the same name
 * @now: the time
 * @ret_returned: (out): whether it has its keys again; if not, they are destroyed, or are about to
 * be
 * @error: return location for an error
 *
 * Gives a zone what is known of a deleted one of its name: its keys, which are not destroyed after
 * all, and its ledgers. In either case nothing is kept of the former zone beside it.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_return_former(KasperStore *self,
			   gint64 former,
			   gint64 zone,
			   KasperTime now,
			   gboolean *ret_returned,
			   GError **error)
{
	*ret_returned = kasper_former_is_whole(self, former, now);
	if ((!*ret_returned || (kasper_former_take_keys(self, former, error) &&
				kasper_former_move(self, former, zone, error))) &&
	    kasper_former_drop(self, former, error))
		return TRUE;
	self->database->spoiled = TRUE;
	return FALSE;
}

/* one of its keys is destroyed */
gboolean
kasper_store_forget_former_of(KasperStore *self, gint64 pair, GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "SELECT f.number FROM zone_key k JOIN former f ON f.number = k.zone WHERE k.pair = ?");
	g_autoptr(GArray) formers = g_array_new(FALSE, FALSE, sizeof(gint64));

	kasper_statement_bind(&statement, pair);
	while (kasper_statement_next(&statement)) {
		gint64 former = kasper_statement_get(&statement);

		g_array_append_val(formers, former);
	}
	if (!kasper_statement_finish(&statement, error))
		return FALSE;
	for (guint i = 0; i < formers->len; i++) {
		if (!kasper_former_drop(self, g_array_index(formers, gint64, i), error))
			return FALSE;
	}
	return TRUE;
}
