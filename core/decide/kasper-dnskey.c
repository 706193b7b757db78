/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-dnskey.h"

#include "kasper-error.h"
#include "kasper-zone-name.h"

/* the protocol field of every DNSKEY (RFC 4034, section 2.1.2) */
#define KASPER_DNSKEY_PROTOCOL 3

/* the four octets before the public key (RFC 4034, section 2.1) */
static void
kasper_dnskey_get_head(guint flags, guint algorithm, guint8 head[4])
{
	head[0] = (guint8)(flags >> 8);
	head[1] = (guint8)flags;
	head[2] = KASPER_DNSKEY_PROTOCOL;
	head[3] = (guint8)algorithm;
}

/* without the final dot, as zones are kept; the root is "." */
static const gchar *
kasper_dnskey_get_dot(const gchar *zone)
{
	return g_str_has_suffix(zone, ".") ? "" : ".";
}

/**
 * kasper_dnskey_get_tag:
 * @flags: flags of the DNSKEY
 * @algorithm: a DNSSEC algorithm number
 * @public_key: the public key as it stands in a DNSKEY
 *
 * The key tag (RFC 4034, appendix B): a sum over the record, not an identity. Algorithm 1, which
 * is reckoned otherwise, is not one that Kasper works with.
 *
 * Returns: the tag
 *
 * Since: 0.1
 */
guint16
kasper_dnskey_get_tag(guint flags, guint algorithm, GBytes *public_key)
{
	gsize length;
	const guint8 *data = g_bytes_get_data(public_key, &length);
	guint8 head[4];
	guint32 sum = 0;

	kasper_dnskey_get_head(flags, algorithm, head);
	for (gsize i = 0; i < sizeof head; i++)
		sum += (i & 1) != 0 ? head[i] : (guint32)head[i] << 8;
	for (gsize i = 0; i < length; i++)
		sum += (i & 1) != 0 ? data[i] : (guint32)data[i] << 8;
	sum += sum >> 16 & 0xffff;
	return (guint16)sum;
}

/**
 * kasper_dnskey_to_text:
 * @zone: name of the zone, with or without the final dot
 * @ttl: TTL of the record, in seconds
 * @flags: flags of the DNSKEY
 * @algorithm: a DNSSEC algorithm number
 * @public_key: the public key as it stands in a DNSKEY
 *
 * The record in presentation format (RFC 4034, section 2.2), fields parted by one blank each:
 * `example.org. 3600 IN DNSKEY 257 3 13 …`.
 *
 * Returns: (transfer full): one line without a newline and without a comment
 *
 * Since: 0.1
 */
gchar *
kasper_dnskey_to_text(const gchar *zone,
		      gint64 ttl,
		      guint flags,
		      guint algorithm,
		      GBytes *public_key)
{
	gsize length;
	const guint8 *data = g_bytes_get_data(public_key, &length);
	g_autofree gchar *key = g_base64_encode(data, length);

	return g_strdup_printf("%s%s %" G_GINT64_FORMAT " IN DNSKEY %u %d %u %s",
			       zone,
			       kasper_dnskey_get_dot(zone),
			       ttl,
			       flags,
			       KASPER_DNSKEY_PROTOCOL,
			       algorithm,
			       key);
}

static gboolean
kasper_dnskey_get_checksum_type(KasperDigest digest, GChecksumType *ret_type)
{
	switch (digest) {
	case KASPER_DIGEST_SHA1:
		*ret_type = G_CHECKSUM_SHA1;
		return TRUE;
	case KASPER_DIGEST_SHA256:
		*ret_type = G_CHECKSUM_SHA256;
		return TRUE;
	case KASPER_DIGEST_SHA384:
		*ret_type = G_CHECKSUM_SHA384;
		return TRUE;
	}
	return FALSE;
}

/* digest(owner name in wire form, DNSKEY RDATA): RFC 4034, section 5.1.4 */
static gchar *
kasper_dnskey_dup_digest(GBytes *owner,
			 guint flags,
			 guint algorithm,
			 GBytes *public_key,
			 GChecksumType type)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(type);
	guint8 head[4];
	gsize length;
	const guint8 *data = g_bytes_get_data(owner, &length);

	kasper_dnskey_get_head(flags, algorithm, head);
	g_checksum_update(checksum, data, (gssize)length);
	g_checksum_update(checksum, head, sizeof head);
	data = g_bytes_get_data(public_key, &length);
	g_checksum_update(checksum, data, (gssize)length);
	return g_strdup(g_checksum_get_string(checksum));
}

/**
 * kasper_dnskey_to_ds:
 * @zone: name of the zone, with or without the final dot
 * @ttl: TTL of the record, in seconds: what the parent is known to use
 * @flags: flags of the DNSKEY
 * @algorithm: a DNSSEC algorithm number
 * @public_key: the public key as it stands in a DNSKEY
 * @digest: the digest type
 * @error: return location for a #GError, or %NULL
 *
 * The DS record of a key in presentation format (RFC 4034, section 5.3), fields parted by one
 * blank each, digest in lower case: `example.org. 3600 IN DS 31337 13 2 …`.
 *
 * Returns: (transfer full): one line without a newline, or %NULL with %KASPER_ERROR_INVALID (@zone
 *   is no name) or %KASPER_ERROR_NOT_SUPPORTED (@digest is none that can be made)
 *
 * Since: 0.1
 */
gchar *
kasper_dnskey_to_ds(const gchar *zone,
		    gint64 ttl,
		    guint flags,
		    guint algorithm,
		    GBytes *public_key,
		    KasperDigest digest,
		    GError **error)
{
	GChecksumType type;
	g_autofree gchar *hex = NULL;
	g_autoptr(GBytes) owner = NULL;

	if (!kasper_dnskey_get_checksum_type(digest, &type)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "there is no DS of digest type %u: use 2 (SHA-256) or 4 (SHA-384)",
			    (guint)digest);
		return NULL;
	}
	owner = kasper_zone_name_to_wire(zone, error);
	if (owner == NULL)
		return NULL;
	hex = kasper_dnskey_dup_digest(owner, flags, algorithm, public_key, type);
	return g_strdup_printf("%s%s %" G_GINT64_FORMAT " IN DS %u %u %u %s",
			       zone,
			       kasper_dnskey_get_dot(zone),
			       ttl,
			       (guint)kasper_dnskey_get_tag(flags, algorithm, public_key),
			       algorithm,
			       (guint)digest,
			       hex);
}
