/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Short random histories, the same ones each time: whatever people, signers and parents do, and
 * whenever they do it, nobody is ever told a lie, and work ends.
 */
#include "sim.h"

#define HISTORIES 4000
/* operations begin within so many seconds */
#define BUSY 400
/* a history that is not at rest by then never comes to rest */
#define REST 4000

typedef struct {
	GRand *rand;
	Sim *sim;
	guint8 algorithm; /* that the policy wants now */
	gboolean csk;
	guint n_names;
	gboolean stubborn; /* somebody outside may leave work undone */
	gboolean eager;	   /* decides more often than it has to */
	GString *story;
} History;

static gint
pick(History *self, gint from, gint below)
{
	return g_rand_int_range(self->rand, from, below);
}

static gboolean
chance(History *self, gint percent)
{
	return pick(self, 0, 100) < percent;
}

G_GNUC_PRINTF(2, 3)
static void
tell(History *self, const gchar *format, ...)
{
	va_list arguments;

	g_string_append_printf(self->story, "%" G_GINT64_FORMAT ": ", self->sim->now);
	va_start(arguments, format);
	g_string_append_vprintf(self->story, format, arguments);
	va_end(arguments);
	g_string_append_c(self->story, '\n');
}

/* --- policies --- */

static void
make_times(History *self, KasperPolicy *policy)
{
	policy->zone_propagation = pick(self, 0, 10);
	policy->dnskey_ttl = pick(self, 0, 40);
	policy->dnskey_negative = pick(self, 0, 40);
	policy->max_zone_ttl = pick(self, 0, 40);
	policy->ds_ttl = pick(self, 0, 40);
	policy->ds_negative = pick(self, 0, 40);
	policy->parent_propagation = pick(self, 0, 10);
	policy->registration_delay = 80;
	policy->publish_safety = chance(self, 50) ? 0 : pick(self, 0, 5);
	policy->retire_safety = chance(self, 50) ? 0 : pick(self, 0, 5);
	policy->validity = policy->validity_denial = pick(self, 20, 60);
	policy->refresh = 20;
	policy->resign = pick(self, 0, 5);
	policy->jitter = pick(self, 0, 5);
}

static void
make_demands(History *self, KasperPolicy *policy)
{
	static const gchar *const ksk[] = {"KskDoubleSignature", "KskDoubleDS", "KskDoubleRRset"};
	static const gchar *const zsk[] = {"ZskPrePublication",
					   "ZskDoubleRRsig",
					   "ZskDoubleSignature"};
	static const gchar *const csk[] = {"CskPrePublication",
					   "CskDoubleSignature",
					   "CskDoubleDS",
					   "CskSingleSignature",
					   "CskDoubleRRset"};

	policy->n_demands = 0;
	if (self->csk) {
		sim_add_demand(policy, KASPER_ROLE_CSK, self->algorithm, csk[pick(self, 0, 5)]);
		return;
	}
	sim_add_demand(policy, KASPER_ROLE_KSK, self->algorithm, ksk[pick(self, 0, 3)]);
	sim_add_demand(policy, KASPER_ROLE_ZSK, self->algorithm, zsk[pick(self, 0, 3)]);
}

/* keys for whatever the policy may want */
static void
add_spares(History *self)
{
	static const guint roles[] = {KASPER_ROLE_KSK, KASPER_ROLE_ZSK, KASPER_ROLE_CSK};

	for (guint i = 0; i < 2 * G_N_ELEMENTS(roles) * 8; i++) {
		g_autofree gchar *name = NULL;
		guint role = roles[i % G_N_ELEMENTS(roles)];
		guint key;

		name = g_strdup_printf("%c%u",
				       kasper_role_to_string(role)[0],
				       i / (guint)G_N_ELEMENTS(roles));
		key = sim_add_key(self->sim, name, role, i / G_N_ELEMENTS(roles) % 2 == 0 ? 8 : 13);
		g_array_append_val(self->sim->spare, key);
		if (chance(self, 20))
			g_array_index(self->sim->keys, SimKey, key).backup = KASPER_BACKUP_NEEDED;
	}
}

static History *
begin(guint32 seed)
{
	History *self = g_new0(History, 1);
	KasperPolicy policy;

	self->rand = g_rand_new_with_seed(seed);
	self->story = g_string_new(NULL);
	self->algorithm = 13;
	self->csk = chance(self, 40);
	sim_get_fixed_policy(&policy);
	make_times(self, &policy);
	make_demands(self, &policy);
	policy.level = chance(self, 50) ? KASPER_LEVEL_STRICT : KASPER_LEVEL_DS;
	policy.purge = chance(self, 30) ? pick(self, 0, 100) : -1;
	self->sim = sim_new(&policy);
	self->sim->gradual = chance(self, 40);
	self->sim->signer_latency = chance(self, 50) ? 0 : pick(self, 0, 20);
	self->sim->parent_model = chance(self, 60) ? SIM_PARENT_SWAPS : SIM_PARENT_ADDS_FIRST;
	if (chance(self, 10))
		self->sim->parent_model = SIM_PARENT_ONLY_ADDS;
	self->stubborn = self->sim->parent_model == SIM_PARENT_ONLY_ADDS;
	self->sim->parent_latency = pick(self, 0, 50);
	self->sim->parent_step = pick(self, 0, 20);
	self->sim->poll = pick(self, 1, 15);
	self->sim->by_people = chance(self, 40);
	self->sim->channel_latency = chance(self, 60) ? 0 : pick(self, 0, 20);
	self->sim->zone_propagation = policy.zone_propagation;
	self->sim->parent_propagation = policy.parent_propagation;
	add_spares(self);
	sim_settle(self->sim, NULL);
	return self;
}

static void
end(History *self)
{
	sim_free(self->sim);
	g_rand_free(self->rand);
	g_string_free(self->story, TRUE);
	g_free(self);
}

/* --- what people do --- */

static void
do_roll(History *self)
{
	static const guint roles[] = {KASPER_ROLE_KSK, KASPER_ROLE_ZSK, 0};
	guint role = roles[pick(self, 0, 3)];

	tell(self, "roll %s", kasper_role_to_string(role));
	kasper_snapshot_request_rollover(&self->sim->snapshot, role);
}

static void
do_change_algorithm(History *self)
{
	self->algorithm = self->algorithm == 13 ? 8 : 13;
	tell(self, "algorithm %u", self->algorithm);
	make_demands(self, &self->sim->snapshot.policy);
}

static void
do_change_roles(History *self)
{
	self->csk = !self->csk;
	tell(self, "%s", self->csk ? "one CSK" : "KSK and ZSK");
	make_demands(self, &self->sim->snapshot.policy);
}

static void
do_change_roll_types(History *self)
{
	tell(self, "other roll types");
	make_demands(self, &self->sim->snapshot.policy);
}

static void
do_go_insecure(History *self)
{
	KasperSnapshot *snapshot = &self->sim->snapshot;

	snapshot->insecure = !snapshot->insecure;
	tell(self, "%s", snapshot->insecure ? "unsign" : "sign");
	self->sim->world.insecure = TRUE;
}

static void
do_change_ttl(History *self)
{
	KasperPolicy *policy = &self->sim->snapshot.policy;
	KasperSpan *spans[] = {&policy->dnskey_ttl,
			       &policy->max_zone_ttl,
			       &policy->dnskey_negative};
	gint which = pick(self, 0, 3);

	*spans[which] = pick(self, 0, 80);
	tell(self, "ttl %d is %" G_GINT64_FORMAT, which, *spans[which]);
}

/* what the policy says of delays is never less than the truth */
static void
do_change_delay(History *self)
{
	KasperPolicy *policy = &self->sim->snapshot.policy;

	policy->zone_propagation = self->sim->zone_propagation + pick(self, 0, 10);
	policy->parent_propagation = self->sim->parent_propagation + pick(self, 0, 10);
	policy->publish_safety = pick(self, 0, 5);
	policy->retire_safety = pick(self, 0, 5);
	tell(self, "other delays and margins");
}

static void
do_change_standby(History *self)
{
	KasperPolicy *policy = &self->sim->snapshot.policy;
	guint which = (guint)pick(self, 0, policy->n_demands);

	policy->demands[which].standby = (guint8)pick(self, 0, 2);
	tell(self, "%u standby keys", policy->demands[which].standby);
}

static void
do_lose_store(History *self)
{
	KasperSnapshot *snapshot = &self->sim->snapshot;
	gboolean lost = chance(self, 50);

	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		if (snapshot->keys[slot].availability != KASPER_AVAILABILITY_LOST)
			snapshot->keys[slot].availability = lost && chance(self, 50)
								? KASPER_AVAILABILITY_UNAVAILABLE
								: KASPER_AVAILABILITY_OK;
	}
	tell(self, "a store %s", lost ? "is away" : "is back");
}

static void
do_lose_key(History *self)
{
	KasperSnapshot *snapshot = &self->sim->snapshot;
	KasperKey *key = &snapshot->keys[pick(self, 0, 6)];

	if (key->number == 0 || !chance(self, 30))
		return;
	tell(self, "%s %u is lost", kasper_role_to_string(key->roles), key->tag);
	key->availability = KASPER_AVAILABILITY_LOST;
	/* only one roll type can do without the old KSK, and what signs no more may be wanted back
	 */
	self->stubborn = TRUE;
}

static void
do_retire(History *self)
{
	guint slot;

	if (kasper_snapshot_take_ksk_retire(&self->sim->snapshot, -1, &slot) == KASPER_REFUSAL_NONE)
		tell(self, "retire slot %u", slot);
}

static void
do_back_up(History *self)
{
	KasperSnapshot *snapshot = &self->sim->snapshot;

	tell(self, "backup");
	for (guint i = 0; i < self->sim->keys->len; i++)
		g_array_index(self->sim->keys, SimKey, i).backup = KASPER_BACKUP_DONE;
	for (guint slot = 0; slot < snapshot->n_keys; slot++)
		snapshot->keys[slot].backup = KASPER_BACKUP_DONE;
}

static void
do_freeze(History *self)
{
	self->sim->snapshot.holds = chance(self, 50) ? KASPER_HOLD_MANUAL : 0;
	tell(self, "%s", self->sim->snapshot.holds != 0 ? "freeze" : "thaw");
}

static void
do_sleep(History *self)
{
	tell(self, "sleep or wake");
	sim_sleep(self->sim, !self->sim->asleep);
}

static void
do_something(History *self)
{
	static void (*const doings[])(History *) = {
	    do_roll,
	    do_roll,
	    do_roll,
	    do_roll,
	    do_change_algorithm,
	    do_change_roles,
	    do_go_insecure,
	    do_change_ttl,
	    do_change_delay,
	    do_change_standby,
	    do_lose_store,
	    do_lose_key,
	    do_retire,
	    do_back_up,
	    do_freeze,
	    do_sleep,
	    do_change_roll_types,
	};

	doings[pick(self, 0, G_N_ELEMENTS(doings))](self);
	sim_decide(self->sim);
}

/* everybody does again what is expected of him */
static void
calm_down(History *self)
{
	KasperSnapshot *snapshot = &self->sim->snapshot;

	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		if (snapshot->keys[slot].availability != KASPER_AVAILABILITY_LOST)
			snapshot->keys[slot].availability = KASPER_AVAILABILITY_OK;
	}
	snapshot->holds = 0;
	do_back_up(self);
	tell(self, "all is well");
	if (self->sim->asleep)
		sim_sleep(self->sim, FALSE);
	sim_decide(self->sim);
}

/* --- what has to hold --- */

static void
append_rows(const History *self, GString *text)
{
	for (guint i = 0; i < self->sim->rows->len; i++) {
		const SimRow *row = g_ptr_array_index(self->sim->rows, i);

		g_string_append_printf(text,
				       "  %" G_GINT64_FORMAT " | %s | %s\n",
				       row->time,
				       row->states,
				       row->published);
	}
}

static void
fail(History *self, guint32 seed, const gchar *what)
{
	g_autofree gchar *plan = kasper_plan_to_text(self->sim->plan);

	append_rows(self, self->story);
	g_error("history %u: %s\n%s%s", seed, what, self->story->str, plan);
}

static void
run_until(History *self, KasperTime until)
{
	while (sim_get_next(self->sim) <= until) {
		KasperTime next = sim_get_next(self->sim);

		if (self->eager && next > self->sim->now + 1) {
			self->sim->now += (next - self->sim->now) / 2;
			sim_decide(self->sim);
		}
		sim_turn(self->sim, next);
		sim_end_row(self->sim);
	}
	sim_turn(self->sim, until);
	sim_end_row(self->sim);
}

static void
assert_valid(History *self, guint32 seed)
{
	OracleFinding finding = {0};
	OracleLevel level =
	    self->sim->snapshot.policy.level == KASPER_LEVEL_STRICT ? ORACLE_STRICT : ORACLE_DS;
	g_autofree gchar *text = NULL;

	if (sim_ask_oracle(self->sim, level, &finding))
		return;
	text = g_strdup_printf("%s at %" G_GINT64_FORMAT ": DS %" G_GINT64_MODIFIER
			       "x, DNSKEY %" G_GINT64_MODIFIER "x signed by %" G_GINT64_MODIFIER
			       "x, data %" G_GINT64_MODIFIER "x",
			       finding.lapse ? "no DS" : "bogus",
			       finding.time,
			       finding.ds,
			       finding.keys,
			       finding.signers,
			       finding.data);
	fail(self, seed, text);
}

static gchar *
run_history(guint32 seed, gboolean eager)
{
	History *self = begin(seed);
	gint n = pick(self, 1, 7);
	KasperTime time = 0;
	g_autoptr(GString) rows = g_string_new(NULL);

	self->eager = eager;
	sim_decide(self->sim);
	for (gint i = 0; i < n; i++) {
		time += pick(self, 0, 2 * BUSY / n);
		run_until(self, time);
		do_something(self);
		sim_end_row(self->sim);
	}
	run_until(self, time + 50);
	calm_down(self);
	while (sim_get_next(self->sim) != KASPER_TIME_NEVER && self->sim->now < REST)
		run_until(self, sim_get_next(self->sim));
	if (self->sim->problem != NULL)
		fail(self, seed, self->sim->problem);
	assert_valid(self, seed);
	if (!self->stubborn && !sim_is_settled(self->sim))
		fail(self, seed, "it does not come to rest");
	if (!self->stubborn && self->sim->now >= REST)
		fail(self, seed, "it never ends");
	append_rows(self, rows);
	end(self);
	return g_string_free(g_steal_pointer(&rows), FALSE);
}

/* who decides more often decides nothing earlier and nothing later */
static void
check_history(guint32 seed)
{
	g_autofree gchar *lazy = run_history(seed, FALSE);
	g_autofree gchar *eager = run_history(seed, TRUE);

	if (g_strcmp0(lazy, eager) != 0)
		g_error("history %u: only when it has to decide:\n%sand more often:\n%s",
			seed,
			lazy,
			eager);
}

static void
test_histories(void)
{
	for (guint32 seed = 0; seed < HISTORIES; seed++)
		check_history(seed);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	/* for who looks for a fault: `test-property SEED` */
	if (argc > 1) {
		for (guint32 seed = (guint32)atoi(argv[1]);
		     argc > 2 || seed == (guint32)atoi(argv[1]);
		     seed++)
			check_history(seed);
		return 0;
	}
	g_test_add_func("/property/histories", test_histories);
	return g_test_run();
}
