/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-dnskey.h"
#include "kasper-key-import-private.h"

/* a key that the world shows already, among those of its zone */

static guint
kasper_import_get_records(const KasperImport *self)
{
	guint records = KASPER_RECORD_DNSKEY;

	if (self->roles & (guint)KASPER_ROLE_KEY)
		records |= (guint)KASPER_RECORD_RSK;
	if (self->state != KASPER_IMPORT_ACTIVE)
		return records;
	if (self->roles & (guint)KASPER_ROLE_KEY)
		records |= (guint)KASPER_RECORD_DS;
	if (self->roles & (guint)KASPER_ROLE_ZONE)
		records |= (guint)KASPER_RECORD_RSZ;
	return records;
}

static KasperKey
kasper_import_make_key(const KasperImport *self)
{
	KasperKey key = {
	    .number = self->pair,
	    .store = self->repository->number,
	    .algorithm = (guint8)self->algorithm,
	    .bits = (guint16)self->bits,
	    .roles = (guint8)self->roles,
	    .flags = KASPER_DNSKEY_ZONE,
	    .origin = KASPER_ORIGIN_IMPORTED,
	    .backup = (guint8)self->backup,
	    .created = self->since,
	};

	if (self->roles & (guint)KASPER_ROLE_KEY)
		key.flags |= KASPER_DNSKEY_SEP;
	key.tag = kasper_dnskey_get_tag(key.flags, key.algorithm, self->public_key);
	return key;
}

static gboolean
kasper_import_check_tag(const KasperSnapshot *snapshot, const KasperKey *key, GError **error)
{
	for (guint i = 0; i < snapshot->n_keys; i++) {
		if (snapshot->keys[i].number == 0 || snapshot->keys[i].tag != key->tag)
			continue;
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNSAFE,
			    "it has a key with tag %u already, and signatures of the two could not "
			    "be told apart",
			    key->tag);
		return FALSE;
	}
	return TRUE;
}

static void
kasper_import_set_dates(const KasperImport *self, KasperKey *key)
{
	key->published = self->since;
	if (self->state >= KASPER_IMPORT_READY)
		key->ready = self->since;
	if (self->state >= KASPER_IMPORT_ACTIVE)
		key->active = self->since;
	if (self->state == KASPER_IMPORT_RETIRE)
		key->retired = self->since;
}

/* what the world shows of the zone, with this key; nobody knows what it showed before */
gboolean
kasper_import_take(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	const KasperImport *self = data;
	const KasperKey key = kasper_import_make_key(self);
	KasperKey *place;
	gint slot;

	if (!kasper_import_check_tag(snapshot, &key, error))
		return FALSE;
	slot = kasper_snapshot_add_key(snapshot, &key);
	if (slot < 0) {
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_NOT_SUPPORTED,
				    "it has too many keys");
		return FALSE;
	}
	place = &snapshot->keys[slot];
	place->records = (guint8)kasper_import_get_records(self);
	place->goal = self->state == KASPER_IMPORT_RETIRE ? KASPER_GOAL_OUT : KASPER_GOAL_IN;
	kasper_import_set_dates(self, place);
	kasper_snapshot_adopt_records(snapshot);
	snapshot->holds &= ~(guint32)KASPER_HOLD_SIGNED;
	snapshot->holds |= (guint32)KASPER_HOLD_MANUAL;
	return TRUE;
}
