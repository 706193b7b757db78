/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* an order that was not taken is tried again after this, and then less and less often */
#define FIRST_RETRY   ((KasperSpan)5)
#define LONGEST_RETRY ((KasperSpan)300)
/* how often the signer is asked whether it still has old signatures */
#define FIRST_LOOK   ((KasperSpan)60)
#define LONGEST_LOOK ((KasperSpan)3600)
/* a zone that is not published after so many looks counts as failing in `status` */
#define PATIENT_LOOKS 3

void
kasper_outgoing_order_free(KasperOutgoingOrder *self)
{
	if (self == NULL)
		return;
	g_clear_object(&self->order);
	g_free(self);
}

GListModel *
kasper_outgoing_orders_to_model(GPtrArray *orders)
{
	GListStore *list = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GPtrArray) items = g_ptr_array_new();

	for (guint i = 0; i < orders->len; i++)
		g_ptr_array_add(items,
				((KasperOutgoingOrder *)g_ptr_array_index(orders, i))->order);
	g_list_store_splice(list, 0, 0, items->pdata, items->len);
	return G_LIST_MODEL(list);
}

static guint
kasper_order_get_use(const KasperKey *key)
{
	guint use = 0;

	if (key->records & KASPER_RECORD_DNSKEY)
		use |= KASPER_KEY_USE_PUBLISH;
	if (key->records & KASPER_RECORD_RSK)
		use |= KASPER_KEY_USE_SIGN_KEYS;
	if (key->records & KASPER_RECORD_RSZ)
		use |= KASPER_KEY_USE_SIGN_DATA;
	return use;
}

static gboolean
kasper_order_add_key(KasperEngine *self,
		     KasperZoneOrder *order,
		     const KasperKey *key,
		     GError **error)
{
	g_auto(KasperPairRow) pair = {0};
	g_autoptr(KasperOrderKey) item = NULL;
	const gchar *repository;
	guint use = kasper_order_get_use(key);

	if (use == 0)
		return TRUE;
	if (!kasper_store_get_pair(self->store, key->number, &pair, error))
		return FALSE;
	repository = kasper_store_get_repository_name(self->store, pair.repository);
	item = kasper_order_key_new(pair.id,
				    repository,
				    key->flags,
				    key->algorithm,
				    use,
				    pair.public_key);
	kasper_zone_order_add_key(order, item);
	return TRUE;
}

/* all that the signer is to publish, from the desired bits; KSKs and CSKs first, oldest first */
KasperZoneOrder *
kasper_engine_make_order(KasperEngine *self,
			 const KasperZoneRow *row,
			 const KasperSnapshot *snapshot,
			 GError **error)
{
	KasperEnginePolicy *policy = kasper_engine_get_policy(self, row->policy);
	g_autoptr(KasperZoneOrder) order =
	    kasper_zone_order_new(row->name, snapshot->revision, policy->signing);

	kasper_zone_order_set_files(order,
				    row->signer_configuration,
				    row->input,
				    g_strcmp0(row->output_type, "File") == 0 ? row->output : NULL);
	kasper_zone_order_set_adapters(order,
				       row->input_type != NULL ? row->input_type : "File",
				       row->output_type != NULL ? row->output_type : "File",
				       row->output);
	for (guint pass = 0; pass < 2; pass++) {
		for (guint i = 0; i < snapshot->n_keys; i++) {
			const KasperKey *key = &snapshot->keys[i];
			gboolean first = (key->roles & (guint)KASPER_ROLE_KEY) != 0;

			if (key->number == 0 || first != (pass == 0))
				continue;
			if (!kasper_order_add_key(self, order, key, error))
				return NULL;
		}
	}
	return g_steal_pointer(&order);
}

/* --- what came of it --- */

typedef struct {
	KasperSignerReport report;
	gboolean gradual; /* old signatures are still counted on after it */
} KasperReportTurn;

static gboolean
kasper_order_take_report(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	KasperReportTurn *turn = data;

	kasper_snapshot_take_signer_report(snapshot, &turn->report);
	turn->gradual = snapshot->gradual_until != KASPER_TIME_UNSET;
	return TRUE;
}

/* the signer published it: evidence for the ledgers, and the next decision. Where the signer can be
 * asked, it is asked again until the old signatures are gone: that is sooner than the time by which
 * they must be */
static gboolean
kasper_order_record_published(KasperEngine *self,
			      const KasperOutgoingOrder *outgoing,
			      KasperSignerAnswer *answer,
			      GError **error)
{
	KasperReportTurn report = {
	    .report =
		{
		    .revision = kasper_zone_order_get_revision(outgoing->order),
		    .published_at = kasper_engine_now(self),
		    .max_ttl = kasper_signer_answer_get_max_ttl(answer),
		    .dnskey_ttl = kasper_signer_answer_get_dnskey_ttl(answer),
		    .all_replaced = kasper_signer_answer_get_all_replaced(answer),
		    .assumed = kasper_signer_answer_get_assumed(answer),
		    .watched = !kasper_signer_answer_get_assumed(answer),
		},
	};
	const KasperTurn turn = {
	    .zone = outgoing->zone,
	    .take = kasper_order_take_report,
	    .data = &report,
	};
	guint looks = outgoing->stage == KASPER_STAGE_REPLACE ? outgoing->tries : 0;

	if (!kasper_engine_turn(self, &turn, error))
		return FALSE;
	if (!report.gradual || report.report.assumed)
		return kasper_store_finish_intent(self->store, outgoing->intent, error);
	return kasper_store_postpone_intent(
	    self->store,
	    outgoing->intent,
	    KASPER_STAGE_REPLACE,
	    kasper_engine_get_retry(self, outgoing->intent, looks, FIRST_LOOK, LONGEST_LOOK),
	    NULL,
	    NULL,
	    error);
}

static gboolean
kasper_order_emit_failure(KasperEngine *self,
			  const KasperOutgoingOrder *outgoing,
			  const gchar *text,
			  GError **error)
{
	const gchar *zone = kasper_zone_order_get_zone(outgoing->order);
	g_autofree gchar *line =
	    g_strdup_printf("zone %s: the signer did not take the order: %s", zone, text);

	return outgoing->tries > 0 || kasper_engine_emit(self,
							 "signer-failed",
							 KASPER_EVENT_ERROR,
							 zone,
							 NULL,
							 line,
							 error);
}

gboolean
kasper_engine_record_answer(KasperEngine *self,
			    const KasperOutgoingOrder *outgoing,
			    KasperSignerAnswer *answer,
			    gboolean *ret_pending,
			    GError **error)
{
	gint stage = MAX(outgoing->stage, KASPER_STAGE_READ);
	const gchar *text = kasper_signer_answer_get_text(answer);
	gboolean failing = FALSE;

	switch (kasper_signer_answer_get_status(answer)) {
	case KASPER_SIGNER_PUBLISHED:
		return kasper_order_record_published(self, outgoing, answer, error);
	case KASPER_SIGNER_PENDING:
		*ret_pending = TRUE;
		failing = outgoing->tries >= PATIENT_LOOKS;
		text = text != NULL ? text : "the zone is not published as ordered yet";
		break;
	case KASPER_SIGNER_FAILED:
		stage = KASPER_STAGE_APPLY;
		failing = TRUE;
		text = text != NULL ? text : "it gave no reason";
		if (!kasper_order_emit_failure(self, outgoing, text, error))
			return FALSE;
		break;
	}
	return kasper_store_postpone_intent(self->store,
					    outgoing->intent,
					    stage,
					    kasper_engine_get_retry(self,
								    outgoing->intent,
								    outgoing->tries,
								    FIRST_RETRY,
								    LONGEST_RETRY),
					    NULL,
					    failing ? text : NULL,
					    error);
}
