/* SPDX-License-Identifier: BSD-2-Clause */
#include "zone-list-parser.h"

#include <libxml/xmlreader.h>
#include <string.h>

#include "signconf.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlTextReader, xmlFreeTextReader)

static void
ods_listed_zone_append_adapter(GString *line,
			       const gchar *element,
			       const gchar *type,
			       const gchar *path)
{
	g_string_append_printf(line, "<%s><Adapter type=\"", element);
	ods_xml_append(line, type != NULL ? type : "File");
	g_string_append(line, "\">");
	ods_xml_append(line, path != NULL ? path : "");
	g_string_append_printf(line, "</Adapter></%s>", element);
}

/* the signer shows the name of the policy and does nothing else with it */
gchar *
ods_listed_zone_to_line(const OdsListedZone *zone)
{
	GString *line = g_string_new("<Zone name=\"");

	ods_xml_append(line, zone->name);
	g_string_append(line, "\"><Policy>kasper</Policy><SignerConfiguration>");
	ods_xml_append(line, zone->signconf != NULL ? zone->signconf : "");
	g_string_append(line, "</SignerConfiguration><Adapters>");
	ods_listed_zone_append_adapter(line, "Input", zone->input_type, zone->input);
	ods_listed_zone_append_adapter(line, "Output", zone->output_type, zone->output);
	g_string_append(line, "</Adapters></Zone>\n");
	return g_string_free(line, FALSE);
}

/* --- reading what somebody else wrote --- */

xmlNode *
ods_xml_find(xmlNode *parent, const gchar *name)
{
	for (xmlNode *node = parent != NULL ? parent->children : NULL; node != NULL;
	     node = node->next) {
		if (node->type == XML_ELEMENT_NODE && g_str_equal((const gchar *)node->name, name))
			return node;
	}
	return NULL;
}

static gchar *
ods_parser_take(xmlChar *text)
{
	gchar *copy = text != NULL ? g_strstrip(g_strdup((const gchar *)text)) : NULL;

	xmlFree(text);
	return copy;
}

gchar *
ods_xml_dup_content(xmlNode *node)
{
	return node != NULL ? ods_parser_take(xmlNodeGetContent(node)) : NULL;
}

/* <File>PATH</File>, or <Adapter type="TYPE">PATH</Adapter> */
static void
ods_parser_read_adapter(xmlNode *zone, const gchar *element, gchar **ret_type, gchar **ret_path)
{
	xmlNode *side = ods_xml_find(ods_xml_find(zone, "Adapters"), element);
	xmlNode *file = ods_xml_find(side, "File");
	xmlNode *adapter = ods_xml_find(side, "Adapter");

	if (file != NULL) {
		*ret_type = g_strdup("File");
		*ret_path = ods_xml_dup_content(file);
	} else if (adapter != NULL) {
		*ret_type = ods_parser_take(xmlGetProp(adapter, (const xmlChar *)"type"));
		*ret_path = ods_xml_dup_content(adapter);
	}
}

static void
ods_parser_read_zone(xmlNode *node, OdsListedZoneFunc take, gpointer data)
{
	g_autofree gchar *name = ods_parser_take(xmlGetProp(node, (const xmlChar *)"name"));
	xmlNode *configuration = ods_xml_find(node, "SignerConfiguration");
	g_autofree gchar *signconf = ods_xml_dup_content(configuration);
	g_autofree gchar *input_type = NULL;
	g_autofree gchar *input = NULL;
	g_autofree gchar *output_type = NULL;
	g_autofree gchar *output = NULL;

	if (name == NULL)
		return;
	ods_parser_read_adapter(node, "Input", &input_type, &input);
	ods_parser_read_adapter(node, "Output", &output_type, &output);
	take(&(const OdsListedZone){name, signconf, input_type, input, output_type, output}, data);
}

/* what was wrong is in the error of the call, not on standard error */
static void
ods_parser_ignore(void *data,
		  const char *text,
		  xmlParserSeverities severity,
		  xmlTextReaderLocatorPtr locator)
{
}

static gboolean
ods_parser_walk(xmlTextReader *reader, OdsListedZoneFunc take, gpointer data)
{
	int more = xmlTextReaderRead(reader);

	while (more == 1) {
		gboolean zone =
		    xmlTextReaderNodeType(reader) == XML_READER_TYPE_ELEMENT &&
		    g_strcmp0((const gchar *)xmlTextReaderConstLocalName(reader), "Zone") == 0;
		xmlNode *node = zone ? xmlTextReaderExpand(reader) : NULL;

		if (zone && node == NULL)
			return FALSE;
		if (node != NULL)
			ods_parser_read_zone(node, take, data);
		more = node != NULL ? xmlTextReaderNext(reader) : xmlTextReaderRead(reader);
	}
	return more == 0;
}

gboolean
ods_zone_list_parse(const gchar *path, OdsListedZoneFunc take, gpointer data, GError **error)
{
	/* no network, no entities that are files: as the list is, it is */
	g_autoptr(xmlTextReader) reader = xmlReaderForFile(path, NULL, XML_PARSE_NONET);
	gint line;

	if (reader != NULL) {
		xmlTextReaderSetErrorHandler(reader, ods_parser_ignore, NULL);
		if (ods_parser_walk(reader, take, data))
			return TRUE;
	}
	line = reader != NULL ? xmlTextReaderGetParserLineNumber(reader) : 0;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "the signer's list of zones %s:%d is no well-formed XML; put a copy of "
		    "zonelist.xml in its place",
		    path,
		    line);
	return FALSE;
}
