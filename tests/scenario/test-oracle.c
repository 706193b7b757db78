/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge judged: each of these was a mistake in somebody's checker.
 */
#include "oracle.h"

#define K1 0x1u /* algorithm 8 */
#define Z1 0x2u
#define K2 0x4u /* algorithm 13 */
#define Z2 0x8u

static const guint8 algorithms[] = {8, 8, 13, 13};

/* a signed zone: TTLs 100 for the DS, 10 for the keys, 50 for the data; propagation 1 and 2 */
static OracleEvent
signed_zone(gint64 time)
{
	return (OracleEvent){
	    .time = time,
	    .ds = K1,
	    .ds_ttl = 100,
	    .keys = K1 | Z1,
	    .signers = K1,
	    .keys_ttl = 10,
	    .n_classes = 1,
	    .classes = {Z1},
	    .data_ttl = 50,
	    .zone_propagation = 1,
	    .parent_propagation = 2,
	};
}

static gboolean
ask(const OracleEvent *events, guint n, OracleLevel level, OracleFinding *finding)
{
	*finding = (OracleFinding){0};
	return oracle_check(events, n, algorithms, G_N_ELEMENTS(algorithms), level, finding);
}

static void
assert_bogus_at(const OracleEvent *events, guint n, OracleLevel level, gint64 time)
{
	OracleFinding finding;

	g_assert_false(ask(events, n, level, &finding));
	g_assert_false(finding.lapse);
	g_assert_cmpint(finding.time, ==, time);
}

static void
assert_good(const OracleEvent *events, guint n, OracleLevel level)
{
	OracleFinding finding;

	g_assert_true(ask(events, n, level, &finding));
}

static void
test_steady(void)
{
	OracleEvent event = signed_zone(0);

	assert_good(&event, 1, ORACLE_STRICT);
	event.signers = 0;
	assert_bogus_at(&event, 1, ORACLE_ANY, G_MININT64);
	event.ds = 0;
	assert_good(&event, 1, ORACLE_STRICT);
}

/* old keys are held until propagation and their own TTL are over, and not a second longer */
static void
test_expiry(void)
{
	OracleEvent events[3] = {signed_zone(0), signed_zone(20), signed_zone(31)};

	/* Z2 comes at 20; who has the set without it keeps it until 20 + 1 + 10 */
	events[1].keys |= Z2;
	events[2].keys |= Z2;
	events[2].classes[0] = Z2;
	events[0].ds = events[1].ds = events[2].ds = 0;
	assert_good(events, 3, ORACLE_ANY);
	for (guint i = 0; i < 3; i++)
		events[i].ds = K1;
	/* the algorithm is another one, so ask only for one path */
	assert_good(events, 3, ORACLE_ANY);
	events[2].time = 30;
	assert_bogus_at(events, 3, ORACLE_ANY, 30);
	/* it is the TTL of what was replaced that counts */
	events[1].keys_ttl = events[2].keys_ttl = 1;
	assert_bogus_at(events, 3, ORACLE_ANY, 30);
	events[0].keys_ttl = 9;
	assert_good(events, 3, ORACLE_ANY);
	/* and the propagation of what replaced it */
	events[0].zone_propagation = 77;
	assert_good(events, 3, ORACLE_ANY);
	events[1].zone_propagation = 2;
	assert_bogus_at(events, 3, ORACLE_ANY, 30);
}

/* what a change of the DS replaces is the DS, not the keys */
static void
test_separate_tracks(void)
{
	OracleEvent events[3] = {signed_zone(0), signed_zone(20), signed_zone(25)};

	events[0].keys = events[1].keys = events[2].keys = K1 | Z1 | K2;
	events[0].signers = events[1].signers = events[2].signers = K1 | K2;
	events[1].keys |= Z2;
	events[2].keys |= Z2;
	events[2].ds = 0;
	events[2].insecure = TRUE;
	assert_good(events, 3, ORACLE_DS);
	/* the set of keys of 0 is held until 31, whatever happened at 25 */
	events[2].ds = K1;
	events[2].classes[0] = Z2;
	assert_bogus_at(events, 3, ORACLE_ANY, 25);
	events[2].time = 31;
	assert_good(events, 3, ORACLE_ANY);
}

static void
test_ttl_only(void)
{
	OracleEvent events[4] = {signed_zone(0), signed_zone(20), signed_zone(40), signed_zone(60)};

	/* raised at 20, lowered at 40; the raised one is held until 40 + 1 + 100 */
	events[1].keys_ttl = 100;
	events[2].keys |= Z2;
	events[3].keys |= Z2;
	events[3].classes[0] = Z2;
	assert_bogus_at(events, 4, ORACLE_ANY, 60);
	events[3].time = 140;
	assert_bogus_at(events, 4, ORACLE_ANY, 140);
	events[3].time = 141;
	assert_good(events, 4, ORACLE_ANY);
}

/* the same again, before and after it was forgotten */
static void
test_again(void)
{
	OracleEvent events[4] = {signed_zone(0), signed_zone(20), signed_zone(25), signed_zone(30)};

	events[1].keys |= Z2;
	events[3].keys |= Z2;
	events[3].classes[0] = Z2;
	assert_bogus_at(events, 4, ORACLE_ANY, 30);
	events[2].time = 100;
	events[3].time = 200;
	assert_bogus_at(events, 4, ORACLE_ANY, 200);
}

static void
test_equal_times(void)
{
	OracleEvent events[3] = {signed_zone(0), signed_zone(20), signed_zone(20)};

	/* nobody ever saw the first of the two */
	events[1].classes[0] = Z2;
	assert_good(events, 3, ORACLE_ANY);
}

static void
test_classes(void)
{
	OracleEvent event = signed_zone(0);

	event.n_classes = 2;
	event.classes[1] = Z2;
	assert_bogus_at(&event, 1, ORACLE_ANY, G_MININT64);
	event.keys |= Z2;
	assert_good(&event, 1, ORACLE_ANY);
}

/* levels: one path; each algorithm of the DS set; each algorithm of the DNSKEY set */
static void
test_levels(void)
{
	OracleEvent event = signed_zone(0);

	event.keys |= K2;
	assert_good(&event, 1, ORACLE_DS);
	assert_bogus_at(&event, 1, ORACLE_STRICT, G_MININT64);
	event.signers |= K2;
	event.ds |= K2;
	assert_good(&event, 1, ORACLE_ANY);
	assert_bogus_at(&event, 1, ORACLE_DS, G_MININT64);
	event.keys |= Z2;
	event.classes[0] |= Z2;
	assert_good(&event, 1, ORACLE_STRICT);
	/* a signature by a key that is not in the set is worth nothing */
	event.keys &= ~(guint64)Z2;
	assert_bogus_at(&event, 1, ORACLE_DS, G_MININT64);
}

static void
test_lapse(void)
{
	OracleEvent events[2] = {signed_zone(0), signed_zone(20)};
	OracleFinding finding;

	events[1].ds = 0;
	g_assert_false(ask(events, 2, ORACLE_STRICT, &finding));
	g_assert_true(finding.lapse);
	events[1].insecure = TRUE;
	assert_good(events, 2, ORACLE_STRICT);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/oracle/steady", test_steady);
	g_test_add_func("/oracle/expiry", test_expiry);
	g_test_add_func("/oracle/separate-tracks", test_separate_tracks);
	g_test_add_func("/oracle/ttl-only", test_ttl_only);
	g_test_add_func("/oracle/again", test_again);
	g_test_add_func("/oracle/equal-times", test_equal_times);
	g_test_add_func("/oracle/classes", test_classes);
	g_test_add_func("/oracle/levels", test_levels);
	g_test_add_func("/oracle/lapse", test_lapse);
	return g_test_run();
}
