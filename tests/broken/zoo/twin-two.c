/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* its author took the name from the other one */
ZOO_DEFINE_NOTIFIER(ZooTwin, zoo_twin, NULL)

KASPER_PLUGIN_DEFINE("zoo-twin-two", "0.1", zoo_twin_get_type)
