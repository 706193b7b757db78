/* SPDX-License-Identifier: BSD-2-Clause */
#include "background.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kasper-error.h"

/* the child's end of the pipe to the process that was started */
static gint kasperd_background_pipe = -1;

void
kasperd_background_keep_standard_files(void)
{
	gint fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void
kasperd_background_replace(gint first, gint last)
{
	gint null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (gint fd = first; null >= 0 && fd <= last; fd++)
		dup2(null, fd);
	if (null > last)
		close(null);
}

/* in the process that was started */
static void
kasperd_background_wait(gint fd, pid_t child)
{
	gchar byte;
	gssize length;
	gint status;

	do
		length = read(fd, &byte, 1);
	while (length < 0 && errno == EINTR);
	if (length == 1)
		_exit(EXIT_SUCCESS);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : EXIT_FAILURE);
}

gboolean
kasperd_background_enter(GError **error)
{
	gint fds[2];
	pid_t child;

	if (!g_unix_open_pipe(fds, FD_CLOEXEC, error))
		return FALSE;
	child = fork();
	if (child < 0) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "no process for the background: %s; --foreground needs none",
			    g_strerror(errno));
		close(fds[0]);
		close(fds[1]);
		return FALSE;
	}
	if (child > 0) {
		close(fds[1]);
		kasperd_background_wait(fds[0], child);
	}
	close(fds[0]);
	kasperd_background_pipe = fds[1];
	setsid();
	/* standard error stays until it is known that the daemon works */
	kasperd_background_replace(STDIN_FILENO, STDOUT_FILENO);
	return TRUE;
}

void
kasperd_background_ready(void)
{
	gssize length;

	if (kasperd_background_pipe < 0)
		return;
	kasperd_background_replace(STDERR_FILENO, STDERR_FILENO);
	do
		length = write(kasperd_background_pipe, "", 1);
	while (length < 0 && errno == EINTR);
	close(kasperd_background_pipe);
	kasperd_background_pipe = -1;
}
