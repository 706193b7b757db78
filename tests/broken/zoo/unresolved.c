/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* defined nowhere */
gboolean zoo_of_another_library(KasperPlugin *self, GCancellable *cancellable, GError **error);

ZOO_DEFINE_NOTIFIER(ZooUnresolved, zoo_unresolved, zoo_of_another_library)

KASPER_PLUGIN_DEFINE("zoo-unresolved", "0.1", zoo_unresolved_get_type)
