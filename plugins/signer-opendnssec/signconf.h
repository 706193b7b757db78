/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

G_BEGIN_DECLS

/* turns orders into the text of signconf.xml; what is the same for all zones of a policy is made
 * once. For one batch: it does not notice that a policy object has changed */
typedef struct OdsSignconf OdsSignconf;

OdsSignconf *ods_signconf_new(void);
void ods_signconf_free(OdsSignconf *self);
/* valid until the next call */
const gchar *ods_signconf_make(OdsSignconf *self, KasperZoneOrder *order, gsize *ret_length);

/* appends @text as the content of an element or of an attribute */
void ods_xml_append(GString *xml, const gchar *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(OdsSignconf, ods_signconf_free)

G_END_DECLS
