/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-export.h"

G_BEGIN_DECLS

/**
 * KasperError:
 * @KASPER_ERROR_INTERNAL: a bug in Kasper or in a plugin; report it
 * @KASPER_ERROR_TRY_AGAIN: the same call may work later
 * @KASPER_ERROR_NOT_FOUND: what was named is not there
 * @KASPER_ERROR_EXISTS: what was to be made is there already
 * @KASPER_ERROR_INVALID: the input is wrong; fix it
 * @KASPER_ERROR_NOT_SUPPORTED: this plugin, token or peer cannot do that
 * @KASPER_ERROR_AUTH: a PIN, password or right is wrong; a person must act
 * @KASPER_ERROR_BACKUP_NEEDED: the key has to be backed up first
 * @KASPER_ERROR_UNSAFE: it would break the chain of trust
 * @KASPER_ERROR_BUSY: somebody else holds it
 * @KASPER_ERROR_UNKNOWN_OUTCOME: it may or may not have happened; look before it is repeated
 *
 * The one error domain; a code says what a caller can do about it.
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_ERROR_INTERNAL,
	KASPER_ERROR_TRY_AGAIN,
	KASPER_ERROR_NOT_FOUND,
	KASPER_ERROR_EXISTS,
	KASPER_ERROR_INVALID,
	KASPER_ERROR_NOT_SUPPORTED,
	KASPER_ERROR_AUTH,
	KASPER_ERROR_BACKUP_NEEDED,
	KASPER_ERROR_UNSAFE,
	KASPER_ERROR_BUSY,
	KASPER_ERROR_UNKNOWN_OUTCOME,
} KasperError;

#define KASPER_ERROR (kasper_error_quark())
KASPER_EXPORT
GQuark kasper_error_quark(void);

KASPER_EXPORT
const gchar *kasper_error_to_string(KasperError code);

G_END_DECLS
