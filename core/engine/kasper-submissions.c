/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-private.h"

#include "kasper-dnskey.h"

/* stages of a submission's intent */
#define STAGE_SUBMIT 0
#define STAGE_POLL   1

#define FIRST_RETRY   ((KasperSpan)60)
#define LONGEST_RETRY ((KasperSpan)3600)

static const KasperVersion *
kasper_submissions_find_version(const KasperSnapshot *snapshot, guint flag)
{
	const KasperLedger *ledger = &snapshot->ledgers[KASPER_LEDGER_DS];

	for (guint i = 0; i < ledger->n_versions; i++) {
		if (ledger->versions[i].flags & flag)
			return &ledger->versions[i];
	}
	return NULL;
}

static KasperKeySet
kasper_submissions_get_wanted(const KasperSnapshot *snapshot)
{
	KasperKeySet wanted = 0;

	for (guint i = 0; i < snapshot->n_keys; i++) {
		if (snapshot->keys[i].number != 0 && (snapshot->keys[i].records & KASPER_RECORD_DS))
			wanted |= (KasperKeySet)1 << i;
	}
	return wanted;
}

static KasperKeySet
kasper_submissions_get_seen(const KasperSnapshot *snapshot)
{
	const KasperVersion *version =
	    kasper_submissions_find_version(snapshot, KASPER_VERSION_OBSERVED);

	return version != NULL ? version->keys : 0;
}

static KasperDsKey *
kasper_submissions_make_key(KasperEngine *self,
			    const KasperZoneRow *row,
			    const KasperSnapshot *snapshot,
			    guint slot,
			    GError **error)
{
	const KasperKey *key = &snapshot->keys[slot];
	g_auto(KasperPairRow) pair = {0};
	g_autofree gchar *dnskey = NULL;
	g_autoptr(GPtrArray) ds = g_ptr_array_new_with_free_func(g_free);

	if (!kasper_store_get_pair(self->store, key->number, &pair, error))
		return NULL;
	dnskey = kasper_dnskey_to_text(row->name,
				       snapshot->policy.dnskey_ttl,
				       key->flags,
				       key->algorithm,
				       pair.public_key);
	for (guint digest = 1; digest < 8; digest++) {
		gchar *text;

		if ((snapshot->policy.digests & (1u << digest)) == 0)
			continue;
		text = kasper_dnskey_to_ds(row->name,
					   snapshot->policy.ds_ttl,
					   key->flags,
					   key->algorithm,
					   pair.public_key,
					   (KasperDigest)digest,
					   error);
		if (text == NULL)
			return NULL;
		g_ptr_array_add(ds, text);
	}
	g_ptr_array_add(ds, NULL);
	return kasper_ds_key_new(pair.id,
				 key->tag,
				 key->flags,
				 key->algorithm,
				 pair.public_key,
				 dnskey,
				 (const gchar *const *)ds->pdata);
}

static KasperDsPhaseKind
kasper_submissions_get_phase(KasperKeySet wanted, KasperKeySet seen)
{
	if (wanted == 0)
		return KASPER_DS_PHASE_GO_INSECURE;
	if (seen == 0)
		return KASPER_DS_PHASE_BOOTSTRAP;
	if ((seen & ~wanted) == 0)
		return KASPER_DS_PHASE_INTRODUCE;
	return (wanted & ~seen) == 0 ? KASPER_DS_PHASE_WITHDRAW : KASPER_DS_PHASE_SWAP;
}

static gboolean
kasper_submissions_add_keys(KasperEngine *self,
			    const KasperZoneRow *row,
			    const KasperSnapshot *snapshot,
			    KasperKeySet keys,
			    KasperDsRequest *request,
			    void (*add)(KasperDsRequest *request, KasperDsKey *key),
			    GError **error)
{
	for (guint i = 0; i < snapshot->n_keys; i++) {
		g_autoptr(KasperDsKey) key = NULL;

		if ((keys & ((KasperKeySet)1 << i)) == 0 || snapshot->keys[i].number == 0)
			continue;
		key = kasper_submissions_make_key(self, row, snapshot, i, error);
		if (key == NULL)
			return FALSE;
		add(request, key);
	}
	return TRUE;
}

static KasperDsRequest *
kasper_submissions_make_request(KasperEngine *self,
				const KasperZoneRow *row,
				const KasperSnapshot *snapshot,
				const KasperIntentRow *intent,
				GError **error)
{
	KasperKeySet wanted = kasper_submissions_get_wanted(snapshot);
	KasperKeySet seen = kasper_submissions_get_seen(snapshot);
	g_autoptr(KasperDsRequest) request =
	    kasper_ds_request_new(row->name,
				  intent->id,
				  kasper_submissions_get_phase(wanted, seen),
				  intent->tries + 1,
				  intent->token);

	if (!kasper_submissions_add_keys(self,
					 row,
					 snapshot,
					 wanted,
					 request,
					 kasper_ds_request_add_wanted,
					 error) ||
	    !kasper_submissions_add_keys(self,
					 row,
					 snapshot,
					 seen,
					 request,
					 kasper_ds_request_add_seen,
					 error))
		return NULL;
	return g_steal_pointer(&request);
}

/* --- what people are told --- */

static gchar *
kasper_submissions_dup_line(KasperEngine *self,
			    const KasperZoneRow *row,
			    const KasperSnapshot *snapshot,
			    guint slot)
{
	const KasperKey *key = &snapshot->keys[slot];
	g_autofree gchar *dnskey = kasper_engine_dup_dnskey(self, row, snapshot, slot, NULL);

	return g_strdup_printf("%s ;{id = %u (ksk), size = %ub}",
			       dnskey != NULL ? dnskey : "",
			       key->tag,
			       key->bits);
}

/* the lines that operators have watched for since OpenDNSSEC 1.x, word by word */
gboolean
kasper_engine_announce_ds(KasperEngine *self,
			  const KasperZoneRow *row,
			  const KasperSnapshot *snapshot,
			  GError **error)
{
	KasperKeySet wanted = kasper_submissions_get_wanted(snapshot);
	g_autoptr(GString) text =
	    g_string_new("DS Record set has changed, the current set looks like:");

	for (guint i = 0; i < snapshot->n_keys; i++) {
		g_autofree gchar *line = NULL;

		if ((wanted & ((KasperKeySet)1 << i)) == 0)
			continue;
		line = kasper_submissions_dup_line(self, row, snapshot, i);
		g_string_append_printf(text, "\n%s", line);
	}
	if (wanted == 0)
		g_string_append_printf(text, "\n%s. has no DS records any more", row->name);
	return kasper_engine_emit(self,
				  "ds-set-changed",
				  KASPER_EVENT_INFO,
				  row->name,
				  NULL,
				  text->str,
				  error);
}

/* who has to look at the parent next, once the channel (or a person) has the set */
static gboolean
kasper_submissions_announce_wait(KasperEngine *self,
				 const KasperZoneRow *row,
				 const KasperSnapshot *snapshot,
				 GError **error)
{
	KasperKeySet wanted = kasper_submissions_get_wanted(snapshot);
	KasperKeySet seen = kasper_submissions_get_seen(snapshot);
	g_autoptr(GString) text = g_string_new(NULL);

	if ((wanted & ~seen) == 0)
		return TRUE;
	g_string_printf(text,
			"Once the new DS records are seen in DNS please issue the ds-seen command "
			"for zone %s with the following cka_ids",
			row->name);
	for (guint i = 0; i < snapshot->n_keys; i++) {
		g_auto(KasperPairRow) pair = {0};

		if ((wanted & ~seen & ((KasperKeySet)1 << i)) == 0)
			continue;
		if (!kasper_store_get_pair(self->store, snapshot->keys[i].number, &pair, error))
			return FALSE;
		g_string_append_printf(text, ", %s", pair.id);
	}
	return kasper_engine_emit(self,
				  "ds-seen-wanted",
				  KASPER_EVENT_INFO,
				  row->name,
				  NULL,
				  text->str,
				  error);
}

/* --- the call --- */

typedef struct {
	KasperEngine *engine;
	KasperIntentRow intent;
	gchar *zone_name;
	KasperDsRequest *request;
} KasperSubmission;

static void
kasper_submission_free(KasperSubmission *self)
{
	g_object_unref(self->engine);
	kasper_intent_row_clear(&self->intent);
	g_clear_object(&self->request);
	g_free(self->zone_name);
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
	KasperDsRequest *request = data;
	KasperDsAnswer *answer = NULL;

	if (kasper_ds_request_get_token(request) != NULL)
		return kasper_ds_channel_poll_token(channel, request, cancellable, error);
	if (kasper_ds_request_get_attempt(request) > 1)
		answer = kasper_submissions_ask_world(channel, request, cancellable);
	if (answer != NULL)
		return answer;
	return kasper_ds_channel_submit_set(channel, request, cancellable, error);
}

typedef struct {
	gint64 submission;
	KasperTime accepted_at;
} KasperAcceptance;

static gboolean
kasper_submissions_take(KasperSnapshot *snapshot, gpointer data, GError **error)
{
	const KasperAcceptance *acceptance = data;

	kasper_snapshot_take_submission(snapshot, acceptance->submission, acceptance->accepted_at);
	return TRUE;
}

/* the counterparty has the set; which is not publication */
static gboolean
kasper_submissions_accepted(KasperEngine *self, const KasperIntentRow *intent, GError **error)
{
	KasperAcceptance acceptance = {intent->sequence, kasper_engine_now(self)};
	const KasperTurn turn = {
	    .zone = intent->zone,
	    .take = kasper_submissions_take,
	    .data = &acceptance,
	    .action = "ds-submitted",
	};
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) row = {0};

	return kasper_engine_turn(self, &turn, error) &&
	       kasper_engine_load(self, intent->zone, &snapshot, &row, error) &&
	       kasper_submissions_announce_wait(self, &row, &snapshot, error) &&
	       kasper_store_finish_intent(self->store, intent->number, error);
}

static gboolean
kasper_submissions_not_yet(KasperEngine *self,
			   const KasperSubmission *submission,
			   const gchar *text,
			   KasperSpan wait,
			   gboolean alarm,
			   GError **error)
{
	const KasperIntentRow *intent = &submission->intent;
	g_autofree gchar *line = NULL;

	if (wait <= 0)
		wait = kasper_engine_back_off(intent->tries, FIRST_RETRY, LONGEST_RETRY);
	line = g_strdup_printf("the DS set of zone %s was not submitted: %s",
			       submission->zone_name,
			       text);
	if ((alarm || intent->tries == 0) && !kasper_engine_emit(self,
								 "ds-submit-failed",
								 KASPER_EVENT_ERROR,
								 submission->zone_name,
								 NULL,
								 line,
								 error))
		return FALSE;
	return kasper_store_postpone_intent(self->store,
					    intent->number,
					    STAGE_SUBMIT,
					    kasper_time_add(kasper_engine_now(self), wait),
					    NULL,
					    text,
					    error);
}

static gboolean
kasper_submissions_record_answer(KasperEngine *self,
				 const KasperSubmission *submission,
				 KasperDsAnswer *answer,
				 GError **error)
{
	const gchar *text = kasper_ds_answer_get_text(answer);
	KasperSpan wait = kasper_ds_answer_get_retry_after(answer);
	KasperTime now = kasper_engine_now(self);

	if (text == NULL)
		text = "the channel gave no reason";
	switch (kasper_ds_answer_get_status(answer)) {
	case KASPER_DS_STATUS_DONE:
	case KASPER_DS_STATUS_NEEDS_OPERATOR:
		return kasper_submissions_accepted(self, &submission->intent, error);
	case KASPER_DS_STATUS_PENDING:
		return kasper_store_postpone_intent(self->store,
						    submission->intent.number,
						    STAGE_POLL,
						    kasper_time_add(now, wait > 0 ? wait : 60),
						    kasper_ds_answer_get_token(answer),
						    NULL,
						    error);
	case KASPER_DS_STATUS_RETRY:
	case KASPER_DS_STATUS_UNKNOWN:
		return kasper_submissions_not_yet(self, submission, text, wait, FALSE, error);
	case KASPER_DS_STATUS_REJECTED:
	case KASPER_DS_STATUS_AUTH:
	case KASPER_DS_STATUS_UNSUPPORTED:
		return kasper_submissions_not_yet(self,
						  submission,
						  text,
						  MAX(wait, LONGEST_RETRY),
						  TRUE,
						  error);
	}
	g_assert_not_reached();
}

static gboolean
kasper_submissions_record(KasperEngine *self,
			  const KasperSubmission *submission,
			  KasperDsAnswer *answer,
			  const GError *failed,
			  GError **error)
{
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, error);
	gboolean done;

	if (transaction == NULL)
		return FALSE;
	if (answer != NULL)
		done = kasper_submissions_record_answer(self, submission, answer, error);
	else
		done =
		    kasper_submissions_not_yet(self, submission, failed->message, 0, FALSE, error);
	return done && kasper_engine_commit(self, transaction, error);
}

static void
kasper_submissions_done(GObject *source, GAsyncResult *result, gpointer data)
{
	KasperSubmission *submission = data;
	g_autoptr(KasperEngine) self = g_object_ref(submission->engine);
	g_autoptr(KasperDsAnswer) answer = NULL;
	g_autoptr(GError) failed = NULL;
	g_autoptr(GError) error = NULL;

	answer = kasper_plugin_host_call_finish(KASPER_PLUGIN_HOST(source), result, &failed);
	if (!kasper_submissions_record(self, submission, answer, failed, &error))
		g_warning("zone %s: the channel's answer could not be recorded: %s",
			  submission->zone_name,
			  error->message);
	g_hash_table_remove(self->in_hand, &submission->intent.number);
	kasper_submission_free(submission);
	kasper_engine_kick(self);
}

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

/* nobody but a person can do it: the set counts as handed over once it has been announced */
static void
kasper_submissions_hand_to_person(KasperEngine *self, const KasperIntentRow *intent)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, &error);

	if (transaction == NULL || !kasper_submissions_accepted(self, intent, &error) ||
	    !kasper_engine_commit(self, transaction, &error))
		g_warning("a DS submission could not be recorded: %s", error->message);
}

static void
kasper_submissions_drop(KasperEngine *self, const KasperIntentRow *intent)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperTransaction) transaction = kasper_store_begin(self->store, &error);

	if (transaction == NULL ||
	    !kasper_store_finish_intent(self->store, intent->number, &error) ||
	    !kasper_engine_commit(self, transaction, &error))
		g_warning("a stale DS submission could not be dropped: %s", error->message);
}

static void
kasper_submissions_start(KasperEngine *self, KasperIntentRow *intent)
{
	KasperSnapshot snapshot;
	g_auto(KasperZoneRow) row = {0};
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperDsRequest) request = NULL;
	KasperSubmission *submission;

	if (!kasper_engine_load(self, intent->zone, &snapshot, &row, &error)) {
		kasper_submissions_drop(self, intent);
		return;
	}
	if (self->channel == NULL) {
		kasper_submissions_hand_to_person(self, intent);
		return;
	}
	request = kasper_submissions_make_request(self, &row, &snapshot, intent, &error);
	if (request == NULL) {
		g_warning("zone %s: no DS set can be made: %s", row.name, error->message);
		return;
	}
	submission = g_new0(KasperSubmission, 1);
	submission->engine = g_object_ref(self);
	submission->intent = *intent;
	memset(intent, 0, sizeof *intent); /* its text has moved */
	submission->zone_name = g_strdup(row.name);
	submission->request = g_object_ref(request);
	g_hash_table_add(self->in_hand, g_memdup2(&submission->intent.number, sizeof(gint64)));
	kasper_plugin_host_call_async(self->host,
				      KASPER_PLUGIN(self->channel),
				      self->channel_deadline,
				      FALSE,
				      kasper_submissions_work,
				      g_steal_pointer(&request),
				      g_object_unref,
				      g_object_unref,
				      kasper_submissions_done,
				      submission);
}

/* hands due DS sets to the channel; gives whether there were any */
gboolean
kasper_engine_submit_due(KasperEngine *self, KasperTime now)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(KasperIntentRow));
	KasperSubmissionScan scan = {self, rows};

	g_array_set_clear_func(rows, (GDestroyNotify)kasper_intent_row_clear);
	if (!kasper_store_each_intent(self->store,
				      KASPER_INTENT_DS,
				      now,
				      KASPER_BATCH,
				      kasper_submissions_collect,
				      &scan,
				      NULL))
		return FALSE;
	for (guint i = 0; i < rows->len; i++)
		kasper_submissions_start(self, &g_array_index(rows, KasperIntentRow, i));
	return rows->len > 0;
}
