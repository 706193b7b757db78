/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-config-socket.h"

#include "kasper-config-private.h"

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
	g_autoptr(GPtrArray) list =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_finding_free);
	KasperFindings findings = KASPER_FINDINGS_INIT(list, path);
	xmlDoc *doc = kasper_xml_load(path, NULL, &findings);
	g_autofree gchar *socket = NULL;

	if (doc == NULL) {
		kasper_config_set_error(list, error);
		return NULL;
	}
	socket = kasper_xml_dup_text_at(xmlDocGetRootElement(doc), "Enforcer/SocketFile");
	kasper_xml_free(doc);
	if (socket == NULL || socket[0] == '\0')
		return g_strdup(KASPER_CONFIG_SOCKET_DEFAULT);
	return g_steal_pointer(&socket);
}
