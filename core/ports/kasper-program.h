/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <gio/gio.h>

#include "kasper-export.h"

G_BEGIN_DECLS

/**
 * KasperProgram: (skip)
 * @argv: the program and its arguments, as kasper_program_parse() gives them
 * @environment: (nullable): NAME=VALUE, beside what the daemon's own environment holds
 * @input: (nullable): what the program finds on its standard input
 * @deadline: in seconds; what runs longer is ended, with all that it started
 * @output_limit: how many octets of each output stream are kept: the last ones; 0: 64 KiB
 *
 * A program that a plugin runs: directly and never by a shell, in a process group of its own,
 * with no file of the daemon's open.
 *
 * Since: 0.1
 */
typedef struct {
	const gchar *const *argv;
	const gchar *const *environment;
	GBytes *input;
	guint deadline;
	gsize output_limit;
} KasperProgram;

/**
 * KasperProgramEnd: (skip)
 * @status: the exit status; -1: there is none, for a signal ended it
 * @signal: the signal that ended it; 0: none
 * @late: it was ended because its deadline had passed
 * @unread: octets of the input that nobody read
 * @output: the end of its standard output: valid UTF-8, without control characters but newlines
 * @errors: the end of its standard error, likewise
 *
 * How a program ended.
 *
 * Since: 0.1
 */
typedef struct {
	gint status;
	gint signal;
	gboolean late;
	gsize unread;
	gchar *output;
	gchar *errors;
} KasperProgramEnd;

KASPER_EXPORT
gchar **kasper_program_parse(const gchar *command, GError **error);
KASPER_EXPORT
gboolean kasper_program_check(const gchar *const *argv, GError **error);
KASPER_EXPORT
gboolean kasper_program_run(const KasperProgram *self,
			    KasperProgramEnd *ret_end,
			    GCancellable *cancellable,
			    GError **error);
KASPER_EXPORT
void kasper_program_end_clear(KasperProgramEnd *self);
KASPER_EXPORT
gchar *kasper_program_end_to_text(const KasperProgramEnd *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KasperProgramEnd, kasper_program_end_clear)

G_END_DECLS
