/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A validator of RELAX NG says that a file does not fit, but hardly ever which element is to
 * blame: within an interleave it names the outermost one. Here the schema is read as what it is,
 * a list of what may stand in what, and compared with the file element by element. It covers the
 * patterns that our schemas use: elements and attributes with fixed names, in any order; some
 * optional, some more than once; choices between elements; texts with a type or from a list.
 */

#include <string.h>

#include "kasper-grammar-content-private.h"
#include "kasper-grammar-private.h"
#include "kasper-schema-private.h"

typedef struct {
	const xmlNode *grammar;
	KasperFindings *findings;
} KasperExplainer;

/* as schemas have it: "Name", "p:Name"; "other:Name" if the namespace is none of ours */
static gchar *
kasper_explain_dup_name(const xmlChar *name, const xmlNs *ns)
{
	if (ns == NULL)
		return g_strdup((const gchar *)name);
	return g_strconcat(strcmp((const gchar *)ns->href, KASPER_XML_NAMESPACE) == 0 ? "p:"
										      : "other:",
			   (const gchar *)name,
			   NULL);
}

static void
kasper_explain_unknown(KasperExplainer *self,
		       const xmlNode *node,
		       const gchar *name,
		       const KasperGrammarContent *content)
{
	gint line = kasper_xml_get_line(node);
	g_autofree gchar *known = kasper_grammar_content_suggest(content, name);
	g_autofree gchar *all = kasper_grammar_content_describe(content);

	if (known != NULL && g_str_has_prefix(known, "p:") && !g_str_has_prefix(name, "p:"))
		kasper_findings_error(self->findings,
				      line,
				      "<%s> is one of Kasper's own elements: write <%s>, and "
				      "xmlns:p=\"%s\" in the first element of the file",
				      node->name,
				      known,
				      KASPER_XML_NAMESPACE);
	else if (known != NULL)
		kasper_findings_error(self->findings,
				      line,
				      "<%s> is not known in <%s>; write <%s>",
				      node->name,
				      node->parent->name,
				      known);
	else
		kasper_findings_error(self->findings,
				      line,
				      "<%s> is not known in <%s>; remove it (%s can stand there)",
				      node->name,
				      node->parent->name,
				      all);
}

static void
kasper_explain_attribute(KasperExplainer *self,
			 const xmlNode *node,
			 const xmlAttr *attribute,
			 const KasperGrammarContent *content)
{
	gint line = kasper_xml_get_line(node);
	g_autofree gchar *name = kasper_explain_dup_name(attribute->name, attribute->ns);
	g_autofree gchar *text = kasper_xml_dup_attribute(node, name);
	g_auto(KasperGrammarContent) inner = {0};
	const xmlNode *pattern = NULL;
	KasperGrammarSlot *slot = kasper_grammar_content_find(content, name, TRUE, &pattern);

	if (slot == NULL) {
		kasper_findings_error(self->findings,
				      line,
				      "the attribute %s is not known in <%s>; remove it",
				      attribute->name,
				      node->name);
		return;
	}
	slot->found++;
	kasper_grammar_content_read(&inner, self->grammar, pattern);
	if (text != NULL && !kasper_grammar_value_fits(&inner.value, text)) {
		g_autofree gchar *shown = kasper_findings_quote(text);
		g_autofree gchar *wanted = kasper_grammar_value_describe(&inner.value);

		kasper_findings_error(self->findings,
				      line,
				      "the attribute %s of <%s> is %s; write %s",
				      name,
				      node->name,
				      shown,
				      wanted);
	}
}

/* only what stands in @node itself, not in the elements within */
static gchar *
kasper_explain_dup_own_text(const xmlNode *node)
{
	GString *text = g_string_new(NULL);

	for (const xmlNode *child = node->children; child != NULL; child = child->next) {
		if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) &&
		    child->content != NULL)
			g_string_append(text, (const gchar *)child->content);
	}
	return g_string_free(text, FALSE);
}

static void
kasper_explain_text(KasperExplainer *self, const xmlNode *node, const KasperGrammarContent *content)
{
	g_autofree gchar *text = g_strstrip(kasper_explain_dup_own_text(node));
	g_autofree gchar *shown = kasper_findings_quote(text);
	g_autofree gchar *wanted = kasper_grammar_value_describe(&content->value);
	gint line = kasper_xml_get_line(node);

	if (kasper_grammar_value_fits(&content->value, text))
		return;
	if (content->value.kind == KASPER_GRAMMAR_NO_TEXT)
		kasper_findings_error(self->findings,
				      line,
				      "<%s> has text where none can stand; remove it",
				      node->name);
	else if (text[0] == '\0')
		kasper_findings_error(self->findings,
				      line,
				      "<%s> is empty; write %s",
				      node->name,
				      wanted);
	else
		kasper_findings_error(self->findings,
				      line,
				      "<%s> is %s; write %s",
				      node->name,
				      shown,
				      wanted);
}

/* what is not there although it must be */
static void
kasper_explain_missing(KasperExplainer *self,
		       const xmlNode *node,
		       const KasperGrammarContent *content)
{
	for (guint i = 0; i < content->slots->len; i++) {
		const KasperGrammarSlot *slot = g_ptr_array_index(content->slots, i);
		g_autofree gchar *name = kasper_grammar_slot_describe(slot);

		if (slot->optional || slot->found > 0)
			continue;
		if (slot->attribute)
			kasper_findings_error(self->findings,
					      kasper_xml_get_line(node),
					      "<%s> lacks the attribute %.*s; add it",
					      node->name,
					      (gint)strlen(name) - 2,
					      name + 1);
		else
			kasper_findings_error(self->findings,
					      kasper_xml_get_line(node),
					      "<%s> lacks %s; add it",
					      node->name,
					      name);
	}
}

static void
kasper_explain_element(KasperExplainer *self, const xmlNode *node, const xmlNode *pattern);

static void
kasper_explain_child(KasperExplainer *self, const xmlNode *node, KasperGrammarContent *content)
{
	g_autofree gchar *name = kasper_explain_dup_name(node->name, node->ns);
	const xmlNode *pattern = NULL;
	KasperGrammarSlot *slot = kasper_grammar_content_find(content, name, FALSE, &pattern);

	if (slot == NULL) {
		kasper_explain_unknown(self, node, name, content);
		return;
	}
	if (slot->found++ > 0 && !slot->many) {
		g_autofree gchar *what = kasper_grammar_slot_describe(slot);

		kasper_findings_error(self->findings,
				      kasper_xml_get_line(node),
				      "<%s> has %s more than once; remove one",
				      node->parent->name,
				      what);
	}
	kasper_explain_element(self, node, pattern);
}

static void
kasper_explain_element(KasperExplainer *self, const xmlNode *node, const xmlNode *pattern)
{
	g_auto(KasperGrammarContent) content = {0};

	kasper_grammar_content_read(&content, self->grammar, pattern);
	for (const xmlAttr *a = node->properties; a != NULL; a = a->next)
		kasper_explain_attribute(self, node, a, &content);
	kasper_explain_text(self, node, &content);
	for (const xmlNode *child = kasper_xml_first(node, NULL); child != NULL;
	     child = kasper_xml_next(child, NULL))
		kasper_explain_child(self, child, &content);
	kasper_explain_missing(self, node, &content);
}

static xmlDoc *
kasper_explain_load(const gchar *schema)
{
	g_autoptr(GBytes) bytes = kasper_schema_get(schema);
	xmlDoc *doc = xmlReadMemory(g_bytes_get_data(bytes, NULL),
				    (gint)g_bytes_get_size(bytes),
				    schema,
				    NULL,
				    XML_PARSE_NONET);

	if (doc == NULL)
		g_error("%s is not XML", schema);
	return doc;
}

void
kasper_grammar_explain(const gchar *schema, const xmlDoc *doc, KasperFindings *findings)
{
	g_autoptr(xmlDoc) grammar = kasper_explain_load(schema);
	const xmlNode *root = xmlDocGetRootElement((xmlDoc *)doc);
	KasperExplainer self = {xmlDocGetRootElement(grammar), findings};
	g_auto(KasperGrammarContent) content = {0};
	g_autofree gchar *name = kasper_explain_dup_name(root->name, root->ns);
	g_autofree gchar *wanted = NULL;
	const xmlNode *pattern = NULL;

	/* <start> is the first in our schemas */
	kasper_grammar_content_read(&content, self.grammar, kasper_xml_first(self.grammar, NULL));
	wanted = kasper_grammar_content_describe(&content);
	if (kasper_grammar_content_find(&content, name, FALSE, &pattern) != NULL)
		kasper_explain_element(&self, root, pattern);
	else
		kasper_findings_error(findings,
				      kasper_xml_get_line(root),
				      "the first element is <%s>, not %s; is this the right file?",
				      root->name,
				      wanted);
}
