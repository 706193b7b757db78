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
/* by the system's clock, as far as it is believed */
KASPER_EXPORT
KasperTime kasper_clock_now(KasperClock *self);
/* seconds that pass also while the machine sleeps, whatever the system's clock is set to */
KASPER_EXPORT
gint64 kasper_clock_get_boot(KasperClock *self);
/* what time it was, beyond doubt, at that point of kasper_clock_get_boot() */
KASPER_EXPORT
void kasper_clock_anchor(KasperClock *self, KasperTime time, gint64 boot);
/* seconds by which the system's clock is ahead of what is believed; 0: it is believed */
KASPER_EXPORT
KasperSpan kasper_clock_get_jump(KasperClock *self);
/* a person says that the system's clock is right */
KASPER_EXPORT
void kasper_clock_accept(KasperClock *self);
/* never backwards; emits "turned" */
KASPER_EXPORT
void kasper_clock_turn_to(KasperClock *self, KasperTime time);
/* a test clock: as if the system's clock were set, which no time passes by */
KASPER_EXPORT
void kasper_clock_step(KasperClock *self, KasperSpan by);

G_END_DECLS
