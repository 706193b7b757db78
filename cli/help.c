/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "command.h"

/* where the right half of a line begins, and where it ends */
#define CLI_HELP_INDENT 30
#define CLI_HELP_WIDTH	96

/* "-z, --zone ZONE" */
static gchar *
cli_option_to_text(const CliOption *option)
{
	gchar letter[] = {'-', option->letter, ',', ' ', '\0'};

	return g_strdup_printf("%s--%s%s%s",
			       option->letter != '\0' ? letter : "    ",
			       option->name,
			       option->value != NULL ? " " : "",
			       option->value != NULL ? option->value : "");
}

/* "which keys: KSK, ZSK (needed)" */
static gchar *
cli_option_to_words(const CliOption *option)
{
	GString *words = g_string_new(option->help);

	if (option->choices != NULL) {
		g_auto(GStrv) choices = g_strsplit(option->choices, "|", -1);
		g_autofree gchar *all = g_strjoinv(", ", choices);

		g_string_append_printf(words, ": %s", all);
	}
	if (option->required)
		g_string_append(words, " (needed)");
	return g_string_free(words, FALSE);
}

/* @text behind @left; what does not fit into the line goes below its beginning */
static void
cli_help_line(GString *out, const gchar *left, const gchar *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	glong used = CLI_HELP_INDENT;

	g_string_append_printf(out, "  %-*s", CLI_HELP_INDENT - 2, left);
	for (guint i = 0; words[i] != NULL; i++) {
		glong length = g_utf8_strlen(words[i], -1);

		if (i > 0 && used + 1 + length > CLI_HELP_WIDTH) {
			g_string_append_printf(out, "\n%*s", CLI_HELP_INDENT, "");
			used = CLI_HELP_INDENT;
		} else if (i > 0) {
			g_string_append_c(out, ' ');
			used++;
		}
		g_string_append(out, words[i]);
		used += length;
	}
	g_string_append_c(out, '\n');
}

static void
cli_help_options(GString *out, const CliOption *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		g_autofree gchar *left = cli_option_to_text(options);
		g_autofree gchar *right = cli_option_to_words(options);

		cli_help_line(out, left, right);
	}
}

static void
cli_help_commands(GString *out, const CliGroup *group)
{
	for (const CliCommand *command = group->commands; command->verb != NULL; command++) {
		g_autofree gchar *name = cli_command_to_text(command);

		cli_help_line(out, name, command->summary);
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
			"  -V, --version               print the version of this program\n\n"
			"“kasper GROUP VERB --help” says more. Exit status: 0 done, 1 refused or "
			"failed,\n2 asked in the wrong way, 3 no daemon.\n");
	return g_string_free(out, FALSE);
}

gchar *
cli_help_group(const CliGroup *group)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(out,
			       "Usage: kasper %s VERB [OPTION…]\n\n%s\n",
			       group->name,
			       group->summary);
	cli_help_commands(out, group);
	return g_string_free(out, FALSE);
}

/* what the command's word without a name is called, or NULL */
static const gchar *
cli_command_get_word_value(const CliCommand *command)
{
	for (guint i = 0; command->word != NULL && command->options[i].name != NULL; i++)
		if (strcmp(command->options[i].name, command->word) == 0)
			return command->options[i].value;
	return NULL;
}

gchar *
cli_help_command(const CliCommand *command)
{
	GString *out = g_string_new("Usage: kasper ");
	const gchar *value = cli_command_get_word_value(command);
	g_autofree gchar *name = cli_command_to_text(command);

	g_string_append_printf(out, "%s [OPTION…]", name);
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

/* roff takes a minus for a hyphen, and a dot or an apostrophe at the start of a line for a
 * request */
void
cli_manual_append(GString *out, const gchar *text)
{
	for (const gchar *c = text; *c != '\0'; c++) {
		if ((*c == '.' || *c == '\'') && (c == text || c[-1] == '\n'))
			g_string_append(out, "\\&");
		if (*c == '-')
			g_string_append(out, "\\-");
		else if (*c == '\\')
			g_string_append(out, "\\e");
		else
			g_string_append_c(out, *c);
	}
}

static void
cli_manual_option(GString *out, const CliOption *option)
{
	g_autofree gchar *left = cli_option_to_text(option);
	g_autofree gchar *right = cli_option_to_words(option);

	g_string_append(out, ".TP\n.B ");
	cli_manual_append(out, g_strchug(left));
	g_string_append_c(out, '\n');
	cli_manual_append(out, right);
	g_string_append_c(out, '\n');
}

static void
cli_manual_command(GString *out, const CliCommand *command)
{
	g_autofree gchar *name = cli_command_to_text(command);
	const gchar *value = cli_command_get_word_value(command);
	gboolean has_options = command->options != NULL && command->options[0].name != NULL;

	g_string_append(out, ".TP\n.B ");
	cli_manual_append(out, name);
	if (has_options)
		g_string_append(out, " \\fR[\\fIoption\\fR...]");
	if (value != NULL)
		g_string_append_printf(out, " [\\fI%s\\fR]", value);
	g_string_append_c(out, '\n');
	cli_manual_append(out, command->summary);
	g_string_append(out, ".\n");
	if (command->detail != NULL) {
		cli_manual_append(out, command->detail);
		g_string_append_c(out, '\n');
	}
	if (!has_options)
		return;
	g_string_append(out, ".RS\n");
	for (const CliOption *option = command->options; option->name != NULL; option++)
		cli_manual_option(out, option);
	g_string_append(out, ".RE\n");
}

gchar *
cli_help_manual(void)
{
	GString *out = g_string_new(".SH OPTIONS\nFor every command, before or behind it:\n");

	for (const CliOption *option = cli_global_options; option->name != NULL; option++)
		cli_manual_option(out, option);
	g_string_append(out, ".SH COMMANDS\n");
	for (const CliGroup *group = cli_groups; group->commands != NULL; group++) {
		g_string_append(out, ".SS ");
		cli_manual_append(out, group->summary);
		g_string_append_c(out, '\n');
		for (const CliCommand *c = group->commands; c->verb != NULL; c++)
			cli_manual_command(out, c);
	}
	return g_string_free(out, FALSE);
}
