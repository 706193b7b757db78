/* SPDX-License-Identifier: BSD-2-Clause */
#include "public-key.h"

#include <kasper.h>
#include <string.h>

#define HSM_MAX_NUMBER	 1025 /* octets of a modulus of 8192 bits and a leading zero */
#define HSM_MAX_PARAMS	 128 /* octets of CKA_EC_PARAMS; explicit curves are longer, and not ours */
#define HSM_MAX_POINT	 160 /* octets of CKA_EC_POINT */
#define HSM_OCTET_STRING 0x04
#define HSM_UNCOMPRESSED 0x04

CK_RV
hsm_read_attribute(const HsmSession *session,
		   CK_OBJECT_HANDLE object,
		   CK_ATTRIBUTE_TYPE type,
		   guint8 *buffer,
		   gsize size,
		   gsize *ret_length)
{
	CK_ATTRIBUTE attribute = {type, buffer, size};
	CK_RV rv = session->functions->C_GetAttributeValue(session->handle, object, &attribute, 1);

	if (rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_BUFFER_TOO_SMALL)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	if (rv != CKR_OK)
		return rv;
	/* some modules return CKR_OK and no length */
	if (attribute.ulValueLen > size)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	*ret_length = attribute.ulValueLen;
	return CKR_OK;
}

static void
hsm_skip_zeros(const guint8 **number, gsize *length)
{
	while (*length > 0 && **number == 0) {
		(*number)++;
		(*length)--;
	}
}

/* RFC 3110, section 2 */
GBytes *
hsm_public_key_join_rsa(const guint8 *exponent,
			gsize exponent_length,
			const guint8 *modulus,
			gsize modulus_length)
{
	GByteArray *octets;
	guint8 head[3] = {0};

	hsm_skip_zeros(&exponent, &exponent_length);
	hsm_skip_zeros(&modulus, &modulus_length);
	if (exponent_length == 0 || modulus_length == 0 || exponent_length > G_MAXUINT16)
		return NULL;
	octets = g_byte_array_new();
	if (exponent_length <= G_MAXUINT8) {
		head[0] = (guint8)exponent_length;
		g_byte_array_append(octets, head, 1);
	} else {
		head[1] = (guint8)(exponent_length >> 8);
		head[2] = (guint8)exponent_length;
		g_byte_array_append(octets, head, 3);
	}
	g_byte_array_append(octets, exponent, (guint)exponent_length);
	g_byte_array_append(octets, modulus, (guint)modulus_length);
	return g_byte_array_free_to_bytes(octets);
}

/* CKA_EC_POINT is a DER OCTET STRING by the standard, and the bare point with some tokens: what
 * decides is the length that remains (RFC 6605, section 4; RFC 8080, section 3) */
GBytes *
hsm_public_key_unwrap_point(const HsmAlgorithm *algorithm, const guint8 *point, gsize length)
{
	gboolean has_mark = algorithm->type == CKK_EC;
	gsize bare = algorithm->public_key + (has_mark ? 1 : 0);

	if (length == bare + 2 && point[0] == HSM_OCTET_STRING && point[1] == bare) {
		point += 2;
		length -= 2;
	}
	if (has_mark && length == bare && point[0] == HSM_UNCOMPRESSED) {
		point++;
		length--;
	}
	return length == algorithm->public_key ? g_bytes_new(point, length) : NULL;
}

static CK_RV
hsm_public_key_read_rsa(const HsmSession *session, CK_OBJECT_HANDLE object, GBytes **ret_octets)
{
	guint8 exponent[HSM_MAX_NUMBER], modulus[HSM_MAX_NUMBER];
	gsize exponent_length = 0, modulus_length = 0;
	CK_RV rv = hsm_read_attribute(session,
				      object,
				      CKA_PUBLIC_EXPONENT,
				      exponent,
				      sizeof exponent,
				      &exponent_length);

	if (rv == CKR_OK)
		rv = hsm_read_attribute(session,
					object,
					CKA_MODULUS,
					modulus,
					sizeof modulus,
					&modulus_length);
	if (rv == CKR_OK)
		*ret_octets =
		    hsm_public_key_join_rsa(exponent, exponent_length, modulus, modulus_length);
	return rv == CKR_ATTRIBUTE_TYPE_INVALID ? CKR_OK : rv;
}

static CK_RV
hsm_public_key_read_curve(const HsmSession *session,
			  CK_OBJECT_HANDLE object,
			  const HsmAlgorithm **ret_algorithm,
			  GBytes **ret_octets)
{
	guint8 params[HSM_MAX_PARAMS], point[HSM_MAX_POINT];
	gsize params_length = 0, point_length = 0;
	CK_RV rv = hsm_read_attribute(session,
				      object,
				      CKA_EC_PARAMS,
				      params,
				      sizeof params,
				      &params_length);

	if (rv != CKR_OK)
		return rv == CKR_ATTRIBUTE_TYPE_INVALID ? CKR_OK : rv;
	*ret_algorithm = hsm_algorithm_find_curve(params, params_length);
	if (*ret_algorithm == NULL)
		return CKR_OK;
	rv = hsm_read_attribute(session, object, CKA_EC_POINT, point, sizeof point, &point_length);
	if (rv == CKR_OK)
		*ret_octets = hsm_public_key_unwrap_point(*ret_algorithm, point, point_length);
	return rv == CKR_ATTRIBUTE_TYPE_INVALID ? CKR_OK : rv;
}

CK_RV
hsm_public_key_read(const HsmSession *session,
		    CK_OBJECT_HANDLE object,
		    const HsmAlgorithm **ret_algorithm,
		    GBytes **ret_octets)
{
	CK_KEY_TYPE type = 0;
	gsize length = 0;
	CK_RV rv = hsm_read_attribute(session,
				      object,
				      CKA_KEY_TYPE,
				      (guint8 *)&type,
				      sizeof type,
				      &length);

	*ret_algorithm = NULL;
	*ret_octets = NULL;
	if (rv != CKR_OK || length != sizeof type)
		return rv;
	if (type == CKK_RSA) {
		*ret_algorithm = hsm_algorithm_find(KASPER_ALGORITHM_RSASHA256);
		return hsm_public_key_read_rsa(session, object, ret_octets);
	}
	if (type == CKK_EC || type == CKK_EC_EDWARDS)
		return hsm_public_key_read_curve(session, object, ret_algorithm, ret_octets);
	return CKR_OK;
}
