/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/*
 * Is a new zone signed already? The zones of a list that another program has signed so far, or keys
 * that only a lost database knew, would get other keys than those that the parent's DS records
 * name, and be bogus for everybody. So the signer is asked before a zone gets its first key or
 * order, and a zone that is signed is held until a person has decided what becomes of it.
 */

/* a zone that is held is looked at again: whoever takes away what was found need not say so */
#define HELD_RETRY ((KasperSpan)900)
/* one of which nobody can tell what it is */
#define LOOK_RETRY ((KasperSpan)300)
/* one that is not signed, and has no keys for so long, is looked at again before it gets some */
#define LOOK_VALIDITY ((KasperSpan)600)

#define HOLD ((guint32)KASPER_HOLD_SIGNED)

/* --- what is said of a zone that is held --- */

/* @found: (nullable): what the signer found */
static gchar *
kasper_adoption_dup_text(const gchar *zone, const gchar *found)
{
	return g_strdup_printf(
	    "zone %s is signed already%s%s: it is held, and nothing is done with it. Import its "
	    "keys ('kasper key import'), and then let it go with 'kasper enforce --zone %s'; or, "
	    "only if the parent has no DS of it, sign it anew with 'kasper zone adopt --zone %s "
	    "--unsigned'",
	    zone,
	    found != NULL ? ": " : "",
	    found != NULL ? found : "",
	    zone,
	    zone);
}

gboolean
kasper_engine_refuse_held(KasperEngine *self, const KasperZoneRow *row, GError **error)
{
	g_autofree gchar *what = g_strdup_printf("zone %s", row->name);
	const KasperProblem *problem = g_hash_table_lookup(self->problems, what);
	g_autofree gchar *text =
	    problem != NULL ? g_strdup(problem->text) : kasper_adoption_dup_text(row->name, NULL);

	g_set_error_literal(error, KASPER_ERROR, KASPER_ERROR_UNSAFE, text);
	return FALSE;
}

/* those that `status` does not name one by one it counts */
void
kasper_engine_count_held(KasperEngine *self)
{
	guint n = g_hash_table_size(self->held);
	g_autofree gchar *text = NULL;

	if (n <= KASPER_ZONE_PROBLEMS) {
		kasper_engine_clear_problem(self, "held zones");
		return;
	}
	text = g_strdup_printf("%u zones are signed already, and held: 'kasper zone list' shows "
			       "them",
			       n);
	kasper_engine_set_problem(self, "held zones", text);
}

/* the zone was let go, or is gone */
void
kasper_engine_forget_held(KasperEngine *self, gint64 zone)
{
	if (g_hash_table_size(self->held) > 0 && g_hash_table_remove(self->held, &zone))
		kasper_engine_count_held(self);
}

/* --- asking --- */

static void
kasper_adoption_note_unsigned(KasperEngine *self, gint64 zone)
{
	KasperTime now = kasper_engine_now(self);

	g_hash_table_replace(self->unsigned_at,
			     g_memdup2(&zone, sizeof zone),
			     g_memdup2(&now, sizeof now));
}

void
kasper_engine_forget_unsigned(KasperEngine *self, gint64 zone)
{
	if (g_hash_table_size(self->unsigned_at) > 0)
		g_hash_table_remove(self->unsigned_at, &zone);
}

/* a zone that waited for its keys a moment only */
static gboolean
kasper_adoption_was_unsigned(KasperEngine *self, const KasperSnapshot *snapshot)
{
	const KasperTime *when = g_hash_table_lookup(self->unsigned_at, &snapshot->zone);

	return when != NULL && kasper_time_since(snapshot->now, *when) < LOOK_VALIDITY;
}

/* may the zone be taken for unsigned? A signer that cannot tell says nothing; what another one has
 * found stands */
gboolean
kasper_engine_is_unsigned(KasperEngine *self,
			  const KasperTurn *turn,
			  const KasperSnapshot *snapshot)
{
	return turn->known_unsigned || kasper_adoption_was_unsigned(self, snapshot) ||
	       (self->signer != NULL && !kasper_signer_can_find_zones(self->signer) &&
		(snapshot->holds & HOLD) == 0);
}

gboolean
kasper_engine_save_new(KasperEngine *self,
		     const KasperSnapshot *before,
		     const KasperSnapshot *after,
		     KasperTime due,
		     GError **error)
{
	gboolean held = (after->holds & HOLD) != 0;

	return kasper_store_save_snapshot(self->store,
					  before,
					  after,
					  NULL,
					  due,
					  kasper_turn_get_zone_state(after),
					  held ? "operator" : "signer",
					  error);
}

/* --- the answer --- */

/* a zone as it is now; nothing if it is no longer new */
static gboolean
kasper_adoption_load(KasperEngine *self,
		     gint64 zone,
		     KasperSnapshot *ret_snapshot,
		     KasperZoneRow *ret_row,
		     gboolean *ret_new,
		     GError **error)
{
	*ret_new = FALSE;
	if (!kasper_store_load_snapshot(self->store, zone, ret_snapshot, ret_row, error))
		return FALSE;
	ret_snapshot->now = kasper_engine_now(self);
	*ret_new = kasper_turn_is_new(ret_snapshot);
	return TRUE;
}

static gboolean
kasper_adoption_tell(KasperEngine *self,
		     const KasperZoneRow *row,
		     const gchar *found,
		     const gchar *text,
		     GError **error)
{
	return kasper_engine_emit(self,
				  "zone-signed-already",
				  KASPER_EVENT_WARNING,
				  row->name,
				  NULL,
				  text,
				  error) &&
	       kasper_store_add_audit(self->store,
				      kasper_engine_now(self),
				      "kasperd",
				      "zone-held",
				      row->name,
				      NULL,
				      found,
				      error);
}

static gboolean
kasper_adoption_hold(KasperEngine *self, gint64 zone, const gchar *found, GError **error)
{
	KasperSnapshot before, after;
	g_auto(KasperZoneRow) row = {0};
	g_autofree gchar *text = NULL;
	gboolean is_new;

	if (!kasper_adoption_load(self, zone, &before, &row, &is_new, error))
		return FALSE;
	if (!is_new)
		return TRUE;
	text = kasper_adoption_dup_text(row.name, found);
	kasper_engine_set_zone_problem(self, row.name, text);
	g_hash_table_add(self->held, g_memdup2(&zone, sizeof zone));
	if ((before.holds & HOLD) == 0)
		kasper_engine_expect_fewer(self, row.policy);
	after = before;
	after.holds |= HOLD;
	return kasper_engine_save_new(self,
				    &before,
				    &after,
				    kasper_time_add(after.now, HELD_RETRY),
				    error) &&
	       ((before.holds & HOLD) != 0 ||
		kasper_adoption_tell(self, &row, found, text, error));
}

/* once, not each time that it is looked at again */
static void
kasper_adoption_warn(KasperEngine *self, const gchar *zone, const gchar *text)
{
	g_autofree gchar *what = g_strdup_printf("zone %s", zone);
	const KasperProblem *problem = g_hash_table_lookup(self->problems, what);

	if (problem == NULL || g_strcmp0(problem->text, text) != 0)
		g_warning("%s", text);
	kasper_engine_set_zone_problem(self, zone, text);
}

/* it cannot be told, so it is not done; @found: NULL: the signer does not answer */
static gboolean
kasper_adoption_put_off(KasperEngine *self, gint64 zone, const gchar *found, GError **error)
{
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) row = {0};
	g_autofree gchar *text = NULL;
	KasperTime due;
	gboolean is_new;

	if (!kasper_adoption_load(self, zone, &snapshot, &row, &is_new, error))
		return FALSE;
	if (!is_new)
		return TRUE;
	due = kasper_engine_get_look_retry(self, snapshot.now);
	if (found != NULL) {
		due = kasper_time_add(snapshot.now, LOOK_RETRY);
		text = g_strdup_printf("zone %s: whether it is signed already cannot be told, so "
				       "nothing is done with it: %s",
				       row.name,
				       found);
		kasper_adoption_warn(self, row.name, text);
	}
	return kasper_store_save_snapshot(self->store,
					  &snapshot,
					  &snapshot,
					  NULL,
					  due,
					  kasper_turn_get_zone_state(&snapshot),
					  found != NULL ? "operator" : "signer",
					  error);
}

gboolean
kasper_engine_record_finding(KasperEngine *self,
			     gint64 zone,
			     KasperSignerFinding *finding,
			     GError **error)
{
	const KasperTurn turn = {.zone = zone, .known_unsigned = TRUE};
	const gchar *text;

	if (finding == NULL)
		return kasper_adoption_put_off(self, zone, NULL, error);
	text = kasper_signer_finding_get_text(finding);
	switch (kasper_signer_finding_get_trace(finding)) {
	case KASPER_SIGNER_NOTHING:
		kasper_adoption_note_unsigned(self, zone);
		return kasper_engine_turn(self, &turn, error);
	case KASPER_SIGNER_SIGNED:
		return kasper_adoption_hold(self, zone, text, error);
	case KASPER_SIGNER_UNCLEAR:
		return kasper_adoption_put_off(self, zone, text, error);
	}
	g_assert_not_reached();
}

/* --- a person decides --- */

static gboolean
kasper_adoption_check_new(KasperEngine *self, const KasperZoneRow *row, GError **error)
{
	KasperSnapshot snapshot;

	if (!kasper_store_load_snapshot(self->store, row->number, &snapshot, NULL, error))
		return FALSE;
	if (kasper_turn_is_new(&snapshot))
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_UNSAFE,
		    "zone %s is in Kasper's care already: what is signed now, Kasper knows. 'kasper "
		    "zone show --zone %s' says what it waits for",
		    row->name,
		    row->name);
	return FALSE;
}

/**
 * kasper_engine_zone_adopt_unsigned: (skip)
 * @self: an engine
 * @zone: the zone's name
 * @actor: who says so
 * @error: return location for a #GError, or %NULL
 *
 * A person says that nobody relies on the signatures that a new zone may have: it is signed anew,
 * whatever its signer found or would find. If the parent has a DS of it, that makes it bogus.
 *
 * Returns: %FALSE with %KASPER_ERROR_NOT_FOUND if there is no such zone, with %KASPER_ERROR_UNSAFE if
 * it is no longer new
 *
 * Since: 0.1
 */
gboolean
kasper_engine_zone_adopt_unsigned(KasperEngine *self,
				  const gchar *zone,
				  const gchar *actor,
				  GError **error)
{
	g_auto(KasperZoneRow) row = {0};
	KasperTurn turn = {
	    .known_unsigned = TRUE,
	    .actor = actor,
	    .action = "zone-adopt",
	    .detail = "unsigned",
	};
	g_autoptr(KasperTransaction) transaction = NULL;

	if (!kasper_engine_find_zone(self, zone, &row, error) ||
	    !kasper_adoption_check_new(self, &row, error))
		return FALSE;
	turn.zone = row.number;
	transaction = kasper_engine_begin(self, error);
	if (transaction == NULL || !kasper_engine_turn(self, &turn, error) ||
	    !kasper_engine_commit(self, transaction, error))
		return FALSE;
	kasper_engine_kick(self);
	return TRUE;
}
