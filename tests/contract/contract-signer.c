/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "contract.h"

static KasperSigner *
open_signer(Contract *self)
{
	return contract_open(self, KASPER_TYPE_SIGNER);
}

static KasperSigningPolicy *
make_policy(gboolean nsec3)
{
	return g_object_new(KASPER_TYPE_SIGNING_POLICY,
			    "resign",
			    (gint64)7200,
			    "refresh",
			    (gint64)259200,
			    "validity",
			    (gint64)1209600,
			    "validity-denial",
			    (gint64)1209600,
			    "jitter",
			    (gint64)43200,
			    "inception-offset",
			    (gint64)3600,
			    "nsec3",
			    nsec3,
			    "nsec3-algorithm",
			    1u,
			    "nsec3-salt",
			    "-",
			    "dnskey-ttl",
			    (gint64)3600,
			    "soa-ttl",
			    (gint64)3600,
			    "soa-minimum",
			    (gint64)1800,
			    "soa-serial",
			    "unixtime",
			    NULL);
}

static void
add_key(KasperZoneOrder *order, const gchar *id, guint flags, guint use)
{
	g_autoptr(GBytes) octets = g_bytes_new_take(g_malloc0(64), 64);
	g_autoptr(KasperOrderKey) key = kasper_order_key_new(id, "main", flags, 13, use, octets);

	kasper_zone_order_add_key(order, key);
}

/* a KSK and a ZSK; @configuration: where the order goes, in the folder */
static KasperZoneOrder *
make_order(Contract *self, const gchar *zone, gint64 revision, const gchar *configuration)
{
	g_autoptr(KasperSigningPolicy) policy = make_policy(FALSE);
	KasperZoneOrder *order = kasper_zone_order_new(zone, revision, policy);
	g_autofree gchar *path = contract_get_path(self, configuration);
	g_autofree gchar *input = g_strdup_printf("%s/%s.in", self->folder, zone);
	g_autofree gchar *output = g_strdup_printf("%s/%s.out", self->folder, zone);

	kasper_zone_order_set_files(order, path, input, output);
	add_key(order, "aa01", 257, KASPER_KEY_USE_PUBLISH | KASPER_KEY_USE_SIGN_KEYS);
	add_key(order, "aa02", 256, KASPER_KEY_USE_PUBLISH | KASPER_KEY_USE_SIGN_DATA);
	return order;
}

static GListModel *
apply(KasperSigner *signer, GListStore *orders)
{
	g_autoptr(GError) error = NULL;
	GListModel *answers =
	    kasper_signer_apply_orders(signer, G_LIST_MODEL(orders), NULL, &error);

	g_assert_no_error(error);
	return answers;
}

static KasperSignerStatus
apply_one(KasperSigner *signer, KasperZoneOrder *order)
{
	g_autoptr(GListStore) orders = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GListModel) answers = NULL;
	g_autoptr(KasperSignerAnswer) answer = NULL;

	g_list_store_append(orders, order);
	answers = apply(signer, orders);
	answer = g_list_model_get_item(answers, 0);
	if (kasper_signer_answer_get_status(answer) == KASPER_SIGNER_FAILED)
		g_test_message("%s", kasper_signer_answer_get_text(answer));
	return kasper_signer_answer_get_status(answer);
}

static void
test_apply(Contract *self, gconstpointer data)
{
	KasperSigner *signer = open_signer(self);
	g_autoptr(KasperZoneOrder) order = make_order(self, "example.org", 1, "a.xml");
	g_autoptr(KasperSignerAnswer) answer = NULL;
	g_autoptr(GError) error = NULL;

	if (signer == NULL)
		return;
	g_assert_cmpint((gint)apply_one(signer, order), !=, KASPER_SIGNER_FAILED);
	answer = kasper_signer_read_back(signer, order, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint((gint)kasper_signer_answer_get_status(answer), !=, KASPER_SIGNER_FAILED);
	/* who has not looked does not know any TTL */
	if (kasper_signer_answer_get_assumed(answer)) {
		g_assert_cmpint(kasper_signer_answer_get_max_ttl(answer), ==, 0);
		g_assert_false(kasper_signer_answer_get_all_replaced(answer));
	}
}

static void
test_twice(Contract *self, gconstpointer data)
{
	KasperSigner *signer = open_signer(self);
	g_autoptr(KasperZoneOrder) order = make_order(self, "example.org", 1, "a.xml");
	g_autofree gchar *path = contract_get_path(self, "a.xml");
	g_autofree gchar *first = NULL;
	g_autofree gchar *second = NULL;

	if (signer == NULL)
		return;
	apply_one(signer, order);
	if (g_file_test(path, G_FILE_TEST_EXISTS))
		g_assert_true(g_file_get_contents(path, &first, NULL, NULL));
	g_assert_cmpint((gint)apply_one(signer, order), !=, KASPER_SIGNER_FAILED);
	if (first == NULL)
		return;
	g_assert_true(g_file_get_contents(path, &second, NULL, NULL));
	g_assert_cmpstr(first, ==, second);
}

static void
test_next_revision(Contract *self, gconstpointer data)
{
	KasperSigner *signer = open_signer(self);

	for (gint64 revision = 1; signer != NULL && revision <= 5; revision++) {
		g_autoptr(KasperZoneOrder) order =
		    make_order(self, "example.org", revision, "a.xml");
		g_autofree gchar *id = g_strdup_printf("bb%02x", (guint)revision);

		add_key(order, id, 256, KASPER_KEY_USE_PUBLISH);
		g_assert_cmpint((gint)apply_one(signer, order), !=, KASPER_SIGNER_FAILED);
	}
}

/* answers come in the order of the orders: each is about the right zone */
static void
test_many(Contract *self, gconstpointer data)
{
	KasperSigner *signer = open_signer(self);
	g_autoptr(GListStore) orders = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GListModel) answers = NULL;

	if (signer == NULL)
		return;
	for (guint i = 0; i < 50; i++) {
		g_autofree gchar *zone = g_strdup_printf("zone%u.example", i);
		/* one of them has nowhere to go */
		g_autofree gchar *file = g_strdup_printf(i == 25 ? "nowhere/%u.xml" : "%u.xml", i);
		g_autoptr(KasperZoneOrder) order = make_order(self, zone, 1000 + i, file);

		g_list_store_append(orders, order);
	}
	answers = apply(signer, orders);
	g_assert_cmpuint(g_list_model_get_n_items(answers), ==, 50);
	for (guint i = 0; i < 50; i++) {
		g_autoptr(KasperSignerAnswer) answer = g_list_model_get_item(answers, i);

		if (i != 25)
			g_assert_cmpint((gint)kasper_signer_answer_get_status(answer),
					!=,
					KASPER_SIGNER_FAILED);
		/* a failure has a reason */
		else if (kasper_signer_answer_get_status(answer) == KASPER_SIGNER_FAILED)
			g_assert_nonnull(kasper_signer_answer_get_text(answer));
	}
}

static void
test_none(Contract *self, gconstpointer data)
{
	KasperSigner *signer = open_signer(self);
	g_autoptr(GListStore) orders = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GListModel) answers = NULL;

	if (signer == NULL)
		return;
	answers = apply(signer, orders);
	g_assert_cmpuint(g_list_model_get_n_items(answers), ==, 0);
}

static void
test_forget(Contract *self, gconstpointer data)
{
	KasperSigner *signer = open_signer(self);
	g_autoptr(KasperZoneOrder) order = make_order(self, "example.org", 1, "a.xml");
	g_autoptr(KasperZoneOrder) other = make_order(self, "example.net", 1, "b.xml");
	g_autoptr(GError) error = NULL;

	if (signer == NULL)
		return;
	apply_one(signer, order);
	apply_one(signer, other);
	/* it may come twice, after a crash */
	for (guint i = 0; i < 2; i++) {
		g_assert_true(kasper_signer_forget_zone(signer, order, NULL, &error));
		g_assert_no_error(error);
	}
	g_assert_cmpint((gint)apply_one(signer, other), !=, KASPER_SIGNER_FAILED);
	/* and the zone may come back */
	g_assert_cmpint((gint)apply_one(signer, order), !=, KASPER_SIGNER_FAILED);
}

static KasperSignerTrace
find_one(KasperSigner *signer, KasperZoneOrder *order)
{
	g_autoptr(GListStore) orders = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GListModel) findings = NULL;
	g_autoptr(KasperSignerFinding) finding = NULL;
	g_autoptr(GError) error = NULL;

	g_list_store_append(orders, order);
	findings = kasper_signer_find_zones(signer, G_LIST_MODEL(orders), NULL, &error);
	g_assert_no_error(error);
	finding = g_list_model_get_item(findings, 0);
	return kasper_signer_finding_get_trace(finding);
}

/* before the first order there is nothing; afterwards there is, also for an engine that has lost
 * its store; looking changes nothing */
static void
test_find(Contract *self, gconstpointer data)
{
	KasperSigner *signer = open_signer(self);
	g_autoptr(KasperZoneOrder) order = make_order(self, "example.org", 1, "a.xml");
	g_autoptr(KasperZoneOrder) other = make_order(self, "example.net", 1, "b.xml");
	g_autofree gchar *path = contract_get_path(self, "a.xml");
	g_autoptr(GError) error = NULL;

	if (signer == NULL)
		return;
	if (!kasper_signer_can_find_zones(signer)) {
		g_autoptr(GListStore) orders = g_list_store_new(KASPER_TYPE_ZONE_ORDER);

		g_assert_null(
		    kasper_signer_find_zones(signer, G_LIST_MODEL(orders), NULL, &error));
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
		return;
	}
	g_assert_cmpint((gint)find_one(signer, order), ==, KASPER_SIGNER_NOTHING);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	apply_one(signer, order);
	g_assert_cmpint((gint)find_one(signer, order), ==, KASPER_SIGNER_SIGNED);
	g_assert_cmpint((gint)find_one(signer, other), ==, KASPER_SIGNER_NOTHING);
	g_assert_true(kasper_signer_forget_zone(signer, order, NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpint((gint)find_one(signer, order), ==, KASPER_SIGNER_NOTHING);
}

/* answers come in the order of the questions, and each is about one zone only */
static void
test_find_many(Contract *self, gconstpointer data)
{
	KasperSigner *signer = open_signer(self);
	g_autoptr(GListStore) orders = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GListModel) findings = NULL;
	g_autoptr(GError) error = NULL;

	if (signer == NULL || !kasper_signer_can_find_zones(signer))
		return;
	for (guint i = 0; i < 50; i++) {
		g_autofree gchar *zone = g_strdup_printf("zone%u.example", i);
		g_autofree gchar *file = g_strdup_printf("%u.xml", i);
		g_autoptr(KasperZoneOrder) order = make_order(self, zone, 1, file);

		if (i == 25)
			apply_one(signer, order);
		g_list_store_append(orders, order);
	}
	findings = kasper_signer_find_zones(signer, G_LIST_MODEL(orders), NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(g_list_model_get_n_items(findings), ==, 50);
	for (guint i = 0; i < 50; i++) {
		g_autoptr(KasperSignerFinding) finding = g_list_model_get_item(findings, i);

		g_assert_cmpint((gint)kasper_signer_finding_get_trace(finding),
				==,
				i == 25 ? KASPER_SIGNER_SIGNED : KASPER_SIGNER_NOTHING);
	}
}

/* a zone that is not signed, one with NSEC3, one with a CSK, one of whose keys only one half is
 * used */
static void
test_shapes(Contract *self, gconstpointer data)
{
	KasperSigner *signer = open_signer(self);

	for (guint i = 0; signer != NULL && i < 4; i++) {
		g_autoptr(KasperSigningPolicy) policy = make_policy(i == 1);
		g_autoptr(KasperZoneOrder) order =
		    kasper_zone_order_new("example.org", i + 1, policy);
		g_autofree gchar *path = contract_get_path(self, "a.xml");

		if (i == 0)
			g_object_set(policy, "passthrough", TRUE, NULL);
		else
			add_key(order, "cc01", 257, i == 3 ? KASPER_KEY_USE_PUBLISH : 7);
		kasper_zone_order_set_files(order, path, path, path);
		g_assert_cmpint((gint)apply_one(signer, order), !=, KASPER_SIGNER_FAILED);
	}
}

static void
test_closed(Contract *self, gconstpointer data)
{
	KasperSigner *signer = open_signer(self);
	g_autoptr(KasperZoneOrder) order = make_order(self, "example.org", 1, "a.xml");
	g_autoptr(GListStore) orders = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GListModel) answers = NULL;
	g_autoptr(GError) error = NULL;

	if (signer == NULL)
		return;
	g_list_store_append(orders, order);
	kasper_plugin_close(KASPER_PLUGIN(signer));
	/* a late call finds it closed: an error, and no crash */
	answers = kasper_signer_apply_orders(signer, G_LIST_MODEL(orders), NULL, &error);
	if (answers == NULL)
		g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	contract_add("/signer/apply", test_apply);
	contract_add("/signer/twice", test_twice);
	contract_add("/signer/next-revision", test_next_revision);
	contract_add("/signer/many", test_many);
	contract_add("/signer/none", test_none);
	contract_add("/signer/forget", test_forget);
	contract_add("/signer/find", test_find);
	contract_add("/signer/find-many", test_find_many);
	contract_add("/signer/shapes", test_shapes);
	contract_add("/signer/closed", test_closed);
	return contract_run(KASPER_TYPE_SIGNER);
}
