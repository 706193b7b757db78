/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-signer.h"

#include "kasper-contract-private.h"

/**
 * KasperSigner:
 *
 * Gives a signer its orders and reads back what it did. All functions may block, and are called on
 * worker threads, one at a time.
 *
 * Since: 0.1
 */
G_DEFINE_INTERFACE(KasperSigner, kasper_signer, KASPER_TYPE_PLUGIN)

static void
kasper_signer_default_init(KasperSignerInterface *iface)
{
}

/* RFC 2181, section 8; a wait for more would never end */
#define LARGEST_TTL ((gint64)G_MAXINT32)

/* what is wrong with the answer to an order; NULL: nothing */
static const gchar *
kasper_signer_find_fault(KasperSignerAnswer *answer, KasperZoneOrder *order)
{
	if (kasper_signer_answer_get_max_ttl(answer) > LARGEST_TTL ||
	    kasper_signer_answer_get_dnskey_ttl(answer) > LARGEST_TTL)
		return "has seen a TTL that no record can have";
	switch (kasper_signer_answer_get_status(answer)) {
	case KASPER_SIGNER_PUBLISHED:
		/* evidence: a wait starts here */
		return kasper_signer_answer_get_revision(answer) ==
			       kasper_zone_order_get_revision(order)
			   ? NULL
			   : "says of another revision than was ordered that it is published";
	case KASPER_SIGNER_PENDING:
	case KASPER_SIGNER_FAILED:
		return NULL;
	}
	return "returned an answer with a status that does not exist";
}

/* nobody knows which answer is whose, or what it is */
static const gchar *
kasper_signer_find_fault_of_list(GListModel *answers, GType type, GListModel *orders)
{
	if (!g_type_is_a(g_list_model_get_item_type(answers), type))
		return type == KASPER_TYPE_SIGNER_ANSWER
			   ? "returned a list of something else than KasperSignerAnswer"
			   : "returned a list of something else than KasperSignerFinding";
	if (g_list_model_get_n_items(answers) != g_list_model_get_n_items(orders))
		return "returned more or fewer answers than there were orders";
	return NULL;
}

/* an answer that cannot be is one about its zone, and not about the others: it failed */
static GListModel *
kasper_signer_check_answers(KasperSigner *self, GListModel *answers, GListModel *orders)
{
	g_autoptr(GListStore) checked = g_list_store_new(KASPER_TYPE_SIGNER_ANSWER);

	for (guint i = 0; i < g_list_model_get_n_items(orders); i++) {
		g_autoptr(KasperSignerAnswer) answer = g_list_model_get_item(answers, i);
		g_autoptr(KasperZoneOrder) order = g_list_model_get_item(orders, i);
		const gchar *fault = kasper_signer_find_fault(answer, order);
		g_autoptr(GError) error = NULL;

		if (fault != NULL) {
			kasper_contract_broken(self, "apply_orders", fault, &error);
			g_object_unref(answer);
			answer = kasper_signer_answer_new(KASPER_SIGNER_FAILED, 0, error->message);
		}
		g_list_store_append(checked, answer);
	}
	return G_LIST_MODEL(g_steal_pointer(&checked));
}

/**
 * kasper_signer_apply_orders:
 * @self: a signer
 * @orders: a list of #KasperZoneOrder
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Hands orders over. What becomes of one zone is an answer; an error means that none was tried. An
 * order that is applied twice has no further effect.
 *
 * Returns: (transfer full): a list of #KasperSignerAnswer, in the order of @orders
 *
 * Since: 0.1
 */
GListModel *
kasper_signer_apply_orders(KasperSigner *self,
			   GListModel *orders,
			   GCancellable *cancellable,
			   GError **error)
{
	KasperSignerInterface *iface;
	g_autoptr(GListModel) answers = NULL;
	GError *cause = NULL;
	const gchar *fault;

	g_return_val_if_fail(KASPER_IS_SIGNER(self), NULL);
	g_return_val_if_fail(G_IS_LIST_MODEL(orders), NULL);

	iface = KASPER_SIGNER_GET_IFACE(self);
	if (iface->apply_orders == NULL) {
		kasper_contract_missing(self, "apply_orders", error);
		return NULL;
	}
	answers = iface->apply_orders(self, orders, cancellable, &cause);
	if (!kasper_contract_settle(self, "apply_orders", answers != NULL, cause, error))
		return NULL;
	fault = kasper_signer_find_fault_of_list(answers, KASPER_TYPE_SIGNER_ANSWER, orders);
	if (fault != NULL) {
		kasper_contract_broken(self, "apply_orders", fault, error);
		return NULL;
	}
	return kasper_signer_check_answers(self, answers, orders);
}

/**
 * kasper_signer_read_back:
 * @self: a signer
 * @order: an order that was applied, now or in an earlier run
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Looks at what is published for a zone.
 *
 * Returns: (transfer full): what became of @order
 *
 * Since: 0.1
 */
KasperSignerAnswer *
kasper_signer_read_back(KasperSigner *self,
			KasperZoneOrder *order,
			GCancellable *cancellable,
			GError **error)
{
	KasperSignerInterface *iface;
	g_autoptr(KasperSignerAnswer) answer = NULL;
	GError *cause = NULL;
	const gchar *fault;

	g_return_val_if_fail(KASPER_IS_SIGNER(self), NULL);
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(order), NULL);

	iface = KASPER_SIGNER_GET_IFACE(self);
	if (iface->read_back == NULL) {
		kasper_contract_missing(self, "read_back", error);
		return NULL;
	}
	answer = iface->read_back(self, order, cancellable, &cause);
	if (!kasper_contract_settle(self, "read_back", answer != NULL, cause, error))
		return NULL;
	fault = kasper_signer_find_fault(answer, order);
	if (fault != NULL) {
		kasper_contract_broken(self, "read_back", fault, error);
		return NULL;
	}
	return g_steal_pointer(&answer);
}

/**
 * kasper_signer_forget_zone:
 * @self: a signer
 * @order: the last order of the zone
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * The zone is no longer ours: takes its orders away. A signer that leaves nothing behind need not
 * implement it.
 *
 * Returns: %TRUE if nothing is left of the orders
 *
 * Since: 0.1
 */
gboolean
kasper_signer_forget_zone(KasperSigner *self,
			  KasperZoneOrder *order,
			  GCancellable *cancellable,
			  GError **error)
{
	KasperSignerInterface *iface;
	GError *cause = NULL;
	gboolean done;

	g_return_val_if_fail(KASPER_IS_SIGNER(self), FALSE);
	g_return_val_if_fail(KASPER_IS_ZONE_ORDER(order), FALSE);

	iface = KASPER_SIGNER_GET_IFACE(self);
	if (iface->forget_zone == NULL)
		return TRUE;
	done = iface->forget_zone(self, order, cancellable, &cause);
	return kasper_contract_settle(self, "forget_zone", done, cause, error);
}

/**
 * kasper_signer_can_find_zones:
 * @self: a signer
 *
 * Returns: whether it can be asked with kasper_signer_find_zones()
 *
 * Since: 0.1
 */
gboolean
kasper_signer_can_find_zones(KasperSigner *self)
{
	g_return_val_if_fail(KASPER_IS_SIGNER(self), FALSE);
	return KASPER_SIGNER_GET_IFACE(self)->find_zones != NULL;
}

/* what is wrong with a finding; NULL: nothing. What holds a zone up has a reason */
static const gchar *
kasper_signer_find_fault_of_finding(KasperSignerFinding *finding)
{
	switch (kasper_signer_finding_get_trace(finding)) {
	case KASPER_SIGNER_NOTHING:
		return NULL;
	case KASPER_SIGNER_SIGNED:
	case KASPER_SIGNER_UNCLEAR:
		return kasper_signer_finding_get_text(finding) != NULL
			   ? NULL
			   : "returned a finding without a text";
	}
	return "returned a finding that does not exist";
}

/* what cannot be has been found of one zone, and says nothing of the others: nobody knows */
static GListModel *
kasper_signer_check_findings(KasperSigner *self, GListModel *findings)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_object_unref);
	GListStore *checked = g_list_store_new(KASPER_TYPE_SIGNER_FINDING);

	for (guint i = 0; i < g_list_model_get_n_items(findings); i++) {
		g_autoptr(KasperSignerFinding) finding = g_list_model_get_item(findings, i);
		const gchar *fault = kasper_signer_find_fault_of_finding(finding);
		g_autoptr(GError) error = NULL;

		if (fault != NULL) {
			kasper_contract_broken(self, "find_zones", fault, &error);
			g_object_unref(finding);
			finding =
			    kasper_signer_finding_new(KASPER_SIGNER_UNCLEAR, error->message);
		}
		g_ptr_array_add(items, g_steal_pointer(&finding));
	}
	g_list_store_splice(checked, 0, 0, items->pdata, items->len);
	return G_LIST_MODEL(checked);
}

/**
 * kasper_signer_find_zones:
 * @self: a signer
 * @orders: a list of #KasperZoneOrder: zones that nobody has ordered yet, with their files and
 *   without keys
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Looks whether zones are signed already: keys that are ordered in the place of those that are in
 * use would take such a zone off the Internet. Changes nothing, and costs next to nothing for a
 * zone of which there is nothing. What is the matter with one zone is a finding; an error means
 * that nothing is known of any.
 *
 * Returns: (transfer full): a list of #KasperSignerFinding, in the order of @orders; %NULL with
 * %KASPER_ERROR_NOT_SUPPORTED if the signer cannot tell
 *
 * Since: 0.1
 */
GListModel *
kasper_signer_find_zones(KasperSigner *self,
			 GListModel *orders,
			 GCancellable *cancellable,
			 GError **error)
{
	KasperSignerInterface *iface;
	g_autoptr(GListModel) findings = NULL;
	GError *cause = NULL;
	const gchar *fault;

	g_return_val_if_fail(KASPER_IS_SIGNER(self), NULL);
	g_return_val_if_fail(G_IS_LIST_MODEL(orders), NULL);

	iface = KASPER_SIGNER_GET_IFACE(self);
	if (iface->find_zones == NULL) {
		kasper_contract_missing(self, "find_zones", error);
		return NULL;
	}
	findings = iface->find_zones(self, orders, cancellable, &cause);
	if (!kasper_contract_settle(self, "find_zones", findings != NULL, cause, error))
		return NULL;
	fault = kasper_signer_find_fault_of_list(findings, KASPER_TYPE_SIGNER_FINDING, orders);
	if (fault != NULL) {
		kasper_contract_broken(self, "find_zones", fault, error);
		return NULL;
	}
	return kasper_signer_check_findings(self, findings);
}
