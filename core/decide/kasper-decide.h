/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-plan.h"

G_BEGIN_DECLS

KASPER_EXPORT
KasperPlan *kasper_decide(const KasperSnapshot *snapshot, KasperTime now);

G_END_DECLS
