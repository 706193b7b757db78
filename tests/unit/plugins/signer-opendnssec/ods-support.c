/* SPDX-License-Identifier: BSD-2-Clause */
#include "ods-support.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

void
ods_fixture_set_up(OdsFixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	self->folder = g_dir_make_tmp("kasper-ods-XXXXXX", &error);
	g_assert_no_error(error);
}

static void
ods_fixture_remove(const gchar *path)
{
	g_autoptr(GDir) folder = NULL;
	const gchar *name;

	if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
		folder = g_dir_open(path, 0, NULL);
	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree gchar *child = g_build_filename(path, name, NULL);

		ods_fixture_remove(child);
	}
	g_assert_cmpint(g_remove(path), ==, 0);
}

void
ods_fixture_tear_down(OdsFixture *self, gconstpointer data)
{
	ods_fixture_remove(self->folder);
	g_free(self->folder);
}

gchar *
ods_fixture_get_path(OdsFixture *self, const gchar *name)
{
	return g_build_filename(self->folder, name, NULL);
}

void
ods_fixture_write(OdsFixture *self, const gchar *name, const gchar *text)
{
	g_autofree gchar *path = ods_fixture_get_path(self, name);
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, text, -1, &error));
	g_assert_no_error(error);
	g_assert_cmpint(g_chmod(path, 0755), ==, 0);
}

gchar *
ods_fixture_read(OdsFixture *self, const gchar *name)
{
	g_autofree gchar *path = ods_fixture_get_path(self, name);
	gchar *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

gboolean
ods_fixture_has(OdsFixture *self, const gchar *name)
{
	g_autofree gchar *path = ods_fixture_get_path(self, name);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

guint
ods_fixture_count(OdsFixture *self, const gchar *suffix)
{
	g_autoptr(GDir) folder = g_dir_open(self->folder, 0, NULL);
	const gchar *name;
	guint n = 0;

	while ((name = g_dir_read_name(folder)) != NULL)
		n += g_str_has_suffix(name, suffix) ? 1 : 0;
	return n;
}

KasperSigningPolicy *
ods_test_new_policy(void)
{
	return g_object_new(KASPER_TYPE_SIGNING_POLICY,
			    "resign",
			    G_GINT64_CONSTANT(7200),
			    "refresh",
			    G_GINT64_CONSTANT(259200),
			    "validity",
			    G_GINT64_CONSTANT(604800),
			    "validity-denial",
			    G_GINT64_CONSTANT(604801),
			    "jitter",
			    G_GINT64_CONSTANT(43200),
			    "inception-offset",
			    G_GINT64_CONSTANT(3601),
			    "dnskey-ttl",
			    G_GINT64_CONSTANT(3602),
			    "soa-ttl",
			    G_GINT64_CONSTANT(3603),
			    "soa-minimum",
			    G_GINT64_CONSTANT(1800),
			    "soa-serial",
			    "unixtime",
			    NULL);
}

KasperOrderKey *
ods_test_new_key(gchar name, guint flags, guint algorithm, guint use)
{
	gchar octets[64];
	g_autofree gchar *id = g_strdup_printf("%02x%02x", (guint)name, (guint)name);
	g_autoptr(GBytes) public_key = NULL;

	memset(octets, name, sizeof octets);
	public_key = g_bytes_new(octets, sizeof octets);
	return kasper_order_key_new(id, "main", flags, algorithm, use, public_key);
}

KasperZoneOrder *
ods_test_new_order(OdsFixture *self, const gchar *zone, gint64 revision)
{
	g_autoptr(KasperSigningPolicy) policy = ods_test_new_policy();
	KasperZoneOrder *order = kasper_zone_order_new(zone, revision, policy);
	g_autofree gchar *signconf = g_strdup_printf("%s/%s.xml", self->folder, zone);
	g_autofree gchar *input = g_strdup_printf("%s/%s.in", self->folder, zone);
	g_autofree gchar *output = g_strdup_printf("%s/%s.out", self->folder, zone);

	kasper_zone_order_set_files(order, signconf, input, output);
	return order;
}

void
ods_test_add_key(KasperZoneOrder *order, gchar name, guint flags, guint algorithm, const gchar *use)
{
	guint bits = 0;
	g_autoptr(KasperOrderKey) key = NULL;

	for (; *use != '\0'; use++) {
		bits |= *use == 'P' ? KASPER_KEY_USE_PUBLISH : 0;
		bits |= *use == 'K' ? KASPER_KEY_USE_SIGN_KEYS : 0;
		bits |= *use == 'Z' ? KASPER_KEY_USE_SIGN_DATA : 0;
	}
	key = ods_test_new_key(name, flags, algorithm, bits);
	kasper_zone_order_add_key(order, key);
}
