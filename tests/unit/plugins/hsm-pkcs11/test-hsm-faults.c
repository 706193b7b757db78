/* SPDX-License-Identifier: BSD-2-Clause */
#include <gmodule.h>
#include <string.h>

#include "hsm-support.h"
#include "kasper-canary.h"
#include "pkcs11-faults.h"

static const Pkcs11Faults *faults;
static const gchar *module;

typedef struct {
	SoftHsm *hsm;
	KasperKeyStore *store;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer user_data)
{
	faults->reset();
	fixture->hsm = soft_hsm_new();
	soft_hsm_add_token(fixture->hsm, HSM_TEST_LABEL, HSM_TEST_PIN);
	fixture->store = hsm_test_open_store(module);
}

static void
tear_down(Fixture *fixture, gconstpointer user_data)
{
	faults->reset();
	hsm_test_close_store(fixture->store);
	soft_hsm_free(fixture->hsm);
}

/* private and public keys on the token, counted behind the store's back */
static void
assert_objects(guint n_private, guint n_public)
{
	CK_SESSION_HANDLE session = hsm_test_open_session();

	g_assert_cmpuint(hsm_test_find(session, CKO_PRIVATE_KEY, NULL), ==, n_private);
	g_assert_cmpuint(hsm_test_find(session, CKO_PUBLIC_KEY, NULL), ==, n_public);
	g_assert_cmpuint(hsm_test_get_functions()->C_CloseSession(session), ==, CKR_OK);
}

static void
assert_makes(KasperKeyStore *store)
{
	g_autofree gchar *id = hsm_test_make_id();
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperKeyInfo) made = hsm_test_make(store, id, 13, &error);
	g_autoptr(KasperKeyInfo) found = NULL;

	g_assert_no_error(error);
	found = kasper_key_store_look_up_key(store, id, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(g_bytes_equal(kasper_key_info_get_public_key(found),
				    kasper_key_info_get_public_key(made)));
	hsm_test_assert_signs(store, made, found);
}

/* make, look up, sign, destroy; the first error */
static void
try_all(KasperKeyStore *store, GError **error)
{
	g_autofree gchar *id = hsm_test_make_id();
	g_autoptr(KasperKeyInfo) made = hsm_test_make(store, id, 13, error);
	g_autoptr(KasperKeyInfo) found = NULL;
	g_autoptr(GBytes) block = kasper_canary_get_block(id);
	g_autoptr(GBytes) signature = NULL;

	if (made == NULL)
		return;
	found = kasper_key_store_look_up_key(store, id, NULL, error);
	if (found != NULL)
		signature = kasper_key_store_sign_data(store, found, block, NULL, error);
	if (signature != NULL)
		kasper_key_store_destroy_key(store, id, NULL, error);
}

static const gchar *const functions[] = {"C_SignInit",
					 "C_Sign",
					 "C_GenerateKeyPair",
					 "C_CopyObject",
					 "C_DestroyObject",
					 "C_FindObjectsInit",
					 "C_GetAttributeValue",
					 "C_OpenSession",
					 "C_GetTokenInfo"};

/* each call fails once in each passing way, before and after it did its work: nobody notices */
static void
test_once(Fixture *fixture, gconstpointer user_data)
{
	static const CK_RV codes[] = {CKR_DEVICE_ERROR,
				      CKR_GENERAL_ERROR,
				      CKR_FUNCTION_FAILED,
				      CKR_DEVICE_REMOVED,
				      CKR_TOKEN_NOT_PRESENT,
				      CKR_CRYPTOKI_NOT_INITIALIZED,
				      CKR_SESSION_HANDLE_INVALID,
				      CKR_SESSION_CLOSED,
				      CKR_USER_NOT_LOGGED_IN,
				      CKR_OBJECT_HANDLE_INVALID,
				      CKR_KEY_HANDLE_INVALID,
				      CKR_OPERATION_ACTIVE,
				      0x80000123UL};

	for (gsize i = 0; i < G_N_ELEMENTS(functions); i++) {
		for (gsize j = 0; j < 2 * G_N_ELEMENTS(codes); j++) {
			g_autoptr(GError) error = NULL;

			/* a new session is only opened where one was closed before */
			faults->set(functions[i],
				    j % 2 == 0 ? PKCS11_FAULT_INSTEAD : PKCS11_FAULT_AFTER,
				    1,
				    1,
				    codes[j / 2]);
			try_all(fixture->store, &error);
			if (error != NULL)
				g_error("%s, row %" G_GSIZE_FORMAT ": %s",
					functions[i],
					j,
					error->message);
			assert_objects(0, 0);
			faults->reset();
		}
	}
	g_assert_cmpuint(hsm_test_count(fixture->store), ==, 0);
}

/* ... and for ever: the error says what can be done, and is gone when the fault is */
static void
test_always(Fixture *fixture, gconstpointer user_data)
{
	static const struct {
		CK_RV rv;
		KasperError code;
		const gchar *text;
	} rows[] = {
	    {CKR_DEVICE_ERROR, KASPER_ERROR_TRY_AGAIN, "CKR_DEVICE_ERROR"},
	    {CKR_DEVICE_REMOVED, KASPER_ERROR_TRY_AGAIN, "CKR_DEVICE_REMOVED"},
	    {CKR_SESSION_HANDLE_INVALID, KASPER_ERROR_TRY_AGAIN, "CKR_SESSION_HANDLE_INVALID"},
	    {CKR_HOST_MEMORY, KASPER_ERROR_TRY_AGAIN, "CKR_HOST_MEMORY"},
	    {CKR_DEVICE_MEMORY, KASPER_ERROR_NOT_SUPPORTED, "CKR_DEVICE_MEMORY"},
	    {CKR_MECHANISM_INVALID, KASPER_ERROR_NOT_SUPPORTED, "CKR_MECHANISM_INVALID"},
	    {CKR_SESSION_READ_ONLY, KASPER_ERROR_NOT_SUPPORTED, "CKR_SESSION_READ_ONLY"},
	    {0x80000123UL, KASPER_ERROR_TRY_AGAIN, "0x80000123"},
	};
	static const gchar *const calls[] = {"C_SignInit", "C_Sign", "C_GenerateKeyPair"};

	for (gsize i = 0; i < G_N_ELEMENTS(calls); i++) {
		for (gsize j = 0; j < G_N_ELEMENTS(rows); j++) {
			g_autoptr(GError) error = NULL;

			faults->set(calls[i], PKCS11_FAULT_INSTEAD, 1, G_MAXUINT, rows[j].rv);
			try_all(fixture->store, &error);
			hsm_test_assert_error(error, rows[j].code);
			g_assert_nonnull(strstr(error->message, rows[j].text));
			faults->reset();
			assert_makes(fixture->store);
		}
	}
}

/* the token dies in the middle of making a key, at each call that could have written one */
static void
test_unknown_outcome(Fixture *fixture, gconstpointer user_data)
{
	static const Pkcs11FaultKind kinds[] = {PKCS11_FAULT_INSTEAD, PKCS11_FAULT_AFTER};
	g_autofree gchar *first_id = hsm_test_must_make(fixture->store);

	/* now the ids are known, and the next search is the one after the fault */
	g_assert_true(kasper_key_store_destroy_key(fixture->store, first_id, NULL, NULL));
	for (guint first = 1; first <= 2; first++) {
		for (guint i = 0; i < 2; i++) {
			g_autofree gchar *id = hsm_test_make_id();
			g_autoptr(GError) error = NULL;
			g_autoptr(KasperKeyInfo) found = NULL;
			g_autoptr(KasperKeyInfo) made = NULL;
			/* the second copy is the private key */
			gboolean there = first == 2 && kinds[i] == PKCS11_FAULT_AFTER;

			faults->set("C_CopyObject", kinds[i], first, 100, CKR_DEVICE_ERROR);
			faults->set("C_DestroyObject",
				    PKCS11_FAULT_INSTEAD,
				    1,
				    100,
				    CKR_DEVICE_ERROR);
			faults->set("C_FindObjectsInit",
				    PKCS11_FAULT_INSTEAD,
				    1,
				    100,
				    CKR_DEVICE_ERROR);
			g_assert_null(hsm_test_make(fixture->store, id, 13, &error));
			hsm_test_assert_error(error, KASPER_ERROR_UNKNOWN_OUTCOME);
			g_clear_error(&error);
			faults->reset();
			found = kasper_key_store_look_up_key(fixture->store, id, NULL, &error);
			if (there) {
				g_assert_no_error(error);
				hsm_test_assert_signs(fixture->store, found, found);
			} else {
				hsm_test_assert_error(error, KASPER_ERROR_NOT_FOUND);
				g_clear_error(&error);
				made = hsm_test_make(fixture->store, id, 13, &error);
				g_assert_no_error(error);
			}
			g_assert_true(
			    kasper_key_store_destroy_key(fixture->store, id, NULL, &error));
			g_assert_no_error(error);
			assert_objects(0, 0);
		}
	}
}

/* a reply is lost, and the key that was made is taken instead of making another one */
static void
test_lost_reply(Fixture *fixture, gconstpointer user_data)
{
	faults->set("C_CopyObject", PKCS11_FAULT_AFTER, 2, 1, CKR_GENERAL_ERROR);
	assert_makes(fixture->store);
	g_assert_cmpuint(faults->count("C_GenerateKeyPair"), ==, 1);
	assert_objects(1, 1);
}

static void
test_full_half_way(Fixture *fixture, gconstpointer user_data)
{
	g_autofree gchar *id = hsm_test_make_id();
	g_autoptr(GError) error = NULL;

	assert_makes(fixture->store);
	faults->set("C_CopyObject", PKCS11_FAULT_INSTEAD, 2, 1, CKR_DEVICE_MEMORY);
	g_assert_null(hsm_test_make(fixture->store, id, 13, &error));
	hsm_test_assert_error(error, KASPER_ERROR_NOT_SUPPORTED);
	g_assert_nonnull(strstr(error->message, "full"));
	assert_objects(1, 1);
}

/* tokens that cannot copy are asked once */
static void
test_no_copy(Fixture *fixture, gconstpointer user_data)
{
	faults->set("C_CopyObject",
		    PKCS11_FAULT_INSTEAD,
		    GPOINTER_TO_UINT(user_data),
		    G_MAXUINT,
		    CKR_ACTION_PROHIBITED);
	for (guint i = 0; i < 3; i++)
		assert_makes(fixture->store);
	g_assert_cmpuint(faults->count("C_CopyObject"), ==, GPOINTER_TO_UINT(user_data));
	assert_objects(3, 3);
}

static void
test_lost_destroy(Fixture *fixture, gconstpointer user_data)
{
	for (guint first = 1; first <= 2; first++) {
		g_autofree gchar *id = hsm_test_must_make(fixture->store);
		g_autoptr(GError) error = NULL;

		faults->set("C_DestroyObject", PKCS11_FAULT_AFTER, first, 1, CKR_DEVICE_ERROR);
		g_assert_true(kasper_key_store_destroy_key(fixture->store, id, NULL, &error));
		g_assert_no_error(error);
		assert_objects(0, 0);
		faults->reset();
	}
}

static void
test_destroy_fails(Fixture *fixture, gconstpointer user_data)
{
	g_autofree gchar *id = hsm_test_must_make(fixture->store);
	g_autoptr(GError) error = NULL;

	faults->set("C_DestroyObject", PKCS11_FAULT_INSTEAD, 1, G_MAXUINT, CKR_DEVICE_ERROR);
	g_assert_false(kasper_key_store_destroy_key(fixture->store, id, NULL, &error));
	hsm_test_assert_error(error, KASPER_ERROR_UNKNOWN_OUTCOME);
	g_clear_error(&error);
	faults->set("C_DestroyObject", PKCS11_FAULT_INSTEAD, 1, G_MAXUINT, CKR_SESSION_READ_ONLY);
	g_assert_false(kasper_key_store_destroy_key(fixture->store, id, NULL, &error));
	hsm_test_assert_error(error, KASPER_ERROR_NOT_SUPPORTED);
	assert_objects(1, 1);
}

/* one C_Login for a PIN, whoever asks and however often */
static void
test_one_login(Fixture *fixture, gconstpointer user_data)
{
	g_autofree gchar *path = soft_hsm_write_file(fixture->hsm, "pin", "wrong-4711-b\n", 0600);

	kasper_plugin_close(KASPER_PLUGIN(fixture->store));
	faults->reset();
	for (guint i = 0; i < 5; i++) {
		g_autoptr(GError) error = NULL;
		KasperKeyStore *store = hsm_test_new_store(module, "pin-source", path, NULL);

		g_assert_false(kasper_plugin_open(KASPER_PLUGIN(store), NULL, &error));
		hsm_test_assert_error(error, KASPER_ERROR_AUTH);
		g_object_unref(store);
	}
	g_assert_cmpuint(faults->count("C_Login"), ==, 1);
}

/* the PIN is changed on the token while it is in use: one attempt, then quiet, until the file says
 * the right one; all without opening the store anew */
static void
test_pin_changed(Fixture *fixture, gconstpointer user_data)
{
	g_autofree gchar *path = soft_hsm_write_file(fixture->hsm, "pin", HSM_TEST_PIN "\n", 0600);
	KasperKeyStore *store = hsm_test_new_store(module, "pin-source", path, NULL);

	kasper_plugin_close(KASPER_PLUGIN(fixture->store));
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(store), NULL, NULL));
	g_free(soft_hsm_write_file(fixture->hsm, "pin", "changed-4711\n", 0600));
	faults->reset();
	faults->set("C_FindObjectsInit", PKCS11_FAULT_INSTEAD, 1, 1, CKR_USER_NOT_LOGGED_IN);
	for (guint i = 0; i < 5; i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(kasper_key_store_list_keys(store, NULL, &error));
		hsm_test_assert_error(error, KASPER_ERROR_AUTH);
	}
	g_assert_cmpuint(faults->count("C_Login"), ==, 1);
	g_free(soft_hsm_write_file(fixture->hsm, "pin", HSM_TEST_PIN "\n", 0600));
	assert_makes(store);
	g_assert_cmpuint(faults->count("C_Login"), ==, 2);
	hsm_test_close_store(store);
}

/* a token that warns is not logged in to at all */
static void
test_token_warns(Fixture *fixture, gconstpointer user_data)
{
	static const CK_FLAGS rows[] = {CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED};

	kasper_plugin_close(KASPER_PLUGIN(fixture->store));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		faults->reset();
		faults->set_token_flags(rows[i]);
		g_assert_false(kasper_plugin_open(KASPER_PLUGIN(fixture->store), NULL, &error));
		hsm_test_assert_error(error, KASPER_ERROR_AUTH);
		g_assert_cmpuint(faults->count("C_Login"), ==, 0);
	}
}

static gpointer
make_some(gpointer data)
{
	for (guint i = 0; i < 5; i++)
		assert_makes(data);
	return NULL;
}

/* the token grants fewer sessions than there are threads */
static void
test_few_sessions(Fixture *fixture, gconstpointer user_data)
{
	GThread *threads[4];

	kasper_plugin_close(KASPER_PLUGIN(fixture->store));
	faults->set_max_sessions(GPOINTER_TO_UINT(user_data));
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(fixture->store), NULL, NULL));
	for (guint i = 0; i < 4; i++)
		threads[i] = g_thread_new("make", make_some, fixture->store);
	for (guint i = 0; i < 4; i++)
		g_thread_join(threads[i]);
	g_assert_cmpuint(hsm_test_count(fixture->store), ==, 20);
}

/* faults rain on four threads at a time; every key that was promised is there */
static void
test_rain(Fixture *fixture, gconstpointer user_data)
{
	GThread *threads[4];

	faults->set("C_CopyObject", PKCS11_FAULT_AFTER, 5, 1, CKR_DEVICE_REMOVED);
	faults->set("C_SignInit", PKCS11_FAULT_INSTEAD, 4, 1, CKR_USER_NOT_LOGGED_IN);
	faults->set("C_Sign", PKCS11_FAULT_INSTEAD, 9, 1, CKR_GENERAL_ERROR);
	faults->set("C_GenerateKeyPair", PKCS11_FAULT_INSTEAD, 11, 1, CKR_SESSION_CLOSED);
	faults->set("C_GetAttributeValue", PKCS11_FAULT_INSTEAD, 33, 1, CKR_DEVICE_REMOVED);
	for (guint i = 0; i < 4; i++)
		threads[i] = g_thread_new("make", make_some, fixture->store);
	for (guint i = 0; i < 4; i++)
		g_thread_join(threads[i]);
	assert_objects(20, 20);
}

/* what the canary is for */
static void
test_corrupt(Fixture *fixture, gconstpointer user_data)
{
	g_autofree gchar *id = hsm_test_must_make(fixture->store);
	g_autoptr(KasperKeyInfo) info =
	    kasper_key_store_look_up_key(fixture->store, id, NULL, NULL);
	g_autoptr(GBytes) block = kasper_canary_get_block(id);
	g_autoptr(GBytes) signature = NULL;
	g_autoptr(GError) error = NULL;

	faults->set("C_Sign", PKCS11_FAULT_CORRUPT, 1, 1, CKR_OK);
	signature = kasper_key_store_sign_data(fixture->store, info, block, NULL, &error);
	g_assert_no_error(error);
	g_assert_false(kasper_canary_verify(13,
					    kasper_key_info_get_public_key(info),
					    block,
					    signature,
					    &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_UNSAFE);
}

static void
test_random(Fixture *fixture, gconstpointer user_data)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_key_store_self_test(fixture->store, NULL, &error));
	g_assert_no_error(error);
	/* nothing is written, and yet it says CKR_OK */
	faults->set("C_GenerateRandom", PKCS11_FAULT_INSTEAD, 1, 2, CKR_OK);
	g_assert_false(kasper_key_store_self_test(fixture->store, NULL, &error));
	hsm_test_assert_error(error, KASPER_ERROR_NOT_SUPPORTED);
}

/* the ids are read once; no key costs a search of the token */
static void
test_no_search(Fixture *fixture, gconstpointer user_data)
{
	assert_makes(fixture->store);
	faults->reset();
	for (guint i = 0; i < 10; i++)
		assert_makes(fixture->store);
	g_assert_cmpuint(faults->count("C_FindObjectsInit"), ==, 0);
	g_assert_cmpuint(faults->count("C_OpenSession"), ==, 0);
	g_assert_cmpuint(faults->count("C_Login"), ==, 0);
}

static void
load_faults(void)
{
	GModule *loaded = g_module_open(module, G_MODULE_BIND_LOCAL);

	if (loaded == NULL || !g_module_symbol(loaded, PKCS11_FAULTS_SYMBOL, (gpointer *)&faults))
		g_error("%s: %s", module, g_module_error());
	g_module_make_resident(loaded);
}

static void
add(const gchar *path, guint data, void (*test)(Fixture *, gconstpointer))
{
	g_test_add(path, Fixture, GUINT_TO_POINTER(data), set_up, test, tear_down);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	if (soft_hsm_find_module() == NULL) {
		g_print("1..0 # SKIP SoftHSM is not installed\n");
		return 0;
	}
	module = g_getenv("PKCS11_FAULTS");
	load_faults();
	add("/hsm-faults/once", 0, test_once);
	add("/hsm-faults/always", 0, test_always);
	add("/hsm-faults/unknown-outcome", 0, test_unknown_outcome);
	add("/hsm-faults/lost-reply", 0, test_lost_reply);
	add("/hsm-faults/full-half-way", 0, test_full_half_way);
	add("/hsm-faults/no-copy", 1, test_no_copy);
	add("/hsm-faults/no-copy-of-private-keys", 2, test_no_copy);
	add("/hsm-faults/lost-destroy", 0, test_lost_destroy);
	add("/hsm-faults/destroy-fails", 0, test_destroy_fails);
	add("/hsm-faults/one-login", 0, test_one_login);
	add("/hsm-faults/pin-changed", 0, test_pin_changed);
	add("/hsm-faults/token-warns", 0, test_token_warns);
	add("/hsm-faults/one-session", 1, test_few_sessions);
	add("/hsm-faults/two-sessions", 2, test_few_sessions);
	add("/hsm-faults/rain", 0, test_rain);
	add("/hsm-faults/corrupt", 0, test_corrupt);
	add("/hsm-faults/random", 0, test_random);
	add("/hsm-faults/no-search", 0, test_no_search);
	return g_test_run();
}
