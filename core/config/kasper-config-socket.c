/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-config-socket.h"

#include "kasper-config-private.h"

/* *@ret_text: NULL: the file does not say */
static gboolean
kasper_config_peek(const gchar *path, const gchar *place, gchar **ret_text, GError **error)
{
	g_autoptr(GPtrArray) list =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_finding_free);
	KasperFindings findings = KASPER_FINDINGS_INIT(list, path);
	xmlDoc *doc = kasper_xml_load(path, NULL, &findings);
	g_autofree gchar *text = NULL;

	if (doc == NULL) {
		kasper_config_set_error(list, error);
		return FALSE;
	}
	text = kasper_xml_dup_text_at(xmlDocGetRootElement(doc), place);
	kasper_xml_free(doc);
	*ret_text = text != NULL && text[0] != '\0' ? g_steal_pointer(&text) : NULL;
	return TRUE;
}

/**
 * kasper_config_read_socket: (skip)
 * @path: (type filename): conf.xml
 * @error: return location for a #GError, or %NULL
 *
 * Looks up where the daemon of a configuration listens, and nothing else: neither is conf.xml
 * validated nor are the files read that it names.
 *
 * Returns: (transfer full) (type filename): the path of the socket, or %NULL with
 * %KASPER_ERROR_INVALID if the file cannot be read or is no XML
 *
 * Since: 0.1
 */
gchar *
kasper_config_read_socket(const gchar *path, GError **error)
{
	gchar *socket;

	if (!kasper_config_peek(path, "Enforcer/SocketFile", &socket, error))
		return NULL;
	return socket != NULL ? socket : g_strdup(KASPER_CONFIG_SOCKET_DEFAULT);
}

/**
 * kasper_config_read_common_file: (skip)
 * @path: (type filename): conf.xml
 * @place: `Common/ZoneListFile` or `Common/PolicyFile`
 * @error: return location for a #GError, or %NULL
 *
 * Looks up the name of a file that conf.xml names, in the same way.
 *
 * Returns: (transfer full) (nullable) (type filename): the path; %NULL without an error if conf.xml
 * does not name it, with %KASPER_ERROR_INVALID if the file cannot be read or is no XML
 *
 * Since: 0.1
 */
gchar *
kasper_config_read_common_file(const gchar *path, const gchar *place, GError **error)
{
	gchar *file;

	return kasper_config_peek(path, place, &file, error) ? file : NULL;
}
