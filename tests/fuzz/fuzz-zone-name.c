/* SPDX-License-Identifier: BSD-2-Clause */

/* names of zones: the form in which they are kept is one that stays, and fits into a record */

#include "fuzz.h"
#include "kasper-zone-name.h"

gint
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree gchar *text = g_strndup((const gchar *)data, size);
	g_autofree gchar *name = kasper_zone_name_parse(text, NULL);
	g_autofree gchar *again = NULL;
	g_autoptr(GBytes) wire = NULL;

	if (name == NULL)
		return 0;
	again = kasper_zone_name_parse(name, NULL);
	g_assert_cmpstr(again, ==, name);
	wire = kasper_zone_name_to_wire(name, NULL);
	g_assert_nonnull(wire);
	g_assert_cmpuint(g_bytes_get_size(wire), <=, 255);
	return 0;
}
