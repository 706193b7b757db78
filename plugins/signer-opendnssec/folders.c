/* SPDX-License-Identifier: BSD-2-Clause */
#include "folders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* each has a descriptor, of which the daemon has not many */
#define FOLDERS_MAX 64

struct OdsFolders {
	GHashTable *by_path; /* path to OdsFolder */
	OdsFolder *last;     /* most batches have one folder only */
};

static void
ods_folder_free(OdsFolder *self)
{
	if (self->fd >= 0)
		close(self->fd);
	g_clear_error(&self->error);
	g_free(self->path);
	g_free(self);
}

OdsFolders *
ods_folders_new(void)
{
	OdsFolders *self = g_new0(OdsFolders, 1);

	self->by_path =
	    g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)ods_folder_free);
	return self;
}

void
ods_folders_free(OdsFolders *self)
{
	g_hash_table_unref(self->by_path);
	g_free(self);
}

static KasperError
ods_folder_get_code(int code)
{
	switch (code) {
	case ENOENT:
	case ENOTDIR:
		return KASPER_ERROR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return KASPER_ERROR_AUTH;
	case EISDIR:
	case ENAMETOOLONG:
	case ELOOP:
		return KASPER_ERROR_INVALID;
	default:
		return KASPER_ERROR_TRY_AGAIN;
	}
}

static gchar *
ods_folder_dup_remedy(const OdsFolder *self, int code)
{
	switch (code) {
	case ENOENT:
		return g_strdup_printf("the folder %s does not exist; make it, writable for the "
				       "daemon and readable for the signer",
				       self->path);
	case ENOTDIR:
		return g_strdup_printf("%s is no folder; correct the path in zonelist.xml, or move "
				       "away what is there",
				       self->path);
	case EACCES:
	case EPERM:
		return g_strdup_printf("the daemon (user number %u) may not write in %s; give it "
				       "the right, or correct the setting group",
				       geteuid(),
				       self->path);
	case EROFS:
		return g_strdup_printf("%s is read-only; mount it writable, or add it to "
				       "ReadWritePaths= of kasperd.service",
				       self->path);
	case ENOSPC:
	case EDQUOT:
		return g_strdup_printf("there is no room left in %s; make some", self->path);
	default:
		return g_strdup(g_strerror(code));
	}
}

void
ods_folder_set_error(const OdsFolder *self, const gchar *name, int code, GError **error)
{
	g_autofree gchar *remedy = ods_folder_dup_remedy(self, code);

	g_set_error(error,
		    KASPER_ERROR,
		    (gint)ods_folder_get_code(code),
		    "%s%s%s cannot be written: %s",
		    self->path,
		    name != NULL ? "/" : "",
		    name != NULL ? name : "",
		    remedy);
}

static OdsFolder *
ods_folder_open(const gchar *path, gsize length, GError **error)
{
	OdsFolder *self = g_new0(OdsFolder, 1);
	struct stat st;

	self->path = length > 0 ? g_strndup(path, length) : g_strdup("/");
	self->fd = open(self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (self->fd >= 0 && fstat(self->fd, &st) == 0) {
		self->device = st.st_dev;
		return self;
	}
	ods_folder_set_error(self, strrchr(path, '/') + 1, errno, error);
	ods_folder_free(self);
	return NULL;
}

OdsFolder *
ods_folders_get(OdsFolders *self, const gchar *path, gsize length, GError **error)
{
	g_autofree gchar *key = NULL;
	OdsFolder *folder = self->last;

	if (folder != NULL && strlen(folder->path) == length &&
	    memcmp(folder->path, path, length) == 0)
		return folder;
	key = length > 0 ? g_strndup(path, length) : g_strdup("/");
	folder = g_hash_table_lookup(self->by_path, key);
	if (folder == NULL) {
		folder = ods_folder_open(path, length, error);
		if (folder == NULL)
			return NULL;
		g_hash_table_insert(self->by_path, folder->path, folder);
	}
	self->last = folder;
	return folder;
}

gboolean
ods_folders_are_full(OdsFolders *self)
{
	return g_hash_table_size(self->by_path) >= FOLDERS_MAX;
}

static void
ods_folders_fail_device(OdsFolders *self, dev_t device, int code)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->by_path);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		OdsFolder *folder = value;

		if (folder->device == device && folder->error == NULL)
			ods_folder_set_error(folder, NULL, code, &folder->error);
	}
}

void
ods_folders_sync_data(OdsFolders *self)
{
	g_autoptr(GArray) devices = g_array_new(FALSE, FALSE, sizeof(dev_t));
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->by_path);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const OdsFolder *folder = value;
		gboolean done = FALSE;

		for (guint i = 0; i < devices->len; i++)
			done = done || g_array_index(devices, dev_t, i) == folder->device;
		if (done)
			continue;
		g_array_append_val(devices, folder->device);
		if (syncfs(folder->fd) != 0)
			ods_folders_fail_device(self, folder->device, errno);
	}
}

void
ods_folders_sync_names(OdsFolders *self)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->by_path);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		OdsFolder *folder = value;

		/* EINVAL: a file system that has no such thing for folders */
		if (folder->error == NULL && fsync(folder->fd) != 0 && errno != EINVAL)
			ods_folder_set_error(folder, NULL, errno, &folder->error);
	}
}
