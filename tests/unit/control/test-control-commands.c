/* SPDX-License-Identifier: BSD-2-Clause */
#include <pwd.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "control-fixture.h"
#include "engine-fixture.h"
#include "kasper-error.h"

/* every command, from a client through the socket to an engine that runs, and what came of it */

typedef struct {
	EngineFixture engine;
	KasperControl *control;
	gchar *socket;
} CommandsFixture;

#define COMMANDS_TEST(name, function)                                                              \
	g_test_add(name, CommandsFixture, NULL, set_up, function, tear_down)

static void
set_up(CommandsFixture *fixture, gconstpointer data)
{
	engine_fixture_set_up(&fixture->engine, data);
}

static void
tear_down(CommandsFixture *fixture, gconstpointer data)
{
	kasper_control_stop(fixture->control);
	g_clear_object(&fixture->control);
	g_free(fixture->socket);
	engine_fixture_tear_down(&fixture->engine, data);
}

/* the engine runs already */
static void
serve(CommandsFixture *fixture, ControlClientFunc func)
{
	g_autoptr(GError) error = NULL;

	fixture->socket = g_build_filename(fixture->engine.folder, "kasper.sock", NULL);
	fixture->control = kasper_control_new(fixture->engine.engine, fixture->socket);
	kasper_control_start(fixture->control, &error);
	g_assert_no_error(error);
	control_run(fixture->socket, func, fixture);
}

static void
run(CommandsFixture *fixture, ControlClientFunc func)
{
	engine_fixture_run(&fixture->engine);
	serve(fixture, func);
}

/* --- what clients say --- */

static void
assert_failed(GError **error, KasperError code, const gchar *says)
{
	g_assert_error(*error, KASPER_ERROR, (gint)code);
	g_assert_nonnull(strstr((*error)->message, says));
	g_clear_error(error);
}

static void
settle(KasperClient *client)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_client_settle(client, NULL, &error));
	g_assert_no_error(error);
}

/* the only key of that type and state of example.org; NULL: there is none, or several */
static GVariant *
find_key(KasperClient *client, const gchar *keytype, const gchar *state)
{
	g_autofree gchar *text =
	    g_strdup_printf("'zone': <'example.org'>, 'keytype': <'%s'>, 'keystate': <'%s'>",
			    keytype,
			    state);
	g_autoptr(GVariant) filter = rows_filter(text);
	g_autoptr(GVariant) rows = kasper_client_list_keys(client, filter, NULL, NULL);

	return g_variant_n_children(rows) == 1 ? g_variant_get_child_value(rows, 0) : NULL;
}

static gchar *
dup_state(KasperClient *client, const gchar *zone)
{
	g_autoptr(GVariant) row = kasper_client_show_zone(client, zone, NULL, NULL);

	return g_strdup(rows_text(row, "state"));
}

/* the key whose DS is awaited at the parent, after as many leaps as it takes */
static GVariant *
leap_to_ds(KasperClient *client)
{
	for (guint i = 0; i < 100; i++) {
		g_autoptr(GVariant) key = find_key(client, "KSK", "ready");
		g_autoptr(GError) error = NULL;

		if (key != NULL && strcmp(rows_text(key, "waiting_for"), "ds-seen") == 0)
			return g_steal_pointer(&key);
		kasper_client_leap(client, KASPER_TIME_UNSET, NULL, &error);
		g_assert_no_error(error);
	}
	g_error("no key waits for ds-seen");
}

static void
leap_to_secure(KasperClient *client)
{
	for (guint i = 0; i < 100; i++) {
		g_autofree gchar *state = dup_state(client, "example.org");
		g_autoptr(GError) error = NULL;

		if (strcmp(state, "secure") == 0)
			return;
		kasper_client_leap(client, KASPER_TIME_UNSET, NULL, &error);
		g_assert_no_error(error);
	}
	g_error("example.org does not become secure");
}

/* --- the parent --- */

static void
see_ds(KasperClient *client, gpointer data)
{
	GError *error = NULL;
	g_autoptr(GVariant) key = leap_to_ds(client);
	const gchar *id = rows_text(key, "cka_id");
	gint tag = (gint)rows_number(key, "keytag");
	g_autoptr(GVariant) result = NULL;

	kasper_client_key_ds_seen(client, "absent.example", id, -1, FALSE, NULL, &error);
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "absent.example");
	kasper_client_key_ds_seen(client, "example.org", "00ff", -1, FALSE, NULL, &error);
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "00ff");
	kasper_client_key_ds_seen(client, "example.org", "xyz", -1, FALSE, NULL, &error);
	assert_failed(&error, KASPER_ERROR_INVALID, "xyz");
	kasper_client_key_ds_seen(client, "example.org", NULL, tag ^ 1, FALSE, NULL, &error);
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "example.org");
	kasper_client_key_ds_seen(client, "example.org", NULL, -1, FALSE, NULL, &error);
	g_assert_nonnull(error);
	g_clear_error(&error);
	kasper_client_key_ds_submit(client, "example.org", id, -1, NULL, &error);
	assert_failed(&error, KASPER_ERROR_EXISTS, id);
	kasper_client_key_ds_gone(client, "example.org", id, -1, NULL, &error);
	assert_failed(&error, KASPER_ERROR_UNSAFE, id);
	result = kasper_client_key_ds_seen(client, "example.org", NULL, tag, FALSE, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(rows_text(result, "cka_id"), ==, id);
	g_assert_cmpint(rows_number(result, "keytag"), ==, tag);
	g_assert_nonnull(strstr(rows_text(result, "text"), "made active"));
	kasper_client_key_ds_seen(client, "example.org", id, -1, FALSE, NULL, &error);
	assert_failed(&error, KASPER_ERROR_EXISTS, id);
	leap_to_secure(client);
	kasper_client_key_ksk_retire(client, "example.org", id, -1, NULL, &error);
	assert_failed(&error, KASPER_ERROR_UNSAFE, "no active keys");
	kasper_client_key_ksk_retire(client, "example.org", NULL, -1, NULL, &error);
	assert_failed(&error, KASPER_ERROR_UNSAFE, "no active keys");
}

/* who said so is in the journal, by the word of the kernel */
static void
assert_actor(CommandsFixture *fixture, const gchar *action)
{
	g_autofree gchar *path = g_build_filename(fixture->engine.folder, "state.db", NULL);
	struct passwd *user = getpwuid(geteuid());
	sqlite3_stmt *statement = NULL;
	sqlite3 *database = NULL;

	g_assert_cmpint(sqlite3_open(path, &database), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_prepare_v2(database,
					   "SELECT actor FROM audit WHERE action = ?",
					   -1,
					   &statement,
					   NULL),
			==,
			SQLITE_OK);
	sqlite3_bind_text(statement, 1, action, -1, SQLITE_STATIC);
	g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
	if (user != NULL)
		g_assert_cmpstr((const gchar *)sqlite3_column_text(statement, 0),
				==,
				user->pw_name);
	sqlite3_finalize(statement);
	sqlite3_close(database);
}

static void
test_parent(CommandsFixture *fixture, gconstpointer data)
{
	run(fixture, see_ds);
	assert_actor(fixture, "ds-seen");
	g_assert_cmpuint(engine_fixture_count_events(&fixture->engine, "ds-seen"), ==, 1);
}

/* --- rollovers and keys --- */

static void
roll(KasperClient *client, gpointer data)
{
	GError *error = NULL;
	g_autoptr(GVariant) first = leap_to_ds(client);
	g_autoptr(GVariant) second = NULL;
	G_GNUC_UNUSED g_autoptr(GVariant) old = NULL;
	g_autoptr(GVariant) retired = NULL;
	const gchar *id = rows_text(first, "cka_id");

	g_variant_unref(
	    kasper_client_key_ds_seen(client, "example.org", id, -1, FALSE, NULL, &error));
	g_assert_no_error(error);
	leap_to_secure(client);
	g_assert_cmpint(kasper_client_key_rollover(client, "absent", NULL, "ksk", NULL, &error),
			==,
			-1);
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "absent");
	g_assert_cmpint(kasper_client_key_rollover(client, NULL, "absent", "ksk", NULL, &error),
			==,
			-1);
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "absent");
	g_assert_cmpint(
	    kasper_client_key_rollover(client, "example.org", NULL, "XSK", NULL, &error),
	    ==,
	    -1);
	assert_failed(&error, KASPER_ERROR_INVALID, "XSK");
	g_assert_cmpint(kasper_client_key_rollover(client, NULL, "default", "KSK", NULL, &error),
			==,
			1);
	g_assert_no_error(error);
	settle(client);
	second = leap_to_ds(client);
	g_assert_cmpstr(rows_text(second, "cka_id"), !=, id);
	g_variant_unref(kasper_client_key_ds_seen(client,
						  "example.org",
						  rows_text(second, "cka_id"),
						  -1,
						  TRUE,
						  NULL,
						  &error));
	g_assert_no_error(error);
	retired = kasper_client_key_ksk_retire(client, "example.org", NULL, -1, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(rows_text(retired, "cka_id"), ==, id);
}

static void
test_rollover(CommandsFixture *fixture, gconstpointer data)
{
	run(fixture, roll);
	assert_actor(fixture, "key-rollover");
	assert_actor(fixture, "ksk-retire");
}

static void
make_keys(KasperClient *client, gpointer data)
{
	GError *error = NULL;
	g_autoptr(GVariant) dry = NULL;
	g_autoptr(GVariant) wet = NULL;
	g_autoptr(GVariant) before = kasper_client_status(client, NULL, &error);
	g_autoptr(GVariant) after = NULL;
	gint64 planned;

	g_assert_no_error(error);
	g_assert_null(kasper_client_key_generate(client, "absent", 0, TRUE, NULL, &error));
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "absent");
	dry = kasper_client_key_generate(client, "default", 100 * 86400, TRUE, NULL, &error);
	g_assert_no_error(error);
	planned = rows_number(dry, "planned");
	g_assert_cmpint(planned, >, 0);
	settle(client);
	wet = kasper_client_key_generate(client, "default", 100 * 86400, FALSE, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint(rows_number(wet, "planned"), ==, planned);
	settle(client);
	after = kasper_client_status(client, NULL, &error);
	g_assert_cmpint(rows_number(after, "keys"), ==, rows_number(before, "keys") + planned);
	g_assert_cmpint(kasper_client_key_purge(client, "absent.example", NULL, NULL, &error),
			==,
			-1);
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "absent.example");
	g_assert_cmpint(kasper_client_key_purge(client, "example.org", NULL, NULL, &error), ==, 0);
	g_assert_no_error(error);
}

static void
test_generate(CommandsFixture *fixture, gconstpointer data)
{
	/* nothing is made ahead by itself, so that it can be counted */
	fixture->engine.manual_generation = TRUE;
	fixture->engine.zsk_lifetime = 20 * 86400;
	run(fixture, make_keys);
}

static void
assert_import(KasperClient *client, const gchar *text, KasperError code, const gchar *says)
{
	g_autoptr(GVariant) key = rows_filter(text);
	GError *error = NULL;

	g_assert_false(kasper_client_key_import(client, "example.org", key, NULL, &error));
	assert_failed(&error, code, says);
}

#define IMPORT(id, repository, state)                                                              \
	"'cka_id': <'" id "'>, 'repository': <'" repository                                        \
	"'>, 'algorithm': <uint32 13>, 'bits': <uint32 256>, 'keytype': <'ZSK'>, 'keystate': "     \
	"<'" state "'>, 'time': <int64 1799999000>"

static void
import(KasperClient *client, gpointer data)
{
	g_autoptr(GVariant) key = rows_filter(IMPORT("00c0ffee", "main", "generate"));
	g_autoptr(GError) error = NULL;

	assert_import(client, "", KASPER_ERROR_INVALID, "cka_id is missing");
	assert_import(client, "'cka_id': <7>", KASPER_ERROR_INVALID, "cka_id is missing");
	assert_import(client, IMPORT("zz", "main", "generate"), KASPER_ERROR_INVALID, "zz");
	assert_import(client, IMPORT("00c0ffee", "main", "asleep"), KASPER_ERROR_INVALID, "asleep");
	assert_import(client,
		      IMPORT("00c0ffee", "absent", "generate"),
		      KASPER_ERROR_NOT_FOUND,
		      "absent");
	assert_import(client,
		      IMPORT("00abcdef", "main", "generate"),
		      KASPER_ERROR_NOT_FOUND,
		      "00abcdef");
	kasper_client_key_import(client, "example.org", key, NULL, &error);
	g_assert_no_error(error);
	assert_import(client,
		      IMPORT("00c0ffee", "main", "generate"),
		      KASPER_ERROR_EXISTS,
		      "00c0ffee");
}

static void
test_import(CommandsFixture *fixture, gconstpointer data)
{
	g_autoptr(KasperKeyInfo) wanted = kasper_key_info_new("00c0ffee", 13, 256, NULL);
	g_autoptr(KasperKeyInfo) made = NULL;
	g_autoptr(GError) error = NULL;
	KasperPlugin *token;

	engine_fixture_run(&fixture->engine);
	token = kasper_plugin_host_find(fixture->engine.host, "main", KASPER_TYPE_KEY_STORE);
	made = kasper_key_store_make_key(KASPER_KEY_STORE(token), wanted, NULL, &error);
	g_assert_no_error(error);
	serve(fixture, import);
	assert_actor(fixture, "key-import");
}

/* --- backups --- */

static void
back_up(KasperClient *client, gpointer data)
{
	GError *error = NULL;
	g_autoptr(GVariant) waiting = kasper_client_list_backups(client, "main", NULL, &error);
	gint64 n = (gint64)g_variant_n_children(waiting);

	g_assert_no_error(error);
	g_assert_cmpint(n, >=, 2);
	g_assert_cmpint(kasper_client_backup(client, "burn", NULL, NULL, &error), ==, -1);
	assert_failed(&error, KASPER_ERROR_INVALID, "burn");
	g_assert_cmpint(kasper_client_backup(client, "prepare", "absent", NULL, &error), ==, -1);
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "absent");
	g_assert_cmpint(kasper_client_backup(client, "commit", NULL, NULL, &error), ==, 0);
	g_assert_cmpint(kasper_client_backup(client, "prepare", NULL, NULL, &error), ==, n);
	g_assert_cmpint(kasper_client_backup(client, "rollback", "main", NULL, &error), ==, n);
	g_assert_cmpint(kasper_client_backup(client, "prepare", "main", NULL, &error), ==, n);
	g_assert_cmpint(kasper_client_backup(client, "commit", "main", NULL, &error), ==, n);
	g_assert_cmpint(kasper_client_backup(client, "done", NULL, NULL, &error), ==, 0);
	g_assert_no_error(error);
}

static void
test_backup(CommandsFixture *fixture, gconstpointer data)
{
	fixture->engine.require_backup = TRUE;
	run(fixture, back_up);
	assert_actor(fixture, "backup-commit");
}

/* --- zones --- */

static void
change_zones(KasperClient *client, gpointer data)
{
	g_autoptr(GVariant) files =
	    g_variant_ref_sink(g_variant_new_parsed("{'signconf': '/tmp/kasper-absent/new.xml'}"));
	GError *error = NULL;
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) zones = NULL;

	g_assert_false(
	    kasper_client_zone_add(client, "example.org", "default", NULL, NULL, &error));
	assert_failed(&error, KASPER_ERROR_EXISTS, "example.org");
	g_assert_false(kasper_client_zone_add(client, "new.example", "absent", NULL, NULL, &error));
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "absent");
	g_assert_false(kasper_client_zone_add(client, "a..b", "default", NULL, NULL, &error));
	assert_failed(&error, KASPER_ERROR_INVALID, "a..b");
	g_assert_true(
	    kasper_client_zone_add(client, "New.Example.", "default", files, NULL, &error));
	g_assert_no_error(error);
	row = kasper_client_show_zone(client, "new.example", NULL, &error);
	g_assert_cmpstr(rows_text(row, "signconf"), ==, "/tmp/kasper-absent/new.xml");
	settle(client);
	g_assert_false(
	    kasper_client_zone_set_policy(client, "new.example", "default", NULL, &error));
	assert_failed(&error, KASPER_ERROR_EXISTS, "new.example");
	g_assert_false(
	    kasper_client_zone_set_policy(client, "absent.example", "default", NULL, &error));
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "absent.example");
	g_assert_cmpint(kasper_client_enforce(client, NULL, NULL, &error), ==, 2);
	g_assert_cmpint(kasper_client_enforce(client, "new.example", NULL, &error), ==, 1);
	g_assert_cmpint(kasper_client_enforce(client, "absent.example", NULL, &error), ==, -1);
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "absent.example");
	settle(client);
	g_assert_false(kasper_client_zone_delete(client, "absent.example", NULL, &error));
	assert_failed(&error, KASPER_ERROR_NOT_FOUND, "absent.example");
	g_assert_true(kasper_client_zone_delete(client, "new.example", NULL, &error));
	g_assert_no_error(error);
	zones = kasper_client_list_zones(client, NULL, &error);
	g_assert_cmpuint(g_variant_n_children(zones), ==, 1);
}

static void
test_zones(CommandsFixture *fixture, gconstpointer data)
{
	run(fixture, change_zones);
	assert_actor(fixture, "zone-add");
	assert_actor(fixture, "zone-delete");
}

/* --- configuration --- */

static void
reload(KasperClient *client, gpointer data)
{
	CommandsFixture *fixture = data;
	GError *error = NULL;
	g_autofree gchar *path = g_build_filename(fixture->engine.folder, "kasp.xml", NULL);
	g_autofree gchar *good = NULL;
	g_autoptr(GVariant) dry = NULL;
	g_autoptr(GVariant) wet = NULL;
	g_autoptr(GVariant) zones = NULL;

	dry = kasper_client_update(client, KASPER_UPDATE_FLAGS_ZONELIST, TRUE, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint(rows_number(dry, "zones_added"), ==, 1);
	zones = kasper_client_list_zones(client, NULL, NULL);
	g_assert_cmpuint(g_variant_n_children(zones), ==, 1);
	wet = kasper_client_update(client, KASPER_UPDATE_FLAGS_ALL, FALSE, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint(rows_number(wet, "zones_added"), ==, 1);
	g_assert_cmpint(rows_number(wet, "zones_deleted"), ==, 0);
	g_assert_true(g_file_get_contents(path, &good, NULL, NULL));
	g_assert_true(g_file_set_contents(path, "<KASP><Policy/></KASP>", -1, NULL));
	g_assert_null(kasper_client_update(client, KASPER_UPDATE_FLAGS_KASP, FALSE, NULL, &error));
	assert_failed(&error, KASPER_ERROR_INVALID, "kasp.xml");
	g_assert_true(g_file_set_contents(path, good, -1, NULL));
	settle(client);
}

static void
test_update(CommandsFixture *fixture, gconstpointer data)
{
	engine_fixture_run(&fixture->engine);
	g_ptr_array_add(fixture->engine.zones, g_strdup("second.example"));
	engine_fixture_write_files(&fixture->engine);
	serve(fixture, reload);
}

/* --- time --- */

static void
turn_clock(KasperClient *client, gpointer data)
{
	GError *error = NULL;
	g_autoptr(GVariant) status = kasper_client_status(client, NULL, NULL);
	gint64 next = rows_number(status, "next_due");

	g_assert_cmpint(kasper_client_leap(client, START - 1, NULL, &error), ==, KASPER_TIME_UNSET);
	assert_failed(&error, KASPER_ERROR_INVALID, "backwards");
	g_assert_cmpint(kasper_client_leap(client, KASPER_TIME_UNSET, NULL, &error), ==, next);
	g_assert_no_error(error);
	g_assert_cmpint(kasper_client_leap(client, next + 1, NULL, &error), ==, next + 1);
	g_assert_no_error(error);
}

static void
test_time(CommandsFixture *fixture, gconstpointer data)
{
	run(fixture, turn_clock);
	g_assert_cmpint(engine_fixture_now(&fixture->engine), >, START);
}

int
main(int argc, char **argv)
{
	engine_test_init(&argc, &argv);
	COMMANDS_TEST("/control/commands/parent", test_parent);
	COMMANDS_TEST("/control/commands/rollover", test_rollover);
	COMMANDS_TEST("/control/commands/generate", test_generate);
	COMMANDS_TEST("/control/commands/import", test_import);
	COMMANDS_TEST("/control/commands/backup", test_backup);
	COMMANDS_TEST("/control/commands/zones", test_zones);
	COMMANDS_TEST("/control/commands/update", test_update);
	COMMANDS_TEST("/control/commands/time", test_time);
	return g_test_run();
}
