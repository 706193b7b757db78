/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-key.h"
#include "kasper-policy.h"

G_BEGIN_DECLS

KASPER_EXPORT
KasperSpan kasper_timing_get_margin(const KasperPolicy *policy, gboolean adds, gboolean removes);
KASPER_EXPORT
KasperTime kasper_timing_get_zone_end(const KasperPolicy *policy,
				      KasperTime gone,
				      KasperSpan ttl,
				      KasperSpan margin);
KASPER_EXPORT
KasperTime kasper_timing_get_parent_end(const KasperPolicy *policy,
					KasperTime gone,
					KasperSpan ttl,
					KasperSpan margin);
KASPER_EXPORT
KasperSpan kasper_timing_get_replacement(const KasperPolicy *policy);
KASPER_EXPORT
KasperSpan kasper_timing_get_lead(const KasperPolicy *policy, guint roles);
KASPER_EXPORT
KasperSpan kasper_timing_get_spread(guint64 spread, guint roles, KasperSpan lifetime);
KASPER_EXPORT
KasperTime kasper_timing_get_rollover_start(const KasperPolicy *policy,
					    const KasperDemand *demand,
					    KasperTime active,
					    guint64 spread);
KASPER_EXPORT
KasperTime kasper_timing_get_assumed_publication(const KasperPolicy *policy, KasperTime submitted);
KASPER_EXPORT
KasperSpan kasper_timing_get_bound(const KasperPolicy *policy, const KasperDemand *demand);

G_END_DECLS
