/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-private.h"

static void
kasper_control_zone_add(KasperControlCall *call)
{
	g_autoptr(GVariant) files = NULL;
	GError *error = NULL;
	const gchar *policy;
	const gchar *zone;
	gboolean ok;

	g_variant_get(call->parameters, "(&s&s@a{ss})", &zone, &policy, &files);
	ok = kasper_engine_zone_add(call->engine, zone, policy, files, call->peer->actor, &error);
	kasper_control_return_done(call, ok, error);
}

static void
kasper_control_zone_delete(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *zone;
	gboolean ok;

	g_variant_get(call->parameters, "(&s)", &zone);
	ok = kasper_engine_zone_delete(call->engine, zone, call->peer->actor, &error);
	kasper_control_return_done(call, ok, error);
}

static void
kasper_control_zone_set_policy(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *policy;
	const gchar *zone;
	gboolean ok;

	g_variant_get(call->parameters, "(&s&s)", &zone, &policy);
	ok = kasper_engine_zone_set_policy(call->engine, zone, policy, call->peer->actor, &error);
	kasper_control_return_done(call, ok, error);
}

static void
kasper_control_zone_adopt_unsigned(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *zone;
	gboolean ok;

	g_variant_get(call->parameters, "(&s)", &zone);
	ok = kasper_engine_zone_adopt_unsigned(call->engine, zone, call->peer->actor, &error);
	kasper_control_return_done(call, ok, error);
}

static void
kasper_control_show_zone(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *zone;
	GVariant *row;

	g_variant_get(call->parameters, "(&s)", &zone);
	row = kasper_engine_show_zone(call->engine, zone, &error);
	kasper_control_return_value(call, row, error);
}

static void
kasper_control_explain(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *zone;
	const gchar *id;
	GVariant *rows;

	g_variant_get(call->parameters, "(&s&s)", &zone, &id);
	rows = kasper_engine_explain(call->engine, zone, kasper_control_given(id), &error);
	kasper_control_return_value(call, rows, error);
}

static void
kasper_control_on_planned(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(KasperControlCall) call = user_data;
	GError *error = NULL;
	GVariant *plan = kasper_engine_plan_finish(KASPER_ENGINE(source), result, &error);

	kasper_control_return_value(call, plan, error);
}

static void
kasper_control_plan(KasperControlCall *call)
{
	KasperControlCall *kept = kasper_control_call_keep(call);
	const gchar *zone;
	KasperTime until;

	if (kept == NULL)
		return;
	g_variant_get(call->parameters, "(&sx)", &zone, &until);
	kasper_engine_plan_async(call->engine, zone, until, kasper_control_on_planned, kept);
}

static void
kasper_control_show_policy(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *policy;
	GVariant *row;

	g_variant_get(call->parameters, "(&s)", &policy);
	row = kasper_engine_show_policy(call->engine, policy, &error);
	kasper_control_return_value(call, row, error);
}

const KasperControlMethod kasper_control_zone_methods[] = {
    {"ZoneAdd", KASPER_CONTROL_ROLE_ADMIN, kasper_control_zone_add},
    {"ZoneDelete", KASPER_CONTROL_ROLE_ADMIN, kasper_control_zone_delete},
    {"ZoneSetPolicy", KASPER_CONTROL_ROLE_ADMIN, kasper_control_zone_set_policy},
    {"ZoneAdoptUnsigned", KASPER_CONTROL_ROLE_ADMIN, kasper_control_zone_adopt_unsigned},
    {"ShowZone", KASPER_CONTROL_ROLE_VIEWER, kasper_control_show_zone},
    {"Explain", KASPER_CONTROL_ROLE_VIEWER, kasper_control_explain},
    {"Plan", KASPER_CONTROL_ROLE_VIEWER, kasper_control_plan},
    {"ShowPolicy", KASPER_CONTROL_ROLE_VIEWER, kasper_control_show_policy},
    {NULL, KASPER_CONTROL_ROLE_ADMIN, NULL},
};
