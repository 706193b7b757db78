/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-control-feed.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kasper-error.h"
#include "kasper-json.h"

struct _KasperControlFeed {
	gint fd;
	gsize limit;
	guint patience;
	GByteArray *waiting; /* what the socket did not take yet */
	guint64 n_dropped;   /* lines, since the reader was last told */
	guint watch;	     /* room in the socket, or the reader gone */
	guint timeout;	     /* runs while the reader takes nothing */
	gboolean is_over;
	GFunc done;
	gpointer user_data;
};

static const gchar *
kasper_control_level_to_string(KasperEventLevel level)
{
	switch (level) {
	case KASPER_EVENT_DEBUG:
		return "debug";
	case KASPER_EVENT_INFO:
		return "info";
	case KASPER_EVENT_NOTICE:
		return "notice";
	case KASPER_EVENT_WARNING:
		return "warning";
	case KASPER_EVENT_ERROR:
		return "error";
	case KASPER_EVENT_CRITICAL:
		return "critical";
	}
	g_assert_not_reached();
}

static void
kasper_control_row_add(GVariantBuilder *row, const gchar *name, const gchar *text)
{
	if (text == NULL)
		return;
	g_variant_builder_add(row,
			      "{sv}",
			      name,
			      g_variant_new_take_string(g_utf8_make_valid(text, -1)));
}

GVariant *
kasper_control_event_to_row(KasperEvent *event)
{
	GVariantBuilder row = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE_VARDICT);

	g_variant_builder_add(&row,
			      "{sv}",
			      "time",
			      g_variant_new_int64(kasper_event_get_time(event)));
	kasper_control_row_add(&row,
			       "level",
			       kasper_control_level_to_string(kasper_event_get_level(event)));
	kasper_control_row_add(&row, "name", kasper_event_get_name(event));
	kasper_control_row_add(&row, "zone", kasper_event_get_zone(event));
	kasper_control_row_add(&row, "cka_id", kasper_event_get_key_id(event));
	kasper_control_row_add(&row, "text", kasper_event_get_text(event));
	kasper_control_row_add(&row, "id", kasper_event_get_id(event));
	return g_variant_builder_end(&row);
}

static gboolean kasper_control_feed_on_ready(gint fd, GIOCondition condition, gpointer user_data);

static void
kasper_control_feed_end(KasperControlFeed *self)
{
	if (self->is_over)
		return;
	self->is_over = TRUE;
	self->done(self, self->user_data);
}

/* deferred, since whoever adds a line does not expect the feed to vanish under it */
static gboolean
kasper_control_feed_on_over(gpointer user_data)
{
	KasperControlFeed *self = user_data;

	self->timeout = 0;
	kasper_control_feed_end(self);
	return G_SOURCE_REMOVE;
}

static void
kasper_control_feed_set_timeout(KasperControlFeed *self, guint source)
{
	if (self->timeout != 0)
		g_source_remove(self->timeout);
	self->timeout = source;
}

/* with nothing to write the watch still says when the reader goes */
static void
kasper_control_feed_watch(KasperControlFeed *self)
{
	GIOCondition condition = G_IO_HUP | G_IO_ERR;

	if (self->waiting->len > 0)
		condition |= G_IO_OUT;
	if (self->watch != 0)
		g_source_remove(self->watch);
	self->watch = g_unix_fd_add(self->fd, condition, kasper_control_feed_on_ready, self);
}

static void
kasper_control_feed_write(KasperControlFeed *self)
{
	gssize n;

	do
		n = send(self->fd,
			 self->waiting->data,
			 self->waiting->len,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno != EAGAIN) {
		kasper_control_feed_set_timeout(self,
						g_idle_add(kasper_control_feed_on_over, self));
		return;
	}
	if (n > 0)
		g_byte_array_remove_range(self->waiting, 0, (guint)n);
	if (self->waiting->len == 0)
		kasper_control_feed_set_timeout(self, 0);
	else if (n > 0 || self->timeout == 0)
		kasper_control_feed_set_timeout(
		    self,
		    g_timeout_add_seconds(self->patience, kasper_control_feed_on_over, self));
}

static void
kasper_control_feed_tell_dropped(KasperControlFeed *self)
{
	g_autofree gchar *line = NULL;

	if (self->n_dropped == 0 || self->waiting->len > self->limit / 2)
		return;
	line = g_strdup_printf("{\"name\":\"dropped\",\"count\":%" G_GUINT64_FORMAT "}\n",
			       self->n_dropped);
	self->n_dropped = 0;
	g_byte_array_append(self->waiting, (const guint8 *)line, (guint)strlen(line));
}

static gboolean
kasper_control_feed_on_ready(gint fd, GIOCondition condition, gpointer user_data)
{
	KasperControlFeed *self = user_data;

	self->watch = 0;
	if ((condition & (G_IO_HUP | G_IO_ERR)) != 0) {
		kasper_control_feed_end(self);
		return G_SOURCE_REMOVE;
	}
	kasper_control_feed_write(self);
	kasper_control_feed_tell_dropped(self);
	kasper_control_feed_watch(self);
	return G_SOURCE_REMOVE;
}

KasperControlFeed *
kasper_control_feed_new(gint *ret_fd,
			gsize limit,
			guint patience,
			GFunc done,
			gpointer user_data,
			GError **error)
{
	KasperControlFeed *self;
	gint fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "open a stream of events: %s",
			    g_strerror(errno));
		return NULL;
	}
	self = g_new0(KasperControlFeed, 1);
	self->fd = fds[0];
	self->limit = limit;
	self->patience = patience;
	self->waiting = g_byte_array_new();
	self->done = done;
	self->user_data = user_data;
	kasper_control_feed_watch(self);
	*ret_fd = fds[1];
	return self;
}

void
kasper_control_feed_free(KasperControlFeed *self)
{
	if (self->watch != 0)
		g_source_remove(self->watch);
	kasper_control_feed_set_timeout(self, 0);
	close(self->fd);
	g_byte_array_unref(self->waiting);
	g_free(self);
}

void
kasper_control_feed_add(KasperControlFeed *self, const gchar *line, gsize length)
{
	if (self->is_over)
		return;
	if (self->waiting->len + length > self->limit || self->n_dropped > 0) {
		self->n_dropped++;
		kasper_control_feed_tell_dropped(self);
		return;
	}
	g_byte_array_append(self->waiting, (const guint8 *)line, (guint)length);
	kasper_control_feed_write(self);
	kasper_control_feed_watch(self);
}
