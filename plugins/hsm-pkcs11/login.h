/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "module.h"

G_BEGIN_DECLS

/* Logs in at most once per value of the PIN: a second try with the same value could lock the token.
 * The PIN is @pin or, where that is NULL, what @source holds now. Returns CKR_OK when the user is
 * logged in; where @error is set a person must act, and nothing is to be repeated. */
CK_RV hsm_login(HsmModule *module,
		CK_SLOT_ID slot,
		CK_SESSION_HANDLE session,
		const HsmPin *pin,
		const gchar *source,
		GError **error);

G_END_DECLS
