/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-decide-private.h"
#include "kasper-explain.h"

G_BEGIN_DECLS

typedef struct {
	const KasperPlan *plan;
	const KasperErrands *errands; /* NULL: nothing is known of them */
	GArray *list;		      /* of KasperExplanation */
} KasperExplaining;

/* kasper-explain-actor.c */
KasperExplanation kasper_explanation_begin(gint slot, KasperWait wait, KasperActor actor);
const KasperReason *kasper_explain_find_reason(const KasperPlan *plan, gint slot, guint record);
/* it is @errand that is awaited; @since: if nobody knows better */
void kasper_explain_errand(KasperExplanation *self,
			   KasperWait wait,
			   const KasperErrand *errand,
			   KasperTime since);
/* fills in all that follows from the explanation's rule, record, actor and time */
void kasper_explain_actor(const KasperExplaining *context, KasperExplanation *self);

G_END_DECLS
