/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long it may take from the last operation until the zone is at rest (rollover-model 2.9).
 */
#include "model.h"

/* the letters of doc/timing.md */
typedef struct {
	guint L, D_par, aK, aN, aS, PD, PNd, G, Sp, Sr, Sx;
} ModelWaits;

static ModelWaits
model_case_get_waits(const ModelCase *self)
{
	const ModelTimes *times = &self->times;
	const ModelLimits *limits = &self->limits;

	return (ModelWaits){
	    .L = (guint)limits->publish + limits->report,
	    .D_par = (guint)limits->accept + limits->parent + limits->look,
	    .aK = (guint)times->a + times->K,
	    .aN = (guint)times->a + times->N,
	    .aS = (guint)times->a + times->S,
	    .PD = (guint)times->P + times->D,
	    .PNd = (guint)times->P + times->Nd,
	    .G = times->G,
	    .Sp = times->Sp,
	    .Sr = times->Sr,
	    .Sx = MAX(times->Sp, times->Sr),
	};
}

/* all phases that a rollover can have, one after the other, whatever the policy becomes */
static guint
model_case_get_all_phases(const ModelCase *self)
{
	const ModelTimes *times = &self->times;
	const ModelWaits w = model_case_get_waits(self);
	guint more = (self->large_ttl ? 1u : 0u) + ((self->ops & MODEL_OP_MARGIN) != 0 ? 2u : 0u);
	guint keys = times->a + MAX(MAX(times->K, times->other_K), times->N) + w.Sx + more;
	guint data = times->a + MAX(times->S, times->other_S) + w.Sx + more;
	guint ds = times->P + MAX(times->D, times->Nd) + w.Sx + more;

	guint blind = self->assumed ? 2u * times->Dreg : 0u;

	return blind + 4 * w.L + 2 * keys + 2 * data + w.G + 2 * w.D_par + 2 * ds;
}

guint
model_case_get_bound(const ModelCase *self)
{
	const ModelWaits w = model_case_get_waits(self);
	guint both = MAX(w.aK, w.aS);

	switch (self->bound) {
	case MODEL_BOUND_ANY:
		return (self->n_ops + (self->start == MODEL_START_BROKEN ? 2u : 1u)) *
		       model_case_get_all_phases(self);
	case MODEL_BOUND_ZSK_PRE_PUBLICATION:
		return 3 * w.L + w.aK + w.Sp + w.G + w.aS + w.Sx + w.aK + w.Sr;
	case MODEL_BOUND_ZSK_DOUBLE_SIGNATURE:
		return 3 * w.L + MAX(w.aK + w.Sp + w.aS + w.Sr, both + w.Sp + w.aK + w.Sr);
	case MODEL_BOUND_ZSK_DOUBLE_RRSIG:
		return 3 * w.L + w.aS + w.Sp + w.aK + w.Sx + w.aS + w.Sr;
	case MODEL_BOUND_KSK_DOUBLE_KSK:
		return 2 * w.L + w.aK + w.Sp + w.D_par + w.PD + w.Sx + w.aK + w.Sr;
	case MODEL_BOUND_KSK_DOUBLE_DS:
		return w.L + 2 * w.D_par + w.PD + w.Sp + w.aK + w.Sx + w.PD + w.Sr;
	case MODEL_BOUND_CONSERVATIVE:
		return 4 * w.L + w.aS + w.Sp + w.aK + w.Sp + w.D_par + w.PD + w.Sx + w.aK + w.Sr +
		       w.aS + w.Sr;
	case MODEL_BOUND_LIBERAL:
		return 2 * w.L + both + w.Sp + w.D_par + w.PD + w.Sx + both + w.Sr;
	case MODEL_BOUND_CSK:
		return 3 * w.L + w.aK + w.Sp + MAX(w.D_par + w.PD + w.Sx, w.G + w.aS + w.Sx) +
		       w.aK + w.Sr;
	case MODEL_BOUND_FIRST:
		return w.L + MAX(w.aN, w.aS) + w.Sp + w.D_par + w.PNd + w.Sp;
	case MODEL_BOUND_UNSIGNED:
		return w.L + w.D_par + w.PD + w.Sr + both + w.Sr;
	}
	g_assert_not_reached();
}
