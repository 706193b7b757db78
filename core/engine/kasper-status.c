/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

#include <unistd.h>

typedef struct {
	const gchar *what;
	const KasperProblem *problem;
} KasperNamedProblem;

static gint
kasper_status_compare(gconstpointer a, gconstpointer b)
{
	const KasperNamedProblem *left = a;
	const KasperNamedProblem *right = b;

	if (left->problem->since != right->problem->since)
		return left->problem->since < right->problem->since ? -1 : 1;
	return g_strcmp0(left->what, right->what);
}

/* what has been wrong for longest comes first */
static GVariant *
kasper_status_list_problems(KasperEngine *self)
{
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GArray) problems = g_array_new(FALSE, FALSE, sizeof(KasperNamedProblem));
	GHashTableIter iter;
	gpointer what, value;

	g_hash_table_iter_init(&iter, self->problems);
	while (g_hash_table_iter_next(&iter, &what, &value)) {
		KasperNamedProblem named = {what, value};

		g_array_append_val(problems, named);
	}
	g_array_sort(problems, kasper_status_compare);
	for (guint i = 0; i < problems->len; i++) {
		const KasperNamedProblem *named = &g_array_index(problems, KasperNamedProblem, i);

		g_variant_builder_open(&rows, G_VARIANT_TYPE_VARDICT);
		kasper_row_add_text(&rows, "what", named->what);
		kasper_row_add_text(&rows, "text", named->problem->text);
		kasper_row_add_time(&rows, "since", named->problem->since);
		g_variant_builder_close(&rows);
	}
	return g_variant_builder_end(&rows);
}

/* the zone is named only if it is what time is waited for */
static void
kasper_status_add_due(KasperEngine *self, GVariantBuilder *fields)
{
	g_autoptr(GArray) due =
	    kasper_store_list_due(self->store, kasper_engine_now(self), G_MAXINT, NULL);
	g_auto(KasperZoneRow) row = {0};
	KasperTime next = kasper_engine_get_next_due(self);
	gint64 zone = 0;

	if (kasper_store_get_next_due(self->store, &zone) == next && zone != 0)
		kasper_store_get_zone(self->store, zone, &row, NULL);
	kasper_row_add_count(fields, "due", due != NULL ? due->len : 0);
	kasper_row_add_time(fields, "next_due", next);
	kasper_row_add_text(fields, "next_zone", row.name);
}

/**
 * kasper_engine_status: (skip)
 * @self: an engine
 *
 * How the daemon is, at a glance.
 *
 * Returns: (transfer floating): a{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_status(KasperEngine *self)
{
	GVariantBuilder fields = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);
	gint64 pool = 0;
	gint64 keys = kasper_store_count_pairs(self->store, 0, &pool);

	kasper_row_add_text(&fields, "version", KASPER_VERSION);
	kasper_row_add_time(&fields, "now", kasper_engine_now(self));
	kasper_row_add_flag(&fields, "test_clock", kasper_clock_is_test(self->clock));
	kasper_row_add_count(&fields, "zones", kasper_store_count_zones(self->store, 0));
	kasper_status_add_due(self, &fields);
	kasper_row_add_count(&fields, "intents", kasper_store_count_intents(self->store, FALSE));
	kasper_row_add_count(&fields, "failing", kasper_store_count_intents(self->store, TRUE));
	kasper_row_add_count(&fields, "keys", keys);
	kasper_row_add_count(&fields, "pool", pool);
	kasper_row_add_count(&fields, "pid", getpid());
	kasper_row_add_text(&fields, "store", kasper_store_get_path(self->store));
	kasper_row_add_text(&fields, "config", self->config_path);
	kasper_row_add_value(&fields, "repositories", kasper_engine_list_repositories(self));
	kasper_row_add_value(&fields, "problems", kasper_status_list_problems(self));
	return g_variant_builder_end(&fields);
}

/* the host knows whether a plugin could be opened, the engine how calls of a key store went */
static GVariant *
kasper_status_amend_plugin(KasperEngine *self, GVariant *row)
{
	g_autoptr(GVariantDict) fields = NULL;
	const gchar *name = NULL;
	const gchar *kind = NULL;
	KasperRepository *repository;

	if (!g_variant_lookup(row, "name", "&s", &name) ||
	    !g_variant_lookup(row, "kind", "&s", &kind) || g_strcmp0(kind, "key-store") != 0)
		return g_variant_ref(row);
	repository = kasper_engine_find_repository(self, name);
	if (repository == NULL || repository->error == NULL)
		return g_variant_ref(row);
	fields = g_variant_dict_new(row);
	g_variant_dict_insert(fields, "state", "s", "failing");
	g_variant_dict_insert_value(
	    fields,
	    "error",
	    g_variant_new_take_string(g_utf8_make_valid(repository->error, -1)));
	return g_variant_ref_sink(g_variant_dict_end(fields));
}

/**
 * kasper_engine_list_plugins: (skip)
 * @self: an engine
 *
 * The plugins of conf.xml and their settings; secrets are masked.
 *
 * Returns: (transfer floating): rows, aa{sv}
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_list_plugins(KasperEngine *self)
{
	GVariantBuilder rows = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("aa{sv}"));
	g_autoptr(GVariant) plugins = g_variant_ref_sink(kasper_plugin_host_describe(self->host));

	for (gsize i = 0; i < g_variant_n_children(plugins); i++) {
		g_autoptr(GVariant) plugin = g_variant_get_child_value(plugins, i);
		g_autoptr(GVariant) row = kasper_status_amend_plugin(self, plugin);

		g_variant_builder_add_value(&rows, row);
	}
	return g_variant_builder_end(&rows);
}
