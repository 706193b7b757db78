/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include "kasper-dnskey.h"

/* a zone that waits for a key is looked at again after this, should nobody wake it */
#define KEY_RETRY ((KasperSpan)60)
/* no turn needs more keys than a policy has demands, each with its standby keys */
#define MAX_DECISIONS 64

/* spreads scheduled starts over zones (rollover-model 7.2): the same at each start of the daemon,
 * and not to be guessed from outside */
static guint64
kasper_engine_spread(KasperEngine *self, gint64 zone, gint64 policy)
{
	guint64 x = (guint64)zone * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) ^ self->secret[0];

	x ^= (guint64)policy * G_GUINT64_CONSTANT(0xd6e8feb86659fd93);
	for (guint i = 0; i < 3; i++) {
		x ^= x >> 32;
		x *= G_GUINT64_CONSTANT(0xd6e8feb86659fd93);
		x ^= self->secret[1];
	}
	return x ^ (x >> 32);
}

/* one zone out of the store, with its policy: what a decision looks at */
gboolean
kasper_engine_load(KasperEngine *self,
		   gint64 zone,
		   KasperSnapshot *ret_snapshot,
		   KasperZoneRow *ret_row,
		   GError **error)
{
	KasperEnginePolicy *policy;

	if (!kasper_store_load_snapshot(self->store, zone, ret_snapshot, ret_row, error))
		return FALSE;
	policy = kasper_engine_get_policy(self, ret_row->policy);
	if (policy == NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "zone %s: its policy %s is not in kasp.xml any more",
			    ret_row->name,
			    kasper_store_get_policy_name(self->store, ret_row->policy));
		return FALSE;
	}
	ret_snapshot->policy = policy->values;
	ret_snapshot->spread = kasper_engine_spread(self, zone, ret_row->policy);
	ret_snapshot->now = kasper_engine_now(self);
	return TRUE;
}

/* the key's DNSKEY RR as text; (transfer full), NULL where the public key is not known */
gchar *
kasper_engine_dup_dnskey(KasperEngine *self,
			 const KasperZoneRow *row,
			 const KasperSnapshot *snapshot,
			 guint slot,
			 gchar **ret_id)
{
	const KasperKey *key = &snapshot->keys[slot];
	g_auto(KasperPairRow) pair = {0};

	if (!kasper_store_get_pair(self->store, key->number, &pair, NULL))
		return NULL;
	if (ret_id != NULL)
		*ret_id = g_strdup(pair.id);
	if (pair.public_key == NULL)
		return NULL;
	return kasper_dnskey_to_text(row->name,
				     snapshot->policy.dnskey_ttl,
				     key->flags,
				     key->algorithm,
				     pair.public_key);
}

/* hands the plan the keys that it asks for; gives whether any could be had */
static gboolean
kasper_turn_add_keys(KasperEngine *self,
		     const KasperZoneRow *row,
		     KasperSnapshot *work,
		     const KasperPlan *plan,
		     gboolean *ret_missing,
		     gboolean *ret_added,
		     GError **error)
{
	self->decision++;
	*ret_missing = *ret_added = FALSE;
	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);
		const KasperDemand *demand;
		KasperKey key = {0};
		GError *error_local = NULL;

		if (step->kind != KASPER_STEP_NEED_KEY)
			continue;
		demand = &work->policy.demands[step->demand];
		if (kasper_engine_find_key(self, work, demand, row->policy, &key, &error_local)) {
			key.standby = step->standby ? 1 : 0;
			if (kasper_snapshot_add_key(work, &key) >= 0)
				*ret_added = TRUE;
			continue;
		}
		if (error_local != NULL) {
			g_propagate_error(error, error_local);
			return FALSE;
		}
		kasper_engine_ask_for_key(self, demand, row->number);
		*ret_missing = TRUE;
	}
	return TRUE;
}

/* decides until the plan asks for no key that can be had */
static KasperPlan *
kasper_turn_decide(KasperEngine *self,
		   const KasperZoneRow *row,
		   KasperSnapshot *work,
		   gboolean *ret_missing,
		   GError **error)
{
	for (guint i = 0; i < MAX_DECISIONS; i++) {
		g_autoptr(KasperPlan) plan = kasper_decide(work, work->now);
		gboolean added = FALSE;

		if (!kasper_turn_add_keys(self, row, work, plan, ret_missing, &added, error))
			return NULL;
		if (!added)
			return g_steal_pointer(&plan);
	}
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INTERNAL,
		    "zone %s: the plan asks for keys without end",
		    row->name);
	return NULL;
}

/* what `zone list` says of the zone */
static const gchar *
kasper_turn_get_zone_state(const KasperSnapshot *after)
{
	if (after->holds != 0)
		return "frozen";
	if (after->revision == 0)
		return "unsigned";
	if (after->confirmed == 0)
		return "signing";
	for (guint i = 0; i < after->n_keys; i++) {
		const KasperKey *key = &after->keys[i];

		if (key->number != 0 && key->state[KASPER_INDEX_DS] == KASPER_RECORD_OMNIPRESENT)
			return "secure";
	}
	return "signed";
}

static const gchar *
kasper_turn_describe_keys(const KasperPlan *plan, gboolean missing, KasperKeyWord *words)
{
	const gchar *waiting_for = missing ? "key" : "";

	for (guint i = 0; i < plan->after.n_keys; i++) {
		if (plan->after.keys[i].number == 0)
			continue;
		kasper_plan_describe_key(plan, i, &words[i]);
		if (waiting_for[0] == '\0' && words[i].waiting_for != NULL)
			waiting_for = words[i].waiting_for;
	}
	return waiting_for;
}

static gboolean
kasper_turn_save(KasperEngine *self,
		 const KasperSnapshot *before,
		 KasperPlan *plan,
		 gboolean missing,
		 GError **error)
{
	KasperKeyWord words[KASPER_KEYS_MAX] = {0};
	const gchar *waiting_for = kasper_turn_describe_keys(plan, missing, words);
	KasperTime due = plan->next_wake;

	if (missing)
		due = MIN(due, kasper_time_add(plan->after.now, KEY_RETRY));
	return kasper_store_save_snapshot(self->store,
					  before,
					  &plan->after,
					  words,
					  due,
					  kasper_turn_get_zone_state(&plan->after),
					  waiting_for,
					  error);
}

static gboolean
kasper_turn_add_order(KasperEngine *self,
		      const KasperZoneRow *row,
		      const KasperPlan *plan,
		      GError **error)
{
	g_auto(KasperIntentRow) intent = {0};
	KasperOutgoingOrder *outgoing;
	KasperZoneOrder *order = kasper_engine_make_order(self, row, &plan->after, error);

	if (order == NULL)
		return FALSE;
	outgoing = g_new0(KasperOutgoingOrder, 1);
	outgoing->zone = row->number;
	outgoing->order = order;
	g_ptr_array_add(self->outgoing, outgoing);
	intent.kind = KASPER_INTENT_ORDER;
	intent.zone = row->number;
	intent.sequence = plan->after.revision;
	intent.id = g_strdup_printf("order-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
				    row->number,
				    plan->after.revision);
	intent.created = plan->after.now;
	intent.due = kasper_time_add(plan->after.now, KASPER_LEASE);
	if (!kasper_store_add_intent(self->store, &intent, error))
		return FALSE;
	outgoing->intent = intent.number;
	return TRUE;
}

/* stable across attempts and restarts, and not to be confused with that of another installation */
static gchar *
kasper_turn_dup_operation_id(KasperEngine *self, const gchar *zone, gint64 submission)
{
	g_autoptr(GBytes) secret = kasper_store_get_secret(self->store);
	g_autofree gchar *text = g_strdup_printf("ds %s %" G_GINT64_FORMAT, zone, submission);

	return g_compute_hmac_for_string(G_CHECKSUM_SHA256,
					 g_bytes_get_data(secret, NULL),
					 g_bytes_get_size(secret),
					 text,
					 -1);
}

static gboolean
kasper_turn_add_submission(KasperEngine *self,
			   const KasperZoneRow *row,
			   const KasperPlan *plan,
			   GError **error)
{
	g_auto(KasperIntentRow) intent = {0};

	intent.kind = KASPER_INTENT_DS;
	intent.zone = row->number;
	intent.sequence = plan->after.submission;
	intent.id = kasper_turn_dup_operation_id(self, row->name, plan->after.submission);
	intent.created = plan->after.now;
	intent.due = plan->after.now;
	if (!kasper_store_add_intent(self->store, &intent, error))
		return FALSE;
	return kasper_engine_announce_ds(self, row, &plan->after, error);
}

/* the zone has let go of the key; if no other has it, it is destroyed in its store */
static gboolean
kasper_turn_add_destruction(KasperEngine *self,
			    const KasperZoneRow *row,
			    gint64 number,
			    KasperTime now,
			    GError **error)
{
	g_auto(KasperPairRow) pair = {0};
	g_auto(KasperIntentRow) intent = {0};

	if (!kasper_store_get_pair(self->store, number, &pair, error))
		return FALSE;
	if (pair.zones > 0)
		return TRUE;
	intent.kind = KASPER_INTENT_DESTROY;
	intent.zone = row->number;
	intent.pair = number;
	intent.id = g_strdup_printf("destroy-%s", pair.id);
	intent.created = intent.due = now;
	return kasper_store_set_pair_state(self->store, number, KASPER_PAIR_DESTROYING, error) &&
	       kasper_store_add_intent(self->store, &intent, error);
}

static const gchar *
kasper_turn_get_event(KasperStepKind kind, KasperEventLevel *ret_level)
{
	*ret_level = KASPER_EVENT_INFO;
	switch (kind) {
	case KASPER_STEP_ACTIVE:
		return "key-active";
	case KASPER_STEP_GOAL_OUT:
		return "key-retire";
	case KASPER_STEP_DEAD:
		return "key-dead";
	case KASPER_STEP_DESTROY:
		return "key-destroy";
	case KASPER_STEP_ROLLOVER:
		return "rollover-started";
	case KASPER_STEP_NOTICE:
		*ret_level = KASPER_EVENT_NOTICE;
		return "rollover-soon";
	case KASPER_STEP_NEED_KEY:
	case KASPER_STEP_ORDER:
	case KASPER_STEP_SUBMIT_DS:
	case KASPER_STEP_STATE:
		return NULL;
	}
	g_assert_not_reached();
}

static gchar *
kasper_turn_dup_event_text(const KasperZoneRow *row,
			   const KasperKey *key,
			   const KasperStep *step,
			   const gchar *name)
{
	g_autofree gchar *when = NULL;

	if (step->kind == KASPER_STEP_NOTICE) {
		when = kasper_time_format(step->time);
		return g_strdup_printf("zone %s: the rollover of %s %u will start at %s UTC",
				       row->name,
				       kasper_role_to_string(key->roles),
				       key->tag,
				       when);
	}
	if (step->slot < 0)
		return g_strdup_printf("zone %s: %s", row->name, name);
	return g_strdup_printf("zone %s: %s %s %u",
			       row->name,
			       name,
			       kasper_role_to_string(key->roles),
			       key->tag);
}

static gboolean
kasper_turn_emit_step(KasperEngine *self,
		      const KasperZoneRow *row,
		      const KasperSnapshot *work,
		      const KasperStep *step,
		      GError **error)
{
	KasperEventLevel level;
	const gchar *name = kasper_turn_get_event(step->kind, &level);
	const KasperKey *key = step->slot >= 0 ? &work->keys[step->slot] : NULL;
	g_auto(KasperPairRow) pair = {0};
	g_autofree gchar *text = NULL;

	if (name == NULL)
		return TRUE;
	if (key != NULL && !kasper_store_get_pair(self->store, key->number, &pair, error))
		return FALSE;
	text = kasper_turn_dup_event_text(row, key, step, name);
	return kasper_engine_emit(self, name, level, row->name, pair.id, text, error);
}

/* everything that the plan wants done, as intents and events of the open transaction */
static gboolean
kasper_turn_record(KasperEngine *self,
		   const KasperZoneRow *row,
		   const KasperSnapshot *work,
		   const KasperPlan *plan,
		   GError **error)
{
	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);

		if (!kasper_turn_emit_step(self, row, work, step, error))
			return FALSE;
		if (step->kind == KASPER_STEP_DESTROY &&
		    !kasper_turn_add_destruction(self,
						 row,
						 work->keys[step->slot].number,
						 plan->after.now,
						 error))
			return FALSE;
	}
	if (plan->orders && !kasper_turn_add_order(self, row, plan, error))
		return FALSE;
	return !plan->submits || kasper_turn_add_submission(self, row, plan, error);
}

static void
kasper_turn_append_step(GString *text, const KasperSnapshot *work, const KasperStep *step)
{
	KasperEventLevel level;
	const gchar *event = kasper_turn_get_event(step->kind, &level);

	if (event == NULL || step->kind == KASPER_STEP_NOTICE)
		return;
	g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "", event);
	if (step->slot >= 0)
		g_string_append_printf(text,
				       " %s %u",
				       kasper_role_to_string(work->keys[step->slot].roles),
				       work->keys[step->slot].tag);
}

/* one row of the journal for all that this turn did; none if it did nothing of note */
static gboolean
kasper_turn_enter(KasperEngine *self,
		  const KasperTurn *turn,
		  const KasperZoneRow *row,
		  const KasperSnapshot *work,
		  const KasperPlan *plan,
		  GError **error)
{
	g_autoptr(GString) text = g_string_new(turn->detail);

	for (guint i = 0; i < plan->steps->len; i++)
		kasper_turn_append_step(text, work, &g_array_index(plan->steps, KasperStep, i));
	if (plan->orders)
		g_string_append_printf(text,
				       "%sorder %" G_GINT64_FORMAT,
				       text->len > 0 ? "; " : "",
				       plan->after.revision);
	if (plan->submits)
		g_string_append_printf(text,
				       "%ssubmission %" G_GINT64_FORMAT,
				       text->len > 0 ? "; " : "",
				       plan->after.submission);
	if (turn->action == NULL && text->len == 0)
		return TRUE;
	return kasper_store_add_audit(self->store,
				      plan->after.now,
				      turn->actor != NULL ? turn->actor : "kasperd",
				      turn->action != NULL ? turn->action : "turn",
				      row->name,
				      turn->key_id,
				      text->str,
				      error);
}

/* lets go of the keys that the plan destroys, in case the decision has left them in place */
static void
kasper_turn_drop_destroyed(KasperPlan *plan)
{
	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);

		if (step->kind == KASPER_STEP_DESTROY && plan->after.keys[step->slot].number != 0)
			kasper_snapshot_remove_key(&plan->after, (guint)step->slot);
	}
}

/* one zone, one turn, within the open transaction: load, take evidence, decide, record */
gboolean
kasper_engine_turn(KasperEngine *self, const KasperTurn *turn, GError **error)
{
	KasperSnapshot before, work;
	g_auto(KasperZoneRow) row = {0};
	g_autoptr(KasperPlan) plan = NULL;
	gboolean missing = FALSE;

	if (!kasper_engine_load(self, turn->zone, &before, &row, error))
		return FALSE;
	work = before;
	if (turn->take != NULL && !turn->take(&work, turn->data, error)) {
		g_prefix_error(error, "zone %s: ", row.name);
		return FALSE;
	}
	plan = kasper_turn_decide(self, &row, &work, &missing, error);
	if (plan == NULL)
		return FALSE;
	kasper_turn_drop_destroyed(plan);
	return kasper_turn_save(self, &before, plan, missing, error) &&
	       kasper_turn_record(self, &row, &work, plan, error) &&
	       kasper_turn_enter(self, turn, &row, &work, plan, error);
}

/* commits, and hands out what the transaction put on its way; nothing goes out otherwise */
gboolean
kasper_engine_commit(KasperEngine *self, KasperTransaction *transaction, GError **error)
{
	KasperTime now = kasper_engine_now(self);
	g_autoptr(GError) error_local = NULL;

	if ((now > kasper_store_get_highest_time(self->store) &&
	     !kasper_store_set_highest_time(self->store, now, &error_local)) ||
	    !kasper_transaction_commit(transaction, &error_local)) {
		g_ptr_array_set_size(self->outgoing, 0);
		g_ptr_array_set_size(self->fresh_events, 0);
		kasper_engine_forget_planned(self);
		kasper_engine_storage_failed(self, error_local);
		g_propagate_error(error, g_steal_pointer(&error_local));
		return FALSE;
	}
	kasper_engine_send_orders(self);
	kasper_engine_start_key_jobs(self);
	kasper_engine_publish_events(self);
	return TRUE;
}
