/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

#define INTENT_COLUMNS                                                                             \
	"number, kind, due, zone, pair, sequence, stage, tries, created, id, target, payload, "    \
	"token, error"

/**
 * kasper_intent_row_clear: (skip)
 * @self: a row
 *
 * Frees what the row owns, and sets it to nothing.
 *
 * Since: 0.1
 */
void
kasper_intent_row_clear(KasperIntentRow *self)
{
	g_free(self->id);
	g_free(self->target);
	g_free(self->payload);
	g_free(self->token);
	g_free(self->error);
	*self = (KasperIntentRow){0};
}

static void
kasper_intent_row_read(KasperIntentRow *row, KasperStatement *statement)
{
	row->number = kasper_statement_get(statement);
	row->kind = (KasperIntentKind)kasper_statement_get(statement);
	row->due = kasper_statement_get(statement);
	row->zone = kasper_statement_get(statement);
	row->pair = kasper_statement_get(statement);
	row->sequence = kasper_statement_get(statement);
	row->stage = (gint)kasper_statement_get(statement);
	row->tries = (guint)kasper_statement_get(statement);
	row->created = kasper_statement_get(statement);
	row->id = kasper_statement_dup_text(statement);
	row->target = kasper_statement_dup_text(statement);
	row->payload = kasper_statement_dup_text(statement);
	row->token = kasper_statement_dup_text(statement);
	row->error = kasper_statement_dup_text(statement);
}

/**
 * kasper_store_add_intent: (skip)
 * @self: a store with an open transaction
 * @row: what is to be done; its @number is set, and is never given to another intent
 * @error: return location for an error
 *
 * Records what is to be done outside, in the same transaction as the state that wants it, and
 * before it is done. An order or a submission takes the place of the one that its zone had waiting.
 *
 * Returns: whether it is part of the transaction
 *
 * Since: 0.1
 */
gboolean
kasper_store_add_intent(KasperStore *self, KasperIntentRow *row, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "INSERT OR REPLACE INTO intent (" INTENT_COLUMNS
			     ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	kasper_statement_bind(&statement, self->head.last_intent + 1);
	kasper_statement_bind(&statement, row->kind);
	kasper_statement_bind(&statement, row->due);
	kasper_statement_bind(&statement, row->zone);
	kasper_statement_bind(&statement, row->pair);
	kasper_statement_bind(&statement, row->sequence);
	kasper_statement_bind(&statement, row->stage);
	kasper_statement_bind(&statement, row->tries);
	kasper_statement_bind(&statement, row->created);
	kasper_statement_bind_text(&statement, row->id);
	kasper_statement_bind_text(&statement, row->target);
	kasper_statement_bind_text(&statement, row->payload);
	kasper_statement_bind_text(&statement, row->token);
	kasper_statement_bind_text(&statement, row->error);
	if (!kasper_statement_run(&statement, error))
		return FALSE;
	row->number = ++self->head.last_intent;
	return TRUE;
}

/**
 * kasper_store_each_intent: (skip)
 * @self: a store
 * @kind: #KasperIntentKind; -1: all
 * @now: the time; %KASPER_TIME_NEVER: due or not
 * @limit: the most to give
 * @func: (scope call): is given each row; gives %FALSE to stop
 * @user_data: for @func
 * @error: return location for an error
 *
 * Hands out intents that are due, in order of time and then of number, as they are read. @func must
 * not change intents.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_each_intent(KasperStore *self,
			 gint kind,
			 KasperTime now,
			 guint limit,
			 KasperIntentFunc func,
			 gpointer user_data,
			 GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    kind < 0 ? "SELECT " INTENT_COLUMNS " FROM intent WHERE ?1 < 0 AND due <= ?2 "
		       "ORDER BY due, number LIMIT ?3"
		     : "SELECT " INTENT_COLUMNS " FROM intent WHERE kind = ?1 AND due <= ?2 "
		       "ORDER BY due, number LIMIT ?3");
	gboolean go_on = TRUE;

	kasper_statement_bind(&statement, kind);
	kasper_statement_bind(&statement, now);
	kasper_statement_bind(&statement, limit);
	while (go_on && kasper_statement_next(&statement)) {
		g_auto(KasperIntentRow) row = {0};

		kasper_intent_row_read(&row, &statement);
		go_on = func(&row, user_data);
	}
	return kasper_statement_finish(&statement, error);
}

/**
 * kasper_store_each_zone_intent: (skip)
 * @self: a store
 * @zone: a zone's number
 * @func: (scope call): is given each row; gives %FALSE to stop
 * @user_data: for @func
 * @error: return location for an error
 *
 * Hands out what is to be handed to the zone's signer and to its parent: one intent each at most.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_each_zone_intent(KasperStore *self,
			      gint64 zone,
			      KasperIntentFunc func,
			      gpointer user_data,
			      GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT " INTENT_COLUMNS " FROM intent INDEXED BY intent_zone "
			     "WHERE zone = ? AND kind IN (0, 1) ORDER BY kind");
	gboolean go_on = TRUE;

	kasper_statement_bind(&statement, zone);
	while (go_on && kasper_statement_next(&statement)) {
		g_auto(KasperIntentRow) row = {0};

		kasper_intent_row_read(&row, &statement);
		go_on = func(&row, user_data);
	}
	return kasper_statement_finish(&statement, error);
}

/**
 * kasper_store_finish_intent: (skip)
 * @self: a store with an open transaction
 * @intent: its number
 * @error: return location for an error
 *
 * It is done. An intent that was superseded in the meantime is gone already, and nothing happens.
 *
 * Returns: whether it is part of the transaction
 *
 * Since: 0.1
 */
gboolean
kasper_store_finish_intent(KasperStore *self, gint64 intent, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "DELETE FROM intent WHERE number = ?");

	kasper_statement_bind(&statement, intent);
	return kasper_statement_run(&statement, error);
}

/**
 * kasper_store_postpone_intent: (skip)
 * @self: a store with an open transaction
 * @intent: its number
 * @stage: how far it has got
 * @due: when to go on
 * @token: (nullable): what a pending answer is asked for with; %NULL: there is none
 * @error_text: (nullable): why it failed; %NULL: it did not
 * @error: return location for an error
 *
 * It is not done yet. One that was superseded in the meantime is gone already, and nothing happens.
 *
 * Returns: whether it is part of the transaction
 *
 * Since: 0.1
 */
gboolean
kasper_store_postpone_intent(KasperStore *self,
			     gint64 intent,
			     gint stage,
			     KasperTime due,
			     const gchar *token,
			     const gchar *error_text,
			     GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE intent SET stage = ?, due = ?, token = ?, error = ?, "
			     "tries = tries + 1 WHERE number = ?");

	kasper_statement_bind(&statement, stage);
	kasper_statement_bind(&statement, due);
	kasper_statement_bind_text(&statement, token);
	kasper_statement_bind_text(&statement, error_text);
	kasper_statement_bind(&statement, intent);
	return kasper_statement_run(&statement, error);
}

/**
 * kasper_store_postpone_events: (skip)
 * @self: a store with an open transaction
 * @target: a notifier's instance name
 * @now: the time
 * @due: when to go on
 * @error_text: why it failed
 * @error: return location for an error
 *
 * Puts off all events for @target that are due, so that they keep their order.
 *
 * Returns: whether it is part of the transaction
 *
 * Since: 0.1
 */
gboolean
kasper_store_postpone_events(KasperStore *self,
			     const gchar *target,
			     KasperTime now,
			     KasperTime due,
			     const gchar *error_text,
			     GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE intent SET due = ?1, error = ?2, tries = tries + 1 "
			     "WHERE kind = ?3 AND due <= ?4 AND target = ?5");

	kasper_statement_bind(&statement, due);
	kasper_statement_bind_text(&statement, error_text);
	kasper_statement_bind(&statement, KASPER_INTENT_EVENT);
	kasper_statement_bind(&statement, now);
	kasper_statement_bind_text(&statement, target);
	return kasper_statement_run(&statement, error);
}

/**
 * kasper_store_end_leases: (skip)
 * @self: a store with an open transaction
 * @now: the time
 * @error: return location for an error
 *
 * An order that was given to a worker is put off, in case its answer is lost; a process that starts
 * knows that the one before it has no worker any more. Orders that were never tried are due, and so
 * are events, in their order: what kept a notifier away may have passed with the process.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_end_leases(KasperStore *self, KasperTime now, GError **error)
{
	g_auto(KasperStatement) orders =
	    kasper_statement(self->database,
			     "UPDATE intent SET due = ?1 "
			     "WHERE kind = 0 AND due > ?1 AND stage = 0 AND tries = 0");
	g_auto(KasperStatement) events =
	    kasper_statement(self->database,
			     "UPDATE intent SET due = ?1 WHERE kind = ?2 AND due <> ?1");

	kasper_statement_bind(&orders, now);
	kasper_statement_bind(&events, now);
	kasper_statement_bind(&events, KASPER_INTENT_EVENT);
	return kasper_statement_run(&orders, error) && kasper_statement_run(&events, error);
}

/**
 * kasper_store_get_last_intent: (skip)
 * @self: a store
 *
 * Returns: the number of the newest intent that there ever was; 0 in a new store
 *
 * Since: 0.1
 */
gint64
kasper_store_get_last_intent(KasperStore *self)
{
	return self->head.last_intent;
}

/**
 * kasper_store_get_next_intent: (skip)
 * @self: a store
 *
 * Returns: when the next intent is due; %KASPER_TIME_NEVER if there is none
 *
 * Since: 0.1
 */
KasperTime
kasper_store_get_next_intent(KasperStore *self)
{
	/* one look into the index a kind */
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "SELECT min(due) FROM (SELECT min(due) AS due FROM intent WHERE kind = 0 "
	    "UNION ALL SELECT min(due) FROM intent WHERE kind = 1 "
	    "UNION ALL SELECT min(due) FROM intent WHERE kind = 2 "
	    "UNION ALL SELECT min(due) FROM intent WHERE kind = 3 "
	    "UNION ALL SELECT min(due) FROM intent WHERE kind = 4)");
	KasperTime next = KASPER_TIME_UNSET;

	if (kasper_statement_next(&statement))
		next = kasper_statement_get_time(&statement);
	return next != KASPER_TIME_UNSET ? next : KASPER_TIME_NEVER;
}

/**
 * kasper_store_count_intents: (skip)
 * @self: a store
 * @failing: only those whose last try failed
 *
 * Returns: how many there are
 *
 * Since: 0.1
 */
gint64
kasper_store_count_intents(KasperStore *self, gboolean failing)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     failing ? "SELECT count(*) FROM intent WHERE error IS NOT NULL"
				     : "SELECT count(*) FROM intent");

	return kasper_statement_next(&statement) ? kasper_statement_get(&statement) : 0;
}
