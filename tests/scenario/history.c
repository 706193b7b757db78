/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random histories: a policy, a signer and a parent by chance, and people who do all that they may,
 * at any time. A history is a script that can be cut down; what each of its operations does depends
 * on that operation alone.
 */
#include "history.h"

typedef struct {
	GRand *rand;
	Sim *sim;
	const HistoryScript *script;
	HistoryMode mode;
	guint8 algorithm; /* that the policy wants now */
	gboolean csk;
	gboolean stubborn; /* somebody outside may leave work undone */
	guint n_steps;
	KasperSpan scale; /* how long things take */
	GString *story;
	gchar *problem; /* the first one */
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

/* seconds to play with, or days as they are */
static void
make_real_times(History *self, KasperPolicy *policy)
{
	static const KasperSpan ttls[] = {300, 3600, 14400, 86400};

	policy->zone_propagation = pick(self, 0, 7200);
	policy->dnskey_ttl = ttls[pick(self, 0, 4)];
	policy->dnskey_negative = ttls[pick(self, 0, 3)];
	policy->max_zone_ttl = ttls[pick(self, 0, 4)];
	policy->ds_ttl = ttls[pick(self, 0, 4)];
	policy->ds_negative = ttls[pick(self, 0, 3)];
	policy->parent_propagation = pick(self, 0, 7200);
	policy->registration_delay = 200000;
	policy->publish_safety = pick(self, 0, 7200);
	policy->retire_safety = pick(self, 0, 7200);
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

static gchar *
watch(Sim *sim, const KasperSnapshot *before, const KasperPlan *plan, gpointer data)
{
	History *self = data;

	return watch_decision(sim, before, plan, g_rand_int(self->rand));
}

/* one rollover, everybody taking his time */
static KasperSpan
get_scale(const Sim *sim)
{
	const KasperPolicy *policy = &sim->snapshot.policy;
	KasperSpan margin = MAX(policy->publish_safety, policy->retire_safety);

	return 4 * sim->signer_latency + 2 * (sim->parent_latency + sim->parent_step + sim->poll) +
	       2 * sim->channel_latency + 4 * (policy->zone_propagation + margin) +
	       2 * (policy->dnskey_ttl + policy->max_zone_ttl) +
	       2 * (policy->parent_propagation + policy->ds_ttl + margin) + policy->validity +
	       policy->jitter + policy->resign - policy->refresh;
}

static void
begin(History *self, const HistoryScript *script, HistoryMode mode)
{
	KasperPolicy policy;
	gboolean real;
	gint unit;

	self->script = script;
	self->mode = mode;
	self->rand = g_rand_new_with_seed(script->seed);
	self->story = g_string_new(NULL);
	self->algorithm = 13;
	self->csk = chance(self, 40);
	sim_get_fixed_policy(&policy);
	real = chance(self, 20);
	if (real)
		make_real_times(self, &policy);
	else
		make_times(self, &policy);
	unit = real ? 1000 : 1;
	make_demands(self, &policy);
	policy.level = chance(self, 50) ? KASPER_LEVEL_STRICT : KASPER_LEVEL_DS;
	policy.purge = chance(self, 30) ? pick(self, 0, 100) : 0;
	self->sim = sim_new(&policy);
	self->sim->quiet = TRUE;
	self->sim->punctual = TRUE;
	self->sim->watch = watch;
	self->sim->watcher = self;
	self->sim->gradual = chance(self, 40);
	self->sim->signer_latency = chance(self, 50) ? 0 : pick(self, 0, 20) * unit;
	self->sim->parent_model = chance(self, 60) ? SIM_PARENT_SWAPS : SIM_PARENT_ADDS_FIRST;
	if (chance(self, 10))
		self->sim->parent_model = SIM_PARENT_ONLY_ADDS;
	self->stubborn = self->sim->parent_model == SIM_PARENT_ONLY_ADDS;
	self->sim->parent_latency = pick(self, 0, 50) * unit;
	self->sim->parent_step = pick(self, 0, 20) * unit;
	self->sim->poll = pick(self, 1, 15) * unit;
	self->sim->by_people = chance(self, 40);
	self->sim->channel_latency = chance(self, 60) ? 0 : pick(self, 0, 20) * unit;
	self->sim->zone_propagation = policy.zone_propagation;
	self->sim->parent_propagation = policy.parent_propagation;
	self->sim->repeat_every = mode == HISTORY_CRASHES ? 2 : 0;
	add_spares(self);
	sim_settle(self->sim, NULL);
	self->scale = get_scale(self->sim);
}

static void
end(History *self)
{
	sim_free(self->sim);
	g_rand_free(self->rand);
	g_free(self->problem);
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
	gint most = self->scale < 10000 ? 80 : 172800;
	KasperSpan *spans[] = {&policy->dnskey_ttl,
			       &policy->max_zone_ttl,
			       &policy->dnskey_negative};
	gint which = pick(self, 0, 3);

	*spans[which] = pick(self, 0, most);
	tell(self, "ttl %d is %" G_GINT64_FORMAT, which, *spans[which]);
}

/* what the policy says of delays is never less than the truth */
static void
do_change_delay(History *self)
{
	KasperPolicy *policy = &self->sim->snapshot.policy;
	gint more = self->scale < 10000 ? 10 : 3600;

	policy->zone_propagation = self->sim->zone_propagation + pick(self, 0, more);
	policy->parent_propagation = self->sim->parent_propagation + pick(self, 0, more);
	policy->publish_safety = pick(self, 0, more);
	policy->retire_safety = pick(self, 0, more);
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

/* steps that say which keys are to be used */
static guint
count_goals(const KasperSnapshot *snapshot, KasperTime now)
{
	g_autoptr(KasperPlan) plan = kasper_decide(snapshot, now);
	guint n = 0;

	for (guint i = 0; i < plan->steps->len; i++) {
		KasperStepKind kind = g_array_index(plan->steps, KasperStep, i).kind;

		n += kind == KASPER_STEP_NEED_KEY || kind == KASPER_STEP_GOAL_OUT ? 1 : 0;
	}
	return n;
}

/* P17 */
static void
do_lose_store(History *self)
{
	KasperSnapshot *snapshot = &self->sim->snapshot;
	gboolean lost = chance(self, 50);
	guint before = count_goals(snapshot, self->sim->now);

	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		if (snapshot->keys[slot].availability != KASPER_AVAILABILITY_LOST)
			snapshot->keys[slot].availability = lost && chance(self, 50)
								? KASPER_AVAILABILITY_UNAVAILABLE
								: KASPER_AVAILABILITY_OK;
	}
	tell(self, "a store %s", lost ? "is away" : "is back");
	if (count_goals(snapshot, self->sim->now) != before && self->problem == NULL)
		self->problem =
		    g_strdup("a store that is away, or back, changes what keys are for");
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

/* --- a script is played --- */

static void
turn(History *self, KasperTime next)
{
	if (self->mode == HISTORY_EAGER && next > self->sim->now + 1) {
		self->sim->now += (next - self->sim->now) / 2;
		sim_decide(self->sim);
	}
	sim_turn(self->sim, next);
	self->n_steps++;
}

static void
run_until(History *self, KasperTime until)
{
	while (sim_get_next(self->sim) <= until && self->n_steps < self->script->n_steps)
		turn(self, sim_get_next(self->sim));
	if (self->n_steps < self->script->n_steps)
		sim_turn(self->sim, until);
}

static void
play(History *self)
{
	for (guint i = 0; i < self->script->n_ops; i++) {
		const HistoryOp *op = &self->script->ops[i];

		run_until(self, self->sim->now + op->gap * self->scale / 1000);
		if (self->n_steps >= self->script->n_steps || self->sim->problem != NULL)
			return;
		g_rand_set_seed(self->rand, op->seed);
		if (op->dropped)
			continue;
		do_something(self);
		self->n_steps++;
	}
	run_until(self, self->sim->now + self->scale);
}

/* ten times what one rollover takes: a history that is not at rest by then never comes to rest */
static KasperSpan
come_to_rest(History *self)
{
	KasperTime start = self->sim->now;
	KasperTime latest = start + 10 * MAX(self->scale, get_scale(self->sim)) + 1000;
	KasperTime last = start;

	while (sim_get_next(self->sim) != KASPER_TIME_NEVER && self->sim->now < latest &&
	       self->sim->problem == NULL) {
		sim_turn(self->sim, sim_get_next(self->sim));
		last = self->sim->now;
	}
	return last - start;
}

/* the supply of keys is at an end */
static gboolean
is_starved(const Sim *sim)
{
	for (guint i = 0; i < sim->plan->steps->len; i++) {
		if (g_array_index(sim->plan->steps, KasperStep, i).kind == KASPER_STEP_NEED_KEY)
			return TRUE;
	}
	return FALSE;
}

static gchar *
judge(History *self, KasperSpan rest)
{
	gboolean free_to_rest = !self->stubborn && !is_starved(self->sim);
	OracleFinding finding = {0};
	OracleLevel level =
	    self->sim->snapshot.policy.level == KASPER_LEVEL_STRICT ? ORACLE_STRICT : ORACLE_DS;

	if (self->problem != NULL || self->sim->problem != NULL)
		return g_strdup(self->problem != NULL ? self->problem : self->sim->problem);
	if (!sim_ask_oracle(self->sim, level, &finding))
		return g_strdup_printf("%s at %" G_GINT64_FORMAT ": DS %" G_GINT64_MODIFIER
				       "x, DNSKEY %" G_GINT64_MODIFIER
				       "x signed by %" G_GINT64_MODIFIER
				       "x, data %" G_GINT64_MODIFIER "x",
				       finding.lapse ? "no DS" : "bogus",
				       finding.time,
				       finding.ds,
				       finding.keys,
				       finding.signers,
				       finding.data);
	if (free_to_rest && !sim_is_settled(self->sim))
		return g_strdup("it does not come to rest");
	/* P3: what was under way, and what was wanted last */
	if (free_to_rest && rest > 3 * MAX(self->scale, get_scale(self->sim)))
		return g_strdup_printf("it takes %" G_GINT64_FORMAT
				       " to come to rest, and one rollover %" G_GINT64_FORMAT,
				       rest,
				       self->scale);
	return NULL;
}

static void
tell_plan(History *self)
{
	g_autofree gchar *plan = kasper_plan_to_text(self->sim->plan);

	for (guint i = 0; i < self->sim->rows->len; i++) {
		const SimRow *row = g_ptr_array_index(self->sim->rows, i);

		g_string_append_printf(self->story,
				       "  %" G_GINT64_FORMAT " | %s | %s\n",
				       row->time,
				       row->states,
				       row->published);
	}
	g_string_append(self->story, plan);
}

HistoryOutcome *
history_play(const HistoryScript *script, HistoryMode mode)
{
	History self = {0};
	HistoryOutcome *outcome = g_new0(HistoryOutcome, 1);

	begin(&self, script, mode);
	sim_decide(self.sim);
	play(&self);
	calm_down(&self);
	outcome->rest = come_to_rest(&self);
	outcome->problem = judge(&self, outcome->rest);
	if (outcome->problem != NULL)
		tell_plan(&self);
	outcome->n_steps = self.n_steps;
	outcome->timeline = g_array_ref(self.sim->timeline);
	outcome->end = self.sim->world;
	outcome->story = g_string_free(self.story, FALSE);
	end(&self);
	return outcome;
}

void
history_outcome_free(HistoryOutcome *self)
{
	g_array_unref(self->timeline);
	g_free(self->problem);
	g_free(self->story);
	g_free(self);
}

/* --- scripts --- */

void
history_script_init(HistoryScript *self, guint32 seed, guint n_ops, guint n_steps)
{
	GRand *rand = g_rand_new_with_seed(seed);
	guint most = (guint)g_rand_int_range(rand, 50, 1200);

	*self = (HistoryScript){.seed = seed, .n_ops = n_ops, .n_steps = n_steps};
	for (guint i = 0; i < n_ops; i++) {
		self->ops[i].gap = (guint)g_rand_int_range(rand, 0, (gint32)most);
		self->ops[i].seed = g_rand_int(rand);
	}
	g_rand_free(rand);
}

static gboolean
is_same_event(const OracleEvent *a, const OracleEvent *b)
{
	for (guint i = 0; i < MIN(a->n_classes, b->n_classes); i++) {
		if (a->classes[i] != b->classes[i])
			return FALSE;
	}
	return a->ds == b->ds && a->keys == b->keys && a->signers == b->signers &&
	       a->n_classes == b->n_classes && a->keys_ttl == b->keys_ttl &&
	       a->data_ttl == b->data_ttl && a->ds_ttl == b->ds_ttl;
}

/* P7: who decides more often decides nothing earlier and nothing later */
static gchar *
compare_timelines(GArray *lazy, GArray *eager)
{
	for (guint i = 0; i < MIN(lazy->len, eager->len); i++) {
		const OracleEvent *a = &g_array_index(lazy, OracleEvent, i);
		const OracleEvent *b = &g_array_index(eager, OracleEvent, i);

		if (a->time != b->time || !is_same_event(a, b))
			return g_strdup_printf("something else happens at %" G_GINT64_FORMAT
					       " if decisions are taken more often",
					       MIN(a->time, b->time));
	}
	return lazy->len == eager->len
		   ? NULL
		   : g_strdup("more or less happens if decisions are taken more often");
}

gchar *
history_check(const HistoryScript *script, guint *ret_steps)
{
	g_autoptr(HistoryOutcome) lazy = history_play(script, HISTORY_LAZY);
	g_autoptr(HistoryOutcome) eager = NULL;
	g_autoptr(HistoryOutcome) crashes = NULL;

	*ret_steps = lazy->n_steps;
	if (lazy->problem != NULL)
		return g_strdup_printf("%s\n%s", lazy->problem, lazy->story);
	eager = history_play(script, HISTORY_EAGER);
	if (eager->problem != NULL)
		return g_strdup_printf("deciding often: %s\n%s", eager->problem, eager->story);
	if (lazy->n_steps < script->n_steps && eager->n_steps < script->n_steps) {
		gchar *problem = compare_timelines(lazy->timeline, eager->timeline);

		if (problem != NULL)
			return problem;
	}
	/* P11; what a second operation finds depends on when it comes */
	crashes = history_play(script, HISTORY_CRASHES);
	if (crashes->problem != NULL)
		return g_strdup_printf("with crashes: %s\n%s", crashes->problem, crashes->story);
	if (script->n_ops == 1 && !is_same_event(&lazy->end, &crashes->end))
		return g_strdup_printf("with crashes it ends otherwise\n%s", crashes->story);
	return NULL;
}

static gboolean
fails(const HistoryScript *script)
{
	guint n_steps;
	g_autofree gchar *problem = history_check(script, &n_steps);

	return problem != NULL;
}

/* operations are left out one by one, then times are halved, as long as it goes on to fail */
void
history_shrink(HistoryScript *script)
{
	HistoryScript smaller;
	gboolean shrunk = TRUE;

	while (shrunk) {
		shrunk = FALSE;
		for (guint i = 0; i < script->n_ops; i++) {
			smaller = *script;
			smaller.ops[i].dropped = TRUE;
			if (!script->ops[i].dropped && fails(&smaller)) {
				*script = smaller;
				shrunk = TRUE;
			}
			smaller = *script;
			smaller.ops[i].gap /= 2;
			if (script->ops[i].gap > 0 && fails(&smaller)) {
				*script = smaller;
				shrunk = TRUE;
			}
		}
	}
}
