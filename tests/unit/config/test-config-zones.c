/* SPDX-License-Identifier: BSD-2-Clause */

/* zonelist.xml: written as a whole, and large; and which database belongs to whom */

#include "config-fixture.h"
#include "kasper-config-socket.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANY 20000

static const gchar name[] = "zonelist.xml";

static KasperZoneConfig *
new_zone(const gchar *zone)
{
	KasperZoneConfig *self = g_new0(KasperZoneConfig, 1);

	self->name = g_strdup(zone);
	self->policy = g_strdup("default");
	self->signer_configuration = g_strdup_printf("/signconf/%s.xml", zone);
	self->input_type = g_strdup("DNS");
	self->input = g_strdup_printf("/unsigned/a&b <%s>", zone);
	/* NULL: a file */
	self->output = g_strdup_printf("/signed/%s", zone);
	return self;
}

static void
free_zone(gpointer data)
{
	KasperZoneConfig *self = data;

	g_free(self->name);
	g_free(self->policy);
	g_free(self->signer_configuration);
	g_free(self->input_type);
	g_free(self->input);
	g_free(self->output);
	g_free(self);
}

static GPtrArray *
new_zones(guint n)
{
	GPtrArray *zones = g_ptr_array_new_with_free_func(free_zone);

	for (guint i = 0; i < n; i++) {
		g_autofree gchar *zone = g_strdup_printf("zone%u.example", i);

		g_ptr_array_add(zones, new_zone(zone));
	}
	return zones;
}

static void
test_write(void)
{
	ConfigFixture fixture = {0};
	g_autoptr(GPtrArray) zones = new_zones(MANY);
	g_autofree gchar *path = NULL;
	g_autoptr(GError) error = NULL;
	const KasperZoneConfig *zone;

	config_fixture_set_up(&fixture, "2.1");
	path = config_fixture_path(&fixture, name);
	g_assert_true(kasper_zone_list_write(path, zones, &error));
	g_assert_no_error(error);
	config_fixture_load(&fixture);
	config_fixture_assert_loaded(&fixture);
	g_assert_cmpuint(kasper_config_get_zones(fixture.config)->len, ==, MANY);
	zone = g_ptr_array_index(kasper_config_get_zones(fixture.config), MANY - 1);
	g_assert_cmpstr(zone->name, ==, "zone19999.example");
	g_assert_cmpstr(zone->policy, ==, "default");
	g_assert_cmpstr(zone->signer_configuration, ==, "/signconf/zone19999.example.xml");
	g_assert_cmpstr(zone->input_type, ==, "DNS");
	g_assert_cmpstr(zone->input, ==, "/unsigned/a&b <zone19999.example>");
	g_assert_cmpstr(zone->output_type, ==, "File");
	/* lines are right to the end: three at the head, and twelve a zone */
	g_assert_cmpint(zone->line, ==, 3 + 12 * (MANY - 1));
	config_fixture_tear_down(&fixture);
}

static void
test_write_none(void)
{
	ConfigFixture fixture = {0};
	g_autoptr(GPtrArray) zones = new_zones(0);
	g_autofree gchar *path = NULL;

	config_fixture_set_up(&fixture, "2.1");
	path = config_fixture_path(&fixture, name);
	g_assert_true(kasper_zone_list_write(path, zones, NULL));
	config_fixture_load(&fixture);
	config_fixture_assert_loaded(&fixture);
	g_assert_cmpuint(kasper_config_get_zones(fixture.config)->len, ==, 0);
	config_fixture_tear_down(&fixture);
}

static void
test_keeps(void)
{
	ConfigFixture fixture = {0};
	g_autoptr(GPtrArray) zones = new_zones(1);
	g_autofree gchar *path = NULL;
	g_autofree gchar *target = NULL;
	g_autofree gchar *before = NULL;
	g_autofree gchar *backup = NULL;
	g_autofree gchar *after = NULL;
	struct stat status;

	config_fixture_set_up(&fixture, "2.1");
	path = config_fixture_path(&fixture, name);
	target = config_fixture_path(&fixture, "enforcer/zones.xml");
	before = config_fixture_read(&fixture, name);
	/* a link stays a link, permissions stay as they are, and so does the old list */
	g_assert_cmpint(g_rename(path, target), ==, 0);
	g_assert_cmpint(symlink("enforcer/zones.xml", path), ==, 0);
	g_assert_cmpint(g_chmod(target, 0604), ==, 0);
	g_assert_true(kasper_zone_list_write(path, zones, NULL));
	g_assert_true(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
	g_assert_cmpint(stat(target, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0604);
	backup = config_fixture_read(&fixture, "enforcer/zones.xml.backup");
	g_assert_cmpstr(backup, ==, before);
	after = config_fixture_read(&fixture, "enforcer/zones.xml");
	g_assert_nonnull(strstr(after, "zone0.example"));
	/* nothing is left beside them */
	g_clear_pointer(&target, g_free);
	target = config_fixture_path(&fixture, "enforcer/zones.xml.tmp");
	g_assert_false(g_file_test(target, G_FILE_TEST_EXISTS));
	config_fixture_tear_down(&fixture);
}

static void
test_new_file(void)
{
	ConfigFixture fixture = {0};
	g_autoptr(GPtrArray) zones = new_zones(1);
	g_autofree gchar *path = NULL;
	struct stat status;

	config_fixture_set_up(&fixture, "2.1");
	path = config_fixture_path(&fixture, "enforcer/new.xml");
	g_assert_true(kasper_zone_list_write(path, zones, NULL));
	g_assert_cmpint(stat(path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0037, ==, 0);
	config_fixture_tear_down(&fixture);
}

/* what cannot be written leaves the list as it was */
static void
test_failures(void)
{
	ConfigFixture fixture = {0};
	g_autoptr(GPtrArray) zones = new_zones(1);
	g_autofree gchar *nowhere = NULL;
	g_autofree gchar *path = NULL;
	g_autofree gchar *blocked = NULL;
	g_autofree gchar *before = NULL;
	g_autofree gchar *after = NULL;
	g_autoptr(GError) error = NULL;

	config_fixture_set_up(&fixture, "2.1");
	nowhere = config_fixture_path(&fixture, "nowhere/zonelist.xml");
	g_assert_false(kasper_zone_list_write(nowhere, zones, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_nonnull(strstr(error->message, nowhere));
	g_assert_nonnull(strstr(error->message, "No such file or directory"));
	g_clear_error(&error);
	/* a link that somebody left where the new list would be written first is not followed */
	path = config_fixture_path(&fixture, name);
	before = config_fixture_read(&fixture, name);
	blocked = config_fixture_path(&fixture, "zonelist.xml.tmp");
	g_assert_cmpint(symlink("conf.xml", blocked), ==, 0);
	g_assert_false(kasper_zone_list_write(path, zones, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	after = config_fixture_read(&fixture, name);
	g_assert_cmpstr(after, ==, before);
	config_fixture_tear_down(&fixture);
}

/* as on a full disk: the first octets can be written, and then no more */
static void
test_full_disk(void)
{
	ConfigFixture fixture = {0};
	g_autoptr(GPtrArray) zones = new_zones(MANY);
	struct rlimit before, small;
	g_autofree gchar *path = NULL;
	g_autofree gchar *new = NULL;
	g_autofree gchar *old = NULL;
	g_autofree gchar *left = NULL;
	g_autoptr(GError) error = NULL;

	config_fixture_set_up(&fixture, "2.1");
	path = config_fixture_path(&fixture, name);
	new = config_fixture_path(&fixture, "zonelist.xml.tmp");
	old = config_fixture_read(&fixture, name);
	signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
	small = before;
	small.rlim_cur = 4096;
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
	g_assert_false(kasper_zone_list_write(path, zones, &error));
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_nonnull(strstr(error->message, "the list is still as it was"));
	left = config_fixture_read(&fixture, name);
	g_assert_cmpstr(left, ==, old);
	g_assert_false(g_file_test(new, G_FILE_TEST_EXISTS));
	config_fixture_tear_down(&fixture);
}

/* --- the database --- */

static void
write_database(ConfigFixture *fixture, const gchar *file, const gchar *application)
{
	gchar head[100] = "SQLite format 3";

	memcpy(head + 68, application, 4);
	config_fixture_write(fixture, file, head, sizeof head);
}

static void
assert_store(ConfigFixture *fixture, const gchar *file)
{
	g_autofree gchar *path = config_fixture_path(fixture, file);

	config_fixture_load(fixture);
	config_fixture_assert_loaded(fixture);
	g_assert_cmpstr(kasper_config_get_store_file(fixture->config), ==, path);
}

static void
test_store_file(void)
{
	ConfigFixture fixture = {0};
	g_autofree gchar *path = NULL;

	config_fixture_set_up(&fixture, "2.1");
	/* none yet, an empty one, ours */
	assert_store(&fixture, "kasp.db");
	config_fixture_write(&fixture, "kasp.db", "", 0);
	assert_store(&fixture, "kasp.db");
	write_database(&fixture, "kasp.db", "Kasp");
	assert_store(&fixture, "kasp.db");
	/* damaged, or somebody else's: for the store to refuse, not to be forgotten */
	config_fixture_write(&fixture, "kasp.db", "SQLite format 3", -1);
	assert_store(&fixture, "kasp.db");
	write_database(&fixture, "kasp.db", "Gimp");
	assert_store(&fixture, "kasp.db");
	/* OpenDNSSEC's */
	write_database(&fixture, "kasp.db", "\0\0\0");
	assert_store(&fixture, "kasp.db.kasper");
	config_fixture_assert_found(&fixture,
				    "conf.xml",
				    config_fixture_find_line(&fixture, "conf.xml", "<SQLite>"),
				    KASPER_FINDING_INFO,
				    "stays as it is: Kasper's own database is");
	/* once ours is beside it, it stays there, even if the other goes away */
	write_database(&fixture, "kasp.db.kasper", "Kasp");
	assert_store(&fixture, "kasp.db.kasper");
	path = config_fixture_path(&fixture, "kasp.db");
	g_assert_cmpint(g_unlink(path), ==, 0);
	assert_store(&fixture, "kasp.db.kasper");
	config_fixture_tear_down(&fixture);
}

/* --- the socket --- */

static void
test_socket(void)
{
	ConfigFixture fixture = {0};
	g_autofree gchar *named = NULL;
	g_autofree gchar *wanted = NULL;
	g_autofree gchar *usual = NULL;
	g_autoptr(GError) error = NULL;

	config_fixture_set_up(&fixture, "2.1");
	/* all else may be wrong */
	config_fixture_replace(&fixture, "conf.xml", "<Common>", "<Common><Oops/>");
	named = kasper_config_read_socket(fixture.conf, &error);
	g_assert_no_error(error);
	wanted = config_fixture_path(&fixture, "enforcer.sock");
	g_assert_cmpstr(named, ==, wanted);
	config_fixture_replace(&fixture, "conf.xml", wanted, " ");
	usual = kasper_config_read_socket(fixture.conf, &error);
	g_assert_cmpstr(usual, ==, KASPER_CONFIG_SOCKET_DEFAULT);
	config_fixture_replace(&fixture, "conf.xml", "<Common>", "<!DOCTYPE a><Common>");
	g_assert_null(kasper_config_read_socket(fixture.conf, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, fixture.conf));
	g_clear_error(&error);
	g_assert_null(kasper_config_read_socket("/nonexistent/conf.xml", &error));
	g_assert_nonnull(strstr(error->message, "/nonexistent/conf.xml"));
	config_fixture_tear_down(&fixture);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/config/zone-list/write", test_write);
	g_test_add_func("/config/zone-list/write-none", test_write_none);
	g_test_add_func("/config/zone-list/keeps", test_keeps);
	g_test_add_func("/config/zone-list/new-file", test_new_file);
	g_test_add_func("/config/zone-list/failures", test_failures);
	g_test_add_func("/config/zone-list/full-disk", test_full_disk);
	g_test_add_func("/config/store-file", test_store_file);
	g_test_add_func("/config/socket", test_socket);
	return g_test_run();
}
