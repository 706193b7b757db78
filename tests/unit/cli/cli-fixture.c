/* SPDX-License-Identifier: BSD-2-Clause */
#include "cli-fixture.h"

#include <string.h>

#include "ksmutil.h"

void
cli_fixture_init(CliFixture *self, const gchar *name)
{
	*self = (CliFixture){
	    .cli = {.name = name, .config = g_strdup("/nonexistent/conf.xml")},
	};
	self->cli.out = open_memstream(&self->out, &self->out_length);
	self->cli.err = open_memstream(&self->err, &self->err_length);
	self->cli.in = fopen("/dev/null", "r");
	g_assert_nonnull(self->cli.in);
	g_assert_nonnull(self->cli.out);
	g_assert_nonnull(self->cli.err);
}

void
cli_fixture_type(CliFixture *self, const gchar *text)
{
	fclose(self->cli.in);
	self->cli.in = tmpfile();
	g_assert_nonnull(self->cli.in);
	fputs(text, self->cli.in);
	rewind(self->cli.in);
}

void
cli_fixture_flush(CliFixture *self)
{
	g_assert_cmpint(fflush(self->cli.out), ==, 0);
	g_assert_cmpint(fflush(self->cli.err), ==, 0);
}

gint
cli_fixture_run(CliFixture *self, const gchar *words)
{
	g_autofree gchar *line =
	    g_strconcat(self->cli.name, *words != '\0' ? " " : "", words, NULL);
	g_auto(GStrv) argv = g_strsplit(line, " ", -1);
	gint status;

	if (strcmp(self->cli.name, "ods-ksmutil") == 0)
		status = ksmutil_run(&self->cli, (const gchar *const *)argv);
	else
		status = (gint)cli_run(&self->cli, (const gchar *const *)argv);
	cli_fixture_flush(self);
	return status;
}

void
cli_fixture_clear(CliFixture *self)
{
	cli_clear(&self->cli);
	fclose(self->cli.in);
	fclose(self->cli.out);
	fclose(self->cli.err);
	free(self->out);
	free(self->err);
}
