/* SPDX-License-Identifier: BSD-2-Clause */
/* How fast signer-opendnssec hands orders over, beside how fast the file system takes the same
 * files in the plainest way: written to a temporary name, renamed, one syncfs() a batch. And how
 * fast it reads a signed zone. Prints one JSON object.
 *
 *   signer-bench [FOLDER [ZONES [RECORDS]]] */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "signed-zone.h"
#include "signer-opendnssec.h"

#define BATCH 1000

static void
must(gboolean good, const gchar *what)
{
	if (!good)
		g_error("%s: %s", what, g_strerror(errno));
}

static gdouble
per_second(guint n, gint64 begin)
{
	return n * (gdouble)G_USEC_PER_SEC / (gdouble)(g_get_monotonic_time() - begin);
}

/* --- plain files --- */

static gdouble
write_plain(const gchar *path, guint n, const gchar *text, gsize length)
{
	gint folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gint64 begin = g_get_monotonic_time();

	must(folder >= 0, path);
	for (guint i = 0; i < n; i++) {
		gchar name[64], temporary[64];
		gint fd;

		g_snprintf(name, sizeof name, "plain-%u.example.xml", i);
		g_snprintf(temporary, sizeof temporary, "plain-%u.example.xml.tmp", i);
		fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
		must(fd >= 0 && write(fd, text, length) == (gssize)length && close(fd) == 0, name);
		must(renameat(folder, temporary, folder, name) == 0, name);
		if ((i + 1) % BATCH == 0 || i + 1 == n)
			must(syncfs(folder) == 0, "syncfs");
	}
	close(folder);
	return per_second(n, begin);
}

/* --- orders --- */

static void
add_key(KasperZoneOrder *order, guint number, guint flags, guint use)
{
	g_autofree gchar *id = g_strdup_printf("%032x", number);
	g_autoptr(GBytes) public_key = g_bytes_new(id, 32);
	g_autoptr(KasperOrderKey) key =
	    kasper_order_key_new(id, "main", flags, 13, use, public_key);

	kasper_zone_order_add_key(order, key);
}

/* @round: the keys are others each time */
static GListModel *
make_batch(const gchar *folder, KasperSigningPolicy *policy, guint first, guint n, guint round)
{
	GListStore *orders = g_list_store_new(KASPER_TYPE_ZONE_ORDER);

	for (guint i = first; i < first + n; i++) {
		g_autofree gchar *zone = g_strdup_printf("zone-%u.example", i);
		g_autofree gchar *signconf = g_strdup_printf("%s/%s.xml", folder, zone);
		g_autofree gchar *input = g_strdup_printf("%s/%s.in", folder, zone);
		g_autofree gchar *output = g_strdup_printf("%s/%s.out", folder, zone);
		g_autoptr(KasperZoneOrder) order = kasper_zone_order_new(zone, round, policy);

		kasper_zone_order_set_files(order, signconf, input, output);
		add_key(order, 3 * i, 257, KASPER_KEY_USE_PUBLISH | KASPER_KEY_USE_SIGN_KEYS);
		add_key(order,
			3 * i + 1 + round % 2,
			256,
			KASPER_KEY_USE_PUBLISH | KASPER_KEY_USE_SIGN_DATA);
		g_list_store_append(orders, order);
	}
	return G_LIST_MODEL(orders);
}

static guint
count_failed(GListModel *answers, guint *pending)
{
	guint failed = 0;

	for (guint i = 0; i < g_list_model_get_n_items(answers); i++) {
		g_autoptr(KasperSignerAnswer) answer = g_list_model_get_item(answers, i);

		if (kasper_signer_answer_get_status(answer) == KASPER_SIGNER_FAILED)
			failed++;
		else if (kasper_signer_answer_get_status(answer) == KASPER_SIGNER_PENDING)
			(*pending)++;
	}
	return failed;
}

/* @ret_pending: zones that wait for the next lot of the list */
static gdouble
hand_over(KasperSigner *signer,
	  const gchar *folder,
	  KasperSigningPolicy *policy,
	  guint n,
	  guint round,
	  guint *ret_pending)
{
	gint64 spent = 0;

	*ret_pending = 0;
	for (guint i = 0; i < n; i += BATCH) {
		g_autoptr(GListModel) orders =
		    make_batch(folder, policy, i, MIN(BATCH, n - i), round);
		g_autoptr(GError) error = NULL;
		gint64 begin = g_get_monotonic_time();
		g_autoptr(GListModel) answers =
		    kasper_signer_apply_orders(signer, orders, NULL, &error);

		spent += g_get_monotonic_time() - begin;
		if (answers == NULL)
			g_error("%s", error->message);
		must(count_failed(answers, ret_pending) == 0, "orders");
	}
	return n * (gdouble)G_USEC_PER_SEC / (gdouble)spent;
}

static void
bench_orders(const gchar *folder, guint n)
{
	g_autofree gchar *zones = g_build_filename(folder, "zones.xml", NULL);
	g_autofree gchar *example = g_build_filename(folder, "zone-0.example.xml", NULL);
	g_autoptr(KasperSigningPolicy) policy =
	    g_object_new(KASPER_TYPE_SIGNING_POLICY, "soa-serial", "unixtime", NULL);
	g_autoptr(KasperSigner) signer = g_object_new(SIGNER_TYPE_OPENDNSSEC,
						      "notify-command",
						      "/bin/true",
						      "zones-file",
						      zones,
						      "evidence",
						      "order-written",
						      NULL);
	g_autofree gchar *text = NULL;
	gdouble new, changed, same, plain_new, plain_changed;
	guint waiting, none;
	gsize length;

	must(kasper_plugin_open(KASPER_PLUGIN(signer), NULL, NULL), "open");
	new = hand_over(signer, folder, policy, n, 1, &waiting);
	changed = hand_over(signer, folder, policy, n, 2, &none);
	same = hand_over(signer, folder, policy, n, 2, &none);
	must(g_file_get_contents(example, &text, &length, NULL), example);
	plain_new = write_plain(folder, n, text, length);
	plain_changed = write_plain(folder, n, text, length);
	g_print("\"zones\": %u, \"octets\": %" G_GSIZE_FORMAT ", \"new\": %.0f, "
		"\"waiting_for_list\": %u, \"changed\": %.0f, \"same\": %.0f, "
		"\"plain_new\": %.0f, \"plain_changed\": %.0f",
		n,
		length,
		new,
		waiting,
		changed,
		same,
		plain_new,
		plain_changed);
	kasper_plugin_close(KASPER_PLUGIN(signer));
}

/* --- reading a zone --- */

static void
bench_zone(const gchar *folder, guint n)
{
	g_autofree gchar *path = g_build_filename(folder, "signed", NULL);
	g_autofree gchar *signature = g_strnfill(88, 'A');
	g_autoptr(OdsSignedZone) zone = NULL;
	g_autoptr(GError) error = NULL;
	FILE *file = fopen(path, "w");
	gint64 begin;

	must(file != NULL, path);
	fputs("example.org. 3600 IN SOA ns.example.org. h.example.org. 1 2 3 4 5\n", file);
	for (guint i = 1; i < n; i++)
		fprintf(file,
			i % 2 != 0
			    ? "host-%u.example.org.\t3600\tIN\tA\t192.0.2.1\n"
			    : "host-%u.example.org.\t3600\tIN\tRRSIG\tA 13 3 3600 20300101000000 "
			      "20200101000000 12345 example.org. %s\n",
			i / 2,
			signature);
	must(fclose(file) == 0, path);
	begin = g_get_monotonic_time();
	zone = ods_signed_zone_read(path, "example.org", NULL, &error);
	if (zone == NULL)
		g_error("%s", error->message);
	g_print(", \"records\": %u, \"records_read\": %.0f", n, per_second(n, begin));
}

static void
remove_folder(const gchar *path)
{
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	const gchar *name;

	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree gchar *file = g_build_filename(path, name, NULL);

		g_unlink(file);
	}
	g_rmdir(path);
}

static guint
parse_number(int argc, char **argv, int i, guint otherwise)
{
	guint64 number = otherwise;

	if (argc > i && !g_ascii_string_to_unsigned(argv[i], 10, 1, 10000000, &number, NULL))
		g_error("%s is no number from 1 to 10000000", argv[i]);
	return (guint)number;
}

int
main(int argc, char **argv)
{
	g_autofree gchar *folder =
	    g_build_filename(argc > 1 ? argv[1] : g_get_tmp_dir(), "signer-bench-XXXXXX", NULL);

	must(g_mkdtemp(folder) != NULL, folder);
	g_print("{");
	bench_orders(folder, parse_number(argc, argv, 2, 20000));
	bench_zone(folder, parse_number(argc, argv, 3, 1000000));
	g_print("}\n");
	remove_folder(folder);
	return 0;
}
