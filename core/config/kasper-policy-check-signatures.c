/* SPDX-License-Identifier: BSD-2-Clause */

/* do the durations of signatures fit together, and is denial of existence as it should be? */

#include <string.h>

#include "kasper-check-private.h"

#define RESIGN	 "Signatures/Resign"
#define REFRESH	 "Signatures/Refresh"
#define VALIDITY "Signatures/Validity/Default"
#define DENIAL	 "Signatures/Validity/Denial"
#define KEYSET	 "Signatures/Validity/Keyset"
#define JITTER	 "Signatures/Jitter"
#define HASH	 "Denial/NSEC3/Hash"

/* more than this, and clocks must be really wrong */
#define MAX_INCEPTION_OFFSET KASPER_SPAN_HOUR

/* a serial number of a date has two digits for what happens in a day */
#define MAX_PER_DAY 99

#define SAY(self, level, path, ...)                                                                \
	kasper_policy_check_say((self), KASPER_FINDING_##level, (self)->node, (path), __VA_ARGS__)

static void
kasper_check_refresh(const KasperPolicyCheck *self)
{
	const KasperPolicy *values = &self->policy->values;

	if (values->resign == 0)
		SAY(self, ERROR, RESIGN, "Resign is 0; write how often the zone is to be signed");
	/* 0: every signature is made anew each time, as OpenDNSSEC 1.4 has it */
	if (values->refresh != 0 && values->refresh <= values->resign)
		SAY(self,
		    ERROR,
		    REFRESH,
		    "Refresh (%" G_GINT64_FORMAT
		    " seconds) is not longer than Resign (%" G_GINT64_FORMAT
		    " seconds), so signatures would run out between two passes of the signer; make "
		    "it longer",
		    values->refresh,
		    values->resign);
}

static void
kasper_check_validity(const KasperPolicyCheck *self, const gchar *path, KasperSpan validity)
{
	const KasperPolicy *values = &self->policy->values;
	const gchar *name = path + strlen("Signatures/");

	if (kasper_xml_find(self->node, path) == NULL)
		return;
	if (validity <= values->refresh)
		SAY(self,
		    ERROR,
		    path,
		    "%s (%" G_GINT64_FORMAT
		    " seconds) is not longer than Refresh (%" G_GINT64_FORMAT
		    " seconds), so every signature would be too old at once; make it longer",
		    name,
		    validity,
		    values->refresh);
	if (values->jitter > validity)
		SAY(self,
		    ERROR,
		    JITTER,
		    "Jitter (%" G_GINT64_FORMAT " seconds) is longer than %s (%" G_GINT64_FORMAT
		    " seconds), so signatures could end before they begin; make it shorter",
		    values->jitter,
		    name,
		    validity);
}

static void
kasper_check_jitter(const KasperPolicyCheck *self)
{
	const KasperPolicy *values = &self->policy->values;
	KasperSpan longest = MAX(values->validity, values->validity_denial);

	if (values->jitter <= longest && values->jitter > longest / 2)
		SAY(self,
		    WARNING,
		    JITTER,
		    "Jitter (%" G_GINT64_FORMAT
		    " seconds) is more than half of the validity (%" G_GINT64_FORMAT
		    " seconds); is it meant to be that long?",
		    values->jitter,
		    longest);
	if (self->policy->inception_offset > MAX_INCEPTION_OFFSET)
		SAY(self,
		    WARNING,
		    "Signatures/InceptionOffset",
		    "InceptionOffset (%" G_GINT64_FORMAT " seconds) is more than an hour; is it "
		    "meant to be that long?",
		    self->policy->inception_offset);
}

/* how much of its validity a signature has left at least when the signer comes by */
static KasperSpan
kasper_check_get_rest(const KasperPolicy *values, KasperSpan validity)
{
	return values->refresh != 0 ? values->refresh : validity - values->jitter;
}

/* a signature that is in a cache, or on a server that lags behind, must not run out there:
 * Ref >= S + a + Res, and the same with K for the DNSKEY RRset */
static void
kasper_check_caches(const KasperPolicyCheck *self)
{
	const KasperPolicy *values = &self->policy->values;
	KasperSpan shortest = MIN(values->validity, values->validity_denial);
	KasperSpan around = kasper_time_add(values->zone_propagation, values->resign);
	KasperSpan data = kasper_time_add(values->max_zone_ttl, around);
	KasperSpan keys = kasper_time_add(values->dnskey_ttl, around);

	if (kasper_check_get_rest(values, values->validity_keyset) < keys)
		SAY(self,
		    ERROR,
		    REFRESH,
		    "Refresh is shorter than Keys/TTL + Zone/PropagationDelay + Resign "
		    "(%" G_GINT64_FORMAT
		    " seconds), so signatures of keys would run out in caches; make "
		    "it longer",
		    keys);
	if (kasper_check_get_rest(values, shortest) >= data)
		return;
	if (self->policy->has_max_zone_ttl)
		SAY(self,
		    ERROR,
		    REFRESH,
		    "Refresh is shorter than MaxZoneTTL + Zone/PropagationDelay + Resign "
		    "(%" G_GINT64_FORMAT
		    " seconds), so signatures would run out in caches; make it longer",
		    data);
	else
		SAY(self,
		    WARNING,
		    REFRESH,
		    "if the zones have TTLs of up to a day, Refresh is too short, and signatures "
		    "run "
		    "out in caches; say in <MaxZoneTTL> what the largest one is");
}

static void
kasper_check_serial(const KasperPolicyCheck *self)
{
	KasperSpan resign = self->policy->values.resign;

	if (resign > 0 && strcmp(self->policy->soa_serial, "datecounter") == 0 &&
	    KASPER_SPAN_DAY / resign > MAX_PER_DAY)
		SAY(self,
		    ERROR,
		    "Zone/SOA/Serial",
		    "a serial number of type datecounter has room for %d changes a day, and Resign "
		    "asks for %" G_GINT64_FORMAT "; make Resign longer, or use unixtime or counter",
		    MAX_PER_DAY,
		    KASPER_SPAN_DAY / resign);
}

void
kasper_policy_check_signatures(const KasperPolicyCheck *self)
{
	const KasperPolicy *values = &self->policy->values;

	kasper_check_refresh(self);
	kasper_check_validity(self, VALIDITY, values->validity);
	kasper_check_validity(self, DENIAL, values->validity_denial);
	kasper_check_validity(self, KEYSET, values->validity_keyset);
	kasper_check_jitter(self);
	kasper_check_caches(self);
	kasper_check_serial(self);
}

/* --- NSEC3 --- */

/* RFC 5155, section 10.3: so many iterations cost a validator no more than one signature */
static guint
kasper_check_get_iterations(guint bits)
{
	return bits <= 1024 ? 150 : bits <= 2048 ? 500 : 2500;
}

static guint
kasper_check_get_smallest_zsk(const KasperPolicy *values)
{
	guint smallest = 0;

	for (guint i = 0; i < values->n_demands; i++) {
		const KasperDemand *demand = &values->demands[i];

		if ((demand->roles & KASPER_ROLE_ZONE) != 0 &&
		    kasper_algorithm_is_rsa(demand->algorithm) &&
		    (smallest == 0 || demand->bits < smallest))
			smallest = demand->bits;
	}
	return smallest;
}

static void
kasper_check_iterations(const KasperPolicyCheck *self)
{
	guint n = self->policy->nsec3_iterations;
	guint smallest = kasper_check_get_smallest_zsk(&self->policy->values);

	if (n > 100)
		SAY(self,
		    WARNING,
		    HASH "/Iterations",
		    "%u iterations are more than 100: validators treat such zones as unsigned or "
		    "do not answer at all; use 0 (RFC 9276)",
		    n);
	else if (n > 0)
		SAY(self,
		    INFO,
		    HASH "/Iterations",
		    "%u iterations cost work and hide nothing; 0 is recommended (RFC 9276)",
		    n);
	if (smallest > 0 && n > kasper_check_get_iterations(smallest))
		SAY(self,
		    WARNING,
		    HASH "/Iterations",
		    "with a zone signing key of %u bits there should not be more than %u "
		    "iterations",
		    smallest,
		    kasper_check_get_iterations(smallest));
}

void
kasper_policy_check_denial(const KasperPolicyCheck *self)
{
	const KasperPolicyConfig *policy = self->policy;

	if (!policy->nsec3)
		return;
	if (policy->nsec3_algorithm != 1)
		SAY(self,
		    ERROR,
		    HASH "/Algorithm",
		    "the NSEC3 hash algorithm is %u, and there is only 1 (SHA-1); write 1",
		    policy->nsec3_algorithm);
	kasper_check_iterations(self);
	if (policy->nsec3_salt_length > 0)
		SAY(self,
		    INFO,
		    HASH "/Salt",
		    "a salt hides nothing, and each new one makes a new NSEC3 chain; length 0 is "
		    "recommended (RFC 9276)");
	if (policy->nsec3_salt_length > 0 && policy->nsec3_resalt < policy->values.resign)
		SAY(self,
		    WARNING,
		    "Denial/NSEC3/Resalt",
		    "Resalt (%" G_GINT64_FORMAT
		    " seconds) is shorter than Resign (%" G_GINT64_FORMAT
		    " seconds); make it longer",
		    policy->nsec3_resalt,
		    policy->values.resign);
	if (policy->nsec3_opt_out)
		SAY(self,
		    INFO,
		    "Denial/NSEC3/OptOut",
		    "with opt-out names without DNSSEC below the zone can be forged; it is meant "
		    "for "
		    "very large zones that hold hardly anything else (RFC 9276)");
}
