/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <glib.h>

/* descriptors 0 to 2 are open from here on, so that no file ever becomes one of them */
void kasperd_background_keep_standard_files(void);
/* goes on in a child, in a session of its own. The process that was started stays until the child
 * says that it works, or ends without: its exit status tells which. */
gboolean kasperd_background_enter(GError **error);
/* the child works; nothing, if there was no kasperd_background_enter() */
void kasperd_background_ready(void);
