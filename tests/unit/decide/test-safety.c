/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules against the product of all that may be held, spelt out, and single faults by name.
 */
#include "decide-fixture.h"
#include "kasper-safety.h"

#define A8	0x03 /* slots of algorithm 8 */
#define A13	0x0c /* and of 13; slot 4 is revoked, of 13 */
#define REVOKED 0x10

static void
make_ring(KasperKeyring *ring, KasperLevel level)
{
	KasperSnapshot snapshot;
	KasperPolicy policy;

	fixture_get_policy(&policy);
	policy.level = (guint8)level;
	kasper_snapshot_init(&snapshot, &policy, NOW);
	for (guint slot = 0; slot < 5; slot++) {
		snapshot.keys[slot].number = slot + 1;
		snapshot.keys[slot].algorithm = slot < 2 ? 8 : 13;
		snapshot.keys[slot].flags = slot == 4 ? 257 | KASPER_DNSKEY_REVOKE : 257;
	}
	snapshot.n_keys = 5;
	kasper_keyring_init(ring, &snapshot);
}

/* what a validator says that holds exactly these three, in the words of RFC 4035 and 6840 */
static gboolean
is_valid(const KasperVersion *ds,
	 const KasperVersion *keys,
	 const KasperVersion *data,
	 gboolean strict)
{
	static const KasperKeySet algorithms[] = {A8, A13 | REVOKED};
	KasperKeySet usable = keys->keys & ~(KasperKeySet)REVOKED;

	if (ds->keys == 0)
		return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		KasperKeySet own = algorithms[i];
		gboolean signs_keys = (usable & keys->signers & own) != 0;
		gboolean signs_data = (usable & data->keys & own) != 0;

		if (strict && (usable & own) != 0 && (!signs_keys || !signs_data))
			return FALSE;
		if ((ds->keys & own) == 0)
			continue;
		if (!signs_data || (ds->keys & usable & keys->signers & own) == 0)
			return FALSE;
		for (guint view = 0; view < KASPER_N_VIEWS; view++) {
			if ((ds->views[view] & own) != 0 &&
			    (ds->views[view] & usable & keys->signers & own) == 0)
				return FALSE;
		}
	}
	return TRUE;
}

static void
fill(KasperLedger *ledger, KasperLedgerKind kind)
{
	ledger->n_versions = (guint)g_test_rand_int_range(1, 4);
	for (guint i = 0; i < ledger->n_versions; i++) {
		KasperVersion *version = &ledger->versions[i];

		*version = (KasperVersion){.keys = (KasperKeySet)g_test_rand_int_range(0, 32),
					   .end = KASPER_TIME_NEVER};
		/* mostly large sets, or nothing would ever be valid */
		if (g_test_rand_bit())
			version->keys |= 0x0f;
		if (kind == KASPER_LEDGER_DS && g_test_rand_bit())
			version->keys &= g_test_rand_bit() ? A8 : A13;
		version->signers = version->keys & (KasperKeySet)g_test_rand_int_range(0, 32);
		if (g_test_rand_bit())
			version->signers = version->keys;
		version->views[1] = version->keys;
		if (kind == KASPER_LEDGER_DS && g_test_rand_bit())
			version->views[2] =
			    version->keys & (KasperKeySet)g_test_rand_int_range(0, 32);
	}
}

/* pairs say as much as triples */
static void
test_product(void)
{
	guint n_safe = 0;

	for (guint round = 0; round < 200000; round++) {
		KasperLedger ledgers[KASPER_N_LEDGERS] = {0};
		KasperProspect prospect = {.ledgers = ledgers};
		gboolean strict = g_test_rand_bit();
		gboolean valid = TRUE, any = FALSE;
		KasperKeyring ring;

		make_ring(&ring, strict ? KASPER_LEVEL_STRICT : KASPER_LEVEL_DS);
		for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++)
			fill(&ledgers[kind], kind);
		for (guint i = 0; i < ledgers[0].n_versions; i++) {
			any |= ledgers[0].versions[i].keys != 0;
			for (guint j = 0; j < ledgers[1].n_versions; j++) {
				for (guint k = 0; k < ledgers[2].n_versions; k++)
					valid &= is_valid(&ledgers[0].versions[i],
							  &ledgers[1].versions[j],
							  &ledgers[2].versions[k],
							  strict);
			}
		}
		g_assert_cmpint(kasper_safety_is_safe(&ring, &prospect), ==, valid);
		n_safe += valid && any ? 1 : 0;
		if (valid)
			g_assert_true(kasper_safety_is_no_worse(&ring, &prospect));
	}
	/* or it was no test */
	g_assert_cmpuint(n_safe, >, 1000);
}

/* A parent that adds first serves the union of two sets. It passes wherever both of them do, so
 * ledgers need not hold it. */
static void
test_union(void)
{
	guint n_safe = 0;

	for (guint round = 0; round < 100000; round++) {
		KasperLedger ledgers[KASPER_N_LEDGERS] = {0};
		KasperProspect prospect = {.ledgers = ledgers};
		KasperKeyring ring;
		KasperVersion both;

		make_ring(&ring, g_test_rand_bit() ? KASPER_LEVEL_STRICT : KASPER_LEVEL_DS);
		for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++)
			fill(&ledgers[kind], kind);
		if (ledgers[0].n_versions < 2 || !kasper_safety_is_safe(&ring, &prospect))
			continue;
		both = ledgers[0].versions[0];
		both.keys |= ledgers[0].versions[1].keys;
		for (guint view = 0; view < KASPER_N_VIEWS; view++)
			both.views[view] |= ledgers[0].versions[1].views[view];
		prospect.proposed[KASPER_LEDGER_DS] = &both;
		g_assert_true(kasper_safety_is_safe(&ring, &prospect));
		n_safe++;
	}
	g_assert_cmpuint(n_safe, >, 1000);
}

typedef struct {
	KasperKeyring ring;
	KasperLedger ledgers[KASPER_N_LEDGERS];
	KasperProspect prospect;
} World;

static KasperVersion *
add(World *world, KasperLedgerKind kind, KasperKeySet keys, KasperKeySet signers, KasperTime end)
{
	KasperLedger *ledger = &world->ledgers[kind];
	KasperVersion *version = &ledger->versions[ledger->n_versions++];

	*version = (KasperVersion){.keys = keys, .signers = signers, .end = end};
	version->views[1] = kind == KASPER_LEDGER_DS ? keys : 0;
	return version;
}

/* a zone of algorithm 13: slot 2 has the DS and signs the keys, slot 3 signs the data */
static void
make_world(World *world, KasperLevel level)
{
	*world = (World){0};
	make_ring(&world->ring, level);
	world->prospect.ledgers = world->ledgers;
	add(world, KASPER_LEDGER_DS, 0x4, 0, KASPER_TIME_NEVER)->flags = KASPER_VERSION_WANTED;
	add(world, KASPER_LEDGER_DNSKEY, 0xc, 0x4, KASPER_TIME_NEVER)->flags =
	    KASPER_VERSION_WANTED;
	add(world, KASPER_LEDGER_DATA, 0x8, 0, KASPER_TIME_NEVER)->flags = KASPER_VERSION_WANTED;
	g_assert_true(kasper_safety_is_safe(&world->ring, &world->prospect));
}

static void
assert_unsafe(World *world, KasperRule rule, KasperTime until)
{
	KasperObstacle obstacle = {0};

	g_assert_false(kasper_safety_is_safe(&world->ring, &world->prospect));
	g_assert_true(kasper_safety_find_obstacle(&world->ring, &world->prospect, &obstacle));
	g_assert_cmpint(obstacle.rule, ==, rule);
	g_assert_cmpint(obstacle.until, ==, until);
}

static void
test_rules(void)
{
	World world;

	/* R2: a DS version whose key does not sign a DNSKEY version */
	make_world(&world, KASPER_LEVEL_DS);
	add(&world, KASPER_LEDGER_DNSKEY, 0xc, 0x8, 500);
	assert_unsafe(&world, KASPER_RULE_TRUST, 500);
	/* R2: a revoked key makes no chain */
	make_world(&world, KASPER_LEVEL_DS);
	world.ledgers[0].versions[0].keys = world.ledgers[0].versions[0].views[1] = REVOKED;
	world.ledgers[1].versions[0].keys = 0x1c;
	world.ledgers[1].versions[0].signers = REVOKED;
	assert_unsafe(&world, KASPER_RULE_TRUST, KASPER_TIME_NEVER);
	/* R2: the strongest digest type by itself */
	make_world(&world, KASPER_LEVEL_DS);
	world.ledgers[0].versions[0].keys |= 0x8;
	world.ledgers[0].versions[0].views[2] = 0x8;
	assert_unsafe(&world, KASPER_RULE_TRUST, KASPER_TIME_NEVER);
	/* R3: data without a signature of an algorithm that any DS version names */
	make_world(&world, KASPER_LEVEL_DS);
	add(&world, KASPER_LEDGER_DATA, 0x2, 0, 700);
	assert_unsafe(&world, KASPER_RULE_DATA, 700);
	/* R3: the demand is that of all DS versions; it ends with the last that has it */
	make_world(&world, KASPER_LEVEL_DS);
	world.ledgers[1].versions[0].keys |= 0x1;
	world.ledgers[1].versions[0].signers |= 0x1;
	add(&world, KASPER_LEDGER_DS, 0x1, 0, 300);
	add(&world, KASPER_LEDGER_DS, 0x1, 0, 400);
	assert_unsafe(&world, KASPER_RULE_DATA, 400);
}

static void
test_strict(void)
{
	World world;

	/* R3s: the DNSKEY set names an algorithm that signs nothing */
	make_world(&world, KASPER_LEVEL_DS);
	add(&world, KASPER_LEDGER_DNSKEY, 0xd, 0x5, 800);
	g_assert_true(kasper_safety_is_safe(&world.ring, &world.prospect));
	make_ring(&world.ring, KASPER_LEVEL_STRICT);
	assert_unsafe(&world, KASPER_RULE_STRICT, 800);
	/* R2s: nor the DNSKEY set itself */
	make_world(&world, KASPER_LEVEL_STRICT);
	world.ledgers[2].versions[0].keys |= 0x2;
	add(&world, KASPER_LEDGER_DNSKEY, 0xe, 0x4, 900);
	assert_unsafe(&world, KASPER_RULE_STRICT, 900);
	/* to who holds no DS nothing is demanded */
	world.ledgers[0].versions[0].keys = world.ledgers[0].versions[0].views[1] = 0;
	g_assert_true(kasper_safety_is_safe(&world.ring, &world.prospect));
}

static void
test_unknown(void)
{
	World world;

	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		make_world(&world, KASPER_LEVEL_STRICT);
		add(&world, kind, 0xc, 0xc, 600)->flags = KASPER_VERSION_UNKNOWN;
		g_assert_false(kasper_safety_is_safe(&world.ring, &world.prospect));
	}
}

/* adding to an invalid zone: nothing may fail that did not fail before */
static void
test_no_worse(void)
{
	KasperVersion more = {.keys = 0xe, .signers = 0x6};
	KasperVersion fewer = {.keys = 0x8, .signers = 0x8};
	KasperVersion ds = {.keys = 0x1, .views = {0, 0x1, 0}};
	World world;

	make_world(&world, KASPER_LEVEL_DS);
	add(&world, KASPER_LEDGER_DS, 0x8, 0, 500);
	g_assert_false(kasper_safety_is_safe(&world.ring, &world.prospect));
	world.prospect.proposed[KASPER_LEDGER_DNSKEY] = &more;
	g_assert_true(kasper_safety_is_no_worse(&world.ring, &world.prospect));
	world.prospect.proposed[KASPER_LEDGER_DNSKEY] = &fewer;
	g_assert_false(kasper_safety_is_no_worse(&world.ring, &world.prospect));
	/* a DS of another algorithm makes new demands */
	world.prospect.proposed[KASPER_LEDGER_DNSKEY] = NULL;
	world.prospect.proposed[KASPER_LEDGER_DS] = &ds;
	g_assert_false(kasper_safety_is_no_worse(&world.ring, &world.prospect));
	/* the first DS is asked for the whole truth */
	make_world(&world, KASPER_LEVEL_DS);
	world.ledgers[0].versions[0].keys = world.ledgers[0].versions[0].views[1] = 0;
	add(&world, KASPER_LEDGER_DNSKEY, 0, 0, 500)->flags = KASPER_VERSION_UNKNOWN;
	ds.keys = ds.views[1] = 0x4;
	world.prospect.proposed[KASPER_LEDGER_DS] = &ds;
	g_assert_false(kasper_safety_is_no_worse(&world.ring, &world.prospect));
}

/* what an old DS demands in vain until it has expired, a new one would demand for ever */
static void
test_no_worse_for_longer(void)
{
	for (guint level = KASPER_LEVEL_STRICT; level <= KASPER_LEVEL_DS; level++) {
		KasperVersion ds = {.keys = 0x4, .views = {0, 0x4, 0}};
		KasperVersion data = {.keys = 0x8};
		World world;

		make_world(&world, level);
		world.ledgers[0].versions[0].keys = world.ledgers[0].versions[0].views[1] = 0;
		world.ledgers[2].versions[0].keys = 0;
		add(&world, KASPER_LEDGER_DS, 0x4, 0, 500);
		g_assert_false(kasper_safety_is_safe(&world.ring, &world.prospect));
		world.prospect.proposed[KASPER_LEDGER_DATA] = &data;
		g_assert_true(kasper_safety_is_no_worse(&world.ring, &world.prospect));
		world.prospect.proposed[KASPER_LEDGER_DS] = &ds;
		g_assert_false(kasper_safety_is_no_worse(&world.ring, &world.prospect));
		/* beside a DS that stays it demands nothing new */
		world.ledgers[0].versions[1].end = KASPER_TIME_NEVER;
		g_assert_true(kasper_safety_is_no_worse(&world.ring, &world.prospect));
	}
}

/* a pair is gone with the first of its two, a prospect is safe when its last pair is gone */
static void
test_obstacle(void)
{
	KasperObstacle obstacle = {0};
	World world;

	make_world(&world, KASPER_LEVEL_DS);
	g_assert_false(kasper_safety_find_obstacle(&world.ring, &world.prospect, &obstacle));
	add(&world, KASPER_LEDGER_DNSKEY, 0x8, 0x8, 500);
	add(&world, KASPER_LEDGER_DNSKEY, 0x8, 0x8, 900)->ttl = 1;
	assert_unsafe(&world, KASPER_RULE_TRUST, 900);
	/* what is awaited is that somebody else's version goes */
	world.ledgers[1].versions[2].end = KASPER_TIME_NEVER;
	g_assert_true(kasper_safety_find_obstacle(&world.ring, &world.prospect, &obstacle));
	g_assert_cmpint(obstacle.until, ==, KASPER_TIME_NEVER);
	g_assert_cmpint(obstacle.kind, ==, KASPER_LEDGER_DNSKEY);
	g_assert_false(obstacle.ours);
	/* or, where both are wanted, that another record of ours comes first */
	make_world(&world, KASPER_LEVEL_DS);
	world.ledgers[1].versions[0].signers = 0x8;
	g_assert_true(kasper_safety_find_obstacle(&world.ring, &world.prospect, &obstacle));
	g_assert_true(obstacle.ours);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/safety/product", test_product);
	g_test_add_func("/safety/union", test_union);
	g_test_add_func("/safety/rules", test_rules);
	g_test_add_func("/safety/strict", test_strict);
	g_test_add_func("/safety/unknown", test_unknown);
	g_test_add_func("/safety/no-worse", test_no_worse);
	g_test_add_func("/safety/no-worse-for-longer", test_no_worse_for_longer);
	g_test_add_func("/safety/obstacle", test_obstacle);
	return g_test_run();
}
