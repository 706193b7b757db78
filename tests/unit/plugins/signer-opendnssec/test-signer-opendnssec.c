/* SPDX-License-Identifier: BSD-2-Clause */
#include "signer-opendnssec.h"

#include <glib/gstdio.h>
#include <string.h>

#include "ods-support.h"

/* A signer's command that writes down its arguments, a call a line, says what is in "say", and ends
 * as "status" says. */
static const gchar command_text[] = "#!/bin/sh\n"
				    "d=$(dirname \"$0\")\n"
				    "echo \"$@\" >> \"$d/calls\"\n"
				    "[ ! -e \"$d/say\" ] || cat \"$d/say\" >&2\n"
				    "exit \"$(cat \"$d/status\")\"\n";

static KasperSigner *
new_signer(OdsFixture *fixture, const gchar *arguments, const gchar *evidence)
{
	g_autofree gchar *command = g_strdup_printf("%s/command %s", fixture->folder, arguments);
	g_autofree gchar *zones = ods_fixture_get_path(fixture, "zones.xml");

	if (!ods_fixture_has(fixture, "command")) {
		ods_fixture_write(fixture, "command", command_text);
		ods_fixture_write(fixture, "status", "0");
	}
	return g_object_new(SIGNER_TYPE_OPENDNSSEC,
			    "notify-command",
			    command,
			    "zones-file",
			    zones,
			    "evidence",
			    evidence,
			    NULL);
}

static KasperSigner *
open_signer(OdsFixture *fixture, const gchar *arguments, const gchar *evidence)
{
	KasperSigner *signer = new_signer(fixture, arguments, evidence);
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(signer), NULL, &error));
	g_assert_no_error(error);
	return signer;
}

static void
close_signer(KasperSigner *signer)
{
	kasper_plugin_close(KASPER_PLUGIN(signer));
	g_assert_finalize_object(signer);
}

static GListModel *
apply(KasperSigner *signer, GPtrArray *orders)
{
	g_autoptr(GListStore) list = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GError) error = NULL;
	GListModel *answers;

	g_list_store_splice(list, 0, 0, orders->pdata, orders->len);
	answers = kasper_signer_apply_orders(signer, G_LIST_MODEL(list), NULL, &error);
	g_assert_no_error(error);
	return answers;
}

static void
assert_answer(GListModel *answers, guint i, KasperSignerStatus status, const gchar *words)
{
	g_autoptr(KasperSignerAnswer) answer = g_list_model_get_item(answers, i);
	const gchar *text = kasper_signer_answer_get_text(answer);

	if (kasper_signer_answer_get_status(answer) != status)
		g_error("answer %u is of status %d: %s",
			i,
			(gint)kasper_signer_answer_get_status(answer),
			text);
	if (words != NULL)
		g_assert_nonnull(strstr(text, words));
}

static KasperZoneOrder *
signed_order(OdsFixture *fixture, const gchar *zone, gint64 revision)
{
	KasperZoneOrder *order = ods_test_new_order(fixture, zone, revision);

	ods_test_add_key(order, 'K', 257, 13, "PK");
	ods_test_add_key(order, 'Z', 256, 13, "PZ");
	return order;
}

static GPtrArray *
orders_new(OdsFixture *fixture, guint first, guint n)
{
	GPtrArray *orders = g_ptr_array_new_with_free_func(g_object_unref);

	for (guint i = first; i < first + n; i++) {
		g_autofree gchar *zone = g_strdup_printf("z%u.example", i);

		g_ptr_array_add(orders, signed_order(fixture, zone, 1));
	}
	return orders;
}

static void
assert_calls(OdsFixture *fixture, const gchar *wanted)
{
	g_autofree gchar *calls = ods_fixture_read(fixture, "calls");
	g_autofree gchar *path = ods_fixture_get_path(fixture, "calls");

	g_assert_cmpstr(calls, ==, wanted);
	g_unlink(path);
}

/* --- handing over --- */

static void
test_signer_order_written(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "order-written");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 2);
	g_autoptr(GListModel) answers = apply(signer, orders);
	g_autoptr(KasperSignerAnswer) first = g_list_model_get_item(answers, 0);

	assert_answer(answers, 0, KASPER_SIGNER_PUBLISHED, NULL);
	assert_answer(answers, 1, KASPER_SIGNER_PUBLISHED, NULL);
	g_assert_true(kasper_signer_answer_get_assumed(first));
	g_assert_true(ods_fixture_has(fixture, "z0.example.xml"));
	g_assert_true(ods_fixture_has(fixture, "zones.xml"));
	/* zones that the signer does not know: it reads the whole list, once */
	assert_calls(fixture, "update --all\n");
	g_object_unref(g_steal_pointer(&answers));
	answers = apply(signer, orders);
	assert_answer(answers, 1, KASPER_SIGNER_PUBLISHED, NULL);
	/* it knows them by now */
	assert_calls(fixture, "update z0.example\nupdate z1.example\n");
	close_signer(signer);
}

static void
test_signer_signed_file(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "signed-file");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 2);
	KasperZoneOrder *by_transfer = g_ptr_array_index(orders, 1);
	g_autofree gchar *signconf = ods_fixture_get_path(fixture, "z1.example.xml");
	g_autoptr(KasperSignerAnswer) seen = NULL;
	g_autoptr(GListModel) answers = NULL;
	g_autoptr(GError) error = NULL;

	kasper_zone_order_set_files(by_transfer, signconf, "/addns.xml", NULL);
	answers = apply(signer, orders);
	assert_answer(answers, 0, KASPER_SIGNER_PENDING, NULL);
	/* where there is nothing to look at, the answer is assumed */
	assert_answer(answers, 1, KASPER_SIGNER_PUBLISHED, NULL);
	seen = kasper_signer_read_back(signer, g_ptr_array_index(orders, 0), NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpint(kasper_signer_answer_get_status(seen), ==, KASPER_SIGNER_PENDING);
	g_assert_nonnull(strstr(kasper_signer_answer_get_text(seen), "z0.example.out"));
	g_clear_object(&seen);
	ods_fixture_write(fixture, "z0.example.out", "z0.example. 60 IN A 192.0.2.1\n");
	seen = kasper_signer_read_back(signer, g_ptr_array_index(orders, 0), NULL, &error);
	g_assert_nonnull(strstr(kasper_signer_answer_get_text(seen), "no SOA"));
	g_clear_object(&seen);
	seen = kasper_signer_read_back(signer, by_transfer, NULL, &error);
	g_assert_cmpint(kasper_signer_answer_get_status(seen), ==, KASPER_SIGNER_PUBLISHED);
	g_assert_true(kasper_signer_answer_get_assumed(seen));
	close_signer(signer);
}

/* many at once are one call; a command that names no zone is one call always */
static void
test_signer_batches(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "order-written");
	g_autoptr(GPtrArray) many = orders_new(fixture, 0, 21);
	g_autoptr(GPtrArray) few = orders_new(fixture, 0, 2);
	g_autoptr(GListModel) answers = apply(signer, many);

	assert_calls(fixture, "update --all\n");
	g_object_unref(g_steal_pointer(&answers));
	answers = apply(signer, many);
	assert_calls(fixture, "update --all\n");
	close_signer(signer);
	signer = open_signer(fixture, "reload", "order-written");
	g_object_unref(g_steal_pointer(&answers));
	answers = apply(signer, few);
	assert_calls(fixture, "reload\n");
	close_signer(signer);
	/* the zone is a part of an argument: there is no word for all of them */
	signer = open_signer(fixture, "'zone=%zone;x'", "order-written");
	g_object_unref(g_steal_pointer(&answers));
	answers = apply(signer, few);
	assert_calls(fixture, "zone=z0.example;x\nzone=z1.example;x\n");
	close_signer(signer);
}

static void
test_signer_not_told(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = new_signer(fixture, "", "order-written");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 1);
	g_autoptr(GListModel) answers = NULL;

	g_object_set(signer, "notify-command", "", "zones-file", NULL, NULL);
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(signer), NULL, NULL));
	answers = apply(signer, orders);
	assert_answer(answers, 0, KASPER_SIGNER_PUBLISHED, NULL);
	assert_calls(fixture, NULL);
	g_assert_false(ods_fixture_has(fixture, "zones.xml"));
	close_signer(signer);
}

/* --- faults --- */

/* a signer that is away loses nothing: the order is there, and it is told when it is back */
static void
test_signer_away(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "order-written");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 2);
	g_autoptr(GListModel) answers = NULL;

	ods_fixture_write(fixture, "status", "201");
	ods_fixture_write(fixture, "say", "Unable to connect to engine\n");
	for (guint i = 0; i < 2; i++) {
		g_clear_object(&answers);
		answers = apply(signer, orders);
		assert_answer(answers, 0, KASPER_SIGNER_FAILED, "Unable to connect to engine");
		assert_answer(answers, 1, KASPER_SIGNER_FAILED, "exit status 201");
	}
	g_assert_true(ods_fixture_has(fixture, "z1.example.xml"));
	assert_calls(fixture, "update --all\nupdate z0.example\nupdate z1.example\n");
	ods_fixture_write(fixture, "status", "0");
	g_clear_object(&answers);
	answers = apply(signer, orders);
	assert_answer(answers, 0, KASPER_SIGNER_PUBLISHED, NULL);
	assert_answer(answers, 1, KASPER_SIGNER_PUBLISHED, NULL);
	assert_calls(fixture, "update z0.example\nupdate z1.example\n");
	close_signer(signer);
}

/* of those that are told of one by one, each has its own answer */
static void
test_signer_refuses_one(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "order-written");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 3);
	g_autoptr(GListModel) answers = apply(signer, orders);

	ods_fixture_write(fixture, "command", "#!/bin/sh\n[ \"$2\" != z1.example ]\n");
	g_clear_object(&answers);
	answers = apply(signer, orders);
	assert_answer(answers, 0, KASPER_SIGNER_PUBLISHED, NULL);
	assert_answer(answers, 1, KASPER_SIGNER_FAILED, "exit status 1");
	assert_answer(answers, 2, KASPER_SIGNER_PUBLISHED, NULL);
	close_signer(signer);
}

/* it is waited for once, not once for each zone */
static void
test_signer_hangs(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "order-written");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 10);
	g_autoptr(GListModel) answers = apply(signer, orders);
	gint64 start;

	close_signer(signer);
	ods_fixture_write(fixture, "command", "#!/bin/sh\nsleep 1000\n");
	signer = new_signer(fixture, "update %zone", "order-written");
	g_object_set(signer, "notify-deadline", 1, NULL);
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(signer), NULL, NULL));
	g_clear_object(&answers);
	start = g_get_monotonic_time();
	answers = apply(signer, orders);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 9 * G_USEC_PER_SEC);
	assert_answer(answers, 0, KASPER_SIGNER_FAILED, "in time");
	assert_answer(answers, 9, KASPER_SIGNER_FAILED, "in time");
	close_signer(signer);
}

static void
test_signer_no_command(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "order-written");
	g_autofree gchar *path = ods_fixture_get_path(fixture, "command");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 1);
	g_autoptr(GListModel) answers = NULL;

	g_assert_cmpint(g_unlink(path), ==, 0);
	answers = apply(signer, orders);
	assert_answer(answers, 0, KASPER_SIGNER_FAILED, path);
	assert_answer(answers, 0, KASPER_SIGNER_FAILED, "does not exist");
	close_signer(signer);
}

/* a folder that cannot be written to is said with its path and what to do; others go on */
static void
test_signer_folder(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "order-written");
	g_autofree gchar *folder = ods_fixture_get_path(fixture, "blocked");
	g_autofree gchar *path = g_build_filename(folder, "b.xml", NULL);
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 3);
	g_autoptr(GListModel) answers = NULL;
	g_autofree gchar *zones = NULL;

	kasper_zone_order_set_files(g_ptr_array_index(orders, 1), path, "/in", "/out");
	kasper_zone_order_set_files(g_ptr_array_index(orders, 2), NULL, "/in", "/out");
	answers = apply(signer, orders);
	assert_answer(answers, 0, KASPER_SIGNER_PUBLISHED, NULL);
	assert_answer(answers, 1, KASPER_SIGNER_FAILED, folder);
	assert_answer(answers, 1, KASPER_SIGNER_FAILED, "make it");
	assert_answer(answers, 2, KASPER_SIGNER_FAILED, "SignerConfiguration");
	/* the signer is not sent to a file that is not there */
	zones = ods_fixture_read(fixture, "zones.xml");
	g_assert_null(strstr(zones, "z1.example"));
	g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
	g_clear_object(&answers);
	answers = apply(signer, orders);
	assert_answer(answers, 1, KASPER_SIGNER_PUBLISHED, NULL);
	g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
	close_signer(signer);
}

/* without its list the signer would not know a new zone, so that it has not been handed over */
static void
test_signer_list_faults(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = new_signer(fixture, "update %zone", "order-written");
	g_autofree gchar *zones = ods_fixture_get_path(fixture, "list/zones.xml");
	g_autofree gchar *folder = ods_fixture_get_path(fixture, "list");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 1);
	g_autoptr(GListStore) list = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GListModel) answers = NULL;
	g_autoptr(GError) error = NULL;

	g_object_set(signer, "zones-file", zones, NULL);
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(signer), NULL, NULL));
	answers = apply(signer, orders);
	assert_answer(answers, 0, KASPER_SIGNER_FAILED, folder);
	assert_calls(fixture, NULL);
	g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
	ods_fixture_write(fixture, "list/zones.xml", "<ZoneList><Zone");
	g_list_store_append(list, g_ptr_array_index(orders, 0));
	g_assert_null(kasper_signer_apply_orders(signer, G_LIST_MODEL(list), NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, zones));
	ods_fixture_write(fixture, "list/zones.xml", "<ZoneList/>");
	g_clear_object(&answers);
	answers = apply(signer, orders);
	assert_answer(answers, 0, KASPER_SIGNER_PUBLISHED, NULL);
	assert_calls(fixture, "update --all\n");
	close_signer(signer);
}

/* --- a long list is written in lots --- */

static guint
count_pending(GListModel *answers)
{
	guint n = 0;

	for (guint i = 0; i < g_list_model_get_n_items(answers); i++) {
		g_autoptr(KasperSignerAnswer) answer = g_list_model_get_item(answers, i);

		g_assert_cmpint(kasper_signer_answer_get_status(answer), !=, KASPER_SIGNER_FAILED);
		n += kasper_signer_answer_get_status(answer) == KASPER_SIGNER_PENDING ? 1 : 0;
	}
	return n;
}

/* a list that is so long that a few more zones are not worth writing all of it */
static void
write_long_list(OdsFixture *fixture)
{
	g_autoptr(GString) text = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
					       "<!-- Written by Kasper, one zone a line. -->\n"
					       "<ZoneList>\n");

	for (guint i = 0; i < 30000; i++)
		g_string_append_printf(
		    text,
		    "<Zone name=\"old-%u.example\"><Policy>kasper</Policy>"
		    "<SignerConfiguration>/nowhere/%u.xml</SignerConfiguration>"
		    "<Adapters><Input><Adapter type=\"File\">/in</Adapter></Input>"
		    "<Output><Adapter type=\"File\">/out</Adapter></Output>"
		    "</Adapters></Zone>\n",
		    i,
		    i);
	g_string_append(text, "</ZoneList>\n");
	ods_fixture_write(fixture, "zones.xml", text->str);
}

static void
test_signer_lots(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "order-written");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 3);
	g_autoptr(GListModel) answers = NULL;
	g_autofree gchar *zones = NULL;

	write_long_list(fixture);
	answers = apply(signer, orders);
	g_assert_cmpuint(count_pending(answers), ==, 3);
	g_assert_true(ods_fixture_has(fixture, "z0.example.xml"));
	assert_calls(fixture, NULL);
	/* whoever looks first has them all listed, and the signer told once */
	for (guint i = 0; i < 3; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(KasperSignerAnswer) answer =
		    kasper_signer_read_back(signer, g_ptr_array_index(orders, i), NULL, &error);

		g_assert_no_error(error);
		g_assert_cmpint(kasper_signer_answer_get_status(answer),
				==,
				KASPER_SIGNER_PUBLISHED);
	}
	assert_calls(fixture, "update --all\n");
	zones = ods_fixture_read(fixture, "zones.xml");
	g_assert_nonnull(strstr(zones, "old-29999.example"));
	g_assert_nonnull(strstr(zones, "z2.example"));
	close_signer(signer);
}

/* when that fails, each of them goes back to be handed over; nothing is left hanging */
static void
test_signer_lots_fail(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "order-written");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 3);
	g_autoptr(GListModel) answers = NULL;

	write_long_list(fixture);
	answers = apply(signer, orders);
	g_assert_cmpuint(count_pending(answers), ==, 3);
	ods_fixture_write(fixture, "status", "1");
	for (guint i = 0; i < 3; i++) {
		g_autoptr(KasperSignerAnswer) answer =
		    kasper_signer_read_back(signer, g_ptr_array_index(orders, i), NULL, NULL);

		g_assert_cmpint(kasper_signer_answer_get_status(answer), ==, KASPER_SIGNER_FAILED);
	}
	assert_calls(fixture, "update --all\n");
	ods_fixture_write(fixture, "status", "0");
	g_clear_object(&answers);
	answers = apply(signer, orders);
	g_assert_cmpuint(count_pending(answers), ==, 0);
	assert_calls(fixture, "update z0.example\nupdate z1.example\nupdate z2.example\n");
	close_signer(signer);
}

/* --- the end of a zone --- */

static void
test_signer_forget(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = open_signer(fixture, "update %zone", "order-written");
	g_autoptr(GPtrArray) orders = orders_new(fixture, 0, 2);
	G_GNUC_UNUSED g_autoptr(GListModel) answers = apply(signer, orders);
	KasperZoneOrder *order = g_ptr_array_index(orders, 0);
	g_autofree gchar *zones = NULL;
	g_autoptr(GError) error = NULL;

	assert_calls(fixture, "update --all\n");
	ods_fixture_write(fixture, "status", "1");
	g_assert_false(kasper_signer_forget_zone(signer, order, NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_true(ods_fixture_has(fixture, "z0.example.xml"));
	g_clear_error(&error);
	ods_fixture_write(fixture, "status", "0");
	for (guint i = 0; i < 2; i++) {
		g_assert_true(kasper_signer_forget_zone(signer, order, NULL, &error));
		g_assert_no_error(error);
	}
	g_assert_false(ods_fixture_has(fixture, "z0.example.xml"));
	g_assert_true(ods_fixture_has(fixture, "z1.example.xml"));
	zones = ods_fixture_read(fixture, "zones.xml");
	g_assert_null(strstr(zones, "z0.example"));
	g_assert_nonnull(strstr(zones, "z1.example"));
	assert_calls(fixture, "update --all\nupdate --all\nupdate --all\n");
	close_signer(signer);
}

/* --- settings --- */

static void
check_refused(OdsFixture *fixture, const gchar *name, const gchar *value)
{
	KasperSigner *signer = new_signer(fixture, "update %zone", "signed-file");
	g_autoptr(GError) error = NULL;

	g_object_set(signer, name, value, NULL);
	g_assert_false(kasper_plugin_open(KASPER_PLUGIN(signer), NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, name));
	close_signer(signer);
}

static void
test_signer_settings(OdsFixture *fixture, gconstpointer data)
{
	KasperSigner *signer = new_signer(fixture, "update %zone", "order-written");
	g_autoptr(GListStore) list = g_list_store_new(KASPER_TYPE_ZONE_ORDER);
	g_autoptr(GListModel) answers = NULL;
	g_autoptr(GError) error = NULL;

	check_refused(fixture, "evidence", "hope");
	check_refused(fixture, "notify-command", "ods-signer update");
	check_refused(fixture, "notify-all-command", "/bin/sh 'unbalanced");
	check_refused(fixture, "zones-file", "zones.xml");
	check_refused(fixture, "group", "no-such-group-anywhere");
	/* before it is open, nothing is tried */
	g_assert_null(kasper_signer_apply_orders(signer, G_LIST_MODEL(list), NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_object_set(signer, "group", "root", NULL);
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(signer), NULL, NULL));
	answers = kasper_signer_apply_orders(signer, G_LIST_MODEL(list), NULL, NULL);
	g_assert_cmpuint(g_list_model_get_n_items(answers), ==, 0);
	assert_calls(fixture, NULL);
	close_signer(signer);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ODS_TEST_ADD("/signer-opendnssec/order-written", test_signer_order_written);
	ODS_TEST_ADD("/signer-opendnssec/signed-file", test_signer_signed_file);
	ODS_TEST_ADD("/signer-opendnssec/batches", test_signer_batches);
	ODS_TEST_ADD("/signer-opendnssec/not-told", test_signer_not_told);
	ODS_TEST_ADD("/signer-opendnssec/away", test_signer_away);
	ODS_TEST_ADD("/signer-opendnssec/refuses-one", test_signer_refuses_one);
	ODS_TEST_ADD("/signer-opendnssec/hangs", test_signer_hangs);
	ODS_TEST_ADD("/signer-opendnssec/no-command", test_signer_no_command);
	ODS_TEST_ADD("/signer-opendnssec/folder", test_signer_folder);
	ODS_TEST_ADD("/signer-opendnssec/list-faults", test_signer_list_faults);
	ODS_TEST_ADD("/signer-opendnssec/lots", test_signer_lots);
	ODS_TEST_ADD("/signer-opendnssec/lots/fail", test_signer_lots_fail);
	ODS_TEST_ADD("/signer-opendnssec/forget", test_signer_forget);
	ODS_TEST_ADD("/signer-opendnssec/settings", test_signer_settings);
	return g_test_run();
}
