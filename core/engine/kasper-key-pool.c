/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* a zone that cannot go on without keys of this kind */
typedef struct {
	gint64 zone;
	guint keys;
	gboolean collides; /* what is in the pool looks like a key that it has */
	guint n_shared;
	gint64 shared[KASPER_DEMANDS_MAX]; /* what it will share with others: policy and roles */
	GList place;			   /* in the bucket's order */
} KasperPoolWait;
void
kasper_pool_bucket_free(KasperPoolBucket *self)
{
	g_hash_table_unref(self->waiting);
	g_hash_table_unref(self->shared);
	g_free(self);
}

KasperPoolBucket *
kasper_engine_get_bucket(KasperEngine *self, gint64 repository, guint algorithm, guint bits)
{
	g_autofree gchar *name = NULL;
	GHashTableIter iter;
	gpointer value;
	KasperPoolBucket *bucket;

	/* there are few kinds of keys */
	g_hash_table_iter_init(&iter, self->buckets);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		bucket = value;
		if (bucket->repository == repository && bucket->algorithm == algorithm &&
		    bucket->bits == bits)
			return bucket;
	}
	name = g_strdup_printf("%" G_GINT64_FORMAT "/%u/%u", repository, algorithm, bits);
	bucket = g_new0(KasperPoolBucket, 1);
	bucket->repository = repository;
	bucket->algorithm = algorithm;
	bucket->bits = bits;
	bucket->waiting = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	bucket->shared = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	g_queue_init(&bucket->order);
	g_hash_table_insert(self->buckets, g_steal_pointer(&name), bucket);
	return bucket;
}

static gint64
kasper_pool_count_made(KasperEngine *self, const KasperPoolBucket *bucket)
{
	return kasper_store_count_pool(self->store,
				       bucket->repository,
				       bucket->algorithm,
				       bucket->bits,
				       FALSE);
}

/* --- who waits --- */

static KasperPoolWait *
kasper_pool_get_wait(KasperPoolBucket *bucket, gint64 zone)
{
	KasperPoolWait *wait = g_hash_table_lookup(bucket->waiting, &zone);

	if (wait != NULL)
		return wait;
	wait = g_new0(KasperPoolWait, 1);
	wait->zone = zone;
	wait->place.data = wait;
	g_hash_table_insert(bucket->waiting, &wait->zone, wait);
	g_queue_push_tail_link(&bucket->order, &wait->place);
	return wait;
}

static void
kasper_pool_ask(KasperPoolBucket *bucket, gint64 zone, gboolean collides)
{
	KasperPoolWait *wait = kasper_pool_get_wait(bucket, zone);

	if (collides && !wait->collides)
		bucket->n_colliding++;
	wait->collides |= collides;
	wait->keys++;
	bucket->asked++;
}

/* all zones of a policy that wait for the key that they will share want one key */
static void
kasper_pool_ask_together(KasperPoolBucket *bucket, gint64 zone, gint64 policy, guint roles)
{
	KasperPoolWait *wait = kasper_pool_get_wait(bucket, zone);
	gint64 what = policy << 2 | (gint64)roles;
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(bucket->shared, &what));

	if (wait->n_shared == G_N_ELEMENTS(wait->shared))
		return;
	wait->shared[wait->n_shared++] = what;
	bucket->asked += n == 0 ? 1 : 0;
	g_hash_table_insert(bucket->shared, g_memdup2(&what, sizeof what), GUINT_TO_POINTER(n + 1));
}

static void
kasper_pool_forget_shared(KasperPoolBucket *bucket, gint64 what)
{
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(bucket->shared, &what));

	if (n > 1) {
		g_hash_table_insert(bucket->shared,
				    g_memdup2(&what, sizeof what),
				    GUINT_TO_POINTER(n - 1));
		return;
	}
	g_hash_table_remove(bucket->shared, &what);
	bucket->asked--;
}

static void
kasper_pool_forget(KasperPoolBucket *bucket, KasperPoolWait *wait)
{
	for (guint i = 0; i < wait->n_shared; i++)
		kasper_pool_forget_shared(bucket, wait->shared[i]);
	bucket->asked -= wait->keys;
	bucket->n_colliding -= wait->collides ? 1 : 0;
	g_queue_unlink(&bucket->order, &wait->place);
	g_hash_table_remove(bucket->waiting, &wait->zone);
}

void
kasper_engine_forget_asks(KasperEngine *self, gint64 zone)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->buckets);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperPoolBucket *bucket = value;
		KasperPoolWait *wait = g_hash_table_lookup(bucket->waiting, &zone);

		if (wait != NULL)
			kasper_pool_forget(bucket, wait);
	}
}

/* as many zones as the pool has keys for; one that finds them gone asks again */
gboolean
kasper_engine_wake_waiting(KasperEngine *self, KasperPoolBucket *bucket, GError **error)
{
	KasperTime now = kasper_engine_now(self);
	gint64 left = kasper_pool_count_made(self, bucket);

	while (!g_queue_is_empty(&bucket->order)) {
		KasperPoolWait *wait = g_queue_peek_head(&bucket->order);
		gint64 zone = wait->zone;

		if (wait->keys + wait->n_shared > left)
			break;
		/* what is shared is there for the next one, too */
		left -= wait->keys;
		kasper_pool_forget(bucket, wait);
		if (!kasper_store_make_due(self->store, zone, 0, now, error))
			return FALSE;
	}
	return TRUE;
}

/* --- handing keys out --- */

/* a key that a plan asks for */
typedef struct {
	const KasperDemand *demand;
	KasperPoolBucket *bucket; /* NULL: it has been found */
	gboolean standby;
} KasperPoolNeed;

/* no plan asks for more at once */
#define MAX_NEEDS KASPER_KEYS_MAX

static guint
kasper_pool_list_needs(KasperEngine *self,
		       const KasperSnapshot *work,
		       const KasperPlan *plan,
		       KasperPoolNeed *needs)
{
	guint n = 0;

	for (guint i = 0; i < plan->steps->len && n < MAX_NEEDS; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);
		const KasperDemand *demand;

		if (step->kind != KASPER_STEP_NEED_KEY)
			continue;
		demand = &work->policy.demands[step->demand];
		needs[n].demand = demand;
		needs[n].standby = step->standby;
		needs[n++].bucket =
		    kasper_engine_get_bucket(self, demand->store, demand->algorithm, demand->bits);
	}
	return n;
}

static guint
kasper_pool_count_needs(const KasperPoolNeed *needs, guint n_needs, const KasperPoolBucket *bucket)
{
	guint n = 0;

	for (guint i = 0; i < n_needs; i++)
		n += needs[i].bucket == bucket ? 1 : 0;
	return n;
}

static gboolean
kasper_pool_add_key(KasperSnapshot *work, KasperPoolNeed *need, KasperKey *key)
{
	key->roles = need->demand->roles;
	key->goal = KASPER_GOAL_IN;
	key->standby = need->standby ? 1 : 0;
	need->bucket = NULL;
	return kasper_snapshot_add_key(work, key) >= 0;
}

/* ShareKeys: the pair that the other zones of the policy have */
static gboolean
kasper_pool_share_key(KasperEngine *self,
		      gint64 policy,
		      KasperSnapshot *work,
		      KasperPoolNeed *need,
		      gboolean *ret_added,
		      GError **error)
{
	KasperKey key = {0};
	GError *error_local = NULL;

	if (!work->policy.share_keys || need->standby)
		return TRUE;
	if (kasper_store_find_shared_pair(self->store, need->demand, policy, &key, &error_local) &&
	    kasper_snapshot_find_key(work, key.number) < 0 && kasper_pool_add_key(work, need, &key))
		*ret_added = TRUE;
	if (error_local == NULL)
		return TRUE;
	g_propagate_error(error, error_local);
	return FALSE;
}

/* FALSE without an error: none that looks different from the keys that the zone has */
static gboolean
kasper_pool_take_key(KasperEngine *self,
		     gint64 policy,
		     KasperSnapshot *work,
		     KasperPoolNeed *need,
		     GError **error)
{
	guint16 taken[KASPER_KEYS_MAX];
	guint n_taken = 0;
	KasperPoolBucket *bucket = need->bucket;
	KasperKey key = {0};

	for (guint i = 0; i < work->n_keys; i++) {
		if (work->keys[i].number != 0)
			taken[n_taken++] = work->keys[i].tag;
	}
	if (!kasper_store_take_pair(self->store,
				    need->demand,
				    policy,
				    taken,
				    n_taken,
				    &key,
				    error) ||
	    !kasper_pool_add_key(work, need, &key))
		return FALSE;
	bucket->expected -= MIN(bucket->expected, 1);
	return TRUE;
}

/* all that the plan needs of one kind, or nothing: zones that hold half of what they need each
 * would wait for each other when a token is full */
gboolean
kasper_engine_give_keys(KasperEngine *self,
			const KasperZoneRow *row,
			KasperSnapshot *work,
			const KasperPlan *plan,
			gboolean *ret_missing,
			gboolean *ret_added,
			GError **error)
{
	KasperPoolNeed needs[MAX_NEEDS];
	guint n_needs = kasper_pool_list_needs(self, work, plan, needs);

	*ret_missing = *ret_added = FALSE;
	for (guint i = 0; i < n_needs; i++) {
		if (!kasper_pool_share_key(self, row->policy, work, &needs[i], ret_added, error))
			return FALSE;
	}
	for (guint i = 0; i < n_needs; i++) {
		KasperPoolBucket *bucket = needs[i].bucket;
		GError *error_local = NULL;
		gboolean enough;

		if (bucket == NULL)
			continue;
		enough = kasper_pool_count_needs(needs, n_needs, bucket) <=
			 kasper_pool_count_made(self, bucket);
		if (enough &&
		    kasper_pool_take_key(self, row->policy, work, &needs[i], &error_local)) {
			*ret_added = TRUE;
			continue;
		}
		if (error_local != NULL) {
			g_propagate_error(error, error_local);
			return FALSE;
		}
		if (work->policy.share_keys && !needs[i].standby && !enough)
			kasper_pool_ask_together(bucket,
						 row->number,
						 row->policy,
						 needs[i].demand->roles);
		else
			kasper_pool_ask(bucket, row->number, enough);
		*ret_missing = TRUE;
	}
	return TRUE;
}
