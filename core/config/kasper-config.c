/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-config-private.h"

#include "kasper-error.h"

G_DEFINE_TYPE(KasperConfig, kasper_config, G_TYPE_OBJECT)

static void
kasper_config_finalize(GObject *object)
{
	KasperConfig *self = KASPER_CONFIG(object);

	g_free(self->path);
	g_free(self->policy_file);
	g_free(self->zone_list_file);
	g_free(self->store_file);
	g_free(self->socket_file);
	g_free(self->pid_file);
	g_free(self->working_directory);
	g_free(self->signer_working_directory);
	g_free(self->user);
	g_free(self->group);
	g_free(self->syslog_facility);
	g_free(self->ds_submit_command);
	g_free(self->ds_retract_command);
	g_strfreev(self->plugin_folders);
	g_ptr_array_unref(self->repositories);
	g_ptr_array_unref(self->plugins);
	g_hash_table_unref(self->policy_names);
	g_ptr_array_unref(self->policies);
	g_ptr_array_unref(self->zones);
	G_OBJECT_CLASS(kasper_config_parent_class)->finalize(object);
}

static void
kasper_config_class_init(KasperConfigClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_config_finalize;
}

static void
kasper_config_init(KasperConfig *self)
{
	self->repositories =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_repository_config_free);
	self->plugins = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_plugin_config_free);
	self->policies = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_policy_config_free);
	self->zones = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_zone_config_free);
	self->policy_names = g_hash_table_new(g_str_hash, g_str_equal);
	self->plugin_folders = g_new0(gchar *, 1);
}

/* the first error stands for all of them */
void
kasper_config_set_error(GPtrArray *findings, GError **error)
{
	const KasperFinding *first = NULL;
	g_autofree gchar *where = NULL;
	guint n = 0;

	for (guint i = 0; i < findings->len; i++) {
		const KasperFinding *finding = g_ptr_array_index(findings, i);

		if (finding->level != KASPER_FINDING_ERROR)
			continue;
		if (n++ == 0)
			first = finding;
	}
	where = first->line > 0 ? g_strdup_printf("%s:%d", first->file, first->line)
				: g_strdup(first->file);
	if (n == 1)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%s: %s",
			    where,
			    first->text);
	else
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%s: %s (and %u more)",
			    where,
			    first->text,
			    n - 1);
}

/* each file is read even if another one is wrong, so that all is said at once */
static guint
kasper_config_read(KasperConfig *self, GPtrArray *list)
{
	KasperFindings conf = KASPER_FINDINGS_INIT(list, self->path);
	KasperFindings kasp = {0}, zones = {0};

	if (!kasper_conf_file_read(self, &conf))
		return conf.n_errors;
	kasp = KASPER_FINDINGS_INIT(list, self->policy_file);
	kasper_policy_file_read(self, &kasp);
	kasper_config_check_default_policy(self, &kasp);
	zones = KASPER_FINDINGS_INIT(list, self->zone_list_file);
	kasper_zone_list_read(self, &zones);
	kasper_config_check_capacity(self, &conf);
	return conf.n_errors + kasp.n_errors + zones.n_errors;
}

/**
 * kasper_config_load: (skip)
 * @path: (type filename): conf.xml
 * @findings: (nullable) (element-type KasperFinding): what is found is appended here
 * @error: return location for a #GError, or %NULL
 *
 * Reads conf.xml and the kasp.xml and zonelist.xml that it names, validates them against their
 * schemas and makes the checks of ods-kaspcheck and some more. Nothing but these files is
 * changed or opened; that what they name exists is looked at. May be called in any thread.
 *
 * Returns: (transfer full): the configuration, or %NULL with %KASPER_ERROR_INVALID that names the
 * first of the errors among @findings
 *
 * Since: 0.1
 */
KasperConfig *
kasper_config_load(const gchar *path, GPtrArray *findings, GError **error)
{
	g_autoptr(KasperConfig) self = g_object_new(KASPER_TYPE_CONFIG, NULL);
	g_autoptr(GPtrArray) list =
	    findings != NULL ? g_ptr_array_ref(findings)
			     : g_ptr_array_new_with_free_func((GDestroyNotify)kasper_finding_free);

	self->path = g_strdup(path);
	if (kasper_config_read(self, list) > 0) {
		kasper_config_set_error(list, error);
		return NULL;
	}
	return g_steal_pointer(&self);
}

/**
 * kasper_config_load_policies: (skip)
 * @path: (type filename): kasp.xml
 * @findings: (nullable) (element-type KasperFinding): what is found is appended here
 * @error: return location for a #GError, or %NULL
 *
 * Reads a kasp.xml alone, as kasper_config_load() does, for whoever has no conf.xml: the
 * repositories that it names are taken for granted. May be called in any thread.
 *
 * Returns: (transfer full): a configuration that has policies and nothing else, or %NULL with
 * %KASPER_ERROR_INVALID that names the first of the errors among @findings
 *
 * Since: 0.1
 */
KasperConfig *
kasper_config_load_policies(const gchar *path, GPtrArray *findings, GError **error)
{
	g_autoptr(KasperConfig) self = g_object_new(KASPER_TYPE_CONFIG, NULL);
	g_autoptr(GPtrArray) list =
	    findings != NULL ? g_ptr_array_ref(findings)
			     : g_ptr_array_new_with_free_func((GDestroyNotify)kasper_finding_free);
	KasperFindings kasp = KASPER_FINDINGS_INIT(list, path);

	self->path = g_strdup(path);
	self->policy_file = g_strdup(path);
	self->has_no_conf = TRUE;
	kasper_policy_file_read(self, &kasp);
	if (kasp.n_errors > 0) {
		kasper_config_set_error(list, error);
		return NULL;
	}
	return g_steal_pointer(&self);
}

/**
 * kasper_config_find_repository: (skip)
 * @self: a configuration
 * @name: the name of a repository
 *
 * Returns: (transfer none) (nullable): the repository
 *
 * Since: 0.1
 */
KasperRepositoryConfig *
kasper_config_find_repository(KasperConfig *self, const gchar *name)
{
	for (guint i = 0; i < self->repositories->len; i++) {
		KasperRepositoryConfig *repository = g_ptr_array_index(self->repositories, i);

		if (g_strcmp0(repository->name, name) == 0)
			return repository;
	}
	return NULL;
}

/**
 * kasper_config_find_policy: (skip)
 * @self: a configuration
 * @name: the name of a policy
 *
 * Returns: (transfer none) (nullable): the policy
 *
 * Since: 0.1
 */
KasperPolicyConfig *
kasper_config_find_policy(KasperConfig *self, const gchar *name)
{
	return g_hash_table_lookup(self->policy_names, name);
}
