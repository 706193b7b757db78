/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "kasper-xml-private.h"

G_BEGIN_DECLS

typedef enum {
	KASPER_GRAMMAR_NO_TEXT,	 /* elements, or nothing at all */
	KASPER_GRAMMAR_ANY_TEXT, /* <text/> */
	KASPER_GRAMMAR_DATA,	 /* <data>: a type with parameters */
	KASPER_GRAMMAR_ONE_OF,	 /* <choice> of <value> */
} KasperGrammarKind;

/* what a schema says about a text: in an element, or as the value of an attribute */
typedef struct {
	KasperGrammarKind kind;
	const xmlNode *data; /* the <data> pattern */
	gchar *about;	     /* what such a text is called; NULL: it has no name */
	GPtrArray *values;   /* of gchar: those that are allowed */
} KasperGrammarValue;

void kasper_grammar_value_clear(KasperGrammarValue *self);
/* takes in a <data>, <value>, <text> or <empty> pattern */
void kasper_grammar_value_add(KasperGrammarValue *self, const xmlNode *pattern);
gboolean kasper_grammar_value_fits(const KasperGrammarValue *self, const gchar *text);
/* (transfer full): what could stand there: "a duration such as P14D", "counter or keep" */
gchar *kasper_grammar_value_describe(const KasperGrammarValue *self);

/* "A", "A or B", "A, B or C" */
gchar *kasper_grammar_join(GPtrArray *words, const gchar *last);

G_END_DECLS
