/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-config.h"

G_BEGIN_DECLS

/* what is found in one file; errors are counted even when there are too many to be kept */
typedef struct {
	GPtrArray *list; /* of KasperFinding; shared by all files of a configuration */
	const gchar *file;
	guint n_errors;
	guint n_kept;
} KasperFindings;

#define KASPER_FINDINGS_INIT(list_, file_) ((KasperFindings){.list = (list_), .file = (file_)})

/* @line: 0 if it is the file as a whole */
void kasper_findings_add(KasperFindings *self,
			 KasperFindingLevel level,
			 gint line,
			 const gchar *format,
			 ...) G_GNUC_PRINTF(4, 5);

#define kasper_findings_error(self, line, ...)                                                     \
	kasper_findings_add((self), KASPER_FINDING_ERROR, (line), __VA_ARGS__)
#define kasper_findings_warning(self, line, ...)                                                   \
	kasper_findings_add((self), KASPER_FINDING_WARNING, (line), __VA_ARGS__)
#define kasper_findings_info(self, line, ...)                                                      \
	kasper_findings_add((self), KASPER_FINDING_INFO, (line), __VA_ARGS__)

/* what the file says, made fit for a line of a message: short, printable, quoted */
gchar *kasper_findings_quote(const gchar *text);

G_END_DECLS
