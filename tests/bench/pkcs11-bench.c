/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast P-256 key pairs come onto a SoftHSM token that holds N of them already: as token
 * objects, as session objects that are copied, and through the plugin. One JSON object a line. */
#include <p11-kit/p11-kit.h>
#include <string.h>

#include "hsm-pkcs11.h"
#include "softhsm.h"

#define BENCH_LABEL "bench"
#define BENCH_PIN   "1234"
#define BENCH_KEYS  50 /* made in each measurement */

typedef struct {
	CK_FUNCTION_LIST *functions;
	CK_SESSION_HANDLE session;
	KasperKeyStore *store;
} Bench;

typedef void (*BenchWay)(Bench *bench);

static void
check(CK_RV rv, const gchar *what)
{
	if (rv != CKR_OK)
		g_error("%s: 0x%lx", what, rv);
}

static void
generate(Bench *bench, CK_BBOOL on_token, CK_OBJECT_HANDLE handles[2])
{
	static guint8 oid[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};
	guint32 id[4] = {g_random_int(), g_random_int(), g_random_int(), g_random_int()};
	CK_ATTRIBUTE public_template[] = {{CKA_TOKEN, &on_token, 1},
					  {CKA_PRIVATE, &no, 1},
					  {CKA_ID, id, sizeof id},
					  {CKA_VERIFY, &yes, 1},
					  {CKA_EC_PARAMS, oid, sizeof oid}};
	CK_ATTRIBUTE private_template[] = {{CKA_TOKEN, &on_token, 1},
					   {CKA_PRIVATE, &yes, 1},
					   {CKA_ID, id, sizeof id},
					   {CKA_SENSITIVE, &yes, 1},
					   {CKA_EXTRACTABLE, &no, 1},
					   {CKA_SIGN, &yes, 1}};

	check(bench->functions->C_GenerateKeyPair(bench->session,
						  &mechanism,
						  public_template,
						  G_N_ELEMENTS(public_template),
						  private_template,
						  G_N_ELEMENTS(private_template),
						  &handles[0],
						  &handles[1]),
	      "C_GenerateKeyPair");
}

static void
make_on_token(Bench *bench)
{
	CK_OBJECT_HANDLE handles[2];

	generate(bench, CK_TRUE, handles);
}

static void
make_by_copy(Bench *bench)
{
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE template[] = {{CKA_TOKEN, &yes, 1}};
	CK_OBJECT_HANDLE handles[2], copy;

	generate(bench, CK_FALSE, handles);
	for (guint i = 0; i < 2; i++) {
		check(
		    bench->functions->C_CopyObject(bench->session, handles[i], template, 1, &copy),
		    "C_CopyObject");
		check(bench->functions->C_DestroyObject(bench->session, handles[i]),
		      "C_DestroyObject");
	}
}

static void
make_by_plugin(Bench *bench)
{
	g_autofree gchar *id = g_strdup_printf("%08x%08x%08x%08x",
					       g_random_int(),
					       g_random_int(),
					       g_random_int(),
					       g_random_int());
	g_autoptr(KasperKeyInfo) wanted =
	    kasper_key_info_new(id, KASPER_ALGORITHM_ECDSAP256SHA256, 256, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperKeyInfo) made =
	    kasper_key_store_make_key(bench->store, wanted, NULL, &error);

	if (made == NULL)
		g_error("%s", error->message);
}

/* the plugin logs in for the whole process; the bare calls get a session beside its own */
static void
open_bench(Bench *bench)
{
	g_autoptr(GError) error = NULL;
	CK_SLOT_ID slots[4];
	CK_ULONG n = G_N_ELEMENTS(slots);
	CK_TOKEN_INFO info;

	bench->store = g_object_new(HSM_TYPE_PKCS11,
				    "module-path",
				    soft_hsm_find_module(),
				    "token-label",
				    BENCH_LABEL,
				    "pin",
				    BENCH_PIN,
				    NULL);
	if (!kasper_plugin_open(KASPER_PLUGIN(bench->store), NULL, &error))
		g_error("%s", error->message);
	bench->functions = p11_kit_module_load(soft_hsm_find_module(), P11_KIT_MODULE_UNMANAGED);
	check(bench->functions->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList");
	for (CK_ULONG i = 0; i < n; i++) {
		check(bench->functions->C_GetTokenInfo(slots[i], &info), "C_GetTokenInfo");
		if (memcmp(info.label, BENCH_LABEL " ", strlen(BENCH_LABEL " ")) != 0)
			continue;
		check(bench->functions->C_OpenSession(slots[i],
						      CKF_SERIAL_SESSION | CKF_RW_SESSION,
						      NULL,
						      NULL,
						      &bench->session),
		      "C_OpenSession");
	}
}

static gdouble
measure(Bench *bench, BenchWay way)
{
	gint64 begin = g_get_monotonic_time();

	for (guint i = 0; i < BENCH_KEYS; i++)
		way(bench);
	return BENCH_KEYS * 1e6 / (gdouble)(g_get_monotonic_time() - begin);
}

static void
run(guint keys)
{
	static const struct {
		const gchar *name;
		BenchWay way;
	} ways[] = {{"session-and-copy", make_by_copy},
		    {"plugin", make_by_plugin},
		    {"token-object", make_on_token}};
	g_autoptr(SoftHsm) hsm = soft_hsm_new();
	Bench bench = {0};

	soft_hsm_add_token(hsm, BENCH_LABEL, BENCH_PIN);
	open_bench(&bench);
	for (guint i = 0; i < keys; i++)
		make_by_copy(&bench);
	/* the first call reads all ids, once a login */
	make_by_plugin(&bench);
	g_print("{\"algorithm\": 13, \"keys\": %u", keys);
	for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
		g_print(", \"%s\": %.1f", ways[i].name, measure(&bench, ways[i].way));
	g_print("}\n");
	kasper_plugin_close(KASPER_PLUGIN(bench.store));
	g_object_unref(bench.store);
}

int
main(int argc, char **argv)
{
	if (soft_hsm_find_module() == NULL) {
		g_printerr("SoftHSM is not installed\n");
		return 77;
	}
	for (gint i = 1; i < argc; i++) {
		guint64 keys;

		if (!g_ascii_string_to_unsigned(argv[i], 10, 0, 1000000, &keys, NULL)) {
			g_printerr("usage: pkcs11-bench KEYS...\n");
			return 2;
		}
		run((guint)keys);
	}
	return 0;
}
