/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* one input for one parser; always returns 0. libFuzzer calls it under this name, and so does
 * run-seeds.c in the normal run of the tests. */
gint LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

G_END_DECLS
