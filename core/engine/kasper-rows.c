/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

void
kasper_row_add_value(GVariantBuilder *row, const gchar *name, GVariant *value)
{
	g_variant_builder_add(row, "{sv}", name, value);
}

void
kasper_row_add_text(GVariantBuilder *row, const gchar *name, const gchar *text)
{
	kasper_row_add_value(row, name, g_variant_new_string(text != NULL ? text : ""));
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
