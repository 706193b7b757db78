/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

gchar *
kasper_pair_id_to_text(const guint8 *data, gsize length)
{
	gchar *text = g_malloc(2 * length + 1);

	for (gsize i = 0; i < length; i++) {
		text[2 * i] = "0123456789abcdef"[data[i] >> 4];
		text[2 * i + 1] = "0123456789abcdef"[data[i] & 15];
	}
	text[2 * length] = '\0';
	return text;
}

GBytes *
kasper_pair_id_from_text(const gchar *id, GError **error)
{
	gsize length = strlen(id) / 2;
	g_autofree guint8 *data = g_malloc(length + 1);
	gboolean good = length >= 1 && length <= 255 && strlen(id) % 2 == 0;

	for (gsize i = 0; good && i < length; i++) {
		gint high = g_ascii_xdigit_value(id[2 * i]);
		gint low = g_ascii_xdigit_value(id[2 * i + 1]);

		good = high >= 0 && low >= 0;
		data[i] = (guint8)((guint)high << 4 | (guint)low);
	}
	if (good)
		return g_bytes_new_take(g_steal_pointer(&data), length);
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "%s is no CKA_ID: it takes an even number of hexadecimal digits",
		    id);
	return NULL;
}
