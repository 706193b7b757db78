/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-ds-channel.h"
#include "kasper-key-info.h"
#include "kasper-notifier.h"
#include "kasper-probe.h"
#include "kasper-signer.h"

/* what goes in comes out, and is the object's own */

static GBytes *
make_bytes(void)
{
	return g_bytes_new("key", 3);
}

static void
test_key_info(void)
{
	g_autofree gchar *id = g_strdup("aabb");
	g_autoptr(GBytes) bytes = make_bytes();
	KasperKeyInfo *info = kasper_key_info_new(id, 13, 256, bytes);

	*id = 'x';
	g_assert_cmpstr(kasper_key_info_get_id(info), ==, "aabb");
	g_assert_cmpuint(kasper_key_info_get_algorithm(info), ==, 13);
	g_assert_cmpuint(kasper_key_info_get_bits(info), ==, 256);
	g_assert_true(kasper_key_info_get_public_key(info) == bytes);
	g_assert_finalize_object(info);
	info = kasper_key_info_new("aa", 8, 2048, NULL);
	g_assert_null(kasper_key_info_get_public_key(info));
	g_assert_finalize_object(info);
}

static void
test_order_key(void)
{
	g_autofree gchar *repository = g_strdup("main");
	g_autoptr(GBytes) bytes = make_bytes();
	KasperOrderKey *key =
	    kasper_order_key_new("aabb",
				 repository,
				 385,
				 15,
				 KASPER_KEY_USE_PUBLISH | KASPER_KEY_USE_SIGN_DATA,
				 bytes);

	*repository = 'x';
	g_assert_cmpstr(kasper_order_key_get_id(key), ==, "aabb");
	g_assert_cmpstr(kasper_order_key_get_repository(key), ==, "main");
	g_assert_cmpuint(kasper_order_key_get_flags(key), ==, 385);
	g_assert_cmpuint(kasper_order_key_get_algorithm(key), ==, 15);
	g_assert_cmpuint(kasper_order_key_get_use(key), ==, 5);
	g_assert_true(kasper_order_key_get_public_key(key) == bytes);
	g_assert_finalize_object(key);
}

/* as the engine makes it, with values of the types that it has */
static void
test_signing_policy(void)
{
	const gint64 long_span = (gint64)1 << 40;
	g_autoptr(KasperSigningPolicy) policy = g_object_new(KASPER_TYPE_SIGNING_POLICY,
							     "resign",
							     long_span,
							     "validity-keyset",
							     (gint64)0,
							     "nsec3",
							     TRUE,
							     "nsec3-iterations",
							     5u,
							     "nsec3-salt",
							     "-",
							     "soa-serial",
							     "keep",
							     NULL);
	gint64 resign = 0, refresh = -1, keyset = -1;
	gboolean nsec3 = FALSE, passthrough = TRUE;
	guint iterations = 0, algorithm = 9;
	g_autofree gchar *salt = NULL;
	g_autofree gchar *serial = NULL;

	g_object_get(policy,
		     "resign",
		     &resign,
		     "refresh",
		     &refresh,
		     "validity-keyset",
		     &keyset,
		     "nsec3",
		     &nsec3,
		     "nsec3-iterations",
		     &iterations,
		     "nsec3-algorithm",
		     &algorithm,
		     "nsec3-salt",
		     &salt,
		     "soa-serial",
		     &serial,
		     "passthrough",
		     &passthrough,
		     NULL);
	g_assert_cmpint(resign, ==, long_span);
	g_assert_cmpint(refresh, ==, 0);
	g_assert_cmpint(keyset, ==, 0);
	g_assert_true(nsec3);
	g_assert_cmpuint(iterations, ==, 5);
	g_assert_cmpuint(algorithm, ==, 0);
	g_assert_cmpstr(salt, ==, "-");
	g_assert_cmpstr(serial, ==, "keep");
	g_assert_false(passthrough);
}

/* every property has a place of its own */
static void
test_signing_policy_places(void)
{
	g_autoptr(KasperSigningPolicy) policy = kasper_signing_policy_new();
	guint n = 0;
	g_autofree GParamSpec **specs =
	    g_object_class_list_properties(G_OBJECT_GET_CLASS(policy), &n);

	g_assert_cmpuint(n, ==, 19);
	for (guint i = 0; i < n; i++) {
		if (specs[i]->value_type == G_TYPE_INT64)
			g_object_set(policy, specs[i]->name, (gint64)i + 1, NULL);
		else if (specs[i]->value_type == G_TYPE_UINT)
			g_object_set(policy, specs[i]->name, i + 1, NULL);
	}
	for (guint i = 0; i < n; i++) {
		g_auto(GValue) value = G_VALUE_INIT;

		if (specs[i]->value_type != G_TYPE_INT64 && specs[i]->value_type != G_TYPE_UINT)
			continue;
		g_value_init(&value, G_TYPE_INT64);
		g_object_get_property(G_OBJECT(policy), specs[i]->name, &value);
		g_assert_cmpint(g_value_get_int64(&value), ==, (gint64)i + 1);
	}
}

static void
test_zone_order(void)
{
	KasperSigningPolicy *policy = kasper_signing_policy_new();
	KasperZoneOrder *order = kasper_zone_order_new("example.org", 42, policy);
	GListModel *keys = kasper_zone_order_get_keys(order);
	KasperOrderKey *one = kasper_order_key_new("aa", "main", 257, 13, 3, NULL);
	KasperOrderKey *two = kasper_order_key_new("bb", "main", 256, 13, 5, NULL);

	g_assert_cmpuint(g_list_model_get_n_items(keys), ==, 0);
	kasper_zone_order_add_key(order, one);
	kasper_zone_order_add_key(order, two);
	g_assert_cmpuint(g_list_model_get_n_items(keys), ==, 2);
	g_assert_true(g_list_model_get_item_type(keys) == KASPER_TYPE_ORDER_KEY);
	for (guint i = 0; i < 2; i++) {
		g_autoptr(KasperOrderKey) key = g_list_model_get_item(keys, i);

		g_assert_true(key == (i == 0 ? one : two));
	}
	g_assert_null(g_list_model_get_item(keys, 2));
	g_assert_cmpstr(kasper_zone_order_get_zone(order), ==, "example.org");
	g_assert_cmpint(kasper_zone_order_get_revision(order), ==, 42);
	g_assert_true(kasper_zone_order_get_policy(order) == policy);
	g_assert_null(kasper_zone_order_get_input(order));
	kasper_zone_order_set_files(order, "/a", "/b", "/c");
	kasper_zone_order_set_files(order, "/d", "/e", NULL);
	g_assert_cmpstr(kasper_zone_order_get_signer_configuration(order), ==, "/d");
	g_assert_cmpstr(kasper_zone_order_get_input(order), ==, "/e");
	g_assert_null(kasper_zone_order_get_output(order));
	g_assert_finalize_object(order);
	g_assert_finalize_object(one);
	g_assert_finalize_object(two);
	g_assert_finalize_object(policy);
}

static void
test_signer_answer(void)
{
	g_autoptr(KasperSignerAnswer) answer =
	    kasper_signer_answer_new(KASPER_SIGNER_PENDING, 7, "in a minute");

	g_assert_cmpint((gint)kasper_signer_answer_get_status(answer), ==, KASPER_SIGNER_PENDING);
	g_assert_cmpint(kasper_signer_answer_get_revision(answer), ==, 7);
	g_assert_cmpstr(kasper_signer_answer_get_text(answer), ==, "in a minute");
	/* nobody looked until somebody says so */
	g_assert_true(kasper_signer_answer_get_assumed(answer));
	g_assert_cmpint(kasper_signer_answer_get_max_ttl(answer), ==, 0);
	g_assert_cmpint(kasper_signer_answer_get_dnskey_ttl(answer), ==, 0);
	g_assert_false(kasper_signer_answer_get_all_replaced(answer));
	kasper_signer_answer_set_seen(answer, 86400, 3600, TRUE);
	g_assert_false(kasper_signer_answer_get_assumed(answer));
	g_assert_cmpint(kasper_signer_answer_get_max_ttl(answer), ==, 86400);
	g_assert_cmpint(kasper_signer_answer_get_dnskey_ttl(answer), ==, 3600);
	g_assert_true(kasper_signer_answer_get_all_replaced(answer));
}

static void
test_ds_request(void)
{
	static const gchar *const ds[] = {"example.org. 3600 IN DS 1 13 2 AA",
					  "example.org. 3600 IN DS 1 13 4 BB",
					  NULL};
	g_autoptr(GBytes) bytes = make_bytes();
	KasperDsKey *key = kasper_ds_key_new("aabb", 1, 257, 13, bytes, "a DNSKEY", ds);
	KasperDsRequest *request =
	    kasper_ds_request_new("example.org", "ds-1-2", KASPER_DS_PHASE_SWAP, 3, "token");
	g_autoptr(KasperDsKey) found = NULL;

	g_assert_cmpstr(kasper_ds_key_get_id(key), ==, "aabb");
	g_assert_cmpuint(kasper_ds_key_get_tag(key), ==, 1);
	g_assert_cmpuint(kasper_ds_key_get_flags(key), ==, 257);
	g_assert_cmpuint(kasper_ds_key_get_algorithm(key), ==, 13);
	g_assert_true(kasper_ds_key_get_public_key(key) == bytes);
	g_assert_cmpstr(kasper_ds_key_get_dnskey(key), ==, "a DNSKEY");
	g_assert_cmpstrv(kasper_ds_key_get_ds(key), ds);
	g_assert_true(kasper_ds_key_get_ds(key) != ds);
	kasper_ds_request_add_wanted(request, key);
	g_assert_cmpuint(g_list_model_get_n_items(kasper_ds_request_get_wanted(request)), ==, 1);
	g_assert_cmpuint(g_list_model_get_n_items(kasper_ds_request_get_seen(request)), ==, 0);
	kasper_ds_request_add_seen(request, key);
	kasper_ds_request_add_seen(request, key);
	g_assert_cmpuint(g_list_model_get_n_items(kasper_ds_request_get_seen(request)), ==, 2);
	found = g_list_model_get_item(kasper_ds_request_get_wanted(request), 0);
	g_assert_true(found == key);
	g_clear_object(&found);
	g_assert_cmpstr(kasper_ds_request_get_zone(request), ==, "example.org");
	g_assert_cmpstr(kasper_ds_request_get_operation_id(request), ==, "ds-1-2");
	g_assert_cmpint((gint)kasper_ds_request_get_phase(request), ==, KASPER_DS_PHASE_SWAP);
	g_assert_cmpuint(kasper_ds_request_get_attempt(request), ==, 3);
	g_assert_cmpstr(kasper_ds_request_get_token(request), ==, "token");
	g_assert_finalize_object(request);
	g_assert_finalize_object(key);
}

static void
test_ds_answer(void)
{
	static const gchar *const none[] = {NULL};
	g_autoptr(KasperDsAnswer) answer = kasper_ds_answer_new(KASPER_DS_STATUS_RETRY, NULL);

	g_assert_cmpint((gint)kasper_ds_answer_get_status(answer), ==, KASPER_DS_STATUS_RETRY);
	g_assert_null(kasper_ds_answer_get_text(answer));
	g_assert_null(kasper_ds_answer_get_token(answer));
	g_assert_cmpint(kasper_ds_answer_get_retry_after(answer), ==, 0);
	kasper_ds_answer_set_token(answer, "a");
	kasper_ds_answer_set_token(answer, "b");
	kasper_ds_answer_set_retry_after(answer, 90);
	g_assert_cmpstr(kasper_ds_answer_get_token(answer), ==, "b");
	g_assert_cmpint(kasper_ds_answer_get_retry_after(answer), ==, 90);
	/* an empty set is something else than not knowing */
	g_assert_null(kasper_ds_answer_get_stored(answer));
	kasper_ds_answer_set_stored(answer, none);
	g_assert_nonnull(kasper_ds_answer_get_stored(answer));
	g_assert_null(kasper_ds_answer_get_stored(answer)[0]);
	kasper_ds_answer_set_stored(answer, NULL);
	g_assert_null(kasper_ds_answer_get_stored(answer));
}

static void
test_event(void)
{
	g_autoptr(KasperEvent) event = kasper_event_new("key-active",
							KASPER_EVENT_NOTICE,
							1800000000,
							"example.org",
							NULL,
							"a\nb");

	g_assert_cmpstr(kasper_event_get_name(event), ==, "key-active");
	g_assert_cmpint((gint)kasper_event_get_level(event), ==, KASPER_EVENT_NOTICE);
	g_assert_cmpint(kasper_event_get_time(event), ==, 1800000000);
	g_assert_cmpstr(kasper_event_get_zone(event), ==, "example.org");
	g_assert_null(kasper_event_get_key_id(event));
	g_assert_cmpstr(kasper_event_get_text(event), ==, "a\nb");
	g_assert_null(kasper_event_get_id(event));
	kasper_event_set_id(event, "one");
	kasper_event_set_id(event, "two");
	g_assert_cmpstr(kasper_event_get_id(event), ==, "two");
}

static void
test_parent_view(void)
{
	static const gchar *const ds[] = {"one", NULL};
	g_autoptr(KasperParentView) view = kasper_parent_view_new(ds, 3600, 4);

	g_assert_cmpstrv(kasper_parent_view_get_ds(view), ds);
	g_assert_cmpint(kasper_parent_view_get_ttl(view), ==, 3600);
	g_assert_cmpuint(kasper_parent_view_get_servers(view), ==, 4);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/values/key-info", test_key_info);
	g_test_add_func("/values/order-key", test_order_key);
	g_test_add_func("/values/signing-policy", test_signing_policy);
	g_test_add_func("/values/signing-policy/places", test_signing_policy_places);
	g_test_add_func("/values/zone-order", test_zone_order);
	g_test_add_func("/values/signer-answer", test_signer_answer);
	g_test_add_func("/values/ds-request", test_ds_request);
	g_test_add_func("/values/ds-answer", test_ds_answer);
	g_test_add_func("/values/event", test_event);
	g_test_add_func("/values/parent-view", test_parent_view);
	return g_test_run();
}
