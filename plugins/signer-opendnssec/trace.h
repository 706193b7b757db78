/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* Looks for what somebody has left of zones for which there is no order yet: a signer configuration
 * that names keys, or a zone file with signatures. For one batch. */
typedef struct OdsTracer OdsTracer;

OdsTracer *ods_tracer_new(void);
void ods_tracer_free(OdsTracer *self);
/* never fails: what cannot be told is a finding, too. Returns: (transfer full) */
KasperSignerFinding *
ods_tracer_find(OdsTracer *self, KasperZoneOrder *order, GCancellable *cancellable);

/* is the record that begins on this line a signature, or a key to check signatures with? */
gboolean ods_trace_is_signed_line(const gchar *line);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OdsTracer, ods_tracer_free)

G_END_DECLS
