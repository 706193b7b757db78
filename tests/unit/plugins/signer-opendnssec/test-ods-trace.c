/* SPDX-License-Identifier: BSD-2-Clause */

/* what somebody has left of a zone before the first order for it */

#include "trace.h"

#include <glib/gstdio.h>
#include <string.h>

#include "ods-support.h"

/* as OpenDNSSEC 2.1's enforcer writes it */
static const gchar foreign_text[] =
    "<?xml version=\"1.0\"?>\n"
    "<SignerConfiguration>\n"
    "  <Zone name=\"example.org\">\n"
    "    <Signatures><Resign>PT7200S</Resign><Refresh>PT259200S</Refresh></Signatures>\n"
    "    <Denial><NSEC/></Denial>\n"
    "    <Keys>\n"
    "      <TTL>PT3600S</TTL>\n"
    "      <Key><Flags>257</Flags><Algorithm>8</Algorithm><Locator>04260CD6EAC6</Locator>"
    "<KSK/><Publish/></Key>\n"
    "      <Key><Flags>256</Flags><Algorithm>8</Algorithm><Locator>be09</Locator>"
    "<ZSK/><Publish/></Key>\n"
    "      <Key><Flags>256</Flags><Algorithm>8</Algorithm><Locator>c0de</Locator>"
    "<Publish/></Key>\n"
    "    </Keys>\n"
    "    <SOA><TTL>PT3600S</TTL></SOA>\n"
    "  </Zone>\n"
    "</SignerConfiguration>\n";

static const gchar passthrough_text[] =
    "<SignerConfiguration><Zone name=\"example.org\"><Passthrough/><Keys><Key><Flags>257</Flags>"
    "<Algorithm>8</Algorithm><Locator>0426</Locator><KSK/></Key></Keys></Zone>"
    "</SignerConfiguration>";

static const gchar signed_text[] =
    "; Signed on Tue Nov 24 2026 RRSIG DNSKEY\n"
    "$TTL 3600\n"
    "example.org.\t3600\tIN\tSOA\tns.example.org. root.example.org. 1 2 3 4 5\n"
    "example.org.\t3600\tIN\tRRSIG\tSOA 8 2 3600 20260101000000 20250101000000 1 example.org. AA==\n";

static const gchar unsigned_text[] =
    "; RRSIG DNSKEY\n"
    "$TTL 3600\n"
    "example.org.\t3600\tIN\tSOA\tns.example.org. root.example.org. 1 2 3 4 5\n"
    "rrsig.example.org. 3600 IN TXT \"IN RRSIG\" RRSIG\n"
    "dnskey 3600 IN CNAME rrsig\n"
    "\t\tIN NS rrsig\n";

static KasperSignerFinding *
find(OdsFixture *fixture)
{
	g_autoptr(OdsTracer) tracer = ods_tracer_new();
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 0);

	return ods_tracer_find(tracer, order, NULL);
}

static void
assert_finding(OdsFixture *fixture, KasperSignerTrace trace, const gchar *words)
{
	g_autoptr(KasperSignerFinding) finding = find(fixture);
	const gchar *text = kasper_signer_finding_get_text(finding);

	g_assert_cmpint((gint)kasper_signer_finding_get_trace(finding), ==, (gint)trace);
	if (words == NULL)
		g_assert_null(text);
	else if (strstr(text, words) == NULL)
		g_error("\"%s\" does not say \"%s\"", text, words);
}

static void
test_lines(void)
{
	static const struct {
		const gchar *line;
		gboolean is_signed;
	} rows[] = {
	    {"a.example. 3600 IN RRSIG A 8 2 3600 1 2 3 a. AA==", TRUE},
	    {"a.example.\t3600\tIN\tDNSKEY\t257 3 8 AA==", TRUE},
	    {"a IN 3600 rrsig A 8", TRUE},
	    {"a rrsig A 8", TRUE},
	    {"  DNSKEY 257", TRUE},
	    {" 1h in dnskey 257", TRUE},
	    {"", FALSE},
	    {"\n", FALSE},
	    {"; a IN RRSIG A", FALSE},
	    {"RRSIG IN A 1.2.3.4", FALSE},
	    {"dnskey.example. 3600 IN A 1.2.3.4", FALSE},
	    {"a IN TXT RRSIG", FALSE},
	    {"a IN NSEC b A RRSIG", FALSE},
	    {"a IN RRSIGS", FALSE},
	    {"a 3600 ; RRSIG", FALSE},
	    {"$TTL 3600", FALSE},
	    {"$ORIGIN RRSIG", TRUE}, /* nobody has a top-level domain of that name */
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (ods_trace_is_signed_line(rows[i].line) != rows[i].is_signed)
			g_error("wrong about \"%s\"", rows[i].line);
	}
}

static void
test_nothing(OdsFixture *fixture, gconstpointer data)
{
	assert_finding(fixture, KASPER_SIGNER_NOTHING, NULL);
	g_assert_cmpuint(ods_fixture_count(fixture, ""), ==, 0);
}

static void
test_configuration(OdsFixture *fixture, gconstpointer data)
{
	static const guint uses[] = {
	    KASPER_KEY_USE_PUBLISH | KASPER_KEY_USE_SIGN_KEYS,
	    KASPER_KEY_USE_PUBLISH | KASPER_KEY_USE_SIGN_DATA,
	    KASPER_KEY_USE_PUBLISH,
	};
	static const gchar *const ids[] = {"04260cd6eac6", "be09", "c0de"};
	g_autoptr(KasperSignerFinding) finding = NULL;
	GListModel *keys;

	ods_fixture_write(fixture, "example.org.xml", foreign_text);
	assert_finding(fixture,
		       KASPER_SIGNER_SIGNED,
		       "example.org.xml orders it to be signed with KSK 04260cd6eac6 (algorithm "
		       "8), ZSK be09 (algorithm 8), key c0de (algorithm 8)");
	finding = find(fixture);
	keys = kasper_signer_finding_get_keys(finding);
	g_assert_cmpuint(g_list_model_get_n_items(keys), ==, G_N_ELEMENTS(ids));
	for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(KasperOrderKey) key = g_list_model_get_item(keys, i);

		g_assert_cmpstr(kasper_order_key_get_id(key), ==, ids[i]);
		g_assert_cmpuint(kasper_order_key_get_use(key), ==, uses[i]);
		g_assert_cmpuint(kasper_order_key_get_flags(key), ==, i == 0 ? 257 : 256);
		g_assert_cmpuint(kasper_order_key_get_algorithm(key), ==, 8);
		g_assert_null(kasper_order_key_get_public_key(key));
	}
}

/* by such an order the zone is not signed: then its output tells */
static void
test_passthrough(OdsFixture *fixture, gconstpointer data)
{
	ods_fixture_write(fixture, "example.org.xml", passthrough_text);
	assert_finding(fixture, KASPER_SIGNER_NOTHING, NULL);
	ods_fixture_write(fixture, "example.org.out", unsigned_text);
	assert_finding(fixture, KASPER_SIGNER_NOTHING, NULL);
	ods_fixture_write(fixture, "example.org.out", signed_text);
	assert_finding(fixture, KASPER_SIGNER_SIGNED, "example.org.out has signatures");
	ods_fixture_write(fixture,
			  "example.org.xml",
			  "<SignerConfiguration><Zone><Keys/></Zone></SignerConfiguration>");
	ods_fixture_write(fixture, "example.org.out", "");
	assert_finding(fixture, KASPER_SIGNER_NOTHING, NULL);
}

/* cut short, something else, or not a file at all: nobody knows what it said */
static void
test_unclear(OdsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *path = ods_fixture_get_path(fixture, "example.org.xml");
	g_autofree gchar *cut = g_strndup(foreign_text, strlen(foreign_text) / 2);

	ods_fixture_write(fixture, "example.org.xml", cut);
	assert_finding(fixture, KASPER_SIGNER_UNCLEAR, "is no signer configuration");
	ods_fixture_write(fixture, "example.org.xml", "");
	assert_finding(fixture, KASPER_SIGNER_UNCLEAR, "is no signer configuration");
	ods_fixture_write(fixture, "example.org.xml", "<html/>");
	assert_finding(fixture, KASPER_SIGNER_UNCLEAR, "is no signer configuration");
	g_assert_cmpint(g_unlink(path), ==, 0);
	g_assert_cmpint(g_mkdir(path, 0755), ==, 0);
	assert_finding(fixture, KASPER_SIGNER_UNCLEAR, "is no file");
	g_assert_cmpint(g_rmdir(path), ==, 0);
	assert_finding(fixture, KASPER_SIGNER_NOTHING, NULL);
}

/* a disk that is not mounted has no files */
static void
test_folder(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsTracer) tracer = ods_tracer_new();
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 0);
	g_autofree gchar *path = ods_fixture_get_path(fixture, "absent/example.org.xml");
	g_autofree gchar *output = ods_fixture_get_path(fixture, "absent/example.org");
	g_autoptr(KasperSignerFinding) finding = NULL;

	kasper_zone_order_set_files(order, path, NULL, output);
	finding = ods_tracer_find(tracer, order, NULL);
	g_assert_cmpint((gint)kasper_signer_finding_get_trace(finding), ==, KASPER_SIGNER_UNCLEAR);
	g_assert_nonnull(strstr(kasper_signer_finding_get_text(finding), "absent, where its"));
}

/* a line of any length costs no memory, and what is in its middle does not begin a record */
static void
test_long_lines(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(GString) text = g_string_new("a.example. 3600 IN TXT \"");

	for (guint i = 0; i < 100000; i++)
		g_string_append(text, " IN RRSIG ");
	g_string_append(text, "\"\n");
	ods_fixture_write(fixture, "example.org.out", text->str);
	assert_finding(fixture, KASPER_SIGNER_NOTHING, NULL);
	g_string_append(text, "a.example. IN RRSIG TXT 8");
	ods_fixture_write(fixture, "example.org.out", text->str);
	assert_finding(fixture, KASPER_SIGNER_SIGNED, "has signatures");
}

/* where there is no file, the configuration has to tell */
static void
test_no_output(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsTracer) tracer = ods_tracer_new();
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 0);
	g_autofree gchar *path = ods_fixture_get_path(fixture, "example.org.xml");
	g_autoptr(KasperSignerFinding) before = NULL;
	g_autoptr(KasperSignerFinding) after = NULL;

	kasper_zone_order_set_files(order, path, NULL, NULL);
	before = ods_tracer_find(tracer, order, NULL);
	g_assert_cmpint((gint)kasper_signer_finding_get_trace(before), ==, KASPER_SIGNER_NOTHING);
	ods_fixture_write(fixture, "example.org.xml", foreign_text);
	after = ods_tracer_find(tracer, order, NULL);
	g_assert_cmpint((gint)kasper_signer_finding_get_trace(after), ==, KASPER_SIGNER_SIGNED);
}

gint
main(gint argc, gchar **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ods-trace/lines", test_lines);
	ODS_TEST_ADD("/ods-trace/nothing", test_nothing);
	ODS_TEST_ADD("/ods-trace/configuration", test_configuration);
	ODS_TEST_ADD("/ods-trace/passthrough", test_passthrough);
	ODS_TEST_ADD("/ods-trace/unclear", test_unclear);
	ODS_TEST_ADD("/ods-trace/folder", test_folder);
	ODS_TEST_ADD("/ods-trace/long-lines", test_long_lines);
	ODS_TEST_ADD("/ods-trace/no-output", test_no_output);
	return g_test_run();
}
