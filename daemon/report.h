/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-engine.h"

/* what the daemon tells the log and the service manager of its engine */

guint kasperd_report_count_zones(KasperEngine *engine);
/* logs what does not work at present; TRUE if there is nothing */
gboolean kasperd_report_problems(KasperEngine *engine);
/* `update all`: wrong files are logged and change nothing */
void kasperd_report_reload(KasperEngine *engine);
