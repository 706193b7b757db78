/* SPDX-License-Identifier: BSD-2-Clause */

/* keys that lie in a repository already, taken into a zone or into the pool */

#include "engine-fixture.h"

#include <string.h>

#include "kasper-engine-private.h"
#include "kasper-plugin-host-private.h"

#define KSK "0123456789abcdef0000000000000001"
#define ZSK "0123456789abcdef0000000000000002"

typedef struct {
	const gchar *id;
	const gchar *repository;
	guint algorithm;
	guint bits;
	const gchar *keytype;
	const gchar *keystate;
} Key;

static const Key key_signing = {KSK, "main", 13, 256, "KSK", "active"};
static const Key zone_signing = {ZSK, "main", 13, 256, "ZSK", "active"};

typedef struct {
	gboolean done;
	GError *error;
} Import;

static void
on_imported(GObject *source, GAsyncResult *result, gpointer data)
{
	Import *import = data;
	gboolean done =
	    kasper_engine_key_import_finish(KASPER_ENGINE(source), result, &import->error);

	g_assert_cmpint(done, ==, import->error == NULL);
	import->done = TRUE;
}

static void
begin(EngineFixture *fixture, const gchar *zone, const Key *key, Import *import)
{
	GVariantBuilder fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
	g_autoptr(GVariant) built = NULL;

	g_variant_builder_add(&fields, "{sv}", "cka_id", g_variant_new_string(key->id));
	g_variant_builder_add(&fields, "{sv}", "repository", g_variant_new_string(key->repository));
	g_variant_builder_add(&fields, "{sv}", "algorithm", g_variant_new_uint32(key->algorithm));
	g_variant_builder_add(&fields, "{sv}", "bits", g_variant_new_uint32(key->bits));
	g_variant_builder_add(&fields, "{sv}", "keytype", g_variant_new_string(key->keytype));
	g_variant_builder_add(&fields, "{sv}", "keystate", g_variant_new_string(key->keystate));
	g_variant_builder_add(&fields,
			      "{sv}",
			      "time",
			      g_variant_new_int64(engine_fixture_now(fixture) - 1000));
	built = g_variant_ref_sink(g_variant_builder_end(&fields));
	*import = (Import){0};
	kasper_engine_key_import_async(fixture->engine, zone, built, "tester", on_imported, import);
}

static gboolean
is_done(gpointer data)
{
	return ((Import *)data)->done;
}

/* NULL: it is done */
static GError *
import(EngineFixture *fixture, const gchar *zone, const Key *key)
{
	Import import;

	begin(fixture, zone, key, &import);
	engine_fixture_wait_for(is_done, &import);
	engine_fixture_settle(fixture);
	return import.error;
}

static void
must_import(EngineFixture *fixture, const gchar *zone, const Key *key)
{
	g_autoptr(GError) error = import(fixture, zone, key);

	g_assert_no_error(error);
}

static void
must_refuse(EngineFixture *fixture,
	    const gchar *zone,
	    const Key *key,
	    KasperError code,
	    const gchar *text)
{
	GError *error = import(fixture, zone, key);

	engine_fixture_assert_refused(&error, code, text);
}

/* a zone that has no key of ours, and waits for what a person imports */
static void
start_empty(EngineFixture *fixture)
{
	fixture->manual_generation = TRUE;
	engine_fixture_run(fixture);
	g_assert_cmpuint(fake_world_count_keys(), ==, 0);
}

static void
assert_nothing(EngineFixture *fixture)
{
	g_assert_cmpint(kasper_store_count_pairs(fixture->store, 0, NULL), ==, 0);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 0);
	g_assert_cmpint(fake_world_get_revision("example.org"), ==, 0);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-held"), ==, 0);
}

/* --- taking a signed zone over --- */

static void
test_take_over(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *state = NULL;
	g_autofree gchar *order = NULL;
	g_autoptr(GError) error = NULL;

	start_empty(fixture);
	fake_world_add_key(KSK);
	fake_world_add_key(ZSK);
	must_import(fixture, "example.org", &key_signing);
	/* it is not let go with half of its keys */
	engine_fixture_leap_to(fixture, START + 30 * 86400);
	g_assert_cmpint(fake_world_get_revision("example.org"), ==, 0);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-held"), ==, 1);
	must_import(fixture, "example.org", &zone_signing);
	g_assert_cmpint(fake_world_get_revision("example.org"), ==, 0);
	g_assert_cmpint(kasper_engine_enforce(fixture->engine, "example.org", "tester", &error),
			==,
			1);
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
	order = fake_world_dup_order("example.org");
	g_assert_cmpstr(order, ==, "0123:257pk 0123:256pz");
	/* a restart does not hold it again */
	engine_fixture_restart(fixture);
	engine_fixture_leap_to(fixture, START + 60 * 86400);
	state = engine_fixture_dup_state(fixture, "example.org");
	g_assert_cmpstr(state, ==, "secure");
	g_assert_cmpuint(fake_world_count(FAKE_MAKE), ==, 0);
	g_assert_cmpuint(fake_world_count_submissions(), ==, 0);
	engine_fixture_assert_no_orphans(fixture);
}

/* a zone that is signed elsewhere by these keys: they are not ours to destroy at once */
static void
test_delete_held(EngineFixture *fixture, gconstpointer data)
{
	KasperTime deleted;
	g_autoptr(GError) error = NULL;

	fixture->purge = 1000;
	start_empty(fixture);
	fake_world_add_key(KSK);
	fake_world_add_key(ZSK);
	must_import(fixture, "example.org", &key_signing);
	must_import(fixture, "example.org", &zone_signing);
	g_assert_true(kasper_engine_zone_delete(fixture->engine, "example.org", "tester", &error));
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
	deleted = engine_fixture_now(fixture);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-deleted-with-ds"), ==, 1);
	engine_fixture_leap_to(fixture, deleted + 30 * 86400 - 1);
	g_assert_true(fake_world_has_key(KSK));
	g_assert_true(fake_world_has_key(ZSK));
	engine_fixture_leap_to(fixture, deleted + 30 * 86400);
	g_assert_cmpuint(fake_world_count_keys(), ==, 0);
}

/* --- keys for later --- */

static void
test_pool(EngineFixture *fixture, gconstpointer data)
{
	static const Key key = {ZSK, "main", 13, 256, "ZSK", "GENERATE"};
	g_autofree gchar *id = NULL;
	guint made;

	fixture->require_backup = TRUE;
	engine_fixture_run(fixture);
	made = fake_world_count(FAKE_MAKE);
	fake_world_add_key(ZSK);
	must_import(fixture, "example.org", &key);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 2);
	g_assert_cmpint(kasper_store_count_pool(fixture->store, 1, 13, 256, FALSE), ==, 1);
	kasper_engine_backup(fixture->engine, KASPER_BACKUP_VERB_PREPARE, NULL, "t", NULL);
	kasper_engine_backup(fixture->engine, KASPER_BACKUP_VERB_COMMIT, NULL, "t", NULL);
	engine_fixture_make_secure(fixture, "example.org");
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	id = engine_fixture_dup_id(fixture, "example.org", "ZSK", "publish");
	g_assert_cmpstr(id, ==, ZSK);
	g_assert_cmpuint(fake_world_count(FAKE_MAKE), ==, made);
	engine_fixture_assert_no_orphans(fixture);
}

/* a zone that waits for keys takes them at once */
static void
test_pool_is_waited_for(EngineFixture *fixture, gconstpointer data)
{
	static const Key first = {KSK, "main", 13, 0, "KSK", "generate"};
	static const Key second = {ZSK, "main", 13, 256, "ZSK", "generate"};

	start_empty(fixture);
	fake_world_add_key(KSK);
	fake_world_add_key(ZSK);
	must_import(fixture, "example.org", &first);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 0);
	must_import(fixture, "example.org", &second);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 2);
	g_assert_cmpint(fake_world_get_revision("example.org"), ==, 1);
}

/* --- what is refused --- */

typedef struct {
	const gchar *name;
	const gchar *zone;
	Key key;
	KasperError code;
	const gchar *text;
} Refusal;

/* clang-format off */
static const Refusal refusals[] = {
	{"absent-key", "example.org", {"00ff", "main", 13, 256, "KSK", "active"}, KASPER_ERROR_NOT_FOUND, "repository main: FakeToken: there is no key 00ff"},
	{"no-id", "example.org", {"", "main", 13, 256, "KSK", "active"}, KASPER_ERROR_INVALID, " is no CKA_ID: it takes an even number of hexadecimal digits"},
	{"bad-id", "example.org", {"0g", "main", 13, 256, "KSK", "active"}, KASPER_ERROR_INVALID, "0g is no CKA_ID"},
	{"absent-zone", "example.net", {KSK, "main", 13, 256, "KSK", "active"}, KASPER_ERROR_NOT_FOUND, "zone example.net is not known"},
	{"bad-zone", "..", {KSK, "main", 13, 256, "KSK", "active"}, KASPER_ERROR_INVALID, ".."},
	{"absent-repository", "example.org", {KSK, "other", 13, 256, "KSK", "active"}, KASPER_ERROR_NOT_FOUND, "repository other is not known"},
	{"keytype", "example.org", {KSK, "main", 13, 256, "SSK", "active"}, KASPER_ERROR_INVALID, "key type SSK: should be KSK, ZSK or CSK"},
	{"keystate", "example.org", {KSK, "main", 13, 256, "KSK", "dead"}, KASPER_ERROR_INVALID, "Unrecognised state dead"},
	{"algorithm", "example.org", {KSK, "main", 99, 256, "KSK", "active"}, KASPER_ERROR_INVALID, "Key algorithm 99 not supported"},
	{"other-algorithm", "example.org", {KSK, "main", 14, 384, "KSK", "active"}, KASPER_ERROR_INVALID, "not of 384 bits for algorithm 14"},
	{"other-bits", "example.org", {KSK, "main", 8, 2048, "KSK", "active"}, KASPER_ERROR_INVALID, "not of 2048 bits for algorithm 8"},
};
/* clang-format on */

static void
test_refused(EngineFixture *fixture, gconstpointer data)
{
	const Refusal *refusal = data;

	start_empty(fixture);
	fake_world_add_key(KSK);
	must_refuse(fixture, refusal->zone, &refusal->key, refusal->code, refusal->text);
	assert_nothing(fixture);
	/* which stands in nobody's way */
	must_import(fixture, "example.org", &key_signing);
}

static void
test_missing_field(EngineFixture *fixture, gconstpointer data)
{
	GVariantBuilder fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
	g_autoptr(GVariant) built = NULL;
	Import import = {0};

	start_empty(fixture);
	g_variant_builder_add(&fields, "{sv}", "keytype", g_variant_new_string("KSK"));
	built = g_variant_ref_sink(g_variant_builder_end(&fields));
	kasper_engine_key_import_async(fixture->engine,
				       "example.org",
				       built,
				       "tester",
				       on_imported,
				       &import);
	engine_fixture_wait_for(is_done, &import);
	engine_fixture_assert_refused(&import.error, KASPER_ERROR_INVALID, "cka_id is missing");
	assert_nothing(fixture);
}

/* also under another zone, as another kind, and in capitals */
static void
test_twice(EngineFixture *fixture, gconstpointer data)
{
	static const Key again[] = {
	    {KSK, "main", 13, 256, "KSK", "active"},
	    {KSK, "main", 13, 256, "ZSK", "generate"},
	    {"0123456789ABCDEF0000000000000001", "main", 13, 256, "KSK", "active"},
	};

	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	start_empty(fixture);
	fake_world_add_key(KSK);
	must_import(fixture, "example.org", &key_signing);
	for (guint i = 0; i < G_N_ELEMENTS(again); i++) {
		must_refuse(fixture,
			    "example.org",
			    &again[i],
			    KASPER_ERROR_EXISTS,
			    "key with CKA_ID \"" KSK "\" already exists");
		must_refuse(fixture, "example.net", &again[i], KASPER_ERROR_EXISTS, KSK);
	}
	g_assert_cmpint(kasper_store_count_pairs(fixture->store, 0, NULL), ==, 1);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.net", NULL, NULL), ==, 0);
}

/* two people do it at once */
static void
test_twice_at_once(EngineFixture *fixture, gconstpointer data)
{
	Import first, second;

	start_empty(fixture);
	fake_world_add_key(KSK);
	begin(fixture, "example.org", &key_signing, &first);
	begin(fixture, "example.org", &key_signing, &second);
	engine_fixture_wait_for(is_done, &first);
	engine_fixture_wait_for(is_done, &second);
	g_assert_no_error(first.error);
	engine_fixture_assert_refused(&second.error, KASPER_ERROR_EXISTS, KSK);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 1);
}

/* a zone that we have signed shows keys of ours, and what it shows is known */
static void
test_under_way(EngineFixture *fixture, gconstpointer data)
{
	static const Key shown[] = {
	    {ZSK, "main", 13, 256, "ZSK", "publish"},
	    {ZSK, "main", 13, 256, "ZSK", "ready"},
	    {ZSK, "main", 13, 256, "ZSK", "active"},
	    {ZSK, "main", 13, 256, "ZSK", "retire"},
	};
	g_autofree gchar *before = NULL;
	g_autofree gchar *after = NULL;

	engine_fixture_run(fixture);
	fake_world_add_key(ZSK);
	before = fake_world_dup_order("example.org");
	for (guint i = 0; i < G_N_ELEMENTS(shown); i++)
		must_refuse(fixture,
			    "example.org",
			    &shown[i],
			    KASPER_ERROR_UNSAFE,
			    "zone example.org is signed by our order already");
	after = fake_world_dup_order("example.org");
	g_assert_cmpstr(after, ==, before);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 2);
	engine_fixture_make_secure(fixture, "example.org");
}

/* --- while the token looks for it --- */

static void
begin_and_hang(EngineFixture *fixture, const Key *key, Import *import)
{
	fake_world_set(FAKE_LOOK_UP, FAKE_HANGS, 0);
	begin(fixture, "example.org", key, import);
	fake_world_wait_inside(1);
}

/* ... the zone goes on without it */
static void
test_overtaken(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) result = NULL;
	Import import;

	fake_world.parallel = TRUE;
	start_empty(fixture);
	fake_world_add_key(KSK);
	begin_and_hang(fixture, &key_signing, &import);
	fixture->manual_generation = FALSE;
	engine_fixture_write_files(fixture);
	result = engine_fixture_update(fixture, (guint)KASPER_UPDATE_CONF, FALSE);
	while (fake_world_get_revision("example.org") == 0) {
		g_main_context_iteration(NULL, FALSE);
		g_thread_yield();
	}
	g_assert_false(import.done);
	fake_world_release();
	engine_fixture_wait_for(is_done, &import);
	engine_fixture_assert_refused(&import.error, KASPER_ERROR_UNSAFE, "example.org");
	engine_fixture_settle(fixture);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "KSK", NULL), ==, 1);
	g_assert_cmpint(kasper_store_count_pairs(fixture->store, 0, NULL), ==, 2);
}

/* ... the zone is deleted */
static void
test_deleted(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	Import import;

	start_empty(fixture);
	fake_world_add_key(KSK);
	begin_and_hang(fixture, &key_signing, &import);
	g_assert_true(kasper_engine_zone_delete(fixture->engine, "example.org", "t", &error));
	fake_world_release();
	engine_fixture_wait_for(is_done, &import);
	engine_fixture_assert_refused(&import.error, KASPER_ERROR_NOT_FOUND, "example.org");
	g_assert_cmpint(kasper_store_count_pairs(fixture->store, 0, NULL), ==, 0);
	g_assert_true(fake_world_has_key(KSK));
}

/* ... and does not answer in time */
static void
test_hangs(EngineFixture *fixture, gconstpointer data)
{
	Import import;

	start_empty(fixture);
	fake_world_add_key(KSK);
	kasper_plugin_host_set_second(fixture->host, 1);
	begin_and_hang(fixture, &key_signing, &import);
	engine_fixture_wait_for(is_done, &import);
	engine_fixture_assert_refused(&import.error,
				      KASPER_ERROR_UNKNOWN_OUTCOME,
				      "repository main: ");
	assert_nothing(fixture);
	kasper_plugin_host_set_second(fixture->host, 1000);
	fake_world_release();
	must_import(fixture, "example.org", &key_signing);
}

static void
test_token_fails(EngineFixture *fixture, gconstpointer data)
{
	start_empty(fixture);
	fake_world_add_key(KSK);
	fake_world_set(FAKE_LOOK_UP, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	must_refuse(fixture,
		    "example.org",
		    &key_signing,
		    KASPER_ERROR_TRY_AGAIN,
		    "repository main: FakeToken: it fails");
	assert_nothing(fixture);
	fake_world_set(FAKE_LOOK_UP, FAKE_WORKS, 0);
	/* what it signs does not verify */
	fake_world.signs = TRUE;
	must_refuse(fixture,
		    "example.org",
		    &key_signing,
		    KASPER_ERROR_INVALID,
		    "the test signature of key " KSK " is no good");
	assert_nothing(fixture);
	g_assert_true(fake_world_has_key(KSK));
	fake_world.signs = FALSE;
	must_import(fixture, "example.org", &key_signing);
}

static void
test_token_closed(EngineFixture *fixture, gconstpointer data)
{
	fixture->manual_generation = TRUE;
	fake_world_set(FAKE_OPEN, FAKE_FAILS, KASPER_ERROR_AUTH);
	engine_fixture_run(fixture);
	fake_world_add_key(KSK);
	must_refuse(fixture,
		    "example.org",
		    &key_signing,
		    KASPER_ERROR_TRY_AGAIN,
		    "repository main does not work now: ");
	assert_nothing(fixture);
}

/* two keys that look the same in a DS are not to be told apart */
static void
test_same_tag(EngineFixture *fixture, gconstpointer data)
{
	static const Key other = {ZSK, "main", 13, 256, "KSK", "publish"};

	start_empty(fixture);
	fake_world.next_tag = 4711;
	fake_world_add_key(KSK);
	fake_world_add_key(ZSK);
	must_import(fixture, "example.org", &key_signing);
	must_refuse(fixture,
		    "example.org",
		    &other,
		    KASPER_ERROR_UNSAFE,
		    "it has a key with tag 4711 already");
	g_assert_cmpint(kasper_store_count_pairs(fixture->store, 0, NULL), ==, 1);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-held"), ==, 1);
}

gint
main(gint argc, gchar **argv)
{
	engine_test_init(&argc, &argv);
	ENGINE_TEST("/engine/import/take-over", test_take_over);
	ENGINE_TEST("/engine/import/delete-held", test_delete_held);
	ENGINE_TEST("/engine/import/pool", test_pool);
	ENGINE_TEST("/engine/import/pool-is-waited-for", test_pool_is_waited_for);
	for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
		g_autofree gchar *name =
		    g_strdup_printf("/engine/import/refused/%s", refusals[i].name);

		ENGINE_TEST_DATA(name, &refusals[i], test_refused);
	}
	ENGINE_TEST("/engine/import/missing-field", test_missing_field);
	ENGINE_TEST("/engine/import/twice", test_twice);
	ENGINE_TEST("/engine/import/twice-at-once", test_twice_at_once);
	ENGINE_TEST("/engine/import/under-way", test_under_way);
	ENGINE_TEST("/engine/import/overtaken", test_overtaken);
	ENGINE_TEST("/engine/import/deleted", test_deleted);
	ENGINE_TEST("/engine/import/hangs", test_hangs);
	ENGINE_TEST("/engine/import/token-fails", test_token_fails);
	ENGINE_TEST("/engine/import/token-closed", test_token_closed);
	ENGINE_TEST("/engine/import/same-tag", test_same_tag);
	return g_test_run();
}
