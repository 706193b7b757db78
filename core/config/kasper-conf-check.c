/* SPDX-License-Identifier: BSD-2-Clause */

/* what is wrong or unwise in conf.xml although it is well-formed: what it says of the machine */

#include <errno.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "kasper-check-private.h"

/* elements of OpenDNSSEC that are read, and mean nothing to Kasper */
typedef struct {
	const gchar *path;
	KasperFindingLevel level;
	const gchar *text;
} KasperConfRelic;

static const KasperConfRelic relics[] = {
    {"Enforcer/Interval",
     KASPER_FINDING_INFO,
     "has no effect: Kasper acts when something is due, not at intervals; it can be removed"},
    {"Enforcer/Privileges/Directory",
     KASPER_FINDING_WARNING,
     "has no effect: kasperd does not change its root; let the service manager do it "
     "(RootDirectory= of systemd)"},
    {"Enforcer/Datastore/MySQL",
     KASPER_FINDING_WARNING,
     "has no effect: Kasper has its own database; name its file in <Datastore><SQLite>"},
};

static void
kasper_conf_check_relics(const xmlNode *root, KasperFindings *findings)
{
	for (gsize i = 0; i < G_N_ELEMENTS(relics); i++) {
		const xmlNode *node = kasper_xml_find(root, relics[i].path);

		if (node != NULL)
			kasper_findings_add(findings,
					    relics[i].level,
					    kasper_xml_get_line(node),
					    "<%s> %s",
					    node->name,
					    relics[i].text);
	}
}

/* getpwnam_r() and getgrnam_r() need a place for texts; this is more than enough for any */
#define LOOKUP_SIZE 65536

static gboolean
kasper_conf_has_user(const gchar *name)
{
	g_autofree gchar *place = g_malloc(LOOKUP_SIZE);
	struct passwd entry, *found = NULL;

	return getpwnam_r(name, &entry, place, LOOKUP_SIZE, &found) != 0 || found != NULL;
}

static gboolean
kasper_conf_has_group(const gchar *name)
{
	g_autofree gchar *place = g_malloc(LOOKUP_SIZE);
	struct group entry, *found = NULL;

	return getgrnam_r(name, &entry, place, LOOKUP_SIZE, &found) != 0 || found != NULL;
}

/* those of the signer are the signer's affair: they are told, and do not stop us */
static void
kasper_conf_check_account(const xmlNode *root,
			  const gchar *path,
			  KasperFindingLevel level,
			  KasperFindings *findings)
{
	const xmlNode *node = kasper_xml_find(root, path);
	g_autofree gchar *name = kasper_xml_dup_text(node);
	gboolean group = g_str_has_suffix(path, "Group");

	if (name == NULL || (group ? kasper_conf_has_group(name) : kasper_conf_has_user(name)))
		return;
	kasper_findings_add(findings,
			    level,
			    kasper_xml_get_line(node),
			    "there is no %s %s; create it, or correct the name",
			    group ? "group" : "user",
			    name);
}

static void
kasper_conf_check_folder(const xmlNode *root,
			 const gchar *path,
			 KasperFindingLevel level,
			 KasperFindings *findings)
{
	const xmlNode *node = kasper_xml_find(root, path);
	g_autofree gchar *folder = kasper_xml_dup_text(node);
	struct stat status;

	if (folder == NULL)
		return;
	if (g_stat(folder, &status) != 0) {
		/* what we may not see is not known to be missing */
		if (errno == ENOENT || errno == ENOTDIR)
			kasper_findings_add(findings,
					    level,
					    kasper_xml_get_line(node),
					    "the folder %s does not exist; create it, or correct "
					    "the path",
					    folder);
	} else if (!S_ISDIR(status.st_mode)) {
		kasper_findings_add(findings,
				    level,
				    kasper_xml_get_line(node),
				    "%s is not a folder; correct the path",
				    folder);
	}
}

static void
kasper_conf_check_absolute(const xmlNode *root, const gchar *path, KasperFindings *findings)
{
	const xmlNode *node = kasper_xml_find(root, path);
	g_autofree gchar *text = kasper_xml_dup_text(node);

	if (text != NULL && !g_path_is_absolute(text))
		kasper_findings_warning(findings,
					kasper_xml_get_line(node),
					"the path %s does not begin with /, so it depends on where "
					"kasperd is started; write it in full",
					text);
}

/* the file itself comes into being by itself; the folder that it shall lie in does not */
static void
kasper_conf_check_store(const KasperConfig *self, const xmlNode *root, KasperFindings *findings)
{
	const xmlNode *node = kasper_xml_find(root, "Enforcer/Datastore/SQLite");
	g_autofree gchar *path = kasper_xml_dup_text(node);
	g_autofree gchar *folder = path != NULL ? g_path_get_dirname(path) : NULL;

	if (path == NULL)
		return;
	if (g_access(folder, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		kasper_findings_error(findings,
				      kasper_xml_get_line(node),
				      "the folder %s of the database does not exist; create it, or "
				      "correct the path",
				      folder);
	else if (strcmp(path, self->store_file) != 0)
		kasper_findings_info(findings,
				     kasper_xml_get_line(node),
				     "%s stays as it is: Kasper's own database is %s",
				     path,
				     self->store_file);
}

static void
kasper_conf_check_command(const xmlNode *root, const gchar *path, KasperFindings *findings)
{
	const xmlNode *node = kasper_xml_find(root, path);
	g_autofree gchar *text = kasper_xml_dup_text(node);
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) error = NULL;
	gint line = kasper_xml_get_line(node);

	if (text == NULL)
		return;
	if (!g_shell_parse_argv(text, NULL, &words, &error))
		kasper_findings_error(findings,
				      line,
				      "<%s> cannot be split into words: %s; mend the quotes",
				      node->name,
				      error->message);
	else if (!g_path_is_absolute(words[0]))
		kasper_findings_error(findings,
				      line,
				      "<%s> begins with %s; there is no shell that would look for "
				      "it: write the path in full",
				      node->name,
				      words[0]);
	else if (g_access(words[0], F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		kasper_findings_error(findings,
				      line,
				      "the program %s does not exist; install it, or correct the "
				      "path",
				      words[0]);
	else if (!g_file_test(words[0], G_FILE_TEST_IS_REGULAR) ||
		 (g_access(words[0], X_OK) != 0 && errno == EACCES))
		kasper_findings_error(findings,
				      line,
				      "the program %s cannot be run; make it executable (chmod +x)",
				      words[0]);
	else if (strstr(text, "cka") != NULL &&
		 !g_strv_contains((const gchar *const *)words, "--cka_id"))
		kasper_findings_warning(findings,
					line,
					"<%s>: only the word --cka_id at its end asks for the ids "
					"of keys; is something spelt differently?",
					node->name);
}

static void
kasper_conf_check_working_folders(const KasperConfig *self,
				  const xmlNode *root,
				  KasperFindings *findings)
{
	if (strcmp(self->working_directory, self->signer_working_directory) == 0)
		kasper_findings_error(findings,
				      kasper_xml_find_line(root, "Signer/WorkingDirectory"),
				      "the signer has the same <WorkingDirectory> as the enforcer; "
				      "give it its own");
	kasper_conf_check_folder(root, "Enforcer/WorkingDirectory", KASPER_FINDING_ERROR, findings);
	kasper_conf_check_folder(root, "Signer/WorkingDirectory", KASPER_FINDING_WARNING, findings);
}

void
kasper_conf_check_places(const KasperConfig *self, const xmlNode *root, KasperFindings *findings)
{
	static const gchar *const paths[] = {"Common/PolicyFile",
					     "Common/ZoneListFile",
					     "Enforcer/PidFile",
					     "Enforcer/SocketFile",
					     "Enforcer/WorkingDirectory",
					     "Enforcer/Datastore/SQLite"};

	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++)
		kasper_conf_check_absolute(root, paths[i], findings);
	kasper_conf_check_account(root, "Enforcer/Privileges/User", KASPER_FINDING_ERROR, findings);
	kasper_conf_check_account(root,
				  "Enforcer/Privileges/Group",
				  KASPER_FINDING_ERROR,
				  findings);
	kasper_conf_check_account(root, "Signer/Privileges/User", KASPER_FINDING_WARNING, findings);
	kasper_conf_check_account(root,
				  "Signer/Privileges/Group",
				  KASPER_FINDING_WARNING,
				  findings);
	kasper_conf_check_store(self, root, findings);
	kasper_conf_check_working_folders(self, root, findings);
	kasper_conf_check_command(root, "Enforcer/DelegationSignerSubmitCommand", findings);
	kasper_conf_check_command(root, "Enforcer/DelegationSignerRetractCommand", findings);
}

void
kasper_conf_check(const KasperConfig *self, const xmlNode *root, KasperFindings *findings)
{
	kasper_conf_check_relics(root, findings);
	kasper_check_calendar(kasper_xml_find(root, "Enforcer/Interval"), findings);
	kasper_check_calendar(kasper_xml_find(root, "Enforcer/RolloverNotification"), findings);
	kasper_conf_check_plugins(self, root, findings);
	kasper_conf_check_places(self, root, findings);
}
