/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-canary-key-private.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "kasper-error.h"

#define KASPER_CANARY_MAX_RSA	   512	    /* octets of a modulus: 4096 bits, RFC 3110 section 2 */
#define KASPER_CANARY_MAX_EXPONENT 8	    /* octets; larger ones only cost resolvers time */
#define KASPER_CANARY_MAX_POINT	   (1 + 96) /* the leading 04 and both coordinates of P-384 */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM, OSSL_PARAM_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)

void
kasper_canary_forget_errors(void)
{
	ERR_clear_error();
}

static EVP_PKEY *
kasper_canary_build_key(const char *type, OSSL_PARAM *params)
{
	g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (context == NULL || params == NULL || EVP_PKEY_fromdata_init(context) != 1)
		return NULL;
	if (EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return NULL;
	return key;
}

/* RFC 3110, section 2: the exponent's length in one octet, or in three, exponent, modulus */
static EVP_PKEY *
kasper_canary_parse_rsa(const guint8 *octets, gsize length)
{
	g_autoptr(OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new();
	g_autoptr(OSSL_PARAM) params = NULL;
	g_autoptr(BIGNUM) exponent = NULL;
	g_autoptr(BIGNUM) modulus = NULL;
	gsize head, size;

	if (builder == NULL || length < 3)
		return NULL;
	head = octets[0] != 0 ? 1 : 3;
	size = octets[0] != 0 ? octets[0] : ((gsize)octets[1] << 8) + octets[2];
	if (size == 0 || size > KASPER_CANARY_MAX_EXPONENT || head + size >= length ||
	    length - head - size > KASPER_CANARY_MAX_RSA)
		return NULL;
	exponent = BN_bin2bn(octets + head, (int)size, NULL);
	modulus = BN_bin2bn(octets + head + size, (int)(length - head - size), NULL);
	if (exponent == NULL || modulus == NULL || !BN_is_odd(exponent) || BN_is_one(exponent))
		return NULL;
	if (OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) != 1 ||
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) != 1)
		return NULL;
	params = OSSL_PARAM_BLD_to_param(builder);
	return kasper_canary_build_key("RSA", params);
}

/* RFC 6605, section 4: both coordinates, without the octet that says "uncompressed" */
static EVP_PKEY *
kasper_canary_parse_ecdsa(const char *group, gsize wanted, const guint8 *octets, gsize length)
{
	guint8 point[KASPER_CANARY_MAX_POINT] = {POINT_CONVERSION_UNCOMPRESSED};
	OSSL_PARAM params[3];
	g_autofree gchar *name = g_strdup(group);

	if (length != wanted)
		return NULL;
	memcpy(point + 1, octets, length);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 1 + length);
	params[2] = OSSL_PARAM_construct_end();
	return kasper_canary_build_key("EC", params);
}

static EVP_PKEY *
kasper_canary_parse_any(KasperAlgorithm algorithm, const guint8 *octets, gsize length)
{
	switch (algorithm) {
	case KASPER_ALGORITHM_RSASHA1:
	case KASPER_ALGORITHM_RSASHA1_NSEC3:
	case KASPER_ALGORITHM_RSASHA256:
	case KASPER_ALGORITHM_RSASHA512:
		return kasper_canary_parse_rsa(octets, length);
	case KASPER_ALGORITHM_ECDSAP256SHA256:
		return kasper_canary_parse_ecdsa("P-256", 64, octets, length);
	case KASPER_ALGORITHM_ECDSAP384SHA384:
		return kasper_canary_parse_ecdsa("P-384", 96, octets, length);
	case KASPER_ALGORITHM_ED25519:
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, octets, length);
	case KASPER_ALGORITHM_ED448:
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED448, NULL, octets, length);
	}
	g_assert_not_reached();
}

EVP_PKEY *
kasper_canary_parse_key(KasperAlgorithm algorithm, GBytes *public_key, GError **error)
{
	gsize length = 0;
	const guint8 *octets = g_bytes_get_data(public_key, &length);
	EVP_PKEY *key = kasper_canary_parse_any(algorithm, octets, length);

	if (key == NULL) {
		kasper_canary_forget_errors();
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%" G_GSIZE_FORMAT " octets are not a %s public key",
			    length,
			    kasper_algorithm_to_string(algorithm));
	}
	return key;
}

/* RFC 6605, section 4: r and s of fixed length, one behind the other; libcrypto wants DER */
static GBytes *
kasper_canary_parse_pair(GBytes *signature, gsize half)
{
	gsize length = 0;
	const guint8 *octets = g_bytes_get_data(signature, &length);
	g_autoptr(ECDSA_SIG) pair = ECDSA_SIG_new();
	g_autoptr(BIGNUM) r = NULL;
	g_autoptr(BIGNUM) s = NULL;
	unsigned char *der = NULL;
	int der_length;
	GBytes *result;

	if (pair == NULL || length != 2 * half)
		return NULL;
	r = BN_bin2bn(octets, (int)half, NULL);
	s = BN_bin2bn(octets + half, (int)half, NULL);
	if (r == NULL || s == NULL || ECDSA_SIG_set0(pair, r, s) != 1)
		return NULL;
	/* they belong to the pair from here on */
	r = NULL;
	s = NULL;
	der_length = i2d_ECDSA_SIG(pair, &der);
	if (der_length <= 0)
		return NULL;
	result = g_bytes_new(der, (gsize)der_length);
	OPENSSL_free(der);
	return result;
}

GBytes *
kasper_canary_parse_signature(KasperAlgorithm algorithm, GBytes *signature)
{
	switch (algorithm) {
	case KASPER_ALGORITHM_ECDSAP256SHA256:
		return kasper_canary_parse_pair(signature, 32);
	case KASPER_ALGORITHM_ECDSAP384SHA384:
		return kasper_canary_parse_pair(signature, 48);
	case KASPER_ALGORITHM_RSASHA1:
	case KASPER_ALGORITHM_RSASHA1_NSEC3:
	case KASPER_ALGORITHM_RSASHA256:
	case KASPER_ALGORITHM_RSASHA512:
	case KASPER_ALGORITHM_ED25519:
	case KASPER_ALGORITHM_ED448:
		return g_bytes_ref(signature);
	}
	g_assert_not_reached();
}
