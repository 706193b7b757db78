/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* The one header that plugins and programs include. */

#include "kasper-algorithm.h"
#include "kasper-backup-guard.h"
#include "kasper-client.h"
#include "kasper-ds-channel.h"
#include "kasper-error.h"
#include "kasper-key-store.h"
#include "kasper-notifier.h"
#include "kasper-probe.h"
#include "kasper-program.h"
#include "kasper-signer.h"
#include "kasper-time.h"
#include "kasper-zone-name.h"
