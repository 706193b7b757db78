/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-named-key-private.h"

/* what a person says of a key's DS, and what a person may do with a KSK. Texts are those of
 * OpenDNSSEC 1.4 where it has one */

/* --- why not --- */

static void
kasper_ds_commands_refuse(KasperRefusal refusal, const gchar *id, GError **error)
{
	switch (refusal) {
	case KASPER_REFUSAL_NONE:
		break;
	case KASPER_REFUSAL_NOT_A_KSK:
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "key %s is no KSK: it has no DS",
			    id);
		return;
	case KASPER_REFUSAL_NOT_SUBMITTED:
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNSAFE,
			    "the DS of key %s is not due at the parent: wait until 'kasper key "
			    "list' shows it as ready (waiting for ds-seen)",
			    id);
		return;
	case KASPER_REFUSAL_ALREADY_SEEN:
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_EXISTS,
			    "key %s: Key is already active",
			    id);
		return;
	case KASPER_REFUSAL_NOT_WITHDRAWN:
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_UNSAFE,
			    "the DS of key %s is wanted at the parent, and nobody was asked to "
			    "take it away: if it is missing there, bring it back",
			    id);
		return;
	case KASPER_REFUSAL_NOT_ACTIVE:
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "%s%sNo keys in the ACTIVE state matched your parameters, please check "
			    "the parameters",
			    id != NULL ? id : "",
			    id != NULL ? ": " : "");
		return;
	case KASPER_REFUSAL_LAST_ACTIVE:
		g_set_error_literal(error,
				    KASPER_ERROR,
				    KASPER_ERROR_UNSAFE,
				    "completing this action would leave no active keys on zone: "
				    "roll the key over instead ('kasper key rollover')");
		return;
	case KASPER_REFUSAL_BACKUP:
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_BACKUP_NEEDED,
			    "key %s has no backup: 'kasper backup prepare', make the copy, "
			    "'kasper backup commit'",
			    id);
		return;
	}
	g_assert_not_reached();
}

/* --- the turn --- */

typedef struct {
	KasperEngine *engine;
	KasperNamedKey *key; /* number 0: it is for the decision to choose */
	gboolean no_retire;
	gboolean had_other; /* another KSK was in use, too */
	gboolean standby;
} KasperDsCommand;

static gint
kasper_ds_commands_get_slot(const KasperDsCommand *command, const KasperSnapshot *snapshot)
{
	return kasper_snapshot_find_key(snapshot, command->key->number);
}

static gboolean
kasper_ds_commands_has_other(const KasperSnapshot *snapshot, guint slot)
{
	for (guint i = 0; i < snapshot->n_keys; i++) {
		const KasperKey *key = &snapshot->keys[i];

		if (i != slot && key->number != 0 && (key->roles & (guint)KASPER_ROLE_KEY) != 0 &&
		    key->active != KASPER_TIME_UNSET && key->retired == KASPER_TIME_UNSET)
			return TRUE;
	}
	return FALSE;
}

static gboolean
kasper_ds_commands_take_seen(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	KasperDsCommand *command = data;
	guint slot = (guint)kasper_ds_commands_get_slot(command, snapshot);
	KasperRefusal refusal;

	command->had_other = kasper_ds_commands_has_other(snapshot, slot);
	command->standby = snapshot->keys[slot].standby != 0;
	refusal = kasper_snapshot_take_ds_seen(snapshot, slot, command->no_retire);
	if (refusal == KASPER_REFUSAL_NONE)
		return TRUE;
	kasper_ds_commands_refuse(refusal, command->key->id, error);
	return FALSE;
}

static gboolean
kasper_ds_commands_take_gone(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	KasperDsCommand *command = data;
	guint slot = (guint)kasper_ds_commands_get_slot(command, snapshot);
	KasperRefusal refusal = kasper_snapshot_take_ds_gone(snapshot, slot);

	if (refusal == KASPER_REFUSAL_NONE)
		return TRUE;
	kasper_ds_commands_refuse(refusal, command->key->id, error);
	return FALSE;
}

static gboolean
kasper_ds_commands_take_retire(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	KasperDsCommand *command = data;
	gint slot = kasper_ds_commands_get_slot(command, snapshot);
	guint retired = 0;
	KasperRefusal refusal = kasper_snapshot_take_ksk_retire(snapshot, slot, &retired);

	if (refusal == KASPER_REFUSAL_NONE)
		return kasper_named_key_fill(command->engine,
					     snapshot,
					     retired,
					     command->key,
					     error);
	kasper_ds_commands_refuse(refusal, command->key->id, error);
	return FALSE;
}

/* one of the commands */
typedef struct {
	const gchar *action;
	KasperTurnFunc take;
	gchar *(*dup_text)(const KasperDsCommand *command); /* for the person, and for the log */
	gboolean open;					    /* the key need not be named */
} KasperDsVerb;

static gboolean
kasper_ds_commands_record(KasperEngine *self,
			  const KasperDsVerb *verb,
			  const KasperZoneRow *row,
			  KasperDsCommand *command,
			  const gchar *actor,
			  GError **error)
{
	const KasperTurn turn = {
	    .zone = row->number,
	    .take = verb->take,
	    .data = command,
	    .actor = actor,
	    .action = verb->action,
	    .key_id = command->key->id,
	    .detail = command->no_retire ? "--no-retire" : NULL,
	};
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);
	g_autofree gchar *text = NULL;

	if (transaction == NULL || !kasper_engine_turn(self, &turn, error))
		return FALSE;
	text = verb->dup_text(command);
	return kasper_engine_emit(self,
				  verb->action,
				  KASPER_EVENT_INFO,
				  row->name,
				  command->key->id,
				  text,
				  error) &&
	       kasper_engine_commit(self, transaction, error);
}

static GVariant *
kasper_ds_commands_run(KasperEngine *self,
		       const KasperDsVerb *verb,
		       const gchar *zone,
		       const gchar *id,
		       gint tag,
		       gboolean no_retire,
		       const gchar *actor,
		       GError **error)
{
	g_auto(KasperZoneRow) row = {0};
	g_auto(KasperNamedKey) key = {0};
	KasperDsCommand command = {.engine = self, .key = &key, .no_retire = no_retire};
	g_autofree gchar *text = NULL;

	if (!kasper_named_key_find(self, zone, id, tag, verb->open, &row, &key, error) ||
	    !kasper_ds_commands_record(self, verb, &row, &command, actor, error))
		return NULL;
	kasper_engine_kick(self);
	text = verb->dup_text(&command);
	return kasper_named_key_make_result(&key, text);
}

/* --- ds-seen --- */

static gchar *
kasper_ds_commands_dup_seen(const KasperDsCommand *command)
{
	const gchar *old = "";

	if (command->standby)
		return g_strdup_printf("Key %s made into standby", command->key->id);
	if (command->had_other)
		old = command->no_retire ? "\nOld key NOT retired" : "\nOld key retired";
	return g_strdup_printf("Key %s made active%s", command->key->id, old);
}

/**
 * kasper_engine_key_ds_seen: (skip)
 * @self: an engine
 * @zone: a zone's name
 * @id: (nullable): the key's CKA_ID
 * @tag: or else its key tag
 * @no_retire: the DS of the old key is still there, and stays
 * @actor: who says so
 * @error: return location for a #GError, or %NULL
 *
 * A person has seen the DS of a key at the parent.
 *
 * Returns: (transfer floating): a{sv} of cka_id, keytag, text; %NULL on error, with
 * %KASPER_ERROR_EXISTS if that is known, %KASPER_ERROR_UNSAFE if the DS is not due
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_key_ds_seen(KasperEngine *self,
			  const gchar *zone,
			  const gchar *id,
			  gint tag,
			  gboolean no_retire,
			  const gchar *actor,
			  GError **error)
{
	static const KasperDsVerb verb = {
	    .action = "ds-seen",
	    .take = kasper_ds_commands_take_seen,
	    .dup_text = kasper_ds_commands_dup_seen,
	};

	return kasper_ds_commands_run(self, &verb, zone, id, tag, no_retire, actor, error);
}

/* --- ds-gone --- */

static gchar *
kasper_ds_commands_dup_gone(const KasperDsCommand *command)
{
	return g_strdup_printf("Key %s: its DS is gone from the parent", command->key->id);
}

/**
 * kasper_engine_key_ds_gone: (skip)
 * @self: an engine
 * @zone: a zone's name
 * @id: (nullable): the key's CKA_ID
 * @tag: or else its key tag
 * @actor: who says so
 * @error: return location for a #GError, or %NULL
 *
 * A person has seen that the DS of a key is not at the parent any longer.
 *
 * Returns: (transfer floating): a{sv} of cka_id, keytag, text; %NULL on error, with
 * %KASPER_ERROR_UNSAFE if nobody was asked to take it away
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_key_ds_gone(KasperEngine *self,
			  const gchar *zone,
			  const gchar *id,
			  gint tag,
			  const gchar *actor,
			  GError **error)
{
	static const KasperDsVerb verb = {
	    .action = "ds-gone",
	    .take = kasper_ds_commands_take_gone,
	    .dup_text = kasper_ds_commands_dup_gone,
	};

	return kasper_ds_commands_run(self, &verb, zone, id, tag, FALSE, actor, error);
}

/* --- ksk-retire --- */

static gchar *
kasper_ds_commands_dup_retired(const KasperDsCommand *command)
{
	return g_strdup_printf("Key %s retired", command->key->id);
}

/**
 * kasper_engine_key_ksk_retire: (skip)
 * @self: an engine
 * @zone: a zone's name
 * @id: (nullable): the key's CKA_ID
 * @tag: or else its key tag; -1: the oldest active KSK
 * @actor: who asked
 * @error: return location for a #GError, or %NULL
 *
 * Retires an active KSK, as after `ds-seen --no-retire`.
 *
 * Returns: (transfer floating): a{sv} of cka_id, keytag, text; %NULL on error, with
 * %KASPER_ERROR_UNSAFE if the zone would have no active KSK any more
 *
 * Since: 0.1
 */
GVariant *
kasper_engine_key_ksk_retire(KasperEngine *self,
			     const gchar *zone,
			     const gchar *id,
			     gint tag,
			     const gchar *actor,
			     GError **error)
{
	static const KasperDsVerb verb = {
	    .action = "ksk-retire",
	    .take = kasper_ds_commands_take_retire,
	    .dup_text = kasper_ds_commands_dup_retired,
	    .open = TRUE,
	};

	return kasper_ds_commands_run(self, &verb, zone, id, tag, FALSE, actor, error);
}
