/* SPDX-License-Identifier: BSD-2-Clause */
#include "decide-fixture.h"
#include "kasper-ledger-private.h"

static KasperVersion *
publish(KasperLedger *ledger, KasperKeySet keys, KasperSpan ttl, KasperTime now)
{
	const KasperVersion content = {.keys = keys, .ttl = ttl};
	gboolean returned;

	return kasper_ledger_publish(ledger, &content, now, &returned);
}

static void
end_at(KasperVersion *version, KasperTime end)
{
	version->flags = 0;
	version->gone = 0;
	version->end = end;
}

static void
test_publish(void)
{
	KasperLedger ledger = {0};
	const KasperVersion first = {.keys = 1, .ttl = 60};
	gboolean returned;
	KasperVersion *version = publish(&ledger, 1, 60, 10);

	g_assert_cmpuint(ledger.n_versions, ==, 1);
	g_assert_cmpint(version->since, ==, 10);
	g_assert_cmpint(version->end, ==, KASPER_TIME_NEVER);
	g_assert_true(version == kasper_ledger_find(&ledger, KASPER_VERSION_WANTED));
	/* the old one stays until it is confirmed gone */
	publish(&ledger, 3, 60, 20);
	g_assert_cmpuint(ledger.n_versions, ==, 2);
	g_assert_cmpuint(ledger.versions[0].flags, ==, KASPER_VERSION_CURRENT);
	g_assert_cmpuint(ledger.versions[1].keys, ==, 3);
	/* turning back is no third version */
	version = kasper_ledger_publish(&ledger, &first, 30, &returned);
	g_assert_true(returned);
	g_assert_true(version == &ledger.versions[0]);
	g_assert_cmpuint(ledger.n_versions, ==, 2);
	/* the same with another TTL is */
	publish(&ledger, 1, 90, 40);
	g_assert_cmpuint(ledger.n_versions, ==, 3);
}

static void
test_pending(void)
{
	KasperLedger ledger = {0};

	publish(&ledger, 1, 60, 10);
	g_assert_false(kasper_ledger_is_pending(&ledger, KASPER_LEDGER_DNSKEY));
	publish(&ledger, 3, 60, 20);
	g_assert_true(kasper_ledger_is_pending(&ledger, KASPER_LEDGER_DNSKEY));
	/* the parent is waited for by rules, not by holding back submissions */
	g_assert_false(kasper_ledger_is_pending(&ledger, KASPER_LEDGER_DS));
	ledger.versions[0].flags |= KASPER_VERSION_ASSUMED;
	g_assert_false(kasper_ledger_is_pending(&ledger, KASPER_LEDGER_DNSKEY));
}

/* a version may be held in [since, end) */
static void
test_drop_ended(void)
{
	KasperLedger ledger = {0};

	end_at(publish(&ledger, 1, 60, 10), 100);
	publish(&ledger, 3, 60, 20);
	kasper_ledger_drop_ended(&ledger, 99);
	g_assert_cmpuint(ledger.n_versions, ==, 2);
	kasper_ledger_drop_ended(&ledger, 100);
	g_assert_cmpuint(ledger.n_versions, ==, 1);
	g_assert_cmpuint(ledger.versions[0].keys, ==, 3);
	kasper_ledger_drop_ended(&ledger, KASPER_TIME_NEVER - 1);
	g_assert_cmpuint(ledger.n_versions, ==, 1);
}

/* of two past versions of one content the one that ends later says it all */
static void
test_covered(void)
{
	KasperLedger ledger = {0};

	end_at(publish(&ledger, 1, 60, 10), 100);
	publish(&ledger, 3, 60, 20);
	end_at(publish(&ledger, 1, 60, 30), 200);
	ledger.versions[2].gone = 50;
	end_at(publish(&ledger, 1, 90, 40), 150);
	kasper_ledger_drop_ended(&ledger, 60);
	/* the TTL tells two of them apart */
	g_assert_cmpuint(ledger.n_versions, ==, 3);
	g_assert_cmpint(ledger.versions[1].end, ==, 200);
	g_assert_cmpint(ledger.versions[2].end, ==, 150);
}

static void
test_full(void)
{
	KasperLedger ledger = {0};

	for (guint i = 0; i < KASPER_VERSIONS_MAX - KASPER_VERSIONS_SPARE - 1; i++)
		publish(&ledger, i + 1, 60, i);
	g_assert_false(kasper_ledger_is_full(&ledger));
	publish(&ledger, 100, 60, 100);
	g_assert_true(kasper_ledger_is_full(&ledger));
	for (guint i = 0; i < KASPER_VERSIONS_SPARE; i++)
		publish(&ledger, 200 + i, 60, 200);
	g_assert_cmpuint(ledger.n_versions, ==, KASPER_VERSIONS_MAX);
	g_assert_false(kasper_ledger_has_unknown(&ledger));
	/* what cannot be told apart any longer stops all withdrawals */
	publish(&ledger, 300, 60, 300);
	g_assert_cmpuint(ledger.n_versions, ==, KASPER_VERSIONS_MAX);
	g_assert_true(kasper_ledger_has_unknown(&ledger));
	g_assert_cmpint(ledger.versions[KASPER_VERSIONS_MAX - 1].end, ==, KASPER_TIME_NEVER);
}

static void
test_times(void)
{
	KasperLedger ledger = {0};

	publish(&ledger, 1, 60, 10)->signers = 1;
	publish(&ledger, 3, 60, 20)->signers = 1;
	g_assert_cmpint(kasper_ledger_get_omnipresent_at(&ledger, KASPER_FIELD_KEYS, 1),
			==,
			KASPER_TIME_UNSET);
	g_assert_cmpint(kasper_ledger_get_omnipresent_at(&ledger, KASPER_FIELD_KEYS, 2),
			==,
			KASPER_TIME_NEVER);
	end_at(&ledger.versions[0], 100);
	g_assert_cmpint(kasper_ledger_get_omnipresent_at(&ledger, KASPER_FIELD_KEYS, 2), ==, 100);
	g_assert_cmpint(kasper_ledger_get_omnipresent_at(&ledger, KASPER_FIELD_SIGNERS, 2),
			==,
			KASPER_TIME_NEVER);
	g_assert_cmpint(kasper_ledger_get_hidden_at(&ledger, KASPER_FIELD_KEYS, 1),
			==,
			KASPER_TIME_NEVER);
	g_assert_cmpint(kasper_ledger_get_hidden_at(&ledger, KASPER_FIELD_KEYS, 4),
			==,
			KASPER_TIME_UNSET);
	ledger.versions[1].keys = 2;
	g_assert_cmpint(kasper_ledger_get_hidden_at(&ledger, KASPER_FIELD_KEYS, 1), ==, 100);
	/* nobody knows what is in what was not known */
	ledger.versions[0].flags = KASPER_VERSION_UNKNOWN;
	ledger.versions[0].keys = 2;
	g_assert_cmpint(kasper_ledger_get_omnipresent_at(&ledger, KASPER_FIELD_KEYS, 2), ==, 100);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ledger/publish", test_publish);
	g_test_add_func("/ledger/pending", test_pending);
	g_test_add_func("/ledger/drop-ended", test_drop_ended);
	g_test_add_func("/ledger/covered", test_covered);
	g_test_add_func("/ledger/full", test_full);
	g_test_add_func("/ledger/times", test_times);
	return g_test_run();
}
