/* SPDX-License-Identifier: BSD-2-Clause */
#include "notify-syslog.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* a log of our own, and the plugin that writes to it */
typedef struct {
	gchar *folder;
	gchar *path;
	int fd; /* -1: nobody listens */
	KasperNotifier *notifier;
} Fixture;

static void
fixture_listen(Fixture *self, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	g_assert_cmpuint(strlen(self->path), <, sizeof address.sun_path);
	strcpy(address.sun_path, self->path);
	self->fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	g_assert_cmpint(self->fd, >=, 0);
	g_assert_cmpint(bind(self->fd, (struct sockaddr *)&address, sizeof address), ==, 0);
	if (type == SOCK_STREAM)
		g_assert_cmpint(listen(self->fd, 1), ==, 0);
}

static void
fixture_hang_up(Fixture *self)
{
	if (self->fd < 0)
		return;
	close(self->fd);
	self->fd = -1;
	g_unlink(self->path);
}

static void
fixture_set_up(Fixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	self->folder = g_dir_make_tmp("kasper-log-XXXXXX", &error);
	g_assert_no_error(error);
	self->path = g_build_filename(self->folder, "log", NULL);
	self->fd = -1;
	self->notifier = g_object_new(NOTIFY_TYPE_SYSLOG, "path", self->path, NULL);
	g_setenv("TZ", "UTC", TRUE);
}

static void
fixture_tear_down(Fixture *self, gconstpointer data)
{
	kasper_plugin_close(KASPER_PLUGIN(self->notifier));
	g_assert_finalize_object(self->notifier);
	fixture_hang_up(self);
	g_assert_cmpint(g_rmdir(self->folder), ==, 0);
	g_free(self->folder);
	g_free(self->path);
}

static void
fixture_open(Fixture *self)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(self->notifier), NULL, &error));
	g_assert_no_error(error);
}

static gboolean
deliver(Fixture *self, KasperEventLevel level, const gchar *id, const gchar *text, GError **error)
{
	g_autoptr(KasperEvent) event =
	    kasper_event_new("ds-set-changed", level, 1237203545, "example.org", "a1b2", text);

	kasper_event_set_id(event, id);
	return kasper_notifier_deliver(self->notifier, event, NULL, error);
}

static void
deliver_well(Fixture *self, KasperEventLevel level, const gchar *text)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(deliver(self, level, "e-1", text, &error));
	g_assert_no_error(error);
}

/* the next message; NULL: there is none */
static gchar *
receive(int fd)
{
	gchar buffer[1 << 16];
	gssize n = recv(fd, buffer, sizeof buffer, 0);

	if (n < 0)
		g_assert_cmpint(errno, ==, EAGAIN);
	return n >= 0 ? g_strndup(buffer, (gsize)n) : NULL;
}

static void G_GNUC_PRINTF(2, 3)
assert_received(Fixture *self, const gchar *format, ...)
{
	g_autofree gchar *message = receive(self->fd);
	g_autofree gchar *wanted = NULL;
	va_list list;

	va_start(list, format);
	wanted = g_strdup_vprintf(format, list);
	va_end(list);
	g_assert_cmpstr(message, ==, wanted);
}

static void
assert_silence(Fixture *self)
{
	g_autofree gchar *message = receive(self->fd);

	g_assert_cmpstr(message, ==, NULL);
}

/* --- what is said --- */

static void
test_syslog_lines(Fixture *self, gconstpointer data)
{
	fixture_listen(self, SOCK_DGRAM);
	fixture_open(self);
	deliver_well(self,
		     KASPER_EVENT_INFO,
		     "DS Record set has changed, the current set looks like:\n"
		     "example.org. 3600 IN DNSKEY 257 3 7 AwEAAbcT ;{id = 51994 (ksk), size = "
		     "2048b}\n");
	assert_received(self,
			"<30>Mar 16 11:39:05 kasperd[%d]: DS Record set has changed, the current "
			"set looks like:",
			getpid());
	assert_received(self,
			"<30>Mar 16 11:39:05 kasperd[%d]: example.org. 3600 IN DNSKEY 257 3 7 "
			"AwEAAbcT ;{id = 51994 (ksk), size = 2048b}",
			getpid());
	assert_silence(self);
}

static void
test_syslog_priority(Fixture *self, gconstpointer data)
{
	static const struct {
		KasperEventLevel level;
		const gchar *facility;
		guint wanted;
	} table[] = {
	    {KASPER_EVENT_DEBUG, "local0", 16 * 8 + 7},
	    {KASPER_EVENT_INFO, "local0", 16 * 8 + 6},
	    {KASPER_EVENT_NOTICE, "LOCAL7", 23 * 8 + 5},
	    {KASPER_EVENT_WARNING, "daemon", 3 * 8 + 4},
	    {KASPER_EVENT_ERROR, "user", 1 * 8 + 3},
	    {KASPER_EVENT_CRITICAL, "authpriv", 10 * 8 + 2},
	};

	fixture_listen(self, SOCK_DGRAM);
	g_object_set(self->notifier, "ident", "ods-enforcerd", NULL);
	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		g_object_set(self->notifier, "facility", table[i].facility, NULL);
		fixture_open(self);
		deliver_well(self, table[i].level, "text");
		assert_received(self,
				"<%u>Mar 16 11:39:05 ods-enforcerd[%d]: text",
				table[i].wanted,
				getpid());
	}
}

/* words of a registrar's cannot make a line of their own, nor talk to the terminal */
static void
test_syslog_clean(Fixture *self, gconstpointer data)
{
	fixture_listen(self, SOCK_DGRAM);
	fixture_open(self);
	deliver_well(self,
		     KASPER_EVENT_ERROR,
		     "a\tb\r\033[2Jc\xff"
		     "d\xe2\x80\xaez \xc3\xa4");
	assert_received(self,
			"<27>Mar 16 11:39:05 kasperd[%d]: a b\\x0d\\x1b[2Jc\xef\xbf\xbd"
			"d\\x202ez \xc3\xa4",
			getpid());
}

static void
test_syslog_long(Fixture *self, gconstpointer data)
{
	g_autofree gchar *text = g_strnfill(20000, 'x');
	gsize total = 0;

	fixture_listen(self, SOCK_DGRAM);
	fixture_open(self);
	/* a character of two octets must not be torn */
	memcpy(text + 6999, "\xc3\xa4", 2);
	deliver_well(self, KASPER_EVENT_INFO, text);
	for (guint i = 0; i < 3; i++) {
		g_autofree gchar *message = receive(self->fd);
		const gchar *line = strstr(message, "]: ") + 3;

		g_assert_true(g_utf8_validate(line, -1, NULL));
		g_assert_cmpuint(strlen(message), <, 8192);
		total += strlen(line);
	}
	g_assert_cmpuint(total, ==, 20000);
	assert_silence(self);
}

static void
test_syslog_journal(Fixture *self, gconstpointer data)
{
	fixture_listen(self, SOCK_DGRAM);
	g_object_set(self->notifier,
		     "transport",
		     "journal",
		     "journal-path",
		     self->path,
		     "path",
		     "/nowhere",
		     "facility",
		     "local3",
		     NULL);
	fixture_open(self);
	deliver_well(self, KASPER_EVENT_NOTICE, "one\ntwo=2");
	assert_received(self,
			"PRIORITY=5\nSYSLOG_FACILITY=19\nSYSLOG_PID=%d\nSYSLOG_IDENTIFIER=kasperd\n"
			"MESSAGE=one\nKASPER_EVENT=ds-set-changed\nKASPER_EVENT_ID=e-1\n"
			"KASPER_ZONE=example.org\nKASPER_KEY=a1b2\n",
			getpid());
	assert_received(self,
			"PRIORITY=5\nSYSLOG_FACILITY=19\nSYSLOG_PID=%d\nSYSLOG_IDENTIFIER=kasperd\n"
			"MESSAGE=two=2\nKASPER_EVENT=ds-set-changed\nKASPER_EVENT_ID=e-1\n"
			"KASPER_ZONE=example.org\nKASPER_KEY=a1b2\n",
			getpid());
	assert_silence(self);
}

/* some daemons keep a stream there */
static void
test_syslog_stream(Fixture *self, gconstpointer data)
{
	g_autofree gchar *wanted =
	    g_strdup_printf("<30>Mar 16 11:39:05 kasperd[%d]: one", getpid());
	gchar buffer[256];
	gssize n;
	int fd;

	fixture_listen(self, SOCK_STREAM);
	fixture_open(self);
	deliver_well(self, KASPER_EVENT_INFO, "one\none");
	fd = accept(self->fd, NULL, NULL);
	g_assert_cmpint(fd, >=, 0);
	n = recv(fd, buffer, sizeof buffer, 0);
	close(fd);
	g_assert_cmpint(n, ==, 2 * ((gssize)strlen(wanted) + 1));
	g_assert_cmpstr(buffer, ==, wanted);
	g_assert_cmpstr(buffer + strlen(wanted) + 1, ==, wanted);
}

/* --- faults --- */

static void
test_syslog_restarted(Fixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fixture_listen(self, SOCK_DGRAM);
	fixture_open(self);
	deliver_well(self, KASPER_EVENT_INFO, "before");
	fixture_hang_up(self);
	g_assert_false(deliver(self, KASPER_EVENT_INFO, "e-2", "meanwhile", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_nonnull(strstr(error->message, self->path));
	fixture_listen(self, SOCK_DGRAM);
	deliver_well(self, KASPER_EVENT_INFO, "after");
	assert_received(self, "<30>Mar 16 11:39:05 kasperd[%d]: after", getpid());
	/* this time nobody noticed */
	fixture_hang_up(self);
	fixture_listen(self, SOCK_DGRAM);
	deliver_well(self, KASPER_EVENT_INFO, "again");
	assert_received(self, "<30>Mar 16 11:39:05 kasperd[%d]: again", getpid());
}

static gboolean
deliver_impatiently(Fixture *self, const gchar *text, GError **error)
{
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	g_autoptr(KasperEvent) event =
	    kasper_event_new("key-active", KASPER_EVENT_INFO, 1237203545, NULL, NULL, text);

	kasper_event_set_id(event, "e-3");
	g_cancellable_cancel(cancellable);
	return kasper_notifier_deliver(self->notifier, event, cancellable, error);
}

/* It is full, and does not read: who waits for it can be called back, and the lines that were
 * taken are not said again. */
static void
test_syslog_full(Fixture *self, gconstpointer data)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	gboolean delivered = FALSE;
	guint n = 0;

	for (guint i = 0; i < 2000; i++)
		g_string_append_printf(text, "line %u\n", i);
	fixture_listen(self, SOCK_DGRAM);
	fixture_open(self);
	g_assert_false(deliver_impatiently(self, text->str, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	g_assert_nonnull(strstr(error->message, "full"));
	for (guint attempt = 0; n < 2000; attempt++) {
		gchar *message;

		g_assert_cmpuint(attempt, <, 2000);
		while ((message = receive(self->fd)) != NULL) {
			g_autofree gchar *end = g_strdup_printf("]: line %u", n++);

			g_assert_true(g_str_has_suffix(message, end));
			g_free(message);
		}
		if (!delivered)
			delivered = deliver_impatiently(self, text->str, NULL);
	}
	g_assert_true(delivered);
	/* an event of the same text is another one */
	deliver_well(self, KASPER_EVENT_INFO, "line 0");
	assert_received(self, "<30>Mar 16 11:39:05 kasperd[%d]: line 0", getpid());
}

static void
check_refused(Fixture *self, const gchar *name, const gchar *value, KasperError code)
{
	g_autofree gchar *before = NULL;
	g_autoptr(GError) error = NULL;

	g_object_get(self->notifier, name, &before, NULL);
	g_object_set(self->notifier, name, value, NULL);
	g_assert_false(kasper_plugin_open(KASPER_PLUGIN(self->notifier), NULL, &error));
	g_assert_error(error, KASPER_ERROR, (gint)code);
	g_assert_nonnull(strstr(error->message, value));
	g_object_set(self->notifier, name, before, NULL);
}

static void
test_syslog_settings(Fixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(deliver(self, KASPER_EVENT_INFO, "e-4", "text", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_TRY_AGAIN);
	fixture_listen(self, SOCK_DGRAM);
	check_refused(self, "facility", "local8", KASPER_ERROR_INVALID);
	check_refused(self, "ident", "two words", KASPER_ERROR_INVALID);
	check_refused(self, "ident", "", KASPER_ERROR_INVALID);
	check_refused(self, "ident", "a[1]:", KASPER_ERROR_INVALID);
	check_refused(self, "transport", "pigeon", KASPER_ERROR_INVALID);
	check_refused(self, "path", "/nonexistent/log", KASPER_ERROR_NOT_FOUND);
	fixture_open(self);
	deliver_well(self, KASPER_EVENT_INFO, "");
	assert_silence(self);
}

#define ADD(path, function)                                                                        \
	g_test_add("/notify-syslog/" path,                                                         \
		   Fixture,                                                                        \
		   NULL,                                                                           \
		   fixture_set_up,                                                                 \
		   function,                                                                       \
		   fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("lines", test_syslog_lines);
	ADD("priority", test_syslog_priority);
	ADD("clean", test_syslog_clean);
	ADD("long", test_syslog_long);
	ADD("journal", test_syslog_journal);
	ADD("stream", test_syslog_stream);
	ADD("restarted", test_syslog_restarted);
	ADD("full", test_syslog_full);
	ADD("settings", test_syslog_settings);
	return g_test_run();
}
