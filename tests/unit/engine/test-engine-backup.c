/* SPDX-License-Identifier: BSD-2-Clause */

/* keys that nobody may rely on before there is a copy of them */

#include "engine-fixture.h"

#include <string.h>

#include "kasper-engine-private.h"

static gint64
backup(EngineFixture *fixture, KasperBackupVerb verb)
{
	g_autoptr(GError) error = NULL;
	gint64 n_keys = kasper_engine_backup(fixture->engine, verb, "main", "tester", &error);

	g_assert_no_error(error);
	engine_fixture_settle(fixture);
	return n_keys;
}

/* states of the keys' backups, in the order in which they were made */
static gchar *
dup_backups(EngineFixture *fixture)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	gint64 next = 0;
	g_autoptr(GVariant) rows = g_variant_take_ref(
	    kasper_engine_list_backups(fixture->engine, NULL, 0, 100, &next, &error));

	g_assert_no_error(error);
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		const gchar *state = NULL;

		g_assert_true(g_variant_lookup(row, "backup", "&s", &state));
		g_string_append_printf(text, "%s%s", i > 0 ? " " : "", state);
	}
	return g_strdup(text->str);
}

static void
assert_backups(EngineFixture *fixture, const gchar *wanted)
{
	g_autofree gchar *backups = dup_backups(fixture);

	g_assert_cmpstr(backups, ==, wanted);
}

static void
assert_waiting(EngineFixture *fixture, const gchar *wanted)
{
	g_autofree gchar *waiting = engine_fixture_dup_waiting(fixture, "example.org");

	g_assert_cmpstr(waiting, ==, wanted);
}

/* is there a key that signs data? */
static gboolean
is_signed(void)
{
	g_autofree gchar *order = fake_world_dup_order("example.org");

	return order != NULL && strchr(order, 'z') != NULL;
}

/* keys are shown to the world, as 1.4 does, and a week makes none of them one to rely upon */
static void
test_gates(EngineFixture *fixture, gconstpointer data)
{
	fixture->require_backup = TRUE;
	engine_fixture_run(fixture);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	assert_waiting(fixture, "backup");
	g_assert_false(is_signed());
	g_assert_cmpuint(fake_world_count_log("NOTE: keys generated in repository main will not "
					      "become active until they have been backed up"),
			 ==,
			 1);
	engine_fixture_leap_to(fixture, START + 7 * 86400);
	g_assert_false(is_signed());
	g_assert_cmpuint(fake_world_count_log("DS Record set"), ==, 0);

	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_PREPARE), ==, 2);
	g_assert_cmpuint(fake_world_count_log("Marked repository main as pre-backed up"), ==, 1);
	g_assert_false(is_signed());
	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_COMMIT), ==, 2);
	g_assert_cmpuint(fake_world_count_log("Marked repository main as backed up"), ==, 1);
	g_assert_true(is_signed());
	assert_backups(fixture, "done done");
	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_COMMIT), ==, 0);
	g_assert_cmpuint(fake_world_count_log("There were no keys to mark"), ==, 1);
}

/* the copy was made before this key was: commit does not speak of it */
static void
test_made_meanwhile(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *words = NULL;
	g_autofree gchar *after = NULL;

	fixture->require_backup = TRUE;
	engine_fixture_run(fixture);
	backup(fixture, KASPER_BACKUP_VERB_PREPARE);
	backup(fixture, KASPER_BACKUP_VERB_COMMIT);
	engine_fixture_make_secure(fixture, "example.org");

	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_PREPARE), ==, 0);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	assert_backups(fixture, "done done needed");
	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_COMMIT), ==, 0);
	assert_backups(fixture, "done done needed");
	g_assert_cmpuint(fake_world_count_log("NOTE: "), ==, 2);
	/* it waits for a person, not for time */
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 30 * 86400);
	words = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(words, ==, "KSK:active ZSK:active ZSK:ready");
	assert_waiting(fixture, "backup");

	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_PREPARE), ==, 1);
	assert_backups(fixture, "done done prepared");
	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_ROLLBACK), ==, 1);
	assert_backups(fixture, "done done needed");
	g_assert_cmpuint(fake_world_count_log("Rolled back pre-backup of repository main"), ==, 1);
	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_ROLLBACK), ==, 0);
	g_assert_cmpuint(fake_world_count_log("There were no keys to rollback"), ==, 1);
	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_COMMIT), ==, 0);

	backup(fixture, KASPER_BACKUP_VERB_PREPARE);
	engine_fixture_crash(fixture);
	engine_fixture_settle(fixture);
	assert_backups(fixture, "done done prepared");
	backup(fixture, KASPER_BACKUP_VERB_COMMIT);
	after = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(after, ==, "KSK:active ZSK:retire ZSK:active");
}

/* prepare and commit in one, as 1.4 has it, with its warning */
static void
test_done(EngineFixture *fixture, gconstpointer data)
{
	fixture->require_backup = TRUE;
	engine_fixture_run(fixture);
	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_DONE), ==, 2);
	g_assert_cmpuint(fake_world_count_log("*WARNING* One-step backups are deprecated"), ==, 1);
	g_assert_true(is_signed());
	assert_backups(fixture, "done done");
}

/* who does not ask for copies can make them all the same */
static void
test_not_required(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	engine_fixture_run(fixture);
	g_assert_true(is_signed());
	g_assert_cmpuint(fake_world_count_log("NOTE: "), ==, 0);
	g_assert_cmpint(
	    kasper_engine_backup(fixture->engine, KASPER_BACKUP_VERB_PREPARE, "no", "t", &error),
	    ==,
	    -1);
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
}

/* RequireBackup set later: keys in use stay in use, keys that are new wait */
static void
test_required_later(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) result = NULL;
	g_autofree gchar *words = NULL;

	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	fixture->require_backup = TRUE;
	engine_fixture_write_files(fixture);
	result = kasper_engine_update(fixture->engine, KASPER_UPDATE_CONF, FALSE, "t", &error);
	g_assert_no_error(error);
	g_variant_ref_sink(result);
	engine_fixture_settle(fixture);
	words = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(words, ==, "KSK:active ZSK:active");
	g_clear_pointer(&words, g_free);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 30 * 86400);
	words = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(words, ==, "KSK:active ZSK:active ZSK:ready");
	assert_waiting(fixture, "backup");
}

/* a guard knows by itself, and is asked until it does */
static void
test_guard(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *ksk = NULL;
	g_autofree gchar *zsk = NULL;

	fixture->require_backup = TRUE;
	fixture->with_guard = TRUE;
	engine_fixture_run(fixture);
	ksk = engine_fixture_dup_id(fixture, "example.org", "KSK", NULL);
	zsk = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
	engine_fixture_leap(fixture);
	assert_backups(fixture, "needed needed");
	g_ptr_array_add(fake_world.safe, g_strdup(ksk));
	g_ptr_array_add(fake_world.safe, g_strdup("00000000000000000000000000000000"));
	engine_fixture_leap(fixture);
	assert_backups(fixture, "done needed");
	g_assert_false(is_signed());
	g_ptr_array_add(fake_world.safe, g_strdup(zsk));
	engine_fixture_leap(fixture);
	assert_backups(fixture, "done done");
	g_assert_true(is_signed());
	/* and nobody is asked any more */
	engine_fixture_make_secure(fixture, "example.org");
	g_assert_cmpint(kasper_engine_get_next_due(fixture->engine), ==, KASPER_TIME_NEVER);
}

/* keys that were made ahead are noted once, not once a key */
static void
test_pool(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) result = NULL;

	fixture->require_backup = TRUE;
	fixture->zsk_lifetime = 30 * 86400;
	engine_fixture_run(fixture);
	result = kasper_engine_key_generate(fixture->engine, NULL, 0, FALSE, "t", &error);
	g_assert_no_error(error);
	g_variant_ref_sink(result);
	engine_fixture_settle(fixture);
	g_assert_cmpuint(fake_world_count_keys(), >, 10);
	g_assert_cmpuint(fake_world_count_log("NOTE: "), ==, 1);
	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_PREPARE), ==, fake_world_count_keys());
	g_assert_cmpint(backup(fixture, KASPER_BACKUP_VERB_COMMIT), ==, fake_world_count_keys());
	/* the next rollover waits for nobody */
	engine_fixture_make_secure(fixture, "example.org");
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "ZSK", "publish"),
			 ==,
			 1);
	/* another one was made for the pool in its place */
	g_assert_cmpuint(fake_world_count_log("NOTE: "), ==, 2);
}

gint
main(gint argc, gchar **argv)
{
	engine_test_init(&argc, &argv);
	ENGINE_TEST("/engine/backup/gates", test_gates);
	ENGINE_TEST("/engine/backup/made-meanwhile", test_made_meanwhile);
	ENGINE_TEST("/engine/backup/done", test_done);
	ENGINE_TEST("/engine/backup/not-required", test_not_required);
	ENGINE_TEST("/engine/backup/required-later", test_required_later);
	ENGINE_TEST("/engine/backup/guard", test_guard);
	ENGINE_TEST("/engine/backup/pool", test_pool);
	return g_test_run();
}
