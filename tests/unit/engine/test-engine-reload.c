/* SPDX-License-Identifier: BSD-2-Clause */

/* files that are read again: as a whole or not at all, and what it starts is said beforehand */

#include "engine-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "kasper-engine-private.h"

#define CONF	 ((guint)KASPER_UPDATE_CONF)
#define KASP	 ((guint)KASPER_UPDATE_KASP)
#define ZONELIST ((guint)KASPER_UPDATE_ZONELIST)
#define ALL	 (CONF | KASP | ZONELIST)

#define SECOND_REPOSITORY                                                                          \
	"<Repository name='second'><Module>fake</Module><TokenLabel>t2</TokenLabel>"               \
	"<p:Plugin module='fake-token'/></Repository>\n"

/* --- what the engine has --- */

/* all that a reload could change: zones, policies, repositories, keys, intents, the journal */
static gchar *
dup_world(EngineFixture *fixture)
{
	g_autoptr(GVariant) zones =
	    g_variant_ref_sink(kasper_engine_list_zones(fixture->engine, NULL, G_MAXINT, NULL));
	g_autoptr(GVariant) policies =
	    g_variant_ref_sink(kasper_engine_list_policies(fixture->engine));
	g_autoptr(GVariant) repositories =
	    g_variant_ref_sink(kasper_engine_list_repositories(fixture->engine));
	g_autoptr(GVariant) queue =
	    g_variant_ref_sink(kasper_engine_list_queue(fixture->engine, G_MAXINT));
	g_autofree gchar *zone_text = g_variant_print(zones, FALSE);
	g_autofree gchar *policy_text = g_variant_print(policies, FALSE);
	g_autofree gchar *repository_text = g_variant_print(repositories, FALSE);
	g_autofree gchar *queue_text = g_variant_print(queue, FALSE);
	gint64 rows = 0;

	g_assert_cmpint(kasper_store_verify_audit(fixture->store, &rows, NULL), ==, -1);
	return g_strdup_printf("%s\n%s\n%s\n%s\n%d rows, %d keys, %d applied, %d zones",
			       zone_text,
			       policy_text,
			       repository_text,
			       queue_text,
			       (gint)rows,
			       (gint)fake_world_count_keys(),
			       (gint)fake_world_count(FAKE_APPLY),
			       (gint)kasper_store_count_zones(fixture->store, 0));
}

static void
assert_world(EngineFixture *fixture, const gchar *wanted)
{
	g_autofree gchar *world = NULL;

	engine_fixture_settle(fixture);
	world = dup_world(fixture);
	g_assert_cmpstr(world, ==, wanted);
}

static gboolean
has_zone(EngineFixture *fixture, const gchar *zone)
{
	return kasper_store_find_zone(fixture->store, zone, NULL, NULL);
}

static gchar *
dup_policy_of(EngineFixture *fixture, const gchar *zone)
{
	g_auto(KasperZoneRow) row = {0};

	g_assert_true(kasper_store_find_zone(fixture->store, zone, &row, NULL));
	return g_strdup(kasper_store_get_policy_name(fixture->store, row.policy));
}

/* the steps of @zone, in the order of the result, with a comma between them */
static gchar *
dup_starts(GVariant *result, const gchar *zone)
{
	g_autoptr(GVariant) starts =
	    g_variant_lookup_value(result, "starts", G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GString) text = g_string_new(NULL);

	for (gsize i = 0; i < g_variant_n_children(starts); i++) {
		g_autoptr(GVariant) start = g_variant_get_child_value(starts, i);
		const gchar *its_zone = "";
		const gchar *step = "";

		g_variant_lookup(start, "zone", "&s", &its_zone);
		g_variant_lookup(start, "step", "&s", &step);
		if (g_str_equal(its_zone, zone))
			g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", step);
	}
	return g_strdup(text->str);
}

static void
assert_starts(GVariant *result, const gchar *zone, const gchar *wanted)
{
	g_autofree gchar *starts = dup_starts(result, zone);

	g_assert_cmpstr(starts, ==, wanted);
}

static guint
get_count(GVariant *result, const gchar *field)
{
	guint n = G_MAXUINT;

	g_assert_true(g_variant_lookup(result, field, "u", &n));
	return n;
}

static gboolean
says(GVariant *result, const gchar *text)
{
	g_autofree const gchar **messages = NULL;

	g_assert_true(g_variant_lookup(result, "messages", "^a&s", &messages));
	for (guint i = 0; messages[i] != NULL; i++) {
		if (strstr(messages[i], text) != NULL)
			return TRUE;
	}
	return FALSE;
}

/* --- files that are wrong --- */

typedef struct {
	const gchar *name;
	const gchar *file;
	const gchar *from;
	const gchar *to;
	gint line;	   /* 0: the file as a whole */
	const gchar *text; /* in what is said of it */
} Mistake;

/* clang-format off */
static const Mistake mistakes[] = {
	{"conf-not-xml", "conf.xml", "</Common>", "</Komon>", 5, "well-formed"},
	{"conf-unknown-element", "conf.xml", "<TokenLabel>t</TokenLabel>", "<TokenLabel>t</TokenLabel><Wrong/>", 3, "<Wrong> is not known"},
	{"kasp-not-xml", "kasp.xml", "</Policy>", "", 3, "well-formed"},
	{"kasp-no-span", "kasp.xml", "<Resign>PT7200S</Resign>", "<Resign>soon</Resign>", 2, "<Resign> is 'soon'"},
	{"kasp-unknown-repository", "kasp.xml", "<Repository>main</Repository>", "<Repository>absent</Repository>", 2, "absent"},
	{"zonelist-unknown-policy", "zonelist.xml", "<Policy>default</Policy>", "<Policy>absent</Policy>", 2, "absent"},
	{"zonelist-bad-name", "zonelist.xml", "name='example.org'", "name='-..'", 2, "-.."},
	{"zonelist-not-xml", "zonelist.xml", "</Zone>", "", 3, "well-formed"},
};
/* clang-format on */

/* whichever file is wrong, and whichever is to be read: nothing of it is used */
static void
test_mistake(EngineFixture *fixture, gconstpointer data)
{
	static const guint kinds[] = {CONF, KASP, ZONELIST, ALL};
	const Mistake *mistake = data;
	g_autofree gchar *place =
	    mistake->line > 0
		? g_strdup_printf("%s/%s:%d: ", fixture->folder, mistake->file, mistake->line)
		: g_strdup_printf("%s/%s: ", fixture->folder, mistake->file);
	g_autofree gchar *before = NULL;
	g_autoptr(GError) error = NULL;

	engine_fixture_run(fixture);
	before = dup_world(fixture);
	engine_fixture_edit(fixture, mistake->file, mistake->from, mistake->to);
	for (guint i = 0; i < 2 * G_N_ELEMENTS(kinds); i++) {
		g_assert_null(kasper_engine_update(fixture->engine,
						   kinds[i / 2],
						   i % 2 == 1,
						   "tester",
						   &error));
		g_assert_nonnull(error);
		if (!g_str_has_prefix(error->message, place))
			g_error("'%s' does not begin with '%s'", error->message, place);
		engine_fixture_assert_refused(&error, (KasperError)error->code, mistake->text);
		assert_world(fixture, before);
	}
	/* and it goes on with what it had */
	engine_fixture_make_secure(fixture, "example.org");
}

static void
test_missing_file(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *path = NULL;
	g_autofree gchar *before = NULL;
	g_autoptr(GError) error = NULL;

	engine_fixture_run(fixture);
	before = dup_world(fixture);
	path = g_build_filename(fixture->folder, "zonelist.xml", NULL);
	g_assert_cmpint(g_unlink(path), ==, 0);
	g_assert_null(kasper_engine_update(fixture->engine, ALL, FALSE, "tester", &error));
	g_assert_nonnull(error);
	engine_fixture_assert_refused(&error, (KasperError)error->code, path);
	assert_world(fixture, before);
}

/* people want to know whether the one that is named is the only one */
static void
test_counts_mistakes(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	engine_fixture_run(fixture);
	engine_fixture_edit(fixture, "kasp.xml", "PT7200S</Resign>", "soon</Resign>");
	engine_fixture_edit(fixture, "kasp.xml", "PT259200S</Refresh>", "late</Refresh>");
	g_assert_null(kasper_engine_update(fixture->engine, KASP, FALSE, "tester", &error));
	engine_fixture_assert_refused(&error,
				      KASPER_ERROR_INVALID,
				      "(and 1 more: 'kasper policy "
				      "check' lists them)");
}

/* --- what is in one file and is needed for the other --- */

/* a policy of a file that was not to be read is not in use yet */
static void
test_policy_comes_first(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *before = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) all = NULL;

	engine_fixture_run(fixture);
	before = dup_world(fixture);
	engine_fixture_edit(fixture,
			    "kasp.xml",
			    "<Policy name='default'>",
			    "<Policy name='other'>");
	engine_fixture_edit(fixture, "zonelist.xml", ">default<", ">other<");
	g_assert_null(kasper_engine_update(fixture->engine, ZONELIST, FALSE, "tester", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_INVALID, "'kasper update all'");
	assert_world(fixture, before);
	/* nor does one that has zones vanish */
	g_assert_null(kasper_engine_update(fixture->engine, KASP, FALSE, "tester", &error));
	engine_fixture_assert_refused(&error,
				      KASPER_ERROR_INVALID,
				      "has no policy default any more, and 1 zones have it");
	assert_world(fixture, before);
	all = engine_fixture_update(fixture, ALL, FALSE);
	g_assert_true(says(all, "Policy other found"));
	assert_starts(all, "example.org", "its policy changes");
	g_clear_pointer(&before, g_free);
	before = dup_policy_of(fixture, "example.org");
	g_assert_cmpstr(before, ==, "other");
	g_assert_null(kasper_policies_find(fixture->engine->policies, "default"));
}

/* neither is a repository */
static void
test_repository_comes_first(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *before = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) dry = NULL;
	g_autoptr(GVariant) conf = NULL;
	g_autoptr(GVariant) kasp = NULL;

	engine_fixture_run(fixture);
	before = dup_world(fixture);
	fixture->repository_xml = SECOND_REPOSITORY;
	engine_fixture_write_files(fixture);
	engine_fixture_edit(fixture,
			    "kasp.xml",
			    "<Repository>main</Repository></KSK>",
			    "<Repository>second</Repository></KSK>");
	g_assert_null(kasper_engine_update(fixture->engine, KASP, FALSE, "tester", &error));
	engine_fixture_assert_refused(&error,
				      KASPER_ERROR_INVALID,
				      "policy default: its repository second is not in use");
	assert_world(fixture, before);
	dry = engine_fixture_update(fixture, ALL, TRUE);
	assert_starts(dry,
		      "example.org",
		      "a new KSK (ECDSAP256SHA256, 256 bits, repository second)");
	assert_world(fixture, before);
	g_assert_null(kasper_engine_find_repository(fixture->engine, "second"));

	conf = engine_fixture_update(fixture, CONF, FALSE);
	g_assert_true(says(conf, "Repository second found"));
	g_assert_nonnull(kasper_engine_find_repository(fixture->engine, "second")->store);
	kasp = engine_fixture_update(fixture, KASP, FALSE);
	engine_fixture_settle(fixture);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "KSK", NULL), ==, 2);
	g_assert_cmpuint(engine_fixture_count_keys(fixture, "example.org", "ZSK", NULL), ==, 1);
	engine_fixture_assert_no_orphans(fixture);
}

/* --- a look beforehand --- */

static void
test_dry_run(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *before = NULL;
	g_autofree gchar *files = NULL;
	g_autoptr(GVariant) dry = NULL;
	g_autoptr(GVariant) real = NULL;
	g_autofree gchar *dry_text = NULL;
	g_autofree gchar *real_text = NULL;

	fixture->nsec3 = TRUE;
	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	engine_fixture_run(fixture);
	engine_fixture_make_secure(fixture, "example.org");
	engine_fixture_settle(fixture);
	before = dup_world(fixture);
	g_ptr_array_remove_index(fixture->zones, 1);
	g_ptr_array_add(fixture->zones, g_strdup("example.com"));
	fixture->note = "two";
	engine_fixture_write_files(fixture);
	/* keys of another size are other keys */
	engine_fixture_edit(fixture,
			    "kasp.xml",
			    "<ZSK><Algorithm length='256'>13<",
			    "<ZSK><Algorithm length='2048'>8<");
	engine_fixture_edit(fixture,
			    "kasp.xml",
			    "<KSK><Algorithm length='256'>13<",
			    "<KSK><Algorithm length='2048'>8<");
	files = engine_fixture_dup_file(fixture, "zonelist.xml");
	for (guint i = 0; i < 3; i++) {
		g_clear_pointer(&dry, g_variant_unref);
		dry = engine_fixture_update(fixture, ALL, TRUE);
		assert_world(fixture, before);
	}
	g_assert_cmpuint(get_count(dry, "zones_added"), ==, 1);
	g_assert_cmpuint(get_count(dry, "zones_deleted"), ==, 1);
	assert_starts(dry, "example.com", "the zone is added");
	g_assert_true(says(dry, "Added zone example.com to database"));
	g_assert_true(says(dry, "Removing zone example.net from database"));
	g_free(files);
	files = dup_starts(dry, "example.org");
	g_assert_nonnull(strstr(files, "a new KSK (RSASHA256, 2048 bits, repository main)"));
	g_assert_nonnull(strstr(files, "a new ZSK (RSASHA256, 2048 bits, repository main)"));
	g_assert_false(has_zone(fixture, "example.com"));

	/* what was said is what happens; keys of that kind this token does not make */
	fake_world_set(FAKE_MAKE, FAKE_FAILS, KASPER_ERROR_NOT_SUPPORTED);
	real = engine_fixture_update(fixture, ALL, FALSE);
	dry_text = g_variant_print(dry, TRUE);
	real_text = g_variant_print(real, TRUE);
	g_assert_cmpstr(dry_text, ==, real_text);
	engine_fixture_settle(fixture);
	g_assert_true(has_zone(fixture, "example.com"));
	g_assert_false(has_zone(fixture, "example.net"));
}

/* an unchanged configuration starts nothing, and makes nothing due */
static void
test_unchanged(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) result = NULL;
	guint applied;

	fixture->nsec3 = TRUE;
	engine_fixture_run(fixture);
	applied = fake_world_count(FAKE_APPLY);
	result = engine_fixture_update(fixture, ALL, FALSE);
	assert_starts(result, "example.org", "");
	engine_fixture_settle(fixture);
	g_assert_cmpuint(fake_world_count(FAKE_APPLY), ==, applied);
	g_assert_cmpuint(fake_world_count(FAKE_OPEN), ==, 4);
}

/* zones whose policy or files are others are signed with them, and only they */
static void
test_changed_policy(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) kasp = NULL;
	g_autoptr(GVariant) zonelist = NULL;
	FakeOrder *order;

	g_ptr_array_add(fixture->zones, g_strdup("example.net"));
	engine_fixture_run(fixture);
	fixture->dnskey_ttl = 1800;
	engine_fixture_write_files(fixture);
	kasp = engine_fixture_update(fixture, KASP, FALSE);
	engine_fixture_settle(fixture);
	order = g_hash_table_lookup(fake_world.orders, "example.org");
	g_assert_cmpint(order->dnskey_ttl, ==, 1800);
	order = g_hash_table_lookup(fake_world.orders, "example.net");
	g_assert_cmpint(order->dnskey_ttl, ==, 1800);
	g_assert_cmpuint(fake_world_count_applied("example.net"), ==, 2);

	engine_fixture_edit(fixture, "zonelist.xml", "example.org.xml", "moved.xml");
	zonelist = engine_fixture_update(fixture, ZONELIST, FALSE);
	assert_starts(zonelist, "example.org", "its files change");
	assert_starts(zonelist, "example.net", "");
	engine_fixture_settle(fixture);
	order = g_hash_table_lookup(fake_world.orders, "example.org");
	g_assert_true(g_str_has_suffix(order->signconf, "/moved.xml"));
	g_assert_cmpuint(fake_world_count_applied("example.org"), ==, 3);
	g_assert_cmpuint(fake_world_count_applied("example.net"), ==, 2);
}

/* --- a list that was cut short --- */

static void
fill_list(EngineFixture *fixture, guint n)
{
	g_ptr_array_set_size(fixture->zones, 0);
	for (guint i = 0; i < n; i++)
		g_ptr_array_add(fixture->zones, g_strdup_printf("zone-%02u.example", i));
}

static void
test_mass_deletion(EngineFixture *fixture, gconstpointer data)
{
	g_autofree gchar *before = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GVariant) half = NULL;
	g_autoptr(GVariant) few = NULL;

	fill_list(fixture, 24);
	engine_fixture_run(fixture);
	g_assert_cmpuint(fake_world_count_keys(), ==, 48);
	before = dup_world(fixture);
	fill_list(fixture, 11);
	engine_fixture_write_files(fixture);
	for (guint i = 0; i < 2; i++) {
		g_assert_null(kasper_engine_update(fixture->engine, ALL, i == 0, "tester", &error));
		engine_fixture_assert_refused(&error,
					      KASPER_ERROR_UNSAFE,
					      "it would drop 13 of 24 zones, and their keys");
		assert_world(fixture, before);
	}
	/* half of them is much, and may be meant */
	fill_list(fixture, 12);
	engine_fixture_write_files(fixture);
	half = engine_fixture_update(fixture, ALL, FALSE);
	g_assert_cmpuint(get_count(half, "zones_deleted"), ==, 12);
	/* so may be a few, even if they are most */
	fill_list(fixture, 2);
	engine_fixture_write_files(fixture);
	few = engine_fixture_update(fixture, ALL, FALSE);
	g_assert_cmpuint(get_count(few, "zones_deleted"), ==, 10);
	engine_fixture_settle(fixture);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 2);
	/* none at all is a file that was lost */
	fill_list(fixture, 0);
	engine_fixture_write_files(fixture);
	g_assert_null(kasper_engine_update(fixture->engine, ALL, FALSE, "tester", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_UNSAFE, "it would drop 2 of 2 zones");
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 2);
}

/* other zones in the place of all: as bad as none */
static void
test_mass_exchange(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fill_list(fixture, 12);
	engine_fixture_run(fixture);
	for (guint i = 0; i < fixture->zones->len; i++) {
		g_free(fixture->zones->pdata[i]);
		fixture->zones->pdata[i] = g_strdup_printf("other-%02u.example", i);
	}
	engine_fixture_write_files(fixture);
	g_assert_null(kasper_engine_update(fixture->engine, ZONELIST, FALSE, "tester", &error));
	engine_fixture_assert_refused(&error, KASPER_ERROR_UNSAFE, "it would drop 12 of 12 zones");
	g_assert_true(has_zone(fixture, "zone-00.example"));
	g_assert_false(has_zone(fixture, "other-00.example"));
}

/* a daemon that starts on such a list runs with the old one, and says so until it is mended */
static void
test_starts_on_cut_list(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) result = NULL;

	fill_list(fixture, 12);
	engine_fixture_run(fixture);
	fill_list(fixture, 0);
	engine_fixture_write_files(fixture);
	engine_fixture_restart(fixture);
	g_assert_cmpint(kasper_store_count_zones(fixture->store, 0), ==, 12);
	g_assert_true(engine_fixture_has_problem(fixture, "zonelist", "12 of 12 zones"));
	g_assert_cmpuint(fake_world_count_keys(), ==, 24);
	g_assert_cmpuint(fake_world.forgotten->len, ==, 0);
	fill_list(fixture, 13);
	engine_fixture_write_files(fixture);
	result = engine_fixture_update(fixture, ZONELIST, FALSE);
	g_assert_cmpuint(get_count(result, "zones_added"), ==, 1);
	g_assert_false(engine_fixture_has_problem(fixture, "zonelist", ""));
}

/* --- a repository that is gone --- */

/* its keys are not forgotten, and come back with it */
static void
test_repository_leaves(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) without = NULL;
	g_autoptr(GVariant) with = NULL;

	fixture->repository_xml = SECOND_REPOSITORY;
	engine_fixture_run(fixture);
	fixture->repository_xml = "";
	engine_fixture_write_files(fixture);
	without = engine_fixture_update(fixture, ALL, FALSE);
	g_assert_null(kasper_engine_find_repository(fixture->engine, "second")->store);
	g_assert_nonnull(kasper_engine_find_repository(fixture->engine, "main")->store);
	fixture->repository_xml = SECOND_REPOSITORY;
	engine_fixture_write_files(fixture);
	with = engine_fixture_update(fixture, ALL, FALSE);
	g_assert_nonnull(kasper_engine_find_repository(fixture->engine, "second")->store);
	engine_fixture_make_secure(fixture, "example.org");
}

/* one notifier fewer: what waits for it waits for nobody */
static void
test_plugin_leaves(EngineFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) with = NULL;
	g_autoptr(GVariant) without = NULL;

	engine_fixture_run(fixture);
	fixture->plugin_xml = "<p:Plugin name='other' module='fake-log' kind='notifier'/>\n";
	engine_fixture_write_files(fixture);
	with = engine_fixture_update(fixture, CONF, FALSE);
	g_assert_cmpuint(fixture->engine->notifiers->len, ==, 2);
	fake_world_set(FAKE_DELIVER, FAKE_FAILS, KASPER_ERROR_TRY_AGAIN);
	engine_fixture_roll(fixture, "example.org", KASPER_ROLE_ZONE);
	g_assert_true(engine_fixture_has_problem(fixture, "plugin other", "it fails"));
	fixture->plugin_xml = "";
	engine_fixture_write_files(fixture);
	without = engine_fixture_update(fixture, CONF, FALSE);
	g_assert_false(engine_fixture_has_problem(fixture, "plugin other", ""));
	fake_world_set(FAKE_DELIVER, FAKE_WORKS, 0);
	engine_fixture_leap_to(fixture, engine_fixture_now(fixture) + 86400);
	g_assert_cmpint(kasper_store_count_intents(fixture->store, TRUE), ==, 0);
}

gint
main(gint argc, gchar **argv)
{
	engine_test_init(&argc, &argv);
	for (guint i = 0; i < G_N_ELEMENTS(mistakes); i++) {
		g_autofree gchar *name =
		    g_strdup_printf("/engine/reload/mistake/%s", mistakes[i].name);

		ENGINE_TEST_DATA(name, &mistakes[i], test_mistake);
	}
	ENGINE_TEST("/engine/reload/missing-file", test_missing_file);
	ENGINE_TEST("/engine/reload/counts-mistakes", test_counts_mistakes);
	ENGINE_TEST("/engine/reload/policy-comes-first", test_policy_comes_first);
	ENGINE_TEST("/engine/reload/repository-comes-first", test_repository_comes_first);
	ENGINE_TEST("/engine/reload/dry-run", test_dry_run);
	ENGINE_TEST("/engine/reload/unchanged", test_unchanged);
	ENGINE_TEST("/engine/reload/changed-policy", test_changed_policy);
	ENGINE_TEST("/engine/reload/mass-deletion", test_mass_deletion);
	ENGINE_TEST("/engine/reload/mass-exchange", test_mass_exchange);
	ENGINE_TEST("/engine/reload/starts-on-cut-list", test_starts_on_cut_list);
	ENGINE_TEST("/engine/reload/repository-leaves", test_repository_leaves);
	ENGINE_TEST("/engine/reload/plugin-leaves", test_plugin_leaves);
	return g_test_run();
}
