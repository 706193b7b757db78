/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "kasper-error.h"
#include "ksmutil-row.h"

static gint
ksmutil_key_list_fail(Ksmutil *self, GError *error)
{
	g_autoptr(GError) owned = error;

	if (!g_error_matches(owned, KASPER_ERROR, KASPER_ERROR_NOT_FOUND) ||
	    !ksmutil_has(self, KSMUTIL_ZONE))
		return ksmutil_fail(self, g_steal_pointer(&owned));
	ksmutil_say(self,
		    "Error: unable to find a zone named \"%s\" in database",
		    ksmutil_get(self, KSMUTIL_ZONE));
	return KSMUTIL_MISUSE;
}

static gboolean
ksmutil_key_list_on_row(const gchar *const *fields, GVariant *tuple, gpointer user_data)
{
	Ksmutil *self = user_data;
	g_autofree gchar *line = NULL;
	KsmutilRow row;

	ksmutil_row_read_tuple(&row, fields, tuple);
	/* a key that nobody has seen yet is nobody's business, unless it is asked for */
	if (strcmp(row.state, "generate") == 0 && !ksmutil_has(self, KSMUTIL_ALL) &&
	    !ksmutil_has(self, KSMUTIL_KEYSTATE))
		return TRUE;
	line = ksmutil_row_to_text(&row, ksmutil_has(self, KSMUTIL_VERBOSE));
	ksmutil_say(self, "%s", line);
	return !ferror(self->cli->out);
}

static GVariant *
ksmutil_key_list_get_filter(Ksmutil *self, const gchar *state, const gchar *type)
{
	const gchar *zone = ksmutil_get(self, KSMUTIL_ZONE);
	g_auto(GVariantBuilder) filter = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

	if (zone != NULL)
		g_variant_builder_add(&filter, "{sv}", "zone", g_variant_new_string(zone));
	if (state != NULL)
		g_variant_builder_add(&filter, "{sv}", "keystate", g_variant_new_string(state));
	if (type != NULL)
		g_variant_builder_add(&filter, "{sv}", "keytype", g_variant_new_string(type));
	if (ksmutil_has(self, KSMUTIL_ALL) || g_strcmp0(state, "dead") == 0)
		g_variant_builder_add(&filter, "{sv}", "all", g_variant_new_boolean(TRUE));
	return g_variant_builder_end(&filter);
}

static void
ksmutil_key_list_print_titles(Ksmutil *self)
{
	ksmutil_say(self, "Keys:");
	if (ksmutil_has(self, KSMUTIL_VERBOSE))
		ksmutil_say(self,
			    "Zone:                           Keytype:      State:    "
			    "Date of next transition (to):  Size:   Algorithm:  "
			    "CKA_ID:                           Repository:                       "
			    "Keytag:");
	else
		ksmutil_say(self,
			    "Zone:                           Keytype:      State:    "
			    "Date of next transition:");
}

gint
ksmutil_key_list(Ksmutil *self)
{
	GError *error = NULL;
	const gchar *state = ksmutil_get(self, KSMUTIL_KEYSTATE);
	const gchar *type = ksmutil_get(self, KSMUTIL_KEYTYPE);

	if (state != NULL && ksmutil_has(self, KSMUTIL_ALL)) {
		ksmutil_say(self,
			    "Error: --keystate and --all option cannot be given together\n"
			    "Error: failed to list keys");
		return KSMUTIL_MISUSE;
	}
	if (state != NULL && (state = ksmutil_parse_keystate(state)) == NULL)
		return ksmutil_refuse_keystate(self);
	if (type != NULL && (type = ksmutil_parse_keytype(type)) == NULL)
		return ksmutil_refuse_keytype(self);
	if (!ksmutil_open(self))
		return 1;
	ksmutil_key_list_print_titles(self);
	if (!kasper_client_foreach_key(self->cli->client,
				       ksmutil_key_list_get_filter(self, state, type),
				       ksmutil_key_list_on_row,
				       self,
				       NULL,
				       &error))
		return ksmutil_key_list_fail(self, error);
	ksmutil_say(self, "%s", "");
	return 0;
}

/* the DNSKEY that somebody is to bring to the parent; tabs have become blanks */
static void
ksmutil_rollover_print_dnskey(Ksmutil *self, const KsmutilRow *row)
{
	g_autoptr(GVariant) key =
	    kasper_client_show_key(self->cli->client, row->zone, row->id, NULL, NULL);
	g_autofree gchar *dnskey = NULL;

	if (key == NULL || !g_variant_lookup(key, "dnskey", "s", &dnskey))
		return;
	ksmutil_say(self,
		    "\n*** Found DNSKEY RECORD involved with rollover:\n%s\n\n"
		    "Once the DS record for this DNSKEY is seen in DNS you can issue the ds-seen "
		    "command for zone %s with the cka_id %s",
		    g_strdelimit(dnskey, "\t", ' '),
		    row->zone,
		    row->id);
}

static gboolean
ksmutil_rollover_on_row(const gchar *const *fields, GVariant *tuple, gpointer user_data)
{
	Ksmutil *self = user_data;
	g_autofree gchar *date = NULL;
	gboolean waits;
	KsmutilRow row;

	ksmutil_row_read_tuple(&row, fields, tuple);
	waits = ksmutil_row_waits_for_ds(&row);
	if (strcmp(row.state, "active") == 0 || waits) {
		date = ksmutil_row_dup_date(&row);
		ksmutil_say(self, "%-31s %-13s %s", row.zone, row.keytype, date);
	}
	if (waits && ksmutil_has(self, KSMUTIL_VERBOSE))
		ksmutil_rollover_print_dnskey(self, &row);
	return !ferror(self->cli->out);
}

gint
ksmutil_rollover_list(Ksmutil *self)
{
	GError *error = NULL;

	if (!ksmutil_open(self))
		return 1;
	ksmutil_say(self, "Rollovers:");
	ksmutil_say(self, "Zone:                           Keytype:      Rollover expected:");
	if (!kasper_client_foreach_key(self->cli->client,
				       ksmutil_key_list_get_filter(self, NULL, NULL),
				       ksmutil_rollover_on_row,
				       self,
				       NULL,
				       &error))
		return ksmutil_key_list_fail(self, error);
	ksmutil_say(self, "%s", "");
	return 0;
}
