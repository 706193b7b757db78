/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-caller.h"

#define KASPER_CALLER_THREADS 16 /* at a time; threads of late calls do not count */
#define KASPER_CALLER_SHARE   8	 /* ... that one plugin may have */

struct KasperCaller {
	GMainContext *context;
	GThreadPool *pool;
	GHashTable *queues; /* KasperPlugin to KasperCallQueue */
	guint running;	    /* calls that are not late */
	guint second;	    /* milliseconds */
};

typedef struct {
	KasperPlugin *plugin;
	GQueue waiting[2]; /* of KasperCall: one at a time, and parallel ones */
	guint inside[2];   /* workers in the plugin, late ones included */
	guint late;	   /* workers in the plugin whose time is over */
	gint64 late_since; /* monotonic time */
	gboolean closing;
} KasperCallQueue;

typedef struct {
	KasperCaller *caller;
	KasperCallQueue *queue;
	KasperCallOrder order;
	GTask *task; /* NULL: answered */
	GCancellable *cancellable;
	GSource *timer;
	gboolean begun;
	gint returned; /* the worker is done with it; read by both threads */
	gpointer result;
	GError *error;
} KasperCall;

static void kasper_caller_dispatch(KasperCaller *self);

static void
kasper_call_queue_free(KasperCallQueue *self)
{
	g_object_unref(self->plugin);
	g_free(self);
}

static void
kasper_call_stop_timer(KasperCall *self)
{
	if (self->timer != NULL)
		g_source_destroy(self->timer);
	g_clear_pointer(&self->timer, g_source_unref);
}

static void
kasper_call_free_data(KasperCall *self)
{
	if (self->order.free_data != NULL)
		self->order.free_data(self->order.data);
	self->order.data = NULL;
	self->order.free_data = NULL;
}

static void
kasper_call_free(KasperCall *self)
{
	kasper_call_stop_timer(self);
	kasper_call_free_data(self);
	if (self->result != NULL && self->order.free_result != NULL)
		self->order.free_result(self->result);
	g_clear_error(&self->error);
	g_clear_object(&self->task);
	g_object_unref(self->order.plugin);
	g_object_unref(self->cancellable);
	kasper_caller_unref(self->caller);
	g_free(self);
}

/* An answer of ours, not of the plugin. Whoever gets an answer may do anything, and so it is always
 * the last thing that is done: no queue is in the middle of a change then. */
static void
kasper_call_fail(KasperCall *self, KasperError code, const gchar *text)
{
	g_autoptr(GTask) task = g_steal_pointer(&self->task);

	g_task_return_new_error(task,
				KASPER_ERROR,
				(gint)code,
				"%s: %s",
				G_OBJECT_TYPE_NAME(self->order.plugin),
				text);
}

/* --- the queue of a plugin --- */

static KasperCallQueue *
kasper_caller_get_queue(KasperCaller *self, KasperPlugin *plugin)
{
	KasperCallQueue *queue = g_hash_table_lookup(self->queues, plugin);

	if (queue != NULL)
		return queue;
	queue = g_new0(KasperCallQueue, 1);
	queue->plugin = g_object_ref(plugin);
	g_queue_init(&queue->waiting[FALSE]);
	g_queue_init(&queue->waiting[TRUE]);
	g_hash_table_insert(self->queues, plugin, queue);
	return queue;
}

/* nobody waits and nobody is inside any more */
static void
kasper_caller_drop_queue(KasperCaller *self, KasperCallQueue *queue)
{
	if (queue->inside[FALSE] + queue->inside[TRUE] > 0 ||
	    !g_queue_is_empty(&queue->waiting[FALSE]) || !g_queue_is_empty(&queue->waiting[TRUE]))
		return;
	if (queue->closing)
		kasper_plugin_close(queue->plugin);
	g_hash_table_remove(self->queues, queue->plugin);
}

/* --- time --- */

static gboolean kasper_call_time_over(gpointer data);

static void
kasper_call_start_timer(KasperCall *self)
{
	KasperCaller *caller = self->caller;
	gint64 wait = MIN(self->order.deadline, G_MAXUINT / caller->second) * caller->second;

	kasper_call_stop_timer(self);
	self->timer = g_timeout_source_new((guint)wait);
	g_source_set_callback(self->timer, kasper_call_time_over, self, NULL);
	g_source_attach(self->timer, caller->context);
}

/* who waits behind a late call does not wait for ever; who waits behind others has time */
static void
kasper_caller_watch_waiting(KasperCallQueue *queue)
{
	for (guint parallel = 0; parallel < 2; parallel++) {
		for (GList *item = queue->waiting[parallel].head; item != NULL; item = item->next) {
			KasperCall *call = item->data;

			if (queue->late == 0)
				kasper_call_stop_timer(call);
			else if (call->timer == NULL)
				kasper_call_start_timer(call);
		}
	}
}

static void
kasper_call_be_late(KasperCall *self)
{
	KasperCaller *caller = self->caller;
	KasperCallQueue *queue = self->queue;
	g_autofree gchar *text = g_strdup_printf("no answer within %" G_GINT64_FORMAT
						 " s; it may or may not have been done",
						 self->order.deadline);

	if (queue->late++ == 0)
		queue->late_since = g_get_monotonic_time();
	caller->running--;
	kasper_caller_watch_waiting(queue);
	kasper_caller_dispatch(caller);
	g_cancellable_cancel(self->cancellable);
	kasper_call_fail(self, KASPER_ERROR_UNKNOWN_OUTCOME, text);
}

static void
kasper_call_give_up(KasperCall *self)
{
	g_queue_remove(&self->queue->waiting[self->order.parallel], self);
	kasper_call_fail(self,
			 KASPER_ERROR_TRY_AGAIN,
			 "it is still busy with an earlier call, whose time is over; nothing was "
			 "done");
	kasper_call_free(self);
}

static gboolean
kasper_call_time_over(gpointer data)
{
	KasperCall *self = data;

	g_clear_pointer(&self->timer, g_source_unref);
	/* the answer is there, and just has not been dispatched yet */
	if (g_atomic_int_get(&self->returned))
		return G_SOURCE_REMOVE;
	if (self->begun)
		kasper_call_be_late(self);
	else
		kasper_call_give_up(self);
	return G_SOURCE_REMOVE;
}

/* --- work --- */

/* back in our thread */
static gboolean
kasper_call_finish(gpointer data)
{
	KasperCall *self = data;
	KasperCaller *caller = self->caller;
	KasperCallQueue *queue = self->queue;
	g_autoptr(GTask) task = g_steal_pointer(&self->task);

	kasper_call_stop_timer(self);
	queue->inside[self->order.parallel]--;
	if (task != NULL)
		caller->running--;
	else if (--queue->late == 0)
		kasper_caller_watch_waiting(queue);
	kasper_caller_drop_queue(caller, queue);
	kasper_caller_dispatch(caller);
	if (task != NULL && self->error != NULL)
		g_task_return_error(task, g_steal_pointer(&self->error));
	else if (task != NULL)
		g_task_return_pointer(task,
				      g_steal_pointer(&self->result),
				      self->order.free_result);
	kasper_call_free(self);
	return G_SOURCE_REMOVE;
}

/* on a worker thread */
static void
kasper_call_work(gpointer data, gpointer user_data)
{
	KasperCall *self = data;
	KasperCallOrder *order = &self->order;
	g_autoptr(GSource) source = NULL;

	self->result = order->work(order->plugin, order->data, self->cancellable, &self->error);
	if (self->result == NULL && self->error == NULL)
		g_set_error(&self->error,
			    KASPER_ERROR,
			    KASPER_ERROR_INTERNAL,
			    "%s: a call gave nothing, and no error; that is a bug",
			    G_OBJECT_TYPE_NAME(order->plugin));
	kasper_call_free_data(self);
	g_atomic_int_set(&self->returned, TRUE);
	source = g_idle_source_new();
	g_source_set_priority(source, G_PRIORITY_DEFAULT);
	g_source_set_callback(source, kasper_call_finish, self, NULL);
	g_source_attach(source, self->caller->context);
}

static void
kasper_call_begin(KasperCall *self)
{
	self->begun = TRUE;
	self->queue->inside[self->order.parallel]++;
	self->caller->running++;
	kasper_call_start_timer(self);
	g_thread_pool_push(self->caller->pool, self, NULL);
}

/* lets in whoever may go in */
static void
kasper_caller_dispatch(KasperCaller *self)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->queues);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperCallQueue *queue = value;

		for (guint parallel = 0; parallel < 2; parallel++) {
			guint limit = parallel ? KASPER_CALLER_SHARE : 1;

			while (self->running < KASPER_CALLER_THREADS &&
			       queue->inside[parallel] < limit &&
			       !g_queue_is_empty(&queue->waiting[parallel]))
				kasper_call_begin(g_queue_pop_head(&queue->waiting[parallel]));
		}
	}
}

static void
kasper_call_refuse(KasperCall *self)
{
	kasper_call_fail(self,
			 KASPER_ERROR_TRY_AGAIN,
			 "it has been closed in the meantime; nothing was done");
	kasper_call_free(self);
}

/* --- from outside --- */

KasperCaller *
kasper_caller_new(void)
{
	KasperCaller *self = g_atomic_rc_box_new0(KasperCaller);

	self->context = g_main_context_ref_thread_default();
	self->queues =
	    g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)kasper_call_queue_free);
	self->pool = g_thread_pool_new(kasper_call_work, NULL, -1, FALSE, NULL);
	self->second = 1000;
	return self;
}

KasperCaller *
kasper_caller_ref(KasperCaller *self)
{
	return g_atomic_rc_box_acquire(self);
}

static void
kasper_caller_clear(gpointer data)
{
	KasperCaller *self = data;

	g_thread_pool_free(self->pool, FALSE, FALSE);
	g_hash_table_unref(self->queues);
	g_main_context_unref(self->context);
}

void
kasper_caller_unref(KasperCaller *self)
{
	g_atomic_rc_box_release_full(self, kasper_caller_clear);
}

void
kasper_caller_set_second(KasperCaller *self, guint milliseconds)
{
	self->second = milliseconds;
}

void
kasper_caller_call(KasperCaller *self, const KasperCallOrder *order, GTask *task)
{
	KasperCallQueue *queue = kasper_caller_get_queue(self, order->plugin);
	KasperCall *call = g_new0(KasperCall, 1);

	call->caller = kasper_caller_ref(self);
	call->queue = queue;
	call->order = *order;
	call->order.plugin = g_object_ref(order->plugin);
	call->order.parallel = order->parallel != FALSE;
	call->task = task;
	call->cancellable = g_cancellable_new();
	if (queue->closing) {
		kasper_call_refuse(call);
		return;
	}
	g_queue_push_tail(&queue->waiting[call->order.parallel], call);
	if (queue->late > 0)
		kasper_call_start_timer(call);
	kasper_caller_dispatch(self);
}

void
kasper_caller_close(KasperCaller *self, KasperPlugin *plugin)
{
	KasperCallQueue *queue = kasper_caller_get_queue(self, plugin);
	g_autoptr(KasperCaller) keep G_GNUC_UNUSED = kasper_caller_ref(self);
	GQueue dropped = G_QUEUE_INIT;
	KasperCall *call;

	queue->closing = TRUE;
	for (guint parallel = 0; parallel < 2; parallel++) {
		while ((call = g_queue_pop_head(&queue->waiting[parallel])) != NULL)
			g_queue_push_tail(&dropped, call);
	}
	kasper_caller_drop_queue(self, queue);
	while ((call = g_queue_pop_head(&dropped)) != NULL) {
		kasper_call_stop_timer(call);
		kasper_call_refuse(call);
	}
}

KasperSpan
kasper_caller_get_lateness(KasperCaller *self, KasperPlugin *plugin)
{
	KasperCallQueue *queue = g_hash_table_lookup(self->queues, plugin);

	if (queue == NULL || queue->late == 0)
		return -1;
	return (g_get_monotonic_time() - queue->late_since) / G_USEC_PER_SEC;
}
