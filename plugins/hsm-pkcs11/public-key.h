/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "algorithm.h"
#include "token.h"

G_BEGIN_DECLS

/* a value of an object; CKR_ATTRIBUTE_TYPE_INVALID where there is none, or none of sane length */
CK_RV hsm_read_attribute(const HsmSession *session,
			 CK_OBJECT_HANDLE object,
			 CK_ATTRIBUTE_TYPE type,
			 guint8 *buffer,
			 gsize size,
			 gsize *ret_length);

/* What the attributes of a public key, or of the private key where they are there, too, say.
 * @ret_algorithm: NULL for a key that DNSSEC has no use for. @ret_octets: as in a DNSKEY; NULL
 * where the object does not give it. RSA keys do not know their hash; they are taken for RSASHA256.
 */
CK_RV hsm_public_key_read(const HsmSession *session,
			  CK_OBJECT_HANDLE object,
			  const HsmAlgorithm **ret_algorithm,
			  GBytes **ret_octets);

/* the two conversions, on their own for the tests; NULL if malformed */
GBytes *hsm_public_key_join_rsa(const guint8 *exponent,
				gsize exponent_length,
				const guint8 *modulus,
				gsize modulus_length);
GBytes *
hsm_public_key_unwrap_point(const HsmAlgorithm *algorithm, const guint8 *point, gsize length);

G_END_DECLS
