/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>
#include <p11-kit/pkcs11.h>

G_BEGIN_DECLS

/* A PKCS#11 module for tests that hands every call on to SoftHSM, counts it, and fails as it is
 * told. It is told through the one symbol that it exports beside C_GetFunctionList. */
#define PKCS11_FAULTS_SYMBOL "pkcs11_faults"

typedef enum {
	PKCS11_FAULT_NONE,
	PKCS11_FAULT_INSTEAD, /* the call does not reach the token */
	PKCS11_FAULT_AFTER,   /* it does, and the answer is lost */
	PKCS11_FAULT_CORRUPT, /* it does, and the first octet of what it gives is another */
} Pkcs11FaultKind;

typedef struct {
	void (*reset)(void);
	/* the calls of @function from the @first (1: the next) on, @times of them, go wrong */
	void (
	    *set)(const gchar *function, Pkcs11FaultKind kind, guint first, guint times, CK_RV rv);
	/* calls since the last reset */
	guint (*count)(const gchar *function);
	/* bits that C_GetTokenInfo reports beside the token's own */
	void (*set_token_flags)(CK_FLAGS flags);
	/* how many sessions C_OpenSession grants at a time; 0: any number */
	void (*set_max_sessions)(guint limit);
} Pkcs11Faults;

G_END_DECLS
