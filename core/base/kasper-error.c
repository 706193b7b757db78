/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-error.h"

/**
 * kasper_error_quark:
 *
 * The domain of every error that Kasper and its plugins report.
 *
 * Returns: the domain
 *
 * Since: 0.1
 */
G_DEFINE_QUARK(kasper-error-quark, kasper_error)

/**
 * kasper_error_to_string:
 * @code: an error code
 *
 * A short stable name for @code, such as `try-again`, for JSON and for the journal.
 *
 * Returns: the name
 *
 * Since: 0.1
 */
const gchar *
kasper_error_to_string(KasperError code)
{
	switch (code) {
	case KASPER_ERROR_INTERNAL:
		return "internal";
	case KASPER_ERROR_TRY_AGAIN:
		return "try-again";
	case KASPER_ERROR_NOT_FOUND:
		return "not-found";
	case KASPER_ERROR_EXISTS:
		return "exists";
	case KASPER_ERROR_INVALID:
		return "invalid";
	case KASPER_ERROR_NOT_SUPPORTED:
		return "not-supported";
	case KASPER_ERROR_AUTH:
		return "auth";
	case KASPER_ERROR_BACKUP_NEEDED:
		return "backup-needed";
	case KASPER_ERROR_UNSAFE:
		return "unsafe";
	case KASPER_ERROR_BUSY:
		return "busy";
	case KASPER_ERROR_UNKNOWN_OUTCOME:
		return "unknown-outcome";
	}
	g_assert_not_reached();
}
