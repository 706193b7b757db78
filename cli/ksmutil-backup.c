/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-error.h"
#include "kasper-time.h"
#include "ksmutil.h"

static gint
ksmutil_backup_fail(Ksmutil *self, GError *error)
{
	const gchar *repository = ksmutil_get(self, KSMUTIL_REPOSITORY);
	g_autoptr(GError) owned = error;

	if (repository == NULL || !g_error_matches(owned, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
		return ksmutil_fail(self, g_steal_pointer(&owned));
	ksmutil_say(self,
		    "Error: unable to find a repository named \"%s\" in database",
		    repository);
	return 1;
}

static void
ksmutil_backup_print_marked(Ksmutil *self, const gchar *how)
{
	const gchar *repository = ksmutil_get(self, KSMUTIL_REPOSITORY);
	g_autofree gchar *now = ksmutil_now(self);

	if (repository != NULL)
		ksmutil_say(self, "Marked repository %s as %s at %s", repository, how, now);
	else
		ksmutil_say(self, "Marked all repositories as %s at %s", how, now);
}

/* the number of keys, or -1 and the exit status */
static gint64
ksmutil_backup_do(Ksmutil *self, const gchar *verb, gint *ret_status)
{
	GError *error = NULL;
	gint64 n_keys = -1;

	*ret_status = 1;
	if (!ksmutil_open(self))
		return -1;
	n_keys = kasper_client_backup(self->cli->client,
				      verb,
				      ksmutil_get(self, KSMUTIL_REPOSITORY),
				      NULL,
				      &error);
	*ret_status = n_keys < 0 ? ksmutil_backup_fail(self, error) : 0;
	return n_keys;
}

gint
ksmutil_backup_prepare(Ksmutil *self)
{
	gint status;
	gint64 n_keys = ksmutil_backup_do(self, "prepare", &status);

	if (n_keys > 0)
		ksmutil_backup_print_marked(self, "pre-backed up");
	else if (n_keys == 0)
		ksmutil_say(self, "There were no keys to mark");
	return status;
}

gint
ksmutil_backup_commit(Ksmutil *self)
{
	gint status;
	gint64 n_keys = ksmutil_backup_do(self, "commit", &status);

	if (n_keys > 0)
		ksmutil_backup_print_marked(self, "backed up");
	else if (n_keys == 0)
		ksmutil_say(self, "There were no keys to mark");
	return status;
}

gint
ksmutil_backup_rollback(Ksmutil *self)
{
	const gchar *repository = ksmutil_get(self, KSMUTIL_REPOSITORY);
	gint status;
	gint64 n_keys = ksmutil_backup_do(self, "rollback", &status);

	if (n_keys == 0)
		ksmutil_say(self, "There were no keys to rollback");
	else if (n_keys > 0 && repository != NULL)
		ksmutil_say(self, "Rolled back pre-backup of repository %s", repository);
	else if (n_keys > 0)
		ksmutil_say(self, "Rolled back pre-backup of all repositories");
	return status;
}

gint
ksmutil_backup_done(Ksmutil *self)
{
	gint status;
	gint64 n_keys;

	ksmutil_say(self,
		    "*WARNING* One-step backups are deprecated in favour of a two-step process; "
		    "see the documentation on key management for the explanation.");
	if (!ksmutil_has(self, KSMUTIL_FORCE) &&
	    !ksmutil_ask(self, "Do you wish to continue? [y/N] "))
		return 0;
	n_keys = ksmutil_backup_do(self, "done", &status);
	if (n_keys > 0) {
		ksmutil_backup_print_marked(self, "pre-backed up");
		ksmutil_backup_print_marked(self, "backed up");
	} else if (n_keys == 0) {
		ksmutil_say(self, "There were no keys to mark");
	}
	return status;
}

/* what one repository has beside keys that are safe */
typedef struct {
	gboolean has_unsafe;
	gboolean has_prepared;
} KsmutilBackupRest;

static gint64
ksmutil_get_time(GVariant *row, const gchar *field)
{
	gint64 time = KASPER_TIME_UNSET;

	g_variant_lookup(row, field, "x", &time);
	return time;
}

/* a line for each date, not for each key */
static void
ksmutil_backup_print_row(Ksmutil *self, GVariant *row, GHashTable *seen)
{
	g_autofree gchar *prepared = ksmutil_time_to_text(ksmutil_get_time(row, "prepared"));
	g_autofree gchar *done = ksmutil_time_to_text(ksmutil_get_time(row, "done"));
	const gchar *repository = "";
	gchar *line;

	g_variant_lookup(row, "repository", "&s", &repository);
	line = ksmutil_has(self, KSMUTIL_VERBOSE)
		   ? g_strdup_printf("%-24s %-24s %s", prepared, done, repository)
		   : g_strdup_printf("%-24s %s", done, repository);
	if (g_hash_table_add(seen, line))
		ksmutil_say(self, "%s", line);
}

static void
ksmutil_backup_take_row(Ksmutil *self, GVariant *row, GHashTable *seen, GHashTable *rests)
{
	const gchar *repository = "";
	KsmutilBackupRest *rest;

	if (ksmutil_get_time(row, "done") != KASPER_TIME_UNSET) {
		ksmutil_backup_print_row(self, row, seen);
		return;
	}
	g_variant_lookup(row, "repository", "&s", &repository);
	rest = g_hash_table_lookup(rests, repository);
	if (rest == NULL) {
		rest = g_new0(KsmutilBackupRest, 1);
		g_hash_table_insert(rests, g_strdup(repository), rest);
	}
	rest->has_unsafe = TRUE;
	rest->has_prepared =
	    rest->has_prepared || ksmutil_get_time(row, "prepared") != KASPER_TIME_UNSET;
}

static void
ksmutil_backup_print_rests(Ksmutil *self, GVariant *repositories, GHashTable *rests)
{
	for (gsize i = 0; i < g_variant_n_children(repositories); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(repositories, i);
		const gchar *name = "";
		gboolean require_backup = FALSE;
		const KsmutilBackupRest *rest;

		g_variant_lookup(row, "name", "&s", &name);
		g_variant_lookup(row, "require_backup", "b", &require_backup);
		rest = g_hash_table_lookup(rests, name);
		if (rest == NULL)
			continue;
		ksmutil_say(self,
			    "Repository %s has unbacked up keys (that %s be used)",
			    name,
			    require_backup ? "will not" : "can");
		if (rest->has_prepared)
			ksmutil_say(self,
				    "Repository %s has keys prepared for back up which have not "
				    "been committed",
				    name);
	}
}

gint
ksmutil_backup_list(Ksmutil *self)
{
	GError *error = NULL;
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) rests =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GVariant) repositories = NULL;
	g_autoptr(GVariant) rows = NULL;

	if (!ksmutil_open(self))
		return 1;
	rows = kasper_client_list_backups(self->cli->client,
					  ksmutil_get(self, KSMUTIL_REPOSITORY),
					  NULL,
					  &error);
	if (rows == NULL)
		return ksmutil_backup_fail(self, error);
	repositories = kasper_client_list_repositories(self->cli->client, NULL, &error);
	if (repositories == NULL)
		return ksmutil_fail(self, error);
	ksmutil_say(self, "Backups:");
	ksmutil_say(self,
		    ksmutil_has(self, KSMUTIL_VERBOSE)
			? "Pre Backup Date:         Backup Date:             Repository:"
			: "Date:                    Repository:");
	for (gsize i = 0; i < g_variant_n_children(rows); i++) {
		g_autoptr(GVariant) row = g_variant_get_child_value(rows, i);

		ksmutil_backup_take_row(self, row, seen, rests);
	}
	ksmutil_backup_print_rests(self, repositories, rests);
	ksmutil_say(self, "%s", "");
	return 0;
}
