/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-grammar-private.h"

#include <gio/gio.h>
#include <libxml/relaxng.h>

#include "kasper-config-resource.h"
#include "kasper-schema-private.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlRelaxNGParserCtxt, xmlRelaxNGFreeParserCtxt)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlRelaxNGValidCtxt, xmlRelaxNGFreeValidCtxt)

GBytes *
kasper_schema_get(const gchar *schema)
{
	g_autofree gchar *path = g_strconcat("/org/kasper/config/schema/", schema, NULL);
	GBytes *bytes = g_resource_lookup_data(kasper_config_resource_get_resource(),
					       path,
					       G_RESOURCE_LOOKUP_FLAGS_NONE,
					       NULL);

	if (bytes == NULL)
		g_error("the library was built without %s", schema);
	return bytes;
}

static xmlRelaxNG *
kasper_grammar_compile(const gchar *schema)
{
	g_autoptr(GBytes) bytes = kasper_schema_get(schema);
	g_autoptr(xmlRelaxNGParserCtxt) context =
	    xmlRelaxNGNewMemParserCtxt(g_bytes_get_data(bytes, NULL),
				       (gint)g_bytes_get_size(bytes));
	xmlRelaxNG *grammar = context != NULL ? xmlRelaxNGParse(context) : NULL;

	if (grammar == NULL)
		g_error("libxml2 does not understand %s", schema);
	return grammar;
}

/* compiled once, and for good: threads may share it, for validation does not change it */
static xmlRelaxNG *
kasper_grammar_get(const gchar *schema)
{
	static GMutex lock;
	static GHashTable *grammars; /* of xmlRelaxNG, by the name of the schema */
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);
	xmlRelaxNG *grammar;

	if (grammars == NULL)
		grammars = g_hash_table_new(g_str_hash, g_str_equal);
	grammar = g_hash_table_lookup(grammars, schema);
	if (grammar == NULL) {
		grammar = kasper_grammar_compile(schema);
		g_hash_table_insert(grammars, g_strdup(schema), grammar);
	}
	return grammar;
}

static void
kasper_grammar_on_error(void *data, xmlErrorPtr error)
{
	xmlError *first = data;

	if (first->code == XML_ERR_OK)
		xmlCopyError(error, first);
}

/* libxml2's own words, for want of better ones */
static void
kasper_grammar_report(const xmlError *error, xmlDoc *doc, KasperFindings *findings)
{
	g_autofree gchar *text = g_strdup(error->message != NULL ? error->message : "?");
	gint line = error->line > 0 ? error->line : kasper_xml_get_line(xmlDocGetRootElement(doc));

	kasper_findings_error(findings,
			      line,
			      "does not fit the schema: %s",
			      g_strdelimit(g_strchomp(text), "\n\r\t", ' '));
}

gboolean
kasper_grammar_check(const gchar *schema, xmlDoc *doc, KasperFindings *findings)
{
	g_autoptr(xmlRelaxNGValidCtxt) context = xmlRelaxNGNewValidCtxt(kasper_grammar_get(schema));
	guint before = findings->n_errors;
	xmlError first = {0};

	if (context == NULL)
		g_error("libxml2 has no memory for a validation");
	xmlRelaxNGSetValidStructuredErrors(context, kasper_grammar_on_error, &first);
	if (xmlRelaxNGValidateDoc(context, doc) == 0) {
		xmlResetError(&first);
		return TRUE;
	}
	kasper_grammar_explain(schema, doc, findings);
	if (findings->n_errors == before)
		kasper_grammar_report(&first, doc, findings);
	xmlResetError(&first);
	return FALSE;
}
