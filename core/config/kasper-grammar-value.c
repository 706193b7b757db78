/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-grammar-value-private.h"

#include <string.h>

void
kasper_grammar_value_clear(KasperGrammarValue *self)
{
	g_clear_pointer(&self->about, g_free);
	g_clear_pointer(&self->values, g_ptr_array_unref);
}

void
kasper_grammar_value_add(KasperGrammarValue *self, const xmlNode *pattern)
{
	const gchar *name = (const gchar *)pattern->name;

	if (strcmp(name, "text") == 0) {
		self->kind = KASPER_GRAMMAR_ANY_TEXT;
	} else if (strcmp(name, "data") == 0) {
		self->kind = KASPER_GRAMMAR_DATA;
		self->data = pattern;
	} else if (strcmp(name, "value") == 0) {
		self->kind = KASPER_GRAMMAR_ONE_OF;
		if (self->values == NULL)
			self->values = g_ptr_array_new_with_free_func(g_free);
		g_ptr_array_add(self->values, kasper_xml_dup_text(pattern));
	}
}

/* a number of the XML Schema types that end in "Integer" */
static gboolean
kasper_grammar_value_fits_number(const gchar *text, guint64 min, const gchar *max)
{
	guint64 limit = max != NULL ? g_ascii_strtoull(max, NULL, 10) : G_MAXUINT64;
	guint64 number;

	/* a sign is part of those types */
	return g_ascii_string_to_unsigned(text + (text[0] == '+'), 10, min, limit, &number, NULL);
}

static gboolean
kasper_grammar_value_fits_pattern(const gchar *text, const gchar *pattern)
{
	g_autofree gchar *whole = g_strconcat("^(?:", pattern, ")\\z", NULL);

	return g_regex_match_simple(whole, text, G_REGEX_RAW, (GRegexMatchFlags)0);
}

static gboolean
kasper_grammar_value_fits_data(const KasperGrammarValue *self, const gchar *text)
{
	g_autofree gchar *type = kasper_xml_dup_attribute(self->data, "type");
	const xmlNode *param = kasper_xml_first(self->data, NULL);
	g_autofree gchar *name = param != NULL ? kasper_xml_dup_attribute(param, "name") : NULL;
	g_autofree gchar *limit = kasper_xml_dup_text(param);

	if (strcmp(type, "nonNegativeInteger") == 0)
		return kasper_grammar_value_fits_number(text, 0, limit);
	if (strcmp(type, "positiveInteger") == 0)
		return kasper_grammar_value_fits_number(text, 1, limit);
	if (g_strcmp0(name, "pattern") == 0)
		return kasper_grammar_value_fits_pattern(text, limit);
	/* minLength is always 1 */
	return text[0] != '\0';
}

gboolean
kasper_grammar_value_fits(const KasperGrammarValue *self, const gchar *text)
{
	g_autofree gchar *bare = g_strstrip(g_strdup(text));

	switch (self->kind) {
	case KASPER_GRAMMAR_NO_TEXT:
		return bare[0] == '\0';
	case KASPER_GRAMMAR_ANY_TEXT:
		return TRUE;
	case KASPER_GRAMMAR_DATA:
		return kasper_grammar_value_fits_data(self, bare);
	case KASPER_GRAMMAR_ONE_OF:
		return g_ptr_array_find_with_equal_func(self->values, bare, g_str_equal, NULL);
	}
	g_assert_not_reached();
}

gchar *
kasper_grammar_join(GPtrArray *words, const gchar *last)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < words->len; i++) {
		if (i > 0 && i + 1 == words->len)
			g_string_append_printf(text, " %s ", last);
		else if (i > 0)
			g_string_append(text, ", ");
		g_string_append(text, g_ptr_array_index(words, i));
	}
	return g_string_free(text, FALSE);
}

gchar *
kasper_grammar_value_describe(const KasperGrammarValue *self)
{
	if (self->kind == KASPER_GRAMMAR_ONE_OF)
		return kasper_grammar_join(self->values, "or");
	return g_strdup(self->about != NULL ? self->about : "some text");
}
