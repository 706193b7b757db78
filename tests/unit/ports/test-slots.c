/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "puppet.h"

#define ID "aabb"

/* everything that a slot can be called with */
typedef struct {
	Puppet *puppet;
	KasperKeyInfo *key;
	KasperZoneOrder *order;
	KasperDsRequest *request;
	KasperEvent *event;
	GListStore *orders;
	GListStore *waiting;
	GBytes *data;
} Stage;

static void
stage_set_up(Stage *stage, gconstpointer data)
{
	g_autoptr(KasperSigningPolicy) policy = kasper_signing_policy_new();

	stage->puppet = g_object_new(PUPPET_TYPE, NULL);
	stage->key = kasper_key_info_new(ID, 13, 256, NULL);
	stage->order = kasper_zone_order_new("example.org", 7, policy);
	stage->request =
	    kasper_ds_request_new("example.org", "ds-1-1", KASPER_DS_PHASE_BOOTSTRAP, 1, NULL);
	stage->event = kasper_event_new("key-active", KASPER_EVENT_INFO, 0, NULL, NULL, "text");
	stage->orders = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_list_store_append(stage->orders, stage->order);
	stage->waiting = g_list_store_new(KASPER_TYPE_KEY_INFO);
	g_list_store_append(stage->waiting, stage->key);
	stage->data = g_bytes_new_static("data", 4);
}

static void
stage_tear_down(Stage *stage, gconstpointer data)
{
	g_assert_finalize_object(stage->puppet);
	g_object_unref(stage->orders);
	g_object_unref(stage->waiting);
	g_object_unref(stage->key);
	g_object_unref(stage->order);
	g_object_unref(stage->request);
	g_object_unref(stage->event);
	g_bytes_unref(stage->data);
}

/* each slot, called through its public function; @plugin: a plugin of all kinds */
typedef gboolean (*SlotFunc)(Stage *stage, gpointer plugin, GError **error);

static gboolean
call_open(Stage *stage, gpointer plugin, GError **error)
{
	return kasper_plugin_open(plugin, NULL, error);
}

static gboolean
call_make_key(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(KasperKeyInfo) result =
	    kasper_key_store_make_key(plugin, stage->key, NULL, error);

	return result != NULL;
}

static gboolean
call_look_up_key(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(KasperKeyInfo) result = kasper_key_store_look_up_key(plugin, ID, NULL, error);

	return result != NULL;
}

static gboolean
call_list_keys(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(GListModel) result = kasper_key_store_list_keys(plugin, NULL, error);

	return result != NULL;
}

static gboolean
call_destroy_key(Stage *stage, gpointer plugin, GError **error)
{
	return kasper_key_store_destroy_key(plugin, ID, NULL, error);
}

static gboolean
call_sign_data(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(GBytes) result =
	    kasper_key_store_sign_data(plugin, stage->key, stage->data, NULL, error);

	return result != NULL;
}

static gboolean
call_self_test(Stage *stage, gpointer plugin, GError **error)
{
	return kasper_key_store_self_test(plugin, NULL, error);
}

static gboolean
call_apply_orders(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(GListModel) result =
	    kasper_signer_apply_orders(plugin, G_LIST_MODEL(stage->orders), NULL, error);

	return result != NULL;
}

static gboolean
call_read_back(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(KasperSignerAnswer) result =
	    kasper_signer_read_back(plugin, stage->order, NULL, error);

	return result != NULL;
}

static gboolean
call_forget_zone(Stage *stage, gpointer plugin, GError **error)
{
	return kasper_signer_forget_zone(plugin, stage->order, NULL, error);
}

static gboolean
call_find_zones(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(GListModel) result =
	    kasper_signer_find_zones(plugin, G_LIST_MODEL(stage->orders), NULL, error);

	return result != NULL;
}

static gboolean
call_check_channel(Stage *stage, gpointer plugin, GError **error)
{
	return kasper_ds_channel_check_channel(plugin, NULL, error);
}

static gboolean
call_read_stored(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(KasperDsAnswer) result =
	    kasper_ds_channel_read_stored(plugin, stage->request, NULL, error);

	return result != NULL;
}

static gboolean
call_submit_set(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(KasperDsAnswer) result =
	    kasper_ds_channel_submit_set(plugin, stage->request, NULL, error);

	return result != NULL;
}

static gboolean
call_poll_token(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(KasperDsAnswer) result =
	    kasper_ds_channel_poll_token(plugin, stage->request, NULL, error);

	return result != NULL;
}

static gboolean
call_cancel_token(Stage *stage, gpointer plugin, GError **error)
{
	return kasper_ds_channel_cancel_token(plugin, stage->request, NULL, error);
}

static gboolean
call_list_safe_keys(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(GListModel) result =
	    kasper_backup_guard_list_safe_keys(plugin,
					       "main",
					       G_LIST_MODEL(stage->waiting),
					       NULL,
					       error);

	return result != NULL;
}

static gboolean
call_deliver(Stage *stage, gpointer plugin, GError **error)
{
	return kasper_notifier_deliver(plugin, stage->event, NULL, error);
}

static gboolean
call_look_at_parent(Stage *stage, gpointer plugin, GError **error)
{
	g_autoptr(KasperParentView) result =
	    kasper_probe_look_at_parent(plugin, "example.org", NULL, error);

	return result != NULL;
}

static gboolean
call_look_at_child(Stage *stage, gpointer plugin, GError **error)
{
	return kasper_probe_look_at_child(plugin, stage->order, NULL, error);
}

typedef struct {
	const gchar *name;
	SlotFunc call;
	gboolean may_miss; /* who has nothing to do there passes */
} Slot;

static const Slot slots[] = {
    {"open", call_open, TRUE},
    {"make_key", call_make_key, FALSE},
    {"look_up_key", call_look_up_key, FALSE},
    {"list_keys", call_list_keys, FALSE},
    {"destroy_key", call_destroy_key, FALSE},
    {"sign_data", call_sign_data, FALSE},
    {"self_test", call_self_test, TRUE},
    {"apply_orders", call_apply_orders, FALSE},
    {"read_back", call_read_back, FALSE},
    {"forget_zone", call_forget_zone, TRUE},
    {"find_zones", call_find_zones, FALSE},
    {"check_channel", call_check_channel, TRUE},
    {"read_stored", call_read_stored, FALSE},
    {"submit_set", call_submit_set, FALSE},
    {"poll_token", call_poll_token, FALSE},
    {"cancel_token", call_cancel_token, FALSE},
    {"list_safe_keys", call_list_safe_keys, FALSE},
    {"deliver", call_deliver, FALSE},
    {"look_at_parent", call_look_at_parent, FALSE},
    {"look_at_child", call_look_at_child, FALSE},
};

/* --- the same for all of them --- */

static void
test_missing(Stage *stage, gconstpointer data)
{
	const Slot *slot = data;
	g_autoptr(Idler) idler = g_object_new(IDLER_TYPE, NULL);
	g_autofree gchar *text = g_strdup_printf("Idler does not implement %s()", slot->name);
	g_autoptr(GError) error = NULL;

	if (slot->may_miss) {
		g_assert_true(slot->call(stage, idler, &error));
		g_assert_no_error(error);
		return;
	}
	g_assert_false(slot->call(stage, idler, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
	g_assert_cmpstr(error->message, ==, text);
}

static void
test_failing(Stage *stage, gconstpointer data)
{
	const Slot *slot = data;
	g_autoptr(GError) error = NULL;

	puppet_tell(stage->puppet,
		    FALSE,
		    NULL,
		    g_error_new_literal(KASPER_ERROR, KASPER_ERROR_BUSY, "not now"));
	g_assert_false(slot->call(stage, stage->puppet, &error));
	g_assert_cmpuint(stage->puppet->calls, ==, 1);
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_BUSY);
	g_assert_cmpstr(error->message, ==, "Puppet: not now");
	/* who does not want to know why need not */
	g_assert_false(slot->call(stage, stage->puppet, NULL));
}

static void
test_silent(Stage *stage, gconstpointer data)
{
	const Slot *slot = data;
	g_autofree gchar *text =
	    g_strdup_printf("Puppet: %s() failed without an error*", slot->name);
	g_autoptr(GError) error = NULL;

	puppet_tell(stage->puppet, FALSE, NULL, NULL);
	g_test_expect_message("Kasper-ports", G_LOG_LEVEL_CRITICAL, text);
	g_assert_false(slot->call(stage, stage->puppet, &error));
	g_test_assert_expected_messages();
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
}

/* --- what a slot must not return --- */

static void
expect_broken(Stage *stage, SlotFunc call, const gchar *what)
{
	g_autofree gchar *text =
	    g_strdup_printf("Puppet: *() %s; that is a bug in the plugin", what);
	g_autoptr(GError) error = NULL;

	g_test_expect_message("Kasper-ports", G_LOG_LEVEL_CRITICAL, text);
	g_assert_false(call(stage, stage->puppet, &error));
	g_test_assert_expected_messages();
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_assert_nonnull(strstr(error->message, what));
}

static void
expect_fine(Stage *stage, SlotFunc call)
{
	g_autoptr(GError) error = NULL;
	gboolean done = call(stage, stage->puppet, &error);

	g_assert_no_error(error);
	g_assert_true(done);
}

/* @octets: of the public key; 0: none */
static void
tell_key(Stage *stage, const gchar *id, guint algorithm, gsize octets)
{
	g_autoptr(GBytes) public_key =
	    octets > 0 ? g_bytes_new_take(g_malloc0(octets), octets) : NULL;
	g_autoptr(KasperKeyInfo) key = kasper_key_info_new(id, algorithm, 256, public_key);

	puppet_tell(stage->puppet, TRUE, key, NULL);
}

static void
test_made_key(Stage *stage, gconstpointer data)
{
	tell_key(stage, ID, 13, 64);
	expect_fine(stage, call_make_key);
	tell_key(stage, "aabc", 13, 64);
	expect_broken(stage, call_make_key, "returned another key than was asked for");
	tell_key(stage, "AABB", 13, 64);
	expect_broken(stage, call_make_key, "returned a key whose id is not lower-case hex");
	tell_key(stage, ID, 15, 32);
	expect_broken(stage, call_make_key, "made a key of another algorithm than was asked for");
	tell_key(stage, ID, 13, 0);
	expect_broken(stage, call_make_key, "made a key and did not give its public key");
}

static void
test_made_rsa_key(Stage *stage, gconstpointer data)
{
	guint8 octets[1 + 3 + 256] = {3, 1, 0, 1, 0x80};
	g_autoptr(GBytes) right = g_bytes_new(octets, sizeof octets);
	g_autoptr(GBytes) small = NULL;
	g_autoptr(GBytes) malformed = g_bytes_new(octets, 4);
	GBytes *all[] = {right, NULL, malformed};
	static const gchar *const faults[] = {NULL,
					      "made a key of another size than was asked for",
					      "returned a malformed public key"};

	octets[4] = 0x40;
	all[1] = small = g_bytes_new(octets, sizeof octets);
	g_clear_object(&stage->key);
	stage->key = kasper_key_info_new(ID, 8, 2048, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
		g_autoptr(KasperKeyInfo) key = kasper_key_info_new(ID, 8, 2048, all[i]);

		puppet_tell(stage->puppet, TRUE, key, NULL);
		if (faults[i] == NULL)
			expect_fine(stage, call_make_key);
		else
			expect_broken(stage, call_make_key, faults[i]);
	}
}

static void
test_found_key(Stage *stage, gconstpointer data)
{
	tell_key(stage, ID, 13, 64);
	expect_fine(stage, call_look_up_key);
	/* a store may hide it, and need not know the hash of an RSA key */
	tell_key(stage, ID, 8, 0);
	expect_fine(stage, call_look_up_key);
	tell_key(stage, "ccdd", 13, 64);
	expect_broken(stage, call_look_up_key, "returned another key than was asked for");
}

static void
test_listed_keys(Stage *stage, gconstpointer data)
{
	g_autoptr(GListStore) keys = g_list_store_new(KASPER_TYPE_KEY_INFO);
	g_autoptr(GListStore) events = g_list_store_new(KASPER_TYPE_EVENT);
	g_autoptr(KasperKeyInfo) odd = kasper_key_info_new("abc", 13, 256, NULL);

	puppet_tell(stage->puppet, TRUE, keys, NULL);
	expect_fine(stage, call_list_keys);
	g_list_store_append(keys, stage->key);
	expect_fine(stage, call_list_keys);
	g_list_store_append(keys, odd);
	expect_broken(stage, call_list_keys, "returned a key whose id is not lower-case hex");
	puppet_tell(stage->puppet, TRUE, events, NULL);
	expect_broken(stage,
		      call_list_keys,
		      "returned a list of something else than KasperKeyInfo");
}

static void
test_signature(Stage *stage, gconstpointer data)
{
	stage->puppet->done = TRUE;
	stage->puppet->number = 64;
	expect_fine(stage, call_sign_data);
	stage->puppet->number = 0;
	expect_broken(stage, call_sign_data, "returned an empty signature");
}

static void
test_capabilities(Stage *stage, gconstpointer data)
{
	g_autoptr(Idler) idler = g_object_new(IDLER_TYPE, NULL);

	stage->puppet->number = 0xff01;
	g_assert_cmpuint(kasper_key_store_get_capabilities(KASPER_KEY_STORE(stage->puppet)),
			 ==,
			 KASPER_KEY_STORE_SIGNS);
	g_assert_cmpuint(kasper_key_store_get_capabilities(KASPER_KEY_STORE(idler)), ==, 0);
	g_assert_cmpuint(kasper_ds_channel_get_capabilities(KASPER_DS_CHANNEL(idler)), ==, 0);
}

static void
test_free_room(Stage *stage, gconstpointer data)
{
	KasperKeyStore *store = KASPER_KEY_STORE(stage->puppet);
	g_autoptr(Idler) idler = g_object_new(IDLER_TYPE, NULL);
	g_autoptr(GError) error = NULL;

	stage->puppet->number = 12;
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &error), ==, 12);
	/* not knowing is no error */
	stage->puppet->number = -1;
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &error), ==, -1);
	g_assert_cmpint(kasper_key_store_get_free_room(KASPER_KEY_STORE(idler), NULL, &error),
			==,
			-1);
	g_assert_no_error(error);
	stage->puppet->number = -2;
	g_test_expect_message("Kasper-ports", G_LOG_LEVEL_CRITICAL, "*less than -1*");
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &error), ==, -1);
	g_test_assert_expected_messages();
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_clear_error(&error);
	stage->puppet->number = -1;
	puppet_tell(stage->puppet,
		    FALSE,
		    NULL,
		    g_error_new_literal(KASPER_ERROR, KASPER_ERROR_TRY_AGAIN, "gone"));
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &error), ==, -1);
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
}

static void
tell_answers(Stage *stage, KasperSignerAnswer *answer, guint n)
{
	g_autoptr(GListStore) answers = g_list_store_new(KASPER_TYPE_SIGNER_ANSWER);

	for (guint i = 0; i < n; i++)
		g_list_store_append(answers, answer);
	puppet_tell(stage->puppet, TRUE, answers, NULL);
}

/* an answer that breaks the contract is one about its zone, and the others have theirs */
static void
expect_failed_answer(Stage *stage, KasperSignerAnswer *bad, const gchar *text)
{
	g_autofree gchar *pattern = g_strdup_printf("*%s*", text);
	g_autoptr(GListModel) answers = NULL;
	g_autoptr(KasperSignerAnswer) answer = NULL;
	g_autoptr(GError) error = NULL;

	tell_answers(stage, bad, 1);
	g_test_expect_message("Kasper-ports", G_LOG_LEVEL_CRITICAL, pattern);
	answers = kasper_signer_apply_orders(KASPER_SIGNER(stage->puppet),
					     G_LIST_MODEL(stage->orders),
					     NULL,
					     &error);
	g_test_assert_expected_messages();
	g_assert_no_error(error);
	g_assert_cmpuint(g_list_model_get_n_items(answers), ==, 1);
	answer = g_list_model_get_item(answers, 0);
	g_assert_cmpint(kasper_signer_answer_get_status(answer), ==, KASPER_SIGNER_FAILED);
	g_assert_nonnull(strstr(kasper_signer_answer_get_text(answer), text));
}

static void
test_signer_answers(Stage *stage, gconstpointer data)
{
	g_autoptr(KasperSignerAnswer) published =
	    kasper_signer_answer_new(KASPER_SIGNER_PUBLISHED, 7, NULL);
	g_autoptr(KasperSignerAnswer) older =
	    kasper_signer_answer_new(KASPER_SIGNER_PUBLISHED, 6, NULL);
	g_autoptr(KasperSignerAnswer) pending =
	    kasper_signer_answer_new(KASPER_SIGNER_PENDING, 6, NULL);
	g_autoptr(KasperSignerAnswer) junk =
	    kasper_signer_answer_new((KasperSignerStatus)99, 7, NULL);

	tell_answers(stage, published, 1);
	expect_fine(stage, call_apply_orders);
	tell_answers(stage, pending, 1);
	expect_fine(stage, call_apply_orders);
	tell_answers(stage, published, 0);
	expect_broken(stage,
		      call_apply_orders,
		      "returned more or fewer answers than there were orders");
	tell_answers(stage, published, 2);
	expect_broken(stage,
		      call_apply_orders,
		      "returned more or fewer answers than there were orders");
	expect_failed_answer(stage,
			     older,
			     "says of another revision than was ordered that it is published");
	expect_failed_answer(stage, junk, "returned an answer with a status that does not exist");
	kasper_signer_answer_set_seen(pending, G_GINT64_CONSTANT(0x80000000), 0, FALSE);
	expect_failed_answer(stage, pending, "has seen a TTL that no record can have");
	kasper_signer_answer_set_seen(pending, 0, G_GINT64_CONSTANT(0x80000000), FALSE);
	expect_failed_answer(stage, pending, "has seen a TTL that no record can have");
	kasper_signer_answer_set_seen(pending, G_MAXINT32, G_MAXINT32, FALSE);
	tell_answers(stage, pending, 1);
	expect_fine(stage, call_apply_orders);
	puppet_tell(stage->puppet, TRUE, stage->orders, NULL);
	expect_broken(stage,
		      call_apply_orders,
		      "returned a list of something else than KasperSignerAnswer");
	puppet_tell(stage->puppet, TRUE, published, NULL);
	expect_fine(stage, call_read_back);
	puppet_tell(stage->puppet, TRUE, older, NULL);
	expect_broken(stage,
		      call_read_back,
		      "says of another revision than was ordered that it is published");
}

/* a finding that cannot be is none: nobody knows how the zone is */
static void
expect_unclear(Stage *stage, KasperSignerFinding *told, const gchar *text)
{
	g_autofree gchar *pattern = g_strdup_printf("*%s*", text);
	g_autoptr(GListStore) list = g_list_store_new(KASPER_TYPE_SIGNER_FINDING);
	g_autoptr(GListModel) findings = NULL;
	g_autoptr(KasperSignerFinding) finding = NULL;

	g_list_store_append(list, told);
	puppet_tell(stage->puppet, TRUE, list, NULL);
	g_test_expect_message("Kasper-ports", G_LOG_LEVEL_CRITICAL, pattern);
	findings = kasper_signer_find_zones(KASPER_SIGNER(stage->puppet),
					    G_LIST_MODEL(stage->orders),
					    NULL,
					    NULL);
	g_test_assert_expected_messages();
	finding = g_list_model_get_item(findings, 0);
	g_assert_cmpint((gint)kasper_signer_finding_get_trace(finding), ==, KASPER_SIGNER_UNCLEAR);
	g_assert_nonnull(strstr(kasper_signer_finding_get_text(finding), text));
}

static void
test_signer_findings(Stage *stage, gconstpointer data)
{
	g_autoptr(Idler) idler = g_object_new(IDLER_TYPE, NULL);
	g_autoptr(GListStore) list = g_list_store_new(KASPER_TYPE_SIGNER_FINDING);
	g_autoptr(KasperSignerFinding) nothing =
	    kasper_signer_finding_new(KASPER_SIGNER_NOTHING, NULL);
	g_autoptr(KasperSignerFinding) silent =
	    kasper_signer_finding_new(KASPER_SIGNER_SIGNED, NULL);
	g_autoptr(KasperSignerFinding) junk =
	    kasper_signer_finding_new((KasperSignerTrace)99, "x");

	g_assert_true(kasper_signer_can_find_zones(KASPER_SIGNER(stage->puppet)));
	g_assert_false(kasper_signer_can_find_zones(KASPER_SIGNER(idler)));
	puppet_tell(stage->puppet, TRUE, list, NULL);
	expect_broken(stage,
		      call_find_zones,
		      "returned more or fewer answers than there were orders");
	g_list_store_append(list, nothing);
	puppet_tell(stage->puppet, TRUE, list, NULL);
	expect_fine(stage, call_find_zones);
	puppet_tell(stage->puppet, TRUE, stage->orders, NULL);
	expect_broken(stage,
		      call_find_zones,
		      "returned a list of something else than KasperSignerFinding");
	expect_unclear(stage, silent, "returned a finding without a text");
	expect_unclear(stage, junk, "returned a finding that does not exist");
}

static void
test_ds_answers(Stage *stage, gconstpointer data)
{
	g_autoptr(KasperDsAnswer) junk = kasper_ds_answer_new((KasperDsStatus)99, NULL);
	g_autoptr(KasperDsAnswer) pending = kasper_ds_answer_new(KASPER_DS_STATUS_PENDING, NULL);

	for (gint status = KASPER_DS_STATUS_DONE; status <= KASPER_DS_STATUS_UNKNOWN; status++) {
		g_autoptr(KasperDsAnswer) answer =
		    kasper_ds_answer_new((KasperDsStatus)status, NULL);

		kasper_ds_answer_set_token(answer, "token");
		puppet_tell(stage->puppet, TRUE, answer, NULL);
		expect_fine(stage, call_submit_set);
		expect_fine(stage, call_read_stored);
		expect_fine(stage, call_poll_token);
	}
	puppet_tell(stage->puppet, TRUE, junk, NULL);
	expect_broken(stage,
		      call_submit_set,
		      "returned an answer with a status that does not exist");
	puppet_tell(stage->puppet, TRUE, pending, NULL);
	expect_broken(stage, call_submit_set, "returned a pending answer without a token");
}

static void
test_safe_keys(Stage *stage, gconstpointer data)
{
	g_autoptr(GListStore) safe = g_list_store_new(KASPER_TYPE_KEY_INFO);
	/* the same key, and another object */
	g_autoptr(KasperKeyInfo) same = kasper_key_info_new(ID, 13, 256, NULL);
	g_autoptr(KasperKeyInfo) other = kasper_key_info_new("ccdd", 13, 256, NULL);

	puppet_tell(stage->puppet, TRUE, safe, NULL);
	expect_fine(stage, call_list_safe_keys);
	g_list_store_append(safe, same);
	expect_fine(stage, call_list_safe_keys);
	g_list_store_append(safe, other);
	expect_broken(stage,
		      call_list_safe_keys,
		      "says of a key that was not asked about that it is safe");
	puppet_tell(stage->puppet, TRUE, stage->orders, NULL);
	expect_broken(stage,
		      call_list_safe_keys,
		      "returned a list of something else than KasperKeyInfo");
}

static void
test_is_manual(Stage *stage, gconstpointer data)
{
	g_autoptr(Idler) idler = g_object_new(IDLER_TYPE, NULL);

	stage->puppet->done = TRUE;
	g_assert_true(kasper_backup_guard_is_manual(KASPER_BACKUP_GUARD(stage->puppet)));
	stage->puppet->done = FALSE;
	g_assert_false(kasper_backup_guard_is_manual(KASPER_BACKUP_GUARD(stage->puppet)));
	g_assert_false(kasper_backup_guard_is_manual(KASPER_BACKUP_GUARD(idler)));
}

static void
test_parent_views(Stage *stage, gconstpointer data)
{
	static const gchar *const none[] = {NULL};
	g_autoptr(KasperParentView) proof = kasper_parent_view_new(none, 900, 2);
	g_autoptr(KasperParentView) nobody = kasper_parent_view_new(none, 900, 0);

	puppet_tell(stage->puppet, TRUE, proof, NULL);
	expect_fine(stage, call_look_at_parent);
	puppet_tell(stage->puppet, TRUE, nobody, NULL);
	expect_broken(stage, call_look_at_parent, "asked no server");
}

static void
test_close(Stage *stage, gconstpointer data)
{
	g_autoptr(Idler) idler = g_object_new(IDLER_TYPE, NULL);

	kasper_plugin_close(KASPER_PLUGIN(stage->puppet));
	g_assert_cmpuint(stage->puppet->calls, ==, 1);
	kasper_plugin_close(KASPER_PLUGIN(idler));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(slots); i++) {
		g_autofree gchar *missing = g_strdup_printf("/slots/missing/%s", slots[i].name);
		g_autofree gchar *failing = g_strdup_printf("/slots/failing/%s", slots[i].name);
		g_autofree gchar *silent = g_strdup_printf("/slots/silent/%s", slots[i].name);

		g_test_add(missing, Stage, &slots[i], stage_set_up, test_missing, stage_tear_down);
		g_test_add(failing, Stage, &slots[i], stage_set_up, test_failing, stage_tear_down);
		g_test_add(silent, Stage, &slots[i], stage_set_up, test_silent, stage_tear_down);
	}
#define ADD(name, test) g_test_add("/slots/" name, Stage, NULL, stage_set_up, test, stage_tear_down)
	ADD("made-key", test_made_key);
	ADD("made-rsa-key", test_made_rsa_key);
	ADD("found-key", test_found_key);
	ADD("listed-keys", test_listed_keys);
	ADD("signature", test_signature);
	ADD("capabilities", test_capabilities);
	ADD("free-room", test_free_room);
	ADD("signer-answers", test_signer_answers);
	ADD("signer-findings", test_signer_findings);
	ADD("ds-answers", test_ds_answers);
	ADD("safe-keys", test_safe_keys);
	ADD("is-manual", test_is_manual);
	ADD("parent-views", test_parent_views);
	ADD("close", test_close);
#undef ADD
	return g_test_run();
}
