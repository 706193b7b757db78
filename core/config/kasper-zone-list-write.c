/* SPDX-License-Identifier: BSD-2-Clause */

/* zonelist.xml, written so that at any moment there is either the old list or the new one */

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "kasper-config.h"
#include "kasper-error.h"

/* octets that are gathered before they are written */
#define PIECE 65536

/* for a list that is new; else it keeps its permissions */
#define DEFAULT_MODE 0640

typedef struct {
	gint fd;
	GString *text;
	gint code; /* errno of the first write that failed; 0: none has */
} KasperZoneListFile;

static gboolean
kasper_zone_list_fail(const gchar *path, const gchar *what, gint code, GError **error)
{
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_TRY_AGAIN,
		    "%s cannot be %s: %s; the list is still as it was",
		    path,
		    what,
		    g_strerror(code));
	return FALSE;
}

static void
kasper_zone_list_flush(KasperZoneListFile *self)
{
	gsize done = 0;

	while (self->code == 0 && done < self->text->len) {
		gssize n = write(self->fd, self->text->str + done, self->text->len - done);

		if (n >= 0)
			done += (gsize)n;
		else if (errno != EINTR)
			self->code = errno;
	}
	g_string_truncate(self->text, 0);
}

static void
kasper_zone_list_add_adapter(GString *text,
			     const gchar *element,
			     const gchar *type,
			     const gchar *path)
{
	g_autofree gchar *line =
	    g_markup_printf_escaped("      <%s>\n        <Adapter type=\"%s\">%s</Adapter>\n"
				    "      </%s>\n",
				    element,
				    type != NULL ? type : "File",
				    path != NULL ? path : "",
				    element);

	g_string_append(text, line);
}

static void
kasper_zone_list_add(GString *text, const KasperZoneConfig *zone)
{
	g_autofree gchar *head =
	    g_markup_printf_escaped("  <Zone name=\"%s\">\n    <Policy>%s</Policy>\n"
				    "    <SignerConfiguration>%s</SignerConfiguration>\n"
				    "    <Adapters>\n",
				    zone->name,
				    zone->policy,
				    zone->signer_configuration);

	g_string_append(text, head);
	kasper_zone_list_add_adapter(text, "Input", zone->input_type, zone->input);
	kasper_zone_list_add_adapter(text, "Output", zone->output_type, zone->output);
	g_string_append(text, "    </Adapters>\n  </Zone>\n");
}

static gint
kasper_zone_list_fill(gint fd, GPtrArray *zones)
{
	KasperZoneListFile file = {.fd = fd, .text = g_string_sized_new(PIECE + 4096)};

	g_string_append(file.text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ZoneList>\n");
	for (guint i = 0; i < zones->len && file.code == 0; i++) {
		kasper_zone_list_add(file.text, g_ptr_array_index(zones, i));
		if (file.text->len >= PIECE)
			kasper_zone_list_flush(&file);
	}
	g_string_append(file.text, "</ZoneList>\n");
	kasper_zone_list_flush(&file);
	g_string_free(file.text, TRUE);
	if (file.code == 0 && fsync(fd) != 0)
		file.code = errno;
	return file.code;
}

/* the same owner and permissions, as far as we may */
static void
kasper_zone_list_keep_owner(gint fd, const gchar *path)
{
	struct stat status;

	if (stat(path, &status) != 0)
		return;
	if (fchown(fd, status.st_uid, status.st_gid) != 0)
		g_debug("%s: the owner becomes that of the daemon", path);
	if (fchmod(fd, status.st_mode & 0777) != 0)
		g_debug("%s: the permissions become those of a new file", path);
}

/* the list as it was stays beside the new one, with whatever comments somebody wrote into it */
static void
kasper_zone_list_keep_backup(const gchar *path)
{
	g_autofree gchar *backup = g_strconcat(path, ".backup", NULL);

	g_unlink(backup);
	if (link(path, backup) != 0)
		g_debug("%s: %s", backup, g_strerror(errno));
}

static gboolean
kasper_zone_list_sync_folder(const gchar *path)
{
	g_autofree gchar *folder = g_path_get_dirname(path);
	gint fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	gboolean done = fd >= 0 && fsync(fd) == 0;
	gint code = errno;

	if (fd >= 0)
		g_close(fd, NULL);
	errno = code;
	return done;
}

static gboolean
kasper_zone_list_replace(const gchar *path, GPtrArray *zones, GError **error)
{
	g_autofree gchar *new = g_strconcat(path, ".tmp", NULL);
	gint fd = g_open(new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, DEFAULT_MODE);
	gint code;

	if (fd < 0)
		return kasper_zone_list_fail(new, "created", errno, error);
	kasper_zone_list_keep_owner(fd, path);
	code = kasper_zone_list_fill(fd, zones);
	if (close(fd) != 0 && code == 0)
		code = errno;
	if (code != 0) {
		g_unlink(new);
		return kasper_zone_list_fail(new, "written", code, error);
	}
	kasper_zone_list_keep_backup(path);
	if (g_rename(new, path) != 0) {
		code = errno;
		g_unlink(new);
		return kasper_zone_list_fail(path, "replaced", code, error);
	}
	if (!kasper_zone_list_sync_folder(path)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNKNOWN_OUTCOME,
			    "%s is written, but might not outlast a power failure: %s",
			    path,
			    g_strerror(errno));
		return FALSE;
	}
	return TRUE;
}

/**
 * kasper_zone_list_write: (skip)
 * @path: (type filename): zonelist.xml; if it is a symbolic link, it stays one
 * @zones: (element-type KasperZoneConfig): all zones
 * @error: return location for a #GError, or %NULL
 *
 * Replaces the list: it is written beside the old one, forced to the disk and renamed. What was
 * there before stays as `zonelist.xml.backup`.
 *
 * Returns: whether the new list is there to stay; %KASPER_ERROR_TRY_AGAIN: the old one is,
 * %KASPER_ERROR_UNKNOWN_OUTCOME: either
 *
 * Since: 0.1
 */
gboolean
kasper_zone_list_write(const gchar *path, GPtrArray *zones, GError **error)
{
	gchar *real = realpath(path, NULL);
	gboolean done = kasper_zone_list_replace(real != NULL ? real : path, zones, error);

	free(real);
	return done;
}
