/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The product's simulation, which shares nothing with the simulator of these tests: it comes to the
 * golden timelines to the second, and the oracle finds nothing in what it publishes, whatever
 * happens to the zone.
 */
#include <string.h>

#include "kasper-simulation.h"
#include "sim.h"

#define RANDOM_RUNS 5000
#define DAY	    ((KasperSpan)86400)

typedef struct {
	KasperSimulation *sim;
	GArray *events; /* of OracleEvent */
	gboolean insecure;
} Run;

static guint64
get_mask(const KasperSimulation *sim, KasperKeySet slots)
{
	const KasperSnapshot *snapshot = kasper_simulation_get_snapshot(sim);
	guint64 mask = 0;

	for (guint slot = 0; slot < KASPER_KEYS_MAX; slot++) {
		if ((slots >> slot & 1) == 0)
			continue;
		g_assert_cmpint(snapshot->keys[slot].number, >, 0);
		g_assert_cmpint(snapshot->keys[slot].number, <=, 64);
		mask |= (guint64)1 << (snapshot->keys[slot].number - 1);
	}
	return mask;
}

static void
add_event(Run *run)
{
	const KasperPublication *publication = kasper_simulation_get_publication(run->sim);
	const KasperPolicy *policy = &kasper_simulation_get_snapshot(run->sim)->policy;
	OracleEvent event = {
	    .time = kasper_simulation_get_now(run->sim),
	    .ds = get_mask(run->sim, publication->ds),
	    .ds_ttl = publication->ds_ttl,
	    .keys = get_mask(run->sim, publication->keys),
	    .signers = get_mask(run->sim, publication->signers),
	    .keys_ttl = publication->keys_ttl,
	    .n_classes = publication->n_data,
	    .data_ttl = publication->data_ttl,
	    .zone_propagation = policy->zone_propagation,
	    .parent_propagation = policy->parent_propagation,
	    .insecure = run->insecure,
	};

	for (guint i = 0; i < publication->n_data; i++)
		event.classes[i] = get_mask(run->sim, publication->data[i]);
	g_array_append_val(run->events, event);
}

static void
run_until(Run *run, KasperTime until)
{
	/* as it is before anything happens */
	add_event(run);
	while (kasper_simulation_advance(run->sim, until)) {
		if (kasper_simulation_has_changed(run->sim))
			add_event(run);
	}
}

static void
assert_valid(const Run *run, OracleLevel level, const gchar *what)
{
	const GArray *keys = kasper_simulation_get_keys(run->sim);
	guint8 algorithms[64];
	OracleFinding finding;

	g_assert_cmpuint(keys->len, <=, G_N_ELEMENTS(algorithms));
	for (guint i = 0; i < keys->len; i++)
		algorithms[i] = g_array_index(keys, KasperSimulatedKey, i).algorithm;
	if (oracle_check((const OracleEvent *)(gconstpointer)run->events->data,
			 run->events->len,
			 algorithms,
			 keys->len,
			 level,
			 &finding))
		return;
	g_error("%s: %s at %" G_GINT64_FORMAT,
		what,
		finding.lapse ? "lapse" : "bogus",
		finding.time);
}

static void
end_run(Run *run)
{
	kasper_simulation_free(run->sim);
	g_array_unref(run->events);
}

static void
get_world(KasperWorld *world)
{
	kasper_world_init(world);
	world->parent_delay = 5000;
}

/* --- golden timelines --- */

typedef struct {
	const gchar *name;
	const gchar *types[2]; /* KSK and ZSK, or CSK and NULL */
	guint rolls;
	gboolean full;
	const gchar *times; /* at which something is published */
} Golden;

static const Golden golden[] = {
    {"G01",
     {"KskDoubleSignature", "ZskPrePublication"},
     KASPER_ROLE_ZONE,
     FALSE,
     "0 4500 400500 408900"},
    {"G02", {"KskDoubleSignature", "ZskPrePublication"}, KASPER_ROLE_ZONE, TRUE, "0 4500 12900"},
    {"G03", {"KskDoubleSignature", "ZskDoubleSignature"}, KASPER_ROLE_ZONE, FALSE, "0 4500 8100"},
    {"G04", {"KskDoubleSignature", "ZskDoubleRRsig"}, KASPER_ROLE_ZONE, FALSE, "0 8100 12900"},
    {"G05", {"KskDoubleSignature", "ZskPrePublication"}, KASPER_ROLE_KEY, FALSE, "0 9500 22400"},
    {"G06", {"KskDoubleDS", "ZskPrePublication"}, KASPER_ROLE_KEY, FALSE, "5000 17600 27400"},
    {"G07", {"KskDoubleRRset", "ZskPrePublication"}, KASPER_ROLE_KEY, FALSE, "0 5000 9500 17600"},
    {"G10", {"CskPrePublication"}, 3, FALSE, "0 4500 9500 22400 400500 408900"},
};

static void
get_golden_policy(const Golden *self, KasperPolicy *policy)
{
	sim_get_fixed_policy(policy);
	if (self->types[1] == NULL) {
		sim_add_demand(policy, KASPER_ROLE_CSK, 13, self->types[0]);
		return;
	}
	sim_add_demand(policy, KASPER_ROLE_KSK, 13, self->types[0]);
	sim_add_demand(policy, KASPER_ROLE_ZSK, 13, self->types[1]);
}

static void
test_golden(gconstpointer data)
{
	const Golden *self = data;
	KasperHappening roll = {.kind = KASPER_HAPPENING_ROLL, .roles = self->rolls};
	Run run = {.events = g_array_new(FALSE, FALSE, sizeof(OracleEvent))};
	g_autoptr(GString) times = g_string_new(NULL);
	KasperPolicy policy;
	KasperWorld world;

	get_golden_policy(self, &policy);
	get_world(&world);
	world.signer_full = self->full;
	run.sim = kasper_simulation_new_settled(&policy, 0, &world, 0);
	kasper_simulation_add_happening(run.sim, &roll);
	run_until(&run, 10000000);
	for (guint i = 1; i < run.events->len; i++)
		g_string_append_printf(times,
				       "%s%" G_GINT64_FORMAT,
				       i > 1 ? " " : "",
				       g_array_index(run.events, OracleEvent, i).time);
	g_assert_cmpstr(times->str, ==, self->times);
	assert_valid(&run, ORACLE_STRICT, self->name);
	end_run(&run);
}

/* --- whatever happens --- */

static void
make_policy(GRand *rand, guint8 algorithm, gboolean csk, KasperPolicy *policy)
{
	static const gchar *const ksk[] = {"KskDoubleSignature", "KskDoubleDS", "KskDoubleRRset"};
	static const gchar *const zsk[] = {"ZskPrePublication",
					   "ZskDoubleSignature",
					   "ZskDoubleRRsig"};
	static const gchar *const both[] = {"CskPrePublication",
					    "CskDoubleSignature",
					    "CskDoubleDS",
					    "CskSingleSignature",
					    "CskDoubleRRset"};

	sim_get_fixed_policy(policy);
	policy->dnskey_ttl = g_rand_int_range(rand, 0, 90000);
	policy->max_zone_ttl = g_rand_int_range(rand, 0, 90000);
	policy->ds_ttl = g_rand_int_range(rand, 0, 90000);
	policy->purge = g_rand_boolean(rand) ? 14 * DAY : -1;
	if (csk) {
		sim_add_demand(policy,
			       KASPER_ROLE_CSK,
			       algorithm,
			       both[g_rand_int_range(rand, 0, 5)]);
	} else {
		sim_add_demand(policy,
			       KASPER_ROLE_KSK,
			       algorithm,
			       ksk[g_rand_int_range(rand, 0, 3)]);
		sim_add_demand(policy,
			       KASPER_ROLE_ZSK,
			       algorithm,
			       zsk[g_rand_int_range(rand, 0, 3)]);
	}
	for (guint i = 0; i < policy->n_demands; i++)
		policy->demands[i].lifetime = g_rand_int_range(rand, 60, 200) * DAY;
}

static void
make_world(GRand *rand, KasperWorld *world)
{
	kasper_world_init(world);
	world->signer_delay = g_rand_int_range(rand, 0, 5000);
	world->channel_delay = g_rand_int_range(rand, 0, 5000);
	world->parent_delay = g_rand_int_range(rand, 0, 90000);
	world->seen_delay = g_rand_int_range(rand, 0, 90000);
	world->backup_delay = g_rand_int_range(rand, 0, 90000);
	world->key_delay = g_rand_int_range(rand, 0, 5000);
	world->signer_full = g_rand_boolean(rand);
}

static guint
run_random(guint32 seed)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
	g_autofree gchar *what = g_strdup_printf("seed %u", seed);
	Run run = {.events = g_array_new(FALSE, FALSE, sizeof(OracleEvent))};
	KasperPolicy policies[2];
	KasperWorld world;
	guint n_events;

	make_policy(rand, g_rand_boolean(rand) ? 8 : 13, g_rand_boolean(rand), &policies[0]);
	make_policy(rand, g_rand_boolean(rand) ? 8 : 13, g_rand_boolean(rand), &policies[1]);
	make_world(rand, &world);
	run.sim = g_rand_boolean(rand) ? kasper_simulation_new(&policies[0], 1, &world, 0)
				       : kasper_simulation_new_settled(&policies[0], 3, &world, 0);
	for (guint i = 0; i < 8; i++) {
		KasperHappening happening = {
		    .time = g_rand_int_range(rand, 0, 300) * DAY / 4,
		    .kind = (KasperHappeningKind)g_rand_int_range(rand, 0, KASPER_N_HAPPENINGS),
		    .roles = (guint)g_rand_int_range(rand, 0, 4),
		    .span = g_rand_int_range(rand, 0, 900000),
		    .policy = &policies[1],
		    .backup = 1,
		};

		run.insecure |= happening.kind == KASPER_HAPPENING_UNSIGN;
		kasper_simulation_add_happening(run.sim, &happening);
		/* who went away comes back */
		happening.time += 10 * DAY;
		if (happening.kind == KASPER_HAPPENING_SIGNER_DEAD ||
		    happening.kind == KASPER_HAPPENING_STORE_AWAY ||
		    happening.kind == KASPER_HAPPENING_UNSIGN) {
			happening.kind = (KasperHappeningKind)(happening.kind + 1u);
			kasper_simulation_add_happening(run.sim, &happening);
		}
	}
	run_until(&run, 400 * DAY);
	assert_valid(&run, ORACLE_STRICT, what);
	n_events = run.events->len;
	end_run(&run);
	return n_events;
}

static void
test_random(void)
{
	guint n_events = 0;

	for (guint32 seed = 0; seed < RANDOM_RUNS; seed++)
		n_events += run_random(seed);
	g_test_message("%u publications", n_events);
	g_assert_cmpuint(n_events, >, 10 * RANDOM_RUNS);
}

/* --- who does not act, and does then --- */

static guint
count_scenes(KasperSimulation *sim, KasperSceneKind kind, KasperTime until, KasperTime *ret_last)
{
	guint n = 0;

	while (kasper_simulation_advance(sim, until)) {
		const GArray *scenes = kasper_simulation_get_scenes(sim);

		for (guint i = 0; i < scenes->len; i++) {
			if (g_array_index(scenes, KasperScene, i).kind != kind)
				continue;
			*ret_last = g_array_index(scenes, KasperScene, i).time;
			n++;
		}
	}
	return n;
}

static void
test_late(void)
{
	static const struct {
		KasperHappeningKind stops;
		KasperHappeningKind ends;
		KasperSceneKind scene;
		guint roles;
	} cases[] = {
	    {KASPER_HAPPENING_SIGNER_DEAD, KASPER_HAPPENING_SIGNER_BACK, KASPER_SCENE_PUBLISHED, 2},
	    {KASPER_HAPPENING_STORE_AWAY, KASPER_HAPPENING_STORE_BACK, KASPER_SCENE_MADE, 2},
	    {KASPER_HAPPENING_SEEN_DELAY, KASPER_HAPPENING_SEEN_DELAY, KASPER_SCENE_SEEN, 1},
	    {KASPER_HAPPENING_BACKUP_DELAY, KASPER_HAPPENING_BACKUP_DELAY, KASPER_SCENE_SAVED, 2},
	};
	KasperPolicy policy;
	KasperWorld world;

	get_golden_policy(&golden[0], &policy);
	get_world(&world);
	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(KasperSimulation) sim =
		    kasper_simulation_new_settled(&policy, 3, &world, 0);
		KasperHappening happening = {.kind = cases[i].stops, .span = KASPER_SPAN_UNSET};
		KasperHappening roll = {.time = 10,
					.kind = KASPER_HAPPENING_ROLL,
					.roles = cases[i].roles};
		KasperTime last = -1;

		kasper_simulation_add_happening(sim, &happening);
		kasper_simulation_add_happening(sim, &roll);
		g_assert_cmpuint(count_scenes(sim, cases[i].scene, 50 * DAY, &last), ==, 0);
		happening.kind = cases[i].ends;
		happening.span = 100;
		happening.time = 60 * DAY;
		kasper_simulation_add_happening(sim, &happening);
		count_scenes(sim, cases[i].scene, 60 * DAY + 100, &last);
		g_assert_cmpint(last, >=, 60 * DAY);
		g_assert_cmpint(last, <=, 60 * DAY + 100);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(golden); i++) {
		g_autofree gchar *path = g_strdup_printf("/simulation/golden/%s", golden[i].name);

		g_test_add_data_func(path, &golden[i], test_golden);
	}
	g_test_add_func("/simulation/late", test_late);
	g_test_add_func("/simulation/random", test_random);
	return g_test_run();
}
