/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

void
kasper_row_add_value(GVariantBuilder *row, const gchar *name, GVariant *value)
{
	g_variant_builder_add(row, "{sv}", name, value);
}

/* tokens, programs and file names say what they like, and GVariant takes nothing but UTF-8 */
void
kasper_row_add_text(GVariantBuilder *row, const gchar *name, const gchar *text)
{
	if (text == NULL || g_utf8_validate(text, -1, NULL))
		kasper_row_add_value(row, name, g_variant_new_string(text != NULL ? text : ""));
	else
		kasper_row_add_value(row,
				     name,
				     g_variant_new_take_string(g_utf8_make_valid(text, -1)));
}

void
kasper_row_add_time(GVariantBuilder *row, const gchar *name, gint64 time)
{
	kasper_row_add_value(row, name, g_variant_new_int64(time));
}

void
kasper_row_add_count(GVariantBuilder *row, const gchar *name, gint64 count)
{
	kasper_row_add_value(row,
			     name,
			     g_variant_new_uint32((guint32)CLAMP(count, 0, G_MAXUINT32)));
}

void
kasper_row_add_flag(GVariantBuilder *row, const gchar *name, gboolean flag)
{
	kasper_row_add_value(row, name, g_variant_new_boolean(flag));
}

gboolean
kasper_row_check(GVariant *row, const gchar *what, const gchar *fields, GError **error)
{
	g_auto(GStrv) wanted = g_strsplit_set(fields, ", ", -1);

	for (guint i = 0; wanted[i] != NULL; i += 2) {
		g_autoptr(GVariant) value =
		    g_variant_lookup_value(row, wanted[i], G_VARIANT_TYPE(wanted[i + 1]));

		if (value != NULL)
			continue;
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%s: %s is missing, or not of type %s",
			    what,
			    wanted[i],
			    wanted[i + 1]);
		return FALSE;
	}
	return TRUE;
}
