/* SPDX-License-Identifier: BSD-2-Clause */
#include "login.h"

#include <kasper.h>

#include "rv.h"

/* 0 where the token may be logged in to; else a person must see to it first */
static gboolean
hsm_login_check_flags(const CK_TOKEN_INFO *info, const gchar *label, GError **error)
{
	const gchar *what = NULL;

	if ((info->flags & CKF_USER_PIN_LOCKED) != 0)
		what = "has its user PIN locked; the security officer has to set it again";
	else if ((info->flags & CKF_USER_PIN_FINAL_TRY) != 0)
		what =
		    "would be locked by one more wrong PIN, so none is tried; log in once by hand "
		    "with the right one";
	else if ((info->flags & CKF_USER_PIN_INITIALIZED) == 0)
		what = "has no user PIN yet; the security officer has to set it";
	if (what == NULL)
		return TRUE;
	g_set_error(error, KASPER_ERROR, KASPER_ERROR_AUTH, "token \"%s\" %s", label, what);
	return FALSE;
}

/* with the login lock held */
static CK_RV
hsm_login_try(HsmModule *module,
	      CK_SESSION_HANDLE session,
	      const gchar *label,
	      const gchar *serial,
	      const HsmPin *pin,
	      GError **error)
{
	g_autofree gchar *text = NULL;
	CK_RV rv;

	if (hsm_module_was_refused(module, serial, pin)) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_AUTH,
		    "token \"%s\" refused this PIN before; it is not tried again until it is "
		    "changed",
		    label);
		return CKR_PIN_INCORRECT;
	}
	/* the interface is older than const; the PIN is only read */
	rv = hsm_module_get_functions(module)->C_Login(session,
						       CKU_USER,
						       (CK_UTF8CHAR *)hsm_pin_get_octets(pin),
						       hsm_pin_get_length(pin));
	if (rv == CKR_USER_ALREADY_LOGGED_IN)
		return CKR_OK;
	if (rv == CKR_OK)
		hsm_module_set_refused(module, serial, NULL);
	if (hsm_rv_classify(rv) != HSM_RV_AUTH)
		return rv;
	hsm_module_set_refused(module, serial, pin);
	text = g_strdup_printf(
	    "token \"%s\" refused the PIN; one attempt was made, and no more will be "
	    "until it is changed",
	    label);
	hsm_rv_set_error(error, rv, text);
	return rv;
}

CK_RV
hsm_login(HsmModule *module,
	  CK_SLOT_ID slot,
	  CK_SESSION_HANDLE session,
	  const HsmPin *pin,
	  const gchar *source,
	  GError **error)
{
	CK_FUNCTION_LIST *functions = hsm_module_get_functions(module);
	g_autoptr(HsmPin) read = NULL;
	g_autofree gchar *label = NULL;
	g_autofree gchar *serial = NULL;
	CK_SESSION_INFO state;
	CK_TOKEN_INFO info;
	CK_RV rv = functions->C_GetSessionInfo(session, &state);

	if (rv != CKR_OK)
		return rv;
	if (state.state == CKS_RW_USER_FUNCTIONS || state.state == CKS_RO_USER_FUNCTIONS)
		return CKR_OK;
	rv = functions->C_GetTokenInfo(slot, &info);
	if (rv != CKR_OK || (info.flags & CKF_LOGIN_REQUIRED) == 0)
		return rv;
	label = hsm_module_read_text(info.label, sizeof info.label);
	serial = hsm_module_read_text(info.serialNumber, sizeof info.serialNumber);
	if (!hsm_login_check_flags(&info, label, error))
		return CKR_PIN_LOCKED;
	if (pin == NULL && source == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_AUTH,
			    "token \"%s\" wants a PIN; set pin-source (or pin)",
			    label);
		return CKR_PIN_INCORRECT;
	}
	if (pin == NULL) {
		read = hsm_pin_read(source, error);
		if (read == NULL)
			return CKR_PIN_INCORRECT;
		pin = read;
	}
	hsm_module_lock_login(module);
	rv = hsm_login_try(module, session, label, serial, pin, error);
	hsm_module_unlock_login(module);
	return rv;
}
