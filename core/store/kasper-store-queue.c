/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

/**
 * kasper_store_list_due: (skip)
 * @self: a store
 * @now: the time
 * @limit: the most to give
 * @error: return location for an error
 *
 * Reads an index that holds only zones that time makes due, so that asking costs microseconds
 * however many zones there are.
 *
 * Returns: (transfer full) (element-type gint64): numbers of the zones that are due, the one that
 * is due longest first; empty if none is
 *
 * Since: 0.1
 */
GArray *
kasper_store_list_due(KasperStore *self, KasperTime now, guint limit, GError **error)
{
	g_autoptr(GArray) zones = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT number FROM zone WHERE next_due <= ? "
			     "ORDER BY next_due, number LIMIT ?");

	kasper_statement_bind(&statement, now);
	kasper_statement_bind(&statement, limit);
	while (kasper_statement_next(&statement)) {
		gint64 zone = kasper_statement_get(&statement);

		g_array_append_val(zones, zone);
	}
	return kasper_statement_finish(&statement, error) ? g_steal_pointer(&zones) : NULL;
}

/**
 * kasper_store_get_next_due: (skip)
 * @self: a store
 * @ret_zone: (out) (optional): the zone that is due then; 0: none
 *
 * Returns: when the next zone is due; %KASPER_TIME_NEVER if none waits for time
 *
 * Since: 0.1
 */
KasperTime
kasper_store_get_next_due(KasperStore *self, gint64 *ret_zone)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "SELECT next_due, number FROM zone WHERE next_due IS NOT NULL "
			     "ORDER BY next_due, number LIMIT 1");
	KasperTime due = KASPER_TIME_NEVER;
	gint64 zone = 0;

	if (kasper_statement_next(&statement)) {
		due = kasper_statement_get(&statement);
		zone = kasper_statement_get(&statement);
	}
	if (ret_zone != NULL)
		*ret_zone = zone;
	return due;
}

static const gchar *
kasper_queue_get_statement(gint64 zone, gint64 policy)
{
	if (zone != 0)
		return "UPDATE zone SET next_due = ?1 WHERE number = ?2 "
		       "AND (next_due IS NULL OR next_due > ?1) AND (?3 = 0 OR policy = ?3)";
	if (policy != 0)
		return "UPDATE zone SET next_due = ?1 WHERE policy = ?3 "
		       "AND (next_due IS NULL OR next_due > ?1) AND ?2 = 0";
	return "UPDATE zone SET next_due = ?1 "
	       "WHERE (next_due IS NULL OR next_due > ?1) AND ?2 = 0 AND ?3 = 0";
}

/**
 * kasper_store_make_due: (skip)
 * @self: a store with an open transaction
 * @zone: a zone's number; 0: all zones
 * @policy: only zones of this policy; 0: of any
 * @when: the time
 * @error: return location for an error
 *
 * Makes zones due at @when unless they are due earlier. A zone that was deleted is passed over.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_make_due(KasperStore *self,
		      gint64 zone,
		      gint64 policy,
		      KasperTime when,
		      GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, kasper_queue_get_statement(zone, policy));

	kasper_statement_bind(&statement, when);
	kasper_statement_bind(&statement, zone);
	kasper_statement_bind(&statement, policy);
	return kasper_statement_run(&statement, error);
}

/**
 * kasper_store_make_due_by_repository: (skip)
 * @self: a store with an open transaction
 * @repository: a repository's number; 0: any
 * @when: the time
 * @error: return location for an error
 *
 * Makes all zones due at @when, unless they are due earlier, that have a key of the repository.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_make_due_by_repository(KasperStore *self,
				    gint64 repository,
				    KasperTime when,
				    GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE zone SET next_due = ?1 "
			     "WHERE (next_due IS NULL OR next_due > ?1) AND number IN "
			     "(SELECT k.zone FROM zone_key k JOIN pair p ON p.number = k.pair "
			     "WHERE ?2 = 0 OR p.repository = ?2)");

	kasper_statement_bind(&statement, when);
	kasper_statement_bind(&statement, repository);
	return kasper_statement_run(&statement, error);
}

/**
 * kasper_store_make_due_waiting: (skip)
 * @self: a store with an open transaction
 * @waiting_for: what is shown as the thing that the zone waits for
 * @holds: #KasperHold, ored
 * @when: the time
 * @error: return location for an error
 *
 * Makes all zones due at @when, unless they are due earlier, that wait for one thing or are held
 * for one of some reasons. There is no index for that.
 *
 * Returns: %FALSE on error
 *
 * Since: 0.1
 */
gboolean
kasper_store_make_due_waiting(KasperStore *self,
			      const gchar *waiting_for,
			      guint holds,
			      KasperTime when,
			      GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE zone SET next_due = ?1 "
			     "WHERE (waiting_for = ?2 OR (holds & ?3) <> 0) "
			     "AND (next_due IS NULL OR next_due > ?1)");

	kasper_statement_bind(&statement, when);
	kasper_statement_bind_text(&statement, waiting_for);
	kasper_statement_bind(&statement, holds);
	return kasper_statement_run(&statement, error);
}

/**
 * kasper_store_request_rollovers: (skip)
 * @self: a store with an open transaction
 * @policy: a policy's number
 * @roles: #KasperRole, ored
 * @when: the time
 * @error: return location for an error
 *
 * Does in every zone of the policy what kasper_snapshot_request_rollover() does in one, and makes
 * them due at @when unless they are due earlier.
 *
 * Returns: how many zones the policy has; -1 on error
 *
 * Since: 0.1
 */
gint64
kasper_store_request_rollovers(KasperStore *self,
			       gint64 policy,
			       guint roles,
			       KasperTime when,
			       GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE zone SET roll_roles = roll_roles | ?1, "
			     "next_due = min(coalesce(next_due, ?2), ?2) WHERE policy = ?3");

	kasper_statement_bind(&statement, roles);
	kasper_statement_bind(&statement, when);
	kasper_statement_bind(&statement, policy);
	return kasper_statement_run(&statement, error) ? sqlite3_changes64(self->database->handle)
						       : -1;
}
