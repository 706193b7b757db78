/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-zone-name.h"

#include <string.h>

#include "kasper-error.h"

/* RFC 1035, section 2.3.4 */
#define MAX_LABEL 63
#define MAX_WIRE  255

static GBytes *
kasper_zone_name_invalid(const gchar *text, const gchar *why, GError **error)
{
	g_autofree gchar *shown = g_strescape(text, NULL);

	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "'%.300s' is not a zone name: %s",
		    shown,
		    why);
	return NULL;
}

/* what may stand in the name of a zone: hostnames, the underscore, and the slash of RFC 2317 */
static gboolean
kasper_zone_name_is_octet(gchar c)
{
	return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '/';
}

/**
 * kasper_zone_name_to_wire:
 * @name: a domain name in text; a final dot may be missing
 * @error: return location for a #GError, or %NULL
 *
 * The name in canonical wire form (RFC 4034, section 6.2): lower case, uncompressed.
 *
 * Returns: (transfer full): the octets, or %NULL with %KASPER_ERROR_INVALID
 *
 * Since: 0.1
 */
GBytes *
kasper_zone_name_to_wire(const gchar *name, GError **error)
{
	g_autoptr(GByteArray) wire = g_byte_array_sized_new(64);
	const gchar *label = name;

	if (name[0] == '\0')
		return kasper_zone_name_invalid(name, "it is empty", error);
	while (*label != '\0' && strcmp(name, ".") != 0) {
		gsize length = strcspn(label, ".");
		guint8 octet = (guint8)length;

		if (length == 0)
			return kasper_zone_name_invalid(name, "it has an empty label", error);
		if (length > MAX_LABEL)
			return kasper_zone_name_invalid(name,
							"a label is longer than 63 octets",
							error);
		g_byte_array_append(wire, &octet, 1);
		for (gsize i = 0; i < length; i++) {
			if (!kasper_zone_name_is_octet(label[i]))
				return kasper_zone_name_invalid(
				    name,
				    "only letters, digits, '-', '_' and '/' can stand in it "
				    "(write IDN zones as A-labels, xn--...)",
				    error);
			octet = (guint8)g_ascii_tolower(label[i]);
			g_byte_array_append(wire, &octet, 1);
		}
		label += length;
		if (*label == '.')
			label++;
	}
	g_byte_array_append(wire, (const guint8 *)"", 1);
	if (wire->len > MAX_WIRE)
		return kasper_zone_name_invalid(name, "it is longer than 255 octets", error);
	return g_byte_array_free_to_bytes(g_steal_pointer(&wire));
}

/**
 * kasper_zone_name_parse:
 * @text: a domain name as a person writes it
 * @error: return location for a #GError, or %NULL
 *
 * The form in which zones are kept and compared: lower case, without the final dot; the root
 * is `.`.
 *
 * Returns: (transfer full): the name, or %NULL with %KASPER_ERROR_INVALID
 *
 * Since: 0.1
 */
gchar *
kasper_zone_name_parse(const gchar *text, GError **error)
{
	g_autoptr(GBytes) wire = kasper_zone_name_to_wire(text, error);
	g_autofree gchar *name = NULL;
	gsize length;

	if (wire == NULL)
		return NULL;
	name = g_ascii_strdown(text, -1);
	length = strlen(name);
	if (length > 1 && name[length - 1] == '.')
		name[length - 1] = '\0';
	return g_steal_pointer(&name);
}
