/* SPDX-License-Identifier: BSD-2-Clause */

/* what is wrong or unwise in the repositories and plugins of conf.xml */

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kasper-check-private.h"

#define PKCS11 "hsm-pkcs11"

/* PKCS#11, CK_TOKEN_INFO: a label has 32 octets */
#define MAX_TOKEN_LABEL 32

/* repositories and plugins share one space of names */
static void
kasper_conf_check_names(const KasperConfig *self, KasperFindings *findings)
{
	g_autoptr(GHashTable) lines = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < self->repositories->len; i++) {
		const KasperRepositoryConfig *repository = g_ptr_array_index(self->repositories, i);
		gint first = GPOINTER_TO_INT(g_hash_table_lookup(lines, repository->name));

		if (first != 0)
			kasper_findings_error(
			    findings,
			    repository->line,
			    "two repositories have the name %s, the first in line "
			    "%d; rename one",
			    repository->name,
			    first);
		g_hash_table_insert(lines, repository->name, GINT_TO_POINTER(repository->line));
	}
	for (guint i = 0; i < self->plugins->len; i++) {
		const KasperPluginConfig *plugin = g_ptr_array_index(self->plugins, i);
		gint first = GPOINTER_TO_INT(g_hash_table_lookup(lines, plugin->name));

		if (first != 0)
			kasper_findings_error(
			    findings,
			    plugin->line,
			    "the name of plugin %s is taken by line %d; plugins "
			    "and repositories need names of their own: rename one",
			    plugin->name,
			    first);
		g_hash_table_insert(lines, plugin->name, GINT_TO_POINTER(MAX(plugin->line, 1)));
	}
}

static void
kasper_repository_check_token(const KasperConfig *config,
			      const KasperRepositoryConfig *self,
			      KasperFindings *findings)
{
	for (guint i = 0; i < config->repositories->len; i++) {
		const KasperRepositoryConfig *other = g_ptr_array_index(config->repositories, i);

		if (other == self)
			return;
		if (strcmp(other->plugin, PKCS11) == 0 &&
		    strcmp(other->module, self->module) == 0 &&
		    strcmp(other->token_label, self->token_label) == 0)
			kasper_findings_error(
			    findings,
			    self->line,
			    "repositories %s and %s have the same <Module> and the "
			    "same <TokenLabel>; a token can be in one only",
			    other->name,
			    self->name);
	}
}

static void
kasper_repository_check_pkcs11(const KasperRepositoryConfig *self,
			       const xmlNode *node,
			       KasperFindings *findings)
{
	if (!g_path_is_absolute(self->module))
		kasper_findings_error(findings,
				      kasper_xml_find_line(node, "Module"),
				      "<Module> is %s; write the path of the PKCS#11 library in "
				      "full",
				      self->module);
	else if (g_access(self->module, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		kasper_findings_error(findings,
				      kasper_xml_find_line(node, "Module"),
				      "the PKCS#11 library %s does not exist; install it, or "
				      "correct the path",
				      self->module);
	if (strlen(self->token_label) > MAX_TOKEN_LABEL)
		kasper_findings_error(findings,
				      kasper_xml_find_line(node, "TokenLabel"),
				      "the label of a token has at most %d octets; correct it",
				      MAX_TOKEN_LABEL);
	if (!g_hash_table_contains(self->settings, "pin") &&
	    !g_hash_table_contains(self->settings, "pin-source"))
		kasper_findings_warning(
		    findings,
		    self->line,
		    "repository %s has neither a <PIN> nor the setting "
		    "pin-source; add one of them, unless the token needs no PIN",
		    self->name);
}

/* a PIN in a file that everybody can read is known to everybody */
static void
kasper_repository_check_pin(const KasperConfig *config,
			    const KasperRepositoryConfig *self,
			    const xmlNode *node,
			    KasperFindings *findings)
{
	struct stat status;

	if (self->pin == NULL || g_stat(config->path, &status) != 0)
		return;
	if ((status.st_mode & S_IROTH) != 0)
		kasper_findings_warning(findings,
					kasper_xml_find_line(node, "PIN"),
					"everybody can read this file and with it the PIN of "
					"repository %s: chmod o-r, or use the setting pin-source",
					self->name);
}

static const KasperPluginConfig *
kasper_conf_find_plugin(const KasperConfig *self, const gchar *name)
{
	for (guint i = 0; i < self->plugins->len; i++) {
		const KasperPluginConfig *plugin = g_ptr_array_index(self->plugins, i);

		if (strcmp(plugin->name, name) == 0)
			return plugin;
	}
	return NULL;
}

static void
kasper_repository_check_backup(const KasperConfig *config,
			       const KasperRepositoryConfig *self,
			       const xmlNode *node,
			       KasperFindings *findings)
{
	const KasperPluginConfig *guard =
	    self->backup_guard != NULL ? kasper_conf_find_plugin(config, self->backup_guard) : NULL;
	gint line = kasper_xml_find_line(node, "p:BackupGuard");

	if (self->require_backup && self->backup_guard == NULL && !config->manual_generation)
		kasper_findings_info(
		    findings,
		    kasper_xml_find_line(node, "RequireBackup"),
		    "keys of repository %s are made when they are needed, and then "
		    "wait until somebody says 'kasper backup prepare' and 'kasper "
		    "backup commit'",
		    self->name);
	if (self->backup_guard == NULL)
		return;
	if (!self->require_backup)
		kasper_findings_warning(findings,
					line,
					"<BackupGuard> has no effect without <RequireBackup/>; add "
					"that, or remove this");
	if (guard == NULL)
		kasper_findings_error(findings,
				      line,
				      "plugin %s is not in this file; correct the name, or add a "
				      "<Plugin> of kind backup-guard",
				      self->backup_guard);
	else if (strcmp(guard->kind, "backup-guard") != 0)
		kasper_findings_error(findings,
				      line,
				      "plugin %s is of kind %s; name one of kind backup-guard",
				      self->backup_guard,
				      guard->kind);
}

/* the engine works with one signer and with one DS channel */
static void
kasper_conf_check_single(const KasperConfig *self, const gchar *kind, KasperFindings *findings)
{
	const KasperPluginConfig *first = NULL;

	for (guint i = 0; i < self->plugins->len; i++) {
		const KasperPluginConfig *plugin = g_ptr_array_index(self->plugins, i);

		if (strcmp(plugin->kind, kind) != 0 || !plugin->enabled)
			continue;
		if (first != NULL)
			kasper_findings_warning(
			    findings,
			    plugin->line,
			    "plugin %s is not used: there is one %s, and that is "
			    "%s of line %d; remove one, or say enabled=\"false\"",
			    plugin->name,
			    kind,
			    first->name,
			    first->line);
		else
			first = plugin;
	}
}

/* commands that nothing will run */
static void
kasper_conf_check_unused_commands(const KasperConfig *self,
				  const xmlNode *root,
				  KasperFindings *findings)
{
	if (self->ds_retract_command != NULL && self->ds_submit_command == NULL)
		kasper_findings_warning(
		    findings,
		    kasper_xml_find_line(root, "Enforcer/DelegationSignerRetractCommand"),
		    "there is a command that withdraws DS records and none that submits them; add "
		    "<DelegationSignerSubmitCommand>");
	for (guint i = 0; i < self->plugins->len; i++) {
		const KasperPluginConfig *plugin = g_ptr_array_index(self->plugins, i);

		if (self->ds_submit_command != NULL && strcmp(plugin->kind, "ds-channel") == 0 &&
		    strcmp(plugin->module, "ds-command") != 0)
			kasper_findings_warning(
			    findings,
			    kasper_xml_find_line(root, "Enforcer/DelegationSignerSubmitCommand"),
			    "this command is not used: DS records go through plugin %s of line %d; "
			    "remove one of the two",
			    plugin->name,
			    plugin->line);
	}
}

void
kasper_conf_check_plugins(const KasperConfig *self, const xmlNode *root, KasperFindings *findings)
{
	const xmlNode *node = kasper_xml_find(root, "RepositoryList/Repository");

	kasper_conf_check_names(self, findings);
	for (guint i = 0; i < self->repositories->len; i++) {
		const KasperRepositoryConfig *repository = g_ptr_array_index(self->repositories, i);

		if (strcmp(repository->plugin, PKCS11) == 0) {
			kasper_repository_check_token(self, repository, findings);
			kasper_repository_check_pkcs11(repository, node, findings);
		}
		kasper_repository_check_pin(self, repository, node, findings);
		kasper_repository_check_backup(self, repository, node, findings);
		node = kasper_xml_next(node, "Repository");
	}
	kasper_conf_check_single(self, "signer", findings);
	kasper_conf_check_single(self, "ds-channel", findings);
	kasper_conf_check_unused_commands(self, root, findings);
}
