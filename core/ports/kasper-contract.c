/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-contract-private.h"

#include <string.h>

gboolean
kasper_contract_missing(gpointer plugin, const gchar *slot, GError **error)
{
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_SUPPORTED,
		    "%s does not implement %s()",
		    G_OBJECT_TYPE_NAME(plugin),
		    slot);
	return FALSE;
}

gboolean
kasper_contract_broken(gpointer plugin, const gchar *slot, const gchar *what, GError **error)
{
	/* g_log() and not g_critical(), which is structured: tests that provoke this announce it
	 * with g_test_expect_message(), and that sees only g_log() */
	g_log(G_LOG_DOMAIN,
	      G_LOG_LEVEL_CRITICAL,
	      "%s: %s() %s; that is a bug in the plugin",
	      G_OBJECT_TYPE_NAME(plugin),
	      slot,
	      what);
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INTERNAL,
		    "%s: %s() %s; report it to the plugin's authors",
		    G_OBJECT_TYPE_NAME(plugin),
		    slot,
		    what);
	return FALSE;
}

/* A foreign error must not be read as an answer: a file that was not found is not a key that is not
 * there. What was stopped half-way has an outcome that nobody knows. */
static KasperError
kasper_contract_get_code(const GError *cause)
{
	if (cause->domain == KASPER_ERROR)
		return cause->code >= 0 && cause->code <= KASPER_ERROR_UNKNOWN_OUTCOME
			   ? (KasperError)cause->code
			   : KASPER_ERROR_INTERNAL;
	if (g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
	    g_error_matches(cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
		return KASPER_ERROR_UNKNOWN_OUTCOME;
	return KASPER_ERROR_INTERNAL;
}

gboolean
kasper_contract_failed(gpointer plugin, const gchar *slot, GError *cause, GError **error)
{
	g_autoptr(GError) owned = cause;

	if (owned == NULL)
		return kasper_contract_broken(plugin, slot, "failed without an error", error);
	g_set_error(error,
		    KASPER_ERROR,
		    (gint)kasper_contract_get_code(owned),
		    "%s: %s",
		    G_OBJECT_TYPE_NAME(plugin),
		    owned->message);
	return FALSE;
}

gboolean
kasper_contract_settle(gpointer plugin,
		       const gchar *slot,
		       gboolean done,
		       GError *cause,
		       GError **error)
{
	g_autoptr(GError) owned = cause;
	g_autofree gchar *what = NULL;

	if (!done)
		return kasper_contract_failed(plugin, slot, g_steal_pointer(&owned), error);
	if (owned == NULL)
		return TRUE;
	what = g_strdup_printf("succeeded with an error (%s)", owned->message);
	return kasper_contract_broken(plugin, slot, what, error);
}

gboolean
kasper_contract_is_key_id(const gchar *id)
{
	gsize length = id != NULL ? strspn(id, "0123456789abcdef") : 0;

	return length > 0 && length % 2 == 0 && id[length] == '\0';
}
