/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One rollover of a zone at rest, under random policies: what happens if somebody is late,
 * something takes longer, a TTL is lowered or all is taken back, and whether what was foretold
 * comes true (P8, P9, P10, P12, P15, P16 of rollover-model 6.1).
 */
#include "sim.h"

#define QUIETS 400
#define PAST   (-(KasperTime)100000)
#define NAMES  6

typedef enum {
	ROLL_KSK,
	ROLL_ZSK,
	ALGORITHM,
	ROLES,
	INSECURE,
	N_KINDS,
} Kind;

typedef struct {
	guint32 seed;
	Kind kind;
	gboolean csk;
	guint types[3];
	KasperLevel level;
	KasperPolicy policy; /* without demands */
	KasperSpan parent_latency;
	gboolean adds_first;
	/* what a run does otherwise */
	KasperSpan lateness;  /* the engine looks only so often; 0: at once */
	KasperSpan new_ttl;   /* Keys/TTL from the rollover on; negative: as it is */
	KasperTime take_back; /* NEVER: it is not */
} Quiet;

/* when each record of each key came and went, in what was really published */
typedef struct {
	KasperTime added[NAMES][KASPER_N_RECORDS];
	KasperTime removed[NAMES][KASPER_N_RECORDS];
	guint n_events;
} Course;

static const gchar *const types[3][5] = {
    {"KskDoubleSignature", "KskDoubleDS", "KskDoubleRRset", "KskDoubleSignature", "KskDoubleDS"},
    {"ZskPrePublication",
     "ZskDoubleRRsig",
     "ZskDoubleSignature",
     "ZskPrePublication",
     "ZskDoubleRRsig"},
    {"CskPrePublication",
     "CskDoubleSignature",
     "CskDoubleDS",
     "CskSingleSignature",
     "CskDoubleRRset"},
};

static void
quiet_init(Quiet *self, guint32 seed)
{
	GRand *rand = g_rand_new_with_seed(seed);
	KasperPolicy *policy = &self->policy;

	*self = (Quiet){.seed = seed, .new_ttl = -1, .take_back = KASPER_TIME_NEVER};
	self->kind = (Kind)g_rand_int_range(rand, 0, N_KINDS);
	self->csk = self->kind != ROLL_ZSK && g_rand_boolean(rand);
	for (guint i = 0; i < 3; i++)
		self->types[i] = (guint)g_rand_int_range(rand, 0, 5);
	self->level = g_rand_boolean(rand) ? KASPER_LEVEL_STRICT : KASPER_LEVEL_DS;
	self->parent_latency = g_rand_int_range(rand, 1, 100);
	self->adds_first = g_rand_boolean(rand);
	sim_get_fixed_policy(policy);
	policy->zone_propagation = g_rand_int_range(rand, 1, 20);
	policy->dnskey_ttl = g_rand_int_range(rand, 1, 200);
	policy->dnskey_negative = g_rand_int_range(rand, 1, 100);
	policy->max_zone_ttl = g_rand_int_range(rand, 1, 200);
	policy->ds_ttl = g_rand_int_range(rand, 1, 200);
	policy->ds_negative = g_rand_int_range(rand, 1, 100);
	policy->parent_propagation = g_rand_int_range(rand, 1, 20);
	policy->registration_delay = 1000;
	policy->publish_safety = g_rand_int_range(rand, 0, 20);
	policy->retire_safety = g_rand_int_range(rand, 0, 20);
	policy->level = (guint8)self->level;
	g_rand_free(rand);
}

static void
quiet_set_demands(const Quiet *self, KasperPolicy *policy, gboolean csk, guint8 algorithm)
{
	policy->n_demands = 0;
	if (csk) {
		sim_add_demand(policy, KASPER_ROLE_CSK, algorithm, types[2][self->types[2]]);
		return;
	}
	sim_add_demand(policy, KASPER_ROLE_KSK, algorithm, types[0][self->types[0]]);
	sim_add_demand(policy, KASPER_ROLE_ZSK, algorithm, types[1][self->types[1]]);
}

/* a zone at rest, and keys for what comes */
static Sim *
quiet_begin(const Quiet *self)
{
	static const guint all[] = {KASPER_ROLE_KSK, KASPER_ROLE_ZSK, KASPER_ROLE_CSK};
	guint8 records[NAMES] = {0};
	KasperPolicy policy = self->policy;
	Sim *sim;

	quiet_set_demands(self, &policy, self->csk, 13);
	sim = sim_new(&policy);
	sim->quiet = TRUE;
	sim->parent_latency = self->parent_latency;
	if (self->adds_first)
		sim->parent_model = SIM_PARENT_ADDS_FIRST;
	/* the truth stays what it is, whatever the policy says */
	sim->zone_propagation = 1;
	sim->parent_propagation = 1;
	for (guint i = 0; i < NAMES; i++) {
		guint role = all[i % 3];
		gboolean old = i < 3 && self->csk == (role == KASPER_ROLE_CSK);
		guint key = sim_add_key(sim, "key", role, !old && self->kind == ALGORITHM ? 8 : 13);

		if (old)
			records[i] = role == KASPER_ROLE_KSK   ? 7
				     : role == KASPER_ROLE_ZSK ? 10
							       : 15;
		else if (i >= 3)
			g_array_append_val(sim->spare, key);
	}
	sim->snapshot.highest_time = PAST;
	sim_settle(sim, records);
	sim_decide(sim);
	while (sim_get_next(sim) < 0)
		sim_turn(sim, sim_get_next(sim));
	sim->now = 0;
	return sim;
}

static void
quiet_start(const Quiet *self, Sim *sim, gboolean back)
{
	KasperSnapshot *snapshot = &sim->snapshot;

	if (self->kind == ROLL_KSK)
		kasper_snapshot_request_rollover(snapshot,
						 self->csk ? KASPER_ROLE_CSK : KASPER_ROLE_KSK);
	else if (self->kind == ROLL_ZSK)
		kasper_snapshot_request_rollover(snapshot, KASPER_ROLE_ZSK);
	else if (self->kind == ALGORITHM)
		quiet_set_demands(self, &snapshot->policy, self->csk, back ? 13 : 8);
	else if (self->kind == ROLES)
		quiet_set_demands(self, &snapshot->policy, back ? self->csk : !self->csk, 13);
	else
		snapshot->insecure = !back;
	sim->world.insecure = self->kind == INSECURE;
}

/* the new key goes, the old one stays */
static void
quiet_take_back(const Quiet *self, Sim *sim)
{
	if (self->kind != ROLL_KSK && self->kind != ROLL_ZSK) {
		quiet_start(self, sim, TRUE);
		return;
	}
	for (guint slot = 0; slot < sim->snapshot.n_keys; slot++) {
		KasperKey *key = &sim->snapshot.keys[slot];

		if (key->number > 3)
			key->goal = KASPER_GOAL_OUT;
		else if (key->number > 0)
			key->goal = KASPER_GOAL_IN;
	}
}

/* it sleeps, and takes a look now and then */
static void
quiet_look(const Quiet *self, Sim *sim, KasperTime *look)
{
	sim->now = *look;
	sim_sleep(sim, FALSE);
	sim->asleep = TRUE;
	*look += self->lateness;
}

static Sim *
quiet_run(const Quiet *self)
{
	Sim *sim = quiet_begin(self);
	KasperTime back = self->take_back;
	KasperTime look = self->lateness > 0 ? self->lateness : KASPER_TIME_NEVER;

	quiet_start(self, sim, FALSE);
	if (self->new_ttl >= 0)
		sim->snapshot.policy.dnskey_ttl = self->new_ttl;
	sim_decide(sim);
	sim->asleep = self->lateness > 0;
	while (TRUE) {
		KasperTime next = sim_get_next(sim);
		gboolean idle = next == KASPER_TIME_NEVER && sim->next_wake == KASPER_TIME_NEVER;

		if (back != KASPER_TIME_NEVER && back <= next) {
			sim->now = back;
			back = KASPER_TIME_NEVER;
			quiet_take_back(self, sim);
			sim_decide(sim);
		} else if (idle && sim->plan->reasons->len == 0) {
			break;
		} else if (look <= next && look != KASPER_TIME_NEVER) {
			quiet_look(self, sim, &look);
		} else if (next == KASPER_TIME_NEVER) {
			break;
		} else {
			sim_turn(sim, next);
		}
		g_assert_cmpint(sim->now, <, 100000);
	}
	if (sim->problem != NULL)
		g_error("seed %u: %s", self->seed, sim->problem);
	g_assert_true(sim_is_settled(sim));
	return sim;
}

static const OracleEvent *
get_event(const Sim *sim, guint at)
{
	return &g_array_index(sim->timeline, OracleEvent, at);
}

static gboolean
event_has(const OracleEvent *event, guint key, guint record)
{
	guint64 data = 0;
	guint64 sets[KASPER_N_RECORDS];

	for (guint i = 0; i < event->n_classes; i++)
		data |= event->classes[i];
	sets[KASPER_INDEX_DS] = event->ds;
	sets[KASPER_INDEX_DNSKEY] = event->keys;
	sets[KASPER_INDEX_RSK] = event->signers;
	sets[KASPER_INDEX_RSZ] = data;
	return (sets[record] >> key & 1) != 0;
}

static void
course_init(Course *self, const Sim *sim)
{
	self->n_events = sim->timeline->len;
	for (guint key = 0; key < NAMES; key++) {
		for (guint record = 0; record < KASPER_N_RECORDS; record++) {
			gboolean had = FALSE;

			self->added[key][record] = self->removed[key][record] = KASPER_TIME_NEVER;
			for (guint i = 0; i < sim->timeline->len; i++) {
				const OracleEvent *event = get_event(sim, i);
				gboolean has = event_has(event, key, record);

				if (has && !had && self->added[key][record] == KASPER_TIME_NEVER)
					self->added[key][record] = event->time;
				if (!has && had)
					self->removed[key][record] = event->time;
				had = has;
			}
		}
	}
}

/* nothing in @later comes earlier than in @self, nor more than @most later */
static void
course_compare(const Course *self,
	       const Course *later,
	       KasperSpan most,
	       guint32 seed,
	       const gchar *what)
{
	for (guint key = 0; key < NAMES; key++) {
		for (guint record = 0; record < KASPER_N_RECORDS; record++) {
			const KasperTime *a[] = {&self->added[key][record],
						 &self->removed[key][record]};
			const KasperTime *b[] = {&later->added[key][record],
						 &later->removed[key][record]};

			for (guint i = 0; i < 2; i++) {
				if (*b[i] >= *a[i] && *b[i] <= kasper_time_add(*a[i], most))
					continue;
				g_error("seed %u, %s: record %u of key %u %s at %" G_GINT64_FORMAT
					", not at %" G_GINT64_FORMAT,
					seed,
					what,
					record,
					key,
					i == 0 ? "comes" : "goes",
					*b[i],
					*a[i]);
			}
		}
	}
}

static void
assert_valid(const Quiet *self, const Sim *sim)
{
	OracleFinding finding = {0};

	if (!sim_ask_oracle(sim,
			    self->level == KASPER_LEVEL_STRICT ? ORACLE_STRICT : ORACLE_DS,
			    &finding))
		g_error("seed %u: %s at %" G_GINT64_FORMAT,
			self->seed,
			finding.lapse ? "no DS" : "bogus",
			finding.time);
}

/* P8: lateness only shifts */
static void
test_late(void)
{
	for (guint32 seed = 0; seed < QUIETS; seed++) {
		Quiet quiet;
		Course prompt, late;
		g_autoptr(Sim) one = NULL;
		g_autoptr(Sim) two = NULL;

		quiet_init(&quiet, seed);
		one = quiet_run(&quiet);
		course_init(&prompt, one);
		quiet.lateness = 1 + seed % 50;
		two = quiet_run(&quiet);
		course_init(&late, two);
		assert_valid(&quiet, two);
		/* each step is late twice: when it was due, and when it was seen to be done */
		course_compare(&prompt, &late, 2 * prompt.n_events * quiet.lateness, seed, "late");
	}
}

/* P9: what takes longer makes nothing earlier */
static void
test_longer(void)
{
	for (guint32 seed = 0; seed < QUIETS; seed++) {
		Quiet quiet;
		Course as_it_is, longer;
		KasperSpan *const spans[] = {
		    &quiet.policy.zone_propagation,
		    &quiet.policy.dnskey_ttl,
		    &quiet.policy.max_zone_ttl,
		    &quiet.policy.ds_ttl,
		    &quiet.policy.ds_negative,
		    &quiet.policy.parent_propagation,
		    &quiet.policy.publish_safety,
		    &quiet.policy.retire_safety,
		    &quiet.policy.dnskey_negative,
		    &quiet.parent_latency,
		};
		g_autoptr(Sim) one = NULL;
		g_autoptr(Sim) two = NULL;

		quiet_init(&quiet, seed);
		one = quiet_run(&quiet);
		course_init(&as_it_is, one);
		*spans[seed % G_N_ELEMENTS(spans)] += 1 + seed % 70;
		two = quiet_run(&quiet);
		course_init(&longer, two);
		course_compare(&as_it_is, &longer, KASPER_TIME_NEVER, seed, "longer");
	}
}

/* P10: a TTL that is lowered counts on for what was served with it */
static void
test_lowered(void)
{
	guint n = 0;

	for (guint32 seed = 0; seed < QUIETS; seed++) {
		Quiet quiet;
		Course as_it_was, lowered;
		g_autoptr(Sim) one = NULL;
		g_autoptr(Sim) two = NULL;
		guint record;

		quiet_init(&quiet, seed);
		if (quiet.kind != ROLL_KSK && quiet.kind != ROLL_ZSK)
			continue;
		/* the DNSKEY comes first: what waits for it is a DS, or signatures */
		for (guint i = 0; i < 3; i++)
			quiet.types[i] = 0;
		record = quiet.kind == ROLL_KSK ? KASPER_INDEX_DS : KASPER_INDEX_RSZ;
		one = quiet_run(&quiet);
		course_init(&as_it_was, one);
		quiet.new_ttl = quiet.policy.dnskey_ttl / 2;
		two = quiet_run(&quiet);
		course_init(&lowered, two);
		for (guint key = 3; key < NAMES; key++)
			g_assert_cmpint(lowered.added[key][record],
					==,
					as_it_was.added[key][record]);
		assert_valid(&quiet, two);
		n++;
	}
	g_assert_cmpuint(n, >, QUIETS / 5);
}

static gboolean
is_as_before(const Sim *sim)
{
	const OracleEvent *first = get_event(sim, 0);
	const OracleEvent *last = get_event(sim, sim->timeline->len - 1);

	return first->ds == last->ds && first->keys == last->keys &&
	       first->signers == last->signers && last->n_classes == 1 &&
	       first->classes[0] == last->classes[0];
}

/* P12: what is taken back before an old key is dead ends as it began */
static void
test_taken_back(void)
{
	guint n = 0;

	for (guint32 seed = 0; seed < QUIETS; seed++) {
		Quiet quiet;
		Course course;
		KasperTime end = KASPER_TIME_NEVER;
		g_autoptr(Sim) one = NULL;
		g_autoptr(Sim) two = NULL;

		quiet_init(&quiet, seed);
		one = quiet_run(&quiet);
		course_init(&course, one);
		for (guint i = 0; i < NAMES * KASPER_N_RECORDS; i++)
			end = MIN(end, course.removed[i / KASPER_N_RECORDS][i % KASPER_N_RECORDS]);
		g_assert_cmpint(end, <, KASPER_TIME_NEVER);
		/* something of each old key may still be held a little longer */
		quiet.take_back = (end + 1) * (seed % 16) / 15;
		two = quiet_run(&quiet);
		assert_valid(&quiet, two);
		if (!is_as_before(two))
			g_error("seed %u: taken back at %" G_GINT64_FORMAT
				" it does not end as it began",
				seed,
				quiet.take_back);
		n++;
	}
	g_assert_cmpuint(n, ==, QUIETS);
}

/* --- P15: with margins of 0 and a truth that is no better than the policy, a second counts --- */

/* something that somebody may need is taken away */
static gboolean
is_withdrawal(const OracleEvent *before, const OracleEvent *event)
{
	return (before->keys & ~event->keys) != 0 ||
	       (before->classes[0] & ~event->classes[event->n_classes - 1]) != 0;
}

static void
test_tight(void)
{
	guint n = 0;

	for (guint32 seed = 0; seed < QUIETS; seed++) {
		Quiet quiet;
		g_autoptr(Sim) sim = NULL;

		quiet_init(&quiet, seed);
		quiet.policy.publish_safety = quiet.policy.retire_safety = 0;
		quiet.policy.zone_propagation = quiet.policy.parent_propagation = 1;
		sim = quiet_run(&quiet);
		assert_valid(&quiet, sim);
		for (guint i = 1; i < sim->timeline->len; i++) {
			OracleEvent *event = &g_array_index(sim->timeline, OracleEvent, i);
			OracleFinding finding;

			if (!is_withdrawal(event - 1, event))
				continue;
			event->time--;
			if (sim_ask_oracle(sim,
					   quiet.level == KASPER_LEVEL_STRICT ? ORACLE_STRICT
									      : ORACLE_DS,
					   &finding))
				g_error("seed %u: what goes at %" G_GINT64_FORMAT
					" could have gone a second earlier",
					seed,
					event->time + 1);
			event->time++;
			n++;
		}
	}
	g_assert_cmpuint(n, >, QUIETS);
}

/* --- P16: what was foretold comes true --- */

typedef struct {
	guint32 seed;
	KasperTime foretold[KASPER_KEYS_MAX][KASPER_N_RECORDS]; /* NEVER: nothing was */
	guint n_true;
} Prophet;

static gchar *
listen(Sim *sim, const KasperSnapshot *before, const KasperPlan *plan, gpointer data)
{
	Prophet *prophet = data;

	for (guint slot = 0; slot < before->n_keys; slot++) {
		guint changed = plan->after.keys[slot].records ^ (guint)before->keys[slot].records;

		for (guint i = 0; i < KASPER_N_RECORDS; i++) {
			KasperTime *foretold = &prophet->foretold[slot][i];

			if ((changed >> i & 1) != 0 && *foretold != KASPER_TIME_NEVER) {
				if (*foretold != sim->now)
					g_error("seed %u: record %u of slot %u was foretold for "
						"%" G_GINT64_FORMAT
						", and changes at %" G_GINT64_FORMAT,
						prophet->seed,
						i,
						slot,
						*foretold,
						sim->now);
				prophet->n_true++;
			}
			*foretold = KASPER_TIME_NEVER;
		}
	}
	for (guint i = 0; i < plan->reasons->len; i++) {
		const KasperReason *reason = &g_array_index(plan->reasons, KasperReason, i);

		if (reason->slot < 0 || reason->record == 0 || reason->actor != KASPER_ACTOR_TIME ||
		    reason->until == KASPER_TIME_NEVER)
			continue;
		prophet->foretold[reason->slot][g_bit_nth_lsf(reason->record, -1)] = reason->until;
	}
	return NULL;
}

static void
test_foretold(void)
{
	Prophet prophet = {0};

	for (guint32 seed = 0; seed < QUIETS; seed++) {
		Quiet quiet;
		g_autoptr(Sim) sim = NULL;

		quiet_init(&quiet, seed);
		sim = quiet_begin(&quiet);
		prophet.seed = seed;
		for (guint i = 0; i < KASPER_KEYS_MAX * KASPER_N_RECORDS; i++)
			prophet.foretold[i / KASPER_N_RECORDS][i % KASPER_N_RECORDS] =
			    KASPER_TIME_NEVER;
		sim->watch = listen;
		sim->watcher = &prophet;
		quiet_start(&quiet, sim, FALSE);
		sim_decide(sim);
		while (sim_get_next(sim) != KASPER_TIME_NEVER)
			sim_turn(sim, sim_get_next(sim));
		g_assert_true(sim_is_settled(sim));
	}
	g_assert_cmpuint(prophet.n_true, >, QUIETS);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/quiet/late", test_late);
	g_test_add_func("/quiet/longer", test_longer);
	g_test_add_func("/quiet/lowered", test_lowered);
	g_test_add_func("/quiet/taken-back", test_taken_back);
	g_test_add_func("/quiet/tight", test_tight);
	g_test_add_func("/quiet/foretold", test_foretold);
	return g_test_run();
}
