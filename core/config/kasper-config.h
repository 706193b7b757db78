/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-policy.h"

G_BEGIN_DECLS

/* something that a check has to say; @text names the remedy */
typedef enum {
	KASPER_FINDING_ERROR,
	KASPER_FINDING_WARNING,
	KASPER_FINDING_INFO,
} KasperFindingLevel;

typedef struct {
	KasperFindingLevel level;
	gchar *file;
	gint line; /* 0: the file as a whole */
	gchar *text;
} KasperFinding;

KASPER_EXPORT
void kasper_finding_free(KasperFinding *self);
/* "FILE:LINE: error: TEXT" */
KASPER_EXPORT
gchar *kasper_finding_to_text(const KasperFinding *self);

/* RepositoryList/Repository */
typedef struct {
	gchar *name;
	gint line;
	gchar *plugin; /* module: "hsm-pkcs11", or what Kasper's own element says */
	gchar *module; /* PKCS#11 library */
	gchar *token_label;
	gchar *pin;	 /* NULL: none in the file; wiped when freed */
	gint64 capacity; /* -1: unlimited */
	gboolean require_backup;
	gboolean skip_public_key;
	gboolean allow_extraction;
	gchar *backup_guard;  /* name of a plugin element, or NULL: "backup-manual" */
	GHashTable *settings; /* text to text, for the plugin. For hsm-pkcs11 the above included, by
			       * property name: module-path, token-label, pin, capacity,
			       * skip-public-key, allow-extraction; for any other plugin only
			       * capacity, and that only if it is limited */
} KasperRepositoryConfig;

/* Kasper's own element: {urn:kasper:plugin:1}Plugin */
typedef struct {
	gchar *name;
	gint line;
	gchar *module; /* "notify-syslog" */
	gchar *kind; /* "key-store", "signer", "ds-channel", "backup-guard", "notifier", "probe" */
	gboolean enabled;
	gboolean critical;    /* the daemon does not start without it */
	KasperSpan deadline;  /* of a call, seconds */
	GHashTable *settings; /* text to text */
} KasperPluginConfig;

typedef struct {
	gchar *name;
	gint line;
	gchar *description;
	KasperPolicy
	    values; /* demands[].store is 0: the engine fills it in from demand_repositories */
	gchar *demand_repositories[KASPER_DEMANDS_MAX];
	gboolean nsec3;
	gboolean nsec3_opt_out;
	KasperSpan nsec3_ttl;
	KasperSpan nsec3_resalt;
	guint nsec3_algorithm;
	guint nsec3_iterations;
	guint nsec3_salt_length; /* octets */
	KasperSpan inception_offset;
	gboolean has_keyset_validity;
	gboolean has_max_zone_ttl;
	KasperSpan soa_ttl;
	KasperSpan soa_minimum;
	gchar *soa_serial; /* counter, datecounter, unixtime, keep */
	KasperSpan parent_soa_ttl;
	KasperSpan parent_soa_minimum;
} KasperPolicyConfig;

typedef struct {
	gchar *name; /* as kasper_zone_name_parse() gives it */
	gint line;
	gchar *policy;
	gchar *signer_configuration;
	gchar *input_type; /* "File" or "DNS" */
	gchar *input;
	gchar *output_type;
	gchar *output;
} KasperZoneConfig;

/* what conf.xml and the files that it names say, checked; it never changes */
#define KASPER_TYPE_CONFIG (kasper_config_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperConfig, kasper_config, KASPER, CONFIG, GObject)

/* reads conf.xml, kasp.xml and zonelist.xml, validates them, and makes kaspcheck's checks.
 * @findings: (nullable) (element-type KasperFinding): everything that was found, warnings too;
 * on errors: NULL, the error naming the first, all of them in @findings */
KASPER_EXPORT
KasperConfig *kasper_config_load(const gchar *path, GPtrArray *findings, GError **error);

/* the policies of a kasp.xml alone: repositories are not looked for, zones there are none */
KASPER_EXPORT
KasperConfig *kasper_config_load_policies(const gchar *path, GPtrArray *findings, GError **error);

KASPER_EXPORT
const gchar *kasper_config_get_path(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_policy_file(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_zone_list_file(KasperConfig *self);
/* Datastore/SQLite, or the default; Kasper's own file, never that of OpenDNSSEC: ".kasper" is
 * appended if the file there is not ours */
KASPER_EXPORT
const gchar *kasper_config_get_store_file(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_socket_file(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_pid_file(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_working_directory(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_signer_working_directory(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_user(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_group(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_syslog_facility(KasperConfig *self);
KASPER_EXPORT
guint kasper_config_get_verbosity(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_ds_submit_command(KasperConfig *self);
KASPER_EXPORT
const gchar *kasper_config_get_ds_retract_command(KasperConfig *self);
KASPER_EXPORT
KasperSpan kasper_config_get_generation_period(KasperConfig *self);
KASPER_EXPORT
gboolean kasper_config_get_manual_generation(KasperConfig *self);
KASPER_EXPORT
KasperSpan kasper_config_get_rollover_notification(KasperConfig *self);
/* folders of plugin modules that conf.xml adds (element PluginFolder beside Plugin) */
KASPER_EXPORT
const gchar *const *kasper_config_get_plugin_folders(KasperConfig *self);

/* (element-type KasperRepositoryConfig) and so on; owned by the configuration */
KASPER_EXPORT
GPtrArray *kasper_config_get_repositories(KasperConfig *self);
/* where conf.xml configures none of a kind, the built-in defaults stand here: signer-opendnssec,
 * notify-syslog, backup-manual, and ds-command if there is a DelegationSignerSubmitCommand */
KASPER_EXPORT
GPtrArray *kasper_config_get_plugins(KasperConfig *self);
KASPER_EXPORT
GPtrArray *kasper_config_get_policies(KasperConfig *self);
KASPER_EXPORT
GPtrArray *kasper_config_get_zones(KasperConfig *self);
/* they are in the store now; there may be hundreds of thousands of them */
KASPER_EXPORT
void kasper_config_drop_zones(KasperConfig *self);
KASPER_EXPORT
KasperRepositoryConfig *kasper_config_find_repository(KasperConfig *self, const gchar *name);
KASPER_EXPORT
KasperPolicyConfig *kasper_config_find_policy(KasperConfig *self, const gchar *name);

/* writes zones as zonelist.xml, atomically and durably */
KASPER_EXPORT
gboolean kasper_zone_list_write(const gchar *path, GPtrArray *zones, GError **error);
/* (transfer full): a Policy element and its KASP root, as `policy export` prints it */
KASPER_EXPORT
gchar *kasper_policy_config_to_xml(GPtrArray *policies);

G_END_DECLS
