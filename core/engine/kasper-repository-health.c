/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

/* how a repository is doing, and when it is tried again */

#define FIRST_RETRY   ((KasperSpan)5)
#define LONGEST_RETRY ((KasperSpan)300)
#define LONGEST_FULL  ((KasperSpan)3600)

gboolean
kasper_engine_repository_ready(const KasperRepository *self, KasperTime now)
{
	return self->store != NULL && self->retry_at <= now;
}

gboolean
kasper_engine_repository_can_make(const KasperRepository *self, KasperTime now)
{
	return kasper_engine_repository_ready(self, now) && self->make_at <= now;
}

/* a token that makes no keys (it is full, say) may still give some away and take some back; a wrong
 * PIN is not tried again at all before the configuration has been read anew */
static void
kasper_repository_back_off(KasperEngine *self, KasperRepository *repository)
{
	gboolean full = repository->error_code == KASPER_ERROR_NOT_SUPPORTED;
	KasperTime retry = kasper_engine_get_retry(self,
						   repository->number,
						   repository->failures++,
						   FIRST_RETRY,
						   full ? LONGEST_FULL : LONGEST_RETRY);

	if (repository->error_code == KASPER_ERROR_AUTH)
		repository->retry_at = KASPER_TIME_NEVER;
	else if (repository->error_making)
		repository->make_at = retry;
	else
		repository->retry_at = retry;
}

/* a call failed: the store is left alone until the back-off is over */
void
kasper_engine_repository_failed(KasperEngine *self,
				KasperRepository *repository,
				gboolean making,
				const GError *error)
{
	g_autofree gchar *what = g_strdup_printf("repository %s", repository->name);
	gboolean first = repository->error == NULL;

	g_free(repository->error);
	repository->error = g_strdup(error->message);
	repository->error_code =
	    error->domain == KASPER_ERROR ? error->code : KASPER_ERROR_INTERNAL;
	repository->error_making = making;
	kasper_repository_back_off(self, repository);
	kasper_engine_set_problem(self, what, error->message);
	if (first) {
		g_autofree gchar *text = g_strdup_printf("%s: %s", what, error->message);

		repository->failing_since = kasper_engine_now(self);
		kasper_engine_emit_now(self, "repository-failed", KASPER_EVENT_ERROR, NULL, text);
	}
}

void
kasper_engine_repository_reset(KasperEngine *self, KasperRepository *repository)
{
	g_autofree gchar *what = g_strdup_printf("repository %s", repository->name);

	repository->failures = 0;
	repository->retry_at = 0;
	repository->make_at = 0;
	g_clear_pointer(&repository->error, g_free);
	kasper_engine_clear_problem(self, what);
}

/* a store that can be asked for keys does not make any by that */
void
kasper_engine_repository_works(KasperEngine *self, KasperRepository *repository, gboolean making)
{
	g_autofree gchar *text = NULL;

	if (repository->error == NULL || (repository->error_making && !making))
		return;
	kasper_engine_repository_reset(self, repository);
	text = g_strdup_printf("repository %s works again", repository->name);
	kasper_engine_emit_now(self, "repository-works", KASPER_EVENT_NOTICE, NULL, text);
	kasper_engine_kick(self);
}

/* when the engine has to look at a repository again by itself */
KasperTime
kasper_engine_next_repository_retry(KasperEngine *self)
{
	KasperTime now = kasper_engine_now(self);
	KasperTime next = KASPER_TIME_NEVER;
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const KasperRepository *repository = value;

		if (!repository->configured)
			continue;
		if (repository->look_up && repository->look_up_at > now)
			next = MIN(next, repository->look_up_at);
		if (repository->error == NULL)
			continue;
		if (repository->retry_at > now)
			next = MIN(next, repository->retry_at);
		else if (repository->make_at > now)
			next = MIN(next, repository->make_at);
	}
	return next;
}

/* --- trying again --- */

static gpointer
kasper_repository_test(KasperPlugin *plugin,
		       gpointer data,
		       GCancellable *cancellable,
		       GError **error)
{
	return kasper_key_store_self_test(KASPER_KEY_STORE(plugin), cancellable, error)
		   ? GINT_TO_POINTER(TRUE)
		   : NULL;
}

typedef struct {
	KasperEngine *engine;
	gint64 repository;
} KasperRepositoryTest;

static void
kasper_repository_tested(GObject *source, GAsyncResult *result, gpointer data)
{
	g_autofree KasperRepositoryTest *test = data;
	g_autoptr(KasperEngine) self = test->engine;
	KasperRepository *repository = kasper_engine_get_repository(self, test->repository);
	g_autoptr(GError) error = NULL;

	kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &error);
	repository->testing = FALSE;
	/* a store without a test of its own is tried with the next thing that is to be done */
	if (error == NULL || g_error_matches(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED))
		kasper_engine_repository_works(self, repository, FALSE);
	else
		kasper_engine_repository_failed(self, repository, FALSE, error);
	kasper_engine_kick(self);
}

/* whether a store that failed works again is not left to the next key that is wanted */
static void
kasper_repository_start_test(KasperEngine *self, KasperRepository *repository)
{
	KasperRepositoryTest *test = g_new0(KasperRepositoryTest, 1);

	test->engine = g_object_ref(self);
	test->repository = repository->number;
	repository->testing = TRUE;
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(repository->store),
				      repository->deadline,
				      FALSE,
				      kasper_repository_test,
				      NULL,
				      NULL,
				      NULL,
				      kasper_repository_tested,
				      test);
}

/* stores that failed are tried again when their back-off is over */
void
kasper_engine_reopen_repositories(KasperEngine *self, KasperTime now)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, self->repositories);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		KasperRepository *repository = value;

		if (!repository->configured || repository->error == NULL ||
		    repository->retry_at > now || repository->testing)
			continue;
		if (repository->store == NULL)
			kasper_engine_open_repository(
			    self,
			    repository,
			    kasper_config_find_repository(self->config, repository->name));
		else if (!repository->error_making)
			kasper_repository_start_test(self, repository);
	}
}
