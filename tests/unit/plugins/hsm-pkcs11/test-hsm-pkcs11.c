/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "hsm-support.h"

#ifndef KASPER_PARAM_SECRET
#define KASPER_PARAM_SECRET (1 << G_PARAM_USER_SHIFT)
#endif

static SoftHsm *
make_hsm(void)
{
	SoftHsm *hsm = soft_hsm_new();

	soft_hsm_add_token(hsm, HSM_TEST_LABEL, HSM_TEST_PIN);
	return hsm;
}

/* its public key is the same wherever one asks */
static void
assert_known(KasperKeyStore *store, KasperKeyInfo *made)
{
	const gchar *id = kasper_key_info_get_id(made);
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperKeyInfo) found = kasper_key_store_look_up_key(store, id, NULL, &error);
	g_autoptr(GListModel) keys = NULL;
	g_autoptr(KasperKeyInfo) listed = NULL;

	g_assert_no_error(error);
	g_assert_cmpstr(kasper_key_info_get_id(found), ==, id);
	g_assert_cmpuint(kasper_key_info_get_bits(found), ==, kasper_key_info_get_bits(made));
	g_assert_true(g_bytes_equal(kasper_key_info_get_public_key(found),
				    kasper_key_info_get_public_key(made)));
	keys = kasper_key_store_list_keys(store, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(g_list_model_get_n_items(keys), ==, 1);
	listed = g_list_model_get_item(keys, 0);
	g_assert_cmpstr(kasper_key_info_get_id(listed), ==, id);
	g_assert_true(g_bytes_equal(kasper_key_info_get_public_key(listed),
				    kasper_key_info_get_public_key(made)));
}

static void
assert_gone(KasperKeyStore *store, const gchar *id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) again = NULL;

	g_assert_null(kasper_key_store_look_up_key(store, id, NULL, &error));
	hsm_test_assert_error(error, KASPER_ERROR_NOT_FOUND);
	g_assert_false(kasper_key_store_destroy_key(store, id, NULL, &again));
	hsm_test_assert_error(again, KASPER_ERROR_NOT_FOUND);
	g_assert_cmpuint(hsm_test_count(store), ==, 0);
}

static void
test_algorithm(gconstpointer user_data)
{
	guint algorithm = GPOINTER_TO_UINT(user_data);
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store = hsm_test_open_store(NULL);
	g_autofree gchar *id = hsm_test_make_id();
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperKeyInfo) made = hsm_test_make(store, id, algorithm, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(kasper_key_info_get_id(made), ==, id);
	g_assert_cmpuint(kasper_key_info_get_algorithm(made), ==, algorithm);
	g_assert_cmpuint(kasper_key_info_get_bits(made),
			 ==,
			 kasper_algorithm_get_bits(algorithm, 2048));
	assert_known(store, made);
	hsm_test_assert_signs(store, made, made);
	/* another process, or this one after it was started anew, finds the same key */
	hsm_test_close_store(store);
	store = hsm_test_open_store(NULL);
	assert_known(store, made);
	hsm_test_assert_signs(store, made, made);
	g_assert_true(kasper_key_store_destroy_key(store, id, NULL, &error));
	g_assert_no_error(error);
	assert_gone(store, id);
	hsm_test_close_store(store);
}

static void
test_sizes(void)
{
	static const struct {
		guint bits;
		gboolean good;
	} rows[] = {{0, FALSE}, {1023, FALSE}, {1024, TRUE}, {3072, TRUE}, {4097, FALSE}};
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store = hsm_test_open_store(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree gchar *id = hsm_test_make_id();
		g_autoptr(KasperKeyInfo) wanted =
		    kasper_key_info_new(id, KASPER_ALGORITHM_RSASHA256, rows[i].bits, NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(KasperKeyInfo) made =
		    kasper_key_store_make_key(store, wanted, NULL, &error);

		if (rows[i].good) {
			g_assert_no_error(error);
			g_assert_cmpuint(kasper_key_info_get_bits(made), ==, rows[i].bits);
		} else {
			hsm_test_assert_error(error, KASPER_ERROR_INVALID);
		}
	}
	hsm_test_close_store(store);
}

static void
test_exists(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store = hsm_test_open_store(NULL);
	g_autofree gchar *id = hsm_test_must_make(store);

	for (guint i = 0; i < 2; i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(hsm_test_make(store, id, KASPER_ALGORITHM_ED25519, &error));
		hsm_test_assert_error(error, KASPER_ERROR_EXISTS);
		g_assert_cmpuint(hsm_test_count(store), ==, 1);
		hsm_test_close_store(store);
		store = hsm_test_open_store(NULL);
	}
	hsm_test_close_store(store);
}

static void
test_bad_ids(void)
{
	static const gchar *const rows[] = {"a", "abc", "AB", "gg", "ab cd", "ab\n"};
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store = hsm_test_open_store(NULL);
	g_autofree gchar *unknown = hsm_test_make_id();

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) looked = NULL;
		g_autoptr(GError) destroyed = NULL;

		g_assert_null(kasper_key_store_look_up_key(store, rows[i], NULL, &looked));
		hsm_test_assert_error(looked, KASPER_ERROR_INVALID);
		g_assert_false(kasper_key_store_destroy_key(store, rows[i], NULL, &destroyed));
		hsm_test_assert_error(destroyed, KASPER_ERROR_INVALID);
	}
	assert_gone(store, unknown);
	hsm_test_close_store(store);
}

static void
assert_open_fails(KasperKeyStore *store, KasperError code, const gchar *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) later = NULL;

	g_assert_false(kasper_plugin_open(KASPER_PLUGIN(store), NULL, &error));
	hsm_test_assert_error(error, code);
	if (strstr(error->message, text) == NULL)
		g_error("\"%s\" does not say \"%s\"", error->message, text);
	g_assert_false(kasper_key_store_self_test(store, NULL, &later));
	hsm_test_assert_error(later, KASPER_ERROR_TRY_AGAIN);
	hsm_test_close_store(store);
}

static void
test_settings(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	g_autofree gchar *no_module = soft_hsm_write_file(hsm, "not-elf.so", "hello", 0600);
	g_autofree gchar *long_pin = g_strnfill(300, '1');
	g_autofree gchar *long_label = g_strnfill(33, 'l');

	soft_hsm_add_token(hsm, "second token", "1234");
	assert_open_fails(g_object_new(HSM_TYPE_PKCS11, NULL),
			  KASPER_ERROR_INVALID,
			  "module-path is not set");
	assert_open_fails(hsm_test_new_store("/nowhere/pkcs11.so", NULL),
			  KASPER_ERROR_NOT_FOUND,
			  "/nowhere/pkcs11.so");
	assert_open_fails(hsm_test_new_store("libsofthsm2.so", NULL),
			  KASPER_ERROR_NOT_FOUND,
			  "absolute path");
	assert_open_fails(hsm_test_new_store(no_module, NULL),
			  KASPER_ERROR_NOT_SUPPORTED,
			  "not-elf.so cannot be loaded");
	assert_open_fails(hsm_test_new_store(NULL, "token-label", "kasper", NULL),
			  KASPER_ERROR_NOT_FOUND,
			  "\"" HSM_TEST_LABEL "\"");
	assert_open_fails(hsm_test_new_store(NULL, "token-label", "kasper", NULL),
			  KASPER_ERROR_NOT_FOUND,
			  "\"second token\"");
	assert_open_fails(hsm_test_new_store(NULL, "token-label", "", NULL),
			  KASPER_ERROR_INVALID,
			  "token-label is not set");
	assert_open_fails(hsm_test_new_store(NULL, "token-label", long_label, NULL),
			  KASPER_ERROR_INVALID,
			  "32 octets");
	assert_open_fails(hsm_test_new_store(NULL, "pin", long_pin, NULL),
			  KASPER_ERROR_INVALID,
			  "256 octets");
	assert_open_fails(hsm_test_new_store(NULL, "pin", "", NULL), KASPER_ERROR_INVALID, "empty");
	assert_open_fails(
	    hsm_test_new_store(NULL, "pin", HSM_TEST_PIN, "pin-source", "/etc/pin", NULL),
	    KASPER_ERROR_INVALID,
	    "both set");
	assert_open_fails(hsm_test_new_store(NULL, NULL), KASPER_ERROR_AUTH, "pin-source");
}

static void
test_two_of_a_label(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();

	soft_hsm_add_token(hsm, HSM_TEST_LABEL, HSM_TEST_PIN);
	assert_open_fails(hsm_test_new_store(NULL, "pin", HSM_TEST_PIN, NULL),
			  KASPER_ERROR_INVALID,
			  "2 tokens");
}

static void
test_wrong_pin(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	g_autofree gchar *path = soft_hsm_write_file(hsm, "pin", "wrong-4711\n", 0600);
	KasperKeyStore *store;

	assert_open_fails(hsm_test_new_store(NULL, "pin-source", path, NULL),
			  KASPER_ERROR_AUTH,
			  "CKR_PIN_INCORRECT");
	assert_open_fails(hsm_test_new_store(NULL, "pin-source", path, NULL),
			  KASPER_ERROR_AUTH,
			  "not tried again");
	assert_open_fails(hsm_test_new_store(NULL, "pin", "wrong-4711", NULL),
			  KASPER_ERROR_AUTH,
			  "not tried again");
	g_free(soft_hsm_write_file(hsm, "pin", HSM_TEST_PIN "\r\n", 0400));
	store = hsm_test_new_store(NULL, "pin-source", path, NULL);
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(store), NULL, NULL));
	hsm_test_close_store(store);
}

static void
test_pin_is_secret(void)
{
	g_autoptr(GObject) store = g_object_new(HSM_TYPE_PKCS11, "pin", HSM_TEST_PIN, NULL);
	GParamSpec *pspec = g_object_class_find_property(G_OBJECT_GET_CLASS(store), "pin");

	g_assert_cmpuint(pspec->flags & G_PARAM_READABLE, ==, 0);
	g_assert_cmpuint(pspec->flags & KASPER_PARAM_SECRET, !=, 0);
}

static void
test_unplugged(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store = hsm_test_open_store(NULL);
	g_autofree gchar *id = hsm_test_must_make(store);
	g_autofree gchar *other = hsm_test_make_id();
	g_autoptr(KasperKeyInfo) info = kasper_key_store_look_up_key(store, id, NULL, NULL);

	soft_hsm_unplug(hsm);
	for (guint i = 0; i < 3; i++) {
		g_autoptr(GError) looked = NULL;
		g_autoptr(GError) unknown = NULL;
		g_autoptr(GError) made = NULL;
		g_autoptr(GError) tested = NULL;
		g_autoptr(GError) destroyed = NULL;

		/* away is not gone: NOT_FOUND here would cost a zone its keys */
		g_assert_null(kasper_key_store_look_up_key(store, other, NULL, &unknown));
		hsm_test_assert_error(unknown, KASPER_ERROR_TRY_AGAIN);
		g_assert_null(kasper_key_store_look_up_key(store, id, NULL, &looked));
		hsm_test_assert_error(looked, KASPER_ERROR_TRY_AGAIN);
		g_assert_null(hsm_test_make(store, other, KASPER_ALGORITHM_ED25519, &made));
		hsm_test_assert_error(made, KASPER_ERROR_TRY_AGAIN);
		g_assert_false(kasper_key_store_self_test(store, NULL, &tested));
		hsm_test_assert_error(tested, KASPER_ERROR_TRY_AGAIN);
		g_assert_false(kasper_key_store_destroy_key(store, id, NULL, &destroyed));
		hsm_test_assert_error(destroyed, KASPER_ERROR_TRY_AGAIN);
	}
	soft_hsm_plug_in(hsm);
	assert_known(store, info);
	hsm_test_assert_signs(store, info, info);
	g_free(hsm_test_must_make(store));
	hsm_test_close_store(store);
}

/* the first call after the token went away is the one that writes */
static void
test_unplugged_while_making(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store = hsm_test_open_store(NULL);
	g_autofree gchar *id = hsm_test_make_id();
	g_autoptr(GError) error = NULL;

	g_free(hsm_test_must_make(store));
	soft_hsm_unplug(hsm);
	g_assert_null(hsm_test_make(store, id, KASPER_ALGORITHM_ED25519, &error));
	g_assert_true(g_error_matches(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN) ||
		      g_error_matches(error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME));
	g_clear_error(&error);
	soft_hsm_plug_in(hsm);
	g_assert_null(kasper_key_store_look_up_key(store, id, NULL, &error));
	hsm_test_assert_error(error, KASPER_ERROR_NOT_FOUND);
	g_assert_cmpuint(hsm_test_count(store), ==, 1);
	hsm_test_close_store(store);
}

typedef struct {
	KasperKeyStore *store;
	gint failures;
} Worker;

static gpointer
work(gpointer data)
{
	Worker *worker = data;

	for (guint i = 0; i < 10; i++) {
		g_autofree gchar *id = hsm_test_make_id();
		g_autoptr(KasperKeyInfo) info =
		    hsm_test_make(worker->store, id, i % 2 == 0 ? 13 : 15, NULL);

		if (info == NULL)
			g_atomic_int_inc(&worker->failures);
		else
			hsm_test_assert_signs(worker->store, info, info);
	}
	return NULL;
}

static void
test_parallel(gconstpointer user_data)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store = hsm_test_new_store(NULL,
						   "pin",
						   HSM_TEST_PIN,
						   "session-limit",
						   GPOINTER_TO_UINT(user_data),
						   NULL);
	Worker worker = {store, 0};
	GThread *threads[4];

	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(store), NULL, NULL));
	for (guint i = 0; i < 4; i++)
		threads[i] = g_thread_new("worker", work, &worker);
	for (guint i = 0; i < 4; i++)
		g_thread_join(threads[i]);
	g_assert_cmpint(worker.failures, ==, 0);
	g_assert_cmpuint(hsm_test_count(store), ==, 40);
	hsm_test_close_store(store);
}

static void
test_capacity(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store =
	    hsm_test_new_store(NULL, "pin", HSM_TEST_PIN, "capacity", (gint64)2, NULL);
	g_autofree gchar *id = NULL;
	g_autofree gchar *third = hsm_test_make_id();
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(store), NULL, NULL));
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, NULL), ==, 2);
	g_free(hsm_test_must_make(store));
	id = hsm_test_must_make(store);
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, NULL), ==, 0);
	g_assert_null(hsm_test_make(store, third, KASPER_ALGORITHM_ED25519, &error));
	hsm_test_assert_error(error, KASPER_ERROR_NOT_SUPPORTED);
	g_assert_nonnull(strstr(error->message, "capacity"));
	g_clear_error(&error);
	g_assert_true(kasper_key_store_destroy_key(store, id, NULL, NULL));
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, NULL), ==, 1);
	g_free(hsm_test_must_make(store));
	hsm_test_close_store(store);
	store = hsm_test_open_store(NULL);
	g_assert_cmpint(kasper_key_store_get_free_room(store, NULL, &error), ==, -1);
	g_assert_no_error(error);
	hsm_test_close_store(store);
}

static void
assert_flag(CK_SESSION_HANDLE session,
	    CK_OBJECT_HANDLE object,
	    CK_ATTRIBUTE_TYPE type,
	    gboolean wanted)
{
	CK_BBOOL value = 99;
	CK_ATTRIBUTE attribute = {type, &value, sizeof value};

	g_assert_cmpuint(
	    hsm_test_get_functions()->C_GetAttributeValue(session, object, &attribute, 1),
	    ==,
	    CKR_OK);
	g_assert_cmpuint(value, ==, wanted ? CK_TRUE : CK_FALSE);
}

static void
test_attributes(gconstpointer user_data)
{
	gboolean extractable = GPOINTER_TO_UINT(user_data) != 0;
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store =
	    hsm_test_new_store(NULL, "pin", HSM_TEST_PIN, "allow-extraction", extractable, NULL);
	g_autofree gchar *id = NULL;
	gchar label[64] = "";
	CK_ATTRIBUTE attribute = {CKA_LABEL, label, sizeof label - 1};
	CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
	CK_SESSION_HANDLE session;

	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(store), NULL, NULL));
	id = hsm_test_must_make(store);
	session = hsm_test_open_session();
	g_assert_cmpuint(hsm_test_find(session, CKO_PRIVATE_KEY, &object), ==, 1);
	assert_flag(session, object, CKA_EXTRACTABLE, extractable);
	assert_flag(session, object, CKA_NEVER_EXTRACTABLE, !extractable);
	assert_flag(session, object, CKA_SENSITIVE, TRUE);
	assert_flag(session, object, CKA_ALWAYS_SENSITIVE, TRUE);
	assert_flag(session, object, CKA_LOCAL, TRUE);
	assert_flag(session, object, CKA_PRIVATE, TRUE);
	assert_flag(session, object, CKA_TOKEN, TRUE);
	assert_flag(session, object, CKA_SIGN, TRUE);
	assert_flag(session, object, CKA_DECRYPT, FALSE);
	assert_flag(session, object, CKA_UNWRAP, FALSE);
	g_assert_cmpuint(hsm_test_find(session, CKO_PUBLIC_KEY, &object), ==, 1);
	assert_flag(session, object, CKA_TOKEN, TRUE);
	assert_flag(session, object, CKA_VERIFY, TRUE);
	assert_flag(session, object, CKA_WRAP, FALSE);
	/* signers find keys by their label, too */
	g_assert_cmpuint(
	    hsm_test_get_functions()->C_GetAttributeValue(session, object, &attribute, 1),
	    ==,
	    CKR_OK);
	g_assert_cmpstr(label, ==, id);
	hsm_test_close_store(store);
}

static void
test_skip_public_key(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store =
	    hsm_test_new_store(NULL, "pin", HSM_TEST_PIN, "skip-public-key", TRUE, NULL);
	g_autofree gchar *rsa_id = hsm_test_make_id();
	g_autofree gchar *curve_id = hsm_test_make_id();
	g_autoptr(KasperKeyInfo) rsa = NULL;
	g_autoptr(KasperKeyInfo) curve = NULL;
	g_autoptr(KasperKeyInfo) found = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(store), NULL, NULL));
	rsa = hsm_test_make(store, rsa_id, KASPER_ALGORITHM_RSASHA256, &error);
	g_assert_no_error(error);
	assert_known(store, rsa);
	curve = hsm_test_make(store, curve_id, KASPER_ALGORITHM_ECDSAP384SHA384, &error);
	g_assert_no_error(error);
	g_assert_nonnull(kasper_key_info_get_public_key(curve));
	g_assert_cmpuint(hsm_test_find(hsm_test_open_session(), CKO_PUBLIC_KEY, NULL), ==, 0);
	hsm_test_assert_signs(store, rsa, rsa);
	hsm_test_assert_signs(store, curve, curve);
	found = kasper_key_store_look_up_key(store, curve_id, NULL, &error);
	g_assert_no_error(error);
	g_assert_null(kasper_key_info_get_public_key(found));
	g_assert_cmpuint(kasper_key_info_get_algorithm(found),
			 ==,
			 KASPER_ALGORITHM_ECDSAP384SHA384);
	g_assert_true(kasper_key_store_destroy_key(store, curve_id, NULL, NULL));
	g_assert_cmpuint(hsm_test_count(store), ==, 1);
	hsm_test_close_store(store);
}

/* keys that others made: the other coding of the curve, and two of one id */
static void
make_foreign(CK_SESSION_HANDLE session, guint8 id)
{
	CK_BBOOL yes = CK_TRUE;
	CK_MECHANISM mechanism = {CKM_EC_EDWARDS_KEY_PAIR_GEN, NULL, 0};
	gchar name[] = "\x13\x0c"
		       "edwards25519";
	CK_ATTRIBUTE public_template[] = {{CKA_TOKEN, &yes, 1},
					  {CKA_ID, &id, 1},
					  {CKA_EC_PARAMS, name, sizeof name - 1}};
	CK_ATTRIBUTE private_template[] = {{CKA_TOKEN, &yes, 1},
					   {CKA_ID, &id, 1},
					   {CKA_SIGN, &yes, 1}};
	CK_OBJECT_HANDLE public_key, private_key;

	g_assert_cmpuint(hsm_test_get_functions()->C_GenerateKeyPair(session,
								     &mechanism,
								     public_template,
								     3,
								     private_template,
								     3,
								     &public_key,
								     &private_key),
			 ==,
			 CKR_OK);
}

static void
test_foreign(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store = hsm_test_open_store(NULL);
	CK_SESSION_HANDLE session = hsm_test_open_session();
	g_autoptr(KasperKeyInfo) info = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(hsm_test_count(store), ==, 0);
	make_foreign(session, 0xf1);
	info = kasper_key_store_look_up_key(store, "f1", NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(kasper_key_info_get_algorithm(info), ==, KASPER_ALGORITHM_ED25519);
	hsm_test_assert_signs(store, info, info);
	make_foreign(session, 0xf2);
	make_foreign(session, 0xf2);
	g_assert_null(kasper_key_store_look_up_key(store, "f2", NULL, &error));
	hsm_test_assert_error(error, KASPER_ERROR_INVALID);
	g_clear_error(&error);
	g_assert_false(kasper_key_store_destroy_key(store, "f2", NULL, &error));
	hsm_test_assert_error(error, KASPER_ERROR_INVALID);
	g_assert_cmpuint(hsm_test_count(store), ==, 3);
	hsm_test_close_store(store);
}

/* somebody else removes a key that we know, and one half of another */
static void
test_removed_by_others(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store = hsm_test_open_store(NULL);
	g_autofree gchar *id = hsm_test_must_make(store);
	g_autoptr(KasperKeyInfo) info = kasper_key_store_look_up_key(store, id, NULL, NULL);
	g_autoptr(KasperKeyInfo) again = NULL;
	CK_SESSION_HANDLE session = hsm_test_open_session();
	CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
	g_autoptr(GBytes) block = g_bytes_new_static("data", 4);
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(hsm_test_find(session, CKO_PRIVATE_KEY, &object), ==, 1);
	g_assert_cmpuint(hsm_test_get_functions()->C_DestroyObject(session, object), ==, CKR_OK);
	g_assert_null(kasper_key_store_sign_data(store, info, block, NULL, &error));
	hsm_test_assert_error(error, KASPER_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_null(kasper_key_store_look_up_key(store, id, NULL, &error));
	hsm_test_assert_error(error, KASPER_ERROR_NOT_FOUND);
	g_clear_error(&error);
	/* the public half is left, and in nobody's way when the key is made again */
	again = hsm_test_make(store, id, KASPER_ALGORITHM_ED25519, &error);
	g_assert_no_error(error);
	assert_known(store, again);
	hsm_test_close_store(store);
}

static void
test_two_tokens(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *first = hsm_test_open_store(NULL);
	KasperKeyStore *second;
	g_autofree gchar *id = hsm_test_must_make(first);
	g_autoptr(KasperKeyInfo) info = NULL;
	g_autoptr(GError) error = NULL;

	/* made while the module was in use: it has to be started again to see it */
	soft_hsm_add_token(hsm, "second", "1234");
	second = hsm_test_new_store(NULL, "token-label", "second", "pin", "1234", NULL);
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(second), NULL, &error));
	g_assert_no_error(error);
	g_free(hsm_test_must_make(second));
	g_free(hsm_test_must_make(second));
	g_assert_cmpuint(hsm_test_count(second), ==, 2);
	info = kasper_key_store_look_up_key(first, id, NULL, &error);
	g_assert_no_error(error);
	hsm_test_assert_signs(first, info, info);
	g_assert_cmpuint(hsm_test_count(first), ==, 1);
	hsm_test_close_store(first);
	g_assert_true(kasper_key_store_self_test(second, NULL, &error));
	g_assert_no_error(error);
	hsm_test_close_store(second);
}

static void
test_closed(void)
{
	g_autoptr(SoftHsm) hsm G_GNUC_UNUSED = make_hsm();
	KasperKeyStore *store = hsm_test_open_store(NULL);
	g_autoptr(GCancellable) cancelled = g_cancellable_new();
	g_autofree gchar *id = hsm_test_make_id();
	g_autoptr(GError) error = NULL;

	g_assert_cmpuint(kasper_key_store_get_capabilities(store),
			 ==,
			 KASPER_KEY_STORE_SIGNS | KASPER_KEY_STORE_PARALLEL);
	g_cancellable_cancel(cancelled);
	g_assert_false(kasper_key_store_self_test(store, cancelled, &error));
	hsm_test_assert_error(error, KASPER_ERROR_TRY_AGAIN);
	g_clear_error(&error);
	kasper_plugin_close(KASPER_PLUGIN(store));
	kasper_plugin_close(KASPER_PLUGIN(store));
	g_assert_null(hsm_test_make(store, id, KASPER_ALGORITHM_ED25519, &error));
	hsm_test_assert_error(error, KASPER_ERROR_TRY_AGAIN);
	g_clear_error(&error);
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(store), NULL, &error));
	g_assert_no_error(error);
	g_free(hsm_test_must_make(store));
	hsm_test_close_store(store);
}

int
main(int argc, char **argv)
{
	static const guint algorithms[] = {5, 7, 8, 10, 13, 14, 15, 16};

	g_test_init(&argc, &argv, NULL);
	if (soft_hsm_find_module() == NULL) {
		g_print("1..0 # SKIP SoftHSM is not installed\n");
		return 0;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++) {
		g_autofree gchar *path =
		    g_strdup_printf("/hsm-pkcs11/%s", kasper_algorithm_to_string(algorithms[i]));

		g_test_add_data_func(path, GUINT_TO_POINTER(algorithms[i]), test_algorithm);
	}
	g_test_add_func("/hsm-pkcs11/sizes", test_sizes);
	g_test_add_func("/hsm-pkcs11/exists", test_exists);
	g_test_add_func("/hsm-pkcs11/bad-ids", test_bad_ids);
	g_test_add_func("/hsm-pkcs11/settings", test_settings);
	g_test_add_func("/hsm-pkcs11/two-of-a-label", test_two_of_a_label);
	g_test_add_func("/hsm-pkcs11/wrong-pin", test_wrong_pin);
	g_test_add_func("/hsm-pkcs11/pin-is-secret", test_pin_is_secret);
	g_test_add_func("/hsm-pkcs11/unplugged", test_unplugged);
	g_test_add_func("/hsm-pkcs11/unplugged-while-making", test_unplugged_while_making);
	g_test_add_data_func("/hsm-pkcs11/parallel", GUINT_TO_POINTER(0), test_parallel);
	g_test_add_data_func("/hsm-pkcs11/one-session", GUINT_TO_POINTER(1), test_parallel);
	g_test_add_data_func("/hsm-pkcs11/three-sessions", GUINT_TO_POINTER(3), test_parallel);
	g_test_add_func("/hsm-pkcs11/capacity", test_capacity);
	g_test_add_data_func("/hsm-pkcs11/attributes", GUINT_TO_POINTER(0), test_attributes);
	g_test_add_data_func("/hsm-pkcs11/extractable", GUINT_TO_POINTER(1), test_attributes);
	g_test_add_func("/hsm-pkcs11/skip-public-key", test_skip_public_key);
	g_test_add_func("/hsm-pkcs11/foreign", test_foreign);
	g_test_add_func("/hsm-pkcs11/removed-by-others", test_removed_by_others);
	g_test_add_func("/hsm-pkcs11/two-tokens", test_two_tokens);
	g_test_add_func("/hsm-pkcs11/closed", test_closed);
	return g_test_run();
}
