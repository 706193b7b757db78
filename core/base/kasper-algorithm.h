/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-export.h"

G_BEGIN_DECLS

/**
 * KasperAlgorithm:
 * @KASPER_ALGORITHM_RSASHA1: 5
 * @KASPER_ALGORITHM_RSASHA1_NSEC3: 7
 * @KASPER_ALGORITHM_RSASHA256: 8
 * @KASPER_ALGORITHM_RSASHA512: 10
 * @KASPER_ALGORITHM_ECDSAP256SHA256: 13
 * @KASPER_ALGORITHM_ECDSAP384SHA384: 14
 * @KASPER_ALGORITHM_ED25519: 15
 * @KASPER_ALGORITHM_ED448: 16
 *
 * DNSSEC algorithm numbers that Kasper can work with (IANA registry; RFC 9904).
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_ALGORITHM_RSASHA1 = 5,
	KASPER_ALGORITHM_RSASHA1_NSEC3 = 7,
	KASPER_ALGORITHM_RSASHA256 = 8,
	KASPER_ALGORITHM_RSASHA512 = 10,
	KASPER_ALGORITHM_ECDSAP256SHA256 = 13,
	KASPER_ALGORITHM_ECDSAP384SHA384 = 14,
	KASPER_ALGORITHM_ED25519 = 15,
	KASPER_ALGORITHM_ED448 = 16,
} KasperAlgorithm;

/**
 * KasperDigest:
 * @KASPER_DIGEST_SHA1: 1, never made, only recognized
 * @KASPER_DIGEST_SHA256: 2
 * @KASPER_DIGEST_SHA384: 4
 *
 * DS digest types (IANA registry; RFC 9905 for SHA-1).
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_DIGEST_SHA1 = 1,
	KASPER_DIGEST_SHA256 = 2,
	KASPER_DIGEST_SHA384 = 4,
} KasperDigest;

KASPER_EXPORT
gboolean kasper_algorithm_is_known(guint algorithm);
KASPER_EXPORT
gboolean kasper_algorithm_is_rsa(guint algorithm);
KASPER_EXPORT
const gchar *kasper_algorithm_to_string(guint algorithm);
KASPER_EXPORT
guint kasper_algorithm_from_string(const gchar *text);
KASPER_EXPORT
guint kasper_algorithm_get_bits(guint algorithm, guint wanted);
KASPER_EXPORT
guint kasper_algorithm_count_bits(guint algorithm, GBytes *public_key);

G_END_DECLS
