/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-json.h"

#include <math.h>

#include "kasper-time.h"

/* nobody sends deeper rows; GVariant's own limit is higher than a stack likes */
#define KASPER_JSON_DEPTH_MAX 64

static void
kasper_json_append_char(GString *out, gunichar c)
{
	switch (c) {
	case '"':
		g_string_append(out, "\\\"");
		return;
	case '\\':
		g_string_append(out, "\\\\");
		return;
	case '\n':
		g_string_append(out, "\\n");
		return;
	case '\t':
		g_string_append(out, "\\t");
		return;
	case '\r':
		g_string_append(out, "\\r");
		return;
	default:
		/* the two line separators are no JSON but break who pastes it into a script */
		if (c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029)
			g_string_append_printf(out, "\\u%04x", c);
		else
			g_string_append_unichar(out, c);
	}
}

/* how many bytes of @text can stand in a string as they are; at the first of a character that may
 * not, this ends */
static gsize
kasper_json_count_plain(const gchar *text)
{
	const guchar *c = (const guchar *)text;

	/* U+2028 and U+2029 begin with 0xe2, and so do others that are looked at one by one */
	while (*c >= 0x20 && *c != '"' && *c != '\\' && *c != 0x7f && *c != 0xe2)
		c++;
	return (gsize)(c - (const guchar *)text);
}

/**
 * kasper_json_append_string: (skip)
 * @out: where to
 * @text: a text; what is not UTF-8 in it becomes U+FFFD
 *
 * Appends @text as a string of RFC 8259, section 7, in quotes.
 *
 * Since: 0.1
 */
void
kasper_json_append_string(GString *out, const gchar *text)
{
	g_autofree gchar *valid =
	    g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
	const gchar *p = valid != NULL ? valid : text;

	g_string_append_c(out, '"');
	while (TRUE) {
		gsize n_plain = kasper_json_count_plain(p);

		g_string_append_len(out, p, (gssize)n_plain);
		p += n_plain;
		if (*p == '\0')
			break;
		kasper_json_append_char(out, g_utf8_get_char(p));
		p = g_utf8_next_char(p);
	}
	g_string_append_c(out, '"');
}

static void kasper_json_append_at(GString *out, GVariant *value, guint depth);

static void
kasper_json_append_children(GString *out, GVariant *value, guint depth)
{
	gboolean is_object = g_variant_is_of_type(value, G_VARIANT_TYPE_DICTIONARY);
	gsize n = g_variant_n_children(value);

	g_string_append_c(out, is_object ? '{' : '[');
	for (gsize i = 0; i < n; i++) {
		g_autoptr(GVariant) child = g_variant_get_child_value(value, i);

		if (i > 0)
			g_string_append_c(out, ',');
		kasper_json_append_at(out, child, depth + 1);
	}
	g_string_append_c(out, is_object ? '}' : ']');
}

static void
kasper_json_append_entry(GString *out, GVariant *entry, guint depth)
{
	g_autoptr(GVariant) key = g_variant_get_child_value(entry, 0);
	g_autoptr(GVariant) value = g_variant_get_child_value(entry, 1);
	g_autofree gchar *name = g_variant_is_of_type(key, G_VARIANT_TYPE_STRING)
				     ? g_variant_dup_string(key, NULL)
				     : g_variant_print(key, FALSE);

	kasper_json_append_string(out, name);
	g_string_append_c(out, ':');
	kasper_json_append_at(out, value, depth + 1);
}

void
kasper_json_append_integer(GString *out, gint64 number)
{
	guint64 rest = number < 0 ? -(guint64)number : (guint64)number;
	gchar digits[24];
	guint n = sizeof digits;

	do {
		digits[--n] = (gchar)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		digits[--n] = '-';
	g_string_append_len(out, digits + n, (gssize)(sizeof digits - n));
}

static void
kasper_json_append_number(GString *out, GVariant *value)
{
	gchar text[G_ASCII_DTOSTR_BUF_SIZE];
	g_autofree gchar *printed = NULL;
	gint64 number;

	if (g_variant_is_of_type(value, G_VARIANT_TYPE_DOUBLE)) {
		gdouble d = g_variant_get_double(value);

		g_string_append(out, isfinite(d) ? g_ascii_dtostr(text, sizeof(text), d) : "null");
		return;
	}
	if (!g_variant_is_of_type(value, G_VARIANT_TYPE_INT64)) {
		if (g_variant_is_of_type(value, G_VARIANT_TYPE_BYTE)) {
			g_string_append_printf(out, "%u", g_variant_get_byte(value));
			return;
		}
		printed = g_variant_print(value, FALSE);
		g_string_append(out, printed);
		return;
	}
	number = g_variant_get_int64(value);
	if (number == KASPER_TIME_UNSET || number == KASPER_TIME_NEVER)
		g_string_append(out, "null");
	else
		kasper_json_append_integer(out, number);
}

static void
kasper_json_append_at(GString *out, GVariant *value, guint depth)
{
	g_autoptr(GVariant) inner = NULL;

	if (depth > KASPER_JSON_DEPTH_MAX) {
		g_string_append(out, "null");
		return;
	}
	switch (g_variant_classify(value)) {
	case G_VARIANT_CLASS_VARIANT:
		inner = g_variant_get_variant(value);
		kasper_json_append_at(out, inner, depth + 1);
		return;
	case G_VARIANT_CLASS_ARRAY:
	case G_VARIANT_CLASS_TUPLE:
		kasper_json_append_children(out, value, depth);
		return;
	case G_VARIANT_CLASS_DICT_ENTRY:
		kasper_json_append_entry(out, value, depth);
		return;
	case G_VARIANT_CLASS_MAYBE:
		inner = g_variant_get_maybe(value);
		if (inner == NULL)
			g_string_append(out, "null");
		else
			kasper_json_append_at(out, inner, depth + 1);
		return;
	case G_VARIANT_CLASS_STRING:
	case G_VARIANT_CLASS_OBJECT_PATH:
	case G_VARIANT_CLASS_SIGNATURE:
		kasper_json_append_string(out, g_variant_get_string(value, NULL));
		return;
	case G_VARIANT_CLASS_BOOLEAN:
		g_string_append(out, g_variant_get_boolean(value) ? "true" : "false");
		return;
	case G_VARIANT_CLASS_BYTE:
	case G_VARIANT_CLASS_INT16:
	case G_VARIANT_CLASS_UINT16:
	case G_VARIANT_CLASS_INT32:
	case G_VARIANT_CLASS_UINT32:
	case G_VARIANT_CLASS_INT64:
	case G_VARIANT_CLASS_UINT64:
	case G_VARIANT_CLASS_HANDLE:
	case G_VARIANT_CLASS_DOUBLE:
		kasper_json_append_number(out, value);
		return;
	}
	g_assert_not_reached();
}

/**
 * kasper_json_append: (skip)
 * @out: where to
 * @value: any value; dictionaries become objects, arrays and tuples arrays
 *
 * Appends @value as JSON on one line. %KASPER_TIME_UNSET and %KASPER_TIME_NEVER become `null`.
 *
 * Since: 0.1
 */
void
kasper_json_append(GString *out, GVariant *value)
{
	kasper_json_append_at(out, value, 0);
}
