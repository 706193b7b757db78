/* SPDX-License-Identifier: BSD-2-Clause */
#include "pid-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kasper-error.h"

struct _KasperdPidFile {
	gchar *path;
	gint fd;
};

static gboolean
kasperd_pid_file_fail(const gchar *path, const gchar *what, GError **error)
{
	gint saved_errno = errno;

	g_set_error(error,
		    KASPER_ERROR,
		    saved_errno == EACCES || saved_errno == EPERM ? KASPER_ERROR_AUTH
								  : KASPER_ERROR_TRY_AGAIN,
		    "%s: the pid file cannot be %s: %s; Enforcer/PidFile in conf.xml says where "
		    "it is",
		    path,
		    what,
		    g_strerror(saved_errno));
	return FALSE;
}

static void
kasperd_pid_file_set_busy(const gchar *path, gint fd, GError **error)
{
	gchar text[32] = "";
	gssize length = pread(fd, text, sizeof text - 1, 0);
	gint64 pid = length > 0 ? g_ascii_strtoll(text, NULL, 10) : 0;
	g_autofree gchar *process = pid > 0 ? g_strdup_printf("process %" G_GINT64_FORMAT, pid)
					    : g_strdup("a process that is just starting");

	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_BUSY,
		    "kasperd runs already: %s on %s has %s; stop it first, or give this one a "
		    "configuration of its own",
		    process,
		    g_get_host_name(),
		    path);
}

/* 1: locked; 0: whoever had it has removed it meanwhile; -1: error */
static gint
kasperd_pid_file_try_lock(KasperdPidFile *self, GError **error)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat opened, named;

	self->fd = g_open(self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (self->fd < 0) {
		kasperd_pid_file_fail(self->path, "opened", error);
		return -1;
	}
	if (fcntl(self->fd, F_OFD_SETLK, &lock) != 0) {
		if (errno == EAGAIN || errno == EACCES)
			kasperd_pid_file_set_busy(self->path, self->fd, error);
		else
			kasperd_pid_file_fail(self->path, "locked", error);
		return -1;
	}
	if (fstat(self->fd, &opened) == 0 && lstat(self->path, &named) == 0 &&
	    opened.st_dev == named.st_dev && opened.st_ino == named.st_ino)
		return 1;
	close(self->fd);
	self->fd = -1;
	return 0;
}

KasperdPidFile *
kasperd_pid_file_lock(const gchar *path, uid_t owner, gid_t group, GError **error)
{
	KasperdPidFile *self = g_new0(KasperdPidFile, 1);
	gint locked;

	self->path = g_strdup(path);
	do
		locked = kasperd_pid_file_try_lock(self, error);
	while (locked == 0);
	if (locked > 0 && geteuid() == 0 && fchown(self->fd, owner, group) != 0) {
		kasperd_pid_file_fail(path, "given to its owner", error);
		locked = -1;
	}
	if (locked > 0)
		return self;
	if (self->fd >= 0)
		close(self->fd);
	g_free(self->path);
	g_free(self);
	return NULL;
}

gboolean
kasperd_pid_file_write(KasperdPidFile *self, GError **error)
{
	g_autofree gchar *text = g_strdup_printf("%d\n", (gint)getpid());

	if (ftruncate(self->fd, 0) == 0 &&
	    pwrite(self->fd, text, strlen(text), 0) == (gssize)strlen(text))
		return TRUE;
	return kasperd_pid_file_fail(self->path, "written", error);
}

void
kasperd_pid_file_free(KasperdPidFile *self)
{
	if (self == NULL)
		return;
	/* before the lock goes, lest the file of the next one is removed */
	if (g_unlink(self->path) != 0 && ftruncate(self->fd, 0) != 0)
		g_debug("%s: %s", self->path, g_strerror(errno));
	close(self->fd);
	g_free(self->path);
	g_free(self);
}
