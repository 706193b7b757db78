/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include <string.h>

/* test clock: a signer that works in real time is looked at again after so many milliseconds */
#define POLL_INTERVAL 100

G_DEFINE_FINAL_TYPE(KasperEngine, kasper_engine, G_TYPE_OBJECT)

enum {
	PROP_0,
	PROP_POLL_INTERVAL,
	N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
kasper_problem_free(KasperProblem *self)
{
	g_free(self->text);
	g_free(self);
}

static void
kasper_engine_stop_source(GSource **source)
{
	if (*source != NULL)
		g_source_destroy(*source);
	g_clear_pointer(source, g_source_unref);
}

static void
kasper_engine_stop_sources(KasperEngine *self)
{
	kasper_engine_stop_source(&self->pass);
	kasper_engine_stop_source(&self->timer);
	kasper_engine_stop_source(&self->poll);
}

static void
kasper_engine_finalize(GObject *object)
{
	KasperEngine *self = KASPER_ENGINE(object);

	kasper_engine_stop_sources(self);
	g_clear_object(&self->clock);
	g_clear_object(&self->store);
	g_clear_object(&self->config);
	g_clear_object(&self->host);
	g_free(self->config_path);
	g_main_context_unref(self->context);
	g_ptr_array_unref(self->outgoing);
	g_ptr_array_unref(self->fresh_orders);
	g_ptr_array_unref(self->fresh_pairs);
	g_ptr_array_unref(self->fresh_events);
	g_ptr_array_unref(self->fresh_looks);
	g_hash_table_unref(self->looking);
	g_hash_table_unref(self->unsigned_at);
	g_hash_table_unref(self->held);
	g_ptr_array_unref(self->looks);
	g_ptr_array_unref(self->late);
	g_ptr_array_unref(self->notifiers);
	g_hash_table_unref(self->repositories);
	g_hash_table_unref(self->policies);
	g_hash_table_unref(self->buckets);
	g_hash_table_unref(self->problems);
	g_hash_table_unref(self->in_hand);
	g_hash_table_unref(self->pairs_in_hand);
	g_hash_table_unref(self->busy_notifiers);
	g_hash_table_unref(self->event_chunks);
	g_hash_table_unref(self->event_retries);
	G_OBJECT_CLASS(kasper_engine_parent_class)->finalize(object);
}

static void
kasper_engine_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
	KasperEngine *self = KASPER_ENGINE(object);

	if (id == PROP_POLL_INTERVAL)
		g_value_set_uint(value, self->poll_interval);
	else
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void
kasper_engine_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
	KasperEngine *self = KASPER_ENGINE(object);

	if (id == PROP_POLL_INTERVAL)
		self->poll_interval = g_value_get_uint(value);
	else
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void
kasper_engine_class_init(KasperEngineClass *klass)
{
	GObjectClass *object_class = G_OBJECT_CLASS(klass);

	object_class->finalize = kasper_engine_finalize;
	object_class->get_property = kasper_engine_get_property;
	object_class->set_property = kasper_engine_set_property;

	/**
	 * KasperEngine:poll-interval:
	 *
	 * With a test clock: real milliseconds after which a signer that has not published an
	 * order yet is looked at again, a few times; 0: it is not.
	 *
	 * Since: 0.1
	 */
	properties[PROP_POLL_INTERVAL] =
	    g_param_spec_uint("poll-interval",
			      NULL,
			      NULL,
			      0,
			      60000,
			      POLL_INTERVAL,
			      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
	g_object_class_install_properties(object_class, N_PROPS, properties);

	/**
	 * KasperEngine::event:
	 * @self: the engine
	 * @event: what happened
	 *
	 * Each thing that a notifier is told, once it is recorded.
	 *
	 * Since: 0.1
	 */
	g_signal_new("event",
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

static GHashTable *
kasper_engine_new_table(GDestroyNotify free_value)
{
	return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_value);
}

static void
kasper_engine_init(KasperEngine *self)
{
	GDestroyNotify free_order = (GDestroyNotify)kasper_outgoing_order_free;

	self->context = g_main_context_ref_thread_default();
	self->poll_interval = POLL_INTERVAL;
	self->plugins_at = KASPER_TIME_NEVER;
	self->repositories = kasper_engine_new_table((GDestroyNotify)kasper_repository_free);
	self->policies = g_hash_table_new(g_int64_hash, g_int64_equal);
	self->buckets = g_hash_table_new_full(g_str_hash,
					      g_str_equal,
					      g_free,
					      (GDestroyNotify)kasper_pool_bucket_free);
	self->problems = g_hash_table_new_full(g_str_hash,
					       g_str_equal,
					       g_free,
					       (GDestroyNotify)kasper_problem_free);
	self->notifiers = g_ptr_array_new_with_free_func(g_free);
	self->outgoing = g_ptr_array_new_with_free_func(free_order);
	self->fresh_orders = g_ptr_array_new_with_free_func(free_order);
	self->fresh_pairs =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_planned_pair_free);
	self->fresh_events = g_ptr_array_new_with_free_func(g_object_unref);
	self->looks = g_ptr_array_new_with_free_func(free_order);
	self->fresh_looks = g_ptr_array_new_with_free_func(free_order);
	self->looking = g_hash_table_new(g_int64_hash, g_int64_equal);
	self->held = kasper_engine_new_table(NULL);
	self->unsigned_at = kasper_engine_new_table(g_free);
	self->late = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_key_work_unref);
	self->in_hand = kasper_engine_new_table(NULL);
	self->pairs_in_hand = kasper_engine_new_table(NULL);
	self->busy_notifiers = g_hash_table_new(g_str_hash, g_str_equal);
	self->event_chunks = g_hash_table_new(g_str_hash, g_str_equal);
	self->event_retries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
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
	KasperTime now = kasper_clock_now(self->clock);

	self->latest = MAX(self->latest, MAX(now, kasper_store_get_highest_time(self->store)));
	return self->latest;
}

/**
 * kasper_engine_get_clock: (skip)
 * @self: an engine
 *
 * Returns: (transfer none): the clock that it goes by
 *
 * Since: 0.1
 */
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

/* so that what failed together is not tried again together */
static KasperSpan
kasper_engine_get_jitter(KasperEngine *self, gint64 seed, guint tries, KasperSpan span)
{
	guint64 x = ((guint64)seed << 16 ^ tries ^ self->secret[0]) *
		    G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

	x ^= x >> 29;
	return (KasperSpan)(x % ((guint64)span / 4 + 1));
}

KasperTime
kasper_engine_get_retry(KasperEngine *self,
			gint64 seed,
			guint tries,
			KasperSpan first,
			KasperSpan longest)
{
	KasperSpan span = first;

	for (guint i = 0; i < tries && span < longest; i++)
		span *= 2;
	span = MIN(span, longest);
	return kasper_time_add(kasper_engine_now(self),
			       span + kasper_engine_get_jitter(self, seed, tries, span));
}

static gboolean
kasper_engine_run_pass(gpointer data)
{
	g_autoptr(KasperEngine) self = g_object_ref(data);

	g_clear_pointer(&self->pass, g_source_unref);
	kasper_engine_pass(self);
	return G_SOURCE_REMOVE;
}

/* a pass is made as soon as the main context is free; requests of clients come first */
void
kasper_engine_kick(KasperEngine *self)
{
	if (!self->running || self->pass != NULL || self->closing)
		return;
	self->pass = g_idle_source_new();
	g_source_set_priority(self->pass, G_PRIORITY_DEFAULT_IDLE);
	g_source_set_callback(self->pass, kasper_engine_run_pass, self, NULL);
	g_source_attach(self->pass, self->context);
}

static gboolean
kasper_engine_run_timer(gpointer data)
{
	KasperEngine *self = data;

	g_clear_pointer(&self->timer, g_source_unref);
	kasper_engine_kick(self);
	return G_SOURCE_REMOVE;
}

void
kasper_engine_kick_in(KasperEngine *self, guint milliseconds)
{
	if (self->closing)
		return;
	kasper_engine_stop_source(&self->timer);
	self->timer = g_timeout_source_new(milliseconds);
	g_source_set_callback(self->timer, kasper_engine_run_timer, self, NULL);
	g_source_attach(self->timer, self->context);
}

/**
 * kasper_engine_start: (skip)
 * @self: an engine that was opened
 *
 * Begins to work, on the main context of the thread that made it.
 *
 * Since: 0.1
 */
void
kasper_engine_start(KasperEngine *self)
{
	self->running = TRUE;
	kasper_engine_kick(self);
}

/**
 * kasper_engine_close: (skip)
 * @self: an engine
 *
 * Takes no new work, waits for calls in flight, up to their deadline, and records what came of
 * them; then closes the plugins. Who waits for the engine to settle is told that it closes.
 *
 * Since: 0.1
 */
void
kasper_engine_close(KasperEngine *self)
{
	g_autoptr(GError) error =
	    g_error_new_literal(KASPER_ERROR, KASPER_ERROR_BUSY, "the engine is being closed");

	if (self->closing || self->host == NULL)
		return;
	self->closing = TRUE;
	while (kasper_plugin_host_count_calls(self->host) > 0)
		g_main_context_iteration(self->context, TRUE);
	kasper_engine_stop_sources(self);
	kasper_engine_fail_settlers(self, error);
	kasper_plugin_host_close_all(self->host);
}
