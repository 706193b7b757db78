/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>
#include <libxml/tree.h>

G_BEGIN_DECLS

/* a zone as zonelist.xml describes it */
typedef struct {
	const gchar *name;
	const gchar *signconf;
	const gchar *input_type; /* "File" or "DNS" */
	const gchar *input;
	const gchar *output_type;
	const gchar *output;
} OdsListedZone;

typedef void (*OdsListedZoneFunc)(const OdsListedZone *zone, gpointer data);

/* its Zone element, on one line with a newline at the end */
gchar *ods_listed_zone_to_line(const OdsListedZone *zone);
/* calls @take for each zone of the file, in order; the structure is gone afterwards */
gboolean
ods_zone_list_parse(const gchar *path, OdsListedZoneFunc take, gpointer data, GError **error);

/* the first child element of that name; NULL: there is none. Returns: (transfer none) */
xmlNode *ods_xml_find(xmlNode *parent, const gchar *name);
/* without white space at both ends; NULL if there is no @node */
gchar *ods_xml_dup_content(xmlNode *node);

G_END_DECLS
