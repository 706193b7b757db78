/* SPDX-License-Identifier: BSD-2-Clause */

/* zonelist.xml: the zones, and what is wrong with each of them */

#include <glib/gstdio.h>
#include <string.h>

#include "kasper-zone-list-private.h"
#include "kasper-zone-name.h"

typedef struct {
	KasperConfig *config;
	KasperFindings *findings;
	GHashTable *names; /* of KasperZoneConfig, by its name */
	GHashTable *paths; /* of KasperZoneConfig, by its signer_configuration */
} KasperZoneReader;

/* a zone and its texts are one piece of memory: there may be hundreds of thousands of them */
void
kasper_zone_config_free(KasperZoneConfig *self)
{
	g_free(self);
}

static gchar *
kasper_zone_config_put(gchar **end, const gchar *text)
{
	gchar *start = *end;

	*end = g_stpcpy(start, text) + 1;
	return start;
}

static KasperZoneConfig *
kasper_zone_config_new(const KasperZoneDraft *draft, const gchar *name)
{
	const gchar *input_type = draft->input_type != NULL ? draft->input_type : "File";
	const gchar *output_type = draft->output_type != NULL ? draft->output_type : "File";
	gsize texts = strlen(name) + strlen(draft->policy) + strlen(draft->signer_configuration) +
		      strlen(input_type) + strlen(draft->input) + strlen(output_type) +
		      strlen(draft->output) + 7;
	KasperZoneConfig *self = g_malloc(sizeof *self + texts);
	gchar *end = (gchar *)(self + 1);

	self->line = draft->line;
	self->name = kasper_zone_config_put(&end, name);
	self->policy = kasper_zone_config_put(&end, draft->policy);
	self->signer_configuration = kasper_zone_config_put(&end, draft->signer_configuration);
	self->input_type = kasper_zone_config_put(&end, input_type);
	self->input = kasper_zone_config_put(&end, draft->input);
	self->output_type = kasper_zone_config_put(&end, output_type);
	self->output = kasper_zone_config_put(&end, draft->output);
	return self;
}

static void
kasper_zone_reader_check_path(const KasperZoneReader *self,
			      const KasperZoneConfig *zone,
			      const gchar *what,
			      const gchar *path)
{
	if (!g_path_is_absolute(path))
		kasper_findings_warning(self->findings,
					zone->line,
					"zone %s: the path of its %s does not begin with /, so it "
					"depends on where kasperd is started; write it in full",
					zone->name,
					what);
}

/* two zones that write the same file would take each other's keys */
static void
kasper_zone_reader_check_signer_configuration(KasperZoneReader *self, KasperZoneConfig *zone)
{
	const KasperZoneConfig *other =
	    g_hash_table_lookup(self->paths, zone->signer_configuration);

	if (other != NULL)
		kasper_findings_error(self->findings,
				      zone->line,
				      "zone %s has the same <SignerConfiguration> as zone %s in "
				      "line %d; give each its own",
				      zone->name,
				      other->name,
				      other->line);
	g_hash_table_insert(self->paths, zone->signer_configuration, zone);
	kasper_zone_reader_check_path(self,
				      zone,
				      "signer configuration",
				      zone->signer_configuration);
}

static void
kasper_zone_reader_check(KasperZoneReader *self,
			 const KasperZoneDraft *draft,
			 KasperZoneConfig *zone)
{
	const KasperZoneConfig *other = g_hash_table_lookup(self->names, zone->name);

	if (other != NULL)
		kasper_findings_error(self->findings,
				      zone->line,
				      "zone %s is there twice, first in line %d; remove one",
				      zone->name,
				      other->line);
	if (self->config->knows_policies &&
	    kasper_config_find_policy(self->config, zone->policy) == NULL) {
		g_autofree gchar *shown = kasper_findings_quote(zone->policy);

		kasper_findings_error(self->findings,
				      draft->policy_line,
				      "zone %s: policy %s is not in %s; correct the name, or add "
				      "the policy there",
				      zone->name,
				      shown,
				      self->config->policy_file);
	}
	kasper_zone_reader_check_signer_configuration(self, zone);
	kasper_zone_reader_check_path(self, zone, "input", zone->input);
	kasper_zone_reader_check_path(self, zone, "output", zone->output);
}

static void
kasper_zone_reader_take(KasperZoneDraft *draft, gpointer data)
{
	KasperZoneReader *self = data;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *name = kasper_zone_name_parse(draft->name, &error);
	KasperZoneConfig *zone;

	if (name == NULL) {
		kasper_findings_error(self->findings, draft->line, "%s", error->message);
		return;
	}
	zone = kasper_zone_config_new(draft, name);
	kasper_zone_reader_check(self, draft, zone);
	g_ptr_array_add(self->config->zones, zone);
	g_hash_table_insert(self->names, zone->name, zone);
}

void
kasper_zone_list_read(KasperConfig *self, KasperFindings *findings)
{
	KasperZoneReader reader = {.config = self, .findings = findings};
	gint fd = kasper_xml_open(self->zone_list_file, findings);

	if (fd < 0)
		return;
	reader.names = g_hash_table_new(g_str_hash, g_str_equal);
	reader.paths = g_hash_table_new(g_str_hash, g_str_equal);
	kasper_zone_list_parse(fd, kasper_zone_reader_take, &reader, findings);
	g_hash_table_unref(reader.names);
	g_hash_table_unref(reader.paths);
	g_close(fd, NULL);
}
