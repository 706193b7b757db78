/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-export.h"

G_BEGIN_DECLS

/* a key whose DS is, or is to be, at the parent; given in both forms */
#define KASPER_TYPE_DS_KEY (kasper_ds_key_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperDsKey, kasper_ds_key, KASPER, DS_KEY, GObject)

KASPER_EXPORT
KasperDsKey *kasper_ds_key_new(const gchar *id,
			       guint tag,
			       guint flags,
			       guint algorithm,
			       GBytes *public_key,
			       const gchar *dnskey,
			       const gchar *const *ds);
/* the CKA_ID in hex */
KASPER_EXPORT
const gchar *kasper_ds_key_get_id(KasperDsKey *self);
KASPER_EXPORT
guint kasper_ds_key_get_tag(KasperDsKey *self);
KASPER_EXPORT
guint kasper_ds_key_get_flags(KasperDsKey *self);
KASPER_EXPORT
guint kasper_ds_key_get_algorithm(KasperDsKey *self);
KASPER_EXPORT
GBytes *kasper_ds_key_get_public_key(KasperDsKey *self);
/* "example.org. 3600 IN DNSKEY 257 3 13 ...", one line without a newline and without a comment */
KASPER_EXPORT
const gchar *kasper_ds_key_get_dnskey(KasperDsKey *self);
/* (array zero-terminated=1): "example.org. 3600 IN DS ...", one for each digest type */
KASPER_EXPORT
const gchar *const *kasper_ds_key_get_ds(KasperDsKey *self);

/**
 * KasperDsPhaseKind:
 * @KASPER_DS_PHASE_BOOTSTRAP: the first DS of the zone
 * @KASPER_DS_PHASE_INTRODUCE: one more, nothing leaves
 * @KASPER_DS_PHASE_SWAP: one comes, one leaves
 * @KASPER_DS_PHASE_WITHDRAW: one leaves, another stays
 * @KASPER_DS_PHASE_GO_INSECURE: all leave, on purpose
 * @KASPER_DS_PHASE_RESYNC: the parent has something else; bring it to the wanted set
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_DS_PHASE_BOOTSTRAP,
	KASPER_DS_PHASE_INTRODUCE,
	KASPER_DS_PHASE_SWAP,
	KASPER_DS_PHASE_WITHDRAW,
	KASPER_DS_PHASE_GO_INSECURE,
	KASPER_DS_PHASE_RESYNC,
} KasperDsPhaseKind;

/* what the parent is to publish, all of it */
#define KASPER_TYPE_DS_REQUEST (kasper_ds_request_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperDsRequest, kasper_ds_request, KASPER, DS_REQUEST, GObject)

KASPER_EXPORT
KasperDsRequest *kasper_ds_request_new(const gchar *zone,
				       const gchar *operation_id,
				       KasperDsPhaseKind phase,
				       guint attempt,
				       const gchar *token);
KASPER_EXPORT
const gchar *kasper_ds_request_get_zone(KasperDsRequest *self);
/* stable across attempts and restarts */
KASPER_EXPORT
const gchar *kasper_ds_request_get_operation_id(KasperDsRequest *self);
KASPER_EXPORT
KasperDsPhaseKind kasper_ds_request_get_phase(KasperDsRequest *self);
/* 1 for the first */
KASPER_EXPORT
guint kasper_ds_request_get_attempt(KasperDsRequest *self);
/* (nullable): what an earlier PENDING answer gave */
KASPER_EXPORT
const gchar *kasper_ds_request_get_token(KasperDsRequest *self);
KASPER_EXPORT
void kasper_ds_request_add_wanted(KasperDsRequest *self, KasperDsKey *key);
/* the keys of the last known parent set */
KASPER_EXPORT
void kasper_ds_request_add_seen(KasperDsRequest *self, KasperDsKey *key);
/* of KasperDsKey */
KASPER_EXPORT
GListModel *kasper_ds_request_get_wanted(KasperDsRequest *self);
KASPER_EXPORT
GListModel *kasper_ds_request_get_seen(KasperDsRequest *self);

/**
 * KasperDsStatus:
 * @KASPER_DS_STATUS_DONE: the counterparty took it; which is not publication
 * @KASPER_DS_STATUS_PENDING: it took it and will tell later: poll with the token
 * @KASPER_DS_STATUS_RETRY: not taken; try again later
 * @KASPER_DS_STATUS_REJECTED: not taken, and will not be as it stands
 * @KASPER_DS_STATUS_AUTH: credentials are refused
 * @KASPER_DS_STATUS_NEEDS_OPERATOR: a person has to do it
 * @KASPER_DS_STATUS_UNSUPPORTED: this channel cannot do that
 * @KASPER_DS_STATUS_UNKNOWN: it may have been taken: read before it is repeated
 *
 * Since: 0.1
 */
typedef enum {
	KASPER_DS_STATUS_DONE,
	KASPER_DS_STATUS_PENDING,
	KASPER_DS_STATUS_RETRY,
	KASPER_DS_STATUS_REJECTED,
	KASPER_DS_STATUS_AUTH,
	KASPER_DS_STATUS_NEEDS_OPERATOR,
	KASPER_DS_STATUS_UNSUPPORTED,
	KASPER_DS_STATUS_UNKNOWN,
} KasperDsStatus;

#define KASPER_TYPE_DS_ANSWER (kasper_ds_answer_get_type())
KASPER_EXPORT
G_DECLARE_FINAL_TYPE(KasperDsAnswer, kasper_ds_answer, KASPER, DS_ANSWER, GObject)

KASPER_EXPORT
KasperDsAnswer *kasper_ds_answer_new(KasperDsStatus status, const gchar *text);
KASPER_EXPORT
KasperDsStatus kasper_ds_answer_get_status(KasperDsAnswer *self);
/* (nullable): the counterparty's own words */
KASPER_EXPORT
const gchar *kasper_ds_answer_get_text(KasperDsAnswer *self);
/* seconds; 0: the engine decides */
KASPER_EXPORT
void kasper_ds_answer_set_retry_after(KasperDsAnswer *self, gint64 seconds);
KASPER_EXPORT
gint64 kasper_ds_answer_get_retry_after(KasperDsAnswer *self);
KASPER_EXPORT
void kasper_ds_answer_set_token(KasperDsAnswer *self, const gchar *token);
KASPER_EXPORT
const gchar *kasper_ds_answer_get_token(KasperDsAnswer *self);
/* the set that the counterparty has stored, where it can tell: DS lines */
KASPER_EXPORT
void kasper_ds_answer_set_stored(KasperDsAnswer *self, const gchar *const *ds);
KASPER_EXPORT
const gchar *const *kasper_ds_answer_get_stored(KasperDsAnswer *self);

G_END_DECLS
