/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a zone's keys wait: asks the core what it would do now, and adds what only the engine knows,
 * how those are doing who were asked to do something. Nothing is done.
 */
#include "kasper-engine-rows-private.h"

#include "kasper-explain.h"
#include "kasper-zone-name.h"

typedef struct {
	KasperEngine *engine;
	KasperSnapshot snapshot;
	KasperZoneRow row;
	KasperErrands errands;
	const gchar *obstacle; /* NULL, or why the zone cannot be decided upon */
	GPtrArray *texts;      /* of gchar: what the errands and @obstacle point to */
	GHashTable *ids;       /* gint64 number of a pair to its CKA_ID */
} KasperInquiry;

static void
kasper_inquiry_free(KasperInquiry *self)
{
	kasper_zone_row_clear(&self->row);
	g_ptr_array_unref(self->texts);
	g_hash_table_unref(self->ids);
	g_free(self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KasperInquiry, kasper_inquiry_free)

static const gchar *
kasper_inquiry_keep(KasperInquiry *self, const gchar *text)
{
	if (text == NULL)
		return NULL;
	g_ptr_array_add(self->texts, g_strdup(text));
	return g_ptr_array_index(self->texts, self->texts->len - 1);
}

/* --- who was asked --- */

static gboolean
kasper_inquiry_take_intent(const KasperIntentRow *intent, gpointer data)
{
	KasperInquiry *self = data;
	KasperErrand errand = {
	    .error = kasper_inquiry_keep(self, intent->error),
	    .since = intent->created,
	    .retry = intent->due,
	};

	if (intent->kind == KASPER_INTENT_ORDER)
		self->errands.order = errand;
	else if (intent->kind == KASPER_INTENT_DS)
		self->errands.submission = errand;
	return TRUE;
}

/* a store that fails is tried again at some time, or, with a wrong PIN, never; where it works, the
 * zone is woken as soon as there is a key */
static KasperErrand
kasper_inquiry_ask_repository(const KasperInquiry *self, gint64 number)
{
	const KasperRepository *repository = kasper_engine_get_repository(self->engine, number);
	KasperErrand errand = {.since = KASPER_TIME_UNSET, .retry = self->row.next_due};

	if (repository == NULL)
		return errand;
	errand.name = repository->name;
	if (repository->error == NULL)
		return errand;
	errand.error = repository->error;
	errand.since = repository->failing_since;
	errand.retry = MAX(repository->retry_at, repository->make_at);
	return errand;
}

static void
kasper_inquiry_ask_repositories(KasperInquiry *self)
{
	const KasperPolicy *policy = &self->snapshot.policy;

	for (guint i = 0; i < policy->n_demands; i++)
		self->errands.keys[i] =
		    kasper_inquiry_ask_repository(self, policy->demands[i].store);
	self->errands.manual_keys = kasper_config_get_manual_generation(self->engine->config);
}

static gboolean
kasper_inquiry_take_key(const KasperKeyRow *row, gpointer data)
{
	KasperInquiry *self = data;
	gint64 number = row->key.number;

	g_hash_table_insert(self->ids, g_memdup2(&number, sizeof number), g_strdup(row->id));
	return TRUE;
}

static gboolean
kasper_inquiry_load(KasperInquiry *self, const gchar *zone, GError **error)
{
	const KasperErrand none = {.since = KASPER_TIME_UNSET, .retry = KASPER_TIME_NEVER};
	KasperKeyFilter filter = {.zone = zone, .dead = TRUE, .brief = TRUE};
	g_auto(KasperZoneRow) row = {0};
	g_autoptr(GError) obstacle = NULL;

	self->errands.order = self->errands.submission = none;
	if (!kasper_store_find_zone(self->engine->store, zone, &row, error) ||
	    !kasper_engine_each_key(self->engine, &filter, kasper_inquiry_take_key, self, error) ||
	    !kasper_store_each_zone_intent(self->engine->store,
					   row.number,
					   kasper_inquiry_take_intent,
					   self,
					   error))
		return FALSE;
	if (kasper_engine_load(self->engine, row.number, &self->snapshot, &self->row, &obstacle))
		kasper_inquiry_ask_repositories(self);
	else
		self->obstacle = kasper_inquiry_keep(self, obstacle->message);
	return TRUE;
}

static KasperInquiry *
kasper_inquiry_new(KasperEngine *engine, const gchar *zone, GError **error)
{
	g_autoptr(KasperInquiry) self = g_new0(KasperInquiry, 1);

	self->engine = engine;
	self->texts = g_ptr_array_new_with_free_func(g_free);
	self->ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	if (!kasper_inquiry_load(self, zone, error))
		return NULL;
	return g_steal_pointer(&self);
}

/* --- rows --- */

static const gchar *
kasper_inquiry_get_id(const KasperInquiry *self, const KasperSnapshot *snapshot, gint slot)
{
	if (slot < 0)
		return NULL;
	return g_hash_table_lookup(self->ids, &snapshot->keys[slot].number);
}

static void
kasper_inquiry_add_key_fields(const KasperInquiry *self,
			      const KasperPlan *plan,
			      gint slot,
			      GVariantBuilder *row)
{
	const KasperKey *key = slot >= 0 ? &plan->after.keys[slot] : NULL;
	KasperKeyWord word = {0};

	if (key != NULL)
		kasper_plan_describe_key(plan, (guint)slot, &word);
	kasper_row_add_text(row, "cka_id", kasper_inquiry_get_id(self, &plan->after, slot));
	kasper_row_add_text(row, "keytype", key != NULL ? kasper_role_to_string(key->roles) : NULL);
	kasper_row_add_count(row, "keytag", key != NULL ? key->tag : 0);
	kasper_row_add_text(row, "state", word.state);
}

static void
kasper_inquiry_add_row(const KasperInquiry *self,
		       const KasperPlan *plan,
		       const KasperExplanation *why,
		       GVariantBuilder *rows)
{
	const gchar *id =
	    kasper_inquiry_get_id(self, &plan->after, why->other >= 0 ? why->other : why->slot);
	g_autofree gchar *text = kasper_explanation_to_text(why, &plan->after, self->row.name, id);
	g_autofree gchar *remedy =
	    kasper_explanation_dup_remedy(why, &plan->after, self->row.name, id);

	g_variant_builder_open(rows, G_VARIANT_TYPE_VARDICT);
	kasper_row_add_text(rows, "zone", self->row.name);
	kasper_inquiry_add_key_fields(self, plan, why->slot, rows);
	kasper_row_add_text(rows, "wait", kasper_wait_to_string(why->wait));
	kasper_row_add_text(rows, "record", kasper_record_to_string(why->record));
	kasper_row_add_text(rows,
			    "rule",
			    why->has_reason ? kasper_rule_to_string(why->rule) : NULL);
	kasper_row_add_text(rows, "actor", kasper_actor_to_string(why->actor));
	kasper_row_add_time(rows, "since", why->since);
	kasper_row_add_time(rows, "until", why->until);
	kasper_row_add_time(rows, "expected", why->expected);
	kasper_row_add_flag(rows, "assumed", why->assumed);
	kasper_row_add_text(rows, "error", why->errand.error);
	kasper_row_add_text(rows, "remedy", remedy);
	kasper_row_add_text(rows, "text", text);
	g_variant_builder_close(rows);
}

/* a zone that cannot be decided upon waits for a person, who is told why */
static void
kasper_inquiry_add_obstacle(const KasperInquiry *self, const gchar *zone, GVariantBuilder *rows)
{
	static const gchar *const empty[] =
	    {"cka_id", "keytype", "state", "record", "error", "remedy"};
	static const gchar *const never[] = {"since", "until", "expected"};

	g_variant_builder_open(rows, G_VARIANT_TYPE_VARDICT);
	kasper_row_add_text(rows, "zone", zone);
	kasper_row_add_text(rows, "wait", kasper_wait_to_string(KASPER_WAIT_OPERATOR));
	kasper_row_add_text(rows, "rule", "policy");
	kasper_row_add_text(rows, "actor", kasper_actor_to_string(KASPER_ACTOR_OPERATOR));
	kasper_row_add_text(rows, "text", self->obstacle);
	kasper_row_add_count(rows, "keytag", 0);
	kasper_row_add_flag(rows, "assumed", FALSE);
	for (guint i = 0; i < G_N_ELEMENTS(empty); i++)
		kasper_row_add_text(rows, empty[i], NULL);
	for (guint i = 0; i < G_N_ELEMENTS(never); i++)
		kasper_row_add_time(rows, never[i], KASPER_TIME_NEVER);
	g_variant_builder_close(rows);
}

/* dead keys wait for nobody: only who asks for one is told */
static gboolean
kasper_inquiry_is_asked_for(const KasperInquiry *self,
			    const KasperPlan *plan,
			    const KasperExplanation *why,
			    const gchar *id)
{
	if (id != NULL)
		return g_strcmp0(kasper_inquiry_get_id(self, &plan->after, why->slot), id) == 0;
	return why->slot < 0 || plan->after.keys[why->slot].dead == KASPER_TIME_UNSET;
}

/* how many rows there are */
static guint
kasper_inquiry_add_rows(const KasperInquiry *self, const gchar *id, GVariantBuilder *rows)
{
	g_autoptr(KasperPlan) plan = kasper_decide(&self->snapshot, self->snapshot.now);
	g_autoptr(GArray) list = kasper_plan_explain(plan, &self->errands);
	guint n = 0;

	for (guint i = 0; i < list->len; i++) {
		const KasperExplanation *why = &g_array_index(list, KasperExplanation, i);

		if (!kasper_inquiry_is_asked_for(self, plan, why, id))
			continue;
		kasper_inquiry_add_row(self, plan, why, rows);
		n++;
	}
	return n;
}

/**
 * kasper_engine_explain: (skip)
 * @self: an engine
 * @zone: the zone's name
 * @id: (nullable): the CKA_ID of one of its keys; %NULL: all that are not dead, and the zone itself
 * @error: return location for a #GError, or %NULL
 *
 * What each key of the zone waits for, with a sentence for people.
 *
 * Returns: (transfer floating): rows, aa{sv}; %NULL with %KASPER_ERROR_NOT_FOUND if there is no
 * such zone, or it has no such key
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_explain(KasperEngine *self, const gchar *zone, const gchar *id, GError **error)
{
	g_autofree gchar *name = kasper_zone_name_parse(zone, error);
	g_autofree gchar *wanted = id != NULL ? g_ascii_strdown(id, -1) : NULL;
	g_autoptr(KasperInquiry) inquiry = NULL;
	GVariantBuilder rows;

	if (name != NULL)
		inquiry = kasper_inquiry_new(self, name, error);
	if (inquiry == NULL)
		return NULL;
	g_variant_builder_init(&rows, G_VARIANT_TYPE("aa{sv}"));
	if (inquiry->obstacle != NULL)
		kasper_inquiry_add_obstacle(inquiry, name, &rows);
	else if (kasper_inquiry_add_rows(inquiry, wanted, &rows) == 0 && id != NULL) {
		g_variant_builder_clear(&rows);
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_FOUND,
			    "zone %s has no key %s: 'kasper key list --zone %s --all' shows those "
			    "that it has",
			    name,
			    id,
			    name);
		return NULL;
	}
	return g_variant_builder_end(&rows);
}
