/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include <sys/random.h>

/* octets of a CKA_ID: random, so that it can be chosen before the key is made */
#define ID_LENGTH 16
/* so many pairs of a kind are under way at most; more are planned as they are made */
#define MAX_PLANNED (2 * KASPER_BATCH)

static gchar *
kasper_pool_dup_new_id(void)
{
	guint8 octets[ID_LENGTH];
	gchar *id = g_malloc(2 * ID_LENGTH + 1);

	/* 16 octets come at once or not at all; without them nothing here is safe */
	if (getrandom(octets, sizeof octets, 0) != sizeof octets)
		g_error("getrandom() gives no random octets");
	for (guint i = 0; i < sizeof octets; i++) {
		id[2 * i] = "0123456789abcdef"[octets[i] >> 4];
		id[2 * i + 1] = "0123456789abcdef"[octets[i] & 15];
	}
	id[2 * ID_LENGTH] = '\0';
	return id;
}

/* the id is chosen and recorded before the store is asked to make anything */
static gboolean
kasper_pool_plan_pair(KasperEngine *self, KasperPoolBucket *bucket, KasperTime now, GError **error)
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
	g_ptr_array_add(self->fresh_pairs, planned);
	return TRUE;
}

/* --- ahead of need --- */

guint
kasper_pool_count_ahead(const KasperPolicy *policy,
			const KasperDemand *demand,
			gint64 zones,
			KasperSpan span)
{
	if (demand->lifetime <= 0 || zones <= 0)
		return 0;
	if (policy->share_keys)
		zones = 1;
	return (guint)MIN(zones * MIN(span / demand->lifetime, G_MAXUINT16), G_MAXINT32);
}

/* how many keys the generation period wants: one for each rollover that falls into it */
static void
kasper_pool_count_all_ahead(KasperEngine *self)
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

		for (guint i = 0; i < policy->values.n_demands; i++) {
			const KasperDemand *demand = &policy->values.demands[i];
			KasperPoolBucket *bucket = kasper_engine_get_bucket(self,
									    demand->store,
									    demand->algorithm,
									    demand->bits);

			bucket->ahead +=
			    kasper_pool_count_ahead(&policy->values, demand, zones, period);
		}
	}
}

void
kasper_engine_expect_keys(KasperEngine *self,
			  const KasperEnginePolicy *policy,
			  guint roles,
			  gint64 zones)
{
	if (policy->values.share_keys)
		zones = MIN(zones, 1);
	for (guint i = 0; i < policy->values.n_demands; i++) {
		const KasperDemand *demand = &policy->values.demands[i];
		KasperPoolBucket *bucket;

		if ((demand->roles & ~roles) != 0)
			continue;
		bucket =
		    kasper_engine_get_bucket(self, demand->store, demand->algorithm, demand->bits);
		bucket->expected += (guint)MIN(zones, G_MAXINT32);
	}
}

void
kasper_engine_expect_fewer(KasperEngine *self, gint64 policy)
{
	const KasperEnginePolicy *found = kasper_engine_get_policy(self, policy);

	if (found == NULL || found->values.share_keys)
		return;
	for (guint i = 0; i < found->values.n_demands; i++) {
		const KasperDemand *demand = &found->values.demands[i];
		KasperPoolBucket *bucket =
		    kasper_engine_get_bucket(self, demand->store, demand->algorithm, demand->bits);

		bucket->expected -= MIN(bucket->expected, 1);
	}
}

/* whoever was expected has come, or will not */
void
kasper_engine_expect_nothing(KasperEngine *self)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->buckets);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		((KasperPoolBucket *)value)->expected = 0;
}

/* --- how many now --- */

/* zones that may turn out to be signed already are not counted on */
static gint64
kasper_pool_count_asked(KasperEngine *self, const KasperPoolBucket *bucket)
{
	return kasper_engine_is_looking(self) ? bucket->asked
					      : MAX(bucket->asked, bucket->expected);
}

/* zones that wait come first, then those that will probably ask, then what is made ahead of need.
 * Pairs of which nobody knows whether they were made count as if they were: none is made twice */
static guint
kasper_pool_count_wanted(KasperEngine *self,
			 const KasperPoolBucket *bucket,
			 const KasperRepository *repository)
{
	gint64 made = kasper_store_count_pool(self->store,
					      bucket->repository,
					      bucket->algorithm,
					      bucket->bits,
					      FALSE);
	gint64 planned = kasper_store_count_pool(self->store,
						 bucket->repository,
						 bucket->algorithm,
						 bucket->bits,
						 TRUE) -
			 made;
	gint64 asked = kasper_pool_count_asked(self, bucket);
	gint64 room = MAX(MAX_PLANNED - planned, 0);
	gint64 wanted;

	if (kasper_config_get_manual_generation(self->config))
		return (guint)MIN((gint64)bucket->wanted, room);
	/* what is in the pool is no good for a zone whose keys look the same */
	wanted = asked - planned - (bucket->n_colliding > 0 ? 0 : made);
	if (wanted <= 0 && asked == 0) {
		wanted = MAX((gint64)bucket->ahead - made - planned, (gint64)bucket->wanted);
		/* little by little: whoever needs another kind now must not wait long */
		wanted = MIN(wanted, 2 * (gint64)repository->chunk - planned);
	}
	return (guint)CLAMP(wanted, 0, room);
}

static KasperRepository *
kasper_pool_get_maker(KasperEngine *self, const KasperPoolBucket *bucket, KasperTime now)
{
	KasperRepository *repository = kasper_engine_get_repository(self, bucket->repository);

	if (repository == NULL || !kasper_engine_repository_can_make(repository, now))
		return NULL;
	return repository;
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
		KasperRepository *repository = kasper_pool_get_maker(self, value, now);

		if (repository != NULL && kasper_pool_count_wanted(self, value, repository) > 0)
			return TRUE;
	}
	return FALSE;
}

/* ManualKeyGeneration: a person has to be told that zones wait for one */
static void
kasper_pool_judge_manual(KasperEngine *self)
{
	guint asked = 0;
	GHashTableIter iter;
	gpointer value;
	g_autofree gchar *text = NULL;

	g_hash_table_iter_init(&iter, self->buckets);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		asked += ((KasperPoolBucket *)value)->asked;
	if (asked == 0 || !kasper_config_get_manual_generation(self->config)) {
		kasper_engine_clear_problem(self, "keys");
		return;
	}
	text = g_strdup_printf("zones wait for %u keys, and ManualKeyGeneration is set: make them "
			       "with 'kasper key generate'",
			       asked);
	kasper_engine_set_problem(self, "keys", text);
}

/* plans the pairs that are wanted, within the open transaction */
gboolean
kasper_engine_plan_pairs(KasperEngine *self, KasperTime now, GError **error)
{
	gboolean manual = kasper_config_get_manual_generation(self->config);
	GHashTableIter iter;
	gpointer value;

	if (self->pool_dirty)
		kasper_pool_count_all_ahead(self);
	self->pool_dirty = FALSE;
	kasper_pool_judge_manual(self);
	g_hash_table_iter_init(&iter, self->buckets);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperPoolBucket *bucket = value;
		KasperRepository *repository = kasper_pool_get_maker(self, bucket, now);
		guint wanted;

		if (repository == NULL)
			continue;
		wanted = kasper_pool_count_wanted(self, bucket, repository);
		if (manual || kasper_pool_count_asked(self, bucket) == 0)
			bucket->wanted -= MIN(bucket->wanted, wanted);
		for (guint i = 0; i < wanted; i++) {
			if (!kasper_pool_plan_pair(self, bucket, now, error))
				return FALSE;
		}
	}
	return TRUE;
}
