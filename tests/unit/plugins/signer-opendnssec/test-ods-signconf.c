/* SPDX-License-Identifier: BSD-2-Clause */
#include <libxml/relaxng.h>
#include <string.h>

#include "ods-support.h"
#include "signconf.h"

/* OpenDNSSEC's own schema, where its packages are installed */
#define SCHEMA "/usr/share/opendnssec/signconf.rng"

static void
ignore_message(void *data, const char *format, ...)
{
}

/* what the signer would say about it */
static void
assert_valid(const gchar *text)
{
	xmlDoc *document;
	xmlRelaxNGParserCtxt *parser;
	xmlRelaxNG *schema;
	xmlRelaxNGValidCtxt *validator;

	document = xmlReadMemory(text, (int)strlen(text), "signconf.xml", NULL, XML_PARSE_NONET);
	g_assert_nonnull(document);
	if (g_file_test(SCHEMA, G_FILE_TEST_EXISTS)) {
		parser = xmlRelaxNGNewParserCtxt(SCHEMA);
		schema = xmlRelaxNGParse(parser);
		g_assert_nonnull(schema);
		validator = xmlRelaxNGNewValidCtxt(schema);
		xmlRelaxNGSetValidErrors(validator, ignore_message, ignore_message, NULL);
		g_assert_cmpint(xmlRelaxNGValidateDoc(validator, document), ==, 0);
		xmlRelaxNGFreeValidCtxt(validator);
		xmlRelaxNGFree(schema);
		xmlRelaxNGFreeParserCtxt(parser);
	}
	xmlFreeDoc(document);
}

static gchar *
make(KasperZoneOrder *order)
{
	g_autoptr(OdsSignconf) signconf = ods_signconf_new();
	gsize length;
	gchar *text = g_strdup(ods_signconf_make(signconf, order, &length));

	g_assert_cmpuint(length, ==, strlen(text));
	assert_valid(text);
	return text;
}

static void
test_signconf_whole(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 1);
	g_autofree gchar *text = NULL;

	ods_test_add_key(order, 'A', 257, 13, "PK");
	ods_test_add_key(order, 'B', 256, 13, "PZ");
	ods_test_add_key(order, 'C', 256, 13, "P");
	ods_test_add_key(order, 'D', 256, 13, "");
	text = make(order);
	g_assert_cmpstr(text,
			==,
			"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			"<SignerConfiguration>\n"
			"\t<Zone name=\"example.org\">\n"
			"\t\t<Signatures>\n"
			"\t\t\t<Resign>PT7200S</Resign>\n"
			"\t\t\t<Refresh>PT259200S</Refresh>\n"
			"\t\t\t<Validity>\n"
			"\t\t\t\t<Default>PT604800S</Default>\n"
			"\t\t\t\t<Denial>PT604801S</Denial>\n"
			"\t\t\t</Validity>\n"
			"\t\t\t<Jitter>PT43200S</Jitter>\n"
			"\t\t\t<InceptionOffset>PT3601S</InceptionOffset>\n"
			"\t\t</Signatures>\n"
			"\t\t<Denial>\n"
			"\t\t\t<NSEC/>\n"
			"\t\t</Denial>\n"
			"\t\t<Keys>\n"
			"\t\t\t<TTL>PT3602S</TTL>\n"
			"\t\t\t<Key>\n"
			"\t\t\t\t<Flags>257</Flags>\n"
			"\t\t\t\t<Algorithm>13</Algorithm>\n"
			"\t\t\t\t<Locator>4141</Locator>\n"
			"\t\t\t\t<KSK/>\n"
			"\t\t\t\t<Publish/>\n"
			"\t\t\t</Key>\n"
			"\t\t\t<Key>\n"
			"\t\t\t\t<Flags>256</Flags>\n"
			"\t\t\t\t<Algorithm>13</Algorithm>\n"
			"\t\t\t\t<Locator>4242</Locator>\n"
			"\t\t\t\t<ZSK/>\n"
			"\t\t\t\t<Publish/>\n"
			"\t\t\t</Key>\n"
			"\t\t\t<Key>\n"
			"\t\t\t\t<Flags>256</Flags>\n"
			"\t\t\t\t<Algorithm>13</Algorithm>\n"
			"\t\t\t\t<Locator>4343</Locator>\n"
			"\t\t\t\t<Publish/>\n"
			"\t\t\t</Key>\n"
			"\t\t</Keys>\n"
			"\t\t<SOA>\n"
			"\t\t\t<TTL>PT3603S</TTL>\n"
			"\t\t\t<Minimum>PT1800S</Minimum>\n"
			"\t\t\t<Serial>unixtime</Serial>\n"
			"\t\t</SOA>\n"
			"\t</Zone>\n"
			"</SignerConfiguration>\n");
}

static void
test_signconf_optional(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 1);
	KasperSigningPolicy *policy = kasper_zone_order_get_policy(order);
	g_autofree gchar *plain = NULL;
	g_autofree gchar *full = NULL;
	G_GNUC_UNUSED g_autofree gchar *salted = NULL;

	ods_test_add_key(order, 'A', 257, 8, "PKZ");
	g_object_set(policy,
		     "nsec3",
		     TRUE,
		     "nsec3-algorithm",
		     1,
		     "nsec3-iterations",
		     5,
		     "nsec3-salt",
		     "-",
		     NULL);
	plain = make(order);
	g_assert_nonnull(strstr(plain,
				"\t\t\t<NSEC3>\n"
				"\t\t\t\t<Hash>\n"
				"\t\t\t\t\t<Algorithm>1</Algorithm>\n"
				"\t\t\t\t\t<Iterations>5</Iterations>\n"
				"\t\t\t\t\t<Salt>-</Salt>\n"
				"\t\t\t\t</Hash>\n"
				"\t\t\t</NSEC3>\n"));
	g_assert_nonnull(strstr(plain, "\t\t\t\t<KSK/>\n\t\t\t\t<ZSK/>\n\t\t\t\t<Publish/>\n"));
	g_object_set(policy,
		     "nsec3-ttl",
		     G_GINT64_CONSTANT(60),
		     "nsec3-opt-out",
		     TRUE,
		     "nsec3-salt",
		     "00ff",
		     "validity-keyset",
		     G_GINT64_CONSTANT(1209600),
		     "max-zone-ttl",
		     G_GINT64_CONSTANT(86400),
		     NULL);
	full = make(order);
	g_assert_nonnull(
	    strstr(full, "\t\t\t<NSEC3>\n\t\t\t\t<TTL>PT60S</TTL>\n\t\t\t\t<OptOut/>\n"));
	g_assert_nonnull(strstr(full, "<Salt>00ff</Salt>"));
	g_assert_nonnull(strstr(full,
				"\t\t\t\t<Denial>PT604801S</Denial>\n"
				"\t\t\t\t<Keyset>PT1209600S</Keyset>\n"));
	g_assert_nonnull(
	    strstr(full, "\t\t\t<MaxZoneTTL>PT86400S</MaxZoneTTL>\n\t\t</Signatures>"));
}

/* the signer refuses an order without keys and would sign on with the old ones */
static void
test_signconf_unsigned(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) empty = ods_test_new_order(fixture, "example.org", 1);
	g_autoptr(KasperZoneOrder) through = ods_test_new_order(fixture, "example.org", 1);
	g_autoptr(KasperZoneOrder) hidden = ods_test_new_order(fixture, "example.org", 1);
	g_autofree gchar *empty_text = make(empty);
	g_autofree gchar *through_text = NULL;
	g_autofree gchar *hidden_text = NULL;

	g_assert_nonnull(strstr(empty_text, "<Zone name=\"example.org\">\n\t\t<Passthrough/>\n"));
	g_object_set(kasper_zone_order_get_policy(through), "passthrough", TRUE, NULL);
	ods_test_add_key(through, 'A', 257, 8, "PKZ");
	through_text = make(through);
	g_assert_nonnull(strstr(through_text, "<Passthrough/>"));
	ods_test_add_key(hidden, 'A', 257, 8, "");
	hidden_text = make(hidden);
	g_assert_nonnull(strstr(hidden_text, "<Passthrough/>"));
	g_assert_null(strstr(hidden_text, "<Key>"));
}

static void
test_signconf_escaped(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "a&b<c>'\"d.example", 1);
	g_autofree gchar *text = make(order);

	g_assert_nonnull(strstr(text, "name=\"a&amp;b&lt;c&gt;&apos;&quot;d.example\""));
}

/* several policies in one batch, each with its own frame */
static void
test_signconf_policies(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsSignconf) signconf = ods_signconf_new();
	g_autoptr(KasperZoneOrder) one = ods_test_new_order(fixture, "one.example", 1);
	g_autoptr(KasperZoneOrder) two = ods_test_new_order(fixture, "two.example", 1);
	gsize length;

	g_object_set(kasper_zone_order_get_policy(two), "soa-serial", "counter", NULL);
	for (guint i = 0; i < 3; i++) {
		g_assert_nonnull(strstr(ods_signconf_make(signconf, one, &length), "unixtime"));
		g_assert_nonnull(strstr(ods_signconf_make(signconf, two, &length), "counter"));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ODS_TEST_ADD("/ods-signconf/whole", test_signconf_whole);
	ODS_TEST_ADD("/ods-signconf/optional", test_signconf_optional);
	ODS_TEST_ADD("/ods-signconf/unsigned", test_signconf_unsigned);
	ODS_TEST_ADD("/ods-signconf/escaped", test_signconf_escaped);
	ODS_TEST_ADD("/ods-signconf/policies", test_signconf_policies);
	return g_test_run();
}
