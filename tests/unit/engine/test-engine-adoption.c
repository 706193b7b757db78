/* SPDX-License-Identifier: BSD-2-Clause */

/* new zones that are signed already: they are held, and nothing of them is touched */

#include "engine-fixture.h"

#include "kasper-engine-private.h"

#include <string.h>

#define HELD_RETRY 900

static void
sign_elsewhere(const gchar *zone)
{
	g_mutex_lock(&fake_world.lock);
	g_hash_table_insert(fake_world.signed_zones,
			    g_strdup(zone),
			    g_strdup("another program signs it"));
	g_mutex_unlock(&fake_world.lock);
}

static void
clear_away(const gchar *zone)
{
	g_mutex_lock(&fake_world.lock);
	g_hash_table_remove(fake_world.signed_zones, zone);
	g_hash_table_remove(fake_world.unclear_zones, zone);
	g_mutex_unlock(&fake_world.lock);
}

static void
add_zone(EngineFixture *fixture, const gchar *zone)
{
	g_ptr_array_add(fixture->zones, g_strdup(zone));
}

static const gchar *
get_problem(EngineFixture *fixture, const gchar *what)
{
	const KasperProblem *problem = g_hash_table_lookup(fixture->engine->problems, what);

	return problem != NULL ? problem->text : NULL;
}

static void
assert_state(EngineFixture *fixture, const gchar *zone, const gchar *state, const gchar *waiting)
{
	g_autofree gchar *now = engine_fixture_dup_state(fixture, zone);
	g_autofree gchar *waits_for = engine_fixture_dup_waiting(fixture, zone);

	g_assert_cmpstr(now, ==, state);
	g_assert_cmpstr(waits_for, ==, waiting);
}

static void
assert_words(EngineFixture *fixture, const gchar *zone, const gchar *wanted)
{
	g_autofree gchar *words = engine_fixture_dup_words(fixture, zone);

	g_assert_cmpstr(words, ==, wanted);
}

/* no key, no order, no DS */
static void
assert_held(EngineFixture *fixture, const gchar *zone)
{
	assert_state(fixture, zone, "held", "operator");
	assert_words(fixture, zone, "");
	g_assert_cmpuint(fake_world_count_applied(zone), ==, 0);
}

static void
assert_signed(EngineFixture *fixture, const gchar *zone)
{
	assert_words(fixture, zone, "KSK:publish ZSK:active");
	g_assert_cmpint(fake_world_get_revision(zone), ==, 1);
}

static void
adopt(EngineFixture *fixture, const gchar *zone)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(
	    kasper_engine_zone_adopt_unsigned(fixture->engine, zone, "tester", &error));
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
}

static void
enforce(EngineFixture *fixture, const gchar *zone)
{
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(kasper_engine_enforce(fixture->engine, zone, "tester", &error), ==, 1);
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
}

/* a week in which nobody does anything */
static void
test_held(EngineFixture *fixture, gconstpointer data)
{
	const gchar *problem;

	sign_elsewhere("example.org");
	add_zone(fixture, "example.net");
	engine_fixture_run(fixture);
	assert_held(fixture, "example.org");
	assert_signed(fixture, "example.net");
	problem = get_problem(fixture, "zone example.org");
	g_assert_nonnull(strstr(problem, "another program signs it"));
	g_assert_nonnull(strstr(problem, "kasper zone adopt --zone example.org --unsigned"));
	g_assert_nonnull(strstr(problem, "kasper key import"));
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-signed-already"), ==, 1);

	engine_fixture_leap_through(fixture, START + 7 * 86400);
	assert_held(fixture, "example.org");
	/* told once; and no key was made for it */
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-signed-already"), ==, 1);
	g_assert_cmpuint(fake_world_count_log("zone example.org is signed already"), ==, 1);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	g_assert_cmpuint(fake_world_count_log("DS Record set"), ==, 1);
	g_assert_cmpuint(fake_world_count(FAKE_APPLY), ==, 1);
}

/* a signer that is asked when everything is there asks for nothing more */
static void
test_asked_once(EngineFixture *fixture, gconstpointer data)
{
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	engine_fixture_restart(fixture);
	g_assert_cmpuint(fake_world_count(FAKE_FIND), ==, 1);
}

/* no look is good for long: somebody may sign the zone while it waits for its keys */
static void
test_signed_meanwhile(EngineFixture *fixture, gconstpointer data)
{
	fake_world_set(FAKE_MAKE, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_run(fixture);
	assert_state(fixture, "example.org", "unsigned", "key");
	sign_elsewhere("example.org");
	fake_world_set(FAKE_MAKE, FAKE_WORKS, 0);
	engine_fixture_leap_to(fixture, START + 2 * 86400);
	assert_held(fixture, "example.org");
}

/* what was found is taken away: the zone goes on by itself, or at once when somebody says so */
static void
test_cleared(EngineFixture *fixture, gconstpointer data)
{
	sign_elsewhere("example.org");
	sign_elsewhere("example.net");
	add_zone(fixture, "example.net");
	engine_fixture_run(fixture);
	assert_held(fixture, "example.org");
	enforce(fixture, "example.org");
	assert_held(fixture, "example.org");
	clear_away("example.org");
	clear_away("example.net");
	enforce(fixture, "example.org");
	assert_signed(fixture, "example.org");
	g_assert_null(get_problem(fixture, "zone example.org"));

	engine_fixture_leap_to(fixture, START + HELD_RETRY - 1);
	assert_held(fixture, "example.net");
	engine_fixture_leap_to(fixture, START + HELD_RETRY);
	assert_signed(fixture, "example.net");
	g_assert_null(get_problem(fixture, "zone example.net"));
}

static void
test_adopt_unsigned(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	sign_elsewhere("example.org");
	engine_fixture_run(fixture);
	assert_held(fixture, "example.org");
	adopt(fixture, "example.org");
	assert_signed(fixture, "example.org");
	g_assert_null(get_problem(fixture, "zone example.org"));
	engine_fixture_make_secure(fixture, "example.org");
	/* once only */
	g_assert_false(kasper_engine_zone_adopt_unsigned(fixture->engine,
							 "example.org",
							 "tester",
							 &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_UNSAFE);
	g_clear_error(&error);
	g_assert_false(kasper_engine_zone_adopt_unsigned(fixture->engine,
							 "absent.example",
							 "tester",
							 &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
}

/* the word of a person holds, also while there is no key yet, and over a restart */
static void
test_adopt_without_keys(EngineFixture *fixture, gconstpointer data)
{
	sign_elsewhere("example.org");
	fake_world_set(FAKE_MAKE, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_run(fixture);
	adopt(fixture, "example.org");
	assert_state(fixture, "example.org", "unsigned", "key");
	engine_fixture_restart(fixture);
	assert_state(fixture, "example.org", "unsigned", "key");
	fake_world_set(FAKE_MAKE, FAKE_WORKS, 0);
	for (guint i = 0; engine_fixture_count_keys(fixture, "example.org", NULL, NULL) < 2; i++) {
		g_assert_cmpuint(i, <, 30);
		engine_fixture_leap(fixture);
	}
	assert_signed(fixture, "example.org");
}

/* a restart looks again, tells of the problem, and does not send a second event */
static void
test_restart(EngineFixture *fixture, gconstpointer data)
{
	sign_elsewhere("example.org");
	engine_fixture_run(fixture);
	engine_fixture_restart(fixture);
	assert_held(fixture, "example.org");
	g_assert_nonnull(get_problem(fixture, "zone example.org"));
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-signed-already"), ==, 1);
	clear_away("example.org");
	engine_fixture_restart(fixture);
	assert_signed(fixture, "example.org");
}

/* the worst of all: the database is gone, and the zone is secure */
static void
test_lost_store(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *order = NULL;
	g_autofree gchar *after = NULL;

	fixture->with_channel = TRUE;
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	order = fake_world_dup_order("example.org");
	g_assert_cmpuint(fake_world_count_submissions(), ==, 1);
	engine_fixture_lose_store(fixture);
	engine_fixture_leap_through(fixture, fixture->start + 30 * 86400);
	assert_state(fixture, "example.org", "held", "operator");
	after = fake_world_dup_order("example.org");
	g_assert_cmpstr(after, ==, order);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	g_assert_cmpuint(fake_world_count_submissions(), ==, 1);
}

typedef struct {
	gboolean done;
	GError *error;
} Import;

static void
on_imported(GObject *source, GAsyncResult *result, gpointer data)
{
	Import *wait = data;

	kasper_engine_key_import_finish(KASPER_ENGINE(source), result, &wait->error);
	wait->done = TRUE;
}

static gboolean
is_imported(gpointer data)
{
	return ((Import *)data)->done;
}

static void
import(EngineFixture *fixture, const gchar *zone, const gchar *id, const gchar *keytype)
{
	g_autoptr(GVariant) key = g_variant_ref_sink(g_variant_new_parsed(
	    "{'cka_id': <%s>, 'repository': <'main'>, 'algorithm': <uint32 13>, 'bits': <uint32 "
	    "256>, 'keytype': <%s>, 'keystate': <'active'>, 'time': <%x>}",
	    id,
	    keytype,
	    (gint64)(START - 86400)));
	Import wait = {0};

	kasper_engine_key_import_async(fixture->engine, zone, key, "tester", on_imported, &wait);
	engine_fixture_wait_for(is_imported, &wait);
	g_assert_no_error(wait.error);
	engine_fixture_settle(fixture);
}

/* a key that the token has, and no store of ours knows */
static void
make_foreign_key(const gchar *id)
{
	g_autofree guint8 *octets = g_malloc(64);
	g_autoptr(GBytes) public_key = NULL;

	for (guint i = 0; i < 64; i++)
		octets[i] = (guint8)(id[0] * 7 + id[i % strlen(id)] + (gint)i);
	public_key = g_bytes_new(octets, 64);
	g_mutex_lock(&fake_world.lock);
	g_hash_table_insert(fake_world.keys,
			    g_strdup(id),
			    kasper_key_info_new(id, 13, 256, public_key));
	g_mutex_unlock(&fake_world.lock);
}

/* the order names the keys with which the zone was signed, and no other was made */
static void
test_import(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *order = NULL;

	sign_elsewhere("example.org");
	make_foreign_key("aaaa0001");
	make_foreign_key("bbbb0002");
	engine_fixture_run(fixture);
	assert_held(fixture, "example.org");
	import(fixture, "example.org", "aaaa0001", "KSK");
	assert_state(fixture, "example.org", "frozen", "operator");
	g_assert_null(get_problem(fixture, "zone example.org"));
	import(fixture, "example.org", "bbbb0002", "ZSK");
	engine_fixture_leap_to(fixture, START + 86400);
	g_assert_cmpuint(fake_world_count_applied("example.org"), ==, 0);
	enforce(fixture, "example.org");
	order = fake_world_dup_order("example.org");
	g_assert_cmpstr(order, ==, "aaaa:257pk bbbb:256pz");
	assert_words(fixture, "example.org", "KSK:active ZSK:active");
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
}

/* a zone that is let go before we ordered anything takes nothing of others with it */
static void
test_delete(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	sign_elsewhere("example.org");
	sign_elsewhere("example.net");
	add_zone(fixture, "example.net");
	make_foreign_key("aaaa0001");
	engine_fixture_run(fixture);
	import(fixture, "example.org", "aaaa0001", "KSK");
	kasper_engine_zone_delete(fixture->engine, "example.org", "tester", &error);
	g_assert_no_error(error);
	kasper_engine_zone_delete(fixture->engine, "example.net", "tester", &error);
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
	g_assert_null(get_problem(fixture, "zone example.net"));
	engine_fixture_leap_to(fixture, START + 400 * 86400);
	g_assert_cmpuint(fake_world.forgotten->len, ==, 0);
	g_assert_true(fake_world_has_key("aaaa0001"));
}

/* nobody knows: nothing is done, and the others go on */
static void
test_unclear(EngineFixture *fixture, gconstpointer data)
{
	g_hash_table_insert(fake_world.unclear_zones,
			    g_strdup("example.org"),
			    g_strdup("its folder is not there"));
	add_zone(fixture, "example.net");
	engine_fixture_run(fixture);
	assert_state(fixture, "example.org", "unsigned", "operator");
	assert_words(fixture, "example.org", "");
	g_assert_nonnull(
	    strstr(get_problem(fixture, "zone example.org"), "its folder is not there"));
	assert_signed(fixture, "example.net");
	clear_away("example.org");
	engine_fixture_leap_to(fixture, START + 300);
	assert_signed(fixture, "example.org");
	g_assert_null(get_problem(fixture, "zone example.org"));
}

/* a signer that fails, or that cannot be opened: new zones wait for it */
static void
test_signer_fails(EngineFixture *fixture, gconstpointer data)
{
	fake_world_set(FAKE_FIND, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_run(fixture);
	assert_state(fixture, "example.org", "unsigned", "signer");
	g_assert_nonnull(get_problem(fixture, "new zones"));
	for (guint i = 0; i < 5; i++)
		engine_fixture_leap(fixture);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "signer-failed"), ==, 1);
	g_assert_cmpuint(fake_world_count_keys(), ==, 0);
	fake_world_set(FAKE_FIND, FAKE_WORKS, 0);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 400);
	assert_signed(fixture, "example.org");
	g_assert_null(get_problem(fixture, "new zones"));
}

static gboolean
is_asked(gpointer data)
{
	return fake_world_count(FAKE_FIND) == *(guint *)data;
}

static gboolean
has_new_zsk(gpointer data)
{
	return engine_fixture_count_keys(data, "example.org", "ZSK", NULL) == 2;
}

/* while the signer hangs, zones that are not new have their turns */
static void
test_signer_hangs(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	guint twice = 2;

	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	fake_world_set(FAKE_FIND, FAKE_HANGS, 0);
	kasper_engine_zone_add(fixture->engine, "example.net", NULL, NULL, "tester", &error);
	g_assert_no_error(error);
	engine_fixture_wait_for(is_asked, &twice);
	kasper_engine_key_rollover(fixture->engine,
				   "example.org",
				   NULL,
				   KASPER_ROLE_ZONE,
				   "tester",
				   &error);
	g_assert_no_error(error);
	engine_fixture_wait_for(has_new_zsk, fixture);
	assert_words(fixture, "example.net", "");
	fake_world_release();
	engine_fixture_settle(fixture);
	assert_signed(fixture, "example.net");
}

/* one that cannot tell says nothing: as it was before there was such a question */
static void
test_blind_signer(EngineFixture *fixture, gconstpointer data)
{
	fixture->blind_signer = TRUE;
	sign_elsewhere("example.org");
	engine_fixture_run(fixture);
	assert_signed(fixture, "example.org");
}

/* ... and does not undo what another one has found */
static void
test_blind_later(EngineFixture *fixture, gconstpointer data)
{
	sign_elsewhere("example.org");
	engine_fixture_run(fixture);
	fixture->blind_signer = TRUE;
	engine_fixture_restart(fixture);
	engine_fixture_leap_to(fixture, START + 86400);
	assert_held(fixture, "example.org");
}

/* commands for a zone that is held: none of them signs it */
static void
test_commands(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autofree gchar *text = NULL;

	sign_elsewhere("example.org");
	engine_fixture_run(fixture);
	kasper_engine_key_rollover(fixture->engine,
				   "example.org",
				   NULL,
				   KASPER_ROLE_CSK,
				   "tester",
				   &error);
	g_clear_error(&error);
	g_assert_cmpint(kasper_engine_enforce(fixture->engine, NULL, "tester", &error), ==, 1);
	engine_fixture_settle(fixture);
	assert_held(fixture, "example.org");
	row = g_variant_ref_sink(kasper_engine_show_zone(fixture->engine, "example.org", &error));
	g_assert_no_error(error);
	text = g_variant_print(row, FALSE);
	g_assert_nonnull(strstr(text, "another program signs it"));
	g_assert_cmpuint(fake_world_count_keys(), ==, 0);
}

/* more than `status` names */
static void
test_many(EngineFixture *fixture, gconstpointer data)
{
	for (guint i = 0; i < 1500; i++) {
		g_autofree gchar *zone = g_strdup_printf("z%u.example", i);

		sign_elsewhere(zone);
		add_zone(fixture, zone);
	}
	engine_fixture_run(fixture);
	assert_held(fixture, "z7.example");
	assert_held(fixture, "z1499.example");
	assert_signed(fixture, "example.org");
	g_assert_nonnull(strstr(get_problem(fixture, "held zones"), "1500 zones"));
	g_assert_cmpuint(g_hash_table_size(fixture->engine->problems), <=, 101);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	g_hash_table_remove_all(fake_world.signed_zones);
	engine_fixture_leap_to(fixture, START + HELD_RETRY);
	g_assert_null(get_problem(fixture, "held zones"));
	assert_signed(fixture, "z1499.example");
}

gint
main(gint argc, gchar **argv)
{
	engine_test_init(&argc, &argv);
	ENGINE_TEST("/engine/adoption/held", test_held);
	ENGINE_TEST("/engine/adoption/asked-once", test_asked_once);
	ENGINE_TEST("/engine/adoption/signed-meanwhile", test_signed_meanwhile);
	ENGINE_TEST("/engine/adoption/cleared", test_cleared);
	ENGINE_TEST("/engine/adoption/adopt-unsigned", test_adopt_unsigned);
	ENGINE_TEST("/engine/adoption/adopt-without-keys", test_adopt_without_keys);
	ENGINE_TEST("/engine/adoption/restart", test_restart);
	ENGINE_TEST("/engine/adoption/lost-store", test_lost_store);
	ENGINE_TEST("/engine/adoption/import", test_import);
	ENGINE_TEST("/engine/adoption/delete", test_delete);
	ENGINE_TEST("/engine/adoption/unclear", test_unclear);
	ENGINE_TEST("/engine/adoption/signer-fails", test_signer_fails);
	ENGINE_TEST("/engine/adoption/signer-hangs", test_signer_hangs);
	ENGINE_TEST("/engine/adoption/blind-signer", test_blind_signer);
	ENGINE_TEST("/engine/adoption/blind-later", test_blind_later);
	ENGINE_TEST("/engine/adoption/commands", test_commands);
	ENGINE_TEST("/engine/adoption/many", test_many);
	return g_test_run();
}
