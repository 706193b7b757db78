/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "export.h"
#include "kasper-error.h"
#include "ksmutil.h"

/* what was seen of the zone whose keys are being printed */
typedef struct {
	gchar *zone; /* NULL: no key yet */
	gboolean has_active;
	gboolean has_ready;
} KsmutilExport;

static void
ksmutil_export_warn(Ksmutil *self, const KsmutilExport *export)
{
	if (!ksmutil_has(self, KSMUTIL_DS) || export->zone == NULL)
		return;
	if (!export->has_active && !export->has_ready)
		ksmutil_say(
		    self,
		    "\nWARNING: No active or ready keys seen for this zone. Do not load any "
		    "DS records to the parent unless you understand the possible "
		    "consequences.");
	if (export->has_active && export->has_ready)
		ksmutil_say(
		    self,
		    "\nWARNING: BOTH ready and active keys seen for this zone. Probably a key "
		    "rollover is happening and you may only want the ready key to be "
		    "submitted.");
}

static void
ksmutil_export_row(Ksmutil *self, KsmutilExport *export, GVariant *row)
{
	const gchar *state = "";
	const gchar *zone = "";

	g_variant_lookup(row, "state", "&s", &state);
	g_variant_lookup(row, "zone", "&s", &zone);
	if (g_strcmp0(zone, export->zone) != 0) {
		ksmutil_export_warn(self, export);
		g_free(export->zone);
		*export = (KsmutilExport){.zone = g_strdup(zone)};
	}
	export->has_active = export->has_active || strcmp(state, "active") == 0;
	export->has_ready = export->has_ready || strcmp(state, "ready") == 0;
	cli_export_print(self->cli->out, row, ksmutil_has(self, KSMUTIL_DS), "\n");
}

static void
ksmutil_export_rows(Ksmutil *self, GVariant *rows, const gchar *state)
{
	KsmutilExport export = {NULL};

	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		ksmutil_export_row(self, &export, row);
	}
	ksmutil_export_warn(self, &export);
	if (export.zone == NULL)
		ksmutil_say(self,
			    "No keys in %s state%s to export.",
			    state != NULL ? state : "READY",
			    state != NULL ? "" : " or higher");
	g_free(export.zone);
}

gint
ksmutil_key_export(Ksmutil *self)
{
	g_autoptr(GError) error = NULL;
	const gchar *zone = ksmutil_get(self, KSMUTIL_ZONE);
	const gchar *state = ksmutil_get(self, KSMUTIL_KEYSTATE);
	const gchar *type = ksmutil_get(self, KSMUTIL_KEYTYPE);
	g_autoptr(GVariant) rows = NULL;

	if (state != NULL && (state = ksmutil_parse_keystate(state)) == NULL)
		return ksmutil_refuse_keystate(self);
	if (type != NULL && (type = ksmutil_parse_keytype(type)) == NULL)
		return ksmutil_refuse_keytype(self);
	if (!ksmutil_open(self))
		return 1;
	rows = kasper_client_export_keys(self->cli->client,
					 ksmutil_has(self, KSMUTIL_ALL) ? NULL : zone,
					 state,
					 type,
					 NULL,
					 &error);
	if (rows == NULL && zone != NULL &&
	    g_error_matches(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND)) {
		ksmutil_say(self, "Error: unable to find a zone named \"%s\" in database", zone);
		return KSMUTIL_MISUSE;
	}
	if (rows == NULL)
		return ksmutil_fail(self, g_steal_pointer(&error));
	ksmutil_export_rows(self, rows, state);
	return 0;
}
