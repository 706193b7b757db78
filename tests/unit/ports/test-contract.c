/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-contract-private.h"
#include "puppet.h"

static void
expect(const gchar *text)
{
	g_test_expect_message("Kasper-ports", G_LOG_LEVEL_CRITICAL, text);
}

static void
test_missing(void)
{
	g_autoptr(Puppet) puppet = g_object_new(PUPPET_TYPE, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_false(kasper_contract_missing(puppet, "deliver", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_SUPPORTED);
	g_assert_cmpstr(error->message, ==, "Puppet does not implement deliver()");
}

static void
test_done(void)
{
	g_autoptr(Puppet) puppet = g_object_new(PUPPET_TYPE, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_contract_settle(puppet, "deliver", TRUE, NULL, &error));
	g_assert_no_error(error);
}

static void
test_failed(void)
{
	g_autoptr(Puppet) puppet = g_object_new(PUPPET_TYPE, NULL);

	for (gint code = KASPER_ERROR_INTERNAL; code <= KASPER_ERROR_UNKNOWN_OUTCOME; code++) {
		g_autoptr(GError) error = NULL;
		GError *cause = g_error_new_literal(KASPER_ERROR, code, "the token is locked");

		g_assert_false(kasper_contract_settle(puppet, "deliver", FALSE, cause, &error));
		g_assert_error(error, KASPER_ERROR, code);
		g_assert_cmpstr(error->message, ==, "Puppet: the token is locked");
	}
}

/* whoever calls always gets exactly one error */
static void
test_failed_without_error(void)
{
	g_autoptr(Puppet) puppet = g_object_new(PUPPET_TYPE, NULL);
	g_autoptr(GError) error = NULL;

	expect("Puppet: deliver() failed without an error; that is a bug in the plugin");
	g_assert_false(kasper_contract_settle(puppet, "deliver", FALSE, NULL, &error));
	g_test_assert_expected_messages();
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_assert_cmpstr(error->message,
			==,
			"Puppet: deliver() failed without an error; report it to the plugin's "
			"authors");
}

static void
test_done_with_error(void)
{
	g_autoptr(Puppet) puppet = g_object_new(PUPPET_TYPE, NULL);
	g_autoptr(GError) error = NULL;
	GError *cause = g_error_new_literal(KASPER_ERROR, KASPER_ERROR_BUSY, "no");

	expect("Puppet: deliver() succeeded with an error (no); *");
	g_assert_false(kasper_contract_settle(puppet, "deliver", TRUE, cause, &error));
	g_test_assert_expected_messages();
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
}

/* a file that is not there is not a key that is not there */
static void
test_foreign_errors(void)
{
	static const struct {
		gint code;
		KasperError becomes;
	} cases[] = {
	    {G_IO_ERROR_NOT_FOUND, KASPER_ERROR_INTERNAL},
	    {G_IO_ERROR_EXISTS, KASPER_ERROR_INTERNAL},
	    {G_IO_ERROR_PERMISSION_DENIED, KASPER_ERROR_INTERNAL},
	    {G_IO_ERROR_CANCELLED, KASPER_ERROR_UNKNOWN_OUTCOME},
	    {G_IO_ERROR_TIMED_OUT, KASPER_ERROR_UNKNOWN_OUTCOME},
	};
	g_autoptr(Puppet) puppet = g_object_new(PUPPET_TYPE, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		GError *cause = g_error_new_literal(G_IO_ERROR, cases[i].code, "its words");

		g_assert_false(kasper_contract_failed(puppet, "deliver", cause, &error));
		g_assert_error(error, KASPER_ERROR, (gint)cases[i].becomes);
		g_assert_cmpstr(error->message, ==, "Puppet: its words");
	}
}

static void
test_unknown_code(void)
{
	g_autoptr(Puppet) puppet = g_object_new(PUPPET_TYPE, NULL);
	g_autoptr(GError) error = NULL;
	GError *cause = g_error_new_literal(KASPER_ERROR, 4711, "what is that");

	g_assert_false(kasper_contract_failed(puppet, "deliver", cause, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INTERNAL);
}

static void
test_key_ids(void)
{
	g_assert_true(kasper_contract_is_key_id("00"));
	g_assert_true(kasper_contract_is_key_id("0123456789abcdef"));
	g_assert_false(kasper_contract_is_key_id(NULL));
	g_assert_false(kasper_contract_is_key_id(""));
	g_assert_false(kasper_contract_is_key_id("0"));
	g_assert_false(kasper_contract_is_key_id("AA"));
	g_assert_false(kasper_contract_is_key_id("0x"));
	g_assert_false(kasper_contract_is_key_id("aa "));
	g_assert_false(kasper_contract_is_key_id("aa\n0"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/contract/missing", test_missing);
	g_test_add_func("/contract/done", test_done);
	g_test_add_func("/contract/failed", test_failed);
	g_test_add_func("/contract/failed-without-error", test_failed_without_error);
	g_test_add_func("/contract/done-with-error", test_done_with_error);
	g_test_add_func("/contract/foreign-errors", test_foreign_errors);
	g_test_add_func("/contract/unknown-code", test_unknown_code);
	g_test_add_func("/contract/key-ids", test_key_ids);
	return g_test_run();
}
