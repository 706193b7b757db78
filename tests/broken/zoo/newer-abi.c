/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* it was built against a header that has slots which this library does not know */
ZOO_DEFINE_DESCRIPTOR(KASPER_PLUGIN_ABI_MAJOR,
		      KASPER_PLUGIN_ABI_MINOR + 1,
		      "zoo-newer-abi",
		      zoo_never_called)
