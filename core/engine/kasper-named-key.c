/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-named-key-private.h"

#include "kasper-zone-name.h"

/* the key of a zone that a person means */

gboolean
kasper_engine_find_zone(KasperEngine *self,
			const gchar *zone,
			KasperZoneRow *ret_row,
			GError **error)
{
	g_autofree gchar *name = kasper_zone_name_parse(zone, error);

	return name != NULL && kasper_store_find_zone(self->store, name, ret_row, error);
}

void
kasper_named_key_clear(KasperNamedKey *self)
{
	g_free(self->id);
	*self = (KasperNamedKey){0};
}

static gint
kasper_named_key_find_by_tag(const KasperSnapshot *snapshot, gint tag, guint *ret_found)
{
	gint found = -1;

	*ret_found = 0;
	for (guint i = 0; i < snapshot->n_keys; i++) {
		const KasperKey *key = &snapshot->keys[i];

		if (key->number == 0 || key->tag != tag || key->dead != KASPER_TIME_UNSET ||
		    (key->roles & (guint)KASPER_ROLE_KEY) == 0)
			continue;
		found = (gint)i;
		(*ret_found)++;
	}
	return found;
}

static gint
kasper_named_key_find_by_id(KasperEngine *self,
			    const KasperSnapshot *snapshot,
			    const gchar *id,
			    GError **error)
{
	g_auto(KasperPairRow) pair = {0};

	if (!kasper_store_find_pair(self->store, id, &pair, error))
		return -1;
	return kasper_snapshot_find_key(snapshot, pair.number);
}

static gint
kasper_named_key_find_slot(KasperEngine *self,
			   const KasperSnapshot *snapshot,
			   const KasperZoneRow *row,
			   const gchar *id,
			   gint tag,
			   GError **error)
{
	GError *error_local = NULL;
	guint n_found = 0;
	gint slot;

	if (id != NULL)
		slot = kasper_named_key_find_by_id(self, snapshot, id, &error_local);
	else
		slot = kasper_named_key_find_by_tag(snapshot, tag, &n_found);
	if (error_local != NULL) {
		g_propagate_error(error, error_local);
		return -1;
	}
	if (n_found > 1) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "More than one key of zone %s has the tag %d: name one by its CKA_ID",
			    row->name,
			    tag);
		return -1;
	}
	if (slot < 0 && id != NULL)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "zone %s has no key %s: 'kasper key list --zone %s' shows those that "
			    "it has",
			    row->name,
			    id,
			    row->name);
	else if (slot < 0)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "zone %s has no KSK with tag %d: 'kasper key list --zone %s' shows "
			    "those that it has",
			    row->name,
			    tag,
			    row->name);
	return slot;
}

gboolean
kasper_named_key_fill(KasperEngine *self,
		      const KasperSnapshot *snapshot,
		      guint slot,
		      KasperNamedKey *ret_key,
		      GError **error)
{
	g_auto(KasperPairRow) pair = {0};

	if (ret_key->number == snapshot->keys[slot].number)
		return TRUE;
	ret_key->number = snapshot->keys[slot].number;
	ret_key->tag = snapshot->keys[slot].tag;
	if (!kasper_store_get_pair(self->store, ret_key->number, &pair, error))
		return FALSE;
	g_free(ret_key->id);
	ret_key->id = g_steal_pointer(&pair.id);
	return TRUE;
}

gboolean
kasper_named_key_find(KasperEngine *self,
		      const gchar *zone,
		      const gchar *id,
		      gint tag,
		      gboolean open,
		      KasperZoneRow *ret_row,
		      KasperNamedKey *ret_key,
		      GError **error)
{
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) row = {0};
	gint slot;

	if (!kasper_engine_find_zone(self, zone, ret_row, error))
		return FALSE;
	if (id == NULL && tag < 0) {
		if (!open)
			g_set_error_literal(error,
					    KASPER_ERROR,
					    KASPER_ERROR_INVALID,
					    "name the key by its CKA_ID or by its key tag");
		return open;
	}
	if (!kasper_engine_load(self, ret_row->number, &snapshot, &row, error))
		return FALSE;
	slot = kasper_named_key_find_slot(self, &snapshot, ret_row, id, tag, error);
	return slot >= 0 && kasper_named_key_fill(self, &snapshot, (guint)slot, ret_key, error);
}

GVariant *
kasper_named_key_make_result(const KasperNamedKey *key, const gchar *text)
{
	GVariantDict dict;

	g_variant_dict_init(&dict, NULL);
	g_variant_dict_insert(&dict, "cka_id", "s", key->id);
	g_variant_dict_insert(&dict, "keytag", "u", key->tag);
	g_variant_dict_insert(&dict, "text", "s", text);
	return g_variant_dict_end(&dict);
}
