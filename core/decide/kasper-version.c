/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-algorithm.h"
#include "kasper-ledger-private.h"
#include "kasper-timing.h"

gboolean
kasper_version_is_same(const KasperVersion *self, const KasperVersion *other)
{
	if (self->keys != other->keys || self->signers != other->signers)
		return FALSE;
	for (guint i = 0; i < KASPER_N_VIEWS; i++) {
		if (self->views[i] != other->views[i])
			return FALSE;
	}
	return (self->flags & KASPER_VERSION_UNKNOWN) == (other->flags & KASPER_VERSION_UNKNOWN);
}

/* whether @whole has all that @self has */
gboolean
kasper_version_is_part(const KasperVersion *self, const KasperVersion *whole)
{
	if ((self->keys & ~whole->keys) != 0 || (self->signers & ~whole->signers) != 0)
		return FALSE;
	for (guint i = 0; i < KASPER_N_VIEWS; i++) {
		if ((self->views[i] & ~whole->views[i]) != 0)
			return FALSE;
	}
	return (self->flags & KASPER_VERSION_UNKNOWN) == 0;
}

gint
kasper_digest_get_view(guint digest)
{
	switch ((KasperDigest)digest) {
	case KASPER_DIGEST_SHA1:
		return 0;
	case KASPER_DIGEST_SHA256:
		return 1;
	case KASPER_DIGEST_SHA384:
		return 2;
	}
	return -1;
}

void
kasper_version_set_digests(KasperVersion *self, const KasperPolicy *policy)
{
	guint digests = policy->digests != 0 ? policy->digests : 1u << KASPER_DIGEST_SHA256;

	for (guint digest = 0; digest < 8; digest++) {
		gint view = kasper_digest_get_view(digest);

		if (view >= 0)
			self->views[view] = (digests >> digest & 1) != 0 ? self->keys : 0;
	}
}

static KasperTime
kasper_version_get_end(const KasperVersion *self, KasperLedgerKind kind, const KasperPolicy *policy)
{
	KasperSpan margin = kasper_timing_get_margin(policy,
						     (self->flags & KASPER_VERSION_ADDED_TO) != 0,
						     (self->flags & KASPER_VERSION_CUT_DOWN) != 0);

	if (kind == KASPER_LEDGER_DS)
		return kasper_timing_get_parent_end(policy, self->gone, self->ttl, margin);
	return kasper_timing_get_zone_end(policy, self->gone, self->ttl, margin);
}

/* a delay or margin that was raised in the meantime counts; one that was lowered does not */
void
kasper_version_review(KasperVersion *self, KasperLedgerKind kind, const KasperPolicy *policy)
{
	if (self->end == KASPER_TIME_NEVER || self->gone == KASPER_TIME_UNSET)
		return;
	self->end = MAX(self->end, kasper_version_get_end(self, kind, policy));
}

void
kasper_version_retire(KasperVersion *self,
		      const KasperVersion *successor,
		      KasperTime gone,
		      KasperLedgerKind kind,
		      const KasperPolicy *policy)
{
	gboolean adds = kasper_version_is_part(self, successor);
	gboolean removes = kasper_version_is_part(successor, self);

	self->flags &= ~((guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_WANTED |
			 (guint)KASPER_VERSION_OBSERVED | (guint)KASPER_VERSION_ADDED_TO |
			 (guint)KASPER_VERSION_CUT_DOWN | (guint)KASPER_VERSION_RETURNED |
			 (guint)KASPER_VERSION_WATCHED);
	if (adds && !removes)
		self->flags |= KASPER_VERSION_ADDED_TO;
	if (removes && !adds)
		self->flags |= KASPER_VERSION_CUT_DOWN;
	self->gone = gone;
	self->end = kasper_version_get_end(self, kind, policy);
}
