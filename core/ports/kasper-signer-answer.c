/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-signer.h"

struct _KasperSignerAnswer {
	GObject parent_instance;

	gint64 revision;
	gint64 max_ttl;
	gint64 dnskey_ttl;
	gchar *text;
	KasperSignerStatus status;
	gboolean all_replaced;
	gboolean seen;
};

/**
 * KasperSignerAnswer:
 *
 * What became of a #KasperZoneOrder.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperSignerAnswer, kasper_signer_answer, G_TYPE_OBJECT)

static void
kasper_signer_answer_finalize(GObject *object)
{
	KasperSignerAnswer *self = KASPER_SIGNER_ANSWER(object);

	g_free(self->text);
	G_OBJECT_CLASS(kasper_signer_answer_parent_class)->finalize(object);
}

static void
kasper_signer_answer_init(KasperSignerAnswer *self)
{
}

static void
kasper_signer_answer_class_init(KasperSignerAnswerClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_signer_answer_finalize;
}

/**
 * kasper_signer_answer_new:
 * @status: what became of the order
 * @revision: with %KASPER_SIGNER_PUBLISHED the revision of the order; else the one that is
 *   published, 0 if nobody knows
 * @text: (nullable): why, for people
 *
 * An answer for which nobody has looked into the zone; see kasper_signer_answer_set_seen().
 *
 * Returns: (transfer full): an answer
 *
 * Since: 0.1
 */
KasperSignerAnswer *
kasper_signer_answer_new(KasperSignerStatus status, gint64 revision, const gchar *text)
{
	KasperSignerAnswer *self = g_object_new(KASPER_TYPE_SIGNER_ANSWER, NULL);

	self->status = status;
	self->revision = revision;
	self->text = g_strdup(text);
	return self;
}

/**
 * kasper_signer_answer_get_status:
 * @self: an answer
 *
 * Returns: what became of the order
 *
 * Since: 0.1
 */
KasperSignerStatus
kasper_signer_answer_get_status(KasperSignerAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER_ANSWER(self), KASPER_SIGNER_FAILED);
	return self->status;
}

/**
 * kasper_signer_answer_get_revision:
 * @self: an answer
 *
 * Returns: the revision that is published; 0 if nobody knows
 *
 * Since: 0.1
 */
gint64
kasper_signer_answer_get_revision(KasperSignerAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER_ANSWER(self), 0);
	return self->revision;
}

/**
 * kasper_signer_answer_get_text:
 * @self: an answer
 *
 * Returns: (nullable): why, for people
 *
 * Since: 0.1
 */
const gchar *
kasper_signer_answer_get_text(KasperSignerAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER_ANSWER(self), NULL);
	return self->text;
}

/**
 * kasper_signer_answer_set_seen:
 * @self: an answer
 * @max_ttl: the largest TTL in the zone, in seconds
 * @dnskey_ttl: the TTL of the DNSKEY set, in seconds
 * @all_replaced: no signature is left of a key that the order does not have signing
 *
 * Records what was really read in the published zone: the answer is no longer assumed.
 *
 * Since: 0.1
 */
void
kasper_signer_answer_set_seen(KasperSignerAnswer *self,
			      gint64 max_ttl,
			      gint64 dnskey_ttl,
			      gboolean all_replaced)
{
	g_return_if_fail(KASPER_IS_SIGNER_ANSWER(self));
	g_return_if_fail(max_ttl >= 0);
	g_return_if_fail(dnskey_ttl >= 0);

	self->seen = TRUE;
	self->max_ttl = max_ttl;
	self->dnskey_ttl = dnskey_ttl;
	self->all_replaced = all_replaced;
}

/**
 * kasper_signer_answer_get_max_ttl:
 * @self: an answer
 *
 * Returns: the largest TTL in the zone, in seconds; 0 if nobody looked
 *
 * Since: 0.1
 */
gint64
kasper_signer_answer_get_max_ttl(KasperSignerAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER_ANSWER(self), 0);
	return self->max_ttl;
}

/**
 * kasper_signer_answer_get_dnskey_ttl:
 * @self: an answer
 *
 * Returns: the TTL of the DNSKEY set, in seconds; 0 if nobody looked
 *
 * Since: 0.1
 */
gint64
kasper_signer_answer_get_dnskey_ttl(KasperSignerAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER_ANSWER(self), 0);
	return self->dnskey_ttl;
}

/**
 * kasper_signer_answer_get_all_replaced:
 * @self: an answer
 *
 * Returns: whether no signature is left of a key that the order does not have signing
 *
 * Since: 0.1
 */
gboolean
kasper_signer_answer_get_all_replaced(KasperSignerAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER_ANSWER(self), FALSE);
	return self->all_replaced;
}

/**
 * kasper_signer_answer_get_assumed:
 * @self: an answer
 *
 * Returns: whether nobody looked, so that the answer rests on the order having been handed over
 *
 * Since: 0.1
 */
gboolean
kasper_signer_answer_get_assumed(KasperSignerAnswer *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER_ANSWER(self), TRUE);
	return !self->seen;
}
