/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Files that the signer reads, replaced as one batch: each is there as it was or as it is to be,
 * also after a crash or a loss of power, and the disk is asked to write once a batch, not once a
 * file. First every file is written under another name, then the file system is told to write
 * everything down, then the files get their names, and then their folders are written down. */
typedef struct OdsFiles OdsFiles;

/* a file of the batch; the batch owns it */
typedef struct {
	GError *error;	  /* after the commit; NULL: it is in place */
	gboolean changed; /* it was not the same already */
} OdsFile;

#define ODS_KEEP_GROUP ((gid_t)-1)

/* @group: gets the right to read the files; ODS_KEEP_GROUP: that of the folder or of the daemon */
OdsFiles *ods_files_new(gid_t group);
/* what has not been committed is dropped */
void ods_files_free(OdsFiles *self);
/* @path: absolute. NULL: this file cannot be written, others can. Returns: (transfer none) */
OdsFile *
ods_files_put(OdsFiles *self, const gchar *path, const gchar *text, gsize length, GError **error);
/* as above for one that is written bit by bit to @ret_fd, which has to be closed by
 * ods_files_finish() and may not be used for anything but write() */
OdsFile *ods_files_begin(OdsFiles *self, const gchar *path, int *ret_fd, GError **error);
gboolean ods_files_finish(OdsFiles *self, OdsFile *file, int fd, GError **error);
/* ... or by this one: the commit will leave the file as it was */
void ods_files_abandon(OdsFile *file, int fd);
/* it is time for a commit and another batch */
gboolean ods_files_are_full(OdsFiles *self);
/* each file has its own error or none */
void ods_files_commit(OdsFiles *self);
/* the file is gone afterwards, for good; that it was not there is no error */
gboolean ods_files_remove(OdsFiles *self, const gchar *path, GError **error);

gboolean ods_write_all(int fd, const gchar *octets, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OdsFiles, ods_files_free)

G_END_DECLS
