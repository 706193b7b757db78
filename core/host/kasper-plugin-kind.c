/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-plugin-kind.h"

#include "kasper-backup-guard.h"
#include "kasper-ds-channel.h"
#include "kasper-key-store.h"
#include "kasper-notifier.h"
#include "kasper-probe.h"
#include "kasper-signer.h"

typedef struct {
	GType (*get_type)(void);
	const gchar *name;
	const gchar *words;
} KasperPluginKind;

static const KasperPluginKind kinds[] = {
    {kasper_key_store_get_type, "key-store", "a key store"},
    {kasper_signer_get_type, "signer", "a signer"},
    {kasper_ds_channel_get_type, "ds-channel", "a DS channel"},
    {kasper_probe_get_type, "probe", "a probe"},
    {kasper_backup_guard_get_type, "backup-guard", "a backup guard"},
    {kasper_notifier_get_type, "notifier", "a notifier"},
};

const gchar *
kasper_plugin_kind_to_string(GType kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (kinds[i].get_type() == kind)
			return kinds[i].name;
	}
	return NULL;
}

gchar *
kasper_plugin_kind_describe(GType type)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (g_type_is_a(type, kinds[i].get_type()))
			g_ptr_array_add(words, (gpointer)kinds[i].words);
	}
	if (words->len == 0)
		return g_strdup("no kind of plugin");
	g_ptr_array_add(words, NULL);
	return g_strjoinv(" and ", (gchar **)words->pdata);
}
