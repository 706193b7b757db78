/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-clock.h"

struct _KasperClock {
	GObject parent_instance;
	gboolean test;
	KasperTime now; /* of a test clock */
};

G_DEFINE_FINAL_TYPE(KasperClock, kasper_clock, G_TYPE_OBJECT)

static guint turned_signal;

static void
kasper_clock_class_init(KasperClockClass *klass)
{
	/**
	 * KasperClock::turned:
	 * @self: the clock
	 *
	 * A test clock was turned.
	 *
	 * Since: 0.1
	 */
	turned_signal = g_signal_new("turned",
				     KASPER_TYPE_CLOCK,
				     G_SIGNAL_RUN_LAST,
				     0,
				     NULL,
				     NULL,
				     NULL,
				     G_TYPE_NONE,
				     0);
}

static void
kasper_clock_init(KasperClock *self)
{
}

/**
 * kasper_clock_new_system:
 *
 * Returns: (transfer full): the system's clock
 *
 * Since: 0.1
 */
KasperClock *
kasper_clock_new_system(void)
{
	return g_object_new(KASPER_TYPE_CLOCK, NULL);
}

/**
 * kasper_clock_new_test:
 * @start: where it stands
 *
 * Returns: (transfer full): a clock that stands still until kasper_clock_turn_to()
 *
 * Since: 0.1
 */
KasperClock *
kasper_clock_new_test(KasperTime start)
{
	KasperClock *self = g_object_new(KASPER_TYPE_CLOCK, NULL);

	self->test = TRUE;
	self->now = start;
	return self;
}

/**
 * kasper_clock_is_test:
 * @self: a clock
 *
 * Returns: whether the clock can be turned
 *
 * Since: 0.1
 */
gboolean
kasper_clock_is_test(KasperClock *self)
{
	g_return_val_if_fail(KASPER_IS_CLOCK(self), FALSE);
	return self->test;
}

/**
 * kasper_clock_now:
 * @self: a clock
 *
 * Returns: the time
 *
 * Since: 0.1
 */
KasperTime
kasper_clock_now(KasperClock *self)
{
	g_return_val_if_fail(KASPER_IS_CLOCK(self), 0);
	return self->test ? self->now : g_get_real_time() / G_USEC_PER_SEC;
}

/**
 * kasper_clock_turn_to:
 * @self: a test clock
 * @time: an instant; one that has passed changes nothing
 *
 * Turns the clock and emits #KasperClock::turned.
 *
 * Since: 0.1
 */
void
kasper_clock_turn_to(KasperClock *self, KasperTime time)
{
	g_return_if_fail(KASPER_IS_CLOCK(self));
	g_return_if_fail(self->test);

	if (time <= self->now)
		return;
	self->now = time;
	g_signal_emit(self, turned_signal, 0);
}
