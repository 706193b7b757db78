/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-engine-private.h"

G_BEGIN_DECLS

typedef enum {
	KASPER_IMPORT_GENERATE,
	KASPER_IMPORT_PUBLISH,
	KASPER_IMPORT_READY,
	KASPER_IMPORT_ACTIVE,
	KASPER_IMPORT_RETIRE,
	KASPER_N_IMPORTS,
} KasperImportState;

typedef struct {
	gint64 zone;
	gint64 policy;
	gchar *zone_name;
	gchar *actor;
	gchar *id;
	KasperRepository *repository;
	guint algorithm;
	guint bits;
	guint roles;
	KasperImportState state;
	KasperTime since;
	gint64 pair;
	GBytes *public_key;
	KasperBackup backup;
} KasperImport;

void kasper_import_free(KasperImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperImport, kasper_import_free)

/* kasper-key-import-checks.c: what was given, and whether it can be done; the checks are made
 * before the token is asked, and again when it has answered */
KasperImport *kasper_import_parse(KasperEngine *engine, GVariant *key, GError **error);
gboolean kasper_import_check_id(KasperEngine *engine, const KasperImport *self, GError **error);
gboolean kasper_import_check_zone(KasperEngine *engine,
				  KasperImport *self,
				  const gchar *zone,
				  GError **error);
gboolean kasper_import_check_store(KasperEngine *engine, const KasperImport *self, GError **error);
gboolean kasper_import_check_found(const KasperImport *self, KasperKeyInfo *found, GError **error);

/* kasper-key-import-take.c */
/* a KasperTurnFunc, for a KasperImport that is no longer in state generate */
gboolean kasper_import_take(KasperSnapshot *snapshot, gpointer data, GError **error);

G_END_DECLS
