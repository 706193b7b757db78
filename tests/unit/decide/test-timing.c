/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each formula against numbers reckoned by hand from the policy of rollover-model 3.1.
 */
#include "decide-fixture.h"
#include "kasper-timing.h"

static KasperPolicy policy;

static void
test_margin(void)
{
	g_assert_cmpint(kasper_timing_get_margin(&policy, TRUE, FALSE), ==, 600);
	g_assert_cmpint(kasper_timing_get_margin(&policy, FALSE, TRUE), ==, 900);
	g_assert_cmpint(kasper_timing_get_margin(&policy, TRUE, TRUE), ==, 900);
	g_assert_cmpint(kasper_timing_get_margin(&policy, FALSE, FALSE), ==, 900);
}

static void
test_ends(void)
{
	/* a+K+Sp, a+K+Sr, a+S+Sp */
	g_assert_cmpint(kasper_timing_get_zone_end(&policy, 0, 3600, 600), ==, 4500);
	g_assert_cmpint(kasper_timing_get_zone_end(&policy, 22400, 3600, 900), ==, 27200);
	g_assert_cmpint(kasper_timing_get_zone_end(&policy, 0, 7200, 600), ==, 8100);
	/* P+D+Sx, P+Nd+Sp */
	g_assert_cmpint(kasper_timing_get_parent_end(&policy, 9500, 10800, 900), ==, 22400);
	g_assert_cmpint(kasper_timing_get_parent_end(&policy, 13100, 900, 600), ==, 15800);
}

static void
test_saturated(void)
{
	KasperPolicy huge = policy;

	huge.zone_propagation = huge.parent_propagation = G_MAXINT64 - 10;
	huge.validity = huge.jitter = G_MAXINT64 - 10;
	g_assert_cmpint(kasper_timing_get_zone_end(&huge, 100, 3600, 600), ==, KASPER_TIME_NEVER);
	g_assert_cmpint(kasper_timing_get_parent_end(&huge, 100, 3600, 600), ==, KASPER_TIME_NEVER);
	g_assert_cmpint(kasper_timing_get_lead(&huge, KASPER_ROLE_KSK), ==, KASPER_TIME_NEVER);
	g_assert_cmpint(kasper_timing_get_replacement(&huge), >, 0);
	/* what has no end and what has not been have no other */
	g_assert_cmpint(kasper_timing_get_zone_end(&policy, KASPER_TIME_NEVER, 1, 1),
			==,
			KASPER_TIME_NEVER);
}

static void
test_replacement(void)
{
	KasperPolicy other = policy;

	/* J + V + Res - Ref */
	g_assert_cmpint(kasper_timing_get_replacement(&policy), ==, 396000);
	other.validity_denial = 700000;
	g_assert_cmpint(kasper_timing_get_replacement(&other), ==, 396000 + 700000 - 604800);
	other.refresh = 10000000;
	g_assert_cmpint(kasper_timing_get_replacement(&other), ==, 0);
}

static void
test_lead(void)
{
	KasperPolicy slow = policy;

	slow.signer_delay = 77;
	/* L+a+K+Sp; with a DS also Dreg+P+D+Sx */
	g_assert_cmpint(kasper_timing_get_lead(&slow, KASPER_ROLE_ZSK), ==, 77 + 4500);
	g_assert_cmpint(kasper_timing_get_lead(&slow, KASPER_ROLE_KSK), ==, 77 + 4500 + 15300);
	g_assert_cmpint(kasper_timing_get_lead(&slow, KASPER_ROLE_CSK), ==, 77 + 4500 + 15300);
}

static void
test_spread(void)
{
	KasperSpan widest = 0;
	gboolean differs = FALSE;

	g_assert_cmpint(kasper_timing_get_spread(0, KASPER_ROLE_ZSK, 1000000), ==, 0);
	for (guint64 hash = 1; hash < 2000; hash++) {
		guint64 spread = hash * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
		KasperSpan span = kasper_timing_get_spread(spread, KASPER_ROLE_ZSK, 1000000);

		/* a tenth of the lifetime */
		g_assert_cmpint(span, >=, 0);
		g_assert_cmpint(span, <, 100000);
		widest = MAX(widest, span);
		differs |= span != kasper_timing_get_spread(spread, KASPER_ROLE_KSK, 1000000);
		g_assert_cmpint(span,
				==,
				kasper_timing_get_spread(spread, KASPER_ROLE_ZSK, 1000000));
		/* seven days at most */
		g_assert_cmpint(kasper_timing_get_spread(spread, KASPER_ROLE_ZSK, 400000000),
				<,
				7 * 86400);
	}
	g_assert_cmpint(widest, >, 90000);
	g_assert_true(differs);
}

static void
test_rollover_start(void)
{
	KasperDemand demand = {.roles = KASPER_ROLE_ZSK, .lifetime = 2592000};

	g_assert_cmpint(kasper_timing_get_rollover_start(&policy, &demand, 1000, 0),
			==,
			1000 + 2592000 - 4500);
	demand.roles = KASPER_ROLE_KSK;
	g_assert_cmpint(kasper_timing_get_rollover_start(&policy, &demand, 1000, 0),
			==,
			1000 + 2592000 - 19800);
	/* earlier, never later */
	g_assert_cmpint(
	    kasper_timing_get_rollover_start(&policy, &demand, 1000, 0x123456789abcdefu),
	    <,
	    1000 + 2592000 - 19800);
	/* a lifetime shorter than the lead does not start it before the key is active */
	demand.lifetime = 60;
	g_assert_cmpint(kasper_timing_get_rollover_start(&policy, &demand, 1000, 0), ==, 1001);
	demand.lifetime = 0;
	g_assert_cmpint(kasper_timing_get_rollover_start(&policy, &demand, 1000, 0),
			==,
			KASPER_TIME_NEVER);
	demand.lifetime = 60;
	g_assert_cmpint(kasper_timing_get_rollover_start(&policy, &demand, KASPER_TIME_UNSET, 0),
			==,
			KASPER_TIME_NEVER);
}

static void
test_assumed(void)
{
	g_assert_cmpint(kasper_timing_get_assumed_publication(&policy, 4500), ==, 6900);
}

/* never shorter than what the golden timelines take, with the parent taking Dreg */
static void
test_bound(void)
{
	KasperDemand demand = {.roles = KASPER_ROLE_ZSK, .gates = KASPER_GATE_SIG};

	/* 2(a+K+Sx) + G+a+S+Sx */
	g_assert_cmpint(kasper_timing_get_bound(&policy, &demand), ==, 9600 + 404400);
	demand.roles = KASPER_ROLE_KSK;
	demand.gates = KASPER_GATE_DS;
	g_assert_cmpint(kasper_timing_get_bound(&policy, &demand), ==, 9600 + 15300);
	g_assert_cmpint(kasper_timing_get_bound(&policy, &demand), >=, 27200 - 5000 + 2400);
	/* the parent is asked twice */
	demand.gates = KASPER_GATE_KEY;
	g_assert_cmpint(kasper_timing_get_bound(&policy, &demand), ==, 9600 + 2 * 15300);
	g_assert_cmpint(kasper_timing_get_bound(&policy, &demand), >=, 40300 - 10000 + 4800);
	demand.roles = KASPER_ROLE_CSK;
	g_assert_cmpint(kasper_timing_get_bound(&policy, &demand), ==, 9600 + 2 * 15300 + 404400);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	fixture_get_policy(&policy);
	g_test_add_func("/timing/margin", test_margin);
	g_test_add_func("/timing/ends", test_ends);
	g_test_add_func("/timing/saturated", test_saturated);
	g_test_add_func("/timing/replacement", test_replacement);
	g_test_add_func("/timing/lead", test_lead);
	g_test_add_func("/timing/spread", test_spread);
	g_test_add_func("/timing/rollover-start", test_rollover_start);
	g_test_add_func("/timing/assumed", test_assumed);
	g_test_add_func("/timing/bound", test_bound);
	return g_test_run();
}
