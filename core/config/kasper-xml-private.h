/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "kasper-findings-private.h"

G_BEGIN_DECLS

/* the namespace of Kasper's own elements; "p:" stands for it in the paths below */
#define KASPER_XML_NAMESPACE "urn:kasper:plugin:1"

/* what a file may be at most (a zone list is read piece by piece and may be larger) */
#define KASPER_XML_MAX_SIZE	((gsize)4 << 20)
#define KASPER_XML_MAX_DEPTH	64
#define KASPER_XML_MAX_ELEMENTS 100000

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlParserCtxt, xmlFreeParserCtxt)

/* opens a regular file for reading; -1 with a finding */
gint kasper_xml_open(const gchar *path, KasperFindings *findings);
/* a file as a tree that the schema ("conf.rng") has found good; NULL with at least one error.
 * The tree may hold secrets: free it with kasper_xml_free(). */
xmlDoc *kasper_xml_load(const gchar *path, const gchar *schema, KasperFindings *findings);
/* the same for a text in memory, which is wiped; @schema: (nullable): NULL: any XML will do */
xmlDoc *kasper_xml_parse(gchar *text, gsize length, const gchar *schema, KasperFindings *findings);
/* wipes what the tree says before it is freed */
void kasper_xml_free(xmlDoc *doc);

/* one finding of libxml2, in the words of this house */
void kasper_xml_report(const xmlError *error, KasperFindings *findings);

gint kasper_xml_get_line(const xmlNode *node);
/* @name: "Name", or "p:Name" for one of Kasper's own */
gboolean kasper_xml_is(const xmlNode *node, const gchar *name);
/* the first child element, or the next sibling, with @name (NULL: any) */
const xmlNode *kasper_xml_first(const xmlNode *node, const gchar *name);
const xmlNode *kasper_xml_next(const xmlNode *node, const gchar *name);
/* the element at a path such as "Parent/DS/TTL" below @node; NULL if it is not there */
const xmlNode *kasper_xml_find(const xmlNode *node, const gchar *path);
/* the line of that element, or of the nearest one above it that is there */
gint kasper_xml_find_line(const xmlNode *node, const gchar *path);

/* the text of an element, or of the element at @path; the former without blanks round it.
 * NULL if the element is not there */
gchar *kasper_xml_dup_text(const xmlNode *node);
gchar *kasper_xml_dup_text_at(const xmlNode *node, const gchar *path);
gchar *kasper_xml_dup_raw_text(const xmlNode *node);
/* NULL if the attribute is not there */
gchar *kasper_xml_dup_attribute(const xmlNode *node, const gchar *name);

/* frees a text that may be a secret; nothing of it stays in memory */
void kasper_xml_wipe(gchar *text);

G_END_DECLS
