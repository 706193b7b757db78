/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Three things say what a file may hold: RELAX NG as libxml2 understands it, our own reading of
 * the schemas that explains mistakes, and the reader of zone lists. They must agree. Good files
 * are changed at random, a few times each, and all of them are asked.
 */

#include "config-fixture.h"
#include "kasper-grammar-private.h"
#include "kasper-schema-private.h"
#include "kasper-zone-list-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <libxml/xmlsave.h>
#include <string.h>

#define ROUNDS 400

static GPtrArray *
new_findings(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)kasper_finding_free);
}

/* all elements of a tree */
static void
list_elements(xmlNode *node, GPtrArray *elements)
{
	g_ptr_array_add(elements, node);
	for (xmlNode *child = node->children; child != NULL; child = child->next) {
		if (child->type == XML_ELEMENT_NODE)
			list_elements(child, elements);
	}
}

static xmlNode *
pick(GPtrArray *elements)
{
	return g_ptr_array_index(elements, g_test_rand_int_range(0, (gint32)elements->len));
}

static const xmlChar *
pick_text(void)
{
	static const gchar *const texts[] = {"",	" ",
					     "0",	"1",
					     "+7",	"-1",
					     "65535",	"65536",
					     "256",	"99999999999999999999",
					     "P1D",	"PT1H",
					     "P1DT",	"1h",
					     "P1W",	"P",
					     "3600",	"true",
					     "File",	"DNS",
					     "counter", "local0",
					     "signer",	"KskDoubleDS",
					     "switch",	"text \xc3\xa9"};

	return (const xmlChar *)texts[g_test_rand_int_range(0, G_N_ELEMENTS(texts))];
}

static void
change_attribute(xmlNode *node)
{
	static const gchar *const names[] =
	    {"name", "type", "length", "kind", "module", "port", "x"};
	const gchar *known = names[g_test_rand_int_range(0, G_N_ELEMENTS(names))];

	if (node->properties != NULL && g_test_rand_bit())
		xmlRemoveProp(node->properties);
	else if (node->properties != NULL && g_test_rand_bit())
		xmlSetProp(node, node->properties->name, pick_text());
	else
		xmlSetProp(node, (const xmlChar *)known, pick_text());
}

/* one change; the root element stays */
static void
mutate(xmlDoc *doc)
{
	g_autoptr(GPtrArray) elements = g_ptr_array_new();
	xmlNode *root = xmlDocGetRootElement(doc);
	xmlNode *node, *other;

	list_elements(root, elements);
	node = pick(elements);
	other = pick(elements);
	switch (g_test_rand_int_range(0, 7)) {
	case 0:
		change_attribute(node);
		return;
	case 1: /* another text, in the place of whatever there was */
		if (node != root)
			xmlNodeSetContent(node, pick_text());
		return;
	case 2: /* more text */
		xmlNodeAddContent(node, pick_text());
		return;
	case 3: /* one less */
		if (node != root) {
			xmlUnlinkNode(node);
			xmlFreeNode(node);
		}
		return;
	case 4: /* one twice, or where another one was expected */
		if (node != root)
			xmlAddChild(g_test_rand_bit() ? node->parent : other, xmlCopyNode(node, 1));
		return;
	case 5: /* another name */
		if (node != root)
			xmlNodeSetName(node, other->name);
		return;
	default: /* another order, which means nothing */
		if (node != root)
			xmlAddChild(node->parent, node);
		return;
	}
}

static gchar *
to_text(xmlDoc *doc)
{
	xmlChar *text = NULL;
	gint length = 0;
	gchar *copy;

	xmlDocDumpMemoryEnc(doc, &text, &length, "UTF-8");
	copy = g_strdup((const gchar *)text);
	xmlFree(text);
	return copy;
}

/* as a file has it: neighbouring texts are one, and lines are what they are */
static xmlDoc *
parse(const gchar *text)
{
	g_autoptr(GPtrArray) list = new_findings();
	KasperFindings findings = KASPER_FINDINGS_INIT(list, "test.xml");
	g_autofree gchar *copy = g_strdup(text);
	xmlDoc *doc = kasper_xml_parse(copy, strlen(copy), NULL, &findings);

	g_assert_nonnull(doc);
	return doc;
}

static gboolean
is_valid(const gchar *schema, xmlDoc *doc)
{
	g_autoptr(GPtrArray) list = new_findings();
	KasperFindings findings = KASPER_FINDINGS_INIT(list, "test.xml");

	return kasper_grammar_check(schema, doc, &findings);
}

static guint
explain(const gchar *schema, xmlDoc *doc)
{
	g_autoptr(GPtrArray) list = new_findings();
	KasperFindings findings = KASPER_FINDINGS_INIT(list, "test.xml");

	kasper_grammar_explain(schema, doc, &findings);
	return findings.n_errors;
}

static void
ignore_zone(KasperZoneDraft *draft, gpointer data)
{
	(*(guint *)data)++;
}

static guint
read_zones(ConfigFixture *fixture, const gchar *text)
{
	g_autoptr(GPtrArray) list = new_findings();
	KasperFindings findings = KASPER_FINDINGS_INIT(list, "test.xml");
	g_autofree gchar *path = config_fixture_path(fixture, "test.xml");
	guint n = 0;
	gint fd;

	config_fixture_write(fixture, "test.xml", text, -1);
	fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
	g_assert_cmpint(fd, >=, 0);
	kasper_zone_list_parse(fd, ignore_zone, &n, &findings);
	g_close(fd, NULL);
	return findings.n_errors;
}

static void
check(ConfigFixture *fixture, const gchar *schema, const gchar *text, guint *n_valid)
{
	xmlDoc *doc = parse(text);
	gboolean valid = is_valid(schema, doc);
	guint n_explained = explain(schema, doc);

	if (valid != (n_explained == 0))
		g_error("RELAX NG says %d, and %u mistakes are explained:\n%s",
			valid,
			n_explained,
			text);
	if (strcmp(schema, "zonelist.rng") == 0 && valid != (read_zones(fixture, text) == 0))
		g_error("RELAX NG says %d, the reader of zones otherwise:\n%s", valid, text);
	*n_valid += valid ? 1 : 0;
	kasper_xml_free(doc);
}

static void
test_agree(gconstpointer data)
{
	static const gchar *const sets[] = {"1.4", "2.1", "kasper"};
	const gchar *name = data;
	g_autofree gchar *file = g_strconcat(name, ".xml", NULL);
	g_autofree gchar *schema = g_strconcat(name, ".rng", NULL);
	guint n_valid = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(sets); i++) {
		ConfigFixture fixture = {0};
		g_autofree gchar *good = NULL;
		guint n_good = 0;

		config_fixture_set_up(&fixture, sets[i]);
		good = config_fixture_read(&fixture, file);
		check(&fixture, schema, good, &n_good);
		g_assert_cmpuint(n_good, ==, 1);
		for (guint round = 0; round < ROUNDS; round++) {
			xmlDoc *doc = parse(good);
			g_autofree gchar *changed = NULL;
			gint32 n = g_test_rand_int_range(1, 4);

			while (n-- > 0)
				mutate(doc);
			changed = to_text(doc);
			kasper_xml_free(doc);
			check(&fixture, schema, changed, &n_valid);
		}
		config_fixture_tear_down(&fixture);
	}
	/* both verdicts were among them */
	g_assert_cmpuint(n_valid, >, 0);
	g_assert_cmpuint(n_valid, <, ROUNDS * G_N_ELEMENTS(sets));
}

static void
assert_documented(const xmlNode *pattern, const gchar *page)
{
	for (const xmlNode *node = kasper_xml_first(pattern, NULL); node != NULL;
	     node = kasper_xml_next(node, NULL)) {
		g_autofree gchar *name = kasper_xml_dup_attribute(node, "name");
		gboolean named = strcmp((const gchar *)node->name, "element") == 0 ||
				 strcmp((const gchar *)node->name, "attribute") == 0;

		if (named && strstr(page, name) == NULL)
			g_error("doc/configuration.md does not have %s", name);
		assert_documented(node, page);
	}
}

/* whatever may stand in a file is explained to those who write it */
static void
test_documented(gconstpointer data)
{
	g_autofree gchar *path =
	    g_build_filename(g_getenv("KASPER_SOURCE_ROOT"), "doc/configuration.md", NULL);
	g_autofree gchar *schema = g_strconcat(data, ".rng", NULL);
	g_autoptr(GBytes) bytes = kasper_schema_get(schema);
	g_autofree gchar *page = NULL;
	g_autofree gchar *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	g_autoptr(GError) error = NULL;
	xmlDoc *doc = parse(text);

	g_file_get_contents(path, &page, NULL, &error);
	g_assert_no_error(error);
	assert_documented(xmlDocGetRootElement(doc), page);
	kasper_xml_free(doc);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_data_func("/config/grammar/conf", "conf", test_agree);
	g_test_add_data_func("/config/grammar/kasp", "kasp", test_agree);
	g_test_add_data_func("/config/grammar/zonelist", "zonelist", test_agree);
	g_test_add_data_func("/config/documented/conf", "conf", test_documented);
	g_test_add_data_func("/config/documented/kasp", "kasp", test_documented);
	g_test_add_data_func("/config/documented/zonelist", "zonelist", test_documented);
	return g_test_run();
}
