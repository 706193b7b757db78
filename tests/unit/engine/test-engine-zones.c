/* SPDX-License-Identifier: BSD-2-Clause */

/* zones that come, go and change their policy by command, and what becomes of their keys */

#include "engine-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "kasper-engine-private.h"

/* keys that were published outlive their zone by so much */
#define GRACE (30 * 86400)

static gboolean
add(EngineFixture *fixture, const gchar *zone, const gchar *policy, GVariant *files, GError **error)
{
	g_autoptr(GVariant) owned = files != NULL ? g_variant_ref_sink(files) : NULL;

	return kasper_engine_zone_add(fixture->engine, zone, policy, owned, "tester", error);
}

static void
must_add(EngineFixture *fixture, const gchar *zone)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(add(fixture, zone, NULL, NULL, &error));
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
}

static void
must_delete(EngineFixture *fixture, const gchar *zone)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_engine_zone_delete(fixture->engine, zone, "tester", &error));
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
}

static GVariant *
make_file(const gchar *field, const gchar *value)
{
	GVariantBuilder files = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{ss}"));

	g_variant_builder_add(&files, "{ss}", field, value);
	return g_variant_builder_end(&files);
}

/* the policy without its name */
static gchar *
dup_second_policy(EngineFixture *fixture)
{
	g_autofree gchar *kasp = engine_fixture_dup_file(fixture, "kasp.xml");
	const gchar *start =
	    strstr(kasp, "<Policy name='default'>") + strlen("<Policy name='default'>");
	g_autofree gchar *rest = g_strndup(start, (gsize)(strstr(start, "</KASP>") - start));

	return g_strconcat("<Policy name='second'>", rest, NULL);
}

static void
start_with_second_policy(EngineFixture *fixture)
{
	engine_fixture_write_files(fixture);
	fixture->policy_xml = dup_second_policy(fixture);
	engine_fixture_run(fixture);
}

static void
free_second_policy(EngineFixture *fixture)
{
	g_free((gchar *)fixture->policy_xml);
	fixture->policy_xml = "";
}

static gboolean
has_zone(EngineFixture *fixture, const gchar *zone)
{
	return kasper_store_find_zone(fixture->store, zone, NULL, NULL);
}

/* the names that zonelist.xml has, in its order, with a blank between them */
static gchar *
dup_list(EngineFixture *fixture)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperConfig) config = kasper_config_load(fixture->conf_path, NULL, &error);
	g_autoptr(GString) text = g_string_new(NULL);
	GPtrArray *zones;

	g_assert_no_error(error);
	zones = kasper_config_get_zones(config);
	for (guint i = 0; i < zones->len; i++)
		g_string_append_printf(text,
				       "%s%s",
				       i > 0 ? " " : "",
				       ((KasperZoneConfig *)g_ptr_array_index(zones, i))->name);
	return g_strdup(text->str);
}

static void
assert_list(EngineFixture *fixture, const gchar *wanted)
{
	g_autofree gchar *list = dup_list(fixture);

	g_assert_cmpstr(list, ==, wanted);
}

/* --- add --- */

static void
test_add(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *words = NULL;
	g_autofree gchar *old = NULL;
	g_autofree gchar *backup = NULL;
	g_autofree gchar *signconf =
	    g_build_filename(fixture->folder, "signconf/example.net.xml", NULL);
	FakeOrder *order;

	engine_fixture_run(fixture);
	old = engine_fixture_dup_file(fixture, "zonelist.xml");
	must_add(fixture, "Example.NET.");
	assert_list(fixture, "example.org example.net");
	backup = engine_fixture_dup_file(fixture, "zonelist.xml.backup");
	g_assert_cmpstr(backup, ==, old);
	words = engine_fixture_dup_words(fixture, "example.net");
	g_assert_cmpstr(words, ==, "KSK:publish ZSK:active");
	order = g_hash_table_lookup(fake_world.orders, "example.net");
	g_assert_cmpstr(order->signconf, ==, signconf);
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-input-missing"), ==, 1);
	/* the file has what the store has: nothing is to be read again, also not by the next start
	 */
	engine_fixture_restart(fixture);
	g_assert_true(has_zone(fixture, "example.net"));
	g_assert_cmpuint(fake_world_count_applied("example.net"), ==, 1);
	g_assert_cmpuint(fake_world_count_keys(), ==, 4);
}

static void
test_add_refused(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *list = NULL;
	g_autofree gchar *after = NULL;
	g_autoptr(GError) error = NULL;
	gint64 rows = 0, rows_after = 0;

	engine_fixture_run(fixture);
	list = engine_fixture_dup_file(fixture, "zonelist.xml");
	kasper_store_verify_audit(fixture->store, &rows, NULL);
	g_assert_false(add(fixture, "example.org", NULL, NULL, &error));
	engine_fixture_assert_refused(&error,
				      KASPER_ERROR_EXISTS,
				      "Failed to Import zone example.org; it already exists");
	g_assert_false(add(fixture, "EXAMPLE.org.", NULL, NULL, &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_EXISTS, "example.org");
	g_assert_false(add(fixture, "example.net", "absent", NULL, &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_NOT_FOUND, "policy absent is not known");
	g_assert_false(add(fixture, "..", NULL, NULL, &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "..");
	g_assert_false(add(fixture, "example.net", NULL, make_file("input_type", "Tape"), &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "Unrecognised in-type Tape");
	g_assert_false(add(fixture, "example.net", NULL, make_file("output_type", "Tape"), &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "Unrecognised out-type Tape");
	g_assert_false(add(fixture, "example.net", NULL, make_file("signconf", "a.xml"), &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "a.xml: give the whole path");
	g_assert_false(add(fixture, "example.net", NULL, make_file("input", "a"), &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "a: give the whole path");
	g_assert_false(add(fixture, "example.net", NULL, make_file("output", "../b"), &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "../b: give the whole path");

	engine_fixture_settle(fixture);
	after = engine_fixture_dup_file(fixture, "zonelist.xml");
	g_assert_cmpstr(after, ==, list);
	kasper_store_verify_audit(fixture->store, &rows_after, NULL);
	g_assert_cmpint(rows_after, ==, rows);
	g_assert_false(has_zone(fixture, "example.net"));
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
}

static void
test_add_adapters(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *addns = g_build_filename(fixture->folder, "addns.xml", NULL);
	g_auto(KasperZoneRow) net = {0};
	g_auto(KasperZoneRow) slash = {0};
	g_autoptr(GError) error = NULL;

	engine_fixture_write(fixture,
			     "addns.xml",
			     "<Adapter><DNS><Inbound><RequestTransfer><Remote><Address>192.0.2.1"
			     "</Address></Remote></RequestTransfer></Inbound></DNS></Adapter>");
	engine_fixture_run(fixture);
	g_assert_true(add(fixture, "example.net", NULL, make_file("input_type", "DNS"), &error));
	g_assert_no_error(error);
	g_assert_true(kasper_store_find_zone(fixture->store, "example.net", &net, NULL));
	g_assert_cmpstr(net.input_type, ==, "DNS");
	g_assert_cmpstr(net.input, ==, addns);
	g_assert_cmpstr(net.output_type, ==, "File");
	g_assert_true(g_str_has_suffix(net.output, "/signed/example.net"));
	/* RFC 2317 */
	g_assert_true(add(fixture, "0/25.2.0.192.in-addr.arpa", NULL, NULL, &error));
	g_assert_no_error(error);
	g_assert_true(
	    kasper_store_find_zone(fixture->store, "0/25.2.0.192.in-addr.arpa", &slash, NULL));
	g_assert_true(g_str_has_suffix(slash.output, "/signed/0_25.2.0.192.in-addr.arpa"));
	assert_list(fixture, "example.org example.net 0/25.2.0.192.in-addr.arpa");
}

/* what was edited in the file and not read yet stays there, and stays unread */
static void
test_add_keeps_edits(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) result = NULL;

	engine_fixture_run(fixture);
	g_ptr_array_add(fixture->zones, g_strdup("example.com"));
	engine_fixture_write_files(fixture);
	must_add(fixture, "example.net");
	assert_list(fixture, "example.org example.com example.net");
	g_assert_false(has_zone(fixture, "example.com"));
	must_delete(fixture, "example.org");
	assert_list(fixture, "example.com example.net");
	g_assert_false(has_zone(fixture, "example.com"));
	result = engine_fixture_update(fixture, (guint)KASPER_UPDATE_ZONELIST, FALSE);
	g_assert_true(has_zone(fixture, "example.com"));
	g_assert_true(has_zone(fixture, "example.net"));
}

/* a zone that writes another one's files would have it signed with its own keys */
static void
test_files_of_another(EngineFixture *fixture, gconstpointer data)
{
	static const gchar *const fields[][2] = {{"signconf", "signer configuration"},
						 {"output", "output"}};
	g_auto(KasperZoneRow) row = {0};
	g_autoptr(GError) error = NULL;

	engine_fixture_run(fixture);
	g_assert_true(kasper_store_find_zone(fixture->store, "example.org", &row, NULL));
	for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
		const gchar *path = i == 0 ? row.signer_configuration : row.output;

		g_assert_false(
		    add(fixture, "example.net", NULL, make_file(fields[i][0], path), &error));
		engine_fixture_assert_refused(&error, KASPER_ERROR_EXISTS, fields[i][1]);
	}
	/* the slash of RFC 2317 cannot stand in the name of a file */
	must_add(fixture, "1_2.0.192.in-addr.arpa");
	g_assert_false(add(fixture, "1/2.0.192.in-addr.arpa", NULL, NULL, &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_EXISTS, "1_2.0.192.in-addr.arpa.xml");
	assert_list(fixture, "example.org 1_2.0.192.in-addr.arpa");
}

/* policies are listed as they are in use, also if conf.xml was not read again */
static void
test_lists_new_policy(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) result = NULL;
	g_autoptr(GVariant) rows = NULL;
	g_autofree gchar *text = NULL;

	engine_fixture_run(fixture);
	fixture->policy_xml = dup_second_policy(fixture);
	engine_fixture_write_files(fixture);
	result = engine_fixture_update(fixture, (guint)KASPER_UPDATE_KASP, FALSE);
	rows = g_variant_take_ref(kasper_engine_list_policies(fixture->engine));
	text = g_variant_print(rows, FALSE);
	g_assert_nonnull(strstr(text, "'second'"));
	g_assert_cmpuint(g_variant_n_children(rows), ==, 2);
	free_second_policy(fixture);
}

/* files that nobody can read are not overwritten */
static void
test_broken_files(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *broken = NULL;
	g_autofree gchar *after = NULL;
	g_autofree gchar *folder = g_build_filename(fixture->folder, "elsewhere", NULL);
	g_autoptr(GError) error = NULL;

	start_with_second_policy(fixture);
	engine_fixture_edit(fixture, "zonelist.xml", "</ZoneList>", "");
	broken = engine_fixture_dup_file(fixture, "zonelist.xml");
	g_assert_false(add(fixture, "example.net", NULL, NULL, &error));
	engine_fixture_assert_refused(&error,
				      KASPER_ERROR_INVALID,
				      "the list of zones cannot be rewritten as it is: ");
	g_assert_false(kasper_engine_zone_delete(fixture->engine, "example.org", "tester", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "zonelist.xml:");
	g_assert_false(kasper_engine_zone_set_policy(fixture->engine,
						     "example.org",
						     "second",
						     "tester",
						     &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "zonelist.xml:");
	after = engine_fixture_dup_file(fixture, "zonelist.xml");
	g_assert_cmpstr(after, ==, broken);
	g_assert_true(has_zone(fixture, "example.org"));
	g_assert_false(has_zone(fixture, "example.net"));
	/* nor is one that is not in use yet */
	engine_fixture_write_files(fixture);
	g_assert_cmpint(g_mkdir(folder, 0755), ==, 0);
	engine_fixture_write(fixture, "elsewhere/zonelist.xml", "<ZoneList/>\n");
	engine_fixture_edit(fixture,
			    "conf.xml",
			    "/zonelist.xml</ZoneListFile>",
			    "/elsewhere/zonelist.xml</ZoneListFile>");
	g_assert_false(add(fixture, "example.net", NULL, NULL, &error));
	engine_fixture_assert_refused(&error,
				      KASPER_ERROR_INVALID,
				      "run 'kasper update all' first");
	free_second_policy(fixture);
}

/* --- another policy --- */

static void
test_set_policy(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *list = NULL;
	g_auto(KasperZoneRow) row = {0};
	g_autoptr(GError) error = NULL;
	KasperEngine *engine;

	start_with_second_policy(fixture);
	engine = fixture->engine;
	g_assert_false(
	    kasper_engine_zone_set_policy(engine, "example.org", "absent", "tester", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_NOT_FOUND, "policy absent is not known");
	g_assert_false(
	    kasper_engine_zone_set_policy(engine, "example.net", "second", "tester", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_NOT_FOUND, "zone example.net");
	g_assert_false(
	    kasper_engine_zone_set_policy(engine, "example.org", "default", "tester", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_EXISTS, "Policy same as before");
	g_assert_cmpuint(fake_world_count_applied("example.org"), ==, 1);

	g_assert_true(
	    kasper_engine_zone_set_policy(engine, "example.org", "second", "tester", &error));
	g_assert_no_error(error);
	engine_fixture_settle(fixture);
	g_assert_true(kasper_store_find_zone(fixture->store, "example.org", &row, NULL));
	g_assert_cmpstr(kasper_store_get_policy_name(fixture->store, row.policy), ==, "second");
	list = engine_fixture_dup_file(fixture, "zonelist.xml");
	g_assert_nonnull(strstr(list, "<Policy>second</Policy>"));
	g_assert_null(strstr(list, "<Policy>default</Policy>"));
	g_assert_cmpint(kasper_store_count_zones(fixture->store, row.policy), ==, 1);
	/* it is signed as the other policy says, and its keys suit that one, too */
	g_assert_cmpuint(fake_world_count_applied("example.org"), ==, 2);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	engine_fixture_restart(fixture);
	g_assert_cmpuint(fake_world_count_applied("example.org"), ==, 2);
	free_second_policy(fixture);
}

/* --- delete --- */

static void
test_delete_refused(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	engine_fixture_run(fixture);
	g_assert_false(kasper_engine_zone_delete(fixture->engine, "example.net", "tester", &error));
	engine_fixture_assert_refused(&error,
				      KASPER_ERROR_NOT_FOUND,
				      "zone example.net is not known");
	must_delete(fixture, "example.org");
	g_assert_false(kasper_engine_zone_delete(fixture->engine, "example.org", "tester", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_NOT_FOUND, "example.org");
	g_assert_cmpuint(fake_world.forgotten->len, ==, 1);
}

/* keys that were published stay for a while: signatures of theirs are in use */
static void
test_delete_published(EngineFixture *fixture, gconstpointer data)
{
	const gint64 *purge = data;
	KasperTime deleted;

	fixture->purge = *purge;
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	must_delete(fixture, "example.org");
	deleted = engine_fixture_now(fixture);
	assert_list(fixture, "");
	g_assert_null(fake_world_dup_order("example.org"));
	g_assert_cmpuint(fake_world.forgotten->len, ==, 1);
	g_assert_true(g_str_has_prefix(g_ptr_array_index(fake_world.forgotten, 0), "example.org "));
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-deleted-with-ds"), ==, 1);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	engine_fixture_leap_to(fixture, deleted + MAX(*purge, GRACE) - 1);
	g_assert_cmpuint(fake_world_count_keys(), ==, 2);
	engine_fixture_leap_to(fixture, deleted + MAX(*purge, GRACE));
	/* without Purge: not before a person wants it */
	g_assert_cmpuint(fake_world_count_keys(), ==, *purge < 0 ? 2 : 0);
	engine_fixture_assert_no_orphans(fixture);
}

/* a zone that never had a key leaves nothing, and nobody makes keys for it any more */
static void
test_delete_waiting(EngineFixture *fixture, gconstpointer data)
{
	fake_world.max_keys = 0;
	engine_fixture_run(fixture);
	must_delete(fixture, "example.org");
	g_assert_cmpuint(engine_fixture_count_events(fixture, "zone-deleted-with-ds"), ==, 0);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, FALSE), ==, 0);
	g_assert_false(kasper_engine_wants_keys(fixture->engine, engine_fixture_now(fixture)));
	engine_fixture_assert_no_orphans(fixture);
}

/* a key that another zone has is never destroyed; nor is one of the pool */
static void
test_delete_shared(EngineFixture *fixture, gconstpointer data)
{
	fixture->share_keys = TRUE;
	fixture->purge = 0;
	fixture->zsk_lifetime = 100 * 86400;
	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	engine_fixture_run(fixture);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.net", NULL, NULL), ==, 2);
	engine_fixture_make_secure(fixture, "example.org");
	must_delete(fixture, "example.org");
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + GRACE + 1);
	g_assert_cmpuint(fake_world_count(FAKE_DESTROY), ==, 0);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.net", NULL, NULL), >=, 2);
	engine_fixture_assert_no_orphans(fixture);
	/* the last one takes them along */
	must_delete(fixture, "example.net");
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + GRACE);
	g_assert_cmpuint(fake_world_count(FAKE_DESTROY), >=, 2);
	engine_fixture_assert_no_orphans(fixture);
}

/* a zone that comes back has the keys that it had: test-engine-return has the rest */
static void
test_delete_and_add(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *old = NULL;

	fixture->purge = 0;
	engine_fixture_run(fixture);
	old = engine_fixture_dup_id(fixture, "example.org", "KSK", NULL);
	fake_world_set(FAKE_APPLY, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	must_delete(fixture, "example.org");
	must_add(fixture, "example.org");
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 2);
	fake_world_set(FAKE_APPLY, FAKE_WORKS, 0);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 2 * 3600);
	/* what the signer forgets now would be the new zone */
	g_assert_cmpuint(fake_world.forgotten->len, ==, 0);
	g_assert_cmpuint(fake_world_count_applied("example.org"), ==, 2);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + GRACE);
	g_assert_true(fake_world_has_key(old));
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 2);
	engine_fixture_assert_no_orphans(fixture);
}

/* what is under way for it comes to nothing, and holds up nobody */
static void
test_delete_under_way(EngineFixture *fixture, gconstpointer data)
{
	const FakeCall *call = data;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *order = NULL;

	fixture->with_channel = TRUE;
	engine_fixture_write_files(fixture);
	fake_world_set(*call, FAKE_HANGS, 0);
	engine_fixture_start(fixture);
	if (*call == FAKE_SUBMIT) {
		engine_fixture_settle(fixture);
		kasper_clock_turn_to(fixture->clock, START + 86400);
	}
	/* a call that hangs wakes nobody */
	while (fake_world_count(*call) == 0) {
		g_main_context_iteration(NULL, FALSE);
		g_thread_yield();
	}
	g_assert_true(kasper_engine_zone_delete(fixture->engine, "example.org", "tester", &error));
	g_assert_no_error(error);
	fake_world_release();
	engine_fixture_settle(fixture);
	order = fake_world_dup_order("example.org");
	g_assert_null(order);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 0);
	must_add(fixture, "example.net");
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.net", NULL, NULL), ==, 2);
	engine_fixture_assert_no_orphans(fixture);
}

/* a zone that was given to nobody is taken from nobody: the signer is told as often as it takes */
static void
test_forget_again(EngineFixture *fixture, gconstpointer data)
{
	const FakeFault *fault = data;
	KasperTime last, wait = 0;

	engine_fixture_run(fixture);
	fake_world_set(FAKE_APPLY, *fault, KASPER_ERROR_TRY_AGAIN);
	must_delete(fixture, "example.org");
	last = engine_fixture_now(fixture);
	for (guint i = 0; i < 4; i++) {
		engine_fixture_leap(fixture);
		/* less and less often */
		g_assert_cmpint(engine_fixture_now(fixture) - last, >, wait);
		wait = engine_fixture_now(fixture) - last;
		last = engine_fixture_now(fixture);
	}
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 1);
	fake_world_set(FAKE_APPLY, FAKE_WORKS, 0);
	engine_fixture_leap(fixture);
	g_assert_cmpuint(fake_world.forgotten->len, ==, *fault == FAKE_FAILS ? 1 : 6);
	/* the keys' time has not come */
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 0);
}

/* --- purge --- */

static void
roll_zsk(EngineFixture *fixture, const gchar *zone)
{
	guint dead = engine_fixture_count_keys(fixture, zone, "ZSK", "dead");

	engine_fixture_roll(fixture, zone, KASPER_ROLE_ZONE);
	for (guint i = 0; engine_fixture_count_keys(fixture, zone, "ZSK", "dead") == dead; i++) {
		g_assert_cmpuint(i, <, 100);
		engine_fixture_leap(fixture);
	}
}

static gint64
purge(EngineFixture *fixture, const gchar *zone, const gchar *policy)
{
	g_autoptr(GError) error = NULL;
	gint64 n = kasper_engine_key_purge(fixture->engine, zone, policy, "tester", &error);

	g_assert_no_error(error);
	engine_fixture_settle(fixture);
	return n;
}

/* what is dead goes at once, and nothing else does */
static void
test_purge_zone(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *old = NULL;
	g_autofree gchar *words = NULL;

	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	g_assert_cmpint(purge(fixture, "example.org", NULL), ==, 0);
	old = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
	roll_zsk(fixture, "example.org");
	roll_zsk(fixture, "example.net");
	g_assert_cmpuint(fake_world_count_keys(), ==, 6);
	g_assert_cmpint(purge(fixture, "example.org", NULL), ==, 1);
	g_assert_false(fake_world_has_key(old));
	g_assert_cmpuint(fake_world_count_keys(), ==, 5);
	words = engine_fixture_dup_words(fixture, "example.org");
	g_assert_cmpstr(words, ==, "KSK:active ZSK:active");
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "ZSK", "dead"), ==, 0);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.net", "ZSK", "dead"), ==, 1);
	g_assert_cmpint(purge(fixture, "example.org", NULL), ==, 0);
	engine_fixture_assert_no_orphans(fixture);
}

/* all zones of a policy, and what is left of those that were deleted under it */
static void
test_purge_policy(EngineFixture *fixture, gconstpointer data)
{
	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	g_ptr_array_add(fixture->zones, g_strdup("example.com second"));
	g_ptr_array_add(fixture->zones, g_strdup("example.edu second"));
	start_with_second_policy(fixture);
	must_delete(fixture, "example.net");
	must_delete(fixture, "example.edu");
	engine_fixture_make_secure(fixture, "example.org");
	roll_zsk(fixture, "example.org");
	roll_zsk(fixture, "example.com");
	g_assert_cmpuint(fake_world_count_keys(), ==, 10);
	g_assert_cmpint(purge(fixture, NULL, "default"), ==, 3);
	g_assert_cmpuint(fake_world_count_keys(), ==, 7);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", NULL, NULL), ==, 2);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.com", NULL, NULL), ==, 3);
	g_assert_cmpint(purge(fixture, NULL, "default"), ==, 0);
	/* what another policy left is none of its business */
	g_assert_cmpint(purge(fixture, NULL, "second"), ==, 3);
	g_assert_cmpuint(fake_world_count_keys(), ==, 4);
	engine_fixture_assert_no_orphans(fixture);
	free_second_policy(fixture);
}

/* a key that is dead in one zone may be in use in another */
static void
test_purge_shared(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *old = NULL;

	fixture->share_keys = TRUE;
	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	old = engine_fixture_dup_id(fixture, "example.org", "ZSK", NULL);
	/* the signer takes the orders of one of the two only */
	fake_world.stubborn = "example.net";
	roll_zsk(fixture, "example.org");
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.net", "ZSK", "dead"), ==, 0);
	g_assert_cmpint(purge(fixture, "example.org", NULL), ==, 0);
	g_assert_cmpint(purge(fixture, NULL, "default"), ==, 0);
	g_assert_true(fake_world_has_key(old));
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "ZSK", NULL), ==, 1);
	fake_world.stubborn = NULL;
	for (guint i = 0; engine_fixture_count_keys(fixture, "example.net", "ZSK", "dead") == 0;
	     i++) {
		g_assert_cmpuint(i, <, 100);
		engine_fixture_leap(fixture);
	}
	g_assert_true(fake_world_has_key(old));
	g_assert_cmpint(purge(fixture, NULL, "default"), ==, 1);
	g_assert_false(fake_world_has_key(old));
	engine_fixture_assert_no_orphans(fixture);
}

static void
test_purge_refused(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	KasperEngine *engine;

	engine_fixture_run(fixture);
	engine = fixture->engine;
	g_assert_cmpint(kasper_engine_key_purge(engine, "example.net", NULL, "t", &error), ==, -1);
	engine_fixture_assert_refused(&error, KASPER_ERROR_NOT_FOUND, "zone example.net");
	g_assert_cmpint(kasper_engine_key_purge(engine, NULL, "absent", "t", &error), ==, -1);
	engine_fixture_assert_refused(&error, KASPER_ERROR_NOT_FOUND, "policy absent");
	g_assert_cmpint(kasper_engine_key_purge(engine, NULL, NULL, "t", &error), ==, -1);
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "either a zone or a policy");
	g_assert_cmpint(kasper_engine_key_purge(engine, "example.org", "default", "t", &error),
			==,
			-1);
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "either a zone or a policy");
	g_assert_cmpuint(fake_world_count(FAKE_DESTROY), ==, 0);
}

gint
main(gint argc, gchar **argv)
{
	static const gint64 never = -1, at_once = 0, late = 40 * 86400;
	static const FakeFault fails = FAKE_FAILS, loses = FAKE_LOSES;
	static const FakeCall apply = FAKE_APPLY, make = FAKE_MAKE, submit = FAKE_SUBMIT;

	engine_test_init(&argc, &argv);
	ENGINE_TEST("/engine/zones/files-of-another", test_files_of_another);
	ENGINE_TEST("/engine/zones/lists-new-policy", test_lists_new_policy);
	ENGINE_TEST("/engine/zones/add", test_add);
	ENGINE_TEST("/engine/zones/add-refused", test_add_refused);
	ENGINE_TEST("/engine/zones/add-adapters", test_add_adapters);
	ENGINE_TEST("/engine/zones/add-keeps-edits", test_add_keeps_edits);
	ENGINE_TEST("/engine/zones/broken-files", test_broken_files);
	ENGINE_TEST("/engine/zones/set-policy", test_set_policy);
	ENGINE_TEST("/engine/zones/delete-refused", test_delete_refused);
	ENGINE_TEST_DATA("/engine/zones/delete-published/never", &never, test_delete_published);
	ENGINE_TEST_DATA("/engine/zones/delete-published/at-once", &at_once, test_delete_published);
	ENGINE_TEST_DATA("/engine/zones/delete-published/late", &late, test_delete_published);
	ENGINE_TEST("/engine/zones/delete-waiting", test_delete_waiting);
	ENGINE_TEST("/engine/zones/delete-shared", test_delete_shared);
	ENGINE_TEST("/engine/zones/delete-and-add", test_delete_and_add);
	ENGINE_TEST_DATA("/engine/zones/delete-under-way/order", &apply, test_delete_under_way);
	ENGINE_TEST_DATA("/engine/zones/delete-under-way/key", &make, test_delete_under_way);
	ENGINE_TEST_DATA("/engine/zones/delete-under-way/ds", &submit, test_delete_under_way);
	ENGINE_TEST_DATA("/engine/zones/forget-again/fails", &fails, test_forget_again);
	ENGINE_TEST_DATA("/engine/zones/forget-again/loses", &loses, test_forget_again);
	ENGINE_TEST("/engine/zones/purge-zone", test_purge_zone);
	ENGINE_TEST("/engine/zones/purge-policy", test_purge_policy);
	ENGINE_TEST("/engine/zones/purge-shared", test_purge_shared);
	ENGINE_TEST("/engine/zones/purge-refused", test_purge_refused);
	return g_test_run();
}
