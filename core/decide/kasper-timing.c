/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-timing.h"

/* scheduled starts are spread over a tenth of the lifetime, but not over more than this */
#define KASPER_SPREAD_MAX ((KasperSpan)7 * KASPER_SPAN_DAY)

/* spans add as times do: without overflow */
static KasperSpan
kasper_timing_sum(KasperSpan a, KasperSpan b, KasperSpan c)
{
	return kasper_time_add(kasper_time_add(a, b), c);
}

/**
 * kasper_timing_get_margin:
 * @policy: a policy
 * @adds: whether the change adds something
 * @removes: whether the change removes something
 *
 * The safety margin of a wait: `Sp` (Keys/PublishSafety) after a change that only adds, `Sr`
 * (Keys/RetireSafety) after one that only removes, `Sx = max(Sp, Sr)` after any other.
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
KasperSpan
kasper_timing_get_margin(const KasperPolicy *policy, gboolean adds, gboolean removes)
{
	if (adds && !removes)
		return policy->publish_safety;
	if (removes && !adds)
		return policy->retire_safety;
	return MAX(policy->publish_safety, policy->retire_safety);
}

/**
 * kasper_timing_get_zone_end:
 * @policy: a policy
 * @gone: when the primary server stopped to serve the old RRset
 * @ttl: the TTL with which it was served, in seconds
 * @margin: seconds
 *
 * When nobody can hold an RRset of the zone any longer that was replaced: `gone + a + TTL +
 * margin`. With the DNSKEY RRset this is `Ipub` and the later half of `Iret` of RFC 7583
 * (section 3.2.1), with signatures `Dprp + TTLsig` of the same.
 *
 * Returns: the instant
 *
 * Since: 0.1
 */
KasperTime
kasper_timing_get_zone_end(const KasperPolicy *policy,
			   KasperTime gone,
			   KasperSpan ttl,
			   KasperSpan margin)
{
	return kasper_time_add(gone, kasper_timing_sum(policy->zone_propagation, ttl, margin));
}

/**
 * kasper_timing_get_parent_end:
 * @policy: a policy
 * @gone: when all of the parent's servers were seen with another DS RRset
 * @ttl: the TTL with which the old one was served, in seconds
 * @margin: seconds
 *
 * When nobody can hold a DS RRset any longer that was replaced: `gone + P + TTL + margin`
 * (RFC 7583, section 3.3.1: `Iret = DprpP + TTLds`).
 *
 * Returns: the instant
 *
 * Since: 0.1
 */
KasperTime
kasper_timing_get_parent_end(const KasperPolicy *policy,
			     KasperTime gone,
			     KasperSpan ttl,
			     KasperSpan margin)
{
	return kasper_time_add(gone, kasper_timing_sum(policy->parent_propagation, ttl, margin));
}

/**
 * kasper_timing_get_replacement:
 * @policy: a policy
 *
 * The longest time until a signer that replaces signatures as they age has replaced all of them
 * (`Dsgn` of RFC 7583, section 3.1): `G = J + max(V, Vden) + Res - Ref`.
 *
 * Returns: seconds, never negative
 *
 * Since: 0.1
 */
KasperSpan
kasper_timing_get_replacement(const KasperPolicy *policy)
{
	KasperSpan longest = kasper_timing_sum(MAX(policy->validity, policy->validity_denial),
					       policy->jitter,
					       policy->resign);

	return MAX(0, kasper_time_since(longest, policy->refresh));
}

/**
 * kasper_timing_get_lead:
 * @policy: a policy
 * @roles: #KasperRole, ored
 *
 * How long before the end of a key's lifetime its successor must appear. For a ZSK `L + a + K +
 * Sp`; a key with a DS waits for the parent as well, `Dreg + P + D + Sx` (RFC 7583, sections
 * 3.2.1 and 3.3.1).
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
KasperSpan
kasper_timing_get_lead(const KasperPolicy *policy, guint roles)
{
	KasperSpan child =
	    kasper_timing_sum(kasper_time_add(policy->signer_delay, policy->zone_propagation),
			      policy->dnskey_ttl,
			      policy->publish_safety);
	KasperSpan parent = kasper_timing_sum(
	    kasper_time_add(policy->registration_delay, policy->parent_propagation),
	    policy->ds_ttl,
	    kasper_timing_get_margin(policy, TRUE, TRUE));

	return (roles & KASPER_ROLE_KEY) != 0 ? kasper_time_add(child, parent) : child;
}

/**
 * kasper_timing_get_spread:
 * @spread: a keyed hash of zone and policy; 0: no spread
 * @roles: #KasperRole, ored
 * @lifetime: seconds
 *
 * How much earlier than necessary a scheduled rollover starts, so that the zones of a policy do
 * not all start at once: `h * W`, where h in [0, 1) depends on zone and role, and W is a tenth of
 * the lifetime, at most seven days. Earlier, never later: the lifetime stays an upper bound.
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
KasperSpan
kasper_timing_get_spread(guint64 spread, guint roles, KasperSpan lifetime)
{
	guint64 window = (guint64)CLAMP(lifetime / 10, 0, KASPER_SPREAD_MAX);
	guint64 hash = spread;

	if (spread == 0)
		return 0;
	/* the roles of a zone shall not start together either; multiplier of Knuth, TAOCP 3.3.4 */
	hash = (hash ^ roles) * G_GUINT64_CONSTANT(6364136223846793005);
	return (KasperSpan)(((hash >> 32) * window) >> 32);
}

/**
 * kasper_timing_get_rollover_start:
 * @policy: a policy
 * @demand: the element of @policy that the key fits
 * @active: when the key was relied upon for the first time
 * @spread: a keyed hash of zone and policy; 0: no spread
 *
 * When the rollover of a key is to start so that the key is active for its lifetime:
 * `active + lifetime - lead - h * W`; at least one second after it became active.
 *
 * Returns: the instant; %KASPER_TIME_NEVER if the key has no lifetime or is not active yet
 *
 * Since: 0.1
 */
KasperTime
kasper_timing_get_rollover_start(const KasperPolicy *policy,
				 const KasperDemand *demand,
				 KasperTime active,
				 guint64 spread)
{
	KasperSpan lead = kasper_timing_get_lead(policy, demand->roles);
	KasperSpan early = kasper_timing_get_spread(spread, demand->roles, demand->lifetime);
	KasperTime due = kasper_time_add(active, demand->lifetime);

	if (demand->lifetime <= 0 || active == KASPER_TIME_UNSET)
		return KASPER_TIME_NEVER;
	return MAX(kasper_time_add(active, 1),
		   kasper_time_since(due, kasper_time_add(lead, early)));
}

/**
 * kasper_timing_get_assumed_publication:
 * @policy: a policy
 * @submitted: when the DS channel took the submission
 *
 * When a DS RRset counts as published where nobody can look and the policy says that the clock
 * will do: `submitted + Dreg` (RFC 7583, section 3.3.1).
 *
 * Returns: the instant
 *
 * Since: 0.1
 */
KasperTime
kasper_timing_get_assumed_publication(const KasperPolicy *policy, KasperTime submitted)
{
	return kasper_time_add(submitted, policy->registration_delay);
}

/* one signer round and the time until everybody has forgotten what it replaced */
static KasperSpan
kasper_timing_get_child_phase(const KasperPolicy *policy, KasperSpan ttl)
{
	return kasper_timing_sum(kasper_time_add(policy->signer_delay, policy->zone_propagation),
				 ttl,
				 kasper_timing_get_margin(policy, TRUE, TRUE));
}

/**
 * kasper_timing_get_bound:
 * @policy: a policy
 * @demand: an element of @policy
 *
 * An upper bound for how long one undisturbed rollover takes, whatever its roll type: the sum of
 * all the phases that a roll type can have, the parent taking `Dreg` each time. A lifetime below
 * it makes rollovers queue up for ever.
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
KasperSpan
kasper_timing_get_bound(const KasperPolicy *policy, const KasperDemand *demand)
{
	KasperSpan keys = kasper_timing_get_child_phase(policy, policy->dnskey_ttl);
	KasperSpan data =
	    kasper_timing_sum(kasper_timing_get_child_phase(policy, policy->max_zone_ttl),
			      kasper_timing_get_replacement(policy),
			      0);
	KasperSpan parent = kasper_timing_sum(
	    kasper_time_add(policy->registration_delay, policy->parent_propagation),
	    policy->ds_ttl,
	    kasper_timing_get_margin(policy, TRUE, TRUE));
	KasperSpan bound = kasper_time_add(keys, keys);

	if ((demand->roles & KASPER_ROLE_ZONE) != 0)
		bound = kasper_time_add(bound, data);
	if ((demand->roles & KASPER_ROLE_KEY) == 0)
		return bound;
	/* a double DS asks the parent twice */
	if ((demand->gates & KASPER_GATE_DS) == 0)
		bound = kasper_time_add(bound, parent);
	return kasper_time_add(bound, parent);
}
