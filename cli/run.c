/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "command.h"

#include "kasper-error.h"

static CliStatus
cli_print_help(gchar *text)
{
	g_autofree gchar *owned = text;

	fputs(owned, stdout);
	return CLI_DONE;
}

static CliStatus
cli_run_command(Cli *cli, const CliCommand *command, const gchar *const *argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(CliArgs) args = {NULL};
	gboolean help = FALSE;

	if (!cli_args_parse(&args, cli, command, argv, &help, &error))
		return cli_misuse(cli,
				  "%s; “kasper %s%s%s --help” says what can be said",
				  error->message,
				  command->group != NULL ? command->group : "",
				  command->group != NULL ? " " : "",
				  command->verb);
	if (help)
		return cli_print_help(cli_help_command(command));
	return command->run(cli, &args);
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
				  "%s%s%s: there is no such command; did you mean “%s%s%s”?",
				  group != NULL ? group->name : "",
				  group != NULL ? " " : "",
				  word,
				  group != NULL ? group->name : "",
				  group != NULL ? " " : "",
				  nearest);
	return cli_misuse(cli,
			  "%s%s%s: there is no such command; “kasper %s%s--help” lists them",
			  group != NULL ? group->name : "",
			  group != NULL ? " " : "",
			  word,
			  group != NULL ? group->name : "",
			  group != NULL ? " " : "");
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
	if (g_strcmp0(argv[0], "--help") == 0 || g_strcmp0(argv[0], "-h") == 0)
		return cli_print_help(cli_help_group(group));
	command = cli_find_command(group, argv[0]);
	if (command == NULL)
		return cli_refuse_word(cli, group, argv[0]);
	return cli_run_command(cli, command, argv + 1);
}

CliStatus
cli_run(Cli *cli, const gchar *const *argv)
{
	g_autoptr(GError) error = NULL;
	const CliCommand *command;
	const CliGroup *group;
	gboolean version = FALSE;
	gboolean help = FALSE;
	gint first;

	/* the shell asks this on every press of the tab key: no daemon, no files */
	if (g_strcmp0(argv[1], "--complete") == 0)
		return cli_print_help(cli_complete(argv + 2));
	first = cli_parse_globals(cli, argv, &help, &version, &error);
	if (first < 0)
		return cli_misuse(cli, "%s; “kasper --help” says what can be said", error->message);
	if (version) {
		printf("kasper %s\n", KASPER_VERSION);
		return CLI_DONE;
	}
	if (help)
		return cli_print_help(cli_help());
	if (argv[first] == NULL)
		return cli_misuse(cli, "what should be done? “kasper --help” lists the commands");
	group = cli_find_group(argv[first]);
	if (group != NULL)
		return cli_run_group(cli, group, argv + first + 1);
	command = cli_find_command(cli_find_group(NULL), argv[first]);
	if (command != NULL)
		return cli_run_command(cli, command, argv + first + 1);
	return cli_refuse_word(cli, NULL, argv[first]);
}
