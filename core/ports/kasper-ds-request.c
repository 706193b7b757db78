/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-ds-request.h"

struct _KasperDsRequest {
	GObject parent_instance;

	gchar *zone;
	gchar *operation_id;
	gchar *token;
	KasperDsPhaseKind phase;
	guint attempt;
	GListStore *wanted; /* of KasperDsKey */
	GListStore *seen;   /* of KasperDsKey */
};

/**
 * KasperDsRequest:
 *
 * What the parent is to publish for a zone, all of it. Once it has been handed over it is not
 * changed any more.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperDsRequest, kasper_ds_request, G_TYPE_OBJECT)

static void
kasper_ds_request_finalize(GObject *object)
{
	KasperDsRequest *self = KASPER_DS_REQUEST(object);

	g_free(self->zone);
	g_free(self->operation_id);
	g_free(self->token);
	g_clear_object(&self->wanted);
	g_clear_object(&self->seen);
	G_OBJECT_CLASS(kasper_ds_request_parent_class)->finalize(object);
}

static void
kasper_ds_request_init(KasperDsRequest *self)
{
	self->wanted = g_list_store_new(KASPER_TYPE_DS_KEY);
	self->seen = g_list_store_new(KASPER_TYPE_DS_KEY);
}

static void
kasper_ds_request_class_init(KasperDsRequestClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_ds_request_finalize;
}

/**
 * kasper_ds_request_new:
 * @zone: the zone's name
 * @operation_id: stable across attempts and restarts
 * @phase: what kind of change it is
 * @attempt: 1 for the first
 * @token: (nullable): what an earlier %KASPER_DS_STATUS_PENDING answer gave
 *
 * A request without any keys yet.
 *
 * Returns: (transfer full): a request
 *
 * Since: 0.1
 */
KasperDsRequest *
kasper_ds_request_new(const gchar *zone,
		      const gchar *operation_id,
		      KasperDsPhaseKind phase,
		      guint attempt,
		      const gchar *token)
{
	KasperDsRequest *self;

	g_return_val_if_fail(zone != NULL, NULL);
	g_return_val_if_fail(operation_id != NULL, NULL);

	self = g_object_new(KASPER_TYPE_DS_REQUEST, NULL);
	self->zone = g_strdup(zone);
	self->operation_id = g_strdup(operation_id);
	self->phase = phase;
	self->attempt = attempt;
	self->token = g_strdup(token);
	return self;
}

/**
 * kasper_ds_request_get_zone:
 * @self: a request
 *
 * Returns: the zone's name
 *
 * Since: 0.1
 */
const gchar *
kasper_ds_request_get_zone(KasperDsRequest *self)
{
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(self), NULL);
	return self->zone;
}

/**
 * kasper_ds_request_get_operation_id:
 * @self: a request
 *
 * Returns: an id that is stable across attempts and restarts
 *
 * Since: 0.1
 */
const gchar *
kasper_ds_request_get_operation_id(KasperDsRequest *self)
{
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(self), NULL);
	return self->operation_id;
}

/**
 * kasper_ds_request_get_phase:
 * @self: a request
 *
 * Returns: what kind of change it is
 *
 * Since: 0.1
 */
KasperDsPhaseKind
kasper_ds_request_get_phase(KasperDsRequest *self)
{
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(self), KASPER_DS_PHASE_RESYNC);
	return self->phase;
}

/**
 * kasper_ds_request_get_attempt:
 * @self: a request
 *
 * Returns: the number of the attempt, 1 for the first
 *
 * Since: 0.1
 */
guint
kasper_ds_request_get_attempt(KasperDsRequest *self)
{
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(self), 0);
	return self->attempt;
}

/**
 * kasper_ds_request_get_token:
 * @self: a request
 *
 * Returns: (nullable): what an earlier %KASPER_DS_STATUS_PENDING answer gave
 *
 * Since: 0.1
 */
const gchar *
kasper_ds_request_get_token(KasperDsRequest *self)
{
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(self), NULL);
	return self->token;
}

/**
 * kasper_ds_request_add_wanted:
 * @self: a request
 * @key: a key whose DS the parent is to publish
 *
 * Adds to the wanted set. An empty one means that the zone goes insecure.
 *
 * Since: 0.1
 */
void
kasper_ds_request_add_wanted(KasperDsRequest *self, KasperDsKey *key)
{
	g_return_if_fail(KASPER_IS_DS_REQUEST(self));
	g_return_if_fail(KASPER_IS_DS_KEY(key));
	g_list_store_append(self->wanted, key);
}

/**
 * kasper_ds_request_add_seen:
 * @self: a request
 * @key: a key whose DS was last seen at the parent
 *
 * Adds to the last known set of the parent.
 *
 * Since: 0.1
 */
void
kasper_ds_request_add_seen(KasperDsRequest *self, KasperDsKey *key)
{
	g_return_if_fail(KASPER_IS_DS_REQUEST(self));
	g_return_if_fail(KASPER_IS_DS_KEY(key));
	g_list_store_append(self->seen, key);
}

/**
 * kasper_ds_request_get_wanted:
 * @self: a request
 *
 * Returns: (transfer none): a list of #KasperDsKey: those whose DS the parent is to publish, and no
 *   others
 *
 * Since: 0.1
 */
GListModel *
kasper_ds_request_get_wanted(KasperDsRequest *self)
{
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(self), NULL);
	return G_LIST_MODEL(self->wanted);
}

/**
 * kasper_ds_request_get_seen:
 * @self: a request
 *
 * Returns: (transfer none): a list of #KasperDsKey: the last known set of the parent
 *
 * Since: 0.1
 */
GListModel *
kasper_ds_request_get_seen(KasperDsRequest *self)
{
	g_return_val_if_fail(KASPER_IS_DS_REQUEST(self), NULL);
	return G_LIST_MODEL(self->seen);
}
