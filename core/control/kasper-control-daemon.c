/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-private.h"
#include "kasper-error.h"

static void
kasper_control_status(KasperControlCall *call)
{
	kasper_control_return_value(call, kasper_engine_status(call->engine), NULL);
}

static void
kasper_control_enforce(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *zone;
	gint64 n_zones;

	g_variant_get(call->parameters, "(&s)", &zone);
	n_zones = kasper_engine_enforce(call->engine,
					kasper_control_given(zone),
					call->peer->actor,
					&error);
	kasper_control_return_count(call, n_zones, error);
}

static void
kasper_control_on_settled(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(KasperControlCall) call = user_data;
	GError *error = NULL;
	gboolean ok = kasper_engine_settle_finish(KASPER_ENGINE(source), result, &error);

	kasper_control_return_done(call, ok, error);
}

static void
kasper_control_settle(KasperControlCall *call)
{
	KasperControlCall *kept = kasper_control_call_keep(call);

	if (kept != NULL)
		kasper_engine_settle_async(call->engine, NULL, kasper_control_on_settled, kept);
}

static void
kasper_control_on_leapt(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(KasperControlCall) call = user_data;
	GError *error = NULL;
	KasperTime now = kasper_engine_leap_finish(KASPER_ENGINE(source), result, &error);

	if (error != NULL)
		kasper_control_return_done(call, FALSE, error);
	else
		kasper_control_return(call, g_variant_new("(x)", now));
}

static void
kasper_control_leap(KasperControlCall *call)
{
	KasperControlCall *kept = kasper_control_call_keep(call);
	KasperTime to;

	if (kept == NULL)
		return;
	g_variant_get(call->parameters, "(x)", &to);
	kasper_engine_leap_async(call->engine, to, NULL, kasper_control_on_leapt, kept);
}

static void
kasper_control_accept_time(KasperControlCall *call)
{
	GError *error = NULL;
	KasperTime now = kasper_engine_accept_time(call->engine, call->peer->actor, &error);

	if (error != NULL)
		kasper_control_return_done(call, FALSE, error);
	else
		kasper_control_return(call, g_variant_new("(x)", now));
}

static void
kasper_control_update(KasperControlCall *call)
{
	GError *error = NULL;
	GVariant *result;
	gboolean dry_run;
	guint what;

	g_variant_get(call->parameters, "(ub)", &what, &dry_run);
	result = kasper_engine_update(call->engine, what, dry_run, call->peer->actor, &error);
	kasper_control_return_value(call, result, error);
}

static void
kasper_control_monitor(KasperControlCall *call)
{
	GError *error = NULL;
	gint fd = kasper_control_add_feed(call->control, &error);

	if (fd < 0)
		kasper_control_return_done(call, FALSE, error);
	else
		kasper_control_return_fd(call, g_variant_new("(h)", 0), fd);
}

static const struct {
	const gchar *word;
	KasperBackupVerb verb;
} kasper_control_backup_verbs[] = {
    {"prepare", KASPER_BACKUP_VERB_PREPARE},
    {"commit", KASPER_BACKUP_VERB_COMMIT},
    {"rollback", KASPER_BACKUP_VERB_ROLLBACK},
    {"done", KASPER_BACKUP_VERB_DONE},
};

static void
kasper_control_backup(KasperControlCall *call)
{
	const gchar *repository;
	const gchar *word;
	GError *error = NULL;
	gint64 n_keys = -1;

	g_variant_get(call->parameters, "(&s&s)", &word, &repository);
	for (guint i = 0; i < G_N_ELEMENTS(kasper_control_backup_verbs); i++) {
		if (g_strcmp0(word, kasper_control_backup_verbs[i].word) != 0)
			continue;
		n_keys = kasper_engine_backup(call->engine,
					      kasper_control_backup_verbs[i].verb,
					      kasper_control_given(repository),
					      call->peer->actor,
					      &error);
		kasper_control_return_count(call, n_keys, error);
		return;
	}
	g_set_error(&error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "backup %s: should be prepare, commit, rollback or done",
		    word);
	kasper_control_return_count(call, n_keys, error);
}

static void
kasper_control_on_tested(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(KasperControlCall) call = user_data;
	GError *error = NULL;
	GVariant *report =
	    kasper_engine_test_repository_finish(KASPER_ENGINE(source), result, &error);

	kasper_control_return_value(call, report, error);
}

static void
kasper_control_test_repository(KasperControlCall *call)
{
	KasperControlCall *kept = kasper_control_call_keep(call);
	const gchar *repository;

	if (kept == NULL)
		return;
	g_variant_get(call->parameters, "(&s)", &repository);
	kasper_engine_test_repository_async(call->engine,
					    repository,
					    NULL,
					    kasper_control_on_tested,
					    kept);
}

const KasperControlMethod kasper_control_daemon_methods[] = {
    {"Status", KASPER_CONTROL_ROLE_VIEWER, kasper_control_status},
    {"Enforce", KASPER_CONTROL_ROLE_ADMIN, kasper_control_enforce},
    {"Settle", KASPER_CONTROL_ROLE_ADMIN, kasper_control_settle},
    {"Leap", KASPER_CONTROL_ROLE_ADMIN, kasper_control_leap},
    {"AcceptTime", KASPER_CONTROL_ROLE_ADMIN, kasper_control_accept_time},
    {"Update", KASPER_CONTROL_ROLE_ADMIN, kasper_control_update},
    {"Monitor", KASPER_CONTROL_ROLE_VIEWER, kasper_control_monitor},
    {"Backup", KASPER_CONTROL_ROLE_ADMIN, kasper_control_backup},
    {"TestRepository", KASPER_CONTROL_ROLE_ADMIN, kasper_control_test_repository},
    {NULL, KASPER_CONTROL_ROLE_ADMIN, NULL},
};
