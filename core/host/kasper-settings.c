/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-settings.h"

#include <string.h>

#include "kasper-error.h"
#include "kasper-param.h"

#define KASPER_SETTINGS_MASK "(secret)"

static gint
kasper_settings_compare(gconstpointer a, gconstpointer b)
{
	return strcmp((*(GParamSpec *const *)a)->name, (*(GParamSpec *const *)b)->name);
}

/* (transfer full) (element-type GParamSpec): by name */
static GPtrArray *
kasper_settings_list(GObject *object)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	guint n = 0;
	g_autofree GParamSpec **all =
	    g_object_class_list_properties(G_OBJECT_GET_CLASS(object), &n);

	for (guint i = 0; i < n; i++) {
		if (kasper_param_is_setting(all[i]))
			g_ptr_array_add(list, all[i]);
	}
	g_ptr_array_sort(list, kasper_settings_compare);
	return g_steal_pointer(&list);
}

/* how many letters have to be changed, added or taken away */
static guint
kasper_settings_get_distance(const gchar *a, const gchar *b)
{
	gsize length = strlen(b);
	g_autofree guint *row = g_new(guint, length + 1);

	for (gsize j = 0; j <= length; j++)
		row[j] = (guint)j;
	for (gsize i = 0; a[i] != '\0'; i++) {
		guint diagonal = row[0];

		row[0] = (guint)i + 1;
		for (gsize j = 0; j < length; j++) {
			guint above = row[j + 1];
			guint change = diagonal + (a[i] != b[j] ? 1 : 0);

			row[j + 1] = MIN(change, MIN(above, row[j]) + 1);
			diagonal = above;
		}
	}
	return row[length];
}

static void
kasper_settings_refuse_unknown(GObject *object, const gchar *name, GError **error)
{
	g_autoptr(GPtrArray) list = kasper_settings_list(object);
	g_autoptr(GString) names = g_string_new(NULL);
	guint nearest = MAX(3, (guint)strlen(name) / 2);
	const gchar *guess = NULL;

	for (guint i = 0; i < list->len; i++) {
		const gchar *other = ((GParamSpec *)g_ptr_array_index(list, i))->name;
		guint distance = kasper_settings_get_distance(name, other);

		g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", other);
		if (distance < nearest) {
			nearest = distance;
			guess = other;
		}
	}
	if (guess != NULL)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "there is no setting \"%s\"; is \"%s\" meant? There are: %s",
			    name,
			    guess,
			    names->str);
	else
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "there is no setting \"%s\"; there are: %s",
			    name,
			    names->len > 0 ? names->str : "none");
}

/* A setter that does not know its own property warns and forgets the value: half a configuration
 * must not run. What cannot be read cannot be checked. */
static gboolean
kasper_settings_check_taken(GObject *object,
			    GParamSpec *pspec,
			    const GValue *wanted,
			    GError **error)
{
	g_auto(GValue) value = G_VALUE_INIT;
	g_autofree gchar *a = NULL;
	g_autofree gchar *b = NULL;

	if ((pspec->flags & G_PARAM_READABLE) == 0)
		return TRUE;
	g_value_init(&value, pspec->value_type);
	g_object_get_property(object, pspec->name, &value);
	a = kasper_param_print(pspec, wanted);
	b = kasper_param_print(pspec, &value);
	if (g_strcmp0(a, b) == 0)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INTERNAL,
		    "%s did not take setting \"%s\"; report it to the plugin's authors",
		    G_OBJECT_TYPE_NAME(object),
		    pspec->name);
	return FALSE;
}

static gboolean
kasper_settings_apply_one(GObject *object, const gchar *name, const gchar *text, GError **error)
{
	g_autofree gchar *canonical = g_strdelimit(g_strdup(name), "_", '-');
	GParamSpec *pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(object), canonical);
	g_auto(GValue) value = G_VALUE_INIT;

	if (pspec == NULL || !kasper_param_is_setting(pspec)) {
		kasper_settings_refuse_unknown(object, canonical, error);
		return FALSE;
	}
	if (!kasper_param_parse(pspec, text, &value, error))
		return FALSE;
	g_object_set_property(object, pspec->name, &value);
	return kasper_settings_check_taken(object, pspec, &value, error);
}

gboolean
kasper_settings_apply(GObject *object, GHashTable *settings, GError **error)
{
	g_autoptr(GList) names = settings != NULL ? g_hash_table_get_keys(settings) : NULL;

	/* always in the same order, so that the same mistakes give the same message */
	names = g_list_sort(names, (GCompareFunc)strcmp);
	for (GList *item = names; item != NULL; item = item->next) {
		if (!kasper_settings_apply_one(object,
					       item->data,
					       g_hash_table_lookup(settings, item->data),
					       error))
			return FALSE;
	}
	return TRUE;
}

static gchar *
kasper_settings_print_value(GObject *object, GParamSpec *pspec)
{
	g_auto(GValue) value = G_VALUE_INIT;

	if (kasper_param_is_secret(pspec) || (pspec->flags & G_PARAM_READABLE) == 0)
		return g_strdup(KASPER_SETTINGS_MASK);
	g_value_init(&value, pspec->value_type);
	g_object_get_property(object, pspec->name, &value);
	return kasper_param_print(pspec, &value);
}

GVariant *
kasper_settings_describe(GObject *object)
{
	g_autoptr(GPtrArray) list = kasper_settings_list(object);
	GVariantBuilder rows;

	g_variant_builder_init(&rows, G_VARIANT_TYPE("aa{sv}"));
	for (guint i = 0; i < list->len; i++) {
		GParamSpec *pspec = g_ptr_array_index(list, i);
		const gchar *blurb = g_param_spec_get_blurb(pspec);
		g_autofree gchar *type = kasper_param_describe_type(pspec);
		g_autofree gchar *value = kasper_settings_print_value(object, pspec);
		g_autofree gchar *initial =
		    kasper_param_is_secret(pspec)
			? g_strdup("")
			: kasper_param_print(pspec, g_param_spec_get_default_value(pspec));

		g_variant_builder_open(&rows, G_VARIANT_TYPE_VARDICT);
		g_variant_builder_add(&rows, "{sv}", "name", g_variant_new_string(pspec->name));
		g_variant_builder_add(&rows, "{sv}", "type", g_variant_new_string(type));
		g_variant_builder_add(&rows, "{sv}", "value", g_variant_new_string(value));
		g_variant_builder_add(&rows, "{sv}", "default", g_variant_new_string(initial));
		g_variant_builder_add(&rows,
				      "{sv}",
				      "description",
				      g_variant_new_string(blurb != NULL ? blurb : ""));
		g_variant_builder_close(&rows);
	}
	return g_variant_builder_end(&rows);
}
