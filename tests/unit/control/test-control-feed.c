/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-feed.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

/* seconds that no test comes near */
#define PATIENCE 3600

typedef struct {
	KasperControlFeed *feed; /* NULL once it is over */
	gint fd;
	guint n_over;
} Fixture;

static void
on_over(gpointer feed, gpointer user_data)
{
	Fixture *fixture = user_data;

	g_assert_true(feed == fixture->feed);
	kasper_control_feed_free(feed);
	fixture->feed = NULL;
	fixture->n_over++;
}

static void
start(Fixture *fixture, gsize limit, guint patience)
{
	g_autoptr(GError) error = NULL;

	*fixture = (Fixture){.fd = -1};
	fixture->feed =
	    kasper_control_feed_new(&fixture->fd, limit, patience, on_over, fixture, &error);
	g_assert_no_error(error);
}

static void
stop(Fixture *fixture)
{
	g_clear_pointer(&fixture->feed, kasper_control_feed_free);
	if (fixture->fd >= 0)
		close(fixture->fd);
}

static void
add(Fixture *fixture, const gchar *line)
{
	kasper_control_feed_add(fixture->feed, line, strlen(line));
}

static void
iterate(void)
{
	while (g_main_context_iteration(NULL, FALSE))
		;
}

/* all that comes, while the feed is given time to write, until nothing comes any more */
static void
read_all(Fixture *fixture, GString *out)
{
	struct pollfd poller = {.fd = fixture->fd, .events = POLLIN};
	gchar buffer[4096];

	iterate();
	while (poll(&poller, 1, 0) > 0) {
		gssize n = read(fixture->fd, buffer, sizeof buffer);

		if (n <= 0)
			return;
		g_string_append_len(out, buffer, n);
		iterate();
	}
}

static void
test_lines(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Fixture fixture;

	start(&fixture, 1000, PATIENCE);
	add(&fixture, "one\n");
	add(&fixture, "two\n");
	read_all(&fixture, out);
	g_assert_cmpstr(out->str, ==, "one\ntwo\n");
	stop(&fixture);
}

/* what a reader does not take is kept to a limit; what was left out is counted, and told */
static void
test_slow(void)
{
	g_autofree gchar *fill = g_strnfill(999, 'x');
	g_autofree gchar *line = g_strconcat(fill, "\n", NULL);
	g_autoptr(GString) out = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;
	Fixture fixture;
	guint n_lines = 2000, n_got = 0;
	guint64 n_dropped = 0;

	start(&fixture, 64 * 1024, PATIENCE);
	for (guint i = 0; i < n_lines; i++)
		add(&fixture, line);
	read_all(&fixture, out);
	add(&fixture, "last\n");
	read_all(&fixture, out);
	lines = g_strsplit(out->str, "\n", -1);
	for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
		if (strcmp(lines[i], fill) == 0)
			n_got++;
		else if (g_str_has_prefix(lines[i], "{\"name\":\"dropped\",\"count\":"))
			n_dropped += g_ascii_strtoull(strrchr(lines[i], ':') + 1, NULL, 10);
		else
			g_assert_cmpstr(lines[i], ==, "last");
	}
	g_assert_cmpuint(n_got, <, n_lines);
	g_assert_cmpuint(n_got + n_dropped, ==, n_lines);
	g_assert_true(g_str_has_suffix(out->str, "last\n"));
	g_assert_cmpuint(fixture.n_over, ==, 0);
	stop(&fixture);
}

static void
test_reader_goes(void)
{
	Fixture fixture;

	start(&fixture, 1000, PATIENCE);
	close(fixture.fd);
	fixture.fd = -1;
	while (fixture.n_over == 0)
		g_main_context_iteration(NULL, TRUE);
	g_assert_null(fixture.feed);
	g_assert_cmpuint(fixture.n_over, ==, 1);
}

/* ... while somebody adds lines: no signal, no feed that vanishes under the caller */
static void
test_reader_goes_in_between(void)
{
	Fixture fixture;

	start(&fixture, 1000, PATIENCE);
	add(&fixture, "one\n");
	close(fixture.fd);
	fixture.fd = -1;
	for (guint i = 0; i < 10; i++) {
		add(&fixture, "two\n");
		g_assert_nonnull(fixture.feed);
	}
	while (fixture.n_over == 0)
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpuint(fixture.n_over, ==, 1);
}

/* who takes nothing for as long as is allowed, here not at all, is cut off */
static void
test_reader_stands(void)
{
	g_autofree gchar *fill = g_strnfill(1000, 'x');
	Fixture fixture;

	start(&fixture, 1024 * 1024, 0);
	for (guint i = 0; i < 1000; i++)
		add(&fixture, fill);
	while (fixture.n_over == 0)
		g_main_context_iteration(NULL, TRUE);
	g_assert_null(fixture.feed);
	stop(&fixture);
}

static void
test_row(void)
{
	g_autoptr(KasperEvent) event = kasper_event_new("key-active",
							KASPER_EVENT_WARNING,
							1700000000,
							"a.example",
							NULL,
							"so");
	g_autoptr(GVariant) row = NULL;
	g_autoptr(GVariant) wanted = g_variant_ref_sink(
	    g_variant_new_parsed("{'time': <int64 1700000000>, 'level': <'warning'>, 'name': "
				 "<'key-active'>, 'zone': <'a.example'>, 'text': <'so'>, "
				 "'id': <'1-2-3'>}"));

	kasper_event_set_id(event, "1-2-3");
	row = g_variant_ref_sink(kasper_control_event_to_row(event));
	g_assert_true(g_variant_equal(row, wanted));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/control/feed/lines", test_lines);
	g_test_add_func("/control/feed/slow", test_slow);
	g_test_add_func("/control/feed/reader-goes", test_reader_goes);
	g_test_add_func("/control/feed/reader-goes-in-between", test_reader_goes_in_between);
	g_test_add_func("/control/feed/reader-stands", test_reader_stands);
	g_test_add_func("/control/feed/row", test_row);
	return g_test_run();
}
