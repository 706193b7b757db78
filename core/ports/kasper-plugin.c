/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-plugin.h"

#include "kasper-contract-private.h"

/**
 * KasperPlugin:
 *
 * What the host opens and closes. A plugin is a type that implements this interface and, after it,
 * one kind: #KasperKeyStore, #KasperSigner, #KasperDsChannel, #KasperBackupGuard,
 * #KasperNotifier or #KasperProbe. Its settings are its properties.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE(KasperPlugin, kasper_plugin, G_TYPE_OBJECT)

static void
kasper_plugin_default_init(KasperPluginInterface *iface)
{
}

/**
 * kasper_plugin_open:
 * @self: a plugin
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Makes the plugin ready for the slots of its kind. Its settings are final from here on. May
 * block.
 *
 * Errors: whatever keeps it from working; %KASPER_ERROR_INVALID for a setting.
 *
 * Returns: %TRUE if it is open
 *
 * Since: 0.1
 */
gboolean
kasper_plugin_open(KasperPlugin *self, GCancellable *cancellable, GError **error)
{
	KasperPluginInterface *iface;
	GError *cause = NULL;
	gboolean done;

	g_return_val_if_fail(KASPER_IS_PLUGIN(self), FALSE);

	iface = KASPER_PLUGIN_GET_IFACE(self);
	if (iface->open == NULL)
		return TRUE;
	done = iface->open(self, cancellable, &cause);
	return kasper_contract_settle(self, "open", done, cause, error);
}

/**
 * kasper_plugin_close:
 * @self: a plugin
 *
 * Gives back what kasper_plugin_open() took. Never fails; may come twice, and without an open.
 *
 * Since: 0.1
 */
void
kasper_plugin_close(KasperPlugin *self)
{
	KasperPluginInterface *iface;

	g_return_if_fail(KASPER_IS_PLUGIN(self));

	iface = KASPER_PLUGIN_GET_IFACE(self);
	if (iface->close != NULL)
		iface->close(self);
}
