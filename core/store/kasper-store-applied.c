/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

/*
 * What was last taken from the files of the configuration. A start that finds the same files again
 * has nothing to compare zone by zone, and one that finds others knows what they change.
 */

/**
 * kasper_store_dup_applied: (skip)
 * @self: a store
 * @what: a name for what was taken
 *
 * Returns: (transfer full) (nullable): the digest that was set last; %NULL: nothing was taken, or
 * nobody knows what
 *
 * Since: 0.1
 */
gchar *
kasper_store_dup_applied(KasperStore *self, const gchar *what)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "SELECT digest FROM applied WHERE what = ?");

	kasper_statement_bind_text(&statement, what);
	return kasper_statement_next(&statement) ? kasper_statement_dup_text(&statement) : NULL;
}

/**
 * kasper_store_set_applied: (skip)
 * @self: a store with an open transaction
 * @what: a name for what was taken
 * @digest: (nullable): of its contents; %NULL: the store differs from it in the meantime
 * @error: return location for an error
 *
 * Returns: whether it is part of the transaction
 *
 * Since: 0.1
 */
gboolean
kasper_store_set_applied(KasperStore *self, const gchar *what, const gchar *digest, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     digest != NULL ? "INSERT OR REPLACE INTO applied VALUES (?, ?)"
					    : "DELETE FROM applied WHERE what = ?");

	kasper_statement_bind_text(&statement, what);
	if (digest != NULL)
		kasper_statement_bind_text(&statement, digest);
	return kasper_statement_run(&statement, error);
}
