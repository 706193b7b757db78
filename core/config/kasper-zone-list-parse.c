/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The syntax of zonelist.xml. The list of a large installation has millions of lines: it is
 * neither read as a whole nor made into a tree, and schema/zonelist.rng is followed by hand.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kasper-zone-list-private.h"

/* octets that are read at a time */
#define PIECE 65536

/* octets of a text: a path may have as many (PATH_MAX), and nothing else has more */
#define MAX_TEXT 4096

typedef enum {
	NODE_DOCUMENT,
	NODE_ZONE_LIST,
	NODE_ZONE,
	NODE_POLICY,
	NODE_SIGNER_CONFIGURATION,
	NODE_ADAPTERS,
	NODE_INPUT,
	NODE_INPUT_FILE,
	NODE_INPUT_ADAPTER,
	NODE_OUTPUT,
	NODE_OUTPUT_FILE,
	NODE_OUTPUT_ADAPTER,
	N_NODES,
} KasperZoneNode;

typedef struct {
	const gchar *name;
	KasperZoneNode parent;
	gsize text; /* the field of KasperZoneDraft that takes the text; 0: there is no text */
	const gchar *attribute; /* the one that it must have */
} KasperZoneNodeInfo;

#define FIELD(name_) offsetof(KasperZoneDraft, name_)

static const KasperZoneNodeInfo nodes[N_NODES] = {
    [NODE_DOCUMENT] = {"", NODE_DOCUMENT, 0, NULL},
    [NODE_ZONE_LIST] = {"ZoneList", NODE_DOCUMENT, 0, NULL},
    [NODE_ZONE] = {"Zone", NODE_ZONE_LIST, 0, "name"},
    [NODE_POLICY] = {"Policy", NODE_ZONE, FIELD(policy), NULL},
    [NODE_SIGNER_CONFIGURATION] = {"SignerConfiguration",
				   NODE_ZONE,
				   FIELD(signer_configuration),
				   NULL},
    [NODE_ADAPTERS] = {"Adapters", NODE_ZONE, 0, NULL},
    [NODE_INPUT] = {"Input", NODE_ADAPTERS, 0, NULL},
    [NODE_INPUT_FILE] = {"File", NODE_INPUT, FIELD(input), NULL},
    [NODE_INPUT_ADAPTER] = {"Adapter", NODE_INPUT, FIELD(input), "type"},
    [NODE_OUTPUT] = {"Output", NODE_ADAPTERS, 0, NULL},
    [NODE_OUTPUT_FILE] = {"File", NODE_OUTPUT, FIELD(output), NULL},
    [NODE_OUTPUT_ADAPTER] = {"Adapter", NODE_OUTPUT, FIELD(output), "type"},
};

typedef struct {
	xmlParserCtxt *context;
	KasperFindings *findings;
	KasperZoneFunc func;
	gpointer data;
	KasperZoneNode node; /* where we are */
	guint seen;	     /* in the Zone: 1 << KasperZoneNode, ored */
	guint n_errors;	     /* before the Zone */
	guint skip;	     /* depth within an element that is not known */
	GString *text;
	KasperZoneDraft draft;
} KasperZoneParser;

void
kasper_zone_draft_clear(KasperZoneDraft *self)
{
	g_free(self->name);
	g_free(self->policy);
	g_free(self->signer_configuration);
	g_free(self->input_type);
	g_free(self->input);
	g_free(self->output_type);
	g_free(self->output);
	*self = (KasperZoneDraft){0};
}

static gint
kasper_zone_parser_get_line(const KasperZoneParser *self)
{
	return self->context->input != NULL ? self->context->input->line : 0;
}

static void
kasper_zone_parser_fail(KasperZoneParser *self, const gchar *text)
{
	if (self->findings->n_errors == 0 || self->context->disableSAX == 0)
		kasper_findings_error(self->findings,
				      kasper_zone_parser_get_line(self),
				      "%s",
				      text);
	xmlStopParser(self->context);
}

/* the node for an element in the one where we are; N_NODES: there is none */
static KasperZoneNode
kasper_zone_parser_find(const KasperZoneParser *self, const gchar *name)
{
	guint node = NODE_ZONE_LIST;

	while (node < N_NODES &&
	       (nodes[node].parent != self->node || strcmp(nodes[node].name, name) != 0))
		node++;
	return (KasperZoneNode)node;
}

/* "<Input> and <Output>": what can stand where we are */
static gchar *
kasper_zone_parser_describe(const KasperZoneParser *self)
{
	GString *text = g_string_new(NULL);

	for (guint node = NODE_ZONE_LIST; node < N_NODES; node++) {
		if (nodes[node].parent == self->node)
			g_string_append_printf(text,
					       "%s<%s>",
					       text->len > 0 ? ", " : "",
					       nodes[node].name);
	}
	return g_string_free(text->len > 0 ? text : g_string_append(text, "nothing"), FALSE);
}

static void
kasper_zone_parser_unknown(KasperZoneParser *self, const gchar *name)
{
	g_autofree gchar *known = kasper_zone_parser_describe(self);
	gint line = kasper_zone_parser_get_line(self);

	self->skip = 1;
	if (self->node == NODE_DOCUMENT) {
		kasper_findings_error(self->findings,
				      line,
				      "the first element is <%s>, not <ZoneList>; is this the "
				      "right file?",
				      name);
		xmlStopParser(self->context);
		return;
	}
	kasper_findings_error(self->findings,
			      line,
			      "<%s> is not known in <%s>; remove it (%s can stand there)",
			      name,
			      nodes[self->node].name,
			      known);
}

/* an element that is there twice has been reported; the last one counts */
static void
kasper_zone_parser_set(gchar **field, gchar **value)
{
	g_free(*field);
	*field = g_steal_pointer(value);
}

/* SAX2 gives five pointers an attribute: name, prefix, URI, and where the value begins and ends */
static void
kasper_zone_parser_take_attributes(KasperZoneParser *self, gint n, const xmlChar **attributes)
{
	const KasperZoneNodeInfo *info = &nodes[self->node];
	gint line = kasper_zone_parser_get_line(self);
	g_autofree gchar *value = NULL;

	for (gint i = 0; i < n; i++) {
		const xmlChar **a = attributes + (gsize)5 * (gsize)i;

		if (a[2] == NULL && g_strcmp0((const gchar *)a[0], info->attribute) == 0)
			value = g_strstrip(g_strndup((const gchar *)a[3], (gsize)(a[4] - a[3])));
		else
			kasper_findings_error(self->findings,
					      line,
					      "the attribute %s is not known in <%s>; remove it",
					      a[0],
					      info->name);
	}
	if (info->attribute == NULL)
		return;
	if (value == NULL || value[0] == '\0')
		kasper_findings_error(self->findings,
				      line,
				      "<%s> lacks the attribute %s; add it",
				      info->name,
				      info->attribute);
	else if (self->node == NODE_ZONE)
		kasper_zone_parser_set(&self->draft.name, &value);
	else if (strcmp(value, "File") != 0 && strcmp(value, "DNS") != 0)
		kasper_findings_error(
		    self->findings,
		    line,
		    "the type of this <Adapter> is neither File nor DNS; write one "
		    "of the two");
	else if (self->node == NODE_INPUT_ADAPTER)
		kasper_zone_parser_set(&self->draft.input_type, &value);
	else
		kasper_zone_parser_set(&self->draft.output_type, &value);
}

/* File and Adapter are two ways to say the same */
static guint
kasper_zone_parser_get_mark(KasperZoneNode node)
{
	if (node == NODE_INPUT_FILE)
		return 1u << NODE_INPUT_ADAPTER;
	if (node == NODE_OUTPUT_FILE)
		return 1u << NODE_OUTPUT_ADAPTER;
	return 1u << node;
}

static void
kasper_zone_parser_enter(KasperZoneParser *self, KasperZoneNode node)
{
	guint mark = kasper_zone_parser_get_mark(node);

	if (node == NODE_ZONE) {
		self->seen = 0;
		self->n_errors = self->findings->n_errors;
		self->draft.line = kasper_zone_parser_get_line(self);
	} else if (node == NODE_POLICY) {
		self->draft.policy_line = kasper_zone_parser_get_line(self);
	}
	if ((self->seen & mark) != 0)
		kasper_findings_error(self->findings,
				      kasper_zone_parser_get_line(self),
				      "<%s> has a second <%s>; remove one",
				      nodes[nodes[node].parent].name,
				      nodes[node].name);
	self->seen |= mark;
	self->node = node;
	g_string_truncate(self->text, 0);
}

static void
kasper_zone_parser_on_start(void *data,
			    const xmlChar *name,
			    const xmlChar *prefix,
			    const xmlChar *uri,
			    gint n_namespaces,
			    const xmlChar **namespaces,
			    gint n_attributes,
			    gint n_defaulted,
			    const xmlChar **attributes)
{
	KasperZoneParser *self = data;
	KasperZoneNode node;

	if (self->skip > 0) {
		if (++self->skip > KASPER_XML_MAX_DEPTH)
			kasper_zone_parser_fail(
			    self,
			    "has elements within elements too deep to be right");
		return;
	}
	node = uri == NULL ? kasper_zone_parser_find(self, (const gchar *)name) : N_NODES;
	if (node == N_NODES) {
		kasper_zone_parser_unknown(self, (const gchar *)name);
		return;
	}
	kasper_zone_parser_enter(self, node);
	kasper_zone_parser_take_attributes(self, n_attributes, attributes);
}

static void
kasper_zone_parser_take_text(KasperZoneParser *self)
{
	const KasperZoneNodeInfo *info = &nodes[self->node];
	gchar **field = G_STRUCT_MEMBER_P(&self->draft, info->text);

	if (info->text == 0)
		return;
	g_free(*field);
	*field = g_strstrip(g_strndup(self->text->str, self->text->len));
	if ((*field)[0] == '\0')
		kasper_findings_error(self->findings,
				      kasper_zone_parser_get_line(self),
				      "<%s> is empty; write %s",
				      info->name,
				      self->node == NODE_POLICY ? "the name of a policy"
								: "a path");
	g_string_truncate(self->text, 0);
}

/* the end of a Zone: what must be there, and was not? */
static void
kasper_zone_parser_finish_zone(KasperZoneParser *self)
{
	static const KasperZoneNode wanted[] = {NODE_POLICY,
						NODE_SIGNER_CONFIGURATION,
						NODE_ADAPTERS,
						NODE_INPUT,
						NODE_OUTPUT,
						NODE_INPUT_ADAPTER,
						NODE_OUTPUT_ADAPTER};

	for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
		KasperZoneNode parent = nodes[wanted[i]].parent;

		if ((self->seen & (1u << wanted[i])) != 0 || (self->seen & (1u << parent)) == 0)
			continue;
		kasper_findings_error(self->findings,
				      self->draft.line,
				      "<%s> lacks <%s>; add it",
				      nodes[parent].name,
				      nodes[wanted[i]].name);
	}
	if (self->findings->n_errors == self->n_errors)
		self->func(&self->draft, self->data);
	kasper_zone_draft_clear(&self->draft);
}

static void
kasper_zone_parser_on_end(void *data,
			  const xmlChar *name,
			  const xmlChar *prefix,
			  const xmlChar *uri)
{
	KasperZoneParser *self = data;

	if (self->skip > 0) {
		self->skip--;
		return;
	}
	kasper_zone_parser_take_text(self);
	if (self->node == NODE_ZONE)
		kasper_zone_parser_finish_zone(self);
	self->node = nodes[self->node].parent;
}

static void
kasper_zone_parser_on_text(void *data, const xmlChar *text, gint length)
{
	KasperZoneParser *self = data;

	if (self->skip > 0)
		return;
	if (nodes[self->node].text != 0) {
		g_string_append_len(self->text, (const gchar *)text, length);
		if (self->text->len > MAX_TEXT)
			kasper_zone_parser_fail(self, "has a text too long to be right");
		return;
	}
	for (gint i = 0; i < length; i++) {
		if (!g_ascii_isspace(text[i])) {
			kasper_findings_error(self->findings,
					      kasper_zone_parser_get_line(self),
					      "<%s> has text where none can stand; remove it",
					      nodes[self->node].name);
			return;
		}
	}
}

static void
kasper_zone_parser_on_doctype(void *data,
			      const xmlChar *name,
			      const xmlChar *external_id,
			      const xmlChar *system_id)
{
	kasper_zone_parser_fail(data,
				"has a document type declaration, which could name entities and "
				"other files; remove <!DOCTYPE ...>");
}

static void
kasper_zone_parser_on_error(void *data, xmlErrorPtr error)
{
	KasperZoneParser *self = data;

	if (error->level >= XML_ERR_ERROR && self->context->disableSAX == 0)
		kasper_xml_report(error, self->findings);
}

static void
kasper_zone_parser_run(KasperZoneParser *self, gint fd)
{
	g_autofree gchar *piece = g_malloc(PIECE);

	for (;;) {
		gssize n = read(fd, piece, PIECE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			kasper_findings_error(self->findings,
					      0,
					      "cannot be read: %s",
					      g_strerror(errno));
			return;
		}
		/* an error has been reported by the time that this returns one */
		if (xmlParseChunk(self->context, piece, (gint)n, n == 0) != 0 || n == 0)
			break;
	}
	if (self->findings->n_errors == 0 && !self->context->wellFormed)
		kasper_findings_error(self->findings, 0, "is not well-formed XML");
}

void
kasper_zone_list_parse(gint fd, KasperZoneFunc func, gpointer data, KasperFindings *findings)
{
	xmlSAXHandler handler = {
	    .initialized = XML_SAX2_MAGIC,
	    .internalSubset = kasper_zone_parser_on_doctype,
	    .startElementNs = kasper_zone_parser_on_start,
	    .endElementNs = kasper_zone_parser_on_end,
	    .characters = kasper_zone_parser_on_text,
	    .ignorableWhitespace = kasper_zone_parser_on_text,
	    .cdataBlock = kasper_zone_parser_on_text,
	    .serror = kasper_zone_parser_on_error,
	};
	KasperZoneParser self = {.findings = findings, .func = func, .data = data};
	g_autoptr(xmlParserCtxt) context = NULL;

	xmlInitParser();
	context = xmlCreatePushParserCtxt(&handler, &self, NULL, 0, findings->file);
	if (context == NULL)
		g_error("libxml2 has no memory for a parser");
	xmlCtxtUseOptions(context, XML_PARSE_NONET);
	self.context = context;
	self.text = g_string_new(NULL);
	kasper_zone_parser_run(&self, fd);
	kasper_zone_draft_clear(&self.draft);
	g_string_free(self.text, TRUE);
}
