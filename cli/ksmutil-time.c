/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "ksmutil.h"

/* "08:30:15", "08:30", "08" or nothing */
static gboolean
ksmutil_take_clock(const gchar *text, gint clock[3])
{
	g_auto(GStrv) words = g_strsplit(text, ":", 4);

	if (*text == '\0')
		return TRUE;
	for (guint i = 0; words[i] != NULL; i++) {
		gint64 number;

		if (i == 3 || strlen(words[i]) > 2 ||
		    !g_ascii_string_to_signed(words[i], 10, 0, 59, &number, NULL))
			return FALSE;
		clock[i] = (gint)number;
	}
	return TRUE;
}

static gboolean
ksmutil_take_month(const gchar *text, gint *ret_month)
{
	static const gchar *const names[] =
	    {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
	gint64 number;

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_ascii_strcasecmp(text, names[i]) != 0)
			continue;
		*ret_month = (gint)i + 1;
		return TRUE;
	}
	if (!g_ascii_string_to_signed(text, 10, 1, 12, &number, NULL))
		return FALSE;
	*ret_month = (gint)number;
	return TRUE;
}

/* "24-11-2026", "24-Nov-2026", "2026-11-24" or "2026-Nov-24" */
static gboolean
ksmutil_take_date(const gchar *text, gint date[3])
{
	g_auto(GStrv) words = g_strsplit(text, "-", 4);
	gboolean year_first;
	gint64 year;
	gint64 day;

	if (g_strv_length(words) != 3)
		return FALSE;
	year_first = strlen(words[0]) == 4;
	if (!g_ascii_string_to_signed(words[year_first ? 0 : 2], 10, 1970, 9999, &year, NULL) ||
	    !g_ascii_string_to_signed(words[year_first ? 2 : 0], 10, 1, 31, &day, NULL))
		return FALSE;
	date[0] = (gint)year;
	date[2] = (gint)day;
	return ksmutil_take_month(words[1], &date[1]);
}

/* "20261124", "2026112408", … as "2026-11-24" and "08" */
static gboolean
ksmutil_take_digits(const gchar *text, gint date[3], gint clock[3])
{
	gsize length = strlen(text);
	g_autofree gchar *dashed = NULL;
	g_autoptr(GString) colons = g_string_new(NULL);

	if (length < 8 || length > 14 || length % 2 != 0)
		return FALSE;
	dashed = g_strdup_printf("%.4s-%.2s-%.2s", text, text + 4, text + 6);
	for (gsize i = 8; i < length; i += 2)
		g_string_append_printf(colons, "%s%.2s", i > 8 ? ":" : "", text + i);
	return ksmutil_take_date(dashed, date) && ksmutil_take_clock(colons->str, clock);
}

gboolean
ksmutil_time_parse(const gchar *text, gint64 *ret_time)
{
	gsize n_digits = strspn(text, "0123456789");
	gint date[3] = {0};
	gint clock[3] = {0};
	g_autoptr(GDateTime) when = NULL;
	gboolean good;

	if (text[n_digits] == '\0') {
		good = ksmutil_take_digits(text, date, clock);
	} else {
		gsize n_date = strcspn(text, ": ");
		g_autofree gchar *day = g_strndup(text, n_date);
		const gchar *rest = text + n_date;

		good = ksmutil_take_date(day, date) &&
		       ksmutil_take_clock(*rest != '\0' ? rest + 1 : rest, clock);
	}
	if (good)
		when =
		    g_date_time_new_local(date[0], date[1], date[2], clock[0], clock[1], clock[2]);
	if (when == NULL)
		return FALSE;
	*ret_time = g_date_time_to_unix(when);
	return TRUE;
}
