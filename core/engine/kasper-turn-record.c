/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* what a plan wants done, as intents, events and a line of the journal, in the transaction that
 * has the state */

/* an order of the zone's present revision */
gboolean
kasper_engine_add_order(KasperEngine *self,
			const KasperZoneRow *row,
			const KasperSnapshot *snapshot,
			GError **error)
{
	g_auto(KasperIntentRow) intent = {0};
	g_autoptr(KasperOutgoingOrder) outgoing = NULL;
	KasperZoneOrder *order = kasper_engine_make_order(self, row, snapshot, error);

	if (order == NULL)
		return FALSE;
	outgoing = g_new0(KasperOutgoingOrder, 1);
	outgoing->zone = row->number;
	outgoing->order = order;
	intent.kind = KASPER_INTENT_ORDER;
	intent.zone = row->number;
	intent.sequence = snapshot->revision;
	intent.id = g_strdup_printf("order-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
				    row->number,
				    snapshot->revision);
	intent.created = snapshot->now;
	intent.due = kasper_time_add(snapshot->now, KASPER_LEASE);
	if (!kasper_store_add_intent(self->store, &intent, error))
		return FALSE;
	outgoing->intent = intent.number;
	g_ptr_array_add(self->fresh_orders, g_steal_pointer(&outgoing));
	return TRUE;
}

/* stable across attempts and restarts, and not to be confused with that of another installation */
static gchar *
kasper_turn_dup_operation_id(KasperEngine *self, const gchar *zone, gint64 submission)
{
	g_autoptr(GBytes) secret = kasper_store_get_secret(self->store);
	g_autofree gchar *text = g_strdup_printf("ds %s %" G_GINT64_FORMAT, zone, submission);

	return g_compute_hmac_for_string(G_CHECKSUM_SHA256,
					 g_bytes_get_data(secret, NULL),
					 g_bytes_get_size(secret),
					 text,
					 -1);
}

gboolean
kasper_engine_add_submission(KasperEngine *self,
			     const KasperZoneRow *row,
			     const KasperSnapshot *snapshot,
			     GError **error)
{
	g_auto(KasperIntentRow) intent = {0};

	intent.kind = KASPER_INTENT_DS;
	intent.zone = row->number;
	intent.sequence = snapshot->submission;
	intent.id = kasper_turn_dup_operation_id(self, row->name, snapshot->submission);
	intent.created = snapshot->now;
	intent.due = snapshot->now;
	return kasper_store_add_intent(self->store, &intent, error) &&
	       kasper_engine_announce_ds(self, row, snapshot, error);
}

static gboolean
kasper_turn_emit_step(KasperEngine *self,
		      const KasperZoneRow *row,
		      const KasperSnapshot *work,
		      const KasperStep *step,
		      GError **error)
{
	KasperEventLevel level;
	const gchar *name = kasper_turn_get_event(step->kind, &level);
	const KasperKey *key = step->slot >= 0 ? &work->keys[step->slot] : NULL;
	g_auto(KasperPairRow) pair = {0};
	g_autofree gchar *text = NULL;

	if (name == NULL)
		return TRUE;
	if (key != NULL && !kasper_store_get_pair(self->store, key->number, &pair, error))
		return FALSE;
	text = kasper_turn_dup_event_text(row, key, step);
	return kasper_engine_emit(self, name, level, row->name, pair.id, text, error);
}

static gboolean
kasper_turn_record_step(KasperEngine *self,
			const KasperTurn *turn,
			const KasperZoneRow *row,
			const KasperSnapshot *work,
			const KasperStep *step,
			GError **error)
{
	gboolean added = FALSE;

	if (!kasper_turn_emit_step(self, row, work, step, error))
		return FALSE;
	if (step->kind == KASPER_STEP_DESTROY &&
	    !kasper_engine_add_destruction(self,
					   row->number,
					   work->keys[step->slot].number,
					   work->now,
					   &added,
					   error))
		return FALSE;
	if (added && turn->ret_destroyed != NULL)
		(*turn->ret_destroyed)++;
	return TRUE;
}

/* one row of the journal for all that this turn did; none if it did nothing of note */
static gboolean
kasper_turn_enter(KasperEngine *self,
		  const KasperTurn *turn,
		  const KasperZoneRow *row,
		  const KasperSnapshot *work,
		  const KasperPlan *plan,
		  GError **error)
{
	g_autofree gchar *text = kasper_turn_dup_journal_text(turn->detail, work, plan);

	if (turn->action == NULL && text[0] == '\0')
		return TRUE;
	return kasper_store_add_audit(self->store,
				      plan->after.now,
				      turn->actor != NULL ? turn->actor : "kasperd",
				      turn->action != NULL ? turn->action : "turn",
				      row->name,
				      turn->key_id,
				      text,
				      error);
}

gboolean
kasper_engine_record_plan(KasperEngine *self,
			  const KasperTurn *turn,
			  const KasperZoneRow *row,
			  const KasperSnapshot *work,
			  const KasperPlan *plan,
			  GError **error)
{
	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);

		if (!kasper_turn_record_step(self, turn, row, work, step, error))
			return FALSE;
	}
	if (plan->orders && !kasper_engine_add_order(self, row, &plan->after, error))
		return FALSE;
	if (plan->submits && !kasper_engine_add_submission(self, row, &plan->after, error))
		return FALSE;
	return kasper_turn_enter(self, turn, row, work, plan, error);
}
