/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-param.h"

#include <errno.h>

#include "kasper-plugin.h"

gboolean
kasper_param_is_setting(GParamSpec *pspec)
{
	return (pspec->flags & G_PARAM_WRITABLE) != 0 &&
	       (pspec->flags & G_PARAM_CONSTRUCT_ONLY) == 0;
}

gboolean
kasper_param_is_secret(GParamSpec *pspec)
{
	return (pspec->flags & KASPER_PARAM_SECRET) != 0;
}

/* (transfer full): the nicks of an enumeration or of flags */
static gchar *
kasper_param_list_nicks(GParamSpec *pspec)
{
	g_autoptr(GString) list = g_string_new(NULL);
	g_autoptr(GTypeClass) class = g_type_class_ref(pspec->value_type);
	guint n =
	    G_IS_ENUM_CLASS(class) ? G_ENUM_CLASS(class)->n_values : G_FLAGS_CLASS(class)->n_values;

	for (guint i = 0; i < n; i++)
		g_string_append_printf(list,
				       "%s%s",
				       i > 0 ? ", " : "",
				       G_IS_ENUM_CLASS(class)
					   ? G_ENUM_CLASS(class)->values[i].value_nick
					   : G_FLAGS_CLASS(class)->values[i].value_nick);
	return g_string_free(g_steal_pointer(&list), FALSE);
}

/* @text: the text of a setting in a message, unless it is secret */
static void
kasper_param_refuse(GParamSpec *pspec, const gchar *text, GError **error)
{
	g_autofree gchar *type = kasper_param_describe_type(pspec);
	g_autofree gchar *shown = kasper_param_is_secret(pspec)
				      ? g_strdup("its value")
				      : g_strdup_printf("\"%.100s\"", text);

	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "setting \"%s\": %s is not as it must be: %s",
		    pspec->name,
		    shown,
		    type);
}

static gboolean
kasper_param_parse_boolean(const gchar *text, GValue *value)
{
	static const gchar *const yes[] = {"yes", "true", "on", "1"};
	static const gchar *const no[] = {"no", "false", "off", "0"};

	for (guint i = 0; i < G_N_ELEMENTS(yes); i++) {
		gboolean is_yes = g_ascii_strcasecmp(text, yes[i]) == 0;

		if (is_yes || g_ascii_strcasecmp(text, no[i]) == 0) {
			g_value_set_boolean(value, is_yes);
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean
kasper_param_parse_enum(GParamSpec *pspec, const gchar *text, GValue *value)
{
	GEnumValue *found = g_enum_get_value_by_nick(G_PARAM_SPEC_ENUM(pspec)->enum_class, text);

	if (found != NULL)
		g_value_set_enum(value, found->value);
	return found != NULL;
}

/* words with commas or blanks between them; none is none */
static gboolean
kasper_param_parse_flags(GParamSpec *pspec, const gchar *text, GValue *value)
{
	g_auto(GStrv) words = g_strsplit_set(text, ", ", -1);
	guint flags = 0;

	for (guint i = 0; words[i] != NULL; i++) {
		GFlagsValue *found;

		if (*words[i] == '\0')
			continue;
		found = g_flags_get_value_by_nick(G_PARAM_SPEC_FLAGS(pspec)->flags_class, words[i]);
		if (found == NULL)
			return FALSE;
		flags |= found->value;
	}
	g_value_set_flags(value, flags);
	return TRUE;
}

/* words as a shell would split them, without its other magic */
static gboolean
kasper_param_parse_words(const gchar *text, GValue *value)
{
	g_autoptr(GError) error = NULL;
	gchar **words = NULL;

	if (!g_shell_parse_argv(text, NULL, &words, &error) &&
	    !g_error_matches(error, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
		return FALSE;
	g_value_take_boxed(value, words != NULL ? words : g_new0(gchar *, 1));
	return TRUE;
}

static gboolean
kasper_param_parse_double(const gchar *text, GValue *value)
{
	gchar *end = NULL;
	gdouble number;

	errno = 0;
	number = g_ascii_strtod(text, &end);
	if (end == text || *end != '\0' || errno == ERANGE)
		return FALSE;
	g_value_set_double(value, number);
	return TRUE;
}

static gboolean
kasper_param_parse_signed(const gchar *text, GValue *value, gint64 least, gint64 most)
{
	gint64 number;

	if (!g_ascii_string_to_signed(text, 10, least, most, &number, NULL))
		return FALSE;
	if (G_VALUE_HOLDS_INT64(value))
		g_value_set_int64(value, number);
	else
		g_value_set_int(value, (gint)number);
	return TRUE;
}

static gboolean
kasper_param_parse_unsigned(const gchar *text, GValue *value, guint64 least, guint64 most)
{
	guint64 number;

	if (!g_ascii_string_to_unsigned(text, 10, least, most, &number, NULL))
		return FALSE;
	if (G_VALUE_HOLDS_UINT64(value))
		g_value_set_uint64(value, number);
	else
		g_value_set_uint(value, (guint)number);
	return TRUE;
}

static gboolean
kasper_param_parse_any(GParamSpec *pspec, const gchar *text, GValue *value)
{
	if (G_IS_PARAM_SPEC_STRING(pspec)) {
		g_value_set_string(value, text);
		return TRUE;
	}
	if (G_IS_PARAM_SPEC_BOOLEAN(pspec))
		return kasper_param_parse_boolean(text, value);
	if (G_IS_PARAM_SPEC_INT(pspec))
		return kasper_param_parse_signed(text,
						 value,
						 G_PARAM_SPEC_INT(pspec)->minimum,
						 G_PARAM_SPEC_INT(pspec)->maximum);
	if (G_IS_PARAM_SPEC_INT64(pspec))
		return kasper_param_parse_signed(text,
						 value,
						 G_PARAM_SPEC_INT64(pspec)->minimum,
						 G_PARAM_SPEC_INT64(pspec)->maximum);
	if (G_IS_PARAM_SPEC_UINT(pspec))
		return kasper_param_parse_unsigned(text,
						   value,
						   G_PARAM_SPEC_UINT(pspec)->minimum,
						   G_PARAM_SPEC_UINT(pspec)->maximum);
	if (G_IS_PARAM_SPEC_UINT64(pspec))
		return kasper_param_parse_unsigned(text,
						   value,
						   G_PARAM_SPEC_UINT64(pspec)->minimum,
						   G_PARAM_SPEC_UINT64(pspec)->maximum);
	if (G_IS_PARAM_SPEC_DOUBLE(pspec))
		return kasper_param_parse_double(text, value) &&
		       !g_param_value_validate(pspec, value);
	if (G_IS_PARAM_SPEC_ENUM(pspec))
		return kasper_param_parse_enum(pspec, text, value);
	if (G_IS_PARAM_SPEC_FLAGS(pspec))
		return kasper_param_parse_flags(pspec, text, value);
	return pspec->value_type == G_TYPE_STRV && kasper_param_parse_words(text, value);
}

gboolean
kasper_param_parse(GParamSpec *pspec, const gchar *text, GValue *ret_value, GError **error)
{
	g_auto(GValue) value = G_VALUE_INIT;

	g_value_init(&value, pspec->value_type);
	if (!kasper_param_parse_any(pspec, text, &value)) {
		kasper_param_refuse(pspec, text, error);
		return FALSE;
	}
	*ret_value = value;
	value = (GValue)G_VALUE_INIT;
	return TRUE;
}

static gchar *
kasper_param_print_words(const gchar *const *words)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; words != NULL && words[i] != NULL; i++) {
		g_autofree gchar *quoted = g_shell_quote(words[i]);

		g_string_append_printf(text, "%s%s", i > 0 ? " " : "", quoted);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static gchar *
kasper_param_print_flags(GParamSpec *pspec, guint flags)
{
	GFlagsClass *class = G_PARAM_SPEC_FLAGS(pspec)->flags_class;
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < class->n_values; i++) {
		if (class->values[i].value != 0 &&
		    (flags & class->values[i].value) == class->values[i].value)
			g_string_append_printf(text,
					       "%s%s",
					       text->len > 0 ? ", " : "",
					       class->values[i].value_nick);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

gchar *
kasper_param_print(GParamSpec *pspec, const GValue *value)
{
	if (G_VALUE_HOLDS_STRING(value))
		return g_strdup(g_value_get_string(value) != NULL ? g_value_get_string(value) : "");
	if (G_VALUE_HOLDS_BOOLEAN(value))
		return g_strdup(g_value_get_boolean(value) ? "yes" : "no");
	if (G_VALUE_HOLDS_INT(value))
		return g_strdup_printf("%d", g_value_get_int(value));
	if (G_VALUE_HOLDS_INT64(value))
		return g_strdup_printf("%" G_GINT64_FORMAT, g_value_get_int64(value));
	if (G_VALUE_HOLDS_UINT(value))
		return g_strdup_printf("%u", g_value_get_uint(value));
	if (G_VALUE_HOLDS_UINT64(value))
		return g_strdup_printf("%" G_GUINT64_FORMAT, g_value_get_uint64(value));
	if (G_VALUE_HOLDS_DOUBLE(value)) {
		gchar buffer[G_ASCII_DTOSTR_BUF_SIZE];

		return g_strdup(g_ascii_dtostr(buffer, sizeof buffer, g_value_get_double(value)));
	}
	if (G_VALUE_HOLDS_ENUM(value)) {
		GEnumValue *found =
		    g_enum_get_value(G_PARAM_SPEC_ENUM(pspec)->enum_class, g_value_get_enum(value));

		return g_strdup(found != NULL ? found->value_nick : "");
	}
	if (G_VALUE_HOLDS_FLAGS(value))
		return kasper_param_print_flags(pspec, g_value_get_flags(value));
	if (G_VALUE_HOLDS(value, G_TYPE_STRV))
		return kasper_param_print_words(g_value_get_boxed(value));
	return g_strdup("");
}

static gchar *
kasper_param_describe_signed(gint64 least, gint64 most, gboolean open)
{
	if (open)
		return least == G_MININT || least == G_MININT64
			   ? g_strdup("a whole number")
			   : g_strdup_printf("a whole number, at least %" G_GINT64_FORMAT, least);
	return g_strdup_printf("a whole number, %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
			       least,
			       most);
}

static gchar *
kasper_param_describe_unsigned(guint64 least, guint64 most, gboolean open)
{
	if (open)
		return g_strdup_printf("a whole number, at least %" G_GUINT64_FORMAT, least);
	return g_strdup_printf("a whole number, %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
			       least,
			       most);
}

gchar *
kasper_param_describe_type(GParamSpec *pspec)
{
	if (G_IS_PARAM_SPEC_STRING(pspec))
		return g_strdup("text");
	if (G_IS_PARAM_SPEC_BOOLEAN(pspec))
		return g_strdup("yes or no");
	if (G_IS_PARAM_SPEC_INT(pspec))
		return kasper_param_describe_signed(G_PARAM_SPEC_INT(pspec)->minimum,
						    G_PARAM_SPEC_INT(pspec)->maximum,
						    G_PARAM_SPEC_INT(pspec)->maximum == G_MAXINT);
	if (G_IS_PARAM_SPEC_INT64(pspec))
		return kasper_param_describe_signed(G_PARAM_SPEC_INT64(pspec)->minimum,
						    G_PARAM_SPEC_INT64(pspec)->maximum,
						    G_PARAM_SPEC_INT64(pspec)->maximum ==
							G_MAXINT64);
	if (G_IS_PARAM_SPEC_UINT(pspec))
		return kasper_param_describe_unsigned(G_PARAM_SPEC_UINT(pspec)->minimum,
						      G_PARAM_SPEC_UINT(pspec)->maximum,
						      G_PARAM_SPEC_UINT(pspec)->maximum ==
							  G_MAXUINT);
	if (G_IS_PARAM_SPEC_UINT64(pspec))
		return kasper_param_describe_unsigned(G_PARAM_SPEC_UINT64(pspec)->minimum,
						      G_PARAM_SPEC_UINT64(pspec)->maximum,
						      G_PARAM_SPEC_UINT64(pspec)->maximum ==
							  G_MAXUINT64);
	if (G_IS_PARAM_SPEC_DOUBLE(pspec))
		return g_strdup_printf("a number, %g to %g",
				       G_PARAM_SPEC_DOUBLE(pspec)->minimum,
				       G_PARAM_SPEC_DOUBLE(pspec)->maximum);
	if (G_IS_PARAM_SPEC_ENUM(pspec) || G_IS_PARAM_SPEC_FLAGS(pspec)) {
		g_autofree gchar *nicks = kasper_param_list_nicks(pspec);

		return g_strdup_printf(G_IS_PARAM_SPEC_ENUM(pspec) ? "one of: %s" : "any of: %s",
				       nicks);
	}
	if (pspec->value_type == G_TYPE_STRV)
		return g_strdup("words, quoted as for a shell");
	return g_strdup_printf("a %s, which cannot be set from text",
			       g_type_name(pspec->value_type));
}
