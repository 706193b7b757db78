/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "signed-zone.h"

G_BEGIN_DECLS

/* is the zone as it was ordered? The answer names what is not */
KasperSignerAnswer *ods_verdict_make(const OdsSignedZone *zone, KasperZoneOrder *order);

G_END_DECLS
