/* SPDX-License-Identifier: BSD-2-Clause */
#include "notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static gchar *kasperd_notify_path;

void
kasperd_notify_open(void)
{
	g_free(kasperd_notify_path);
	kasperd_notify_path = g_strdup(g_getenv("NOTIFY_SOCKET"));
	g_unsetenv("NOTIFY_SOCKET");
}

/* FALSE if the path is none that a UNIX socket can have */
static gboolean
kasperd_notify_fill_address(struct sockaddr_un *address, socklen_t *ret_length)
{
	gsize length = strlen(kasperd_notify_path);

	if ((kasperd_notify_path[0] != '/' && kasperd_notify_path[0] != '@') ||
	    length >= sizeof address->sun_path)
		return FALSE;
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(address->sun_path, kasperd_notify_path, length);
	/* an abstract name starts with a zero, and its length is part of it */
	if (address->sun_path[0] == '@')
		address->sun_path[0] = '\0';
	*ret_length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return TRUE;
}

void
kasperd_notify(const gchar *state)
{
	struct sockaddr_un address;
	socklen_t length;
	gint fd;

	if (kasperd_notify_path == NULL || !kasperd_notify_fill_address(&address, &length))
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, length) < 0)
		g_debug("%s: %s", kasperd_notify_path, g_strerror(errno));
	close(fd);
}

/* the time lets a service manager tell this reload from the one before */
void
kasperd_notify_reloading(void)
{
	g_autofree gchar *state = g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
						  g_get_monotonic_time());

	kasperd_notify(state);
}
