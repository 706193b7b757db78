/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-engine-rows-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/*
 * A list of all keys goes out through a pipe, from a thread that has its own connection to the
 * store, so that the engine is not held up by long lists or slow readers. While the reader keeps
 * up, the whole list is one consistent view. A view that stays open keeps the store from tidying
 * its log: when the reader stands still, it is given up, and the list goes on behind the last key
 * once the reader does.
 */

/* octets that are gathered before they are written; half of what a pipe holds */
#define STREAM_CHUNK 32768
#define STREAMS_MAX  16

/* a pause is short for a list and long for a program; somebody may have stopped to read a page */
static const KasperKeyStreamTimes kasper_key_stream_times = {1000, 10 * 60 * 1000};

typedef enum {
	KASPER_KEY_STREAM_FLOWS,
	KASPER_KEY_STREAM_STANDS, /* the reader takes nothing for now */
	KASPER_KEY_STREAM_GONE,
} KasperKeyStreamState;

typedef struct {
	gchar *path;
	KasperKeyQuery query;
	gint fd;
	KasperKeyStreamTimes times;
	GByteArray *row;
	GByteArray *waiting;
	gboolean is_begun; /* the first row is shown at once */
	KasperKeyStreamState state;
} KasperKeyStream;

static gint kasper_key_streams;

static void
kasper_key_stream_free(KasperKeyStream *self)
{
	close(self->fd);
	kasper_key_query_clear(&self->query);
	g_byte_array_unref(self->row);
	g_byte_array_unref(self->waiting);
	g_free(self->path);
	g_free(self);
}

static KasperKeyStreamState
kasper_key_stream_await_room(KasperKeyStream *self, gint patience)
{
	struct pollfd poller = {.fd = self->fd, .events = POLLOUT};
	gint n;

	do
		n = poll(&poller, 1, patience);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return KASPER_KEY_STREAM_STANDS;
	return n > 0 ? KASPER_KEY_STREAM_FLOWS : KASPER_KEY_STREAM_GONE;
}

/* writes what waits; @patience: milliseconds for each piece */
static KasperKeyStreamState
kasper_key_stream_flush(KasperKeyStream *self, gint patience)
{
	KasperKeyStreamState state = KASPER_KEY_STREAM_FLOWS;
	gsize done = 0;

	while (state == KASPER_KEY_STREAM_FLOWS && done < self->waiting->len) {
		gssize n = write(self->fd, self->waiting->data + done, self->waiting->len - done);

		if (n > 0)
			done += (gsize)n;
		else if (n < 0 && errno == EAGAIN)
			state = kasper_key_stream_await_room(self, patience);
		else if (n < 0 && errno != EINTR)
			state = KASPER_KEY_STREAM_GONE;
	}
	g_byte_array_remove_range(self->waiting, 0, (guint)done);
	return state;
}

static void
kasper_key_stream_put_length(KasperKeyStream *self, guint32 length)
{
	guint32 octets = GUINT32_TO_LE(length);

	g_byte_array_append(self->waiting, (const guint8 *)&octets, sizeof octets);
}

static gboolean
kasper_key_stream_add(const KasperKeyRow *row, gpointer data)
{
	KasperKeyStream *self = data;

	kasper_key_row_write(row, self->row);
	kasper_key_stream_put_length(self, self->row->len);
	g_byte_array_append(self->waiting, self->row->data, self->row->len);
	self->query.filter.after = row->cursor;
	if (self->is_begun && self->waiting->len < STREAM_CHUNK)
		return TRUE;
	self->is_begun = TRUE;
	self->state = kasper_key_stream_flush(self, self->times.pause);
	return self->state == KASPER_KEY_STREAM_FLOWS;
}

/* FALSE with an error: the list could not be read; without one: its reader has gone */
static gboolean
kasper_key_stream_write_all(KasperKeyStream *self, GError **error)
{
	g_autoptr(KasperStoreReader) reader = kasper_store_reader_open(self->path, error);

	if (reader == NULL)
		return FALSE;
	do {
		self->state = KASPER_KEY_STREAM_FLOWS;
		if (!kasper_store_reader_each_key(reader,
						  &self->query.filter,
						  kasper_key_stream_add,
						  self,
						  error))
			return FALSE;
		if (self->state == KASPER_KEY_STREAM_FLOWS)
			break;
		if (self->state == KASPER_KEY_STREAM_STANDS)
			self->state = kasper_key_stream_flush(self, self->times.patience);
	} while (self->state == KASPER_KEY_STREAM_FLOWS);
	if (self->state != KASPER_KEY_STREAM_FLOWS)
		return FALSE;
	/* only now is nothing missing */
	kasper_key_stream_put_length(self, 0);
	return kasper_key_stream_flush(self, self->times.patience) == KASPER_KEY_STREAM_FLOWS;
}

static gpointer
kasper_key_stream_run(gpointer data)
{
	KasperKeyStream *self = data;
	g_autoptr(GError) error = NULL;
	sigset_t all;

	/* a pipe without a reader is an error of write(), and other signals are for other threads
	 */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	if (!kasper_key_stream_write_all(self, &error) && error != NULL)
		g_warning("a list of keys broke off: %s", error->message);
	kasper_key_stream_free(self);
	g_atomic_int_add(&kasper_key_streams, -1);
	return NULL;
}

static gboolean
kasper_key_stream_launch(KasperKeyStream *self, GError **error)
{
	g_autoptr(GError) error_local = NULL;
	GThread *thread;

	if (g_atomic_int_add(&kasper_key_streams, 1) >= STREAMS_MAX) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_BUSY,
			    "%d lists of keys are being read already; wait for one of them to end",
			    STREAMS_MAX);
	} else if (!g_unix_set_fd_nonblocking(self->fd, TRUE, &error_local) ||
		   (thread =
			g_thread_try_new("key-list", kasper_key_stream_run, self, &error_local)) ==
		       NULL) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "list keys: %s",
			    error_local->message);
	} else {
		g_thread_unref(thread);
		return TRUE;
	}
	g_atomic_int_add(&kasper_key_streams, -1);
	return FALSE;
}

guint
kasper_key_stream_count(void)
{
	return (guint)g_atomic_int_get(&kasper_key_streams);
}

gboolean
kasper_key_stream_start(const gchar *path,
			KasperKeyQuery *query,
			gint fd,
			const KasperKeyStreamTimes *times,
			GError **error)
{
	KasperKeyStream *self = g_new0(KasperKeyStream, 1);

	self->path = g_strdup(path);
	self->query = *query;
	self->query.filter.brief = TRUE;
	*query = (KasperKeyQuery){{NULL}};
	self->fd = fd;
	self->times = *times;
	self->row = g_byte_array_sized_new(512);
	self->waiting = g_byte_array_sized_new(STREAM_CHUNK + 1024);
	if (kasper_key_stream_launch(self, error))
		return TRUE;
	kasper_key_stream_free(self);
	return FALSE;
}

/**
 * kasper_engine_stream_keys: (skip)
 * @self: an engine
 * @filter: a{sv}, as kasper_engine_list_keys() takes it
 * @fd: a pipe or socket, which is closed at the end, or at once on an error
 * @error: return location for a #GError, or %NULL
 *
 * Writes all keys that the filter lets pass to @fd, from a thread of its own: each as its length
 * (32 bits, little-endian) and the row, serialized in little-endian order. A length of 0 at the end
 * says that nothing is missing; where it does not come, the list broke off. A reader that takes
 * nothing for ten minutes is cut off.
 *
 * Errors: as kasper_engine_list_keys(); %KASPER_ERROR_BUSY if too many lists are being read
 *
 * Returns: whether rows will come
 *
 * Since: 0.1
 */
gboolean
kasper_engine_stream_keys(KasperEngine *self, GVariant *filter, gint fd, GError **error)
{
	g_auto(KasperKeyQuery) query = {{NULL}};

	if (!kasper_key_query_parse(&query, self, filter, error)) {
		close(fd);
		return FALSE;
	}
	return kasper_key_stream_start(kasper_store_get_path(self->store),
				       &query,
				       fd,
				       &kasper_key_stream_times,
				       error);
}
