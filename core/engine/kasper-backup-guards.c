/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* guards that find out by themselves which keys are safe elsewhere */

#define GUARD_DEADLINE ((KasperSpan)120)
#define FIRST_LOOK     ((KasperSpan)60)
#define LONGEST_LOOK   ((KasperSpan)3600)
/* keys that a guard is asked for at a time */
#define GUARD_BATCH 1000

/* what a worker is given: it may be late, so nothing in it changes */
typedef struct {
	gchar *repository;
	GListStore *waiting; /* of KasperKeyInfo */
} KasperGuardQuestion;

static void
kasper_guard_question_free(gpointer data)
{
	KasperGuardQuestion *self = data;

	g_object_unref(self->waiting);
	g_free(self->repository);
	g_free(self);
}

static gpointer
kasper_guards_work(KasperPlugin *plugin, gpointer data, GCancellable *cancellable, GError **error)
{
	KasperGuardQuestion *question = data;

	return kasper_backup_guard_list_safe_keys(KASPER_BACKUP_GUARD(plugin),
						  question->repository,
						  G_LIST_MODEL(question->waiting),
						  cancellable,
						  error);
}

typedef struct {
	KasperEngine *engine;
	gint64 repository;
} KasperGuardJob;

static gboolean
kasper_guards_confirm(KasperEngine *self, KasperKeyInfo *key, GError **error)
{
	KasperTime now = kasper_engine_now(self);
	const gchar *id = kasper_key_info_get_id(key);
	g_auto(KasperPairRow) pair = {0};

	/* a guard can only speak of keys that it was asked about */
	if (!kasper_store_find_pair(self->store, id, &pair, NULL) ||
	    (pair.backup != KASPER_BACKUP_NEEDED && pair.backup != KASPER_BACKUP_PREPARED))
		return TRUE;
	return kasper_store_backup_confirm(self->store, pair.number, now, error) &&
	       kasper_store_add_audit(self->store,
				      now,
				      "kasperd",
				      "backup-confirmed",
				      NULL,
				      id,
				      "",
				      error);
}

static gboolean
kasper_guards_record(KasperEngine *self,
		     const KasperRepository *repository,
		     GListModel *safe,
		     GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_engine_begin(self, error);

	if (transaction == NULL)
		return FALSE;
	for (guint i = 0; i < g_list_model_get_n_items(safe); i++) {
		g_autoptr(KasperKeyInfo) key = g_list_model_get_item(safe, i);

		if (!kasper_guards_confirm(self, key, error))
			return FALSE;
	}
	return kasper_store_make_due_by_repository(self->store,
						   repository->number,
						   kasper_engine_now(self),
						   error) &&
	       kasper_engine_commit(self, transaction, error);
}

static void
kasper_guards_done(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperGuardJob *job = data;
	g_autoptr(KasperEngine) self = job->engine;
	KasperRepository *repository = kasper_engine_get_repository(self, job->repository);
	g_autofree gchar *what = g_strdup_printf("backup guard of %s", repository->name);
	g_autoptr(GListModel) safe = NULL;
	g_autoptr(GError) failed = NULL;
	g_autoptr(GError) error = NULL;

	safe = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &failed);
	repository->guard_busy = FALSE;
	if (failed != NULL)
		kasper_engine_set_problem(self, what, failed->message);
	else
		kasper_engine_clear_problem(self, what);
	if (safe != NULL && g_list_model_get_n_items(safe) > 0) {
		repository->guard_tries = 0;
		if (!kasper_guards_record(self, repository, safe, &error))
			g_warning("backups could not be recorded: %s", error->message);
	}
	repository->guard_at = kasper_engine_get_retry(self,
						       repository->number,
						       repository->guard_tries++,
						       FIRST_LOOK,
						       LONGEST_LOOK);
	kasper_engine_kick(self);
}

static gboolean
kasper_guards_collect(const KasperBackupRow *row, gpointer data)
{
	GListStore *waiting = data;
	g_autoptr(KasperKeyInfo) key = NULL;

	if (row->backup != KASPER_BACKUP_NEEDED && row->backup != KASPER_BACKUP_PREPARED)
		return TRUE;
	key = kasper_key_info_new(row->id, 0, 0, NULL);
	g_list_store_append(waiting, key);
	return g_list_model_get_n_items(G_LIST_MODEL(waiting)) < GUARD_BATCH;
}

static gboolean
kasper_guards_ask(KasperEngine *self, KasperRepository *repository)
{
	g_autoptr(GListStore) waiting = g_list_store_new(KASPER_TYPE_KEY_INFO);
	KasperGuardQuestion *question;
	KasperGuardJob *job;

	if (!kasper_store_each_backup(self->store,
				      repository->number,
				      0,
				      kasper_guards_collect,
				      waiting,
				      NULL) ||
	    g_list_model_get_n_items(G_LIST_MODEL(waiting)) == 0)
		return FALSE;
	question = g_new0(KasperGuardQuestion, 1);
	question->repository = g_strdup(repository->name);
	question->waiting = g_steal_pointer(&waiting);
	job = g_new0(KasperGuardJob, 1);
	job->engine = g_object_ref(self);
	job->repository = repository->number;
	repository->guard_busy = TRUE;
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(repository->guard),
				      GUARD_DEADLINE,
				      FALSE,
				      kasper_guards_work,
				      question,
				      kasper_guard_question_free,
				      g_object_unref,
				      kasper_guards_done,
				      job);
	return TRUE;
}

static gboolean
kasper_guards_has_work(KasperEngine *self, const KasperRepository *repository)
{
	return repository->guard != NULL && !repository->guard_busy &&
	       kasper_store_count_backups(self->store, repository->number, KASPER_BACKUP_NEEDED) +
		       kasper_store_count_backups(self->store,
						  repository->number,
						  KASPER_BACKUP_PREPARED) >
		   0;
}

/* asks the guards whose time has come; gives whether there were any */
gboolean
kasper_engine_ask_guards(KasperEngine *self, KasperTime now)
{
	GHashTableIter iter;
	gpointer value;
	gboolean any = FALSE;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperRepository *repository = value;

		if (repository->guard != NULL && repository->guard_at <= now &&
		    kasper_guards_has_work(self, repository))
			any |= kasper_guards_ask(self, repository);
	}
	return any;
}

/* when a guard is asked next; never, if no key waits for it */
KasperTime
kasper_engine_next_guard(KasperEngine *self)
{
	KasperTime now = kasper_engine_now(self);
	KasperTime next = KASPER_TIME_NEVER;
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const KasperRepository *repository = value;

		if (kasper_guards_has_work(self, repository))
			next = MIN(next, MAX(repository->guard_at, now + 1));
	}
	return next;
}
