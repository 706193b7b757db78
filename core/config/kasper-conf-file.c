/* SPDX-License-Identifier: BSD-2-Clause */

/* conf.xml: where everything is, and how the daemon runs */

#include "kasper-config-private.h"
#include "kasper-config-socket.h"

/* OpenDNSSEC 2.1: keys are made for a year ahead, and the daemon's verbosity is 3 */
#define DEFAULT_GENERATION_PERIOD ((KasperSpan)365 * KASPER_SPAN_DAY)
#define DEFAULT_VERBOSITY	  3
#define DEFAULT_FACILITY	  "daemon"
/* beside the socket */
#define DEFAULT_PID_FILE "/run/kasper/kasperd.pid"

KasperSpan
kasper_read_span(const xmlNode *node, KasperSpan fallback, KasperFindings *findings)
{
	g_autofree gchar *text = kasper_xml_dup_text(node);
	g_autoptr(GError) error = NULL;
	KasperSpan span = fallback;

	if (text == NULL)
		return fallback;
	if (!kasper_span_parse(text, &span, &error)) {
		g_autofree gchar *shown = kasper_findings_quote(text);

		kasper_findings_error(findings,
				      kasper_xml_get_line(node),
				      "<%s> is %s, which is no duration of at most a thousand "
				      "years; write one such as P14D, PT2H or PT3600S",
				      node->name,
				      shown);
		return fallback;
	}
	return span;
}

guint
kasper_read_number(const xmlNode *node, guint fallback)
{
	g_autofree gchar *text = kasper_xml_dup_text(node);

	/* the schema has seen to it that it is one, and not too large */
	return text != NULL ? (guint)g_ascii_strtoull(text, NULL, 10) : fallback;
}

gboolean
kasper_read_boolean(const gchar *text, gboolean fallback)
{
	return text != NULL ? g_strcmp0(text, "true") == 0 : fallback;
}

static gchar *
kasper_conf_dup(const xmlNode *root, const gchar *path, const gchar *fallback)
{
	gchar *text = kasper_xml_dup_text_at(root, path);

	return text != NULL ? text : g_strdup(fallback);
}

static void
kasper_conf_read_common(KasperConfig *self, const xmlNode *root)
{
	self->policy_file = kasper_conf_dup(root, "Common/PolicyFile", NULL);
	self->zone_list_file = kasper_conf_dup(root, "Common/ZoneListFile", NULL);
	self->syslog_facility =
	    kasper_conf_dup(root, "Common/Logging/Syslog/Facility", DEFAULT_FACILITY);
	self->verbosity = kasper_read_number(kasper_xml_find(root, "Common/Logging/Verbosity"),
					     DEFAULT_VERBOSITY);
}

static void
kasper_conf_read_enforcer(KasperConfig *self, const xmlNode *root, KasperFindings *findings)
{
	const xmlNode *enforcer = kasper_xml_first(root, "Enforcer");
	g_autofree gchar *store = kasper_xml_dup_text_at(enforcer, "Datastore/SQLite");

	self->store_file = kasper_conf_choose_store_file(store);
	self->pid_file = kasper_conf_dup(enforcer, "PidFile", DEFAULT_PID_FILE);
	self->socket_file = kasper_conf_dup(enforcer, "SocketFile", KASPER_CONFIG_SOCKET_DEFAULT);
	self->working_directory =
	    kasper_conf_dup(enforcer, "WorkingDirectory", KASPER_DEFAULT_DIRECTORY);
	self->user = kasper_conf_dup(enforcer, "Privileges/User", NULL);
	self->group = kasper_conf_dup(enforcer, "Privileges/Group", NULL);
	self->ds_submit_command = kasper_conf_dup(enforcer, "DelegationSignerSubmitCommand", NULL);
	self->ds_retract_command =
	    kasper_conf_dup(enforcer, "DelegationSignerRetractCommand", NULL);
	self->manual_generation = kasper_xml_first(enforcer, "ManualKeyGeneration") != NULL;
	self->generation_period =
	    kasper_read_span(kasper_xml_first(enforcer, "AutomaticKeyGenerationPeriod"),
			     DEFAULT_GENERATION_PERIOD,
			     findings);
	self->rollover_notification =
	    kasper_read_span(kasper_xml_first(enforcer, "RolloverNotification"), 0, findings);
	/* no effect, but it must be a duration all the same */
	kasper_read_span(kasper_xml_first(enforcer, "Interval"), 0, findings);
}

gboolean
kasper_conf_file_read(KasperConfig *self, KasperFindings *findings)
{
	xmlDoc *doc = kasper_xml_load(self->path, "conf.rng", findings);
	const xmlNode *root;

	if (doc == NULL)
		return FALSE;
	root = xmlDocGetRootElement(doc);
	kasper_conf_read_common(self, root);
	kasper_conf_read_enforcer(self, root, findings);
	self->signer_working_directory =
	    kasper_conf_dup(root, "Signer/WorkingDirectory", KASPER_DEFAULT_DIRECTORY "/signer");
	kasper_conf_read_repositories(self, root, findings);
	kasper_conf_read_plugins(self, root, findings);
	kasper_conf_check(self, root, findings);
	kasper_xml_free(doc);
	return TRUE;
}
