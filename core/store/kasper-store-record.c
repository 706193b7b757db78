/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

/* in the order in which kasper_record_bind_key() binds */
#define KEY_COLUMNS                                                                                \
	"tag, flags, roles, records, goal, availability, origin, ds_phase, standby, keep, roll, "  \
	"ds_state, dnskey_state, rsk_state, rsz_state, ds_since, dnskey_since, rsk_since, "        \
	"rsz_since, created, published, ready, active, retired, dead"

static const KasperKey kasper_no_key;

static void
kasper_record_bind_key(KasperStatement *statement, const KasperKey *key)
{
	kasper_statement_bind(statement, key->tag);
	kasper_statement_bind(statement, key->flags);
	kasper_statement_bind(statement, key->roles);
	kasper_statement_bind(statement, key->records);
	kasper_statement_bind(statement, key->goal);
	kasper_statement_bind(statement, key->availability);
	kasper_statement_bind(statement, key->origin);
	kasper_statement_bind(statement, key->ds_phase);
	kasper_statement_bind(statement, key->standby);
	kasper_statement_bind(statement, key->keep);
	kasper_statement_bind(statement, key->roll);
	for (guint i = 0; i < KASPER_N_RECORDS; i++)
		kasper_statement_bind(statement, key->state[i]);
	for (guint i = 0; i < KASPER_N_RECORDS; i++)
		kasper_statement_bind_time(statement, key->since[i]);
	kasper_statement_bind_time(statement, key->created);
	kasper_statement_bind_time(statement, key->published);
	kasper_statement_bind_time(statement, key->ready);
	kasper_statement_bind_time(statement, key->active);
	kasper_statement_bind_time(statement, key->retired);
	kasper_statement_bind_time(statement, key->dead);
}

static void
kasper_record_bind_word(KasperStatement *statement, const KasperKeyWord *word)
{
	static const KasperKeyWord none = {.next_time = KASPER_TIME_UNSET};

	if (word == NULL)
		word = &none;
	kasper_statement_bind_text(statement, word->state);
	kasper_statement_bind_text(statement, word->next_state);
	kasper_statement_bind_text(statement, word->waiting_for);
	kasper_statement_bind_time(statement, word->next_time);
}

static gboolean
kasper_record_add_key(KasperStore *self,
		      gint64 zone,
		      guint slot,
		      const KasperKey *key,
		      const KasperKeyWord *word,
		      GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "INSERT INTO zone_key (zone, slot, pair, " KEY_COLUMNS
	    ", word, next_word, waiting_for, next_time) VALUES "
	    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	    "?, ?, ?, ?, ?, ?, ?, ?, ?)");

	if (!kasper_store_use_pair(self, key->number, error))
		return FALSE;
	kasper_statement_bind(&statement, zone);
	kasper_statement_bind(&statement, slot);
	kasper_statement_bind(&statement, key->number);
	kasper_record_bind_key(&statement, key);
	kasper_record_bind_word(&statement, word);
	return kasper_statement_run(&statement, error);
}

static gboolean
kasper_record_remove_key(KasperStore *self,
			 gint64 zone,
			 guint slot,
			 const KasperKey *key,
			 GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "DELETE FROM zone_key WHERE zone = ? AND slot = ?");

	kasper_statement_bind(&statement, zone);
	kasper_statement_bind(&statement, slot);
	return kasper_statement_run(&statement, error) &&
	       kasper_store_release_pair(self, key->number, error);
}

static gboolean
kasper_record_change_key(KasperStore *self,
			 gint64 zone,
			 guint slot,
			 const KasperKey *key,
			 GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "UPDATE zone_key SET (" KEY_COLUMNS ") = "
	    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	    "?, ?) WHERE zone = ? AND slot = ?");

	kasper_record_bind_key(&statement, key);
	kasper_statement_bind(&statement, zone);
	kasper_statement_bind(&statement, slot);
	return kasper_statement_run(&statement, error);
}

/* the words of before are not at hand, so the row is asked whether they are others */
static gboolean
kasper_record_change_word(KasperStore *self,
			  gint64 zone,
			  guint slot,
			  const KasperKeyWord *word,
			  GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "UPDATE zone_key SET word = ?1, next_word = ?2, waiting_for = ?3, next_time = ?4 "
	    "WHERE zone = ?5 AND slot = ?6 AND (word IS NOT ?1 OR next_word IS NOT ?2 OR "
	    "waiting_for IS NOT ?3 OR next_time IS NOT ?4)");

	kasper_record_bind_word(&statement, word);
	kasper_statement_bind(&statement, zone);
	kasper_statement_bind(&statement, slot);
	return kasper_statement_run(&statement, error);
}

/* ShareKeys: the newest pair of its kind is what the next zone of the policy gets */
static gboolean
kasper_record_offer(KasperStore *self, gint64 zone, const KasperKey *key, GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "INSERT INTO shared SELECT z.policy, p.repository, p.algorithm, p.bits, ?1, p.number "
	    "FROM zone z, pair p WHERE z.number = ?2 AND p.number = ?3 "
	    "ON CONFLICT DO UPDATE SET pair = excluded.pair WHERE excluded.pair > pair");

	if (key->roles == 0 || key->standby || key->goal != KASPER_GOAL_IN)
		return TRUE;
	kasper_statement_bind(&statement, key->roles);
	kasper_statement_bind(&statement, zone);
	kasper_statement_bind(&statement, key->number);
	return kasper_statement_run(&statement, error);
}

/* a pair that is on its way out is given to no further zone */
static gboolean
kasper_record_withdraw_offer(KasperStore *self, const KasperKey *key, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database, "DELETE FROM shared WHERE pair = ?");

	kasper_statement_bind(&statement, key->number);
	return kasper_statement_run(&statement, error);
}

static gboolean
kasper_record_share(KasperStore *self,
		    gint64 zone,
		    const KasperKey *before,
		    const KasperKey *after,
		    GError **error)
{
	gboolean was_in = before->number == after->number && before->goal == KASPER_GOAL_IN;

	if (after->goal == KASPER_GOAL_OUT || after->availability == KASPER_AVAILABILITY_LOST ||
	    after->availability == KASPER_AVAILABILITY_COMPROMISED)
		return kasper_record_withdraw_offer(self, after, error);
	return was_in || kasper_record_offer(self, zone, after, error);
}

static gboolean
kasper_record_key(KasperStore *self,
		  gint64 zone,
		  guint slot,
		  const KasperKey *before,
		  const KasperKey *after,
		  const KasperKeyWord *word,
		  GError **error)
{
	if (before->number != after->number && before->number != 0 &&
	    !kasper_record_remove_key(self, zone, slot, before, error))
		return FALSE;
	if (after->number == 0)
		return TRUE;
	if (before->number != after->number)
		return kasper_record_add_key(self, zone, slot, after, word, error);
	if (memcmp(before, after, sizeof *after) != 0 &&
	    !kasper_record_change_key(self, zone, slot, after, error))
		return FALSE;
	return word == NULL || kasper_record_change_word(self, zone, slot, word, error);
}

static const KasperKey *
kasper_record_get_key(const KasperSnapshot *snapshot, guint slot)
{
	return snapshot != NULL && slot < snapshot->n_keys ? &snapshot->keys[slot] : &kasper_no_key;
}

static gboolean
kasper_record_keys(KasperStore *self,
		   const KasperSnapshot *before,
		   const KasperSnapshot *after,
		   const KasperKeyWord *words,
		   GError **error)
{
	for (guint slot = 0; slot < KASPER_KEYS_MAX; slot++) {
		const KasperKey *old = kasper_record_get_key(before, slot);
		const KasperKey *new = kasper_record_get_key(after, slot);

		if (!kasper_record_key(self,
				       after->zone,
				       slot,
				       old,
				       new,
				       words != NULL ? &words[slot] : NULL,
				       error))
			return FALSE;
		if (after->policy.share_keys && new->number != 0 &&
		    !kasper_record_share(self, after->zone, old, new, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
kasper_record_put_version(KasperStore *self,
			  gint64 zone,
			  guint kind,
			  guint ordinal,
			  const KasperVersion *version,
			  GError **error)
{
	g_auto(KasperStatement) statement = kasper_statement(
	    self->database,
	    "INSERT OR REPLACE INTO version (zone, ledger, ordinal, keys, signers, "
	    "view_sha1, view_sha256, view_sha384, flags, ttl, since, gone, ends) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	kasper_statement_bind(&statement, zone);
	kasper_statement_bind(&statement, kind);
	kasper_statement_bind(&statement, ordinal);
	kasper_statement_bind(&statement, version->keys);
	kasper_statement_bind(&statement, version->signers);
	for (guint i = 0; i < KASPER_N_VIEWS; i++)
		kasper_statement_bind(&statement, version->views[i]);
	kasper_statement_bind(&statement, version->flags);
	kasper_statement_bind(&statement, version->ttl);
	kasper_statement_bind_time(&statement, version->since);
	kasper_statement_bind_time(&statement, version->gone);
	kasper_statement_bind_time(&statement, version->end);
	return kasper_statement_run(&statement, error);
}

static gboolean
kasper_record_cut_versions(KasperStore *self, gint64 zone, guint kind, guint from, GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "DELETE FROM version WHERE zone = ? AND ledger = ? AND ordinal >= ?");

	kasper_statement_bind(&statement, zone);
	kasper_statement_bind(&statement, kind);
	kasper_statement_bind(&statement, from);
	return kasper_statement_run(&statement, error);
}

static gboolean
kasper_record_ledger(KasperStore *self,
		     gint64 zone,
		     guint kind,
		     const KasperLedger *before,
		     const KasperLedger *after,
		     GError **error)
{
	guint n_before = before != NULL ? before->n_versions : 0;

	for (guint i = 0; i < after->n_versions; i++) {
		const KasperVersion *version = &after->versions[i];

		if (i < n_before && memcmp(&before->versions[i], version, sizeof *version) == 0)
			continue;
		if (!kasper_record_put_version(self, zone, kind, i, version, error))
			return FALSE;
	}
	return after->n_versions >= n_before ||
	       kasper_record_cut_versions(self, zone, kind, after->n_versions, error);
}

static gboolean
kasper_record_ledgers(KasperStore *self,
		      const KasperSnapshot *before,
		      const KasperSnapshot *after,
		      GError **error)
{
	for (guint kind = 0; kind < KASPER_N_LEDGERS; kind++) {
		if (!kasper_record_ledger(self,
					  after->zone,
					  kind,
					  before != NULL ? &before->ledgers[kind] : NULL,
					  &after->ledgers[kind],
					  error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
kasper_record_zone(KasperStore *self,
		   const KasperSnapshot *after,
		   KasperTime next_due,
		   const gchar *state,
		   const gchar *waiting_for,
		   GError **error)
{
	g_auto(KasperStatement) statement =
	    kasper_statement(self->database,
			     "UPDATE zone SET next_due = ?, revision = ?, confirmed = ?, "
			     "ordered_at = ?, gradual_until = ?, submission = ?, submitted_at = ?, "
			     "ds_seen_at = ?, holds = ?, insecure = ?, roll_roles = ?, "
			     "served_ttl = ?, slots = ?, state = coalesce(?, state), "
			     "waiting_for = coalesce(?, waiting_for) WHERE number = ?");

	kasper_statement_bind_time(&statement,
				   next_due == KASPER_TIME_NEVER ? KASPER_TIME_UNSET : next_due);
	kasper_statement_bind(&statement, after->revision);
	kasper_statement_bind(&statement, after->confirmed);
	kasper_statement_bind_time(&statement, after->ordered_at);
	kasper_statement_bind_time(&statement, after->gradual_until);
	kasper_statement_bind(&statement, after->submission);
	kasper_statement_bind_time(&statement, after->submitted_at);
	kasper_statement_bind_time(&statement, after->ds_seen_at);
	kasper_statement_bind(&statement, after->holds);
	kasper_statement_bind(&statement, after->insecure);
	kasper_statement_bind(&statement, after->roll_roles);
	kasper_statement_bind(&statement, after->served_ttl);
	kasper_statement_bind(&statement, after->n_keys);
	kasper_statement_bind_text(&statement, state);
	kasper_statement_bind_text(&statement, waiting_for);
	kasper_statement_bind(&statement, after->zone);
	if (!kasper_statement_run(&statement, error))
		return FALSE;
	if (sqlite3_changes(self->database->handle) > 0)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_NOT_FOUND,
		    "zone number %" G_GINT64_FORMAT " is not known: it was deleted",
		    after->zone);
	return FALSE;
}

/**
 * kasper_store_save_snapshot: (skip)
 * @self: a store with an open transaction
 * @before: (nullable): what is stored now, as it was loaded; %NULL: the zone is new
 * @after: what it is from now on
 * @words: (nullable) (array): for each slot of @after, what is shown of the key; %NULL: as it was
 * @next_due: when the zone is due next; %KASPER_TIME_NEVER: not by itself
 * @state: (nullable): what is shown of the zone; %NULL: as it was
 * @waiting_for: (nullable): what it waits for; %NULL: as it was
 * @error: return location for an error
 *
 * Writes what differs. A key that is in @after only begins to be used by the zone (and leaves the
 * pool); one that is in @before only is released, which by itself does not destroy it. What belongs
 * to the pair and not to the zone (repository, algorithm, size, mark of the backup) is not written
 * here, nor is the policy. If the policy shares keys, the newest pair of each kind is what
 * kasper_store_find_shared_pair() gives from then on.
 *
 * Returns: whether it is part of the transaction; %FALSE with %KASPER_ERROR_NOT_FOUND if the zone
 * was deleted
 *
 * Since: 0.1
 */
gboolean
kasper_store_save_snapshot(KasperStore *self,
			   const KasperSnapshot *before,
			   const KasperSnapshot *after,
			   const KasperKeyWord *words,
			   KasperTime next_due,
			   const gchar *state,
			   const gchar *waiting_for,
			   GError **error)
{
	if (!kasper_record_zone(self, after, next_due, state, waiting_for, error))
		return FALSE;
	if (kasper_record_keys(self, before, after, words, error) &&
	    kasper_record_ledgers(self, before, after, error))
		return TRUE;
	/* a part is written: whatever the reason, it must not be committed without the rest */
	self->database->spoiled = TRUE;
	return FALSE;
}
