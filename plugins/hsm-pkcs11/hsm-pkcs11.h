/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

#define HSM_TYPE_PKCS11 (hsm_pkcs11_get_type())
G_DECLARE_FINAL_TYPE(HsmPkcs11, hsm_pkcs11, HSM, PKCS11, GObject)

G_END_DECLS
