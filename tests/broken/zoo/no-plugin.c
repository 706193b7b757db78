/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* a type that has nothing to do with us */
static GType
get_type(void)
{
	return G_TYPE_FILE_INFO;
}

ZOO_DEFINE_DESCRIPTOR(KASPER_PLUGIN_ABI_MAJOR, KASPER_PLUGIN_ABI_MINOR, "zoo-no-plugin", get_type)
