/* SPDX-License-Identifier: BSD-2-Clause */
#include "hollow.h"

#include <openssl/sha.h>
#include <string.h>

#include "pair.h"

#define RSA_HEAD 4 /* the length of the exponent, and 65537 */

static gsize
keys_hollow_get_length(guint algorithm, guint bits)
{
	switch ((KasperAlgorithm)algorithm) {
	case KASPER_ALGORITHM_RSASHA1:
	case KASPER_ALGORITHM_RSASHA1_NSEC3:
	case KASPER_ALGORITHM_RSASHA256:
	case KASPER_ALGORITHM_RSASHA512:
		return RSA_HEAD + (bits + 7) / 8;
	case KASPER_ALGORITHM_ECDSAP256SHA256:
		return 64;
	case KASPER_ALGORITHM_ECDSAP384SHA384:
		return 96;
	case KASPER_ALGORITHM_ED25519:
		return 32;
	case KASPER_ALGORITHM_ED448:
		return 57;
	}
	g_assert_not_reached();
}

/* an odd number of just so many bits */
static void
keys_hollow_shape_rsa(guint8 *octets, gsize length, guint bits)
{
	static const guint8 head[RSA_HEAD] = {3, 1, 0, 1};
	guint top = (bits - 1) % 8;

	memcpy(octets, head, sizeof head);
	octets[RSA_HEAD] = (guint8)((octets[RSA_HEAD] & ((1u << top) - 1)) | (1u << top));
	octets[length - 1] |= 1;
}

GBytes *
keys_hollow_get_public(guint algorithm, guint bits, const guint8 *id, gsize id_length)
{
	gsize length = keys_hollow_get_length(algorithm, bits);
	gsize rounded = (length + SHA256_DIGEST_LENGTH - 1) & ~(gsize)(SHA256_DIGEST_LENGTH - 1);
	guint8 *octets = g_malloc(rounded);
	guint8 seed[KEYS_ID_MAX + 2];

	memcpy(seed, id, id_length);
	seed[id_length] = (guint8)algorithm;
	for (gsize done = 0; done < rounded; done += SHA256_DIGEST_LENGTH) {
		seed[id_length + 1] = (guint8)(done / SHA256_DIGEST_LENGTH);
		SHA256(seed, id_length + 2, octets + done);
	}
	if (kasper_algorithm_is_rsa(algorithm))
		keys_hollow_shape_rsa(octets, length, bits);
	return g_bytes_new_take(octets, length);
}
