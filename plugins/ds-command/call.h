/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "command.h"
#include "input.h"

G_BEGIN_DECLS

typedef enum {
	DS_VERB_SUBMIT,
	DS_VERB_RETRACT,
} DsVerb;

/* one run of a program: a submission is one or several of them */
typedef struct {
	DsVerb verb;
	const DsProgram *program; /* NULL: a person has to do it */
	gchar *input;
} DsCall;

void ds_call_free(DsCall *self);

/* what the settings say about every call */
typedef struct {
	DsProgram *submit;  /* NULL: none */
	DsProgram *retract; /* NULL: none */
	DsMode mode;
	guint deadline; /* seconds; for all calls of a submission together */
	gboolean ignore_unread;
} DsCallSettings;

/* (element-type DsCall): what has to be run to bring the parent to the wanted set, in order */
GPtrArray *ds_calls_plan(const DsCallSettings *settings, KasperDsRequest *request);
/* what distinguishes a call from all others of a submission */
gchar *ds_call_dup_mark(const DsCall *self);
/* runs it and judges how it ended. NULL: nothing was tried */
KasperDsAnswer *ds_call_run(const DsCall *self,
			    const DsCallSettings *settings,
			    KasperDsRequest *request,
			    guint deadline,
			    GCancellable *cancellable,
			    GError **error);

G_END_DECLS
