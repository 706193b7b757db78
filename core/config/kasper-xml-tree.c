/* SPDX-License-Identifier: BSD-2-Clause */

/* finding one's way in a tree */

#include <string.h>

#include "kasper-xml-private.h"

#define PREFIX "p:"

gint
kasper_xml_get_line(const xmlNode *node)
{
	glong line = node != NULL ? xmlGetLineNo((xmlNode *)node) : 0;

	return (gint)CLAMP(line, 0, G_MAXINT);
}

gboolean
kasper_xml_is(const xmlNode *node, const gchar *name)
{
	const gchar *uri = node->ns != NULL ? (const gchar *)node->ns->href : NULL;
	gboolean own = g_str_has_prefix(name, PREFIX);

	return node->type == XML_ELEMENT_NODE &&
	       g_strcmp0(uri, own ? KASPER_XML_NAMESPACE : NULL) == 0 &&
	       strcmp((const gchar *)node->name, own ? name + strlen(PREFIX) : name) == 0;
}

static const xmlNode *
kasper_xml_seek(const xmlNode *node, const gchar *name)
{
	while (node != NULL &&
	       (node->type != XML_ELEMENT_NODE || (name != NULL && !kasper_xml_is(node, name))))
		node = node->next;
	return node;
}

const xmlNode *
kasper_xml_first(const xmlNode *node, const gchar *name)
{
	return node != NULL ? kasper_xml_seek(node->children, name) : NULL;
}

const xmlNode *
kasper_xml_next(const xmlNode *node, const gchar *name)
{
	return kasper_xml_seek(node->next, name);
}

/* as deep along @path as there are elements; @ret_whole: whether that is all of it */
static const xmlNode *
kasper_xml_walk(const xmlNode *node, const gchar *path, gboolean *ret_whole)
{
	g_auto(GStrv) names = g_strsplit(path, "/", -1);

	*ret_whole = TRUE;
	for (guint i = 0; names[i] != NULL; i++) {
		const xmlNode *child = kasper_xml_first(node, names[i]);

		if (child == NULL) {
			*ret_whole = FALSE;
			break;
		}
		node = child;
	}
	return node;
}

const xmlNode *
kasper_xml_find(const xmlNode *node, const gchar *path)
{
	gboolean whole = FALSE;
	const xmlNode *found = kasper_xml_walk(node, path, &whole);

	return whole ? found : NULL;
}

gint
kasper_xml_find_line(const xmlNode *node, const gchar *path)
{
	gboolean whole = FALSE;

	return kasper_xml_get_line(kasper_xml_walk(node, path, &whole));
}

gchar *
kasper_xml_dup_raw_text(const xmlNode *node)
{
	xmlChar *content = node != NULL ? xmlNodeGetContent((xmlNode *)node) : NULL;
	gchar *text = g_strdup((const gchar *)content);

	if (content != NULL) {
		explicit_bzero(content, strlen((const gchar *)content));
		xmlFree(content);
	}
	return text;
}

gchar *
kasper_xml_dup_text(const xmlNode *node)
{
	gchar *text = kasper_xml_dup_raw_text(node);

	return text != NULL ? g_strstrip(text) : NULL;
}

gchar *
kasper_xml_dup_text_at(const xmlNode *node, const gchar *path)
{
	return kasper_xml_dup_text(kasper_xml_find(node, path));
}

gchar *
kasper_xml_dup_attribute(const xmlNode *node, const gchar *name)
{
	gboolean own = g_str_has_prefix(name, PREFIX);
	xmlChar *value = own ? xmlGetNsProp((xmlNode *)node,
					    (const xmlChar *)name + strlen(PREFIX),
					    (const xmlChar *)KASPER_XML_NAMESPACE)
			     : xmlGetNoNsProp((xmlNode *)node, (const xmlChar *)name);
	gchar *text = g_strdup((const gchar *)value);

	xmlFree(value);
	return text != NULL ? g_strstrip(text) : NULL;
}
