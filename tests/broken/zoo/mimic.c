/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* hands out a type that is another module's */
static GType
get_type(void)
{
	return g_type_from_name("ZooTwin");
}

KASPER_PLUGIN_DEFINE("zoo-mimic", "0.1", get_type)
