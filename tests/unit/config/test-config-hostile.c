/* SPDX-License-Identifier: BSD-2-Clause */

/* files that somebody made to hurt, or that an accident made */

#include "config-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const gchar *const files[] = {"conf.xml", "kasp.xml", "zonelist.xml"};
static const gchar *const roots[] = {"Configuration", "KASP", "ZoneList"};

typedef struct {
	const gchar *name;
	const gchar *text; /* "ROOT" stands for the root element */
	gint line;	   /* -1: anywhere */
	const gchar *says;
} Hostile;

/* each as each of the three files */
static const Hostile hostile[] = {
    {"empty", "", -1, "is not well-formed XML"},
    {"blank", " \n\n", -1, "is not well-formed XML"},
    {"not-xml", "<<<>>>\n", 1, "is not well-formed XML"},
    {"text", "colour = red\n", 1, "is not well-formed XML"},
    {"end-missing", "<ROOT>\n", -1, "is not well-formed XML"},
    {"two-roots", "<ROOT></ROOT>\n<ROOT></ROOT>\n", 2, "is not well-formed XML"},
    {"other-root", "<html>\n</html>\n", 1, "the first element is <html>, not <ROOT>"},
    {"other-namespace", "<ROOT xmlns=\"urn:x\"></ROOT>", 1, "the first element is <ROOT>, not"},
    {"doctype", "<!DOCTYPE ROOT>\n<ROOT/>\n", 1, "document type declaration"},
    {"external-subset",
     "<!DOCTYPE ROOT SYSTEM \"http://198.51.100.1/x.dtd\">\n<ROOT/>\n",
     1,
     "document type declaration"},
    {"external-entity",
     "<!DOCTYPE ROOT [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>\n<ROOT>&e;</ROOT>\n",
     1,
     "document type declaration"},
    {"parameter-entity",
     "<?xml version=\"1.0\"?>\n<!DOCTYPE ROOT [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]>\n"
     "<ROOT/>\n",
     2,
     "document type declaration"},
    {"many-laughs",
     "<!DOCTYPE ROOT [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\n"
     "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">\n"
     "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\">]>\n<ROOT>&e;</ROOT>\n",
     1,
     "document type declaration"},
    {"unknown-entity", "<ROOT>\n&etc;</ROOT>\n", 2, "is not well-formed XML"},
    {"xinclude",
     "<ROOT>\n<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"/etc/passwd\" "
     "parse=\"text\"/>\n</ROOT>\n",
     2,
     "<include> is not known in <ROOT>"},
    {"nul", "<ROOT>\001</ROOT>", 1, "is not well-formed XML"},
    {"not-utf-8", "<ROOT a=\"\xff\xfe\"/>", 1, "is not well-formed XML"},
    {"attribute-twice", "<ROOT a=\"1\" a=\"1\"/>", 1, "is not well-formed XML"},
    {"prefix-unknown", "<ROOT>\n<q:Plugin/>\n</ROOT>", 2, "is not well-formed XML"},
    {"cdata-end", "<ROOT>]]></ROOT>", 1, "is not well-formed XML"},
};

/* the others refer to it: they stay good */
static void
spoil(ConfigFixture *fixture, guint file, const gchar *text, gssize length)
{
	config_fixture_set_up(fixture, "kasper");
	config_fixture_write(fixture, files[file], text, length);
	config_fixture_load(fixture);
	g_assert_null(fixture->config);
}

static gchar *
expand(const gchar *text, const gchar *root)
{
	GString *expanded = g_string_new(text);

	g_string_replace(expanded, "ROOT", root, 0);
	return g_string_free(expanded, FALSE);
}

static gboolean
has_error(ConfigFixture *fixture, guint file, gint line, const gchar *says)
{
	g_autofree gchar *path = config_fixture_path(fixture, files[file]);

	for (guint i = 0; i < fixture->findings->len; i++) {
		const KasperFinding *finding = g_ptr_array_index(fixture->findings, i);

		if (finding->level == KASPER_FINDING_ERROR && strcmp(finding->file, path) == 0 &&
		    strstr(finding->text, says) != NULL && (line < 0 || finding->line == line))
			return TRUE;
		g_test_message("%s:%d: %s", finding->file, finding->line, finding->text);
	}
	return FALSE;
}

static void
test_hostile(gconstpointer data)
{
	const Hostile *input = data;

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		ConfigFixture fixture = {0};
		g_autofree gchar *text = expand(input->text, roots[i]);
		g_autofree gchar *says = expand(input->says, roots[i]);

		spoil(&fixture, i, text, -1);
		g_assert_true(has_error(&fixture, i, input->line, says));
		/* nothing that was to be included or fetched is in what is said */
		for (guint j = 0; j < fixture.findings->len; j++) {
			const KasperFinding *finding = g_ptr_array_index(fixture.findings, j);

			g_assert_null(strstr(finding->text, "root:"));
		}
		config_fixture_tear_down(&fixture);
	}
}

/* a file that ends too early is never taken for a shorter one */
static void
test_truncated(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		ConfigFixture whole = {0};
		g_autofree gchar *text = NULL;
		gsize length;

		config_fixture_set_up(&whole, "kasper");
		text = g_strchomp(config_fixture_read(&whole, files[i]));
		length = strlen(text);
		for (guint n = 0; n < 50; n++) {
			config_fixture_write(&whole, files[i], text, (gssize)(length * n / 50));
			config_fixture_load(&whole);
			g_assert_null(whole.config);
		}
		config_fixture_write(&whole, files[i], text, (gssize)length);
		config_fixture_load(&whole);
		config_fixture_assert_loaded(&whole);
		config_fixture_tear_down(&whole);
	}
}

static void
test_deep(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		ConfigFixture fixture = {0};
		g_autoptr(GString) text = g_string_new(NULL);

		g_string_printf(text, "<%s>\n", roots[i]);
		for (guint n = 0; n < 100000; n++)
			g_string_append(text, "<a>");
		spoil(&fixture, i, text->str, -1);
		g_assert_true(has_error(&fixture, i, 2, "too deep to be right"));
		config_fixture_tear_down(&fixture);
	}
}

static void
test_many_elements(void)
{
	ConfigFixture fixture = {0};
	g_autoptr(GString) text = g_string_new("<KASP>");

	for (guint n = 0; n < 100001; n++)
		g_string_append(text, "<a/>");
	g_string_append(text, "</KASP>");
	spoil(&fixture, 1, text->str, -1);
	g_assert_true(has_error(&fixture, 1, 1, "more elements than can be right"));
	config_fixture_tear_down(&fixture);
}

/* a list that is wrong from end to end: not a line for each zone */
static void
test_many_findings(void)
{
	ConfigFixture fixture = {0};
	g_autoptr(GString) text = g_string_new("<ZoneList>\n");

	for (guint n = 0; n < 100000; n++)
		g_string_append(text, "<Zone/>\n");
	g_string_append(text, "</ZoneList>");
	spoil(&fixture, 2, text->str, -1);
	g_assert_cmpuint(fixture.findings->len, <, 300);
	g_assert_true(has_error(&fixture, 2, 2, "<Zone> lacks the attribute name"));
	g_assert_nonnull(strstr(fixture.error->message, "more)"));
	config_fixture_tear_down(&fixture);
}

static void
test_large(void)
{
	ConfigFixture fixture = {0};
	gsize size = ((gsize)4 << 20) + 1;
	g_autofree gchar *text = g_malloc(size);
	static const gchar head[] = "<KASP>";

	memset(text, ' ', size);
	memcpy(text, head, strlen(head));
	spoil(&fixture, 1, text, (gssize)size);
	g_assert_true(has_error(&fixture, 1, 0, "is larger than 4 MiB"));
	config_fixture_tear_down(&fixture);
}

static void
test_large_texts(void)
{
	gsize size = (gsize)20 << 20;
	g_autofree gchar *filler = g_strnfill(size, 'x');
	ConfigFixture attribute = {0}, element = {0};
	g_autofree gchar *in_attribute =
	    g_strconcat("<ZoneList><Zone name=\"", filler, "\"/></ZoneList>", NULL);
	g_autofree gchar *in_element = g_strconcat("<ZoneList><Zone name=\"a\"><Policy>",
						   filler,
						   "</Policy></Zone></ZoneList>",
						   NULL);

	spoil(&attribute, 2, in_attribute, -1);
	g_assert_true(has_error(&attribute, 2, -1, "is not well-formed XML"));
	config_fixture_tear_down(&attribute);
	spoil(&element, 2, in_element, -1);
	g_assert_true(has_error(&element, 2, 1, "has a text too long to be right"));
	config_fixture_tear_down(&element);
}

/* what is no file is not waited for, and not read for ever */
static void
test_no_file(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		ConfigFixture fixture = {0};
		g_autofree gchar *path = NULL;

		config_fixture_set_up(&fixture, "kasper");
		path = config_fixture_path(&fixture, files[i]);
		g_assert_cmpint(g_unlink(path), ==, 0);
		config_fixture_load(&fixture);
		g_assert_true(
		    has_error(&fixture, i, 0, "No such file or directory; correct the path"));
		g_assert_cmpint(mkfifo(path, 0600), ==, 0);
		config_fixture_load(&fixture);
		g_assert_true(has_error(&fixture, i, 0, "is not a regular file"));
		g_assert_cmpint(g_unlink(path), ==, 0);
		g_assert_cmpint(symlink("/dev/zero", path), ==, 0);
		config_fixture_load(&fixture);
		g_assert_true(has_error(&fixture, i, 0, "is not a regular file"));
		config_fixture_tear_down(&fixture);
	}
}

/* other encodings are XML, too */
static void
test_encodings(void)
{
	static const gchar *const encodings[] = {"UTF-16", "ISO-8859-1", "UTF-8"};

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		for (guint j = 0; j < G_N_ELEMENTS(encodings); j++) {
			ConfigFixture fixture = {0};
			g_autofree gchar *text = NULL;
			g_autofree gchar *declared = NULL;
			g_autofree gchar *converted = NULL;
			g_autoptr(GError) error = NULL;
			gsize length = 0;

			config_fixture_set_up(&fixture, "kasper");
			text = config_fixture_read(&fixture, files[i]);
			declared = g_strdup_printf("<?xml version=\"1.0\" encoding=\"%s\"?>%s",
						   encodings[j],
						   strstr(text, "?>") + 2);
			converted =
			    g_convert(declared, -1, encodings[j], "UTF-8", NULL, &length, &error);
			g_assert_no_error(error);
			config_fixture_write(&fixture, files[i], converted, (gssize)length);
			config_fixture_load(&fixture);
			config_fixture_assert_loaded(&fixture);
			config_fixture_tear_down(&fixture);
		}
	}
}

/* a byte order mark, comments and processing instructions mean nothing */
static void
test_harmless(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		ConfigFixture fixture = {0};
		g_autofree gchar *text = NULL;
		g_autofree gchar *changed = NULL;

		config_fixture_set_up(&fixture, "kasper");
		text = config_fixture_read(&fixture, files[i]);
		changed = g_strconcat("\xef\xbb\xbf",
				      text,
				      "<?editor mode=\"xml\"?><!-- end -->\n",
				      NULL);
		config_fixture_write(&fixture, files[i], changed, -1);
		config_fixture_load(&fixture);
		config_fixture_assert_loaded(&fixture);
		config_fixture_tear_down(&fixture);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree gchar *path = g_strconcat("/config/hostile/", hostile[i].name, NULL);

		g_test_add_data_func(path, &hostile[i], test_hostile);
	}
	g_test_add_func("/config/hostile/truncated", test_truncated);
	g_test_add_func("/config/hostile/deep", test_deep);
	g_test_add_func("/config/hostile/many-elements", test_many_elements);
	g_test_add_func("/config/hostile/many-findings", test_many_findings);
	g_test_add_func("/config/hostile/large", test_large);
	g_test_add_func("/config/hostile/large-texts", test_large_texts);
	g_test_add_func("/config/hostile/no-file", test_no_file);
	g_test_add_func("/config/hostile/encodings", test_encodings);
	g_test_add_func("/config/hostile/harmless", test_harmless);
	return g_test_run();
}
