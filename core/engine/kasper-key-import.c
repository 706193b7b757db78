/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-dnskey.h"
#include "kasper-engine-rows-private.h"

/*
 * A key that lies in a repository already. As `generate` it goes into the pool of the zone's
 * policy, and is taken when one is wanted. In any other state the world shows it: then it can only
 * be taken over together with the zone, before our first order. The zone is held until a person has
 * imported all of its keys, and says so with `kasper enforce --zone`.
 */

#define IMPORT_DEADLINE ((KasperSpan)60)
#define IMPORT_FIELDS	"cka_id s,repository s,algorithm u,bits u,keytype s,keystate s,time x"

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

static void
kasper_import_free(KasperImport *self)
{
	g_free(self->zone_name);
	g_free(self->actor);
	g_free(self->id);
	g_clear_pointer(&self->public_key, g_bytes_unref);
	g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperImport, kasper_import_free)

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

static KasperImport *
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

static gboolean
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

static gboolean
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

static gboolean
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

/* --- on a worker --- */

static gpointer
kasper_import_look_up(KasperPlugin *plugin,
		      gpointer data,
		      GCancellable *cancellable,
		      GError **error)
{
	g_autoptr(KasperKeyInfo) found =
	    kasper_key_store_look_up_key(KASPER_KEY_STORE(plugin), data, cancellable, error);

	if (found == NULL)
		return NULL;
	if (kasper_key_info_get_public_key(found) == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "the public half of key %s cannot be read",
			    (const gchar *)data);
		return NULL;
	}
	if (!kasper_engine_try_canary(KASPER_KEY_STORE(plugin), found, cancellable, error)) {
		g_prefix_error(error, "the test signature of key %s is no good: ", (gchar *)data);
		return NULL;
	}
	return g_steal_pointer(&found);
}

/* --- taking it in --- */

static gboolean
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

static guint
kasper_import_get_records(const KasperImport *self)
{
	guint records = KASPER_RECORD_DNSKEY;

	if (self->roles & (guint)KASPER_ROLE_KEY)
		records |= (guint)KASPER_RECORD_RSK;
	if (self->state != KASPER_IMPORT_ACTIVE)
		return records;
	if (self->roles & (guint)KASPER_ROLE_KEY)
		records |= (guint)KASPER_RECORD_DS;
	if (self->roles & (guint)KASPER_ROLE_ZONE)
		records |= (guint)KASPER_RECORD_RSZ;
	return records;
}

static KasperKey
kasper_import_make_key(const KasperImport *self)
{
	KasperKey key = {
	    .number = self->pair,
	    .store = self->repository->number,
	    .algorithm = (guint8)self->algorithm,
	    .bits = (guint16)self->bits,
	    .roles = (guint8)self->roles,
	    .flags = KASPER_DNSKEY_ZONE,
	    .origin = KASPER_ORIGIN_IMPORTED,
	    .backup = (guint8)self->backup,
	    .created = self->since,
	};

	if (self->roles & (guint)KASPER_ROLE_KEY)
		key.flags |= KASPER_DNSKEY_SEP;
	key.tag = kasper_dnskey_get_tag(key.flags, key.algorithm, self->public_key);
	return key;
}

static gboolean
kasper_import_check_tag(const KasperSnapshot *snapshot, const KasperKey *key, GError **error)
{
	for (guint i = 0; i < snapshot->n_keys; i++) {
		if (snapshot->keys[i].number == 0 || snapshot->keys[i].tag != key->tag)
			continue;
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNSAFE,
			    "it has a key with tag %u already, and signatures of the two could not "
			    "be told apart",
			    key->tag);
		return FALSE;
	}
	return TRUE;
}

static void
kasper_import_set_dates(const KasperImport *self, KasperKey *key)
{
	key->published = self->since;
	if (self->state >= KASPER_IMPORT_READY)
		key->ready = self->since;
	if (self->state >= KASPER_IMPORT_ACTIVE)
		key->active = self->since;
	if (self->state == KASPER_IMPORT_RETIRE)
		key->retired = self->since;
}

/* what the world shows of the zone, with this key; nobody knows what it showed before */
static gboolean
kasper_import_take(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	const KasperImport *self = data;
	const KasperKey key = kasper_import_make_key(self);
	KasperKey *place;
	gint slot;

	if (!kasper_import_check_tag(snapshot, &key, error))
		return FALSE;
	slot = kasper_snapshot_add_key(snapshot, &key);
	if (slot < 0) {
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_NOT_SUPPORTED,
				    "it has too many keys");
		return FALSE;
	}
	place = &snapshot->keys[slot];
	place->records = (guint8)kasper_import_get_records(self);
	place->goal = self->state == KASPER_IMPORT_RETIRE ? KASPER_GOAL_OUT : KASPER_GOAL_IN;
	kasper_import_set_dates(self, place);
	kasper_snapshot_adopt_records(snapshot);
	snapshot->holds &= ~(guint32)KASPER_HOLD_SIGNED;
	snapshot->holds |= (guint32)KASPER_HOLD_MANUAL;
	return TRUE;
}

static gboolean
kasper_import_add_pair(KasperEngine *engine, KasperImport *self, KasperTime now, GError **error)
{
	g_auto(KasperPairRow) row = {0};

	row.id = g_strdup(self->id);
	row.repository = self->repository->number;
	row.policy = self->policy;
	row.algorithm = self->algorithm;
	row.bits = self->bits;
	if (!kasper_store_plan_pair(engine->store, &row, now, error) ||
	    !kasper_store_pair_made(engine->store, row.number, self->public_key, now, error))
		return FALSE;
	self->pair = row.number;
	self->backup =
	    self->repository->require_backup ? KASPER_BACKUP_NEEDED : KASPER_BACKUP_NOT_NEEDED;
	return TRUE;
}

static gboolean
kasper_import_add_to_zone(KasperEngine *engine, KasperImport *self, GError **error)
{
	const KasperTurn turn = {
	    .zone = self->zone,
	    .take = kasper_import_take,
	    .data = self,
	    .actor = self->actor,
	    .action = "key-import",
	    .key_id = self->id,
	};
	g_autofree gchar *text =
	    g_strdup_printf("zone %s is held until all of its keys are imported: then let it go "
			    "with 'kasper enforce --zone %s'",
			    self->zone_name,
			    self->zone_name);

	return kasper_engine_turn(engine, &turn, error) && kasper_engine_emit(engine,
									      "zone-held",
									      KASPER_EVENT_NOTICE,
									      self->zone_name,
									      self->id,
									      text,
									      error);
}

static gboolean
kasper_import_add_to_pool(KasperEngine *engine, KasperImport *self, KasperTime now, GError **error)
{
	KasperPoolBucket *bucket =
	    kasper_engine_get_bucket(engine, self->repository->number, self->algorithm, self->bits);

	return kasper_engine_wake_waiting(engine, bucket, error) &&
	       kasper_store_add_audit(engine->store,
				      now,
				      self->actor,
				      "key-import",
				      self->zone_name,
				      self->id,
				      "generate",
				      error);
}

static gboolean
kasper_import_record(KasperEngine *engine, KasperImport *self, GError **error)
{
	KasperTime now = kasper_engine_now(engine);
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(engine, error);
	gboolean done;

	if (transaction == NULL || !kasper_import_add_pair(engine, self, now, error))
		return FALSE;
	done = self->state == KASPER_IMPORT_GENERATE
		   ? kasper_import_add_to_pool(engine, self, now, error)
		   : kasper_import_add_to_zone(engine, self, error);
	return done && kasper_engine_commit(engine, transaction, error);
}

static void
kasper_import_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GTask) task = data;
	KasperEngine *engine = g_task_get_source_object(task);
	KasperImport *self = g_task_get_task_data(task);
	g_autoptr(KasperKeyInfo) found = NULL;
	GError *error = NULL;

	found = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &error);
	if (found == NULL) {
		g_prefix_error(&error, "repository %s: ", self->repository->name);
		g_task_return_error(task, error);
		return;
	}
	self->public_key = g_bytes_ref(kasper_key_info_get_public_key(found));
	/* the zone may have gone on in the meantime */
	if (!kasper_import_check_found(self, found, &error) ||
	    !kasper_import_check_id(engine, self, &error) ||
	    !kasper_import_check_zone(engine, self, self->zone_name, &error) ||
	    !kasper_import_record(engine, self, &error)) {
		g_task_return_error(task, error);
		return;
	}
	kasper_engine_kick(engine);
	g_task_return_boolean(task, TRUE);
}

/**
 * kasper_engine_key_import_async: (skip)
 * @self: an engine
 * @zone: a zone's name
 * @key: a{sv} of cka_id s, repository s, algorithm u, bits u, keytype s, keystate s, time x
 * @actor: who asked
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Takes a key that lies in a repository into a zone.
 *
 * Since: 0.1
 */
void
kasper_engine_key_import_async(KasperEngine *self,
			       const gchar *zone,
			       GVariant *key,
			       const gchar *actor,
			       GAsyncReadyCallback callback,
			       gpointer user_data)
{
	g_autoptr(GTask) task = g_task_new(self, NULL, callback, user_data);
	GError *error = NULL;
	KasperImport *import = kasper_import_parse(self, key, &error);

	if (import != NULL)
		g_task_set_task_data(task, import, (GDestroyNotify)kasper_import_free);
	if (import == NULL || !kasper_import_check_zone(self, import, zone, &error) ||
	    !kasper_import_check_id(self, import, &error) ||
	    !kasper_import_check_store(self, import, &error)) {
		g_task_return_error(task, error);
		return;
	}
	import->actor = g_strdup(actor);
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(import->repository->store),
				      IMPORT_DEADLINE,
				      FALSE,
				      kasper_import_look_up,
				      g_strdup(import->id),
				      g_free,
				      g_object_unref,
				      kasper_import_done,
				      g_steal_pointer(&task));
}

/**
 * kasper_engine_key_import_finish: (skip)
 * @self: an engine
 * @result: what the callback was given
 * @error: return location for a #GError, or %NULL
 *
 * Returns: whether the zone has the key; %FALSE with %KASPER_ERROR_NOT_FOUND if zone, repository or
 * key are not there, %KASPER_ERROR_EXISTS if the key is known, %KASPER_ERROR_UNSAFE if the zone is
 * signed by our order already
 *
 * Since: 0.1
 */
gboolean
kasper_engine_key_import_finish(KasperEngine *self, GAsyncResult *result, GError **error)
{
	g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
	return g_task_propagate_boolean(G_TASK(result), error);
}
