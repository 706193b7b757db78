/* SPDX-License-Identifier: BSD-2-Clause */
#include "json-line.h"

#include <string.h>

typedef struct {
	const gchar *at;
} CliJsonLine;

static void
cli_json_line_skip(CliJsonLine *self)
{
	self->at += strspn(self->at, " \t\r\n");
}

static gboolean
cli_json_line_take(CliJsonLine *self, const gchar *token)
{
	gsize length = strlen(token);

	cli_json_line_skip(self);
	if (strncmp(self->at, token, length) != 0)
		return FALSE;
	self->at += length;
	return TRUE;
}

/* behind "\u"; halves of a pair become U+FFFD, for nobody sends them */
static gboolean
cli_json_line_take_unicode(CliJsonLine *self, GString *text)
{
	gunichar c = 0;

	for (guint i = 0; i < 4; i++, self->at++) {
		if (!g_ascii_isxdigit(*self->at))
			return FALSE;
		c = c * 16 + (gunichar)g_ascii_xdigit_value(*self->at);
	}
	g_string_append_unichar(text, c != 0 && g_unichar_validate(c) ? c : 0xfffd);
	return TRUE;
}

static gboolean
cli_json_line_take_escape(CliJsonLine *self, GString *text)
{
	static const gchar from[] = "\"\\/bfnrt";
	static const gchar to[] = "\"\\/\b\f\n\r\t";
	gchar c = *self->at;
	const gchar *found = c != '\0' ? strchr(from, c) : NULL;

	if (c == '\0')
		return FALSE;
	self->at++;
	if (c == 'u')
		return cli_json_line_take_unicode(self, text);
	if (found == NULL)
		return FALSE;
	g_string_append_c(text, to[found - from]);
	return TRUE;
}

/* NULL: there is none */
static gchar *
cli_json_line_take_string(CliJsonLine *self)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (!cli_json_line_take(self, "\""))
		return NULL;
	while (*self->at != '"') {
		if (*self->at == '\0')
			return NULL;
		if (*self->at != '\\') {
			g_string_append_c(text, *self->at++);
			continue;
		}
		self->at++;
		if (!cli_json_line_take_escape(self, text))
			return NULL;
	}
	self->at++;
	return g_strdup(text->str);
}

static gboolean
cli_json_line_take_number(CliJsonLine *self, gint64 *ret_number)
{
	gsize length = strspn(self->at, "-0123456789");
	g_autofree gchar *digits = g_strndup(self->at, length);

	if (!g_ascii_string_to_signed(digits, 10, G_MININT64, G_MAXINT64, ret_number, NULL))
		return FALSE;
	self->at += length;
	/* no fraction and no exponent */
	return strchr(".eE", *self->at) == NULL || *self->at == '\0';
}

static gboolean
cli_json_line_take_value(CliJsonLine *self, GVariantDict *row, const gchar *name)
{
	g_autofree gchar *text = NULL;
	gint64 number;

	cli_json_line_skip(self);
	if (*self->at == '"') {
		text = cli_json_line_take_string(self);
		if (text != NULL)
			g_variant_dict_insert(row, name, "s", text);
		return text != NULL;
	}
	if (cli_json_line_take(self, "null"))
		return TRUE;
	if (cli_json_line_take(self, "true")) {
		g_variant_dict_insert(row, name, "b", TRUE);
		return TRUE;
	}
	if (cli_json_line_take(self, "false")) {
		g_variant_dict_insert(row, name, "b", FALSE);
		return TRUE;
	}
	if (!cli_json_line_take_number(self, &number))
		return FALSE;
	g_variant_dict_insert(row, name, "x", number);
	return TRUE;
}

static gboolean
cli_json_line_take_member(CliJsonLine *self, GVariantDict *row)
{
	g_autofree gchar *name = cli_json_line_take_string(self);

	return name != NULL && cli_json_line_take(self, ":") &&
	       cli_json_line_take_value(self, row, name);
}

GVariant *
cli_json_line_parse(const gchar *line)
{
	g_auto(GVariantDict) row = G_VARIANT_DICT_INIT(NULL);
	CliJsonLine self = {line};

	if (!g_utf8_validate(line, -1, NULL) || !cli_json_line_take(&self, "{"))
		return NULL;
	if (!cli_json_line_take(&self, "}")) {
		do {
			if (!cli_json_line_take_member(&self, &row))
				return NULL;
		} while (cli_json_line_take(&self, ","));
		if (!cli_json_line_take(&self, "}"))
			return NULL;
	}
	cli_json_line_skip(&self);
	return *self.at == '\0' ? g_variant_ref_sink(g_variant_dict_end(&row)) : NULL;
}
