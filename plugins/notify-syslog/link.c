/* SPDX-License-Identifier: BSD-2-Clause */
#include "link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* a log that takes nothing for so long is not waited for */
#define PATIENCE_MS 5000

struct SyslogLink {
	gchar *path;
	int fd; /* -1: not connected */
	gboolean stream;
};

SyslogLink *
syslog_link_new(const gchar *path)
{
	SyslogLink *self = g_new0(SyslogLink, 1);

	self->path = g_strdup(path);
	self->fd = -1;
	return self;
}

static void
syslog_link_close(SyslogLink *self)
{
	if (self->fd >= 0)
		close(self->fd);
	self->fd = -1;
}

void
syslog_link_free(SyslogLink *self)
{
	if (self == NULL)
		return;
	syslog_link_close(self);
	g_free(self->path);
	g_free(self);
}

static gboolean
syslog_link_connect_as(SyslogLink *self, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (strlen(self->path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return FALSE;
	}
	strcpy(address.sun_path, self->path);
	self->fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (self->fd >= 0 && connect(self->fd, (struct sockaddr *)&address, sizeof address) == 0) {
		self->stream = type == SOCK_STREAM;
		return TRUE;
	}
	if (self->fd >= 0) {
		int code = errno;

		syslog_link_close(self);
		errno = code;
	}
	return FALSE;
}

/* some daemons have a stream there, as the C library knows, too */
static gboolean
syslog_link_connect(SyslogLink *self)
{
	return self->fd >= 0 || syslog_link_connect_as(self, SOCK_DGRAM) ||
	       (errno == EPROTOTYPE && syslog_link_connect_as(self, SOCK_STREAM));
}

/* until there is room; FALSE: there was none in time */
static gboolean
syslog_link_wait(SyslogLink *self, GCancellable *cancellable)
{
	struct pollfd fds[] = {
	    {.fd = self->fd, .events = POLLOUT},
	    {.fd = g_cancellable_get_fd(cancellable), .events = POLLIN},
	};
	int n;

	do
		n = poll(fds, G_N_ELEMENTS(fds), PATIENCE_MS);
	while (n < 0 && errno == EINTR);
	if (fds[1].fd >= 0)
		g_cancellable_release_fd(cancellable);
	errno = EAGAIN;
	return n > 0 && fds[0].revents != 0;
}

/* on a stream a message ends with a NUL */
static gboolean
syslog_link_write(SyslogLink *self, const gchar *text, GCancellable *cancellable)
{
	gsize length = strlen(text) + (self->stream ? 1 : 0);

	while (length > 0) {
		gssize n = send(self->fd, text, length, MSG_NOSIGNAL);

		if (n >= 0) {
			text += n;
			length -= (gsize)n;
		} else if (errno == EAGAIN || errno == ENOBUFS) {
			if (!syslog_link_wait(self, cancellable))
				return FALSE;
		} else if (errno != EINTR) {
			return FALSE;
		}
	}
	return TRUE;
}

/* a daemon that was restarted has a new socket of the same name */
static gboolean
syslog_link_is_broken(int code)
{
	return code == ECONNREFUSED || code == ECONNRESET || code == ENOTCONN || code == EPIPE ||
	       code == EDESTADDRREQ;
}

gboolean
syslog_link_send(SyslogLink *self, const gchar *text, GCancellable *cancellable, GError **error)
{
	gboolean was_open = self->fd >= 0;
	gboolean sent = syslog_link_connect(self) && syslog_link_write(self, text, cancellable);
	int code = errno;

	if (!sent && was_open && syslog_link_is_broken(code)) {
		syslog_link_close(self);
		sent = syslog_link_connect(self) && syslog_link_write(self, text, cancellable);
		code = errno;
	}
	if (sent)
		return TRUE;
	syslog_link_close(self);
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_TRY_AGAIN,
		    "the system log at %s takes nothing: %s",
		    self->path,
		    code == EAGAIN ? "it is full, and does not read" : g_strerror(code));
	return FALSE;
}
