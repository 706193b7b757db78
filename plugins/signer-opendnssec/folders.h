/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* the folders of a batch of files, open; a batch has few of them */
typedef struct OdsFolders OdsFolders;

typedef struct {
	gchar *path;
	int fd;
	dev_t device;
	GError *error; /* what was written in it cannot be counted on */
} OdsFolder;

OdsFolders *ods_folders_new(void);
void ods_folders_free(OdsFolders *self);
/* the folder that is the first @length octets of @path. Returns: (transfer none) */
OdsFolder *ods_folders_get(OdsFolders *self, const gchar *path, gsize length, GError **error);
/* so many are open that the batch had better end */
gboolean ods_folders_are_full(OdsFolders *self);
/* everything that was written so far is on the disk afterwards: one syncfs() a file system */
void ods_folders_sync_data(OdsFolders *self);
/* ... and every name that was given: one fsync() a folder */
void ods_folders_sync_names(OdsFolders *self);

/* @name: of a file in the folder; NULL: the folder itself. Names the place and the remedy */
void ods_folder_set_error(const OdsFolder *self, const gchar *name, int code, GError **error);

G_END_DECLS
