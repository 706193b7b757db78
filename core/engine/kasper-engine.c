/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include <string.h>

/* real seconds until a store that failed is tried again */
#define STORAGE_RETRY 10

G_DEFINE_FINAL_TYPE(KasperEngine, kasper_engine, G_TYPE_OBJECT)

static guint event_signal;

static void
kasper_problem_free(KasperProblem *self)
{
	g_free(self->text);
	g_free(self);
}

static void
kasper_engine_finalize(GObject *object)
{
	KasperEngine *self = KASPER_ENGINE(object);

	g_clear_object(&self->clock);
	g_clear_object(&self->store);
	g_clear_object(&self->config);
	g_clear_object(&self->host);
	g_free(self->config_path);
	g_main_context_unref(self->context);
	g_hash_table_unref(self->repositories);
	g_hash_table_unref(self->policies);
	g_hash_table_unref(self->buckets);
	g_ptr_array_unref(self->notifiers);
	g_hash_table_unref(self->problems);
	g_ptr_array_unref(self->outgoing);
	g_ptr_array_unref(self->fresh_events);
	g_ptr_array_unref(self->planned);
	g_hash_table_unref(self->in_hand);
	g_hash_table_unref(self->pairs_in_hand);
	G_OBJECT_CLASS(kasper_engine_parent_class)->finalize(object);
}

static void
kasper_engine_class_init(KasperEngineClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_engine_finalize;

	/**
	 * KasperEngine::event:
	 * @self: the engine
	 * @event: what happened
	 *
	 * Each thing that a notifier is told, once it is recorded.
	 *
	 * Since: 0.1
	 */
	event_signal = g_signal_new("event",
				    KASPER_TYPE_ENGINE,
				    G_SIGNAL_RUN_LAST,
				    0,
				    NULL,
				    NULL,
				    NULL,
				    G_TYPE_NONE,
				    1,
				    KASPER_TYPE_EVENT);
}

static void
kasper_engine_init(KasperEngine *self)
{
	self->context = g_main_context_ref_thread_default();
	self->repositories = g_hash_table_new_full(g_int64_hash,
						   g_int64_equal,
						   g_free,
						   (GDestroyNotify)kasper_repository_free);
	self->policies = g_hash_table_new(g_int64_hash, g_int64_equal);
	self->buckets = g_hash_table_new_full(g_str_hash,
					      g_str_equal,
					      g_free,
					      (GDestroyNotify)kasper_pool_bucket_free);
	self->notifiers = g_ptr_array_new_with_free_func(g_free);
	self->problems = g_hash_table_new_full(g_str_hash,
					       g_str_equal,
					       g_free,
					       (GDestroyNotify)kasper_problem_free);
	self->outgoing = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_outgoing_order_free);
	self->fresh_events = g_ptr_array_new_with_free_func(g_object_unref);
	self->planned = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_planned_pair_free);
	self->in_hand = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	self->pairs_in_hand = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
kasper_engine_turned(KasperEngine *self)
{
	self->polls = 0;
	kasper_engine_kick(self);
}

/**
 * kasper_engine_new: (skip)
 * @clock: what time it is
 * @store: an open store
 * @config_path: (type filename): conf.xml, read again by kasper_engine_update()
 *
 * An engine that has not yet taken a configuration into use. It belongs to the calling thread
 * and works on that thread's main context.
 *
 * Returns: (transfer full): the engine
 *
 * Since: 0.1
 */
KasperEngine *
kasper_engine_new(KasperClock *clock, KasperStore *store, const gchar *config_path)
{
	KasperEngine *self = g_object_new(KASPER_TYPE_ENGINE, NULL);
	g_autoptr(GBytes) secret = kasper_store_get_secret(store);

	g_assert(g_bytes_get_size(secret) >= sizeof self->secret);
	memcpy(self->secret, g_bytes_get_data(secret, NULL), sizeof self->secret);
	self->clock = g_object_ref(clock);
	self->store = g_object_ref(store);
	self->config_path = g_strdup(config_path);
	g_signal_connect_object(clock,
				"turned",
				G_CALLBACK(kasper_engine_turned),
				self,
				G_CONNECT_SWAPPED);
	return self;
}

/* time never runs backwards for decisions (rollover-model 7.4) */
KasperTime
kasper_engine_now(KasperEngine *self)
{
	return MAX(kasper_clock_now(self->clock), kasper_store_get_highest_time(self->store));
}

KasperClock *
kasper_engine_get_clock(KasperEngine *self)
{
	return self->clock;
}

void
kasper_engine_set_problem(KasperEngine *self, const gchar *what, const gchar *text)
{
	KasperProblem *problem = g_hash_table_lookup(self->problems, what);

	if (problem == NULL) {
		problem = g_new0(KasperProblem, 1);
		problem->since = kasper_engine_now(self);
		g_hash_table_insert(self->problems, g_strdup(what), problem);
	}
	g_free(problem->text);
	problem->text = g_strdup(text);
}

void
kasper_engine_clear_problem(KasperEngine *self, const gchar *what)
{
	g_hash_table_remove(self->problems, what);
}

/* nothing was recorded, so nothing is done; the store is tried again in a while */
void
kasper_engine_storage_failed(KasperEngine *self, const GError *error)
{
	kasper_engine_forget_planned(self);
	kasper_engine_set_problem(self, "store", error->message);
	self->storage_retry = g_get_monotonic_time() + STORAGE_RETRY * G_USEC_PER_SEC;
	g_warning("%s: nothing is done until it can be recorded: %s",
		  kasper_store_get_path(self->store),
		  error->message);
}

KasperSpan
kasper_engine_back_off(guint tries, KasperSpan first, KasperSpan longest)
{
	KasperSpan span = first;

	for (guint i = 0; i < tries && span < longest; i++)
		span *= 2;
	return MIN(span, longest);
}

static gboolean
kasper_engine_run_pass(gpointer data)
{
	g_autoptr(KasperEngine) self = g_object_ref(data);

	g_clear_pointer(&self->pass, g_source_unref);
	kasper_engine_pass(self);
	return G_SOURCE_REMOVE;
}

/* a pass is made as soon as the main context is free */
void
kasper_engine_kick(KasperEngine *self)
{
	if (!self->running || self->pass != NULL || self->closing)
		return;
	self->pass = g_idle_source_new();
	/* requests of clients are answered in between */
	g_source_set_priority(self->pass, G_PRIORITY_DEFAULT_IDLE);
	g_source_set_callback(self->pass, kasper_engine_run_pass, self, NULL);
	g_source_attach(self->pass, self->context);
}

typedef struct {
	KasperEngine *engine;
	GArray *numbers;
} KasperRestart;

static gboolean
kasper_engine_collect_intent(const KasperIntentRow *row, gpointer data)
{
	KasperRestart *restart = data;

	if (row->due > kasper_engine_now(restart->engine))
		g_array_append_val(restart->numbers, row->number);
	return TRUE;
}

/* what an earlier run had in hand is taken up at once: its lease has ended with it */
static gboolean
kasper_engine_end_leases(KasperEngine *self, GError **error)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
	g_autoptr(KasperTransaction) transaction = NULL;
	KasperRestart restart = {self, numbers};

	if (!kasper_store_each_intent(self->store,
				      KASPER_INTENT_ORDER,
				      KASPER_TIME_NEVER,
				      G_MAXINT,
				      kasper_engine_collect_intent,
				      &restart,
				      error))
		return FALSE;
	if (numbers->len == 0)
		return TRUE;
	transaction = kasper_store_begin(self->store, error);
	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < numbers->len; i++) {
		if (!kasper_store_postpone_intent(self->store,
						  g_array_index(numbers, gint64, i),
						  0,
						  kasper_engine_now(self),
						  NULL,
						  NULL,
						  error))
			return FALSE;
	}
	return kasper_transaction_commit(transaction, error);
}

static gboolean
kasper_engine_open_policies(KasperEngine *self, GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, error);
	g_autoptr(GHashTable) policies = NULL;

	if (transaction == NULL ||
	    !kasper_engine_adopt_policies(self, self->config, &policies, error) ||
	    !kasper_transaction_commit(transaction, error))
		return FALSE;
	g_hash_table_unref(self->policies);
	self->policies = g_steal_pointer(&policies);
	return TRUE;
}

/**
 * kasper_engine_open: (skip)
 * @self: an engine
 * @config: a checked configuration
 * @host: where plugins are found
 * @error: return location for a #GError, or %NULL
 *
 * Takes the configuration into use: repositories, plugins, policies, zones. A key store or plugin
 * that cannot be opened is a problem that `status` shows, and is tried again, unless it is
 * critical.
 *
 * Returns: whether the engine can work
 *
 * Since: 0.1
 */
gboolean
kasper_engine_open(KasperEngine *self, KasperConfig *config, KasperPluginHost *host, GError **error)
{
	guint added = 0, deleted = 0;

	g_set_object(&self->config, config);
	g_set_object(&self->host, host);
	self->running = TRUE; /* for kicks; nothing runs before the main context does */
	self->pool_dirty = TRUE;
	return kasper_engine_open_repositories(self, error) &&
	       kasper_engine_open_policies(self, error) &&
	       kasper_engine_open_plugins(self, error) && kasper_engine_end_leases(self, error) &&
	       kasper_engine_sync_zones(self, config, "kasperd", &added, &deleted, error);
}

void
kasper_engine_start(KasperEngine *self)
{
	self->running = TRUE;
	kasper_engine_kick(self);
}

void
kasper_engine_close(KasperEngine *self)
{
	if (self->closing || self->host == NULL)
		return;
	self->closing = TRUE;
	/* answers of calls in flight are still recorded */
	while (kasper_plugin_host_count_calls(self->host) > 0)
		g_main_context_iteration(self->context, TRUE);
	if (self->pass != NULL)
		g_source_destroy(self->pass);
	g_clear_pointer(&self->pass, g_source_unref);
	if (self->timer != NULL)
		g_source_destroy(self->timer);
	g_clear_pointer(&self->timer, g_source_unref);
	kasper_plugin_host_close_all(self->host);
}

/* --- waiting until there is nothing to do --- */

static gboolean
kasper_engine_is_settled(KasperEngine *self)
{
	return self->pass == NULL && !self->poll_pending && self->outgoing->len == 0 &&
	       self->planned->len == 0 && kasper_plugin_host_count_calls(self->host) == 0;
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
kasper_engine_settle_async(KasperEngine *self,
			   GCancellable *cancellable,
			   GAsyncReadyCallback callback,
			   gpointer user_data)
{
	GTask *task = g_task_new(self, cancellable, callback, user_data);

	self->settlers = g_list_append(self->settlers, task);
	kasper_engine_kick(self);
}

gboolean
kasper_engine_settle_finish(KasperEngine *self, GAsyncResult *result, GError **error)
{
	g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
	return g_task_propagate_boolean(G_TASK(result), error);
}

static void
kasper_engine_leap_settled(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autoptr(GTask) task = data;
	KasperTime *now = g_new(KasperTime, 1);

	*now = kasper_engine_now(KASPER_ENGINE(source));
	g_task_return_pointer(task, now, g_free);
}

/* what is due now is done first: a leap must not skip work of the instant that it leaves */
static void
kasper_engine_leap_ready(GObject *source, GAsyncResult *result, gpointer data)
{
	KasperEngine *self = KASPER_ENGINE(source);
	GTask *task = data;
	KasperTime to = *(KasperTime *)g_task_get_task_data(task);

	if (to == KASPER_TIME_UNSET)
		to = kasper_engine_get_next_due(self);
	if (to == KASPER_TIME_NEVER) {
		g_task_return_new_error(task,
					KASPER_ERROR,
					KASPER_ERROR_NOT_FOUND,
					"nothing waits for time: see 'kasper status' and 'kasper "
					"key list' for who is awaited");
		g_object_unref(task);
		return;
	}
	kasper_clock_turn_to(self->clock, to);
	kasper_engine_settle_async(self, NULL, kasper_engine_leap_settled, task);
}

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

KasperTime
kasper_engine_leap_finish(KasperEngine *self, GAsyncResult *result, GError **error)
{
	g_autofree KasperTime *now = NULL;

	g_return_val_if_fail(g_task_is_valid(result, self), KASPER_TIME_UNSET);
	now = g_task_propagate_pointer(G_TASK(result), error);
	return now != NULL ? *now : KASPER_TIME_UNSET;
}
