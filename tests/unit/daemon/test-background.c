/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "background.h"

/* runs @work in a process of its own; gives its exit status */
static gint
status_of(void (*work)(void))
{
	gint status = -1;
	pid_t child = fork();

	if (child == 0) {
		work();
		_exit(99);
	}
	g_assert_cmpint(waitpid(child, &status, 0), ==, child);
	g_assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
become_ready(void)
{
	pid_t session = getsid(0);
	struct stat null, file;

	if (!kasperd_background_enter(NULL) || getsid(0) == session ||
	    stat("/dev/null", &null) != 0)
		_exit(1);
	for (gint fd = 0; fd < 2; fd++) {
		if (fstat(fd, &file) != 0 || file.st_rdev != null.st_rdev)
			_exit(2);
	}
	kasperd_background_ready();
	if (fstat(2, &file) != 0 || file.st_rdev != null.st_rdev)
		abort();
	_exit(0);
}

static void
fail_with_a_status(void)
{
	if (kasperd_background_enter(NULL))
		_exit(7);
}

static void
be_killed(void)
{
	if (kasperd_background_enter(NULL))
		raise(SIGKILL);
}

static void
end_early(void)
{
	if (kasperd_background_enter(NULL))
		_exit(0);
}

static void
test_background_status(void)
{
	g_assert_cmpint(status_of(become_ready), ==, 0);
	g_assert_cmpint(status_of(fail_with_a_status), ==, 7);
	g_assert_cmpint(status_of(be_killed), ==, 1);
	/* it ended before it was ready: that is no success, whatever it says */
	g_assert_cmpint(status_of(end_early), ==, 1);
}

static void
close_and_keep(void)
{
	gint fd;

	close(0);
	close(2);
	kasperd_background_keep_standard_files();
	fd = open("/dev/null", O_RDONLY);
	_exit(fd > 2 && fcntl(0, F_GETFD) == 0 && fcntl(2, F_GETFD) == 0 ? 0 : 1);
}

static void
test_background_standard_files(void)
{
	g_assert_cmpint(status_of(close_and_keep), ==, 0);
	/* in the foreground there is nobody to tell */
	kasperd_background_ready();
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/daemon/background/status", test_background_status);
	g_test_add_func("/daemon/background/standard-files", test_background_standard_files);
	return g_test_run();
}
