/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-decide.h"
#include "kasper-engine.h"
#include "kasper-signer.h"

G_BEGIN_DECLS

/* what the files of the configuration say: policies, and the list of zones */

/* a policy as the engine uses it */
typedef struct {
	gint64 number;
	KasperConfig *owner; /* of config */
	KasperPolicyConfig *config;
	KasperPolicy values;
	gchar *digest; /* of all that kasp.xml says of it */
	KasperSigningPolicy
	    *signing; /* how its zones are to be signed; another one for each salt */
	KasperTime resalt_at;
} KasperEnginePolicy;

/* kasper-policies.c */
gboolean kasper_engine_adopt_policies(KasperEngine *self,
				      KasperConfig *config,
				      GHashTable **ret_policies,
				      GError **error);
KasperEnginePolicy *kasper_engine_get_policy(KasperEngine *self, gint64 number);
KasperEnginePolicy *
kasper_engine_find_policy(KasperEngine *self, const gchar *name, GError **error);
KasperEnginePolicy *kasper_policies_find(GHashTable *policies, const gchar *name);
void kasper_engine_policy_free(KasperEnginePolicy *self);
/* the policy is another one than before: its zones are looked at, and signed, anew */
gboolean kasper_engine_start_policy(KasperEngine *self, KasperEnginePolicy *policy, GError **error);

/* kasper-salts.c */
gboolean
kasper_engine_make_signing_policy(KasperEngine *self, KasperEnginePolicy *policy, GError **error);
/* the zone's order of @revision (0: there is none yet) once more; in a transaction */
gboolean
kasper_engine_reorder_zone(KasperEngine *self, gint64 zone, gint64 revision, GError **error);
gboolean kasper_engine_reorder_zones(KasperEngine *self, gint64 policy, GError **error);
gboolean kasper_engine_resalt_due(KasperEngine *self, KasperTime now);
KasperTime kasper_engine_next_resalt(KasperEngine *self);

/* kasper-zone-sync.c */
typedef struct {
	guint added;
	guint deleted;
	guint changed;
	GPtrArray *messages;	 /* (nullable): of gchar, in the words of OpenDNSSEC 1.4 */
	GVariantBuilder *starts; /* (nullable): aa{sv} of zone, step */
} KasperZoneSync;
/* brings the store's zones to what @config says; in a transaction. KASPER_ERROR_UNSAFE, before
 * anything is changed: it would delete most of them */
gboolean kasper_engine_sync_zones(KasperEngine *self,
				  KasperConfig *config,
				  GHashTable *policies,
				  const gchar *actor,
				  KasperZoneSync *sync,
				  GError **error);
gchar *kasper_zone_sync_dup_digest(GPtrArray *zones);

/* kasper-zone-drop.c */
/* the zone leaves the store; in a transaction */
gboolean kasper_engine_drop_zone(KasperEngine *self,
				 const KasperZoneRow *row,
				 const gchar *actor,
				 GError **error);

/* kasper-zone-return.c */
/* takes a zone into the store; one that was deleted comes back with the keys that it had */
gboolean kasper_engine_take_in_zone(KasperEngine *self,
				    KasperZoneRow *row,
				    const KasperEnginePolicy *policy,
				    GError **error);
/* keys of zones that were deleted are kept for so long: it may have been a mistake, and signatures
 * that they made are still in use */
#define KASPER_GRACE ((KasperSpan)30 * KASPER_SPAN_DAY)

/* kasper-effects.c */
void kasper_engine_list_effects(KasperEngine *self,
				const KasperEnginePolicy *before,
				const KasperEnginePolicy *after,
				GVariantBuilder *starts,
				GPtrArray *messages);

/* kasper-zone-file.c: zonelist.xml, rewritten */
typedef struct _KasperZoneFile KasperZoneFile;
KasperZoneFile *kasper_zone_file_load(KasperEngine *self, GError **error);
void kasper_zone_file_free(KasperZoneFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperZoneFile, kasper_zone_file_free)
/* do its files belong to another zone? */
gboolean
kasper_zone_file_check(const KasperZoneFile *self, const KasperZoneRow *row, GError **error);
/* puts the zone in, in the place of one of the same name; @row's policy goes by @policy */
void kasper_zone_file_put(KasperZoneFile *self, const KasperZoneRow *row, const gchar *policy);
void kasper_zone_file_remove(KasperZoneFile *self, const gchar *zone);
/* writes the file, commits, and puts the old file back should that fail */
gboolean
kasper_zone_file_commit(KasperZoneFile *self, KasperTransaction *transaction, GError **error);

G_END_DECLS
