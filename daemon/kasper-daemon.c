/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-daemon.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "background.h"
#include "folders.h"
#include "identity.h"
#include "kasper-control.h"
#include "log.h"
#include "notify.h"
#include "pid-file.h"
#include "report.h"

struct _KasperDaemon {
	KasperDaemonOptions options;
	guint stages; /* how many are up */

	gchar *config_path; /* absolute */
	KasperConfig *config;
	KasperdIdentity identity;
	KasperdPidFile *pid_file;
	KasperStore *store;
	KasperClock *clock;
	KasperPluginHost *host;
	KasperEngine *engine;
	KasperControl *control;
};

/* --- the configuration; read with the rights of whoever starts the daemon --- */

/* gives how many errors there are */
static guint
kasper_daemon_print_findings(GPtrArray *findings)
{
	guint errors = 0;

	for (guint i = 0; i < findings->len; i++) {
		const KasperFinding *finding = g_ptr_array_index(findings, i);
		g_autofree gchar *text = kasper_finding_to_text(finding);

		if (finding->level == KASPER_FINDING_ERROR) {
			kasperd_log_failure(text);
			errors++;
		} else if (finding->level == KASPER_FINDING_WARNING) {
			g_warning("%s", text);
		} else {
			g_info("%s", text);
		}
	}
	return errors;
}

static gboolean
kasper_daemon_open_config(KasperDaemon *self, GError **error)
{
	g_autoptr(GPtrArray) findings =
	    g_ptr_array_new_with_free_func((GDestroyNotify)kasper_finding_free);
	g_autoptr(GError) error_local = NULL;
	guint errors;

	self->config = kasper_config_load(self->config_path, findings, &error_local);
	errors = kasper_daemon_print_findings(findings);
	if (self->config == NULL && errors > 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%s: %u errors in the configuration, listed above; 'kasper policy "
			    "check' looks again",
			    self->config_path,
			    errors);
		return FALSE;
	}
	if (self->config == NULL) {
		g_propagate_error(error, g_steal_pointer(&error_local));
		return FALSE;
	}
	kasperd_log_set_verbosity(self->options.verbosity != 0
				      ? self->options.verbosity
				      : kasper_config_get_verbosity(self->config));
	return TRUE;
}

static void
kasper_daemon_close_config(KasperDaemon *self)
{
	g_clear_object(&self->config);
}

/* --- the process: alone, in the background, without root's rights, with private files --- */

/* keys and PINs of a token must not end in a core, nor be read by another process */
static void
kasper_daemon_seal(KasperDaemon *self)
{
	const struct rlimit none = {0, 0};

	/* never wider than this; what a stricter starter set stays */
	umask(umask(0777) | 0027);
	if (self->options.debuggable)
		return;
	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		g_warning("a crash may write memory to disk: %s", g_strerror(errno));
}

static void
kasper_daemon_log_to_syslog(KasperDaemon *self)
{
	const gchar *facility = kasper_config_get_syslog_facility(self->config);

	if (facility != NULL && !kasperd_log_to_syslog(facility))
		g_warning("%s: there is no syslog facility %s: logging to daemon",
			  self->config_path,
			  facility);
	else if (facility == NULL)
		kasperd_log_to_syslog("daemon");
}

static gboolean
kasper_daemon_open_process(KasperDaemon *self, GError **error)
{
	const gchar *user = kasper_config_get_user(self->config);

	if (!kasperd_identity_find(user,
				   kasper_config_get_group(self->config),
				   &self->identity,
				   error) ||
	    !kasperd_folders_make(self->config, &self->identity, error))
		return FALSE;
	self->pid_file = kasperd_pid_file_lock(kasper_config_get_pid_file(self->config),
					       self->identity.uid,
					       self->identity.gid,
					       error);
	if (self->pid_file == NULL)
		return FALSE;
	/* before there are threads and open tokens, which a fork would break */
	if (!self->options.foreground && !self->options.once) {
		kasper_daemon_log_to_syslog(self);
		if (!kasperd_background_enter(error))
			return FALSE;
	}
	if (!kasperd_identity_assume(&self->identity, error))
		return FALSE;
	kasper_daemon_seal(self);
	if (geteuid() == 0)
		g_info("running as root: name a user in Enforcer/Privileges in conf.xml");
	else if (access(self->config_path, R_OK) != 0)
		g_warning("%s cannot be read by %s: 'kasper update' will fail: chgrp %s and "
			  "chmod 0640 it",
			  self->config_path,
			  self->identity.user,
			  self->identity.group);
	return kasperd_folders_enter(self->config, &self->identity, error);
}

static void
kasper_daemon_close_process(KasperDaemon *self)
{
	g_clear_pointer(&self->pid_file, kasperd_pid_file_free);
	kasperd_identity_clear(&self->identity);
}

/* --- store, host, engine, control --- */

static gboolean
kasper_daemon_open_store(KasperDaemon *self, GError **error)
{
	self->store = kasper_store_open(kasper_config_get_store_file(self->config), error);
	return self->store != NULL;
}

static void
kasper_daemon_close_store(KasperDaemon *self)
{
	if (self->store != NULL)
		kasper_store_close(self->store);
	g_clear_object(&self->store);
}

static gboolean
kasper_daemon_open_host(KasperDaemon *self, GError **error)
{
	g_autoptr(GStrvBuilder) folders = g_strv_builder_new();
	g_auto(GStrv) list = NULL;

	/* the administrator's come first */
	g_strv_builder_addv(folders,
			    (const gchar **)kasper_config_get_plugin_folders(self->config));
	g_strv_builder_add(folders, KASPER_PLUGIN_FOLDER);
	list = g_strv_builder_end(folders);
	self->host = kasper_plugin_host_new((const gchar *const *)list);
	return TRUE;
}

static void
kasper_daemon_close_host(KasperDaemon *self)
{
	if (self->host != NULL)
		kasper_plugin_host_close_all(self->host);
	g_clear_object(&self->host);
}

static gboolean
kasper_daemon_open_engine(KasperDaemon *self, GError **error)
{
	KasperTime start = self->options.test_time;

	if (!self->options.test_clock) {
		self->clock = kasper_clock_new_system();
	} else {
		if (start == KASPER_TIME_UNSET)
			start = g_get_real_time() / G_USEC_PER_SEC;
		/* a clock that stood further on when it was stopped goes on from there */
		start = MAX(start, kasper_store_get_highest_time(self->store));
		self->clock = kasper_clock_new_test(start);
		g_message("test clock: time stands still until 'kasper time leap'");
	}
	self->engine = kasper_engine_new(self->clock, self->store, self->config_path);
	if (!kasper_engine_open(self->engine, self->config, self->host, error))
		return FALSE;
	kasper_engine_start(self->engine);
	return TRUE;
}

static void
kasper_daemon_close_engine(KasperDaemon *self)
{
	if (self->engine != NULL)
		kasper_engine_close(self->engine);
	g_clear_object(&self->engine);
	g_clear_object(&self->clock);
}

static gboolean
kasper_daemon_open_control(KasperDaemon *self, GError **error)
{
	if (!self->options.once) {
		self->control =
		    kasper_control_new(self->engine, kasper_config_get_socket_file(self->config));
		if (!kasper_control_start(self->control, error))
			return FALSE;
	}
	return kasperd_pid_file_write(self->pid_file, error);
}

static void
kasper_daemon_close_control(KasperDaemon *self)
{
	if (self->control != NULL)
		kasper_control_stop(self->control);
	g_clear_object(&self->control);
}

/* --- up and down --- */

typedef struct {
	gboolean (*open)(KasperDaemon *self, GError **error);
	void (*close)(KasperDaemon *self);
} KasperDaemonStage;

static const KasperDaemonStage kasper_daemon_stages[] = {
    {kasper_daemon_open_config, kasper_daemon_close_config},
    {kasper_daemon_open_process, kasper_daemon_close_process},
    {kasper_daemon_open_store, kasper_daemon_close_store},
    {kasper_daemon_open_host, kasper_daemon_close_host},
    {kasper_daemon_open_engine, kasper_daemon_close_engine},
    {kasper_daemon_open_control, kasper_daemon_close_control},
};

void
kasper_daemon_announce(KasperDaemon *self)
{
	g_autofree gchar *state = NULL;
	guint zones = kasperd_report_count_zones(self->engine);

	g_message("kasperd " KASPER_VERSION " works on %u zones with %s", zones, self->config_path);
	state = g_strdup_printf("READY=1\nSTATUS=%u zones", zones);
	kasperd_notify(state);
	kasperd_background_ready();
	if (!self->options.foreground && !self->options.once)
		kasperd_log_detach();
}

KasperDaemon *
kasper_daemon_open(const KasperDaemonOptions *options, GError **error)
{
	g_autoptr(KasperDaemon) self = g_new0(KasperDaemon, 1);

	self->options = *options;
	self->config_path = g_canonicalize_filename(options->config, NULL);
	while (self->stages < G_N_ELEMENTS(kasper_daemon_stages)) {
		/* counted first: half a stage is taken down, too */
		if (!kasper_daemon_stages[self->stages++].open(self, error))
			return NULL;
	}
	return g_steal_pointer(&self);
}

void
kasper_daemon_close(KasperDaemon *self)
{
	if (self == NULL)
		return;
	while (self->stages > 0)
		kasper_daemon_stages[--self->stages].close(self);
	g_free(self->config_path);
	g_free(self);
}

KasperEngine *
kasper_daemon_get_engine(KasperDaemon *self)
{
	return self->engine;
}
