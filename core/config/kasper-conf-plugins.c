/* SPDX-License-Identifier: BSD-2-Clause */

/* Repository and Plugin elements: what is loaded, and the settings that it gets */

#include <string.h>

#include "kasper-config-private.h"

#define DEFAULT_KEY_STORE "hsm-pkcs11"

void
kasper_repository_config_free(KasperRepositoryConfig *self)
{
	if (self == NULL)
		return;
	g_free(self->name);
	g_free(self->plugin);
	g_free(self->module);
	g_free(self->token_label);
	kasper_xml_wipe(self->pin);
	g_free(self->backup_guard);
	g_clear_pointer(&self->settings, g_hash_table_unref);
	g_free(self);
}

void
kasper_plugin_config_free(KasperPluginConfig *self)
{
	if (self == NULL)
		return;
	g_free(self->name);
	g_free(self->module);
	g_free(self->kind);
	g_clear_pointer(&self->settings, g_hash_table_unref);
	g_free(self);
}

static GHashTable *
kasper_settings_new(void)
{
	return g_hash_table_new_full(g_str_hash,
				     g_str_equal,
				     g_free,
				     (GDestroyNotify)kasper_xml_wipe);
}

/* what the Plugin element says itself stays; @value: (nullable) */
static void
kasper_settings_add(GHashTable *settings, const gchar *name, const gchar *value)
{
	if (value != NULL && !g_hash_table_contains(settings, name))
		g_hash_table_insert(settings, g_strdup(name), g_strdup(value));
}

GHashTable *
kasper_conf_read_settings(const xmlNode *plugin, KasperFindings *findings)
{
	GHashTable *settings = kasper_settings_new();

	for (const xmlNode *node = kasper_xml_first(plugin, "p:Setting"); node != NULL;
	     node = kasper_xml_next(node, "p:Setting")) {
		g_autofree gchar *name = kasper_xml_dup_attribute(node, "name");

		if (g_hash_table_contains(settings, name))
			kasper_findings_error(findings,
					      kasper_xml_get_line(node),
					      "the setting %s is there twice; remove one",
					      name);
		g_hash_table_insert(settings, g_strdup(name), kasper_xml_dup_text(node));
	}
	return settings;
}

/* --- repositories --- */

/* the elements that OpenDNSSEC has, as properties of the PKCS#11 key store; of these any other
 * plugin is told only how many keys it may hold */
static void
kasper_repository_inherit(KasperRepositoryConfig *self)
{
	g_autofree gchar *capacity = g_strdup_printf("%" G_GINT64_FORMAT, self->capacity);

	if (strcmp(self->plugin, DEFAULT_KEY_STORE) != 0) {
		if (self->capacity >= 0)
			kasper_settings_add(self->settings, "capacity", capacity);
		return;
	}
	kasper_settings_add(self->settings, "module-path", self->module);
	kasper_settings_add(self->settings, "token-label", self->token_label);
	kasper_settings_add(self->settings, "pin", self->pin);
	kasper_settings_add(self->settings, "capacity", capacity);
	kasper_settings_add(self->settings,
			    "skip-public-key",
			    self->skip_public_key ? "true" : "false");
	kasper_settings_add(self->settings,
			    "allow-extraction",
			    self->allow_extraction ? "true" : "false");
}

static KasperRepositoryConfig *
kasper_repository_read(const xmlNode *node, KasperFindings *findings)
{
	KasperRepositoryConfig *self = g_new0(KasperRepositoryConfig, 1);
	const xmlNode *plugin = kasper_xml_first(node, "p:Plugin");
	const xmlNode *capacity = kasper_xml_first(node, "Capacity");

	self->line = kasper_xml_get_line(node);
	self->name = kasper_xml_dup_attribute(node, "name");
	self->plugin = plugin != NULL ? kasper_xml_dup_attribute(plugin, "module") : NULL;
	if (self->plugin == NULL)
		self->plugin = g_strdup(DEFAULT_KEY_STORE);
	self->module = kasper_xml_dup_text_at(node, "Module");
	self->token_label = kasper_xml_dup_text_at(node, "TokenLabel");
	/* blanks may be part of a PIN */
	self->pin = kasper_xml_dup_raw_text(kasper_xml_first(node, "PIN"));
	self->capacity = capacity != NULL ? (gint64)kasper_read_number(capacity, 0) : -1;
	self->require_backup = kasper_xml_first(node, "RequireBackup") != NULL;
	self->skip_public_key = kasper_xml_first(node, "SkipPublicKey") != NULL;
	self->allow_extraction = kasper_xml_first(node, "AllowExtraction") != NULL;
	self->backup_guard = kasper_xml_dup_text_at(node, "p:BackupGuard");
	self->settings = kasper_conf_read_settings(plugin, findings);
	kasper_repository_inherit(self);
	return self;
}

void
kasper_conf_read_repositories(KasperConfig *self, const xmlNode *root, KasperFindings *findings)
{
	const xmlNode *list = kasper_xml_first(root, "RepositoryList");

	for (const xmlNode *node = kasper_xml_first(list, "Repository"); node != NULL;
	     node = kasper_xml_next(node, "Repository"))
		g_ptr_array_add(self->repositories, kasper_repository_read(node, findings));
}

/* --- plugins --- */

static KasperPluginConfig *
kasper_plugin_read(const xmlNode *node, KasperFindings *findings)
{
	KasperPluginConfig *self = g_new0(KasperPluginConfig, 1);
	g_autofree gchar *enabled = kasper_xml_dup_attribute(node, "enabled");
	g_autofree gchar *critical = kasper_xml_dup_attribute(node, "critical");
	g_autofree gchar *deadline = kasper_xml_dup_attribute(node, "deadline");

	self->line = kasper_xml_get_line(node);
	self->name = kasper_xml_dup_attribute(node, "name");
	self->module = kasper_xml_dup_attribute(node, "module");
	self->kind = kasper_xml_dup_attribute(node, "kind");
	self->enabled = kasper_read_boolean(enabled, TRUE);
	self->critical = kasper_read_boolean(critical, FALSE);
	if (deadline != NULL && !kasper_span_parse(deadline, &self->deadline, NULL))
		kasper_findings_error(
		    findings,
		    self->line,
		    "the attribute deadline of <Plugin> is no duration; write one "
		    "such as PT30S");
	self->settings = kasper_conf_read_settings(node, findings);
	return self;
}

/* what conf.xml says in other places and a plugin that we ship wants to know */
static void
kasper_plugin_inherit(KasperPluginConfig *self, const KasperConfig *config)
{
	if (strcmp(self->module, "notify-syslog") == 0) {
		kasper_settings_add(self->settings, "facility", config->syslog_facility);
	} else if (strcmp(self->module, "signer-opendnssec") == 0) {
		g_autofree gchar *zones =
		    g_build_filename(config->working_directory, "zones.xml", NULL);

		kasper_settings_add(self->settings, "zones-file", zones);
	} else if (strcmp(self->module, "ds-command") == 0) {
		kasper_settings_add(self->settings, "submit-command", config->ds_submit_command);
		/* only OpenDNSSEC 2.1 has it, and that gives its commands one key at a time */
		if (config->ds_retract_command != NULL)
			kasper_settings_add(self->settings, "mode", "2.1");
		kasper_settings_add(self->settings, "retract-command", config->ds_retract_command);
	}
}

static void
kasper_plugins_add_default(KasperConfig *self, const gchar *kind, const gchar *module)
{
	KasperPluginConfig *plugin;

	for (guint i = 0; i < self->plugins->len; i++) {
		if (strcmp(((KasperPluginConfig *)g_ptr_array_index(self->plugins, i))->kind,
			   kind) == 0)
			return;
	}
	plugin = g_new0(KasperPluginConfig, 1);
	plugin->name = g_strdup(module);
	plugin->module = g_strdup(module);
	plugin->kind = g_strdup(kind);
	plugin->enabled = TRUE;
	plugin->settings = kasper_settings_new();
	g_ptr_array_add(self->plugins, plugin);
}

static void
kasper_conf_read_folders(KasperConfig *self, const xmlNode *root)
{
	g_autoptr(GStrvBuilder) folders = g_strv_builder_new();

	for (const xmlNode *node = kasper_xml_first(root, "p:PluginFolder"); node != NULL;
	     node = kasper_xml_next(node, "p:PluginFolder")) {
		g_autofree gchar *folder = kasper_xml_dup_text(node);

		g_strv_builder_add(folders, folder);
	}
	g_strfreev(self->plugin_folders);
	self->plugin_folders = g_strv_builder_end(folders);
}

void
kasper_conf_read_plugins(KasperConfig *self, const xmlNode *root, KasperFindings *findings)
{
	kasper_conf_read_folders(self, root);
	for (const xmlNode *node = kasper_xml_first(root, "p:Plugin"); node != NULL;
	     node = kasper_xml_next(node, "p:Plugin"))
		g_ptr_array_add(self->plugins, kasper_plugin_read(node, findings));
	kasper_plugins_add_default(self, "signer", "signer-opendnssec");
	kasper_plugins_add_default(self, "notifier", "notify-syslog");
	kasper_plugins_add_default(self, "backup-guard", "backup-manual");
	if (self->ds_submit_command != NULL)
		kasper_plugins_add_default(self, "ds-channel", "ds-command");
	for (guint i = 0; i < self->plugins->len; i++)
		kasper_plugin_inherit(g_ptr_array_index(self->plugins, i), self);
}
