/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>
#include <p11-kit/pkcs11.h>

#include "module.h"
#include "pin.h"

G_BEGIN_DECLS

/* a token: the login, and a pool of sessions, one for each call that is under way */
typedef struct HsmToken HsmToken;

typedef struct {
	HsmModule *module;
	CK_FUNCTION_LIST *functions;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE handle;
	guint64 epoch; /* of the login: handles of private objects live as long */
	guint attempt; /* 0; more when the call is repeated after a fault */
} HsmSession;

/* What is done in a session. A code other than CKR_OK is a fault of the token: the session is
 * closed and, where its class allows, the function is called again with another. What it finds out
 * otherwise ("there is no such key") it keeps in @data and returns CKR_OK. */
typedef CK_RV (*HsmCall)(const HsmSession *session, gpointer data);

/* @pin is taken, and may be NULL; @session_limit 0: as many as the token gives */
HsmToken *hsm_token_new(const gchar *module_path,
			const gchar *label,
			HsmPin *pin,
			const gchar *pin_source,
			guint session_limit);
void hsm_token_free(HsmToken *self);
/* loads the module, finds the token and logs in */
gboolean hsm_token_open(HsmToken *self, GError **error);
gboolean hsm_token_is_open(HsmToken *self);
/* @what, "make key X", begins the message of an error */
gboolean hsm_token_call(HsmToken *self,
			const gchar *what,
			HsmCall call,
			gpointer data,
			GCancellable *cancellable,
			GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsmToken, hsm_token_free)

G_END_DECLS
