/* SPDX-License-Identifier: BSD-2-Clause */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "kasper-canary.h"
#include "kasper-error.h"

static EVP_PKEY *
make_key(guint algorithm)
{
	if (algorithm == KASPER_ALGORITHM_ECDSAP256SHA256)
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	if (algorithm == KASPER_ALGORITHM_ECDSAP384SHA384)
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	if (algorithm == KASPER_ALGORITHM_ED25519)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (algorithm == KASPER_ALGORITHM_ED448)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
	return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
}

static void
append_number(GByteArray *bytes, EVP_PKEY *key, const char *name, gboolean with_length)
{
	guint8 octets[512];
	BIGNUM *number = NULL;
	guint8 length;

	g_assert_cmpint(EVP_PKEY_get_bn_param(key, name, &number), ==, 1);
	length = (guint8)BN_num_bytes(number);
	if (with_length)
		g_byte_array_append(bytes, &length, 1);
	g_byte_array_append(bytes, octets, (guint)BN_bn2bin(number, octets));
	BN_free(number);
}

/* the key as a DNSKEY has it, made another way than the code under test reads it */
static GBytes *
export_key(guint algorithm, EVP_PKEY *key)
{
	GByteArray *bytes = g_byte_array_new();
	guint8 octets[200];
	gsize length = sizeof octets;

	if (kasper_algorithm_is_rsa(algorithm)) {
		append_number(bytes, key, OSSL_PKEY_PARAM_RSA_E, TRUE);
		append_number(bytes, key, OSSL_PKEY_PARAM_RSA_N, FALSE);
	} else if (algorithm == KASPER_ALGORITHM_ED25519 || algorithm == KASPER_ALGORITHM_ED448) {
		g_assert_cmpint(EVP_PKEY_get_raw_public_key(key, octets, &length), ==, 1);
		g_byte_array_append(bytes, octets, (guint)length);
	} else {
		g_assert_cmpint(EVP_PKEY_get_octet_string_param(key,
								OSSL_PKEY_PARAM_PUB_KEY,
								octets,
								sizeof octets,
								&length),
				==,
				1);
		g_byte_array_append(bytes, octets + 1, (guint)length - 1);
	}
	return g_byte_array_free_to_bytes(bytes);
}

static const EVP_MD *
get_digest(guint algorithm)
{
	switch (algorithm) {
	case 5:
	case 7:
		return EVP_sha1();
	case 8:
	case 13:
		return EVP_sha256();
	case 10:
		return EVP_sha512();
	case 14:
		return EVP_sha384();
	default:
		return NULL;
	}
}

static GBytes *
sign(guint algorithm, EVP_PKEY *key, GBytes *data)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	gsize half = algorithm == 13 ? 32 : algorithm == 14 ? 48 : 0;
	guint8 octets[600], raw[96];
	const guint8 *cursor = octets;
	gsize length = sizeof octets;
	ECDSA_SIG *pair;

	g_assert_cmpint(EVP_DigestSignInit(context, NULL, get_digest(algorithm), NULL, key), ==, 1);
	g_assert_cmpint(EVP_DigestSign(context,
				       octets,
				       &length,
				       g_bytes_get_data(data, NULL),
				       g_bytes_get_size(data)),
			==,
			1);
	EVP_MD_CTX_free(context);
	if (half == 0)
		return g_bytes_new(octets, length);
	pair = d2i_ECDSA_SIG(NULL, &cursor, (long)length);
	g_assert_cmpint(BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, (int)half), ==, (int)half);
	g_assert_cmpint(BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + half, (int)half), ==, (int)half);
	ECDSA_SIG_free(pair);
	return g_bytes_new(raw, 2 * half);
}

/* @bytes with one bit of the octet at @at turned */
static GBytes *
turn_bit(GBytes *bytes, gsize at)
{
	gsize length = g_bytes_get_size(bytes);
	guint8 *copy = g_memdup2(g_bytes_get_data(bytes, NULL), length);

	copy[at] ^= 1;
	return g_bytes_new_take(copy, length);
}

static void
assert_refused(guint algorithm, GBytes *key, GBytes *data, GBytes *signature, gint code)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(kasper_canary_verify(algorithm, key, data, signature, &error));
	g_assert_error(error, KASPER_ERROR, code);
	g_assert_cmpuint(ERR_peek_error(), ==, 0);
}

static void
test_algorithm(gconstpointer user_data)
{
	guint algorithm = GPOINTER_TO_UINT(user_data);
	EVP_PKEY *pkey = make_key(algorithm), *other = make_key(algorithm);
	g_autoptr(GBytes) key = export_key(algorithm, pkey);
	g_autoptr(GBytes) other_key = export_key(algorithm, other);
	g_autoptr(GBytes) data = kasper_canary_get_block("0123456789abcdef");
	g_autoptr(GBytes) signature = sign(algorithm, pkey, data);
	gsize length = g_bytes_get_size(signature);
	g_autoptr(GBytes) empty = g_bytes_new(NULL, 0);
	g_autoptr(GBytes) data_turned = turn_bit(data, 3);
	g_autoptr(GBytes) short_key = g_bytes_new_from_bytes(key, 0, 2);
	g_autoptr(GError) error = NULL;
	const gsize where[] = {0, length / 2, length - 1};

	g_assert_true(kasper_canary_verify(algorithm, key, data, signature, &error));
	g_assert_no_error(error);
	for (gsize i = 0; i < G_N_ELEMENTS(where); i++) {
		g_autoptr(GBytes) turned = turn_bit(signature, where[i]);

		assert_refused(algorithm, key, data, turned, KASPER_ERROR_UNSAFE);
	}
	for (gsize i = 0; i < length; i += 7) {
		g_autoptr(GBytes) cut = g_bytes_new_from_bytes(signature, 0, i);

		assert_refused(algorithm, key, data, cut, KASPER_ERROR_UNSAFE);
	}
	assert_refused(algorithm, key, data_turned, signature, KASPER_ERROR_UNSAFE);
	assert_refused(algorithm, other_key, data, signature, KASPER_ERROR_UNSAFE);
	assert_refused(algorithm, short_key, data, signature, KASPER_ERROR_INVALID);
	assert_refused(algorithm, empty, data, signature, KASPER_ERROR_INVALID);
	EVP_PKEY_free(pkey);
	EVP_PKEY_free(other);
}

/* RFC 8032, section 7.1, test 1 */
static void
test_vector(void)
{
	static const guint8 key[] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7,
				     0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
				     0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25,
				     0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};
	static const guint8 signature[] = {
	    0xe5, 0x56, 0x43, 0x00, 0xc3, 0x60, 0xac, 0x72, 0x90, 0x86, 0xe2, 0xcc, 0x80,
	    0x6e, 0x82, 0x8a, 0x84, 0x87, 0x7f, 0x1e, 0xb8, 0xe5, 0xd9, 0x74, 0xd8, 0x73,
	    0xe0, 0x65, 0x22, 0x49, 0x01, 0x55, 0x5f, 0xb8, 0x82, 0x15, 0x90, 0xa3, 0x3b,
	    0xac, 0xc6, 0x1e, 0x39, 0x70, 0x1c, 0xf9, 0xb4, 0x6b, 0xd2, 0x5b, 0xf5, 0xf0,
	    0x59, 0x5b, 0xbe, 0x24, 0x65, 0x51, 0x41, 0x43, 0x8e, 0x7a, 0x10, 0x0b};
	g_autoptr(GBytes) key_bytes = g_bytes_new_static(key, sizeof key);
	g_autoptr(GBytes) data = g_bytes_new(NULL, 0);
	g_autoptr(GBytes) signature_bytes = g_bytes_new_static(signature, sizeof signature);
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_canary_verify(KASPER_ALGORITHM_ED25519,
					   key_bytes,
					   data,
					   signature_bytes,
					   &error));
	g_assert_no_error(error);
}

static void
test_bad_rsa(void)
{
	static const struct {
		guint8 octets[6];
		gsize length;
	} rows[] = {
	    {{0, 0, 0, 1, 1, 1}, 6},  /* no exponent */
	    {{3, 1, 0, 1}, 4},	      /* no modulus */
	    {{1, 2, 9, 9, 9}, 5},     /* an even exponent */
	    {{1, 1, 9, 9, 9}, 5},     /* the exponent 1 */
	    {{200, 1, 0, 1, 9}, 5},   /* longer than the record */
	    {{0, 255, 255, 1, 1}, 5}, /* the same, in three octets */
	};
	g_autoptr(GBytes) data = g_bytes_new_static("data", 4);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) key = g_bytes_new_static(rows[i].octets, rows[i].length);

		assert_refused(8, key, data, data, KASPER_ERROR_INVALID);
	}
}

static void
test_unknown(void)
{
	g_autoptr(GBytes) data = g_bytes_new_static("data", 4);
	const guint rows[] = {0, 1, 3, 6, 12, 17, 253, 256 + 8};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_refused(rows[i], data, data, data, KASPER_ERROR_NOT_SUPPORTED);
}

static void
test_block(void)
{
	g_autoptr(GBytes) one = kasper_canary_get_block("aa");
	g_autoptr(GBytes) same = kasper_canary_get_block("aa");
	g_autoptr(GBytes) other = kasper_canary_get_block("ab");

	g_assert_true(g_bytes_equal(one, same));
	g_assert_false(g_bytes_equal(one, other));
}

int
main(int argc, char **argv)
{
	static const guint algorithms[] = {5, 7, 8, 10, 13, 14, 15, 16};

	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		g_autofree gchar *path =
		    g_strdup_printf("/canary/%s", kasper_algorithm_to_string(algorithms[i]));

		g_test_add_data_func(path, GUINT_TO_POINTER(algorithms[i]), test_algorithm);
	}
	g_test_add_func("/canary/vector", test_vector);
	g_test_add_func("/canary/bad-rsa", test_bad_rsa);
	g_test_add_func("/canary/unknown", test_unknown);
	g_test_add_func("/canary/block", test_block);
	return g_test_run();
}
