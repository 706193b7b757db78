/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

typedef enum {
	CLI_OPTION_FLAG,
	CLI_OPTION_TEXT,
	CLI_OPTION_PATH,   /* a file; its name need not be UTF-8 */
	CLI_OPTION_NUMBER, /* a non-negative decimal one */
} CliOptionKind;

typedef struct {
	const gchar *name;
	gchar letter; /* 0: none */
	CliOptionKind kind;
	const gchar *value; /* what help calls it */
	const gchar *help;
	const gchar
	    *choices; /* NULL, or all values that there are: "KSK|ZSK"; case does not matter */
	gboolean required;
	guint max; /* of a number; 0: G_MAXINT32 */
} CliOption;

#define CLI_KEYSTATES "generate|publish|ready|active|retire|dead"

/* options of many commands; what they are for stands beside the command */
#define CLI_OPTION_ZONE(help_)                                                                     \
	{                                                                                          \
		"zone", 'z', CLI_OPTION_TEXT, "ZONE", help_                                        \
	}
#define CLI_OPTION_ZONE_NEEDED(help_)                                                              \
	{                                                                                          \
		"zone", 'z', CLI_OPTION_TEXT, "ZONE", help_, NULL, TRUE                            \
	}
#define CLI_OPTION_POLICY(help_)                                                                   \
	{                                                                                          \
		"policy", 'p', CLI_OPTION_TEXT, "POLICY", help_                                    \
	}
#define CLI_OPTION_REPOSITORY(help_)                                                               \
	{                                                                                          \
		"repository", 'r', CLI_OPTION_TEXT, "REPOSITORY", help_                            \
	}
#define CLI_OPTION_CKA_ID(help_)                                                                   \
	{                                                                                          \
		"cka_id", 'k', CLI_OPTION_TEXT, "CKA_ID", help_                                    \
	}
#define CLI_OPTION_KEYTAG(help_)                                                                   \
	{                                                                                          \
		"keytag", 'x', CLI_OPTION_NUMBER, "TAG", help_, NULL, FALSE, 65535                 \
	}
#define CLI_OPTION_KEYTYPE(help_)                                                                  \
	{                                                                                          \
		"keytype", 't', CLI_OPTION_TEXT, "TYPE", help_, "KSK|ZSK|CSK"                      \
	}
#define CLI_OPTION_KEYSTATE(help_)                                                                 \
	{                                                                                          \
		"keystate", 'e', CLI_OPTION_TEXT, "STATE", help_, CLI_KEYSTATES                    \
	}
#define CLI_OPTION_DRY_RUN                                                                         \
	{                                                                                          \
		"dry-run", 'n', CLI_OPTION_FLAG, NULL, "only say what would happen"                \
	}
#define CLI_OPTION_END                                                                             \
	{                                                                                          \
		NULL                                                                               \
	}

#define CLI_OPTIONS_MAX 13

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
	const CliOption *options; /* NULL: none; ends with CLI_OPTION_END */
	/* the daemon is there when it runs, unless the command is offline */
	CliStatus (*run)(Cli *cli, const CliArgs *args);
	/* (nullable): what the table cannot say about options that belong together */
	gboolean (*check)(const CliArgs *args, GError **error);
	const gchar *word;   /* the option that a word without a name is for; NULL: none */
	gboolean offline;    /* needs no daemon */
	gboolean draws;      /* has the formats timeline and svg, too */
	const gchar *detail; /* (nullable): more, for the command's own help */
} CliCommand;

typedef struct {
	const gchar *name; /* NULL: that of the verbs that stand alone */
	const gchar *summary;
	const CliCommand *commands; /* end with one without a verb */
} CliGroup;

/* all of them; ends with one without commands */
extern const CliGroup cli_groups[];
/* in front of every command's own */
extern const CliOption cli_global_options[];

extern const CliCommand cli_commands_alone[];
extern const CliCommand cli_commands_update[];
extern const CliCommand cli_commands_zone[];
extern const CliCommand cli_commands_policy[];
extern const CliCommand cli_commands_repository[];
extern const CliCommand cli_commands_key[];
extern const CliCommand cli_commands_backup[];
extern const CliCommand cli_commands_plugin[];
extern const CliCommand cli_commands_time[];

/* NULL: there is none */
const CliGroup *cli_find_group(const gchar *name);
const CliCommand *cli_find_command(const CliGroup *group, const gchar *verb);
/* the name in @names that was probably meant by @word; NULL: none is near */
const gchar *cli_find_nearest(const gchar *word, const gchar *const *names);
/* "key list" */
gchar *cli_command_to_text(const CliCommand *command);

/* @argv: without program, group and verb. Global options among them go into @cli */
gboolean cli_args_parse(CliArgs *self,
			Cli *cli,
			const CliCommand *command,
			const gchar *const *argv,
			gboolean *ret_help,
			GError **error);
/* options before the group: gives the first argument that is none, as index, or -1 */
gint cli_parse_globals(Cli *cli,
		       const gchar *const *argv,
		       gboolean *ret_help,
		       gboolean *ret_version,
		       GError **error);

/* --help at each of the three levels, made from the tables; (transfer full) */
gchar *cli_help(void);
gchar *cli_help_group(const CliGroup *group);
gchar *cli_help_command(const CliCommand *command);
/* the same tables as the section COMMANDS of the manual page */
gchar *cli_help_manual(void);
/* what can stand after @words on the command line, one a line; "<file>": the name of one */
gchar *cli_complete(const gchar *const *words);

/* the whole program; @argv[0] is not looked at */
CliStatus cli_run(Cli *cli, const gchar *const *argv);

G_END_DECLS
