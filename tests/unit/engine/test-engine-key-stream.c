/* SPDX-License-Identifier: BSD-2-Clause */
#include "rows-fixture.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* milliseconds: longer than any test lasts, and as short as can be */
#define LONG  (1000 * 1000)
#define SHORT 1

static const KasperKeyStreamTimes patient = {LONG, LONG};
static const KasperKeyStreamTimes pausing = {SHORT, LONG};
static const KasperKeyStreamTimes impatient = {SHORT, SHORT};

/* rows that do not fit into a pipe by far */
#define MANY 2000

/* the read end of a list of keys */
static gint
start(RowsFixture *fixture, const KasperKeyStreamTimes *times)
{
	g_auto(KasperKeyQuery) query = {{NULL}};
	g_autoptr(GError) error = NULL;
	gint fds[2];

	g_assert_cmpint(pipe2(fds, O_CLOEXEC), ==, 0);
	g_assert_true(kasper_key_stream_start(fixture->store.path, &query, fds[1], times, &error));
	g_assert_no_error(error);
	return fds[0];
}

/* FALSE at the end of the file */
static gboolean
read_exactly(gint fd, gpointer data, gsize length)
{
	gsize done = 0;

	while (done < length) {
		gssize n = read(fd, (guint8 *)data + done, length - done);

		g_assert_cmpint(n, >=, 0);
		if (n == 0)
			return FALSE;
		done += (gsize)n;
	}
	return TRUE;
}

/* NULL: that was all; @ret_whole: whether the stream said so */
static GVariant *
read_row(gint fd, gboolean *ret_whole)
{
	guint32 length;
	guint8 *octets;

	*ret_whole = FALSE;
	if (!read_exactly(fd, &length, sizeof length))
		return NULL;
	length = GUINT32_FROM_LE(length);
	if (length == 0) {
		*ret_whole = TRUE;
		g_assert_false(read_exactly(fd, &length, 1));
		return NULL;
	}
	octets = g_malloc(length);
	if (!read_exactly(fd, octets, length)) {
		g_free(octets);
		return NULL;
	}
	return g_variant_ref_sink(g_variant_new_from_data(G_VARIANT_TYPE(KASPER_KEY_ROW_TYPE),
							  octets,
							  length,
							  FALSE,
							  g_free,
							  octets));
}

static guint
count_rows(gint fd, gboolean *ret_whole)
{
	guint n = 0;

	while (TRUE) {
		g_autoptr(GVariant) row = read_row(fd, ret_whole);

		if (row == NULL)
			return n;
		g_assert_true(g_variant_is_normal_form(row));
		n++;
	}
}

static void
fill(RowsFixture *fixture, guint n_zones)
{
	KasperTransaction *transaction = store_fixture_begin(&fixture->store);

	for (guint i = 0; i < n_zones; i++) {
		g_autofree gchar *name = g_strdup_printf("zone-%05u.example", i);
		gint64 zone = store_fixture_add_zone(&fixture->store, name);

		store_fixture_make_pair(&fixture->store);
		store_fixture_give_key(&fixture->store, zone, KASPER_ROLE_CSK, FALSE);
	}
	store_fixture_commit(transaction);
}

/* the stream has what the pages have, in the same order */
static void
test_same_as_pages(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) filter = rows_filter("");
	g_autoptr(GVariant) page = NULL;
	gboolean whole;
	gint64 next;
	gint fd;

	rows_fixture_fill(fixture);
	page = g_variant_ref_sink(
	    kasper_engine_list_keys(fixture->engine, filter, 0, 100, &next, NULL));
	fd = start(fixture, &patient);
	for (gsize i = 0; i < g_variant_n_children(page); i++) {
		g_autoptr(GVariant) wanted = g_variant_get_child_value(page, i);
		g_autoptr(GVariant) row = read_row(fd, &whole);

		g_assert_true(g_variant_equal(row, wanted));
	}
	g_assert_null(read_row(fd, &whole));
	g_assert_true(whole);
	close(fd);
}

static void
test_empty(RowsFixture *fixture, gconstpointer data)
{
	gint fd = start(fixture, &patient);
	gboolean whole;

	g_assert_cmpuint(count_rows(fd, &whole), ==, 0);
	g_assert_true(whole);
	close(fd);
}

static void
test_many(RowsFixture *fixture, gconstpointer data)
{
	gboolean whole;
	gint fd;

	fill(fixture, MANY);
	fd = start(fixture, &patient);
	g_assert_cmpuint(count_rows(fd, &whole), ==, MANY);
	g_assert_true(whole);
	close(fd);
}

/* the filter goes through the public function, which also takes a socket for an answer */
static void
test_filter(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) filter = rows_filter("'keytype': <'CSK'>");
	g_autoptr(GError) error = NULL;
	gboolean whole;
	gint fds[2];

	rows_fixture_fill(fixture);
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
	g_assert_true(kasper_engine_stream_keys(fixture->engine, filter, fds[1], &error));
	g_assert_no_error(error);
	g_assert_cmpuint(count_rows(fds[0], &whole), ==, 1);
	g_assert_true(whole);
	close(fds[0]);
}

/* whoever waits at the other end is not left waiting */
static void
test_refused(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) filter = rows_filter("'zone': <'c.example'>");
	g_autoptr(GError) error = NULL;
	guint8 octet;
	gint fds[2];

	g_assert_cmpint(pipe2(fds, O_CLOEXEC), ==, 0);
	g_assert_false(kasper_engine_stream_keys(fixture->engine, filter, fds[1], &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_cmpint(read(fds[0], &octet, 1), ==, 0);
	close(fds[0]);
}

/* waits until @fd has what a pipe holds: its writer can only wait from here on */
static void
await_full(gint fd)
{
	gint held = 0, capacity = fcntl(fd, F_GETPIPE_SZ);

	/* the last piece fits only if there is room for all of a small one */
	while (held < capacity - PIPE_BUF) {
		g_assert_cmpint(ioctl(fd, FIONREAD, &held), ==, 0);
		g_thread_yield();
	}
}

/* waits until all streams have ended */
static void
await_end(void)
{
	while (kasper_key_stream_count() > 0)
		g_thread_yield();
}

/* can the store's log be emptied, or does somebody hold on to it? */
static gboolean
empty_log(RowsFixture *fixture)
{
	sqlite3 *database = NULL;
	gint rc;

	g_assert_cmpint(sqlite3_open(fixture->store.path, &database), ==, SQLITE_OK);
	/* a connection that has read nothing does not know yet that there is a log */
	g_assert_cmpint(sqlite3_exec(database, "SELECT one FROM store", NULL, NULL, NULL),
			==,
			SQLITE_OK);
	rc = sqlite3_wal_checkpoint_v2(database, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_close(database);
	return rc == SQLITE_OK;
}

static void
delete_zone(RowsFixture *fixture, const gchar *name)
{
	KasperTransaction *transaction = store_fixture_begin(&fixture->store);
	g_auto(KasperZoneRow) row = {0};

	g_assert_true(kasper_store_find_zone(fixture->store.store, name, &row, NULL));
	g_assert_true(kasper_store_delete_zone(fixture->store.store, row.number, NOW, NULL));
	store_fixture_commit(transaction);
}

static void
assert_sorted(gint fd, guint wanted)
{
	g_autoptr(GString) last = g_string_new("");
	gboolean whole = FALSE;
	guint n = 0;

	while (TRUE) {
		g_autoptr(GVariant) row = read_row(fd, &whole);
		const gchar *zone;

		if (row == NULL)
			break;
		g_variant_get_child(row, 0, "&s", &zone);
		g_assert_cmpstr(last->str, <, zone);
		g_string_assign(last, zone);
		n++;
	}
	g_assert_true(whole);
	g_assert_cmpuint(n, ==, wanted);
}

/* a reader that keeps up sees the keys as they were when the list began */
static void
test_view(RowsFixture *fixture, gconstpointer data)
{
	gint fd;

	fill(fixture, MANY);
	fd = start(fixture, &patient);
	await_full(fd);
	delete_zone(fixture, "zone-01999.example");
	g_assert_false(empty_log(fixture));
	assert_sorted(fd, MANY);
	close(fd);
}

/* one that pauses does not hold up the store; the list goes on behind where it was, none twice */
static void
test_reader_pauses(RowsFixture *fixture, gconstpointer data)
{
	gint fd;

	fill(fixture, MANY);
	fd = start(fixture, &pausing);
	await_full(fd);
	delete_zone(fixture, "zone-00000.example");
	delete_zone(fixture, "zone-01999.example");
	while (!empty_log(fixture))
		g_thread_yield();
	assert_sorted(fd, MANY - 1);
	close(fd);
}

/* what is cut off does not look complete */
static void
test_reader_stands(RowsFixture *fixture, gconstpointer data)
{
	gboolean whole;
	gint fd;

	fill(fixture, MANY);
	fd = start(fixture, &impatient);
	await_full(fd);
	await_end();
	g_assert_cmpuint(count_rows(fd, &whole), <, MANY);
	g_assert_false(whole);
	close(fd);
}

/* a reader that goes away costs neither the process nor a thread */
static void
test_reader_goes(RowsFixture *fixture, gconstpointer data)
{
	gboolean whole;
	gint fd;

	fill(fixture, MANY);
	signal(SIGPIPE, SIG_DFL);
	fd = start(fixture, &patient);
	await_full(fd);
	close(fd);
	await_end();
	fd = start(fixture, &patient);
	g_assert_cmpuint(count_rows(fd, &whole), ==, MANY);
	close(fd);
}

static void
test_too_many(RowsFixture *fixture, gconstpointer data)
{
	g_autoptr(GVariant) filter = rows_filter("");
	g_autoptr(GError) error = NULL;
	GArray *open = g_array_new(FALSE, FALSE, sizeof(gint));
	guint8 octet;
	gint fds[2];

	fill(fixture, MANY);
	await_end();
	while (TRUE) {
		g_assert_cmpint(pipe2(fds, O_CLOEXEC), ==, 0);
		if (!kasper_engine_stream_keys(fixture->engine, filter, fds[1], &error))
			break;
		g_array_append_val(open, fds[0]);
		g_assert_cmpuint(open->len, <, 1000);
	}
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_BUSY);
	g_assert_cmpint(read(fds[0], &octet, 1), ==, 0);
	close(fds[0]);
	for (guint i = 0; i < open->len; i++)
		close(g_array_index(open, gint, i));
	g_array_unref(open);
	await_end();
}

/* the store is gone: no row, and no end that would make that an answer */
static void
test_no_store(RowsFixture *fixture, gconstpointer data)
{
	g_auto(KasperKeyQuery) query = {{NULL}};
	gboolean whole;
	gint fds[2];

	g_assert_cmpint(pipe2(fds, O_CLOEXEC), ==, 0);
	g_assert_true(
	    kasper_key_stream_start("/nonexistent/state.db", &query, fds[1], &patient, NULL));
	g_assert_cmpuint(count_rows(fds[0], &whole), ==, 0);
	g_assert_false(whole);
	close(fds[0]);
}

int
main(int argc, char **argv)
{
	rows_test_init(&argc, &argv);
	ROWS_TEST("/engine/stream/same-as-pages", test_same_as_pages);
	ROWS_TEST("/engine/stream/empty", test_empty);
	ROWS_TEST("/engine/stream/many", test_many);
	ROWS_TEST("/engine/stream/filter", test_filter);
	ROWS_TEST("/engine/stream/refused", test_refused);
	ROWS_TEST("/engine/stream/view", test_view);
	ROWS_TEST("/engine/stream/reader-pauses", test_reader_pauses);
	ROWS_TEST("/engine/stream/reader-stands", test_reader_stands);
	ROWS_TEST("/engine/stream/reader-goes", test_reader_goes);
	ROWS_TEST("/engine/stream/too-many", test_too_many);
	ROWS_TEST("/engine/stream/no-store", test_no_store);
	return g_test_run();
}
