/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-reload-private.h"

/* what `update` says; scripts and people know it from `ods-ksmutil update` */

static void kasper_reload_tell(KasperReload *self, const gchar *format, ...) G_GNUC_PRINTF(2, 3);

static void
kasper_reload_tell(KasperReload *self, const gchar *format, ...)
{
	va_list args;

	va_start(args, format);
	g_ptr_array_add(self->messages, g_strdup_vprintf(format, args));
	va_end(args);
}

void
kasper_reload_tell_files(KasperReload *self)
{
	guint lists = (guint)KASPER_UPDATE_KASP | (guint)KASPER_UPDATE_ZONELIST;

	if ((self->what & lists) == 0)
		return;
	kasper_reload_tell(self,
			   "zonelist filename set to %s.",
			   kasper_config_get_zone_list_file(self->config));
	kasper_reload_tell(self,
			   "kasp filename set to %s.",
			   kasper_config_get_policy_file(self->config));
}

/* there is no error among them, or we would not be here */
void
kasper_reload_tell_findings(KasperReload *self, GPtrArray *findings)
{
	for (guint i = 0; i < findings->len; i++) {
		const KasperFinding *finding = g_ptr_array_index(findings, i);

		if (finding->level == KASPER_FINDING_WARNING)
			g_ptr_array_add(self->messages, kasper_finding_to_text(finding));
	}
}

void
kasper_reload_tell_repositories(KasperReload *self)
{
	GPtrArray *items = kasper_config_get_repositories(self->config);

	for (guint i = 0; i < items->len; i++) {
		const KasperRepositoryConfig *item = g_ptr_array_index(items, i);

		kasper_reload_tell(self, "Repository %s found", item->name);
		if (item->capacity < 0)
			kasper_reload_tell(self, "No Maximum Capacity set.");
		else
			kasper_reload_tell(self,
					   "Capacity set to %" G_GINT64_FORMAT ".",
					   item->capacity);
		if (item->require_backup)
			kasper_reload_tell(self, "RequireBackup set.");
		else
			kasper_reload_tell(self,
					   "RequireBackup NOT set; please make sure that you know "
					   "the potential problems of using keys which are not "
					   "recoverable");
	}
}

void
kasper_reload_tell_policies(KasperReload *self)
{
	GPtrArray *items = kasper_config_get_policies(self->config);

	for (guint i = 0; i < items->len; i++) {
		const KasperPolicyConfig *item = g_ptr_array_index(items, i);

		kasper_reload_tell(self, "Policy %s found", item->name);
	}
}
