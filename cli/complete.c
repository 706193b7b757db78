/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "command.h"

/* what the words before the cursor amount to */
typedef struct {
	const CliGroup *group;
	const CliCommand *command;
	const CliOption *open; /* an option whose value is what comes next */
	gboolean is_lost;      /* there is no such command */
} CliCompletion;

static const CliOption *
cli_find_option(const CliOption *options, const gchar *word)
{
	for (; options != NULL && options->name != NULL; options++) {
		if (g_str_has_prefix(word, "--") && strcmp(word + 2, options->name) == 0)
			return options;
		if (word[0] == '-' && word[1] == options->letter && word[2] == '\0')
			return options;
	}
	return NULL;
}

static const CliOption *
cli_completion_find_option(const CliCompletion *self, const gchar *word)
{
	const CliOption *option = NULL;

	if (self->command != NULL)
		option = cli_find_option(self->command->options, word);
	return option != NULL ? option : cli_find_option(cli_global_options, word);
}

static void
cli_completion_take(CliCompletion *self, const gchar *word)
{
	const CliOption *option;

	if (self->open != NULL) {
		self->open = NULL;
		return;
	}
	if (word[0] == '-') {
		option = cli_completion_find_option(self, word);
		if (option != NULL && option->kind != CLI_OPTION_FLAG)
			self->open = option;
		return;
	}
	/* words behind a command are values */
	if (self->command != NULL)
		return;
	if (self->group != NULL) {
		self->command = cli_find_command(self->group, word);
		self->is_lost = self->command == NULL;
		return;
	}
	self->group = cli_find_group(word);
	if (self->group == NULL)
		self->command = cli_find_command(cli_find_group(NULL), word);
	self->is_lost = self->group == NULL && self->command == NULL;
}

static void
cli_complete_options(GString *out, const CliOption *options)
{
	for (; options != NULL && options->name != NULL; options++)
		g_string_append_printf(out, "--%s\n", options->name);
}

static void
cli_complete_verbs(GString *out, const CliGroup *group)
{
	for (const CliCommand *command = group->commands; command->verb != NULL; command++)
		g_string_append_printf(out, "%s\n", command->verb);
}

static void
cli_complete_value(GString *out, const CliOption *option)
{
	if (option->kind == CLI_OPTION_PATH)
		g_string_append(out, "<file>\n");
	if (option->choices != NULL) {
		g_auto(GStrv) choices = g_strsplit(option->choices, "|", -1);

		for (guint i = 0; choices[i] != NULL; i++)
			g_string_append_printf(out, "%s\n", choices[i]);
	}
}

gchar *
cli_complete(const gchar *const *words)
{
	GString *out = g_string_new(NULL);
	CliCompletion completion = {NULL};

	for (; *words != NULL && !completion.is_lost; words++)
		cli_completion_take(&completion, *words);
	if (completion.is_lost)
		return g_string_free(out, FALSE);
	if (completion.open != NULL) {
		cli_complete_value(out, completion.open);
		return g_string_free(out, FALSE);
	}
	if (completion.command != NULL) {
		cli_complete_options(out, completion.command->options);
	} else if (completion.group != NULL) {
		cli_complete_verbs(out, completion.group);
		return g_string_free(out, FALSE);
	} else {
		for (const CliGroup *group = cli_groups; group->commands != NULL; group++) {
			if (group->name != NULL)
				g_string_append_printf(out, "%s\n", group->name);
			else
				cli_complete_verbs(out, group);
		}
	}
	cli_complete_options(out, cli_global_options);
	return g_string_free(out, FALSE);
}
