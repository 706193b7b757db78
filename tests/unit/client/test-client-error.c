/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-dbus-error.h"

#include <gio/gio.h>
#include <string.h>

#include "kasper-error.h"

/* every code has a name of its own on the wire, and comes back as itself */
static void
test_codes(void)
{
	kasper_dbus_error_register();
	for (gint code = KASPER_ERROR_INTERNAL; code <= KASPER_ERROR_UNKNOWN_OUTCOME; code++) {
		g_autoptr(GError) sent = g_error_new(KASPER_ERROR, code, "zone a: number %d", code);
		g_autofree gchar *name = g_dbus_error_encode_gerror(sent);
		g_autoptr(GError) got = NULL;

		g_assert_true(g_str_has_prefix(name, "org.kasper.Error."));
		got = kasper_dbus_error_localize(
		    g_dbus_error_new_for_dbus_error(name, sent->message));
		g_assert_error(got, KASPER_ERROR, code);
		g_assert_cmpstr(got->message, ==, sent->message);
	}
}

static void
assert_transport(GQuark domain, gint code, KasperError wanted)
{
	g_autoptr(GError) got =
	    kasper_dbus_error_localize(g_error_new(domain, code, "what the library said"));

	g_assert_error(got, KASPER_ERROR, (gint)wanted);
	g_assert_nonnull(strstr(got->message, "what the library said"));
}

static void
test_transport(void)
{
	assert_transport(G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, KASPER_ERROR_AUTH);
	assert_transport(G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS, KASPER_ERROR_INVALID);
	assert_transport(G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD, KASPER_ERROR_NOT_SUPPORTED);
	assert_transport(G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED, KASPER_ERROR_BUSY);
	assert_transport(G_DBUS_ERROR, G_DBUS_ERROR_FAILED, KASPER_ERROR_INTERNAL);
	/* the command may or may not have been carried out */
	assert_transport(G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY, KASPER_ERROR_UNKNOWN_OUTCOME);
	assert_transport(G_DBUS_ERROR, G_DBUS_ERROR_TIMEOUT, KASPER_ERROR_UNKNOWN_OUTCOME);
	assert_transport(G_IO_ERROR, G_IO_ERROR_CLOSED, KASPER_ERROR_UNKNOWN_OUTCOME);
	assert_transport(G_IO_ERROR, G_IO_ERROR_TIMED_OUT, KASPER_ERROR_UNKNOWN_OUTCOME);
}

static void
test_cancelled(void)
{
	g_autoptr(GError) got = kasper_dbus_error_localize(
	    g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, "enough"));

	g_assert_error(got, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* a daemon that is newer than the client may know errors that it does not */
static void
test_stranger(void)
{
	g_autoptr(GError) got = kasper_dbus_error_localize(
	    g_dbus_error_new_for_dbus_error("org.kasper.Error.Tired", "come back tomorrow"));

	g_assert_error(got, KASPER_ERROR, KASPER_ERROR_INTERNAL);
	g_assert_nonnull(strstr(got->message, "come back tomorrow"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/client/error/codes", test_codes);
	g_test_add_func("/client/error/transport", test_transport);
	g_test_add_func("/client/error/cancelled", test_cancelled);
	g_test_add_func("/client/error/stranger", test_stranger);
	return g_test_run();
}
