/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-time.h"

#include "kasper-error.h"

/* spans above this are mistakes: a thousand years */
#define KASPER_SPAN_MAX ((KasperSpan)1000 * 365 * 86400)

/**
 * kasper_time_add:
 * @time: an instant
 * @span: seconds, which may be negative
 *
 * Adds without overflow: the sum saturates at %KASPER_TIME_NEVER and at %KASPER_TIME_UNSET,
 * and neither of the two moves by adding to it.
 *
 * Returns: the instant
 *
 * Since: 0.1
 */
KasperTime
kasper_time_add(KasperTime time, KasperSpan span)
{
	KasperTime sum;

	if (time == KASPER_TIME_NEVER || time == KASPER_TIME_UNSET)
		return time;
	if (__builtin_add_overflow(time, span, &sum))
		return span > 0 ? KASPER_TIME_NEVER : KASPER_TIME_UNSET;
	return sum;
}

/**
 * kasper_time_since:
 * @later: an instant
 * @earlier: an instant
 *
 * How long after @earlier @later is; saturates.
 *
 * Returns: seconds, negative if @later is the earlier one
 *
 * Since: 0.1
 */
KasperSpan
kasper_time_since(KasperTime later, KasperTime earlier)
{
	KasperSpan span;

	if (__builtin_sub_overflow(later, earlier, &span))
		return later > earlier ? G_MAXINT64 : G_MININT64;
	return span;
}

/**
 * kasper_time_format:
 * @time: an instant
 *
 * Prints as `2026-11-24 08:30:00` in UTC, or as `never` or `unset`.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
gchar *
kasper_time_format(KasperTime time)
{
	g_autoptr(GDateTime) date = NULL;

	if (time == KASPER_TIME_NEVER)
		return g_strdup("never");
	if (time == KASPER_TIME_UNSET)
		return g_strdup("unset");
	date = g_date_time_new_from_unix_utc(time);
	if (date == NULL)
		return g_strdup_printf("@%" G_GINT64_FORMAT, time);
	return g_date_time_format(date, "%Y-%m-%d %H:%M:%S");
}

static gboolean
kasper_time_parse_seconds(const gchar *text, KasperTime *ret_time)
{
	return g_ascii_string_to_signed(text, 10, 0, G_MAXINT32 * (gint64)100, ret_time, NULL);
}

/**
 * kasper_time_parse:
 * @text: `@SECONDS`, or a date and time in ISO 8601 form; UTC unless it says otherwise
 * @ret_time: (out): the instant
 * @error: return location for a #GError, or %NULL
 *
 * Reads an instant as a person or another program writes it.
 *
 * Returns: whether @text is an instant; else %KASPER_ERROR_INVALID
 *
 * Since: 0.1
 */
gboolean
kasper_time_parse(const gchar *text, KasperTime *ret_time, GError **error)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
	g_autoptr(GDateTime) date = NULL;
	g_autofree gchar *iso = g_strconcat(text, strlen(text) == 10 ? "T00:00:00" : NULL, NULL);

	if (text[0] == '@' && kasper_time_parse_seconds(text + 1, ret_time))
		return TRUE;
	date = g_date_time_new_from_iso8601(g_strdelimit(iso, " ", 'T'), utc);
	/* instants are counted from 1970 on */
	if (date == NULL || g_date_time_to_unix(date) < 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "'%s' is not a time: write 2026-11-24T08:30:00 or @SECONDS",
			    text);
		return FALSE;
	}
	*ret_time = g_date_time_to_unix(date);
	return TRUE;
}

typedef struct {
	gchar letter;
	gboolean in_time; /* after the T */
	KasperSpan seconds;
} KasperSpanUnit;

/* in the order in which ISO 8601 wants them; a year and a month have a fixed, documented length */
static const KasperSpanUnit span_units[] = {
    {'Y', FALSE, 365 * 86400},
    {'M', FALSE, 31 * 86400},
    {'W', FALSE, 7 * 86400},
    {'D', FALSE, 86400},
    {'H', TRUE, 3600},
    {'M', TRUE, 60},
    {'S', TRUE, 1},
};

/* the place of the unit in the table, at @from or later; G_N_ELEMENTS() if there is none */
static gsize
kasper_span_find_unit(gchar letter, gboolean in_time, gsize from)
{
	gsize i = from;

	while (i < G_N_ELEMENTS(span_units) &&
	       (span_units[i].letter != letter || span_units[i].in_time != in_time))
		i++;
	return i;
}

static gboolean
kasper_span_parse_fields(const gchar *text, KasperSpan *ret_span)
{
	KasperSpan sum = 0;
	gboolean in_time = FALSE, any = FALSE;
	gsize unit = 0;

	for (const gchar *p = text; *p != '\0';) {
		gchar *end = NULL;
		guint64 number;

		if (*p == 'T') {
			if (in_time || p[1] == '\0')
				return FALSE;
			in_time = TRUE;
			p++;
			continue;
		}
		if (!g_ascii_isdigit(*p))
			return FALSE;
		number = g_ascii_strtoull(p, &end, 10);
		unit = kasper_span_find_unit(*end, in_time, unit);
		if (unit == G_N_ELEMENTS(span_units))
			return FALSE;
		if (number > (guint64)(KASPER_SPAN_MAX / span_units[unit].seconds))
			return FALSE;
		sum += (KasperSpan)number * span_units[unit].seconds;
		if (sum > KASPER_SPAN_MAX)
			return FALSE;
		any = TRUE;
		unit++;
		p = end + 1;
	}
	*ret_span = sum;
	return any;
}

/**
 * kasper_span_parse:
 * @text: an ISO 8601 duration, such as `P14D`, `PT3600S` or `P1Y`
 * @ret_span: (out): seconds
 * @error: return location for a #GError, or %NULL
 *
 * A year counts 365 days and a month 31, as in OpenDNSSEC. A duration without the leading `P`,
 * or a bare number of seconds, is read as OpenDNSSEC 1.4 read it. Negative ones are refused.
 *
 * Returns: whether @text is a duration of at most a thousand years; else %KASPER_ERROR_INVALID
 *
 * Since: 0.1
 */
gboolean
kasper_span_parse(const gchar *text, KasperSpan *ret_span, GError **error)
{
	gint64 seconds;

	if (g_ascii_string_to_signed(text, 10, 0, KASPER_SPAN_MAX, &seconds, NULL)) {
		*ret_span = seconds;
		return TRUE;
	}
	if (kasper_span_parse_fields(text[0] == 'P' ? text + 1 : text, ret_span))
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "'%s' is not a duration: write P14D, PT2H or PT3600S",
		    text);
	return FALSE;
}

/**
 * kasper_span_format:
 * @span: seconds
 *
 * Prints a duration in the form that OpenDNSSEC exports: `PT3600S`.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
gchar *
kasper_span_format(KasperSpan span)
{
	return g_strdup_printf("PT%" G_GINT64_FORMAT "S", span);
}

/**
 * kasper_span_format_words:
 * @span: seconds
 *
 * Prints a duration for people, with its two largest units: `3d 4h`, `12m`, `0s`.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
gchar *
kasper_span_format_words(KasperSpan span)
{
	static const struct {
		KasperSpan seconds;
		const gchar *letter;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
	GString *words = g_string_new(span < 0 ? "-" : "");
	guint64 left = span < 0 ? (guint64) - (span + 1) + 1 : (guint64)span;
	guint shown = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(units) && shown < 2; i++) {
		guint64 n = left / (guint64)units[i].seconds;

		left %= (guint64)units[i].seconds;
		if (n == 0 && (shown == 0 ? i + 1 < G_N_ELEMENTS(units) : TRUE))
			continue;
		g_string_append_printf(words,
				       "%s%" G_GUINT64_FORMAT "%s",
				       shown > 0 ? " " : "",
				       n,
				       units[i].letter);
		shown++;
	}
	return g_string_free(words, FALSE);
}
