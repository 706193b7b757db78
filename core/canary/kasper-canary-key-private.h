/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <openssl/evp.h>

#include "kasper-algorithm.h"

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

/* the DNSKEY's public key as libcrypto wants it; KASPER_ERROR_INVALID if it is malformed */
EVP_PKEY *kasper_canary_parse_key(KasperAlgorithm algorithm, GBytes *public_key, GError **error);
/* the RRSIG's signature as libcrypto wants it; NULL if its length cannot be right */
GBytes *kasper_canary_parse_signature(KasperAlgorithm algorithm, GBytes *signature);
/* libcrypto queues errors per thread; what was answered must not surface elsewhere */
void kasper_canary_forget_errors(void);

G_END_DECLS
