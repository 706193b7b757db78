/* SPDX-License-Identifier: BSD-2-Clause */

/* what a schema allows within an element, flattened into a list */

#include "kasper-grammar-content-private.h"

#include <string.h>

typedef struct {
	KasperGrammarContent *content;
	const xmlNode *grammar;
	KasperGrammarSlot *choice; /* not NULL: what is found are alternatives */
	gboolean optional;
	gboolean many;
} KasperGrammarReader;

static void kasper_grammar_read_children(const KasperGrammarReader *reader, const xmlNode *pattern);

static gboolean
kasper_grammar_is(const xmlNode *pattern, const gchar *name)
{
	return strcmp((const gchar *)pattern->name, name) == 0;
}

static void
kasper_grammar_slot_free(KasperGrammarSlot *self)
{
	g_ptr_array_unref(self->patterns);
	g_free(self);
}

static KasperGrammarSlot *
kasper_grammar_add_slot(const KasperGrammarReader *reader, gboolean attribute)
{
	KasperGrammarSlot *slot = g_new0(KasperGrammarSlot, 1);

	slot->patterns = g_ptr_array_new();
	slot->attribute = attribute;
	slot->optional = reader->optional;
	slot->many = reader->many;
	g_ptr_array_add(reader->content->slots, slot);
	return slot;
}

static void
kasper_grammar_read_ref(const KasperGrammarReader *reader, const xmlNode *ref)
{
	g_autofree gchar *wanted = kasper_xml_dup_attribute(ref, "name");

	for (const xmlNode *node = kasper_xml_first(reader->grammar, NULL); node != NULL;
	     node = kasper_xml_next(node, NULL)) {
		g_autofree gchar *name = kasper_xml_dup_attribute(node, "name");
		xmlChar *about = NULL;

		if (!kasper_grammar_is(node, "define") || g_strcmp0(name, wanted) != 0)
			continue;
		about = xmlGetNsProp((xmlNode *)node,
				     (const xmlChar *)"about",
				     (const xmlChar *)"urn:kasper:grammar:1");
		if (about != NULL)
			reader->content->value.about = g_strdup((const gchar *)about);
		xmlFree(about);
		kasper_grammar_read_children(reader, node);
		return;
	}
	g_error("a schema has no definition of %s", wanted);
}

/* a choice of values is a list of texts; any other is one between elements */
static void
kasper_grammar_read_choice(const KasperGrammarReader *reader, const xmlNode *choice)
{
	KasperGrammarReader inner = *reader;
	const xmlNode *first = kasper_xml_first(choice, NULL);

	if (!kasper_grammar_is(first, "value"))
		inner.choice = kasper_grammar_add_slot(reader, FALSE);
	kasper_grammar_read_children(&inner, choice);
}

static void
kasper_grammar_read_pattern(const KasperGrammarReader *reader, const xmlNode *pattern)
{
	KasperGrammarReader inner = *reader;
	gboolean attribute = kasper_grammar_is(pattern, "attribute");

	if (attribute || kasper_grammar_is(pattern, "element")) {
		KasperGrammarSlot *slot = reader->choice;

		if (slot == NULL)
			slot = kasper_grammar_add_slot(reader, attribute);
		g_ptr_array_add(slot->patterns, (gpointer)pattern);
	} else if (kasper_grammar_is(pattern, "ref")) {
		kasper_grammar_read_ref(reader, pattern);
	} else if (kasper_grammar_is(pattern, "choice")) {
		kasper_grammar_read_choice(reader, pattern);
	} else if (kasper_grammar_is(pattern, "interleave")) {
		kasper_grammar_read_children(reader, pattern);
	} else if (kasper_grammar_is(pattern, "optional") ||
		   kasper_grammar_is(pattern, "zeroOrMore")) {
		inner.optional = TRUE;
		inner.many = reader->many || kasper_grammar_is(pattern, "zeroOrMore");
		kasper_grammar_read_children(&inner, pattern);
	} else {
		kasper_grammar_value_add(&reader->content->value, pattern);
	}
}

static void
kasper_grammar_read_children(const KasperGrammarReader *reader, const xmlNode *pattern)
{
	for (const xmlNode *node = kasper_xml_first(pattern, NULL); node != NULL;
	     node = kasper_xml_next(node, NULL))
		kasper_grammar_read_pattern(reader, node);
}

void
kasper_grammar_content_read(KasperGrammarContent *self,
			    const xmlNode *grammar,
			    const xmlNode *pattern)
{
	KasperGrammarReader reader = {.content = self, .grammar = grammar};

	*self = (KasperGrammarContent){0};
	self->slots = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_grammar_slot_free);
	kasper_grammar_read_children(&reader, pattern);
}

void
kasper_grammar_content_clear(KasperGrammarContent *self)
{
	g_clear_pointer(&self->slots, g_ptr_array_unref);
	kasper_grammar_value_clear(&self->value);
}

KasperGrammarSlot *
kasper_grammar_content_find(const KasperGrammarContent *self,
			    const gchar *name,
			    gboolean attribute,
			    const xmlNode **ret_pattern)
{
	for (guint i = 0; i < self->slots->len; i++) {
		KasperGrammarSlot *slot = g_ptr_array_index(self->slots, i);

		for (guint j = 0; j < slot->patterns->len && slot->attribute == attribute; j++) {
			const xmlNode *pattern = g_ptr_array_index(slot->patterns, j);
			g_autofree gchar *known = kasper_xml_dup_attribute(pattern, "name");

			if (strcmp(known, name) == 0) {
				*ret_pattern = pattern;
				return slot;
			}
		}
	}
	return NULL;
}

static void
kasper_grammar_slot_list(const KasperGrammarSlot *self, GPtrArray *words)
{
	for (guint i = 0; i < self->patterns->len; i++) {
		g_autofree gchar *name =
		    kasper_xml_dup_attribute(g_ptr_array_index(self->patterns, i), "name");

		g_ptr_array_add(words, g_strconcat("<", name, ">", NULL));
	}
}

gchar *
kasper_grammar_slot_describe(const KasperGrammarSlot *self)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	kasper_grammar_slot_list(self, words);
	return kasper_grammar_join(words, "or");
}

gchar *
kasper_grammar_content_describe(const KasperGrammarContent *self)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < self->slots->len; i++) {
		const KasperGrammarSlot *slot = g_ptr_array_index(self->slots, i);

		if (!slot->attribute)
			kasper_grammar_slot_list(slot, words);
	}
	return words->len > 0 ? kasper_grammar_join(words, "and") : g_strdup("nothing");
}

static const gchar *
kasper_grammar_get_local(const gchar *name)
{
	const gchar *colon = strchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

gchar *
kasper_grammar_content_suggest(const KasperGrammarContent *self, const gchar *name)
{
	const gchar *local = kasper_grammar_get_local(name);

	for (guint i = 0; i < self->slots->len; i++) {
		const KasperGrammarSlot *slot = g_ptr_array_index(self->slots, i);

		for (guint j = 0; j < slot->patterns->len && !slot->attribute; j++) {
			g_autofree gchar *known =
			    kasper_xml_dup_attribute(g_ptr_array_index(slot->patterns, j), "name");

			if (g_ascii_strcasecmp(kasper_grammar_get_local(known), local) == 0)
				return g_steal_pointer(&known);
		}
	}
	return NULL;
}
