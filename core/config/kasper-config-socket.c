/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-config-socket.h"

#include <libxml/xmlreader.h>
#include <string.h>

#include "kasper-error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlTextReader, xmlFreeTextReader)

/* conf.xml is some kilobytes; what is not is not read into memory */
#define KASPER_CONFIG_SOCKET_SIZE_MAX (16 * 1024 * 1024)

typedef struct {
	gint line;
	gchar *text; /* NULL: nothing went wrong yet */
} KasperConfigSocketFault;

static void
kasper_config_socket_on_fault(gpointer user_data,
			      const gchar *text,
			      xmlParserSeverities severity,
			      xmlTextReaderLocatorPtr locator)
{
	KasperConfigSocketFault *fault = user_data;

	if (fault->text != NULL || severity == XML_PARSER_SEVERITY_WARNING)
		return;
	fault->line = xmlTextReaderLocatorLineNumber(locator);
	fault->text = g_strstrip(g_strdup(text));
}

/* whether the reader stands on Configuration/Enforcer/SocketFile; @in_enforcer is kept between
 * calls */
static gboolean
kasper_config_socket_is_here(xmlTextReader *reader, gboolean *in_enforcer)
{
	const xmlChar *name = xmlTextReaderConstLocalName(reader);
	gint depth = xmlTextReaderDepth(reader);

	if (xmlTextReaderNodeType(reader) != XML_READER_TYPE_ELEMENT ||
	    xmlTextReaderConstNamespaceUri(reader) != NULL)
		return FALSE;
	if (depth == 1)
		*in_enforcer = strcmp((const gchar *)name, "Enforcer") == 0;
	return depth == 2 && *in_enforcer && strcmp((const gchar *)name, "SocketFile") == 0;
}

/* NULL: there is none */
static gchar *
kasper_config_socket_find(xmlTextReader *reader)
{
	gboolean in_enforcer = FALSE;

	while (xmlTextReaderRead(reader) == 1) {
		g_autofree gchar *socket = NULL;
		xmlChar *text;

		if (!kasper_config_socket_is_here(reader, &in_enforcer))
			continue;
		text = xmlTextReaderReadString(reader);
		if (text == NULL)
			continue;
		socket = g_strstrip(g_strdup((const gchar *)text));
		xmlFree(text);
		if (*socket != '\0')
			return g_steal_pointer(&socket);
	}
	return NULL;
}

/**
 * kasper_config_read_socket: (skip)
 * @path: (type filename): conf.xml
 * @error: return location for an error
 *
 * Looks up where the daemon of a configuration listens, and nothing else: neither is conf.xml
 * validated nor are the files read that it names.
 *
 * Errors: %KASPER_ERROR_NOT_FOUND if there is no such file, %KASPER_ERROR_INVALID if it is no XML.
 *
 * Returns: (transfer full) (type filename): the path of the socket
 *
 * Since: 0.1
 */
gchar *
kasper_config_read_socket(const gchar *path, GError **error)
{
	g_autoptr(xmlTextReader) reader = NULL;
	g_autoptr(GError) error_local = NULL;
	g_autofree gchar *contents = NULL;
	KasperConfigSocketFault fault = {0, NULL};
	g_autofree gchar *socket = NULL;
	gsize length;

	g_return_val_if_fail(path != NULL, NULL);

	if (!g_file_get_contents(path, &contents, &length, &error_local)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "%s: the configuration cannot be read (%s); name another with --config",
			    path,
			    error_local->message);
		return NULL;
	}
	if (length > KASPER_CONFIG_SOCKET_SIZE_MAX) {
		g_set_error(error, KASPER_ERROR, KASPER_ERROR_INVALID, "%s: too large", path);
		return NULL;
	}
	/* no option that would fetch or substitute anything: an entity stays a name */
	reader = xmlReaderForMemory(contents, (gint)length, path, NULL, XML_PARSE_NONET);
	if (reader != NULL) {
		xmlTextReaderSetErrorHandler(reader, kasper_config_socket_on_fault, &fault);
		socket = kasper_config_socket_find(reader);
	}
	if (socket == NULL && fault.text != NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%s:%d: %s",
			    path,
			    fault.line,
			    fault.text);
		g_free(fault.text);
		return NULL;
	}
	g_free(fault.text);
	return socket != NULL ? g_steal_pointer(&socket) : g_strdup(KASPER_CONFIG_SOCKET_DEFAULT);
}
