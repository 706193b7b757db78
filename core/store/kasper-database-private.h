/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

#include "kasper-error.h"
#include "kasper-export.h"

G_BEGIN_DECLS

/* "Kasp" */
#define KASPER_APPLICATION_ID 0x4b617370

/* the writer's page cache and a reader's, in KiB: all of the memory that grows with the store */
#define KASPER_WRITER_CACHE 49152
#define KASPER_READER_CACHE 32768

typedef enum {
	KASPER_DATABASE_READER,
	KASPER_DATABASE_WRITER,
	KASPER_DATABASE_MAKER, /* of a new file, which nobody else has; no WAL */
} KasperDatabaseKind;

/* one connection, for one thread at a time, and the statements that were prepared on it */
typedef struct {
	sqlite3 *handle;
	gchar *path;
	GHashTable *statements; /* text of the statement (the pointer) to sqlite3_stmt */
	gboolean spoiled;	/* a statement of the open transaction failed: no commit */
} KasperDatabase;

KasperDatabase *
kasper_database_open(const gchar *path, KasperDatabaseKind kind, gint *ret_version, GError **error);
void kasper_database_free(KasperDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperDatabase, kasper_database_free)

/* statements without parameters and rows */
gboolean kasper_database_execute(KasperDatabase *self, const gchar *sql, GError **error);
/* @rc: what SQLite said of the last call */
void kasper_database_set_error(KasperDatabase *self, gint rc, GError **error);
gboolean
kasper_database_get_pragma(KasperDatabase *self, const gchar *pragma, gint64 *ret, GError **error);
/* @pragma: quick_check or integrity_check */
gboolean kasper_database_check(KasperDatabase *self, const gchar *pragma, GError **error);
/* a copy that stands alone, checked and on the disk when it returns TRUE */
gboolean kasper_database_copy(KasperDatabase *self, const gchar *path, GError **error);

/* (transfer none) errno as one of our codes: what the caller can do about it */
KasperError kasper_database_get_code(gint saved_errno);
/* the file @from, which nobody has open, takes the name @to for good */
gboolean kasper_database_put(const gchar *from, const gchar *to, GError **error);

G_END_DECLS
