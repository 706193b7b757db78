/* SPDX-License-Identifier: BSD-2-Clause */
#include "hsm-support.h"

#include <p11-kit/p11-kit.h>
#include <string.h>

#include "kasper-canary.h"

KasperKeyStore *
hsm_test_new_store(const gchar *module, const gchar *first_property, ...)
{
	KasperKeyStore *store = g_object_new(HSM_TYPE_PKCS11,
					     "module-path",
					     module != NULL ? module : soft_hsm_find_module(),
					     "token-label",
					     HSM_TEST_LABEL,
					     NULL);
	va_list list;

	va_start(list, first_property);
	if (first_property != NULL)
		g_object_set_valist(G_OBJECT(store), first_property, list);
	va_end(list);
	return store;
}

KasperKeyStore *
hsm_test_open_store(const gchar *module)
{
	KasperKeyStore *store = hsm_test_new_store(module, "pin", HSM_TEST_PIN, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(store), NULL, &error));
	g_assert_no_error(error);
	return store;
}

void
hsm_test_close_store(KasperKeyStore *store)
{
	kasper_plugin_close(KASPER_PLUGIN(store));
	g_assert_finalize_object(store);
}

gchar *
hsm_test_make_id(void)
{
	return g_strdup_printf("%08x%08x%08x%08x",
			       g_random_int(),
			       g_random_int(),
			       g_random_int(),
			       g_random_int());
}

KasperKeyInfo *
hsm_test_make(KasperKeyStore *store, const gchar *id, guint algorithm, GError **error)
{
	g_autoptr(KasperKeyInfo) wanted =
	    kasper_key_info_new(id, algorithm, kasper_algorithm_get_bits(algorithm, 2048), NULL);

	return kasper_key_store_make_key(store, wanted, NULL, error);
}

gchar *
hsm_test_must_make(KasperKeyStore *store)
{
	g_autofree gchar *id = hsm_test_make_id();
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperKeyInfo) info =
	    hsm_test_make(store, id, KASPER_ALGORITHM_ECDSAP256SHA256, &error);

	g_assert_no_error(error);
	g_assert_nonnull(info);
	return g_steal_pointer(&id);
}

void
hsm_test_assert_signs(KasperKeyStore *store, KasperKeyInfo *info, KasperKeyInfo *with)
{
	g_autoptr(GBytes) block = kasper_canary_get_block(kasper_key_info_get_id(info));
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) signature = kasper_key_store_sign_data(store, info, block, NULL, &error);

	g_assert_no_error(error);
	g_assert_true(kasper_canary_verify(kasper_key_info_get_algorithm(info),
					   kasper_key_info_get_public_key(with),
					   block,
					   signature,
					   &error));
	g_assert_no_error(error);
}

guint
hsm_test_count(KasperKeyStore *store)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GListModel) keys = kasper_key_store_list_keys(store, NULL, &error);

	g_assert_no_error(error);
	return g_list_model_get_n_items(keys);
}

void
hsm_test_assert_error(GError *error, KasperError code)
{
	g_assert_error(error, KASPER_ERROR, (gint)code);
	g_assert_null(strstr(error->message, "4711"));
}

CK_FUNCTION_LIST *
hsm_test_get_functions(void)
{
	static CK_FUNCTION_LIST *functions;

	/* never released: the object under test has the same list */
	if (functions == NULL)
		functions = p11_kit_module_load(soft_hsm_find_module(), P11_KIT_MODULE_UNMANAGED);
	g_assert_nonnull(functions);
	return functions;
}

CK_SESSION_HANDLE
hsm_test_open_session(void)
{
	CK_FUNCTION_LIST *functions = hsm_test_get_functions();
	CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
	CK_SLOT_ID slots[8];
	CK_ULONG n = G_N_ELEMENTS(slots);

	g_assert_cmpuint(functions->C_GetSlotList(CK_TRUE, slots, &n), ==, CKR_OK);
	for (CK_ULONG i = 0; i < n; i++) {
		CK_TOKEN_INFO info;

		g_assert_cmpuint(functions->C_GetTokenInfo(slots[i], &info), ==, CKR_OK);
		if (memcmp(info.label, HSM_TEST_LABEL " ", strlen(HSM_TEST_LABEL " ")) != 0)
			continue;
		g_assert_cmpuint(functions->C_OpenSession(slots[i],
							  CKF_SERIAL_SESSION | CKF_RW_SESSION,
							  NULL,
							  NULL,
							  &session),
				 ==,
				 CKR_OK);
	}
	g_assert_cmpuint(session, !=, CK_INVALID_HANDLE);
	return session;
}

guint
hsm_test_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *ret_last)
{
	CK_FUNCTION_LIST *functions = hsm_test_get_functions();
	CK_BBOOL on_token = CK_TRUE;
	CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof class},
				   {CKA_TOKEN, &on_token, sizeof on_token}};
	CK_OBJECT_HANDLE handles[512];
	CK_ULONG n = 0;

	g_assert_cmpuint(functions->C_FindObjectsInit(session, template, 2), ==, CKR_OK);
	g_assert_cmpuint(functions->C_FindObjects(session, handles, G_N_ELEMENTS(handles), &n),
			 ==,
			 CKR_OK);
	g_assert_cmpuint(functions->C_FindObjectsFinal(session), ==, CKR_OK);
	if (ret_last != NULL && n > 0)
		*ret_last = handles[n - 1];
	return (guint)n;
}
