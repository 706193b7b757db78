/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-config-private.h"

G_BEGIN_DECLS

/* a Zone element, as far as it has been read */
typedef struct {
	gint line;
	gint policy_line;
	gchar *name; /* as the file has it */
	gchar *policy;
	gchar *signer_configuration;
	gchar *input_type;
	gchar *input;
	gchar *output_type;
	gchar *output;
} KasperZoneDraft;

void kasper_zone_draft_clear(KasperZoneDraft *self);

/* reads the list from a file descriptor, piece by piece, and gives each zone away as soon as it
 * is complete and well-formed; @draft is cleared afterwards */
typedef void (*KasperZoneFunc)(KasperZoneDraft *draft, gpointer data);
void kasper_zone_list_parse(gint fd, KasperZoneFunc func, gpointer data, KasperFindings *findings);

G_END_DECLS
