/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-engine-private.h"

G_BEGIN_DECLS

/* a DS set on its way to the channel */
typedef struct {
	KasperEngine *engine;
	KasperIntentRow intent;
	gchar *zone_name;
	KasperDsRequest *request;
	gboolean in_doubt; /* an earlier try may have worked */
} KasperSubmission;

void kasper_submission_free(KasperSubmission *self);

/* what came of it, within the open transaction. @answer: NULL: the call failed, with @failed */
gboolean kasper_submission_record(KasperEngine *self,
				  const KasperSubmission *submission,
				  KasperDsAnswer *answer,
				  const GError *failed,
				  GError **error);
/* the zone was deleted meanwhile, or cannot be decided upon */
gboolean kasper_submission_put_off(KasperEngine *self,
				   const KasperIntentRow *intent,
				   const GError *why,
				   GError **error);

G_END_DECLS
