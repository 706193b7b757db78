/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-named-key-private.h"

/* ds-submit: a person has handed the DS set over, in the place of the channel or of nobody */

static gboolean
kasper_ds_submit_copy_intent(const KasperIntentRow *row, gpointer data)
{
	KasperIntentRow *intent = data;

	if (row->kind != KASPER_INTENT_DS)
		return TRUE;
	intent->number = row->number;
	intent->kind = row->kind;
	intent->zone = row->zone;
	intent->sequence = row->sequence;
	return FALSE;
}

/* is there anything to hand over, and does it have this key's DS? */
static gboolean
kasper_ds_submit_check(const KasperSnapshot *snapshot, const KasperNamedKey *key, GError **error)
{
	gint slot = kasper_snapshot_find_key(snapshot, key->number);
	gboolean wanted = (snapshot->keys[slot].records & (guint)KASPER_RECORD_DS) != 0;

	if (snapshot->submission == 0 || !wanted) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNSAFE,
			    "the DS of key %s is not due at the parent: wait until 'kasper key "
			    "list' shows that it is",
			    key->id);
		return FALSE;
	}
	if (snapshot->submitted_at != KASPER_TIME_UNSET) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_EXISTS,
			    "the DS of key %s has been handed over already: when it is seen at the "
			    "parent, say so with 'kasper key ds-seen'",
			    key->id);
		return FALSE;
	}
	return TRUE;
}

static gboolean
kasper_ds_submit_record(KasperEngine *self,
			const KasperZoneRow *row,
			const KasperSnapshot *snapshot,
			const gchar *actor,
			GError **error)
{
	KasperIntentRow intent = {.zone = row->number, .sequence = snapshot->submission};
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	return transaction != NULL &&
	       kasper_store_each_zone_intent(self->store,
					     row->number,
					     kasper_ds_submit_copy_intent,
					     &intent,
					     error) &&
	       kasper_engine_accept_submission(self, &intent, actor, error) &&
	       kasper_engine_commit(self, transaction, error);
}

/**
 * kasper_engine_key_ds_submit: (skip)
 * @self: an engine
 * @zone: a zone's name
 * @id: (nullable): the key's CKA_ID
 * @tag: or else its key tag
 * @actor: who says so
 * @error: return location for a #GError, or %NULL
 *
 * A person has handed the zone's DS set, which has this key's DS, to the parent.
 *
 * Returns: (transfer floating): a{sv} of cka_id, keytag, text; %NULL on error, with
 * %KASPER_ERROR_UNSAFE if the DS is not due, %KASPER_ERROR_EXISTS if it was handed over
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_key_ds_submit(KasperEngine *self,
			    const gchar *zone,
			    const gchar *id,
			    gint tag,
			    const gchar *actor,
			    GError **error)
{
	g_auto(KasperZoneRow) row = {0};
	g_auto(KasperZoneRow) loaded = {0};
	g_auto(KasperNamedKey) key = {0};
	KasperSnapshot snapshot;
	g_autofree gchar *text = NULL;

	if (!kasper_named_key_find(self, zone, id, tag, FALSE, &row, &key, error) ||
	    !kasper_engine_load(self, row.number, &snapshot, &loaded, error))
		return NULL;
	if (!kasper_ds_submit_check(&snapshot, &key, error) ||
	    !kasper_ds_submit_record(self, &row, &snapshot, actor, error)) {
		g_prefix_error(error, "zone %s: ", row.name);
		return NULL;
	}
	kasper_engine_kick(self);
	text = g_strdup_printf("Key %s: its DS was handed to the parent", key.id);
	return kasper_named_key_make_result(&key, text);
}
