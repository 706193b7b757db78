/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* looks into signed zones, and into a large one only when it has changed */
typedef struct OdsLook OdsLook;

OdsLook *ods_look_new(void);
void ods_look_free(OdsLook *self);
/* never fails: a zone that cannot be read is not as ordered yet */
KasperSignerAnswer *ods_look_at(OdsLook *self, KasperZoneOrder *order, GCancellable *cancellable);

G_END_DECLS
