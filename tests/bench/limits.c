/* SPDX-License-Identifier: BSD-2-Clause */
/* What the machine allows, without any Kasper in it: how fast a file system takes files, how fast a
 * disk takes commits, how fast a token makes keys. One JSON object; tests/bench/scale puts its own
 * figures beside these. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <p11-kit/p11-kit.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void
must(gboolean good, const gchar *what)
{
	if (!good)
		g_error("%s: %s", what, g_strerror(errno));
}

static void
must_rv(CK_RV rv, const gchar *what)
{
	if (rv != CKR_OK)
		g_error("%s: 0x%lx", what, rv);
}

static gdouble
seconds_since(gint64 begin)
{
	return (gdouble)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
}

/* --- files: written under a temporary name, renamed; one syncfs() a batch --- */

static void
write_file(gint folder, guint number, const gchar *text, gsize length)
{
	gchar name[64], temporary[64];
	gint fd;

	g_snprintf(name, sizeof name, "zone%07u.example.xml", number);
	g_snprintf(temporary, sizeof temporary, ".zone%07u.example.xml.tmp", number);
	fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	must(fd >= 0, temporary);
	must(write(fd, text, length) == (gssize)length, temporary);
	must(close(fd) == 0, temporary);
	must(renameat(folder, temporary, folder, name) == 0, name);
}

static gdouble
write_files(gint folder, guint n, guint batch, const gchar *text, gsize length)
{
	gint64 begin = g_get_monotonic_time();

	for (guint i = 0; i < n; i++) {
		write_file(folder, i, text, length);
		if ((i + 1) % batch == 0 || i + 1 == n)
			must(syncfs(folder) == 0, "syncfs");
	}
	return seconds_since(begin);
}

static void
measure_files(const gchar *path, guint n, guint batch, const gchar *example)
{
	g_autofree gchar *text = NULL;
	gsize length = 0;
	gint folder;
	gdouble fresh, replaced;

	must(g_file_get_contents(example, &text, &length, NULL), example);
	must(g_mkdir_with_parents(path, 0750) == 0, path);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(folder >= 0, path);
	fresh = write_files(folder, n, batch, text, length);
	replaced = write_files(folder, n, batch, text, length);
	g_print("{\"files\": %u, \"bytes\": %" G_GSIZE_FORMAT ", \"batch\": %u, "
		"\"new_per_second\": %.1f, \"replaced_per_second\": %.1f}\n",
		n,
		length,
		batch,
		n / fresh,
		n / replaced);
	close(folder);
}

/* --- commits: what a database does at least for each --- */

static void
measure_commits(const gchar *path, guint n)
{
	gchar page[4096 + 24];
	gint fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	gint64 begin = g_get_monotonic_time();

	must(fd >= 0, path);
	memset(page, 'k', sizeof page);
	for (guint i = 0; i < n; i++) {
		must(write(fd, page, sizeof page) == (gssize)sizeof page, path);
		must(fdatasync(fd) == 0, path);
	}
	g_print("{\"commits\": %u, \"per_second\": %.1f}\n", n, n / seconds_since(begin));
	close(fd);
	g_unlink(path);
}

/* --- keys: made as session objects and copied, the fastest way that SoftHSM knows --- */

static CK_SESSION_HANDLE
open_session(CK_FUNCTION_LIST *functions, const gchar *label, const gchar *pin)
{
	CK_SLOT_ID slots[16];
	CK_ULONG n = G_N_ELEMENTS(slots);
	CK_SESSION_HANDLE session = 0;
	CK_TOKEN_INFO info;

	must_rv(functions->C_GetSlotList(CK_TRUE, slots, &n), "C_GetSlotList");
	for (CK_ULONG i = 0; i < n && session == 0; i++) {
		must_rv(functions->C_GetTokenInfo(slots[i], &info), "C_GetTokenInfo");
		if (strncmp((const gchar *)info.label, label, strlen(label)) != 0)
			continue;
		must_rv(functions->C_OpenSession(slots[i],
						 CKF_SERIAL_SESSION | CKF_RW_SESSION,
						 NULL,
						 NULL,
						 &session),
			"C_OpenSession");
	}
	must(session != 0, label);
	must_rv(functions->C_Login(session, CKU_USER, (CK_BYTE *)pin, strlen(pin)), "C_Login");
	return session;
}

static void
generate(CK_FUNCTION_LIST *functions,
	 CK_SESSION_HANDLE session,
	 gulong bits,
	 CK_OBJECT_HANDLE handles[2])
{
	static guint8 p256[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
	static guint8 exponent[] = {1, 0, 1};
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_MECHANISM mechanism = {bits == 256 ? CKM_EC_KEY_PAIR_GEN : CKM_RSA_PKCS_KEY_PAIR_GEN,
				  NULL,
				  0};
	guint32 id[4] = {g_random_int(), g_random_int(), g_random_int(), g_random_int()};
	CK_ATTRIBUTE ec = {CKA_EC_PARAMS, p256, sizeof p256};
	CK_ATTRIBUTE rsa = {CKA_MODULUS_BITS, &bits, sizeof bits};
	CK_ATTRIBUTE public_template[] = {{CKA_TOKEN, &no, 1},
					  {CKA_PRIVATE, &no, 1},
					  {CKA_ID, id, sizeof id},
					  {CKA_VERIFY, &yes, 1},
					  bits == 256 ? ec : rsa,
					  {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent}};
	CK_ATTRIBUTE private_template[] = {{CKA_TOKEN, &no, 1},
					   {CKA_PRIVATE, &yes, 1},
					   {CKA_ID, id, sizeof id},
					   {CKA_SENSITIVE, &yes, 1},
					   {CKA_EXTRACTABLE, &no, 1},
					   {CKA_SIGN, &yes, 1}};

	must_rv(functions->C_GenerateKeyPair(session,
					     &mechanism,
					     public_template,
					     bits == 256 ? 5 : 6,
					     private_template,
					     G_N_ELEMENTS(private_template),
					     &handles[0],
					     &handles[1]),
		"C_GenerateKeyPair");
}

/* as SkipPublicKey has it: the public half is read, and not kept on the token */
static void
make_key(CK_FUNCTION_LIST *functions, CK_SESSION_HANDLE session, gulong bits)
{
	guint8 value[1024];
	CK_BBOOL yes = CK_TRUE;
	CK_ATTRIBUTE on_token = {CKA_TOKEN, &yes, 1};
	CK_ATTRIBUTE public_key = {bits == 256 ? CKA_EC_POINT : CKA_MODULUS, value, sizeof value};
	CK_OBJECT_HANDLE handles[2], copy;

	generate(functions, session, bits, handles);
	must_rv(functions->C_GetAttributeValue(session, handles[0], &public_key, 1),
		"C_GetAttributeValue");
	must_rv(functions->C_CopyObject(session, handles[1], &on_token, 1, &copy), "C_CopyObject");
	for (guint i = 0; i < 2; i++)
		must_rv(functions->C_DestroyObject(session, handles[i]), "C_DestroyObject");
}

static void
measure_keys(const gchar *module, const gchar *label, const gchar *pin, guint n, guint bits)
{
	CK_FUNCTION_LIST *functions = p11_kit_module_load(module, P11_KIT_MODULE_UNMANAGED);
	CK_SESSION_HANDLE session;
	gint64 begin;
	gdouble seconds;

	must(functions != NULL, module);
	must_rv(p11_kit_module_initialize(functions), "C_Initialize");
	session = open_session(functions, label, pin);
	begin = g_get_monotonic_time();
	for (guint i = 0; i < n; i++)
		make_key(functions, session, bits);
	seconds = seconds_since(begin);
	g_print("{\"keys\": %u, \"bits\": %u, \"seconds\": %.3f, \"per_second\": %.1f}\n",
		n,
		bits,
		seconds,
		n / seconds);
	/* not finalized: SoftHSM and libcrypto do not agree on who goes first at exit */
	fflush(stdout);
	_exit(0);
}

/* --- a syslog that forgets, for what is measured beside it --- */

static void
swallow(const gchar *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	gint fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	gchar line[8192];

	must(fd >= 0 && g_strlcpy(address.sun_path, path, sizeof address.sun_path) <
			    sizeof address.sun_path,
	     path);
	must(bind(fd, (struct sockaddr *)&address, sizeof address) == 0, path);
	while (recv(fd, line, sizeof line, 0) >= 0)
		;
}

static guint
number(const gchar *text)
{
	guint64 value = 0;

	must(g_ascii_string_to_unsigned(text, 10, 1, 100000000, &value, NULL), text);
	return (guint)value;
}

int
main(int argc, char **argv)
{
	if (argc == 6 && g_str_equal(argv[1], "files"))
		measure_files(argv[2], number(argv[3]), number(argv[4]), argv[5]);
	else if (argc == 4 && g_str_equal(argv[1], "commits"))
		measure_commits(argv[2], number(argv[3]));
	else if (argc == 7 && g_str_equal(argv[1], "keys"))
		measure_keys(argv[2], argv[3], argv[4], number(argv[5]), number(argv[6]));
	else if (argc == 3 && g_str_equal(argv[1], "swallow"))
		swallow(argv[2]);
	else {
		g_printerr("usage: limits files FOLDER N BATCH EXAMPLE\n"
			   "       limits commits FILE N\n"
			   "       limits keys MODULE LABEL PIN N BITS\n"
			   "       limits swallow SOCKET\n");
		return 2;
	}
	return 0;
}
