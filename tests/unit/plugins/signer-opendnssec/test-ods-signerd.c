/* SPDX-License-Identifier: BSD-2-Clause */

/* With OpenDNSSEC's own signer: it takes our orders, the zone that it makes of them passes two
 * verifiers after each, and what we read in that zone is what was ordered. Its socket has a fixed
 * name and its port a fixed number, so it gets namespaces of its own; where that, the signer or
 * SoftHSM cannot be had, the tests are skipped. */

#include <glib/gstdio.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ods-support.h"
#include "signer-opendnssec.h"
#include "softhsm.h"

#define ZONE	    "example.org"
#define OTHER_ZONE  "somebody-elses.example"
#define TOKEN_LABEL "kasper-test"
#define TOKEN_PIN   "4711"
/* how long the signer may take for one order */
#define PATIENCE (30 * G_USEC_PER_SEC)

static const gchar *why_not;

/* --- a namespace of our own --- */

static gboolean
write_text(const gchar *path, const gchar *text)
{
	FILE *file = fopen(path, "w");
	gboolean written = file != NULL && fputs(text, file) >= 0;

	return file != NULL && fclose(file) == 0 && written;
}

static gboolean
become_root_of_namespace(void)
{
	g_autofree gchar *uid_map = g_strdup_printf("0 %u 1\n", geteuid());
	g_autofree gchar *gid_map = g_strdup_printf("0 %u 1\n", getegid());

	return unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == 0 &&
	       write_text("/proc/self/setgroups", "deny\n") &&
	       write_text("/proc/self/uid_map", uid_map) &&
	       write_text("/proc/self/gid_map", gid_map);
}

/* a loopback of our own, on which the signer's port is free */
static gboolean
bring_up_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	gboolean up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;

	if (fd >= 0)
		close(fd);
	return up;
}

/* an empty /run for us and our children, in which the signer's folder can be made */
static gboolean
enter_namespace(void)
{
	gboolean entered =
	    geteuid() == 0 ? unshare(CLONE_NEWNS | CLONE_NEWNET) == 0 : become_root_of_namespace();

	return entered && bring_up_loopback() &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, NULL) == 0 &&
	       mkdir("/run/opendnssec", 0700) == 0;
}

/* --- the signer --- */

typedef struct {
	OdsFixture files; /* first */
	SoftHsm *hsm;
	guint n_keys;
	GSubprocess *daemon;
	KasperSigner *signer;
	KasperSigningPolicy *policy;
	gchar *control;
	gint64 revision;
	gboolean csk; /* one key for both: a verifier has to be told */
} Lab;

static const gchar zone_text[] =
    "example.org. 3600 IN SOA ns.example.org. hostmaster.example.org. 1 3600 900 604800 1800\n"
    "example.org. 3600 IN NS ns.example.org.\n"
    "example.org. 7200 IN TXT \"a;b (c\" \"d\"\n"
    "ns.example.org. 3600 IN A 192.0.2.53\n"
    "*.wild.example.org. 3600 IN TXT \"any\"\n"
    "a.b.empty.example.org. 3600 IN A 192.0.2.1\n"
    "insecure.example.org. 3600 IN NS ns.insecure.example.org.\n"
    "ns.insecure.example.org. 3600 IN A 192.0.2.2\n"
    "secure.example.org. 3600 IN NS ns.elsewhere.example.\n"
    "secure.example.org. 3600 IN DS 1 13 2 "
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";

static void
lab_write_configuration(Lab *self)
{
	const gchar *d = self->files.folder;
	g_autofree gchar *text = g_strdup_printf(
	    "<Configuration><RepositoryList><Repository name=\"main\"><Module>%s</Module>"
	    "<TokenLabel>%s</TokenLabel><PIN>%s</PIN></Repository></RepositoryList>"
	    "<Common><Logging><Verbosity>3</Verbosity></Logging><PolicyFile>%s/kasp.xml</"
	    "PolicyFile>"
	    "<ZoneListFile>%s/zonelist.xml</ZoneListFile></Common>"
	    "<Enforcer><Datastore><SQLite>%s/unused.db</SQLite></Datastore>"
	    "<WorkingDirectory>%s</WorkingDirectory></Enforcer>"
	    "<Signer><WorkingDirectory>%s</WorkingDirectory><WorkerThreads>1</WorkerThreads>"
	    "</Signer></Configuration>",
	    soft_hsm_find_module(),
	    TOKEN_LABEL,
	    TOKEN_PIN,
	    d,
	    d,
	    d,
	    d,
	    d);

	ods_fixture_write(&self->files, "conf.xml", text);
	ods_fixture_write(
	    &self->files,
	    "zones.xml",
	    "<ZoneList><Zone name=\"" OTHER_ZONE "\"><Policy>p</Policy>"
	    "<SignerConfiguration>/nonexistent.xml</SignerConfiguration><Adapters>"
	    "<Input><File>/nonexistent</File></Input><Output><File>/nonexistent</File>"
	    "</Output></Adapters></Zone></ZoneList>");
	ods_fixture_write(&self->files, ZONE ".in", zone_text);
}

static gboolean
run(const gchar *const *argv, gchar **ret_output)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GSubprocess) process =
	    g_subprocess_newv(argv,
			      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE,
			      &error);
	g_autofree gchar *output = NULL;

	g_assert_no_error(error);
	g_assert_true(g_subprocess_communicate_utf8(process, NULL, NULL, &output, NULL, &error));
	if (ret_output != NULL)
		*ret_output = g_steal_pointer(&output);
	return g_subprocess_get_successful(process);
}

/* It answers before it has taken up the zones of its list, and an order that comes in between makes
 * it abort: so not before it has something to do for the zone that is always there. */
static gboolean
lab_is_running(Lab *self)
{
	const gchar *const argv[] = {self->control, "queue", NULL};
	g_autofree gchar *queue = NULL;

	return run(argv, &queue) && strstr(queue, OTHER_ZONE) != NULL;
}

/* a test that fails leaves nothing running */
static void
lab_die_with_us(gpointer data)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void
lab_start_signer(Lab *self)
{
	g_autofree gchar *daemon = g_find_program_in_path("ods-signerd");
	g_autofree gchar *conf = ods_fixture_get_path(&self->files, "conf.xml");
	g_autofree gchar *log = ods_fixture_get_path(&self->files, "signerd.log");
	g_autoptr(GSubprocessLauncher) launcher =
	    g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_MERGE);
	gint64 deadline = g_get_monotonic_time() + PATIENCE;
	g_autoptr(GError) error = NULL;

	g_subprocess_launcher_set_stdout_file_path(launcher, log);
	g_subprocess_launcher_set_child_setup(launcher, lab_die_with_us, NULL, NULL);
	self->daemon =
	    g_subprocess_launcher_spawn(launcher, &error, daemon, "-d", "-c", conf, NULL);
	g_assert_no_error(error);
	while (!lab_is_running(self) && g_get_monotonic_time() < deadline)
		g_usleep(20000);
	g_assert_true(lab_is_running(self));
}

static void
lab_open_plugin(Lab *self)
{
	g_autofree gchar *command = g_strdup_printf("%s update %%zone", self->control);
	g_autofree gchar *zones = ods_fixture_get_path(&self->files, "zones.xml");
	g_autoptr(GError) error = NULL;

	self->signer = g_object_new(SIGNER_TYPE_OPENDNSSEC,
				    "notify-command",
				    command,
				    "zones-file",
				    zones,
				    NULL);
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(self->signer), NULL, &error));
	g_assert_no_error(error);
}

static void
lab_set_up(Lab *self, gconstpointer data)
{
	if (why_not != NULL)
		return;
	ods_fixture_set_up(&self->files, data);
	self->control = g_find_program_in_path("ods-signer");
	self->hsm = soft_hsm_new();
	soft_hsm_add_token(self->hsm, TOKEN_LABEL, TOKEN_PIN);
	self->policy = ods_test_new_policy();
	lab_write_configuration(self);
	lab_open_plugin(self);
}

/* without asking: "ods-signer stop" waits for ever now and then */
static void
lab_stop_signer(Lab *self)
{
	if (self->daemon == NULL)
		return;
	g_subprocess_force_exit(self->daemon);
	g_assert_true(g_subprocess_wait(self->daemon, NULL, NULL));
	g_clear_object(&self->daemon);
}

static void
lab_tear_down(Lab *self, gconstpointer data)
{
	if (why_not != NULL)
		return;
	lab_stop_signer(self);
	kasper_plugin_close(KASPER_PLUGIN(self->signer));
	g_assert_finalize_object(self->signer);
	g_clear_pointer(&self->hsm, soft_hsm_free);
	g_object_unref(self->policy);
	g_free(self->control);
	ods_fixture_tear_down(&self->files, data);
}

/* --- orders --- */

static void
lab_run_pkcs11_tool(const gchar *const *words)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	const gchar *const first[] = {"pkcs11-tool",
				      "--module",
				      soft_hsm_find_module(),
				      "--token-label",
				      TOKEN_LABEL,
				      "--login",
				      "--pin",
				      TOKEN_PIN};
	g_autofree gchar *output = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(first); i++)
		g_ptr_array_add(argv, (gpointer)first[i]);
	for (; *words != NULL; words++)
		g_ptr_array_add(argv, (gpointer)*words);
	g_ptr_array_add(argv, NULL);
	if (!run((const gchar *const *)argv->pdata, &output))
		g_error("pkcs11-tool: %s", output);
}

/* The key as a DNSKEY record has it. A SubjectPublicKeyInfo ends in the point of an ECDSA key, and
 * in modulus and exponent (65537, as an INTEGER) of an RSA key. */
static GBytes *
read_public_key(const gchar *path, guint algorithm)
{
	static const guint8 exponent[] = {3, 1, 0, 1};
	gsize length, size = algorithm == 13 ? 64 : 256, skip = algorithm == 13 ? 0 : 5;
	g_autofree gchar *der = NULL;
	g_autoptr(GByteArray) key = g_byte_array_new();

	g_assert_true(g_file_get_contents(path, &der, &length, NULL));
	g_assert_cmpuint(length, >, size + skip);
	if (algorithm != 13)
		g_byte_array_append(key, exponent, sizeof exponent);
	g_byte_array_append(key, (const guint8 *)der + length - size - skip, (guint)size);
	return g_byte_array_free_to_bytes(g_steal_pointer(&key));
}

/* algorithm 13 (P-256) or 8 (RSA) */
static KasperKeyInfo *
lab_make_key(Lab *self, guint algorithm)
{
	g_autofree gchar *id = g_strdup_printf("a0%02x", ++self->n_keys);
	g_autofree gchar *path = ods_fixture_get_path(&self->files, id);
	g_autoptr(GBytes) public_key = NULL;
	const gchar *const make[] = {"--keypairgen",
				     "--key-type",
				     algorithm == 13 ? "EC:prime256v1" : "rsa:2048",
				     "--id",
				     id,
				     "--label",
				     id,
				     NULL};
	const gchar *const show[] =
	    {"--read-object", "--type", "pubkey", "--id", id, "--output-file", path, NULL};

	lab_run_pkcs11_tool(make);
	lab_run_pkcs11_tool(show);
	public_key = read_public_key(path, algorithm);
	return kasper_key_info_new(id, algorithm, algorithm == 13 ? 256 : 2048, public_key);
}

static KasperZoneOrder *
lab_new_order(Lab *self)
{
	g_autoptr(KasperZoneOrder) files = ods_test_new_order(&self->files, ZONE, 0);
	KasperZoneOrder *order = kasper_zone_order_new(ZONE, ++self->revision, self->policy);

	kasper_zone_order_set_files(order,
				    kasper_zone_order_get_signer_configuration(files),
				    kasper_zone_order_get_input(files),
				    kasper_zone_order_get_output(files));
	return order;
}

static void
add_key(KasperZoneOrder *order, KasperKeyInfo *info, guint use)
{
	g_autoptr(KasperOrderKey) key =
	    kasper_order_key_new(kasper_key_info_get_id(info),
				 "main",
				 use & KASPER_KEY_USE_SIGN_KEYS ? 257 : 256,
				 kasper_key_info_get_algorithm(info),
				 use,
				 kasper_key_info_get_public_key(info));

	kasper_zone_order_add_key(order, key);
}

#define KSK	(KASPER_KEY_USE_PUBLISH | KASPER_KEY_USE_SIGN_KEYS)
#define ZSK	(KASPER_KEY_USE_PUBLISH | KASPER_KEY_USE_SIGN_DATA)
#define CSK	(KSK | ZSK)
#define PUBLISH KASPER_KEY_USE_PUBLISH

static KasperSignerStatus
lab_apply(Lab *self, KasperZoneOrder *order)
{
	g_autoptr(GListStore) orders = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GListModel) answers = NULL;
	g_autoptr(KasperSignerAnswer) answer = NULL;
	g_autoptr(GError) error = NULL;

	g_list_store_append(orders, order);
	answers = kasper_signer_apply_orders(self->signer, G_LIST_MODEL(orders), NULL, &error);
	g_assert_no_error(error);
	answer = g_list_model_get_item(answers, 0);
	return kasper_signer_answer_get_status(answer);
}

static void
lab_verify(Lab *self)
{
	g_autofree gchar *output = ods_fixture_get_path(&self->files, ZONE ".out");
	const gchar *const ldns[] = {"ldns-verify-zone", output, NULL};
	const gchar *const bind[] =
	    {"dnssec-verify", "-q", self->csk ? "-z" : "-q", "-o", ZONE, output, NULL};
	g_autofree gchar *words = NULL;

	if (!run(ldns, &words))
		g_error("ldns-verify-zone: %s", words);
	g_clear_pointer(&words, g_free);
	if (!run(bind, &words))
		g_error("dnssec-verify: %s", words);
}

/* hands an order over and waits until the zone is as ordered */
static KasperSignerAnswer *
lab_order(Lab *self, KasperZoneOrder *order)
{
	gint64 deadline = g_get_monotonic_time() + PATIENCE;
	g_autoptr(KasperSignerAnswer) answer = NULL;

	g_assert_cmpint(lab_apply(self, order), ==, KASPER_SIGNER_PENDING);
	for (;;) {
		g_autoptr(GError) error = NULL;

		answer = kasper_signer_read_back(self->signer, order, NULL, &error);
		g_assert_no_error(error);
		if (kasper_signer_answer_get_status(answer) == KASPER_SIGNER_PUBLISHED)
			break;
		if (g_get_monotonic_time() > deadline)
			g_error("the signer did not do it: %s",
				kasper_signer_answer_get_text(answer));
		g_clear_object(&answer);
		g_usleep(20000);
	}
	g_assert_false(kasper_signer_answer_get_assumed(answer));
	return g_steal_pointer(&answer);
}

static void
lab_order_and_verify(Lab *self, KasperZoneOrder *order, gboolean all_replaced)
{
	g_autoptr(KasperSignerAnswer) answer = lab_order(self, order);

	g_assert_cmpint(kasper_signer_answer_get_all_replaced(answer), ==, all_replaced);
	g_assert_cmpint(kasper_signer_answer_get_max_ttl(answer), ==, 7200);
	g_assert_cmpint(kasper_signer_answer_get_dnskey_ttl(answer), ==, 3602);
	lab_verify(self);
}

static gboolean
lab_skip(void)
{
	if (why_not != NULL)
		g_test_skip(why_not);
	return why_not != NULL;
}

/* --- the tests --- */

/* Pre-publication of a ZSK. The orders follow each other within a second: the signer, which looks
 * at whole seconds, must see each of them. */
static void
test_signerd_zsk(Lab *self, gconstpointer data)
{
	g_autoptr(KasperKeyInfo) ksk = NULL;
	g_autoptr(KasperKeyInfo) old = NULL;
	g_autoptr(KasperKeyInfo) new = NULL;
	static const guint uses[][2] = {{ZSK, 0}, {ZSK, PUBLISH}, {PUBLISH, ZSK}, {0, ZSK}};

	if (lab_skip())
		return;
	ksk = lab_make_key(self, 13);
	old = lab_make_key(self, 13);
	new = lab_make_key(self, 13);
	lab_start_signer(self);
	for (guint i = 0; i < G_N_ELEMENTS(uses); i++) {
		g_autoptr(KasperZoneOrder) order = lab_new_order(self);

		add_key(order, ksk, KSK);
		if (uses[i][0] != 0)
			add_key(order, old, uses[i][0]);
		if (uses[i][1] != 0)
			add_key(order, new, uses[i][1]);
		/* after the swap the old signatures stay as long as they are good; once the old
		 * DNSKEY is gone they are made anew */
		lab_order_and_verify(self, order, i != 2);
	}
}

static void
test_signerd_ksk(Lab *self, gconstpointer data)
{
	g_autoptr(KasperKeyInfo) old = NULL;
	g_autoptr(KasperKeyInfo) new = NULL;
	g_autoptr(KasperKeyInfo) zsk = NULL;

	if (lab_skip())
		return;
	old = lab_make_key(self, 13);
	new = lab_make_key(self, 13);
	zsk = lab_make_key(self, 13);
	lab_start_signer(self);
	for (guint i = 0; i < 3; i++) {
		g_autoptr(KasperZoneOrder) order = lab_new_order(self);

		if (i < 2)
			add_key(order, old, KSK);
		if (i > 0)
			add_key(order, new, KSK);
		add_key(order, zsk, ZSK);
		lab_order_and_verify(self, order, TRUE);
	}
}

/* a CSK, then another algorithm beside it, then that one alone, and NSEC3 in the meantime */
static void
test_signerd_algorithm(Lab *self, gconstpointer data)
{
	g_autoptr(KasperKeyInfo) old = NULL;
	g_autoptr(KasperKeyInfo) new = NULL;

	if (lab_skip())
		return;
	self->csk = TRUE;
	old = lab_make_key(self, 13);
	new = lab_make_key(self, 8);
	lab_start_signer(self);
	for (guint i = 0; i < 3; i++) {
		g_autoptr(KasperZoneOrder) order = lab_new_order(self);

		if (i == 1) {
			g_clear_object(&self->policy);
			self->policy = ods_test_new_policy();
			g_object_set(self->policy,
				     "nsec3",
				     TRUE,
				     "nsec3-algorithm",
				     1,
				     "nsec3-iterations",
				     0,
				     "nsec3-salt",
				     "-",
				     "nsec3-ttl",
				     G_GINT64_CONSTANT(60),
				     NULL);
			g_object_unref(order);
			order = lab_new_order(self);
		}
		if (i < 2)
			add_key(order, old, CSK);
		if (i > 0)
			add_key(order, new, CSK);
		lab_order_and_verify(self, order, TRUE);
	}
}

/* signed, unsigned on purpose, and forgotten */
static void
test_signerd_end(Lab *self, gconstpointer data)
{
	g_autoptr(KasperKeyInfo) csk = NULL;
	g_autoptr(KasperZoneOrder) signed_order = NULL;
	g_autoptr(KasperZoneOrder) unsigned_order = NULL;
	g_autoptr(KasperSignerAnswer) answer = NULL;
	g_autofree gchar *text = NULL;
	g_autofree gchar *before = NULL;
	g_autofree gchar *after = NULL;
	g_autoptr(GError) error = NULL;

	if (lab_skip())
		return;
	self->csk = TRUE;
	csk = lab_make_key(self, 13);
	lab_start_signer(self);
	signed_order = lab_new_order(self);
	add_key(signed_order, csk, CSK);
	lab_order_and_verify(self, signed_order, TRUE);
	unsigned_order = lab_new_order(self);
	answer = lab_order(self, unsigned_order);
	g_assert_true(kasper_signer_answer_get_all_replaced(answer));
	g_assert_cmpint(kasper_signer_answer_get_dnskey_ttl(answer), ==, 0);
	text = ods_fixture_read(&self->files, ZONE ".out");
	g_assert_null(strstr(text, "RRSIG\t"));
	{
		const gchar *const argv[] = {self->control, "zones", NULL};

		g_assert_true(run(argv, &before));
		g_assert_true(
		    kasper_signer_forget_zone(self->signer, unsigned_order, NULL, &error));
		g_assert_no_error(error);
		g_assert_true(run(argv, &after));
	}
	g_assert_nonnull(strstr(before, ZONE));
	g_assert_null(strstr(after, ZONE));
	g_assert_nonnull(strstr(after, OTHER_ZONE));
	g_assert_false(ods_fixture_has(&self->files, ZONE ".xml"));
}

/* orders wait for a signer that is away, and it takes the last one when it comes */
static void
test_signerd_away(Lab *self, gconstpointer data)
{
	g_autoptr(KasperKeyInfo) csk = NULL;
	g_autoptr(KasperZoneOrder) order = NULL;
	g_autoptr(KasperSignerAnswer) answer = NULL;
	g_autoptr(GError) error = NULL;

	if (lab_skip())
		return;
	self->csk = TRUE;
	csk = lab_make_key(self, 13);
	order = lab_new_order(self);
	add_key(order, csk, CSK);
	g_assert_cmpint(lab_apply(self, order), ==, KASPER_SIGNER_FAILED);
	answer = kasper_signer_read_back(self->signer, order, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint(kasper_signer_answer_get_status(answer), ==, KASPER_SIGNER_PENDING);
	lab_start_signer(self);
	lab_order_and_verify(self, order, TRUE);
	/* and it comes back to the same after a restart */
	lab_stop_signer(self);
	g_assert_cmpint(lab_apply(self, order), ==, KASPER_SIGNER_FAILED);
	lab_start_signer(self);
	lab_order_and_verify(self, order, TRUE);
}

/* The signer says yes to everything: that it cannot find a key is only seen in the zone. */
static void
test_signerd_missing_key(Lab *self, gconstpointer data)
{
	g_autoptr(KasperKeyInfo) csk = NULL;
	g_autoptr(KasperKeyInfo) stranger = NULL;
	g_autoptr(KasperZoneOrder) good = NULL;
	g_autoptr(KasperZoneOrder) bad = NULL;
	G_GNUC_UNUSED g_autoptr(KasperZoneOrder) again = NULL;
	g_autoptr(KasperSignerAnswer) answer = NULL;

	if (lab_skip())
		return;
	csk = lab_make_key(self, 13);
	stranger = kasper_key_info_new("abcdef", 13, 256, kasper_key_info_get_public_key(csk));
	lab_start_signer(self);
	good = lab_new_order(self);
	add_key(good, csk, CSK);
	self->csk = TRUE;
	lab_order_and_verify(self, good, TRUE);
	bad = lab_new_order(self);
	add_key(bad, csk, KSK);
	add_key(bad, stranger, ZSK);
	g_assert_cmpint(lab_apply(self, bad), ==, KASPER_SIGNER_PENDING);
	answer = kasper_signer_read_back(self->signer, bad, NULL, NULL);
	g_assert_cmpint(kasper_signer_answer_get_status(answer), ==, KASPER_SIGNER_PENDING);
	lab_verify(self);
}

#define ADD(path, function)                                                                        \
	g_test_add("/ods-signerd/" path, Lab, NULL, lab_set_up, function, lab_tear_down)

int
main(int argc, char **argv)
{
	static const gchar *const programs[] = {"ods-signerd",
						"ods-signer",
						"ldns-verify-zone",
						"pkcs11-tool",
						"dnssec-verify"};
	g_autofree gchar *path = g_strconcat(g_getenv("PATH"), ":/usr/sbin:/sbin", NULL);

	/* before there is any other thread, as a user namespace wants it */
	if (!enter_namespace())
		why_not = "no namespaces of its own can be had";
	g_setenv("PATH", path, TRUE);
	for (guint i = 0; i < G_N_ELEMENTS(programs); i++) {
		g_autofree gchar *program = g_find_program_in_path(programs[i]);

		if (program == NULL)
			why_not = "one of the programs is not there";
	}
	if (soft_hsm_find_module() == NULL)
		why_not = "SoftHSM is not there";
	g_test_init(&argc, &argv, NULL);
	ADD("zsk", test_signerd_zsk);
	ADD("ksk", test_signerd_ksk);
	ADD("algorithm", test_signerd_algorithm);
	ADD("end", test_signerd_end);
	ADD("away", test_signerd_away);
	ADD("missing-key", test_signerd_missing_key);
	return g_test_run();
}
