/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

typedef enum {
	CLI_OPTION_FLAG,
	CLI_OPTION_TEXT,
	CLI_OPTION_NUMBER, /* a non-negative decimal one */
} CliOptionKind;

typedef struct {
	const gchar *name;
	gchar letter; /* 0: none */
	CliOptionKind kind;
	const gchar *value; /* what help calls it */
	const gchar *help;
} CliOption;

#define CLI_OPTIONS_MAX 12

/* what was given on the command line */
typedef struct {
	const CliOption *options;
	gchar *texts[CLI_OPTIONS_MAX]; /* NULL: not given */
	gboolean flags[CLI_OPTIONS_MAX];
	gchar **words; /* what is left over */
} CliArgs;

void cli_args_clear(CliArgs *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CliArgs, cli_args_clear)

const gchar *cli_args_get_text(const CliArgs *self, const gchar *name);
gboolean cli_args_get_flag(const CliArgs *self, const gchar *name);
/* @fallback if it was not given */
gint64 cli_args_get_number(const CliArgs *self, const gchar *name, gint64 fallback);

typedef struct {
	const gchar *group; /* NULL: the verb stands alone */
	const gchar *verb;
	const gchar *summary;
	const gchar *detail;	  /* (nullable): more, for the command's own help */
	const gchar *word;	  /* the option that a word without a name is for; NULL: none */
	const CliOption *options; /* NULL: none; ends with an option without a name */
	CliStatus (*run)(Cli *cli, const CliArgs *args);
} CliCommand;

typedef struct {
	const gchar *name;
	const gchar *summary;
	const CliCommand *commands; /* end with one without a verb */
} CliGroup;

/* all of them; ends with one without commands */
extern const CliGroup cli_groups[];
/* in front of every command's own */
extern const CliOption cli_global_options[];

/* NULL: there is none */
const CliGroup *cli_find_group(const gchar *name);
const CliCommand *cli_find_command(const CliGroup *group, const gchar *verb);
/* the name in @names that was probably meant by @word; NULL: none is near */
const gchar *cli_find_nearest(const gchar *word, const gchar *const *names);
/* @argv: without program, group and verb. Global options among them go into @cli */
gboolean cli_args_parse(CliArgs *self,
			Cli *cli,
			const CliCommand *command,
			const gchar *const *argv,
			gboolean *ret_help,
			GError **error);
/* options before the group: gives the first argument that is none, as index, or -1 */
gint cli_parse_globals(
    Cli *cli, const gchar *const *argv, gboolean *ret_help, gboolean *ret_version, GError **error);

/* --help at each of the three levels, made from the tables; (transfer full) */
gchar *cli_help(void);
gchar *cli_help_group(const CliGroup *group);
gchar *cli_help_command(const CliCommand *command);
/* what can stand after @words on the command line, one a line; (transfer full) */
gchar *cli_complete(const gchar *const *words);

/* the whole program; @argv[0] is not looked at */
CliStatus cli_run(Cli *cli, const gchar *const *argv);

G_END_DECLS
