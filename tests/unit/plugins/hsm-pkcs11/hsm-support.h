/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <p11-kit/pkcs11.h>

#include "hsm-pkcs11.h"
#include "softhsm.h"

G_BEGIN_DECLS

#define HSM_TEST_PIN   "canary-4711-pin"
#define HSM_TEST_LABEL "kasper-test"

/* @module NULL: SoftHSM itself; @first_property: more settings, as for g_object_new() */
KasperKeyStore *hsm_test_new_store(const gchar *module, const gchar *first_property, ...);
/* ... open, with the token's PIN */
KasperKeyStore *hsm_test_open_store(const gchar *module);
void hsm_test_close_store(KasperKeyStore *store);
gchar *hsm_test_make_id(void);
/* (transfer full): NULL and an error where the store fails */
KasperKeyInfo *
hsm_test_make(KasperKeyStore *store, const gchar *id, guint algorithm, GError **error);
/* a P-256 key that must come about; its id */
gchar *hsm_test_must_make(KasperKeyStore *store);
void hsm_test_assert_signs(KasperKeyStore *store, KasperKeyInfo *info, KasperKeyInfo *with);
guint hsm_test_count(KasperKeyStore *store);
/* an error of that code, whose text does not give the PIN away */
void hsm_test_assert_error(GError *error, KasperError code);

/* behind the store's back; it must be open, for the login is the process's */
CK_FUNCTION_LIST *hsm_test_get_functions(void);
CK_SESSION_HANDLE hsm_test_open_session(void);
guint hsm_test_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *ret_last);

G_END_DECLS
