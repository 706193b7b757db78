/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

#define PAIR_COLUMNS                                                                               \
	"number, repository, policy, algorithm, bits, state, backup, created, backup_prepared, "   \
	"backup_done, zones, id, public_key"

/**
 * kasper_pair_row_clear: (skip)
 * @self: a row
 *
 * Frees what the row owns, and sets it to nothing.
 *
 * Since: 0.1
 */
void
kasper_pair_row_clear(KasperPairRow *self)
{
	g_free(self->id);
	g_clear_pointer(&self->public_key, g_bytes_unref);
	*self = (KasperPairRow){0};
}

static void
kasper_pair_row_read(KasperPairRow *row, KasperStatement *statement)
{
	gconstpointer data;
	gsize length;

	row->number = kasper_statement_get(statement);
	row->repository = kasper_statement_get(statement);
	row->policy = kasper_statement_get(statement);
	row->algorithm = (guint)kasper_statement_get(statement);
	row->bits = (guint)kasper_statement_get(statement);
	row->state = (KasperPairState)kasper_statement_get(statement);
	row->backup = (KasperBackup)kasper_statement_get(statement);
	row->created = kasper_statement_get_time(statement);
	row->backup_prepared = kasper_statement_get_time(statement);
	row->backup_done = kasper_statement_get_time(statement);
	row->zones = (gint)kasper_statement_get(statement);
	data = kasper_statement_get_octets(statement, &length);
	row->id = kasper_pair_id_to_text(data, length);
	data = kasper_statement_get_octets(statement, &length);
	row->public_key = data != NULL ? g_bytes_new(data, length) : NULL;
}

static void
kasper_pair_set_unknown(gint64 pair, GError **error)
{
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_FOUND,
		    "key pair number %" G_GINT64_FORMAT " is not known",
		    pair);
}

/**
 * kasper_store_plan_pair: (skip)
 * @self: a store with an open transaction
 * @row: the id that was chosen, repository, algorithm, size and policy; its @number is set
 * @now: the time
 * @error: return location for an error
 *
 * Records that a key pair is to be made, before anybody is asked to make it.
 *
 * Returns: %FALSE with %KASPER_ERROR_EXISTS if the id is in use, with %KASPER_ERROR_INVALID if it
 * is no hex
 *
 * Since: 0.1
 */
gboolean
kasper_store_plan_pair(KasperStore *self, KasperPairRow *row, KasperTime now, GError **error)
{
	g_autoptr(GBytes) id = kasper_pair_id_from_text(row->id, error);
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "INSERT INTO pair (number, repository, policy, algorithm, bits, state, "
	    "created, id) VALUES (?, ?, ?, ?, ?, 0, ?, ?)");
	gboolean spoiled = self->database->spoiled;
	GError *error_local = NULL;

	if (id == NULL)
		return FALSE;
	kasper_statement_bind(&statement, self->head.last_pair + 1);
	kasper_statement_bind(&statement, row->repository);
	kasper_statement_bind_number(&statement, row->policy);
	kasper_statement_bind(&statement, row->algorithm);
	kasper_statement_bind(&statement, row->bits);
	kasper_statement_bind(&statement, now);
	kasper_statement_bind_octets(&statement, g_bytes_get_data(id, NULL), g_bytes_get_size(id));
	if (!kasper_statement_run(&statement, &error_local)) {
		/* one statement that did nothing: the others may still be committed */
		if (g_error_matches(error_local, KASPER_ERROR, KASPER_ERROR_EXISTS))
			self->database->spoiled = spoiled;
		g_propagate_prefixed_error(error, error_local, "key pair %s: ", row->id);
		return FALSE;
	}
	row->number = ++self->head.last_pair;
	row->state = KASPER_PAIR_PLANNED;
	row->created = now;
	self->bound = self->bound || row->policy != 0;
	kasper_store_get_pool(self, row->repository, row->algorithm, row->bits)->planned++;
	return TRUE;
}

typedef struct {
	KasperPairState state;
	gint64 repository;
	guint algorithm;
	guint bits;
	gboolean pooled;
	gint64 zones;
} KasperPairBrief;

static gboolean
kasper_pair_look(KasperStore *self, gint64 pair, KasperPairBrief *ret_brief, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT state, repository, algorithm, bits, pooled, zones FROM pair "
			     "WHERE number = ?");

	kasper_statement_bind(&statement, pair);
	if (!kasper_statement_next(&statement)) {
		if (kasper_statement_finish(&statement, error))
			kasper_pair_set_unknown(pair, error);
		return FALSE;
	}
	ret_brief->state = (KasperPairState)kasper_statement_get(&statement);
	ret_brief->repository = kasper_statement_get(&statement);
	ret_brief->algorithm = (guint)kasper_statement_get(&statement);
	ret_brief->bits = (guint)kasper_statement_get(&statement);
	ret_brief->pooled = kasper_statement_get(&statement) != 0;
	ret_brief->zones = kasper_statement_get(&statement);
	return TRUE;
}

static KasperPool *
kasper_pair_get_pool(KasperStore *self, const KasperPairBrief *brief)
{
	return kasper_store_get_pool(self, brief->repository, brief->algorithm, brief->bits);
}

static void
kasper_pair_leave_pool(KasperStore *self, const KasperPairBrief *brief)
{
	if (brief->state == KASPER_PAIR_PLANNED)
		kasper_pair_get_pool(self, brief)->planned--;
	if (brief->state == KASPER_PAIR_MADE && brief->pooled)
		kasper_pair_get_pool(self, brief)->made--;
}

/**
 * kasper_store_pair_made: (skip)
 * @self: a store with an open transaction
 * @pair: number of a planned pair
 * @public_key: its public key, as in a DNSKEY
 * @now: the time
 * @error: return location for an error
 *
 * Records that the pair is there: it is in the pool from now on. It needs a backup if its
 * repository requires one now.
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if it was dropped, %KASPER_ERROR_EXISTS if it was
 * made before
 *
 * Since: 0.1
 */
gboolean
kasper_store_pair_made(KasperStore *self,
		       gint64 pair,
		       GBytes *public_key,
		       KasperTime now,
		       GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE pair SET state = 1, created = ?, backup = ?, public_key = ? "
			     "WHERE number = ?");
	KasperPairBrief brief;
	KasperRepositoryEntry *repository;
	KasperPool *pool;

	if (!kasper_pair_look(self, pair, &brief, error))
		return FALSE;
	if (brief.state != KASPER_PAIR_PLANNED) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_EXISTS,
			    "key pair number %" G_GINT64_FORMAT " was made before",
			    pair);
		return FALSE;
	}
	repository = g_hash_table_lookup(self->repositories, &brief.repository);
	kasper_statement_bind(&statement, now);
	kasper_statement_bind(&statement,
			      repository != NULL && repository->require_backup
				  ? KASPER_BACKUP_NEEDED
				  : KASPER_BACKUP_NOT_NEEDED);
	kasper_statement_bind_octets(&statement,
				     g_bytes_get_data(public_key, NULL),
				     g_bytes_get_size(public_key));
	kasper_statement_bind(&statement, pair);
	if (!kasper_statement_run(&statement, error))
		return FALSE;
	pool = kasper_pair_get_pool(self, &brief);
	pool->planned--;
	if (brief.pooled)
		pool->made++;
	kasper_store_note_pair(self, brief.repository, 1);
	return TRUE;
}

static gboolean
kasper_pair_check_move(gint64 pair,
		       const KasperPairBrief *brief,
		       KasperPairState state,
		       GError **error)
{
	if (brief->zones > 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNSAFE,
			    "key pair number %" G_GINT64_FORMAT
			    " is not destroyed: %" G_GINT64_FORMAT " zones have it",
			    pair,
			    brief->zones);
		return FALSE;
	}
	if (state > KASPER_PAIR_MADE && state >= brief->state)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INTERNAL,
		    "key pair number %" G_GINT64_FORMAT " cannot go from state %d to state %d",
		    pair,
		    (gint)brief->state,
		    (gint)state);
	return FALSE;
}

/**
 * kasper_store_set_pair_state: (skip)
 * @self: a store with an open transaction
 * @pair: its number
 * @state: %KASPER_PAIR_DESTROYING or %KASPER_PAIR_DESTROYED
 * @error: return location for an error
 *
 * A pair that no zone has is on its way out, or gone. Its row, with the public key, stays as a
 * record.
 *
 * Returns: %FALSE with %KASPER_ERROR_UNSAFE if a zone has it
 *
 * Since: 0.1
 */
gboolean
kasper_store_set_pair_state(KasperStore *self, gint64 pair, KasperPairState state, GError **error)
{
	g_auto(KasperStatement) offer =
	    kasper_statement(self->database, "DELETE FROM shared WHERE pair = ?");
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE pair SET state = ?, pooled = 0 WHERE number = ?");
	KasperPairBrief brief;

	if (!kasper_pair_look(self, pair, &brief, error) ||
	    !kasper_pair_check_move(pair, &brief, state, error))
		return FALSE;
	kasper_statement_bind(&offer, pair);
	kasper_statement_bind(&statement, state);
	kasper_statement_bind(&statement, pair);
	if (!kasper_statement_run(&offer, error) || !kasper_statement_run(&statement, error))
		return FALSE;
	kasper_pair_leave_pool(self, &brief);
	kasper_store_note_pair(self, brief.repository, brief.state == KASPER_PAIR_MADE ? -1 : 0);
	return state != KASPER_PAIR_DESTROYED || kasper_store_forget_former_of(self, pair, error);
}

/**
 * kasper_store_drop_planned_pair: (skip)
 * @self: a store with an open transaction
 * @pair: its number
 * @error: return location for an error
 *
 * Forgets a pair that was planned and is known not to have been made.
 *
 * Returns: %FALSE with %KASPER_ERROR_UNSAFE if it was made
 *
 * Since: 0.1
 */
gboolean
kasper_store_drop_planned_pair(KasperStore *self, gint64 pair, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "DELETE FROM pair WHERE number = ? AND state = 0");
	KasperPairBrief brief;

	if (!kasper_pair_look(self, pair, &brief, error))
		return FALSE;
	if (brief.state != KASPER_PAIR_PLANNED) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNSAFE,
			    "key pair number %" G_GINT64_FORMAT " was made: it is not forgotten",
			    pair);
		return FALSE;
	}
	kasper_statement_bind(&statement, pair);
	if (!kasper_statement_run(&statement, error))
		return FALSE;
	kasper_pair_leave_pool(self, &brief);
	return TRUE;
}

gboolean
kasper_store_use_pair(KasperStore *self, gint64 pair, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE pair SET zones = zones + 1, pooled = 0 WHERE number = ?");
	const KasperReserved *reserved = g_hash_table_lookup(self->reserved, &pair);
	KasperPairBrief brief = {.state = KASPER_PAIR_MADE, .pooled = TRUE};

	if (reserved != NULL) {
		brief.repository = reserved->repository;
		brief.algorithm = reserved->algorithm;
		brief.bits = reserved->bits;
	} else if (!kasper_pair_look(self, pair, &brief, error)) {
		return FALSE;
	}
	kasper_statement_bind(&statement, pair);
	if (!kasper_statement_run(&statement, error))
		return FALSE;
	kasper_pair_leave_pool(self, &brief);
	g_hash_table_remove(self->reserved, &pair);
	return TRUE;
}

/* a pair that was to be destroyed is used again, by the zone that had it */
gboolean
kasper_store_reclaim_pair(KasperStore *self, gint64 pair, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE pair SET state = 1, zones = zones + 1 WHERE number = ?");
	KasperPairBrief brief;

	if (!kasper_pair_look(self, pair, &brief, error))
		return FALSE;
	kasper_statement_bind(&statement, pair);
	if (!kasper_statement_run(&statement, error))
		return FALSE;
	kasper_store_note_pair(self, brief.repository, brief.state == KASPER_PAIR_MADE ? 0 : 1);
	return TRUE;
}

gboolean
kasper_store_release_pair(KasperStore *self, gint64 pair, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "UPDATE pair SET zones = zones - 1 WHERE number = ?");

	kasper_statement_bind(&statement, pair);
	return kasper_statement_run(&statement, error);
}

/**
 * kasper_store_get_pair: (skip)
 * @self: a store
 * @pair: its number
 * @ret_row: (out): its row, to be cleared
 * @error: return location for an error
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if there is none
 *
 * Since: 0.1
 */
gboolean
kasper_store_get_pair(KasperStore *self, gint64 pair, KasperPairRow *ret_row, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT " PAIR_COLUMNS " FROM pair WHERE number = ?");

	kasper_statement_bind(&statement, pair);
	if (kasper_statement_next(&statement)) {
		kasper_pair_row_read(ret_row, &statement);
		return TRUE;
	}
	if (kasper_statement_finish(&statement, error))
		kasper_pair_set_unknown(pair, error);
	return FALSE;
}

/**
 * kasper_store_find_pair: (skip)
 * @self: a store
 * @id: a CKA_ID in hex, in any case
 * @ret_row: (out) (optional): its row, to be cleared
 * @error: return location for an error
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if there is none, with %KASPER_ERROR_INVALID if @id
 * is no hex
 *
 * Since: 0.1
 */
gboolean
kasper_store_find_pair(KasperStore *self, const gchar *id, KasperPairRow *ret_row, GError **error)
{
	g_autoptr(GBytes) octets = kasper_pair_id_from_text(id, error);
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT " PAIR_COLUMNS " FROM pair WHERE id = ?");

	if (octets == NULL)
		return FALSE;
	kasper_statement_bind_octets(&statement,
				     g_bytes_get_data(octets, NULL),
				     g_bytes_get_size(octets));
	if (kasper_statement_next(&statement)) {
		if (ret_row != NULL)
			kasper_pair_row_read(ret_row, &statement);
		return TRUE;
	}
	if (kasper_statement_finish(&statement, error))
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "key %s is not known: `kasper key list` shows those that are",
			    id);
	return FALSE;
}

/* states that few pairs are in have an index each */
static const gchar *
kasper_pair_get_statement(gint state)
{
	if (state == KASPER_PAIR_PLANNED)
		return "SELECT " PAIR_COLUMNS " FROM pair WHERE (?1 = 0 OR repository = ?1) "
		       "AND state = 0 AND ?2 = 0 ORDER BY number";
	if (state == KASPER_PAIR_DESTROYING)
		return "SELECT " PAIR_COLUMNS " FROM pair WHERE (?1 = 0 OR repository = ?1) "
		       "AND state = 2 AND ?2 = 2 ORDER BY number";
	return "SELECT " PAIR_COLUMNS " FROM pair WHERE (?1 = 0 OR repository = ?1) "
	       "AND (?2 = -1 OR state = ?2) ORDER BY number";
}

/**
 * kasper_store_each_pair: (skip)
 * @self: a store
 * @repository: a repository's number; 0: all
 * @state: #KasperPairState; -1: all
 * @func: (scope call): is given each row; gives %FALSE to stop
 * @user_data: for @func
 * @error: return location for an error
 *
 * Hands out key pairs in order of number, as they are read. @func must not change pairs.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_each_pair(KasperStore *self,
		       gint64 repository,
		       gint state,
		       KasperPairFunc func,
		       gpointer user_data,
		       GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, kasper_pair_get_statement(state));
	gboolean go_on = TRUE;

	kasper_statement_bind(&statement, repository);
	kasper_statement_bind(&statement, state);
	while (go_on && kasper_statement_next(&statement)) {
		g_auto(KasperPairRow) row = {0};

		kasper_pair_row_read(&row, &statement);
		go_on = func(&row, user_data);
	}
	return kasper_statement_finish(&statement, error);
}
