/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"
#include "kasper-key-import-private.h"

/* what a person said of the key, and what stands against it */

#define IMPORT_FIELDS "cka_id s,repository s,algorithm u,bits u,keytype s,keystate s,time x"

void
kasper_import_free(KasperImport *self)
{
	g_free(self->zone_name);
	g_free(self->actor);
	g_free(self->id);
	g_clear_pointer(&self->public_key, g_bytes_unref);
	g_free(self);
}

/* --- what was given --- */

static gboolean
kasper_import_parse_state(const gchar *text, KasperImportState *ret_state, GError **error)
{
	static const gchar *const names[KASPER_N_IMPORTS] = {
	    "generate",
	    "publish",
	    "ready",
	    "active",
	    "retire",
	};

	for (guint i = 0; i < KASPER_N_IMPORTS; i++) {
		if (g_ascii_strcasecmp(names[i], text) != 0)
			continue;
		*ret_state = (KasperImportState)i;
		return TRUE;
	}
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "Unrecognised state %s; should be one of GENERATE, PUBLISH, READY, ACTIVE or "
		    "RETIRE",
		    text);
	return FALSE;
}

static gboolean
kasper_import_check_kind(KasperImport *self, const gchar *keytype, GError **error)
{
	self->roles = kasper_role_from_string(keytype);
	if (self->roles == 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "key type %s: should be KSK, ZSK or CSK",
			    keytype);
		return FALSE;
	}
	if (!kasper_algorithm_is_known(self->algorithm)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "Key algorithm %u not supported",
			    self->algorithm);
		return FALSE;
	}
	self->bits = kasper_algorithm_get_bits(self->algorithm, self->bits);
	return TRUE;
}

KasperImport *
kasper_import_parse(KasperEngine *engine, GVariant *key, GError **error)
{
	g_autoptr(KasperImport) self = g_new0(KasperImport, 1);
	const gchar *id = "", *repository = "", *keytype = "", *keystate = "";

	if (!kasper_row_check(key, "import a key", IMPORT_FIELDS, error))
		return NULL;
	g_variant_lookup(key, "cka_id", "&s", &id);
	g_variant_lookup(key, "repository", "&s", &repository);
	g_variant_lookup(key, "keytype", "&s", &keytype);
	g_variant_lookup(key, "keystate", "&s", &keystate);
	g_variant_lookup(key, "algorithm", "u", &self->algorithm);
	g_variant_lookup(key, "bits", "u", &self->bits);
	g_variant_lookup(key, "time", "x", &self->since);
	self->id = g_ascii_strdown(id, -1);
	self->repository = kasper_engine_look_for_repository(engine, repository, error);
	if (self->repository == NULL || !kasper_import_check_kind(self, keytype, error) ||
	    !kasper_import_parse_state(keystate, &self->state, error))
		return NULL;
	return g_steal_pointer(&self);
}

/* --- can it be done? --- */

gboolean
kasper_import_check_id(KasperEngine *engine, const KasperImport *self, GError **error)
{
	GError *error_local = NULL;

	if (kasper_store_find_pair(engine->store, self->id, NULL, &error_local))
		g_set_error(&error_local,
			    KASPER_ERROR,
			    KASPER_ERROR_EXISTS,
			    "key with CKA_ID \"%s\" already exists in database",
			    self->id);
	if (g_error_matches(error_local, KASPER_ERROR, KASPER_ERROR_NOT_FOUND)) {
		g_error_free(error_local);
		return TRUE;
	}
	g_propagate_error(error, error_local);
	return FALSE;
}

gboolean
kasper_import_check_zone(KasperEngine *engine,
			 KasperImport *self,
			 const gchar *zone,
			 GError **error)
{
	g_auto(KasperZoneRow) row = {0};

	if (!kasper_engine_find_zone(engine, zone, &row, error))
		return FALSE;
	if (self->state != KASPER_IMPORT_GENERATE && row.revision > 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNSAFE,
			    "zone %s is signed by our order already: a key can only be imported as "
			    "GENERATE now. To take a signed zone over, set ManualKeyGeneration in "
			    "conf.xml, run 'kasper update conf', add the zone, and import its keys",
			    row.name);
		return FALSE;
	}
	self->zone = row.number;
	self->policy = row.policy;
	g_free(self->zone_name);
	self->zone_name = g_steal_pointer(&row.name);
	return TRUE;
}

gboolean
kasper_import_check_store(KasperEngine *engine, const KasperImport *self, GError **error)
{
	if (kasper_engine_repository_ready(self->repository, kasper_engine_now(engine)))
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_TRY_AGAIN,
		    "repository %s does not work now: %s",
		    self->repository->name,
		    self->repository->error != NULL ? self->repository->error : "it is not open");
	return FALSE;
}

gboolean
kasper_import_check_found(const KasperImport *self, KasperKeyInfo *found, GError **error)
{
	GBytes *public_key = kasper_key_info_get_public_key(found);
	guint bits = kasper_algorithm_count_bits(self->algorithm, public_key);

	if (kasper_key_info_get_algorithm(found) == self->algorithm && bits == self->bits)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "key %s is one of %u bits for algorithm %u, not of %u bits for algorithm %u",
		    self->id,
		    bits,
		    kasper_key_info_get_algorithm(found),
		    self->bits,
		    self->algorithm);
	return FALSE;
}
