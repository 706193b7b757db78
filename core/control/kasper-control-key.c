/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-private.h"

static void
kasper_control_key_rollover(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *policy;
	const gchar *zone;
	gint64 n_zones;
	guint roles;

	g_variant_get(call->parameters, "(&s&su)", &zone, &policy, &roles);
	n_zones = kasper_engine_key_rollover(call->engine,
					     kasper_control_given(zone),
					     kasper_control_given(policy),
					     roles,
					     call->peer->actor,
					     &error);
	kasper_control_return_count(call, n_zones, error);
}

typedef GVariant *(*KasperControlKeyVerb)(KasperEngine *engine,
					  const gchar *zone,
					  const gchar *id,
					  gint tag,
					  const gchar *actor,
					  GError **error);

static void
kasper_control_key_verb(KasperControlCall *call, KasperControlKeyVerb verb)
{
	GError *error = NULL;
	GVariant *result;
	const gchar *zone;
	const gchar *id;
	gint tag;

	g_variant_get(call->parameters, "(&s&si)", &zone, &id, &tag);
	result = verb(call->engine, zone, kasper_control_given(id), tag, call->peer->actor, &error);
	kasper_control_return_value(call, result, error);
}

static void
kasper_control_key_ds_submit(KasperControlCall *call)
{
	kasper_control_key_verb(call, kasper_engine_key_ds_submit);
}

static void
kasper_control_key_ds_gone(KasperControlCall *call)
{
	kasper_control_key_verb(call, kasper_engine_key_ds_gone);
}

static void
kasper_control_key_ksk_retire(KasperControlCall *call)
{
	kasper_control_key_verb(call, kasper_engine_key_ksk_retire);
}

static void
kasper_control_key_ds_seen(KasperControlCall *call)
{
	GError *error = NULL;
	gboolean no_retire;
	GVariant *result;
	const gchar *zone;
	const gchar *id;
	gint tag;

	g_variant_get(call->parameters, "(&s&sib)", &zone, &id, &tag, &no_retire);
	result = kasper_engine_key_ds_seen(call->engine,
					   zone,
					   kasper_control_given(id),
					   tag,
					   no_retire,
					   call->peer->actor,
					   &error);
	kasper_control_return_value(call, result, error);
}

static void
kasper_control_key_generate(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *policy;
	gboolean dry_run;
	GVariant *result;
	KasperSpan span;

	g_variant_get(call->parameters, "(&sxb)", &policy, &span, &dry_run);
	result = kasper_engine_key_generate(call->engine,
					    kasper_control_given(policy),
					    span,
					    dry_run,
					    call->peer->actor,
					    &error);
	kasper_control_return_value(call, result, error);
}

static void
kasper_control_on_imported(GObject *source, GAsyncResult *result, gpointer user_data)
{
	g_autoptr(KasperControlCall) call = user_data;
	GError *error = NULL;
	gboolean ok = kasper_engine_key_import_finish(KASPER_ENGINE(source), result, &error);

	kasper_control_return_done(call, ok, error);
}

static void
kasper_control_key_import(KasperControlCall *call)
{
	KasperControlCall *kept = kasper_control_call_keep(call);
	g_autoptr(GVariant) key = NULL;
	const gchar *zone;

	if (kept == NULL)
		return;
	g_variant_get(call->parameters, "(&s@a{sv})", &zone, &key);
	kasper_engine_key_import_async(call->engine,
				       zone,
				       key,
				       call->peer->actor,
				       kasper_control_on_imported,
				       kept);
}

static void
kasper_control_key_purge(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *policy;
	const gchar *zone;
	gint64 n_keys;

	g_variant_get(call->parameters, "(&s&s)", &zone, &policy);
	n_keys = kasper_engine_key_purge(call->engine,
					 kasper_control_given(zone),
					 kasper_control_given(policy),
					 call->peer->actor,
					 &error);
	kasper_control_return_count(call, n_keys, error);
}

static void
kasper_control_show_key(KasperControlCall *call)
{
	GError *error = NULL;
	const gchar *zone;
	const gchar *id;
	GVariant *row;

	g_variant_get(call->parameters, "(&s&s)", &zone, &id);
	row = kasper_engine_show_key(call->engine, zone, id, &error);
	kasper_control_return_value(call, row, error);
}

const KasperControlMethod kasper_control_key_methods[] = {
    {"KeyRollover", KASPER_CONTROL_ROLE_ADMIN, kasper_control_key_rollover},
    {"KeyDsSubmit", KASPER_CONTROL_ROLE_ADMIN, kasper_control_key_ds_submit},
    {"KeyDsSeen", KASPER_CONTROL_ROLE_ADMIN, kasper_control_key_ds_seen},
    {"KeyDsGone", KASPER_CONTROL_ROLE_ADMIN, kasper_control_key_ds_gone},
    {"KeyKskRetire", KASPER_CONTROL_ROLE_ADMIN, kasper_control_key_ksk_retire},
    {"KeyGenerate", KASPER_CONTROL_ROLE_ADMIN, kasper_control_key_generate},
    {"KeyImport", KASPER_CONTROL_ROLE_ADMIN, kasper_control_key_import},
    {"KeyPurge", KASPER_CONTROL_ROLE_ADMIN, kasper_control_key_purge},
    {"ShowKey", KASPER_CONTROL_ROLE_VIEWER, kasper_control_show_key},
    {NULL, KASPER_CONTROL_ROLE_ADMIN, NULL},
};
