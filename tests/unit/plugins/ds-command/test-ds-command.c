/* SPDX-License-Identifier: BSD-2-Clause */
#include "ds-command.h"

#include <glib/gstdio.h>
#include <string.h>

/* A parent: two programs, "submit" and "retract", which put aside what they are given, each call
 * under the next number, and end as the file of their name and ".status" says. */
typedef struct {
	gchar *folder;
	KasperDsChannel *channel;
} Fixture;

static const gchar program_text[] = "#!/bin/sh\n"
				    "n=$(ls \"$0\".call.* 2>/dev/null | wc -l)\n"
				    "cat > \"$0.call.$n\"\n"
				    "env | grep ^KASPER_ | sort > \"$0.env\"\n"
				    "printf '%s\\n' \"$0\" \"$@\" > \"$0.argv\"\n"
				    "[ ! -e \"$0.say\" ] || cat \"$0.say\"\n"
				    "exit \"$(cat \"$0.status\")\"\n";

static gchar *
fixture_get_path(Fixture *self, const gchar *name)
{
	return g_build_filename(self->folder, name, NULL);
}

static void
fixture_write(Fixture *self, const gchar *name, const gchar *text)
{
	g_autofree gchar *path = fixture_get_path(self, name);
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(path, text, -1, &error));
	g_assert_no_error(error);
	g_assert_cmpint(g_chmod(path, 0755), ==, 0);
}

static gchar *
fixture_read(Fixture *self, const gchar *name)
{
	g_autofree gchar *path = fixture_get_path(self, name);
	gchar *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

static void
fixture_assert_call(Fixture *self, const gchar *program, guint number, const gchar *wanted)
{
	g_autofree gchar *name = g_strdup_printf("%s.call.%u", program, number);
	g_autofree gchar *text = fixture_read(self, name);

	g_assert_cmpstr(text, ==, wanted);
}

static void
fixture_set_up(Fixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	self->folder = g_dir_make_tmp("kasper-ds-XXXXXX", &error);
	g_assert_no_error(error);
	fixture_write(self, "submit", program_text);
	fixture_write(self, "retract", program_text);
	fixture_write(self, "submit.status", "0");
	fixture_write(self, "retract.status", "0");
}

static void
fixture_tear_down(Fixture *self, gconstpointer data)
{
	g_autoptr(GDir) folder = g_dir_open(self->folder, 0, NULL);
	const gchar *name;

	if (self->channel != NULL) {
		kasper_plugin_close(KASPER_PLUGIN(self->channel));
		g_assert_finalize_object(self->channel);
	}
	while ((name = g_dir_read_name(folder)) != NULL) {
		g_autofree gchar *path = fixture_get_path(self, name);

		g_assert_cmpint(g_unlink(path), ==, 0);
	}
	g_assert_cmpint(g_rmdir(self->folder), ==, 0);
	g_free(self->folder);
}

/* the two commands by their file name and what follows it; NULL: not set */
static gboolean
fixture_open(Fixture *self,
	     const gchar *submit,
	     const gchar *retract,
	     const gchar *mode,
	     GError **error)
{
	g_autofree gchar *submit_path = submit != NULL ? fixture_get_path(self, submit) : NULL;
	g_autofree gchar *retract_path = retract != NULL ? fixture_get_path(self, retract) : NULL;

	g_clear_object(&self->channel);
	self->channel = g_object_new(DS_TYPE_COMMAND,
				     "submit-command",
				     submit_path,
				     "retract-command",
				     retract_path,
				     "mode",
				     mode,
				     NULL);
	return kasper_plugin_open(KASPER_PLUGIN(self->channel), NULL, error);
}

static void
fixture_open_well(Fixture *self, const gchar *submit, const gchar *retract, const gchar *mode)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(fixture_open(self, submit, retract, mode, &error));
	g_assert_no_error(error);
}

static KasperDsKey *
make_key(gchar name)
{
	g_autofree gchar *id = g_strdup_printf("%c%c01", name, name);
	g_autofree gchar *dnskey = g_strdup_printf("example.org. 3600 IN DNSKEY 257 3 13 %c", name);
	g_autofree gchar *ds = g_strdup_printf("example.org. 3600 IN DS 1 13 2 %c", name);
	const gchar *const ds_lines[] = {ds, "example.org. 3600 IN DS 1 13 4 more", NULL};
	g_autoptr(GBytes) public_key = g_bytes_new(&name, 1);

	return kasper_ds_key_new(id, (guint)name, 257, 13, public_key, dnskey, ds_lines);
}

/* @wanted, @seen: a letter for each key */
static KasperDsRequest *
make_request(const gchar *operation, const gchar *wanted, const gchar *seen, guint attempt)
{
	KasperDsRequest *request = kasper_ds_request_new(
	    "example.org",
	    operation,
	    *wanted == '\0' ? KASPER_DS_PHASE_GO_INSECURE : KASPER_DS_PHASE_SWAP,
	    attempt,
	    NULL);

	for (; *wanted != '\0'; wanted++) {
		g_autoptr(KasperDsKey) key = make_key(*wanted);

		kasper_ds_request_add_wanted(request, key);
	}
	for (; *seen != '\0'; seen++) {
		g_autoptr(KasperDsKey) key = make_key(*seen);

		kasper_ds_request_add_seen(request, key);
	}
	return request;
}

static KasperDsStatus
submit(Fixture *self, const gchar *wanted, const gchar *seen, gchar **ret_text)
{
	g_autoptr(KasperDsRequest) request = make_request("op-1", wanted, seen, 1);
	g_autoptr(GError) error = NULL;
	g_autoptr(KasperDsAnswer) answer =
	    kasper_ds_channel_submit_set(self->channel, request, NULL, &error);

	g_assert_no_error(error);
	if (ret_text != NULL)
		*ret_text = g_strdup(kasper_ds_answer_get_text(answer));
	return kasper_ds_answer_get_status(answer);
}

/* --- what the programs are given --- */

static void
test_ds_command_whole_set(Fixture *self, gconstpointer data)
{
	g_autofree gchar *argv = NULL;
	g_autofree gchar *wanted_argv = g_strdup_printf("%s/submit\n--zone\na b\n", self->folder);

	fixture_open_well(self, "submit --zone 'a b'", NULL, NULL);
	g_assert_cmpint(submit(self, "BC", "A", NULL), ==, KASPER_DS_STATUS_DONE);
	fixture_assert_call(self,
			    "submit",
			    0,
			    "example.org. 3600 IN DNSKEY 257 3 13 B \n"
			    "example.org. 3600 IN DNSKEY 257 3 13 C \n");
	fixture_assert_call(self, "submit", 1, NULL);
	argv = fixture_read(self, "submit.argv");
	g_assert_cmpstr(argv, ==, wanted_argv);
}

static void
test_ds_command_whole_set_cka_id(Fixture *self, gconstpointer data)
{
	g_autofree gchar *argv = NULL;
	g_autofree gchar *wanted_argv = g_strdup_printf("%s/submit\n", self->folder);

	fixture_open_well(self, "submit --cka_id", NULL, "1.4");
	for (guint i = 0; i < 2; i++) {
		g_assert_cmpint(submit(self, "BC", "", NULL), ==, KASPER_DS_STATUS_DONE);
		fixture_assert_call(self,
				    "submit",
				    i,
				    "example.org. 3600 IN DNSKEY 257 3 13 B \n"
				    "; {cka_id = BB01}\n"
				    "example.org. 3600 IN DNSKEY 257 3 13 C \n"
				    "; {cka_id = CC01}\n");
	}
	argv = fixture_read(self, "submit.argv");
	g_assert_cmpstr(argv, ==, wanted_argv);
}

/* each key alone, and what comes before what leaves */
static void
test_ds_command_singly(Fixture *self, gconstpointer data)
{
	fixture_open_well(self, "submit", "retract --cka_id", NULL);
	g_assert_cmpint(submit(self, "BCK", "AK", NULL), ==, KASPER_DS_STATUS_DONE);
	fixture_assert_call(self, "submit", 0, "example.org. 3600 IN DNSKEY 257 3 13 B \n");
	fixture_assert_call(self, "submit", 1, "example.org. 3600 IN DNSKEY 257 3 13 C \n");
	fixture_assert_call(self, "submit", 2, NULL);
	fixture_assert_call(self,
			    "retract",
			    0,
			    "example.org. 3600 IN DNSKEY 257 3 13 A ; {cka_id = AA01}\n");
	fixture_assert_call(self, "retract", 1, NULL);
}

static void
test_ds_command_ds_records(Fixture *self, gconstpointer data)
{
	fixture_open_well(self, "submit --cka_id", NULL, "ds");
	g_assert_cmpint(submit(self, "B", "A", NULL), ==, KASPER_DS_STATUS_DONE);
	fixture_assert_call(self,
			    "submit",
			    0,
			    "example.org. 3600 IN DS 1 13 2 B ; {cka_id = BB01}\n"
			    "example.org. 3600 IN DS 1 13 4 more ; {cka_id = BB01}\n");
}

/* who takes whole sets may have a program for what leaves all the same */
static void
test_ds_command_whole_set_and_retract(Fixture *self, gconstpointer data)
{
	fixture_open_well(self, "submit", "retract", "1.4");
	g_assert_cmpint(submit(self, "C", "AB", NULL), ==, KASPER_DS_STATUS_DONE);
	fixture_assert_call(self, "submit", 0, "example.org. 3600 IN DNSKEY 257 3 13 C \n");
	fixture_assert_call(self,
			    "retract",
			    0,
			    "example.org. 3600 IN DNSKEY 257 3 13 A \n"
			    "example.org. 3600 IN DNSKEY 257 3 13 B \n");
}

static void
test_ds_command_environment(Fixture *self, gconstpointer data)
{
	g_autoptr(KasperDsRequest) request = make_request("op-7", "B", "AK", 3);
	g_autoptr(KasperDsAnswer) answer = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;

	fixture_open_well(self, "submit", NULL, NULL);
	answer = kasper_ds_channel_submit_set(self->channel, request, NULL, &error);
	g_assert_no_error(error);
	text = fixture_read(self, "submit.env");
	g_assert_nonnull(text);
	/* other KASPER_ variables may be those of whoever runs the tests */
	g_assert_nonnull(strstr(text, "KASPER_ATTEMPT=3\n"));
	g_assert_nonnull(strstr(text, "KASPER_MODE=1.4\n"));
	g_assert_nonnull(strstr(text, "KASPER_OP_ID=op-7\n"));
	g_assert_nonnull(strstr(text, "KASPER_PHASE=swap\n"));
	g_assert_nonnull(strstr(text, "KASPER_REMOVED=65 75\n"));
	g_assert_nonnull(strstr(text, "KASPER_VERB=submit\n"));
	g_assert_nonnull(strstr(text, "KASPER_ZONE=example.org\n"));
}

/* --- going insecure, and what nobody is there for --- */

static void
test_ds_command_empty_set(Fixture *self, gconstpointer data)
{
	g_autofree gchar *text = NULL;

	fixture_open_well(self, "submit", NULL, NULL);
	g_assert_cmpint(submit(self, "", "A", &text), ==, KASPER_DS_STATUS_NEEDS_OPERATOR);
	g_assert_nonnull(strstr(text, "DelegationSignerRetractCommand"));
	g_assert_nonnull(strstr(text, "IN DNSKEY 257 3 13 A"));
	fixture_assert_call(self, "submit", 0, NULL);
	fixture_open_well(self, "submit", "retract", "1.4");
	g_assert_cmpint(submit(self, "", "A", NULL), ==, KASPER_DS_STATUS_DONE);
	fixture_assert_call(self, "submit", 0, NULL);
	fixture_assert_call(self, "retract", 0, "example.org. 3600 IN DNSKEY 257 3 13 A \n");
}

static void
test_ds_command_only_one_program(Fixture *self, gconstpointer data)
{
	g_autofree gchar *text = NULL;

	/* a person adds, the program removes */
	fixture_open_well(self, NULL, "retract", NULL);
	g_assert_cmpint(submit(self, "B", "A", &text), ==, KASPER_DS_STATUS_NEEDS_OPERATOR);
	g_assert_nonnull(strstr(text, "DelegationSignerSubmitCommand"));
	fixture_assert_call(self, "retract", 0, "example.org. 3600 IN DNSKEY 257 3 13 A \n");
	/* the program adds, a person removes */
	fixture_open_well(self, "submit", NULL, "2.1");
	g_assert_cmpint(submit(self, "B", "A", NULL), ==, KASPER_DS_STATUS_NEEDS_OPERATOR);
	fixture_assert_call(self, "submit", 0, "example.org. 3600 IN DNSKEY 257 3 13 B \n");
}

static void
test_ds_command_nothing_to_do(Fixture *self, gconstpointer data)
{
	fixture_open_well(self, "submit", "retract", "2.1");
	g_assert_cmpint(submit(self, "A", "A", NULL), ==, KASPER_DS_STATUS_DONE);
	fixture_assert_call(self, "submit", 0, NULL);
	fixture_assert_call(self, "retract", 0, NULL);
}

/* --- how they end --- */

static void
test_ds_command_status(Fixture *self, gconstpointer data)
{
	static const struct {
		const gchar *status;
		KasperDsStatus wanted;
	} table[] = {
	    {"0", KASPER_DS_STATUS_DONE},
	    {"1", KASPER_DS_STATUS_RETRY},
	    {"2", KASPER_DS_STATUS_RETRY},
	    {"75", KASPER_DS_STATUS_RETRY},
	    {"127", KASPER_DS_STATUS_RETRY},
	    {"255", KASPER_DS_STATUS_RETRY},
	    {"65", KASPER_DS_STATUS_REJECTED},
	    {"78", KASPER_DS_STATUS_REJECTED},
	    {"77", KASPER_DS_STATUS_AUTH},
	};

	fixture_open_well(self, "submit", NULL, NULL);
	fixture_write(self, "submit.say", "2303 object does not exist\n");
	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		g_autofree gchar *text = NULL;
		g_autofree gchar *status = g_strdup_printf("exit status %s", table[i].status);

		fixture_write(self, "submit.status", table[i].status);
		g_assert_cmpint(submit(self, "B", "", &text), ==, table[i].wanted);
		g_assert_nonnull(strstr(text, status));
		g_assert_nonnull(strstr(text, "2303 object does not exist"));
	}
}

static void
test_ds_command_killed(Fixture *self, gconstpointer data)
{
	g_autofree gchar *text = NULL;

	fixture_write(self, "submit", "#!/bin/sh\ncat > /dev/null\nkill -9 $$\n");
	fixture_open_well(self, "submit", NULL, NULL);
	g_assert_cmpint(submit(self, "B", "", &text), ==, KASPER_DS_STATUS_UNKNOWN);
	g_assert_nonnull(strstr(text, "signal 9"));
}

/* it is ended, with what it started; and nobody knows what it has done by then */
static void
test_ds_command_hangs(Fixture *self, gconstpointer data)
{
	g_autofree gchar *text = NULL;

	fixture_write(self, "submit", "#!/bin/sh\ncat > /dev/null\nsleep 1000 | sleep 1000\n");
	self->channel = g_object_new(DS_TYPE_COMMAND, "deadline", 1, NULL);
	{
		g_autofree gchar *path = fixture_get_path(self, "submit");
		g_autoptr(GError) error = NULL;

		g_object_set(self->channel, "submit-command", path, NULL);
		g_assert_true(kasper_plugin_open(KASPER_PLUGIN(self->channel), NULL, &error));
		g_assert_no_error(error);
	}
	g_assert_cmpint(submit(self, "B", "", &text), ==, KASPER_DS_STATUS_UNKNOWN);
	g_assert_nonnull(strstr(text, "in time"));
}

static void
test_ds_command_unread(Fixture *self, gconstpointer data)
{
	g_autofree gchar *text = NULL;

	fixture_write(self, "submit", "#!/bin/sh\nread line\nexit 0\n");
	fixture_open_well(self, "submit", NULL, NULL);
	g_assert_cmpint(submit(self, "BC", "", &text), ==, KASPER_DS_STATUS_RETRY);
	g_assert_nonnull(strstr(text, "not read"));
	fixture_write(self, "submit", "#!/bin/sh\nexec <&-\nexit 0\n");
	g_assert_cmpint(submit(self, "BC", "", NULL), ==, KASPER_DS_STATUS_RETRY);
	g_object_set(self->channel, "ignore-unread", TRUE, NULL);
	g_assert_true(kasper_plugin_open(KASPER_PLUGIN(self->channel), NULL, NULL));
	g_assert_cmpint(submit(self, "BC", "", NULL), ==, KASPER_DS_STATUS_DONE);
	/* that it need not read does not mean that it may fail */
	fixture_write(self, "submit", "#!/bin/sh\nexit 1\n");
	g_assert_cmpint(submit(self, "BC", "", NULL), ==, KASPER_DS_STATUS_RETRY);
}

static void
test_ds_command_talks_without_end(Fixture *self, gconstpointer data)
{
	g_autofree gchar *text = NULL;

	fixture_write(
	    self,
	    "submit",
	    "#!/bin/sh\ncat > /dev/null\nhead -c 100000000 /dev/zero | tr '\\0' '\\033' >&2\n"
	    "echo registry is closed >&2\nexit 1\n");
	fixture_open_well(self, "submit", NULL, NULL);
	g_assert_cmpint(submit(self, "B", "", &text), ==, KASPER_DS_STATUS_RETRY);
	g_assert_cmpuint(strlen(text), <, 1000);
	g_assert_true(g_str_has_suffix(text, "registry is closed"));
	g_assert_null(strchr(text, '\033'));
}

/* nothing was tried, which is an error and no answer; and it works once the program is there */
static void
test_ds_command_absent(Fixture *self, gconstpointer data)
{
	g_autoptr(KasperDsRequest) request = make_request("op-1", "B", "", 1);
	g_autoptr(GError) error = NULL;

	fixture_open_well(self, "later", NULL, NULL);
	g_assert_false(kasper_ds_channel_check_channel(self->channel, NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_clear_error(&error);
	g_assert_null(kasper_ds_channel_submit_set(self->channel, request, NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, "/later"));
	g_clear_error(&error);
	fixture_write(self, "later", program_text);
	fixture_write(self, "later.status", "0");
	g_assert_true(kasper_ds_channel_check_channel(self->channel, NULL, &error));
	g_assert_no_error(error);
	g_assert_cmpint(submit(self, "B", "", NULL), ==, KASPER_DS_STATUS_DONE);
}

/* --- several calls --- */

/* what the registrar has is not sent again because something after it went wrong */
static void
test_ds_command_goes_on(Fixture *self, gconstpointer data)
{
	fixture_open_well(self, "submit", "retract", NULL);
	fixture_write(self, "retract.status", "1");
	g_assert_cmpint(submit(self, "B", "A", NULL), ==, KASPER_DS_STATUS_RETRY);
	g_assert_cmpint(submit(self, "B", "A", NULL), ==, KASPER_DS_STATUS_RETRY);
	fixture_write(self, "retract.status", "0");
	g_assert_cmpint(submit(self, "B", "A", NULL), ==, KASPER_DS_STATUS_DONE);
	fixture_assert_call(self, "submit", 0, "example.org. 3600 IN DNSKEY 257 3 13 B \n");
	fixture_assert_call(self, "submit", 1, NULL);
	fixture_assert_call(self, "retract", 2, "example.org. 3600 IN DNSKEY 257 3 13 A \n");
	fixture_assert_call(self, "retract", 3, NULL);
	/* the next submission is another one, though it says the same */
	g_assert_cmpint(submit(self, "B", "A", NULL), ==, KASPER_DS_STATUS_DONE);
	fixture_assert_call(self, "submit", 1, "example.org. 3600 IN DNSKEY 257 3 13 B \n");
}

/* the first was tried, so the answer cannot be that nothing was */
static void
test_ds_command_second_absent(Fixture *self, gconstpointer data)
{
	g_autofree gchar *text = NULL;

	fixture_open_well(self, "submit", "nowhere", NULL);
	g_assert_cmpint(submit(self, "B", "A", &text), ==, KASPER_DS_STATUS_RETRY);
	g_assert_nonnull(strstr(text, "/nowhere"));
	fixture_assert_call(self, "submit", 0, "example.org. 3600 IN DNSKEY 257 3 13 B \n");
}

/* nothing is removed when what should have come before it did not come */
static void
test_ds_command_stops(Fixture *self, gconstpointer data)
{
	fixture_open_well(self, "submit", "retract", NULL);
	fixture_write(self, "submit.status", "1");
	g_assert_cmpint(submit(self, "B", "A", NULL), ==, KASPER_DS_STATUS_RETRY);
	fixture_assert_call(self, "retract", 0, NULL);
}

/* --- settings --- */

static void
test_ds_command_settings(Fixture *self, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(fixture_open(self, NULL, NULL, NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, "submit-command"));
	g_clear_error(&error);
	g_assert_false(fixture_open(self, "submit", NULL, "3.0", &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, "\"3.0\""));
	g_clear_error(&error);
	g_assert_false(fixture_open(self, "submit 'unbalanced", NULL, NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, "submit-command"));
	g_clear_error(&error);
	g_object_set(self->channel, "submit-command", "submit-without-path", NULL);
	g_assert_false(kasper_plugin_open(KASPER_PLUGIN(self->channel), NULL, &error));
	g_assert_error(error, KASPER_ERROR, KASPER_ERROR_INVALID);
	g_assert_nonnull(strstr(error->message, "absolute path"));
}

#define ADD(path, function)                                                                        \
	g_test_add("/ds-command/" path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("whole-set", test_ds_command_whole_set);
	ADD("whole-set/cka-id", test_ds_command_whole_set_cka_id);
	ADD("whole-set/and-retract", test_ds_command_whole_set_and_retract);
	ADD("singly", test_ds_command_singly);
	ADD("ds-records", test_ds_command_ds_records);
	ADD("environment", test_ds_command_environment);
	ADD("empty-set", test_ds_command_empty_set);
	ADD("only-one-program", test_ds_command_only_one_program);
	ADD("nothing-to-do", test_ds_command_nothing_to_do);
	ADD("status", test_ds_command_status);
	ADD("killed", test_ds_command_killed);
	ADD("hangs", test_ds_command_hangs);
	ADD("unread", test_ds_command_unread);
	ADD("talks-without-end", test_ds_command_talks_without_end);
	ADD("absent", test_ds_command_absent);
	ADD("goes-on", test_ds_command_goes_on);
	ADD("second-absent", test_ds_command_second_absent);
	ADD("stops", test_ds_command_stops);
	ADD("settings", test_ds_command_settings);
	return g_test_run();
}
