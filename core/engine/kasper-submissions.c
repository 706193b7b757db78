/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-submission-private.h"

/* a channel is given one set at a time: so no submission can overtake another one of its zone, not
 * even one that was superseded while it was under way */
#define MAX_DS_JOBS 1

/* --- on a worker --- */

/* what the worker needs, which may outlive the submission */
typedef struct {
	KasperDsRequest *request;
	gboolean in_doubt;
} KasperSubmissionWork;

static void
kasper_submission_work_free(gpointer data)
{
	KasperSubmissionWork *self = data;

	g_object_unref(self->request);
	g_free(self);
}

/* has an earlier attempt, whose answer was lost, done it already? */
static KasperDsAnswer *
kasper_submissions_ask_world(KasperDsChannel *channel,
			     KasperDsRequest *request,
			     GCancellable *cancellable)
{
	g_autoptr(KasperDsAnswer) answer =
	    kasper_ds_channel_read_stored(channel, request, cancellable, NULL);
	GListModel *wanted = kasper_ds_request_get_wanted(request);
	const gchar *const *stored;
	guint n_found = 0, n_wanted = 0;

	if (answer == NULL || kasper_ds_answer_get_status(answer) != KASPER_DS_STATUS_DONE)
		return NULL;
	stored = kasper_ds_answer_get_stored(answer);
	if (stored == NULL)
		return NULL;
	for (guint i = 0; i < g_list_model_get_n_items(wanted); i++) {
		g_autoptr(KasperDsKey) key = g_list_model_get_item(wanted, i);
		const gchar *const *ds = kasper_ds_key_get_ds(key);

		for (guint j = 0; ds[j] != NULL; j++, n_wanted++)
			n_found += g_strv_contains(stored, ds[j]) ? 1 : 0;
	}
	if (n_found != n_wanted || g_strv_length((gchar **)stored) != n_wanted)
		return NULL;
	return g_steal_pointer(&answer);
}

static gpointer
kasper_submissions_work(KasperPlugin *plugin,
			gpointer data,
			GCancellable *cancellable,
			GError **error)
{
	KasperDsChannel *channel = KASPER_DS_CHANNEL(plugin);
	KasperSubmissionWork *work = data;
	KasperDsAnswer *answer = NULL;

	if (kasper_ds_request_get_token(work->request) != NULL)
		return kasper_ds_channel_poll_token(channel, work->request, cancellable, error);
	if (work->in_doubt)
		answer = kasper_submissions_ask_world(channel, work->request, cancellable);
	if (answer != NULL)
		return answer;
	return kasper_ds_channel_submit_set(channel, work->request, cancellable, error);
}

/* --- the call --- */

typedef struct {
	KasperDsAnswer *answer; /* NULL: the call itself failed */
	const GError *failed;
} KasperSubmissionOutcome;

static gboolean
kasper_submissions_record(KasperEngine *self, gpointer item, gpointer data, GError **error)
{
	const KasperSubmissionOutcome *outcome = data;

	return kasper_submission_record(self, item, outcome->answer, outcome->failed, error);
}

static gboolean
kasper_submissions_give_up(KasperEngine *self,
			   gpointer item,
			   const GError *why,
			   gpointer data,
			   GError **error)
{
	const KasperSubmission *submission = item;

	return kasper_submission_put_off(self, &submission->intent, why, error);
}

static void
kasper_submissions_done(GObject *source, GAsyncResult *result, gpointer data)
{
	KasperSubmission *submission = data;
	g_autoptr(KasperEngine) self = g_object_ref(submission->engine);
	g_autoptr(GPtrArray) items = g_ptr_array_new();
	g_autoptr(KasperDsAnswer) answer = NULL;
	g_autoptr(GError) failed = NULL;
	g_autoptr(GError) error = NULL;
	KasperSubmissionOutcome outcome;
	const KasperRecorder recorder = {
	    .record = kasper_submissions_record,
	    .give_up = kasper_submissions_give_up,
	    .data = &outcome,
	};

	answer = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &failed);
	self->ds_jobs--;
	outcome = (KasperSubmissionOutcome){answer, failed};
	g_ptr_array_add(items, submission);
	if (!kasper_engine_record_each(self, items, &recorder, &error)) {
		/* the parent may have it, and the store does not know of any attempt */
		self->doubtful = MAX(self->doubtful, submission->intent.number);
		g_warning("zone %s: the channel's answer could not be recorded: %s",
			  submission->zone_name,
			  error->message);
	}
	g_hash_table_remove(self->in_hand, &submission->intent.number);
	kasper_submission_free(submission);
	kasper_engine_kick(self);
}

static void
kasper_submissions_call(KasperEngine *self, KasperSubmission *submission)
{
	KasperSubmissionWork *work = g_new0(KasperSubmissionWork, 1);

	work->request = g_object_ref(submission->request);
	work->in_doubt = submission->in_doubt;
	g_hash_table_add(self->in_hand, g_memdup2(&submission->intent.number, sizeof(gint64)));
	self->ds_jobs++;
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(self->channel),
				      self->channel_deadline,
				      FALSE,
				      kasper_submissions_work,
				      work,
				      kasper_submission_work_free,
				      g_object_unref,
				      kasper_submissions_done,
				      submission);
}

static gboolean
kasper_submissions_prepare(KasperEngine *self, KasperSubmission *submission, GError **error)
{
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) row = {0};

	if (!kasper_engine_load(self, submission->intent.zone, &snapshot, &row, error))
		return FALSE;
	submission->zone_name = g_strdup(row.name);
	submission->request =
	    kasper_engine_make_ds_request(self, &row, &snapshot, &submission->intent, error);
	return submission->request != NULL;
}

static void
kasper_submissions_start(KasperEngine *self, KasperIntentRow *intent)
{
	KasperSubmission *submission = g_new0(KasperSubmission, 1);
	g_autoptr(KasperTransaction) transaction = NULL;
	g_autoptr(GError) why = NULL;
	g_autoptr(GError) error = NULL;

	submission->engine = g_object_ref(self);
	submission->intent = *intent;
	*intent = (KasperIntentRow){0}; /* its text has moved */
	/* tried before, in this run or in one that may have died before it heard the answer */
	submission->in_doubt =
	    submission->intent.tries > 0 || submission->intent.number <= self->doubtful;
	if (kasper_submissions_prepare(self, submission, &why)) {
		kasper_submissions_call(self, submission);
		return;
	}
	transaction = kasper_engine_begin(self, &error);
	if (transaction == NULL ||
	    !kasper_submission_put_off(self, &submission->intent, why, &error) ||
	    !kasper_engine_commit(self, transaction, &error))
		kasper_engine_storage_failed(self, error);
	kasper_submission_free(submission);
}

/* --- nobody but a person can do it: announced is handed over --- */

static gboolean
kasper_submissions_hand_to_person(KasperEngine *self, gpointer item, gpointer data, GError **error)
{
	return kasper_engine_accept_submission(self, item, NULL, error);
}

static gboolean
kasper_submissions_keep(KasperEngine *self,
			gpointer item,
			const GError *why,
			gpointer data,
			GError **error)
{
	return kasper_submission_put_off(self, item, why, error);
}

static void
kasper_submissions_hand_all_to_person(KasperEngine *self, GArray *rows)
{
	static const KasperRecorder recorder = {
	    .record = kasper_submissions_hand_to_person,
	    .give_up = kasper_submissions_keep,
	};
	g_autoptr(GPtrArray) items = g_ptr_array_new();
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < rows->len; i++)
		g_ptr_array_add(items, &g_array_index(rows, KasperIntentRow, i));
	if (!kasper_engine_record_each(self, items, &recorder, &error))
		g_warning("DS submissions could not be recorded: %s", error->message);
}

/* --- what is due --- */

typedef struct {
	KasperEngine *engine;
	GArray *rows; /* of KasperIntentRow */
} KasperSubmissionScan;

static gboolean
kasper_submissions_collect(const KasperIntentRow *row, gpointer data)
{
	KasperSubmissionScan *scan = data;
	gint64 number = row->number;
	KasperIntentRow copy = *row;

	if (g_hash_table_contains(scan->engine->in_hand, &number))
		return TRUE;
	copy.id = g_strdup(row->id);
	copy.target = g_strdup(row->target);
	copy.payload = g_strdup(row->payload);
	copy.token = g_strdup(row->token);
	copy.error = g_strdup(row->error);
	g_array_append_val(scan->rows, copy);
	return TRUE;
}

static GArray *
kasper_submissions_list_due(KasperEngine *self, KasperTime now, guint limit)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(KasperIntentRow));
	KasperSubmissionScan scan = {self, rows};

	g_array_set_clear_func(rows, (GDestroyNotify)kasper_intent_row_clear);
	kasper_store_each_intent(self->store,
				 KASPER_INTENT_DS,
				 now,
				 limit,
				 kasper_submissions_collect,
				 &scan,
				 NULL);
	return rows;
}

/* hands due DS sets to the channel; gives whether there were any */
gboolean
kasper_engine_submit_due(KasperEngine *self, KasperTime now)
{
	g_autoptr(GArray) rows = NULL;

	if (self->has_channel && self->channel == NULL)
		return kasper_engine_put_off_intents(
		    self,
		    KASPER_INTENT_DS,
		    now,
		    self->plugins_at,
		    "the DS channel is not open: see 'kasper status'");
	if (self->ds_jobs >= MAX_DS_JOBS)
		return FALSE;
	rows =
	    kasper_submissions_list_due(self, now, self->has_channel ? MAX_DS_JOBS : KASPER_BATCH);
	if (rows->len > 0 && !self->has_channel)
		kasper_submissions_hand_all_to_person(self, rows);
	for (guint i = 0; self->has_channel && i < rows->len; i++)
		kasper_submissions_start(self, &g_array_index(rows, KasperIntentRow, i));
	return rows->len > 0;
}
