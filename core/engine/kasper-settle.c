/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* --- waiting until there is nothing to do --- */

/* keys that a store cannot make now wait for time, as everything else does that is put off */
static gboolean
kasper_engine_has_keys_to_make(KasperEngine *self)
{
	KasperTime now = kasper_engine_now(self);
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperRepository *repository = value;

		if (!g_queue_is_empty(&repository->planned) &&
		    kasper_engine_repository_can_make(repository, now))
			return TRUE;
	}
	return FALSE;
}

static gboolean
kasper_engine_is_settled(KasperEngine *self)
{
	return self->pass == NULL && self->poll == NULL && self->outgoing->len == 0 &&
	       self->looks->len == 0 && kasper_plugin_host_count_calls(self->host) == 0 &&
	       !kasper_engine_has_keys_to_make(self);
}

void
kasper_engine_check_settled(KasperEngine *self)
{
	g_autoptr(GList) settlers = NULL;

	if (self->settlers == NULL || !kasper_engine_is_settled(self))
		return;
	settlers = g_steal_pointer(&self->settlers);
	for (GList *item = settlers; item != NULL; item = item->next) {
		g_autoptr(GTask) task = item->data;

		g_task_return_boolean(task, TRUE);
	}
}

void
kasper_engine_fail_settlers(KasperEngine *self, const GError *error)
{
	g_autoptr(GList) settlers = g_steal_pointer(&self->settlers);

	for (GList *item = settlers; item != NULL; item = item->next) {
		g_autoptr(GTask) task = item->data;

		g_task_return_error(task, g_error_copy(error));
	}
}

static gboolean
kasper_engine_refuse_closing(KasperEngine *self, GTask *task)
{
	if (!self->closing && self->running)
		return FALSE;
	g_task_return_new_error(task,
				KASPER_ERROR,
				KASPER_ERROR_BUSY,
				"the engine is %s",
				self->closing ? "being closed" : "not running yet");
	return TRUE;
}

/**
 * kasper_engine_settle_async: (skip)
 * @self: an engine that was started
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it has settled
 * @user_data: for @callback
 *
 * Waits until nothing is due now and no call of a plugin is in flight.
 *
 * Since: 0.1
 */
void
kasper_engine_settle_async(KasperEngine *self,
			   GCancellable *cancellable,
			   GAsyncReadyCallback callback,
			   gpointer user_data)
{
	g_autoptr(GTask) task = g_task_new(self, cancellable, callback, user_data);

	if (kasper_engine_refuse_closing(self, task))
		return;
	self->settlers = g_list_append(self->settlers, g_steal_pointer(&task));
	kasper_engine_kick(self);
}

/**
 * kasper_engine_settle_finish: (skip)
 * @self: an engine
 * @result: what the callback was given
 * @error: return location for a #GError, or %NULL
 *
 * Returns: %FALSE if it did not settle, because nothing can be recorded or it is being closed
 *
 * Since: 0.1
 */
gboolean
kasper_engine_settle_finish(KasperEngine *self, GAsyncResult *result, GError **error)
{
	g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
	return g_task_propagate_boolean(G_TASK(result), error);
}

/* --- turning a test clock --- */

static void
kasper_engine_leap_settled(GObject *source, GAsyncResult *result, gpointer data)
{
	KasperEngine *self = KASPER_ENGINE(source);
	g_autoptr(GTask) task = data;
	GError *error = NULL;
	KasperTime now = kasper_engine_now(self);

	if (!kasper_engine_settle_finish(self, result, &error))
		g_task_return_error(task, error);
	else
		g_task_return_pointer(task, g_memdup2(&now, sizeof now), g_free);
}

/* what is due now is done first: a leap must not skip work of the instant that it leaves */
static void
kasper_engine_leap_ready(GObject *source, GAsyncResult *result, gpointer data)
{
	KasperEngine *self = KASPER_ENGINE(source);
	g_autoptr(GTask) task = data;
	KasperTime to = *(KasperTime *)g_task_get_task_data(task);
	GError *error = NULL;

	if (!kasper_engine_settle_finish(self, result, &error)) {
		g_task_return_error(task, error);
		return;
	}
	/* it had settled, and was closed before this was heard */
	if (kasper_engine_refuse_closing(self, task))
		return;
	if (to == KASPER_TIME_UNSET)
		to = kasper_engine_get_next_due(self);
	if (to == KASPER_TIME_NEVER) {
		g_task_return_new_error(task,
					KASPER_ERROR,
					KASPER_ERROR_NOT_FOUND,
					"nothing waits for time: see 'kasper status' and 'kasper "
					"key list' for who is awaited");
		return;
	}
	kasper_clock_turn_to(self->clock, to);
	kasper_engine_settle_async(self, NULL, kasper_engine_leap_settled, g_steal_pointer(&task));
}

/**
 * kasper_engine_leap_async: (skip)
 * @self: an engine that was started, with a test clock
 * @to: an instant; %KASPER_TIME_UNSET: the next one at which something is due
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when the work of that instant is done
 * @user_data: for @callback
 *
 * Does what is due now, turns the clock, and does what is due then.
 *
 * Since: 0.1
 */
void
kasper_engine_leap_async(KasperEngine *self,
			 KasperTime to,
			 GCancellable *cancellable,
			 GAsyncReadyCallback callback,
			 gpointer user_data)
{
	g_autoptr(GTask) task = g_task_new(self, cancellable, callback, user_data);

	if (!kasper_clock_is_test(self->clock)) {
		g_task_return_new_error(task,
					KASPER_ERROR,
					KASPER_ERROR_NOT_SUPPORTED,
					"time can only be turned when kasperd was started with "
					"--test-clock");
		return;
	}
	if (to != KASPER_TIME_UNSET && to < kasper_engine_now(self)) {
		g_task_return_new_error(task,
					KASPER_ERROR,
					KASPER_ERROR_INVALID,
					"time does not run backwards");
		return;
	}
	g_task_set_task_data(task, g_memdup2(&to, sizeof to), g_free);
	kasper_engine_settle_async(self, NULL, kasper_engine_leap_ready, g_steal_pointer(&task));
}

/**
 * kasper_engine_leap_finish: (skip)
 * @self: an engine
 * @result: what the callback was given
 * @error: return location for a #GError, or %NULL
 *
 * Returns: the new time; %KASPER_TIME_UNSET on error, with %KASPER_ERROR_NOT_FOUND if nothing waits
 * for time
 *
 * Since: 0.1
 */
KasperTime
kasper_engine_leap_finish(KasperEngine *self, GAsyncResult *result, GError **error)
{
	g_autofree KasperTime *now = NULL;

	g_return_val_if_fail(g_task_is_valid(result, self), KASPER_TIME_UNSET);
	now = g_task_propagate_pointer(G_TASK(result), error);
	return now != NULL ? *now : KASPER_TIME_UNSET;
}
