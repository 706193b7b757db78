/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

#include <string.h>

#include "kasper-zone-name.h"

static const gchar *const kasper_key_query_states[] = {"generate",
						       "publish",
						       "ready",
						       "active",
						       "retire",
						       "revoke",
						       "dead",
						       "dssub",
						       "dspublish",
						       "dsready",
						       "keypublish",
						       NULL};

void
kasper_key_query_clear(KasperKeyQuery *self)
{
	g_free(self->zone);
	g_free(self->policy);
	g_free(self->state);
	g_free(self->id);
	*self = (KasperKeyQuery){{NULL}};
}

gboolean
kasper_key_query_set_zone(KasperKeyQuery *self,
			  KasperEngine *engine,
			  const gchar *zone,
			  GError **error)
{
	g_free(self->zone);
	self->zone = kasper_zone_name_parse(zone, error);
	self->filter.zone = self->zone;
	return self->zone != NULL && kasper_store_find_zone(engine->store, self->zone, NULL, error);
}

static gboolean
kasper_key_query_set_policy(KasperKeyQuery *self,
			    KasperEngine *engine,
			    const gchar *policy,
			    GError **error)
{
	g_free(self->policy);
	self->policy = g_strdup(policy);
	self->filter.policy = self->policy;
	return kasper_engine_find_policy(engine, policy, error) != NULL;
}

gboolean
kasper_key_query_set_state(KasperKeyQuery *self, const gchar *state, GError **error)
{
	g_free(self->state);
	self->state = g_ascii_strdown(state, -1);
	self->filter.state = self->state;
	if (!g_strv_contains(kasper_key_query_states, self->state)) {
		g_autofree gchar *words =
		    g_strjoinv(", ", (gchar **)(gpointer)kasper_key_query_states);

		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "key state %s: should be one of %s",
			    state,
			    words);
		return FALSE;
	}
	return TRUE;
}

gboolean
kasper_key_query_set_type(KasperKeyQuery *self, const gchar *keytype, GError **error)
{
	self->filter.roles = kasper_role_from_string(keytype);
	if (self->filter.roles != 0)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "key type %s: should be KSK, ZSK or CSK",
		    keytype);
	return FALSE;
}

/* an entry that has no value, an empty text, is as good as none */
static gboolean
kasper_key_query_take(KasperKeyQuery *self,
		      KasperEngine *engine,
		      const gchar *name,
		      GVariant *value,
		      GError **error)
{
	gboolean is_flag = strcmp(name, "all") == 0;
	const gchar *text;

	if (!g_variant_is_of_type(value,
				  is_flag ? G_VARIANT_TYPE_BOOLEAN : G_VARIANT_TYPE_STRING)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "filter of keys: %s is of type %s, should be of type %s",
			    name,
			    g_variant_get_type_string(value),
			    is_flag ? "b" : "s");
		return FALSE;
	}
	if (is_flag) {
		self->filter.dead = g_variant_get_boolean(value);
		return TRUE;
	}
	text = g_variant_get_string(value, NULL);
	if (text[0] == '\0')
		return TRUE;
	if (strcmp(name, "zone") == 0)
		return kasper_key_query_set_zone(self, engine, text, error);
	if (strcmp(name, "policy") == 0)
		return kasper_key_query_set_policy(self, engine, text, error);
	if (strcmp(name, "keystate") == 0)
		return kasper_key_query_set_state(self, text, error);
	if (strcmp(name, "keytype") == 0)
		return kasper_key_query_set_type(self, text, error);
	g_free(self->id);
	self->id = g_strdup(text);
	self->filter.id = self->id;
	return TRUE;
}

/* nothing that is asked for is passed over in silence: the answer would be another one */
gboolean
kasper_key_query_parse(KasperKeyQuery *self, KasperEngine *engine, GVariant *filter, GError **error)
{
	static const gchar *const names[] =
	    {"zone", "policy", "keystate", "keytype", "cka_id", "all", NULL};
	g_auto(KasperKeyQuery) query = {{NULL}};
	GVariantIter iter;
	const gchar *name;
	GVariant *item;

	g_variant_iter_init(&iter, filter);
	while (g_variant_iter_next(&iter, "{&sv}", &name, &item)) {
		g_autoptr(GVariant) value = item;

		if (!g_strv_contains(names, name)) {
			g_set_error(error,
				    KASPER_ERROR,
				    KASPER_ERROR_INVALID,
				    "filter of keys: %s is not known: zone, policy, keystate, "
				    "keytype, cka_id and all are",
				    name);
			return FALSE;
		}
		if (!kasper_key_query_take(&query, engine, name, value, error))
			return FALSE;
	}
	*self = query;
	query = (KasperKeyQuery){{NULL}};
	return TRUE;
}
