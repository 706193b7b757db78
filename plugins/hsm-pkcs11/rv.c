/* SPDX-License-Identifier: BSD-2-Clause */
#include "rv.h"

#include <kasper.h>

typedef struct {
	CK_RV rv;
	HsmRvClass class;
	const gchar *name;
} HsmRvRow;

#define HSM_RV_ROW(name_, class_)                                                                  \
	{                                                                                          \
		CKR_##name_, HSM_RV_##class_, "CKR_" #name_                                        \
	}

/* PKCS#11 2.40, section 5.1; codes in no row are vendors' and treated as a stumble of the module */
static const HsmRvRow rows[] = {
    HSM_RV_ROW(OK, OK),
    HSM_RV_ROW(CANCEL, DEVICE),
    HSM_RV_ROW(HOST_MEMORY, RESOURCES),
    HSM_RV_ROW(SLOT_ID_INVALID, LOST),
    HSM_RV_ROW(GENERAL_ERROR, DEVICE),
    HSM_RV_ROW(FUNCTION_FAILED, DEVICE),
    HSM_RV_ROW(ARGUMENTS_BAD, REQUEST),
    HSM_RV_ROW(NO_EVENT, DEVICE),
    HSM_RV_ROW(NEED_TO_CREATE_THREADS, REQUEST),
    HSM_RV_ROW(CANT_LOCK, REQUEST),
    HSM_RV_ROW(ATTRIBUTE_READ_ONLY, REQUEST),
    HSM_RV_ROW(ATTRIBUTE_SENSITIVE, REQUEST),
    HSM_RV_ROW(ATTRIBUTE_TYPE_INVALID, REQUEST),
    HSM_RV_ROW(ATTRIBUTE_VALUE_INVALID, REQUEST),
    HSM_RV_ROW(ACTION_PROHIBITED, REQUEST),
    HSM_RV_ROW(DATA_INVALID, REQUEST),
    HSM_RV_ROW(DATA_LEN_RANGE, REQUEST),
    HSM_RV_ROW(DEVICE_ERROR, DEVICE),
    HSM_RV_ROW(DEVICE_MEMORY, FULL),
    HSM_RV_ROW(DEVICE_REMOVED, LOST),
    HSM_RV_ROW(FUNCTION_CANCELED, DEVICE),
    HSM_RV_ROW(FUNCTION_NOT_PARALLEL, REQUEST),
    HSM_RV_ROW(FUNCTION_NOT_SUPPORTED, REQUEST),
    HSM_RV_ROW(KEY_HANDLE_INVALID, HANDLE),
    HSM_RV_ROW(KEY_SIZE_RANGE, REQUEST),
    HSM_RV_ROW(KEY_TYPE_INCONSISTENT, REQUEST),
    HSM_RV_ROW(KEY_NOT_NEEDED, REQUEST),
    HSM_RV_ROW(KEY_CHANGED, REQUEST),
    HSM_RV_ROW(KEY_NEEDED, REQUEST),
    HSM_RV_ROW(KEY_INDIGESTIBLE, REQUEST),
    HSM_RV_ROW(KEY_FUNCTION_NOT_PERMITTED, REQUEST),
    HSM_RV_ROW(KEY_NOT_WRAPPABLE, REQUEST),
    HSM_RV_ROW(KEY_UNEXTRACTABLE, REQUEST),
    HSM_RV_ROW(MECHANISM_INVALID, REQUEST),
    HSM_RV_ROW(MECHANISM_PARAM_INVALID, REQUEST),
    HSM_RV_ROW(OBJECT_HANDLE_INVALID, HANDLE),
    HSM_RV_ROW(OPERATION_ACTIVE, HANDLE),
    HSM_RV_ROW(OPERATION_NOT_INITIALIZED, HANDLE),
    HSM_RV_ROW(PIN_INCORRECT, AUTH),
    HSM_RV_ROW(PIN_INVALID, AUTH),
    HSM_RV_ROW(PIN_LEN_RANGE, AUTH),
    HSM_RV_ROW(PIN_EXPIRED, AUTH),
    HSM_RV_ROW(PIN_LOCKED, AUTH),
    HSM_RV_ROW(SESSION_CLOSED, SESSION),
    HSM_RV_ROW(SESSION_COUNT, RESOURCES),
    HSM_RV_ROW(SESSION_HANDLE_INVALID, SESSION),
    HSM_RV_ROW(SESSION_PARALLEL_NOT_SUPPORTED, REQUEST),
    HSM_RV_ROW(SESSION_READ_ONLY, READ_ONLY),
    HSM_RV_ROW(SESSION_EXISTS, REQUEST),
    HSM_RV_ROW(SESSION_READ_ONLY_EXISTS, READ_ONLY),
    HSM_RV_ROW(SESSION_READ_WRITE_SO_EXISTS, AUTH),
    HSM_RV_ROW(SIGNATURE_INVALID, REQUEST),
    HSM_RV_ROW(SIGNATURE_LEN_RANGE, REQUEST),
    HSM_RV_ROW(TEMPLATE_INCOMPLETE, REQUEST),
    HSM_RV_ROW(TEMPLATE_INCONSISTENT, REQUEST),
    HSM_RV_ROW(TOKEN_NOT_PRESENT, LOST),
    HSM_RV_ROW(TOKEN_NOT_RECOGNIZED, LOST),
    HSM_RV_ROW(TOKEN_WRITE_PROTECTED, READ_ONLY),
    HSM_RV_ROW(USER_ALREADY_LOGGED_IN, SESSION),
    HSM_RV_ROW(USER_NOT_LOGGED_IN, SESSION),
    HSM_RV_ROW(USER_PIN_NOT_INITIALIZED, AUTH),
    HSM_RV_ROW(USER_TYPE_INVALID, AUTH),
    HSM_RV_ROW(USER_ANOTHER_ALREADY_LOGGED_IN, AUTH),
    HSM_RV_ROW(USER_TOO_MANY_TYPES, AUTH),
    HSM_RV_ROW(RANDOM_SEED_NOT_SUPPORTED, REQUEST),
    HSM_RV_ROW(RANDOM_NO_RNG, REQUEST),
    HSM_RV_ROW(DOMAIN_PARAMS_INVALID, REQUEST),
    HSM_RV_ROW(CURVE_NOT_SUPPORTED, REQUEST),
    HSM_RV_ROW(BUFFER_TOO_SMALL, REQUEST),
    HSM_RV_ROW(SAVED_STATE_INVALID, REQUEST),
    HSM_RV_ROW(INFORMATION_SENSITIVE, REQUEST),
    HSM_RV_ROW(STATE_UNSAVEABLE, REQUEST),
    HSM_RV_ROW(CRYPTOKI_NOT_INITIALIZED, LOST),
    HSM_RV_ROW(CRYPTOKI_ALREADY_INITIALIZED, DEVICE),
    HSM_RV_ROW(MUTEX_BAD, DEVICE),
    HSM_RV_ROW(MUTEX_NOT_LOCKED, DEVICE),
    HSM_RV_ROW(FUNCTION_REJECTED, AUTH),
};

static const HsmRvRow *
hsm_rv_find(CK_RV rv)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].rv == rv)
			return &rows[i];
	}
	return NULL;
}

HsmRvClass
hsm_rv_classify(CK_RV rv)
{
	const HsmRvRow *row = hsm_rv_find(rv);

	return row != NULL ? row->class : HSM_RV_DEVICE;
}

gchar *
hsm_rv_to_string(CK_RV rv)
{
	const HsmRvRow *row = hsm_rv_find(rv);

	return row != NULL ? g_strdup(row->name) : g_strdup_printf("CKR 0x%08lx", rv);
}

static KasperError
hsm_rv_to_code(HsmRvClass class)
{
	switch (class) {
	case HSM_RV_OK:
		return KASPER_ERROR_INTERNAL;
	case HSM_RV_SESSION:
	case HSM_RV_HANDLE:
	case HSM_RV_DEVICE:
	case HSM_RV_LOST:
	case HSM_RV_RESOURCES:
		return KASPER_ERROR_TRY_AGAIN;
	case HSM_RV_AUTH:
		return KASPER_ERROR_AUTH;
	case HSM_RV_FULL:
	case HSM_RV_REQUEST:
	case HSM_RV_READ_ONLY:
		return KASPER_ERROR_NOT_SUPPORTED;
	}
	g_assert_not_reached();
}

static const gchar *
hsm_rv_get_remedy(HsmRvClass class)
{
	switch (class) {
	case HSM_RV_OK:
	case HSM_RV_HANDLE:
	case HSM_RV_REQUEST:
		return "";
	case HSM_RV_SESSION:
	case HSM_RV_DEVICE:
	case HSM_RV_LOST:
		return "; the token does not answer as it should: see to its connection and "
		       "service";
	case HSM_RV_RESOURCES:
		return "; other programs may hold its sessions, or set session-limit lower";
	case HSM_RV_AUTH:
		return "; see to the PIN and the token's user account";
	case HSM_RV_FULL:
		return "; the token is full: purge keys that are out of use, or add a repository";
	case HSM_RV_READ_ONLY:
		return "; the token cannot be written to";
	}
	g_assert_not_reached();
}

void
hsm_rv_set_error(GError **error, CK_RV rv, const gchar *text)
{
	HsmRvClass class = hsm_rv_classify(rv);
	g_autofree gchar *name = hsm_rv_to_string(rv);

	g_set_error(error,
		    KASPER_ERROR,
		    (gint)hsm_rv_to_code(class),
		    "%s (%s)%s",
		    text,
		    name,
		    hsm_rv_get_remedy(class));
}
