/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-xml-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <libxml/SAX2.h>
#include <string.h>
#include <sys/stat.h>

#include "kasper-grammar-private.h"

/* no network, no document type, no entities, no XInclude, none of libxml2's limits lifted */
#define KASPER_XML_OPTIONS ((gint)XML_PARSE_NONET | (gint)XML_PARSE_BIG_LINES)

typedef struct {
	KasperFindings *findings;
	guint n_elements;
} KasperXmlGuard;

void
kasper_xml_wipe(gchar *text)
{
	if (text == NULL)
		return;
	explicit_bzero(text, strlen(text));
	g_free(text);
}

static const gchar *
kasper_xml_get_remedy(gint code)
{
	switch (code) {
	case EACCES:
	case EPERM:
		return "; give this user the right to read it";
	case ENOENT:
	case ENOTDIR:
		return "; correct the path, or create the file";
	default:
		return "";
	}
}

gint
kasper_xml_open(const gchar *path, KasperFindings *findings)
{
	struct stat status;
	/* a FIFO must not make us wait for somebody who writes into it */
	gint fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

	if (fd < 0) {
		gint code = errno;

		kasper_findings_error(findings,
				      0,
				      "cannot be read: %s%s",
				      g_strerror(code),
				      kasper_xml_get_remedy(code));
		return -1;
	}
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		kasper_findings_error(findings, 0, "is not a regular file; correct the path");
		g_close(fd, NULL);
		return -1;
	}
	return fd;
}

/* one octet more than there should be, so that a file that grows meanwhile is noticed; the text is
 * never moved, since it may have secrets in it */
static gchar *
kasper_xml_read(gint fd, gsize size, gsize *ret_length, KasperFindings *findings)
{
	g_autofree gchar *text = g_malloc(size + 1);
	gsize length = 0;

	while (length <= size) {
		gssize n = read(fd, text + length, size + 1 - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			kasper_findings_error(findings, 0, "cannot be read: %s", g_strerror(errno));
			return NULL;
		}
		if (n == 0)
			break;
		length += (gsize)n;
	}
	if (length > size) {
		kasper_findings_error(findings, 0, "changes while it is read; try again");
		return NULL;
	}
	*ret_length = length;
	return g_steal_pointer(&text);
}

void
kasper_xml_report(const xmlError *error, KasperFindings *findings)
{
	g_autofree gchar *text = g_strdup(error->message != NULL ? error->message : "is not XML");

	kasper_findings_error(findings,
			      error->line,
			      "is not well-formed XML: %s",
			      g_strdelimit(g_strchomp(text), "\n\r\t", ' '));
}

static void
kasper_xml_on_error(void *data, xmlErrorPtr error)
{
	KasperXmlGuard *guard = ((xmlParserCtxt *)data)->_private;

	/* one mistake leads to more; the first tells most */
	if (error->level >= XML_ERR_ERROR && guard->findings->n_errors == 0)
		kasper_xml_report(error, guard->findings);
}

static void
kasper_xml_refuse(xmlParserCtxt *context, const gchar *text)
{
	KasperXmlGuard *guard = context->_private;

	if (guard->findings->n_errors == 0)
		kasper_findings_error(guard->findings, context->input->line, "%s", text);
	xmlStopParser(context);
}

static void
kasper_xml_on_doctype(void *data,
		      const xmlChar *name,
		      const xmlChar *external_id,
		      const xmlChar *system_id)
{
	kasper_xml_refuse(data,
			  "has a document type declaration, which could name entities and other "
			  "files; remove <!DOCTYPE ...>");
}

static void
kasper_xml_on_start(void *data,
		    const xmlChar *name,
		    const xmlChar *prefix,
		    const xmlChar *uri,
		    gint n_namespaces,
		    const xmlChar **namespaces,
		    gint n_attributes,
		    gint n_defaulted,
		    const xmlChar **attributes)
{
	xmlParserCtxt *context = data;
	KasperXmlGuard *guard = context->_private;

	if (context->nodeNr >= KASPER_XML_MAX_DEPTH)
		kasper_xml_refuse(context, "has elements within elements too deep to be right");
	else if (++guard->n_elements > KASPER_XML_MAX_ELEMENTS)
		kasper_xml_refuse(context, "has more elements than can be right");
	else
		xmlSAX2StartElementNs(data,
				      name,
				      prefix,
				      uri,
				      n_namespaces,
				      namespaces,
				      n_attributes,
				      n_defaulted,
				      attributes);
}

xmlDoc *
kasper_xml_parse(gchar *text, gsize length, const gchar *schema, KasperFindings *findings)
{
	g_autoptr(xmlParserCtxt) context = NULL;
	KasperXmlGuard guard = {findings, 0};
	xmlDoc *doc;
	guint before = findings->n_errors;

	xmlInitParser();
	context = xmlNewParserCtxt();
	if (context == NULL)
		g_error("libxml2 has no memory for a parser");
	context->_private = &guard;
	context->sax->serror = kasper_xml_on_error;
	context->sax->internalSubset = kasper_xml_on_doctype;
	context->sax->startElementNs = kasper_xml_on_start;
	doc = xmlCtxtReadMemory(context,
				text,
				(gint)length,
				findings->file,
				NULL,
				KASPER_XML_OPTIONS);
	explicit_bzero(text, length);
	if (findings->n_errors == before && (doc == NULL || !context->wellFormed))
		kasper_findings_error(findings, 0, "is not well-formed XML");
	if (findings->n_errors == before && schema != NULL)
		kasper_grammar_check(schema, doc, findings);
	if (findings->n_errors != before)
		g_clear_pointer(&doc, kasper_xml_free);
	return doc;
}

xmlDoc *
kasper_xml_load(const gchar *path, const gchar *schema, KasperFindings *findings)
{
	gint fd = kasper_xml_open(path, findings);
	struct stat status = {0};
	g_autofree gchar *text = NULL;
	gsize length = 0;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) != 0 || (guint64)status.st_size > KASPER_XML_MAX_SIZE)
		kasper_findings_error(findings,
				      0,
				      "is larger than %" G_GSIZE_FORMAT
				      " MiB, which is the limit; this cannot be the right file",
				      KASPER_XML_MAX_SIZE >> 20);
	else
		text = kasper_xml_read(fd, (gsize)status.st_size, &length, findings);
	g_close(fd, NULL);
	return text != NULL ? kasper_xml_parse(text, length, schema, findings) : NULL;
}

static void
kasper_xml_wipe_node(xmlNode *node)
{
	for (xmlNode *child = node; child != NULL; child = child->next) {
		if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) &&
		    child->content != NULL)
			explicit_bzero(child->content, strlen((const gchar *)child->content));
		if (child->type == XML_ELEMENT_NODE)
			kasper_xml_wipe_node(child->children);
	}
}

void
kasper_xml_free(xmlDoc *doc)
{
	if (doc == NULL)
		return;
	kasper_xml_wipe_node(doc->children);
	xmlFreeDoc(doc);
}
