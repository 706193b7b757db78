/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-key-list-private.h"
#include "kasper-signer.h"

struct _KasperSignerFinding {
	GObject parent_instance;

	gchar *text;
	KasperKeyList *keys;
	KasperSignerTrace trace;
};

/**
 * KasperSignerFinding:
 *
 * What a signer has of a zone for which it has no order yet. Once it has been handed over it is not
 * changed any more, and one that says that there is nothing may stand for many zones.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE(KasperSignerFinding, kasper_signer_finding, G_TYPE_OBJECT)

static void
kasper_signer_finding_finalize(GObject *object)
{
	KasperSignerFinding *self = KASPER_SIGNER_FINDING(object);

	g_free(self->text);
	g_clear_object(&self->keys);
	G_OBJECT_CLASS(kasper_signer_finding_parent_class)->finalize(object);
}

static void
kasper_signer_finding_init(KasperSignerFinding *self)
{
	self->keys = kasper_key_list_new();
}

static void
kasper_signer_finding_class_init(KasperSignerFindingClass *klass)
{
	G_OBJECT_CLASS(klass)->finalize = kasper_signer_finding_finalize;
}

/**
 * kasper_signer_finding_new:
 * @trace: what there is
 * @text: (nullable): where, and what, for people; needed unless there is nothing
 *
 * Returns: (transfer full): a finding without any keys yet
 *
 * Since: 0.1
 */
KasperSignerFinding *
kasper_signer_finding_new(KasperSignerTrace trace, const gchar *text)
{
	KasperSignerFinding *self = g_object_new(KASPER_TYPE_SIGNER_FINDING, NULL);

	self->trace = trace;
	self->text = g_strdup(text);
	return self;
}

/**
 * kasper_signer_finding_get_trace:
 * @self: a finding
 *
 * Returns: what there is
 *
 * Since: 0.1
 */
KasperSignerTrace
kasper_signer_finding_get_trace(KasperSignerFinding *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER_FINDING(self), KASPER_SIGNER_UNCLEAR);
	return self->trace;
}

/**
 * kasper_signer_finding_get_text:
 * @self: a finding
 *
 * Returns: (nullable): where, and what, for people
 *
 * Since: 0.1
 */
const gchar *
kasper_signer_finding_get_text(KasperSignerFinding *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER_FINDING(self), NULL);
	return self->text;
}

/**
 * kasper_signer_finding_add_key:
 * @self: a finding
 * @key: a key with which the zone is signed, as far as the signer knows it
 *
 * Since: 0.1
 */
void
kasper_signer_finding_add_key(KasperSignerFinding *self, KasperOrderKey *key)
{
	g_return_if_fail(KASPER_IS_SIGNER_FINDING(self));
	g_return_if_fail(KASPER_IS_ORDER_KEY(key));
	kasper_key_list_append(self->keys, key);
}

/**
 * kasper_signer_finding_get_keys:
 * @self: a finding
 *
 * Returns: (transfer none): a list of #KasperOrderKey; none: nobody knows which they are
 *
 * Since: 0.1
 */
GListModel *
kasper_signer_finding_get_keys(KasperSignerFinding *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER_FINDING(self), NULL);
	return G_LIST_MODEL(self->keys);
}
