/* SPDX-License-Identifier: BSD-2-Clause */
#include "rv.h"
#include "store.h"

typedef struct {
	HsmTarget target;
	gboolean has_written; /* the key may be gone */
} HsmDestroy;

void
hsm_store_set_unknown(GError **error, GError *cause)
{
	g_autoptr(GError) owned = cause;

	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_UNKNOWN_OUTCOME,
		    "%s: it may have happened all the same",
		    owned->message);
}

CK_RV
hsm_store_clear_id(HsmStore *self, const HsmSession *session, const gchar *id)
{
	static const CK_OBJECT_CLASS classes[] = {CKO_PUBLIC_KEY, CKO_PRIVATE_KEY};
	g_autoptr(GArray) handles = g_array_new(FALSE, FALSE, sizeof(CK_OBJECT_HANDLE));
	const HsmEntry none = {0};

	for (guint i = 0; i < G_N_ELEMENTS(classes); i++) {
		CK_RV rv = hsm_find_objects(session, classes[i], id, handles);

		for (guint j = 0; j < handles->len && rv == CKR_OK; j++)
			rv = session->functions->C_DestroyObject(
			    session->handle,
			    g_array_index(handles, CK_OBJECT_HANDLE, j));
		if (rv != CKR_OK)
			return rv;
	}
	hsm_index_set(self->index, session, id, &none);
	return CKR_OK;
}

/* handles may be given out anew: nothing is destroyed that does not say itself who it is */
static CK_RV
hsm_destroy_object(HsmDestroy *destroy, const HsmSession *session, CK_OBJECT_HANDLE object)
{
	g_autofree gchar *read = NULL;
	CK_RV rv = hsm_read_id(session, object, &read);

	if (rv != CKR_OK)
		return rv;
	if (g_strcmp0(read, destroy->target.id) != 0)
		return CKR_OBJECT_HANDLE_INVALID;
	destroy->has_written = TRUE;
	return session->functions->C_DestroyObject(session->handle, object);
}

/* the public key first: as long as the private one is there, the next attempt finds the rest */
static CK_RV
hsm_destroy_run(const HsmSession *session, gpointer data)
{
	HsmDestroy *destroy = data;
	HsmTarget *target = &destroy->target;
	const HsmEntry none = {0};
	HsmEntry entry = {0};
	CK_RV rv = hsm_target_resolve(target, session, &entry);

	if (rv != CKR_OK)
		return rv;
	if (g_error_matches(target->refusal, KASPER_ERROR, KASPER_ERROR_NOT_FOUND) &&
	    entry.n_public > 0)
		rv = hsm_store_clear_id(target->store, session, target->id);
	if (target->refusal != NULL || rv != CKR_OK)
		return rv;
	if (entry.n_public == 1)
		rv = hsm_destroy_object(destroy, session, entry.public_key);
	if (rv == CKR_OK)
		rv = hsm_destroy_object(destroy, session, entry.private_key);
	if (rv == CKR_OK)
		hsm_index_set(target->store->index, session, target->id, &none);
	return rv;
}

gboolean
hsm_store_destroy(HsmStore *self, const gchar *id, GCancellable *cancellable, GError **error)
{
	HsmDestroy destroy = {.target = {.store = self, .id = id}};
	g_autofree gchar *what = g_strdup_printf("destroy key %s", id);
	g_autoptr(GBytes) octets = hsm_parse_id(id, error);
	g_autoptr(GError) refusal = NULL;
	g_autoptr(GError) cause = NULL;
	gboolean called;

	if (octets == NULL)
		return FALSE;
	called = hsm_token_call(self->token, what, hsm_destroy_run, &destroy, cancellable, &cause);
	refusal = destroy.target.refusal;
	if (called && refusal == NULL)
		return TRUE;
	/* gone after a first attempt that seemed to fail: it did not */
	if (called && destroy.has_written &&
	    g_error_matches(refusal, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
		return TRUE;
	if (called)
		g_propagate_error(error, g_steal_pointer(&refusal));
	else if (destroy.has_written &&
		 g_error_matches(cause, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN))
		hsm_store_set_unknown(error, g_steal_pointer(&cause));
	else
		g_propagate_error(error, g_steal_pointer(&cause));
	return FALSE;
}
