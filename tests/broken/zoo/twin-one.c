/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

ZOO_DEFINE_NOTIFIER(ZooTwin, zoo_twin, NULL)

KASPER_PLUGIN_DEFINE("zoo-twin-one", "0.1", zoo_twin_get_type)
