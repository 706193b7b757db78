/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* a file that somebody renamed */
ZOO_DEFINE_DESCRIPTOR(KASPER_PLUGIN_ABI_MAJOR,
		      KASPER_PLUGIN_ABI_MINOR,
		      "somebody-else",
		      zoo_never_called)
