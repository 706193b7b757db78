/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-program-private.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define CHUNK ((gsize)1 << 16)
/* what a pipe may still hold when its writer has ended; more comes from somebody else */
#define LEFTOVER ((gsize)1 << 17)

static void
kasper_program_stream_add(KasperProgramStream *self, const guint8 *octets, gsize length)
{
	g_byte_array_append(self->octets, octets, (guint)length);
	/* not each time, but when it is worth the copying */
	if (self->octets->len > 2 * self->limit)
		g_byte_array_remove_range(self->octets, 0, self->octets->len - (guint)self->limit);
}

/* one read; gives how many octets came, 0 if there are none now or any more */
static gsize
kasper_program_stream_read(KasperProgramStream *self)
{
	guint8 chunk[CHUNK];
	gssize n;

	if (self->fd < 0)
		return 0;
	do
		n = read(self->fd, chunk, sizeof chunk);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		kasper_program_stream_add(self, chunk, (gsize)n);
		return (gsize)n;
	}
	if (n == 0 || errno != EAGAIN) {
		close(self->fd);
		self->fd = -1;
	}
	return 0;
}

static void
kasper_program_stream_drain(KasperProgramStream *self)
{
	gsize n, total = 0;

	while (total < LEFTOVER && (n = kasper_program_stream_read(self)) > 0)
		total += n;
}

gchar *
kasper_program_stream_to_text(const KasperProgramStream *self)
{
	const GByteArray *octets = self->octets;
	guint skip = octets->len > self->limit ? octets->len - (guint)self->limit : 0;
	g_autofree gchar *valid = NULL;
	GString *text = g_string_sized_new(octets->len - skip);

	if (octets->len == 0)
		return g_string_free(text, FALSE);
	valid = g_utf8_make_valid((const gchar *)octets->data + skip, octets->len - skip);
	for (const gchar *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c == '\n' || g_unichar_isprint(c))
			g_string_append_unichar(text, c);
		else if (c == '\t')
			g_string_append_c(text, ' ');
		else if (c != '\r')
			g_string_append_printf(text, "\\x%02x", c);
	}
	return g_string_free(text, FALSE);
}

static void
kasper_program_process_feed(KasperProgramProcess *self)
{
	gsize length;
	const guint8 *octets = g_bytes_get_data(self->input, &length);
	gssize n = 0;

	if (self->written < length)
		n = write(self->input_fd, octets + self->written, length - self->written);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	self->written += n > 0 ? (gsize)n : 0;
	if (n >= 0 && self->written < length)
		return;
	/* the end of the input, as the program will see it */
	close(self->input_fd);
	self->input_fd = -1;
}

static int
kasper_program_get_timeout(gint64 deadline)
{
	gint64 left = deadline - g_get_monotonic_time();

	if (deadline < 0)
		return -1;
	return left <= 0 ? 0 : (int)MIN((left + 999) / 1000, G_MAXINT);
}

gboolean
kasper_program_process_pump(KasperProgramProcess *self, gint64 deadline, GCancellable *cancellable)
{
	struct pollfd fds[] = {
	    {.fd = self->pid_fd, .events = POLLIN},
	    {.fd = g_cancellable_get_fd(cancellable), .events = POLLIN},
	    {.events = POLLIN},
	    {.events = POLLIN},
	    {.events = POLLOUT},
	};
	gboolean ended = FALSE;

	for (;;) {
		int n;

		fds[2].fd = self->output.fd;
		fds[3].fd = self->errors.fd;
		fds[4].fd = self->input_fd;
		n = poll(fds, G_N_ELEMENTS(fds), kasper_program_get_timeout(deadline));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (fds[4].revents != 0)
			kasper_program_process_feed(self);
		if (fds[2].revents != 0)
			kasper_program_stream_read(&self->output);
		if (fds[3].revents != 0)
			kasper_program_stream_read(&self->errors);
		ended = fds[0].revents != 0;
		if (ended || fds[1].revents != 0)
			break;
		/* who writes without end must not keep us from looking at the clock */
		if (deadline >= 0 && g_get_monotonic_time() >= deadline)
			break;
	}
	if (fds[1].fd >= 0)
		g_cancellable_release_fd(cancellable);
	/* whoever holds the pipes longer than the program lived is not waited for */
	if (ended) {
		kasper_program_stream_drain(&self->output);
		kasper_program_stream_drain(&self->errors);
	}
	return ended;
}
