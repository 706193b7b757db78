/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "identity.h"
#include "kasper-config.h"

/* the folders that the daemon itself writes to: of pid file, socket and database, and the one it
 * works in. What plugins write to is theirs to check. */

/* makes those of pid file and socket, which are gone after a reboot, if the folder above is there,
 * and gives them to @identity */
gboolean
kasperd_folders_make(KasperConfig *config, const KasperdIdentity *identity, GError **error);
/* whether the process, as who it is now, can write to each; goes to the last one */
gboolean
kasperd_folders_enter(KasperConfig *config, const KasperdIdentity *identity, GError **error);
