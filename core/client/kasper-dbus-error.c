/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-dbus-error.h"

#include "kasper-error.h"

static const GDBusErrorEntry kasper_dbus_errors[] = {
    {KASPER_ERROR_INTERNAL, "org.kasper.Error.Internal"},
    {KASPER_ERROR_TRY_AGAIN, "org.kasper.Error.TryAgain"},
    {KASPER_ERROR_NOT_FOUND, "org.kasper.Error.NotFound"},
    {KASPER_ERROR_EXISTS, "org.kasper.Error.Exists"},
    {KASPER_ERROR_INVALID, "org.kasper.Error.Invalid"},
    {KASPER_ERROR_NOT_SUPPORTED, "org.kasper.Error.NotSupported"},
    {KASPER_ERROR_AUTH, "org.kasper.Error.Auth"},
    {KASPER_ERROR_BACKUP_NEEDED, "org.kasper.Error.BackupNeeded"},
    {KASPER_ERROR_UNSAFE, "org.kasper.Error.Unsafe"},
    {KASPER_ERROR_BUSY, "org.kasper.Error.Busy"},
    {KASPER_ERROR_UNKNOWN_OUTCOME, "org.kasper.Error.UnknownOutcome"},
};

/**
 * kasper_dbus_error_register: (skip)
 *
 * Gives each code of %KASPER_ERROR its name on the wire. Can be called again, by any thread.
 *
 * Since: 0.1
 */
void
kasper_dbus_error_register(void)
{
	static gsize done = 0;

	if (!g_once_init_enter(&done))
		return;
	for (guint i = 0; i < G_N_ELEMENTS(kasper_dbus_errors); i++)
		g_dbus_error_register_error(KASPER_ERROR,
					    kasper_dbus_errors[i].error_code,
					    kasper_dbus_errors[i].dbus_error_name);
	g_once_init_leave(&done, 1);
}

static KasperError
kasper_dbus_error_to_code(const GError *error)
{
	if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
		return KASPER_ERROR_AUTH;
	if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS))
		return KASPER_ERROR_INVALID;
	if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
		return KASPER_ERROR_NOT_SUPPORTED;
	if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED))
		return KASPER_ERROR_BUSY;
	if (g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
	    g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT) ||
	    g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_TIMED_OUT) ||
	    g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED))
		return KASPER_ERROR_UNKNOWN_OUTCOME;
	/* an answer by a name that this client does not know is an answer */
	if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR))
		return KASPER_ERROR_INTERNAL;
	if (error->domain == G_IO_ERROR)
		return KASPER_ERROR_UNKNOWN_OUTCOME;
	return KASPER_ERROR_INTERNAL;
}

/**
 * kasper_dbus_error_localize: (skip)
 * @error: (transfer full): what a call over D-Bus failed with
 *
 * An error of the engine comes back as it was; one of the transport becomes the code that says
 * what the caller can do. If the connection broke during a call, nobody knows whether the command
 * was carried out: %KASPER_ERROR_UNKNOWN_OUTCOME.
 *
 * Returns: (transfer full): an error of domain %KASPER_ERROR, or %G_IO_ERROR_CANCELLED
 *
 * Since: 0.1
 */
GError *
kasper_dbus_error_localize(GError *error)
{
	GError *local;
	KasperError code;

	g_dbus_error_strip_remote_error(error);
	if (error->domain == KASPER_ERROR ||
	    g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
		return error;
	code = kasper_dbus_error_to_code(error);
	if (code == KASPER_ERROR_UNKNOWN_OUTCOME)
		local = g_error_new(KASPER_ERROR,
				    code,
				    "the daemon went away during the call (%s); look whether the "
				    "command was carried out before you repeat it",
				    error->message);
	else
		local = g_error_new_literal(KASPER_ERROR, code, error->message);
	g_error_free(error);
	return local;
}
