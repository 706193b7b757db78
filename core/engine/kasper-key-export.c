/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

#include <string.h>

#include "kasper-dnskey.h"

/* digest types fit into the bits of KasperPolicy.digests */
#define DIGEST_TYPES 8
/* keys that are looked at for one page, so that a search for the few among very many does not hold
 * the engine up; a page may then be empty */
#define KEYS_A_PAGE 20000

static GVariant *
kasper_key_export_list_ds(const KasperKeyRow *row,
			  const KasperPolicy *policy,
			  GBytes *public_key,
			  GError **error)
{
	g_auto(GVariantBuilder) lines = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_STRING_ARRAY);

	for (guint digest = 1; digest < DIGEST_TYPES; digest++) {
		g_autofree gchar *line = NULL;

		if ((policy->digests & (1u << digest)) == 0)
			continue;
		line = kasper_dnskey_to_ds(row->zone,
					   policy->ds_ttl,
					   row->key.flags,
					   row->key.algorithm,
					   public_key,
					   (KasperDigest)digest,
					   error);
		if (line == NULL)
			return NULL;
		g_variant_builder_add(&lines, "s", line);
	}
	return g_variant_builder_end(&lines);
}

/* as they are to stand in the zone and at its parent; a key without a role at the parent has no DS
 */
gboolean
kasper_key_row_add_records(const KasperKeyRow *row,
			   const KasperPolicy *policy,
			   GVariantBuilder *fields,
			   GError **error)
{
	g_autoptr(GBytes) public_key = g_bytes_new(row->public_key, row->public_key_length);
	g_autofree gchar *dnskey = kasper_dnskey_to_text(row->zone,
							 policy->dnskey_ttl,
							 row->key.flags,
							 row->key.algorithm,
							 public_key);
	GVariant *ds;

	if ((row->key.roles & (guint)KASPER_ROLE_KEY) != 0)
		ds = kasper_key_export_list_ds(row, policy, public_key, error);
	else
		ds = g_variant_new_strv(NULL, 0);
	if (ds == NULL)
		return FALSE;
	kasper_row_add_text(fields, "dnskey", dnskey);
	kasper_row_add_value(fields, "ds", ds);
	return TRUE;
}

typedef struct {
	KasperEngine *engine;
	GVariantBuilder rows;
	guint roles;	  /* KasperRole, ored: one of them is enough */
	gboolean anchors; /* no state was asked for: ready or higher */
	guint n_left;
	guint n_seen;
	gsize size;
	gint64 cursor; /* of the last key that was looked at */
	GError *error;
} KasperKeyExport;

static gboolean
kasper_key_export_is_full(const KasperKeyExport *self)
{
	return self->n_left == 0 || self->size >= KASPER_PAGE_BYTES || self->n_seen >= KEYS_A_PAGE;
}

/* what OpenDNSSEC 1.4 exports without a state: "in READY state or higher" */
static gboolean
kasper_key_export_is_anchor(const gchar *state)
{
	static const gchar *const states[] =
	    {"ready", "active", "dssub", "dspublish", "dsready", "keypublish", NULL};

	return g_strv_contains(states, state);
}

static gboolean
kasper_key_export_add(const KasperKeyRow *row, gpointer data)
{
	KasperKeyExport *self = data;
	g_auto(GVariantBuilder) fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
	KasperEnginePolicy *policy;
	GVariant *value;

	self->cursor = row->cursor;
	self->n_seen++;
	if ((row->key.roles & self->roles) == 0 ||
	    (self->anchors && !kasper_key_export_is_anchor(row->state)))
		return !kasper_key_export_is_full(self);
	policy = kasper_engine_find_policy(self->engine, row->policy, &self->error);
	if (policy == NULL ||
	    !kasper_key_row_add_records(row, &policy->values, &fields, &self->error)) {
		g_prefix_error(&self->error, "zone %s: ", row->zone);
		return FALSE;
	}
	kasper_row_add_text(&fields, "zone", row->zone);
	kasper_row_add_text(&fields, "keytype", kasper_role_to_string(row->key.roles));
	kasper_row_add_text(&fields, "state", row->state);
	kasper_row_add_count(&fields, "keytag", row->key.tag);
	kasper_row_add_count(&fields, "algorithm", row->key.algorithm);
	kasper_row_add_count(&fields, "bits", row->key.bits);
	kasper_row_add_text(&fields, "cka_id", row->id);
	value = g_variant_builder_end(&fields);
	self->size += g_variant_get_size(value);
	g_variant_builder_add_value(&self->rows, value);
	self->n_left--;
	return !kasper_key_export_is_full(self);
}

static gboolean
kasper_key_export_parse(KasperKeyExport *self,
			KasperKeyQuery *query,
			const gchar *zone,
			const gchar *keystate,
			const gchar *keytype,
			GError **error)
{
	self->anchors = keystate == NULL;
	self->roles = KASPER_ROLE_KEY;
	if ((zone != NULL && !kasper_key_query_set_zone(query, self->engine, zone, error)) ||
	    (keystate != NULL && !kasper_key_query_set_state(query, keystate, error)) ||
	    (keytype != NULL && !kasper_key_query_set_type(query, keytype, error)))
		return FALSE;
	/* a CSK is what its zone has for a KSK */
	if (query->filter.roles == KASPER_ROLE_KSK)
		query->filter.roles = 0;
	if (query->filter.roles != 0)
		self->roles = query->filter.roles;
	return TRUE;
}

/**
 * kasper_engine_export_keys: (skip)
 * @self: an engine
 * @zone: (nullable): a zone's name; %NULL: all zones
 * @keystate: (nullable): keys in this state only; %NULL: those that can be trust anchors, ready or
 *   active, as OpenDNSSEC 1.4 exports them
 * @keytype: (nullable): `KSK`, `ZSK` or `CSK`; %NULL or `KSK`: KSKs and CSKs
 * @after: 0 for the first page, then what @ret_next was
 * @limit: the most rows to give; fewer may come, or none
 * @ret_next: (out): 0 after the last page
 * @error: return location for a #GError, or %NULL
 *
 * One page of public keys as DNSKEY and DS records, with the TTLs of the zones' policies.
 *
 * Returns: (transfer floating): rows, aa{sv}; %NULL with %KASPER_ERROR_NOT_FOUND or
 * %KASPER_ERROR_INVALID if there is no such zone, state or type
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_export_keys(KasperEngine *self,
			  const gchar *zone,
			  const gchar *keystate,
			  const gchar *keytype,
			  gint64 after,
			  guint limit,
			  gint64 *ret_next,
			  GError **error)
{
	g_auto(KasperKeyQuery) query = {{NULL}};
	KasperKeyExport export = {.engine = self, .n_left = MAX(limit, 1)};

	if (!kasper_key_export_parse(&export, &query, zone, keystate, keytype, error))
		return NULL;
	query.filter.after = after;
	g_variant_builder_init(&export.rows, G_VARIANT_TYPE("aa{sv}"));
	if (!kasper_engine_each_key(self, &query.filter, kasper_key_export_add, &export, error) ||
	    export.error != NULL) {
		g_variant_builder_clear(&export.rows);
		if (export.error != NULL)
			g_propagate_error(error, export.error);
		return NULL;
	}
	*ret_next = kasper_key_export_is_full(&export) ? export.cursor : 0;
	return g_variant_builder_end(&export.rows);
}
