/* SPDX-License-Identifier: BSD-2-Clause */
#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kasper-error.h"

#define KASPERD_FOLDERS 4

typedef struct {
	const gchar *what; /* where in conf.xml it is named */
	gint mode;
	gchar *path;
	gboolean transient; /* the configuration's check leaves it to us */
	gboolean opened;    /* its file is open before root's rights are given up, and stays so */
} KasperdFolder;

static void
kasperd_folders_list(KasperConfig *config, KasperdFolder ret_folders[KASPERD_FOLDERS])
{
	/* who may use the socket must get to it; the socket itself says who that is */
	ret_folders[0] = (KasperdFolder){
	    .what = "Enforcer/PidFile",
	    .mode = 0755,
	    .path = g_path_get_dirname(kasper_config_get_pid_file(config)),
	    .transient = TRUE,
	    .opened = TRUE,
	};
	ret_folders[1] = (KasperdFolder){
	    .what = "Enforcer/SocketFile",
	    .mode = 0755,
	    .path = g_path_get_dirname(kasper_config_get_socket_file(config)),
	    .transient = TRUE,
	};
	ret_folders[2] = (KasperdFolder){
	    .what = "Enforcer/Datastore",
	    .mode = 0750,
	    .path = g_path_get_dirname(kasper_config_get_store_file(config)),
	};
	ret_folders[3] = (KasperdFolder){
	    .what = "Enforcer/WorkingDirectory",
	    .mode = 0750,
	    .path = g_strdup(kasper_config_get_working_directory(config)),
	};
}

static gboolean
kasperd_folder_fail(const KasperdFolder *self,
		    const KasperdIdentity *identity,
		    const gchar *problem,
		    GError **error)
{
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_AUTH,
		    "the folder %s (%s in conf.xml) %s; as root: install -d -o %s -g %s "
		    "-m %04o %s",
		    self->path,
		    self->what,
		    problem,
		    identity->user,
		    identity->group,
		    (guint)self->mode,
		    self->path);
	return FALSE;
}

static gboolean
kasperd_folder_make(const KasperdFolder *self, const KasperdIdentity *identity, GError **error)
{
	g_autofree gchar *problem = NULL;

	if (!self->transient || g_file_test(self->path, G_FILE_TEST_IS_DIR))
		return TRUE;
	/* nothing above it: a folder that was mistyped should not become a tree */
	if (g_mkdir(self->path, self->mode) == 0 &&
	    (geteuid() != 0 || chown(self->path, identity->uid, identity->gid) == 0))
		return TRUE;
	problem = g_strdup_printf("cannot be made: %s", g_strerror(errno));
	return kasperd_folder_fail(self, identity, problem, error);
}

static gboolean
kasperd_folder_check(const KasperdFolder *self, const KasperdIdentity *identity, GError **error)
{
	g_autofree gchar *problem = NULL;

	if (self->opened || faccessat(AT_FDCWD, self->path, W_OK | X_OK, AT_EACCESS) == 0)
		return TRUE;
	problem =
	    g_strdup_printf("cannot be written to by %s: %s", identity->user, g_strerror(errno));
	return kasperd_folder_fail(self, identity, problem, error);
}

typedef gboolean (*KasperdFolderFunc)(const KasperdFolder *self,
				      const KasperdIdentity *identity,
				      GError **error);

static gboolean
kasperd_folders_each(KasperConfig *config,
		     const KasperdIdentity *identity,
		     KasperdFolderFunc func,
		     GError **error)
{
	KasperdFolder folders[KASPERD_FOLDERS];
	gboolean good = TRUE;

	kasperd_folders_list(config, folders);
	for (guint i = 0; i < KASPERD_FOLDERS; i++) {
		good = good && func(&folders[i], identity, error);
		g_free(folders[i].path);
	}
	return good;
}

gboolean
kasperd_folders_make(KasperConfig *config, const KasperdIdentity *identity, GError **error)
{
	return kasperd_folders_each(config, identity, kasperd_folder_make, error);
}

gboolean
kasperd_folders_enter(KasperConfig *config, const KasperdIdentity *identity, GError **error)
{
	if (!kasperd_folders_each(config, identity, kasperd_folder_check, error))
		return FALSE;
	/* a core or a temporary file of a library does not land where the daemon was started */
	if (g_chdir(kasper_config_get_working_directory(config)) == 0)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_AUTH,
		    "%s (Enforcer/WorkingDirectory in conf.xml): %s",
		    kasper_config_get_working_directory(config),
		    g_strerror(errno));
	return FALSE;
}
