/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-decide-private.h"

KasperPlan *
kasper_plan_new(const KasperSnapshot *snapshot)
{
	KasperPlan *self = g_new(KasperPlan, 1);

	self->orders = FALSE;
	self->submits = FALSE;
	self->next_wake = KASPER_TIME_NEVER;
	self->steps = g_array_new(FALSE, FALSE, sizeof(KasperStep));
	self->reasons = g_array_new(FALSE, FALSE, sizeof(KasperReason));
	self->after = *snapshot;
	return self;
}

/**
 * kasper_plan_free: (skip)
 * @self: (nullable) (transfer full): a plan
 *
 * Since: 0.1
 */
void
kasper_plan_free(KasperPlan *self)
{
	if (self == NULL)
		return;
	g_array_unref(self->steps);
	g_array_unref(self->reasons);
	g_free(self);
}

KasperStep *
kasper_plan_add_step(KasperPlan *self, KasperStepKind kind, gint slot)
{
	KasperStep step = {
	    .kind = kind,
	    .slot = slot,
	    .demand = -1,
	    .from = KASPER_RECORD_NA,
	    .to = KASPER_RECORD_NA,
	    .time = self->after.now,
	};

	g_array_append_val(self->steps, step);
	return &g_array_index(self->steps, KasperStep, self->steps->len - 1);
}

KasperReason *
kasper_plan_add_reason(KasperPlan *self,
		       gint slot,
		       guint record,
		       KasperRule rule,
		       KasperActor actor)
{
	KasperReason reason = {
	    .slot = slot,
	    .record = record,
	    .rule = rule,
	    .actor = actor,
	    .until = KASPER_TIME_NEVER,
	};

	g_array_append_val(self->reasons, reason);
	return &g_array_index(self->reasons, KasperReason, self->reasons->len - 1);
}

/* what has come already is no reason to wake up */
void
kasper_plan_wake_at(KasperPlan *self, KasperTime time)
{
	if (time > self->after.now)
		self->next_wake = MIN(self->next_wake, time);
}
