/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-plugin-file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kasper-error.h"

gchar **
kasper_plugin_file_list_folders(const gchar *const *folders)
{
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	/* not when the program runs with more rights than the user who set it */
	const gchar *variable = secure_getenv("KASPER_PLUGIN_PATH");
	g_auto(GStrv) list = g_strsplit(variable != NULL ? variable : "", ":", -1);

	for (guint i = 0; list[i] != NULL; i++) {
		if (*list[i] != '\0') {
			g_autofree gchar *path = g_canonicalize_filename(list[i], NULL);

			g_strv_builder_add(builder, path);
		}
	}
	for (guint i = 0; folders != NULL && folders[i] != NULL; i++) {
		g_autofree gchar *path = g_canonicalize_filename(folders[i], NULL);

		g_strv_builder_add(builder, path);
	}
	return g_strv_builder_end(builder);
}

/* a name becomes part of a path */
static gboolean
kasper_plugin_file_check_name(const gchar *module, GError **error)
{
	gsize length = strspn(module, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (length > 0 && module[length] == '\0')
		return TRUE;
	g_set_error(
	    error,
	    KASPER_ERROR,
	    KASPER_ERROR_INVALID,
	    "\"%s\" is no name of a plugin module: such names have lower-case letters, digits "
	    "and hyphens, no path and no suffix",
	    module);
	return FALSE;
}

/* who can write to it can run code as we do */
static gboolean
kasper_plugin_file_check_rights(const gchar *path, GError **error)
{
	struct stat status;
	const gchar *what = NULL;

	if (stat(path, &status) != 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "%s: %s",
			    path,
			    g_strerror(errno));
		return FALSE;
	}
	if (status.st_uid != 0 && status.st_uid != geteuid())
		what = "belongs to another user";
	else if ((status.st_mode & S_IWOTH) != 0)
		what = "can be written to by everybody";
	else if ((status.st_mode & S_IWGRP) != 0 && status.st_gid != 0 &&
		 status.st_gid != getegid())
		what = "can be written to by another group";
	if (what == NULL)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_AUTH,
		    "%s %s, and a plugin runs with all rights of the daemon; use chown and chmod",
		    path,
		    what);
	return FALSE;
}

static gchar *
kasper_plugin_file_look_in(const gchar *folder, const gchar *module)
{
	g_autofree gchar *file = g_strconcat(module, ".so", NULL);
	g_autofree gchar *path = g_build_filename(folder, file, NULL);

	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return g_steal_pointer(&path);
	g_free(path);
	path = g_build_filename(folder, module, file, NULL);
	return g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : NULL;
}

gchar *
kasper_plugin_file_find(const gchar *const *folders, const gchar *module, GError **error)
{
	g_autofree gchar *all = NULL;

	if (!kasper_plugin_file_check_name(module, error))
		return NULL;
	for (guint i = 0; folders[i] != NULL; i++) {
		g_autofree gchar *path = kasper_plugin_file_look_in(folders[i], module);
		g_autofree gchar *folder = path != NULL ? g_path_get_dirname(path) : NULL;

		if (path == NULL)
			continue;
		if (!kasper_plugin_file_check_rights(folder, error) ||
		    !kasper_plugin_file_check_rights(path, error))
			return NULL;
		return g_steal_pointer(&path);
	}
	all = g_strjoinv(", ", (gchar **)folders);
	g_set_error(
	    error,
	    KASPER_ERROR,
	    KASPER_ERROR_NOT_FOUND,
	    "there is no %s.so in %s; install the package that has it, or name its folder in "
	    "conf.xml with a PluginFolder element",
	    module,
	    *all != '\0' ? all : "any folder");
	return NULL;
}
