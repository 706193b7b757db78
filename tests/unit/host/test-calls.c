/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-plugin-host-private.h"
#include "test-plugin.h"

#define LONG_TIME  ((KasperSpan)3600)
#define SHORT_TIME ((KasperSpan)2) /* of the seconds below */
#define SECOND	   10		   /* milliseconds */

/* what workers and the test do to each other; one for each test */
typedef struct {
	KasperPluginHost *host;
	KasperPlugin *plugin;
	GMutex lock;
	GCond changed;
	/* under the lock */
	gboolean gate; /* workers may leave */
	guint inside;
	guint most_inside;
	guint begun;
	guint data_freed;
	guint results_freed;
	GString *order;
	/* of our thread */
	guint answered;
	guint plugins; /* that are there; each call that is under way holds its own */
	GThread *thread;
} Bench;

static Bench *the_bench;

static void
count_down(gpointer counter, GObject *where_the_object_was)
{
	--*(guint *)counter;
}

static KasperPlugin *
open_plugin(Bench *bench, const gchar *name)
{
	KasperPlugin *plugin =
	    kasper_plugin_host_open(bench->host, name, "test", KASPER_TYPE_NOTIFIER, NULL, NULL);

	g_assert_nonnull(plugin);
	bench->plugins++;
	g_object_weak_ref(G_OBJECT(plugin), count_down, &bench->plugins);
	return plugin;
}

static void
bench_set_up(Bench *bench, gconstpointer data)
{
	g_mutex_init(&bench->lock);
	g_cond_init(&bench->changed);
	bench->order = g_string_new(NULL);
	bench->thread = g_thread_self();
	bench->host = kasper_plugin_host_new(NULL);
	kasper_plugin_host_add_type(bench->host, "test", TEST_TYPE_PLUGIN);
	bench->plugin = open_plugin(bench, "one");
	kasper_plugin_host_set_second(bench->host, SECOND);
	the_bench = bench;
}

static void
bench_open_gate(Bench *bench)
{
	g_mutex_lock(&bench->lock);
	bench->gate = TRUE;
	g_cond_broadcast(&bench->changed);
	g_mutex_unlock(&bench->lock);
}

static guint
bench_read(Bench *bench, const guint *counter)
{
	guint value;

	g_mutex_lock(&bench->lock);
	value = *counter;
	g_mutex_unlock(&bench->lock);
	return value;
}

/* answers arrive while we wait */
static void
bench_wait_for(Bench *bench, const guint *counter, guint value)
{
	while (bench_read(bench, counter) < value) {
		/* workers that have not touched the main context need a look, too */
		if (!g_main_context_iteration(NULL, FALSE))
			g_thread_yield();
	}
}

static void
bench_tear_down(Bench *bench, gconstpointer data)
{
	bench_open_gate(bench);
	g_clear_object(&bench->host);
	while (bench->plugins > 0)
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpuint(bench->inside, ==, 0);
	g_string_free(bench->order, TRUE);
	g_mutex_clear(&bench->lock);
	g_cond_clear(&bench->changed);
}

/* --- work --- */

static gpointer
work_name(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	Bench *bench = the_bench;

	g_assert_true(g_thread_self() != bench->thread);
	g_mutex_lock(&bench->lock);
	bench->begun++;
	bench->inside++;
	bench->most_inside = MAX(bench->most_inside, bench->inside);
	g_string_append(bench->order, data);
	g_cond_broadcast(&bench->changed);
	g_mutex_unlock(&bench->lock);
	/* others would come in now, if they could */
	g_thread_yield();
	g_mutex_lock(&bench->lock);
	bench->inside--;
	g_mutex_unlock(&bench->lock);
	return g_strdup(data);
}

static gpointer
work_fail(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	g_set_error_literal(error, KASPER_ERROR, KASPER_ERROR_BUSY, "not now");
	return NULL;
}

static gpointer
work_nothing(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	return NULL;
}

/* stays inside until the gate opens, whatever it is told */
static gpointer
work_hang(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	Bench *bench = the_bench;

	g_mutex_lock(&bench->lock);
	bench->begun++;
	bench->inside++;
	bench->most_inside = MAX(bench->most_inside, bench->inside);
	while (!bench->gate)
		g_cond_wait(&bench->changed, &bench->lock);
	bench->inside--;
	g_mutex_unlock(&bench->lock);
	return g_strdup(g_cancellable_is_cancelled(cancellable) ? "cancelled" : "let out");
}

static void
free_data(gpointer data)
{
	Bench *bench = the_bench;

	g_mutex_lock(&bench->lock);
	bench->data_freed++;
	g_mutex_unlock(&bench->lock);
	g_free(data);
}

static void
free_result(gpointer result)
{
	Bench *bench = the_bench;

	g_mutex_lock(&bench->lock);
	bench->results_freed++;
	g_mutex_unlock(&bench->lock);
	g_free(result);
}

/* --- calls and their answers --- */

typedef struct {
	Bench *bench;
	gboolean done;
	guint calls_then; /* that were counted when the answer came */
	gchar *result;
	GError *error;
} Answer;

static void
answer_clear(Answer *self)
{
	g_clear_pointer(&self->result, g_free);
	g_clear_error(&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

static void
answer_cb(GObject *source, GAsyncResult *result, gpointer data)
{
	Answer *answer = data;

	g_assert_true(g_thread_self() == answer->bench->thread);
	g_assert_false(answer->done);
	answer->done = TRUE;
	answer->bench->answered++;
	answer->calls_then = kasper_plugin_host_count_calls(answer->bench->host);
	answer->result =
	    kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &answer->error);
}

static void
call_plugin(Bench *bench,
	    KasperPlugin *plugin,
	    KasperCallFunc work,
	    const gchar *name,
	    KasperSpan deadline,
	    gboolean parallel,
	    Answer *answer)
{
	answer->bench = bench;
	kasper_plugin_host_call_async(bench->host,
				      plugin,
				      deadline,
				      parallel,
				      work,
				      g_strdup(name),
				      free_data,
				      free_result,
				      answer_cb,
				      answer);
}

static void
call(Bench *bench, KasperCallFunc work, KasperSpan deadline, Answer *answer)
{
	call_plugin(bench, bench->plugin, work, "x", deadline, FALSE, answer);
}

static void
wait_for(Answer *answer)
{
	while (!answer->done)
		g_main_context_iteration(NULL, TRUE);
}

/* --- tests --- */

static void
test_answer(Bench *bench, gconstpointer data)
{
	g_auto(Answer) answer = {0};

	call(bench, work_name, LONG_TIME, &answer);
	g_assert_cmpuint(kasper_plugin_host_count_calls(bench->host), ==, 1);
	g_assert_false(answer.done);
	wait_for(&answer);
	g_assert_no_error(answer.error);
	g_assert_cmpstr(answer.result, ==, "x");
	/* whoever looks sees either the call or what came of it */
	g_assert_cmpuint(answer.calls_then, ==, 0);
	g_assert_cmpuint(bench_read(bench, &bench->data_freed), ==, 1);
	g_assert_cmpuint(bench_read(bench, &bench->results_freed), ==, 0);
}

static void
test_error(Bench *bench, gconstpointer data)
{
	g_auto(Answer) answer = {0};

	call(bench, work_fail, LONG_TIME, &answer);
	wait_for(&answer);
	g_assert_error(answer.error, KASPER_ERROR, KASPER_ERROR_BUSY);
	g_assert_cmpstr(answer.error->message, ==, "not now");
	g_assert_null(answer.result);
	g_assert_cmpuint(bench_read(bench, &bench->data_freed), ==, 1);
}

static void
test_nothing(Bench *bench, gconstpointer data)
{
	g_auto(Answer) answer = {0};

	call(bench, work_nothing, LONG_TIME, &answer);
	wait_for(&answer);
	g_assert_error(answer.error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
}

static void
test_in_order(Bench *bench, gconstpointer data)
{
	Answer answers[26] = {0};
	gchar name[2] = "a";

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++, name[0]++)
		call_plugin(bench, bench->plugin, work_name, name, LONG_TIME, FALSE, &answers[i]);
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		wait_for(&answers[i]);
		answer_clear(&answers[i]);
	}
	g_assert_cmpstr(bench->order->str, ==, "abcdefghijklmnopqrstuvwxyz");
	g_assert_cmpuint(bench->most_inside, ==, 1);
}

/* neither could leave if they were not inside at the same time */
static void
test_parallel(Bench *bench, gconstpointer data)
{
	Answer answers[12] = {0};

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
		call_plugin(bench, bench->plugin, work_hang, "x", LONG_TIME, TRUE, &answers[i]);
	bench_wait_for(bench, &bench->inside, 8);
	/* others are not locked out by it */
	{
		g_auto(Answer) other = {0};

		call_plugin(bench,
			    open_plugin(bench, "two"),
			    work_name,
			    "y",
			    LONG_TIME,
			    FALSE,
			    &other);
		wait_for(&other);
		g_assert_cmpstr(other.result, ==, "y");
	}
	bench_open_gate(bench);
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		wait_for(&answers[i]);
		g_assert_cmpstr(answers[i].result, ==, "let out");
		answer_clear(&answers[i]);
	}
	g_assert_cmpuint(bench->begun, ==, 13);
	/* one plugin has no more than its share; the other was inside for a moment */
	g_assert_cmpuint(bench->most_inside, <=, 9);
}

static void
test_late(Bench *bench, gconstpointer data)
{
	g_auto(Answer) answer = {0};
	g_autoptr(GVariant) rows = NULL;
	g_autofree gchar *text = NULL;

	call(bench, work_hang, SHORT_TIME, &answer);
	wait_for(&answer);
	g_assert_error(answer.error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME);
	g_assert_cmpstr(answer.error->message,
			==,
			"TestPlugin: no answer within 2 s; it may or may not have been done");
	g_assert_cmpuint(kasper_plugin_host_count_calls(bench->host), ==, 0);
	rows = g_variant_ref_sink(kasper_plugin_host_describe(bench->host));
	text = g_variant_print(rows, FALSE);
	g_assert_nonnull(g_strstr_len(text, -1, "'state': <'late'>"));
	/* its data are still in use; what it gives is dropped, and nobody is told twice */
	g_assert_cmpuint(bench_read(bench, &bench->data_freed), ==, 0);
	bench_open_gate(bench);
	bench_wait_for(bench, &bench->results_freed, 1);
	g_assert_cmpuint(bench_read(bench, &bench->data_freed), ==, 1);
	g_clear_pointer(&rows, g_variant_unref);
	g_clear_pointer(&text, g_free);
	rows = g_variant_ref_sink(kasper_plugin_host_describe(bench->host));
	text = g_variant_print(rows, FALSE);
	g_assert_nonnull(g_strstr_len(text, -1, "'state': <'ok'>"));
}

static gpointer
work_until_cancelled(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	GPollFD fd;

	g_assert_true(g_cancellable_make_pollfd(cancellable, &fd));
	while (!g_cancellable_is_cancelled(cancellable))
		g_poll(&fd, 1, -1);
	g_cancellable_release_fd(cancellable);
	return g_strdup("cancelled");
}

static void
test_cancelled(Bench *bench, gconstpointer data)
{
	g_auto(Answer) answer = {0};

	call(bench, work_until_cancelled, SHORT_TIME, &answer);
	wait_for(&answer);
	g_assert_error(answer.error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME);
	bench_wait_for(bench, &bench->results_freed, 1);
}

static void
test_behind_late(Bench *bench, gconstpointer data)
{
	g_auto(Answer) late = {0};
	g_auto(Answer) before = {0};
	g_auto(Answer) after = {0};
	g_auto(Answer) other = {0};
	g_auto(Answer) again = {0};

	call(bench, work_hang, SHORT_TIME, &late);
	call(bench, work_name, SHORT_TIME, &before);
	wait_for(&late);
	g_assert_error(late.error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME);
	call(bench, work_name, SHORT_TIME, &after);
	call_plugin(bench, open_plugin(bench, "two"), work_name, "y", LONG_TIME, FALSE, &other);
	wait_for(&other);
	g_assert_cmpstr(other.result, ==, "y");
	wait_for(&before);
	wait_for(&after);
	g_assert_error(before.error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_error(after.error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	/* they never began */
	g_assert_cmpstr(bench->order->str, ==, "y");
	g_assert_cmpuint(bench_read(bench, &bench->data_freed), ==, 3);
	bench_open_gate(bench);
	call(bench, work_name, LONG_TIME, &again);
	wait_for(&again);
	g_assert_cmpstr(again.result, ==, "x");
}

/* the time of a call is its own: waiting for others that are in time does not count */
static void
test_patience(Bench *bench, gconstpointer data)
{
	g_auto(Answer) slow = {0};
	g_auto(Answer) clock = {0};
	g_auto(Answer) patient = {0};

	call(bench, work_hang, LONG_TIME, &slow);
	call(bench, work_name, SHORT_TIME, &patient);
	/* somebody else's deadline, which is longer, has passed */
	call_plugin(bench,
		    open_plugin(bench, "two"),
		    work_until_cancelled,
		    "y",
		    4 * SHORT_TIME,
		    FALSE,
		    &clock);
	wait_for(&clock);
	g_assert_false(patient.done);
	bench_open_gate(bench);
	wait_for(&patient);
	g_assert_no_error(patient.error);
	g_assert_cmpstr(patient.result, ==, "x");
	wait_for(&slow);
	g_assert_no_error(slow.error);
}

/* ... also for those who were counted against a late call, which is back */
static void
test_patience_after_late(Bench *bench, gconstpointer data)
{
	g_auto(Answer) late = {0};
	g_auto(Answer) slow = {0};
	g_auto(Answer) clock = {0};
	g_auto(Answer) patient = {0};

	call(bench, work_until_cancelled, SHORT_TIME, &late);
	call(bench, work_hang, LONG_TIME, &slow);
	call(bench, work_name, SHORT_TIME, &patient);
	wait_for(&late);
	g_assert_error(late.error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME);
	bench_wait_for(bench, &bench->inside, 1);
	call_plugin(bench,
		    open_plugin(bench, "two"),
		    work_until_cancelled,
		    "y",
		    4 * SHORT_TIME,
		    FALSE,
		    &clock);
	wait_for(&clock);
	g_assert_false(patient.done);
	bench_open_gate(bench);
	wait_for(&patient);
	g_assert_no_error(patient.error);
	wait_for(&slow);
	g_assert_no_error(slow.error);
}

/* threads that hang are not missed */
static void
test_many_late(Bench *bench, gconstpointer data)
{
	Answer answers[20] = {0};
	g_auto(Answer) last = {0};

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autofree gchar *name = g_strdup_printf("hanging-%u", i);

		call_plugin(bench,
			    open_plugin(bench, name),
			    work_hang,
			    "x",
			    SHORT_TIME,
			    FALSE,
			    &answers[i]);
	}
	call(bench, work_name, SHORT_TIME, &last);
	wait_for(&last);
	g_assert_no_error(last.error);
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		wait_for(&answers[i]);
		g_assert_error(answers[i].error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME);
		answer_clear(&answers[i]);
	}
}

static void
test_close(Bench *bench, gconstpointer data)
{
	g_autoptr(TestPlugin) plugin = g_object_ref(TEST_PLUGIN(bench->plugin));
	g_auto(Answer) inside = {0};
	g_auto(Answer) waiting = {0};

	call(bench, work_hang, LONG_TIME, &inside);
	call(bench, work_name, LONG_TIME, &waiting);
	bench_wait_for(bench, &bench->inside, 1);
	kasper_plugin_host_close(bench->host, "one", KASPER_TYPE_NOTIFIER);
	wait_for(&waiting);
	g_assert_error(waiting.error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	/* not while somebody is inside */
	g_assert_cmpuint(plugin->closed, ==, 0);
	/* a plugin of the same name does not have to wait for that */
	open_plugin(bench, "one");
	bench_open_gate(bench);
	wait_for(&inside);
	g_assert_cmpstr(inside.result, ==, "let out");
	g_assert_cmpuint(plugin->closed, ==, 1);
}

/* nobody is interested any more when it comes back */
static void
test_host_gone(Bench *bench, gconstpointer data)
{
	g_autoptr(TestPlugin) plugin = g_object_ref(TEST_PLUGIN(bench->plugin));
	g_auto(Answer) answer = {0};

	call(bench, work_hang, SHORT_TIME, &answer);
	wait_for(&answer);
	g_assert_finalize_object(g_steal_pointer(&bench->host));
	g_assert_cmpuint(plugin->closed, ==, 0);
	bench_open_gate(bench);
	bench_wait_for(bench, &bench->results_freed, 1);
	g_assert_cmpuint(plugin->closed, ==, 1);
}

/* an answer may start the next call, close the plugin, or turn the main loop itself */
static void
reenter_cb(GObject *source, GAsyncResult *result, gpointer data)
{
	Answer *next = data;
	Bench *bench = the_bench;
	g_autofree gchar *text G_GNUC_UNUSED =
	    kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, NULL);

	call(bench, work_name, LONG_TIME, next);
	wait_for(next);
	kasper_plugin_host_close(bench->host, "one", KASPER_TYPE_NOTIFIER);
	bench->answered++;
}

static void
test_reentered(Bench *bench, gconstpointer data)
{
	g_auto(Answer) next = {0};
	g_auto(Answer) late = {0};

	kasper_plugin_host_call_async(bench->host,
				      bench->plugin,
				      LONG_TIME,
				      FALSE,
				      work_name,
				      g_strdup("x"),
				      free_data,
				      free_result,
				      reenter_cb,
				      &next);
	while (bench->answered < 2)
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpstr(next.result, ==, "x");
	g_assert_null(kasper_plugin_host_find(bench->host, "one", KASPER_TYPE_NOTIFIER));
	bench->plugin = open_plugin(bench, "one");
	call(bench, work_hang, SHORT_TIME, &late);
	wait_for(&late);
}

int
main(int argc, char **argv)
{
	static const struct {
		const gchar *name;
		void (*test)(Bench *bench, gconstpointer data);
	} tests[] = {
	    {"answer", test_answer},
	    {"error", test_error},
	    {"nothing", test_nothing},
	    {"in-order", test_in_order},
	    {"parallel", test_parallel},
	    {"late", test_late},
	    {"cancelled", test_cancelled},
	    {"behind-late", test_behind_late},
	    {"patience", test_patience},
	    {"patience-after-late", test_patience_after_late},
	    {"many-late", test_many_late},
	    {"close", test_close},
	    {"host-gone", test_host_gone},
	    {"reentered", test_reentered},
	};

	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree gchar *path = g_strdup_printf("/calls/%s", tests[i].name);

		g_test_add(path, Bench, NULL, bench_set_up, tests[i].test, bench_tear_down);
	}
	return g_test_run();
}
