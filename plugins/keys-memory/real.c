/* SPDX-License-Identifier: BSD-2-Clause */
#include "real.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#define KEYS_POINT_MAX	   (1 + 96) /* octets: P-384 with its leading 04 */
#define KEYS_SIGNATURE_MAX 512	    /* octets: RSA of 4096 bits */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ECDSA_SIG, ECDSA_SIG_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)

/* how libcrypto sees an algorithm */
typedef struct {
	guint8 number;
	gint type; /* EVP_PKEY_... */
	const gchar *group;
	gsize octets; /* of a coordinate, or of both parts of an Edwards key */
	const EVP_MD *(*digest)(void);
} KeysAlgorithm;

static const KeysAlgorithm algorithms[] = {
    {KASPER_ALGORITHM_RSASHA1, EVP_PKEY_RSA, NULL, 0, EVP_sha1},
    {KASPER_ALGORITHM_RSASHA1_NSEC3, EVP_PKEY_RSA, NULL, 0, EVP_sha1},
    {KASPER_ALGORITHM_RSASHA256, EVP_PKEY_RSA, NULL, 0, EVP_sha256},
    {KASPER_ALGORITHM_RSASHA512, EVP_PKEY_RSA, NULL, 0, EVP_sha512},
    {KASPER_ALGORITHM_ECDSAP256SHA256, EVP_PKEY_EC, "P-256", 32, EVP_sha256},
    {KASPER_ALGORITHM_ECDSAP384SHA384, EVP_PKEY_EC, "P-384", 48, EVP_sha384},
    {KASPER_ALGORITHM_ED25519, EVP_PKEY_ED25519, NULL, 32, NULL},
    {KASPER_ALGORITHM_ED448, EVP_PKEY_ED448, NULL, 57, NULL},
};

static const KeysAlgorithm *
keys_algorithm_find(guint number)
{
	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		if (algorithms[i].number == number)
			return &algorithms[i];
	}
	g_assert_not_reached();
}

static void
keys_real_set_error(const gchar *what, GError **error)
{
	gchar text[256];

	ERR_error_string_n(ERR_get_error(), text, sizeof text);
	ERR_clear_error();
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INTERNAL,
		    "libcrypto cannot %s: %s",
		    what,
		    text);
}

static void
keys_wipe(gpointer data)
{
	GByteArray *array = data;

	explicit_bzero(array->data, array->len);
	g_byte_array_unref(array);
}

/* (transfer full): octets that are wiped when they are freed */
static GBytes *
keys_real_take_secret(GByteArray *array)
{
	return g_bytes_new_with_free_func(array->data, array->len, keys_wipe, array);
}

/* --- EC: the private part is the number, in as many octets as a coordinate --- */

static gboolean
keys_real_export_ec(const KeysAlgorithm *algorithm,
		    EVP_PKEY *key,
		    GBytes **ret_public,
		    GBytes **ret_private)
{
	guint8 point[KEYS_POINT_MAX];
	gsize length = 0;
	g_autoptr(BIGNUM) number = NULL;
	g_autoptr(GByteArray) secret = g_byte_array_sized_new((guint)algorithm->octets);

	g_byte_array_set_size(secret, (guint)algorithm->octets);
	if (EVP_PKEY_get_octet_string_param(key,
					    OSSL_PKEY_PARAM_PUB_KEY,
					    point,
					    sizeof point,
					    &length) != 1 ||
	    length != 1 + 2 * algorithm->octets || point[0] != POINT_CONVERSION_UNCOMPRESSED ||
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1 ||
	    BN_bn2binpad(number, secret->data, (int)secret->len) != (int)secret->len)
		return FALSE;
	*ret_public = g_bytes_new(point + 1, length - 1);
	*ret_private = keys_real_take_secret(g_steal_pointer(&secret));
	return TRUE;
}

static EVP_PKEY *
keys_real_import_ec(const KeysAlgorithm *algorithm, const KeysPair *pair)
{
	g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	g_autoptr(BIGNUM) number =
	    BN_bin2bn(keys_pair_get_private(pair), pair->private_length, NULL);
	/* libcrypto wants it as the machine has it */
	guint8 native[48];
	guint8 point[KEYS_POINT_MAX] = {POINT_CONVERSION_UNCOMPRESSED};
	OSSL_PARAM params[4];
	EVP_PKEY *key = NULL;

	memcpy(point + 1, keys_pair_get_public(pair), pair->public_length);
	if (context == NULL || number == NULL ||
	    BN_bn2nativepad(number, native, (int)algorithm->octets) < 0)
		return NULL;
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
						     (gchar *)algorithm->group,
						     0);
	params[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native, algorithm->octets);
	params[2] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
						      point,
						      1 + (gsize)pair->public_length);
	params[3] = OSSL_PARAM_construct_end();
	if (EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, params) != 1)
		key = NULL;
	explicit_bzero(native, sizeof native);
	return key;
}

/* --- Edwards curves: both parts as they are --- */

static gboolean
keys_real_export_edwards(const KeysAlgorithm *algorithm,
			 EVP_PKEY *key,
			 GBytes **ret_public,
			 GBytes **ret_private)
{
	guint8 point[57];
	gsize length = sizeof point;
	gsize secret_length = algorithm->octets;
	g_autoptr(GByteArray) secret = g_byte_array_sized_new((guint)algorithm->octets);

	g_byte_array_set_size(secret, (guint)algorithm->octets);
	if (EVP_PKEY_get_raw_public_key(key, point, &length) != 1 || length != algorithm->octets ||
	    EVP_PKEY_get_raw_private_key(key, secret->data, &secret_length) != 1 ||
	    secret_length != algorithm->octets)
		return FALSE;
	*ret_public = g_bytes_new(point, length);
	*ret_private = keys_real_take_secret(g_steal_pointer(&secret));
	return TRUE;
}

/* --- RSA: the private part is DER (PKCS #1) --- */

static gboolean
keys_real_export_rsa(EVP_PKEY *key, GBytes **ret_public, GBytes **ret_private)
{
	g_autoptr(BIGNUM) modulus = NULL;
	g_autoptr(BIGNUM) exponent = NULL;
	g_autoptr(GByteArray) octets = g_byte_array_new();
	g_autoptr(GByteArray) secret = g_byte_array_new();
	unsigned char *der = NULL;
	int length = i2d_PrivateKey(key, &der);
	guint8 size;

	if (length <= 0 || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) != 1 ||
	    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) {
		OPENSSL_clear_free(der, length > 0 ? (size_t)length : 0);
		return FALSE;
	}
	/* RFC 3110, section 2 */
	size = (guint8)BN_num_bytes(exponent);
	g_byte_array_set_size(octets, 1 + size + (guint)BN_num_bytes(modulus));
	octets->data[0] = size;
	BN_bn2bin(exponent, octets->data + 1);
	BN_bn2bin(modulus, octets->data + 1 + size);
	g_byte_array_append(secret, der, (guint)length);
	OPENSSL_clear_free(der, (size_t)length);
	*ret_public = g_byte_array_free_to_bytes(g_steal_pointer(&octets));
	*ret_private = keys_real_take_secret(g_steal_pointer(&secret));
	return TRUE;
}

/* --- all --- */

static EVP_PKEY *
keys_real_generate(const KeysAlgorithm *algorithm, guint bits)
{
	switch (algorithm->type) {
	case EVP_PKEY_RSA:
		return EVP_RSA_gen(bits);
	case EVP_PKEY_EC:
		return EVP_EC_gen(algorithm->group);
	case EVP_PKEY_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	default:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
	}
}

static gboolean
keys_real_export(const KeysAlgorithm *algorithm,
		 EVP_PKEY *key,
		 GBytes **ret_public,
		 GBytes **ret_private)
{
	switch (algorithm->type) {
	case EVP_PKEY_RSA:
		return keys_real_export_rsa(key, ret_public, ret_private);
	case EVP_PKEY_EC:
		return keys_real_export_ec(algorithm, key, ret_public, ret_private);
	default:
		return keys_real_export_edwards(algorithm, key, ret_public, ret_private);
	}
}

gboolean
keys_real_make(guint algorithm,
	       guint bits,
	       GBytes **ret_public,
	       GBytes **ret_private,
	       GError **error)
{
	const KeysAlgorithm *found = keys_algorithm_find(algorithm);
	g_autoptr(EVP_PKEY) key = keys_real_generate(found, bits);

	if (key != NULL && keys_real_export(found, key, ret_public, ret_private))
		return TRUE;
	keys_real_set_error("make a key", error);
	return FALSE;
}

static EVP_PKEY *
keys_real_import(const KeysAlgorithm *algorithm, const KeysPair *pair)
{
	const guint8 *secret = keys_pair_get_private(pair);

	switch (algorithm->type) {
	case EVP_PKEY_RSA:
		return d2i_PrivateKey(EVP_PKEY_RSA, NULL, &secret, pair->private_length);
	case EVP_PKEY_EC:
		return keys_real_import_ec(algorithm, pair);
	default:
		return EVP_PKEY_new_raw_private_key(algorithm->type,
						    NULL,
						    secret,
						    pair->private_length);
	}
}

/* RFC 6605, section 4: r and s, one behind the other; libcrypto gives DER */
static GBytes *
keys_real_unwrap(const KeysAlgorithm *algorithm, const guint8 *der, gsize length)
{
	g_autoptr(ECDSA_SIG) signature = d2i_ECDSA_SIG(NULL, &der, (long)length);
	guint8 octets[96];
	int half = (int)algorithm->octets;

	if (signature == NULL || BN_bn2binpad(ECDSA_SIG_get0_r(signature), octets, half) != half ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(signature), octets + half, half) != half)
		return NULL;
	return g_bytes_new(octets, 2 * algorithm->octets);
}

GBytes *
keys_real_sign(const KeysPair *pair, GBytes *data, GError **error)
{
	const KeysAlgorithm *algorithm = keys_algorithm_find(pair->algorithm);
	g_autoptr(EVP_PKEY) key = keys_real_import(algorithm, pair);
	g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
	guint8 signature[KEYS_SIGNATURE_MAX];
	gsize length = sizeof signature;
	GBytes *result = NULL;

	if (key != NULL && context != NULL &&
	    EVP_DigestSignInit(context,
			       NULL,
			       algorithm->digest != NULL ? algorithm->digest() : NULL,
			       NULL,
			       key) == 1 &&
	    EVP_DigestSign(context,
			   signature,
			   &length,
			   g_bytes_get_data(data, NULL),
			   g_bytes_get_size(data)) == 1)
		result = algorithm->type == EVP_PKEY_EC
			     ? keys_real_unwrap(algorithm, signature, length)
			     : g_bytes_new(signature, length);
	if (result == NULL)
		keys_real_set_error("sign", error);
	return result;
}
