/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* cannot make up its mind */
static gboolean
zoo_open(KasperPlugin *self, GCancellable *cancellable, GError **error)
{
	g_set_error_literal(error, KASPER_ERROR, KASPER_ERROR_BUSY, "somebody else has it");
	return TRUE;
}

ZOO_DEFINE_NOTIFIER(ZooOpensWithError, zoo_opens_with_error, zoo_open)

KASPER_PLUGIN_DEFINE("zoo-opens-with-error", "0.1", zoo_opens_with_error_get_type)
