/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "token.h"

G_BEGIN_DECLS

/* Which handles belong to a CKA_ID. To search a token for an id is a linear scan with many of them,
 * so all ids are read once after each login and kept up to date from then on. */
typedef struct HsmIndex HsmIndex;

typedef struct {
	CK_OBJECT_HANDLE private_key;
	CK_OBJECT_HANDLE public_key;
	guint n_private; /* more than 1: ambiguous, and used for nothing */
	guint n_public;
} HsmEntry;

HsmIndex *hsm_index_new(void);
void hsm_index_free(HsmIndex *self);
/* reads all ids, unless that was done since the login of @session */
CK_RV hsm_index_load(HsmIndex *self, const HsmSession *session);
/* a zeroed entry where there is none */
HsmEntry hsm_index_get(HsmIndex *self, const gchar *id);
/* ... asks the token, whatever the index says */
CK_RV hsm_index_search(HsmIndex *self, const HsmSession *session, const gchar *id, HsmEntry *ret);
/* an entry without keys is removed */
void
hsm_index_set(HsmIndex *self, const HsmSession *session, const gchar *id, const HsmEntry *entry);
/* key pairs on the token and in the making */
gint64 hsm_index_count(HsmIndex *self);
/* keeps the id and room for a key that is being made; an error is EXISTS, BUSY or NOT_SUPPORTED */
gboolean hsm_index_reserve(HsmIndex *self, const gchar *id, gint64 capacity, GError **error);
void hsm_index_unreserve(HsmIndex *self, const gchar *id);

/* the objects of a class on the token, with that id or (@id is NULL) all; of CK_OBJECT_HANDLE */
CK_RV hsm_find_objects(const HsmSession *session,
		       CK_OBJECT_CLASS class,
		       const gchar *id,
		       GArray *ret_handles);
/* (transfer full): the object's CKA_ID in hex; NULL with CKR_OK where it has none */
CK_RV hsm_read_id(const HsmSession *session, CK_OBJECT_HANDLE object, gchar **ret_id);
/* the octets of an id in hex; NULL with KASPER_ERROR_INVALID */
GBytes *hsm_parse_id(const gchar *id, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HsmIndex, hsm_index_free)

G_END_DECLS
