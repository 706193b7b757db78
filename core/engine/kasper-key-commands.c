/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* --- rollover --- */

static const gchar *
kasper_key_commands_get_type(guint roles)
{
	if (roles == KASPER_ROLE_KSK)
		return "ksk";
	return roles == KASPER_ROLE_ZSK ? "zsk" : "all";
}

static gboolean
kasper_key_commands_emit_rollover(KasperEngine *self,
				  const gchar *zone,
				  const gchar *policy,
				  guint roles,
				  GError **error)
{
	g_autofree gchar *text =
	    g_strdup_printf("Manual key rollover for key type %s on %s %s initiated",
			    kasper_key_commands_get_type(roles),
			    zone != NULL ? "zone" : "policy",
			    zone != NULL ? zone : policy);

	return kasper_engine_emit(self,
				  "rollover-requested",
				  KASPER_EVENT_INFO,
				  zone,
				  NULL,
				  text,
				  error);
}

/* a single role means keys that have no other; both mean all keys */
static gboolean
kasper_key_commands_take_rollover(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	guint roles = *(guint *)data;

	if (kasper_snapshot_request_rollover(snapshot, roles == KASPER_ROLE_CSK ? 0 : roles) > 0)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "it has no %s in use that could be rolled over: see 'kasper key list'",
		    roles == KASPER_ROLE_CSK ? "key" : kasper_role_to_string(roles));
	return FALSE;
}

static gint64
kasper_key_commands_roll_zone(KasperEngine *self,
			      const KasperZoneRow *row,
			      guint roles,
			      const gchar *actor,
			      GError **error)
{
	const KasperTurn turn = {
	    .zone = row->number,
	    .take = kasper_key_commands_take_rollover,
	    .data = &roles,
	    .actor = actor,
	    .action = "key-rollover",
	    .detail = kasper_key_commands_get_type(roles),
	};
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	if (transaction == NULL ||
	    !kasper_key_commands_emit_rollover(self, row->name, NULL, roles, error) ||
	    !kasper_engine_turn(self, &turn, error) ||
	    !kasper_engine_commit(self, transaction, error))
		return -1;
	return 1;
}

static gboolean
kasper_key_commands_check_policy(const KasperEnginePolicy *policy, guint roles, GError **error)
{
	for (guint i = 0; i < policy->values.n_demands; i++) {
		if ((policy->values.demands[i].roles & ~roles) == 0)
			return TRUE;
	}
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_INVALID,
		    "policy %s has no %s",
		    policy->config->name,
		    roles == KASPER_ROLE_CSK ? "keys" : kasper_role_to_string(roles));
	return FALSE;
}

/* all zones are asked in one go, and take their turns one after the other */
static gint64
kasper_key_commands_roll_policy(KasperEngine *self,
				const KasperEnginePolicy *policy,
				guint roles,
				const gchar *actor,
				GError **error)
{
	KasperTime now = kasper_engine_now(self);
	g_autofree gchar *detail = g_strdup_printf("policy %s, %s",
						   policy->config->name,
						   kasper_key_commands_get_type(roles));
	g_autoptr(KasperTransaction) transaction = NULL;
	gint64 zones;

	if (!kasper_key_commands_check_policy(policy, roles, error))
		return -1;
	transaction = kasper_engine_begin(self, error);
	if (transaction == NULL)
		return -1;
	zones = kasper_store_request_rollovers(self->store, policy->number, roles, now, error);
	if (zones < 0 ||
	    !kasper_key_commands_emit_rollover(self, NULL, policy->config->name, roles, error) ||
	    !kasper_store_add_audit(self->store,
				    now,
				    actor,
				    "key-rollover",
				    NULL,
				    NULL,
				    detail,
				    error) ||
	    !kasper_engine_commit(self, transaction, error))
		return -1;
	kasper_engine_expect_keys(self, policy, roles, zones);
	return zones;
}

/* a key that zones share is rolled in all of them */
static gint64
kasper_key_commands_roll(KasperEngine *self,
			 const gchar *zone,
			 const gchar *policy,
			 guint roles,
			 const gchar *actor,
			 GError **error)
{
	g_auto(KasperZoneRow) row = {0};
	KasperEnginePolicy *found;

	if (policy != NULL) {
		found = kasper_engine_find_policy(self, policy, error);
		if (found == NULL)
			return -1;
		return kasper_key_commands_roll_policy(self, found, roles, actor, error);
	}
	if (!kasper_engine_find_zone(self, zone, &row, error))
		return -1;
	found = kasper_engine_get_policy(self, row.policy);
	if (found != NULL && found->values.share_keys)
		return kasper_key_commands_roll_policy(self, found, roles, actor, error);
	return kasper_key_commands_roll_zone(self, &row, roles, actor, error);
}

static gboolean
kasper_key_commands_check_scope(const gchar *zone, const gchar *policy, GError **error)
{
	if ((zone != NULL) != (policy != NULL))
		return TRUE;
	g_set_error_literal(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "give either a zone or a policy");
	return FALSE;
}

/**
 * kasper_engine_key_rollover: (skip)
 * @self: an engine
 * @zone: (nullable): a zone's name
 * @policy: (nullable): or else a policy's: all of its zones
 * @roles: #KasperRole, ored: a single one means keys that have no other, both mean all keys
 * @actor: who asked
 * @error: return location for a #GError, or %NULL
 *
 * Starts rollovers, whatever lifetimes and ManualRollover say.
 *
 * Returns: in how many zones; -1 on error
 *
 * Since: 0.1
 */
gint64
kasper_engine_key_rollover(KasperEngine *self,
			   const gchar *zone,
			   const gchar *policy,
			   guint roles,
			   const gchar *actor,
			   GError **error)
{
	gint64 zones;

	if (!kasper_key_commands_check_scope(zone, policy, error))
		return -1;
	if (roles == 0 || roles > KASPER_ROLE_CSK) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "roles %u: should be 1 (KSK), 2 (ZSK) or 3 (all)",
			    roles);
		return -1;
	}
	zones = kasper_key_commands_roll(self, zone, policy, roles, actor, error);
	kasper_engine_kick(self);
	return zones;
}

/* --- purge --- */

typedef struct {
	KasperEngine *engine;
	GArray *zones; /* of gint64: that have dead keys */
	const gchar *actor;
	guint n_destroyed;
} KasperPurge;

/* as if Keys/Purge were 0 */
static gboolean
kasper_key_commands_take_purge(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	snapshot->policy.purge = 0;
	return TRUE;
}

static gboolean
kasper_key_commands_purge_zone(KasperEngine *self, gpointer item, gpointer data, GError **error)
{
	KasperPurge *purge = data;
	const KasperTurn turn = {
	    .zone = *(gint64 *)item,
	    .take = kasper_key_commands_take_purge,
	    .actor = purge->actor,
	    .action = "key-purge",
	    .ret_destroyed = &purge->n_destroyed,
	};

	return kasper_engine_turn(self, &turn, error);
}

/* the scheduler meets its trouble, too, and tells of it */
static gboolean
kasper_key_commands_pass_over(KasperEngine *self,
			      gpointer item,
			      const GError *why,
			      gpointer data,
			      GError **error)
{
	return TRUE;
}

static gboolean
kasper_key_commands_collect_dead(const KasperZoneRow *row, gpointer data)
{
	KasperPurge *purge = data;
	KasperSnapshot snapshot;

	if (!kasper_store_load_snapshot(purge->engine->store, row->number, &snapshot, NULL, NULL))
		return TRUE;
	for (guint i = 0; i < snapshot.n_keys; i++) {
		if (snapshot.keys[i].number == 0 || snapshot.keys[i].dead == KASPER_TIME_UNSET)
			continue;
		g_array_append_val(purge->zones, row->number);
		break;
	}
	return TRUE;
}

static gboolean
kasper_key_commands_purge_zones(KasperEngine *self, KasperPurge *purge, GError **error)
{
	const KasperRecorder recorder = {
	    .record = kasper_key_commands_purge_zone,
	    .give_up = kasper_key_commands_pass_over,
	    .data = purge,
	};

	for (guint from = 0; from < purge->zones->len; from += KASPER_BATCH) {
		g_autoptr(GPtrArray) items = g_ptr_array_new();

		for (guint i = from; i < MIN(purge->zones->len, from + KASPER_BATCH); i++)
			g_ptr_array_add(items, &g_array_index(purge->zones, gint64, i));
		if (!kasper_engine_record_each(self, items, &recorder, error))
			return FALSE;
	}
	return TRUE;
}

/* --- keys of zones that were deleted: they are kept for a while, and a person may end that --- */

typedef struct {
	KasperEngine *engine;
	gint64 policy;
	KasperTime now;
	GArray *intents; /* of gint64 */
} KasperOrphans;

/* the zone may have to come back, and would be bogus with other keys */
static gboolean
kasper_key_commands_may_return(const KasperOrphans *self, gint64 zone)
{
	KasperFormerRow former;

	return kasper_store_get_former(self->engine->store, zone, &former) && former.has_ds &&
	       kasper_time_add(former.deleted, KASPER_GRACE) > self->now;
}

static gboolean
kasper_key_commands_collect_orphan(const KasperIntentRow *row, gpointer data)
{
	KasperOrphans *orphans = data;

	if (row->sequence == orphans->policy && row->due > orphans->now && row->tries == 0 &&
	    !kasper_key_commands_may_return(orphans, row->zone))
		g_array_append_val(orphans->intents, row->number);
	return TRUE;
}

static gboolean
kasper_key_commands_purge_orphans(KasperEngine *self,
				  gint64 policy,
				  guint *ret_destroyed,
				  GError **error)
{
	g_autoptr(GArray) intents = g_array_new(FALSE, FALSE, sizeof(gint64));
	KasperOrphans orphans = {self, policy, kasper_engine_now(self), intents};
	g_autoptr(KasperTransaction) transaction = NULL;

	if (!kasper_store_each_intent(self->store,
				      KASPER_INTENT_DESTROY,
				      KASPER_TIME_NEVER,
				      G_MAXINT,
				      kasper_key_commands_collect_orphan,
				      &orphans,
				      error))
		return FALSE;
	transaction = kasper_engine_begin(self, error);
	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < intents->len; i++) {
		if (!kasper_store_postpone_intent(self->store,
						  g_array_index(intents, gint64, i),
						  0,
						  orphans.now,
						  NULL,
						  NULL,
						  error))
			return FALSE;
	}
	*ret_destroyed += intents->len;
	return kasper_engine_commit(self, transaction, error);
}

static gboolean
kasper_key_commands_purge_policy(KasperEngine *self,
				 const gchar *name,
				 KasperPurge *purge,
				 GError **error)
{
	KasperEnginePolicy *policy = kasper_engine_find_policy(self, name, error);

	return policy != NULL &&
	       kasper_store_each_zone(self->store,
				      policy->number,
				      NULL,
				      kasper_key_commands_collect_dead,
				      purge,
				      error) &&
	       kasper_key_commands_purge_zones(self, purge, error) &&
	       kasper_key_commands_purge_orphans(self, policy->number, &purge->n_destroyed, error);
}

/**
 * kasper_engine_key_purge: (skip)
 * @self: an engine
 * @zone: (nullable): a zone's name
 * @policy: (nullable): or else a policy's: all of its zones, and those that were deleted
 * @actor: who asked
 * @error: return location for a #GError, or %NULL
 *
 * Destroys dead keys without waiting for Keys/Purge. Keys of a zone that was deleted within the
 * last 30 days while its DS was at the parent stay: it could not come back without them.
 *
 * Returns: how many keys; -1 on error
 *
 * Since: 0.1
 */
gint64
kasper_engine_key_purge(KasperEngine *self,
			const gchar *zone,
			const gchar *policy,
			const gchar *actor,
			GError **error)
{
	g_autoptr(GArray) zones = g_array_new(FALSE, FALSE, sizeof(gint64));
	KasperPurge purge = {self, zones, actor, 0};
	g_auto(KasperZoneRow) row = {0};
	gboolean done;

	if (!kasper_key_commands_check_scope(zone, policy, error))
		return -1;
	if (policy != NULL) {
		done = kasper_key_commands_purge_policy(self, policy, &purge, error);
	} else {
		done = kasper_engine_find_zone(self, zone, &row, error);
		g_array_append_val(zones, row.number);
		done = done && kasper_key_commands_purge_zones(self, &purge, error);
	}
	kasper_engine_kick(self);
	return done ? (gint64)purge.n_destroyed : -1;
}
