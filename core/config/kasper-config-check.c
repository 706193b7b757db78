/* SPDX-License-Identifier: BSD-2-Clause */

/* what can only be seen when all files have been read */

#include <string.h>

#include "kasper-check-private.h"

/* how many zones have the policy, by its name */
static GHashTable *
kasper_config_count_zones(const KasperConfig *self)
{
	GHashTable *counts = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < self->zones->len; i++) {
		const KasperZoneConfig *zone = g_ptr_array_index(self->zones, i);
		guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, zone->policy));

		g_hash_table_insert(counts, zone->policy, GUINT_TO_POINTER(n + 1));
	}
	return counts;
}

/* key pairs that the zones of a policy need in a repository, no rollover under way */
static guint64
kasper_config_count_keys(const KasperPolicyConfig *policy, const gchar *repository, guint n_zones)
{
	guint64 each = policy->values.share_keys ? MIN(n_zones, 1) : n_zones;
	guint64 sum = 0;

	for (guint i = 0; i < policy->values.n_demands && !policy->values.passthrough; i++) {
		if (strcmp(policy->demand_repositories[i], repository) == 0)
			sum += each * (1u + policy->values.demands[i].standby);
	}
	return sum;
}

void
kasper_config_check_capacity(const KasperConfig *self, KasperFindings *findings)
{
	g_autoptr(GHashTable) counts = kasper_config_count_zones(self);

	for (guint i = 0; i < self->repositories->len; i++) {
		const KasperRepositoryConfig *repository = g_ptr_array_index(self->repositories, i);
		guint64 wanted = 0;

		for (guint j = 0; j < self->policies->len; j++) {
			const KasperPolicyConfig *policy = g_ptr_array_index(self->policies, j);

			wanted += kasper_config_count_keys(
			    policy,
			    repository->name,
			    GPOINTER_TO_UINT(g_hash_table_lookup(counts, policy->name)));
		}
		if (repository->capacity >= 0 && wanted > (guint64)repository->capacity)
			kasper_findings_warning(
			    findings,
			    repository->line,
			    "repository %s has a <Capacity> of %" G_GINT64_FORMAT
			    " key pairs, and the zones need %" G_GUINT64_FORMAT
			    " even without a rollover; some zones will wait: raise it, share "
			    "keys, or use another repository",
			    repository->name,
			    repository->capacity,
			    wanted);
	}
}

void
kasper_config_check_default_policy(KasperConfig *self, KasperFindings *findings)
{
	if (self->knows_policies && kasper_config_find_policy(self, "default") == NULL)
		kasper_findings_warning(
		    findings,
		    0,
		    "there is no policy with the name default, so a policy must "
		    "be said whenever a zone is added");
}
