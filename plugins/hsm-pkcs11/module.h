/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>
#include <p11-kit/pkcs11.h>

#include "pin.h"

G_BEGIN_DECLS

/* a PKCS#11 module, initialized; one object a path, shared by all tokens in it */
typedef struct HsmModule HsmModule;

/* loads and initializes; the same object for the same path, to be given back with release */
HsmModule *hsm_module_acquire(const gchar *path, GError **error);
void hsm_module_release(HsmModule *self);
const gchar *hsm_module_get_path(HsmModule *self);
CK_FUNCTION_LIST *hsm_module_get_functions(HsmModule *self);

/* any call into the module lies between enter and leave; enter returns the generation, in which
 * handles and slots stay what they are, or 0 where the module is down (leave it all the same) */
guint64 hsm_module_enter(HsmModule *self, guint64 *ret_attempts);
void hsm_module_leave(HsmModule *self);
/* finalizes and initializes, unless somebody did so since @attempts was read; FALSE: it is down */
gboolean hsm_module_restart(HsmModule *self, guint64 attempts, GError **error);

/* Not every module keeps the promise to work in several threads; with those that do not, one call
 * at a time is made. Round each use of a session; C_Sign may be made outside, for it touches no
 * object. */
void hsm_module_begin(HsmModule *self);
void hsm_module_end(HsmModule *self);

/* the slot whose token is called @label; KASPER_ERROR_NOT_FOUND lists those that are there */
gboolean hsm_module_find_slot(HsmModule *self,
			      const gchar *label,
			      CK_SLOT_ID *ret_slot,
			      CK_TOKEN_INFO *ret_info,
			      GError **error);
/* (transfer full): a field of a CK_ structure without its padding, as valid UTF-8 */
gchar *hsm_module_read_text(const unsigned char *field, gsize size);

/* which PIN a token has refused: it is never tried again, not even by another object. The lock is
 * held round C_Login, so that two logins cannot try the same PIN side by side */
void hsm_module_lock_login(HsmModule *self);
void hsm_module_unlock_login(HsmModule *self);
gboolean hsm_module_was_refused(HsmModule *self, const gchar *serial, const HsmPin *pin);
void hsm_module_set_refused(HsmModule *self, const gchar *serial, const HsmPin *pin);

G_END_DECLS
