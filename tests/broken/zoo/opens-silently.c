/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* fails, and does not say why */
static gboolean
zoo_open(KasperPlugin *self, GCancellable *cancellable, GError **error)
{
	return FALSE;
}

ZOO_DEFINE_NOTIFIER(ZooOpensSilently, zoo_opens_silently, zoo_open)

KASPER_PLUGIN_DEFINE("zoo-opens-silently", "0.1", zoo_opens_silently_get_type)
