/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* a person makes the copies: prepare marks what is there now, commit says that the copy has it */

static const gchar *
kasper_backup_get_action(KasperBackupVerb verb)
{
	switch (verb) {
	case KASPER_BACKUP_VERB_PREPARE:
		return "backup-prepare";
	case KASPER_BACKUP_VERB_COMMIT:
		return "backup-commit";
	case KASPER_BACKUP_VERB_ROLLBACK:
		return "backup-rollback";
	case KASPER_BACKUP_VERB_DONE:
		return "backup-done";
	}
	g_assert_not_reached();
}

/* in the words of OpenDNSSEC 1.4, but for the date: a log has its own */
static gchar *
kasper_backup_dup_text(KasperBackupVerb verb, const KasperRepository *repository, gint64 n_keys)
{
	gboolean rolls_back = verb == KASPER_BACKUP_VERB_ROLLBACK;
	const gchar *state = verb == KASPER_BACKUP_VERB_PREPARE ? "pre-backed up" : "backed up";
	g_autofree gchar *what = repository != NULL
				     ? g_strdup_printf("repository %s", repository->name)
				     : g_strdup("all repositories");

	if (n_keys == 0)
		return g_strdup_printf("There were no keys to %s",
				       rolls_back ? "rollback" : "mark");
	if (rolls_back)
		return g_strdup_printf("Rolled back pre-backup of %s", what);
	return g_strdup_printf("Marked %s as %s", what, state);
}

static gint64
kasper_backup_mark(KasperEngine *self, KasperBackupVerb verb, gint64 repository, GError **error)
{
	KasperTime now = kasper_engine_now(self);

	switch (verb) {
	case KASPER_BACKUP_VERB_PREPARE:
		return kasper_store_backup_prepare(self->store, repository, now, error);
	case KASPER_BACKUP_VERB_DONE:
		/* what may have been made in between is marked, too: that is why it is deprecated
		 */
		if (kasper_store_backup_prepare(self->store, repository, now, error) < 0)
			return -1;
		return kasper_store_backup_commit(self->store, repository, now, error);
	case KASPER_BACKUP_VERB_COMMIT:
		return kasper_store_backup_commit(self->store, repository, now, error);
	case KASPER_BACKUP_VERB_ROLLBACK:
		return kasper_store_backup_rollback(self->store, repository, error);
	}
	g_assert_not_reached();
}

static gboolean
kasper_backup_emit(KasperEngine *self,
		   KasperBackupVerb verb,
		   const KasperRepository *repository,
		   gint64 n_keys,
		   GError **error)
{
	g_autofree gchar *text = kasper_backup_dup_text(verb, repository, n_keys);

	if (verb == KASPER_BACKUP_VERB_DONE &&
	    !kasper_engine_emit(self,
				"backup-deprecated",
				KASPER_EVENT_WARNING,
				NULL,
				NULL,
				"*WARNING* One-step backups are deprecated in favour of a two-step "
				"process; see the documentation on key management for the "
				"explanation.",
				error))
		return FALSE;
	return kasper_engine_emit(self,
				  kasper_backup_get_action(verb),
				  KASPER_EVENT_INFO,
				  NULL,
				  NULL,
				  text,
				  error);
}

static gboolean
kasper_backup_enter(KasperEngine *self,
		    KasperBackupVerb verb,
		    const KasperRepository *repository,
		    gint64 n_keys,
		    const gchar *actor,
		    GError **error)
{
	g_autofree gchar *detail =
	    g_strdup_printf("%s: %" G_GINT64_FORMAT " keys",
			    repository != NULL ? repository->name : "all repositories",
			    n_keys);

	return kasper_store_add_audit(self->store,
				      kasper_engine_now(self),
				      actor,
				      kasper_backup_get_action(verb),
				      NULL,
				      NULL,
				      detail,
				      error);
}

static gint64
kasper_backup_record(KasperEngine *self,
		     KasperBackupVerb verb,
		     const KasperRepository *repository,
		     const gchar *actor,
		     GError **error)
{
	gint64 number = repository != NULL ? repository->number : 0;
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);
	gint64 n_keys;

	if (transaction == NULL)
		return -1;
	n_keys = kasper_backup_mark(self, verb, number, error);
	if (n_keys < 0 || !kasper_backup_emit(self, verb, repository, n_keys, error) ||
	    !kasper_backup_enter(self, verb, repository, n_keys, actor, error))
		return -1;
	/* zones that waited for it go on; the others show what their keys wait for now */
	if (n_keys > 0 && !kasper_store_make_due_by_repository(self->store,
							       number,
							       kasper_engine_now(self),
							       error))
		return -1;
	return kasper_engine_commit(self, transaction, error) ? n_keys : -1;
}

/* the NOTE comes again with the next keys that need a backup */
static void
kasper_backup_reset_notes(KasperEngine *self, KasperRepository *repository)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		if (repository == NULL || repository == value)
			((KasperRepository *)value)->noted = FALSE;
	}
}

/**
 * kasper_engine_backup: (skip)
 * @self: an engine
 * @verb: what a person says of the copy
 * @repository: (nullable): of a repository; %NULL: of all
 * @actor: who asked
 * @error: return location for a #GError, or %NULL
 *
 * Marks keys as being copied, as copied, or as not copied after all.
 *
 * Returns: how many keys were marked; -1 on error, with %KASPER_ERROR_NOT_FOUND if there is no such
 * repository
 *
 * Since: 0.1
 */
gint64
kasper_engine_backup(KasperEngine *self,
		     KasperBackupVerb verb,
		     const gchar *repository,
		     const gchar *actor,
		     GError **error)
{
	KasperRepository *found = NULL;
	gint64 n_keys;

	if (repository != NULL && repository[0] != '\0') {
		found = kasper_engine_look_for_repository(self, repository, error);
		if (found == NULL)
			return -1;
	}
	n_keys = kasper_backup_record(self, verb, found, actor, error);
	if (n_keys > 0)
		kasper_backup_reset_notes(self, found);
	kasper_engine_kick(self);
	return n_keys;
}
