/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-submission-private.h"

/* stages of a submission's intent */
#define STAGE_SUBMIT 0
#define STAGE_POLL   1

#define FIRST_RETRY   ((KasperSpan)60)
#define LONGEST_RETRY ((KasperSpan)3600)
#define FIRST_POLL    ((KasperSpan)60)
/* what a counterparty asks for is believed within a day */
#define LONGEST_WAIT ((KasperSpan)86400)

void
kasper_submission_free(KasperSubmission *self)
{
	g_object_unref(self->engine);
	kasper_intent_row_clear(&self->intent);
	g_clear_object(&self->request);
	g_free(self->zone_name);
	g_free(self);
}

static gboolean
kasper_submission_emit_failure(KasperEngine *self,
			       const KasperSubmission *submission,
			       const gchar *text,
			       GError **error)
{
	g_autofree gchar *line = g_strdup_printf("the DS set of zone %s was not submitted: %s",
						 submission->zone_name,
						 text);

	return kasper_engine_emit(self,
				  "ds-submit-failed",
				  KASPER_EVENT_ERROR,
				  submission->zone_name,
				  NULL,
				  line,
				  error);
}

static KasperTime
kasper_submission_get_retry(KasperEngine *self,
			    const KasperIntentRow *intent,
			    KasperSpan wanted,
			    KasperSpan first)
{
	if (wanted > 0)
		return kasper_time_add(kasper_engine_now(self), MIN(wanted, LONGEST_WAIT));
	return kasper_engine_get_retry(self, intent->number, intent->tries, first, LONGEST_RETRY);
}

/* a submission that the counterparty has taken, as far as its token goes, is only asked for again
 */
static gboolean
kasper_submission_not_yet(KasperEngine *self,
			  const KasperSubmission *submission,
			  const gchar *text,
			  KasperSpan wait,
			  gboolean alarm,
			  GError **error)
{
	const KasperIntentRow *intent = &submission->intent;
	gboolean keep = !alarm && intent->token != NULL;

	if ((alarm || intent->tries == 0) &&
	    !kasper_submission_emit_failure(self, submission, text, error))
		return FALSE;
	return kasper_store_postpone_intent(
	    self->store,
	    intent->number,
	    keep ? STAGE_POLL : STAGE_SUBMIT,
	    kasper_submission_get_retry(self, intent, wait, alarm ? LONGEST_RETRY : FIRST_RETRY),
	    keep ? intent->token : NULL,
	    text,
	    error);
}

static gboolean
kasper_submission_pending(KasperEngine *self,
			  const KasperSubmission *submission,
			  KasperDsAnswer *answer,
			  GError **error)
{
	const KasperIntentRow *intent = &submission->intent;
	const gchar *token = kasper_ds_answer_get_token(answer);
	KasperSpan wait = kasper_ds_answer_get_retry_after(answer);

	return kasper_store_postpone_intent(
	    self->store,
	    intent->number,
	    STAGE_POLL,
	    kasper_submission_get_retry(self, intent, wait, FIRST_POLL),
	    token != NULL ? token : intent->token,
	    NULL,
	    error);
}

static gboolean
kasper_submission_needs_operator(KasperEngine *self,
				 const KasperSubmission *submission,
				 const gchar *text,
				 GError **error)
{
	g_autofree gchar *line =
	    g_strdup_printf("zone %s: a person has to bring the DS set to the parent: %s",
			    submission->zone_name,
			    text);

	return kasper_engine_emit(self,
				  "ds-needs-operator",
				  KASPER_EVENT_NOTICE,
				  submission->zone_name,
				  NULL,
				  line,
				  error) &&
	       kasper_engine_accept_submission(self, &submission->intent, NULL, error);
}

static gboolean
kasper_submission_record_answer(KasperEngine *self,
				const KasperSubmission *submission,
				KasperDsAnswer *answer,
				GError **error)
{
	const gchar *text = kasper_ds_answer_get_text(answer);
	KasperSpan wait = kasper_ds_answer_get_retry_after(answer);

	if (text == NULL)
		text = "the channel gave no reason";
	switch (kasper_ds_answer_get_status(answer)) {
	case KASPER_DS_STATUS_DONE:
		return kasper_engine_accept_submission(self, &submission->intent, NULL, error);
	case KASPER_DS_STATUS_NEEDS_OPERATOR:
		return kasper_submission_needs_operator(self, submission, text, error);
	case KASPER_DS_STATUS_PENDING:
		return kasper_submission_pending(self, submission, answer, error);
	case KASPER_DS_STATUS_RETRY:
	case KASPER_DS_STATUS_UNKNOWN:
		return kasper_submission_not_yet(self, submission, text, wait, FALSE, error);
	case KASPER_DS_STATUS_REJECTED:
	case KASPER_DS_STATUS_AUTH:
	case KASPER_DS_STATUS_UNSUPPORTED:
		return kasper_submission_not_yet(self, submission, text, wait, TRUE, error);
	}
	g_assert_not_reached();
}

gboolean
kasper_submission_record(KasperEngine *self,
			 const KasperSubmission *submission,
			 KasperDsAnswer *answer,
			 const GError *failed,
			 GError **error)
{
	if (answer != NULL)
		return kasper_submission_record_answer(self, submission, answer, error);
	return kasper_submission_not_yet(self, submission, failed->message, 0, FALSE, error);
}

/* the zone was deleted meanwhile, or cannot be decided upon */
gboolean
kasper_submission_put_off(KasperEngine *self,
			  const KasperIntentRow *intent,
			  const GError *why,
			  GError **error)
{
	if (g_error_matches(why, KASPER_ERROR, KASPER_ERROR_NOT_FOUND))
		return kasper_store_finish_intent(self->store, intent->number, error);
	return kasper_store_postpone_intent(
	    self->store,
	    intent->number,
	    intent->stage,
	    kasper_submission_get_retry(self, intent, 0, FIRST_RETRY),
	    intent->token,
	    why->message,
	    error);
}
