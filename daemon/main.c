/* SPDX-License-Identifier: BSD-2-Clause */
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "background.h"
#include "kasper-daemon.h"
#include "log.h"
#include "notify.h"
#include "options.h"
#include "report.h"

/* exit statuses; EXIT_SUCCESS: it worked, and ended when it was told to */
#define KASPERD_EXIT_FAILED  1 /* it did not start */
#define KASPERD_EXIT_USAGE   2
#define KASPERD_EXIT_PARTIAL 3 /* --once: something that was due could not be done */

typedef struct {
	GMainLoop *loop;
	KasperDaemon *daemon;
	gint status;
	gboolean once;
	gboolean stopping;
} Kasperd;

static gboolean
kasperd_on_stop(gpointer data)
{
	Kasperd *self = data;

	/* the second one does not wait for answers: what is known is on disk at any moment */
	if (self->stopping)
		_exit(KASPERD_EXIT_FAILED);
	self->stopping = TRUE;
	if (self->once)
		self->status = KASPERD_EXIT_PARTIAL;
	g_message("stopping: what was begun is finished first");
	kasperd_notify("STOPPING=1");
	g_main_loop_quit(self->loop);
	return G_SOURCE_CONTINUE;
}

static gboolean
kasperd_on_hang_up(gpointer data)
{
	Kasperd *self = data;

	if (!self->stopping)
		kasperd_report_reload(kasper_daemon_get_engine(self->daemon));
	return G_SOURCE_CONTINUE;
}

/* --once: nothing is due any more, and nothing in flight */
static void
kasperd_on_settled(GObject *source, GAsyncResult *result, gpointer data)
{
	Kasperd *self = data;
	g_autoptr(GError) error = NULL;

	if (!kasper_engine_settle_finish(KASPER_ENGINE(source), result, &error))
		g_warning("%s", error->message);
	if (error != NULL || !kasperd_report_problems(KASPER_ENGINE(source)))
		self->status = KASPERD_EXIT_PARTIAL;
	g_main_loop_quit(self->loop);
}

static gint
kasperd_run(const KasperDaemonOptions *options)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autoptr(GError) error = NULL;
	Kasperd self = {.loop = loop, .status = EXIT_SUCCESS, .once = options->once};

	self.daemon = kasper_daemon_open(options, &error);
	if (self.daemon == NULL) {
		kasperd_log_failure(error->message);
		return KASPERD_EXIT_FAILED;
	}
	g_unix_signal_add(SIGTERM, kasperd_on_stop, &self);
	g_unix_signal_add(SIGINT, kasperd_on_stop, &self);
	g_unix_signal_add(SIGHUP, kasperd_on_hang_up, &self);
	kasper_daemon_announce(self.daemon);
	if (options->once)
		kasper_engine_settle_async(kasper_daemon_get_engine(self.daemon),
					   NULL,
					   kasperd_on_settled,
					   &self);
	g_main_loop_run(loop);
	kasper_daemon_close(self.daemon);
	g_message("stopped");
	return self.status;
}

int
main(int argc, char **argv)
{
	g_auto(KasperDaemonOptions) options = {.test_time = KASPER_TIME_UNSET};
	g_autoptr(GError) error = NULL;

	kasperd_background_keep_standard_files();
	/* words as people read them; numbers and dates stay as programs read them */
	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "");
	if (!kasperd_options_parse(&options, &argc, &argv, &error)) {
		g_printerr("kasperd: %s\nTry 'kasperd --help'.\n", error->message);
		return KASPERD_EXIT_USAGE;
	}
	if (options.config == NULL) {
		g_print("kasperd " KASPER_VERSION "\n");
		return EXIT_SUCCESS;
	}
	signal(SIGPIPE, SIG_IGN);
	kasperd_log_open();
	kasperd_notify_open();
	return kasperd_run(&options);
}
