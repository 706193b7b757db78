/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-grammar-value-private.h"

G_BEGIN_DECLS

/* one thing that may stand in an element */
typedef struct {
	GPtrArray *patterns; /* of xmlNode: <element> or <attribute>; any one of them */
	gboolean attribute;
	gboolean optional;
	gboolean many;
	guint found; /* how many a file has of it */
} KasperGrammarSlot;

/* all that may stand in an element, whatever the order */
typedef struct {
	GPtrArray *slots; /* of KasperGrammarSlot */
	KasperGrammarValue value;
} KasperGrammarContent;

/* @pattern: an <element>, <attribute> or <start> of @grammar */
void kasper_grammar_content_read(KasperGrammarContent *self,
				 const xmlNode *grammar,
				 const xmlNode *pattern);
void kasper_grammar_content_clear(KasperGrammarContent *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperGrammarContent, kasper_grammar_content_clear)

/* the slot for an element or attribute with the qualified @name ("p:Plugin"), and its pattern */
KasperGrammarSlot *kasper_grammar_content_find(const KasperGrammarContent *self,
					       const gchar *name,
					       gboolean attribute,
					       const xmlNode **ret_pattern);
/* (transfer full): "<NSEC>" or "<NSEC> or <NSEC3>" */
gchar *kasper_grammar_slot_describe(const KasperGrammarSlot *self);
/* (transfer full): the elements that may stand there: "<A>, <B> and <C>" */
gchar *kasper_grammar_content_describe(const KasperGrammarContent *self);
/* (transfer full) (nullable): how @name, which is not known, may be meant: other case, or
 * without the namespace that it needs */
gchar *kasper_grammar_content_suggest(const KasperGrammarContent *self, const gchar *name);

G_END_DECLS
