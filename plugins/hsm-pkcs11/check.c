/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "store.h"

#define HSM_RANDOM 32 /* octets */

typedef struct {
	HsmStore *store;
	gint64 room;
	GError *refusal;
} HsmCheck;

/* a token whose random numbers are all the same makes keys that anybody can make */
static CK_RV
hsm_test_random(HsmCheck *check, const HsmSession *session)
{
	guint8 octets[2][HSM_RANDOM] = {{0}};

	for (guint i = 0; i < 2; i++) {
		CK_RV rv =
		    session->functions->C_GenerateRandom(session->handle, octets[i], HSM_RANDOM);

		if (rv != CKR_OK)
			return rv;
	}
	if (memcmp(octets[0], octets[1], HSM_RANDOM) == 0)
		g_set_error(&check->refusal,
			    KASPER_ERROR,
			    KASPER_ERROR_NOT_SUPPORTED,
			    "the token gives the same random number twice; make no keys with it");
	return CKR_OK;
}

static CK_RV
hsm_test_run(const HsmSession *session, gpointer data)
{
	CK_TOKEN_INFO info;
	CK_SESSION_INFO state;
	CK_RV rv = session->functions->C_GetTokenInfo(session->slot, &info);

	/* a session may outlive its token; then only the module that starts afresh sees it again */
	if (rv != CKR_OK || (info.flags & CKF_TOKEN_INITIALIZED) == 0)
		return CKR_TOKEN_NOT_PRESENT;
	rv = session->functions->C_GetSessionInfo(session->handle, &state);
	if (rv != CKR_OK)
		return rv;
	if ((info.flags & CKF_LOGIN_REQUIRED) != 0 && state.state != CKS_RW_USER_FUNCTIONS &&
	    state.state != CKS_RO_USER_FUNCTIONS)
		return CKR_USER_NOT_LOGGED_IN;
	return hsm_test_random(data, session);
}

gboolean
hsm_store_test(HsmStore *self, GCancellable *cancellable, GError **error)
{
	HsmCheck check = {.store = self};
	g_autoptr(GError) refusal = NULL;
	gboolean called =
	    hsm_token_call(self->token, "test the token", hsm_test_run, &check, cancellable, error);

	refusal = check.refusal;
	if (called && refusal != NULL)
		g_propagate_error(error, g_steal_pointer(&refusal));
	return called && check.refusal == NULL;
}

static CK_RV
hsm_room_run(const HsmSession *session, gpointer data)
{
	HsmCheck *check = data;
	CK_TOKEN_INFO info;
	CK_RV rv = hsm_index_load(check->store->index, session);

	if (rv != CKR_OK)
		return rv;
	check->room = -1;
	if (check->store->capacity >= 0)
		check->room = MAX(check->store->capacity - hsm_index_count(check->store->index), 0);
	rv = session->functions->C_GetTokenInfo(session->slot, &info);
	if (rv != CKR_OK)
		return CKR_TOKEN_NOT_PRESENT;
	/* how much memory a key takes nobody says; that there is none left is worth knowing */
	if (info.ulTotalPrivateMemory != CK_UNAVAILABLE_INFORMATION &&
	    info.ulTotalPrivateMemory != 0 && info.ulFreePrivateMemory == 0)
		check->room = 0;
	return CKR_OK;
}

gint64
hsm_store_get_free_room(HsmStore *self, GCancellable *cancellable, GError **error)
{
	HsmCheck check = {.store = self};

	if (!hsm_token_call(self->token, "ask for room", hsm_room_run, &check, cancellable, error))
		return -1;
	return check.room;
}
