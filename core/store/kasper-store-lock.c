/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/*
 * The lock is on the open file, not on its name or content: the kernel lets go of it when the
 * process ends, however it ends. The content is for people, and for the message of a second one.
 */

static gchar *
kasper_lock_dup_holder(gint fd)
{
	gchar text[300] = "";
	gssize length = pread(fd, text, sizeof text - 1, 0);

	if (length <= 0)
		return g_strdup("another process");
	g_strstrip(text);
	for (gchar *c = text; *c != '\0'; c++) {
		if (!g_ascii_isgraph(*c) && *c != ' ')
			return g_strdup("another process");
	}
	return text[0] != '\0' ? g_strdup(text) : g_strdup("another process");
}

static void
kasper_lock_sign(gint fd)
{
	g_autofree gchar *text =
	    g_strdup_printf("process %d on %s\n", (gint)getpid(), g_get_host_name());

	/* nothing depends on it, so nothing is done about a full disk here */
	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, strlen(text), 0) < 0)
		g_debug("the lock file could not be signed: %s", g_strerror(errno));
}

gint
kasper_store_lock(const gchar *path, GError **error)
{
	g_autofree gchar *name = g_strconcat(path, ".lock", NULL);
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	gint fd = g_open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	gint saved_errno = errno;

	if (fd < 0) {
		g_set_error(
		    error,
		    KASPER_ERROR,
		    kasper_database_get_code(saved_errno),
		    "%s: the lock file cannot be opened: %s: kasperd needs the right to write "
		    "this folder",
		    name,
		    g_strerror(saved_errno));
		return -1;
	}
	if (fcntl(fd, F_OFD_SETLK, &lock) == 0) {
		kasper_lock_sign(fd);
		return fd;
	}
	saved_errno = errno;
	if (saved_errno == EAGAIN || saved_errno == EACCES) {
		g_autofree gchar *holder = kasper_lock_dup_holder(fd);

		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_BUSY,
			    "%s is in use by %s",
			    path,
			    holder);
	} else {
		g_set_error(error,
			    KASPER_ERROR,
			    kasper_database_get_code(saved_errno),
			    "%s: it cannot be locked: %s",
			    name,
			    g_strerror(saved_errno));
	}
	close(fd);
	return -1;
}

/* the file stays: a name that is removed could be locked by two */
void
kasper_store_unlock(gint lock)
{
	if (lock < 0)
		return;
	if (ftruncate(lock, 0) != 0)
		g_debug("the lock file could not be emptied: %s", g_strerror(errno));
	close(lock);
}
