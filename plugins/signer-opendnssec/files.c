/* SPDX-License-Identifier: BSD-2-Clause */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folders.h"

/* the signer, which is in the file's group, reads it; nobody else has to */
#define MODE 0640

typedef struct {
	OdsFile file; /* first */
	OdsFolder *folder;
	gchar *name;
	gchar *temporary; /* its name until the commit; NULL: the file is the same already */
	gboolean whole;	  /* all of it has been written */
} OdsEntry;

struct OdsFiles {
	gid_t group;
	OdsFolders *folders;
	GPtrArray *entries; /* of OdsEntry */
	gchar *octets;	    /* of a file that is compared */
	gsize size;
};

static void
ods_entry_free(OdsEntry *self)
{
	if (self->temporary != NULL)
		unlinkat(self->folder->fd, self->temporary, 0);
	g_clear_error(&self->file.error);
	g_free(self->name);
	g_free(self->temporary);
	g_free(self);
}

OdsFiles *
ods_files_new(gid_t group)
{
	OdsFiles *self = g_new0(OdsFiles, 1);

	self->group = group;
	self->folders = ods_folders_new();
	self->entries = g_ptr_array_new_with_free_func((GDestroyNotify)ods_entry_free);
	return self;
}

void
ods_files_free(OdsFiles *self)
{
	if (self == NULL)
		return;
	g_ptr_array_unref(self->entries);
	ods_folders_free(self->folders);
	g_free(self->octets);
	g_free(self);
}

static OdsEntry *
ods_entry_new(OdsFiles *self, const gchar *path, GError **error)
{
	const gchar *slash = strrchr(path, '/');
	OdsFolder *folder;
	OdsEntry *entry;

	if (*path != '/' || slash[1] == '\0') {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%s is not the absolute path of a file; correct it in zonelist.xml",
			    path);
		return NULL;
	}
	folder = ods_folders_get(self->folders, path, (gsize)(slash - path), error);
	if (folder == NULL)
		return NULL;
	entry = g_new0(OdsEntry, 1);
	entry->folder = folder;
	entry->name = g_strdup(slash + 1);
	return entry;
}

/* whether the file is @length octets of @text; @ret_modified: when it last changed, 0: it is not
 * there */
static gboolean
ods_entry_compare(OdsFiles *self,
		  OdsEntry *entry,
		  const gchar *text,
		  gsize length,
		  time_t *ret_modified)
{
	int fd =
	    openat(entry->folder->fd, entry->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	gboolean same = FALSE;

	*ret_modified = 0;
	if (fd < 0)
		return FALSE;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		*ret_modified = st.st_mtim.tv_sec;
		if (text != NULL && (gsize)st.st_size == length) {
			/* not less than one octet: an empty file is compared, too */
			if (self->size <= length) {
				self->size = length + 1;
				self->octets = g_realloc(self->octets, self->size);
			}
			same = read(fd, self->octets, length) == (gssize)length &&
			       memcmp(self->octets, text, length) == 0;
		}
	}
	close(fd);
	return same;
}

static gboolean
ods_entry_fail(OdsEntry *entry, GError **error)
{
	int code = errno;

	ods_folder_set_error(entry->folder, entry->name, code, error);
	return FALSE;
}

/* the name is always the same, so that what a crash left behind does not heap up */
static int
ods_entry_open(OdsFiles *self, OdsEntry *entry, GError **error)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	g_autofree gchar *temporary = g_strconcat(entry->name, ".tmp", NULL);
	int fd = openat(entry->folder->fd, temporary, flags, MODE);

	if (fd < 0 && errno == EEXIST && unlinkat(entry->folder->fd, temporary, 0) == 0)
		fd = openat(entry->folder->fd, temporary, flags, MODE);
	if (fd < 0) {
		ods_entry_fail(entry, error);
		return -1;
	}
	entry->temporary = g_steal_pointer(&temporary);
	if ((self->group != ODS_KEEP_GROUP && fchown(fd, (uid_t)-1, self->group) != 0) ||
	    fchmod(fd, MODE) != 0) {
		ods_entry_fail(entry, error);
		close(fd);
		return -1;
	}
	return fd;
}

/* The signer takes a file for unchanged unless its time, in whole seconds, is later than that of
 * the one it has read. Two orders within a second have to be told apart all the same. */
static gboolean
ods_entry_advance_time(int fd, time_t before)
{
	struct timespec times[2];
	struct stat st;

	if (before == 0)
		return TRUE;
	if (fstat(fd, &st) != 0)
		return FALSE;
	if (st.st_mtim.tv_sec > before)
		return TRUE;
	times[0] = (struct timespec){.tv_nsec = UTIME_OMIT};
	times[1] = (struct timespec){.tv_sec = before + 1};
	return futimens(fd, times) == 0;
}

gboolean
ods_write_all(int fd, const gchar *octets, gsize length)
{
	while (length > 0) {
		gssize n = write(fd, octets, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FALSE;
		octets += n;
		length -= (gsize)n;
	}
	return TRUE;
}

static OdsFile *
ods_files_add(OdsFiles *self, OdsEntry *entry)
{
	g_ptr_array_add(self->entries, entry);
	return &entry->file;
}

static OdsFile *
ods_files_drop(OdsEntry *entry)
{
	ods_entry_free(entry);
	return NULL;
}

OdsFile *
ods_files_put(OdsFiles *self, const gchar *path, const gchar *text, gsize length, GError **error)
{
	OdsEntry *entry = ods_entry_new(self, path, error);
	time_t before;
	gboolean written;
	int fd;

	if (entry == NULL)
		return NULL;
	/* its folder is written down with the rest: perhaps it was not, the last time */
	if (ods_entry_compare(self, entry, text, length, &before))
		return ods_files_add(self, entry);
	fd = ods_entry_open(self, entry, error);
	if (fd < 0)
		return ods_files_drop(entry);
	entry->file.changed = TRUE;
	written = ods_write_all(fd, text, length) && ods_entry_advance_time(fd, before);
	if (!written)
		ods_entry_fail(entry, error);
	if (close(fd) != 0 && written)
		written = ods_entry_fail(entry, error);
	entry->whole = written;
	return written ? ods_files_add(self, entry) : ods_files_drop(entry);
}

OdsFile *
ods_files_begin(OdsFiles *self, const gchar *path, int *ret_fd, GError **error)
{
	OdsEntry *entry = ods_entry_new(self, path, error);

	if (entry == NULL)
		return NULL;
	*ret_fd = ods_entry_open(self, entry, error);
	if (*ret_fd < 0)
		return ods_files_drop(entry);
	entry->file.changed = TRUE;
	return ods_files_add(self, entry);
}

gboolean
ods_files_finish(OdsFiles *self, OdsFile *file, int fd, GError **error)
{
	OdsEntry *entry = (OdsEntry *)file;
	time_t before;
	gboolean done;

	ods_entry_compare(self, entry, NULL, 0, &before);
	done = ods_entry_advance_time(fd, before);
	if (!done)
		ods_entry_fail(entry, error);
	if (close(fd) != 0 && done)
		done = ods_entry_fail(entry, error);
	entry->whole = done;
	return done;
}

void
ods_files_abandon(OdsFile *file, int fd)
{
	((OdsEntry *)file)->whole = FALSE;
	close(fd);
}

/* --- the batch as a whole --- */

gboolean
ods_files_are_full(OdsFiles *self)
{
	return ods_folders_are_full(self->folders);
}

static void
ods_entry_rename(OdsEntry *entry)
{
	int fd = entry->folder->fd;

	if (entry->temporary == NULL || !entry->whole)
		return;
	if (entry->folder->error != NULL)
		entry->file.error = g_error_copy(entry->folder->error);
	else if (renameat(fd, entry->temporary, fd, entry->name) != 0)
		ods_entry_fail(entry, &entry->file.error);
	else
		g_clear_pointer(&entry->temporary, g_free);
}

void
ods_files_commit(OdsFiles *self)
{
	/* the content before the name: a name never stands for half a file */
	ods_folders_sync_data(self->folders);
	for (guint i = 0; i < self->entries->len; i++)
		ods_entry_rename(g_ptr_array_index(self->entries, i));
	ods_folders_sync_names(self->folders);
	for (guint i = 0; i < self->entries->len; i++) {
		OdsEntry *entry = g_ptr_array_index(self->entries, i);

		if (entry->file.error == NULL && entry->folder->error != NULL)
			entry->file.error = g_error_copy(entry->folder->error);
	}
}

gboolean
ods_files_remove(OdsFiles *self, const gchar *path, GError **error)
{
	g_autoptr(GError) error_local = NULL;
	OdsEntry *entry = ods_entry_new(self, path, &error_local);
	gboolean removed;

	/* no folder, no file */
	if (g_error_matches(error_local, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
		return TRUE;
	if (entry == NULL) {
		g_propagate_error(error, g_steal_pointer(&error_local));
		return FALSE;
	}
	removed = unlinkat(entry->folder->fd, entry->name, 0) == 0 || errno == ENOENT ||
		  ods_entry_fail(entry, error);
	if (removed && fsync(entry->folder->fd) != 0 && errno != EINVAL)
		removed = ods_entry_fail(entry, error);
	ods_entry_free(entry);
	return removed;
}
