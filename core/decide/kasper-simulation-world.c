/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Those whom a zone depends on, as the model has them: the signer publishes the last order, and
 * replaces old signatures at once or as they age; the parent serves what was submitted, in order; a
 * person, or a probe, says so.
 */
#include "kasper-simulation-private.h"

static const KasperVersion *
kasper_simulation_get_wanted(const KasperSimulation *self, KasperLedgerKind kind)
{
	static const KasperVersion nothing;
	const KasperLedger *ledger = &self->snapshot.ledgers[kind];

	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & KASPER_VERSION_WANTED) != 0)
			return &ledger->versions[i];
	}
	return &nothing;
}

static void
kasper_simulation_enter_time(KasperSimulation *self)
{
	self->snapshot.now = MAX(self->now, self->snapshot.highest_time);
}

/* --- the signer --- */

/* an order replaces one that has not been published yet; a dead signer takes it up when it is back
 */
void
kasper_simulation_send_order(KasperSimulation *self)
{
	const KasperVersion *keys = kasper_simulation_get_wanted(self, KASPER_LEDGER_DNSKEY);
	const KasperVersion *data = kasper_simulation_get_wanted(self, KASPER_LEDGER_DATA);
	const KasperPolicy *policy = &self->snapshot.policy;
	KasperSpan delay = self->world.signer_delay == KASPER_SPAN_UNSET ? policy->signer_delay
									 : self->world.signer_delay;
	KasperAgendaItem *item;

	kasper_simulation_unplan(self, KASPER_AGENDA_PUBLISH);
	if (self->world.signer_dead)
		return;
	item = kasper_simulation_plan(self,
				      KASPER_AGENDA_PUBLISH,
				      kasper_time_add(self->now, delay));
	item->number = self->snapshot.revision;
	item->publication = (KasperPublication){
	    .keys = keys->keys,
	    .signers = keys->signers,
	    .keys_ttl = keys->ttl,
	    .data = {data->keys},
	    .n_data = 1,
	    /* what the zone has, not what was reckoned with: a cap takes effect with the order */
	    .data_ttl = MAX(policy->max_zone_ttl, self->real_ttl),
	};
}

/* Signatures that are only left out, or only added, are so at once; those that have to be replaced
 * are replaced as they age, unless the signer makes all of them anew. */
static void
kasper_simulation_resign(KasperSimulation *self, KasperKeySet data)
{
	KasperPublication *publication = &self->publication;
	KasperTime end =
	    kasper_time_add(self->now, kasper_timing_get_replacement(&self->snapshot.policy));
	guint n = 0;

	for (guint i = 0; i < publication->n_data; i++) {
		KasperKeySet old = publication->data[i];
		gboolean replaced = (old & ~data) != 0 && (data & ~old) != 0;

		if (old == data || !replaced || self->world.signer_full ||
		    n + 1 == G_N_ELEMENTS(publication->data))
			continue;
		publication->data[n++] = old;
		/* a class that is on its way out already is not given more time */
		if (i + 1 == publication->n_data)
			kasper_simulation_plan(self, KASPER_AGENDA_REPLACE, end)->keys = old;
	}
	publication->data[n++] = data;
	publication->n_data = n;
}

static void
kasper_simulation_report(KasperSimulation *self)
{
	const KasperSignerReport report = {
	    .revision = self->applied,
	    .published_at = self->now,
	    .max_ttl = self->publication.data_ttl,
	    .dnskey_ttl = self->publication.keys != 0 ? self->publication.keys_ttl : 0,
	    .all_replaced = self->publication.n_data == 1,
	};

	kasper_simulation_enter_time(self);
	kasper_snapshot_take_signer_report(&self->snapshot, &report);
	kasper_simulation_decide(self);
}

static void
kasper_simulation_publish(KasperSimulation *self, const KasperAgendaItem *item)
{
	KasperPublication *publication = &self->publication;
	const KasperPublication *order = &item->publication;
	gboolean keys = publication->keys != order->keys || publication->signers != order->signers;
	gboolean data = publication->data[publication->n_data - 1] != order->data[0];
	gboolean ttl =
	    publication->keys_ttl != order->keys_ttl || publication->data_ttl != order->data_ttl;
	KasperScene *scene;

	publication->keys = order->keys;
	publication->signers = order->signers;
	publication->keys_ttl = order->keys_ttl;
	publication->data_ttl = order->data_ttl;
	if (data)
		kasper_simulation_resign(self, order->data[0]);
	self->applied = item->number;
	self->changed |= keys || data || ttl;
	if (keys || data || ttl) {
		scene = kasper_simulation_add_scene(self,
						    KASPER_SCENE_PUBLISHED,
						    KASPER_ACTOR_SIGNER,
						    -1);
		scene->keys_new = keys;
		scene->data_new = data;
		scene->text = kasper_simulation_dup_published(self, keys || !data, data);
	}
	kasper_simulation_report(self);
}

static void
kasper_simulation_end_class(KasperSimulation *self, KasperKeySet keys)
{
	KasperPublication *publication = &self->publication;
	guint n = 0;

	for (guint i = 0; i < publication->n_data; i++) {
		/* the last one is what was ordered */
		if (publication->data[i] != keys || i + 1 == publication->n_data)
			publication->data[n++] = publication->data[i];
	}
	if (n == publication->n_data)
		return;
	publication->n_data = n;
	self->changed = TRUE;
	kasper_simulation_add_scene(self, KASPER_SCENE_REPLACED, KASPER_ACTOR_SIGNER, -1)->text =
	    kasper_simulation_dup_published(self, FALSE, TRUE);
}

/* --- the parent --- */

static KasperSpan
kasper_simulation_get_parent_delay(const KasperSimulation *self)
{
	if (self->world.parent_delay == KASPER_SPAN_UNSET)
		return self->snapshot.policy.registration_delay;
	return self->world.parent_delay;
}

void
kasper_simulation_send_submission(KasperSimulation *self)
{
	KasperAgendaItem *item =
	    kasper_simulation_plan(self,
				   KASPER_AGENDA_ACCEPT,
				   kasper_time_add(self->now, self->world.channel_delay));

	item->number = self->snapshot.submission;
	item->keys = kasper_simulation_get_wanted(self, KASPER_LEDGER_DS)->keys;
}

/* the parent takes submissions in order: none overtakes another one */
static void
kasper_simulation_serve_later(KasperSimulation *self, KasperKeySet keys, KasperTime time)
{
	for (guint i = 0; i < self->agenda->len; i++) {
		const KasperAgendaItem *item = &g_array_index(self->agenda, KasperAgendaItem, i);

		if (item->kind == KASPER_AGENDA_SERVE)
			time = MAX(time, item->time);
	}
	kasper_simulation_plan(self, KASPER_AGENDA_SERVE, time)->keys = keys;
}

static void
kasper_simulation_accept(KasperSimulation *self, const KasperAgendaItem *item)
{
	KasperScene *scene =
	    kasper_simulation_add_scene(self, KASPER_SCENE_SUBMITTED, KASPER_ACTOR_CHANNEL, -1);

	scene->text = kasper_simulation_dup_set(self, item->keys, 0);
	kasper_simulation_serve_later(
	    self,
	    item->keys,
	    kasper_time_add(self->now, kasper_simulation_get_parent_delay(self)));
	kasper_simulation_enter_time(self);
	kasper_snapshot_take_submission(&self->snapshot, item->number, self->now);
	kasper_simulation_decide(self);
}

static void
kasper_simulation_serve(KasperSimulation *self, KasperKeySet keys)
{
	KasperPublication *publication = &self->publication;

	if (keys != publication->ds) {
		publication->ds = keys;
		self->changed = TRUE;
		kasper_simulation_add_scene(self, KASPER_SCENE_SERVED, KASPER_ACTOR_PARENT, -1)
		    ->text = kasper_simulation_dup_set(self, keys, 0);
	}
	publication->ds_ttl =
	    keys != 0 ? self->snapshot.policy.ds_ttl : self->snapshot.policy.ds_negative;
	/* where the policy says that the clock will do, nobody looks */
	if (self->world.seen_delay == KASPER_SPAN_UNSET ||
	    self->snapshot.policy.ds_evidence == KASPER_EVIDENCE_ASSUMED)
		return;
	kasper_simulation_unplan(self, KASPER_AGENDA_SEE);
	kasper_simulation_plan(self,
			       KASPER_AGENDA_SEE,
			       kasper_time_add(self->now, self->world.seen_delay));
}

static void
kasper_simulation_see(KasperSimulation *self)
{
	kasper_simulation_enter_time(self);
	kasper_snapshot_take_parent_set(&self->snapshot,
					self->publication.ds,
					NULL,
					0,
					self->snapshot.now);
	kasper_simulation_add_scene(self, KASPER_SCENE_SEEN, KASPER_ACTOR_OPERATOR, -1)->text =
	    kasper_simulation_dup_set(self, self->publication.ds, 0);
	kasper_simulation_decide(self);
}

static void
kasper_simulation_save(KasperSimulation *self, gint64 number)
{
	gint slot = kasper_snapshot_find_key(&self->snapshot, number);

	if (slot < 0)
		return;
	self->snapshot.keys[slot].backup = KASPER_BACKUP_DONE;
	kasper_simulation_add_scene(self,
				    KASPER_SCENE_SAVED,
				    KASPER_ACTOR_BACKUP,
				    kasper_simulation_get_key(self, (guint)slot));
	kasper_simulation_decide(self);
}

/* --- all of them --- */

void
kasper_simulation_handle(KasperSimulation *self, const KasperAgendaItem *item)
{
	switch (item->kind) {
	case KASPER_AGENDA_PUBLISH:
		kasper_simulation_publish(self, item);
		return;
	case KASPER_AGENDA_REPLACE:
		kasper_simulation_end_class(self, item->keys);
		return;
	case KASPER_AGENDA_ACCEPT:
		kasper_simulation_accept(self, item);
		return;
	case KASPER_AGENDA_SERVE:
		kasper_simulation_serve(self, item->keys);
		return;
	case KASPER_AGENDA_SEE:
		kasper_simulation_see(self);
		return;
	case KASPER_AGENDA_MAKE:
		self->may_make = TRUE;
		kasper_simulation_decide(self);
		self->may_make = FALSE;
		return;
	case KASPER_AGENDA_SAVE:
		kasper_simulation_save(self, item->number);
		return;
	case KASPER_AGENDA_HAPPEN:
		kasper_simulation_happen(self, &item->happening);
		return;
	}
	g_assert_not_reached();
}

/* --- where it begins --- */

/* what may be served now: of a publication that is not confirmed, what was there before it */
static const KasperVersion *
kasper_simulation_get_served(const KasperSimulation *self, KasperLedgerKind kind)
{
	const KasperLedger *ledger = &self->snapshot.ledgers[kind];

	for (guint i = ledger->n_versions;
	     i-- > 0 && self->snapshot.confirmed < self->snapshot.revision;) {
		guint flags = ledger->versions[i].flags;

		if ((flags & ((guint)KASPER_VERSION_CURRENT | (guint)KASPER_VERSION_WANTED |
			      (guint)KASPER_VERSION_UNKNOWN)) == KASPER_VERSION_CURRENT)
			return &ledger->versions[i];
	}
	return kasper_simulation_get_wanted(self, kind);
}

/* signatures that are still being replaced */
static void
kasper_simulation_begin_data(KasperSimulation *self, const KasperVersion *served)
{
	const KasperLedger *ledger = &self->snapshot.ledgers[KASPER_LEDGER_DATA];
	KasperPublication *publication = &self->publication;

	for (guint i = 0; i < ledger->n_versions; i++) {
		const KasperVersion *version = &ledger->versions[i];

		if ((version->flags & KASPER_VERSION_CURRENT) == 0 || version == served ||
		    version->gone == KASPER_TIME_UNSET || version->keys == served->keys ||
		    publication->n_data + 1 == G_N_ELEMENTS(publication->data))
			continue;
		publication->data[publication->n_data++] = version->keys;
		kasper_simulation_plan(self, KASPER_AGENDA_REPLACE, version->gone)->keys =
		    version->keys;
	}
	publication->data[publication->n_data++] = served->keys;
	publication->data_ttl = served->ttl;
}

/* a submission that was taken arrives when the parent is reckoned to serve it */
static void
kasper_simulation_begin_parent(KasperSimulation *self)
{
	const KasperSnapshot *snapshot = &self->snapshot;
	const KasperLedger *ledger = &snapshot->ledgers[KASPER_LEDGER_DS];
	const KasperVersion *wanted = kasper_simulation_get_wanted(self, KASPER_LEDGER_DS);
	gboolean seen = FALSE;

	for (guint i = 0; i < ledger->n_versions; i++) {
		if ((ledger->versions[i].flags & KASPER_VERSION_OBSERVED) == 0)
			continue;
		self->publication.ds |= ledger->versions[i].keys;
		seen = TRUE;
	}
	if (!seen && snapshot->submission == 0)
		self->publication.ds = wanted->keys;
	self->publication.ds_ttl =
	    self->publication.ds != 0 ? snapshot->policy.ds_ttl : snapshot->policy.ds_negative;
	if (snapshot->submission == 0 || kasper_snapshot_is_parent_settled(snapshot))
		return;
	if (snapshot->submitted_at == KASPER_TIME_UNSET)
		kasper_simulation_send_submission(self);
	else
		kasper_simulation_serve_later(
		    self,
		    wanted->keys,
		    kasper_time_add(snapshot->submitted_at,
				    kasper_simulation_get_parent_delay(self)));
}

void
kasper_simulation_begin(KasperSimulation *self)
{
	const KasperVersion *keys = kasper_simulation_get_served(self, KASPER_LEDGER_DNSKEY);
	KasperPublication *publication = &self->publication;

	*publication = (KasperPublication){
	    .keys = keys->keys,
	    .signers = keys->signers,
	    .keys_ttl = keys->ttl,
	};
	kasper_simulation_begin_data(self, kasper_simulation_get_served(self, KASPER_LEDGER_DATA));
	kasper_simulation_begin_parent(self);
	if (self->snapshot.confirmed < self->snapshot.revision)
		kasper_simulation_send_order(self);
	self->applied = self->snapshot.confirmed;
	self->changed = TRUE;
}
