/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "ods-support.h"
#include "verdict.h"

/* Zones are written with one word for what takes a line:
 *   "dnskey A 257 13"       the DNSKEY of the key of that name
 *   "sig www A A 256 13"    an RRSIG over www's A record by that key
 * and every other line as it is. Nobody checks a signature here: the verifiers of others do, in the
 * test with the signer. */
static gchar *
zone_text(const gchar *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *zone = g_string_new(NULL);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);
		gboolean dnskey = g_strcmp0(words[0], "dnskey") == 0;
		gboolean signature = g_strcmp0(words[0], "sig") == 0;
		g_autoptr(KasperOrderKey) key = NULL;
		g_autofree gchar *base64 = NULL;
		GBytes *octets;
		const gchar *name;

		if (!dnskey && !signature) {
			g_string_append_printf(zone, "%s\n", lines[i]);
			continue;
		}
		name = dnskey ? words[1] : words[3];
		key = ods_test_new_key(name[0],
				       (guint)atoi(dnskey ? words[2] : words[4]),
				       (guint)atoi(dnskey ? words[3] : words[5]),
				       0);
		octets = kasper_order_key_get_public_key(key);
		base64 = g_base64_encode(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
		if (dnskey)
			g_string_append_printf(zone,
					       "example.org.\t3600\tIN\tDNSKEY\t%u 3 %u %s "
					       ";{id = 1 (ksk), size = 256b}\n",
					       kasper_order_key_get_flags(key),
					       kasper_order_key_get_algorithm(key),
					       base64);
		else
			g_string_append_printf(
			    zone,
			    "%s%sexample.org.\t3600\tIN\tRRSIG\t%s %u 2 3600 20300101000000 "
			    "20200101000000 %u example.org. %s\n",
			    g_str_equal(words[1], "@") ? "" : words[1],
			    g_str_equal(words[1], "@") ? "" : ".",
			    words[2],
			    kasper_order_key_get_algorithm(key),
			    ods_dnskey_get_tag(kasper_order_key_get_flags(key),
					       kasper_order_key_get_algorithm(key),
					       octets),
			    base64);
	}
	return g_string_free(zone, FALSE);
}

static OdsSignedZone *
read_zone(OdsFixture *fixture, const gchar *text, GError **error)
{
	g_autofree gchar *zone = zone_text(text);
	g_autofree gchar *path = ods_fixture_get_path(fixture, "zone");

	ods_fixture_write(fixture, "zone", zone);
	return ods_signed_zone_read(path, "example.org", NULL, error);
}

#define SOA "example.org. 3600 IN SOA ns.example.org. h.example.org. 1 3600 900 604800 1800\n"

/* a zone that is signed in the usual way, by a KSK K and a ZSK Z */
#define USUAL                                                                                      \
	SOA "sig @ SOA Z 256 13\n"                                                                 \
	    "dnskey K 257 13\n"                                                                    \
	    "dnskey Z 256 13\n"                                                                    \
	    "sig @ DNSKEY K 257 13\n"                                                              \
	    "example.org. 3600 IN NS ns.example.org.\n"                                            \
	    "sig @ NS Z 256 13\n"                                                                  \
	    "www.example.org. 7200 IN A 192.0.2.1\n"                                               \
	    "sig www A Z 256 13\n"                                                                 \
	    "sub.example.org. 3600 IN NS ns.sub.example.org.\n"                                    \
	    "ns.sub.example.org. 3600 IN A 192.0.2.2\n"

static KasperSignerAnswer *
judge(OdsFixture *fixture, KasperZoneOrder *order, const gchar *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OdsSignedZone) zone = read_zone(fixture, text, &error);

	g_assert_no_error(error);
	return ods_verdict_make(zone, order);
}

static void
assert_published(OdsFixture *fixture, KasperZoneOrder *order, const gchar *text, gboolean replaced)
{
	g_autoptr(KasperSignerAnswer) answer = judge(fixture, order, text);

	if (kasper_signer_answer_get_status(answer) != KASPER_SIGNER_PUBLISHED)
		g_error("not published: %s", kasper_signer_answer_get_text(answer));
	g_assert_cmpint(kasper_signer_answer_get_revision(answer),
			==,
			kasper_zone_order_get_revision(order));
	g_assert_false(kasper_signer_answer_get_assumed(answer));
	g_assert_cmpint(kasper_signer_answer_get_all_replaced(answer), ==, replaced);
}

static void
assert_pending(OdsFixture *fixture, KasperZoneOrder *order, const gchar *text, const gchar *because)
{
	g_autoptr(KasperSignerAnswer) answer = judge(fixture, order, text);

	g_assert_cmpint(kasper_signer_answer_get_status(answer), ==, KASPER_SIGNER_PENDING);
	g_assert_nonnull(strstr(kasper_signer_answer_get_text(answer), because));
}

static KasperZoneOrder *
usual_order(OdsFixture *fixture)
{
	KasperZoneOrder *order = ods_test_new_order(fixture, "example.org", 7);

	ods_test_add_key(order, 'K', 257, 13, "PK");
	ods_test_add_key(order, 'Z', 256, 13, "PZ");
	return order;
}

static void
test_signed_zone_usual(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) order = usual_order(fixture);
	g_autoptr(KasperSignerAnswer) answer = judge(fixture, order, USUAL);

	assert_published(fixture, order, USUAL, TRUE);
	g_assert_cmpint(kasper_signer_answer_get_max_ttl(answer), ==, 7200);
	g_assert_cmpint(kasper_signer_answer_get_dnskey_ttl(answer), ==, 3600);
	g_assert_null(kasper_signer_answer_get_text(answer));
}

static void
test_signed_zone_dnskeys(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) more = usual_order(fixture);
	g_autoptr(KasperZoneOrder) fewer = ods_test_new_order(fixture, "example.org", 1);
	g_autoptr(KasperZoneOrder) other = ods_test_new_order(fixture, "example.org", 1);
	g_autoptr(KasperZoneOrder) flags = ods_test_new_order(fixture, "example.org", 1);

	ods_test_add_key(more, 'N', 256, 13, "P");
	assert_pending(fixture, more, USUAL, "key 4e4e is not in the zone yet");
	ods_test_add_key(fewer, 'K', 257, 13, "PK");
	ods_test_add_key(fewer, 'Z', 256, 13, "Z");
	assert_pending(fixture, fewer, USUAL, "is still in the zone");
	ods_test_add_key(other, 'K', 257, 13, "PK");
	ods_test_add_key(other, 'Y', 256, 13, "PZ");
	assert_pending(fixture, other, USUAL, "key 5959 is not in the zone yet");
	/* the same public key is another key with other flags */
	ods_test_add_key(flags, 'K', 256, 13, "PK");
	ods_test_add_key(flags, 'Z', 256, 13, "PZ");
	assert_pending(fixture, flags, USUAL, "key 4b4b is not in the zone yet");
}

/* the order of a ZSK swap: as long as the SOA is signed by the old one, the signer has not heard */
static void
test_signed_zone_swap(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 2);
	const gchar *keys = "dnskey K 257 13\ndnskey Z 256 13\ndnskey N 256 13\n"
			    "sig @ DNSKEY K 257 13\n";
	g_autofree gchar *before =
	    g_strconcat(SOA "sig @ SOA Z 256 13\n", keys, "sig www A Z 256 13\n", NULL);
	g_autofree gchar *both = g_strconcat(SOA "sig @ SOA Z 256 13\nsig @ SOA N 256 13\n",
					     keys,
					     "sig www A Z 256 13\n",
					     NULL);
	g_autofree gchar *smooth =
	    g_strconcat(SOA "sig @ SOA N 256 13\n", keys, "sig www A Z 256 13\n", NULL);
	g_autofree gchar *after =
	    g_strconcat(SOA "sig @ SOA N 256 13\n", keys, "sig www A N 256 13\n", NULL);
	g_autoptr(KasperSignerAnswer) answer = NULL;

	ods_test_add_key(order, 'K', 257, 13, "PK");
	ods_test_add_key(order, 'Z', 256, 13, "P");
	ods_test_add_key(order, 'N', 256, 13, "PZ");
	assert_pending(fixture, order, before, "key 4e4e does not sign yet");
	assert_pending(fixture, order, both, "the SOA record is signed by");
	assert_published(fixture, order, smooth, FALSE);
	answer = judge(fixture, order, smooth);
	g_assert_nonnull(strstr(kasper_signer_answer_get_text(answer), "www.example.org. A"));
	assert_published(fixture, order, after, TRUE);
}

/* old signatures that nobody can check any more are as none */
static void
test_signed_zone_orphaned(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 3);

	ods_test_add_key(order, 'K', 257, 13, "PK");
	ods_test_add_key(order, 'N', 256, 13, "PZ");
	assert_pending(fixture,
		       order,
		       SOA "sig @ SOA N 256 13\ndnskey K 257 13\ndnskey N 256 13\n"
			   "sig @ DNSKEY K 257 13\nsig www A Z 256 13\n",
		       "www.example.org. A is not yet signed with algorithm 13");
}

static void
test_signed_zone_ksk(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 4);
	const gchar *rest = SOA "sig @ SOA Z 256 13\ndnskey K 257 13\ndnskey L 257 13\n"
				"dnskey Z 256 13\n";
	g_autofree gchar *one = g_strconcat(rest, "sig @ DNSKEY K 257 13\n", NULL);
	g_autofree gchar *two =
	    g_strconcat(rest, "sig @ DNSKEY K 257 13\nsig @ DNSKEY L 257 13\n", NULL);
	g_autofree gchar *three = g_strconcat(two, "sig @ DNSKEY Z 256 13\n", NULL);

	ods_test_add_key(order, 'K', 257, 13, "PK");
	ods_test_add_key(order, 'L', 257, 13, "PK");
	ods_test_add_key(order, 'Z', 256, 13, "PZ");
	assert_pending(fixture, order, one, "key 4c4c does not sign yet");
	assert_published(fixture, order, two, TRUE);
	assert_pending(fixture, order, three, "the DNSKEY RRset is signed by");
}

static void
test_signed_zone_csk(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 5);

	ods_test_add_key(order, 'C', 257, 15, "PKZ");
	assert_published(fixture,
			 order,
			 SOA "sig @ SOA C 257 15\ndnskey C 257 15\nsig @ DNSKEY C 257 15\n"
			     "sig www A C 257 15\n",
			 TRUE);
}

/* a second algorithm: each signed RRset needs both, as validators may insist (RFC 4035, 2.2) */
static void
test_signed_zone_algorithms(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) order = usual_order(fixture);
	const gchar *apex = SOA "sig @ SOA Z 256 13\nsig @ SOA Y 256 8\ndnskey K 257 13\n"
				"dnskey Z 256 13\ndnskey Y 256 8\nsig @ DNSKEY K 257 13\n";
	g_autofree gchar *half = g_strconcat(apex,
					     "sig www A Z 256 13\nsig www A Y 256 8\n"
					     "sig www AAAA Z 256 13\n",
					     NULL);
	g_autofree gchar *whole = g_strconcat(half, "sig www AAAA Y 256 8\n", NULL);

	ods_test_add_key(order, 'Y', 256, 8, "PZ");
	assert_pending(fixture,
		       order,
		       half,
		       "www.example.org. AAAA is not yet signed with algorithm 8");
	assert_published(fixture, order, whole, TRUE);
}

static void
test_signed_zone_unsigned(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 6);

	assert_pending(fixture, order, USUAL, "is still in the zone");
	assert_pending(fixture, order, SOA "sig @ SOA Z 256 13\n", "the SOA record is signed by");
	assert_published(fixture, order, SOA "www.example.org. 60 IN A 192.0.2.1\n", TRUE);
	assert_published(fixture, order, SOA "sig www A Z 256 13\n", FALSE);
}

/* forms of a zone file that ods-signerd does not write, but others may */
static void
test_signed_zone_forms(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OdsSignedZone) zone =
	    read_zone(fixture,
		      "; a comment\n\n$ORIGIN example.org.\n$TTL 300\n"
		      "@ IN SOA ns h (\n 1 ; serial\n 3600 900 604800 1800 )\n"
		      "  NS ns\n"
		      "  TXT \"a;b(c\" \"d\\\"e\"\n"
		      "WWW 86400 IN TYPE65280 \\# 3 abcdef\n"
		      "sig @ SOA Z 256 13",
		      &error);

	g_assert_no_error(error);
	g_assert_true(zone->has_soa);
	g_assert_cmpint(zone->max_ttl, ==, 86400);
	g_assert_cmpuint(zone->n_signers, ==, 1);
	g_assert_cmpuint(zone->classes->len, ==, 1);
}

static void
test_signed_zone_errors(OdsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *absent = ods_fixture_get_path(fixture, "absent");
	g_autoptr(GString) keys = g_string_new(SOA);
	g_autoptr(GError) error = NULL;

	g_assert_null(ods_signed_zone_read(absent, "example.org", NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, absent));
	g_clear_error(&error);
	g_assert_null(ods_signed_zone_read(fixture->folder, "example.org", NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_AUTH);
	g_clear_error(&error);
	g_assert_null(read_zone(fixture, SOA "this is no record\n", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, "near line"));
	g_clear_error(&error);
	g_assert_null(read_zone(fixture, SOA "$INCLUDE /etc/passwd\n", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_clear_error(&error);
	for (guint i = 0; i < 65; i++)
		g_string_append_printf(keys, "dnskey %c 257 13\n", '0' + (gchar)i);
	g_assert_null(read_zone(fixture, keys->str, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_clear_error(&error);
}

/* its memory does not grow with the zone, and who has waited long enough can stop it */
static void
test_signed_zone_large(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(GString) text = g_string_new(USUAL);
	g_autoptr(KasperZoneOrder) order = usual_order(fixture);
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autofree gchar *path = ods_fixture_get_path(fixture, "zone");
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < 20000; i++)
		g_string_append_printf(text,
				       "h%u.example.org. 60 IN A 192.0.2.1\nsig h%u A Z 256 13\n",
				       i,
				       i);
	assert_published(fixture, order, text->str, TRUE);
	g_string_append(text, "sig last A Y 256 13\ndnskey Y 256 13\n");
	ods_test_add_key(order, 'Y', 256, 13, "P");
	assert_published(fixture, order, text->str, FALSE);
	g_cancellable_cancel(cancellable);
	g_assert_null(ods_signed_zone_read(path, "example.org", cancellable, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
}

/* RFC 4034, section 5.4 */
static void
test_signed_zone_tag(void)
{
	gsize length;
	g_autofree guchar *octets = g_base64_decode(
	    "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZ"
	    "DRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9Xzc"
	    "nOf+EPbtG9DMBmADjFDc2w/rljwvFw==",
	    &length);
	g_autoptr(GBytes) key = g_bytes_new(octets, length);

	g_assert_cmpuint(ods_dnskey_get_tag(256, 5, key), ==, 60485);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ods-signed-zone/tag", test_signed_zone_tag);
	ODS_TEST_ADD("/ods-signed-zone/usual", test_signed_zone_usual);
	ODS_TEST_ADD("/ods-signed-zone/dnskeys", test_signed_zone_dnskeys);
	ODS_TEST_ADD("/ods-signed-zone/swap", test_signed_zone_swap);
	ODS_TEST_ADD("/ods-signed-zone/orphaned", test_signed_zone_orphaned);
	ODS_TEST_ADD("/ods-signed-zone/ksk", test_signed_zone_ksk);
	ODS_TEST_ADD("/ods-signed-zone/csk", test_signed_zone_csk);
	ODS_TEST_ADD("/ods-signed-zone/algorithms", test_signed_zone_algorithms);
	ODS_TEST_ADD("/ods-signed-zone/unsigned", test_signed_zone_unsigned);
	ODS_TEST_ADD("/ods-signed-zone/forms", test_signed_zone_forms);
	ODS_TEST_ADD("/ods-signed-zone/errors", test_signed_zone_errors);
	ODS_TEST_ADD("/ods-signed-zone/large", test_signed_zone_large);
	return g_test_run();
}
