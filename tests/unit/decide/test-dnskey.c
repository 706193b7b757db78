/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Key tags, DNSKEY and DS records against the examples of the RFCs.
 */
#include "kasper-dnskey.h"
#include "kasper-error.h"
#include "kasper-key.h"

typedef struct {
	const gchar *path;
	const gchar *zone;
	guint flags;
	guint algorithm;
	const gchar *key;
	guint tag;
	KasperDigest digest;
	const gchar *hex;
} Vector;

#define KEY_DSKEY                                                                                  \
	"AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMm" \
	"mAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw=="

/* the RFC named in the path, its section with the example */
static const Vector vectors[] = {
    {"rfc4034-5.4",
     "dskey.example.com.",
     256,
     5,
     KEY_DSKEY,
     60485,
     KASPER_DIGEST_SHA1,
     "2bb183af5f22588179a53b0a98631fad1a292118"},
    {"rfc4509-2.3",
     "dskey.example.com.",
     256,
     5,
     KEY_DSKEY,
     60485,
     KASPER_DIGEST_SHA256,
     "d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a"},
    {"rfc6605-6.1",
     "example.net.",
     257,
     13,
     "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
     55648,
     KASPER_DIGEST_SHA256,
     "b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17"},
    {"rfc6605-6.2",
     "example.net.",
     257,
     14,
     "xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8"
     "/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40",
     10771,
     KASPER_DIGEST_SHA384,
     "72d7b62976ce06438e9c0bf319013cf801f09ecc84b8d7e9495f27e305c6a9b0563a9b5f4d288405c3008a94"
     "6df983d6"},
    {"rfc8080-6.1-first",
     "example.com.",
     257,
     15,
     "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
     3613,
     KASPER_DIGEST_SHA256,
     "3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b"},
    {"rfc8080-6.1-second",
     "example.com.",
     257,
     15,
     "zPnZ/QwEe7S8C5SPz2OfS5RR40ATk2/rYnE9xHIEijs=",
     35217,
     KASPER_DIGEST_SHA256,
     "401781b934e392de492ec77ae2e15d70f6575a1c0bc59c5275c04ebe80c6614c"},
    {"rfc8080-6.2-first",
     "example.com.",
     257,
     16,
     "3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx1FYYUcJKm1MDpJtIA",
     9713,
     KASPER_DIGEST_SHA256,
     "6ccf18d5bc5d7fc2fceb1d59d17321402f2aa8d368048db93dd811f5cb2b19c7"},
    {"rfc8080-6.2-second",
     "example.com.",
     257,
     16,
     "kkreGWoccSDmUBGAe7+zsbG6ZAFQp+syPmYUurBRQc3tDjeMCJcVMRDmgcNLp5HlHAMy12VoISsA",
     38353,
     KASPER_DIGEST_SHA256,
     "645ff078b3568f5852b70cb60e8e696cc77b75bfaaffc118cf79cbda1ba28af4"},
};

static GBytes *
decode(const gchar *text)
{
	gsize length;
	guchar *data = g_base64_decode(text, &length);

	return g_bytes_new_take(data, length);
}

static void
test_vector(gconstpointer data)
{
	const Vector *vector = data;
	g_autoptr(GBytes) key = decode(vector->key);
	g_autoptr(GError) error = NULL;
	g_autofree gchar *dnskey = NULL, *ds = NULL, *wanted = NULL;

	g_assert_cmpuint(kasper_dnskey_get_tag(vector->flags, vector->algorithm, key),
			 ==,
			 vector->tag);
	dnskey = kasper_dnskey_to_text(vector->zone, 86400, vector->flags, vector->algorithm, key);
	wanted = g_strdup_printf("%s 86400 IN DNSKEY %u 3 %u %s",
				 vector->zone,
				 vector->flags,
				 vector->algorithm,
				 vector->key);
	g_assert_cmpstr(dnskey, ==, wanted);
	g_free(wanted);
	ds = kasper_dnskey_to_ds(vector->zone,
				 3600,
				 vector->flags,
				 vector->algorithm,
				 key,
				 vector->digest,
				 &error);
	g_assert_no_error(error);
	wanted = g_strdup_printf("%s 3600 IN DS %u %u %u %s",
				 vector->zone,
				 vector->tag,
				 vector->algorithm,
				 (guint)vector->digest,
				 vector->hex);
	g_assert_cmpstr(ds, ==, wanted);
}

/* zones are kept without the dot and in lower case, and a digest does not depend on how the name
 * was written (RFC 4034, section 6.2) */
static void
test_name(void)
{
	g_autoptr(GBytes) key = decode(KEY_DSKEY);
	g_autofree gchar *dotted =
	    kasper_dnskey_to_ds("dskey.example.com.", 60, 256, 5, key, 2, NULL);
	g_autofree gchar *plain =
	    kasper_dnskey_to_ds("dskey.example.com", 60, 256, 5, key, 2, NULL);
	g_autofree gchar *upper =
	    kasper_dnskey_to_ds("DSKEY.Example.com", 60, 256, 5, key, 2, NULL);
	g_autofree gchar *root = kasper_dnskey_to_text(".", 60, 256, 5, key);

	g_assert_cmpstr(plain, ==, dotted);
	g_assert_cmpstr(strrchr(upper, ' '), ==, strrchr(dotted, ' '));
	g_assert_true(g_str_has_prefix(root, ". 60 IN DNSKEY 256 3 5 "));
}

/* RFC 5011: revoking changes the tag, by 128 as long as the sum does not wrap */
static void
test_revoked(void)
{
	g_autoptr(GBytes) key = decode("l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=");

	g_assert_cmpuint(kasper_dnskey_get_tag(257 | KASPER_DNSKEY_REVOKE, 15, key),
			 ==,
			 3613 + 128);
}

static void
test_carry(void)
{
	static const guint8 ones[] = {0xff, 0xff, 0xff, 0xff, 0xff};
	g_autoptr(GBytes) key = g_bytes_new_static(ones, sizeof ones);

	/* 0x0101 + 0x030d + 0xffff + 0xffff + 0xff00 = 0x3030c; + 3 = 0x3030f */
	g_assert_cmpuint(kasper_dnskey_get_tag(257, 13, key), ==, 0x030f);
}

static void
test_refused(void)
{
	g_autoptr(GBytes) key = decode(KEY_DSKEY);
	g_autoptr(GError) error = NULL;

	g_assert_null(kasper_dnskey_to_ds("example.com", 60, 257, 13, key, 3, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
	g_clear_error(&error);
	g_assert_null(kasper_dnskey_to_ds("exa mple", 60, 257, 13, key, 2, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(vectors); i++) {
		g_autofree gchar *path = g_strdup_printf("/dnskey/vector/%s", vectors[i].path);

		g_test_add_data_func(path, &vectors[i], test_vector);
	}
	g_test_add_func("/dnskey/name", test_name);
	g_test_add_func("/dnskey/revoked", test_revoked);
	g_test_add_func("/dnskey/carry", test_carry);
	g_test_add_func("/dnskey/refused", test_refused);
	return g_test_run();
}
