/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-xml-private.h"

G_BEGIN_DECLS

struct _KasperConfig {
	GObject parent_instance;

	gchar *path;
	gchar *policy_file;
	gchar *zone_list_file;
	gchar *store_file;
	gchar *socket_file;
	gchar *pid_file;
	gchar *working_directory;
	gchar *signer_working_directory;
	gchar *user;
	gchar *group;
	gchar *syslog_facility;
	guint verbosity;
	gchar *ds_submit_command;
	gchar *ds_retract_command;
	KasperSpan generation_period;
	gboolean manual_generation;
	KasperSpan rollover_notification;
	GStrv plugin_folders;
	GPtrArray *repositories;  /* of KasperRepositoryConfig */
	GPtrArray *plugins;	  /* of KasperPluginConfig */
	GPtrArray *policies;	  /* of KasperPolicyConfig */
	GPtrArray *zones;	  /* of KasperZoneConfig */
	GHashTable *policy_names; /* name to KasperPolicyConfig */
	gboolean knows_policies;  /* kasp.xml could be read */
	gboolean has_no_conf;	  /* there is nothing but kasp.xml: no check against conf.xml */
};

/* sets the error that stands for all of the findings: the first of the errors among them */
void kasper_config_set_error(GPtrArray *findings, GError **error);

/* --- values of elements; where a text cannot be read there is an error, and the default --- */

KasperSpan kasper_read_span(const xmlNode *node, KasperSpan fallback, KasperFindings *findings);
guint kasper_read_number(const xmlNode *node, guint fallback);
gboolean kasper_read_boolean(const gchar *text, gboolean fallback);

/* --- conf.xml --- */

void kasper_repository_config_free(KasperRepositoryConfig *self);
void kasper_plugin_config_free(KasperPluginConfig *self);
/* fills in all but policies and zones; FALSE if the file could not be read at all */
gboolean kasper_conf_file_read(KasperConfig *self, KasperFindings *findings);
void
kasper_conf_read_repositories(KasperConfig *self, const xmlNode *root, KasperFindings *findings);
/* Plugin and PluginFolder elements, and the built-in ones beside them */
void kasper_conf_read_plugins(KasperConfig *self, const xmlNode *root, KasperFindings *findings);
/* the Setting elements of a Plugin element; values are wiped when they are freed */
GHashTable *kasper_conf_read_settings(const xmlNode *plugin, KasperFindings *findings);
void kasper_conf_check(const KasperConfig *self, const xmlNode *root, KasperFindings *findings);
/* where Kasper's database is if conf.xml says @path; NULL: it says nothing */
gchar *kasper_conf_choose_store_file(const gchar *path);

/* --- when all files have been read --- */

/* @findings: of conf.xml and of kasp.xml */
void kasper_config_check_capacity(const KasperConfig *self, KasperFindings *findings);
void kasper_config_check_default_policy(KasperConfig *self, KasperFindings *findings);

/* --- kasp.xml --- */

void kasper_policy_config_free(KasperPolicyConfig *self);
void kasper_policy_file_read(KasperConfig *self, KasperFindings *findings);
void kasper_policy_read(KasperPolicyConfig *self, const xmlNode *node, KasperFindings *findings);
void
kasper_policy_read_keys(KasperPolicyConfig *self, const xmlNode *node, KasperFindings *findings);

/* --- zonelist.xml --- */

void kasper_zone_config_free(KasperZoneConfig *self);
void kasper_zone_list_read(KasperConfig *self, KasperFindings *findings);

G_END_DECLS
