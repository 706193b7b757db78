/* SPDX-License-Identifier: BSD-2-Clause */
#include "config-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

static const gchar *const files[] = {"conf.xml", "kasp.xml", "zonelist.xml"};

gchar *
config_fixture_path(ConfigFixture *self, const gchar *name)
{
	return g_build_filename(self->folder, name, NULL);
}

gchar *
config_fixture_read(ConfigFixture *self, const gchar *name)
{
	g_autofree gchar *path = config_fixture_path(self, name);
	g_autoptr(GError) error = NULL;
	gchar *text = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return text;
}

void
config_fixture_write(ConfigFixture *self, const gchar *name, const gchar *text, gssize length)
{
	g_autofree gchar *path = config_fixture_path(self, name);
	g_autoptr(GError) error = NULL;

	g_file_set_contents_full(path, text, length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
	g_assert_no_error(error);
	g_assert_cmpint(g_chmod(path, 0600), ==, 0);
}

void
config_fixture_replace(ConfigFixture *self, const gchar *name, const gchar *what, const gchar *with)
{
	g_autofree gchar *text = config_fixture_read(self, name);
	const gchar *place = strstr(text, what);
	g_autoptr(GString) changed = g_string_new(NULL);

	if (place == NULL)
		g_error("%s does not have %s", name, what);
	g_string_append_len(changed, text, place - text);
	g_string_append(changed, with);
	g_string_append(changed, place + strlen(what));
	config_fixture_write(self, name, changed->str, -1);
}

gint
config_fixture_find_line(ConfigFixture *self, const gchar *name, const gchar *mark)
{
	g_autofree gchar *text = config_fixture_read(self, name);
	const gchar *place = strstr(text, mark);
	gint line = 1;

	if (place == NULL)
		g_error("%s does not have %s", name, mark);
	for (const gchar *p = text; p < place; p++)
		line += *p == '\n' ? 1 : 0;
	return line;
}

static void
config_fixture_make_folders(ConfigFixture *self)
{
	static const gchar *const folders[] =
	    {"tmp", "signer", "enforcer", "plugins", "work", NULL};
	static const gchar *const programs[] = {"submit", "retract", "libsofthsm.so", NULL};

	for (guint i = 0; folders[i] != NULL; i++) {
		g_autofree gchar *path = config_fixture_path(self, folders[i]);

		g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
	}
	for (guint i = 0; programs[i] != NULL; i++) {
		g_autofree gchar *path = config_fixture_path(self, programs[i]);

		config_fixture_write(self, programs[i], "", 0);
		g_assert_cmpint(g_chmod(path, 0700), ==, 0);
	}
}

static void
config_fixture_begin(ConfigFixture *self)
{
	g_autoptr(GError) error = NULL;

	self->folder = g_dir_make_tmp("kasper-config-XXXXXX", &error);
	g_assert_no_error(error);
	self->conf = config_fixture_path(self, "conf.xml");
	config_fixture_make_folders(self);
}

static GString *
config_fixture_read_source(const gchar *folder, const gchar *name)
{
	g_autofree gchar *path =
	    g_build_filename(g_getenv("KASPER_SOURCE_ROOT"), folder, name, NULL);
	g_autofree gchar *text = NULL;
	g_autoptr(GError) error = NULL;

	g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);
	return g_string_new(text);
}

void
config_fixture_set_up(ConfigFixture *self, const gchar *set)
{
	g_autofree gchar *folder = g_build_filename("tests/unit/config/data", set, NULL);

	config_fixture_begin(self);
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autoptr(GString) text = config_fixture_read_source(folder, files[i]);

		g_string_replace(text, "@DIR@", self->folder, 0);
		config_fixture_write(self, files[i], text->str, -1);
	}
}

void
config_fixture_set_up_examples(ConfigFixture *self)
{
	static const gchar *const sources[] = {"conf.xml.in", "kasp.xml", "zonelist.xml.in"};
	g_autofree gchar *library = NULL;

	config_fixture_begin(self);
	library = config_fixture_path(self, "libsofthsm.so");
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autoptr(GString) text = config_fixture_read_source("data/examples", sources[i]);

		g_string_replace(text, "@sysconfdir@", self->folder, 0);
		g_string_replace(text, "@localstatedir@", self->folder, 0);
		g_string_replace(text, "/usr/lib/softhsm/libsofthsm2.so", library, 0);
		config_fixture_write(self, files[i], text->str, -1);
	}
}

static void
config_fixture_remove(const gchar *path)
{
	g_autoptr(GDir) folder = NULL;
	const gchar *name;

	if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK))
		folder = g_dir_open(path, 0, NULL);
	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree gchar *child = g_build_filename(path, name, NULL);

		config_fixture_remove(child);
	}
	g_assert_cmpint(g_remove(path), ==, 0);
}

static void
config_fixture_forget(ConfigFixture *self)
{
	g_clear_pointer(&self->findings, g_ptr_array_unref);
	g_clear_object(&self->config);
	g_clear_error(&self->error);
}

void
config_fixture_tear_down(ConfigFixture *self)
{
	config_fixture_forget(self);
	config_fixture_remove(self->folder);
	g_clear_pointer(&self->folder, g_free);
	g_clear_pointer(&self->conf, g_free);
}

void
config_fixture_load(ConfigFixture *self)
{
	config_fixture_forget(self);
	self->findings = g_ptr_array_new_with_free_func((GDestroyNotify)kasper_finding_free);
	self->config = kasper_config_load(self->conf, self->findings, &self->error);
	if (self->config != NULL)
		g_assert_no_error(self->error);
	else
		g_assert_error(self->error, KASPER_ERROR, KASPER_ERROR_INVALID);
	/* it is refused if, and only if, there is an error among what was found */
	g_assert_cmpint(self->config == NULL,
			==,
			config_fixture_count(self, KASPER_FINDING_ERROR) > 0);
}

static gchar *
config_fixture_show(ConfigFixture *self)
{
	GString *all = g_string_new(NULL);

	for (guint i = 0; i < self->findings->len; i++) {
		g_autofree gchar *line =
		    kasper_finding_to_text(g_ptr_array_index(self->findings, i));

		g_string_append_printf(all, "\n  %s", line);
	}
	return g_string_free(all, FALSE);
}

void
config_fixture_assert_found(ConfigFixture *self,
			    const gchar *name,
			    gint line,
			    KasperFindingLevel level,
			    const gchar *text)
{
	g_autofree gchar *path = config_fixture_path(self, name);
	g_autofree gchar *all = config_fixture_show(self);

	for (guint i = 0; i < self->findings->len; i++) {
		const KasperFinding *finding = g_ptr_array_index(self->findings, i);

		if (finding->level == level && finding->line == line &&
		    strcmp(finding->file, path) == 0 && strstr(finding->text, text) != NULL)
			return;
	}
	g_error("%s:%d does not say '%s', but there is:%s", name, line, text, all);
}

void
config_fixture_assert_loaded(ConfigFixture *self)
{
	g_autofree gchar *all = config_fixture_show(self);

	if (self->config == NULL)
		g_error("it is refused:%s", all);
}

guint
config_fixture_count(ConfigFixture *self, KasperFindingLevel level)
{
	guint n = 0;

	for (guint i = 0; i < self->findings->len; i++) {
		if (((KasperFinding *)g_ptr_array_index(self->findings, i))->level == level)
			n++;
	}
	return n;
}
