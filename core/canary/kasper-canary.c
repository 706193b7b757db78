/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-canary.h"

#include <openssl/evp.h>

#include "kasper-canary-key-private.h"
#include "kasper-error.h"

/* what DigestVerify is to hash with; NULL for EdDSA, which takes the message whole */
static const EVP_MD *
kasper_canary_get_digest(KasperAlgorithm algorithm)
{
	switch (algorithm) {
	case KASPER_ALGORITHM_RSASHA1:
	case KASPER_ALGORITHM_RSASHA1_NSEC3:
		return EVP_sha1();
	case KASPER_ALGORITHM_RSASHA256:
	case KASPER_ALGORITHM_ECDSAP256SHA256:
		return EVP_sha256();
	case KASPER_ALGORITHM_RSASHA512:
		return EVP_sha512();
	case KASPER_ALGORITHM_ECDSAP384SHA384:
		return EVP_sha384();
	case KASPER_ALGORITHM_ED25519:
	case KASPER_ALGORITHM_ED448:
		return NULL;
	}
	g_assert_not_reached();
}

static gboolean
kasper_canary_check(EVP_PKEY *key, const EVP_MD *digest, GBytes *data, GBytes *signature)
{
	g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
	gsize data_length = 0, signature_length = 0;
	const guint8 *data_octets = g_bytes_get_data(data, &data_length);
	const guint8 *signature_octets = g_bytes_get_data(signature, &signature_length);

	if (context == NULL || EVP_DigestVerifyInit(context, NULL, digest, NULL, key) != 1)
		return FALSE;
	return EVP_DigestVerify(context,
				signature_octets,
				signature_length,
				data_octets,
				data_length) == 1;
}

/**
 * kasper_canary_verify:
 * @algorithm: a DNSSEC algorithm number
 * @public_key: as in a DNSKEY record (RFC 3110, 6605, 8080)
 * @data: what was signed
 * @signature: as in an RRSIG record (RFC 3110, 6605, 8080)
 * @error: a place for an error, or %NULL
 *
 * Verifies in software what a key store signed, with the very octets that are to be published. A
 * key that does not pass must never be published: nobody could validate what it signs.
 *
 * Fails with %KASPER_ERROR_UNSAFE if the signature is not by that key, with
 * %KASPER_ERROR_INVALID if the public key is malformed, and with %KASPER_ERROR_NOT_SUPPORTED for
 * an unknown algorithm. May be called on any thread.
 *
 * Returns: %TRUE if the signature is by that key
 *
 * Since: 0.1
 */
gboolean
kasper_canary_verify(guint algorithm,
		     GBytes *public_key,
		     GBytes *data,
		     GBytes *signature,
		     GError **error)
{
	g_autoptr(EVP_PKEY) key = NULL;
	g_autoptr(GBytes) form = NULL;

	g_return_val_if_fail(public_key != NULL && data != NULL && signature != NULL, FALSE);

	if (!kasper_algorithm_is_known(algorithm)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "algorithm %u cannot be verified",
			    algorithm);
		return FALSE;
	}
	key = kasper_canary_parse_key((KasperAlgorithm)algorithm, public_key, error);
	if (key == NULL)
		return FALSE;
	form = kasper_canary_parse_signature((KasperAlgorithm)algorithm, signature);
	if (form == NULL ||
	    !kasper_canary_check(key,
				 kasper_canary_get_digest((KasperAlgorithm)algorithm),
				 data,
				 form)) {
		kasper_canary_forget_errors();
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNSAFE,
			    "a signature of %" G_GSIZE_FORMAT " octets does not verify with the %s "
			    "public key that would be published",
			    g_bytes_get_size(signature),
			    kasper_algorithm_to_string(algorithm));
		return FALSE;
	}
	return TRUE;
}

/**
 * kasper_canary_get_block:
 * @key_id: the CKA_ID in hex
 *
 * The block that is signed to try a key. What a resolver accepts as signed data begins with the
 * type that an RRSIG covers (RFC 4034, section 3.1.8.1); read so, this text would cover type
 * 19297, which nobody publishes: the signature proves nothing to anybody but us.
 *
 * Returns: (transfer full): the block
 *
 * Since: 0.1
 */
GBytes *
kasper_canary_get_block(const gchar *key_id)
{
	gchar *text;

	g_return_val_if_fail(key_id != NULL, NULL);

	text = g_strdup_printf("Kasper canary: key %s signs no zone with this\n", key_id);
	return g_bytes_new_take(text, strlen(text));
}
