/* SPDX-License-Identifier: BSD-2-Clause */
#define G_LOG_DOMAIN "test"
#include <gio/gio.h>

#include "log.h"

static void
test_log_escape(void)
{
	static const struct {
		const gchar *in;
		const gchar *out;
	} rows[] = {
	    {"zone example.org: signed", "zone example.org: signed"},
	    {"Zürich", "Zürich"},
	    {"two\nlines", "two\\nlines"},
	    {"a\rb\tc", "a\\x0db\\x09c"},
	    {"\x1b[31mred", "\\x1b[31mred"},
	    {"c1 \xc2\x9b end", "c1 \\x9b end"},
	    {"\xff", "\xef\xbf\xbd"},
	    {"", ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree gchar *out = kasperd_log_escape(rows[i].in);

		g_assert_cmpstr(out, ==, rows[i].out);
	}
}

/* in a process of its own: the writer of a process can be set once */
static void
test_log_child(void)
{
	/* for GLib, a warning in a test is fatal */
	g_log_set_always_fatal(G_LOG_FATAL_MASK);
	kasperd_log_open();
	kasperd_log_set_verbosity(1);
	g_warning("hidden at 1");
	kasperd_log_set_verbosity(2);
	g_warning("shown at 2");
	g_message("hidden at 2");
	kasperd_log_set_verbosity(3);
	g_message("shown at 3");
	g_info("hidden at 3");
	kasperd_log_set_verbosity(4);
	g_info("shown at 4");
	g_debug("hidden at 4");
	kasperd_log_set_verbosity(99);
	g_debug("shown at 99\nin one line");
	kasperd_log_set_verbosity(0);
	kasperd_log_failure("always shown");
}

static void
test_log_lines(void)
{
	if (g_test_subprocess()) {
		test_log_child();
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
	g_test_trap_assert_stderr("*Z kasperd[*]: warning: shown at 2\n"
				  "*Z kasperd[*]: shown at 3\n"
				  "*Z kasperd[*]: info: shown at 4\n"
				  "*Z kasperd[*]: debug: shown at 99?nin one line\n"
				  "*Z kasperd[*]: error: always shown\n");
	g_test_trap_assert_stderr_unmatched("*hidden*");
}

/* a broken promise ends the process under G_DEBUG=fatal-criticals, with this writer too */
static void
test_log_fatal(void)
{
	if (g_test_subprocess()) {
		g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
		kasperd_log_open();
		g_critical("a broken promise");
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_failed();
	g_test_trap_assert_stderr("*error: a broken promise\n*");
}

static void
test_log_facility(void)
{
	g_assert_true(kasperd_log_to_syslog("local0"));
	g_assert_true(kasperd_log_to_syslog("LOCAL7"));
	g_assert_false(kasperd_log_to_syslog("local8"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/daemon/log/escape", test_log_escape);
	g_test_add_func("/daemon/log/lines", test_log_lines);
	g_test_add_func("/daemon/log/fatal", test_log_fatal);
	g_test_add_func("/daemon/log/facility", test_log_facility);
	return g_test_run();
}
