/* SPDX-License-Identifier: BSD-2-Clause */
#include "value.h"

#include "kasper-algorithm.h"
#include "kasper-time.h"

/* takes @text; one line, nothing that a terminal would obey */
static gchar *
cli_text_tame(gchar *text)
{
	g_autofree gchar *owned = text;
	gchar *tame = g_utf8_make_valid(owned, -1);

	for (gchar *c = tame; *c != '\0'; c++)
		if (g_ascii_iscntrl(*c))
			*c = ' ';
	return tame;
}

static gchar *
cli_number_to_text(gint64 number, CliValueKind kind)
{
	switch (kind) {
	case CLI_VALUE_TIME:
		return number == KASPER_TIME_UNSET ? g_strdup("-") : kasper_time_format(number);
	case CLI_VALUE_LIFETIME:
		if (number == 0)
			return g_strdup("for ever");
		return kasper_span_format_words(number);
	case CLI_VALUE_SPAN:
		return number < 0 ? g_strdup("never") : kasper_span_format_words(number);
	case CLI_VALUE_ALGORITHM:
		return g_strdup_printf("%" G_GINT64_FORMAT " (%s)",
				       number,
				       kasper_algorithm_to_string((guint)number));
	case CLI_VALUE_LIMIT:
		if (number < 0)
			return g_strdup("unlimited");
		break;
	case CLI_VALUE_PLAIN:
		break;
	}
	return g_strdup_printf("%" G_GINT64_FORMAT, number);
}

/* whether @value is a whole number, and which */
static gboolean
cli_value_get_number(GVariant *value, gint64 *ret_number)
{
	switch (g_variant_classify(value)) {
	case G_VARIANT_CLASS_BYTE:
		*ret_number = g_variant_get_byte(value);
		return TRUE;
	case G_VARIANT_CLASS_INT16:
		*ret_number = g_variant_get_int16(value);
		return TRUE;
	case G_VARIANT_CLASS_UINT16:
		*ret_number = g_variant_get_uint16(value);
		return TRUE;
	case G_VARIANT_CLASS_INT32:
		*ret_number = g_variant_get_int32(value);
		return TRUE;
	case G_VARIANT_CLASS_UINT32:
		*ret_number = g_variant_get_uint32(value);
		return TRUE;
	case G_VARIANT_CLASS_INT64:
		*ret_number = g_variant_get_int64(value);
		return TRUE;
	case G_VARIANT_CLASS_UINT64:
		*ret_number = (gint64)MIN(g_variant_get_uint64(value), (guint64)G_MAXINT64);
		return TRUE;
	case G_VARIANT_CLASS_BOOLEAN:
	case G_VARIANT_CLASS_HANDLE:
	case G_VARIANT_CLASS_DOUBLE:
	case G_VARIANT_CLASS_STRING:
	case G_VARIANT_CLASS_OBJECT_PATH:
	case G_VARIANT_CLASS_SIGNATURE:
	case G_VARIANT_CLASS_VARIANT:
	case G_VARIANT_CLASS_MAYBE:
	case G_VARIANT_CLASS_ARRAY:
	case G_VARIANT_CLASS_TUPLE:
	case G_VARIANT_CLASS_DICT_ENTRY:
		return FALSE;
	}
	g_assert_not_reached();
}

gchar *
cli_value_to_text(GVariant *value, CliValueKind kind)
{
	gint64 number;

	if (value == NULL)
		return g_strdup("-");
	if (cli_value_get_number(value, &number))
		return cli_number_to_text(number, kind);
	if (g_variant_is_of_type(value, G_VARIANT_TYPE_BOOLEAN))
		return g_strdup(g_variant_get_boolean(value) ? "yes" : "no");
	if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING)) {
		const gchar *text = g_variant_get_string(value, NULL);

		/* no field of a line is empty, so that they can be counted */
		return *text != '\0' ? cli_text_tame(g_strdup(text)) : g_strdup("-");
	}
	if (g_variant_is_of_type(value, G_VARIANT_TYPE_STRING_ARRAY)) {
		g_autofree const gchar **texts = g_variant_get_strv(value, NULL);

		return texts[0] != NULL ? cli_text_tame(g_strjoinv(", ", (gchar **)texts))
					: g_strdup("-");
	}
	return cli_text_tame(g_variant_print(value, FALSE));
}
