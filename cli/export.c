/* SPDX-License-Identifier: BSD-2-Clause */
#include "export.h"

#include <string.h>

#include "kasper-algorithm.h"

/* the words of a record: "example.org. 10800 IN DS 12345 13 2 …" */
enum {
	N_TABS = 4, /* so many blanks are tabs in what is exported: up to the data */
	WORD_DIGEST = 6,
	N_WORDS = 8,
};

static gchar **
cli_export_split(const gchar *record)
{
	g_autofree gchar *blanks = g_strdelimit(g_strdup(record), "\t", ' ');

	return g_strsplit(blanks, " ", N_WORDS);
}

/* "example.org.<tab>3600<tab>IN<tab>DNSKEY<tab>257 3 13 …", as zone files and scripts have it */
static gchar *
cli_export_tabulate(const gchar *record)
{
	gchar *tabulated = g_strdup(record);
	gchar *blank = tabulated;

	for (guint i = 0; i < N_TABS && (blank = strpbrk(blank, " \t")) != NULL; i++)
		*blank++ = '\t';
	return tabulated;
}

/* the words after ";{id =" are those of ldns, which 1.4 printed with */
static const gchar *
cli_export_get_role(GVariant *row)
{
	const gchar *keytype = "";

	g_variant_lookup(row, "keytype", "&s", &keytype);
	if (g_ascii_strcasecmp(keytype, "ZSK") == 0)
		return "zsk";
	return g_ascii_strcasecmp(keytype, "CSK") == 0 ? "csk" : "ksk";
}

gchar *
cli_export_dnskey_to_text(GVariant *row)
{
	g_autofree gchar *tabulated = NULL;
	const gchar *record = "";
	guint tag = 0;
	guint bits = 0;

	g_variant_lookup(row, "dnskey", "&s", &record);
	g_variant_lookup(row, "keytag", "u", &tag);
	g_variant_lookup(row, "bits", "u", &bits);
	tabulated = cli_export_tabulate(record);
	return g_strdup_printf("%s ;{id = %u (%s), size = %ub}",
			       tabulated,
			       tag,
			       cli_export_get_role(row),
			       bits);
}

const gchar *
cli_export_get_digest(const gchar *ds)
{
	g_auto(GStrv) words = cli_export_split(ds);
	gint64 digest;

	if (g_strv_length(words) < N_WORDS ||
	    !g_ascii_string_to_signed(words[WORD_DIGEST], 10, 0, 255, &digest, NULL))
		return NULL;
	switch (digest) {
	case KASPER_DIGEST_SHA1:
		return "SHA1";
	case KASPER_DIGEST_SHA256:
		return "SHA256";
	case KASPER_DIGEST_SHA384:
		return "SHA384";
	default:
		return NULL;
	}
}

void
cli_export_print(FILE *out, GVariant *row, gboolean ds, const gchar *before)
{
	g_autofree gchar *role = g_ascii_strup(cli_export_get_role(row), -1);
	g_autofree gchar *dnskey = cli_export_dnskey_to_text(row);
	g_autofree const gchar **records = NULL;
	const gchar *state = "";

	g_variant_lookup(row, "state", "&s", &state);
	if (!ds) {
		fprintf(out, "%s;%s %s DNSKEY record:\n%s\n", before, state, role, dnskey);
		return;
	}
	g_variant_lookup(row, "ds", "^a&s", &records);
	for (guint i = 0; records != NULL && records[i] != NULL; i++) {
		g_autofree gchar *record = cli_export_tabulate(records[i]);
		const gchar *digest = cli_export_get_digest(records[i]);

		fprintf(out,
			"%s;%s %s DS record (%s):\n%s\n",
			before,
			state,
			role,
			digest != NULL ? digest : "?",
			record);
	}
}
