/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim.h"

#include "kasper-timing.h"

/* --- policy and keys --- */

void
sim_get_fixed_policy(KasperPolicy *ret_policy)
{
	*ret_policy = (KasperPolicy){
	    .zone_propagation = 300,
	    .dnskey_ttl = 3600,
	    .dnskey_negative = 1800,
	    .max_zone_ttl = 7200,
	    .ds_ttl = 10800,
	    .ds_negative = 900,
	    .parent_propagation = 1200,
	    .registration_delay = 2400,
	    .publish_safety = 600,
	    .retire_safety = 900,
	    .validity = 604800,
	    .validity_denial = 604800,
	    .validity_keyset = 604800,
	    .refresh = 259200,
	    .resign = 7200,
	    .jitter = 43200,
	    .purge = -1,
	    .digests = 1u << KASPER_DIGEST_SHA256,
	};
}

void
sim_add_demand(KasperPolicy *policy, guint roles, guint8 algorithm, const gchar *roll_type)
{
	KasperDemand *demand = &policy->demands[policy->n_demands++];

	g_assert_true(kasper_policy_is_roll_type(roll_type, roles));
	*demand = (KasperDemand){
	    .store = 1,
	    .bits = (guint16)kasper_algorithm_get_bits(algorithm, 2048),
	    .algorithm = algorithm,
	    .roles = (guint8)roles,
	    .gates = (guint8)kasper_policy_get_roll_gates(roll_type),
	};
}

static void
sim_key_clear(gpointer data)
{
	g_free(((SimKey *)data)->name);
}

static void
sim_row_free(gpointer data)
{
	SimRow *row = data;

	g_free(row->states);
	g_free(row->published);
	g_free(row);
}

Sim *
sim_new(const KasperPolicy *policy)
{
	Sim *self = g_new0(Sim, 1);

	kasper_snapshot_init(&self->snapshot, policy, 0);
	self->snapshot.zone = 1;
	self->next_wake = KASPER_TIME_NEVER;
	self->keys = g_array_new(FALSE, FALSE, sizeof(SimKey));
	g_array_set_clear_func(self->keys, sim_key_clear);
	self->spare = g_array_new(FALSE, FALSE, sizeof(guint));
	self->orders = g_array_new(FALSE, FALSE, sizeof(SimOrder));
	self->parent_events = g_array_new(FALSE, FALSE, sizeof(SimParentEvent));
	self->timeline = g_array_new(FALSE, FALSE, sizeof(OracleEvent));
	self->rows = g_ptr_array_new_with_free_func(sim_row_free);
	self->parent_latency = 5000;
	self->parent_seen = TRUE;
	self->next_poll = KASPER_TIME_NEVER;
	self->zone_propagation = self->parent_propagation = -1;
	return self;
}

void
sim_free(Sim *self)
{
	kasper_plan_free(self->plan);
	g_free(self->problem);
	g_array_unref(self->keys);
	g_array_unref(self->spare);
	g_array_unref(self->orders);
	g_array_unref(self->parent_events);
	g_array_unref(self->timeline);
	g_ptr_array_unref(self->rows);
	g_free(self);
}

static SimKey *
sim_get_key(const Sim *self, guint key)
{
	return &g_array_index(self->keys, SimKey, key);
}

guint
sim_add_key(Sim *self, const gchar *name, guint roles, guint8 algorithm)
{
	SimKey key = {
	    .number = self->keys->len + 1,
	    .name = g_strdup(name),
	    .algorithm = algorithm,
	    .roles = (guint8)roles,
	};

	g_assert_cmpuint(self->keys->len, <, SIM_KEYS_MAX);
	g_array_append_val(self->keys, key);
	return self->keys->len - 1;
}

gint
sim_find_key(const Sim *self, const gchar *name)
{
	for (guint i = 0; i < self->keys->len; i++) {
		if (g_strcmp0(sim_get_key(self, i)->name, name) == 0)
			return (gint)i;
	}
	return -1;
}

gint
sim_get_slot(const Sim *self, guint key)
{
	return kasper_snapshot_find_key(&self->snapshot, sim_get_key(self, key)->number);
}

guint64
sim_get_mask(const Sim *self, KasperKeySet slots)
{
	guint64 mask = 0;

	for (guint slot = 0; slot < KASPER_KEYS_MAX; slot++) {
		if ((slots >> slot & 1) != 0)
			mask |= (guint64)1 << (self->snapshot.keys[slot].number - 1);
	}
	return mask;
}

KasperKeySet
sim_get_slots(const Sim *self, guint64 keys)
{
	KasperKeySet slots = 0;

	for (guint i = 0; i < self->keys->len; i++) {
		if ((keys >> i & 1) != 0)
			slots |= (KasperKeySet)1 << sim_get_slot(self, i);
	}
	return slots;
}

static gint
sim_bring_in(Sim *self, guint index, gboolean standby)
{
	SimKey *own = sim_get_key(self, index);
	const KasperKey key = {
	    .number = own->number,
	    .store = 1,
	    .tag = (guint16)(1000 + own->number),
	    .bits = (guint16)kasper_algorithm_get_bits(own->algorithm, 2048),
	    .flags = (own->roles & KASPER_ROLE_KSK) != 0 ? 257 : 256,
	    .algorithm = own->algorithm,
	    .roles = own->roles,
	    .backup = (guint8)own->backup,
	    .standby = standby ? 1 : 0,
	    .created = self->now,
	};
	gint slot = kasper_snapshot_add_key(&self->snapshot, &key);

	g_assert_cmpint(slot, >=, 0);
	own->known = TRUE;
	for (guint i = 0; i < KASPER_N_RECORDS; i++)
		own->state[i] = self->snapshot.keys[slot].state[i];
	return slot;
}

/* --- the world --- */

static void
sim_enter_event(Sim *self)
{
	const KasperPolicy *policy = &self->snapshot.policy;

	self->world.time = self->now;
	self->world.zone_propagation =
	    self->zone_propagation < 0 ? policy->zone_propagation : self->zone_propagation;
	self->world.parent_propagation =
	    self->parent_propagation < 0 ? policy->parent_propagation : self->parent_propagation;
	/* what was wanted once may come about later */
	self->world.insecure |= self->snapshot.insecure != 0 || policy->passthrough != 0;
	g_array_append_val(self->timeline, self->world);
}

void
sim_settle(Sim *self, const guint8 *records)
{
	OracleEvent world = {0};

	self->now = self->snapshot.now = self->snapshot.highest_time;
	for (guint i = 0; records != NULL && i < self->keys->len; i++) {
		gint slot;
		guint64 bit = (guint64)1 << i;

		if (records[i] == 0)
			continue;
		/* only a key that waits has not all of its records */
		slot = sim_bring_in(self,
				    i,
				    records[i] == KASPER_RECORD_DS ||
					records[i] == KASPER_RECORD_DNSKEY);
		self->snapshot.keys[slot].records = records[i];
		world.ds |= (records[i] & KASPER_RECORD_DS) != 0 ? bit : 0;
		world.keys |= (records[i] & KASPER_RECORD_DNSKEY) != 0 ? bit : 0;
		world.signers |= (records[i] & KASPER_RECORD_RSK) != 0 ? bit : 0;
		world.classes[0] |= (records[i] & KASPER_RECORD_RSZ) != 0 ? bit : 0;
	}
	world.n_classes = 1;
	world.ds_ttl =
	    world.ds != 0 ? self->snapshot.policy.ds_ttl : self->snapshot.policy.ds_negative;
	world.keys_ttl = world.keys != 0 ? self->snapshot.policy.dnskey_ttl
					 : self->snapshot.policy.dnskey_negative;
	world.data_ttl = self->snapshot.policy.max_zone_ttl;
	self->world = self->shown = world;
	self->class_ends[0] = G_MAXINT64;
	sim_enter_event(self);
	if (records != NULL)
		kasper_snapshot_adopt_records(&self->snapshot);
	else
		kasper_snapshot_adopt_unsigned(&self->snapshot);
}

static void
sim_report(Sim *self)
{
	const KasperSignerReport report = {
	    .revision = self->applied,
	    .published_at = self->now,
	    .max_ttl = self->world.data_ttl,
	    .dnskey_ttl = self->world.keys != 0 ? self->world.keys_ttl : 0,
	    .all_replaced = self->world.n_classes == 1,
	};

	if (self->asleep || self->applied == 0)
		return;
	self->snapshot.now = MAX(self->now, self->snapshot.highest_time);
	kasper_snapshot_take_signer_report(&self->snapshot, &report);
	sim_decide(self);
}

/* new signatures; those that have to be replaced, and not only left out, may take their time */
static void
sim_resign(Sim *self, guint64 data)
{
	OracleEvent *world = &self->world;
	KasperSpan gradual =
	    self->gradual ? kasper_timing_get_replacement(&self->snapshot.policy) : 0;
	guint n = 0;

	for (guint i = 0; i < world->n_classes; i++) {
		guint64 old = world->classes[i];
		gboolean replaced = (old & ~data) != 0 && (data & ~old) != 0;
		gint64 end = replaced ? MIN(self->class_ends[i], self->now + gradual) : self->now;

		if (end <= self->now || old == data)
			continue;
		world->classes[n] = old;
		self->class_ends[n++] = end;
	}
	g_assert_cmpuint(n, <, ORACLE_CLASSES_MAX);
	world->classes[n] = data;
	self->class_ends[n++] = G_MAXINT64;
	world->n_classes = n;
}

static void
sim_apply(Sim *self, const SimOrder *order)
{
	OracleEvent *world = &self->world;

	world->keys = order->keys;
	world->signers = order->signers;
	world->keys_ttl = order->keys_ttl;
	world->data_ttl = order->data_ttl;
	sim_resign(self, order->data);
	self->applied = order->revision;
	sim_enter_event(self);
	sim_report(self);
}

/* classes whose time has come are gone; nobody tells the engine */
static void
sim_end_classes(Sim *self)
{
	OracleEvent *world = &self->world;
	guint n = 0;

	for (guint i = 0; i < world->n_classes; i++) {
		if (self->class_ends[i] <= self->now)
			continue;
		world->classes[n] = world->classes[i];
		self->class_ends[n++] = self->class_ends[i];
	}
	if (n == world->n_classes)
		return;
	world->n_classes = n;
	sim_enter_event(self);
}

/* what is the parent to have, as far as we have told it? */
static guint64
sim_get_wanted_ds(const Sim *self)
{
	const KasperLedger *ledger = &self->snapshot.ledgers[KASPER_LEDGER_DS];

	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & KASPER_VERSION_WANTED) != 0)
			return sim_get_mask(self, ledger->versions[i].keys);
	}
	return 0;
}

static guint64
sim_get_seen_ds(const Sim *self)
{
	const KasperLedger *ledger = &self->snapshot.ledgers[KASPER_LEDGER_DS];
	guint64 seen = 0;

	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & KASPER_VERSION_OBSERVED) != 0)
			seen |= sim_get_mask(self, ledger->versions[i].keys);
	}
	return seen;
}

/* ds-seen where the parent has what it is to have, or what it had and one more; ds-gone for what is
 * not there */
static void
sim_tell_of_parent(Sim *self)
{
	guint64 ds = self->world.ds;

	for (guint slot = 0; slot < self->snapshot.n_keys; slot++) {
		guint64 bit;

		if (self->snapshot.keys[slot].number == 0)
			continue;
		bit = (guint64)1 << (self->snapshot.keys[slot].number - 1);
		if ((ds & bit) == 0)
			kasper_snapshot_take_ds_gone(&self->snapshot, slot);
		else if (ds == sim_get_wanted_ds(self))
			kasper_snapshot_take_ds_seen(&self->snapshot, slot, FALSE);
		else if (ds == (sim_get_seen_ds(self) | bit))
			kasper_snapshot_take_ds_seen(&self->snapshot, slot, TRUE);
	}
}

static void
sim_look_at_parent(Sim *self)
{
	if (self->asleep || !self->parent_seen)
		return;
	self->snapshot.now = MAX(self->now, self->snapshot.highest_time);
	if (self->by_people)
		sim_tell_of_parent(self);
	else
		kasper_snapshot_take_parent_set(&self->snapshot,
						sim_get_slots(self, self->world.ds),
						NULL,
						0,
						self->snapshot.now);
	sim_decide(self);
}

void
sim_show_parent(Sim *self, guint64 ds)
{
	self->world.ds = ds;
	self->world.ds_ttl =
	    ds != 0 ? self->snapshot.policy.ds_ttl : self->snapshot.policy.ds_negative;
	sim_enter_event(self);
	if (self->poll == 0)
		sim_look_at_parent(self);
}

/* as long as some set that is not wanted may be served, somebody looks */
static void
sim_plan_poll(Sim *self)
{
	const KasperLedger *ledger = &self->snapshot.ledgers[KASPER_LEDGER_DS];
	guint settled = (guint)KASPER_VERSION_WANTED | (guint)KASPER_VERSION_OBSERVED;
	gboolean unsettled = FALSE;

	for (guint i = 0; i < ledger->n_versions; i++)
		unsettled |= (ledger->versions[i].flags & (guint)KASPER_VERSION_CURRENT) != 0 &&
			     (ledger->versions[i].flags & settled) != settled;
	if (!unsettled || !self->parent_seen || self->poll == 0)
		self->next_poll = KASPER_TIME_NEVER;
	else if (self->next_poll == KASPER_TIME_NEVER)
		self->next_poll = self->now + self->poll;
}

/* --- what the decision wants --- */

static void
sim_send_order(Sim *self)
{
	SimOrder order = {
	    .time = self->now + self->signer_latency,
	    .revision = self->snapshot.revision,
	    .data_ttl = self->snapshot.policy.max_zone_ttl,
	};

	for (guint slot = 0; slot < self->snapshot.n_keys; slot++) {
		const KasperKey *key = &self->snapshot.keys[slot];
		guint64 bit;

		if (key->number == 0)
			continue;
		bit = (guint64)1 << (key->number - 1);
		order.keys |= (key->records & KASPER_RECORD_DNSKEY) != 0 ? bit : 0;
		order.signers |= (key->records & KASPER_RECORD_RSK) != 0 ? bit : 0;
		order.data |= (key->records & KASPER_RECORD_RSZ) != 0 ? bit : 0;
	}
	order.keys_ttl = order.keys != 0 ? self->snapshot.policy.dnskey_ttl
					 : self->snapshot.policy.dnskey_negative;
	/* one does not overtake another */
	if (self->orders->len > 0)
		order.time = MAX(order.time,
				 g_array_index(self->orders, SimOrder, self->orders->len - 1).time);
	g_array_append_val(self->orders, order);
	/* it is not remembered that the order was sent */
	if (self->repeat_every > 0 && ++self->n_sent % self->repeat_every == 0) {
		order.time += self->signer_latency / 2 + 1;
		g_array_append_val(self->orders, order);
	}
}

static void
sim_plan_parent(Sim *self, KasperTime time, guint64 ds)
{
	KasperTime latest =
	    self->now + self->channel_latency + self->snapshot.policy.registration_delay - 1;
	SimParentEvent event = {.time = self->punctual ? MIN(time, latest) : time, .ds = ds};


	g_array_append_val(self->parent_events, event);
}

/* what the parent will have served by the time it comes to this submission */
static guint64
sim_get_last_parent_set(const Sim *self)
{
	guint64 ds = self->world.ds;

	for (guint i = 0; i < self->parent_events->len; i++) {
		const SimParentEvent *event =
		    &g_array_index(self->parent_events, SimParentEvent, i);

		if (event->accepts == 0)
			ds = event->ds;
	}
	return ds;
}

/* the channel takes it, at once or later */
static void
sim_accept(Sim *self, gint64 submission)
{
	self->snapshot.now = MAX(self->now, self->snapshot.highest_time);
	kasper_snapshot_take_submission(&self->snapshot, submission, self->now);
}

/* the parent takes submissions in order */
static void
sim_send_submission(Sim *self)
{
	KasperTime time = self->now + self->channel_latency;
	guint64 before = sim_get_last_parent_set(self);
	const SimParentEvent acceptance = {.time = time, .accepts = self->snapshot.submission};

	self->submitted = 0;
	self->submits = TRUE;
	for (guint slot = 0; slot < self->snapshot.n_keys; slot++) {
		if ((self->snapshot.keys[slot].records & KASPER_RECORD_DS) != 0)
			self->submitted |= sim_get_mask(self, (KasperKeySet)1 << slot);
	}
	if (self->channel_latency == 0)
		sim_accept(self, self->snapshot.submission);
	time += self->parent_latency;
	for (guint i = 0; i < self->parent_events->len; i++)
		time = MAX(time, g_array_index(self->parent_events, SimParentEvent, i).time);
	if (self->channel_latency > 0)
		g_array_append_val(self->parent_events, acceptance);
	if (self->parent_model == SIM_PARENT_ONLY_ADDS)
		sim_plan_parent(self, time, before | self->submitted);
	if (self->parent_model == SIM_PARENT_ADDS_FIRST)
		sim_plan_parent(self, time, before | self->submitted);
	if (self->parent_model == SIM_PARENT_ADDS_FIRST)
		time += self->parent_step;
	if (self->parent_model == SIM_PARENT_SWAPS || self->parent_model == SIM_PARENT_ADDS_FIRST)
		sim_plan_parent(self, time, self->submitted);
	/* it is not remembered that it was submitted */
	if (self->repeat_every > 0 && ++self->n_sent % self->repeat_every == 0)
		sim_plan_parent(self,
				time + 1,
				self->parent_model == SIM_PARENT_ONLY_ADDS
				    ? before | self->submitted
				    : self->submitted);
}

static gboolean
sim_give_key(Sim *self, const KasperStep *step)
{
	const KasperDemand *demand = &self->snapshot.policy.demands[step->demand];

	for (guint i = 0; i < self->spare->len && !self->starved; i++) {
		guint index = g_array_index(self->spare, guint, i);
		const SimKey *key = sim_get_key(self, index);

		if (key->roles != demand->roles || key->algorithm != demand->algorithm)
			continue;
		g_array_remove_index(self->spare, i);
		sim_bring_in(self, index, step->standby);
		return TRUE;
	}
	return FALSE;
}

/* decides until no key that is asked for can be had, as the engine does */
static KasperPlan *
sim_make_plan(Sim *self)
{
	while (TRUE) {
		KasperPlan *plan = kasper_decide(&self->snapshot, self->now);
		gboolean given = FALSE;

		for (guint i = 0; i < plan->steps->len; i++) {
			const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);

			if (step->kind == KASPER_STEP_NEED_KEY)
				given |= sim_give_key(self, step);
		}
		if (!given)
			return plan;
		kasper_plan_free(plan);
	}
}

G_GNUC_PRINTF(2, 3)
static void
sim_complain(Sim *self, const gchar *format, ...)
{
	va_list arguments;

	if (self->problem != NULL)
		return;
	va_start(arguments, format);
	self->problem = g_strdup_vprintf(format, arguments);
	va_end(arguments);
}

/* the same again gives nothing more, nor does anything before the next wake */
static void
sim_check_plan(Sim *self, KasperTime at)
{
	g_autoptr(KasperPlan) plan = kasper_decide(&self->snapshot, at);

	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);
		g_autofree gchar *text = NULL;

		if (step->kind == KASPER_STEP_NEED_KEY)
			continue;
		text = kasper_plan_to_text(plan);
		sim_complain(self,
			     "at %" G_GINT64_FORMAT " there is more to do than at %" G_GINT64_FORMAT
			     ":\n%s",
			     at,
			     self->now,
			     text);
	}
	if (plan->next_wake <= plan->after.now)
		sim_complain(self, "the next wake is not in the future");
}

static void
sim_check_step(Sim *self, const KasperStep *step)
{
	const KasperKey *key;

	if (step->kind != KASPER_STEP_STATE || kasper_record_state_can_move(step->from, step->to))
		return;
	key = &self->snapshot.keys[step->slot];
	sim_complain(self,
		     "at %" G_GINT64_FORMAT " record %u of %s goes from %s to %s",
		     self->now,
		     step->record,
		     sim_get_key(self, (guint)key->number - 1)->name,
		     kasper_record_state_to_string(step->from),
		     kasper_record_state_to_string(step->to));
}

static void
sim_carry_out(Sim *self, const KasperPlan *plan)
{
	gboolean orders = FALSE, submits = FALSE;

	for (guint i = 0; i < plan->steps->len; i++) {
		const KasperStep *step = &g_array_index(plan->steps, KasperStep, i);

		sim_check_step(self, step);
		orders |= step->kind == KASPER_STEP_ORDER;
		submits |= step->kind == KASPER_STEP_SUBMIT_DS;
		if (step->kind == KASPER_STEP_DESTROY)
			kasper_snapshot_remove_key(&self->snapshot, (guint)step->slot);
	}
	g_assert_cmpint(orders, ==, plan->orders);
	g_assert_cmpint(submits, ==, plan->submits);
	if (orders)
		sim_send_order(self);
	if (submits)
		sim_send_submission(self);
}

static void
sim_show(Sim *self)
{
	g_autofree gchar *problem =
	    self->watch(self, &self->snapshot, self->plan, self->watcher);

	if (problem != NULL)
		sim_complain(self, "%s", problem);
}

void
sim_decide(Sim *self)
{
	if (self->asleep)
		return;
	kasper_plan_free(self->plan);
	self->plan = sim_make_plan(self);
	if (self->watch != NULL)
		sim_show(self);
	self->snapshot = self->plan->after;
	self->next_wake = self->plan->next_wake;
	sim_carry_out(self, self->plan);
	sim_check_plan(self, self->now);
	if (self->next_wake != KASPER_TIME_NEVER)
		sim_check_plan(self, self->next_wake - 1);
	sim_plan_poll(self);
}

/* --- time --- */

KasperTime
sim_get_next(const Sim *self)
{
	KasperTime next = self->asleep ? KASPER_TIME_NEVER : MIN(self->next_wake, self->next_poll);

	for (guint i = 0; i < self->orders->len; i++)
		next = MIN(next, g_array_index(self->orders, SimOrder, i).time);
	for (guint i = 0; i < self->parent_events->len; i++) {
		const SimParentEvent *event =
		    &g_array_index(self->parent_events, SimParentEvent, i);

		if (event->accepts == 0 || !self->asleep)
			next = MIN(next, event->time);
	}
	for (guint i = 0; i < self->world.n_classes; i++)
		next = MIN(next, self->class_ends[i]);
	return next;
}

static gboolean
sim_take_order(Sim *self)
{
	SimOrder order;

	if (self->orders->len == 0 || g_array_index(self->orders, SimOrder, 0).time > self->now)
		return FALSE;
	order = g_array_index(self->orders, SimOrder, 0);
	g_array_remove_index(self->orders, 0);
	/* an older order than the one that is served is no order any more */
	if (order.revision < self->applied)
		sim_report(self);
	else
		sim_apply(self, &order);
	return TRUE;
}

/* events on their way do not overtake each other */
static gboolean
sim_take_parent_event(Sim *self)
{
	SimParentEvent event;

	for (guint i = 0; i < self->parent_events->len; i++) {
		event = g_array_index(self->parent_events, SimParentEvent, i);
		/* an answer to us finds nobody */
		if (event.time > self->now || (event.accepts != 0 && self->asleep))
			continue;
		g_array_remove_index(self->parent_events, i);
		if (event.accepts != 0) {
			sim_accept(self, event.accepts);
			sim_decide(self);
		} else if (event.ds != self->world.ds) {
			sim_show_parent(self, event.ds);
		} else if (self->poll == 0) {
			sim_look_at_parent(self);
		}
		return TRUE;
	}
	return FALSE;
}

static gboolean
sim_poll_parent(Sim *self)
{
	if (self->asleep || self->next_poll > self->now)
		return FALSE;
	self->next_poll = KASPER_TIME_NEVER;
	sim_look_at_parent(self);
	return TRUE;
}

void
sim_turn(Sim *self, KasperTime now)
{
	self->now = now;
	sim_end_classes(self);
	while (sim_take_order(self) || sim_take_parent_event(self) || sim_poll_parent(self))
		continue;
	if (self->next_wake <= now)
		sim_decide(self);
	while (sim_take_order(self) || sim_take_parent_event(self))
		continue;
}

void
sim_sleep(Sim *self, gboolean asleep)
{
	self->asleep = asleep;
	if (asleep)
		return;
	sim_report(self);
	sim_look_at_parent(self);
	sim_decide(self);
	sim_turn(self, self->now);
}

/* --- rows --- */

static gint
sim_compare_text(gconstpointer a, gconstpointer b)
{
	return g_strcmp0(*(const gchar *const *)a, *(const gchar *const *)b);
}

static gchar *
sim_join_sorted(GPtrArray *texts, const gchar *separator)
{
	g_ptr_array_sort(texts, sim_compare_text);
	g_ptr_array_add(texts, NULL);
	return g_strjoinv(separator, (gchar **)texts->pdata);
}

static gchar *
sim_dup_set(const Sim *self, guint64 keys, guint64 marked)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autofree gchar *text = NULL;

	for (guint i = 0; i < self->keys->len; i++) {
		if ((keys >> i & 1) != 0)
			g_ptr_array_add(names,
					g_strconcat(sim_get_key(self, i)->name,
						    (marked >> i & 1) != 0 ? "*" : "",
						    NULL));
	}
	text = sim_join_sorted(names, ",");
	return g_strdup_printf("{%s}", text);
}

static gchar *
sim_dup_classes(const Sim *self)
{
	g_autoptr(GPtrArray) classes = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < self->world.n_classes; i++)
		g_ptr_array_add(classes, sim_dup_set(self, self->world.classes[i], 0));
	return sim_join_sorted(classes, " or ");
}

static gboolean
sim_has_new_classes(const Sim *self)
{
	if (self->world.n_classes != self->shown.n_classes)
		return TRUE;
	for (guint i = 0; i < self->world.n_classes; i++) {
		if (self->world.classes[i] != self->shown.classes[i])
			return TRUE;
	}
	return FALSE;
}

/* the texts are those of the golden timelines, with their parts sorted */
static gchar *
sim_dup_published(const Sim *self)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
	const OracleEvent *world = &self->world;

	if (world->keys != self->shown.keys || world->signers != self->shown.signers) {
		g_autofree gchar *set = sim_dup_set(self, world->keys, world->signers);

		g_ptr_array_add(parts, g_strconcat("DNSKEY ", set, NULL));
	}
	if (sim_has_new_classes(self)) {
		g_autofree gchar *classes = sim_dup_classes(self);

		g_ptr_array_add(parts, g_strconcat("data ", classes, NULL));
	}
	if (world->ds != self->shown.ds) {
		g_autofree gchar *set = sim_dup_set(self, world->ds, 0);

		g_ptr_array_add(parts, g_strconcat("DS ", set, NULL));
	}
	if (self->submits) {
		g_autofree gchar *set = sim_dup_set(self, self->submitted, 0);

		g_ptr_array_add(parts, g_strconcat("submit DS ", set, NULL));
	}
	return sim_join_sorted(parts, "; ");
}

static gchar *
sim_dup_states(Sim *self)
{
	static const gchar *const records[] = {"DS", "DNSKEY", "RRSIG(DNSKEY)", "RRSIG(zone)"};
	static const gchar letters[] = "HROU-";
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < self->keys->len; i++) {
		SimKey *key = sim_get_key(self, i);
		gint slot = sim_get_slot(self, i);

		for (guint j = 0; slot >= 0 && j < KASPER_N_RECORDS; j++) {
			guint state = self->snapshot.keys[slot].state[j];

			if (state != key->state[j])
				g_ptr_array_add(parts,
						g_strdup_printf("%s %s %c>%c",
								key->name,
								records[j],
								letters[key->state[j]],
								letters[state]));
			key->state[j] = (guint8)state;
		}
	}
	return sim_join_sorted(parts, "; ");
}

void
sim_end_row(Sim *self)
{
	g_autofree gchar *published = NULL;
	g_autofree gchar *states = NULL;
	SimRow *row;

	if (self->quiet)
		return;
	published = sim_dup_published(self);
	states = sim_dup_states(self);

	self->shown = self->world;
	self->submits = FALSE;
	if (*published == '\0' && *states == '\0')
		return;
	row = g_new0(SimRow, 1);
	row->time = self->now;
	row->states = g_steal_pointer(&states);
	row->published = g_steal_pointer(&published);
	g_ptr_array_add(self->rows, row);
}

gboolean
sim_is_settled(const Sim *self)
{
	for (guint slot = 0; slot < self->snapshot.n_keys; slot++) {
		const KasperKey *key = &self->snapshot.keys[slot];

		for (guint i = 0; key->number != 0 && i < KASPER_N_RECORDS; i++) {
			guint8 wanted = key->goal == KASPER_GOAL_IN ? KASPER_RECORD_OMNIPRESENT
								    : KASPER_RECORD_HIDDEN;

			if (key->state[i] == KASPER_RECORD_NA || key->state[i] == wanted)
				continue;
			if (!key->standby || key->state[i] != KASPER_RECORD_HIDDEN)
				return FALSE;
		}
	}
	return self->orders->len == 0 && self->parent_events->len == 0;
}

gboolean
sim_ask_oracle(const Sim *self, OracleLevel level, OracleFinding *ret_finding)
{
	guint8 algorithms[SIM_KEYS_MAX];

	for (guint i = 0; i < self->keys->len; i++)
		algorithms[i] = sim_get_key(self, i)->algorithm;
	return oracle_check((const OracleEvent *)(gconstpointer)self->timeline->data,
			    self->timeline->len,
			    algorithms,
			    self->keys->len,
			    level,
			    ret_finding);
}
