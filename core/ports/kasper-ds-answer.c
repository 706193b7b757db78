/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-ds-request.h"

struct _KasperDsAnswer {
	GObject parent_instance;

	gchar *text;
	gchar *token;
	gchar **stored;
	gint64 retry_after;
	KasperDsStatus status;
};

/**
 * KasperDsAnswer:
 *
 * What a DS channel's counterparty said.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperDsAnswer, kasper_ds_answer, G_TYPE_OBJECT)

static void
kasper_ds_answer_finalize(GObject *object)
{
	KasperDsAnswer *self = KASPER_DS_ANSWER(object);

	g_free(self->text);
	g_free(self->token);
	g_strfreev(self->stored);
	G_OBJECT_CLASS(kasper_ds_answer_parent_class)->finalize(object);
}

static void
kasper_ds_answer_init(KasperDsAnswer *self)
{
}

static void
kasper_ds_answer_class_init(KasperDsAnswerClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_ds_answer_finalize;
}

/**
 * kasper_ds_answer_new:
 * @status: what became of the attempt
 * @text: (nullable): the counterparty's own words
 *
 * An answer without a token and without a stored set.
 *
 * Returns: (transfer full): an answer
 *
 * Since: 0.1
 */
KasperDsAnswer *
kasper_ds_answer_new(KasperDsStatus status, const gchar *text)
{
	KasperDsAnswer *self = g_object_new(KASPER_TYPE_DS_ANSWER, NULL);

	self->status = status;
	self->text = g_strdup(text);
	return self;
}

/**
 * kasper_ds_answer_get_status:
 * @self: an answer
 *
 * Returns: what became of the attempt
 *
 * Since: 0.1
 */
KasperDsStatus
kasper_ds_answer_get_status(KasperDsAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_DS_ANSWER(self), KASPER_DS_STATUS_UNKNOWN);
	return self->status;
}

/**
 * kasper_ds_answer_get_text:
 * @self: an answer
 *
 * Returns: (nullable): the counterparty's own words
 *
 * Since: 0.1
 */
const gchar *
kasper_ds_answer_get_text(KasperDsAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_DS_ANSWER(self), NULL);
	return self->text;
}

/**
 * kasper_ds_answer_set_retry_after:
 * @self: an answer
 * @seconds: when to try again, or to poll; 0: the engine decides
 *
 * Passes on when the counterparty wants to be asked again.
 *
 * Since: 0.1
 */
void
kasper_ds_answer_set_retry_after(KasperDsAnswer *self, gint64 seconds)
{
	g_return_if_fail(KASPER_IS_DS_ANSWER(self));
	g_return_if_fail(seconds >= 0);
	self->retry_after = seconds;
}

/**
 * kasper_ds_answer_get_retry_after:
 * @self: an answer
 *
 * Returns: when to try again, or to poll, in seconds; 0: the engine decides
 *
 * Since: 0.1
 */
gint64
kasper_ds_answer_get_retry_after(KasperDsAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_DS_ANSWER(self), 0);
	return self->retry_after;
}

/**
 * kasper_ds_answer_set_token:
 * @self: an answer
 * @token: (nullable): what the channel wants to be polled with
 *
 * Required of a %KASPER_DS_STATUS_PENDING answer. It is kept across restarts.
 *
 * Since: 0.1
 */
void
kasper_ds_answer_set_token(KasperDsAnswer *self, const gchar *token)
{
	g_return_if_fail(KASPER_IS_DS_ANSWER(self));
	g_free(self->token);
	self->token = g_strdup(token);
}

/**
 * kasper_ds_answer_get_token:
 * @self: an answer
 *
 * Returns: (nullable): what the channel wants to be polled with
 *
 * Since: 0.1
 */
const gchar *
kasper_ds_answer_get_token(KasperDsAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_DS_ANSWER(self), NULL);
	return self->token;
}

/**
 * kasper_ds_answer_set_stored:
 * @self: an answer
 * @ds: (array zero-terminated=1) (nullable): DS records; %NULL: it cannot tell
 *
 * The set that the counterparty has stored.
 *
 * Since: 0.1
 */
void
kasper_ds_answer_set_stored(KasperDsAnswer *self, const gchar *const *ds)
{
	g_return_if_fail(KASPER_IS_DS_ANSWER(self));
	g_strfreev(self->stored);
	self->stored = g_strdupv((gchar **)ds);
}

/**
 * kasper_ds_answer_get_stored:
 * @self: an answer
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): the DS records that the
 *   counterparty has stored; %NULL: it cannot tell
 *
 * Since: 0.1
 */
const gchar *const *
kasper_ds_answer_get_stored(KasperDsAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_DS_ANSWER(self), NULL);
	return (const gchar *const *)self->stored;
}
