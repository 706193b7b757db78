/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "kasper-control-private.h"
#include "kasper-error.h"

/* rows a page: what is asked for, within reason */
#define KASPER_CONTROL_PAGE_DEFAULT 1000
#define KASPER_CONTROL_PAGE_MAX	    10000

static guint
kasper_control_clamp(guint limit)
{
	return limit == 0 ? KASPER_CONTROL_PAGE_DEFAULT : MIN(limit, KASPER_CONTROL_PAGE_MAX);
}

static void
kasper_control_list_zones(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *after;
	GVariant *rows;
	guint limit;

	g_variant_get(call->parameters, "(&su)", &after, &limit);
	rows = kasper_engine_list_zones(call->engine,
					kasper_control_given(after),
					kasper_control_clamp(limit),
					&error);
	kasper_control_return_value(call, rows, error);
}

static void
kasper_control_list_policies(KasperControlCall *call)
{
	kasper_control_return_value(call, kasper_engine_list_policies(call->engine), NULL);
}

static void
kasper_control_list_repositories(KasperControlCall *call)
{
	kasper_control_return_value(call, kasper_engine_list_repositories(call->engine), NULL);
}

static void
kasper_control_list_queue(KasperControlCall *call)
{
	guint limit;

	g_variant_get(call->parameters, "(u)", &limit);
	kasper_control_return_value(
	    call,
	    kasper_engine_list_queue(call->engine, kasper_control_clamp(limit)),
	    NULL);
}

static void
kasper_control_list_plugins(KasperControlCall *call)
{
	kasper_control_return_value(call, kasper_engine_list_plugins(call->engine), NULL);
}

/* @rows: NULL makes it @error */
static void
kasper_control_return_page(KasperControlCall *call, GVariant *rows, gint64 next, GError *error)
{
	g_autoptr(GVariant) taken = NULL;

	if (rows == NULL) {
		kasper_control_return_done(call, FALSE, error);
		return;
	}
	taken = g_variant_take_ref(rows);
	kasper_control_return(call, g_variant_new("(@aa{sv}x)", taken, next));
}

static void
kasper_control_list_backups(KasperControlCall *call)
{
	const gchar *repository;
	GError *error = NULL;
	GVariant *rows;
	gint64 after;
	gint64 next = 0;
	guint limit;

	g_variant_get(call->parameters, "(&sxu)", &repository, &after, &limit);
	rows = kasper_engine_list_backups(call->engine,
					  kasper_control_given(repository),
					  after,
					  kasper_control_clamp(limit),
					  &next,
					  &error);
	kasper_control_return_page(call, rows, next, error);
}

static GVariant *
kasper_control_key_fields(void)
{
	g_auto(GStrv) fields = g_strsplit(KASPER_KEY_ROW_FIELDS, ",", -1);

	return g_variant_new_strv((const gchar *const *)fields, -1);
}

static void
kasper_control_list_keys(KasperControlCall *call)
{
	g_autoptr(GVariant) filter = NULL;
	g_autoptr(GVariant) rows = NULL;
	GError *error = NULL;
	gint64 after;
	gint64 next = 0;
	guint limit;

	g_variant_get(call->parameters, "(@a{sv}xu)", &filter, &after, &limit);
	rows = kasper_engine_list_keys(call->engine,
				       filter,
				       after,
				       kasper_control_clamp(limit),
				       &next,
				       &error);
	if (rows == NULL) {
		kasper_control_return_done(call, FALSE, error);
		return;
	}
	rows = g_variant_take_ref(rows);
	kasper_control_return(call,
			      g_variant_new("(@as@a*x)", kasper_control_key_fields(), rows, next));
}

static void
kasper_control_stream_keys(KasperControlCall *call)
{
	g_autoptr(GVariant) filter = NULL;
	GError *error = NULL;
	gint fds[2];

	g_variant_get(call->parameters, "(@a{sv})", &filter);
	if (pipe2(fds, O_CLOEXEC) < 0) {
		g_set_error(&error,
			    KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "open a stream of keys: %s",
			    g_strerror(errno));
		kasper_control_return_done(call, FALSE, error);
		return;
	}
	/* the engine closes the end that it writes to, also if it refuses */
	if (!kasper_engine_stream_keys(call->engine, filter, fds[1], &error)) {
		close(fds[0]);
		kasper_control_return_done(call, FALSE, error);
		return;
	}
	kasper_control_return_fd(
	    call,
	    g_variant_new("(@assh)", kasper_control_key_fields(), KASPER_KEY_ROW_TYPE, 0),
	    fds[0]);
}

static void
kasper_control_export_keys(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *keystate;
	const gchar *keytype;
	const gchar *zone;
	GVariant *rows;
	gint64 after;
	gint64 next = 0;
	guint limit;

	g_variant_get(call->parameters, "(&s&s&sxu)", &zone, &keystate, &keytype, &after, &limit);
	rows = kasper_engine_export_keys(call->engine,
					 kasper_control_given(zone),
					 kasper_control_given(keystate),
					 kasper_control_given(keytype),
					 after,
					 kasper_control_clamp(limit),
					 &next,
					 &error);
	kasper_control_return_page(call, rows, next, error);
}

const KasperControlMethod kasper_control_list_methods[] = {
    {"ListZones", KASPER_CONTROL_ROLE_VIEWER, kasper_control_list_zones},
    {"ListPolicies", KASPER_CONTROL_ROLE_VIEWER, kasper_control_list_policies},
    {"ListRepositories", KASPER_CONTROL_ROLE_VIEWER, kasper_control_list_repositories},
    {"ListQueue", KASPER_CONTROL_ROLE_VIEWER, kasper_control_list_queue},
    {"ListPlugins", KASPER_CONTROL_ROLE_VIEWER, kasper_control_list_plugins},
    {"ListBackups", KASPER_CONTROL_ROLE_VIEWER, kasper_control_list_backups},
    {"ListKeys", KASPER_CONTROL_ROLE_VIEWER, kasper_control_list_keys},
    {"StreamKeys", KASPER_CONTROL_ROLE_VIEWER, kasper_control_stream_keys},
    {"ExportKeys", KASPER_CONTROL_ROLE_VIEWER, kasper_control_export_keys},
    {NULL, KASPER_CONTROL_ROLE_ADMIN, NULL},
};
