/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "kasper-config-socket.h"
#include "kasper-config.h"
#include "kasper-error.h"
#include "ksmutil.h"

/* FALSE: it is no type, and the user knows */
static gboolean
ksmutil_zone_check_type(Ksmutil *self, KsmutilOptionId id, const gchar *word)
{
	const gchar *type = ksmutil_get(self, id);

	if (type == NULL || g_str_has_prefix(type, "DNS") || g_str_has_prefix(type, "File"))
		return TRUE;
	ksmutil_say(self, "Error: Unrecognised %s %s; should be one of DNS or File", word, type);
	return FALSE;
}

static void
ksmutil_zone_warn(Ksmutil *self)
{
	const gchar *input = ksmutil_get(self, KSMUTIL_INPUT);

	if (input != NULL && !g_file_test(input, G_FILE_TEST_EXISTS))
		ksmutil_say(self,
			    "WARNING: The input file %s for zone %s does not currently exist. The "
			    "zone will been added to the database anyway. ",
			    input,
			    ksmutil_get(self, KSMUTIL_ZONE));
}

static GVariant *
ksmutil_zone_get_files(Ksmutil *self)
{
	static const struct {
		KsmutilOptionId id;
		const gchar *field;
		gboolean is_path;
	} files[] = {
	    {KSMUTIL_SIGNERCONF, "signconf", TRUE},
	    {KSMUTIL_INPUT, "input", TRUE},
	    {KSMUTIL_IN_TYPE, "input_type", FALSE},
	    {KSMUTIL_OUTPUT, "output", TRUE},
	    {KSMUTIL_OUT_TYPE, "output_type", FALSE},
	};
	g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a{ss}"));

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		const gchar *value = ksmutil_get(self, files[i].id);
		g_autofree gchar *path = NULL;

		if (value == NULL)
			continue;
		/* the daemon works in another folder */
		if (files[i].is_path)
			path = g_canonicalize_filename(value, NULL);
		else
			path = g_strdup(g_str_has_prefix(value, "DNS") ? "DNS" : "File");
		g_variant_builder_add(&builder, "{ss}", files[i].field, path);
	}
	return g_variant_builder_end(&builder);
}

static gint
ksmutil_zone_add_fail(Ksmutil *self, const gchar *policy, GError *error)
{
	g_autoptr(GError) owned = error;

	if (g_error_matches(owned, KASPER_ERROR, KASPER_ERROR_EXISTS))
		ksmutil_say(self,
			    "Failed to Import zone %s; it already exists",
			    ksmutil_get(self, KSMUTIL_ZONE));
	else if (g_error_matches(owned, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
		ksmutil_say(self, "Error, can't find policy : %s\nFailed to update zones", policy);
	else
		return ksmutil_fail(self, g_steal_pointer(&owned));
	return 1;
}

/* what 1.4 does without --no-xml is what Kasper always does */
static void
ksmutil_zone_explain_no_xml(Ksmutil *self)
{
	if (ksmutil_has(self, KSMUTIL_NO_XML))
		cli_complain(self->cli, "--no-xml: zonelist.xml was written all the same");
}

gint
ksmutil_zone_add(Ksmutil *self)
{
	GError *error = NULL;
	const gchar *zone = ksmutil_get(self, KSMUTIL_ZONE);
	const gchar *policy = ksmutil_get(self, KSMUTIL_POLICY);

	if (zone == NULL)
		return ksmutil_misuse(self, 1, "Please specify a zone with the --zone option");
	if (!ksmutil_zone_check_type(self, KSMUTIL_IN_TYPE, "in-type") ||
	    !ksmutil_zone_check_type(self, KSMUTIL_OUT_TYPE, "out-type") || !ksmutil_open(self))
		return 1;
	if (policy == NULL)
		policy = "default";
	ksmutil_print_file(self, "Common/ZoneListFile", "zonelist");
	ksmutil_zone_warn(self);
	if (!kasper_client_zone_add(self->cli->client,
				    zone,
				    policy,
				    ksmutil_zone_get_files(self),
				    NULL,
				    &error))
		return ksmutil_zone_add_fail(self, policy, error);
	ksmutil_say(self, "Imported zone: %s", zone);
	ksmutil_zone_explain_no_xml(self);
	return 0;
}

static gint
ksmutil_zone_delete_one(Ksmutil *self, const gchar *zone)
{
	g_autoptr(GError) error = NULL;

	if (kasper_client_zone_delete(self->cli->client, zone, NULL, &error))
		return 0;
	if (!g_error_matches(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
		return ksmutil_fail(self, g_steal_pointer(&error));
	ksmutil_say(self, "Couldn't find zone %s", zone);
	return 1;
}

static gint
ksmutil_zone_delete_all(Ksmutil *self)
{
	GError *error = NULL;
	g_autoptr(GVariant) rows = NULL;

	if (!ksmutil_ask(
		self,
		"*WARNING* This will remove all zones from OpenDNSSEC; are you sure? [y/N] "))
		return 0;
	rows = kasper_client_list_zones(self->cli->client, NULL, &error);
	if (rows == NULL)
		return ksmutil_fail(self, error);
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		const gchar *zone = "";

		g_variant_lookup(row, "zone", "&s", &zone);
		if (ksmutil_zone_delete_one(self, zone) != 0)
			return 1;
	}
	return 0;
}

gint
ksmutil_zone_delete(Ksmutil *self)
{
	const gchar *zone = ksmutil_get(self, KSMUTIL_ZONE);
	gboolean all = ksmutil_has(self, KSMUTIL_ALL);
	gint status;

	if (zone != NULL && all)
		return ksmutil_misuse(self, 1, "can not use --all with --zone");
	if (zone == NULL && !all)
		return ksmutil_misuse(self, 1, "please specify either --zone <zone> or --all");
	if (!ksmutil_open(self))
		return 1;
	status = all ? ksmutil_zone_delete_all(self) : ksmutil_zone_delete_one(self, zone);
	if (status == 0)
		ksmutil_zone_explain_no_xml(self);
	return status;
}

/* name to policy, of the zones that the daemon has */
static GHashTable *
ksmutil_zone_map(GVariant *rows)
{
	GHashTable *map = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		gchar *zone = NULL;
		gchar *policy = NULL;

		if (g_variant_lookup(row, "zone", "s", &zone) &&
		    g_variant_lookup(row, "policy", "s", &policy))
			g_hash_table_insert(map, zone, policy);
	}
	return map;
}

static void
ksmutil_zone_print(Ksmutil *self, KasperConfig *config, GVariant *rows)
{
	GPtrArray *zones = kasper_config_get_zones(config);
	g_autoptr(GHashTable) map = ksmutil_zone_map(rows);

	if (zones->len == 0 && g_hash_table_size(map) == 0)
		ksmutil_say(self, "No zones in DB or zonelist.");
	for (guint i = 0; i < zones->len; i++) {
		const KasperZoneConfig *zone = zones->pdata[i];

		ksmutil_say(self,
			    "Found Zone: %s%s; on policy %s",
			    zone->name,
			    g_hash_table_remove(map, zone->name) ? "" : " (zone not in database)",
			    zone->policy);
	}
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);
		const gchar *zone = "";

		g_variant_lookup(row, "zone", "&s", &zone);
		if (g_hash_table_contains(map, zone))
			ksmutil_say(self, "Found zone %s in DB but not zonelist.", zone);
	}
}

gint
ksmutil_zone_list(Ksmutil *self)
{
	GError *error = NULL;
	g_autoptr(KasperConfig) config = NULL;
	g_autoptr(GVariant) rows = NULL;

	if (!ksmutil_open(self))
		return 1;
	ksmutil_print_file(self, "Common/ZoneListFile", "zonelist");
	config = kasper_config_load(self->cli->config, NULL, &error);
	if (config != NULL)
		rows = kasper_client_list_zones(self->cli->client, NULL, &error);
	if (rows == NULL)
		return ksmutil_fail(self, error);
	ksmutil_zone_print(self, config, rows);
	return 0;
}

/* zonelist.xml follows each change of the zones, so it is the export */
gint
ksmutil_zonelist_export(Ksmutil *self)
{
	GError *error = NULL;
	g_autofree gchar *path =
	    kasper_config_read_common_file(self->cli->config, "Common/ZoneListFile", &error);
	g_autofree gchar *contents = NULL;

	if (path == NULL && error == NULL) {
		ksmutil_say(self, "Error: %s names no ZoneListFile", self->cli->config);
		return 1;
	}
	if (path == NULL || !g_file_get_contents(path, &contents, NULL, &error))
		return ksmutil_fail(self, error);
	fputs(contents, self->cli->out);
	return 0;
}
