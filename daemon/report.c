/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include "notify.h"

guint
kasperd_report_count_zones(KasperEngine *engine)
{
	g_autoptr(GVariant) status = g_variant_take_ref(kasper_engine_status(engine));
	guint zones = 0;

	g_variant_lookup(status, "zones", "u", &zones);
	return zones;
}

gboolean
kasperd_report_problems(KasperEngine *engine)
{
	g_autoptr(GVariant) status = g_variant_take_ref(kasper_engine_status(engine));
	g_autoptr(GVariant) problems =
	    g_variant_lookup_value(status, "problems", G_VARIANT_TYPE("aa{sv}"));
	gsize n_problems = problems != NULL ? g_variant_n_children(problems) : 0;
	guint failing = 0;

	g_variant_lookup(status, "failing", "u", &failing);
	for (gsize i = 0; i < n_problems; i++) {
		g_autoptr(GVariant) problem = g_variant_get_child_value(problems, i);
		const gchar *what = "", *text = "";

		g_variant_lookup(problem, "what", "&s", &what);
		g_variant_lookup(problem, "text", "&s", &text);
		g_warning("%s: %s", what, text);
	}
	if (failing > 0)
		g_warning("%u things to do have failed and are tried again later: 'kasper queue' "
			  "lists them",
			  failing);
	return n_problems == 0 && failing == 0;
}

static void
kasperd_report_update(GVariant *result)
{
	g_autoptr(GVariant) messages =
	    g_variant_lookup_value(result, "messages", G_VARIANT_TYPE_STRING_ARRAY);
	g_autoptr(GVariant) starts =
	    g_variant_lookup_value(result, "starts", G_VARIANT_TYPE("aa{sv}"));
	guint added = 0, deleted = 0;

	for (gsize i = 0; messages != NULL && i < g_variant_n_children(messages); i++) {
		const gchar *message;

		g_variant_get_child(messages, i, "&s", &message);
		g_message("%s", message);
	}
	for (gsize i = 0; starts != NULL && i < g_variant_n_children(starts); i++) {
		g_autoptr(GVariant) start = g_variant_get_child_value(starts, i);
		const gchar *zone = "", *step = "";

		g_variant_lookup(start, "zone", "&s", &zone);
		g_variant_lookup(start, "step", "&s", &step);
		g_info("zone %s: %s", zone, step);
	}
	g_variant_lookup(result, "zones_added", "u", &added);
	g_variant_lookup(result, "zones_deleted", "u", &deleted);
	g_message("the configuration was read again: %u zones added, %u deleted", added, deleted);
}

void
kasperd_report_reload(KasperEngine *engine)
{
	g_autoptr(GVariant) result = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *state = NULL;

	kasperd_notify_reloading();
	result =
	    kasper_engine_update(engine,
				 KASPER_UPDATE_CONF | KASPER_UPDATE_KASP | KASPER_UPDATE_ZONELIST,
				 FALSE,
				 "kasperd",
				 &error);
	if (result != NULL) {
		result = g_variant_take_ref(g_steal_pointer(&result));
		kasperd_report_update(result);
	} else {
		g_warning("the configuration stays as it was: %s", error->message);
	}
	state =
	    g_strdup_printf("READY=1\nSTATUS=%u zones%s",
			    kasperd_report_count_zones(engine),
			    result != NULL ? "" : "; the last change of configuration was wrong");
	kasperd_notify(state);
}
