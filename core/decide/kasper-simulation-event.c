/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to a simulated zone from outside.
 */
#include "kasper-simulation-private.h"

/* the youngest one in use is lost; the rest follows from that */
static void
kasper_simulation_lose(KasperSimulation *self, guint roles)
{
	KasperSnapshot *snapshot = &self->snapshot;
	KasperKey *lost = NULL;

	for (guint slot = 0; slot < snapshot->n_keys; slot++) {
		KasperKey *key = &snapshot->keys[slot];

		if (key->number != 0 && key->goal == KASPER_GOAL_IN && !key->standby &&
		    key->roles == roles && (lost == NULL || key->number > lost->number))
			lost = key;
	}
	if (lost != NULL)
		lost->availability = KASPER_AVAILABILITY_LOST;
}

static void
kasper_simulation_revive_signer(KasperSimulation *self)
{
	self->world.signer_dead = FALSE;
	if (self->snapshot.confirmed < self->snapshot.revision)
		kasper_simulation_send_order(self);
}

/* those who were waiting for it in vain are answered after the new time, counted from now */
static void
kasper_simulation_set_seen_delay(KasperSimulation *self, KasperSpan span)
{
	gboolean waits = !kasper_snapshot_is_parent_settled(&self->snapshot) &&
			 !kasper_simulation_is_planned(self, KASPER_AGENDA_SERVE) &&
			 !kasper_simulation_is_planned(self, KASPER_AGENDA_ACCEPT);

	self->world.seen_delay = span;
	kasper_simulation_unplan(self, KASPER_AGENDA_SEE);
	if (waits && span != KASPER_SPAN_UNSET)
		kasper_simulation_plan(self, KASPER_AGENDA_SEE, kasper_time_add(self->now, span));
}

static void
kasper_simulation_set_backup_delay(KasperSimulation *self, KasperSpan span)
{
	self->world.backup_delay = span;
	kasper_simulation_unplan(self, KASPER_AGENDA_SAVE);
	for (guint slot = 0; slot < self->snapshot.n_keys && span != KASPER_SPAN_UNSET; slot++) {
		const KasperKey *key = &self->snapshot.keys[slot];

		if (key->number != 0 && !kasper_key_is_backed_up(key))
			kasper_simulation_plan(self,
					       KASPER_AGENDA_SAVE,
					       kasper_time_add(self->now, span))
			    ->number = key->number;
	}
}

static void
kasper_simulation_take_happening(KasperSimulation *self, const KasperHappening *happening)
{
	KasperSnapshot *snapshot = &self->snapshot;

	switch (happening->kind) {
	case KASPER_HAPPENING_ROLL:
		kasper_snapshot_request_rollover(snapshot, happening->roles);
		return;
	case KASPER_HAPPENING_POLICY:
		snapshot->policy = *happening->policy;
		self->backup = happening->backup;
		return;
	case KASPER_HAPPENING_LOSE:
		kasper_simulation_lose(self, happening->roles);
		return;
	case KASPER_HAPPENING_UNSIGN:
	case KASPER_HAPPENING_SIGN:
		snapshot->insecure = happening->kind == KASPER_HAPPENING_UNSIGN;
		return;
	case KASPER_HAPPENING_SIGNER_DEAD:
		self->world.signer_dead = TRUE;
		kasper_simulation_unplan(self, KASPER_AGENDA_PUBLISH);
		return;
	case KASPER_HAPPENING_SIGNER_BACK:
		kasper_simulation_revive_signer(self);
		return;
	case KASPER_HAPPENING_STORE_AWAY:
	case KASPER_HAPPENING_STORE_BACK:
		self->world.store_away = happening->kind == KASPER_HAPPENING_STORE_AWAY;
		return;
	case KASPER_HAPPENING_SIGNER_DELAY:
		self->world.signer_delay = happening->span;
		return;
	case KASPER_HAPPENING_PARENT_DELAY:
		self->world.parent_delay = happening->span;
		return;
	case KASPER_HAPPENING_SEEN_DELAY:
		kasper_simulation_set_seen_delay(self, happening->span);
		return;
	case KASPER_HAPPENING_BACKUP_DELAY:
		kasper_simulation_set_backup_delay(self, happening->span);
		return;
	case KASPER_HAPPENING_KEY_DELAY:
		self->world.key_delay = happening->span;
		return;
	case KASPER_N_HAPPENINGS:
		break;
	}
	g_assert_not_reached();
}

void
kasper_simulation_happen(KasperSimulation *self, const KasperHappening *happening)
{
	kasper_simulation_add_scene(self, KASPER_SCENE_HAPPENED, KASPER_ACTOR_OPERATOR, -1)
	    ->happening = happening->kind;
	self->snapshot.now = MAX(self->now, self->snapshot.highest_time);
	kasper_simulation_take_happening(self, happening);
	kasper_simulation_decide(self);
}

/**
 * kasper_happening_kind_to_string: (skip)
 * @kind: what happens
 *
 * Returns: its name on the command line and in scenario files
 *
 * Since: 0.1
 */
const gchar *
kasper_happening_kind_to_string(KasperHappeningKind kind)
{
	static const gchar *const names[KASPER_N_HAPPENINGS] = {
	    [KASPER_HAPPENING_ROLL] = "roll",
	    [KASPER_HAPPENING_POLICY] = "policy",
	    [KASPER_HAPPENING_LOSE] = "lose",
	    [KASPER_HAPPENING_UNSIGN] = "unsign",
	    [KASPER_HAPPENING_SIGN] = "sign",
	    [KASPER_HAPPENING_SIGNER_DEAD] = "signer-dead",
	    [KASPER_HAPPENING_SIGNER_BACK] = "signer-back",
	    [KASPER_HAPPENING_STORE_AWAY] = "hsm-away",
	    [KASPER_HAPPENING_STORE_BACK] = "hsm-back",
	    [KASPER_HAPPENING_SIGNER_DELAY] = "signer-delay",
	    [KASPER_HAPPENING_PARENT_DELAY] = "parent-delay",
	    [KASPER_HAPPENING_SEEN_DELAY] = "ds-seen-delay",
	    [KASPER_HAPPENING_BACKUP_DELAY] = "backup-delay",
	    [KASPER_HAPPENING_KEY_DELAY] = "key-delay",
	};

	return names[kind];
}
