/* SPDX-License-Identifier: BSD-2-Clause */

/* kasp.xml; what is good is exported, read again, and says the same */

#include "fuzz-config.h"

#include <string.h>

gint
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(KasperConfig) config = fuzz_config_load(FUZZ_KASP, data, size);
	g_autoptr(KasperConfig) again = NULL;
	g_autofree gchar *xml = NULL;
	g_autofree gchar *xml_again = NULL;

	if (config == NULL)
		return 0;
	xml = kasper_policy_config_to_xml(kasper_config_get_policies(config));
	again = fuzz_config_load(FUZZ_KASP, (const guint8 *)xml, strlen(xml));
	g_assert_nonnull(again);
	xml_again = kasper_policy_config_to_xml(kasper_config_get_policies(again));
	g_assert_cmpstr(xml, ==, xml_again);
	return 0;
}
