/* SPDX-License-Identifier: BSD-2-Clause */
#include "index.h"

#include <kasper.h>

struct HsmIndex {
	GMutex lock;
	guint64 epoch;	     /* of the login in which it was read; 0: never */
	GHashTable *entries; /* id in hex -> HsmEntry */
	GHashTable *making;  /* set of ids */
	gint64 n_private;    /* with those that have no id, for they take room, too */
};

HsmIndex *
hsm_index_new(void)
{
	HsmIndex *self = g_new0(HsmIndex, 1);

	g_mutex_init(&self->lock);
	self->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	self->making = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return self;
}

void
hsm_index_free(HsmIndex *self)
{
	if (self == NULL)
		return;
	g_hash_table_unref(self->entries);
	g_hash_table_unref(self->making);
	g_mutex_clear(&self->lock);
	g_free(self);
}

static void
hsm_entry_add(HsmEntry *entry, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE object)
{
	if (class == CKO_PRIVATE_KEY) {
		entry->private_key = object;
		entry->n_private++;
	} else {
		entry->public_key = object;
		entry->n_public++;
	}
}

/* with the lock held */
static CK_RV
hsm_index_scan(HsmIndex *self, const HsmSession *session, CK_OBJECT_CLASS class)
{
	g_autoptr(GArray) handles = g_array_new(FALSE, FALSE, sizeof(CK_OBJECT_HANDLE));
	CK_RV rv = hsm_find_objects(session, class, NULL, handles);

	for (guint i = 0; i < handles->len && rv == CKR_OK; i++) {
		CK_OBJECT_HANDLE object = g_array_index(handles, CK_OBJECT_HANDLE, i);
		g_autofree gchar *id = NULL;
		HsmEntry *entry;

		rv = hsm_read_id(session, object, &id);
		if (id == NULL)
			continue;
		entry = g_hash_table_lookup(self->entries, id);
		if (entry == NULL) {
			entry = g_new0(HsmEntry, 1);
			g_hash_table_insert(self->entries, g_steal_pointer(&id), entry);
		}
		hsm_entry_add(entry, class, object);
	}
	if (class == CKO_PRIVATE_KEY)
		self->n_private = handles->len;
	return rv;
}

CK_RV
hsm_index_load(HsmIndex *self, const HsmSession *session)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	CK_RV rv;

	if (self->epoch >= session->epoch)
		return CKR_OK;
	self->epoch = 0;
	g_hash_table_remove_all(self->entries);
	rv = hsm_index_scan(self, session, CKO_PRIVATE_KEY);
	if (rv == CKR_OK)
		rv = hsm_index_scan(self, session, CKO_PUBLIC_KEY);
	if (rv == CKR_OK)
		self->epoch = session->epoch;
	return rv;
}

HsmEntry
hsm_index_get(HsmIndex *self, const gchar *id)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	const HsmEntry *entry = g_hash_table_lookup(self->entries, id);

	return entry != NULL ? *entry : (HsmEntry){0};
}

void
hsm_index_set(HsmIndex *self, const HsmSession *session, const gchar *id, const HsmEntry *entry)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	const HsmEntry *old;

	/* somebody logged in anew in between: the handles are void, and the next load finds the key
	 */
	if (self->epoch != session->epoch)
		return;
	old = g_hash_table_lookup(self->entries, id);
	self->n_private += (gint64)entry->n_private - (old != NULL ? old->n_private : 0);
	/* what is there is not being made any more: it takes room once */
	if (entry->n_private > 0)
		g_hash_table_remove(self->making, id);
	if (entry->n_private == 0 && entry->n_public == 0)
		g_hash_table_remove(self->entries, id);
	else
		g_hash_table_replace(self->entries, g_strdup(id), g_memdup2(entry, sizeof *entry));
}

CK_RV
hsm_index_search(HsmIndex *self, const HsmSession *session, const gchar *id, HsmEntry *ret)
{
	static const CK_OBJECT_CLASS classes[] = {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
	g_autoptr(GArray) handles = g_array_new(FALSE, FALSE, sizeof(CK_OBJECT_HANDLE));
	HsmEntry entry = {0};

	for (guint i = 0; i < G_N_ELEMENTS(classes); i++) {
		CK_RV rv = hsm_find_objects(session, classes[i], id, handles);

		if (rv != CKR_OK)
			return rv;
		for (guint j = 0; j < handles->len; j++)
			hsm_entry_add(&entry,
				      classes[i],
				      g_array_index(handles, CK_OBJECT_HANDLE, j));
	}
	hsm_index_set(self, session, id, &entry);
	*ret = entry;
	return CKR_OK;
}

gint64
hsm_index_count(HsmIndex *self)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	return self->n_private + g_hash_table_size(self->making);
}

gboolean
hsm_index_reserve(HsmIndex *self, const gchar *id, gint64 capacity, GError **error)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);
	const HsmEntry *entry = g_hash_table_lookup(self->entries, id);
	gint64 count = self->n_private + g_hash_table_size(self->making);

	if (entry != NULL && entry->n_private > 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_EXISTS,
			    "key %s is on the token already",
			    id);
		return FALSE;
	}
	if (g_hash_table_contains(self->making, id)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_BUSY,
			    "key %s is being made by somebody else",
			    id);
		return FALSE;
	}
	if (capacity >= 0 && count >= capacity) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_SUPPORTED,
		    "the repository is full: %" G_GINT64_FORMAT " keys, and its capacity is "
		    "%" G_GINT64_FORMAT "; purge keys that are out of use, or raise the capacity",
		    count,
		    capacity);
		return FALSE;
	}
	g_hash_table_add(self->making, g_strdup(id));
	return TRUE;
}

void
hsm_index_unreserve(HsmIndex *self, const gchar *id)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&self->lock);

	g_hash_table_remove(self->making, id);
}
