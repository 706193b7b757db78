/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-engine-private.h"

G_BEGIN_DECLS

/* a configuration on its way into use */
typedef struct {
	KasperEngine *engine;
	KasperConfig *config;
	guint what; /* KasperUpdate, ored */
	const gchar *actor;
	GHashTable *policies;	  /* those that are in use afterwards */
	GHashTable *zones_before; /* gint64 policy to gint64: how many zones it had */
	GPtrArray *fresh;	  /* of KasperRepository: new ones */
	GPtrArray *messages;	  /* of gchar */
	GVariantBuilder starts;	  /* aa{sv} of zone, step */
	KasperZoneSync zones;
} KasperReload;

/* in the words of OpenDNSSEC 1.4 */
void kasper_reload_tell_files(KasperReload *self);
void kasper_reload_tell_findings(KasperReload *self, GPtrArray *findings);
void kasper_reload_tell_repositories(KasperReload *self);
void kasper_reload_tell_policies(KasperReload *self);

G_END_DECLS
