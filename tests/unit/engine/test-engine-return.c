/* SPDX-License-Identifier: BSD-2-Clause */

/* zones that are deleted, and come back */

#include "engine-fixture.h"

#define T_GRACE (30 * KASPER_SPAN_DAY)

static void
delete_zone(EngineFixture *fixture)
{
	g_autoptr(GError) error = NULL;

	kasper_engine_zone_delete(fixture->engine, "example.org", "tester", &error);
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
}

static void
add_zone(EngineFixture *fixture)
{
	g_autoptr(GError) error = NULL;

	kasper_engine_zone_add(fixture->engine, "example.org", NULL, NULL, "tester", &error);
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
}

static gint64
purge(EngineFixture *fixture)
{
	g_autoptr(GError) error = NULL;
	gint64 n = kasper_engine_key_purge(fixture->engine, NULL, "default", "tester", &error);

	g_assert_no_error(error);
	engine_fixture_settle(fixture);
	return n;
}

static void
assert_words(EngineFixture *fixture, const gchar *wanted)
{
	g_autofree gchar *words = engine_fixture_dup_words(fixture, "example.org");

	g_assert_cmpstr(words, ==, wanted);
}

static void
assert_state(EngineFixture *fixture, const gchar *wanted)
{
	g_autofree gchar *state = engine_fixture_dup_state(fixture, "example.org");

	g_assert_cmpstr(state, ==, wanted);
}

/* its DS is at the parent all the time: with other keys it would be bogus at once */
static void
test_secure_zone(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *before = NULL;
	g_autofree gchar *after = NULL;
	gint64 revision;

	fixture->purge = 0;
	engine_fixture_start(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	before = fake_world_dup_order("example.org");
	revision = fake_world_get_revision("example.org");
	delete_zone(fixture);
	g_assert_cmpuint(fake_world.forgotten->len, ==, 1);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-deleted-with-ds"), ==, 1);
	/* whoever tidies up does not know that it was a mistake */
	g_assert_cmpint(purge(fixture), ==, 0);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 7 * KASPER_SPAN_DAY);

	add_zone(fixture);
	assert_words(fixture, "KSK:active ZSK:active");
	after = fake_world_dup_order("example.org");
	g_assert_cmpstr(after, ==, before);
	g_assert_cmpint(fake_world_get_revision("example.org"), >, revision);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	g_assert_cmpuint(fake_world_count_log("DS Record set"), ==, 1);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-returned"), ==, 1);
	/* they are not destroyed when their time would have come */
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 2 * T_GRACE);
	assert_words(fixture, "KSK:active ZSK:active");
	assert_state(fixture, "secure");
	engine_fixture_assert_no_orphans(fixture);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 0);
}

/* nothing is withdrawn before the signer has published it anew, and caches have forgotten that it
 * was not */
static void
test_waits_for_signer(EngineFixture *fixture, gconstpointer data)
{
	engine_fixture_start(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	delete_zone(fixture);
	fake_world.pending = TRUE;
	add_zone(fixture);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 7 * KASPER_SPAN_DAY);
	/* the successor is not even published */
	g_assert_cmpint(fake_world_get_revision("example.org"), ==, 2);
	fake_world.pending = FALSE;
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + KASPER_SPAN_DAY);
	engine_fixture_leap_through(fixture, engine_fixture_now(fixture) + 30 * KASPER_SPAN_DAY);
	g_assert_cmpint(fake_world_get_revision("example.org"), >, 3);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "ZSK", "active"), ==, 1);
}

/* in the middle of a rollover, with a set that the parent did not take yet */
static void
test_pending_submission(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *id = NULL;
	guint n;

	fixture->with_channel = TRUE;
	engine_fixture_start(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_KEY);
	fake_world.ds_status = KASPER_DS_STATUS_RETRY;
	while (fake_world_count_submissions() < 2)
		engine_fixture_leap(fixture);
	delete_zone(fixture);
	n = fake_world_count_submissions();
	fake_world.ds_status = KASPER_DS_STATUS_DONE;
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + KASPER_SPAN_DAY);
	g_assert_cmpuint(fake_world_count_submissions(), ==, n);
	add_zone(fixture);
	g_assert_cmpuint(fake_world_count_submissions(), ==, n + 1);
	id = engine_fixture_wait_for_ds(fixture, "example.org");
	engine_fixture_ds_seen(fixture, "example.org", id);
	engine_fixture_leap_through(fixture, engine_fixture_now(fixture) + 30 * KASPER_SPAN_DAY);
	assert_state(fixture, "secure");
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "KSK", "active"), ==, 1);
}

/* once they are destroyed, they are: somebody is told what that means */
static void
test_too_late(EngineFixture *fixture, gconstpointer data)
{
	fixture->purge = 0;
	engine_fixture_start(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	delete_zone(fixture);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + T_GRACE);
	g_assert_cmpuint(fake_world_count_keys(), ==, 0);
	add_zone(fixture);
	assert_words(fixture, "KSK:publish ZSK:active");
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-returned"), ==, 0);
	engine_fixture_assert_no_orphans(fixture);
}

/* a person may end it, when the time in which it may be a mistake is over */
static void
test_purge(EngineFixture *fixture, gconstpointer data)
{
	engine_fixture_start(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	delete_zone(fixture);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + T_GRACE);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	g_assert_cmpint(purge(fixture), ==, 2);
	g_assert_cmpuint(fake_world_count_keys(), ==, 0);
}

/* a key that is about to be destroyed is not brought back by halves */
static void
test_being_destroyed(EngineFixture *fixture, gconstpointer data)
{
	fixture->purge = 0;
	engine_fixture_start(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	delete_zone(fixture);
	fake_world_set(FAKE_DESTROY, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + T_GRACE);
	add_zone(fixture);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-begins-anew"), ==, 1);
	g_assert_cmpuint(fake_world_count_keys(), >=, 2);
	fake_world_set(FAKE_DESTROY, FAKE_WORKS, 0);
	engine_fixture_leap_through(fixture, engine_fixture_now(fixture) + KASPER_SPAN_DAY);
	assert_words(fixture, "KSK:ready ZSK:active");
	engine_fixture_assert_no_orphans(fixture);
}

/* deleted and added again, again and again, and killed in between */
static void
test_again_and_again(EngineFixture *fixture, gconstpointer data)
{
	engine_fixture_start(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	for (guint i = 0; i < 3; i++) {
		delete_zone(fixture);
		engine_fixture_crash(fixture);
		add_zone(fixture);
		engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + KASPER_SPAN_DAY);
		assert_state(fixture, "secure");
	}
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-returned"), >=, 1);
}

static void
on_imported(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GError) error = NULL;

	kasper_engine_key_import_finish(KASPER_ENGINE(source), result, &error);
	g_assert_no_error(error);
	*(gboolean *)data = TRUE;
}

static gboolean
is_set(gpointer data)
{
	return *(gboolean *)data;
}

/* a key that the world uses is not ours to destroy because we let go of the zone before our first
 * order: it was imported into the wrong one, say */
static void
test_imported_key(EngineFixture *fixture, gconstpointer data)
{
	KasperKeyInfo *key;
	g_autoptr(GBytes) public_key = NULL;
	guint8 octets[64] = {1, 2, 3};
	gboolean done = FALSE;
	GVariantDict dict;

	fixture->manual_generation = TRUE;
	fixture->purge = 0;
	engine_fixture_run(fixture);
	public_key = g_bytes_new(octets, sizeof octets);
	key = kasper_key_info_new("0badc0de", 13, 256, public_key);
	g_mutex_lock(&fake_world.lock);
	g_hash_table_insert(fake_world.keys, g_strdup("0badc0de"), key);
	g_mutex_unlock(&fake_world.lock);
	g_variant_dict_init(&dict, NULL);
	g_variant_dict_insert(&dict, "cka_id", "s", "0badc0de");
	g_variant_dict_insert(&dict, "repository", "s", "main");
	g_variant_dict_insert(&dict, "algorithm", "u", 13);
	g_variant_dict_insert(&dict, "bits", "u", 256);
	g_variant_dict_insert(&dict, "keytype", "s", "KSK");
	g_variant_dict_insert(&dict, "keystate", "s", "ACTIVE");
	g_variant_dict_insert(&dict, "time", "x", START - 1000);
	kasper_engine_key_import_async(fixture->engine,
				       "example.org",
				       g_variant_dict_end(&dict),
				       "tester",
				       on_imported,
				       &done);
	engine_fixture_wait_for(is_set, &done);
	delete_zone(fixture);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + KASPER_SPAN_DAY);
	g_assert_true(fake_world_has_key("0badc0de"));
	add_zone(fixture);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "KSK", NULL), ==, 1);
	assert_state(fixture, "frozen");
}

int
main(int argc, char **argv)
{
	engine_test_init(&argc, &argv);
	ENGINE_TEST("/engine/return/secure-zone", test_secure_zone);
	ENGINE_TEST("/engine/return/waits-for-signer", test_waits_for_signer);
	ENGINE_TEST("/engine/return/pending-submission", test_pending_submission);
	ENGINE_TEST("/engine/return/too-late", test_too_late);
	ENGINE_TEST("/engine/return/purge", test_purge);
	ENGINE_TEST("/engine/return/being-destroyed", test_being_destroyed);
	ENGINE_TEST("/engine/return/again-and-again", test_again_and_again);
	ENGINE_TEST("/engine/return/imported-key", test_imported_key);
	return g_test_run();
}
