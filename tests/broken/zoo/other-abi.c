/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* the ABI of another major number */
ZOO_DEFINE_DESCRIPTOR(KASPER_PLUGIN_ABI_MAJOR + 7, 0, "zoo-other-abi", zoo_never_called)
