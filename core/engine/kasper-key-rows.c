/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

/* reads in the engine's thread, on a connection of its own: for one zone, or one page */
gboolean
kasper_engine_each_key(KasperEngine *self,
		       const KasperKeyFilter *filter,
		       KasperKeyRowFunc func,
		       gpointer user_data,
		       GError **error)
{
	g_autoptr(KasperStoreReader) reader =
	    kasper_store_reader_open(kasper_store_get_path(self->store), error);

	return reader != NULL &&
	       kasper_store_reader_each_key(reader, filter, func, user_data, error);
}

typedef struct {
	GVariantBuilder rows;
	guint n_left;
	gsize size;
	gint64 cursor; /* of the last row, if there may be more behind it; else 0 */
} KasperKeyPage;

static gboolean
kasper_key_page_add(const KasperKeyRow *row, gpointer data)
{
	KasperKeyPage *page = data;
	g_autoptr(GVariant) tuple = kasper_key_row_to_tuple(row);

	page->size += g_variant_get_size(tuple);
	g_variant_builder_add_value(&page->rows, tuple);
	page->cursor = row->cursor;
	return --page->n_left > 0 && page->size < KASPER_PAGE_BYTES;
}

/**
 * kasper_engine_list_keys: (skip)
 * @self: an engine
 * @filter: a{sv}: `zone` s, `policy` s, `keystate` s, `keytype` s, `cka_id` s, `all` b
 * @after: 0 for the first page, then what @ret_next was
 * @limit: the most rows to give; fewer come if they are very long
 * @ret_next: (out): 0 after the last page
 * @error: return location for a #GError, or %NULL
 *
 * One page of keys, in order of zone name.
 *
 * Errors: %KASPER_ERROR_INVALID for a filter that cannot be, %KASPER_ERROR_NOT_FOUND for a zone or
 * policy that is not known, %KASPER_ERROR_TRY_AGAIN if the zone where the page before ended is gone
 *
 * Returns: (transfer floating): rows of %KASPER_KEY_ROW_TYPE, in an array
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_list_keys(KasperEngine *self,
			GVariant *filter,
			gint64 after,
			guint limit,
			gint64 *ret_next,
			GError **error)
{
	g_auto(KasperKeyQuery) query = {{NULL}};
	KasperKeyPage page = {.n_left = MAX(limit, 1)};

	if (!kasper_key_query_parse(&query, self, filter, error))
		return NULL;
	query.filter.after = after;
	query.filter.brief = TRUE;
	g_variant_builder_init(&page.rows, G_VARIANT_TYPE("a" KASPER_KEY_ROW_TYPE));
	if (!kasper_engine_each_key(self, &query.filter, kasper_key_page_add, &page, error)) {
		g_variant_builder_clear(&page.rows);
		return NULL;
	}
	*ret_next = page.n_left == 0 || page.size >= KASPER_PAGE_BYTES ? page.cursor : 0;
	return g_variant_builder_end(&page.rows);
}

/* --- one key --- */

typedef struct {
	GVariantBuilder fields;
	KasperEngine *engine;
	gboolean found;
	GError *error;
} KasperKeyDetail;

static void
kasper_key_detail_add_record_states(KasperKeyDetail *self, const KasperKey *key)
{
	static const gchar *const names[KASPER_N_RECORDS] = {"ds",
							     "dnskey",
							     "rrsigdnskey",
							     "rrsig"};
	GVariantBuilder records = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));

	for (guint i = 0; i < KASPER_N_RECORDS; i++) {
		KasperRecordState state = (KasperRecordState)key->state[i];

		g_variant_builder_open(&records, G_VARIANT_TYPE_VARDICT);
		kasper_row_add_text(&records, "record", names[i]);
		kasper_row_add_text(&records, "state", kasper_record_state_to_string(state));
		kasper_row_add_time(&records, "since", key->since[i]);
		g_variant_builder_close(&records);
	}
	kasper_row_add_value(&self->fields, "records", g_variant_builder_end(&records));
}

static gboolean
kasper_key_detail_add(const KasperKeyRow *row, gpointer data)
{
	KasperKeyDetail *self = data;
	KasperEnginePolicy *policy =
	    kasper_engine_find_policy(self->engine, row->policy, &self->error);
	g_autofree gchar *public_key = g_base64_encode(row->public_key, row->public_key_length);

	if (policy == NULL ||
	    !kasper_key_row_add_records(row, &policy->values, &self->fields, &self->error))
		return FALSE;
	self->found = TRUE;
	/* the records themselves stand under these names; "records" has their states */
	kasper_key_row_add_fields(row, "ds,dnskey", &self->fields);
	kasper_key_detail_add_record_states(self, &row->key);
	kasper_row_add_time(&self->fields, "created", row->key.created);
	kasper_row_add_time(&self->fields, "published", row->key.published);
	kasper_row_add_time(&self->fields, "ready", row->key.ready);
	kasper_row_add_time(&self->fields, "dead", row->key.dead);
	kasper_row_add_text(&self->fields, "public_key", public_key);
	return FALSE;
}

/**
 * kasper_engine_show_key: (skip)
 * @self: an engine
 * @zone: the zone's name
 * @id: the key's CKA_ID in hex
 * @error: return location for a #GError, or %NULL
 *
 * All that is known of one key, dead or not.
 *
 * Returns: (transfer floating): a{sv}; %NULL with %KASPER_ERROR_NOT_FOUND if there is no such zone,
 * or it has no such key
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_show_key(KasperEngine *self, const gchar *zone, const gchar *id, GError **error)
{
	g_auto(KasperKeyQuery) query = {{NULL}};
	KasperKeyDetail detail = {.engine = self};

	if (!kasper_key_query_set_zone(&query, self, zone, error))
		return NULL;
	query.filter.id = id;
	query.filter.dead = TRUE;
	g_variant_builder_init(&detail.fields, G_VARIANT_TYPE_VARDICT);
	if (kasper_engine_each_key(self, &query.filter, kasper_key_detail_add, &detail, error)) {
		if (detail.found)
			return g_variant_builder_end(&detail.fields);
		if (detail.error != NULL)
			g_propagate_prefixed_error(error, detail.error, "zone %s: ", query.zone);
		else
			g_set_error(error,
				    KASPER_ERROR,
				    KASPER_ERROR_NOT_FOUND,
				    "zone %s has no key %s: `kasper key list --zone %s --all` "
				    "shows those that it has",
				    query.zone,
				    id,
				    query.zone);
	}
	g_variant_builder_clear(&detail.fields);
	return NULL;
}
