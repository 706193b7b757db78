/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "command.h"

static CliStatus
cli_print(Cli *cli, gchar *text)
{
	g_autofree gchar *owned = text;

	fputs(owned, cli->out);
	return CLI_DONE;
}

static CliStatus
cli_run_command(Cli *cli, const CliCommand *command, const gchar *const *argv)
{
	g_autoptr(GError) error = NULL;
	g_autofree gchar *name = cli_command_to_text(command);
	g_auto(CliArgs) args = {NULL};
	gboolean help = FALSE;
	CliStatus status;

	if (!cli_args_parse(&args, cli, command, argv, &help, &error))
		return cli_misuse(cli,
				  "%s: %s; “kasper %s --help” says what can be said",
				  name,
				  error->message,
				  name);
	if (help)
		return cli_print(cli, cli_help_command(command));
	status = command->offline ? CLI_DONE : cli_open(cli);
	return status == CLI_DONE ? command->run(cli, &args) : status;
}

static void
cli_add_names(GPtrArray *names, const CliGroup *group)
{
	for (const CliCommand *command = group->commands; command->verb != NULL; command++)
		g_ptr_array_add(names, (gpointer)command->verb);
}

/* @group: NULL: @word should have been a group */
static CliStatus
cli_refuse_word(Cli *cli, const CliGroup *group, const gchar *word)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree gchar *before =
	    g_strconcat(group != NULL ? group->name : "", group != NULL ? " " : "", NULL);
	const gchar *nearest;

	if (group != NULL)
		cli_add_names(names, group);
	for (const CliGroup *g = cli_groups; group == NULL && g->commands != NULL; g++) {
		if (g->name != NULL)
			g_ptr_array_add(names, (gpointer)g->name);
		else
			cli_add_names(names, g);
	}
	g_ptr_array_add(names, NULL);
	nearest = cli_find_nearest(word, (const gchar *const *)names->pdata);
	if (nearest != NULL)
		return cli_misuse(cli,
				  "%s%s: there is no such command; did you mean “%s%s”?",
				  before,
				  word,
				  before,
				  nearest);
	return cli_misuse(cli,
			  "%s%s: there is no such command; “kasper %s--help” lists them",
			  before,
			  word,
			  before);
}

static gboolean
cli_is_help(const gchar *word)
{
	return g_strcmp0(word, "--help") == 0 || g_strcmp0(word, "-h") == 0;
}

static CliStatus
cli_run_group(Cli *cli, const CliGroup *group, const gchar *const *argv)
{
	const CliCommand *command;

	if (argv[0] == NULL)
		return cli_misuse(cli,
				  "%s: what about it? “kasper %s --help” lists the verbs",
				  group->name,
				  group->name);
	if (cli_is_help(argv[0]))
		return cli_print(cli, cli_help_group(group));
	command = cli_find_command(group, argv[0]);
	if (command == NULL)
		return cli_refuse_word(cli, group, argv[0]);
	return cli_run_command(cli, command, argv + 1);
}

/* `kasper help key list` is `kasper key list --help` */
static CliStatus
cli_run_help(Cli *cli, const gchar *const *argv)
{
	const CliGroup *group = argv[0] != NULL ? cli_find_group(argv[0]) : NULL;
	const CliCommand *command;
	const gchar *verb = argv[0];

	if (argv[0] == NULL)
		return cli_print(cli, cli_help());
	if (group != NULL)
		verb = argv[1];
	if (verb == NULL)
		return cli_print(cli, cli_help_group(group));
	command = cli_find_command(group != NULL ? group : cli_find_group(NULL), verb);
	if (command == NULL)
		return cli_refuse_word(cli, group, verb);
	return cli_print(cli, cli_help_command(command));
}

static CliStatus
cli_run_words(Cli *cli, const gchar *const *argv)
{
	const CliGroup *group = cli_find_group(argv[0]);
	const CliCommand *command;

	if (group != NULL)
		return cli_run_group(cli, group, argv + 1);
	command = cli_find_command(cli_find_group(NULL), argv[0]);
	if (command != NULL)
		return cli_run_command(cli, command, argv + 1);
	if (strcmp(argv[0], "help") == 0)
		return cli_run_help(cli, argv + 1);
	return cli_refuse_word(cli, NULL, argv[0]);
}

CliStatus
cli_run(Cli *cli, const gchar *const *argv)
{
	g_autoptr(GError) error = NULL;
	gboolean version = FALSE;
	gboolean help = FALSE;
	gint first;

	/* for the shell at every press of the tab key, and for the manual page: no daemon, no
	 * files */
	if (g_strcmp0(argv[1], "--complete") == 0)
		return cli_print(cli, cli_complete(argv + 2));
	if (g_strcmp0(argv[1], "--manual") == 0)
		return cli_print(cli, cli_help_manual());
	first = cli_parse_globals(cli, argv, &help, &version, &error);
	if (first < 0)
		return cli_misuse(cli, "%s; “kasper --help” says what can be said", error->message);
	if (version)
		return cli_print(cli, g_strdup("kasper " KASPER_VERSION "\n"));
	if (help)
		return cli_print(cli, cli_help());
	if (argv[first] == NULL)
		return cli_misuse(cli, "what should be done? “kasper --help” lists the commands");
	return cli_run_words(cli, argv + first);
}
