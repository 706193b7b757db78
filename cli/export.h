/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/* "example.org.	3600	IN	DNSKEY	257 3 13 … ;{id = 12345 (ksk), size = 256b}" of a
 * row of kasper_client_export_keys(); (transfer full) */
gchar *cli_export_dnskey_to_text(GVariant *row);
/* "SHA256", from a DS record; NULL: it is none */
const gchar *cli_export_get_digest(const gchar *ds);
/* the records of a row with a comment before each, as OpenDNSSEC 1.4 prints them */
void cli_export_print(FILE *out, GVariant *row, gboolean ds, const gchar *before);

G_END_DECLS
