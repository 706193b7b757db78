/* SPDX-License-Identifier: BSD-2-Clause */
#include "softhsm.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#define SOFT_HSM_SO_PIN "security-officer"

/* SoftHSM leaks now and then; the sanitizer can only tell that it was SoftHSM from the whole stack
 */
const char *__asan_default_options(void);
const char *__lsan_default_suppressions(void);

const char *
__asan_default_options(void)
{
	return "fast_unwind_on_malloc=0";
}

const char *
__lsan_default_suppressions(void)
{
	return "leak:libsofthsm2\n";
}

struct SoftHsm {
	gchar *folder;
	gchar *tokens;
	gchar *away;
};

const gchar *
soft_hsm_find_module(void)
{
	static const gchar *const paths[] = {
	    "/usr/lib/softhsm/libsofthsm2.so",
	    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
	    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
	    "/usr/lib64/softhsm/libsofthsm2.so",
	    "/usr/lib64/pkcs11/libsofthsm2.so",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
		if (g_file_test(paths[i], G_FILE_TEST_IS_REGULAR))
			return paths[i];
	}
	return NULL;
}

SoftHsm *
soft_hsm_new(void)
{
	SoftHsm *self = g_new0(SoftHsm, 1);
	g_autoptr(GError) error = NULL;
	g_autofree gchar *text = NULL;
	g_autofree gchar *path = NULL;

	self->folder = g_dir_make_tmp("kasper-softhsm-XXXXXX", &error);
	g_assert_no_error(error);
	self->tokens = g_build_filename(self->folder, "tokens", NULL);
	self->away = g_build_filename(self->folder, "tokens-away", NULL);
	g_assert_cmpint(g_mkdir(self->tokens, 0700), ==, 0);
	text = g_strdup_printf("directories.tokendir = %s\nobjectstore.backend = file\n"
			       "log.level = ERROR\nslots.removable = false\n",
			       self->tokens);
	path = soft_hsm_write_file(self, "softhsm2.conf", text, 0600);
	g_assert_true(g_setenv("SOFTHSM2_CONF", path, TRUE));
	return self;
}

static void
soft_hsm_remove(const gchar *path)
{
	g_autoptr(GDir) folder = NULL;

	if (g_file_test(path, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
		const gchar *name;

		folder = g_dir_open(path, 0, NULL);
		while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
			g_autofree gchar *child = g_build_filename(path, name, NULL);

			soft_hsm_remove(child);
		}
	}
	g_assert_cmpint(g_remove(path), ==, 0);
}

void
soft_hsm_free(SoftHsm *self)
{
	if (self == NULL)
		return;
	g_unsetenv("SOFTHSM2_CONF");
	soft_hsm_remove(self->folder);
	g_free(self->folder);
	g_free(self->tokens);
	g_free(self->away);
	g_free(self);
}

void
soft_hsm_add_token(SoftHsm *self, const gchar *label, const gchar *pin)
{
	const gchar *const arguments[] = {"softhsm2-util",
					  "--init-token",
					  "--free",
					  "--label",
					  label,
					  "--pin",
					  pin,
					  "--so-pin",
					  SOFT_HSM_SO_PIN,
					  NULL};
	g_autoptr(GError) error = NULL;
	g_autofree gchar *output = NULL;
	g_autoptr(GSubprocess) process =
	    g_subprocess_newv(arguments,
			      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE,
			      &error);

	g_assert_no_error(error);
	g_assert_true(g_subprocess_communicate_utf8(process, NULL, NULL, &output, NULL, &error));
	g_assert_no_error(error);
	if (!g_subprocess_get_successful(process))
		g_error("softhsm2-util: %s", output);
}

const gchar *
soft_hsm_get_folder(SoftHsm *self)
{
	return self->folder;
}

gchar *
soft_hsm_write_file(SoftHsm *self, const gchar *name, const gchar *text, gint mode)
{
	gchar *path = g_build_filename(self->folder, name, NULL);
	g_autoptr(GError) error = NULL;

	g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
	g_assert_no_error(error);
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
	return path;
}

void
soft_hsm_unplug(SoftHsm *self)
{
	g_assert_cmpint(g_rename(self->tokens, self->away), ==, 0);
}

void
soft_hsm_plug_in(SoftHsm *self)
{
	g_assert_cmpint(g_rename(self->away, self->tokens), ==, 0);
}
