/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-algorithm.h"

typedef struct {
	guint8 number;
	gboolean rsa;
	guint16 bits; /* 0: the policy chooses */
	const gchar *name;
} KasperAlgorithmInfo;

static const KasperAlgorithmInfo algorithms[] = {
    {KASPER_ALGORITHM_RSASHA1, TRUE, 0, "RSASHA1"},
    {KASPER_ALGORITHM_RSASHA1_NSEC3, TRUE, 0, "RSASHA1-NSEC3-SHA1"},
    {KASPER_ALGORITHM_RSASHA256, TRUE, 0, "RSASHA256"},
    {KASPER_ALGORITHM_RSASHA512, TRUE, 0, "RSASHA512"},
    {KASPER_ALGORITHM_ECDSAP256SHA256, FALSE, 256, "ECDSAP256SHA256"},
    {KASPER_ALGORITHM_ECDSAP384SHA384, FALSE, 384, "ECDSAP384SHA384"},
    {KASPER_ALGORITHM_ED25519, FALSE, 256, "ED25519"},
    {KASPER_ALGORITHM_ED448, FALSE, 456, "ED448"},
};

static const KasperAlgorithmInfo *
kasper_algorithm_find(guint algorithm)
{
	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		if (algorithms[i].number == algorithm)
			return &algorithms[i];
	}
	return NULL;
}

/**
 * kasper_algorithm_is_known:
 * @algorithm: a DNSSEC algorithm number
 *
 * Returns: whether Kasper can work with keys of @algorithm
 *
 * Since: 0.1
 */
gboolean
kasper_algorithm_is_known(guint algorithm)
{
	return kasper_algorithm_find(algorithm) != NULL;
}

/**
 * kasper_algorithm_is_rsa:
 * @algorithm: a DNSSEC algorithm number
 *
 * Returns: whether keys of @algorithm are RSA keys, whose size the policy chooses
 *
 * Since: 0.1
 */
gboolean
kasper_algorithm_is_rsa(guint algorithm)
{
	const KasperAlgorithmInfo *info = kasper_algorithm_find(algorithm);

	return info != NULL && info->rsa;
}

/**
 * kasper_algorithm_to_string:
 * @algorithm: a DNSSEC algorithm number
 *
 * The mnemonic of the IANA registry, such as `ECDSAP256SHA256`.
 *
 * Returns: the name, or `unknown`
 *
 * Since: 0.1
 */
const gchar *
kasper_algorithm_to_string(guint algorithm)
{
	const KasperAlgorithmInfo *info = kasper_algorithm_find(algorithm);

	return info != NULL ? info->name : "unknown";
}

/**
 * kasper_algorithm_from_string:
 * @text: a number or a mnemonic in any case
 *
 * Returns: the algorithm number, or 0 if Kasper does not know it
 *
 * Since: 0.1
 */
guint
kasper_algorithm_from_string(const gchar *text)
{
	guint64 number;

	if (g_ascii_string_to_unsigned(text, 10, 1, 255, &number, NULL))
		return kasper_algorithm_is_known((guint)number) ? (guint)number : 0;
	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		if (g_ascii_strcasecmp(algorithms[i].name, text) == 0)
			return algorithms[i].number;
	}
	return 0;
}

/**
 * kasper_algorithm_get_bits:
 * @algorithm: a DNSSEC algorithm number
 * @wanted: the size that a policy asks for, in bits
 *
 * The size that a key really gets: only RSA keys have a choice.
 *
 * Returns: the size in bits
 *
 * Since: 0.1
 */
guint
kasper_algorithm_get_bits(guint algorithm, guint wanted)
{
	const KasperAlgorithmInfo *info = kasper_algorithm_find(algorithm);

	return info == NULL || info->rsa ? wanted : info->bits;
}

/* RFC 3110: exponent length in one octet, or in three; then exponent, then modulus */
static guint
kasper_algorithm_count_rsa_bits(const guint8 *data, gsize length)
{
	gsize skip;

	if (length < 3)
		return 0;
	skip = data[0] != 0 ? 1u + data[0] : 3u + ((gsize)data[1] << 8) + data[2];
	if (skip >= length)
		return 0;
	while (skip < length && data[skip] == 0)
		skip++;
	if (skip == length)
		return 0;
	return (guint)((length - skip - 1) * 8 + g_bit_storage(data[skip]));
}

/**
 * kasper_algorithm_count_bits:
 * @algorithm: a DNSSEC algorithm number
 * @public_key: a public key in the form of a DNSKEY record (RFC 3110, 6605, 8080)
 *
 * Returns: the size of the key in bits, or 0 if @public_key is malformed
 *
 * Since: 0.1
 */
guint
kasper_algorithm_count_bits(guint algorithm, GBytes *public_key)
{
	gsize length = 0;
	const guint8 *data = g_bytes_get_data(public_key, &length);

	if (kasper_algorithm_is_rsa(algorithm))
		return kasper_algorithm_count_rsa_bits(data, length);
	return kasper_algorithm_get_bits(algorithm, 0);
}
