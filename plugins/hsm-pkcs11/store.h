/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <kasper.h>

#include "index.h"

G_BEGIN_DECLS

/* how key pairs come onto the token; found out by trying, once */
typedef enum {
	HSM_WAY_UNKNOWN,
	HSM_WAY_COPY,  /* made as session objects and copied: fast on a token with many keys */
	HSM_WAY_TOKEN, /* made on the token */
} HsmWay;

/* a token and what the settings say about its keys */
typedef struct {
	HsmToken *token;
	HsmIndex *index;
	gint64 capacity; /* key pairs; -1: no limit but the token's */
	gboolean skip_public_key;
	gboolean allow_extraction;
	gint way; /* HsmWay; read and written by several threads */
} HsmStore;

/* a key that a call is about */
typedef struct {
	HsmStore *store;
	const gchar *id;
	gboolean was_known; /* the index had it when the call began */
	gboolean was_asked; /* ... and a module that was started afresh has been asked again */
	GError *refusal;    /* set: NOT_FOUND or INVALID, which is an answer and no fault */
} HsmTarget;

/* the handles of @target; with CKR_OK and a refusal there is no (single) such key, for certain */
CK_RV hsm_target_resolve(HsmTarget *target, const HsmSession *session, HsmEntry *ret_entry);
/* destroys what is on the token under @id, whatever it is; CKR_OK: nothing is there any more */
CK_RV hsm_store_clear_id(HsmStore *self, const HsmSession *session, const gchar *id);
/* an error of a call that may have written something */
void hsm_store_set_unknown(GError **error, GError *cause);

KasperKeyInfo *
hsm_store_make(HsmStore *self, KasperKeyInfo *wanted, GCancellable *cancellable, GError **error);
KasperKeyInfo *
hsm_store_look_up(HsmStore *self, const gchar *id, GCancellable *cancellable, GError **error);
GListModel *hsm_store_list(HsmStore *self, GCancellable *cancellable, GError **error);
gboolean
hsm_store_destroy(HsmStore *self, const gchar *id, GCancellable *cancellable, GError **error);
GBytes *hsm_store_sign(HsmStore *self,
		       KasperKeyInfo *key,
		       GBytes *data,
		       GCancellable *cancellable,
		       GError **error);
gboolean hsm_store_test(HsmStore *self, GCancellable *cancellable, GError **error);
gint64 hsm_store_get_free_room(HsmStore *self, GCancellable *cancellable, GError **error);

G_END_DECLS
