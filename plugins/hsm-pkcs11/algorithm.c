/* SPDX-License-Identifier: BSD-2-Clause */
#include "algorithm.h"

#include <kasper.h>
#include <string.h>

/* CKA_EC_PARAMS: object identifiers of RFC 5480 and RFC 8410, and the names of RFC 8032 */
static const guint8 p256_oid[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
static const guint8 p384_oid[] = {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
static const guint8 ed25519_oid[] = {0x06, 0x03, 0x2b, 0x65, 0x70};
static const guint8 ed448_oid[] = {0x06, 0x03, 0x2b, 0x65, 0x71};
static const guint8 ed25519_name[] = "\x13\x0c"
				     "edwards25519";
static const guint8 ed448_name[] = "\x13\x0a"
				   "edwards448";

#define HSM_ALGORITHM_RSA(number_, hash_)                                                          \
	{                                                                                          \
		.number = KASPER_ALGORITHM_##number_, .type = CKK_RSA,                             \
		.generate = CKM_RSA_PKCS_KEY_PAIR_GEN, .sign = CKM_RSA_PKCS,                       \
		.hash = G_CHECKSUM_##hash_                                                         \
	}
#define HSM_ALGORITHM_ECDSA(number_, hash_, oid_, length_)                                         \
	{                                                                                          \
		.number = KASPER_ALGORITHM_##number_, .type = CKK_EC,                              \
		.generate = CKM_EC_KEY_PAIR_GEN, .sign = CKM_ECDSA, .hash = G_CHECKSUM_##hash_,    \
		.oid = oid_, .oid_length = sizeof oid_, .public_key = length_,                     \
		.signature = length_                                                               \
	}
#define HSM_ALGORITHM_EDWARDS(number_, oid_, name_, public_, signature_)                           \
	{                                                                                          \
		.number = KASPER_ALGORITHM_##number_, .type = CKK_EC_EDWARDS,                      \
		.generate = CKM_EC_EDWARDS_KEY_PAIR_GEN, .sign = CKM_EDDSA, .oid = oid_,           \
		.oid_length = sizeof oid_, .name = name_, .name_length = sizeof name_ - 1,         \
		.public_key = public_, .signature = signature_                                     \
	}

/* a foreign RSA key does not say which hash it is for: the first RSA row is what is assumed */
static const HsmAlgorithm algorithms[] = {
    HSM_ALGORITHM_RSA(RSASHA256, SHA256),
    HSM_ALGORITHM_RSA(RSASHA512, SHA512),
    HSM_ALGORITHM_RSA(RSASHA1, SHA1),
    HSM_ALGORITHM_RSA(RSASHA1_NSEC3, SHA1),
    HSM_ALGORITHM_ECDSA(ECDSAP256SHA256, SHA256, p256_oid, 64),
    HSM_ALGORITHM_ECDSA(ECDSAP384SHA384, SHA384, p384_oid, 96),
    HSM_ALGORITHM_EDWARDS(ED25519, ed25519_oid, ed25519_name, 32, 64),
    HSM_ALGORITHM_EDWARDS(ED448, ed448_oid, ed448_name, 57, 114),
};

const HsmAlgorithm *
hsm_algorithm_find(guint number)
{
	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		if (algorithms[i].number == number)
			return &algorithms[i];
	}
	return NULL;
}

const HsmAlgorithm *
hsm_algorithm_find_curve(const guint8 *params, gsize length)
{
	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		const HsmAlgorithm *row = &algorithms[i];

		if (row->oid != NULL && row->oid_length == length &&
		    memcmp(row->oid, params, length) == 0)
			return row;
		if (row->name != NULL && row->name_length == length &&
		    memcmp(row->name, params, length) == 0)
			return row;
	}
	return NULL;
}
