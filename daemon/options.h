/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-daemon.h"

/* @ret_options->config stays NULL if only the version is asked for; --help prints and exits */
gboolean
kasperd_options_parse(KasperDaemonOptions *ret_options, gint *argc, gchar ***argv, GError **error);
void kasperd_options_clear(KasperDaemonOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperDaemonOptions, kasperd_options_clear)
