/* SPDX-License-Identifier: BSD-2-Clause */
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <string.h>

#include "ods-support.h"
#include "zone-list.h"

static OdsZoneList *
open_list(OdsFixture *fixture)
{
	g_autofree gchar *path = ods_fixture_get_path(fixture, "zones.xml");
	g_autoptr(GError) error = NULL;
	OdsZoneList *list = ods_zone_list_new(path, ODS_KEEP_GROUP);

	g_assert_true(ods_zone_list_load(list, &error));
	g_assert_no_error(error);
	return list;
}

static void
write_list(OdsZoneList *list)
{
	g_autoptr(OdsFiles) files = ods_files_new(ODS_KEEP_GROUP);
	g_autoptr(GError) error = NULL;
	OdsFile *file = ods_zone_list_write(list, files, &error);

	g_assert_no_error(error);
	ods_files_commit(files);
	g_assert_no_error(file->error);
	ods_zone_list_settle(list);
	g_assert_false(ods_zone_list_has_changes(list));
}

static gboolean
put(OdsFixture *fixture, OdsZoneList *list, const gchar *zone)
{
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, zone, 1);

	return ods_zone_list_put(list, order);
}

/* names in the file, as an XML parser finds them, each with a blank behind it */
static gchar *
get_names(OdsFixture *fixture)
{
	g_autofree gchar *text = ods_fixture_read(fixture, "zones.xml");
	xmlDoc *document = xmlReadMemory(text, (int)strlen(text), "zones.xml", NULL, 0);
	GString *names = g_string_new(NULL);

	g_assert_nonnull(document);
	for (xmlNode *node = xmlDocGetRootElement(document)->children; node != NULL;
	     node = node->next) {
		xmlChar *name = node->type == XML_ELEMENT_NODE
				    ? xmlGetProp(node, (const xmlChar *)"name")
				    : NULL;

		if (name != NULL)
			g_string_append_printf(names, "%s ", name);
		xmlFree(name);
	}
	xmlFreeDoc(document);
	return g_string_free(names, FALSE);
}

static void
assert_names(OdsFixture *fixture, const gchar *wanted)
{
	g_autofree gchar *names = get_names(fixture);

	g_assert_cmpstr(names, ==, wanted);
}

static void
test_zone_list_new(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsZoneList) list = open_list(fixture);
	g_autofree gchar *text = NULL;
	g_autofree gchar *wanted =
	    g_strdup_printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			    "<!-- Written by Kasper, one zone a line. -->\n"
			    "<ZoneList>\n"
			    "<Zone name=\"example.org\"><Policy>kasper</Policy>"
			    "<SignerConfiguration>%s/example.org.xml</SignerConfiguration>"
			    "<Adapters><Input><Adapter type=\"File\">%s/example.org.in</Adapter>"
			    "</Input><Output><Adapter type=\"File\">%s/example.org.out</Adapter>"
			    "</Output></Adapters></Zone>\n"
			    "</ZoneList>\n",
			    fixture->folder,
			    fixture->folder,
			    fixture->folder);

	g_assert_false(ods_zone_list_is_due(list));
	g_assert_true(put(fixture, list, "example.org"));
	/* until it is written the signer does not know it */
	g_assert_true(put(fixture, list, "example.org"));
	g_assert_true(ods_zone_list_is_due(list));
	write_list(list);
	text = ods_fixture_read(fixture, "zones.xml");
	g_assert_cmpstr(text, ==, wanted);
	g_assert_false(put(fixture, list, "example.org"));
}

static void
test_zone_list_transfers(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsZoneList) list = open_list(fixture);
	g_autoptr(KasperZoneOrder) order = ods_test_new_order(fixture, "example.org", 1);
	g_autofree gchar *text = NULL;

	g_assert_true(ods_zone_list_put(list, order));
	write_list(list);
	kasper_zone_order_set_files(order, "/a&b.xml", "/etc/addns.xml", NULL);
	kasper_zone_order_set_adapters(order, "DNS", "DNS", "/etc/addns.xml");
	g_assert_true(ods_zone_list_put(list, order));
	write_list(list);
	g_assert_false(ods_zone_list_put(list, order));
	text = ods_fixture_read(fixture, "zones.xml");
	g_assert_nonnull(strstr(text, "<SignerConfiguration>/a&amp;b.xml</SignerConfiguration>"));
	g_assert_nonnull(
	    strstr(text, "<Input><Adapter type=\"DNS\">/etc/addns.xml</Adapter></Input>"));
	g_assert_nonnull(
	    strstr(text, "<Output><Adapter type=\"DNS\">/etc/addns.xml</Adapter></Output>"));
	assert_names(fixture, "example.org ");
}

static void
test_zone_list_changes(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsZoneList) list = open_list(fixture);
	g_autoptr(KasperZoneOrder) moved = ods_test_new_order(fixture, "b.example", 1);
	g_autofree gchar *text = NULL;

	put(fixture, list, "a.example");
	write_list(list);
	put(fixture, list, "b.example");
	write_list(list);
	put(fixture, list, "c.example");
	write_list(list);
	assert_names(fixture, "a.example b.example c.example ");
	/* in the middle, and one goes and another comes */
	kasper_zone_order_set_files(moved, "/elsewhere.xml", "/in", "/out");
	g_assert_true(ods_zone_list_put(list, moved));
	g_assert_true(ods_zone_list_remove(list, "a.example"));
	g_assert_false(ods_zone_list_remove(list, "never.example"));
	write_list(list);
	assert_names(fixture, "c.example b.example ");
	text = ods_fixture_read(fixture, "zones.xml");
	g_assert_nonnull(strstr(text, ">/elsewhere.xml<"));
	g_assert_true(ods_zone_list_remove(list, "b.example"));
	g_assert_true(ods_zone_list_remove(list, "c.example"));
	write_list(list);
	assert_names(fixture, "");
	g_assert_true(put(fixture, list, "a.example"));
}

/* one that was wanted and is not any more, before it was ever written */
static void
test_zone_list_taken_back(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsZoneList) list = open_list(fixture);

	g_assert_true(put(fixture, list, "a.example"));
	g_assert_false(ods_zone_list_remove(list, "a.example"));
	g_assert_false(ods_zone_list_has_changes(list));
}

/* the next daemon finds what the last one wrote */
static void
test_zone_list_read_again(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsZoneList) first = open_list(fixture);
	g_autoptr(OdsZoneList) second = NULL;

	put(fixture, first, "a.example");
	put(fixture, first, "b&c.example");
	write_list(first);
	second = open_list(fixture);
	g_assert_false(put(fixture, second, "a.example"));
	g_assert_false(put(fixture, second, "b&c.example"));
	g_assert_true(put(fixture, second, "d.example"));
	write_list(second);
	g_assert_cmpuint(ods_fixture_count(fixture, ".tmp"), ==, 0);
	/* and so does the first, when it looks again */
	g_assert_true(ods_zone_list_load(first, NULL));
	g_assert_false(put(fixture, first, "d.example"));
	g_assert_true(ods_zone_list_remove(first, "b&c.example"));
	write_list(first);
	assert_names(fixture, "a.example d.example ");
}

/* as OpenDNSSEC's enforcer leaves it: its zones stay, and one that is also ours becomes ours */
static void
test_zone_list_foreign(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsZoneList) list = NULL;
	g_autofree gchar *text = NULL;

	ods_fixture_write(fixture,
			  "zones.xml",
			  "<?xml version=\"1.0\"?>\n<!-- hello -->\n<ZoneList>\n"
			  "  <Zone name=\"old.example\">\n    <Policy>default</Policy>\n"
			  "    <SignerConfiguration> /old.xml\n</SignerConfiguration>\n"
			  "    <Adapters><Input><File>/old.in</File></Input>\n"
			  "      <Output><Adapter type=\"DNS\">/addns.xml</Adapter></Output>\n"
			  "    </Adapters></Zone>\n"
			  "  <Zone name=\"ours.example\"><Policy>p</Policy><SignerConfiguration>/x"
			  "</SignerConfiguration><Adapters><Input><File>/y</File></Input><Output>"
			  "<File>/z</File></Output></Adapters></Zone>\n"
			  "</ZoneList>\n");
	list = open_list(fixture);
	g_assert_true(put(fixture, list, "ours.example"));
	write_list(list);
	text = ods_fixture_read(fixture, "zones.xml");
	g_assert_nonnull(
	    strstr(text,
		   "<Zone name=\"old.example\"><Policy>kasper</Policy><SignerConfiguration>/old.xml"
		   "</SignerConfiguration><Adapters><Input><Adapter type=\"File\">/old.in</Adapter>"
		   "</Input><Output><Adapter type=\"DNS\">/addns.xml</Adapter></Output></Adapters>"
		   "</Zone>\n"));
	g_assert_nonnull(strstr(text, "/ours.example.xml<"));
	g_assert_null(strstr(text, ">/x<"));
	g_assert_false(put(fixture, list, "ours.example"));
}

static void
test_zone_list_damaged(OdsFixture *fixture, gconstpointer data)
{
	static const gchar *const texts[] = {
	    "",
	    "<ZoneList><Zone name=\"a.example\">",
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<!-- Written by Kasper, one zone a line. -->\n<ZoneList>\n"
	    "<Zone name=\"a.example\"><Policy>kas",
	    "no XML at all",
	};
	g_autofree gchar *path = ods_fixture_get_path(fixture, "zones.xml");

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(OdsZoneList) list = ods_zone_list_new(path, ODS_KEEP_GROUP);
		g_autoptr(GError) error = NULL;
		g_autofree gchar *text = NULL;

		ods_fixture_write(fixture, "zones.xml", texts[i]);
		g_assert_false(ods_zone_list_load(list, &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
		g_assert_nonnull(strstr(error->message, path));
		g_assert_nonnull(strstr(error->message, "zonelist.xml"));
		text = ods_fixture_read(fixture, "zones.xml");
		g_assert_cmpstr(text, ==, texts[i]);
		/* and it works as soon as it is mended */
		ods_fixture_write(fixture, "zones.xml", "<ZoneList/>");
		g_clear_error(&error);
		g_assert_true(ods_zone_list_load(list, &error));
		g_assert_no_error(error);
	}
}

/* a list without the zones that were in it would end them at the signer */
static void
test_zone_list_vanished(OdsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *path = ods_fixture_get_path(fixture, "zones.xml");
	g_autofree gchar *away = ods_fixture_get_path(fixture, "away.xml");
	g_autoptr(OdsZoneList) list = open_list(fixture);
	g_autoptr(GError) error = NULL;

	put(fixture, list, "a.example");
	write_list(list);
	g_assert_cmpint(g_rename(path, away), ==, 0);
	g_assert_false(ods_zone_list_load(list, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_cmpint(g_rename(away, path), ==, 0);
	g_assert_true(ods_zone_list_load(list, &error));
	g_assert_no_error(error);
	put(fixture, list, "b.example");
	write_list(list);
	assert_names(fixture, "a.example b.example ");
}

/* entities are neither fetched nor do they grow */
static void
test_zone_list_hostile(OdsFixture *fixture, gconstpointer data)
{
	g_autofree gchar *path = ods_fixture_get_path(fixture, "zones.xml");
	g_autoptr(OdsZoneList) list = ods_zone_list_new(path, ODS_KEEP_GROUP);
	g_autofree gchar *secret = ods_fixture_get_path(fixture, "secret");
	g_autofree gchar *text =
	    g_strdup_printf("<!DOCTYPE z [<!ENTITY e SYSTEM \"file://%s\">]><ZoneList>"
			    "<Zone name=\"a.example\"><Policy>p</Policy><SignerConfiguration>&e;"
			    "</SignerConfiguration></Zone></ZoneList>",
			    secret);
	g_autofree gchar *after = NULL;

	ods_fixture_write(fixture, "secret", "secret-words");
	ods_fixture_write(fixture, "zones.xml", text);
	if (ods_zone_list_load(list, NULL)) {
		put(fixture, list, "b.example");
		write_list(list);
	}
	after = ods_fixture_read(fixture, "zones.xml");
	g_assert_null(strstr(after, "secret-words"));
}

/* a long list is not written for each small lot, and in the end all are in it */
static void
test_zone_list_long(OdsFixture *fixture, gconstpointer data)
{
	g_autoptr(OdsZoneList) list = open_list(fixture);
	g_autoptr(OdsZoneList) again = NULL;
	guint n_written = 0;

	for (guint i = 0; i < 30000; i++) {
		g_autofree gchar *zone = g_strdup_printf("zone-%u.example", i);

		put(fixture, list, zone);
		if (i % 100 != 99 || !ods_zone_list_is_due(list))
			continue;
		write_list(list);
		n_written++;
	}
	if (ods_zone_list_has_changes(list))
		write_list(list);
	g_assert_cmpuint(n_written, >, 100);
	g_assert_cmpuint(n_written, <, 200);
	again = open_list(fixture);
	for (guint i = 0; i < 30000; i++) {
		g_autofree gchar *zone = g_strdup_printf("zone-%u.example", i);

		g_assert_false(put(fixture, again, zone));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ODS_TEST_ADD("/ods-zone-list/new", test_zone_list_new);
	ODS_TEST_ADD("/ods-zone-list/transfers", test_zone_list_transfers);
	ODS_TEST_ADD("/ods-zone-list/changes", test_zone_list_changes);
	ODS_TEST_ADD("/ods-zone-list/taken-back", test_zone_list_taken_back);
	ODS_TEST_ADD("/ods-zone-list/read-again", test_zone_list_read_again);
	ODS_TEST_ADD("/ods-zone-list/foreign", test_zone_list_foreign);
	ODS_TEST_ADD("/ods-zone-list/damaged", test_zone_list_damaged);
	ODS_TEST_ADD("/ods-zone-list/vanished", test_zone_list_vanished);
	ODS_TEST_ADD("/ods-zone-list/hostile", test_zone_list_hostile);
	ODS_TEST_ADD("/ods-zone-list/long", test_zone_list_long);
	return g_test_run();
}
