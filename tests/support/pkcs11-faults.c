/* SPDX-License-Identifier: BSD-2-Clause */
#include "pkcs11-faults.h"

#include <gmodule.h>

#include "softhsm.h"

#define N_FUNCTIONS 16

typedef struct {
	const gchar *name;
	guint calls;
	Pkcs11FaultKind kind;
	guint first;
	guint times;
	CK_RV rv;
} Fault;

static GMutex lock;
static Fault faults[N_FUNCTIONS];
static CK_FLAGS token_flags;
static guint max_sessions, n_sessions;
static CK_FUNCTION_LIST *real;

static Fault *
find(const gchar *name)
{
	for (guint i = 0; i < N_FUNCTIONS; i++) {
		if (faults[i].name == NULL)
			faults[i].name = name;
		if (g_str_equal(faults[i].name, name))
			return &faults[i];
	}
	g_error("more functions than pkcs11-faults has room for: %s", name);
}

static Pkcs11FaultKind
count_call(const gchar *name, CK_RV *ret_rv)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);
	Fault *fault = find(name);

	fault->calls++;
	if (fault->kind == PKCS11_FAULT_NONE || fault->calls < fault->first ||
	    fault->calls - fault->first >= fault->times)
		return PKCS11_FAULT_NONE;
	*ret_rv = fault->rv;
	return fault->kind;
}

static void
faults_reset(void)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);

	for (guint i = 0; i < N_FUNCTIONS; i++)
		faults[i] = (Fault){.name = faults[i].name};
	token_flags = 0;
	max_sessions = 0;
}

static void
faults_set(const gchar *function, Pkcs11FaultKind kind, guint first, guint times, CK_RV rv)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);
	Fault *fault = find(g_intern_string(function));

	fault->kind = kind;
	fault->first = fault->calls + first;
	fault->times = times;
	fault->rv = rv;
}

static guint
faults_count(const gchar *function)
{
	g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);

	return find(g_intern_string(function))->calls;
}

static void
faults_set_token_flags(CK_FLAGS flags)
{
	token_flags = flags;
}

static void
faults_set_max_sessions(guint limit)
{
	max_sessions = limit;
}

G_MODULE_EXPORT extern const Pkcs11Faults pkcs11_faults;
const Pkcs11Faults pkcs11_faults = {
    faults_reset,
    faults_set,
    faults_count,
    faults_set_token_flags,
    faults_set_max_sessions,
};

/* a function with its parameters, the arguments to hand on, and what CORRUPT changes */
#define WRAP(name, parameters, arguments, octets)                                                  \
	static CK_RV fault_##name parameters                                                       \
	{                                                                                          \
		CK_RV rv = CKR_OK, rv_real;                                                        \
		Pkcs11FaultKind kind = count_call(#name, &rv);                                     \
		guint8 *given = octets;                                                            \
                                                                                                   \
		if (kind == PKCS11_FAULT_INSTEAD)                                                  \
			return rv;                                                                 \
		rv_real = real->name arguments;                                                    \
		if (kind == PKCS11_FAULT_CORRUPT && given != NULL)                                 \
			given[0] ^= 1;                                                             \
		return kind == PKCS11_FAULT_AFTER ? rv : rv_real;                                  \
	}

/* clang-format off */
WRAP(C_Login, (CK_SESSION_HANDLE s, CK_USER_TYPE u, CK_UTF8CHAR *p, CK_ULONG n), (s, u, p, n), NULL)
WRAP(C_SignInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE k), (s, m, k), NULL)
WRAP(C_Sign, (CK_SESSION_HANDLE s, CK_BYTE *d, CK_ULONG n, CK_BYTE *o, CK_ULONG *l),
	(s, d, n, o, l), o)
WRAP(C_GenerateKeyPair, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *a, CK_ULONG n,
	CK_ATTRIBUTE *b, CK_ULONG o, CK_OBJECT_HANDLE *x, CK_OBJECT_HANDLE *y),
	(s, m, a, n, b, o, x, y), NULL)
WRAP(C_CopyObject, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE x, CK_ATTRIBUTE *a, CK_ULONG n,
	CK_OBJECT_HANDLE *y), (s, x, a, n, y), NULL)
WRAP(C_DestroyObject, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE x), (s, x), NULL)
WRAP(C_FindObjectsInit, (CK_SESSION_HANDLE s, CK_ATTRIBUTE *a, CK_ULONG n), (s, a, n), NULL)
WRAP(C_GetAttributeValue, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE x, CK_ATTRIBUTE *a, CK_ULONG n),
	(s, x, a, n), NULL)
WRAP(C_GenerateRandom, (CK_SESSION_HANDLE s, CK_BYTE *o, CK_ULONG n), (s, o, n), NULL)
WRAP(C_Initialize, (void *a), (a), NULL)
/* clang-format on */

static CK_RV
fault_C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	CK_RV rv = CKR_OK;

	if (count_call("C_GetTokenInfo", &rv) != PKCS11_FAULT_NONE)
		return rv;
	rv = real->C_GetTokenInfo(slot, info);
	if (rv == CKR_OK && (info->flags & CKF_TOKEN_INITIALIZED) != 0)
		info->flags |= token_flags;
	return rv;
}

static CK_RV
fault_C_OpenSession(CK_SLOT_ID slot, CK_FLAGS f, void *a, CK_NOTIFY n, CK_SESSION_HANDLE *s)
{
	CK_RV rv = CKR_OK;

	if (count_call("C_OpenSession", &rv) != PKCS11_FAULT_NONE)
		return rv;
	g_mutex_lock(&lock);
	rv = max_sessions != 0 && n_sessions >= max_sessions ? CKR_SESSION_COUNT : CKR_OK;
	n_sessions += rv == CKR_OK ? 1 : 0;
	g_mutex_unlock(&lock);
	if (rv != CKR_OK)
		return rv;
	rv = real->C_OpenSession(slot, f, a, n, s);
	if (rv != CKR_OK) {
		g_mutex_lock(&lock);
		n_sessions--;
		g_mutex_unlock(&lock);
	}
	return rv;
}

static CK_RV
fault_C_CloseSession(CK_SESSION_HANDLE session)
{
	CK_RV rv = real->C_CloseSession(session);

	g_mutex_lock(&lock);
	n_sessions -= rv == CKR_OK ? 1 : 0;
	g_mutex_unlock(&lock);
	return rv;
}

static CK_RV
fault_C_Finalize(void *arguments)
{
	g_mutex_lock(&lock);
	n_sessions = 0;
	g_mutex_unlock(&lock);
	return real->C_Finalize(arguments);
}

static void
load_real(void)
{
	GModule *module = g_module_open(soft_hsm_find_module(), G_MODULE_BIND_LOCAL);
	CK_RV (*get_list)(CK_FUNCTION_LIST **) = NULL;

	if (module == NULL || !g_module_symbol(module, "C_GetFunctionList", (gpointer *)&get_list))
		g_error("SoftHSM: %s", g_module_error());
	g_module_make_resident(module);
	if (get_list(&real) != CKR_OK)
		g_error("SoftHSM has no functions");
}

G_MODULE_EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list);

G_MODULE_EXPORT CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	static CK_FUNCTION_LIST ours;

	if (real == NULL) {
		load_real();
		ours = *real;
		ours.C_Initialize = fault_C_Initialize;
		ours.C_Finalize = fault_C_Finalize;
		ours.C_GetTokenInfo = fault_C_GetTokenInfo;
		ours.C_OpenSession = fault_C_OpenSession;
		ours.C_CloseSession = fault_C_CloseSession;
		ours.C_Login = fault_C_Login;
		ours.C_SignInit = fault_C_SignInit;
		ours.C_Sign = fault_C_Sign;
		ours.C_GenerateKeyPair = fault_C_GenerateKeyPair;
		ours.C_CopyObject = fault_C_CopyObject;
		ours.C_DestroyObject = fault_C_DestroyObject;
		ours.C_FindObjectsInit = fault_C_FindObjectsInit;
		ours.C_GetAttributeValue = fault_C_GetAttributeValue;
		ours.C_GenerateRandom = fault_C_GenerateRandom;
	}
	*list = &ours;
	return CKR_OK;
}
