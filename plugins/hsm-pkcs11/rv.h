/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>
#include <p11-kit/pkcs11.h>

G_BEGIN_DECLS

/* what can be done about a return code; the names say whose fault it is */
typedef enum {
	HSM_RV_OK,
	HSM_RV_SESSION,	  /* sessions or the login are gone: open and log in again, repeat once */
	HSM_RV_HANDLE,	  /* a handle or an operation's state is stale: repeat on another session */
	HSM_RV_DEVICE,	  /* the module stumbled: repeat on another session, then start it again */
	HSM_RV_LOST,	  /* the token is away: start the module again */
	HSM_RV_RESOURCES, /* memory or sessions are short for now */
	HSM_RV_FULL,	  /* no room for another object */
	HSM_RV_AUTH,	  /* the PIN: never repeat */
	HSM_RV_REQUEST,	  /* the token cannot do that, and will not on another day */
	HSM_RV_READ_ONLY, /* nothing can be written; signing goes on */
} HsmRvClass;

HsmRvClass hsm_rv_classify(CK_RV rv);
/* (transfer full): "CKR_PIN_LOCKED", or the number in hex for what no standard names */
gchar *hsm_rv_to_string(CK_RV rv);
/* sets the KASPER_ERROR that @rv stands for: "TEXT (CKR_NAME)" and the remedy of its class */
void hsm_rv_set_error(GError **error, CK_RV rv, const gchar *text);

G_END_DECLS
