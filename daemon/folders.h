/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "identity.h"
#include "kasper-config.h"

/* the folders that the daemon itself writes to: of pid file, socket and database, and the one it
 * works in. What plugins write to is theirs to check. */

/* makes what is missing, if the folder above it is there, and gives it to @identity */
gboolean
kasperd_folders_make(KasperConfig *config, const KasperdIdentity *identity, GError **error);
/* whether the process, as who it is now, can write to each; goes to the last one */
gboolean
kasperd_folders_enter(KasperConfig *config, const KasperdIdentity *identity, GError **error);
