/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "command.h"

static void
cli_help_options(GString *out, const CliOption *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		g_autofree gchar *left = NULL;
		gchar letter[] = {'-', options->letter, ',', ' ', '\0'};

		left = g_strdup_printf("%s--%s%s%s",
				       options->letter != '\0' ? letter : "    ",
				       options->name,
				       options->value != NULL ? " " : "",
				       options->value != NULL ? options->value : "");
		g_string_append_printf(out, "  %-26s %s\n", left, options->help);
	}
}

static void
cli_help_commands(GString *out, const CliGroup *group)
{
	for (const CliCommand *command = group->commands; command->verb != NULL; command++) {
		g_autofree gchar *name = g_strconcat(group->name != NULL ? group->name : "",
						     group->name != NULL ? " " : "",
						     command->verb,
						     NULL);

		g_string_append_printf(out, "  %-26s %s\n", name, command->summary);
	}
}

gchar *
cli_help(void)
{
	GString *out = g_string_new("Usage: kasper [OPTION…] GROUP VERB [OPTION…]\n\n"
				    "Asks and tells the daemon, kasperd, about zones and their "
				    "DNSSEC keys.\n");

	for (const CliGroup *group = cli_groups; group->commands != NULL; group++) {
		g_string_append_printf(out, "\n%s\n", group->summary);
		cli_help_commands(out, group);
	}
	g_string_append(out, "\nOptions, for every command\n");
	cli_help_options(out, cli_global_options);
	g_string_append(out,
			"  -V, --version              print the version of this program\n\n"
			"“kasper GROUP VERB --help” says more. Exit status: 0 done, 1 refused or "
			"failed,\n2 asked in the wrong way, 3 no daemon.\n");
	return g_string_free(out, FALSE);
}

gchar *
cli_help_group(const CliGroup *group)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(
	    out, "Usage: kasper %s VERB [OPTION…]\n\n%s\n", group->name, group->summary);
	cli_help_commands(out, group);
	return g_string_free(out, FALSE);
}

gchar *
cli_help_command(const CliCommand *command)
{
	GString *out = g_string_new("Usage: kasper ");
	const gchar *value = NULL;

	if (command->group != NULL)
		g_string_append_printf(out, "%s ", command->group);
	for (guint i = 0; command->word != NULL && command->options[i].name != NULL; i++)
		if (strcmp(command->options[i].name, command->word) == 0)
			value = command->options[i].value;
	g_string_append_printf(out, "%s [OPTION…]", command->verb);
	if (value != NULL)
		g_string_append_printf(out, " [%s]", value);
	g_string_append_printf(out, "\n\n%s.\n", command->summary);
	if (command->detail != NULL)
		g_string_append_printf(out, "%s\n", command->detail);
	if (command->options != NULL && command->options[0].name != NULL) {
		g_string_append(out, "\nOptions\n");
		cli_help_options(out, command->options);
	}
	g_string_append(out, "\nOptions, for every command\n");
	cli_help_options(out, cli_global_options);
	return g_string_free(out, FALSE);
}

static void
cli_complete_options(GString *out, const CliOption *options)
{
	for (; options != NULL && options->name != NULL; options++)
		g_string_append_printf(out, "--%s\n", options->name);
}

static void
cli_complete_first(GString *out)
{
	for (const CliGroup *group = cli_groups; group->commands != NULL; group++) {
		if (group->name != NULL) {
			g_string_append_printf(out, "%s\n", group->name);
			continue;
		}
		for (const CliCommand *command = group->commands; command->verb != NULL; command++)
			g_string_append_printf(out, "%s\n", command->verb);
	}
	cli_complete_options(out, cli_global_options);
}

/* what can stand for the value of an option that has few */
static gboolean
cli_complete_value(GString *out, const gchar *option)
{
	static const struct {
		const gchar *option;
		const gchar *values;
	} known[] = {
	    {"--format", "table\njson\n"},
	    {"--keytype", "KSK\nZSK\nCSK\nall\n"},
	    {"--keystate", "generate\npublish\nready\nactive\nretire\ndead\n"},
	    {"--in-type", "File\nDNS\n"},
	    {"--out-type", "File\nDNS\n"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
		if (strcmp(known[i].option, option) != 0)
			continue;
		g_string_append(out, known[i].values);
		return TRUE;
	}
	return FALSE;
}

gchar *
cli_complete(const gchar *const *words)
{
	GString *out = g_string_new(NULL);
	const CliCommand *command;
	const CliGroup *group;
	guint n_words = g_strv_length((gchar **)words);

	if (n_words == 0) {
		cli_complete_first(out);
		return g_string_free(out, FALSE);
	}
	if (cli_complete_value(out, words[n_words - 1]))
		return g_string_free(out, FALSE);
	command = cli_find_command(cli_find_group(NULL), words[0]);
	group = cli_find_group(words[0]);
	if (command == NULL && group != NULL && n_words == 1) {
		for (command = group->commands; command->verb != NULL; command++)
			g_string_append_printf(out, "%s\n", command->verb);
		return g_string_free(out, FALSE);
	}
	if (command == NULL && group != NULL)
		command = cli_find_command(group, words[1]);
	if (command != NULL) {
		cli_complete_options(out, command->options);
		cli_complete_options(out, cli_global_options);
	}
	return g_string_free(out, FALSE);
}
