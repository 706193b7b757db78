/* SPDX-License-Identifier: BSD-2-Clause */
#include "decide-fixture.h"
#include "kasper-ledger-private.h"

static KasperPolicy policy;

static void
test_same(void)
{
	KasperVersion a = {.keys = 3, .signers = 1, .ttl = 60};
	KasperVersion b = a;

	/* the TTL is not content, nor is what it is to us */
	b.ttl = 70;
	b.flags = KASPER_VERSION_WANTED;
	g_assert_true(kasper_version_is_same(&a, &b));
	b.signers = 3;
	g_assert_false(kasper_version_is_same(&a, &b));
	b = a;
	b.views[1] = 1;
	g_assert_false(kasper_version_is_same(&a, &b));
	b = a;
	b.flags = KASPER_VERSION_UNKNOWN;
	g_assert_false(kasper_version_is_same(&a, &b));
}

static void
test_part(void)
{
	KasperVersion whole = {.keys = 7, .signers = 3, .views = {0, 7, 1}};
	KasperVersion part = {.keys = 3, .signers = 1, .views = {0, 3, 0}};

	g_assert_true(kasper_version_is_part(&part, &whole));
	g_assert_true(kasper_version_is_part(&whole, &whole));
	g_assert_false(kasper_version_is_part(&whole, &part));
	part.views[2] = 2;
	g_assert_false(kasper_version_is_part(&part, &whole));
	part.views[2] = 0;
	part.flags = KASPER_VERSION_UNKNOWN;
	g_assert_false(kasper_version_is_part(&part, &whole));
}

static void
test_digests(void)
{
	KasperVersion version = {.keys = 5};
	KasperPolicy both = policy;

	kasper_version_set_digests(&version, &policy);
	g_assert_cmpuint(version.views[0], ==, 0);
	g_assert_cmpuint(version.views[1], ==, 5);
	g_assert_cmpuint(version.views[2], ==, 0);
	both.digests = 1u << KASPER_DIGEST_SHA256 | 1u << KASPER_DIGEST_SHA384;
	kasper_version_set_digests(&version, &both);
	g_assert_cmpuint(version.views[1], ==, 5);
	g_assert_cmpuint(version.views[2], ==, 5);
	/* SHA-256 unless something is said */
	both.digests = 0;
	kasper_version_set_digests(&version, &both);
	g_assert_cmpuint(version.views[1], ==, 5);
	g_assert_cmpuint(version.views[2], ==, 0);
	g_assert_cmpint(kasper_digest_get_view(KASPER_DIGEST_SHA1), ==, 0);
	g_assert_cmpint(kasper_digest_get_view(3), ==, -1);
}

static void
assert_end(KasperKeySet keys, KasperKeySet successor, KasperLedgerKind kind, KasperTime end)
{
	KasperVersion version = {.keys = keys,
				 .ttl = 5000,
				 .flags =
				     (guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_OBSERVED,
				 .end = KASPER_TIME_NEVER};
	KasperVersion next = {.keys = successor, .ttl = 99999};

	kasper_version_retire(&version, &next, 100, kind, &policy);
	g_assert_cmpint(version.end, ==, end);
	g_assert_cmpint(version.gone, ==, 100);
	g_assert_cmpuint(version.flags &
			     ((guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_OBSERVED),
			 ==,
			 0);
	g_assert_cmpint(version.ttl, ==, 5000);
}

/* gone + propagation + the TTL that it had + Sp where it was added to, Sr where something was taken
 * away, the larger of them otherwise */
static void
test_end(void)
{
	assert_end(1, 3, KASPER_LEDGER_DNSKEY, 100 + 300 + 5000 + 600);
	assert_end(3, 1, KASPER_LEDGER_DNSKEY, 100 + 300 + 5000 + 900);
	assert_end(1, 2, KASPER_LEDGER_DATA, 100 + 300 + 5000 + 900);
	assert_end(1, 3, KASPER_LEDGER_DS, 100 + 1200 + 5000 + 600);
	assert_end(1, 2, KASPER_LEDGER_DS, 100 + 1200 + 5000 + 900);
}

static void
test_review(void)
{
	KasperVersion version = {.keys = 1, .ttl = 5000};
	KasperVersion next = {.keys = 3};
	KasperPolicy other = policy;

	kasper_version_retire(&version, &next, 0, KASPER_LEDGER_DNSKEY, &policy);
	g_assert_cmpint(version.end, ==, 5900);
	other.zone_propagation = 1000;
	other.publish_safety = 700;
	kasper_version_review(&version, KASPER_LEDGER_DNSKEY, &other);
	g_assert_cmpint(version.end, ==, 6700);
	/* what was raised in between counts to the end */
	kasper_version_review(&version, KASPER_LEDGER_DNSKEY, &policy);
	g_assert_cmpint(version.end, ==, 6700);
	/* what is served has no end, whatever the policy says */
	version.gone = KASPER_TIME_UNSET;
	version.end = KASPER_TIME_NEVER;
	kasper_version_review(&version, KASPER_LEDGER_DNSKEY, &policy);
	g_assert_cmpint(version.end, ==, KASPER_TIME_NEVER);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	fixture_get_policy(&policy);
	g_test_add_func("/version/same", test_same);
	g_test_add_func("/version/part", test_part);
	g_test_add_func("/version/digests", test_digests);
	g_test_add_func("/version/end", test_end);
	g_test_add_func("/version/review", test_review);
	return g_test_run();
}
