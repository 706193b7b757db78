/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* with the system's clock the engine looks up at least this often: clocks are set, machines sleep
 */
#define LONGEST_SLEEP ((KasperSpan)60)

/* a zone whose turn fails is left alone for a while, and the others go on */
static gboolean
kasper_scheduler_put_off(KasperEngine *self, gint64 zone, const GError *failed, GError **error)
{
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) row = {0};
	KasperTime later = kasper_time_add(kasper_engine_now(self), 300);

	if (failed->domain != KASPER_ERROR || failed->code == KASPER_ERROR_INTERNAL) {
		g_propagate_error(error, g_error_copy(failed));
		return FALSE;
	}
	g_warning("%s", failed->message);
	if (!kasper_store_load_snapshot(self->store, zone, &snapshot, &row, error))
		return FALSE;
	return kasper_store_save_snapshot(self->store,
					  &snapshot,
					  &snapshot,
					  NULL,
					  later,
					  row.state,
					  "operator",
					  error);
}

/* a batch of due zones, one turn each, in one transaction */
static gboolean
kasper_scheduler_turn_zones(KasperEngine *self, GArray *zones, GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < zones->len; i++) {
		const KasperTurn turn = {.zone = g_array_index(zones, gint64, i)};
		g_autoptr(GError) failed = NULL;

		if (!kasper_engine_turn(self, &turn, &failed) &&
		    !kasper_scheduler_put_off(self, turn.zone, failed, error)) {
			g_ptr_array_set_size(self->outgoing, 0);
			g_ptr_array_set_size(self->fresh_events, 0);
			return FALSE;
		}
	}
	return kasper_engine_plan_pairs(self, kasper_engine_now(self), error) &&
	       kasper_engine_commit(self, transaction, error);
}

/* a failing store stops everything: without it nothing can be recorded, so nothing is done */
static gboolean
kasper_scheduler_run_due(KasperEngine *self, KasperTime now)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) zones = kasper_store_list_due(self->store, now, KASPER_BATCH, &error);

	if (zones == NULL) {
		kasper_engine_storage_failed(self, error);
		return FALSE;
	}
	if (zones->len == 0 && !kasper_engine_wants_keys(self, now))
		return FALSE;
	if (!kasper_scheduler_turn_zones(self, zones, &error)) {
		kasper_engine_storage_failed(self, error);
		return FALSE;
	}
	return zones->len > 0;
}

/* orders that no worker is free for are not piled up without end */
static gboolean
kasper_scheduler_is_busy(KasperEngine *self)
{
	return self->outgoing->len >= 2 * KASPER_BATCH;
}

static gboolean
kasper_scheduler_wake(gpointer data)
{
	KasperEngine *self = data;

	g_clear_pointer(&self->timer, g_source_unref);
	kasper_engine_kick(self);
	return G_SOURCE_REMOVE;
}

KasperTime
kasper_engine_get_next_due(KasperEngine *self)
{
	KasperTime next = kasper_store_get_next_due(self->store, NULL);

	next = MIN(next, kasper_store_get_next_intent(self->store));
	next = MIN(next, kasper_engine_next_repository_retry(self));
	next = MIN(next, kasper_engine_next_resalt(self));
	return MIN(next, kasper_engine_next_guard(self));
}

static void
kasper_scheduler_sleep(KasperEngine *self)
{
	KasperTime now = kasper_engine_now(self);
	KasperSpan span;

	if (kasper_clock_is_test(self->clock) || self->closing)
		return;
	span = kasper_time_since(kasper_engine_get_next_due(self), now);
	if (self->timer != NULL)
		g_source_destroy(self->timer);
	g_clear_pointer(&self->timer, g_source_unref);
	self->timer = g_timeout_source_new_seconds((guint)CLAMP(span, 1, LONGEST_SLEEP));
	g_source_set_callback(self->timer, kasper_scheduler_wake, self, NULL);
	g_source_attach(self->timer, self->context);
}

/* all that is due now, as far as it can be done without waiting; comes again while there is more */
void
kasper_engine_pass(KasperEngine *self)
{
	KasperTime now = kasper_engine_now(self);
	gboolean more = FALSE;

	if (self->closing)
		return;
	if (self->storage_retry > g_get_monotonic_time()) {
		kasper_scheduler_sleep(self);
		return;
	}
	kasper_engine_reopen_repositories(self, now);
	more |= kasper_engine_look_up_planned(self, now);
	if (!kasper_scheduler_is_busy(self))
		more |= kasper_scheduler_run_due(self, now);
	kasper_engine_send_orders(self);
	more |= kasper_engine_retry_orders(self, now);
	more |= kasper_engine_submit_due(self, now);
	more |= kasper_engine_destroy_due(self, now);
	more |= kasper_engine_forget_due(self, now);
	more |= kasper_engine_resalt_due(self, now);
	more |= kasper_engine_ask_guards(self, now);
	more |= kasper_engine_deliver_due(self, now);
	if (more)
		kasper_engine_kick(self);
	else
		kasper_scheduler_sleep(self);
	kasper_engine_check_settled(self);
}
