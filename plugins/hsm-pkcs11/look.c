/* SPDX-License-Identifier: BSD-2-Clause */
#include "public-key.h"
#include "store.h"

/* An empty search proves nothing while the token is away: some modules answer it from memory. */
static CK_RV
hsm_target_set_missing(HsmTarget *target, const HsmSession *session)
{
	CK_TOKEN_INFO info;
	CK_RV rv = session->functions->C_GetTokenInfo(session->slot, &info);

	if (rv != CKR_OK || (info.flags & CKF_TOKEN_INITIALIZED) == 0)
		return CKR_TOKEN_NOT_PRESENT;
	/* a key that was there a moment ago and is not any more is looked for by a module that
	 * begins afresh before anybody is told that it is gone */
	if (target->was_known && !target->was_asked) {
		target->was_asked = TRUE;
		return CKR_DEVICE_REMOVED;
	}
	g_set_error(&target->refusal,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_FOUND,
		    "the token has no key %s",
		    target->id);
	return CKR_OK;
}

CK_RV
hsm_target_resolve(HsmTarget *target, const HsmSession *session, HsmEntry *ret_entry)
{
	HsmIndex *index = target->store->index;
	CK_RV rv = hsm_index_load(index, session);

	g_clear_error(&target->refusal);
	if (rv != CKR_OK)
		return rv;
	*ret_entry = hsm_index_get(index, target->id);
	if (session->attempt == 0)
		target->was_known = ret_entry->n_private > 0;
	if (session->attempt > 0 || ret_entry->n_private == 0) {
		rv = hsm_index_search(index, session, target->id, ret_entry);
		if (rv != CKR_OK)
			return rv;
	}
	if (ret_entry->n_private == 0)
		return hsm_target_set_missing(target, session);
	if (ret_entry->n_private > 1 || ret_entry->n_public > 1)
		g_set_error(
		    &target->refusal,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "key %s is ambiguous: the token has %u private and %u public keys with that "
		    "id; remove what does not belong there",
		    target->id,
		    ret_entry->n_private,
		    ret_entry->n_public);
	return CKR_OK;
}

typedef struct {
	HsmTarget target;
	KasperKeyInfo *info;
} HsmLook;

/* what the public key says or, where it is not kept, as much as the private one tells */
static CK_RV
hsm_look_read(const HsmSession *session,
	      const gchar *id,
	      const HsmEntry *entry,
	      KasperKeyInfo **ret_info)
{
	const HsmAlgorithm *algorithm = NULL;
	g_autoptr(GBytes) octets = NULL;
	guint bits;
	CK_RV rv =
	    hsm_public_key_read(session,
				entry->n_public == 1 ? entry->public_key : entry->private_key,
				&algorithm,
				&octets);

	*ret_info = NULL;
	if (rv != CKR_OK || algorithm == NULL)
		return rv;
	bits = octets != NULL ? kasper_algorithm_count_bits(algorithm->number, octets)
			      : kasper_algorithm_get_bits(algorithm->number, 0);
	*ret_info = kasper_key_info_new(id, algorithm->number, bits, octets);
	return CKR_OK;
}

static CK_RV
hsm_look_run(const HsmSession *session, gpointer data)
{
	HsmLook *look = data;
	HsmEntry entry;
	CK_RV rv = hsm_target_resolve(&look->target, session, &entry);

	if (rv != CKR_OK || look->target.refusal != NULL)
		return rv;
	rv = hsm_look_read(session, look->target.id, &entry, &look->info);
	if (rv == CKR_OK && look->info == NULL)
		g_set_error(&look->target.refusal,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "key %s is of a kind that DNSSEC has no use for",
			    look->target.id);
	return rv;
}

KasperKeyInfo *
hsm_store_look_up(HsmStore *self, const gchar *id, GCancellable *cancellable, GError **error)
{
	HsmLook look = {.target = {.store = self, .id = id}};
	g_autofree gchar *what = g_strdup_printf("look up key %s", id);
	g_autoptr(GBytes) octets = hsm_parse_id(id, error);

	if (octets == NULL)
		return NULL;
	if (!hsm_token_call(self->token, what, hsm_look_run, &look, cancellable, error)) {
		g_clear_error(&look.target.refusal);
		return NULL;
	}
	if (look.target.refusal != NULL)
		g_propagate_error(error, look.target.refusal);
	return look.info;
}

typedef struct {
	GListStore *keys;
} HsmList;

/* id -> handle of the public key; an id that two of them have is left out, and so reads as hidden
 */
static CK_RV
hsm_list_public_keys(const HsmSession *session, GHashTable *ret_handles)
{
	g_autoptr(GArray) handles = g_array_new(FALSE, FALSE, sizeof(CK_OBJECT_HANDLE));
	CK_RV rv = hsm_find_objects(session, CKO_PUBLIC_KEY, NULL, handles);

	for (guint i = 0; i < handles->len && rv == CKR_OK; i++) {
		CK_OBJECT_HANDLE *object = &g_array_index(handles, CK_OBJECT_HANDLE, i);
		gchar *id = NULL;

		rv = hsm_read_id(session, *object, &id);
		if (id != NULL && g_hash_table_contains(ret_handles, id))
			g_hash_table_insert(ret_handles, id, NULL);
		else if (id != NULL)
			g_hash_table_insert(ret_handles, id, g_memdup2(object, sizeof *object));
	}
	return rv;
}

static CK_RV
hsm_list_run(const HsmSession *session, gpointer data)
{
	HsmList *list = data;
	g_autoptr(GArray) handles = g_array_new(FALSE, FALSE, sizeof(CK_OBJECT_HANDLE));
	g_autoptr(GHashTable) public_keys =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	CK_RV rv = hsm_list_public_keys(session, public_keys);

	g_list_store_remove_all(list->keys);
	if (rv == CKR_OK)
		rv = hsm_find_objects(session, CKO_PRIVATE_KEY, NULL, handles);
	for (guint i = 0; i < handles->len && rv == CKR_OK; i++) {
		HsmEntry entry = {g_array_index(handles, CK_OBJECT_HANDLE, i), 0, 1, 0};
		g_autoptr(KasperKeyInfo) info = NULL;
		g_autofree gchar *id = NULL;
		const CK_OBJECT_HANDLE *public_key;

		rv = hsm_read_id(session, entry.private_key, &id);
		if (rv != CKR_OK || id == NULL)
			continue;
		public_key = g_hash_table_lookup(public_keys, id);
		if (public_key != NULL) {
			entry.public_key = *public_key;
			entry.n_public = 1;
		}
		rv = hsm_look_read(session, id, &entry, &info);
		if (info != NULL)
			g_list_store_append(list->keys, info);
	}
	return rv;
}

GListModel *
hsm_store_list(HsmStore *self, GCancellable *cancellable, GError **error)
{
	HsmList list = {g_list_store_new(KASPER_TYPE_KEY_INFO)};

	if (!hsm_token_call(self->token, "list keys", hsm_list_run, &list, cancellable, error))
		g_clear_object(&list.keys);
	return G_LIST_MODEL(list.keys);
}
