/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-clock.h"

#include <time.h>

/*
 * The system's clock can be set, and then no time has passed. It is believed as long as it keeps
 * step with the clock that counts since the machine was started; where it runs ahead of that, the
 * other one says how much time has passed, until a person says that the system's clock is right
 * (rollover-model 7.4). One that is behind is the engine's matter: time stands still then.
 */

/* a step that is no more than this is no step */
#define MAX_JUMP ((KasperSpan)300)
/* nor is a clock that runs faster by one part of this, for years */
#define MAX_DRIFT 1000

struct _KasperClock {
	GObject parent_instance;
	gboolean test;
	KasperTime now;	 /* of a test clock */
	KasperSpan step; /* ... that "the system's" was set by */
	KasperTime anchor;
	gint64 anchor_boot;
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

static KasperTime
kasper_clock_read_wall(const KasperClock *self)
{
	return self->test ? self->now + self->step : g_get_real_time() / G_USEC_PER_SEC;
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
	KasperClock *self = g_object_new(KASPER_TYPE_CLOCK, NULL);

	kasper_clock_accept(self);
	return self;
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
	kasper_clock_accept(self);
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
 * kasper_clock_get_boot:
 * @self: a clock
 *
 * Returns: seconds since the machine was started, sleep included
 *
 * Since: 0.1
 */
gint64
kasper_clock_get_boot(KasperClock *self)
{
	struct timespec since;

	g_return_val_if_fail(KASPER_IS_CLOCK(self), 0);
	if (self->test)
		return self->now;
	if (clock_gettime(CLOCK_BOOTTIME, &since) != 0)
		return g_get_monotonic_time() / G_USEC_PER_SEC;
	return since.tv_sec;
}

/**
 * kasper_clock_anchor:
 * @self: a clock
 * @time: what time it was
 * @boot: when that was, as kasper_clock_get_boot() counts
 *
 * From there on the system's clock has to keep step.
 *
 * Since: 0.1
 */
void
kasper_clock_anchor(KasperClock *self, KasperTime time, gint64 boot)
{
	g_return_if_fail(KASPER_IS_CLOCK(self));
	self->anchor = time;
	self->anchor_boot = boot;
}

/**
 * kasper_clock_accept:
 * @self: a clock
 *
 * The system's clock is right as it is now.
 *
 * Since: 0.1
 */
void
kasper_clock_accept(KasperClock *self)
{
	kasper_clock_anchor(self, kasper_clock_read_wall(self), kasper_clock_get_boot(self));
}

/**
 * kasper_clock_get_jump:
 * @self: a clock
 *
 * Returns: by how many seconds the system's clock is ahead of what is believed; 0: it is believed
 *
 * Since: 0.1
 */
KasperSpan
kasper_clock_get_jump(KasperClock *self)
{
	gint64 passed;
	KasperSpan ahead;

	g_return_val_if_fail(KASPER_IS_CLOCK(self), 0);
	passed = kasper_clock_get_boot(self) - self->anchor_boot;
	ahead = kasper_clock_read_wall(self) - self->anchor - passed;
	return ahead > MAX_JUMP + passed / MAX_DRIFT ? ahead : 0;
}

/**
 * kasper_clock_now:
 * @self: a clock
 *
 * Returns: the time, as far as it is believed
 *
 * Since: 0.1
 */
KasperTime
kasper_clock_now(KasperClock *self)
{
	return kasper_clock_read_wall(self) - kasper_clock_get_jump(self);
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

/**
 * kasper_clock_step:
 * @self: a test clock
 * @by: seconds, of either sign
 *
 * As if the system's clock were set. No time has passed by that.
 *
 * Since: 0.1
 */
void
kasper_clock_step(KasperClock *self, KasperSpan by)
{
	g_return_if_fail(KASPER_IS_CLOCK(self));
	g_return_if_fail(self->test);
	self->step += by;
	g_signal_emit(self, turned_signal, 0);
}
