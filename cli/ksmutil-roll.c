/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "kasper-error.h"
#include "ksmutil-row.h"

static gint
ksmutil_rollover_fail(Ksmutil *self, GError *error)
{
	const gchar *zone = ksmutil_get(self, KSMUTIL_ZONE);
	g_autoptr(GError) owned = error;

	if (!g_error_matches(owned, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
		return ksmutil_fail(self, g_steal_pointer(&owned));
	if (zone != NULL)
		ksmutil_say(self, "Error, can't find zone : %s", zone);
	else
		ksmutil_say(self,
			    "Error, can't find policy : %s",
			    ksmutil_get(self, KSMUTIL_POLICY));
	return 1;
}

/* "ksk", "zsk" or "all"; NULL: the user knows what is wrong */
static const gchar *
ksmutil_rollover_get_type(Ksmutil *self)
{
	const gchar *type = ksmutil_get(self, KSMUTIL_KEYTYPE);

	if (type == NULL && ksmutil_has(self, KSMUTIL_ALL))
		return "all";
	if (type == NULL) {
		ksmutil_misuse(
		    self,
		    KSMUTIL_MISUSE,
		    "Please specify either a keytype, KSK or ZSK, with the --keytype <type> "
		    "option or use the --all option");
		return NULL;
	}
	type = ksmutil_parse_keytype(type);
	if (type == NULL)
		ksmutil_refuse_keytype(self);
	else
		type = strcmp(type, "KSK") == 0 ? "ksk" : "zsk";
	return type;
}

/* what the zone's key does to others is asked about only if it has others */
static gboolean
ksmutil_zone_shares_keys(Ksmutil *self, const gchar *zone)
{
	KasperClient *client = self->cli->client;
	g_autoptr(GVariant) row = kasper_client_show_zone(client, zone, NULL, NULL);
	g_autoptr(GVariant) policy = NULL;
	const gchar *name;
	gboolean shares = FALSE;

	if (row != NULL && g_variant_lookup(row, "policy", "&s", &name))
		policy = kasper_client_show_policy(client, name, NULL, NULL);
	return policy != NULL && g_variant_lookup(policy, "share_keys", "b", &shares) && shares;
}

static gboolean
ksmutil_rollover_confirm(Ksmutil *self, const gchar *zone)
{
	if (zone == NULL)
		return ksmutil_ask(
		    self,
		    "*WARNING* This will roll all keys on the policy; are you sure? [y/N] ");
	return !ksmutil_zone_shares_keys(self, zone) ||
	       ksmutil_ask(
		   self,
		   "*WARNING* This zone shares keys with others, all instances of the active "
		   "key on this zone will be retired; are you sure? [y/N] ");
}

gint
ksmutil_key_rollover(Ksmutil *self)
{
	GError *error = NULL;
	const gchar *zone = ksmutil_get(self, KSMUTIL_ZONE);
	const gchar *policy = ksmutil_get(self, KSMUTIL_POLICY);
	const gchar *type = ksmutil_rollover_get_type(self);
	gint64 n_zones;

	if (type == NULL)
		return KSMUTIL_MISUSE;
	if ((zone != NULL) == (policy != NULL))
		return ksmutil_misuse(self,
				      KSMUTIL_MISUSE,
				      "Please provide either a zone OR a policy to rollover");
	if (!ksmutil_open(self))
		return 1;
	if (!ksmutil_rollover_confirm(self, zone))
		return 0;
	n_zones = kasper_client_key_rollover(self->cli->client, zone, policy, type, NULL, &error);
	if (n_zones < 0)
		return ksmutil_rollover_fail(self, error);
	if (n_zones == 0 && policy != NULL) {
		ksmutil_say(self, "No zones on policy; nothing to roll");
		return 0;
	}
	ksmutil_say(self,
		    "%sManual key rollover for key type %s on %s %s initiated",
		    zone != NULL ? "\n" : "",
		    type,
		    zone != NULL ? "zone" : "policy",
		    zone != NULL ? zone : policy);
	ksmutil_print_notified(self);
	return 0;
}

/* --- keys that are named by id or tag --- */

typedef struct {
	GVariant *rows;	 /* all keys of the zone */
	GVariant *found; /* the one that was meant, or NULL */
	guint n_found;
	gint64 tag; /* -1: not given */
} KsmutilKeys;

static void
ksmutil_keys_clear(KsmutilKeys *self)
{
	g_clear_pointer(&self->rows, g_variant_unref);
	g_clear_pointer(&self->found, g_variant_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KsmutilKeys, ksmutil_keys_clear)

/* says which keys match, as 1.4 does; @states: in which a key can be meant */
static void
ksmutil_keys_find(KsmutilKeys *self, Ksmutil *program, const gchar *const *states)
{
	const gchar *id = ksmutil_get(program, KSMUTIL_CKA_ID);

	for (gsize i = 0; i < g_variant_n_children(self->rows); i++) {
		g_autoptr(GVariant) fields = g_variant_get_child_value(self->rows, i);
		KsmutilRow row;

		ksmutil_row_read(&row, fields);
		if (!ksmutil_row_is_ksk(&row))
			continue;
		if (!g_strv_contains(states, row.state))
			continue;
		/* the id wins if both are given */
		if (id != NULL ? g_ascii_strcasecmp(row.id, id) != 0 : row.tag != self->tag)
			continue;
		ksmutil_say(program, "Found key with CKA_ID %s", row.id);
		self->n_found++;
		g_clear_pointer(&self->found, g_variant_unref);
		self->found = g_steal_pointer(&fields);
	}
}

/* 0, or the exit status */
static gint
ksmutil_keys_load(KsmutilKeys *self, Ksmutil *program)
{
	const gchar *tag = ksmutil_get(program, KSMUTIL_KEYTAG);
	g_autoptr(GError) error = NULL;

	self->tag = -1;
	if (tag != NULL && !g_ascii_string_to_signed(tag, 10, 0, 65535, &self->tag, NULL)) {
		ksmutil_say(program, "Error: keytag \"%s\"; should be numeric only", tag);
		return 1;
	}
	if (!ksmutil_open(program))
		return 1;
	self->rows = ksmutil_list_keys(program, &error);
	if (self->rows != NULL)
		return 0;
	if (!g_error_matches(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
		return ksmutil_fail(program, g_steal_pointer(&error));
	ksmutil_say(program,
		    "Error: unable to find a zone named \"%s\" in database",
		    ksmutil_get(program, KSMUTIL_ZONE));
	return KSMUTIL_MISUSE;
}

static gint
ksmutil_keys_refuse(Ksmutil *program, const KsmutilKeys *keys, const gchar *state)
{
	if (keys->n_found > 1)
		ksmutil_say(program,
			    "More than one key matched your parameters, please include more "
			    "information from the above keys");
	else
		ksmutil_say(program,
			    "No keys in the %s state matched your parameters, please check the "
			    "parameters",
			    state);
	return KSMUTIL_MISUSE;
}

static void
ksmutil_ds_seen_print_notified(Ksmutil *self)
{
	if (ksmutil_has(self, KSMUTIL_NO_NOTIFY)) {
		ksmutil_say(self,
			    "No HUP ods-enforcerd was performed as the '--no-notify' flag was "
			    "specified.");
		return;
	}
	ksmutil_print_notified(self);
	ksmutil_say(self, "Performed a HUP ods-enforcerd");
}

static gint
ksmutil_ds_seen_tell(Ksmutil *self, const KsmutilKeys *keys)
{
	GError *error = NULL;
	g_autoptr(GVariant) result = NULL;
	const gchar *text = "";
	KsmutilRow row;

	ksmutil_row_read(&row, keys->found);
	if (strcmp(row.state, "active") == 0) {
		ksmutil_say(self, "Key is already active");
		return KSMUTIL_MISUSE;
	}
	result = kasper_client_key_ds_seen(self->cli->client,
					   row.zone,
					   row.id,
					   -1,
					   ksmutil_has(self, KSMUTIL_NO_RETIRE),
					   NULL,
					   &error);
	if (result == NULL) {
		ksmutil_fail(self, error);
		return KSMUTIL_MISUSE;
	}
	/* the daemon says in 1.4's words what became of this key and of the old one */
	g_variant_lookup(result, "text", "&s", &text);
	ksmutil_say(self, "%s", text);
	ksmutil_ds_seen_print_notified(self);
	return 0;
}

gint
ksmutil_key_ds_seen(Ksmutil *self)
{
	static const gchar *const states[] = {"ready", "active", "retire", NULL};
	g_auto(KsmutilKeys) keys = {NULL};
	gint status;

	if (!ksmutil_has(self, KSMUTIL_CKA_ID) && !ksmutil_has(self, KSMUTIL_KEYTAG))
		return ksmutil_misuse(
		    self,
		    KSMUTIL_MISUSE,
		    "Please provide a keytag or a CKA_ID for the key (CKA_ID will be "
		    "used if both are provided");
	if (!ksmutil_has(self, KSMUTIL_ZONE))
		return ksmutil_misuse(self,
				      KSMUTIL_MISUSE,
				      "Please specify a zone using the --zone flag");
	status = ksmutil_keys_load(&keys, self);
	if (status != 0)
		return status;
	ksmutil_keys_find(&keys, self, states);
	if (keys.n_found != 1)
		return ksmutil_keys_refuse(self, &keys, "READY");
	return ksmutil_ds_seen_tell(self, &keys);
}

static gint
ksmutil_ksk_retire_fail(Ksmutil *self, GError *error)
{
	g_autoptr(GError) owned = error;

	if (!g_error_matches(owned, KASPER_ERROR, KASPER_ERROR_UNSAFE)) {
		ksmutil_fail(self, g_steal_pointer(&owned));
		return KSMUTIL_MISUSE;
	}
	ksmutil_say(
	    self,
	    "Error: completing this action would leave no active keys on zone, quitting...");
	return KSMUTIL_MISUSE;
}

/* the key that was named, or the oldest active one */
static gint
ksmutil_ksk_retire_tell(Ksmutil *self, const KsmutilKeys *keys)
{
	GError *error = NULL;
	g_autoptr(GVariant) result = NULL;
	KsmutilRow row = {.zone = ksmutil_get(self, KSMUTIL_ZONE)};

	if (keys->found != NULL)
		ksmutil_row_read(&row, keys->found);
	result =
	    kasper_client_key_ksk_retire(self->cli->client, row.zone, row.id, -1, NULL, &error);
	if (result == NULL)
		return ksmutil_ksk_retire_fail(self, error);
	if (keys->found != NULL)
		ksmutil_say(self, "Key %s retired", row.id);
	else
		ksmutil_say(self, "Old key retired");
	return 0;
}

gint
ksmutil_key_ksk_retire(Ksmutil *self)
{
	static const gchar *const states[] = {"active", NULL};
	gboolean is_named = ksmutil_has(self, KSMUTIL_CKA_ID) || ksmutil_has(self, KSMUTIL_KEYTAG);
	g_auto(KsmutilKeys) keys = {NULL};
	gint status;

	if (!is_named && !ksmutil_has(self, KSMUTIL_ZONE))
		return ksmutil_misuse(self,
				      KSMUTIL_MISUSE,
				      "Please provide a zone or details of the key to roll");
	status = ksmutil_keys_load(&keys, self);
	if (status != 0)
		return status;
	if (!ksmutil_ask(
		self,
		"*WARNING* This will retire the currently active KSK; are you sure? [y/N] "))
		return 0;
	if (!is_named)
		return ksmutil_ksk_retire_tell(self, &keys);
	ksmutil_keys_find(&keys, self, states);
	if (keys.n_found != 1)
		return ksmutil_keys_refuse(self, &keys, "ACTIVE");
	return ksmutil_ksk_retire_tell(self, &keys);
}

gint
ksmutil_key_ksk_revoke(Ksmutil *self)
{
	cli_complain(
	    self->cli,
	    "key ksk-revoke: keys that are managed after RFC 5011 are not revoked by hand; "
	    "ods-ksmutil key rollover replaces a key");
	return 1;
}
