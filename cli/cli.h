/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>
#include <stdio.h>

#include "kasper-client.h"

G_BEGIN_DECLS

/* the exit status */
typedef enum {
	CLI_DONE,
	CLI_FAILED,    /* refused, or it did not work */
	CLI_USAGE,     /* asked in the wrong way */
	CLI_NO_DAEMON, /* nobody to ask */
} CliStatus;

typedef enum {
	CLI_FORMAT_TABLE,
	CLI_FORMAT_JSON,
	/* of commands that draw */
	CLI_FORMAT_TIMELINE,
	CLI_FORMAT_SVG,
} CliFormat;

/* what one run of the program knows; made by main() */
typedef struct {
	const gchar *name; /* in front of every error */
	gchar *config;	   /* conf.xml */
	gchar *socket;	   /* NULL: as conf.xml says */
	CliFormat format;
	gboolean yes;	      /* do not ask */
	gboolean quiet;	      /* say nothing but what was asked for */
	KasperClient *client; /* NULL until cli_open() */
	FILE *in;
	FILE *out;
	FILE *err;
} Cli;

void cli_clear(Cli *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cli, cli_clear)

/* connects to the daemon, if that has not been done */
CliStatus cli_connect(Cli *self, GError **error);
/* the same, and tells the user if it cannot be done */
CliStatus cli_open(Cli *self);
/* "kasper: TEXT" on standard error */
void cli_complain(Cli *self, const gchar *format, ...) G_GNUC_PRINTF(2, 3);
/* tells what went wrong; takes @error. The status that this means */
CliStatus cli_fail(Cli *self, GError *error);
CliStatus cli_misuse(Cli *self, const gchar *format, ...) G_GNUC_PRINTF(2, 3);
/* a line for people on standard output, unless --quiet or JSON */
void cli_say(Cli *self, const gchar *format, ...) G_GNUC_PRINTF(2, 3);
/* what came of a command: @row (a{sv}; taken if it floats) for programs, a line for people */
void cli_answer(Cli *self, GVariant *row, const gchar *format, ...) G_GNUC_PRINTF(3, 4);
/* asks; without a terminal and without --yes the answer is no, with a hint */
gboolean cli_confirm(Cli *self, const gchar *question);
/* text for roff, in which nothing is a request */
void cli_manual_append(GString *out, const gchar *text);
/* what was written has arrived; else an exit status of 0 becomes 1 */
gint cli_finish(Cli *self, gint status);

G_END_DECLS
