/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-plugin-host.h"

G_BEGIN_DECLS

/* tests only: how long a second of a deadline is, so that they need not wait for one */
KASPER_EXPORT
void kasper_plugin_host_set_second(KasperPluginHost *self, guint milliseconds);

G_END_DECLS
