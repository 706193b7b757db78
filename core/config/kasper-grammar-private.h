/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-xml-private.h"

G_BEGIN_DECLS

/* whether @doc is what the RELAX NG schema ("conf.rng") describes; else what is wrong, and where.
 * libxml2 decides, and the schema itself is read again to say it in words. */
gboolean kasper_grammar_check(const gchar *schema, xmlDoc *doc, KasperFindings *findings);

/* what does not fit, found by comparing element by element; nothing if everything does */
void kasper_grammar_explain(const gchar *schema, const xmlDoc *doc, KasperFindings *findings);

G_END_DECLS
