/* SPDX-License-Identifier: BSD-2-Clause */

/* zonelist.xml; every zone that comes out is whole */

#include "fuzz-config.h"
#include "kasper-zone-name.h"

gint
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(KasperConfig) config = fuzz_config_load(FUZZ_ZONE_LIST, data, size);
	GPtrArray *zones = config != NULL ? kasper_config_get_zones(config) : NULL;

	for (guint i = 0; zones != NULL && i < zones->len; i++) {
		const KasperZoneConfig *zone = g_ptr_array_index(zones, i);
		g_autofree gchar *name = kasper_zone_name_parse(zone->name, NULL);

		g_assert_cmpstr(name, ==, zone->name);
		g_assert_cmpstr(zone->policy, ==, "default");
		g_assert_cmpstr(zone->signer_configuration, !=, "");
		g_assert_cmpstr(zone->input, !=, "");
		g_assert_cmpstr(zone->output, !=, "");
	}
	return 0;
}
