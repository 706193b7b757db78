/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-time.h"

G_BEGIN_DECLS

/* the only thing in the tree that asks what time it is: the system's, or one that tests turn */
#define KASPER_TYPE_CLOCK (kasper_clock_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperClock, kasper_clock, KASPER, CLOCK, GObject)

KASPER_EXPORT
KasperClock *kasper_clock_new_system(void);
/* stands still until it is turned */
KASPER_EXPORT
KasperClock *kasper_clock_new_test(KasperTime start);
KASPER_EXPORT
gboolean kasper_clock_is_test(KasperClock *self);
KASPER_EXPORT
KasperTime kasper_clock_now(KasperClock *self);
/* never backwards; emits "turned" */
KASPER_EXPORT
void kasper_clock_turn_to(KasperClock *self, KasperTime time);

G_END_DECLS
