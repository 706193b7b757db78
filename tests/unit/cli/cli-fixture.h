/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "command.h"

/* one run of the program, with what it printed */
typedef struct {
	Cli cli;
	gchar *out;
	gchar *err;
	gsize out_length;
	gsize err_length;
} CliFixture;

/* @name: "kasper" or "ods-ksmutil" */
void cli_fixture_init(CliFixture *self, const gchar *name);
/* what it reads from standard input; without this nothing */
void cli_fixture_type(CliFixture *self, const gchar *text);
/* words with one blank between them; the exit status. out and err are whole afterwards */
gint cli_fixture_run(CliFixture *self, const gchar *words);
/* out and err are whole: before they are looked at without a run */
void cli_fixture_flush(CliFixture *self);
void cli_fixture_clear(CliFixture *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliFixture, cli_fixture_clear)
