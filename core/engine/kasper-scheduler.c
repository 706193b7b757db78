/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* with the system's clock the engine looks up at least this often: clocks are set, machines sleep
 */
#define LONGEST_SLEEP 60
/* a zone whose turn fails is left alone for so long */
#define ZONE_RETRY ((KasperSpan)300)

void
kasper_engine_set_zone_problem(KasperEngine *self, const gchar *zone, const gchar *text)
{
	g_autofree gchar *what = g_strdup_printf("zone %s", zone);

	if (g_hash_table_size(self->problems) < KASPER_ZONE_PROBLEMS ||
	    g_hash_table_contains(self->problems, what))
		kasper_engine_set_problem(self, what, text);
}

void
kasper_engine_clear_zone_problem(KasperEngine *self, const gchar *zone)
{
	g_autofree gchar *what = NULL;

	if (g_hash_table_size(self->problems) == 0)
		return;
	what = g_strdup_printf("zone %s", zone);
	kasper_engine_clear_problem(self, what);
}

static gboolean
kasper_scheduler_turn_zone(KasperEngine *self, gpointer item, gpointer data, GError **error)
{
	const KasperTurn turn = {.zone = *(gint64 *)item};

	return kasper_engine_turn(self, &turn, error);
}

gboolean
kasper_engine_put_off_zone(KasperEngine *self, gint64 zone, const GError *why, GError **error)
{
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) row = {0};
	GError *error_local = NULL;

	if (!kasper_store_load_snapshot(self->store, zone, &snapshot, &row, &error_local)) {
		/* it was deleted: nothing is left to put off */
		if (g_error_matches(error_local, KASPER_ERROR, KASPER_ERROR_NOT_FOUND)) {
			g_error_free(error_local);
			return TRUE;
		}
		g_propagate_error(error, error_local);
		return FALSE;
	}
	g_warning("%s", why->message);
	kasper_engine_set_zone_problem(self, row.name, why->message);
	return kasper_store_save_snapshot(self->store,
					  &snapshot,
					  &snapshot,
					  NULL,
					  kasper_time_add(kasper_engine_now(self), ZONE_RETRY),
					  NULL,
					  "operator",
					  error);
}

static gboolean
kasper_scheduler_put_off(KasperEngine *self,
			 gpointer item,
			 const GError *why,
			 gpointer data,
			 GError **error)
{
	return kasper_engine_put_off_zone(self, *(gint64 *)item, why, error);
}

static gboolean
kasper_scheduler_plan_pairs(KasperEngine *self, gpointer data, GError **error)
{
	return kasper_engine_plan_pairs(self, kasper_engine_now(self), error);
}

/* zones that are due, but for those of which an answer is awaited */
static GArray *
kasper_scheduler_list_due(KasperEngine *self, KasperTime now, GError **error)
{
	guint awaited = g_hash_table_size(self->looking);
	GArray *zones = kasper_store_list_due(self->store, now, KASPER_BATCH + awaited, error);
	guint n = 0;

	for (guint i = 0; awaited > 0 && zones != NULL && i < zones->len; i++) {
		gint64 zone = g_array_index(zones, gint64, i);

		if (!g_hash_table_contains(self->looking, &zone))
			g_array_index(zones, gint64, n++) = zone;
	}
	if (awaited > 0 && zones != NULL)
		g_array_set_size(zones, n);
	return zones;
}

/* a failing store stops everything: without it nothing can be recorded, so nothing is done */
static gboolean
kasper_scheduler_run_due(KasperEngine *self, KasperTime now)
{
	static const KasperRecorder recorder = {
	    .record = kasper_scheduler_turn_zone,
	    .give_up = kasper_scheduler_put_off,
	    .end = kasper_scheduler_plan_pairs,
	};
	g_autoptr(GPtrArray) items = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) zones = kasper_scheduler_list_due(self, now, &error);

	if (zones == NULL) {
		kasper_engine_storage_failed(self, error);
		return FALSE;
	}
	if (zones->len == 0 && !kasper_engine_is_looking(self))
		kasper_engine_expect_nothing(self);
	if (zones->len == 0 && !kasper_engine_wants_keys(self, now))
		return FALSE;
	for (guint i = 0; i < zones->len; i++)
		g_ptr_array_add(items, &g_array_index(zones, gint64, i));
	return kasper_engine_record_each(self, items, &recorder, &error) && zones->len > 0;
}

/* orders and questions that no worker is free for are not piled up without end */
static gboolean
kasper_scheduler_is_busy(KasperEngine *self)
{
	return self->outgoing->len >= 2 * KASPER_BATCH ||
	       g_hash_table_size(self->looking) >= 2 * KASPER_BATCH;
}

/* the earliest instant at which something is to be done that waits for time */
KasperTime
kasper_engine_get_next_due(KasperEngine *self)
{
	KasperTime next = kasper_store_get_next_due(self->store, NULL);

	next = MIN(next, kasper_store_get_next_intent(self->store));
	next = MIN(next, kasper_engine_next_repository_retry(self));
	next = MIN(next, kasper_engine_next_resalt(self));
	next = MIN(next, kasper_engine_next_guard(self));
	return MIN(next, self->plugins_at);
}

static void
kasper_scheduler_sleep(KasperEngine *self)
{
	KasperSpan span;

	if (kasper_clock_is_test(self->clock))
		return;
	span = kasper_time_since(kasper_engine_get_next_due(self), kasper_engine_now(self));
	kasper_engine_kick_in(self, (guint)CLAMP(span, 1, LONGEST_SLEEP) * 1000);
}

/* all that is due now, as far as it can be done without waiting; gives whether there is more */
static gboolean
kasper_scheduler_run(KasperEngine *self, KasperTime now)
{
	gboolean more = FALSE;

	kasper_engine_watch_time(self);
	kasper_engine_reopen_repositories(self, now);
	kasper_engine_reopen_plugins(self, now);
	kasper_engine_reap_late_jobs(self);
	more |= kasper_engine_look_up_planned(self, now);
	if (!kasper_scheduler_is_busy(self))
		more |= kasper_scheduler_run_due(self, now);
	if (!kasper_engine_can_record(self))
		return FALSE;
	kasper_engine_send_orders(self);
	kasper_engine_start_key_jobs(self);
	more |= kasper_engine_retry_orders(self, now);
	more |= kasper_engine_submit_due(self, now);
	more |= kasper_engine_destroy_due(self, now);
	more |= kasper_engine_forget_due(self, now);
	more |= kasper_engine_resalt_due(self, now);
	more |= kasper_engine_ask_guards(self, now);
	more |= kasper_engine_deliver_due(self, now);
	return more;
}

/* comes again while there is more to do, and lets others in between */
void
kasper_engine_pass(KasperEngine *self)
{
	gboolean more = FALSE;

	if (self->closing)
		return;
	if (kasper_engine_can_record(self))
		more = kasper_scheduler_run(self, kasper_engine_now(self));
	if (!kasper_engine_can_record(self)) {
		kasper_engine_wait_for_storage(self);
		return;
	}
	if (more)
		kasper_engine_kick(self);
	else
		kasper_scheduler_sleep(self);
	kasper_engine_check_settled(self);
}
