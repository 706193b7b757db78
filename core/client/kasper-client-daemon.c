/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-client-private.h"

#include "kasper-time.h"

/**
 * kasper_client_status:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * How the daemon is: `version` s, `now` x, `zones` u, `due` u, `next_due` x, `failing` u, `keys`
 * u, `problems` aa{sv} and more.
 *
 * Returns: (transfer full): the status, a{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_client_status(KasperClient *self, GCancellable *cancellable, GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_ask(self, "Status", NULL, cancellable, error);
}

/**
 * kasper_client_enforce:
 * @self: a client
 * @zone: (nullable): a zone's name, or %NULL for all
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Has the daemon look at a zone now rather than when it would.
 *
 * Returns: how many zones are due now; -1 on an error
 *
 * Since: 0.1
 */
gint64
kasper_client_enforce(KasperClient *self,
		      const gchar *zone,
		      GCancellable *cancellable,
		      GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), -1);

	return kasper_client_count(self,
				   "Enforce",
				   g_variant_new("(s)", kasper_client_text(zone)),
				   cancellable,
				   error);
}

/**
 * kasper_client_settle:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Waits until nothing is due and no call of a plugin is in flight. There is no time limit.
 *
 * Returns: whether that was reached
 *
 * Since: 0.1
 */
gboolean
kasper_client_settle(KasperClient *self, GCancellable *cancellable, GError **error)
{
	g_autoptr(GVariant) reply = NULL;

	g_return_val_if_fail(KASPER_IS_CLIENT(self), FALSE);

	reply = kasper_client_call(self,
				   "Settle",
				   NULL,
				   KASPER_CLIENT_NO_TIMEOUT,
				   NULL,
				   cancellable,
				   error);
	return reply != NULL;
}

/**
 * kasper_client_leap:
 * @self: a client
 * @to: an instant, or %KASPER_TIME_UNSET for the next one at which something is due
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Turns the clock of a daemon that was started for tests and waits for the work of that instant.
 * There is no time limit.
 *
 * Errors: %KASPER_ERROR_NOT_SUPPORTED if the daemon runs on real time.
 *
 * Returns: the new time; %KASPER_TIME_UNSET on an error
 *
 * Since: 0.1
 */
gint64
kasper_client_leap(KasperClient *self, gint64 to, GCancellable *cancellable, GError **error)
{
	g_autoptr(GVariant) reply = NULL;
	gint64 now = KASPER_TIME_UNSET;

	g_return_val_if_fail(KASPER_IS_CLIENT(self), KASPER_TIME_UNSET);

	reply = kasper_client_call(self,
				   "Leap",
				   g_variant_new("(x)", to),
				   KASPER_CLIENT_NO_TIMEOUT,
				   NULL,
				   cancellable,
				   error);
	if (reply != NULL)
		g_variant_get(reply, "(x)", &now);
	return now;
}

/**
 * kasper_client_accept_time:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Says that the clock of the daemon's system, which has jumped ahead, is right: waits go by it from
 * now on.
 *
 * Errors: %KASPER_ERROR_INVALID if nobody doubts the clock.
 *
 * Returns: the time from now on; %KASPER_TIME_UNSET on an error
 *
 * Since: 0.1
 */
gint64
kasper_client_accept_time(KasperClient *self, GCancellable *cancellable, GError **error)
{
	g_autoptr(GVariant) reply = NULL;
	gint64 now = KASPER_TIME_UNSET;

	g_return_val_if_fail(KASPER_IS_CLIENT(self), KASPER_TIME_UNSET);

	reply = kasper_client_call(self, "AcceptTime", NULL, -1, NULL, cancellable, error);
	if (reply != NULL)
		g_variant_get(reply, "(x)", &now);
	return now;
}

/**
 * kasper_client_update:
 * @self: a client
 * @what: which files
 * @dry_run: only say what would happen
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Has the daemon read its configuration again. On an error everything stays as it was.
 *
 * Returns: (transfer full): `messages` as, `starts` aa{sv}, `zones_added` u, `zones_deleted` u
 *
 * Since: 0.1
 */
GVariant *
kasper_client_update(KasperClient *self,
		     KasperUpdateFlags what,
		     gboolean dry_run,
		     GCancellable *cancellable,
		     GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_ask(self,
				 "Update",
				 g_variant_new("(ub)", (guint)what, dry_run),
				 cancellable,
				 error);
}

/**
 * kasper_client_list_queue:
 * @self: a client
 * @limit: at most so many rows
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * What is planned and what is being tried.
 *
 * Returns: (transfer full): rows, aa{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_client_list_queue(KasperClient *self, guint limit, GCancellable *cancellable, GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_ask(self,
				 "ListQueue",
				 g_variant_new("(u)", limit),
				 cancellable,
				 error);
}

/**
 * kasper_client_list_plugins:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * The plugins and their settings; secrets are masked.
 *
 * Returns: (transfer full): rows, aa{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_client_list_plugins(KasperClient *self, GCancellable *cancellable, GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_ask(self, "ListPlugins", NULL, cancellable, error);
}

/**
 * kasper_client_backup:
 * @self: a client
 * @verb: `prepare`, `commit`, `rollback` or `done`
 * @repository: (nullable): a repository's name, or %NULL for all
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Tells the daemon about a backup of a repository's keys.
 *
 * Returns: how many keys were marked; -1 on an error
 *
 * Since: 0.1
 */
gint64
kasper_client_backup(KasperClient *self,
		     const gchar *verb,
		     const gchar *repository,
		     GCancellable *cancellable,
		     GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), -1);
	g_return_val_if_fail(verb != NULL, -1);

	return kasper_client_count(self,
				   "Backup",
				   g_variant_new("(ss)", verb, kasper_client_text(repository)),
				   cancellable,
				   error);
}

/**
 * kasper_client_list_backups:
 * @self: a client
 * @repository: (nullable): a repository's name, or %NULL for all
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * The keys that need a backup or have one, fetched page by page.
 *
 * Returns: (transfer full): rows, aa{sv}: `cka_id` s, `repository` s, `zone` s, `keytype` s,
 *   `backup` s, `prepared` x, `done` x and more
 *
 * Since: 0.1
 */
GVariant *
kasper_client_list_backups(KasperClient *self,
			   const gchar *repository,
			   GCancellable *cancellable,
			   GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_ask_pages(self,
				       "ListBackups",
				       g_variant_new("(s)", kasper_client_text(repository)),
				       cancellable,
				       error);
}

/**
 * kasper_client_monitor:
 * @self: a client
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Every event from now on: JSON objects, one a line. A reader that is too slow loses events, and is
 * told how many by an object whose `name` is `dropped`. Reading blocks; it works after the client
 * was closed, too.
 *
 * Returns: (transfer full): the stream
 *
 * Since: 0.1
 */
GInputStream *
kasper_client_monitor(KasperClient *self, GCancellable *cancellable, GError **error)
{
	g_return_val_if_fail(KASPER_IS_CLIENT(self), NULL);

	return kasper_client_call_stream(self, "Monitor", NULL, NULL, cancellable, error);
}
