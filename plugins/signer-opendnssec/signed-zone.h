/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* DNSKEYs, and keys whose signatures were met, that a zone may have at a time */
#define ODS_SIGNERS_MAX 64

/* whose signature it is, as far as the signature tells */
typedef struct {
	guint algorithm;
	guint tag;
} OdsSigner;

typedef struct {
	guint flags;
	guint algorithm;
	guint tag;
	GBytes *public_key;
} OdsDnskey;

/* what RRsets are signed by exactly these signers; all but the DNSKEY RRset */
typedef struct {
	guint64 signers; /* bit n: signers[n] of the zone */
	gchar *example;	 /* "www.example.org. A" */
} OdsClass;

/* what a signed zone says about its keys and TTLs; its size does not depend on the zone's */
typedef struct {
	gint64 max_ttl;
	gint64 dnskey_ttl; /* 0: there is no DNSKEY */
	gboolean has_soa;
	guint n_dnskeys;
	OdsDnskey dnskeys[ODS_SIGNERS_MAX];
	guint n_signers;
	OdsSigner signers[ODS_SIGNERS_MAX];
	guint64 soa_signers;
	guint64 dnskey_signers;
	GArray *classes; /* of OdsClass */
} OdsSignedZone;

/* reads the zone file record by record */
OdsSignedZone *ods_signed_zone_read(const gchar *path,
				    const gchar *zone,
				    GCancellable *cancellable,
				    GError **error);
void ods_signed_zone_free(OdsSignedZone *self);
/* the key tag (RFC 4034, appendix B) of a DNSKEY record with these contents */
guint ods_dnskey_get_tag(guint flags, guint algorithm, GBytes *public_key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OdsSignedZone, ods_signed_zone_free)

G_END_DECLS
