/* SPDX-License-Identifier: BSD-2-Clause */
#include "kasper-program.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kasper-error.h"

/* nothing in these tests may take as long as this many seconds, but for what hangs on purpose */
#define PATIENCE 60

/* runs @script with sh; NULL: it could not be run */
static gboolean
run(const gchar *script, const gchar *input, KasperProgramEnd *ret_end)
{
	const gchar *const argv[] = {"/bin/sh", "-c", script, "sh", NULL};
	g_autoptr(GBytes) bytes = input != NULL ? g_bytes_new_static(input, strlen(input)) : NULL;
	const KasperProgram program = {.argv = argv, .input = bytes, .deadline = PATIENCE};
	g_autoptr(GError) error = NULL;
	gboolean ran = kasper_program_run(&program, ret_end, NULL, &error);

	g_assert_no_error(error);
	/* whatever it started and waited for is gone, and so is the program */
	g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
	g_assert_cmpint(errno, ==, ECHILD);
	return ran;
}

static void
test_program_parse(void)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) argv = kasper_program_parse("/bin/a  'b c' \"d e\" f\\ g $HOME *;|", &error);
	const gchar *const wanted[] = {"/bin/a", "b c", "d e", "f g", "$HOME", "*;|", NULL};

	g_assert_no_error(error);
	g_assert_cmpstrv(argv, wanted);
	g_assert_null(kasper_program_parse("/bin/a 'b", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_clear_error(&error);
	g_assert_null(kasper_program_parse("", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_clear_error(&error);
	g_assert_null(kasper_program_parse("relative/program", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
}

static void
test_program_status(void)
{
	g_auto(KasperProgramEnd) good = {0};
	g_auto(KasperProgramEnd) bad = {0};
	g_auto(KasperProgramEnd) killed = {0};
	g_autofree gchar *text = NULL;

	g_assert_true(run("cat; echo so what >&2", "in", &good));
	g_assert_cmpint(good.status, ==, 0);
	g_assert_cmpint(good.signal, ==, 0);
	g_assert_false(good.late);
	g_assert_cmpuint(good.unread, ==, 0);
	g_assert_cmpstr(good.output, ==, "in");
	g_assert_cmpstr(good.errors, ==, "so what\n");
	g_assert_true(run("echo no such domain; exit 3", NULL, &bad));
	g_assert_cmpint(bad.status, ==, 3);
	text = kasper_program_end_to_text(&bad);
	g_assert_cmpstr(text, ==, "exit status 3: no such domain");
	g_assert_true(run("kill -9 $$", NULL, &killed));
	g_assert_cmpint(killed.status, ==, -1);
	g_assert_cmpint(killed.signal, ==, SIGKILL);
}

/* an argument is an argument, whatever is in it */
static void
test_program_no_shell(void)
{
	const gchar *const argv[] = {"/bin/echo", "$(id)", "; exit 7", "`id`", "a b", NULL};
	const KasperProgram program = {.argv = argv, .deadline = PATIENCE};
	g_auto(KasperProgramEnd) end = {0};
	g_autoptr(GError) error = NULL;

	g_assert_true(kasper_program_run(&program, &end, NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(end.output, ==, "$(id) ; exit 7 `id` a b\n");
}

static void
test_program_environment(void)
{
	const gchar *const argv[] = {"/usr/bin/env", NULL};
	const gchar *const environment[] = {"KASPER_ZONE=a=b c", "EMPTY=", NULL};
	const KasperProgram program = {argv, environment, NULL, PATIENCE, 0};
	g_auto(KasperProgramEnd) end = {0};
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) lines = NULL;

	g_setenv("NOTIFY_SOCKET", "/run/private", TRUE);
	g_setenv("CREDENTIALS_DIRECTORY", "/run/secret", TRUE);
	g_setenv("KASPER_TEST_INHERITED", "yes", TRUE);
	g_assert_true(kasper_program_run(&program, &end, NULL, &error));
	g_assert_no_error(error);
	lines = g_strsplit(end.output, "\n", -1);
	g_assert_true(g_strv_contains((const gchar *const *)lines, "KASPER_ZONE=a=b c"));
	g_assert_true(g_strv_contains((const gchar *const *)lines, "EMPTY="));
	g_assert_true(g_strv_contains((const gchar *const *)lines, "KASPER_TEST_INHERITED=yes"));
	g_assert_null(strstr(end.output, "/run/private"));
	g_assert_null(strstr(end.output, "/run/secret"));
}

/* no descriptor of ours but the three, a group of its own, and signals as usual */
static void
test_program_isolation(void)
{
	g_auto(KasperProgramEnd) end = {0};
	g_auto(GStrv) words = NULL;
	g_autofree gchar *own_group = g_strdup_printf("%d", getpgrp());
	int leak = dup(0); /* without O_CLOEXEC */

	signal(SIGPIPE, SIG_IGN);
	g_assert_true(run("ls /proc/$$/fd | tr '\\n' ,; echo;"
			  "cut -d' ' -f5 /proc/$$/stat; sed -n 's/^SigIgn:\\s*//p' /proc/$$/status",
			  NULL,
			  &end));
	signal(SIGPIPE, SIG_DFL);
	close(leak);
	words = g_strsplit(end.output, "\n", -1);
	g_assert_cmpstr(words[0], ==, "0,1,2,");
	g_assert_cmpstr(words[1], !=, own_group);
	/* 32 and 33 are the C library's own */
	g_assert_cmphex(g_ascii_strtoull(words[2], NULL, 16) & 0x7fffffff, ==, 0);
}

static void
test_program_unread(void)
{
	g_auto(KasperProgramEnd) none = {0};
	g_auto(KasperProgramEnd) half = {0};
	g_auto(KasperProgramEnd) closed = {0};
	g_autofree gchar *large = g_strnfill(1 << 20, 'x');
	g_auto(KasperProgramEnd) big = {0};
	g_auto(KasperProgramEnd) whole = {0};

	g_assert_true(run("exit 0", "one\ntwo\n", &none));
	g_assert_cmpuint(none.unread, ==, 8);
	g_assert_true(run("read line; echo $line", "one\ntwo\n", &half));
	g_assert_cmpuint(half.unread, ==, 4);
	g_assert_cmpstr(half.output, ==, "one\n");
	g_assert_true(run("exec <&-; exit 4", "one\n", &closed));
	g_assert_cmpuint(closed.unread, ==, 4);
	g_assert_cmpint(closed.status, ==, 4);
	/* more than a pipe holds, and nobody to take it */
	g_assert_true(run("exec <&-; echo done", large, &big));
	g_assert_cmpuint(big.unread, ==, 1 << 20);
	g_assert_cmpstr(big.output, ==, "done\n");
	/* /dev/stdin is the same as the standard input */
	g_assert_true(run("wc -c < /dev/stdin", large, &whole));
	g_assert_cmpuint(whole.unread, ==, 0);
	g_assert_cmpstr(whole.output, ==, "1048576\n");
}

/* 300 MB go by, and the end of them is kept */
static void
test_program_talks_without_end(void)
{
	g_auto(KasperProgramEnd) end = {0};
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	g_assert_true(
	    run("head -c 300000000 /dev/zero | tr '\\0' y; echo; echo last words", NULL, &end));
	getrusage(RUSAGE_SELF, &after);
	g_assert_cmpint(end.status, ==, 0);
	g_assert_cmpuint(strlen(end.output), <=, 1 << 16);
	g_assert_true(g_str_has_suffix(end.output, "yyy\nlast words\n"));
	g_assert_cmpint(after.ru_maxrss - before.ru_maxrss, <, 20000);
}

static void
test_program_text_is_clean(void)
{
	g_auto(KasperProgramEnd) end = {0};
	g_autofree gchar *text = NULL;

	g_assert_true(
	    run("printf '\\033]0;title\\007a\\tb\\r\\n\\377\\376\\000z' >&2; exit 1", NULL, &end));
	g_assert_true(g_utf8_validate(end.errors, -1, NULL));
	g_assert_null(strchr(end.errors, '\033'));
	g_assert_null(strchr(end.errors, '\007'));
	text = kasper_program_end_to_text(&end);
	g_assert_true(g_str_has_prefix(text, "exit status 1: \\x1b]0;title\\x07a b "));
	g_assert_null(strchr(text, '\n'));
}

typedef struct {
	gchar *folder;
	gchar *path; /* a file that a script makes */
} Fixture;

static void
fixture_set_up(Fixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	self->folder = g_dir_make_tmp("kasper-program-XXXXXX", &error);
	g_assert_no_error(error);
	self->path = g_build_filename(self->folder, "file", NULL);
}

static void
fixture_tear_down(Fixture *self, gconstpointer data)
{
	g_unlink(self->path);
	g_assert_cmpint(g_rmdir(self->folder), ==, 0);
	g_free(self->folder);
	g_free(self->path);
}

static pid_t
read_pid(const gchar *path)
{
	g_autofree gchar *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return (pid_t)g_ascii_strtoll(text, NULL, 10);
}

/* a process that is gone, or waits for somebody else to fetch it */
static gboolean
is_gone(pid_t pid)
{
	g_autofree gchar *path = g_strdup_printf("/proc/%d/stat", pid);
	g_autofree gchar *text = NULL;

	return !g_file_get_contents(path, &text, NULL, NULL) || strstr(text, ") Z ") != NULL;
}

/* it ignores the request to end, and so does its child; both are gone afterwards */
static void
test_program_late(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *script =
	    g_strdup_printf("trap '' TERM; sleep 1000 & echo $! > %s; echo waiting; "
			    "while :; do sleep 1000; done",
			    fixture->path);
	const gchar *const argv[] = {"/bin/sh", "-c", script, NULL};
	const KasperProgram program = {.argv = argv, .deadline = 1};
	g_auto(KasperProgramEnd) end = {0};
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;

	g_assert_true(kasper_program_run(&program, &end, NULL, &error));
	g_assert_no_error(error);
	g_assert_true(end.late);
	g_assert_cmpint(end.status, ==, -1);
	g_assert_cmpint(end.signal, ==, SIGKILL);
	g_assert_cmpstr(end.output, ==, "waiting\n");
	while (!is_gone(read_pid(fixture->path)))
		g_thread_yield();
	text = kasper_program_end_to_text(&end);
	g_assert_nonnull(strstr(text, "in time"));
}

/* the one that it leaves behind holds all its pipes, and neither ends nor holds us up */
static void
test_program_leaves_a_daemon(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *script =
	    g_strdup_printf("setsid sleep 1000 & echo $! > %s; echo started", fixture->path);
	g_auto(KasperProgramEnd) end = {0};
	gint64 start = g_get_monotonic_time();
	pid_t pid;

	g_assert_true(run(script, NULL, &end));
	g_assert_cmpint(end.status, ==, 0);
	g_assert_cmpstr(end.output, ==, "started\n");
	g_assert_cmpint(g_get_monotonic_time() - start, <, 30 * G_USEC_PER_SEC);
	pid = read_pid(fixture->path);
	g_assert_false(is_gone(pid));
	g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
}

static gpointer
cancel_when_it_runs(gpointer data)
{
	Fixture *fixture = ((gpointer *)data)[0];

	while (!g_file_test(fixture->path, G_FILE_TEST_EXISTS))
		g_thread_yield();
	g_cancellable_cancel(((gpointer *)data)[1]);
	return NULL;
}

static void
test_program_cancelled(Fixture *fixture, gconstpointer data)
{
	g_autofree gchar *script = g_strdup_printf("echo > %s; exec sleep 1000", fixture->path);
	const gchar *const argv[] = {"/bin/sh", "-c", script, NULL};
	const KasperProgram program = {.argv = argv, .deadline = PATIENCE};
	g_autoptr(GCancellable) cancellable = g_cancellable_new();
	gpointer both[] = {fixture, cancellable};
	GThread *thread = g_thread_new("cancel", cancel_when_it_runs, both);
	g_auto(KasperProgramEnd) end = {0};
	g_autoptr(GError) error = NULL;

	g_assert_false(kasper_program_run(&program, &end, cancellable, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_UNKNOWN_OUTCOME);
	g_assert_null(end.output);
	g_thread_join(thread);
	g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1);
}

static void
check_cannot_run(const gchar *path, KasperError code, gboolean seen_by_check)
{
	const gchar *const argv[] = {path, NULL};
	const KasperProgram program = {.argv = argv, .deadline = PATIENCE};
	KasperProgramEnd end = {0};
	g_autoptr(GError) error = NULL;

	g_assert_false(kasper_program_run(&program, &end, NULL, &error));
	g_assert_error(error, KASPER_ERROR, (gint)code);
	g_assert_nonnull(strstr(error->message, path));
	g_clear_error(&error);
	g_assert_cmpint(kasper_program_check(argv, &error), ==, !seen_by_check);
	if (seen_by_check)
		g_assert_error(error, KASPER_ERROR, (gint)code);
}

static void
test_program_cannot_run(Fixture *fixture, gconstpointer data)
{
	check_cannot_run(fixture->path, KASPER_ERROR_NOT_FOUND, TRUE);
	check_cannot_run("/dev/null/program", KASPER_ERROR_NOT_FOUND, TRUE);
	check_cannot_run(fixture->folder, KASPER_ERROR_AUTH, TRUE);
	g_assert_true(g_file_set_contents(fixture->path, "#!/nonexistent/sh\n", -1, NULL));
	g_assert_cmpint(g_chmod(fixture->path, 0644), ==, 0);
	check_cannot_run(fixture->path, KASPER_ERROR_AUTH, TRUE);
	g_assert_cmpint(g_chmod(fixture->path, 0755), ==, 0);
	check_cannot_run(fixture->path, KASPER_ERROR_NOT_FOUND, FALSE);
	g_assert_true(g_file_set_contents(fixture->path, "echo no first line\n", -1, NULL));
	g_assert_cmpint(g_chmod(fixture->path, 0755), ==, 0);
	check_cannot_run(fixture->path, KASPER_ERROR_INVALID, FALSE);
}

#define ADD(path, function)                                                                        \
	g_test_add(path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/program/parse", test_program_parse);
	g_test_add_func("/program/status", test_program_status);
	g_test_add_func("/program/no-shell", test_program_no_shell);
	g_test_add_func("/program/environment", test_program_environment);
	g_test_add_func("/program/isolation", test_program_isolation);
	g_test_add_func("/program/unread", test_program_unread);
	g_test_add_func("/program/talks-without-end", test_program_talks_without_end);
	g_test_add_func("/program/text-is-clean", test_program_text_is_clean);
	ADD("/program/late", test_program_late);
	ADD("/program/leaves-a-daemon", test_program_leaves_a_daemon);
	ADD("/program/cancelled", test_program_cancelled);
	ADD("/program/cannot-run", test_program_cannot_run);
	return g_test_run();
}
