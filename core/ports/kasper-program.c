/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kasper-error.h"
#include "kasper-program-private.h"

#define DEFAULT_LIMIT ((gsize)1 << 16)
/* between the request to end and the end without asking */
#define GRACE G_USEC_PER_SEC

/* what the service manager told the daemon, and nobody else */
static const gchar *const private_variables[] = {
    "CREDENTIALS_DIRECTORY",
    "JOURNAL_STREAM",
    "LISTEN_FDNAMES",
    "LISTEN_FDS",
    "LISTEN_PID",
    "NOTIFY_SOCKET",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
};

/**
 * kasper_program_parse: (skip)
 * @command: a program and its arguments, as a configuration file has them
 * @error: return location
 *
 * Splits a command at blanks. Quotation marks and backslashes keep blanks as they do in a shell;
 * nothing else of a shell is there: no variables, no pipes, no patterns. The program has to be
 * named by its absolute path.
 *
 * Returns: (transfer full): its arguments, the program first; NULL: %KASPER_ERROR_INVALID
 *
 * Since: 0.1
 */
gchar **
kasper_program_parse(const gchar *command, GError **error)
{
	g_auto(GStrv) argv = NULL;
	g_autoptr(GError) error_local = NULL;

	g_return_val_if_fail(command != NULL, NULL);

	if (!g_shell_parse_argv(command, NULL, &argv, &error_local)) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "\"%s\" is no command: %s",
			    command,
			    error_local->message);
		return NULL;
	}
	if (!g_path_is_absolute(argv[0])) {
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_INVALID,
			    "\"%s\": the program needs its absolute path, such as /usr/sbin/%s",
			    command,
			    argv[0]);
		return NULL;
	}
	return g_steal_pointer(&argv);
}

static void
kasper_program_set_error(GError **error, const gchar *path, int code)
{
	const gchar *what = g_strerror(code);
	KasperError kind = KASPER_ERROR_TRY_AGAIN;

	if (code == ENOENT || code == ENOTDIR) {
		kind = KASPER_ERROR_NOT_FOUND;
		what = "it, or the interpreter in its first line, does not exist; put it there, or "
		       "correct its path in conf.xml";
	} else if (code == EACCES || code == EPERM) {
		kind = KASPER_ERROR_AUTH;
		what = "it may not be executed; try chmod a+x, and look whether its folders can be "
		       "entered";
	} else if (code == ENOEXEC) {
		kind = KASPER_ERROR_INVALID;
		what = "it is no program; a script needs a first line such as #!/bin/sh";
	}
	g_set_error(error, KASPER_ERROR, kind, "%s cannot be run: %s", path, what);
}

/**
 * kasper_program_check: (skip)
 * @argv: as kasper_program_parse() gives it
 * @error: return location
 *
 * Whether there is such a program that this process may run, as far as one can see without
 * running it.
 *
 * Returns: whether there is; if not, the error of kasper_program_run()
 *
 * Since: 0.1
 */
gboolean
kasper_program_check(const gchar *const *argv, GError **error)
{
	g_return_val_if_fail(argv != NULL && argv[0] != NULL, FALSE);

	if (g_file_test(argv[0], G_FILE_TEST_IS_DIR))
		kasper_program_set_error(error, argv[0], EACCES);
	else if (access(argv[0], X_OK) != 0)
		kasper_program_set_error(error, argv[0], errno);
	else
		return TRUE;
	return FALSE;
}

static gchar **
kasper_program_dup_environment(const KasperProgram *self)
{
	gchar **environment = g_get_environ();

	for (gsize i = 0; i < G_N_ELEMENTS(private_variables); i++)
		environment = g_environ_unsetenv(environment, private_variables[i]);
	for (gsize i = 0; self->environment != NULL && self->environment[i] != NULL; i++) {
		g_auto(GStrv) pair = g_strsplit(self->environment[i], "=", 2);

		environment = g_environ_setenv(environment, pair[0], pair[1], TRUE);
	}
	return environment;
}

/* --- start --- */

static void
kasper_program_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void
kasper_program_process_clear(KasperProgramProcess *self)
{
	kasper_program_close(&self->pid_fd);
	kasper_program_close(&self->input_fd);
	kasper_program_close(&self->input_read_fd);
	kasper_program_close(&self->output.fd);
	kasper_program_close(&self->errors.fd);
	g_clear_pointer(&self->output.octets, g_byte_array_unref);
	g_clear_pointer(&self->errors.octets, g_byte_array_unref);
	g_clear_pointer(&self->input, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperProgramProcess, kasper_program_process_clear)

static void
kasper_program_process_init(KasperProgramProcess *self, const KasperProgram *program)
{
	gsize limit = program->output_limit > 0 ? program->output_limit : DEFAULT_LIMIT;

	self->pid_fd = self->input_fd = self->input_read_fd = -1;
	self->output = (KasperProgramStream){-1, limit, g_byte_array_new()};
	self->errors = (KasperProgramStream){-1, limit, g_byte_array_new()};
	self->input =
	    program->input != NULL ? g_bytes_ref(program->input) : g_bytes_new_static("", 0);
}

/* our ends do not block; those of the program do, as it expects */
static gboolean
kasper_program_open_pipes(KasperProgramProcess *self, int child_fds[2], GError **error)
{
	int input[2] = {-1, -1}, output[2] = {-1, -1}, errors[2] = {-1, -1};
	gboolean opened = pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0 &&
			  pipe2(errors, O_CLOEXEC) == 0;

	if (!opened)
		g_set_error(error,
			    KASPER_ERROR,
			    KASPER_ERROR_TRY_AGAIN,
			    "no pipe can be made: %s",
			    g_strerror(errno));
	self->input_read_fd = input[0];
	self->input_fd = input[1];
	self->output.fd = output[0];
	self->errors.fd = errors[0];
	child_fds[0] = output[1];
	child_fds[1] = errors[1];
	return opened && fcntl(self->input_fd, F_SETFL, O_NONBLOCK) == 0 &&
	       fcntl(self->output.fd, F_SETFL, O_NONBLOCK) == 0 &&
	       fcntl(self->errors.fd, F_SETFL, O_NONBLOCK) == 0;
}

/* a group of its own, no signal blocked or ignored, no file of ours but the three */
static int
kasper_program_spawn(const KasperProgram *program, const int fds[3], pid_t *ret_pid)
{
	g_auto(GStrv) environment = kasper_program_dup_environment(program);
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int code;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	for (int i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&actions, fds[i], i);
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes,
				 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
				     POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	code = posix_spawn(ret_pid,
			   program->argv[0],
			   &actions,
			   &attributes,
			   (char *const *)program->argv,
			   environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return code;
}

static gboolean
kasper_program_start(const KasperProgram *program, KasperProgramProcess *self, GError **error)
{
	int child_fds[2] = {-1, -1};
	int code = 0;

	if (kasper_program_open_pipes(self, child_fds, error)) {
		const int fds[3] = {self->input_read_fd, child_fds[0], child_fds[1]};

		code = kasper_program_spawn(program, fds, &self->pid);
		if (code != 0)
			kasper_program_set_error(error, program->argv[0], code);
	}
	kasper_program_close(&child_fds[0]);
	kasper_program_close(&child_fds[1]);
	if (self->pid <= 0 || code != 0)
		return FALSE;
	self->pid_fd = pidfd_open(self->pid, 0);
	if (self->pid_fd >= 0)
		return TRUE;
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_UNKNOWN_OUTCOME,
		    "%s was ended as soon as it ran, for nobody could wait for it: %s",
		    program->argv[0],
		    g_strerror(errno));
	kill(-self->pid, SIGKILL);
	waitid(P_PID, (id_t)self->pid, NULL, WEXITED);
	return FALSE;
}

/* --- end --- */

static void
kasper_program_take_status(KasperProgramProcess *self, KasperProgramEnd *ret_end)
{
	siginfo_t info = {0};
	int code;

	do
		code = waitid(P_PID, (id_t)self->pid, &info, WEXITED);
	while (code < 0 && errno == EINTR);
	ret_end->status = -1;
	if (code == 0 && info.si_code == CLD_EXITED)
		ret_end->status = info.si_status;
	else if (code == 0)
		ret_end->signal = info.si_status;
}

/* the whole group: who asks a program to end does not want to keep what it started, either. The
 * program has not been waited for, so that its number is still its own */
static void
kasper_program_kill(KasperProgramProcess *self)
{
	kill(-self->pid, SIGTERM);
	kasper_program_process_pump(self, g_get_monotonic_time() + GRACE, NULL);
	kill(-self->pid, SIGKILL);
}

static gsize
kasper_program_count_unread(const KasperProgramProcess *self)
{
	int waiting = 0;

	if (ioctl(self->input_read_fd, FIONREAD, &waiting) != 0)
		waiting = 0;
	return g_bytes_get_size(self->input) - self->written + (gsize)waiting;
}

/**
 * kasper_program_run: (skip)
 * @self: a program
 * @ret_end: (out): how it ended
 * @cancellable: (nullable): ends it early
 * @error: return location
 *
 * Runs a program and waits for its end, and for nobody else: a process that it leaves behind, even
 * one that holds its output open, does not hold us up. Memory does not grow with what it says. It
 * may close its input or never read it.
 *
 * A deadline that passes is an end, and no error. Then, and when @cancellable is cancelled, the
 * process group gets a SIGTERM, and a second later a SIGKILL.
 *
 * May be called from any thread; does not need a main loop.
 *
 * Returns: whether it ran to an end. %KASPER_ERROR_NOT_FOUND, %KASPER_ERROR_AUTH or
 * %KASPER_ERROR_INVALID: it cannot be run as it is, nothing happened; %KASPER_ERROR_TRY_AGAIN: the
 * system has no room for it now; %KASPER_ERROR_UNKNOWN_OUTCOME: it was cancelled
 *
 * Since: 0.1
 */
gboolean
kasper_program_run(const KasperProgram *self,
		   KasperProgramEnd *ret_end,
		   GCancellable *cancellable,
		   GError **error)
{
	g_auto(KasperProgramProcess) process = {0};
	gint64 deadline = g_get_monotonic_time() + (gint64)self->deadline * G_USEC_PER_SEC;
	gboolean ended;

	g_return_val_if_fail(self->argv != NULL && self->argv[0] != NULL, FALSE);

	kasper_program_process_init(&process, self);
	if (!kasper_program_start(self, &process, error))
		return FALSE;
	memset(ret_end, 0, sizeof *ret_end);
	ended = process.pid_fd >= 0 && kasper_program_process_pump(&process, deadline, cancellable);
	if (!ended)
		kasper_program_kill(&process);
	kasper_program_take_status(&process, ret_end);
	ret_end->unread = kasper_program_count_unread(&process);
	ret_end->output = kasper_program_stream_to_text(&process.output);
	ret_end->errors = kasper_program_stream_to_text(&process.errors);
	ret_end->late = !ended;
	if (ended || !g_cancellable_is_cancelled(cancellable))
		return TRUE;
	kasper_program_end_clear(ret_end);
	g_set_error(error,
		    KASPER_ERROR,
		    KASPER_ERROR_UNKNOWN_OUTCOME,
		    "%s was ended before it had done its work",
		    self->argv[0]);
	return FALSE;
}
