/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-simulation.h"

G_BEGIN_DECLS

/* the records of all keys of a simulation over time, as a picture */
typedef struct _KasperChart KasperChart;

KASPER_EXPORT
KasperChart *kasper_chart_new(const KasperSimulation *simulation);
KASPER_EXPORT
void kasper_chart_free(KasperChart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperChart, kasper_chart_free)
KASPER_EXPORT
void kasper_chart_take(KasperChart *self);
KASPER_EXPORT
gchar *kasper_chart_to_svg(const KasperChart *self, const gchar *title);

G_END_DECLS
