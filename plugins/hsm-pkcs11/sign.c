/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "algorithm.h"
#include "rv.h"
#include "store.h"

#define HSM_MAX_SIGNATURE 1024 /* octets: an RSA key of 8192 bits */
#define HSM_MAX_HASH	  64   /* octets: SHA-512 */

/* RFC 8017, section 9.2, note 1: what stands before the hash in a DigestInfo */
static const guint8 sha1_prefix[] =
    {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};
static const guint8 sha256_prefix[] = {0x30,
				       0x31,
				       0x30,
				       0x0d,
				       0x06,
				       0x09,
				       0x60,
				       0x86,
				       0x48,
				       0x01,
				       0x65,
				       0x03,
				       0x04,
				       0x02,
				       0x01,
				       0x05,
				       0x00,
				       0x04,
				       0x20};
static const guint8 sha512_prefix[] = {0x30,
				       0x51,
				       0x30,
				       0x0d,
				       0x06,
				       0x09,
				       0x60,
				       0x86,
				       0x48,
				       0x01,
				       0x65,
				       0x03,
				       0x04,
				       0x02,
				       0x03,
				       0x05,
				       0x00,
				       0x04,
				       0x40};

typedef struct {
	HsmTarget target;
	const HsmAlgorithm *algorithm;
	GBytes *input; /* what the token is given: a DigestInfo, a hash, or the message */
	GBytes *signature;
} HsmSign;

static void
hsm_sign_append_prefix(GByteArray *input, GChecksumType hash)
{
	if (hash == G_CHECKSUM_SHA1)
		g_byte_array_append(input, sha1_prefix, sizeof sha1_prefix);
	else if (hash == G_CHECKSUM_SHA256)
		g_byte_array_append(input, sha256_prefix, sizeof sha256_prefix);
	else
		g_byte_array_append(input, sha512_prefix, sizeof sha512_prefix);
}

static GBytes *
hsm_sign_prepare(const HsmAlgorithm *algorithm, GBytes *data)
{
	g_autoptr(GChecksum) checksum = NULL;
	GByteArray *input;
	guint8 hash[HSM_MAX_HASH];
	gsize length = sizeof hash;

	if (algorithm->type == CKK_EC_EDWARDS)
		return g_bytes_ref(data);
	checksum = g_checksum_new(algorithm->hash);
	g_checksum_update(checksum, g_bytes_get_data(data, NULL), (gssize)g_bytes_get_size(data));
	g_checksum_get_digest(checksum, hash, &length);
	input = g_byte_array_new();
	if (algorithm->type == CKK_RSA)
		hsm_sign_append_prefix(input, algorithm->hash);
	g_byte_array_append(input, hash, (guint)length);
	return g_byte_array_free_to_bytes(input);
}

/* PKCS#11 3.0 wants to be told that Ed448 is meant and not Ed448ph; tokens from before it take no
 * parameters at all */
static CK_RV
hsm_sign_begin(const HsmSign *sign, const HsmSession *session, CK_OBJECT_HANDLE key)
{
	HsmEddsaParams params = {.ph_flag = CK_FALSE};
	CK_MECHANISM mechanism = {sign->algorithm->sign, NULL, 0};
	CK_RV rv = session->functions->C_SignInit(session->handle, &mechanism, key);

	if (sign->algorithm->number != KASPER_ALGORITHM_ED448 ||
	    (rv != CKR_MECHANISM_PARAM_INVALID && rv != CKR_ARGUMENTS_BAD))
		return rv;
	mechanism.pParameter = &params;
	mechanism.ulParameterLen = sizeof params;
	return session->functions->C_SignInit(session->handle, &mechanism, key);
}

static void
hsm_sign_check_length(HsmSign *sign, gsize length)
{
	gsize wanted = sign->algorithm->signature;

	if (length > 0 && (wanted == 0 || length == wanted))
		return;
	g_set_error(&sign->target.refusal,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_SUPPORTED,
		    "the token made a signature of %" G_GSIZE_FORMAT
		    " octets with key %s, and %s has "
		    "%" G_GSIZE_FORMAT,
		    length,
		    sign->target.id,
		    kasper_algorithm_to_string(sign->algorithm->number),
		    wanted);
}

static CK_RV
hsm_sign_run(const HsmSession *session, gpointer data)
{
	HsmSign *sign = data;
	guint8 signature[HSM_MAX_SIGNATURE];
	CK_ULONG length = sizeof signature;
	gsize input_length = 0;
	const guint8 *input = g_bytes_get_data(sign->input, &input_length);
	HsmEntry entry;
	CK_RV rv = hsm_target_resolve(&sign->target, session, &entry);

	if (rv != CKR_OK || sign->target.refusal != NULL)
		return rv;
	rv = hsm_sign_begin(sign, session, entry.private_key);
	if (rv != CKR_OK)
		return rv;
	hsm_module_end(session->module);
	rv = session->functions->C_Sign(session->handle,
					(CK_BYTE *)input,
					input_length,
					signature,
					&length);
	hsm_module_begin(session->module);
	/* nothing of ours is longer: the module does not know the length itself */
	if (rv == CKR_OK && length > sizeof signature)
		return CKR_GENERAL_ERROR;
	if (rv != CKR_OK)
		return rv;
	hsm_sign_check_length(sign, length);
	if (sign->target.refusal == NULL)
		sign->signature = g_bytes_new(signature, length);
	return CKR_OK;
}

GBytes *
hsm_store_sign(HsmStore *self,
	       KasperKeyInfo *key,
	       GBytes *data,
	       GCancellable *cancellable,
	       GError **error)
{
	HsmSign sign = {.target = {.store = self, .id = kasper_key_info_get_id(key)}};
	guint number = kasper_key_info_get_algorithm(key);
	g_autofree gchar *what = g_strdup_printf("sign with key %s", sign.target.id);
	g_autoptr(GBytes) octets = hsm_parse_id(sign.target.id, error);
	g_autoptr(GBytes) input = NULL;
	gboolean called;

	if (octets == NULL)
		return NULL;
	sign.algorithm = hsm_algorithm_find(number);
	if (sign.algorithm == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "nothing can be signed with algorithm %u",
			    number);
		return NULL;
	}
	input = hsm_sign_prepare(sign.algorithm, data);
	sign.input = input;
	called = hsm_token_call(self->token, what, hsm_sign_run, &sign, cancellable, error);
	if (!called)
		g_clear_error(&sign.target.refusal);
	else if (sign.target.refusal != NULL)
		g_propagate_error(error, sign.target.refusal);
	return sign.signature;
}
