/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

ZOO_DEFINE_DESCRIPTOR(KASPER_PLUGIN_ABI_MAJOR, KASPER_PLUGIN_ABI_MINOR, "zoo-no-type", NULL)
