/* SPDX-License-Identifier: BSD-2-Clause */
#include "zoo.h"

/* hands on the error of a library as it is */
static gboolean
zoo_open(KasperPlugin *self, GCancellable *cancellable, GError **error)
{
	g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "/dev/hsm is not there");
	return FALSE;
}

ZOO_DEFINE_NOTIFIER(ZooForeignError, zoo_foreign_error, zoo_open)

KASPER_PLUGIN_DEFINE("zoo-foreign-error", "0.1", zoo_foreign_error_get_type)
