/* SPDX-License-Identifier: BSD-2-Clause */

/* conf.xml */

#include "fuzz-config.h"

gint
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autoptr(KasperConfig) config = fuzz_config_load(FUZZ_CONF, data, size);

	if (config == NULL)
		return 0;
	g_assert_nonnull(kasper_config_get_store_file(config));
	g_assert_nonnull(kasper_config_get_socket_file(config));
	g_assert_cmpint(kasper_config_get_generation_period(config), >=, 0);
	return 0;
}
