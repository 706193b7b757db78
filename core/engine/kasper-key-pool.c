/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include <sys/random.h>

/* octets of a CKA_ID: random, so that it can be chosen before the key is made */
#define ID_LENGTH 16

typedef struct {
	gint64 zone;
	guint keys;
	guint64 decision; /* of the zone, in which it asked */
} KasperPoolWait;

void
kasper_pool_bucket_free(KasperPoolBucket *self)
{
	g_hash_table_unref(self->waiting);
	g_queue_clear_full(&self->order, g_free);
	g_free(self);
}

KasperPoolBucket *
kasper_engine_get_bucket(KasperEngine *self, gint64 repository, guint algorithm, guint bits)
{
	g_autofree gchar *name =
	    g_strdup_printf("%" G_GINT64_FORMAT "/%u/%u", repository, algorithm, bits);
	KasperPoolBucket *bucket = g_hash_table_lookup(self->buckets, name);

	if (bucket != NULL)
		return bucket;
	bucket = g_new0(KasperPoolBucket, 1);
	bucket->repository = repository;
	bucket->algorithm = algorithm;
	bucket->bits = bits;
	bucket->waiting = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	g_queue_init(&bucket->order);
	g_hash_table_insert(self->buckets, g_steal_pointer(&name), bucket);
	return bucket;
}

/* a key for @demand: the one that the policy's zones share, or one out of the pool. FALSE without
 * an error: there is none yet */
gboolean
kasper_engine_find_key(KasperEngine *self,
		       const KasperSnapshot *snapshot,
		       const KasperDemand *demand,
		       gint64 policy,
		       KasperKey *ret_key,
		       GError **error)
{
	guint16 taken[KASPER_KEYS_MAX];
	guint n_taken = 0;
	GError *error_local = NULL;

	for (guint i = 0; i < snapshot->n_keys; i++) {
		if (snapshot->keys[i].number != 0)
			taken[n_taken++] = snapshot->keys[i].tag;
	}
	if (snapshot->policy.share_keys) {
		if (kasper_store_find_shared_pair(self->store,
						  demand,
						  policy,
						  ret_key,
						  &error_local) &&
		    kasper_snapshot_find_key(snapshot, ret_key->number) < 0) {
			ret_key->roles = demand->roles;
			return TRUE;
		}
		if (error_local != NULL) {
			g_propagate_error(error, error_local);
			return FALSE;
		}
	}
	if (!kasper_store_take_pair(self->store, demand, policy, taken, n_taken, ret_key, error))
		return FALSE;
	ret_key->roles = demand->roles;
	ret_key->goal = KASPER_GOAL_IN;
	return TRUE;
}

/* @zone cannot go on without a key; it is woken when there is one */
void
kasper_engine_ask_for_key(KasperEngine *self, const KasperDemand *demand, gint64 zone)
{
	KasperPoolBucket *bucket =
	    kasper_engine_get_bucket(self, demand->store, demand->algorithm, demand->bits);
	KasperPoolWait *wait = g_hash_table_lookup(bucket->waiting, &zone);

	if (wait == NULL) {
		wait = g_new0(KasperPoolWait, 1);
		wait->zone = zone;
		wait->decision = self->decision;
		g_hash_table_insert(bucket->waiting, &wait->zone, wait);
		g_queue_push_tail(&bucket->order, g_memdup2(&zone, sizeof zone));
	}
	if (wait->decision != self->decision) {
		/* what it asked for before, it has, or asks for again */
		bucket->asked -= wait->keys;
		wait->keys = 0;
		wait->decision = self->decision;
	}
	wait->keys++;
	bucket->asked++;
}

/* @n more keys are in the pool: the zones that waited longest are due now */
gboolean
kasper_engine_wake_waiting(KasperEngine *self, KasperPoolBucket *bucket, guint n, GError **error)
{
	KasperTime now = kasper_engine_now(self);

	while (n > 0 && !g_queue_is_empty(&bucket->order)) {
		g_autofree gint64 *zone = g_queue_pop_head(&bucket->order);
		KasperPoolWait *wait = g_hash_table_lookup(bucket->waiting, zone);
		guint keys = wait->keys;

		g_hash_table_remove(bucket->waiting, zone);
		bucket->asked -= keys;
		n -= MIN(n, MAX(keys, 1));
		if (!kasper_store_make_due(self->store, *zone, 0, now, error))
			return FALSE;
	}
	return TRUE;
}

static gchar *
kasper_pool_dup_new_id(void)
{
	guint8 octets[ID_LENGTH];
	GString *id = g_string_sized_new(2 * ID_LENGTH + 1);

	/* 16 octets come at once or not at all; without them nothing here is safe */
	if (getrandom(octets, sizeof octets, 0) != sizeof octets)
		g_error("getrandom() gives no random octets");
	for (guint i = 0; i < sizeof octets; i++)
		g_string_append_printf(id, "%02x", octets[i]);
	return g_string_free(id, FALSE);
}

/* the id is chosen and recorded before the store is asked to make anything */
gboolean
kasper_engine_plan_pair(KasperEngine *self,
			KasperPoolBucket *bucket,
			KasperTime now,
			GError **error)
{
	g_auto(KasperPairRow) row = {0};
	KasperPlannedPair *planned;

	row.id = kasper_pool_dup_new_id();
	row.repository = bucket->repository;
	row.algorithm = bucket->algorithm;
	row.bits = bucket->bits;
	if (!kasper_store_plan_pair(self->store, &row, now, error))
		return FALSE;
	planned = g_new0(KasperPlannedPair, 1);
	planned->number = row.number;
	planned->bucket = bucket;
	planned->wanted = kasper_key_info_new(row.id, row.algorithm, row.bits, NULL);
	g_ptr_array_add(self->planned, planned);
	g_hash_table_add(self->pairs_in_hand, g_memdup2(&row.number, sizeof row.number));
	bucket->in_flight++;
	return TRUE;
}

/* the transaction with the plans was not committed: nothing is made */
void
kasper_engine_forget_planned(KasperEngine *self)
{
	for (guint i = 0; i < self->planned->len; i++) {
		KasperPlannedPair *planned = g_ptr_array_index(self->planned, i);

		planned->bucket->in_flight--;
		g_hash_table_remove(self->pairs_in_hand, &planned->number);
	}
	g_ptr_array_set_size(self->planned, 0);
}

static guint
kasper_pool_count_lifetimes(const KasperDemand *demand, KasperSpan period)
{
	if (demand->lifetime <= 0)
		return 0;
	return (guint)MIN(period / demand->lifetime, G_MAXUINT16);
}

/* how many keys the generation period wants ahead: one for each rollover that falls into it */
static void
kasper_pool_count_ahead(KasperEngine *self)
{
	KasperSpan period = kasper_config_get_generation_period(self->config);
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->buckets);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		((KasperPoolBucket *)value)->ahead = 0;
	if (kasper_config_get_manual_generation(self->config))
		return;
	g_hash_table_iter_init(&iter, self->policies);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperEnginePolicy *policy = value;
		gint64 zones = kasper_store_count_zones(self->store, policy->number);

		if (policy->values.share_keys)
			zones = MIN(zones, 1);
		for (guint i = 0; i < policy->values.n_demands && zones > 0; i++) {
			const KasperDemand *demand = &policy->values.demands[i];

			kasper_engine_get_bucket(self,
						 demand->store,
						 demand->algorithm,
						 demand->bits)
			    ->ahead += (guint)zones * kasper_pool_count_lifetimes(demand, period);
		}
	}
}

/* zones that wait come first, and their keys are made whatever ManualKeyGeneration says only if it
 * is off; what is made ahead of need has to wait until nobody does */
static guint
kasper_pool_count_wanted(KasperEngine *self, KasperPoolBucket *bucket)
{
	gint64 pool;

	if (kasper_config_get_manual_generation(self->config))
		return 0;
	if (bucket->asked > 0)
		return bucket->asked > bucket->in_flight ? bucket->asked - bucket->in_flight : 0;
	if (bucket->in_flight > 0 || bucket->ahead == 0)
		return 0;
	pool = kasper_store_count_pool(self->store,
				       bucket->repository,
				       bucket->algorithm,
				       bucket->bits,
				       TRUE);
	return pool < (gint64)bucket->ahead ? MIN(bucket->ahead - (guint)pool, KASPER_BATCH) : 0;
}

/* does anything in the pool want doing, in a repository that can do it? */
gboolean
kasper_engine_wants_keys(KasperEngine *self, KasperTime now)
{
	GHashTableIter iter;
	gpointer value;

	if (self->pool_dirty)
		return TRUE;
	g_hash_table_iter_init(&iter, self->buckets);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperPoolBucket *bucket = value;
		KasperRepository *repository =
		    kasper_engine_get_repository(self, bucket->repository);

		if (repository != NULL && kasper_engine_repository_ready(repository, now) &&
		    kasper_pool_count_wanted(self, bucket) > 0)
			return TRUE;
	}
	return FALSE;
}

/* plans the pairs that are wanted, within the open transaction */
gboolean
kasper_engine_plan_pairs(KasperEngine *self, KasperTime now, GError **error)
{
	GHashTableIter iter;
	gpointer value;

	if (self->pool_dirty)
		kasper_pool_count_ahead(self);
	self->pool_dirty = FALSE;
	g_hash_table_iter_init(&iter, self->buckets);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperPoolBucket *bucket = value;
		KasperRepository *repository =
		    kasper_engine_get_repository(self, bucket->repository);
		guint wanted;

		if (repository == NULL || !kasper_engine_repository_ready(repository, now))
			continue;
		wanted = kasper_pool_count_wanted(self, bucket);
		for (guint i = 0; i < wanted; i++) {
			if (!kasper_engine_plan_pair(self, bucket, now, error))
				return FALSE;
		}
	}
	return TRUE;
}
